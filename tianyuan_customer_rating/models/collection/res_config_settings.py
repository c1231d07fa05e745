from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'    # pylint: disable=consider-merging-classes-inherited

    tianyuan_import_duplicates = fields.Selection(related='company_id.tianyuan_import_duplicates', readonly=False)

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'    # pylint: disable=consider-merging-classes-inherited

    tianyuan_archive_retention = fields.Selection(related='company_id.tianyuan_archive_retention', readonly=False)
    tianyuan_archive_retention_years = fields.Integer(
        related='company_id.tianyuan_archive_retention_years', readonly=False,
    )

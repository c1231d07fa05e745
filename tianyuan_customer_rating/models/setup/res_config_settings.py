from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'    # pylint: disable=consider-merging-classes-inherited

    tianyuan_distributor_words = fields.Char(related='company_id.tianyuan_distributor_words', readonly=False)
    tianyuan_distributor_varieties = fields.Integer(
        related='company_id.tianyuan_distributor_varieties', readonly=False,
    )

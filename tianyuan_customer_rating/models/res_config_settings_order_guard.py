from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    tianyuan_order_bad_debt = fields.Selection(
        related='company_id.tianyuan_order_bad_debt', readonly=False, required=True,
    )
    tianyuan_order_no_tier = fields.Selection(
        related='company_id.tianyuan_order_no_tier', readonly=False, required=True,
    )
    tianyuan_order_over_limit = fields.Selection(
        related='company_id.tianyuan_order_over_limit', readonly=False, required=True,
    )
    tianyuan_order_four_eyes = fields.Boolean(related='company_id.tianyuan_order_four_eyes', readonly=False)

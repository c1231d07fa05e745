from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    tianyuan_order_on_hold = fields.Selection(
        related='company_id.tianyuan_order_on_hold', readonly=False, required=True,
    )
    tianyuan_order_bad_debt = fields.Selection(
        related='company_id.tianyuan_order_bad_debt', readonly=False, required=True,
    )
    tianyuan_order_overdue = fields.Selection(
        related='company_id.tianyuan_order_overdue', readonly=False, required=True,
    )
    tianyuan_order_overdue_days = fields.Integer(related='company_id.tianyuan_order_overdue_days', readonly=False)
    tianyuan_order_overdue_amount = fields.Monetary(
        related='company_id.tianyuan_order_overdue_amount', readonly=False, currency_field='currency_id',
    )
    tianyuan_order_licence = fields.Selection(
        related='company_id.tianyuan_order_licence', readonly=False, required=True,
    )
    tianyuan_order_no_tier = fields.Selection(
        related='company_id.tianyuan_order_no_tier', readonly=False, required=True,
    )
    tianyuan_order_over_limit = fields.Selection(
        related='company_id.tianyuan_order_over_limit', readonly=False, required=True,
    )
    tianyuan_order_four_eyes = fields.Boolean(related='company_id.tianyuan_order_four_eyes', readonly=False)

from odoo import fields, models


class TianyuanIndicatorTrialLine(models.TransientModel):
    """An own indicator's value for one customer, and the points that it would give."""

    _name = 'tianyuan.indicator.trial.line'
    _description = "Trial of an Indicator: Customer"
    _inherit = ['tianyuan.plain.text.mixin']
    _order = 'trial_id, id'
    _rec_name = 'partner_id'

    trial_id = fields.Many2one('tianyuan.indicator.trial', required=True, readonly=True, index=True, ondelete='cascade')
    partner_id = fields.Many2one('res.partner', string="Customer", required=True, readonly=True, ondelete='cascade')
    value = fields.Float(readonly=True, digits=(16, 4))
    has_value = fields.Boolean(readonly=True)
    level_id = fields.Many2one('tianyuan.rating.level', string="Level Reached", readonly=True, ondelete='cascade')
    points = fields.Float(readonly=True, digits=(5, 2))
    max_points = fields.Float(string="Maximum", readonly=True, digits=(5, 2))
    is_missing = fields.Boolean(string="Asks a Person", readonly=True)

from odoo import fields, models


class TianyuanSchemeComparisonIndicator(models.TransientModel):
    """How the draft changes one indicator, over all compared sheets."""

    _name = 'tianyuan.scheme.comparison.indicator'
    _description = "Indicator Compared between Schemes"
    _inherit = ['tianyuan.plain.text.mixin']
    _order = 'comparison_id, sequence, id'
    _rec_name = 'indicator_id'

    comparison_id = fields.Many2one(
        'tianyuan.scheme.comparison', required=True, readonly=True, index=True, ondelete='cascade',
    )
    company_id = fields.Many2one('res.company', required=True, readonly=True, ondelete='cascade')
    sequence = fields.Integer(readonly=True)
    indicator_id = fields.Many2one('tianyuan.rating.indicator', required=True, readonly=True, ondelete='cascade')
    is_dropped = fields.Boolean(readonly=True)
    max_points = fields.Float(string="Maximum", readonly=True, digits=(5, 2))
    old_average = fields.Float(string="Average Before", readonly=True, digits=(5, 2))
    new_average = fields.Float(string="Average After", readonly=True, digits=(5, 2))
    rescored_count = fields.Integer(string="Rescored", readonly=True)
    kept_count = fields.Integer(string="Points Kept", readonly=True)
    no_value_count = fields.Integer(string="No Value Stored", readonly=True)

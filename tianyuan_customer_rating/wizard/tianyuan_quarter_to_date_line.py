from odoo import fields, models


class TianyuanQuarterToDateLine(models.TransientModel):
    """One indicator of the current quarter with its number and points so far, beside those of the last sheet."""

    _name = 'tianyuan.quarter.to.date.line'
    _description = "Quarter to Date Line"
    _inherit = ['tianyuan.plain.text.mixin']
    _order = 'quarter_to_date_id, sequence, id'
    _rec_name = 'indicator_id'

    quarter_to_date_id = fields.Many2one(
        'tianyuan.quarter.to.date', required=True, readonly=True, index=True, ondelete='cascade',
    )
    sequence = fields.Integer(readonly=True)
    indicator_id = fields.Many2one('tianyuan.rating.indicator', required=True, readonly=True, ondelete='cascade')
    value = fields.Float(readonly=True, digits=(16, 4))
    has_value = fields.Boolean(readonly=True)
    level_id = fields.Many2one(
        'tianyuan.rating.level', string="Level Reached", readonly=True, ondelete='cascade',
    )
    points = fields.Float(readonly=True, digits=(5, 2))
    max_points = fields.Float(string="Maximum", readonly=True, digits=(5, 2))
    origin = fields.Selection(
        [('computed', "Computed"), ('carried', "From the last sheet"), ('missing', "Missing")], readonly=True,
    )
    has_previous = fields.Boolean(readonly=True)
    previous_points = fields.Float(string="Last Points", readonly=True, digits=(5, 2))

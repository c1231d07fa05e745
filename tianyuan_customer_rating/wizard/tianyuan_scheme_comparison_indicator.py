from collections import Counter, defaultdict

from odoo import api, fields, models


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

    @api.model
    def _values(self, spec, rows):
        """Return the values of one record per indicator of the draft, then of those it drops.

        :param spec: the draft's
            :class:`~odoo.addons.tianyuan_customer_rating.models.rating.tianyuan_rating_scheme.SchemeSpec`
        :param rows: list of :class:`~odoo.addons.tianyuan_customer_rating.engine.rescore.Compared`
        :return: list of values
        """
        number = len(rows) or 1
        before, after, ways = Counter(), Counter(), defaultdict(Counter)
        for row in rows:
            for key, (points, _how) in row.before.lines.items():
                before[key] += points
            for key, (points, how) in row.after.lines.items():
                after[key] += points
                ways[key][how] += 1
        return [{
            'sequence': sequence,
            'indicator_id': key,
            'is_dropped': key not in spec.lines,
            'max_points': spec.lines[key].max_points if key in spec.lines else 0.0,
            'old_average': before[key] / number,
            'new_average': after[key] / number,
            'rescored_count': ways[key]['value'] + ways[key]['level'],
            'kept_count': ways[key]['kept'],
            'no_value_count': ways[key]['none'],
        } for sequence, key in enumerate([*spec.lines, *(key for key in before if key not in spec.lines)], start=1)]

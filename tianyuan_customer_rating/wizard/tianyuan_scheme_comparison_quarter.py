from odoo import api, fields, models
from odoo.tools import groupby

from ..engine.periods import Quarter


class TianyuanSchemeComparisonQuarter(models.TransientModel):
    """How the draft would have moved the customers of one of the compared quarters."""

    _name = 'tianyuan.scheme.comparison.quarter'
    _description = "Quarter Compared between Schemes"
    _inherit = ['tianyuan.scheme.movement.mixin', 'tianyuan.plain.text.mixin']
    _order = 'comparison_id, date_from desc, id'

    comparison_id = fields.Many2one(
        'tianyuan.scheme.comparison', required=True, readonly=True, index=True, ondelete='cascade',
    )
    company_id = fields.Many2one('res.company', required=True, readonly=True, ondelete='cascade')
    name = fields.Char(string="Quarter", readonly=True)
    date_from = fields.Date(string="From", required=True, readonly=True)

    def action_only(self):
        """Compare with this quarter alone.

        :return: action that shows the comparison
        :raise AccessError: the user is neither manager nor finance assessor, or didn't open the comparison
        """
        self.ensure_one()
        self.check_access('read')
        return self.comparison_id._compare_with(self.date_from)

    @api.model
    def _values(self, tiers, rows):
        """Return the values of one record per quarter, the latest first.

        :param tiers: all ``tianyuan.rating.tier``, the best first
        :param rows: list of :class:`~odoo.addons.tianyuan_customer_rating.engine.rescore.Compared`, by quarter
        :return: list of values
        """
        quarters = list(groupby(rows, lambda row: row.sheet.date_from))
        return [{
            'name': Quarter.containing(day).name,
            'date_from': day,
            **self._movement_values(tiers, of_quarter),
        } for day, of_quarter in quarters[::-1]]

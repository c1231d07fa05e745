from odoo import fields, models

from ...engine.scoring import Threshold


class TianyuanRatingThreshold(models.Model):
    """The conditions of a scheme for a tier (policy 客户评价标准, 大客户, 6.1)."""

    _name = 'tianyuan.rating.threshold'
    _description = "Tier Threshold"
    _inherit = ['tianyuan.scheme.part.mixin', 'tianyuan.plain.text.mixin']
    _order = 'scheme_id, tier_sequence, id'
    _rec_name = 'tier_id'

    scheme_id = fields.Many2one('tianyuan.rating.scheme', required=True, index=True, ondelete='cascade')
    tier_id = fields.Many2one('tianyuan.rating.tier', required=True, index=True, ondelete='restrict')
    tier_sequence = fields.Integer(related='tier_id.sequence', store=True)
    min_score = fields.Float(string="Minimum Score", digits=(5, 2), required=True)
    min_inclusive = fields.Boolean(
        string="Minimum Included",
        help="A score of exactly the minimum earns the tier too. Otherwise the score must be above it.",
    )
    full_marks_indicator_ids = fields.Many2many(
        'tianyuan.rating.indicator', string="Full Marks In",
        help="Without full marks in these the tier is not awarded.",
    )
    is_key = fields.Boolean(string="Key Customer", help="Customers of this tier are key customers.")
    major_min_annual_purchase = fields.Float(
        string="Major Account Minimum", digits=(16, 2),
        help="Purchases of the year, in company currency, that make a customer of this tier a major account. "
             "Zero: this tier has no major accounts.",
    )

    _tier_unique = models.Constraint('UNIQUE(scheme_id, tier_id)', "A tier can occur only once in a scheme.")
    _score_range = models.Constraint(
        'CHECK(min_score >= 0 AND min_score <= 100)', "The score of a tier must be between 0 and 100.",
    )

    def _spec(self):
        """Return the parts of this threshold that scoring needs; indicators are ids.

        :return: :class:`~odoo.addons.tianyuan_customer_rating.engine.scoring.Threshold`
        """
        self.ensure_one()
        return Threshold(
            tier=self.tier_id.id,
            min_score=self.min_score,
            min_inclusive=self.min_inclusive,
            full_marks=tuple(self.full_marks_indicator_ids.ids),
            is_key=self.is_key,
            major_min_annual_purchase=self.major_min_annual_purchase,
            sequence=self.tier_id.sequence,
        )

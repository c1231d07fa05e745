from odoo import fields, models
from odoo.fields import Domain

SHARE_VERDICTS = [
    ('too_few', "Too few to judge"), ('lower', "Fewer bad than among all"), ('usual', "No difference shown"),
    ('higher', "More bad than among all"),
]
RANK_VERDICTS = [
    ('too_few', "Too few to judge"), ('random', "No better than chance"), ('worse', "Worse than chance"),
    ('ranks', "Ranks customers"),
]

# Which figure exists under which condition.
CONDITIONS = {
    'bad_percent': 'judged_count', 'on_time_rate': 'has_payments', 'days_beyond_terms': 'has_payments',
    'pairs_right': 'has_pairs', 'pairs_low': 'has_interval', 'pairs_high': 'has_interval',
    'plain_pairs_right': 'has_plain',
}


class TianyuanRatingProofRow(models.TransientModel):
    """What became of a group of customers: of a tier, a level, a quarter, or whose score or class people changed."""

    _name = 'tianyuan.rating.proof.row'
    _description = "Outcomes of a Group of Customers"
    _inherit = ['tianyuan.plain.text.mixin']
    _order = 'proof_id, section, sequence, id'

    proof_id = fields.Many2one('tianyuan.rating.proof', required=True, readonly=True, index=True, ondelete='cascade')
    company_id = fields.Many2one('res.company', required=True, readonly=True, ondelete='cascade')
    currency_id = fields.Many2one(related='company_id.currency_id')
    section = fields.Selection(
        [
            ('tier', "Tier"), ('band', "Score Band"), ('quarter', "Quarter"), ('indicator', "Indicator"),
            ('level', "Level"), ('adjusted', "Adjusted Points"), ('override', "Class Overrides"),
        ],
        required=True, readonly=True,
    )
    sequence = fields.Integer(readonly=True)
    name = fields.Char(string="What Is Counted", readonly=True)
    indicator_id = fields.Many2one('tianyuan.rating.indicator', readonly=True, ondelete='cascade')
    keys = fields.Json(readonly=True, export_string_translation=False)    # ids behind the row, see ``_rows_domain``
    count = fields.Integer(string="Sheets", readonly=True)
    customer_count = fields.Integer(string="Customers", readonly=True)
    judged_count = fields.Integer(
        string="Judged", readonly=True, help="Ratings after which there was something to judge the customer by.",
    )
    judged_customer_count = fields.Integer(string="Customers Judged", readonly=True)
    bad_count = fields.Integer(string="Turned Out Bad", readonly=True)
    bad_percent = fields.Float(string="Turned Out Bad (%)", readonly=True, digits=(5, 1), aggregator='avg')
    right_count = fields.Integer(
        string="Proved Right", readonly=True,
        help="Customers whose points or class were raised and who turned out good, or were lowered and turned out bad.",
    )
    has_payments = fields.Boolean(readonly=True, export_string_translation=False)
    on_time_rate = fields.Float(string="On-Time Rate (%)", readonly=True, digits=(5, 1), aggregator=None)
    days_beyond_terms = fields.Float(string="Days Late", readonly=True, digits=(16, 1), aggregator=None)
    bad_debt_amount = fields.Monetary(string="New Bad Debt", readonly=True)
    purchase_amount = fields.Monetary(string="Average Purchases", readonly=True, aggregator=None)
    verdict = fields.Selection(SHARE_VERDICTS, string="Compared with All", readonly=True)
    has_pairs = fields.Boolean(readonly=True, export_string_translation=False)
    has_interval = fields.Boolean(readonly=True, export_string_translation=False)
    has_plain = fields.Boolean(readonly=True, export_string_translation=False)
    pairs_right = fields.Float(
        string="Pairs in Right Order (%)", readonly=True, digits=(5, 1), aggregator=None,
        help="Of 100 pairs of a customer who turned out good and one who turned out bad, in how many the good one has "
             "more points; equal points count half, and 50 is chance.",
    )
    pairs_low = fields.Float(string="At Least (%)", readonly=True, digits=(5, 1), aggregator=None)
    pairs_high = fields.Float(string="At Most (%)", readonly=True, digits=(5, 1), aggregator=None)
    plain_pairs_right = fields.Float(
        string="Without Adjustments (%)", readonly=True, digits=(5, 1), aggregator=None,
        help="The pairs in the right order by the points computed, instead of those that people gave before the time "
             "was over. Empty if nobody adjusted any.",
    )
    rank_verdict = fields.Selection(RANK_VERDICTS, string="Does It Rank?", readonly=True)

    def action_view_outcomes(self):
        """Open the outcomes behind the row.

        :raise AccessError: the user may not read the row
        """
        self.ensure_one()
        self.check_access('read')
        return self.proof_id._outcomes_action(f"{self.proof_id.name}: {self.name}", self._rows_domain())

    def _rows_domain(self):
        """Return the domain of the outcomes of the row, within those of the report."""
        keys = self.keys or []
        if self.section == 'tier':
            return Domain('rating_id.tier_id', 'in', keys or [False])
        if self.section == 'quarter':
            return Domain('date_from', 'in', keys)
        if self.section in ('indicator', 'level'):
            lines = Domain('indicator_id', '=', self.indicator_id.id)
            if self.section == 'indicator':
                return Domain('is_judged', '=', True) & Domain(
                    'rating_id.line_ids', 'any', lines & Domain('max_points', '>', 0))
            lines &= Domain('level_id', 'in', keys or [False]) & Domain('origin', '!=', 'adjusted')
            return Domain('rating_id.line_ids', 'any', lines)
        return Domain('id', 'in', keys)

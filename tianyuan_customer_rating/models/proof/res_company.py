from odoo import fields, models

from ...engine import later
from ...tools.roles import SETTINGS

LIMITS = {'tianyuan_proof_on_time_rate', 'tianyuan_proof_days_late'}


class ResCompany(models.Model):
    """What a company calls a bad outcome of a rating, and on how few customers it doesn't judge."""

    _inherit = 'res.company'    # pylint: disable=consider-merging-classes-inherited

    tianyuan_proof_on_time_rate = fields.Float(
        string="On-Time Rate of a Good Customer (%)", default=80.0, digits=(5, 2), prefetch=SETTINGS,
        help="A customer who paid a smaller share of what was due by its deadline turned out bad.",
    )
    tianyuan_proof_days_late = fields.Float(
        string="Days Late of a Good Customer", default=30.0, digits=(16, 2), prefetch=SETTINGS,
        help="A customer who paid more days late on average, weighted by amount, turned out bad.",
    )
    tianyuan_proof_min_customers = fields.Integer(
        string="Fewest Good and Bad Customers", default=10, prefetch=SETTINGS,
        help="Whether the score ranks customers isn't judged with fewer customers who turned out good, or with fewer "
             "who turned out bad.",
    )
    tianyuan_proof_min_group = fields.Integer(
        string="Fewest Customers of a Group", default=30, prefetch=SETTINGS,
        help="A tier, a level or a quarter with fewer customers isn't compared with the others.",
    )

    _tianyuan_proof_on_time_rate_range = models.Constraint(
        'CHECK(tianyuan_proof_on_time_rate BETWEEN 0 AND 100)', "The on-time rate is a share: enter 0 to 100.",
    )
    _tianyuan_proof_days_late_positive = models.Constraint(
        'CHECK(tianyuan_proof_days_late >= 0)', "The days late can't be negative.",
    )
    _tianyuan_proof_min_positive = models.Constraint(
        'CHECK(tianyuan_proof_min_customers >= 2 AND tianyuan_proof_min_group >= 2)',
        "Nothing can be judged on fewer than two customers: enter 2 or more.",
    )

    def write(self, vals):
        """Judge the outcomes of the past anew when the company changes what a bad outcome is."""
        result = super().write(vals)
        if LIMITS & vals.keys():
            later.judge_again(self.env, self.ids)
        return result

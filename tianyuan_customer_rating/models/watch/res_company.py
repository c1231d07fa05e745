from odoo import fields, models

from ...engine.watch_rules import Limits
from ...tools.roles import SETTINGS


class ResCompany(models.Model):
    """What a company wants to be warned of, and how far the nightly watch has got (policy 6.5 动态管理, 7.2)."""

    _inherit = 'res.company'    # pylint: disable=consider-merging-classes-inherited

    tianyuan_watch = fields.Boolean(
        string="Early Warning", default=True, prefetch=SETTINGS,
        help="Look at all customers every night, and warn of what shouldn't wait for the next rating.",
    )
    tianyuan_watch_tier = fields.Boolean(
        string="Warn of a Change of Tier", default=True, prefetch=SETTINGS,
        help="Warn of customers who are on course for another tier than that of their last confirmed rating.",
    )
    tianyuan_watch_from_day = fields.Integer(
        string="Warn From Day", default=30, prefetch=SETTINGS,
        help="On which day of the quarter warnings of tiers and of falling purchases begin: a quarter's first days say "
             "little.",
    )
    tianyuan_watch_overdue_days = fields.Integer(
        string="Warn After Days Overdue", default=3, prefetch=SETTINGS,
        help="Warn of what is open more than so many days after its due date and the scheme's days of grace. 0: never.",
    )
    tianyuan_watch_overdue_amount = fields.Float(
        string="Warn From Amount Overdue", default=100, prefetch=SETTINGS,
        help="Warn of what is overdue, or many days late, only if it is more than this amount in company currency, so "
             "that nobody is asked about a bank's fee. 0: any amount.",
    )
    tianyuan_watch_late_days = fields.Integer(
        string="Warn After Days Late", default=30, prefetch=SETTINGS,
        help="Warn if what is open has been past its due date for more than so many days, and is more than the amount "
             "from which is warned. 0: never.",
    )
    tianyuan_watch_purchases_percent = fields.Float(
        string="Warn of Purchases Fallen By (%)", default=30, prefetch=SETTINGS,
        help="Warn if a customer has bought so much less than last year, both in the same days and in the quarter's "
             "months that are over. 0: never.",
    )
    tianyuan_watch_paper_days = fields.Integer(
        string="Warn Before Papers Expire (Days)", default=30, prefetch=SETTINGS,
        help="Warn so many days before a paper expires that the archive must have. 0: never.",
    )
    tianyuan_watch_credit_percent = fields.Float(
        string="Warn of Credit Limit Used (%)", default=90, prefetch=SETTINGS,
        help="Warn if what is owed and ordered is more than so much of the customer's credit limit. 0: never.",
    )
    tianyuan_watch_bad_debt = fields.Boolean(
        string="Warn of New Bad Debt", default=True, prefetch=SETTINGS,
        help="Warn of bad debt that the customer's last confirmed rating didn't know of.",
    )
    tianyuan_watch_bills = fields.Boolean(
        string="Warn of Dishonoured Bills", default=True, prefetch=SETTINGS,
        help="Warn of bills that came back after the customer's last rated quarter, until they are paid.",
    )
    tianyuan_watch_step = fields.Float(
        string="Tell Again When Worse By (%)", default=25, prefetch=SETTINGS,
        help="By how much a number has to grow before the owner is told again, and before an acknowledged warning is "
             "open again. Small steps never count: 3 points, 7 days, 10 percent or one paper at least.",
    )
    tianyuan_watch_acknowledge_days = fields.Integer(
        string="Acknowledge at Most (Days)", default=92, prefetch=SETTINGS,
        help="For how many days at most a warning can be acknowledged.",
    )
    tianyuan_watch_reopen_days = fields.Integer(
        string="Same Warning Again Within (Days)", default=14, prefetch=SETTINGS,
        help="What comes back within so many days after it was cleared is the same warning, with its acknowledgement: "
             "its owner is told again only if it is clearly worse. 0: it is a new one.",
    )
    tianyuan_watched_on = fields.Date(
        string="Customers Watched On", readonly=True, prefetch=SETTINGS,
        help="The day as of which all customers were last looked at.",
    )
    # Customers up to this id have been looked at in a round of this day that was interrupted.
    tianyuan_watch_position = fields.Integer(readonly=True, prefetch=SETTINGS, export_string_translation=False)
    tianyuan_watch_position_on = fields.Date(readonly=True, prefetch=SETTINGS, export_string_translation=False)
    # A manager doesn't want to wait for the night.
    tianyuan_watch_asked = fields.Boolean(readonly=True, prefetch=SETTINGS, export_string_translation=False)
    tianyuan_watch_digest = fields.Boolean(
        string="Weekly E-mail to Team Leaders", default=True, prefetch=SETTINGS,
        help="Each Monday the leaders of sales teams are sent the early warnings of the week on their team's "
             "customers. Managers are sent those on customers without a team leader.",
    )
    # Until which day the watch has been reported by e-mail; the next e-mail begins with the day after.
    tianyuan_watch_digest_on = fields.Date(string="Warnings Reported Until", readonly=True, prefetch=SETTINGS)
    tianyuan_propose_bad_debt = fields.Boolean(
        string="Propose Ordinary for Bad Debt", default=True, prefetch=SETTINGS,
        help="Managers are proposed to treat a key customer with new bad debt as an ordinary one.",
    )
    tianyuan_propose_bill = fields.Boolean(
        string="Propose Ordinary for Dishonoured Bills", default=True, prefetch=SETTINGS,
        help="Managers are proposed to treat a key customer whose bill was dishonoured as an ordinary one.",
    )
    tianyuan_propose_tier = fields.Boolean(
        string="Propose Ordinary for Lost Tiers", default=True, prefetch=SETTINGS,
        help="Managers are proposed to treat a key customer as an ordinary one who is on course for a tier that isn't "
             "a key customer's.",
    )
    tianyuan_propose_days_late = fields.Integer(
        string="Propose Ordinary When Late (Days)", default=60, prefetch=SETTINGS,
        help="Managers are proposed to treat a key customer as an ordinary one who pays so many days late or more. "
             "0: never.",
    )
    tianyuan_propose_purchases_down = fields.Integer(
        string="Propose Ordinary When Purchases Fall (%)", default=50, prefetch=SETTINGS,
        help="Managers are proposed to treat a key customer as an ordinary one whose purchases have fallen by so many "
             "percent or more. 0: never.",
    )

    _tianyuan_watch_limits_positive = models.Constraint(
        'CHECK(tianyuan_watch_from_day >= 0 AND tianyuan_watch_overdue_days >= 0'
        ' AND tianyuan_watch_overdue_amount >= 0 AND tianyuan_watch_late_days >= 0'
        ' AND tianyuan_watch_purchases_percent >= 0 AND tianyuan_watch_paper_days >= 0'
        ' AND tianyuan_watch_credit_percent >= 0 AND tianyuan_watch_step >= 0'
        ' AND tianyuan_watch_reopen_days >= 0)',
        "The limits of early warning can't be negative.",
    )
    _tianyuan_watch_acknowledge_days_positive = models.Constraint(
        'CHECK(tianyuan_watch_acknowledge_days >= 1)', "Warnings can be acknowledged for at least one day.",
    )
    _tianyuan_propose_not_negative = models.Constraint(
        'CHECK(tianyuan_propose_days_late >= 0 AND tianyuan_propose_purchases_down >= 0)',
        "Days and percent from which a class override is proposed can't be negative.",
    )

    def _tianyuan_watch_limits(self):
        """Return the limits that warnings begin at.

        :return: :class:`~odoo.addons.tianyuan_customer_rating.engine.watch_rules.Limits`
        """
        self.ensure_one()
        return Limits(
            tier=self.tianyuan_watch_tier, from_day=self.tianyuan_watch_from_day,
            overdue_days=self.tianyuan_watch_overdue_days, overdue_amount=self.tianyuan_watch_overdue_amount,
            late_days=self.tianyuan_watch_late_days, purchases_percent=self.tianyuan_watch_purchases_percent,
            bad_debt=self.tianyuan_watch_bad_debt, bills=self.tianyuan_watch_bills,
        )

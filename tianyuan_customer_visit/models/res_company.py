from datetime import datetime, time, timedelta

from odoo import fields, models

from odoo.addons.tianyuan_customer_rating.tools.roles import SETTINGS

from .tianyuan_visit_kinds import VISIT_KINDS

LONGEST_HOLIDAYS = 31    # days without a working day after which none is looked for
WEEKEND = (5, 6)


class ResCompany(models.Model):
    """Settings of visits: how often customers are visited, and how visits are followed up (policy 8.3, 10)."""

    _inherit = 'res.company'

    tianyuan_visit_key_days = fields.Integer(
        string="Days Between Visits to Key Customers", default=30, prefetch=SETTINGS,
        help="0: no visits are planned.",
    )
    tianyuan_visit_key_kind = fields.Selection(
        VISIT_KINDS, string="Visits to Key Customers", default='onsite', prefetch=SETTINGS,
        help="Empty: the kinds take turns.",
    )
    tianyuan_visit_ordinary_days = fields.Integer(
        string="Days Between Visits to Ordinary Customers", default=90, prefetch=SETTINGS,
        help="0: no visits are planned.",
    )
    tianyuan_visit_ordinary_kind = fields.Selection(
        VISIT_KINDS, string="Visits to Ordinary Customers", default='phone', prefetch=SETTINGS,
        help="Empty: the kinds take turns.",
    )
    tianyuan_visit_report_days = fields.Integer(
        string="Days to Report a Visit", default=3, prefetch=SETTINGS,
        help="A salesperson who hasn't reported a visit by then is reminded; after twice as long the team leader is.",
    )
    tianyuan_cultivation_interval_days = fields.Integer(
        string="Days Between Cultivation Activities", default=30, prefetch=SETTINGS,
        help="How long after a call, visit or mailing to a potential customer the next one is planned. "
             "0: potential customers get no activities.",
    )
    tianyuan_quality_user_id = fields.Many2one(
        'res.users', string="Quality Feedback Goes To", domain="[('share', '=', False)]", prefetch=SETTINGS,
    )

    _tianyuan_cultivation_interval_positive = models.Constraint(
        'CHECK(tianyuan_cultivation_interval_days >= 0)',
        "The days between cultivation activities can't be negative.",
    )
    _tianyuan_visit_days_positive = models.Constraint(
        'CHECK(tianyuan_visit_key_days >= 0 AND tianyuan_visit_ordinary_days >= 0)',
        "The days between visits can't be negative.",
    )
    _tianyuan_visit_report_days_positive = models.Constraint(
        'CHECK(tianyuan_visit_report_days > 0)', "There must be at least a day to report a visit.",
    )

    def _tianyuan_working_day(self, last):
        """Return a function that finds the next day on which the company works, with a few queries for all days.

        The days are those of the company's working hours without its public holidays; without working hours, or with
        flexible ones, of which Odoo knows no weekends, they are Monday to Friday. Where the company never works within
        the following weeks, the day itself is returned.

        :param last: the last day that is asked for
        :return: function of a day → the day itself, or the next working day
        """
        self.ensure_one()
        calendar = self.sudo().resource_calendar_id
        first = self._tianyuan_today()
        end = max(first, last) + timedelta(days=LONGEST_HOLIDAYS)
        closed = calendar._get_unusual_days(
            datetime.combine(first, time.min), datetime.combine(end, time.max), self,
        )

        weekends_off = not calendar or calendar.flexible_hours

        def next_working_day(day):
            for later in range(LONGEST_HOLIDAYS if day >= first else 0):
                candidate = day + timedelta(days=later)
                is_weekend = weekends_off and candidate.weekday() in WEEKEND
                if not is_weekend and not closed.get(fields.Date.to_string(candidate)):
                    return candidate
            return day

        return next_working_day

    def _tianyuan_cultivation_intervals(self, partners):
        """Return how often potential customers are cultivated; other addons may extend this per customer.

        :param partners: potential customers of this company
        :return: dict of partner id → days between two activities; 0: no activities
        """
        self.ensure_one()
        return dict.fromkeys(partners.ids, self.tianyuan_cultivation_interval_days)

    def _tianyuan_visit_plan(self, partners):
        """Return how often and how customers are visited; other addons may extend this per customer.

        :param partners: commercial partners
        :return: dict of partner id → (days between two visits, kind or False where the kinds take turns); 0 days: no
            visits. Customers without a class in this company are left out.
        """
        self.ensure_one()
        company = self.sudo()
        plans = {
            'key': (company.tianyuan_visit_key_days, company.tianyuan_visit_key_kind),
            'ordinary': (company.tianyuan_visit_ordinary_days, company.tianyuan_visit_ordinary_kind),
            'potential': (company.tianyuan_cultivation_interval_days, False),
        }
        return {
            partner.id: plans[partner.tianyuan_customer_class]
            for partner in partners.sudo().with_company(self) if partner.tianyuan_customer_class
        }

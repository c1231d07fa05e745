from odoo import fields, models, tools

from .tianyuan_roles import SETTINGS


class ResCompany(models.Model):
    _inherit = 'res.company'

    tianyuan_bad_debt_account_ids = fields.Many2many(
        'account.account', 'tianyuan_bad_debt_account_rel', 'company_id', 'account_id',
        string="Bad-Debt Accounts",
        help="Every posted journal item with a partner on one of these accounts is a bad debt of that customer.",
    )
    tianyuan_rating_auto_run = fields.Boolean(
        string="Rate Every Quarter", default=True, prefetch=SETTINGS,
        help="Start a rating run by itself after each quarter.",
    )
    tianyuan_rating_archive_check = fields.Selection(
        [('ignore', "Don't look at it"), ('warn', "Warn on the rating"), ('block', "Refuse to confirm")],
        string="Incomplete Archive", required=True, default='warn', prefetch=SETTINGS,
        help="What happens before a rating is confirmed while the customer's archive lacks required fields.",
    )
    tianyuan_rating_assessment_days = fields.Integer(
        string="Days to Assess", default=10, prefetch=SETTINGS,
        help="How long sales and finance have to assess the ratings of a run before they are reminded.",
    )
    tianyuan_cultivation_interval_days = fields.Integer(
        string="Days Between Cultivation Activities", default=30, prefetch=SETTINGS,
        help="How long after a call, visit or mailing to a potential customer the next one is planned. "
             "0: potential customers get no activities.",
    )
    tianyuan_archive_review_months = fields.Integer(
        string="Review Archives Every (Months)", default=3, prefetch=SETTINGS,
        help="How long after filing or its last review a customer's archive is to be reviewed again.",
    )

    _tianyuan_rating_assessment_days_positive = models.Constraint(
        'CHECK(tianyuan_rating_assessment_days >= 0)', "The days to assess can't be negative.",
    )
    _tianyuan_cultivation_interval_positive = models.Constraint(
        'CHECK(tianyuan_cultivation_interval_days >= 0)',
        "The days between cultivation activities can't be negative.",
    )
    _tianyuan_archive_review_months_positive = models.Constraint(
        'CHECK(tianyuan_archive_review_months >= 1)', "Archives are reviewed every month at most: enter 1 or more.",
    )

    @tools.ormcache('self.id')
    def _tianyuan_bad_debt_account_ids(self):
        """Ids of the bad-debt accounts, remembered so that posting an entry costs no query."""
        self.ensure_one()
        return tuple(self.sudo().tianyuan_bad_debt_account_ids.ids)

    def _tianyuan_cultivation_intervals(self, partners):
        """How often potential customers are cultivated. Whatever knows it better per customer extends this.

        :param partners: potential customers of this company
        :return: dict of partner id → days between two activities; 0: none
        """
        self.ensure_one()
        return dict.fromkeys(partners.ids, self.tianyuan_cultivation_interval_days)

    def write(self, vals):
        result = super().write(vals)
        if 'tianyuan_bad_debt_account_ids' in vals:
            self.env.registry.clear_cache()
        return result

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ...engine.outcome import copy_outcomes
from ...engine.purchases import company_timezone
from ...tools.roles import SETTINGS

# A change of one of these fields changes which bad debts the ledger has.
LEDGER_ACCOUNTS = {'tianyuan_bad_debt_account_ids', 'tianyuan_doubtful_account_ids', 'tianyuan_bill_account_ids'}


class ResCompany(models.Model):
    _inherit = 'res.company'    # pylint: disable=consider-merging-classes-inherited

    tianyuan_bad_debt_account_ids = fields.Many2many(
        'account.account', 'tianyuan_bad_debt_account_rel', 'company_id', 'account_id',
        string="Bad-Debt Accounts",
        help="The expense account and the allowance account, such as 6702 信用减值损失 and 1231 坏账准备. What is "
             "charged to one of them against a customer's receivable or bill is that customer's bad debt. With one of "
             "the two missing, write-offs on it are taken for payments.",
    )
    tianyuan_doubtful_account_ids = fields.Many2many(
        'account.account', 'tianyuan_doubtful_account_rel', 'company_id', 'account_id', string="Doubtful Accounts",
        help="Accounts to which receivables are moved when it is doubtful that they will be paid. A claim moved there "
             "is not paid: it stays due as before until money comes.",
    )
    tianyuan_bill_account_ids = fields.Many2many(
        'account.account', 'tianyuan_bill_account_rel', 'company_id', 'account_id', string="Bill Accounts",
        help="Accounts of bills that customers pay with, such as 1121 应收票据.",
    )
    tianyuan_bill_payment = fields.Selection(
        [('receipt', "When the bill is taken"), ('cashed', "When the bill is cashed")],
        string="A Bill Is Paid", required=True, default='receipt', prefetch=SETTINGS,
        help="A customer who pays with a bill has paid on the day it is taken, or on the day it is collected, "
             "discounted or endorsed. A dishonoured bill never was a payment.",
    )
    tianyuan_claim_journal_ids = fields.Many2many(
        'account.journal', 'tianyuan_claim_journal_rel', 'company_id', 'journal_id', string="Claim Journals",
        help="Journals whose entries are claims on customers: opening balances, payments that the bank returned, bills "
             "that came back after they were discounted. Their receivable items are due like invoices.",
    )
    tianyuan_rating_run_day = fields.Integer(
        string="Day of the Rating Run", default=10, prefetch=SETTINGS,
        help="On which day after the quarter's end the rating run starts by itself: late enough for the books of the "
             "last month to be closed.",
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
    tianyuan_archive_review_months = fields.Integer(
        string="Review Archives Every (Months)", default=3, prefetch=SETTINGS,
        help="How long after filing or its last review a customer's archive is to be reviewed again.",
    )

    _tianyuan_rating_run_day_range = models.Constraint(
        'CHECK(tianyuan_rating_run_day BETWEEN 1 AND 90)',
        "The rating run starts on the 1st to the 90th day after the quarter's end.",
    )
    _tianyuan_rating_assessment_days_positive = models.Constraint(
        'CHECK(tianyuan_rating_assessment_days >= 0)', "The days to assess can't be negative.",
    )
    _tianyuan_archive_review_months_positive = models.Constraint(
        'CHECK(tianyuan_archive_review_months >= 1)', "Archives are reviewed every month at most: enter 1 or more.",
    )

    @api.constrains('tianyuan_doubtful_account_ids', 'tianyuan_bill_account_ids')
    def _check_tianyuan_reconcilable(self):
        for company in self.sudo():
            accounts = company.tianyuan_doubtful_account_ids + company.tianyuan_bill_account_ids
            if fixed := accounts.filtered(lambda account: not account.reconcile):
                raise ValidationError(self.env._(
                    "Allow reconciliation on %s first: otherwise nobody can tell which of its items are settled.",
                    fixed.mapped('display_name'),
                ))

    @tools.ormcache('self.id')
    def _tianyuan_bad_debt_account_ids(self):
        """Return the ids of the root company's bad-debt accounts, cached to spare a query for each posted entry."""
        self.ensure_one()
        return tuple(self.sudo().root_id.tianyuan_bad_debt_account_ids.ids)

    def _check_tianyuan_not_a_branch(self):
        """Refuse branches: their customers are rated in the root company.

        :raise ValidationError: one of the companies is a branch
        """
        for branch in self.sudo().filtered('parent_id'):
            raise ValidationError(self.env._(
                "%(branch)s is a branch of %(company)s and is rated as a part of it: choose %(company)s.",
                branch=branch.name, company=branch.root_id.name,
            ))

    def _tianyuan_today(self):
        """Return today's date in the company's time zone."""
        self.ensure_one()
        return fields.Date.context_today(self.with_context(tz=company_timezone(self)))

    @api.model_create_multi
    def create(self, vals_list):
        """Create companies; new branches get the rating outcomes of their root company's customers."""
        companies = super().create(vals_list)
        for branch in companies.filtered('parent_id'):
            copy_outcomes(self.env, branch.root_id, branch)
        return companies

    def write(self, vals):
        result = super().write(vals)
        if LEDGER_ACCOUNTS & vals.keys():
            self.env.registry.clear_cache()
            for company in self:
                self.env['tianyuan.bad.debt'].sudo()._sync_ledger(company)
        return result

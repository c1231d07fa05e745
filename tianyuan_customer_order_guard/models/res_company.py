from odoo import fields, models

# Reasons against a document, the gravest first.
MATTERS = ('on_hold', 'bad_debt', 'overdue', 'licence', 'no_tier', 'over_limit')
TREATMENTS = [('ignore', "Ignore"), ('warn', "Warn"), ('approve', "Ask a manager's approval")]


class ResCompany(models.Model):
    """Settings of the reasons against a quotation: which ones count, and how (design §9)."""

    _inherit = 'res.company'

    tianyuan_order_on_hold = fields.Selection(
        TREATMENTS, string="Order on Hold", required=True, default='approve',
        help="What happens on a quotation for a customer whom a manager has put on hold.",
    )
    tianyuan_order_bad_debt = fields.Selection(
        TREATMENTS, string="Order with Bad Debt", required=True, default='warn',
        help="What happens on a quotation for a customer with bad debt on record.",
    )
    tianyuan_order_overdue = fields.Selection(
        TREATMENTS, string="Order with Overdue Payments", required=True, default='warn',
        help="What happens on a quotation for a customer who owes money past its due date.",
    )
    tianyuan_order_overdue_days = fields.Integer(
        string="Overdue for More Than (Days)", default=30,
        help="A customer is overdue who owes something for more days than this after its due date.",
    )
    tianyuan_order_overdue_amount = fields.Monetary(
        string="Overdue More Than", currency_field='currency_id',
        help="A customer is overdue, too, who owes more than this past its due date, however few days. "
             "0: only the days count.",
    )
    tianyuan_order_licence = fields.Selection(
        TREATMENTS, string="Order without Licence", required=True, default='warn',
        help="What happens on a quotation for a customer without a valid licence that one of the products needs.",
    )
    tianyuan_order_no_tier = fields.Selection(
        TREATMENTS, string="Order without Tier", required=True, default='warn',
        help="What happens on a quotation for a customer without a tier.",
    )
    tianyuan_order_over_limit = fields.Selection(
        TREATMENTS, string="Order over the Credit Limit", required=True, default='warn',
        help="What happens on a quotation that takes the customer over the credit limit. "
             "No order is over a limit while Sales Credit Limit is off in the Invoicing settings.",
    )
    tianyuan_order_four_eyes = fields.Boolean(
        string="Another Manager Approves", default=True,
        help="A manager doesn't decide on own quotations where the company has another manager.",
    )

    _tianyuan_order_overdue_positive = models.Constraint(
        'CHECK(tianyuan_order_overdue_days >= 0 AND tianyuan_order_overdue_amount >= 0)',
        "Days and amounts from which a customer is overdue can't be negative.",
    )

    def _tianyuan_order_matters(self, treatments):
        """Return the matters that the company treats in one of these ways, the gravest first.

        :param treatments: some of ``ignore``, ``warn`` and ``approve``
        :return: list of codes from ``MATTERS``
        """
        self.ensure_one()
        return [
            matter for matter in MATTERS if self[f'tianyuan_order_{matter}'] in treatments
        ]

    def _tianyuan_is_overdue(self, amount, days):
        """Return whether a customer counts as overdue.

        :param amount: amount owed past its due date, in company currency
        :param int days: days since the oldest due date
        """
        self.ensure_one()
        return days > self.tianyuan_order_overdue_days or bool(
            self.tianyuan_order_overdue_amount
            and self.currency_id.compare_amounts(amount, self.tianyuan_order_overdue_amount) > 0
        )

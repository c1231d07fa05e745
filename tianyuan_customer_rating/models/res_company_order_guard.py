from odoo import fields, models

TREATMENTS = [('ignore', "Ignore"), ('warn', "Warn"), ('approve', "Ask a manager's approval")]


class ResCompany(models.Model):
    """What speaks against a quotation, and how much that counts (design §9)."""

    _inherit = 'res.company'

    tianyuan_order_bad_debt = fields.Selection(
        TREATMENTS, string="Order with Bad Debt", required=True, default='warn',
        help="What happens on a quotation for a customer with bad debt on record.",
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

    def _tianyuan_order_matters(self, treatments):
        """What the company looks at in an order and treats in one of these ways, the gravest first.

        :param treatments: of ``ignore``, ``warn``, ``approve``
        :return: list of ``bad_debt``, ``no_tier``, ``over_limit``
        """
        self.ensure_one()
        return [
            matter for matter in ('bad_debt', 'no_tier', 'over_limit')
            if self[f'tianyuan_order_{matter}'] in treatments
        ]

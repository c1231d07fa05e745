from odoo import Command

from odoo.addons.tianyuan_customer_rating.tests.common import MODULE, RatingCommon

MATTERS = ('bad_debt', 'no_tier', 'over_limit')
LATER_MATTERS = ('on_hold', 'overdue', 'licence')


class QuotationCommon(RatingCommon):
    """A salesperson with a leader who is a manager, and a customer who is rated AAA, owes nothing and has no limit:
    nothing speaks against an order of theirs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setup_role_users()
        cls.rating_manager.name = "Manager Ma"
        cls.second_manager = cls.new_role_user('manager', 'tianyuan_second_manager')
        cls.team = cls.env['crm.team'].create({
            'name': "East", 'company_id': cls.company.id, 'user_id': cls.rating_manager.id,
            'member_ids': [Command.set(cls.sales_user.ids)],
        })
        cls.aaa = cls.env.ref(f'{MODULE}.tier_aaa')
        cls.company.account_use_credit_limit = True
        cls.good = cls.new_customer("Good", user_id=cls.sales_user.id)
        cls.give_tier(cls.good)

    @classmethod
    def treat(cls, treatment, *matters, company=None):
        """How the company treats these matters; the others it ignores."""
        (company or cls.company).write({
            f'tianyuan_order_{matter}': treatment if matter in matters else 'ignore'
            for matter in MATTERS + LATER_MATTERS
        })

    @classmethod
    def give_tier(cls, customer, company=None):
        customer.with_company(company or cls.company).sudo().tianyuan_tier_id = cls.aaa

    @classmethod
    def customer_with(cls, *matters):
        """A new customer of the salesperson against whom this speaks; any order is over a limit of 0.01."""
        customer = cls.new_customer(" ".join(matters) or "None", user_id=cls.sales_user.id)
        if 'no_tier' not in matters:
            cls.give_tier(customer)
        if 'bad_debt' in matters:
            cls.env['tianyuan.bad.debt'].create({
                'partner_id': customer.id, 'company_id': cls.company.id, 'date': '2024-01-01', 'amount': 10,
            })
        if 'over_limit' in matters:
            customer.with_company(cls.company).credit_limit = 0.01
        return customer

    @classmethod
    def quotation(cls, customer, amount=1000, **values):
        company = values.pop('company', cls.company)
        order = cls.order(customer, '2024-06-03 04:00:00', amount, company=company, confirm=False, **values)
        order.write({'user_id': cls.sales_user.id, 'team_id': cls.team.id})
        return order

    @classmethod
    def asked_quotation(cls, *matters):
        """A quotation of the salesperson's with these matters, as the salesperson after having asked."""
        order = cls.quotation(cls.customer_with(*matters)).with_user(cls.sales_user)
        order.action_tianyuan_ask_approval()
        return order

    def change_amount(self, order, amount):
        order.order_line.price_unit = amount

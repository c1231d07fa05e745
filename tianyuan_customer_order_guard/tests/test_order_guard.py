from itertools import combinations

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user

from .common import MATTERS, QuotationCommon

SAID = {
    'bad_debt': "This customer has bad debt on record: ¥\N{NO-BREAK SPACE}10.00 since 2024/01/01.",
    'no_tier': "This customer has no tier: not rated yet.",
}


class TestOrderGuard(QuotationCommon):
    """What speaks against an order warns, or has to be approved, as the company wants (design §9)."""

    def said(self, order):
        return (order.with_user(self.sales_user).tianyuan_warning or "").splitlines()

    def test_each_matter_under_each_setting(self):
        for matter in MATTERS:
            for treatment in ('ignore', 'warn', 'approve'):
                with self.subTest(matter=matter, treatment=treatment):
                    self.treat(treatment, matter)
                    order = self.quotation(self.customer_with(matter)).with_user(self.sales_user)
                    self.assertEqual(len(self.said(order)), 0 if treatment == 'ignore' else 1)
                    self.assertEqual(order.tianyuan_needs_approval, treatment == 'approve')
                    if treatment == 'approve':
                        with self.assertRaisesRegex(UserError, "A manager has to approve these quotations"):
                            order.action_confirm()
                        self.assertEqual(order.state, 'draft')
                    else:
                        order.action_confirm()
                        self.assertEqual(order.state, 'sale')

    def test_a_company_warns_unless_it_wants_otherwise(self):
        company = self.env['res.company'].create({'name': "New"})
        self.assertEqual([company[f'tianyuan_order_{matter}'] for matter in MATTERS], ['warn'] * 3)

    def test_every_matter_that_holds_is_said(self):
        self.treat('warn', *MATTERS)
        for count in range(4):
            for matters in combinations(MATTERS, count):
                with self.subTest(matters=matters):
                    said = self.said(self.quotation(self.customer_with(*matters)))
                    self.assertEqual(len(said), count)
                    known = [SAID[matter] for matter in matters if matter in SAID]
                    self.assertEqual(said[:len(known)], known)
                    self.assertEqual("Over the credit limit" in "".join(said), 'over_limit' in matters)

    def test_the_settings_count_one_by_one(self):
        self.company.write({
            'tianyuan_order_bad_debt': 'approve', 'tianyuan_order_no_tier': 'warn',
            'tianyuan_order_over_limit': 'ignore',
        })
        order = self.quotation(self.customer_with(*MATTERS))
        self.assertEqual(self.said(order), [SAID['bad_debt'], SAID['no_tier']])
        with self.assertRaises(UserError) as refusal:
            order.with_user(self.sales_user).action_confirm()
        self.assertIn(SAID['bad_debt'], str(refusal.exception))
        self.assertNotIn(SAID['no_tier'], str(refusal.exception), "warns, and hinders nobody")

    def test_nothing_speaks_against_a_good_customer(self):
        self.treat('approve', *MATTERS)
        order = self.quotation(self.good).with_user(self.sales_user)
        self.assertFalse(order.tianyuan_warning)
        self.assertFalse(order.tianyuan_needs_approval)
        self.assertFalse(order.tianyuan_approval_notice)
        order.action_confirm()
        self.assertEqual(order.state, 'sale')

    def test_a_contact_is_judged_by_its_company(self):
        self.treat('approve', 'bad_debt')
        contact = self.new_contact(self.customer_with('bad_debt'))
        self.assertTrue(self.quotation(contact).tianyuan_needs_approval)

    def test_only_quotations_warn(self):
        self.treat('warn', *MATTERS)
        order = self.quotation(self.customer_with(*MATTERS))
        order.action_confirm()
        self.assertFalse(order.tianyuan_warning)

    def test_the_quotation_says_it_while_it_is_written(self):
        self.treat('approve', 'no_tier', 'over_limit')
        customer = self.customer_with('no_tier')
        customer.with_company(self.company).credit_limit = 500
        with Form(self.env['sale.order'].with_user(self.sales_user).with_company(self.company)) as form:
            form.partner_id = self.good
            self.assertFalse(form.tianyuan_needs_approval)
            form.partner_id = customer
            self.assertTrue(form.tianyuan_needs_approval)
            self.assertEqual(form.tianyuan_warning, SAID['no_tier'])
            self.assertEqual(
                form.tianyuan_approval_notice, "A manager has to approve this quotation before it is confirmed.")
            with form.order_line.new() as line:
                line.product_id = self.service_product
                line.price_unit = 501
                line.tax_ids.clear()
            self.assertEqual(len(form.tianyuan_warning.splitlines()), 2)
            self.assertTrue(form.tianyuan_limit_warned, "and Odoo's own banner hidden")

    # -- the credit limit ------------------------------------------------------------------------------------------

    def test_what_counts_against_the_limit(self):
        """5,000 owed, 3,000 ordered and not invoiced, 2,000 offered: 10,000 in all."""
        self.treat('approve', 'over_limit')
        customer = self.customer_with()
        customer.with_company(self.company).credit_limit = 10_000
        self.invoice(customer, '2024-05-02', 5000)
        self.order(customer, '2024-05-03 04:00:00', 3000)
        order = self.quotation(customer, 2000)
        customer.invalidate_recordset(['credit', 'credit_to_invoice'])    # as for every new request
        self.assertFalse(order.tianyuan_needs_approval, "exactly at the limit")
        self.change_amount(order, 2000.01)
        self.assertTrue(order.tianyuan_needs_approval)
        self.assertEqual(
            self.said(order)[0].replace('\xa0', ""),
            "Over the credit limit of ¥10,000.00: ¥10,000.01 including this order.")

    def test_a_foreign_order_counts_in_company_currency(self):
        """1,000 dollars at 7 yuan are 7,000 yuan."""
        self.treat('approve', 'over_limit')
        dollar = self.new_usd(('2024-01-01', 7.0))
        customer = self.customer_with()
        customer.with_company(self.company).credit_limit = 7000
        order = self.quotation(customer, 1000, currency=dollar)
        self.assertFalse(order.tianyuan_needs_approval)
        customer.with_company(self.company).credit_limit = 6999
        order.invalidate_recordset()
        self.assertTrue(order.tianyuan_needs_approval)

    def test_the_companys_limit_is_for_who_has_none(self):
        self.treat('approve', 'over_limit')
        self.env['ir.default'].set('res.partner', 'credit_limit', 500, company_id=self.company.id)
        self.assertTrue(self.quotation(self.customer_with()).tianyuan_needs_approval)
        customer = self.customer_with()
        customer.with_company(self.company).credit_limit = 2000
        self.assertFalse(self.quotation(customer).tianyuan_needs_approval)

    def test_without_odoos_credit_limit_no_order_is_over_one(self):
        self.treat('approve', 'over_limit')
        self.company.account_use_credit_limit = False
        self.assertFalse(self.quotation(self.customer_with('over_limit')).tianyuan_needs_approval)

    def test_orders_confirmed_together_add_up(self):
        self.treat('approve', 'over_limit')
        customer = self.customer_with()
        customer.with_company(self.company).credit_limit = 1500
        first, second = self.quotation(customer), self.quotation(customer)
        self.assertFalse((first + second).filtered('tianyuan_needs_approval'))
        with self.assertRaises(UserError) as refusal:
            (first + second).with_user(self.sales_user).action_confirm()
        self.assertIn(second.name, str(refusal.exception))
        self.assertNotIn(first.name, str(refusal.exception))
        first.with_user(self.sales_user).action_confirm()
        with self.assertRaisesRegex(UserError, second.name):
            second.with_user(self.sales_user).action_confirm()

    def test_odoos_banner_is_not_repeated(self):
        order = self.quotation(self.customer_with('over_limit')).with_user(self.sales_user)
        self.assertTrue(order.partner_credit_warning)
        self.assertTrue(order.tianyuan_limit_warned)
        self.treat('ignore')
        order.invalidate_recordset()
        self.assertFalse(order.tianyuan_limit_warned, "then Odoo's is the only one")
        self.treat('warn', 'over_limit')
        without_role = new_test_user(
            self.env, 'no_role', groups='base.group_user,sales_team.group_sale_salesman_all_leads',
            company_id=self.company.id, company_ids=[Command.set(self.company.ids)])
        self.assertFalse(order.with_user(without_role).tianyuan_limit_warned)

    # -- ways round it ---------------------------------------------------------------------------------------------

    def test_every_way_to_confirm_is_guarded(self):
        self.treat('approve', 'no_tier')
        customer = self.customer_with('no_tier')
        order = self.quotation(customer).with_user(self.sales_user)
        with self.assertRaises(UserError):
            order.write({'state': 'sale'})
        with self.assertRaises(UserError):
            order.with_context(send_email=True).action_confirm()
        with self.assertRaises(UserError):
            order.with_user(self.rating_manager).action_confirm()
        with self.assertRaises(UserError):
            order.create({'partner_id': customer.id, 'state': 'sale'})
        order.action_cancel()
        with self.assertRaises(UserError):
            order.write({'state': 'sale'})

    def test_the_approval_cant_be_written(self):
        order = self.quotation(self.good).with_user(self.sales_user)
        for name in order._tianyuan_protected_fields():
            with self.subTest(field=name):
                with self.assertRaises(AccessError):
                    order.write({name: False})
                with self.assertRaises(AccessError):
                    order.create({'partner_id': self.good.id, name: False})
        preset = order.with_context(
            default_tianyuan_approval_state='approved', default_tianyuan_approval_amount=1e9,
            default_tianyuan_approval_partner_id=self.good.id,
        ).create({'partner_id': self.good.id})
        self.assertEqual(preset.tianyuan_approval_state, 'none')
        self.assertFalse(preset.tianyuan_approval_amount)
        self.assertFalse(preset.tianyuan_approval_partner_id)

    def test_who_has_no_role_isnt_told_why(self):
        self.treat('approve', 'bad_debt')
        seller = new_test_user(
            self.env, 'no_role', groups='base.group_user,sales_team.group_sale_salesman_all_leads', lang='en_US',
            company_id=self.company.id, company_ids=[Command.set(self.company.ids)])
        order = self.quotation(self.customer_with('bad_debt')).with_user(seller)
        self.assertTrue(order.tianyuan_needs_approval)
        with self.assertRaises(UserError) as refusal:
            order.action_confirm()
        self.assertNotIn(SAID['bad_debt'], str(refusal.exception))
        self.assertIn(order.name, str(refusal.exception))

    def test_each_company_has_its_own_settings(self):
        other = self.setup_other_company()['company']
        self.treat('approve', 'no_tier')
        self.treat('warn', 'no_tier', company=other)
        customer = self.customer_with('no_tier')
        here = self.quotation(customer)
        there = self.order(customer, '2024-06-03 04:00:00', 1000, company=other, confirm=False)
        self.assertTrue(here.tianyuan_needs_approval)
        self.assertFalse(there.tianyuan_needs_approval)
        there.action_confirm()
        self.assertEqual(there.state, 'sale')
        self.give_tier(customer, other)
        self.assertTrue(here.tianyuan_needs_approval, "a tier in the other company is none here")

    def test_quotations_that_need_approval_are_found(self):
        self.treat('approve', 'no_tier')
        needs, good = self.quotation(self.customer_with('no_tier')), self.quotation(self.good)
        both = [('id', 'in', (needs + good).ids)]
        orders = self.env['sale.order'].with_user(self.sales_user)
        self.assertEqual(orders.search([*both, ('tianyuan_needs_approval', '=', True)]), needs)
        self.assertEqual(orders.search([*both, ('tianyuan_needs_approval', '=', False)]), good)

    # -- what it costs ---------------------------------------------------------------------------------------------

    def confirming(self, customers):
        orders = self.env['sale.order'].concat(*(self.quotation(customer) for customer in customers))
        return self.queries(lambda: orders.with_user(self.sales_user).action_confirm())

    def test_confirming_costs_two_queries_more_at_most(self):
        self.treat('ignore')
        self.confirming(self.good)
        ignored = self.confirming(self.good)
        self.treat('approve', 'no_tier', 'bad_debt')
        self.assertLessEqual(self.confirming(self.good) - ignored, 2)
        self.treat('approve', *MATTERS)
        self.assertLessEqual(self.confirming(self.good) - ignored, 2, "no limit, nothing to look up")
        self.good.with_company(self.company).credit_limit = 1e9
        # what is owed and what is to be invoiced, as Odoo finds it
        self.assertLessEqual(self.confirming(self.good) - ignored, 9)

    def test_many_orders_take_no_more_checks_than_one(self):
        customers = self.env['res.partner'].concat(*(self.customer_with() for _number in range(10)))
        customers.with_company(self.company).credit_limit = 1e9
        costs = {}
        for treatment in ('ignore', 'approve'):
            self.treat(treatment, *MATTERS)
            self.confirming(customers[:1])
            costs[treatment, 1] = self.confirming(customers[:1])
            costs[treatment, 10] = self.confirming(customers)
        extra = [costs['approve', count] - costs['ignore', count] for count in (1, 10)]
        self.assertLessEqual(extra[1], extra[0] + 1, costs)

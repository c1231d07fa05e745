"""Potential customers (policy 8): the first confirmed order makes them customers, and somebody thinks of support."""
from odoo.tests import new_test_user, tagged

from .sheets import SheetCommon


@tagged('post_install', '-at_install')
class TestPotential(SheetCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sheet = cls.ready_sheet(kind='prospect')
        cls.sheet.action_confirm()
        cls.seller = new_test_user(
            cls.env, 'tianyuan_seller', groups='sales_team.group_sale_salesman_all_leads',
            company_id=cls.company.id, company_ids=cls.company.ids)

    def suggestions(self):
        return self.env['mail.activity'].search([
            ('res_model', '=', 'res.partner'), ('res_id', '=', self.customer.id)])

    def quotation(self, customer=None, **values):
        return self.order(customer or self.customer, '2024-08-01 04:00:00', 1000, confirm=False, **values)

    def test_the_first_confirmed_order_makes_a_potential_customer_ordinary(self):
        order = self.quotation()
        self.assertEqual(self.customer.tianyuan_customer_class, 'potential')
        order.action_confirm()
        self.assertEqual(
            (self.customer.tianyuan_customer_class, self.customer.tianyuan_tier_id.name), ('ordinary', 'AAA'))
        self.assertEqual(self.history()[-1], ('AAA', 'AAA', 'potential', 'ordinary'))
        activity = self.suggestions()
        self.assertEqual((activity.summary, activity.user_id),
                         ("Consider marketing policy support for the first deal", self.sales_user))

    def test_the_second_order_changes_nothing(self):
        (self.quotation() + self.quotation()).action_confirm()
        self.quotation().action_confirm()
        self.assertEqual(len(self.suggestions()), 1)
        self.assertEqual(len(self.history()), 2)

    def test_an_order_of_a_contact_is_an_order_of_the_customer(self):
        self.quotation(self.new_contact(self.customer)).action_confirm()
        self.assertEqual(self.customer.tianyuan_customer_class, 'ordinary')

    def test_without_salesperson_whoever_confirms_is_asked_whatever_their_role(self):
        order = self.quotation()
        self.customer.user_id = False
        order.with_user(self.seller).action_confirm()
        self.assertEqual(self.customer.tianyuan_customer_class, 'ordinary')
        self.assertEqual(self.suggestions().user_id, self.seller)

    def test_a_customer_who_confirms_online_is_not_asked(self):
        order = self.quotation()
        self.customer.user_id = False
        order.user_id = self.seller
        order.with_user(self.env.ref('base.public_user')).sudo().action_confirm()
        self.assertEqual(self.customer.tianyuan_customer_class, 'ordinary')
        self.assertEqual(self.suggestions().user_id, self.seller)

    def test_an_order_in_another_company_leaves_the_customer_potential_here(self):
        elsewhere = self.setup_other_company()['company']
        self.env['res.partner']._tianyuan_change_class(
            elsewhere, {self.customer: {'new_class': 'potential', 'reason': "Test"}})
        order = self.quotation(company=elsewhere)
        order.with_company(self.company).action_confirm()
        self.assertEqual(self.customer.tianyuan_customer_class, 'potential')
        self.assertEqual(self.customer.with_company(elsewhere).tianyuan_customer_class, 'ordinary')

    def test_the_next_rating_makes_an_ordinary_customer_key(self):
        self.quotation().action_confirm()
        sheet = self.ready_sheet(day='2024-09-30')
        sheet.action_confirm()
        self.assertEqual(self.customer.tianyuan_customer_class, 'key')

    def test_who_buys_while_the_rating_waits_for_confirmation_is_not_potential(self):
        sheet = self.ready_sheet(self.other_customer, kind='prospect')
        self.assertEqual(sheet.customer_class, 'potential')
        self.quotation(self.other_customer).action_confirm()
        sheet.action_confirm()
        self.assertEqual((sheet.customer_class, self.other_customer.tianyuan_customer_class), ('key', 'key'))

    def test_orders_of_other_customers_take_no_query_more_than_reading_the_class(self):
        order = self.quotation(self.other_customer)
        order.action_confirm()
        self.other_customer.invalidate_recordset(['tianyuan_customer_class'])
        before = self.env.cr.sql_log_count
        order._tianyuan_end_potential()
        self.assertLessEqual(self.env.cr.sql_log_count - before, 1)
        self.assertFalse(self.other_customer.activity_ids)

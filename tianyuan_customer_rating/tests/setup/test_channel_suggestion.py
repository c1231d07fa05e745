"""Customers without a channel: who is listed, what is suggested and why, and setting it for many at once."""
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import SetupCommon


@tagged('post_install', '-at_install', 'smoke')
class TestChannelSuggestion(SetupCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Suggestion = cls.env['tianyuan.channel.suggestion'].with_user(cls.rating_manager)
        cls.products = cls.new_products(6)

    def listed(self):
        """Dict of customer's name → (channel, rule) of this test's customers, read anew like in another request."""
        self.env.flush_all()
        self.env.invalidate_all()
        rows = self.Suggestion.search([('partner_id.name', 'like', 'T:')])
        return {row.partner_id.name: (row.channel, row.rule) for row in rows}

    def without_channel(self, name, count=1, **values):
        customer = self.new_customer(f"T:{name}", channel=False, **values)
        if count:
            self.buy_products(customer, self.products[:count])
        return customer

    def test_whom_a_run_would_rate_is_listed(self):
        self.without_channel("buys")
        self.without_channel("never bought", 0)
        old = self.without_channel("bought five quarters ago", 0)
        self.invoice(old, '2023-06-30', 100)
        self.without_channel("archived").active = False
        self.set_channel(self.without_channel("has a channel"), 'direct')
        elsewhere = self.without_channel("buys elsewhere only", 0)
        self.invoice(elsewhere, '2024-05-01', 100, company=self.setup_other_company()['company'])
        self.assertEqual(set(self.listed()), {"T:buys"})

    def test_the_first_rule_that_applies_suggests(self):
        self.without_channel("four varieties", 4)
        self.without_channel("five varieties", 5)
        self.without_channel("宁波贸易有限公司", 1)
        self.without_channel("a maker with six varieties", 6, tianyuan_business_nature='manufacturer')
        self.without_channel("a dealer with one", 1, tianyuan_business_nature='dealer')
        self.assertEqual(self.listed(), {
            "T:four varieties": ('direct', 'few'),
            "T:five varieties": ('distributor', 'many'),
            "T:宁波贸易有限公司": ('distributor', 'name'),
            "T:a maker with six varieties": ('direct', 'nature'),
            "T:a dealer with one": ('distributor', 'nature'),
        })

    def test_words_and_number_are_the_companys(self):
        self.without_channel("two varieties", 2)
        self.without_channel("100% Chem_Store", 1)
        self.company.tianyuan_distributor_varieties = 2
        self.company.tianyuan_distributor_words = "0% chem_，nobody"
        self.assertEqual(self.listed(), {
            "T:two varieties": ('distributor', 'many'), "T:100% Chem_Store": ('distributor', 'name'),
        })
        self.company.tianyuan_distributor_words = False
        self.assertEqual(self.listed()["T:100% Chem_Store"], ('direct', 'few'))

    def test_the_reason_says_the_numbers(self):
        self.without_channel("four varieties", 4)
        row = self.Suggestion.search([('partner_id.name', '=', "T:four varieties")])
        self.assertEqual(row.reason, "4 varieties, fewer than 5: for its own use")
        self.assertEqual((row.variety_count, row.amount), (4, 400))

    def test_all_at_once_get_what_is_suggested(self):
        few, many = self.without_channel("few", 1), self.without_channel("many", 6)
        self.assertEqual(
            self.Suggestion.browse().action_set_suggested(), {'type': 'ir.actions.act_window_close'})
        self.assertEqual((few.tianyuan_channel, many.tianyuan_channel), ('direct', 'distributor'))
        self.assertFalse(self.listed())

    def test_selected_ones_get_what_is_chosen(self):
        few, other = self.without_channel("few", 1), self.without_channel("other", 1)
        self.assertIs(self.Suggestion.browse(few.id).action_set_distributor(), True)
        self.assertEqual((few.tianyuan_channel, other.tianyuan_channel), ('distributor', False))
        self.Suggestion.browse(other.id).action_set_direct()
        self.assertEqual(other.tianyuan_channel, 'direct')

    def test_only_keepers_of_archives_read_and_set(self):
        customer = self.without_channel("few", 1)
        for user in (self.sales_user, self.finance_assessor):
            with self.assertRaises(AccessError):
                self.Suggestion.with_user(user).search([])
            with self.assertRaises(AccessError):
                self.Suggestion.with_user(user).browse(customer.id).action_set_direct()
        self.assertFalse(customer.tianyuan_channel)
        self.Suggestion.with_user(self.archive_specialist).browse(customer.id).action_set_direct()
        self.assertEqual(customer.tianyuan_channel, 'direct')

    def test_many_customers_take_no_more_queries(self):
        self.without_channel("first")
        self.Suggestion.search([]).mapped('reason')
        counts = []
        for _more in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.Suggestion.search([]).mapped('reason')
            counts.append(self.env.cr.sql_log_count - before)
            for number in range(5):
                self.without_channel(f"more {number}")
        self.assertEqual(counts[0], counts[1])

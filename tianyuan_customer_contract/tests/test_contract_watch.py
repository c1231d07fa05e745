"""A contract's late payment is on the list of early warnings."""
from datetime import date

from freezegun import freeze_time

from odoo.fields import Date

from .followed import FollowedContractCommon


class TestContractWatch(FollowedContractCommon):
    """The company gives seven days of grace; everything else than contracts is switched off."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, 'lang': 'en_US'})
        cls.company.tianyuan_contract_grace_days = 7
        cls.company.tianyuan_watch_overdue_days = cls.company.tianyuan_watch_late_days = 0
        cls.company.tianyuan_watched_on = '2024-05-01'

    def look(self, day):
        items = self.env['tianyuan.watch.item'].sudo()
        with freeze_time(day):
            items._watch_company(self.company.sudo(), Date.to_date(day))
        return items.search([('partner_id', '=', self.customer.id), ('state', '!=', 'cleared')])

    def test_late_payment_of_a_contract(self):
        """1,000 due on 10 May: late from 18 May on. 500 of another contract, due on 20 May, from 28 May on."""
        first, second = self.sell(10, 100), self.sell(5, 100)
        contract, _later = self.new_contract(first), self.new_contract(second)
        invoice = self.bill(first, due='2024-05-10')
        self.bill(second, due='2024-05-20')
        self.assertFalse(self.look('2024-05-17'))
        item = self.look('2024-05-18')
        self.assertEqual((item.reason, item.value, item.due_on), ('contract_payment', 1000, date(2024, 5, 10)))
        self.assertEqual((item.contract_id, item.user_id), (contract, self.sales_user))
        self.assertEqual(item.activity_ids.user_id, self.sales_user)
        self.assertTrue(item.description.endswith("of contracts late since 05/10/2024"))
        self.assertEqual(item.with_user(self.sales_user).action_open_source()['res_id'], contract.id)
        self.assertEqual(self.look('2024-05-27').value, 1000)
        self.assertEqual(self.look('2024-05-28').value, 1500)
        self.pay(invoice, '2024-05-29', 1000)
        self.assertEqual(self.look('2024-05-29'), item)
        self.assertEqual((item.value, item.due_on), (500, date(2024, 5, 20)))

    def test_who_has_paid_is_not_late_before_anybody_matches_it(self):
        """1,000 are due on 10 May; of them 600 come on that day, 350 on 20 May. 50 aren't worth a warning."""
        order = self.sell(10, 100)
        self.new_contract(order)
        self.bill(order, due='2024-05-10')
        self.receive(self.customer, '2024-05-10', 600)
        self.assertEqual(self.look('2024-05-18').value, 400)
        self.receive(self.customer, '2024-05-20', 350)
        self.assertFalse(self.look('2024-05-20'))

    def test_a_contract_that_was_deleted_leaves_the_others_to_open(self):
        first, second = self.sell(10, 100), self.sell(5, 100)
        gone, other = self.new_contract(first), self.new_contract(second)
        self.bill(first, due='2024-05-10')
        item = self.look('2024-05-18')
        self.assertEqual(item.contract_id, gone)
        item.contract_id = False
        action = item.with_user(self.sales_user).action_open_source()
        self.assertIn(other, self.env['tianyuan.contract'].search(action['domain']))

    def test_one_activity_for_one_late_invoice(self):
        """1,000 due on 10 April are overdue and a contract's late payment; when the company wants to hear of contracts only,
        the contract's warning has the activity."""
        self.company.tianyuan_watch_overdue_days = 3
        first = self.sell(10, 100)
        self.new_contract(first)
        self.bill(first, due='2024-04-10')
        asked = {item.reason: item.activity_ids.user_id for item in self.look('2024-05-20')}
        self.assertEqual(asked, {'overdue': self.sales_user, 'contract_payment': self.env['res.users']})
        self.company.tianyuan_watch_overdue_days = 0
        item = self.look('2024-05-21')
        self.assertEqual((item.reason, item.activity_ids.user_id), ('contract_payment', self.sales_user))

"""Contracts on the workbench of finance, managers and sales (policy 9.3)."""
from odoo import fields
from odoo.tests import tagged

from .followed import FollowedContractCommon


@tagged('post_install', '-at_install')
class TestContractWorkbench(FollowedContractCommon):

    def test_a_contract_with_an_overdue_invoice_is_listed_with_its_amount(self):
        late, on_time = self.sell(10, 100), self.sell(1, 50)
        contract = self.new_contract(late)
        self.new_contract(on_time)
        self.bill(late, due='2024-05-20')
        for user in (self.finance_assessor, self.rating_manager):
            card = self.cards(user)['contracts']
            self.assertEqual(card['value'], 1)
            [row] = card['rows']
            self.assertEqual((row['id'], row['danger']), (contract.id, True))
            self.assertIn("1,000.00", row['right'])
        self.assertNotIn('contracts', self.cards(self.sales_user))

    def test_sales_hand_in_the_papers_due_within_two_weeks(self):
        today = fields.Date.context_today(self.customer)
        contract = self.new_contract(user_id=self.sales_user.id)
        self.env['tianyuan.contract.paper'].sudo().create([{
            'contract_id': contract.id, 'name': name, 'date_due': fields.Date.add(today, days=days),
            'user_id': self.sales_user.id,
        } for name, days in (("Late", -1), ("Soon", 14), ("Later", 15))])
        card = self.cards(self.sales_user)['papers']
        self.assertEqual(card['value'], 2)
        self.assertEqual([row['danger'] for row in card['rows']], [True, False])

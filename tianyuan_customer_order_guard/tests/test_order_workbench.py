"""Orders to approve and customers on hold on the manager's workbench (policy 9.1)."""
from odoo import fields
from odoo.tests import tagged

from .common import QuotationCommon


@tagged('post_install', '-at_install')
class TestOrderWorkbench(QuotationCommon):

    def test_an_order_waits_until_it_is_approved(self):
        self.treat('approve', 'no_tier')
        order = self.quotation(self.customer_with('no_tier'), 1200)
        self.assertEqual(self.cards(self.rating_manager)['orders']['value'], 0)
        order.with_user(self.sales_user).action_tianyuan_ask_approval()
        card = self.cards(self.rating_manager)['orders']
        self.assertEqual((card['value'], card['rows'][0]['note']), (1, order.name))
        self.assertIn("1,200.00", card['rows'][0]['right'])
        self.assertNotIn('orders', self.cards(self.sales_user))
        order.with_user(self.rating_manager).action_tianyuan_approve()
        self.assertEqual(self.cards(self.rating_manager)['orders']['value'], 0)

    def test_a_running_hold_is_counted(self):
        self.env['tianyuan.customer.hold'].with_user(self.rating_manager).create({
            'partner_id': self.good.id, 'company_id': self.company.id, 'reason': "Does not pay",
            'date_to': fields.Date.add(fields.Date.today(), days=10),
        })
        self.assertEqual(self.cards(self.rating_manager)['holds']['value'], 1)

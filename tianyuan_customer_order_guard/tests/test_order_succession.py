"""Quotations wait for a manager who is there, and move with the customer."""
from odoo.tests import tagged

from odoo.addons.tianyuan_customer_rating.tests.common import MODULE

from .common import QuotationCommon


@tagged('post_install', '-at_install')
class TestOrderSuccession(QuotationCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.treat('approve', 'no_tier')

    def asked(self, order):
        self.env.flush_all()
        return self.env['mail.activity'].sudo().search([
            ('res_model', '=', 'sale.order'), ('res_id', '=', order.id),
        ]).user_id

    def test_an_approval_is_asked_of_another_manager(self):
        order = self.asked_quotation('no_tier')
        self.assertEqual(self.asked(order), self.rating_manager)
        self.rating_manager.action_archive()
        self.assertTrue(self.asked(order))
        self.assertNotIn(self.rating_manager, self.asked(order))
        self.assertTrue(all(user.has_group(f'{MODULE}.group_manager') for user in self.asked(order)))

    def test_quotations_are_handed_over_with_their_request(self):
        order = self.asked_quotation('no_tier').sudo()
        colleague = self.new_role_user('sales_user', login='order_colleague')
        hand_over = self.env['tianyuan.hand.over'].with_user(self.second_manager).with_company(self.company).create({
            'from_user_id': self.sales_user.id, 'company_id': self.company.id, 'to_user_id': colleague.id,
        })
        counts = {kind.key: kind.count for kind in hand_over.kind_ids}
        self.assertEqual((counts['quotations'], counts['approvals']), (1, 1))
        hand_over.action_hand_over()
        self.assertEqual((order.user_id, order.tianyuan_approval_state), (colleague, 'asked'))
        self.assertEqual(self.asked(order), self.rating_manager)
        self.assertEqual(order.tianyuan_approval_asked_by_id, self.sales_user)    # who asked isn't rewritten

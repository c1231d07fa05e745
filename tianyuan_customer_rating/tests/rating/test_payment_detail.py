from odoo.exceptions import AccessError
from odoo.tests import tagged

from .sheets import SheetCommon


@tagged('post_install', '-at_install')
class TestPaymentDetail(SheetCommon):

    def test_the_details_add_up_and_are_read_by_whoever_opened_them_only(self):
        paid = self.invoice(self.customer, '2024-04-01', 1000, due='2024-04-30')
        self.pay(paid, '2024-04-20', 400)
        self.pay(paid, '2024-05-10', 100)    # ten days late; 500 stay open, 61 days on 30 June
        sheet = self.computed_sheet()
        action = sheet.with_user(self.finance_assessor).action_open_payments()
        detail = self.env['tianyuan.payment.detail'].with_user(self.finance_assessor).search(action['domain'])
        self.assertEqual((detail.amount, detail.on_time, detail.late, detail.unpaid), (1000, 400, 100, 500))
        self.assertAlmostEqual(detail.days_late, (100 * 10 + 500 * 61) / 1000)
        self.assertFalse(self.env['tianyuan.payment.detail'].with_user(self.sales_user).search(action['domain']))
        with self.assertRaises(AccessError):
            detail.with_user(self.sales_user).read(['amount'])

    def test_nobody_makes_up_details(self):
        for user in (self.sales_user, self.finance_assessor, self.rating_manager):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.env['tianyuan.payment.detail'].with_user(user).create({'amount': 1})

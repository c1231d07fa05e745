"""The dialog that asks before a step."""
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .rating.sheets import SheetCommon


@tagged('post_install', '-at_install')
class TestQuestion(SheetCommon):

    def test_only_steps_that_are_asked_about_are_taken(self):
        for model, record, method in (
            ('res.partner', self.customer, 'unlink'), ('res.partner', self.customer, 'action_tianyuan_close_archive'),
            ('tianyuan.rating', self.ready_sheet(), 'action_confirm'),
        ):
            dialog = self.env['tianyuan.question'].with_user(self.rating_manager).create({
                'res_model': model, 'res_ids': record.ids, 'method': method,
            })
            with self.subTest(method), self.assertRaisesRegex(AccessError, "can't be taken here"):
                dialog.action_apply()
            self.assertFalse(dialog.title or dialog.text or dialog.details)
            self.assertTrue(record.exists())

    def test_ones_own_dialogs_only(self):
        dialog = self.env['tianyuan.question'].with_user(self.rating_manager).create({
            'res_model': 'res.partner', 'res_ids': self.customer.ids, 'method': 'action_tianyuan_file_incomplete',
        })
        for user in (self.sales_user, self.archive_specialist, self.finance_assessor):
            self.assertFalse(dialog.with_user(user).has_access('read'))
            with self.assertRaises(AccessError):
                dialog.with_user(user).action_apply()

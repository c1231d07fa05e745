"""The dialog that asks for the reason of a step."""
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .reasons import give_reason
from .rating.sheets import SheetCommon


@tagged('post_install', '-at_install')
class TestReason(SheetCommon):

    def test_it_says_what_it_asks_for(self):
        sheet = self.confirmed_sheet().with_user(self.rating_manager)
        action = sheet.action_ask_reopen()
        self.assertEqual((action['name'], action['target']), ("Reopen", 'new'))
        with Form(sheet.env['tianyuan.reason'].with_context(action['context'])) as dialog:
            self.assertEqual((dialog.title, dialog.hint), ("Reopen", "Why is the confirmed rating reopened?"))
            self.assertEqual((dialog.records_label, dialog.records_named), ("Rating", sheet.display_name))
            self.assertIn("goes back to the last rating", dialog.explanation)
            dialog.reason = "Wrong loyalty"
        dialog.record.action_apply()
        self.assertEqual(sheet.state, 'assessing')

    def test_only_steps_that_need_a_reason_are_taken(self):
        sheet = self.ready_sheet().with_user(self.rating_manager)
        partner = self.customer.with_user(self.rating_manager)
        for records, method in ((sheet, 'action_cancel'), (sheet, 'unlink'), (partner, 'action_reopen'),
                                (partner, 'unlink'), (partner, '_message_log_batch')):
            with self.subTest(method=method), self.assertRaisesRegex(AccessError, "can't be taken here"):
                give_reason(records, method, "A mistake")
        self.assertEqual(sheet.state, 'ready')

    def test_ones_own_dialogs_only(self):
        dialog = self.env['tianyuan.reason'].with_user(self.rating_manager).create({
            'res_model': 'tianyuan.rating', 'res_ids': [1], 'method': 'action_reopen', 'reason': "A mistake",
        })
        for user in (self.sales_user, self.archive_specialist, self.finance_assessor):
            self.assertFalse(dialog.with_user(user).has_access('read'))
            self.assertFalse(dialog.with_user(user).has_access('write'))

"""Keeping an archive longer: asked by the borrower, decided by another, logged."""
from datetime import datetime

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ..archive.common import ArchiveCommon
from ..reasons import give_reason

DECIDE = 'tianyuan_customer_rating.mail_activity_type_borrow_decide'
RETURN = 'tianyuan_customer_rating.mail_activity_type_borrow_return'


@tagged('post_install', '-at_install')
class TestProlongation(ArchiveCommon):

    def setUp(self):
        super().setUp()
        with freeze_time('2024-05-01 08:00:00'):
            self.borrow = self.handed_out(mode='borrow', date_due='2024-05-10 10:00:00')

    def ask(self, until='2024-05-20 10:00:00', reason="The tender goes on"):
        self.borrow.write({'prolong_until': until, 'prolong_reason': reason})
        return self.borrow.action_ask_prolong()

    def activities(self, kind):
        return self.env['mail.activity'].sudo().search([
            ('res_model', '=', self.borrow._name), ('res_id', '=', self.borrow.id),
            ('activity_type_id', '=', self.env.ref(kind).id)])

    def refused(self, message, work, *args, error=UserError):
        with self.assertRaises(error) as caught, self.env.cr.savepoint():
            work(*args)
        self.assertIn(message, str(caught.exception))

    @freeze_time('2024-05-08 08:00:00')
    def test_it_is_asked_approved_and_logged(self):
        self.ask()
        self.assertEqual(self.activities(DECIDE).user_id, self.archive_specialist)
        self.assertIn("longer", self.activities(DECIDE).summary)
        self.assertEqual(self.borrow.date_due, datetime(2024, 5, 10, 10))    # nothing moves before the decision
        self.borrow.with_user(self.archive_specialist).action_prolong()
        self.assertEqual(self.borrow.date_due, datetime(2024, 5, 20, 10))
        self.assertFalse(self.activities(DECIDE))
        row = self.env['tianyuan.archive.access.log'].sudo().search([
            ('borrow_id', '=', self.borrow.id), ('action', '=', 'prolonged')])
        self.assertEqual((row.document_id, row.user_id), (self.document.sudo(), self.archive_specialist))
        bodies = " ".join(self.borrow.sudo().message_ids.mapped('body'))
        self.assertIn("The tender goes on", bodies)
        self.assertIn("You can keep the archive until", bodies)
        self.assertFalse(self.borrow.prolong_asked_on or self.borrow.prolong_until)
        self.refused("nobody has asked", self.borrow.with_user(self.archive_specialist).action_prolong)

    def test_chasing_follows_the_new_day(self):
        Borrow = self.env['tianyuan.archive.borrow'].sudo()
        with freeze_time('2024-05-11 08:00:00'):
            Borrow._cron_chase()
            self.assertTrue(self.activities(RETURN))
            self.ask()
            self.borrow.with_user(self.archive_specialist).action_prolong()
            self.assertFalse(self.activities(RETURN))
            self.assertFalse(self.borrow.is_overdue or self.borrow.chased_on)
            Borrow._cron_chase()
            self.assertFalse(self.activities(RETURN))
        with freeze_time('2024-05-21 08:00:00'):
            self.env.invalidate_all()
            Borrow._cron_chase()
            self.assertTrue(self.activities(RETURN))

    @freeze_time('2024-05-08 08:00:00')
    def test_a_refusal_says_why_and_leaves_the_day(self):
        self.ask()
        keeper = self.borrow.with_user(self.rating_manager)
        self.refused("Say why", keeper.action_refuse_prolong, " ")
        give_reason(keeper, 'action_refuse_prolong', "Needed here")
        self.assertEqual(self.borrow.date_due, datetime(2024, 5, 10, 10))
        self.assertIn("Needed here", " ".join(self.borrow.sudo().message_ids.mapped('body')))
        self.ask()    # and it can be asked again

    @freeze_time('2024-05-08 08:00:00')
    def test_what_asking_needs(self):
        for until, reason, message in (
            (False, "R", "after the one"), ('2024-05-10 10:00:00', "R", "after the one"),
            ('2024-05-20 10:00:00', " ", "say why"),
        ):
            self.refused(message, self.ask, until, reason)
        self.ask()
        self.refused("already", self.borrow.action_ask_prolong)
        self.refused("once at a time", self.borrow.write, {'prolong_until': '2025-01-01'})

    @freeze_time('2024-05-08 08:00:00')
    def test_only_the_borrower_asks_and_only_another_decides(self):
        keeper = self.borrow.with_user(self.archive_specialist)
        self.refused("Only the borrower", keeper.write, {'prolong_until': '2024-06-01'}, error=AccessError)
        self.refused("Only the borrower", keeper.action_ask_prolong, error=AccessError)
        self.ask()
        self.refused("Only archive specialists", self.borrow.action_prolong, error=AccessError)
        self.refused("Only archive specialists", self.borrow.action_refuse_prolong, "No", error=AccessError)

    @freeze_time('2024-05-08 08:00:00')
    def test_a_specialist_doesnt_prolong_their_own_borrowing(self):
        self.borrow = self.handed_out(self.archive_specialist, mode='borrow', date_due='2024-05-10 10:00:00')
        self.ask()
        self.refused("Nobody decides", self.borrow.action_prolong, error=AccessError)
        self.borrow.with_user(self.rating_manager).action_prolong()

    def test_a_request_comes_and_goes_while_it_is_out(self):
        draft = self.new_borrow()
        self.refused("while the archive is out", draft.write, {'prolong_until': '2999-01-01'})
        with freeze_time('2024-05-08 08:00:00'):
            self.ask()
            self.borrow.with_user(self.archive_specialist).action_return()
            self.assertFalse(self.borrow.prolong_asked_on)

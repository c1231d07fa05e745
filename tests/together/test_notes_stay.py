"""Notes of changes can't be touched, and what the addon asks of somebody is closed by them or a manager."""
from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, JsonRpcException, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.tianyuan_customer_rating.tests.archive.common import ArchiveCommon
from odoo.addons.tianyuan_customer_rating.tests.rating.sheets import SheetCommon

MODULE = 'tianyuan_customer_rating'


@tagged('post_install', '-at_install')
class TestNotesStay(ArchiveCommon, SheetCommon, HttpCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.system = new_test_user(
            cls.env, 'system_administrator', groups='base.group_system,base.group_partner_manager', lang='en_US',
            company_id=cls.company.id, company_ids=[Command.set(cls.company.ids)])
        cls.colleague = cls.new_role_user('sales_user', login='colleague')
        (cls.colleague + cls.sales_user).sudo().group_ids = [Command.link(cls.env.ref('base.group_partner_manager').id)]

    def call(self, user, model, method, *args):
        self.authenticate(user.login, user.login)
        return self.make_jsonrpc_request(f'/web/dataset/call_kw/{model}/{method}', {
            'model': model, 'method': method, 'args': args, 'kwargs': {}})

    def refused_call(self, user, model, method, *args):
        with mute_logger('odoo.http'), self.assertRaises(JsonRpcException) as caught:
            self.call(user, model, method, *args)
        self.assertIn('AccessError', str(caught.exception))
        self.env.invalidate_all()

    def track(self):
        self.env.flush_all()
        self.env.cr.precommit.run()

    def noted(self):
        """A note on each kind of record, the first with tracked values."""
        self.track()    # what was created just now isn't tracked before
        customer = self.customer.with_user(self.archive_specialist).with_context(
            tracking_disable=False, mail_notrack=False)
        customer.action_tianyuan_start_archive()
        customer.tianyuan_main_products = "Paint"
        sheet = self.ready_sheet()
        sheet._message_log(body="A note")
        borrow = self.new_borrow()
        borrow.action_request()
        contract = self.env['tianyuan.contract'].with_user(self.sales_user).create({
            'partner_id': self.customer.id, 'company_id': self.company.id})
        contract._message_log(body="A note")
        borrow._message_log(body="A note")
        self.track()
        return [
            record.sudo().message_ids.filtered(
                lambda message: message.message_type == 'notification',
            ).sorted(lambda message: not message.tracking_value_ids)[:1]
            for record in (customer, sheet, borrow, contract)
        ]

    # -- notes ---------------------------------------------------------------------------------------

    def test_nobody_changes_or_deletes_a_note(self):
        notes = self.noted()
        self.assertEqual([note.model for note in notes], [
            'res.partner', 'tianyuan.rating', 'tianyuan.archive.borrow', 'tianyuan.contract'])
        for note in notes:
            body = note.body
            for user in (self.sales_user, self.archive_specialist, self.rating_manager, self.system):
                with self.subTest(note.model, user=user.login):
                    self.refused_call(user, 'mail.message', 'write', note.ids, {'body': "Forged"})
                    self.refused_call(user, 'mail.message', 'write', note.ids, {'res_id': 1, 'model': 'res.partner'})
                    self.refused_call(user, 'mail.message', 'write', note.ids, {'message_type': 'comment'})
                    self.refused_call(user, 'mail.message', 'unlink', note.ids)
            self.assertTrue(note.exists())
            self.assertEqual(note.body, body)

    def test_not_through_the_screens_route_either(self):
        for note in self.noted():
            for user in (self.rating_manager, self.system):
                self.authenticate(user.login, user.login)
                for body in ("Forged", ""):
                    with self.subTest(note.model, user=user.login, body=body), mute_logger('odoo.http'):
                        with self.assertRaises(JsonRpcException):
                            self.make_jsonrpc_request('/mail/message/update_content', {
                                'message_id': note.id, 'update_data': {'body': body, 'attachment_ids': []}})
            self.env.invalidate_all()
            self.assertNotIn("Forged", note.body or "")

    def test_the_values_in_a_note_stay(self):
        [note, *_others] = self.noted()
        value = note.tracking_value_ids[:1]
        self.assertTrue(value)
        old = value.new_value_char
        self.refused_call(self.system, 'mail.tracking.value', 'write', value.ids, {'new_value_char': "Forged"})
        self.refused_call(self.system, 'mail.tracking.value', 'unlink', value.ids)
        self.refused_call(self.system, 'mail.tracking.value', 'create', {
            'mail_message_id': note.id, 'field_id': value.field_id.id, 'new_value_char': "Forged"})
        self.assertEqual(value.exists().new_value_char, old)

    def test_what_people_wrote_and_other_partners_notes_are_as_in_odoo(self):
        self.noted()
        comment = self.customer.with_user(self.rating_manager).message_post(body="Called", message_type='comment')
        self.call(self.rating_manager, 'mail.message', 'write', comment.ids, {'body': "Called today"})
        self.env.invalidate_all()
        self.assertIn("Called today", comment.body)
        self.call(self.rating_manager, 'mail.message', 'unlink', comment.ids)
        self.assertFalse(comment.exists())
        note = self.other_customer._message_log(body="A note")
        self.call(self.rating_manager, 'mail.message', 'unlink', note.ids)
        self.assertFalse(note.exists())

    def test_notes_are_starred_and_go_with_their_record(self):
        note = self.noted()[1]
        self.call(self.rating_manager, 'mail.message', 'toggle_message_starred', note.ids)
        self.env.invalidate_all()
        self.assertIn(self.rating_manager.partner_id, note.starred_partner_ids)
        draft = self.new_sheet(self.other_customer)
        note = draft._message_log(body="A note")
        draft.with_user(self.rating_manager).unlink()
        self.assertFalse(note.exists())

    # -- activities ----------------------------------------------------------------------------------

    def asked(self):
        """Activities of the addon for the specialist: on a customer, and on a request to borrow."""
        self.new_borrow().action_request()
        [review] = self.customer._tianyuan_schedule(
            f'{MODULE}.mail_activity_type_archive_review', lambda partner: self.archive_specialist,
            summary=lambda partner: "Review",
        ).values()
        decide = self.env['mail.activity'].sudo().search([('res_model', '=', 'tianyuan.archive.borrow')])
        self.assertTrue(review and decide)
        return review + decide[0]

    def test_others_neither_close_nor_move_what_the_addon_asks(self):
        for activity in self.asked():
            asked, summary = activity.user_id, activity.summary
            for user in (self.sales_user, self.colleague, self.system):
                with self.subTest(activity.res_model, user=user.login):
                    for method, *args in (
                        ('action_feedback',), ('action_done',), ('unlink',), ('action_cancel',), ('action_archive',),
                        ('write', {'user_id': user.id}), ('write', {'date_deadline': '2099-01-01'}),
                        ('write', {'active': False}), ('write', {'automated': False}), ('action_reschedule_tomorrow',),
                    ):
                        self.refused_call(user, 'mail.activity', method, activity.ids, *args)
            self.assertRecordValues(activity, [{'active': True, 'user_id': asked.id, 'summary': summary}])

    def test_not_through_the_record_either(self):
        [review, _decide] = self.asked()
        self.customer.sudo().user_id = self.colleague
        partner = self.customer.with_user(self.colleague)
        with self.assertRaises(AccessError):
            partner.activity_feedback([f'{MODULE}.mail_activity_type_archive_review'])
        with self.assertRaises(AccessError):
            partner.activity_ids = [Command.delete(review.id)]
        self.assertTrue(review.exists().active)

    def test_whom_it_is_for_and_a_manager_close_it(self):
        [review, decide] = self.asked()
        self.call(review.user_id, 'mail.activity', 'action_feedback', review.ids)
        self.call(self.rating_manager, 'mail.activity', 'action_feedback', decide.ids)
        self.env.invalidate_all()
        self.assertFalse((review + decide).exists().filtered('active'))

    def test_a_manager_closes_what_is_for_the_specialist(self):
        [review, _decide] = self.asked()
        self.call(self.rating_manager, 'mail.activity', 'action_feedback', review.ids)
        self.env.invalidate_all()
        self.assertFalse(review.active)

    def test_the_addon_closes_it_by_itself(self):
        self.asked()
        borrow = self.env['tianyuan.archive.borrow'].sudo().search([], order='id desc', limit=1)
        borrow.with_user(self.rating_manager).action_approve()
        self.assertFalse(borrow.activity_ids)

    def test_what_people_plan_themselves_is_as_in_odoo(self):
        activity = self.other_customer.with_user(self.colleague).activity_schedule(
            'mail.mail_activity_data_call', user_id=self.sales_user.id)
        self.call(self.colleague, 'mail.activity', 'action_feedback', activity.ids)
        self.env.invalidate_all()
        self.assertFalse(activity.active)
        planned = self.env['mail.activity'].with_user(self.colleague).create({
            'res_model_id': self.env['ir.model']._get_id('res.partner'), 'res_id': self.customer.id,
            'activity_type_id': self.env.ref('tianyuan_customer_visit.mail_activity_type_visit').id, 'user_id': self.sales_user.id})
        self.call(self.colleague, 'mail.activity', 'unlink', planned.ids)
        self.assertFalse(planned.exists())

"""On what legal basis a profile is kept and until when (个人信息保护法 13, 19), and who reads it after that."""
import base64
from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from .common import ProfileCommon

MODEL = 'tianyuan.contact.profile'


@tagged('post_install', '-at_install')
class TestContactProfileBasis(ProfileCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env[MODEL].sudo().search([('id', '!=', cls.profile.id)]).unlink()    # of other tests and demo data
        cls.reader = cls.new_role_user('contact_profile', login='reader')
        cls.limit_type = cls.env.ref('tianyuan_customer_rating.mail_activity_type_profile_limit')
        cls.customer.sudo().tianyuan_archive_specialist_id = cls.archive_specialist

    def run_cron(self):
        self.env[MODEL].with_user(self.env.ref('base.user_root'))._cron_check_limits()
        self.env.flush_all()
        self.env.invalidate_all()

    def asked(self):
        return self.env['mail.activity'].sudo().with_context(active_test=False).search([
            ('activity_type_id', '=', self.limit_type.id), ('res_model', '=', MODEL)])

    def readers(self):
        users = self.sales_user + self.reader + self.rating_manager + self.archive_specialist
        return users.filtered(lambda user: self.profile.with_user(user).has_access('read'))

    # -- time limit -------------------------------------------------------------------------------

    def test_a_new_profile_is_kept_as_long_as_the_company_has_set(self):
        with freeze_time('2024-01-31'):
            self.assertFalse(self.new_profile(self.other_contact).keep_until)
            self.company.sudo().tianyuan_profile_keep_months = 13
            profile = self.new_profile(self.new_contact(self.customer, "Li Na"))
        self.assertEqual(profile.keep_until, date(2025, 2, 28))

    def test_the_keeper_is_asked_once_some_days_before(self):
        self.profile.keep_until = '2024-07-30'
        with freeze_time('2024-06-29'):
            self.run_cron()
            self.assertFalse(self.asked())
        with freeze_time('2024-06-30'):
            self.run_cron()
            self.run_cron()
        activity = self.asked()
        self.assertRecordValues(activity, [{
            'res_id': self.profile.id, 'user_id': self.archive_specialist.id, 'date_deadline': date(2024, 7, 30),
        }])
        with freeze_time('2024-07-01'):
            activity.action_done()
            self.run_cron()
        self.assertEqual(len(self.asked().filtered('active')), 0)

    def test_all_specialists_are_asked_where_the_customer_has_none(self):
        self.customer.sudo().tianyuan_archive_specialist_id = False
        second = self.new_role_user('archive_specialist', login='second_specialist')
        self.profile.keep_until = '2024-07-30'
        with freeze_time('2024-07-15'):
            self.run_cron()
        self.assertLessEqual(self.archive_specialist + second, self.asked().user_id)
        self.assertFalse(self.asked().user_id & (self.sales_user + self.reader + self.rating_manager))

    def test_after_the_limit_only_its_keepers_read_it(self):
        self.profile.keep_until = '2024-06-30'
        with freeze_time('2024-06-30'):
            self.run_cron()
        self.assertEqual(self.readers(), self.sales_user + self.reader + self.rating_manager + self.archive_specialist)
        with freeze_time('2024-07-01'):
            self.run_cron()
        self.assertTrue(self.profile.blocked)
        self.assertEqual(self.readers(), self.archive_specialist)
        for user in (self.sales_user, self.reader, self.rating_manager):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.profile.with_user(user).read(['hobbies'])
            self.assertEqual(self.contact.with_user(user).tianyuan_contact_profile_count, 0)

    def test_renewed_consent_releases_it_and_the_history_stays(self):
        self.profile.write({
            'legal_basis': 'consent', 'consent_date': '2022-06-30', 'keep_until': '2024-06-30', 'purpose': "Contact",
        })
        self.company.sudo().tianyuan_profile_keep_months = 24
        with freeze_time('2024-07-02'):
            self.run_cron()
            action = self.profile.with_user(self.archive_specialist).action_renew()
            dialog = Form(self.env['tianyuan.profile.renewal'].with_user(self.archive_specialist).with_context(
                **action['context']))
            self.assertEqual((dialog.legal_basis, dialog.purpose), ('consent', "Contact"))
            dialog.consent_date = '2024-07-01'
            self.assertEqual(str(dialog.keep_until), '2026-07-01')
            dialog.save().action_apply()
            self.run_cron()
        self.assertRecordValues(self.profile, [{
            'blocked': False, 'consent_date': date(2024, 7, 1), 'keep_until': date(2026, 7, 1),
        }])
        self.assertEqual(self.readers(), self.sales_user + self.reader + self.rating_manager + self.archive_specialist)
        self.assertFalse(self.asked().filtered('active'))
        note = self.profile.message_ids[0]
        self.assertEqual(
            note.body.striptags(),
            "Renewed: Consent, Contact, agreed on 2024-07-01, kept until 2026-07-01. "
            "Before: Consent, Contact, agreed on 2022-06-30, kept until 2024-06-30.",
        )
        with self.assertRaises(AccessError):
            note.with_user(self.archive_specialist).body = "Never agreed"

    def test_only_keepers_renew(self):
        for user in (self.sales_user, self.reader, self.rating_manager, self.finance_assessor):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.profile.with_user(user).action_renew()
        mine = self.env['tianyuan.profile.renewal'].with_user(self.archive_specialist).create({
            'profile_id': self.profile.id, 'legal_basis': 'contract'})
        second = self.new_role_user('archive_specialist', login='second_specialist')
        with self.assertRaises(AccessError):
            mine.with_user(second).action_apply()

    def test_the_dialogs_evidence_is_no_file_that_outlives_the_profile(self):
        renewal = self.env['tianyuan.profile.renewal'].with_user(self.archive_specialist).create({
            'profile_id': self.profile.id, 'legal_basis': 'consent', 'evidence': base64.b64encode(b"signed"),
            'evidence_name': 'a.txt',
        })
        self.env.flush_all()
        self.assertEqual(base64.b64decode(renewal.with_context(bin_size=False).evidence), b"signed")
        self.assertFalse(self.env['ir.attachment'].sudo().search([
            ('res_model', '=', renewal._name), ('res_field', '=', 'evidence'), ('res_id', '=', renewal.id)]))

    def test_nobody_unblocks_by_hand(self):
        self.profile.sudo().blocked = True
        with self.assertRaisesRegex(AccessError, "Renew it instead"):
            self.profile.with_user(self.archive_specialist).blocked = False

    def test_a_company_can_have_them_erased(self):
        self.company.sudo().tianyuan_profile_expired = 'erase'
        kept = self.new_profile(self.other_contact, keep_until='2024-07-01')
        self.profile.write({
            'keep_until': '2024-06-30', 'evidence': base64.b64encode(b"signed"), 'evidence_name': 'consent.pdf',
        })
        self.profile.message_post(body="Likes tea")
        with freeze_time('2024-07-01'):
            self.run_cron()
        self.assertTrue(kept.exists())
        self.assertFalse(self.profile.exists())
        for model in ('mail.message', 'ir.attachment'):
            field = 'res_model' if model == 'ir.attachment' else 'model'
            self.assertFalse(self.env[model].sudo().search([
                (field, '=', MODEL), ('res_id', '=', self.profile.id), ('id', '!=', 0)]), model)
        row = self.env['tianyuan.archive.access.log'].sudo().search([('company_id', '=', self.company.id)], limit=1)
        self.assertEqual((row.action, row.partner_id), ('erased', self.contact))

    def test_companies_have_their_own_rule(self):
        elsewhere = self.setup_other_company()['company']
        elsewhere.sudo().tianyuan_profile_expired = 'erase'
        theirs = self.env[MODEL].sudo().create({
            'partner_id': self.contact.id, 'company_id': elsewhere.id, 'keep_until': '2024-06-30'})
        self.profile.keep_until = '2024-06-30'
        with freeze_time('2024-07-01'):
            self.run_cron()
        self.assertFalse(theirs.exists())
        self.assertTrue(self.profile.blocked)

    # -- basis ------------------------------------------------------------------------------------

    def test_a_consent_has_a_day_that_is_past(self):
        with self.assertRaisesRegex(ValidationError, "Enter the day"), self.env.cr.savepoint():
            self.profile.legal_basis = 'consent'
        with (
            freeze_time('2024-06-30'), self.assertRaisesRegex(ValidationError, "in the future"),
            self.env.cr.savepoint(),
        ):
            self.profile.write({'legal_basis': 'consent', 'consent_date': '2024-07-02'})
        self.env.invalidate_all()
        self.profile.legal_basis = 'contract'
        self.assertFalse(self.profile.consent_date)

    def test_the_specialist_has_a_list_of_those_without_a_basis(self):
        before = self.cards(self.archive_specialist).get('profiles', {'value': 0})['value']
        second = self.new_profile(self.other_contact)
        card = self.cards(self.archive_specialist)['profiles']
        self.assertEqual(card['value'], before + 1)
        self.assertIn(second, self.env[MODEL].search(card['domain']))
        second.legal_basis = 'public'
        self.assertEqual(self.cards(self.archive_specialist).get('profiles', {'value': 0})['value'], before)

    def test_evidence_is_read_like_the_profile(self):
        self.profile.write({'evidence': base64.b64encode(b"signed"), 'evidence_name': 'consent.pdf'})
        self.env.flush_all()
        attachment = self.env['ir.attachment'].sudo().search([
            ('res_model', '=', MODEL), ('res_id', '=', self.profile.id), ('res_field', '=', 'evidence')])
        self.assertEqual(attachment.with_user(self.sales_user).raw, b"signed")
        for user in (self.other_salesperson, self.finance_assessor):
            attachment.invalidate_recordset()
            with self.subTest(user.login), self.assertRaises(AccessError):
                attachment.with_user(user).raw    # noqa: B018
            with self.assertRaises(AccessError):
                self.profile.with_user(user).read(['evidence'])
        elsewhere = self.setup_other_company()['company']
        foreign = self.new_role_user(
            'archive_specialist', login='foreign', company_id=elsewhere.id, company_ids=[Command.set(elsewhere.ids)])
        with self.assertRaises(AccessError):
            self.profile.with_user(foreign).read(['evidence'])

    def test_merged_profiles_keep_a_basis_and_the_earlier_limit(self):
        self.profile.keep_until = '2024-12-31'
        other = self.new_profile(
            self.other_contact, legal_basis='consent', consent_date='2024-05-01', purpose="Contact",
            keep_until='2024-10-31')
        self.profile.sudo()._merge_into_self(other.sudo())
        self.assertRecordValues(self.profile, [{
            'legal_basis': 'consent', 'consent_date': date(2024, 5, 1), 'purpose': "Contact",
            'keep_until': date(2024, 10, 31),
        }])

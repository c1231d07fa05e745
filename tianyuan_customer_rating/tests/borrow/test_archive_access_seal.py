"""What keeps the access log sound against who may write the database: keys and seals."""
import hashlib
import hmac
import json
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import SQL, config

from ..archive.common import ArchiveCommon

MODEL = 'tianyuan.archive.access.log'
SECRET, OTHER = 'a secret of the server', 'another secret'


@tagged('post_install', '-at_install')
class SealCommon(ArchiveCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Log = cls.env[MODEL].sudo()

    def open(self, times=1):
        with freeze_time('2024-05-01 08:00:00'):
            for _time in range(times):
                self.Log._append('original', self.document)

    def configured(self, value):
        """As if it stood in the server's configuration file."""
        return patch.dict(config.options.maps[0], {'tianyuan_log_secret': value})

    def problem(self, **seals):
        return self.Log._verify(self.company, **seals)

    def sql(self, query, *args):
        self.env.flush_all()
        self.env.cr.execute(SQL(query, *args))
        self.env.invalidate_all()

    def forge(self, since=1, secret=None, keep_key_id=True, **values):
        """Who may write the database changes a row, and makes all after it and the end of the log fit."""
        previous = self.log()[since - 2].hash if since > 1 else None
        for row in self.log()[since - 1:]:
            self.sql(
                "UPDATE tianyuan_archive_access_log SET %s WHERE id = %s",
                SQL(", ").join(SQL("%s = %s", SQL.identifier(name), value) for name, value in {
                    'number': row.number, **values, **({} if keep_key_id else {'key_id': None}),
                }.items()), row.id,
            )
            values = {}
            plain = [
                row[name].id if name == 'company_id' else row[name].isoformat() if name == 'date'
                else (row[name] or 0) if name in ('number', 'user_ref', 'partner_ref', 'document_ref')
                else row[name] or None
                for name in ('number', 'company_id', 'date', 'action', 'user_ref', 'user_login', 'partner_ref',
                             'partner_name', 'document_ref', 'document_name', 'document_checksum', 'borrow_number', 'ip')
            ]
            text = (previous or '') + json.dumps(plain, ensure_ascii=False, separators=(',', ':'))
            if secret:
                previous = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
            else:
                previous = hashlib.sha256(text.encode()).hexdigest()
            self.sql("UPDATE tianyuan_archive_access_log SET hash = %s WHERE id = %s", previous, row.id)
        self.sql("UPDATE tianyuan_archive_access_head SET hash = %s WHERE company_id = %s", previous, self.company.id)


class TestKey(SealCommon):

    def test_without_a_secret_a_log_made_anew_looks_sound(self):
        """What the README says isn't protected: this is what keys and seals are for."""
        self.open(3)
        self.forge(2, user_login='somebody')
        self.assertEqual(self.problem(), (3, None))

    def test_rows_are_keyed_from_the_day_there_is_a_secret(self):
        self.open(2)
        with self.configured(SECRET):
            self.open(2)
            self.assertEqual([bool(row.key_id) for row in self.log()], [False, False, True, True])
            self.assertEqual(self.problem(), (4, None))
            message = self.env[MODEL].with_user(self.rating_manager).action_verify()['params']['message']
        self.assertEqual(message, f"{self.company.name}: all 4 rows are sound; keyed from row 3 on")
        self.assertNotIn(SECRET, self.log()[-1].key_id)

    def test_a_keyed_row_changed_with_all_after_it_is_found(self):
        with self.configured(SECRET):
            self.open(4)
            for secret in (None, OTHER):
                with self.subTest(secret), self.env.cr.savepoint() as savepoint:
                    self.forge(3, secret, user_login='somebody')
                    count, problem = self.problem()
                    self.assertEqual((count, problem['kind'], problem['number']), (2, 'changed', 3))
                    savepoint.rollback()

    def test_an_unkeyed_row_after_a_keyed_one_is_never_accepted(self):
        self.open(1)
        with self.configured(SECRET):
            self.open(3)
            self.forge(3, keep_key_id=False, user_login='somebody')
            count, problem = self.problem()
            self.assertEqual((count, problem['kind'], problem['number']), (2, 'unkeyed', 3))
            message = self.env[MODEL].with_user(self.rating_manager).action_verify()['params']['message']
            self.assertIn("isn't keyed, though rows before it are", message)

    def test_a_keyed_log_takes_no_row_without_its_key(self):
        """Else all that comes after could be made anew; so what can't be noted isn't opened."""
        with self.configured(SECRET):
            self.open(2)
        for secret in (None, OTHER):
            with self.subTest(secret), self.configured(secret):
                with self.assertRaisesRegex(UserError, "tianyuan_log_secret"):
                    self.document.with_user(self.archive_specialist)._open()
                count, problem = self.problem()
                self.assertEqual((count, problem['kind'], problem['number']), (0, 'secret', 1))
        with self.configured(SECRET):
            self.document.with_user(self.archive_specialist)._open()
            self.assertEqual(self.problem(), (3, None))

    def test_an_empty_secret_is_none(self):
        with self.configured('  '):
            self.open(1)
        self.assertFalse(self.log().key_id)


class TestSeal(SealCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rating_manager.email = 'manager@tianyuan.example'
        cls.Log.env['tianyuan.archive.access.head'].search([]).sealed_number = 2**31 - 1    # of other companies

    def mails(self):
        return self.env['mail.mail'].sudo().search([('subject', 'like', self.company.name)], order='id')

    def sealed(self):
        """Seal the log as the scheduler does; the mails that went out."""
        before = self.mails()
        with freeze_time('2024-05-01 15:45:00'):
            self.Log._cron_seal()
        return self.mails() - before

    def verify(self, text, user=None):
        wizard = Form(self.env['tianyuan.archive.access.verify'].with_user(user or self.rating_manager))
        wizard.seal = text
        return wizard.save().action_verify()['params']

    def test_each_days_last_row_is_mailed_to_the_managers(self):
        self.open(3)
        mails = self.sealed()
        self.assertIn('manager@tianyuan.example', ",".join(mails.mapped('email_to')))
        seal = f'TYLOG1/{self.company.id}/3/{self.log()[-1].hash}'
        for mail in mails:
            self.assertIn(seal, mail.body_html)
        self.assertIn("2024-05-01", mails[0].subject)
        self.assertFalse(self.sealed(), "nothing has been opened since")
        self.open(1)
        self.assertIn(f'TYLOG1/{self.company.id}/4/', self.sealed()[0].body_html)

    def test_a_company_has_them_mailed_elsewhere(self):
        self.company.tianyuan_log_seal_email = 'audit@elsewhere.example'
        self.open(1)
        self.assertEqual(self.sealed().mapped('email_to'), ['audit@elsewhere.example'])

    def test_what_nobody_was_told_is_sealed_another_day(self):
        self.env.ref('tianyuan_customer_rating.group_manager').sudo().all_user_ids.email = False
        self.open(1)
        with self.assertLogs('odoo.addons.tianyuan_customer_rating.models.borrow.tianyuan_archive_access_log', 'WARNING'):
            self.assertFalse(self.sealed())
        self.rating_manager.email = 'manager@tianyuan.example'
        self.assertTrue(self.sealed())

    def test_a_log_that_goes_on_still_has_what_was_sealed(self):
        self.open(3)
        text = self.sealed()[0].body_html
        self.open(2)
        shown = self.verify(text)
        self.assertEqual((shown['type'], shown['message']), (
            'success', f"{self.company.name}: all 5 rows are sound; as sealed up to row 3"))
        broken_by_a_mail_program = f"> TYLOG1/{self.company.id}/3/{self.log()[2].hash[:20]}\n{self.log()[2].hash[20:]}"
        self.assertEqual(self.verify(broken_by_a_mail_program)['type'], 'success')

    def test_a_log_made_anew_is_found_by_its_seal(self):
        self.open(4)
        text = self.sealed()[0].body_html
        self.forge(2, user_login='somebody')
        self.assertEqual(self.problem(), (4, None), "without the seal it looks sound")
        shown = self.verify(text)
        self.assertEqual(shown['type'], 'danger')
        self.assertIn("row 4 of", shown['message'])
        self.assertIn("isn't the one that was sealed", shown['message'])

    def test_a_log_that_lost_its_end_is_found_by_its_seal(self):
        self.open(4)
        text = self.sealed()[0].body_html
        self.sql("DELETE FROM tianyuan_archive_access_log WHERE company_id = %s AND number > 2", self.company.id)
        self.sql("UPDATE tianyuan_archive_access_head SET number = 2, hash = %s WHERE company_id = %s",
                 self.log()[-1].hash, self.company.id)
        self.assertEqual(self.problem(), (2, None), "without the seal it looks sound")
        shown = self.verify(text)
        self.assertEqual((shown['type'], shown['message']), ('danger', f"{self.company.name}: row 3 is missing"))

    def test_what_is_no_seal_is_said(self):
        self.open(1)
        text = self.sealed()[0].body_html
        with self.assertRaisesRegex(UserError, "no seal in this text"):
            self.verify("Dear manager")
        with self.assertRaisesRegex(UserError, "a company that you don't work in"):
            self.verify(f'TYLOG1/{self.env.ref("base.main_company").id}/1/{self.log().hash}')
        with self.assertRaisesRegex(UserError, "one of them is forged"):
            self.verify(text + f' TYLOG1/{self.company.id}/1/{"0" * 64}')

    def test_only_managers_check_seals(self):
        for user in (self.sales_user, self.finance_assessor, self.archive_specialist):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.env['tianyuan.archive.access.verify'].with_user(user).create({'seal': 'x'})
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.env[MODEL].with_user(user).action_verify('x')

"""The access log names no one who is erased, and its hashes still verify (design §7)."""
import json
from unittest.mock import patch

from odoo.tests import freeze_time, tagged
from odoo.tools import SQL, config

from ..archive.common import ArchiveCommon

MODEL = 'tianyuan.archive.access.log'
SECRET = 'a secret of the server'
NAME = "Wang Fang"


@tagged('post_install', '-at_install')
class TestAccessRedaction(ArchiveCommon):
    """Rows 1 and 3 are about the person's profile, 2 opens a paper that names them, 4 is about another one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Log = cls.env[MODEL].sudo()
        cls.person = cls.new_contact(cls.customer, NAME)
        cls.named = cls.new_document("ID copy wang fang", cls.secret, 'id.pdf')
        cls.other = cls.new_contact(cls.customer, "Zhao Lei")

    def fill(self):
        nothing = self.env['tianyuan.archive.document']
        with freeze_time('2024-05-01 08:00:00'):
            self.Log._append('profile', nothing, partner=self.person, company=self.company)
            self.Log._append('original', self.named)
            self.Log._append('profile', nothing, partner=self.person, company=self.company)
            self.Log._append('profile', nothing, partner=self.other, company=self.company)

    def redact(self):
        with freeze_time('2024-06-01 08:00:00'):
            self.Log._redact(self.person, "Erased contact 7", [NAME], self.company)

    def problem(self, **seals):
        return self.Log._verify(self.company, **seals)

    def assertBroken(self, number, kind='changed', **seals):
        count, problem = self.problem(**seals)
        self.assertTrue(problem, "tampering wasn't found")
        self.assertEqual((count, problem['kind'], problem['number']), (number - 1, kind, number))

    def set_row(self, number, **values):
        self.env.flush_all()
        self.env.cr.execute(SQL(
            "UPDATE tianyuan_archive_access_log SET %s WHERE company_id = %s AND number = %s",
            SQL(", ").join(SQL("%s = %s", SQL.identifier(name), value) for name, value in values.items()),
            self.company.id, number,
        ))
        self.env.invalidate_all()

    def secretly(self, value=SECRET):
        return patch.dict(config.options.maps[0], {'tianyuan_log_secret': value})

    def test_no_row_names_the_person_and_all_are_sound(self):
        for secret in (None, SECRET):
            with self.subTest(secret), self.secretly(secret), self.env.cr.savepoint() as savepoint:
                self.fill()
                hashes = self.log().mapped('hash')
                self.redact()
                rows = self.log()
                self.assertEqual(rows.mapped('action'), ['profile', 'original', 'profile', 'profile', 'erased'])
                self.assertEqual(
                    [(row.partner_name, row.document_name) for row in rows],
                    [(False, False), (self.customer.name, False), (False, False), ("Zhao Lei", False),
                     ("Erased contact 7", False)],
                )
                self.assertEqual(rows[:4].mapped('hash'), hashes)
                self.assertEqual(rows[0].user_login, self.env.user.login)
                self.assertEqual([number for number, _hash, _rest in json.loads(rows[4].redactions)], [1, 2, 3])
                self.assertEqual(self.problem(), (5, None))
                self.assertEqual(bool(rows[4].key_id), bool(secret))
                savepoint.rollback()

    def test_seals_mailed_before_still_check(self):
        self.fill()
        seal = {4: self.log()[3].hash}
        self.redact()
        self.assertEqual(self.problem(seals=seal), (5, None))
        self.assertEqual(self.problem(seals={2: self.log()[1].hash, 5: self.log()[4].hash}), (5, None))
        self.assertBroken(4, 'sealed', seals={4: '0' * 64})

    def test_the_log_goes_on_after_an_erasure(self):
        self.fill()
        self.redact()
        self.Log._append('original', self.document)
        self.assertEqual(self.problem(), (6, None))

    def test_two_persons_are_erased_after_each_other(self):
        self.fill()
        self.redact()
        self.Log._redact(self.other, "Erased contact 8", ["Zhao Lei"], self.company)
        self.assertFalse(any(self.log()[:4].mapped('document_name')))
        self.assertEqual(self.problem(), (6, None))

    def test_a_row_that_names_two_persons_loses_both_names(self):
        single = self.env['res.partner'].create({'name': "Li Si"})
        both = self.new_document("Wang Fang for Li Si", self.secret, 'both.pdf', customer=single)
        self.fill()
        self.Log._append('original', both)
        self.Log._redact(single, "Erased contact 8", [], self.company)
        person = self.new_contact(single, NAME)
        self.Log._redact(person, "Erased contact 9", [NAME], self.company)
        self.assertEqual((self.log()[4].partner_name, self.log()[4].document_name), (False, False))
        self.assertEqual(self.problem(), (7, None))

    def test_other_customers_rows_and_longer_words_keep_their_names(self):
        """Row 1: another customer's; 2: a longer word; 3 and 4: the person's, with another case and beside digits."""
        li = self.new_contact(self.customer, "Li")
        elsewhere = self.env['res.partner'].create({'name': "Another Customer"})
        names = ["Passport Li", "Licence", "passport LI", "2024Li.pdf"]
        for name, customer in zip(names, [elsewhere, *[self.customer] * 3], strict=True):
            self.Log._append('original', self.new_document(name, self.secret, 'a.pdf', customer=customer))
        self.assertEqual(self.Log._count_naming(li, ["Li"]), {self.company: 2})
        self.Log._redact(li, "Erased contact 8", ["Li"], self.company)
        self.assertEqual(self.log().mapped('document_name'), ["Passport Li", "Licence", False, False, False])
        self.assertEqual(self.problem(), (5, None))

    def test_a_merged_contacts_rows_lose_its_former_name(self):
        self.fill()
        merged = self.other.id
        self.other.unlink()
        self.set_row(4, partner_id=self.person.id)    # as merging does
        self.assertEqual(self.log()[3].partner_ref, merged)
        self.assertEqual(self.Log._count_naming(self.person, [NAME]), {self.company: 4})
        self.assertEqual(len(self.person.with_context(allowed_company_ids=self.company.ids)._tianyuan_log_rows()), 3)
        self.redact()
        self.assertFalse(any(self.log()[:4].mapped('partner_name')[2:]))
        self.assertEqual(self.problem(), (5, None))

    def test_whatever_else_of_a_redacted_row_is_changed_is_found(self):
        changes = {
            'date': '2024-05-01 09:00:00', 'action': 'copy', 'user_login': 'somebody', 'user_ref': 1, 'partner_ref': 1,
            'ip': '10.0.0.1', 'document_checksum': 'x', 'borrow_number': 'BR/1', 'partner_name': "Somebody",
            'hash': '0' * 64,
        }
        for secret in (None, SECRET):
            for name, value in changes.items():
                with self.subTest(name, secret=secret), self.secretly(secret), self.env.cr.savepoint() as savepoint:
                    self.fill()
                    self.redact()
                    self.set_row(3, **{name: value})
                    count, problem = self.problem()
                    self.assertTrue(problem)
                    self.assertLessEqual(count, 3)
                    savepoint.rollback()

    def test_a_name_blanked_without_a_row_that_says_so_is_found(self):
        self.fill()
        self.set_row(3, partner_name=None)
        self.assertBroken(3)
        self.redact()    # names row 1 and 2, not the one that was blanked before
        self.assertBroken(3)

    def test_a_list_of_redactions_that_was_changed_is_found(self):
        self.fill()
        self.redact()
        listed = json.loads(self.log()[4].redactions)
        for forged in (listed[:2], listed + [[4, self.log()[3].hash, '0' * 64]], None):
            with self.subTest(forged), self.env.cr.savepoint() as savepoint:
                self.set_row(5, redactions=forged and json.dumps(forged))
                self.assertTrue(self.problem()[1])
                savepoint.rollback()

    def test_a_forged_row_that_says_so_is_found(self):
        """It lists what was blanked, but doesn't fit the chain."""
        self.fill()
        self.Log._append('original', self.document)
        row = self.log()[2]
        self.set_row(3, partner_name=None)
        [values] = self.env.execute_query(SQL(
            "SELECT %s FROM tianyuan_archive_access_log WHERE id = %s",
            SQL(", ").join(map(SQL.identifier, self.Log._stream.__globals__['HASHED_FIELDS'])), row.id,
        ))
        remains = self.Log._remains(dict(zip(self.Log._stream.__globals__['HASHED_FIELDS'], values)))
        self.set_row(5, action='erased', redactions=json.dumps([[3, row.hash, remains]]))
        self.assertBroken(3)

    def test_a_keyed_log_accepts_no_row_that_says_so_without_its_key(self):
        with self.secretly():
            self.fill()
            with self.secretly(None):
                self.set_row(4, key_id=None)    # who has the database has no key
            self.assertTrue(self.problem()[1])
        with self.secretly():
            row = self.log()[2]
        self.set_row(4, key_id=self.log()[0].key_id)
        with self.secretly():
            self.assertEqual(self.problem(), (4, None))
            self.set_row(3, partner_name=None)
            last, remains = self.log()[3], self.Log._remains({
                **{name: row[name] for name in ('number', 'date', 'action', 'user_ref', 'user_login', 'partner_ref')},
                'company_id': self.company.id, 'partner_name': None, 'document_ref': 0, 'document_name': None,
                'document_checksum': None, 'borrow_number': None, 'ip': None,
            })
            vals = {**last.read([*self.Log._stream.__globals__['HASHED_FIELDS']], load=None)[0]}
            vals.update(number=5, action='erased', redactions=json.dumps([[3, row.hash, remains]]), key_id=last.key_id)
            vals['hash'] = self.Log._hash(last.hash, vals)    # not keyed: the secret isn't in the database
            vals.pop('id')
            columns = [name for name in vals if name != 'id']
            self.env.cr.execute(SQL(
                "INSERT INTO tianyuan_archive_access_log (%s) VALUES %s",
                SQL(", ").join(map(SQL.identifier, columns)),
                tuple(None if vals[name] is False else vals[name] for name in columns),
            ))
            self.env.cr.execute(SQL(
                "UPDATE tianyuan_archive_access_head SET number = 5, hash = %s WHERE company_id = %s",
                vals['hash'], self.company.id,
            ))
            self.env.invalidate_all()
            self.assertBroken(3)

    def test_a_row_that_is_listed_before_it_is_written_is_no_redaction(self):
        self.fill()
        self.redact()
        self.Log._append('profile', self.env['tianyuan.archive.document'], partner=self.other, company=self.company)
        self.set_row(6, partner_name=None)
        self.Log._append('original', self.document)
        self.assertBroken(6)

    def test_managers_are_told_how_many_rows_list_others(self):
        self.fill()
        self.redact()
        message = self.env[MODEL].with_user(self.rating_manager).action_verify()['params']['message']
        self.assertEqual(
            message,
            f"{self.company.name}: all 5 rows are sound; 1 of them list rows in which names were erased",
        )

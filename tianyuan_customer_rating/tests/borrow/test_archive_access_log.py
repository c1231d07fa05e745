"""The access log can't be rewritten unnoticed (design §7)."""
import threading
import time
from contextlib import closing
from datetime import datetime

from psycopg2.errors import SerializationFailure

from odoo import api
from odoo.exceptions import AccessError, UserError
from odoo.sql_db import db_connect
from odoo.tests import TransactionCase, freeze_time, tagged
from odoo.tools import SQL, mute_logger

from ..archive.common import ArchiveCommon

MODEL = 'tianyuan.archive.access.log'


@tagged('post_install', '-at_install')
class TestArchiveAccessLog(ArchiveCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Log = cls.env[MODEL].sudo()
        with freeze_time('2024-05-01 08:00:00'):
            for action in ('original', 'copy', 'original', 'refused', 'original'):
                cls.Log._append(action, cls.document)

    def problem(self):
        return self.Log._verify(self.company)

    def sql(self, query, *args):
        self.env.flush_all()
        self.env.cr.execute(SQL(query, *args))
        self.env.invalidate_all()

    def set_row(self, number, /, **values):
        self.sql(
            "UPDATE tianyuan_archive_access_log SET %s WHERE company_id = %s AND number = %s",
            SQL(", ").join(SQL("%s = %s", SQL.identifier(name), value) for name, value in values.items()),
            self.company.id, number,
        )

    def drop_row(self, *numbers):
        self.sql("DELETE FROM tianyuan_archive_access_log WHERE company_id = %s AND number IN %s",
                 self.company.id, numbers)

    # -- what is noted ------------------------------------------------------------------------------

    def test_a_row_says_who_opened_what_when(self):
        row = self.log()[1]
        self.assertEqual((row.number, row.action, row.user_id, row.user_login, row.partner_name, row.document_name),
                         (2, 'copy', self.env.user, self.env.user.login, "Customer", "营业执照"))
        self.assertEqual(row.date, datetime(2024, 5, 1, 8))
        self.assertEqual(row.document_checksum, self.document.checksum)
        self.assertEqual(self.problem(), (5, None))

    def test_each_company_has_its_own_chain(self):
        other = self.setup_other_company()['company']
        document = self.document.sudo().copy({'company_id': other.id})
        self.assertEqual(self.Log._append('original', document).number, 1)
        self.assertEqual(self.Log._append('original', self.document).number, 6)
        self.assertEqual(self.Log._verify(other), (1, None))
        self.assertEqual(self.problem(), (6, None))

    # -- nobody changes it -----------------------------------------------------------------------------

    def test_nobody_writes_deletes_or_adds(self):
        row = self.log()[0]
        values = {'number': 99, 'date': '2024-05-01', 'company_id': self.company.id, 'action': 'copy', 'hash': 'x'}
        for user in (self.env.ref('base.user_admin'), self.env.ref('base.user_root'), self.rating_manager,
                     self.archive_specialist, self.sales_user, self.finance_assessor):
            log = self.env[MODEL].with_user(user)
            with self.subTest(user.login), self.assertRaises(UserError):
                log.create(values)
            with self.subTest(user.login), self.assertRaises(UserError):
                row.with_user(user).write({'ip': '10.0.0.1'})
            with self.subTest(user.login), self.assertRaises(UserError):
                row.with_user(user).unlink()
            with self.subTest(user.login), self.assertRaises(UserError):
                row.with_user(user).copy()
        result = self.env[MODEL].load(['number', 'action'], [['1', 'copy']])
        self.assertFalse(result['ids'])
        self.assertEqual(self.problem(), (5, None))

    def test_specialists_and_managers_read_it_and_nobody_else_does(self):
        for user, reads in ((self.archive_specialist, True), (self.rating_manager, True),
                            (self.sales_user, False), (self.finance_assessor, False)):
            self.assertEqual(self.env[MODEL].with_user(user).has_access('read'), reads, user.login)
            self.assertFalse(self.env['tianyuan.archive.access.head'].with_user(user).has_access('read'))
            for operation in ('create', 'write', 'unlink'):
                self.assertFalse(self.env[MODEL].with_user(user).has_access(operation))

    # -- the chain outlives what it speaks of ----------------------------------------------------------

    def test_merging_customers_and_deleting_documents_leave_it_sound(self):
        other = self.new_document("Other paper", self.secret, 'other.pdf', customer=self.other_customer)
        self.Log._append('original', other)
        self.env['base.partner.merge.automatic.wizard'].create({})._merge(
            (self.customer + self.other_customer).ids, self.customer, extra_checks=False)
        row = self.log()[-1]
        self.assertEqual((row.partner_id, row.partner_name), (self.customer, "Other customer"))
        other.unlink()
        row.invalidate_recordset()
        self.assertEqual((row.document_id.id, row.document_name), (False, "Other paper"))
        self.customer.name = "New name"
        self.assertEqual(self.problem(), (6, None))

    # -- what is done in the database is found ----------------------------------------------------------

    def test_a_changed_row_is_found(self):
        for name, value in (('action', 'copy'), ('date', '2024-05-01 08:00:01'), ('user_ref', -1), ('user_login', 'x'),
                            ('partner_name', 'x'), ('partner_ref', -1), ('document_ref', -1), ('document_name', None),
                            ('document_checksum', 'x'), ('borrow_number', ''), ('ip', '10.0.0.1'), ('hash', 'x')):
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                self.set_row(3, **{name: value})
                count, problem = self.problem()
                self.assertEqual((count, problem['kind'], problem['number']), (2, 'changed', 3))
                savepoint.rollback()

    def test_a_row_that_names_somebody_else_is_found(self):
        other = self.new_document("Other paper", self.secret, 'other.pdf', customer=self.other_customer)
        borrow = self.handed_out()
        borrowed = len(self.log())
        for number, name, value in (
            (3, 'user_id', self.sales_user.id), (3, 'document_id', other.id), (3, 'partner_id', self.other_customer.id),
            (3, 'borrow_id', borrow.id), (borrowed, 'borrow_id', self.new_borrow().id),
        ):
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                self.set_row(number, **{name: value})
                count, problem = self.problem()
                self.assertEqual((count, problem['kind'], problem['number']), (number - 1, 'changed', number))
                savepoint.rollback()
        self.set_row(3, user_id=None)    # as when a user is deleted
        self.assertEqual(self.problem(), (borrowed, None))

    def test_a_changed_row_whose_hash_was_made_to_fit_breaks_the_next(self):
        row = self.log()[2]
        values = {name: row[name] for name in ('number', 'date', 'action', 'user_ref', 'user_login', 'partner_ref',
                                               'partner_name', 'document_ref', 'document_name', 'document_checksum',
                                               'borrow_number', 'ip')}
        values.update(company_id=self.company.id, user_login='somebody')
        self.set_row(3, user_login='somebody', hash=self.Log._hash(self.log()[1].hash, values))
        self.assertEqual(self.problem()[1]['number'], 4)

    def test_the_last_row_replaced_by_a_fitting_one_is_found(self):
        rows = self.log()
        values = {name: rows[4][name] for name in ('number', 'date', 'action', 'user_ref', 'user_login', 'partner_ref',
                                                   'partner_name', 'document_ref', 'document_name',
                                                   'document_checksum', 'borrow_number', 'ip')}
        values.update(company_id=self.company.id, user_login='somebody')
        self.set_row(5, user_login='somebody', hash=self.Log._hash(rows[3].hash, values))
        self.assertEqual((self.problem()[1]['kind'], self.problem()[1]['number']), ('changed', 5))

    def test_removed_rows_are_found(self):
        for numbers, first in (((1,), 1), ((3,), 3), ((2, 3), 2), ((5,), 5), ((4, 5), 4), ((1, 2, 3, 4, 5), 1)):
            with self.subTest(numbers), self.env.cr.savepoint() as savepoint:
                self.drop_row(*numbers)
                self.assertEqual(self.problem(), (first - 1, {'kind': 'missing', 'number': first, 'date': None}))
                savepoint.rollback()

    def test_removed_rows_whose_gap_was_closed_are_found(self):
        self.drop_row(3)
        self.sql("UPDATE tianyuan_archive_access_log SET number = number - 1 WHERE company_id = %s AND number > 3",
                 self.company.id)
        self.assertEqual((self.problem()[1]['kind'], self.problem()[1]['number']), ('changed', 3))

    def test_swapped_rows_are_found(self):
        for new_numbers in ({2: 103, 3: 102}, {1: 105, 5: 101}):
            with self.subTest(new_numbers), self.env.cr.savepoint() as savepoint:
                for old, new in new_numbers.items():
                    self.set_row(old, number=new)
                self.sql("UPDATE tianyuan_archive_access_log SET number = number - 100 WHERE number > 100 AND company_id = %s",
                         self.company.id)
                count, problem = self.problem()
                self.assertEqual((count, problem['kind']), (min(new_numbers) - 1, 'order'))
                savepoint.rollback()

    def insert_row(self, number):
        names = SQL("date, company_id, action, user_id, user_ref, user_login, document_ref, hash")
        self.sql("INSERT INTO tianyuan_archive_access_log (number, %s) SELECT %s, %s FROM tianyuan_archive_access_log"
                 " WHERE company_id = %s AND number = 2", names, number, names, self.company.id)

    def test_inserted_rows_are_found(self):
        with self.env.cr.savepoint() as savepoint:
            self.insert_row(6)
            self.assertEqual((self.problem()[1]['kind'], self.problem()[1]['number']), ('added', 6))
            savepoint.rollback()
        self.set_row(5, number=6)
        self.set_row(4, number=5)
        self.insert_row(4)
        self.assertEqual((self.problem()[0], self.problem()[1]['kind']), (3, 'order'))

    def test_a_head_that_was_removed_is_found(self):
        self.sql("DELETE FROM tianyuan_archive_access_head WHERE company_id = %s", self.company.id)
        self.assertEqual((self.problem()[1]['kind'], self.problem()[1]['number']), ('added', 1))

    # -- verify ------------------------------------------------------------------------------------------

    def test_a_manager_verifies_and_reads_what_is_wrong(self):
        log = self.env[MODEL].with_user(self.rating_manager)
        shown = log.action_verify()['params']
        self.assertEqual((shown['type'], shown['message']), ('success', f"{self.company.name}: all 5 rows are sound"))
        self.set_row(2, user_login='x')
        shown = log.with_context(tz='Asia/Shanghai').action_verify()['params']
        self.assertEqual((shown['type'], shown['sticky'], shown['message']), (
            'danger', True, f"{self.company.name}: row 2 of 2024-05-01 16:00:00 was changed"))
        self.drop_row(2)
        self.assertIn("row 2 is missing", log.action_verify()['params']['message'])

    def test_only_managers_verify(self):
        for user in (self.sales_user, self.finance_assessor, self.archive_specialist):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.env[MODEL].with_user(user).action_verify()

    def test_ten_thousand_rows_are_verified_in_seconds(self):
        self.Log._append('original', self.document.browse(self.document.ids * 10000))
        start = time.monotonic()
        self.assertEqual(self.problem(), (10005, None))
        self.assertLess(time.monotonic() - start, 5)


@tagged('post_install', '-at_install')
class TestAppendTogether(TransactionCase):
    """With transactions of their own, which are committed; so nothing else is prepared here."""

    def test_two_who_append_at_the_same_moment_never_fork_the_chain(self):
        database = db_connect(self.env.cr.dbname)
        with closing(database.cursor()) as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            company = env.ref('base.main_company')
            rows = env[MODEL]._verify(company)[0]
            document = self.make_paper(env, company)
            cr.commit()
            company_id, document_id = company.id, document.id
        self.addCleanup(self.remove, database, company_id, document_id, rows)
        outcome, started = [], threading.Event()

        def append(cr):
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            env[MODEL]._append('original', env['tianyuan.archive.document'].browse(document_id))

        def second():
            with closing(database.cursor()) as cr:
                cr.execute("SELECT 1")    # its snapshot is older than the first one's row
                cr.execute("SET LOCAL lock_timeout = '20s'")
                started.set()
                try:
                    with mute_logger('odoo.sql_db'):
                        append(cr)
                    outcome.append('appended')
                except SerializationFailure:
                    outcome.append('repeat')
                    cr.rollback()
                    append(cr)
                cr.commit()

        with closing(database.cursor()) as cr:
            append(cr)
            thread = threading.Thread(target=second)
            thread.start()
            started.wait(10)
            time.sleep(0.3)
            self.assertEqual(outcome, [], "the second one waits")
            cr.commit()
        thread.join(20)
        self.assertEqual(outcome, ['repeat'])
        with closing(database.cursor()) as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            self.assertEqual(env[MODEL]._verify(env['res.company'].browse(company_id)), (rows + 2, None))

    def test_openings_are_noted_apart_from_what_the_transaction_changes(self):
        """Before a change, after it, and of what the transaction has just made: never stuck, never lost, one chain."""
        database = db_connect(self.env.cr.dbname)
        with closing(database.cursor()) as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            company = env.ref('base.main_company')
            rows = env[MODEL]._verify(company)[0]
            document = self.make_paper(env, company)
            cr.commit()
            company_id, document_id = company.id, document.id
        self.addCleanup(self.remove, database, company_id, document_id, rows)

        def state():
            with closing(database.cursor()) as cr:
                env = api.Environment(cr, api.SUPERUSER_ID, {})
                return env[MODEL]._verify(env['res.company'].browse(company_id))

        def transaction(*steps, undo=False):
            with closing(database.cursor()) as cr:
                env = api.Environment(cr, api.SUPERUSER_ID, {})
                for method, action in steps:
                    getattr(env[MODEL], method)(action, env['tianyuan.archive.document'].browse(document_id))
                cr.rollback() if undo else cr.commit()

        transaction(('_note', 'original'), undo=True)
        self.assertEqual(state(), (rows + 1, None), "it stays though the request fails")
        transaction(('_append', 'handed_out'), undo=True)
        self.assertEqual(state(), (rows + 1, None), "the change didn't happen")
        transaction(('_append', 'handed_out'), ('_note', 'original'), ('_append', 'returned'))
        self.assertEqual(state(), (rows + 4, None), "the opening waits for nothing that waits for it")
        transaction(('_note', 'original'), ('_append', 'returned'), ('_note', 'original'))
        self.assertEqual(state(), (rows + 7, None))
        with closing(database.cursor()) as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            env[MODEL]._note('original', self.make_paper(env, env['res.company'].browse(company_id)))
            cr.rollback()
        self.assertEqual(state(), (rows + 7, None), "what was never made was never opened")

    def test_many_who_open_at_the_same_moment_all_get_a_row(self):
        database = db_connect(self.env.cr.dbname)
        with closing(database.cursor()) as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            company = env.ref('base.main_company')
            rows = env[MODEL]._verify(company)[0]
            document = self.make_paper(env, company)
            cr.commit()
            company_id, document_id = company.id, document.id
        self.addCleanup(self.remove, database, company_id, document_id, rows)
        failed = []

        def read():
            try:
                for _time in range(10):
                    with closing(database.cursor()) as cr:
                        env = api.Environment(cr, api.SUPERUSER_ID, {})
                        env[MODEL]._note('original', env['tianyuan.archive.document'].browse(document_id))
            except Exception as error:
                failed.append(error)

        readers = [threading.Thread(target=read) for _reader in range(8)]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join(60)
        self.assertEqual(failed, [])
        with closing(database.cursor()) as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            self.assertEqual(env[MODEL]._verify(env['res.company'].browse(company_id)), (rows + 80, None))

    @staticmethod
    def make_paper(env, company):
        partner = env['res.partner'].create({'name': "Log customer", 'is_company': True})
        document_type = env['tianyuan.archive.document.type'].create({'name': "Log type"})
        return env['tianyuan.archive.document'].create({
            'name': "Log paper", 'partner_id': partner.id, 'company_id': company.id, 'type_id': document_type.id})

    @staticmethod
    def remove(database, company_id, document_id, rows):
        """Leave the log as it was found, with so many rows."""
        with closing(database.cursor()) as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            table, head = SQL.identifier(MODEL.replace('.', '_')), SQL.identifier('tianyuan_archive_access_head')
            cr.execute(SQL("DELETE FROM %s WHERE company_id = %s AND number > %s", table, company_id, rows))
            cr.execute(SQL(
                "UPDATE %(head)s SET number = %(rows)s, hash = (SELECT hash FROM %(table)s"
                " WHERE company_id = %(company)s AND number = %(rows)s) WHERE company_id = %(company)s",
                head=head, table=table, rows=rows, company=company_id))
            document = env['tianyuan.archive.document'].browse(document_id)
            used = document.type_id, document.partner_id
            document.unlink()
            for record in used:
                record.unlink()
            cr.commit()

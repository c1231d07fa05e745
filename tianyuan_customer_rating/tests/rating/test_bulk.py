"""Sheets copied into the database are those the ORM would have made, row by row and column by column."""
from unittest.mock import patch

from odoo import fields
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL, mute_logger

from ...engine import bulk
from ...engine.sheets import SheetWriter
from .sheets import SheetCommon

# what can't be the same in two rows
OWN_TO_ROW = {'id', 'create_date', 'write_date', 'rating_id'}


@tagged('post_install', '-at_install')
class TestBulk(SheetCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        rated, fell, new, debtor, direct, nothing, escaped = cls.buyers = cls.env['res.partner'].browse().concat(*(
            cls.new_customer(name) for name in (
                "Rated before", "Fell", "New", "Debtor", "Direct", "Nothing bought", "Tab\there \\ and\nthere, 天元",
            )
        ))
        cls.buyers.user_id = cls.sales_user
        direct.tianyuan_channel = 'direct'
        cls.confirmed_sheet(rated, day='2024-03-31')
        cls.confirmed_sheet(fell, day='2024-03-31', loyalty=3, willingness=7.25)
        for customer, amount in ((rated, 9_000_000), (new, 1234.56), (debtor, 5000), (direct, 60_000_000.25)):
            for day in ('2023-04-10', '2023-05-10', '2024-04-10', '2024-05-20', '2024-06-01'):
                cls.buy(customer, day, amount)
        cls.invoice(escaped, '2024-05-15', 77, due='2024-05-30')
        cls.env['tianyuan.bad.debt'].create({
            'partner_id': debtor.id, 'company_id': cls.company.id, 'amount': 10, 'date': '2024-05-01',
        })
        cls.nothing = nothing
        cls.run_ = cls.env['tianyuan.rating.run'].create({
            'company_id': cls.company.id, 'date_from': cls.quarter.date_from, 'date_to': cls.quarter.date_to,
        })

    def rows(self, by_orm):
        """What rating the customers stores, as one dict of column → value for each row."""
        writer = SheetWriter(self.env(su=True), self.company, self.quarter)
        with patch.object(bulk, 'can_insert', lambda env: not by_orm):
            sheets = writer.rate(self.buyers, self.run_)
        self.assertEqual(len(sheets), len(self.buyers))
        self.env.flush_all()
        stored = [self.read('tianyuan_rating', SQL("id = ANY(%s) ORDER BY partner_id", sheets.ids)), self.read(
            'tianyuan_rating_line', SQL("rating_id = ANY(%s) ORDER BY partner_id, sequence", sheets.ids))]
        stored.append(self.read('mail_message', SQL("model = 'tianyuan.rating' AND res_id = ANY(%s)", sheets.ids)))
        stored.append(self.read('mail_followers', SQL("res_model = 'tianyuan.rating' AND res_id = ANY(%s)", sheets.ids)))
        stored.append(self.read('mail_activity', SQL("res_model = 'tianyuan.rating' AND res_id = ANY(%s)", sheets.ids)))
        return stored

    def read(self, table, where):
        rows = self.env.execute_query_dict(SQL("SELECT * FROM %s WHERE %s", SQL.identifier(table), where))
        return [{name: value for name, value in row.items() if name not in OWN_TO_ROW} for row in rows]

    def test_the_rows_are_those_of_the_orm_column_by_column(self):
        with freeze_time(fields.Datetime.now()):    # of computing, which is stored to the second
            with self.cr.savepoint() as made:
                by_orm = self.rows(by_orm=True)
                made.rollback()
                self.env.invalidate_all(flush=False)
            copied = self.rows(by_orm=False)
        self.assertEqual([len(rows) for rows in copied], [7, 63, 0, 0, 0])
        for copied_rows, orm_rows in zip(copied, by_orm, strict=True):
            self.assertEqual(len(copied_rows), len(orm_rows))
            for copied_row, orm_row in zip(copied_rows, orm_rows, strict=True):
                self.assertEqual(copied_row, orm_row)
        sheets, lines, *_none = copied
        self.assertEqual({row['tier_change'] for row in sheets}, {'new', 'down'})
        self.assertEqual({row['origin'] for row in lines}, {'computed', 'carried', 'missing'})
        self.assertEqual({row['customer_class'] for row in sheets}, {'ordinary'})
        self.assertIn(True, {row['has_bad_debt'] for row in sheets})

    def test_computed_fields_of_copied_sheets_hold_what_they_would_compute(self):
        sheets = SheetWriter(self.env(su=True), self.company, self.quarter).rate(self.buyers, self.run_)
        self.assertTrue(bulk.can_insert(self.env))
        for records in (sheets, sheets.line_ids):
            computed = [name for name, field in records._fields.items() if field.store and field.compute]
            before = records.read(computed)
            for name in computed:
                self.env.add_to_compute(records._fields[name], records)
            self.env.flush_all()
            self.env.invalidate_all()
            self.assertEqual(records.read(computed), before)

    def test_what_was_cached_is_read_anew(self):
        self.assertFalse(self.run_.rating_ids)
        self.assertFalse(self.nothing.tianyuan_rating_ids)
        SheetWriter(self.env(su=True), self.company, self.quarter).rate(self.nothing, self.run_)
        self.assertEqual(self.run_.rating_ids, self.nothing.tianyuan_rating_ids)
        self.assertEqual(len(self.run_.rating_ids.line_ids), 9)

    def test_pending_changes_are_written_first(self):
        self.nothing.name = "Renamed"
        sheet = SheetWriter(self.env(su=True), self.company, self.quarter).rate(self.nothing, self.run_)
        self.assertEqual(sheet.name, "2024 Q2 Renamed")

    def test_a_contact_is_refused_in_the_orm_s_words(self):
        contact = self.new_contact(self.nothing)
        contact.tianyuan_channel = 'direct'
        with self.assertRaisesRegex(Exception, "is a contact: rate its company Nothing bought"):
            SheetWriter(self.env(su=True), self.company, self.quarter).rate(contact, self.run_)

    def test_the_orm_writes_where_an_automation_waits_for_new_sheets(self):
        Rating = self.registry['tianyuan.rating']
        create, called = Rating.create, []

        def automated(records, vals_list):
            called.append(len(vals_list))
            return create(records, vals_list)

        automated.origin = create
        with patch.object(Rating, 'create', automated):
            self.assertFalse(bulk.can_insert(self.env))
            sheets = SheetWriter(self.env(su=True), self.company, self.quarter).rate(self.buyers, self.run_)
        self.assertEqual((sum(called), len(sheets)), (7, 7))

    @mute_logger('odoo.sql_db')
    def test_the_database_s_own_checks_apply(self):
        scheme = self.env['tianyuan.rating.scheme']._applicable(self.company, self.quarter.date_to)['distributor']
        self.assertTrue(scheme.line_ids)
        writer = SheetWriter(self.env(su=True), self.company, self.quarter)
        spec = writer._spec(scheme)
        key, line = next(iter(spec.lines.items()))
        spec.lines[key] = line._replace(max_points=-1)
        with self.assertRaisesRegex(Exception, "points_range"), self.cr.savepoint():
            writer.rate(self.nothing, self.run_)

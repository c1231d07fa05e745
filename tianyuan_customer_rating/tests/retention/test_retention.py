"""Until when documents and archives are kept: days worked out by hand."""
from datetime import date, timedelta

from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import RetentionCommon



@tagged('post_install', '-at_install')
class TestRetention(RetentionCommon):

    def kept(self, kind, years=10, **values):
        self.permit.sudo().write({'retention': kind, 'retention_years': years})
        return self.file(self.permit, **values)

    def test_a_document_is_kept_for_years_after_the_last_day_it_is_valid(self):
        for until, years, kept_until in (
            ('2014-12-31', 10, date(2024, 12, 31)),
            ('2020-02-29', 10, date(2030, 2, 28)),    # no 29 February in 2030
            ('2020-02-29', 4, date(2024, 2, 29)),
            ('2023-02-28', 1, date(2024, 2, 28)),
            ('9989-12-31', 10, date(9999, 12, 31)),
            ('9999-12-31', 10, False),    # without end
        ):
            with self.subTest(until=until, years=years):
                paper = self.kept('after_expiry', years, valid_from='2001-01-01', valid_until=until)
                self.assertEqual(paper.retained_until, kept_until)

    def test_without_a_last_day_it_is_kept_until_a_later_version_came_and_for_the_years_after(self):
        paper = self.kept('after_expiry', 3, valid_from=False, valid_until=False)
        self.assertFalse(paper.retained_until)
        with freeze_time('2024-05-17 02:00:00'):
            self.file(self.permit, supersedes_id=paper.id, valid_from=False)
        self.assertEqual((paper.superseded_on, paper.retained_until), (date(2024, 5, 17), date(2027, 5, 17)))
        paper.active = True    # in use again
        self.assertFalse(paper.superseded_on or paper.retained_until)

    def test_the_day_it_expired_counts_even_if_a_later_version_came_before(self):
        paper = self.kept('after_expiry', 3, valid_from='2020-01-01', valid_until='2025-01-31')
        with freeze_time('2024-05-17 02:00:00'):
            self.file(self.permit, supersedes_id=paper.id)
        self.assertEqual(paper.retained_until, date(2028, 1, 31))

    def test_the_relation_ends_when_the_archive_is_closed(self):
        paper = self.kept('after_relation', 10, valid_from='2001-01-01', valid_until='2002-01-01')
        self.assertFalse(paper.retained_until)
        keeper = self.customer.with_user(self.archive_specialist)
        with freeze_time('2024-02-29 02:00:00'):
            keeper.action_tianyuan_close_archive()
        self.assertEqual(keeper.tianyuan_archive_closed_on, date(2024, 2, 29))
        self.assertEqual(paper.retained_until, date(2034, 2, 28))
        keeper.action_tianyuan_reopen_archive()
        self.assertFalse(keeper.tianyuan_archive_closed_on or paper.retained_until)

    def test_what_is_kept_permanently_has_no_end(self):
        paper = self.kept('permanent', valid_from='2001-01-01', valid_until='2002-01-01')
        self.close()
        self.assertFalse(paper.retained_until)

    def test_without_a_rule_of_its_type_a_document_is_kept_as_the_company_keeps_archives(self):
        paper = self.file(self.other)
        self.close('2012-03-01')
        self.assertEqual(paper.retained_until, date(2022, 3, 1))
        self.company.tianyuan_archive_retention_years = 15
        self.assertEqual(paper.retained_until, date(2027, 3, 1))
        self.company.tianyuan_archive_retention = 'permanent'
        self.assertFalse(paper.retained_until)

    def test_a_changed_rule_changes_the_day_of_all_documents_of_the_type(self):
        paper = self.kept('after_expiry', 10, valid_from='2001-01-01', valid_until='2014-12-31')
        self.permit.sudo().retention_years = 5
        self.assertEqual(paper.retained_until, date(2019, 12, 31))

    def test_a_rule_has_a_year_at_least_and_at_most_two_hundred(self):
        self.kept('after_relation', 200)
        self.file(self.other)
        self.company.tianyuan_archive_retention_years = 200
        self.close('2010-06-30')
        self.env.flush_all()
        for record, values in (
            (self.permit, {'retention': 'after_expiry', 'retention_years': 0}),
            (self.permit, {'retention': 'after_relation', 'retention_years': 201}),
            (self.permit, {'retention': 'after_relation', 'retention_years': 9999}),
            (self.company, {'tianyuan_archive_retention_years': 0}),
            (self.company, {'tianyuan_archive_retention_years': 201}),
            (self.company, {'tianyuan_archive_retention_years': 9999}),
        ):
            with self.assertRaises(CheckViolation), self.env.cr.savepoint(), mute_logger('odoo.sql_db'):
                record.sudo().write(values)
                self.env.flush_all()

    def test_managers_set_the_rules(self):
        for values in ({'retention': 'permanent'}, {'retention_years': 1}, {'delete_once_checked': True}):
            self.refused(
                "decided by a manager", self.permit.with_user(self.archive_specialist).write, values,
                error=AccessError)
        self.permit.with_user(self.rating_manager).retention = 'permanent'
        self.permit.with_user(self.archive_specialist).remind_days = 60

    # -- what has run out ---------------------------------------------------------------------------------

    def found(self):
        Document = self.env['tianyuan.archive.document'].sudo()
        return Document.search(Document._unproposed_domain(self.company) & Domain('partner_id', '=', self.customer.id))

    def test_it_has_run_out_on_the_day_after_the_last(self):
        paper = self.kept('after_expiry', 10, valid_from='2001-01-01', valid_until='2014-06-30')
        for now, found in (('2024-06-30 08:00:00', False), ('2024-07-01 08:00:00', True)):
            with freeze_time(now):
                self.assertEqual(paper in self.found(), found, now)

    def test_archived_documents_run_out_too(self):
        paper = self.old()
        paper.active = False
        self.assertIn(paper, self.found())

    def test_archives_run_out_to_the_day(self):
        paper = self.file(self.other)
        partners = self.env['res.partner'].with_user(self.archive_specialist)
        run_out = [('tianyuan_archive_run_out', '=', True), ('id', '=', self.customer.id)]
        self.company.tianyuan_archive_retention_years = 1
        for closed, today, found in (
            ('2023-06-30', '2024-06-30', False), ('2023-06-30', '2024-07-01', True),
            ('2020-02-29', '2021-02-28', False), ('2020-02-29', '2021-03-01', True),
            ('2023-02-28', '2024-02-28', False), ('2023-02-28', '2024-02-29', True),
            ('2023-03-01', '2024-03-01', False),
        ):
            self.close(closed)
            with self.subTest(closed=closed, today=today), freeze_time(f'{today} 08:00:00'):
                self.assertEqual(bool(partners.search_count(run_out)), found)
                customer = partners.browse(self.customer.id)
                customer.invalidate_recordset(['tianyuan_archive_run_out'])
                self.assertEqual(customer.tianyuan_archive_run_out, found)
                self.assertEqual(paper.retained_until < date.fromisoformat(today), found)    # as its papers do
        self.company.tianyuan_archive_retention = 'permanent'
        self.assertFalse(partners.search_count(run_out))

    def test_once_a_year_what_has_run_out_is_drafted_and_the_specialists_are_asked(self):
        paper, fresh = self.old(), self.file(self.other, partner=self.other_customer)
        Destruction = self.env['tianyuan.archive.destruction'].sudo()
        Destruction.with_user(self.env.ref('base.user_root'))._cron_retention()
        line = paper.sudo().destruction_line_ids
        self.assertEqual((line.state, fresh.sudo().destruction_line_ids.ids), ('draft', []))
        activity = line.destruction_id.activity_ids.filtered(lambda act: act.user_id == self.archive_specialist)
        self.assertEqual(len(activity), 1)
        self.assertIn("run out", activity.summary)
        self.assertNotIn(paper, self.found())    # it is proposed once
        Destruction.with_user(self.env.ref('base.user_root'))._cron_retention()
        self.assertEqual(paper.sudo().destruction_line_ids, line)
        line.destruction_id.with_user(self.archive_specialist).action_propose()
        self.assertFalse(line.destruction_id.activity_ids.filtered(lambda act: act.user_id == self.archive_specialist))

    def test_the_list_takes_as_many_queries_for_many_documents_as_for_one(self):
        papers = self.old()
        self.found().mapped('on_hold')
        self.env.invalidate_all()
        with self.assertQueryCount(12):
            self.found().mapped('on_hold')
        for number in range(8):
            papers += self.file(self.other, raw=b'%%PDF-1.4\n%%%%EOF %d\n' % number)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(12):
            self.assertEqual(len(self.found().filtered(lambda paper: not paper.on_hold)), 9)

    # -- deleting -----------------------------------------------------------------------------------------

    def test_a_mistake_can_be_deleted_for_a_day_and_then_is_kept(self):
        paper = self.file(self.other)
        for age, message in ((timedelta(hours=25), "more than a day ago"), (timedelta(hours=23), None)):
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE tianyuan_archive_document SET create_date = now() at time zone 'UTC' - %s WHERE id = %s",
                [age, paper.id])
            self.env.invalidate_all()
            if message:
                self.refused(message, paper.unlink)
        paper.unlink()
        self.assertFalse(paper.exists())

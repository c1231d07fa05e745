"""Archiving a customer stops new ratings and keeps what there is (design §6)."""
from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..rating.sheets import FULL_MARKS, SheetCommon


@tagged('post_install', '-at_install')
class TestArchivedCustomers(SheetCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice(cls.customer, '2024-05-15', 1000)
        cls.confirmed = cls.confirmed_sheet(day='2024-03-31')

    def rate(self, day='2024-06-30'):
        quarter = self.quarter_of(day)
        run = self.env['tianyuan.rating.run'].with_user(self.rating_manager).create({
            'company_id': self.company.id, 'date_from': quarter.date_from, 'date_to': quarter.date_to,
        })
        run.action_start()
        run._process()
        self.assertEqual((run.state, run.error_count), ('done', 0))
        return run

    def archive(self):
        self.customer.action_archive()
        self.env.invalidate_all()

    def fill_and_submit(self, sheet):
        for code, points in FULL_MARKS.items():
            self.assess(sheet, code, points=points)
        self.submit(sheet)

    def test_a_run_leaves_an_archived_customer_out_and_takes_them_in_again(self):
        self.archive()
        self.assertEqual(self.customer.tianyuan_tier_id.name, 'AAA')
        self.assertFalse(self.rate().rating_ids)
        self.customer.action_unarchive()
        self.assertEqual(self.rate().rating_ids.partner_id, self.customer)

    def test_confirmed_sheets_and_history_stay_readable(self):
        before = self.snapshot(self.confirmed)
        self.archive()
        self.assertEqual(self.snapshot(self.confirmed), before)
        for user in (self.sales_user, self.archive_specialist, self.finance_assessor, self.rating_manager):
            with self.subTest(user.login):
                own = [('partner_id', '=', self.customer.id)]
                sheet = self.env['tianyuan.rating'].with_user(user).search(own)
                self.assertEqual((sheet, sheet.partner_id.name, sheet.score), (self.confirmed, "Customer", 100))
                self.assertEqual(len(sheet.line_ids), 9)
                history = self.env['tianyuan.class.history'].with_user(user).search(own)
                self.assertEqual(history.mapped('new_class'), ['key'])
                self.assertEqual(self.customer.with_user(user).tianyuan_customer_class, 'key')

    def test_open_sheets_of_an_archived_customer_are_cancelled(self):
        sheet = self.rate().rating_ids
        self.archive()
        with self.assertRaisesRegex(UserError, "Assess these lines before submitting"):
            sheet.with_user(self.sales_user).action_submit_sales()
        sheet.with_user(self.rating_manager).action_cancel()
        self.assertEqual(sheet.state, 'cancelled')
        self.assertEqual(self.customer.tianyuan_tier_id.name, 'AAA')
        self.assertFalse(self.rate().rating_ids)

    def test_or_assessed_and_confirmed_to_the_end(self):
        sheet = self.rate().rating_ids
        self.archive()
        sheet.with_user(self.rating_manager).action_compute()
        self.fill_and_submit(sheet)
        sheet.with_user(self.rating_manager).action_confirm()
        self.assertEqual((sheet.state, sheet.previous_rating_id), ('confirmed', self.confirmed))
        self.assertEqual((self.customer.tianyuan_score, self.customer.tianyuan_customer_class), (100, 'key'))
        sheet.with_user(self.rating_manager).action_reopen("Checked again")
        self.assertEqual(self.customer.tianyuan_tier_id.name, 'AAA')

    def test_open_sheets_are_chased_until_they_are_cancelled(self):
        with freeze_time('2024-07-02'):
            sheet = self.rate().rating_ids
        self.archive()
        Run = self.env['tianyuan.rating.run']
        with freeze_time('2024-07-20'):
            Run._cron_chase_assessments()
            waiting = [key for key in Run._open_assessments(self.company, late=True) if key[1] == sheet.run_id]
        self.assertEqual({(side, user) for _company, _run, side, user in waiting if side != 'finance'},
                         {('sales', self.sales_user)})
        sheet.with_user(self.rating_manager).action_cancel()
        self.assertFalse(Run._open_assessments(self.company))

    def test_unarchiving_resumes(self):
        sheet = self.rate().rating_ids
        self.archive()
        self.customer.action_unarchive()
        self.fill_and_submit(sheet)
        sheet.with_user(self.rating_manager).action_confirm()
        self.assertEqual(sheet.state, 'confirmed')

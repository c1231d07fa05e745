"""A run rates everyone of a quarter: whom, in what batches, and what happens when something goes wrong."""
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...engine.sheets import SheetWriter
from ...models.rating import tianyuan_rating_run
from .sheets import SheetCommon


@tagged('post_install', '-at_install', 'smoke')
class TestRatingRun(SheetCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Run = cls.env['tianyuan.rating.run'].with_user(cls.rating_manager)

    def new_run(self, day='2024-06-30', **values):
        quarter = self.quarter_of(day)
        return self.Run.create({
            'company_id': self.company.id, 'date_from': quarter.date_from, 'date_to': quarter.date_to, **values,
        })

    def rate(self, run=None):
        run = run or self.new_run()
        run.action_start()
        run._process()
        return run

    def buyers(self, count):
        """Customers with an invoice in the quarter."""
        customers = self.env['res.partner'].browse().concat(
            *(self.new_customer(f"Buyer {number}") for number in range(count)))
        for customer in customers:
            self.invoice(customer, '2024-05-15', 1000)
        return customers

    def counts(self, run):
        run.invalidate_recordset()
        return run.state, run.total_count, run.done_count, run.error_count, round(run.progress)

    # -- who --------------------------------------------------------------------------------

    def test_active_customers_of_four_quarters_and_tier_holders_are_rated(self):
        rated = {name: self.new_customer(name) for name in (
            "first day of the four quarters", "last day of the quarter", "through a contact", "receipt",
            "holds a tier")}
        left = {name: self.new_customer(name) for name in (
            "day before", "day after", "draft invoice", "credit note only", "archived", "only elsewhere", "never")}
        self.invoice(rated["first day of the four quarters"], '2023-07-01', 100)
        self.invoice(rated["last day of the quarter"], '2024-06-30', 100)
        self.invoice(self.new_contact(rated["through a contact"]), '2024-01-10', 100)
        self.invoice(rated["receipt"], '2024-01-10', 100, kind='out_receipt')
        rated["holds a tier"].user_id = self.sales_user
        self.confirmed_sheet(rated["holds a tier"], day='2023-03-31')
        self.invoice(left["day before"], '2023-06-30', 100)
        self.invoice(left["day after"], '2024-07-01', 100)
        self.invoice(left["draft invoice"], '2024-05-01', 100, post=False)
        self.invoice(left["credit note only"], '2024-05-01', 100, kind='out_refund')
        self.invoice(left["archived"], '2024-05-01', 100)
        left["archived"].active = False
        self.invoice(left["only elsewhere"], '2024-05-01', 100, company=self.setup_other_company()['company'])

        run = self.rate()
        self.assertEqual(set(run.rating_ids.partner_id.mapped('name')), set(rated))
        self.assertEqual(self.counts(run), ('done', 5, 5, 0, 100))
        self.assertEqual(set(run.rating_ids.mapped('state')), {'assessing'})

    def test_the_run_counts_before_it_works(self):
        self.buyers(2)
        run = self.new_run()
        run.action_start()
        self.assertEqual(self.counts(run), ('running', 2, 0, 0, 0))

    # -- batches and interruptions ------------------------------------------------------------

    def test_what_a_run_has_done_stays(self):
        self.buyers(2)
        draft, cancelled, done = self.new_run(), self.new_run(), self.new_run()
        draft.unlink()
        cancelled.action_start()
        with self.assertRaisesRegex(UserError, "Cancel the run"):
            cancelled.unlink()
        cancelled.action_cancel()
        cancelled.unlink()    # it has rated nobody
        self.rate(done)
        for run in (done, done.sudo()):
            with self.assertRaisesRegex(UserError, "has rated customers"):
                run.unlink()
        self.assertEqual(len(self.env['tianyuan.rating'].search([('run_id', '=', done.id)])), 2)

    def test_an_interrupted_run_goes_on_without_missing_or_doubling_anyone(self):
        buyers = self.buyers(8)
        run = self.new_run()
        run.action_start()
        with patch.object(tianyuan_rating_run, 'BATCH_SIZE', 3):
            with patch.object(self.registry['ir.cron'], '_tianyuan_checkpoint', lambda *args: 0):    # no time left
                run._process()
            self.assertEqual(self.counts(run), ('running', 8, 3, 0, 38))
            run._process()
        self.assertEqual(self.counts(run), ('done', 8, 8, 0, 100))
        self.assertEqual(run.rating_ids.partner_id, buyers)
        self.assertEqual(len(run.rating_ids), 8)

    def test_a_batch_that_is_lost_half_way_is_done_again(self):
        buyers = self.buyers(5)
        run = self.new_run()
        run.action_start()
        checkpoints = []

        def crash(*args):
            checkpoints.append(args)
            if len(checkpoints) == 2:
                raise RuntimeError("power cut")
            return 1

        with patch.object(tianyuan_rating_run, 'BATCH_SIZE', 2):
            with patch.object(self.registry['ir.cron'], '_tianyuan_checkpoint', lambda *args: 0):
                run._process()
            with self.assertRaises(RuntimeError), self.cr.savepoint():
                with patch.object(self.registry['ir.cron'], '_tianyuan_checkpoint', crash):
                    run._process()
            self.env.invalidate_all()
            self.assertEqual(self.counts(run)[:3], ('running', 5, 2))
            run._process()
        self.assertEqual(run.rating_ids.partner_id, buyers)
        self.assertEqual(self.counts(run), ('done', 5, 5, 0, 100))

    def test_a_cancelled_run_goes_on_where_it_was(self):
        buyers = self.buyers(5)
        run = self.new_run()
        run.action_start()
        with patch.object(tianyuan_rating_run, 'BATCH_SIZE', 2), \
                patch.object(self.registry['ir.cron'], '_tianyuan_checkpoint', lambda *args: 0):
            run._process()
        run.action_cancel()
        run._process()
        self.assertEqual(self.counts(run)[:3], ('cancelled', 5, 2))
        first = run.rating_ids
        self.rate(run)
        self.assertEqual(self.counts(run), ('done', 5, 5, 0, 100))
        self.assertEqual(run.rating_ids.partner_id, buyers)
        self.assertLess(first, run.rating_ids)
        with self.assertRaisesRegex(UserError, "done"):
            run.action_cancel()

    # -- customers that can't be rated ----------------------------------------------------------

    @mute_logger('odoo.addons.tianyuan_customer_rating.models.rating.tianyuan_rating_run')
    def test_one_bad_customer_is_listed_with_the_reason_and_the_rest_are_rated(self):
        buyers = self.buyers(7)
        bad = buyers[4]
        rate = SheetWriter.rate

        def fails_for_one(writer, partners, run=None):
            sheets = rate(writer, partners, run)
            if bad in partners:
                raise ValueError("Division by a broken record")
            return sheets

        with patch.object(SheetWriter, 'rate', fails_for_one):
            run = self.rate()
        self.assertEqual(self.counts(run), ('done', 7, 6, 1, 100))
        self.assertEqual(run.rating_ids.partner_id, buyers - bad)
        self.assertEqual((run.error_ids.partner_id, run.error_ids.message), (bad, "Division by a broken record"))
        self.assertEqual(sum(run.rating_ids.mapped('score')) > 0, True)

        run.action_retry()
        self.assertEqual(self.counts(run), ('done', 7, 7, 0, 100))
        self.assertEqual(run.rating_ids.partner_id, buyers)

    def test_a_customer_without_channel_is_listed_with_what_to_do(self):
        buyers = self.buyers(2)
        buyers[0].tianyuan_channel = False
        run = self.rate()
        self.assertEqual(run.error_ids.partner_id, buyers[0])
        self.assertIn("Set distributor or direct", run.error_ids.message)
        run.action_retry()
        self.assertEqual(self.counts(run), ('done', 2, 1, 1, 100))    # still not set
        buyers[0].tianyuan_channel = 'direct'
        run.action_retry()
        self.assertEqual(self.counts(run), ('done', 2, 2, 0, 100))
        self.assertEqual(run.rating_ids.partner_id, buyers)

    def test_without_a_scheme_the_customer_is_listed(self):
        self.buyers(1)
        self.env['tianyuan.rating.scheme'].search([('channel', '=', 'distributor')]).action_retire()
        run = self.rate()
        self.assertIn("No active rating scheme", run.error_ids.message)

    # -- which runs -------------------------------------------------------------------------------

    def test_a_second_run_of_a_running_quarter_is_refused(self):
        run, second = self.new_run(), self.new_run()
        run.action_start()
        with self.assertRaisesRegex(UserError, "2024 Q2 is already running"):
            second.action_start()
        with mute_logger('odoo.sql_db'), self.assertRaises(IntegrityError), self.cr.savepoint():
            second.sudo().state = 'running'
            second.flush_recordset()
        with self.assertRaisesRegex(UserError, "started already"):
            run.action_start()
        run.action_cancel()
        second.action_start()
        self.assertEqual(second.state, 'running')

    def test_a_quarter_that_is_not_over_is_refused(self):
        run = self.new_run(day=fields.Date.today())
        with self.assertRaisesRegex(ValidationError, "isn't over yet"):
            run.action_start()

    @mute_logger('odoo.sql_db')
    def test_only_whole_quarters(self):
        with self.assertRaises(IntegrityError) as refused, self.cr.savepoint():
            self.new_run(date_to='2024-06-29')
        self.assertIn("whole calendar quarter", self.Run._sql_error_to_message(refused.exception))

    def test_rating_a_quarter_again_refreshes_open_sheets_and_leaves_confirmed_ones(self):
        opened, closed = self.buyers(2)
        (opened + closed).user_id = self.sales_user
        self.rate()
        sheets = self.env['tianyuan.rating'].search([('partner_id', 'in', (opened + closed).ids)])
        open_sheet, confirmed = (sheets.filtered(lambda sheet, p=p: sheet.partner_id == p) for p in (opened, closed))
        for code in ('willingness', 'loyalty', 'debt_ratio', 'purchase_growth'):
            self.assess(confirmed, code, points=5)
        self.submit(confirmed)
        confirmed.with_user(self.rating_manager).action_confirm()
        self.assess(open_sheet, 'loyalty', metric_value=55)
        before = self.snapshot(confirmed)

        for customer in (opened, closed):
            self.invoice(customer, '2024-06-15', 8_000_000)
        again = self.rate()
        self.assertEqual(again.rating_ids, open_sheet)
        self.assertEqual(self.line(open_sheet, 'purchase_volume').points, 12)    # 8 million
        self.assertEqual(self.line(open_sheet, 'loyalty').points, 12)            # a person gave it
        self.assertEqual(self.snapshot(confirmed), before)

    # -- by itself --------------------------------------------------------------------------------

    def test_the_schedule_starts_one_run_per_company_with_customers_and_none_twice(self):
        other, empty = self.setup_other_company()['company'], self.env['res.company'].create({'name': "Empty"})
        manual = self.env['res.company'].create({'name': "By hand", 'tianyuan_rating_auto_run': False})
        self.buyers(1)
        self.invoice(self.other_customer, '2024-05-15', 1000, company=other)

        def runs():
            return self.env['tianyuan.rating.run'].sudo().search([
                ('company_id', 'in', (self.company + other + empty + manual).ids)])

        with freeze_time('2024-07-10 01:00:00'):
            self.Run.sudo()._cron_start_quarter()
            self.assertEqual(set(runs().mapped(lambda run: (run.company_id, run.name, run.state))), {
                (self.company, "2024 Q2", 'running'), (other, "2024 Q2", 'running')})
            self.Run.sudo()._cron_start_quarter()
            self.assertEqual(len(runs()), 2)
            self.Run.sudo()._cron_process()
            self.assertEqual(set(runs().mapped('state')), {'done'})
            self.Run.sudo()._cron_start_quarter()
            self.assertEqual(len(runs()), 2)
        sheets = runs().rating_ids
        self.assertEqual(set(sheets.mapped(lambda sheet: (sheet.company_id, sheet.partner_id.name))), {
            (self.company, "Buyer 0"), (other, "Other customer")})

"""A run of many batches goes through the books once, and rates as if each batch had read its own."""
from unittest.mock import patch

from psycopg2 import DataError
from psycopg2.errors import DiskFull

from odoo.tests import tagged
from odoo.tools import mute_logger

from ...engine import metrics, sheets
from ...models.rating import tianyuan_rating_run
from .sheets import SheetCommon


@tagged('post_install', '-at_install')
class TestReadAhead(SheetCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buyers = cls.env['res.partner'].concat(*(cls.new_customer(f"Buyer {number}") for number in range(7)))
        for number, buyer in enumerate(cls.buyers, start=1):
            invoice = cls.invoice(buyer, '2024-04-10', 100 * number, due='2024-05-10')
            cls.pay(invoice, '2024-05-20' if number % 2 else '2024-05-01', 100 * number)

    def rate(self, at_once=100_000, compute=metrics.compute_metrics):
        """A run in batches of two.

        :return: tuple of the run and a list of how many customers each look into the books was for
        """
        looks = []

        def counting(env, company, quarter, partner_ids=None, *args):
            looks.append(len(partner_ids))
            return compute(env, company, quarter, partner_ids, *args)

        quarter = self.quarter_of('2024-06-30')
        run = self.env['tianyuan.rating.run'].with_user(self.rating_manager).create({
            'company_id': self.company.id, 'date_from': quarter.date_from, 'date_to': quarter.date_to,
        })
        with patch.object(tianyuan_rating_run, 'BATCH_SIZE', 2), \
                patch.object(sheets, 'READ_AHEAD', at_once), \
                patch.object(sheets, 'compute_metrics', counting):
            run.action_start()
            run._process()
        return run, looks

    def figures(self, run):
        """(purchase, share paid on time) by customer."""
        def figure(sheet, metric):
            return sheet.line_ids.filtered(lambda line: line.indicator_id.metric == metric).metric_value

        return {
            sheet.partner_id: (figure(sheet, 'purchase_amount'), figure(sheet, 'on_time_rate'))
            for sheet in run.rating_ids
        }

    def expected(self):
        return {
            buyer: (100.0 * number, 0.0 if number % 2 else 100.0)
            for number, buyer in enumerate(self.buyers, start=1)
        }

    def test_four_batches_look_into_the_books_once(self):
        run, looks = self.rate()
        self.assertEqual(looks, [7])
        self.assertEqual(self.figures(run), self.expected())

    def test_no_more_is_read_ahead_than_fits_into_memory(self):
        run, looks = self.rate(at_once=5)
        self.assertEqual(looks, [5, 2, 1])    # the fifth customer is read again with the sixth
        self.assertEqual(self.figures(run), self.expected())

    @mute_logger('odoo.addons.tianyuan_customer_rating.models.rating.tianyuan_rating_run', 'odoo.sql_db')
    def test_numbers_the_database_refuses_cost_their_customer_the_sheet_and_nobody_else(self):
        bad = self.buyers[3]

        def refuse(env, company, quarter, partner_ids=None, *args):
            if bad.id in partner_ids:
                env.cr.execute("SELECT 1 / 0")
            return metrics.compute_metrics(env, company, quarter, partner_ids, *args)

        run, looks = self.rate(compute=refuse)
        self.assertEqual(looks, [7, 2, 2, 1, 1, 2, 1])    # all, then batch by batch; the second in halves
        self.assertEqual(run.error_ids.partner_id, bad)
        expected = self.expected()
        del expected[bad]
        self.assertEqual(self.figures(run), expected)

    def test_a_server_without_room_for_all_reads_batch_by_batch(self):
        def too_much(env, company, quarter, partner_ids=None, *args):
            if len(partner_ids) > 2:
                raise DiskFull("could not resize shared memory segment: No space left on device")
            return metrics.compute_metrics(env, company, quarter, partner_ids, *args)

        run, looks = self.rate(compute=too_much)
        self.assertEqual(looks, [7, 2, 2, 2, 1])
        self.assertEqual((run.state, self.figures(run)), ('done', self.expected()))

    def test_the_database_is_left_as_it_was(self):
        def settings():
            self.cr.execute("SELECT current_setting('enable_nestloop'), current_setting('jit'), "
                            "current_setting('work_mem')")
            return self.cr.fetchone()

        before = settings()
        with metrics.whole_books(self.cr):
            self.assertEqual(settings(), ('off', 'off', '64MB'))
        self.assertEqual(settings(), before)
        with mute_logger('odoo.sql_db'), self.assertRaises(DataError):
            with self.cr.savepoint(), metrics.whole_books(self.cr):
                self.cr.execute("SELECT 1 / 0")
        self.assertEqual(settings(), before)

"""A run says before it starts what it will do to a quarter's sheets, and lists what failed by reason."""
from unittest.mock import patch

from odoo.tests import tagged

from ...engine.sheets import SheetWriter
from .common import SetupCommon


@tagged('post_install', '-at_install', 'smoke')
class TestRunStart(SetupCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Run = cls.env['tianyuan.rating.run'].with_user(cls.rating_manager)
        cls.buy(cls.customer, '2024-05-15', 1000)

    def run_quarter(self):
        run = self.Run.create({'company_id': self.company.id})
        run.action_start()
        run._process()
        run.invalidate_recordset()
        return run

    def test_a_first_run_has_nothing_to_say(self):
        run = self.Run.create({'company_id': self.company.id})
        self.assertFalse(run.has_sheets)
        self.assertFalse(run.start_note)

    def test_it_says_what_stays_what_is_computed_again_and_who_is_new(self):
        self.confirmed_sheet(self.customer)
        ready, again = self.new_customer("Ready"), self.new_customer("Open")
        for customer in (ready, again):
            customer.user_id = self.sales_user
            self.buy(customer, '2024-05-15', 1000)
        self.ready_sheet(ready)
        self.computed_sheet(again)
        for number in range(3):
            self.buy(self.new_customer(f"New {number}"), '2024-05-15', 1000)
        self.buy(self.new_customer("No channel", channel=False), '2024-05-15', 1000)
        run = self.Run.create({'company_id': self.company.id})
        self.assertTrue(run.has_sheets)
        for sentence in (
            "Confirmed sheets, which stay: 1", "Sheets to confirm, which stay: 1",
            "Open sheets, computed again; what people entered stays: 1", "Customers who get a new sheet: 3",
            "Customers without a channel, who can't be rated: 1",
        ):
            self.assertIn(f"<li>{sentence}</li>", run.start_note.unescape())
        # and so it does
        run.action_start()
        run._process()
        run.invalidate_recordset()
        self.assertEqual((run.done_count, run.error_count), (1 + 3, 1))
        self.assertFalse(run.start_note, "it has started")

    def test_sheets_made_and_confirmed_are_counted(self):
        self.customer.user_id = self.sales_user
        run = self.run_quarter()
        self.assertEqual((run.done_count, run.confirmed_count), (1, 0))
        for line in run.rating_ids.line_ids.filtered(lambda line: line.origin == 'missing'):
            self.assess(run.rating_ids, line.indicator_id.code, points=line.max_points)
        self.submit(run.rating_ids)
        run.rating_ids.action_confirm()
        run.invalidate_recordset()
        self.assertEqual((run.done_count, run.confirmed_count), (1, 1))

    def test_customers_without_a_channel_are_one_line(self):
        unset = self.env['res.partner'].browse().concat(
            *(self.new_customer(f"No channel {number}", channel=False) for number in range(3)))
        for customer in unset:
            self.buy(customer, '2024-05-15', 1000)
        run = self.run_quarter()
        self.assertEqual((run.error_count, run.no_channel_count, run.has_channel_count), (3, 3, 0))
        self.assertFalse(run.other_errors)
        action = run.action_set_channels()
        self.assertEqual(action['res_model'], 'tianyuan.channel.suggestion')

        self.set_channel(unset[0], 'direct')
        run.invalidate_recordset()
        self.assertEqual((run.no_channel_count, run.has_channel_count), (2, 1))
        self.set_channel(unset, 'direct')
        run.action_retry()
        run.invalidate_recordset()
        self.assertEqual((run.error_count, run.no_channel_count, run.has_channel_count), (0, 0, 0))
        self.assertEqual(run.done_count, 4)

    def test_other_errors_are_one_line_a_reason(self):
        bad = [self.new_customer(f"Bad {number}") for number in range(2)]
        for customer in bad:
            self.buy(customer, '2024-05-15', 1000)
        worse = self.new_customer("Worse")
        self.buy(worse, '2024-05-15', 1000)
        rate = SheetWriter.rate

        def failing(writer, partners, *args, **kwargs):
            if worse in partners:
                raise ValueError("much <worse>")
            if any(customer in partners for customer in bad):
                raise ValueError("out of range")
            return rate(writer, partners, *args, **kwargs)

        with patch.object(SheetWriter, 'rate', failing):
            run = self.run_quarter()
        self.assertEqual(
            run.other_errors, "<div>2 × out of range</div><div>1 × much &lt;worse&gt;</div>")
        self.assertEqual((run.no_channel_count, run.error_count), (0, 3))
        self.assertEqual(set(run.error_ids.mapped('reason')), {'failed'})

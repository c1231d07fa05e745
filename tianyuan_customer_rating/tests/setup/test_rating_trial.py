"""The last quarter on trial: what it says, and that nothing is written."""
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...engine.sheets import SheetWriter
from .common import SetupCommon

WATCHED = (
    'tianyuan.rating', 'tianyuan.rating.line', 'tianyuan.rating.run', 'tianyuan.rating.run.error', 'tianyuan.bad.debt',
    'tianyuan.class.history', 'mail.activity', 'mail.message', 'mail.mail', 'ir.cron.trigger',
)


@tagged('post_install', '-at_install', 'smoke')
class TestRatingTrial(SetupCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for customer in (cls.customer, cls.other_customer):
            cls.buy(customer, '2024-05-15', 1_000_000)

    def trial(self):
        action = self.Setup.action_try()
        return self.env[action['res_model']].with_user(self.rating_manager).browse(action['res_id'])

    def test_nothing_is_written_but_the_day(self):
        before = self.count_rows(*WATCHED)
        self.trial()
        self.assertEqual(self.count_rows(*WATCHED), before)
        self.assertFalse((self.customer + self.other_customer).mapped('tianyuan_tier_id'))
        self.assertFalse(any((self.customer + self.other_customer).mapped('tianyuan_score')))
        self.assertEqual(str(self.company.tianyuan_trial_on), '2024-07-15')

    def test_it_counts_what_a_run_would_leave_to_people(self):
        """Two new customers: willingness, loyalty and growth wait for sales, the debt ratio for finance."""
        trial = self.trial()
        self.assertEqual((trial.customer_count, trial.rated_count), (2, 2))
        self.assertEqual((trial.sales_line_count, trial.finance_line_count), (6, 2))
        run = self.env['tianyuan.rating.run'].with_user(self.rating_manager).create({'company_id': self.company.id})
        run.action_start()
        run._process()
        missing = run.rating_ids.line_ids.filtered(lambda line: line.origin == 'missing')
        self.assertEqual(len(missing.filtered(lambda line: line.responsibility == 'sales')), trial.sales_line_count)
        self.assertEqual(len(missing.filtered(lambda line: line.responsibility == 'finance')), trial.finance_line_count)

    def test_tiers_are_between_what_is_known_and_full_marks(self):
        """A distributor of a month that paid in time has 2 + 6 + 0 + 20 + 10 = 38 points: no tier.

        With full marks for willingness 10, loyalty 15, growth 5 and debt ratio 5 it has 73: tier A.
        """
        least, most = [], []
        outlook = SheetWriter.outlook

        def watched(writer, partners):
            result = outlook(writer, partners)
            least.extend(row[1] for row in result)
            most.extend(row[2] for row in result)
            return result

        with patch.object(SheetWriter, 'outlook', watched):
            trial = self.trial()
        self.assertEqual([outcome['score'] for outcome in least], [38, 38])
        self.assertEqual([outcome['score'] for outcome in most], [73, 73])
        self.assertIn("<td>A</td><td class=\"text-end\">0</td><td class=\"text-end\">2</td>", trial.tiers)
        self.assertIn("<td>No tier</td><td class=\"text-end\">2</td><td class=\"text-end\">0</td>", trial.tiers)

    def test_those_who_cant_be_rated_are_counted_by_reason(self):
        for number in range(3):
            self.buy(self.new_customer(f"No channel {number}", channel=False), '2024-05-15', 100)
        trial = self.trial()
        self.assertEqual((trial.customer_count, trial.rated_count, trial.no_channel_count), (5, 2, 3))
        self.assertEqual(trial.problems.count("<div>"), 1)
        self.assertIn("3 × The customer has no channel", trial.problems)

    def test_one_bad_customer_doesnt_stop_the_trial(self):
        outlook = SheetWriter.outlook

        def failing(writer, partners):
            if self.other_customer in partners:
                raise ValueError("out of range")
            return outlook(writer, partners)

        with patch.object(SheetWriter, 'outlook', failing):
            trial = self.trial()
        self.assertEqual((trial.customer_count, trial.rated_count), (2, 1))
        self.assertIn("1 × out of range", trial.problems)

    def test_only_managers_try(self):
        for user in (self.sales_user, self.finance_assessor, self.archive_specialist):
            with self.assertRaises(AccessError):
                self.Setup.with_user(user).action_try()
        self.assertFalse(self.company.tianyuan_trial_on)
        trial = self.trial()
        with self.assertRaises(AccessError):
            trial.with_user(self.finance_assessor).read(['tiers'])
        with self.assertRaises(AccessError):
            trial.write({'customer_count': 9})

    def test_many_customers_take_no_more_queries(self):
        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.trial()
            return self.env.cr.sql_log_count - before

        counts = []
        for batch in range(3):
            for number in range(5):
                self.buy(self.new_customer(f"Buyer {batch} {number}"), '2024-05-15', 100)
            self.trial()
            counts.append(queries())
        self.assertEqual(counts[0], counts[1])
        self.assertEqual(counts[1], counts[2])

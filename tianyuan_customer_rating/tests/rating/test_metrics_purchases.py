"""Design §4, purchases: what a customer bought, how evenly, how it grew, and for how long they have been one.

Every expected number is worked out by hand in the comment above it.
"""
from datetime import date

from odoo.fields import Command
from odoo.tests import tagged

from ...engine.metrics import compute_metrics
from ...engine.periods import Quarter
from ..common import RatingCommon


@tagged('post_install', '-at_install')
class TestQuarters(RatingCommon):

    def test_a_quarter_is_three_calendar_months_with_both_ends(self):
        for day, date_from, date_to in (
            (date(2024, 1, 1), date(2024, 1, 1), date(2024, 3, 31)),
            (date(2024, 3, 31), date(2024, 1, 1), date(2024, 3, 31)),
            (date(2024, 6, 30), date(2024, 4, 1), date(2024, 6, 30)),
            (date(2024, 7, 1), date(2024, 7, 1), date(2024, 9, 30)),
            (date(2024, 12, 31), date(2024, 10, 1), date(2024, 12, 31)),
        ):
            self.assertEqual(Quarter.containing(day), (date_from, date_to))

    def test_quarters_before_and_a_year_before(self):
        quarter = Quarter.containing(date(2024, 2, 29))
        self.assertEqual(quarter.previous(), (date(2023, 10, 1), date(2023, 12, 31)))
        self.assertEqual(quarter.year_before(), (date(2023, 1, 1), date(2023, 3, 31)))
        self.assertEqual(quarter.name, '2024 Q1')

    def test_a_fourth_quarter_looks_at_its_own_year_and_the_others_at_the_year_before(self):
        for day, year in (
            (date(2024, 3, 31), 2023), (date(2024, 6, 30), 2023), (date(2024, 9, 30), 2023), (date(2024, 12, 31), 2024),
        ):
            self.assertEqual(Quarter.containing(day).annual_year, year)


@tagged('post_install', '-at_install')
class TestPurchaseMetrics(RatingCommon):

    # --- purchase_amount ----------------------------------------------

    def test_purchases_are_the_untaxed_invoices_of_the_quarter_both_ends_included(self):
        self.invoice(self.customer, '2024-03-31', 7000)
        self.invoice(self.customer, '2024-04-01', 1000, tax=self.tax_13)
        self.invoice(self.customer, '2024-06-30', 500.55)
        self.invoice(self.customer, '2024-07-01', 9000)
        # 1000 (without its 130 of tax) + 500.55
        self.assertMetrics({'purchase_amount': 1500.55})

    def test_refunds_reduce_purchases_on_their_own_date(self):
        invoice = self.invoice(self.customer, '2024-03-20', 1000)
        self.credit_note(invoice, '2024-05-05', 300)
        self.invoice(self.customer, '2024-06-10', 800)
        self.assertMetrics({'purchase_amount': 500.0})                                       # 800 − 300
        self.assertMetrics({'purchase_amount': 1000.0}, quarter=self.quarter.previous())     # the refund came later

    def test_a_quarter_of_refunds_only_is_a_negative_amount(self):
        self.invoice(self.customer, '2024-05-05', 300, kind='out_refund')
        self.assertMetrics({'purchase_amount': -300.0, 'purchase_balance': None})

    def test_receipts_are_purchases_too(self):
        self.invoice(self.customer, '2024-05-05', 120, kind='out_receipt')
        self.assertMetrics({'purchase_amount': 120.0})

    def test_vendor_bills_and_plain_entries_are_not_purchases(self):
        self.invoice(self.customer, '2024-05-05', 120, kind='in_invoice')
        self.opening_entry(self.customer, '2024-05-05', 700, '2024-05-31')
        self.assertMetrics({'purchase_amount': 0.0, 'annual_purchase': 0.0, 'cooperation_years': None})

    def test_draft_and_cancelled_invoices_do_not_count(self):
        self.invoice(self.customer, '2024-05-05', 120, post=False)
        self.invoice(self.customer, '2024-05-06', 130, post=False).button_cancel()
        self.assertMetrics({'purchase_amount': 0.0, 'cooperation_years': None})

    def test_the_invoice_date_counts_and_not_the_accounting_date(self):
        self.invoice(self.customer, '2024-06-28', 100, accounting_date='2024-07-02')
        self.invoice(self.customer, '2024-03-28', 40, accounting_date='2024-04-02')
        self.assertMetrics({'purchase_amount': 100.0})

    def test_a_child_contacts_invoice_counts_for_the_customer(self):
        contact = self.new_contact(self.customer)
        self.customer.tianyuan_cooperation_start_date = '2020-01-01'
        contact.tianyuan_cooperation_start_date = '2020-01-01'    # as synchronising contacts does
        self.invoice(contact, '2024-05-05', 120)
        self.invoice(self.customer, '2024-05-06', 80)
        self.assertMetrics({'purchase_amount': 200.0})
        everyone = compute_metrics(self.env, self.company, self.quarter)
        self.assertIn(self.customer.id, everyone)
        self.assertNotIn(contact.id, everyone)

    def test_customers_are_not_mixed_up(self):
        self.invoice(self.customer, '2024-05-05', 100)
        self.invoice(self.other_customer, '2024-05-05', 900)
        self.assertMetrics({'purchase_amount': 100.0})
        self.assertMetrics({'purchase_amount': 900.0}, self.other_customer)

    def test_a_second_company_is_kept_apart(self):
        other_company = self.setup_other_company("Second company")['company']
        self.invoice(self.customer, '2023-02-05', 60, company=other_company)
        self.invoice(self.customer, '2024-05-05', 100)
        self.invoice(self.customer, '2024-05-05', 900, company=other_company)
        self.assertMetrics({'purchase_amount': 100.0, 'annual_purchase': 0.0, 'cooperation_years': 0.0833})
        self.assertMetrics({'purchase_amount': 900.0, 'annual_purchase': 60.0, 'cooperation_years': 1.3333},
                           company=other_company)

    def test_foreign_invoices_count_in_company_currency_as_posted(self):
        usd = self.new_usd(('2020-01-01', 8.0), ('2024-05-10', 6.25))
        self.invoice(self.customer, '2024-05-05', 100, currency=usd)    # 800
        self.invoice(self.customer, '2024-05-15', 100, currency=usd)    # 625
        self.assertMetrics({'purchase_amount': 1425.0})

    def test_a_customer_asked_for_has_an_entry_even_without_any_data(self):
        self.assertEqual(self.metrics(), {
            'purchase_amount': 0.0, 'annual_purchase': 0.0,
            'purchase_balance': None, 'purchase_growth': None, 'cooperation_years': None,
            'on_time_rate': None, 'days_beyond_terms': None,
        })

    def test_asking_for_nobody_in_particular_gives_everyone_with_anything(self):
        self.invoice(self.customer, '2024-05-05', 100)
        everyone = compute_metrics(self.env, self.company, self.quarter)
        self.assertEqual(everyone[self.customer.id], self.metrics())
        self.assertNotIn(self.other_customer.id, everyone)

    def test_asking_for_no_customers_gives_none(self):
        self.invoice(self.customer, '2024-05-05', 100)
        self.assertEqual(compute_metrics(self.env, self.company, self.quarter, partner_ids=[]), {})

    # --- purchase_balance ---------------------------------------------

    def test_even_months_have_a_balance_of_zero(self):
        for day in ('2024-04-30', '2024-05-01', '2024-06-30'):
            self.invoice(self.customer, day, 100)
        self.assertMetrics({'purchase_balance': 0.0})

    def test_balance_is_the_spread_of_the_three_months_over_their_mean(self):
        for day, amount in (('2024-04-10', 60), ('2024-04-20', 40), ('2024-05-10', 200), ('2024-06-10', 300)):
            self.invoice(self.customer, day, amount)
        # 100, 200, 300: mean 200, variance (10000 + 0 + 10000) / 3 = 6666.67, deviation 81.6497; / 200
        self.assertMetrics({'purchase_balance': 0.4082})

    def test_a_month_without_purchases_counts_as_zero(self):
        for day in ('2024-04-10', '2024-06-10'):
            self.invoice(self.customer, day, 300)
        # 300, 0, 300: mean 200, variance (10000 + 40000 + 10000) / 3 = 20000, deviation 141.4214; / 200
        self.assertMetrics({'purchase_balance': 0.7071})

    def test_purchases_in_one_month_only_are_the_worst_positive_balance(self):
        self.invoice(self.customer, '2024-05-10', 300)
        # 0, 300, 0: mean 100, variance (10000 + 40000 + 10000) / 3 = 20000, deviation 141.4214; / 100
        self.assertMetrics({'purchase_balance': 1.4142})

    def test_a_negative_month_makes_the_balance_worse(self):
        self.invoice(self.customer, '2024-04-10', 300)
        self.invoice(self.customer, '2024-05-10', 100, kind='out_refund')
        self.invoice(self.customer, '2024-06-10', 100)
        # 300, −100, 100: mean 100, variance (40000 + 40000 + 0) / 3 = 26666.67, deviation 163.2993; / 100
        self.assertMetrics({'purchase_balance': 1.633})

    def test_balance_has_no_data_when_the_mean_is_zero(self):
        self.invoice(self.customer, '2024-04-10', 100)
        self.invoice(self.customer, '2024-05-10', 100, kind='out_refund')
        self.assertMetrics({'purchase_amount': 0.0, 'purchase_balance': None})

    def test_balance_has_no_data_when_the_mean_is_negative(self):
        self.invoice(self.customer, '2024-04-10', 100)
        self.invoice(self.customer, '2024-05-10', 100.01, kind='out_refund')
        self.assertMetrics({'purchase_amount': -0.01, 'purchase_balance': None})

    # --- purchase_growth ----------------------------------------------

    def test_growth_compares_with_the_same_quarter_a_year_before(self):
        self.invoice(self.customer, '2023-03-31', 9000)     # a day before that quarter
        self.invoice(self.customer, '2023-04-01', 500)
        self.invoice(self.customer, '2023-06-30', 300)
        self.invoice(self.customer, '2023-07-01', 9000)     # a day after it
        self.invoice(self.customer, '2024-02-01', 7000)     # the quarter before does not matter
        self.invoice(self.customer, '2024-05-05', 900)
        # 900 against 800
        self.assertMetrics({'purchase_growth': 12.5})

    def test_a_fall_is_a_negative_growth_rounded_half_up_to_four_decimals(self):
        self.invoice(self.customer, '2023-05-05', 300)
        self.invoice(self.customer, '2024-05-05', 200)
        # (200 − 300) / 300 = −33.33333…%
        self.assertMetrics({'purchase_growth': -33.3333})
        self.invoice(self.customer, '2024-05-06', 300)
        # (500 − 300) / 300 = 66.66666…%
        self.assertMetrics({'purchase_growth': 66.6667})

    def test_buying_nothing_any_more_is_a_fall_by_everything(self):
        self.invoice(self.customer, '2023-05-05', 300)
        self.assertMetrics({'purchase_growth': -100.0})

    def test_returning_more_than_was_bought_falls_below_minus_hundred(self):
        self.invoice(self.customer, '2023-05-05', 300)
        self.invoice(self.customer, '2024-05-05', 150, kind='out_refund')
        # (−150 − 300) / 300
        self.assertMetrics({'purchase_growth': -150.0})

    def test_growth_has_no_data_for_a_customer_new_this_year(self):
        self.invoice(self.customer, '2024-05-05', 900)
        self.assertMetrics({'purchase_growth': None})

    def test_growth_has_no_data_when_the_year_before_was_zero_or_negative(self):
        invoice = self.invoice(self.customer, '2023-05-05', 300)
        self.credit_note(invoice, '2023-05-06', 300)
        self.invoice(self.customer, '2024-05-05', 900)
        self.assertMetrics({'purchase_growth': None})
        self.invoice(self.customer, '2023-05-07', 10, kind='out_refund')
        self.assertMetrics({'purchase_growth': None})

    # --- annual_purchase ----------------------------------------------

    def test_a_fourth_quarter_rating_takes_the_year_just_ended(self):
        self.invoice(self.customer, '2023-12-31', 10)
        self.invoice(self.customer, '2024-01-01', 200)
        self.invoice(self.customer, '2024-12-31', 3000)
        self.invoice(self.customer, '2025-01-01', 40000)
        self.assertMetrics({'annual_purchase': 3200.0}, quarter=self.quarter_of('2024-12-31'))

    def test_a_rating_in_the_first_three_quarters_takes_the_previous_calendar_year(self):
        self.invoice(self.customer, '2022-12-31', 10)
        self.invoice(self.customer, '2023-01-01', 200)
        self.invoice(self.customer, '2023-12-31', 3000)
        self.invoice(self.customer, '2024-01-01', 40000)
        for day in ('2024-03-31', '2024-06-30', '2024-09-30'):
            self.assertMetrics({'annual_purchase': 3200.0}, quarter=self.quarter_of(day))

    def test_annual_purchases_lose_the_refunds_of_that_year(self):
        invoice = self.invoice(self.customer, '2023-11-01', 1000)
        self.credit_note(invoice, '2023-12-01', 100)
        self.credit_note(invoice, '2024-01-01', 100)
        self.assertMetrics({'annual_purchase': 900.0})

    # --- cooperation_years --------------------------------------------

    def test_cooperation_counts_whole_months_from_the_start_date(self):
        for start, years in (
            ('2021-06-30', 3.0),       # 36 months to the day
            ('2021-07-01', 2.9167),    # 35 whole months
            ('2024-01-15', 0.4167),    # 5 whole months
            ('2024-05-30', 0.0833),    # 1 month
            ('2024-05-31', 0.0833),    # from the end of a month to the end of the next
            ('2024-06-01', 0.0),
            ('2024-06-30', 0.0),
        ):
            self.customer.tianyuan_cooperation_start_date = start
            self.assertMetrics({'cooperation_years': years})

    def test_the_start_date_beats_the_first_invoice(self):
        self.invoice(self.customer, '2014-06-30', 10)
        self.customer.tianyuan_cooperation_start_date = '2019-06-30'
        self.assertMetrics({'cooperation_years': 5.0})

    def test_without_a_start_date_cooperation_begins_with_the_first_posted_invoice(self):
        self.invoice(self.customer, '2010-06-30', 10, post=False)
        self.invoice(self.other_customer, '2010-06-30', 10)
        self.invoice(self.customer, '2019-06-30', 10)
        self.invoice(self.customer, '2022-06-30', 10)
        self.assertMetrics({'cooperation_years': 5.0})

    def test_an_invoice_after_the_quarter_does_not_begin_a_cooperation(self):
        self.invoice(self.customer, '2024-07-01', 10)
        self.assertMetrics({'cooperation_years': None})

    # --- as of E ------------------------------------------------------

    def test_what_happens_after_the_quarter_changes_no_purchase_metric(self):
        self.invoice(self.customer, '2023-05-05', 800)
        invoice = self.invoice(self.customer, '2024-05-05', 900)
        before = self.metrics()
        self.credit_note(invoice, '2024-07-01', 100)
        self.invoice(self.customer, '2024-07-01', 5000)
        self.invoice(self.customer, '2025-05-01', 5000)
        self.assertEqual(self.metrics(), before)


@tagged('post_install', '-at_install')
class TestOrderedPurchases(RatingCommon):
    """`volume_basis = ordered`: confirmed sale orders instead of invoices."""

    def assertOrdered(self, expected, **options):
        self.assertMetrics(expected, volume_basis='ordered', **options)

    def test_confirmed_orders_count_untaxed_and_invoices_do_not(self):
        self.order(self.customer, '2024-05-05 08:00:00', 1000, tax=self.tax_13)
        self.order(self.customer, '2024-05-06 08:00:00', 50, confirm=False)
        self.invoice(self.customer, '2024-05-05', 70)
        self.assertOrdered({'purchase_amount': 1000.0})
        self.assertMetrics({'purchase_amount': 70.0})

    def test_cancelled_orders_do_not_count(self):
        self.order(self.customer, '2024-05-05 08:00:00', 1000)._action_cancel()
        self.assertOrdered({'purchase_amount': 0.0})

    def test_locked_orders_count(self):
        self.order(self.customer, '2024-05-05 08:00:00', 1000).action_lock()
        self.assertOrdered({'purchase_amount': 1000.0})

    def test_orders_are_dated_in_the_companys_time_zone(self):
        self.company.partner_id.tz = 'Asia/Shanghai'
        self.order(self.customer, '2024-03-31 15:59:59', 1)       # 31 March 23:59:59
        self.order(self.customer, '2024-03-31 16:00:00', 20)      # 1 April 00:00:00
        self.order(self.customer, '2024-06-30 15:59:59', 300)     # 30 June 23:59:59
        self.order(self.customer, '2024-06-30 17:00:00', 4000)    # 1 July 01:00:00
        self.assertOrdered({'purchase_amount': 320.0})
        self.assertOrdered({'purchase_amount': 4000.0}, quarter=self.quarter_of('2024-09-30'))

    def test_the_reader_s_own_time_zone_changes_nothing(self):
        self.company.partner_id.tz = 'Asia/Shanghai'
        self.order(self.customer, '2024-06-30 17:00:00', 4000)
        for time_zone in ('America/New_York', 'UTC', 'Pacific/Auckland'):
            computed = compute_metrics(
                self.env(context=dict(self.env.context, tz=time_zone)), self.company, self.quarter,
                partner_ids=self.customer.ids, volume_basis='ordered')
            self.assertEqual(computed[self.customer.id]['purchase_amount'], 0.0)

    def test_months_of_the_balance_follow_the_companys_time_zone_too(self):
        self.company.partner_id.tz = 'Asia/Shanghai'
        self.order(self.customer, '2024-04-10 08:00:00', 100)
        self.order(self.customer, '2024-04-30 16:30:00', 100)    # 1 May
        self.order(self.customer, '2024-05-31 16:30:00', 100)    # 1 June
        self.assertOrdered({'purchase_balance': 0.0})

    def test_foreign_orders_are_converted_with_their_own_rate(self):
        usd = self.new_usd(('2020-01-01', 8.0))
        order = self.order(self.customer, '2024-05-05 08:00:00', 100, currency=usd)
        self.assertAlmostEqual(order.currency_rate, 0.125)
        # 100 dollars at 8
        self.assertOrdered({'purchase_amount': 800.0})

    def test_a_later_rate_does_not_change_a_foreign_order(self):
        usd = self.new_usd(('2020-01-01', 8.0))
        self.order(self.customer, '2024-05-05 08:00:00', 100, currency=usd)
        self.env.flush_all()
        usd.rate_ids = [Command.create({'name': '2024-06-01', 'rate': 0.5, 'company_id': self.company.id})]
        self.assertOrdered({'purchase_amount': 800.0})

    def test_growth_and_annual_purchases_come_from_orders_too(self):
        self.order(self.customer, '2023-05-05 08:00:00', 800)
        self.order(self.customer, '2024-05-05 08:00:00', 1000)
        self.assertOrdered({'purchase_growth': 25.0, 'annual_purchase': 800.0})

    def test_a_contacts_order_counts_for_the_customer(self):
        self.order(self.new_contact(self.customer), '2024-05-05 08:00:00', 100)
        self.assertOrdered({'purchase_amount': 100.0})

    def test_payments_are_judged_by_invoices_whatever_the_basis(self):
        invoice = self.invoice(self.customer, '2024-04-05', 100, due='2024-05-05')
        self.pay(invoice, '2024-05-05', 100)
        self.assertOrdered({'purchase_amount': 0.0, 'on_time_rate': 100.0, 'days_beyond_terms': 0.0})

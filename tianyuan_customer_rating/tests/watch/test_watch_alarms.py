"""What gave false alarms, and what nobody was warned of: bookkeeping and ordering as they happen. All by hand."""
from datetime import date

from freezegun import freeze_time

from odoo.tools import SQL

from ..earlier.common import EarlierCommon
from ..rating.bookkeeping import BookkeepingCommon
from .common import WatchCommon

MILLION = 1_000_000


class TestWatchAlarms(WatchCommon, BookkeepingCommon):

    def open_source(self, day, reason):
        """What is behind a warning, for a manager."""
        with freeze_time(day):
            action = self.items(reason=reason).with_user(self.rating_manager).action_open_source()
            return self.env[action['res_model']].search(action['domain'])

    def bill(self, invoice_day, due, bill_day, matures=None, amount=1000):
        """An invoice paid with a bill: the entry of the bill."""
        self.company.tianyuan_bill_account_ids = self.bills
        invoice = self.invoice(self.customer, invoice_day, amount, due=due)
        bill = self.book(
            bill_day, (self.bills, self.customer, amount, *filter(None, [matures])),
            (self.receivable_account, self.customer, -amount))
        self.match(invoice, bill)
        return bill

    def send_back(self, bill, day, is_matched=True, amount=1000):
        """The bank sends a bill back: the customer owes the amount again."""
        entry = self.book(
            day, (self.receivable_account, self.customer, amount), (self.bills, self.customer, -amount))
        if is_matched:
            self.match(bill, entry, account=self.bills)
        return entry

    # -- courses -------------------------------------------------------------------------------------

    def test_who_was_never_rated_has_no_course_as_long_as_something_would_have_to_be_assessed(self):
        self.buy(self.customer, '2024-04-05', 5 * MILLION)
        self.look('2024-05-20')
        self.assertFalse(self.course())
        self.assertEqual(self.on_list(), {})

    def test_an_indicator_that_the_last_sheet_did_not_have_gets_its_share_of_the_last_score(self):
        """With 100 points of 100, the 15 points for loyalty are expected in full."""
        sheet = self.confirmed_sheet(day='2024-03-31')
        loyalty = self.line(sheet, 'loyalty')
        self.env.flush_all()
        self.env.cr.execute(SQL("DELETE FROM tianyuan_rating_line WHERE id = %s", loyalty.id))
        self.env.invalidate_all()
        for day in ('2023-04-01', '2023-05-01'):
            self.buy(self.customer, day, 4 * MILLION)
        for day in ('2024-04-01', '2024-05-01'):
            self.buy(self.customer, day, 5 * MILLION)
        self.look('2024-05-20')
        self.assertEqual((self.course().score, self.on_list()), (100, {}))

    # -- purchases -----------------------------------------------------------------------------------

    def test_who_orders_on_other_days_of_the_month_has_not_bought_less(self):
        looks = ('2024-04-30', '2024-05-09', '2024-05-31', '2024-06-09', '2024-06-30')
        for customer, last_year, this_year in (
            (self.customer, '01', '10'), (self.other_customer, '10', '01'),
        ):
            for month in ('04', '05', '06'):
                self.buy(customer, f'2023-{month}-{last_year}', MILLION)
                self.buy(customer, f'2024-{month}-{this_year}', MILLION)
        for day in looks:
            self.look(day)
            for customer in (self.customer, self.other_customer):
                with self.subTest(day=day, customer=customer.name):
                    self.assertNotIn('purchases_down', self.on_list(customer))

    def test_who_buys_half_is_found_on_whatever_days(self):
        """From 1 May on April's half million instead of a million is known: 50 % less. From the 1st to 9 May it is a
        half instead of two millions, of which the months that are over are the smaller fall."""
        for month in ('04', '05'):
            self.buy(self.customer, f'2023-{month}-01', MILLION)
            self.buy(self.customer, f'2024-{month}-10', MILLION / 2)
        self.look('2024-05-09')
        self.assertEqual(self.on_list()['purchases_down'], ('open', 50))

    def test_purchases_of_the_first_month_say_nothing_before_it_is_over(self):
        self.company.tianyuan_watch_from_day = 5
        self.buy(self.customer, '2023-04-01', MILLION)
        self.look('2024-04-29')
        self.assertEqual(self.on_list(), {})
        self.buy(self.customer, '2024-01-05', 10)
        self.look('2024-04-30')
        self.assertEqual(self.on_list(), {'purchases_down': ('open', 100)})

    def test_orders_are_opened_where_orders_count(self):
        scheme = self.env['tianyuan.rating.scheme'].sudo()._applicable(self.company, date(2024, 5, 1))['distributor']
        scheme.volume_basis = 'ordered'
        ordered = self.order(self.customer, '2023-04-10 04:00:00', 5000)
        self.order(self.customer, '2023-06-10 04:00:00', 700)
        self.buy(self.customer, '2024-01-05', 10)
        self.look('2024-05-10')
        self.assertEqual(self.on_list(), {'purchases_down': ('open', 100)})
        self.assertEqual(self.open_source('2024-05-10', 'purchases_down'), ordered)

    # -- what is late --------------------------------------------------------------------------------

    def test_small_change_is_not_late(self):
        """50 are open since 10 March. Of 1,000 due on 1 May, more than 100 are due since then: 31 days on 1 June."""
        old = self.invoice(self.customer, '2024-03-01', 1000, due='2024-03-10')
        self.pay(old, '2024-03-10', 950)
        self.look('2024-04-30')
        self.assertEqual(self.on_list(), {})
        self.invoice(self.customer, '2024-04-15', 1000, due='2024-05-01')
        self.look('2024-05-31')
        self.assertEqual(self.on_list(), {'overdue': ('open', 1050)})
        self.look('2024-06-01')
        self.assertEqual(self.on_list(), {'overdue': ('open', 1050), 'days_late': ('open', 31)})
        self.assertEqual(self.items(reason='days_late').due_on, date(2024, 5, 1))

    def test_who_owes_from_long_ago_is_watched_without_new_invoices(self):
        """From 10 April 2023 to 20 May 2024 are 366 + 40 days."""
        self.invoice(self.customer, '2023-03-10', 500_000, due='2023-04-10')
        self.look('2024-05-20')
        self.assertEqual(self.on_list(), {'overdue': ('open', 500_000), 'days_late': ('open', 406)})

    def test_the_list_shows_what_the_number_counts(self):
        """A claim without due date is due on its day. What was due 3 days ago is open, but not counted as overdue."""
        self.company.tianyuan_claim_journal_ids = self.openings
        claim = self.book(
            '2024-04-01', (self.receivable_account, self.customer, 1000), (self.revenue, None, -1000),
            journal=self.openings)
        fresh = self.invoice(self.customer, '2024-04-10', 200, due='2024-05-17')
        self.invoice(self.customer, '2024-04-10', 400, due='2024-06-30')
        self.look('2024-05-20')
        self.assertEqual(self.on_list(), {'overdue': ('open', 1000), 'days_late': ('open', 49)})
        self.assertEqual(self.open_source('2024-05-20', 'overdue'), claim)
        self.assertEqual(self.open_source('2024-05-20', 'days_late'), claim + fresh)

    def test_money_that_nobody_has_matched_is_part_of_the_credit_used(self):
        self.company.account_use_credit_limit = True
        self.customer.credit_limit = 1000
        invoice = self.invoice(self.customer, '2024-04-10', 1500, due='2024-07-10')
        money = self.receive(self.customer, '2024-04-15', 500)
        self.look('2024-04-20')
        self.assertEqual(self.on_list(), {'credit_used': ('open', 100)})
        opened = self.open_source('2024-04-20', 'credit_used')
        self.assertEqual((len(opened), invoice in opened, sum(opened.mapped('amount_total'))), (2, True, 2000))
        self.assertTrue(money)

    # -- bills ---------------------------------------------------------------------------------------

    def test_a_bill_that_came_back_on_the_last_day_of_the_quarter(self):
        """Known in the night after; no news any more once the quarter has been rated."""
        self.confirmed_sheet(day='2024-03-31')
        bill = self.bill('2024-05-10', '2024-09-10', '2024-06-05')
        self.send_back(bill, '2024-06-30')
        self.look('2024-07-01')
        self.assertEqual(self.on_list(), {'bill_dishonoured': ('open', 1000)})
        self.confirmed_sheet()
        self.look('2024-07-20')
        self.assertEqual(self.on_list(), {})

    def test_a_bill_that_came_back_is_listed_until_it_is_paid(self):
        bill = self.bill('2024-02-10', '2024-03-10', '2024-03-05')
        returned = self.send_back(bill, '2024-04-02')
        self.look('2024-04-04')
        self.assertEqual(self.on_list()['bill_dishonoured'], ('open', 1000))
        self.receive(self.customer, '2024-04-05', 400)      # nobody has matched it
        self.look('2024-04-05')
        self.assertEqual(self.on_list()['bill_dishonoured'], ('open', 600))
        self.assertEqual(self.open_source('2024-04-05', 'bill_dishonoured'), returned)
        money = self.book('2024-04-06', (self.bank, None, 600), (self.receivable_account, self.customer, -600))
        self.match(returned, money)
        self.look('2024-04-06')
        self.assertEqual(self.on_list(), {})

    def test_a_bill_that_came_back_is_seen_before_anybody_matches_it(self):
        bill = self.bill('2024-02-10', '2024-03-10', '2024-03-05')
        returned = self.send_back(bill, '2024-04-02', is_matched=False)
        self.look('2024-04-20')
        self.assertEqual(self.on_list(), {'bill_dishonoured': ('open', 1000)})
        self.assertEqual(self.open_source('2024-04-20', 'bill_dishonoured'), returned)

    def test_a_bill_that_nobody_has_cashed_by_its_due_date_is_owed(self):
        """The invoice was due on 10 January: 42 days before 21 February, the day after the bill's due date."""
        self.company.tianyuan_bill_payment = 'cashed'
        self.bill('2024-01-10', '2024-01-10', '2024-01-20', matures='2024-02-20')
        self.look('2024-02-20')
        self.assertEqual(self.on_list(), {})
        self.look('2024-02-21')
        self.assertEqual(self.on_list(), {'overdue': ('open', 1000), 'days_late': ('open', 42)})

    # -- bad debt ------------------------------------------------------------------------------------

    def test_bad_debt_that_was_booked_after_the_rating_is_new(self):
        """The rating knew of 300. 200 more are booked afterwards, on the quarter's last day; of the 500, 400 are still
        lost when 100 come back."""
        self.lose(self.invoice(self.customer, '2024-01-10', 300), '2024-03-20', 300)
        self.confirmed_sheet(day='2024-03-31')
        self.look('2024-04-10')
        self.assertEqual(self.on_list(), {})
        self.lose(self.invoice(self.customer, '2024-01-12', 200), '2024-03-31', 200)
        self.look('2024-04-11')
        self.assertEqual(self.on_list(), {'bad_debt': ('open', 200)})
        self.assertEqual(self.items().due_on, date(2024, 3, 31))
        self.recover('2024-04-12', 100, self.customer)
        self.look('2024-04-12')
        self.assertEqual(self.on_list(), {'bad_debt': ('open', 100)})


class TestWatchImported(WatchCommon, EarlierCommon):

    def test_an_imported_total_is_shared_among_what_nobody_has_assessed(self):
        """95 points without lines. Expected are cooperation 10, willingness and loyalty 95 % of 10 and 15, purchases of
        10 million × 91 / 50 15, growth by 25 % 5, balance (not before June) 95 % of 10, payments 20 and 10, debt ratio
        95 % of 5: 10 + 9.5 + 14.25 + 15 + 5 + 9.5 + 20 + 10 + 4.75 = 98."""
        with freeze_time('2024-04-05'):
            self.imported(self.row("2024 Q1", "AAA", 95, number="FX-0001"))
        for day in ('2023-04-01', '2023-05-01'):
            self.buy(self.customer, day, 4 * MILLION)
        for day in ('2024-04-01', '2024-05-01'):
            self.buy(self.customer, day, 5 * MILLION)
        self.look('2024-05-20')
        self.assertEqual((self.course().score, self.course().direction, self.on_list()), (98, 'same', {}))

"""A year of a customer played through: warnings raised, worsened, acknowledged, come back, cleared. All by hand."""
from datetime import date

from freezegun import freeze_time

from odoo.tools import format_amount

from .common import WatchCommon

MILLION = 1_000_000


class TestWatchYear(WatchCommon):
    """The customer was AAA with 94 points in the first quarter of 2024 (full marks but 9 of 15 for purchases), and buys
    goods for a million on the first of each month, payable on the 15th; the year before on the 10th of each month."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.confirmed_sheet(day='2024-03-31', purchase_volume=9)
        for month in range(4, 13):
            cls.buy(cls.customer, f'2023-{month:02}-10', MILLION)

    def order(self, month):
        return self.invoice(self.customer, f'2024-{month:02}-01', MILLION, due=f'2024-{month:02}-15')

    def acknowledge(self, item, today, until, note="Pays at the end of the month"):
        with freeze_time(today):
            item.with_user(self.sales_user).action_acknowledge(until, note)

    def test_a_year(self):    # noqa: PLR0915 one story
        april = self.order(4)
        # The first week: nothing is due, and the quarter has hardly begun. Purchases at the pace of two days are
        # 1 million × 91 / 2, and nothing says anything against full marks.
        self.look('2024-04-02')
        self.assertEqual(self.on_list(), {})
        self.assertEqual((self.course().score, self.course().direction), (100, 'same'))

        # Three days past due are no warning, four are.
        self.look('2024-04-18')
        self.assertEqual(self.on_list(), {})
        self.look('2024-04-19')
        self.assertEqual(self.on_list(), {'overdue': ('open', MILLION)})
        overdue = self.items(reason='overdue')
        self.assertEqual((overdue.found_on, overdue.due_on), (date(2024, 4, 19), date(2024, 4, 15)))
        self.assertEqual((overdue.user_id, self.asked(overdue)), (self.sales_user, self.sales_user))
        self.assertEqual(overdue.description, f"{format_amount(self.env, MILLION, self.cny)} overdue since 04/15/2024")

        # Day 29 of the quarter says nothing about tiers, day 30 does. On 30 April: cooperation 10, willingness 10,
        # loyalty 15, purchases at 1 million × 91 / 30 = 3.03 million → 6, growth 0 % → 3, balance as it was 10,
        # nothing of what was due paid in time → 0, 15 days beyond terms → 5, debt ratio 5: 64 points, B.
        self.look('2024-04-29')
        self.assertNotIn('tier_down', self.on_list())
        self.assertEqual(self.course().direction, 'down')
        self.look('2024-04-30')
        # AAA is above 89: 89.01 − 64 = 25.01 points short. The next tier is A, above 69: 5.01 points.
        self.assertEqual(self.on_list(), {'overdue': ('open', MILLION), 'tier_down': ('open', 25.01)})
        course = self.course()
        self.assertEqual(
            (course.score, course.tier_id.name, course.confirmed_tier_id.name, course.direction,
             course.next_tier_id.name, course.points_short),
            (64, 'B', 'AAA', 'down', 'A', 5.01))
        tier = self.items(reason='tier_down')
        self.assertEqual(tier.description, "On course for B instead of AAA: 25.01 points short")

        # 30 days after 15 April is 15 May: not late enough. 31 are.
        self.order(5)
        self.look('2024-05-15')
        self.assertNotIn('days_late', self.on_list())
        self.look('2024-05-16')
        self.assertEqual(self.on_list()['days_late'], ('open', 31))

        # On 19 May the invoice of May is overdue as well: twice as much, so the owner is asked again.
        first = overdue.activity_ids
        self.look('2024-05-18')
        self.assertEqual((overdue.value, overdue.worsened_on, overdue.activity_ids), (MILLION, False, first))
        self.look('2024-05-19')
        self.assertEqual((overdue.value, overdue.worsened_on), (2 * MILLION, date(2024, 5, 19)))
        self.assertEqual(len(overdue.activity_ids), 1)
        self.assertNotEqual(overdue.activity_ids, first)

        # Acknowledged until 31 May: nobody is asked, and on 1 June the warning is back by itself.
        self.acknowledge(overdue, '2024-05-20', '2024-05-31')
        self.assertEqual((overdue.state, overdue.acknowledged_by_id), ('acknowledged', self.sales_user))
        self.assertFalse(overdue.activity_ids)
        self.look('2024-05-31')
        self.assertEqual(overdue.state, 'acknowledged')
        self.order(6)
        self.look('2024-06-01')
        self.assertEqual((overdue.state, self.asked(overdue)), ('open', self.sales_user))

        # Acknowledged again; on 19 June the invoice of June is overdue: 3 million, half as much again as 2 million.
        self.acknowledge(overdue, '2024-06-02', '2024-06-30')
        self.look('2024-06-18')
        self.assertEqual((overdue.state, overdue.value), ('acknowledged', 2 * MILLION))
        self.look('2024-06-19')
        self.assertEqual((overdue.state, overdue.value, self.asked(overdue)), ('open', 3 * MILLION, self.sales_user))

        # On 22 June two invoices are paid: better, which nobody is told; the rest is what was due on 15 June.
        invoices = april + self.env['account.move'].search([
            ('partner_id', '=', self.customer.id), ('invoice_date', 'in', ('2024-05-01', '2024-06-01')),
        ], order='invoice_date')
        asked = overdue.activity_ids
        for invoice in invoices[:2]:
            self.pay(invoice, '2024-06-22', MILLION)
        self.look('2024-06-22')
        self.assertEqual((overdue.value, overdue.due_on), (MILLION, date(2024, 6, 15)))
        self.assertEqual((overdue.worsened_on, overdue.activity_ids), (date(2024, 6, 19), asked))
        self.assertNotIn('days_late', self.on_list())     # the oldest open item is 7 days late

        # On 25 June everything is paid. The quarter's course stays down: 71, 41 (15 May to 25 June would be; it was
        # paid on 22 June: 38 and 68) and 10 days late: (68 + 38 + 10) / 3 = 38.67 → 0. So 10 + 10 + 15 + 6 (3 million
        # × 91 / 86 = 3.17 million) + 3 (growth 0 %) + 10 (a million each month) + 0 + 0 + 5 = 59: exactly C's upper
        # bound. 89.01 − 59 = 30.01 points short of AAA.
        self.pay(invoices[2], '2024-06-25', MILLION)
        self.look('2024-06-25')
        self.assertEqual(self.on_list(), {'tier_down': ('open', 30.01)})
        self.assertEqual((overdue.state, overdue.cleared_on), ('cleared', date(2024, 6, 25)))
        self.assertFalse(overdue.activity_ids)
        self.assertEqual((self.course().tier_id.name, self.course().score), ('C', 59))
        # So it had been since 18 June, with 64, 34 and 3 days late; on 1 June purchases were at 4.4 million → 9 and
        # growth at 50 % → 5, which made it 64 points.
        self.assertEqual(tier.worsened_on, date(2024, 6, 18))

        # A new quarter begins calmly: nothing is said about it before day 30. What was lost in the last one stays on the
        # list until its rating is confirmed, as it was on course for: 59 points, C.
        self.order(7)
        self.look('2024-07-01')
        self.assertEqual(self.on_list(), {'tier_down': ('open', 30.01)})
        self.assertEqual(self.course().date_from, date(2024, 7, 1))
        self.confirmed_sheet(purchase_volume=6, purchase_growth=3, credit_performance=0, days_beyond_terms=0)
        self.look('2024-07-02')
        self.assertEqual(self.on_list(), {})
        self.assertEqual((tier.state, tier.cleared_on), ('cleared', date(2024, 7, 2)))

        # From then on the customer pays in time. On
        # 20 September: 10 + 10 + 15 + 6 (3 million × 92 / 82 = 3.37 million) + 3 + 10 + 20 + 10 + 5 = 89: AA, for
        # AAA begins above 89. That is 30 points more.
        july = self.env['account.move'].search([
            ('partner_id', '=', self.customer.id), ('invoice_date', '=', '2024-07-01')])
        self.pay(july, '2024-07-15', MILLION)
        for month in (8, 9):
            self.pay(self.order(month), f'2024-{month:02}-15', MILLION)
        self.look('2024-09-20')
        self.assertEqual(self.on_list(), {'tier_up': ('open', 30)})
        good = self.items(reason='tier_up')
        self.assertTrue(good.is_good)
        self.assertEqual(good.description, "On course for AA instead of C")
        self.assertEqual((self.course().next_tier_id.name, self.course().points_short), ('AAA', 0.01))

        # What comes back is a new warning; the old one stays as it was.
        self.order(10)
        self.look('2024-10-19')
        again = self.items(reason='overdue')
        self.assertEqual(again.mapped('state'), ['cleared', 'open'])
        self.assertEqual(again.mapped('found_on'), [date(2024, 4, 19), date(2024, 10, 19)])

    def test_a_punctual_customer_is_never_on_the_list(self):
        """Neither before nor after an order or a payment: invoices of the 10th are due on the 15th of the next month, and
        paid on that day."""
        for day, due in (('2024-04-10', '2024-05-15'), ('2024-05-10', '2024-06-15'), ('2024-06-10', '2024-07-15')):
            invoice = self.invoice(self.customer, day, 1_400_000, due=due)
            if due < '2024-07-01':
                self.pay(invoice, due, 1_400_000)
        for day in (
            '04-01', '04-09', '04-10', '04-30', '05-01', '05-09', '05-10', '05-14', '05-15', '05-16', '05-31', '06-01',
            '06-09', '06-10', '06-15', '06-16', '06-30',
        ):
            self.look(f'2024-{day}')
        self.assertEqual([(str(item.found_on), item.description) for item in self.items()], [])

    def test_a_payment_that_nobody_has_matched_is_a_payment(self):
        self.order(4)
        self.receive(self.customer, '2024-04-15', MILLION)
        self.look('2024-04-29')
        self.assertEqual(self.on_list(), {})

    def test_it_is_one_too_where_the_scheme_ignores_it(self):
        """What is paid in time suffers, but nothing is overdue: the customer who can't be rated yet has such a scheme."""
        schemes = self.env['tianyuan.rating.scheme'].sudo()._applicable(self.company, date(2024, 5, 1))
        schemes['direct'].apply_unmatched_credits = False
        self.other_customer.tianyuan_channel = 'direct'
        for customer in (self.other_customer, self.new_customer("Late", 'direct')):
            self.invoice(customer, '2024-04-01', 1000, due='2024-04-15')
        self.receive(self.other_customer, '2024-04-15', 1000)
        self.look('2024-04-29')
        self.assertEqual((self.on_list(self.other_customer), self.on_list(customer)), ({}, {'overdue': ('open', 1000)}))

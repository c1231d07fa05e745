"""Expected score, tier and missing points, each number by hand."""
from datetime import date

from odoo.tests import BaseCase, tagged

from ...engine.course import (
    course, day_of_quarter, expected_balance, expected_purchases, growth_of_months, points_short, unknown_points,
)
from ...engine.periods import Quarter
from ...engine.scoring import Standing, Threshold

# The distributor's tiers: above 89, 79, 69, 59, and from 50.
TIERS = [
    Threshold('AAA', 89, sequence=1), Threshold('AA', 79, sequence=2), Threshold('A', 69, sequence=3),
    Threshold('B', 59, sequence=4), Threshold('C', 50, min_inclusive=True, sequence=5),
]
# The direct customer's best tiers: above 84 with full marks for payment, and above 74.
STRICT = [Threshold('AAA', 84, full_marks=('payment',), sequence=1), Threshold('AA', 74, sequence=2)]


def until(day):
    return Quarter.until(date.fromisoformat(day))


@tagged('post_install', '-at_install')
class TestCourse(BaseCase):

    def test_purchases_go_on_at_the_pace_so_far_or_as_in_the_months_that_are_over(self):
        for day, months, expected in [
            ('2024-04-01', (1_000, 0, 0), 91_000),         # 1 of 91 days
            ('2024-05-20', (0, 1_000, 0), 1_820),          # 50 of 91 days: 1,000 × 91 / 50; April × 3 is nothing
            ('2024-06-30', (500, 300, 200), 1_000),        # the whole quarter: nothing is to be expected any more
            ('2024-02-14', (100, 200, 0), 606.6667),       # 45 of 91 days of a leap year: 300 × 91 / 45
            ('2023-02-14', (100, 200, 0), 600),            # 45 of 90 days
            ('2024-04-29', (100, 0, 0), 313.7931),         # April isn't over: 100 × 91 / 29
            ('2024-05-31', (100, 20, 0), 180),             # it is, and May as well: 60 × 3; the pace is 120 × 91 / 61 = 179
            # Who orders 100 on the 10th of each month is on the way to 300, also the day before an order, when the
            # pace is 100 × 91 / 39 = 233.3 and 200 × 91 / 70 = 260.
            ('2024-05-09', (100, 0, 0), 300), ('2024-06-09', (100, 100, 0), 300),
            ('2024-05-10', (100, 100, 0), 455),            # 200 × 91 / 40
            ('2024-05-20', (0, 0, 0), 0),
            ('2024-05-20', (-50, 0, 0), -91),              # more credit notes than invoices: 50 × 91 / 50 is less than 150
        ]:
            with self.subTest(day=day, months=months):
                self.assertEqual(expected_purchases(months, until(day)), expected)

    def test_the_first_day_is_day_one(self):
        self.assertEqual([day_of_quarter(until(day)) for day in ('2024-04-01', '2024-04-30', '2024-06-30')], [1, 30, 91])

    def test_growth_of_the_months_that_are_over(self):
        for day, months, before, expected in [
            ('2024-04-29', (100, 0, 0), 0, None),          # no month is over
            ('2024-05-09', (100, 0, 0), 100, 0),
            ('2024-05-20', (50, 70, 0), 100, -50),         # May isn't over
            ('2024-05-31', (50, 70, 0), 160, -25),
            ('2024-06-30', (100, 100, 100), 200, 50),
            ('2024-05-20', (50, 0, 0), 0, None),           # nothing was bought in April of last year
        ]:
            with self.subTest(day=day, months=months):
                self.assertEqual(growth_of_months(months, before, until(day)), expected)

    def test_what_nobody_has_assessed_gets_its_share_of_the_last_score(self):
        """90 of 100 points: 9 of 10. Who was AAA had full marks for payment, which AAA demands; who was AA needn't."""
        self.assertEqual(unknown_points(Standing(90, (1, 'AAA')), STRICT)('willingness', 10), 9)
        self.assertEqual(unknown_points(Standing(90, (1, 'AAA')), STRICT)('payment', 20), 20)
        self.assertEqual(unknown_points(Standing(80, (2, 'AA')), STRICT)('payment', 20), 16)
        self.assertEqual(unknown_points(Standing(45), STRICT)('payment', 20), 9)

    def test_the_balance_says_nothing_before_the_third_month(self):
        self.assertIsNone(expected_balance([100, 0, 0], until('2024-05-31')))

    def test_what_is_to_come_of_the_third_month_fills_it_up_to_the_average_of_the_two_before(self):
        for day, months, expected in [
            ('2024-06-01', [100, 100, 0], 0.0),
            ('2024-06-29', [100, 100, 50], 0.0),
            # average 75: mean 75, deviations 25, 25 and 0: √(1250 / 3) = 20.4124; ÷ 75 = 0.2722
            ('2024-06-10', [100, 50, 0], 0.2722),
            # more than the average is counted as it is: mean 133.3333, deviations 33.3333 twice and 66.6667:
            # √(6666.67 / 3) = 47.1405; ÷ 133.3333 = 0.3536
            ('2024-06-10', [100, 100, 200], 0.3536),
            # nothing to come: mean 66.6667, deviations 33.3333 twice and 66.6667: 47.1405 ÷ 66.6667 = 0.7071
            ('2024-06-30', [100, 100, 0], 0.7071),
            ('2024-06-30', [0, 0, 0], None),             # no purchases, no balance
            ('2024-06-30', [-100, 0, 50], None),
        ]:
            with self.subTest(day=day, months=months):
                self.assertEqual(expected_balance(months, until(day)), expected)

    def test_points_that_are_missing_for_a_tier(self):
        best, *_rest, lowest = TIERS
        payment = {'payment': (17, 20), 'other': (66, 80)}
        for threshold, score, marks, expected in [
            (best, 86, {}, 3.01),               # the bound itself belongs to the tier below
            (best, 89, {}, 0.01),
            (best, 89.01, {}, 0),
            (lowest, 47.5, {}, 2.5),            # the lowest tier includes its bound
            (lowest, 50, {}, 0),
            (STRICT[0], 83, payment, 3),        # 3 to full marks are more than the 1.01 to the bound
            (STRICT[0], 70, payment, 14.01),    # those 3 are part of what is missing
            (STRICT[0], 97, {'payment': (20, 20)}, 0),
        ]:
            with self.subTest(threshold=threshold.tier, score=score):
                self.assertEqual(points_short(threshold, score, marks), expected)

    def test_the_course(self):
        def of(score, previous, bad_debt=False, tiers=TIERS):
            return course(tiers, {'all': (score, 100)}, bad_debt, previous)[:7]

        top, none = Standing(92, (1, 'AAA')), Standing(40)
        for name, result, expected in [
            ("unchanged, and nothing above", of(90, top), (90, 'AAA', 'AAA', 'same', None, 0, 0)),
            ("3.01 short of what it was", of(86, top), (86, 'AA', 'AAA', 'down', 'AAA', 3.01, 3.01)),
            ("two tiers down: 10.01 to A, 30.01 to AAA", of(59, top), (59, 'C', 'AAA', 'down', 'B', 0.01, 30.01)),
            ("no tier: 10 to C, 49.01 to AAA", of(40, top), (40, None, 'AAA', 'down', 'C', 10, 49.01)),
            ("bad debt: no points help", of(95, top, bad_debt=True), (95, None, 'AAA', 'down', None, 0, 0)),
            ("up", of(80, Standing(75, (3, 'A'))), (80, 'AA', 'A', 'up', 'AAA', 9.01, 0)),
            ("up from no tier", of(55, none), (55, 'C', None, 'up', 'B', 4.01, 0)),
            ("no tier stays no tier", of(45, none), (45, None, None, 'same', 'C', 5, 0)),
            ("never rated", of(55, None), (55, 'C', None, 'new', 'B', 4.01, 0)),
            ("the scheme has lost the tier", of(70, Standing(92, (0, 'S'))), (70, 'A', 'S', 'down', 'AA', 9.01, 0)),
        ]:
            with self.subTest(name):
                self.assertEqual(result, expected)

    def test_full_marks_decide_about_the_best_tier(self):
        marks = {'payment': (17, 20), 'other': (69, 80)}
        result = course(STRICT, marks, previous=Standing(90, (1, 'AAA')))
        self.assertEqual(result, (86, 'AA', 'AAA', 'down', 'AAA', 3, 3, -4))

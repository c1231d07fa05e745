"""Each reason just below and just above its limit; when a number is clearly worse."""
from datetime import date

from odoo.tests import BaseCase, tagged

from ...engine.course import Course
from ...engine.periods import Quarter
from ...engine.watch_rules import Limits, Reading, findings, is_clearly_worse

TODAY = date(2024, 5, 20)    # day 50 of the quarter
DOWN = Course(86, 'AA', 'AAA', 'down', 'AAA', 3.01, 3.01, -6)
UP = Course(92, 'AAA', 'AA', 'up', None, 0, 0, 7)
SAME = Course(92, 'AAA', 'AAA', 'same')
NEW = Course(55, 'C', None, 'new', 'B', 4.01)


def found(reading=(), today=TODAY, **limits):
    reading = Reading(1, **dict(reading))
    return [
        (finding.reason, finding.value)
        for finding in findings([reading], Limits(**limits), today, Quarter.until(today))
    ]


@tagged('post_install', '-at_install')
class TestWatchRules(BaseCase):

    def test_a_customer_without_anything_gives_no_warning(self):
        self.assertEqual(found(), [])

    def test_each_reason_begins_at_its_limit(self):
        for name, reading, limits, expected in [
            ("tier down", {'course': DOWN}, {}, [('tier_down', 3.01)]),
            ("tier up", {'course': UP}, {}, [('tier_up', 7)]),
            ("tier unchanged", {'course': SAME}, {}, []),
            ("never rated", {'course': NEW}, {}, []),
            ("tiers switched off", {'course': DOWN}, {'tier': False}, []),
            ("the day has come", {'course': DOWN}, {'from_day': 50}, [('tier_down', 3.01)]),
            ("the day hasn't come", {'course': DOWN}, {'from_day': 51}, []),
            ("purchases fallen by 30 %", {'purchase_growth': -30.0}, {}, []),
            ("by a little more", {'purchase_growth': -30.0001}, {}, [('purchases_down', 30.0001)]),
            ("grown", {'purchase_growth': 80.0}, {}, []),
            ("too early in the quarter", {'purchase_growth': -80.0}, {'from_day': 51}, []),
            ("purchases switched off", {'purchase_growth': -80.0}, {'purchases_percent': 0}, []),
            ("any overdue amount", {'overdue_amount': 0.01}, {}, [('overdue', 0.01)]),
            ("up to the amount", {'overdue_amount': 500}, {'overdue_amount': 500}, []),
            ("above it", {'overdue_amount': 500.01}, {'overdue_amount': 500}, [('overdue', 500.01)]),
            ("overdue switched off", {'overdue_amount': 500}, {'overdue_days': 0}, []),
            ("30 days late", {'open_since': date(2024, 4, 20)}, {}, []),
            ("31 days late", {'open_since': date(2024, 4, 19)}, {}, [('days_late', 31)]),
            ("days late switched off", {'open_since': date(2024, 1, 1)}, {'late_days': 0}, []),
            ("bad debt", {'new_bad_debt': 0.01}, {}, [('bad_debt', 0.01)]),
            ("bad debt switched off", {'new_bad_debt': 500}, {'bad_debt': False}, []),
            ("a bill that came back", {'bills_amount': 300}, {}, [('bill_dishonoured', 300)]),
            ("bills switched off", {'bills_amount': 300}, {'bills': False}, []),
        ]:
            with self.subTest(name):
                self.assertEqual(found(reading, **limits), expected)

    def test_when_a_number_is_clearly_worse(self):
        for told, value, percent, step, expected in [
            (1000, 1249.99, 25, 0, False),
            (1000, 1250, 25, 0, True),
            (1000, 900, 25, 0, False),
            (1000, 1000, 0, 0, False),     # unchanged is never worse
            (1000, 1000.01, 0, 0, True),   # whatever grows
            (4, 6.99, 25, 3, False),       # 75 % more, but less than 3 points
            (4, 7, 25, 3, True),
            (40, 47, 25, 3, False),        # 7 more, but less than 25 %
            (40, 50, 25, 3, True),
            (0, 1, 25, 1, True),           # the first paper that has expired
        ]:
            with self.subTest(told=told, value=value):
                self.assertEqual(is_clearly_worse(told, value, percent, step), expected)

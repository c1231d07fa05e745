"""Counts quarters relative to a given one."""
from dateutil.relativedelta import relativedelta

from ..engine.periods import Quarter


def shifted(quarter, number):
    """Return the quarter that is ``number`` quarters later (earlier if negative)."""
    return Quarter.containing(quarter.date_from + relativedelta(months=3 * number))


def between(quarter, day):
    """Return how many quarters after ``quarter`` the day is: 0 within it, negative before it."""
    start = quarter.date_from
    return ((day.year - start.year) * 12 + day.month - start.month) // 3

"""Counting quarters from a given one."""
from dateutil.relativedelta import relativedelta

from ..engine.periods import Quarter


def shifted(quarter, number):
    """The quarter that comes ``number`` quarters later, earlier when negative."""
    return Quarter.containing(quarter.date_from + relativedelta(months=3 * number))


def between(quarter, day):
    """How many quarters after ``quarter`` the day lies: 0 within it, negative before it."""
    start = quarter.date_from
    return ((day.year - start.year) * 12 + day.month - start.month) // 3

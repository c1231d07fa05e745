"""Decides which warnings a customer gives, and when one has got worse: arithmetic only, no database."""

from datetime import date
from typing import NamedTuple

from .course import Course, day_of_quarter


class Limits(NamedTuple):
    """Where warnings begin, as a company sets it; 0 switches off what has a limit."""

    tier: bool = True
    from_day: int = 30
    overdue_days: int = 3
    overdue_amount: float = 0.0
    late_days: int = 30
    purchases_percent: float = 30
    bad_debt: bool = True
    bills: bool = True


class Reading(NamedTuple):
    """What the books say about a customer as of a day; amounts in company currency."""

    partner_id: int
    course: Course | None = None            # None for customers who can't be rated
    purchase_growth: float | None = None    # percent: the better of the same days and the months that are over
    overdue_amount: float = 0.0             # open for more days than the limit after its deadline
    overdue_since: date | None = None       # the earliest due date of it
    open_since: date | None = None          # since when more than the limit amount is due and open after its deadline
    bills_amount: float = 0.0               # new bills that came back and are owed
    bills_on: date | None = None            # when the last one did
    new_bad_debt: float = 0.0
    new_bad_debt_since: date | None = None


class Finding(NamedTuple):
    """A reason to look at a customer; the names are those of ``tianyuan.watch.item``.

    :ivar dict more: values of further fields, of other addons' reasons
    """

    partner_id: int
    reason: str
    value: float
    limit_value: float = 0.0
    due_on: date | None = None
    document_id: int | None = None
    tier_id: object | None = None
    confirmed_tier_id: object | None = None
    more: dict | None = None


def findings(readings, limits, today, so_far):
    """Return the reasons that the customers' readings give.

    :param readings: list of :class:`Reading`
    :param limits: :class:`Limits`
    :param date today: the day of the readings
    :param Quarter so_far: the quarter up to that day
    :return: list of :class:`Finding`
    """
    of_the_quarter = has_begun(so_far, limits)
    found = []
    for reading in readings:
        if of_the_quarter:
            found += _of_the_quarter(reading, limits)
        found += _of_payments(reading, limits, today)
    return found


def has_begun(so_far, limits):
    """Return whether enough of a quarter is over to say something about it."""
    return day_of_quarter(so_far) >= limits.from_day


def _of_the_quarter(reading, limits):
    course = reading.course
    if limits.tier and course and course.direction == 'down':
        yield Finding(
            reading.partner_id, 'tier_down', course.points_lost,
            tier_id=course.tier_id, confirmed_tier_id=course.confirmed_tier_id,
        )
    if limits.tier and course and course.direction == 'up':
        yield Finding(
            reading.partner_id, 'tier_up', course.points_gained,
            tier_id=course.tier_id, confirmed_tier_id=course.confirmed_tier_id,
        )
    growth = reading.purchase_growth
    if limits.purchases_percent and growth is not None and -growth > limits.purchases_percent:
        yield Finding(reading.partner_id, 'purchases_down', -growth, limits.purchases_percent)


def _of_payments(reading, limits, today):
    if limits.overdue_days and reading.overdue_amount > limits.overdue_amount:
        yield Finding(
            reading.partner_id, 'overdue', reading.overdue_amount, limits.overdue_amount, reading.overdue_since,
        )
    if limits.late_days and reading.open_since:
        days = (today - reading.open_since).days
        if days > limits.late_days:
            yield Finding(reading.partner_id, 'days_late', days, limits.late_days, reading.open_since)
    if limits.bad_debt and reading.new_bad_debt:
        yield Finding(reading.partner_id, 'bad_debt', reading.new_bad_debt, due_on=reading.new_bad_debt_since)
    if limits.bills and reading.bills_amount:
        yield Finding(reading.partner_id, 'bill_dishonoured', reading.bills_amount, due_on=reading.bills_on)


def is_clearly_worse(told, value, percent, step=0.0):
    """Return whether a number has grown so much that its owner has to be told again.

    :param float told: the number when the owner was last told
    :param float value: the number now
    :param float percent: by how much of ``told`` it has to grow
    :param float step: how much it has to grow at least
    """
    grown = round(value - told, 2)
    return grown > 0 and grown >= round(told * percent / 100, 2) and grown >= step

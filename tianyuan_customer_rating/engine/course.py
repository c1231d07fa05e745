"""Works out what a customer's rating of the running quarter is on course for: arithmetic only, no database.

What the books say as of today is scored like a whole quarter (design §4, "Quarter to date"), with differences. A part
of a quarter holds less purchases than a quarter: they are expected to go on at the pace so far, or at that of the
months that are over if it is better. Many customers order once a month, and the day before they do is no bad day: their
growth is that of the same days or that of the months that are over, whichever is better. The monthly balance keeps its
last points until the third month has begun, and what is still to come of that month is expected to bring it up to the
average of the two before. What nobody has assessed gets its share of the last confirmed score.
"""

from math import sqrt
from statistics import fmean
from typing import NamedTuple

from . import scoring
from .periods import Quarter


class Course(NamedTuple):
    """What a customer is on course for."""

    score: float
    tier_id: object | None
    confirmed_tier_id: object | None
    direction: str                      # up, same, down or new
    next_tier_id: object | None = None
    points_short: float = 0.0           # of the next tier
    points_lost: float = 0.0            # points that are missing for the confirmed tier; 0 with bad debt
    points_gained: float = 0.0          # points above the last confirmed score


def day_of_quarter(so_far):
    """Return the number of days of the quarter so far.

    :param Quarter so_far: the quarter up to a day
    """
    return (so_far.date_to - so_far.date_from).days + 1


def expected_purchases(months, so_far):
    """Return what the purchases of the quarter so far come to over the whole quarter.

    :param months: what was bought in each of the three months so far
    :param Quarter so_far: the quarter up to a day
    :return: all × days of the quarter ÷ days so far, or three times the average of the months that are over if that is
        more; rounded like a metric
    """
    whole = Quarter.containing(so_far.date_from)
    at_pace = sum(months) * day_of_quarter(whole) / day_of_quarter(so_far)
    over = months[:so_far.months_over()]
    return round(max(at_pace, 3 * fmean(over)) if over else at_pace, scoring.VALUE_DECIMALS)


def growth_of_months(months, before, so_far):
    """Return how the months that are over have grown against the same months of last year.

    :param months: what was bought in each of the three months so far
    :param before: what was bought in the same months of last year that are over, together
    :param Quarter so_far: the quarter up to a day
    :return: percent, rounded like a metric; None if no month is over, or nothing was bought in them last year
    """
    if before <= 0 or not so_far.months_over():
        return None
    return round(100 * (sum(months[:so_far.months_over()]) - before) / before, scoring.VALUE_DECIMALS)


def expected_balance(months, so_far):
    """Return the coefficient of variation of the three months that is to be expected, or None if nothing can be said.

    :param months: what was bought in each of the three months so far
    :param Quarter so_far: the quarter up to a day
    :return: None before the third month has begun, and without purchases
    """
    first, second, third = months
    if so_far.date_to < so_far.month_starts()[2]:
        return None
    if so_far.date_to < Quarter.containing(so_far.date_from).date_to:
        third = max(third, (first + second) / 2)
    amount, squares = first + second + third, first * first + second * second + third * third
    if amount <= 0:
        return None
    # population standard deviation ÷ mean of three numbers, with a single division
    return round(sqrt(max(3 * squares - amount * amount, 0)) / amount, scoring.VALUE_DECIMALS)


def unknown_points(previous, thresholds):
    """Return a function that gives the points to expect of a line of which nothing is known.

    They are the line's share of the last confirmed score. Full marks stay full where the tier of the last sheet
    demanded them.

    :param previous: :class:`~.scoring.Standing` of the last confirmed sheet
    :param thresholds: list of :class:`~.scoring.Threshold`
    :return: function of (indicator key, max_points)
    """
    tier = previous.rank and previous.rank[1]
    full = next((threshold.full_marks for threshold in thresholds if tier and threshold.tier == tier), ())
    return lambda key, most: most if key in full else round(most * previous.score / 100, scoring.POINT_DECIMALS)


def points_short(threshold, score, marks):
    """Return how many points are missing for a tier; bad debt aside.

    Points come in hundredths, so one hundredth more than the bound is needed where the bound itself isn't enough. Where
    the tier demands full marks, the points that are missing there are needed in any case.

    :param threshold: :class:`~.scoring.Threshold`
    :param float score: total points
    :param marks: dict of indicator key → (points, max_points)
    :return: points, 0 if none are missing
    """
    need = _cents(threshold.min_score) - _cents(score) + (0 if threshold.min_inclusive else 1)
    lacking = sum(
        _cents(marks[key][1]) - _cents(marks[key][0]) for key in threshold.full_marks if key in marks
    )
    return max(need, lacking, 0) / 10 ** scoring.POINT_DECIMALS


def course(thresholds, marks, has_bad_debt=False, previous=None):
    """Return what a customer is on course for.

    :param thresholds: list of :class:`~.scoring.Threshold`, best first
    :param dict marks: indicator key → (points, max_points)
    :param bool has_bad_debt: no tier is awarded, and no points help
    :param previous: :class:`~.scoring.Standing` of the last confirmed sheet, or None
    :return: :class:`Course`
    """
    score = scoring.total(points for points, _most in marks.values())
    awarded = scoring.award(thresholds, score, marks, has_bad_debt)
    rank = (awarded.sequence, awarded.tier) if awarded else None
    before = previous.rank if previous else None
    better = thresholds[:thresholds.index(awarded)] if awarded else thresholds
    target = better[-1] if better and not has_bad_debt else None
    kept = [threshold for threshold in thresholds if before and threshold.sequence <= before[0]]
    return Course(
        score=score,
        tier_id=awarded.tier if awarded else None,
        confirmed_tier_id=before[1] if before else None,
        direction=scoring.tier_change(rank, before) if previous else 'new',
        next_tier_id=target.tier if target else None,
        points_short=points_short(target, score, marks) if target else 0.0,
        points_lost=points_short(kept[-1], score, marks) if kept and not has_bad_debt else 0.0,
        points_gained=round(score - previous.score, scoring.POINT_DECIMALS) if previous else 0.0,
    )


def _cents(points):
    return round(points * 10 ** scoring.POINT_DECIMALS)

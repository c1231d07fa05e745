"""Computes points, tiers and classes: arithmetic only, no database (design §6; policy 客户评价标准)."""

from bisect import bisect_left, bisect_right
from functools import lru_cache
from typing import NamedTuple

VALUE_DECIMALS = 4
POINT_DECIMALS = 2


class Level(NamedTuple):
    """A level of an indicator: the points for values that reach ``bound``."""

    bound: float
    points: float
    id: int = False


class LineSpec(NamedTuple):
    """An indicator of a scheme, with the values that scoring needs."""

    code: str
    source: str = 'computed'
    responsibility: str = 'sales'
    max_points: float = 0.0
    lower_is_better: bool = False
    no_data_policy: str = 'zero'
    levels: tuple = ()
    metric: str = False
    category: int = False


class Threshold(NamedTuple):
    """The conditions of a tier, and what it gives."""

    tier: object
    min_score: float
    min_inclusive: bool = False
    full_marks: tuple = ()
    is_key: bool = False
    major_min_annual_purchase: float = 0.0
    sequence: int = 0    # the tier's sequence; the best tier has the lowest


class LineScore(NamedTuple):
    """The score of one line."""

    points: float
    origin: str
    level: Level | None = None


class Standing(NamedTuple):
    """Score and tier of the previous sheet; ``rank`` is the tier's sequence and id, or None for no tier."""

    score: float
    rank: tuple | None = None


class Outcome(NamedTuple):
    """What follows from a sheet's points, with the field names of ``tianyuan.rating``."""

    tier_id: object | None
    customer_class: str | None
    is_major_account: bool
    score_change: float
    tier_change: str
    previous_tier_id: object | None


def reached_level(levels, value, lower_is_better=False):
    """Return the level that a value reaches.

    It is the greatest bound ≤ value or, if lower is better, the smallest bound ≥ value.
    """
    ladder, bounds = _ladder(tuple(levels), lower_is_better)
    value = round(value, VALUE_DECIMALS)
    if lower_is_better:
        position = bisect_left(bounds, value)
        return ladder[position] if position < len(ladder) else None
    position = bisect_right(bounds, value)
    return ladder[position - 1] if position else None


@lru_cache(maxsize=256)
def _ladder(levels, lower_is_better):
    """Return the levels sorted by bound, and their bounds; cached, since a run uses them a million times.

    Of levels with the same bound the first one counts.
    """
    ladder = sorted(levels if lower_is_better else reversed(levels), key=lambda level: level.bound)
    return ladder, [round(level.bound, VALUE_DECIMALS) for level in ladder]


def score_value(spec, value):
    """Return the points of a computed or entered number.

    :return: tuple of points and the :class:`Level` reached (or None)
    """
    level = reached_level(spec.levels, value, spec.lower_is_better)
    return (level.points if level else 0.0), level


def score_line(spec, value=None, carried_points=None):
    """Score a line that nobody has assessed yet.

    No data never means a score by itself: ``zero`` gives 0 points, ``carry`` repeats the points of the last confirmed
    rating if there is one, and anything else waits for an assessment.

    :param LineSpec spec: the indicator in its scheme
    :param value: the metric, or None for no data; only computed indicators have one here
    :param carried_points: points of this indicator in the last confirmed rating, or None
    :return: :class:`LineScore`
    """
    if value is not None:
        points, level = score_value(spec, value)
        return LineScore(points, 'computed', level)
    if spec.no_data_policy == 'carry' and carried_points is not None:
        return LineScore(min(carried_points, spec.max_points), 'carried')
    if spec.no_data_policy == 'zero' and spec.source == 'computed':
        return LineScore(0.0, 'computed')
    return LineScore(0.0, 'missing')


def total(points):
    """Return the sum of points, rounded to two decimals."""
    return round(sum(points), POINT_DECIMALS)


def reaches(threshold, score):
    """Return whether a score is above the threshold's bound, or equal to it if the bound is included."""
    score, bound = round(score, POINT_DECIMALS), round(threshold.min_score, POINT_DECIMALS)
    return score >= bound if threshold.min_inclusive else score > bound


def award(thresholds, score, marks, has_bad_debt=False):
    """Return the best tier of which all conditions are met.

    :param thresholds: list of :class:`Threshold`, best first
    :param float score: total points, at most 100
    :param marks: dict of indicator key → (points, max_points); the keys are those of ``full_marks``
    :param bool has_bad_debt: with bad debt no tier is awarded
    :return: :class:`Threshold`, or None for no tier
    """
    if has_bad_debt:
        return None
    for threshold in thresholds:
        full = all(
            key in marks and round(marks[key][0], POINT_DECIMALS) >= round(marks[key][1], POINT_DECIMALS)
            for key in threshold.full_marks
        )
        if full and reaches(threshold, score):
            return threshold
    return None


def tier_change(tier, previous):
    """Return how a customer's tier changed since the previous sheet.

    :param tier: tuple of the tier's sequence (best first) and id, or None for no tier
    :param previous: the same for the previous sheet
    :return: ``up``, ``same`` or ``down``
    """
    if tier == previous:
        return 'same'
    return 'up' if tier and (not previous or tier[0] < previous[0]) else 'down'


def movement(score, rank, previous):
    """Return how a sheet differs from the previous one.

    :param float score: the sheet's score
    :param rank: tuple of the tier's sequence and id, or None for no tier
    :param previous: :class:`Standing` of the previous sheet, or None for a first sheet
    :return: dict of the last three fields of :class:`Outcome`
    """
    return {
        'score_change': round(score - previous.score, POINT_DECIMALS) if previous else 0.0,
        'tier_change': tier_change(rank, previous.rank) if previous else 'new',
        'previous_tier_id': previous.rank[1] if previous and previous.rank else None,
    }


def is_major(threshold, annual_purchase):
    """Return whether tier and annual purchases (company currency) make a major account (大客户).

    :param threshold: the :class:`Threshold` awarded, or None
    """
    minimum = threshold.major_min_annual_purchase if threshold else 0
    return bool(minimum) and round(annual_purchase, POINT_DECIMALS) >= round(minimum, POINT_DECIMALS)


def customer_class(threshold, annual_purchase, is_prospect=False, has_business=True):
    """Return the class that a rating gives (policy 6.1, 7.1, 8.1).

    :param threshold: the :class:`Threshold` awarded, or None
    :param bool is_prospect: the rating is a prospect's
    :param bool has_business: the customer has a posted invoice or a confirmed order
    :return: ``key``, ``ordinary``, or ``potential`` (meets the conditions of key, but has no business yet)
    """
    is_key = threshold is not None and (threshold.is_key or is_major(threshold, annual_purchase))
    if is_prospect and not has_business:
        return 'potential' if is_key else 'ordinary'
    return 'key' if is_key else 'ordinary'


def outcome(thresholds, score, marks, annual_purchase, has_bad_debt=False, previous=None, is_prospect=False,
            has_business=True):
    """Return everything that follows from a sheet's points (design §6; policy 客户评价标准, 6.1, 7.1, 8.1).

    All code uses this function for that: computed fields of sheets, the run, the confirmation and the comparison of
    schemes.

    :param thresholds: list of :class:`Threshold` of the scheme, best first; None for a sheet without a scheme, which
        has no class
    :param float score: total points, at most 100
    :param marks: dict of indicator key → (points, max_points), see :func:`award`
    :param float annual_purchase: purchases of the year, in company currency
    :param bool has_bad_debt: with bad debt no tier is awarded
    :param previous: :class:`Standing` of the last confirmed sheet, or None for a first sheet
    :param bool is_prospect: the sheet is a prospect's
    :param bool has_business: the customer has a posted invoice or a confirmed order
    :return: :class:`Outcome`
    """
    threshold = award(thresholds or (), score, marks, has_bad_debt)
    rank = (threshold.sequence, threshold.tier) if threshold else None
    return Outcome(
        tier_id=threshold.tier if threshold else None,
        customer_class=None if thresholds is None else customer_class(
            threshold, annual_purchase, is_prospect, has_business,
        ),
        is_major_account=is_major(threshold, annual_purchase),
        **movement(score, rank, previous),
    )

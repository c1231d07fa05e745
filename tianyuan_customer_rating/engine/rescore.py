"""Scores stored sheets under another scheme: arithmetic only, no database.

The books aren't read again. Each line is scored as follows:

- a computed or entered number is scored by the other scheme's levels (``value``);
- a picked level counts as the level of the same name, else as the one at the same position (``level``);
- points that a person decided, that were carried over, or whose level has no counterpart stay, up to the other maximum
  (``kept``);
- an indicator without a stored value has no points (``none``).
"""

from collections import Counter
from typing import NamedTuple

from . import scoring

NO_POINTS = (0.0, 'none')


class StoredLine(NamedTuple):
    """One line of a sheet; ``value`` is None if the sheet has none."""

    source: str
    origin: str
    points: float
    value: float | None = None
    level: int | None = None


class StoredSheet(NamedTuple):
    """A stored sheet; ``lines`` is a dict of indicator → :class:`StoredLine`."""

    id: int
    partner: int
    scheme: int
    state: str
    score: float
    tier: int | None
    customer_class: str
    is_major: bool
    annual_purchase: float
    has_bad_debt: bool
    lines: dict


class Rescored(NamedTuple):
    """The result of a sheet under the other scheme; ``lines`` is a dict of indicator → (points, how)."""

    score: float
    tier: int | None
    customer_class: str
    is_major: bool
    lines: dict


class NamedLevel(NamedTuple):
    """A level that users may pick."""

    id: int
    name: str
    points: float


def match_levels(old, new):
    """Return the points of one indicator's picked levels in another scheme.

    :param old: list of :class:`NamedLevel` of the scheme in which they were picked, best first
    :param new: list of :class:`NamedLevel` of the other scheme, best first
    :return: dict of old level id → points; levels without a counterpart are left out
    """
    times = Counter(level.name for level in new)
    by_name = {level.name: level.points for level in new if times[level.name] == 1}
    result = {}
    for place, level in enumerate(old):
        if level.name in by_name:
            result[level.id] = by_name[level.name]
        elif len(old) == len(new):
            result[level.id] = new[place].points
    return result


def rescore_line(spec, line, own=None, level_points=()):
    """Return the points of one indicator under another scheme.

    :param LineSpec spec: the indicator in the other scheme
    :param line: :class:`StoredLine`, or None if the sheet doesn't have the indicator
    :param own: the :class:`LineSpec` of the sheet's own scheme, or None if it no longer exists
    :param level_points: points of picked levels in the other scheme, see :func:`match_levels`
    :return: tuple of points and how they were obtained: ``value``, ``level``, ``kept`` or ``none``
    """
    if line is None or line.origin == 'missing':
        return NO_POINTS
    if line.source == 'level':
        if line.level in level_points:
            return level_points[line.level], 'level'
    elif line.value is None:
        if line.origin == 'computed':
            return NO_POINTS
    elif not _is_decision(line, own):
        return scoring.score_value(spec, line.value)[0], 'value'
    return min(line.points, spec.max_points), 'kept'


def _is_decision(line, own):
    """Return whether a person gave a line with a number other points than its levels do."""
    if line.origin == 'assessed' and own is not None:
        return round(scoring.score_value(own, line.value)[0], scoring.POINT_DECIMALS) != round(
            line.points, scoring.POINT_DECIMALS)
    return line.origin in ('adjusted', 'carried')


def rescore(spec, sheet, own=None, level_points=()):
    """Return the result of a whole sheet under another scheme.

    :param SchemeSpec spec: the other scheme
    :param StoredSheet sheet: the sheet; its stored bad debt and annual purchases are used
    :param own: dict of indicator → :class:`LineSpec` of the sheet's own scheme
    :param level_points: dict of level id → points in the other scheme
    :return: :class:`Rescored`
    """
    own = own or {}
    lines = {
        key: rescore_line(line_spec, sheet.lines.get(key), own.get(key), level_points)
        for key, line_spec in spec.lines.items()
    }
    score = scoring.total(points for points, _how in lines.values())
    marks = {key: (points, spec.lines[key].max_points) for key, (points, _how) in lines.items()}
    outcome = scoring.outcome(spec.thresholds, score, marks, sheet.annual_purchase, sheet.has_bad_debt)
    return Rescored(score, outcome.tier_id, outcome.customer_class, outcome.is_major_account, lines)


def direction(ranks, sheet, outcome):
    """Return in which direction a customer moves.

    :param dict ranks: tier → position, best first; no tier is below the last
    :return: ``up``, ``down``, ``class`` (the tier stays, class or major account change) or ``same``
    """
    before, after = (ranks.get(tier, len(ranks)) for tier in (sheet.tier, outcome.tier))
    if before != after:
        return 'up' if after < before else 'down'
    if (sheet.customer_class, sheet.is_major) != (outcome.customer_class, outcome.is_major):
        return 'class'
    return 'same'

"""Scores stored sheets under another scheme: arithmetic only, no database.

The books aren't read again. Each line is scored as follows:

- a computed or entered number is scored by the other scheme's levels (``value``);
- a picked level counts as the level of the same name, else as the one at the same position (``level``);
- points that a person decided, that were carried over, or whose level has no counterpart stay, up to the other maximum
  (``kept``);
- an indicator without a stored value has no points (``none``).

Only points of the first two kinds come from a level; :func:`level_reach` counts which levels gave them.
"""

from collections import Counter
from datetime import date
from typing import NamedTuple

from . import scoring

NO_POINTS = (0.0, 'none')
NO_LEVEL = None    # in ``Rescored.levels``: a value that reaches no level


class StoredLine(NamedTuple):
    """One line of a sheet; ``value`` is None if the sheet has none."""

    source: str
    origin: str
    points: float
    value: float | None = None
    level: int | None = None


class StoredSheet(NamedTuple):
    """A stored sheet; ``lines`` is a dict of indicator → :class:`StoredLine`, ``date_from`` its quarter's first day."""

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
    date_from: date | None = None


class Rescored(NamedTuple):
    """The result of a sheet under one scheme.

    ``lines`` is a dict of indicator → (points, how). ``levels`` has the indicators whose points come from a level:
    indicator → level id, or ``NO_LEVEL``.
    """

    score: float
    tier: int | None
    customer_class: str
    is_major: bool
    lines: dict
    levels: dict = {}


class Compared(NamedTuple):
    """A sheet with its result before and after, and the direction in which the customer moves."""

    sheet: StoredSheet
    before: Rescored
    after: Rescored
    move: str    # see :func:`direction`


class NamedLevel(NamedTuple):
    """A level that users may pick."""

    id: int
    name: str
    points: float


class LevelReach(NamedTuple):
    """How many of the sheets that a scheme scored got points from a level, or met another condition."""

    count: int
    base: int    # sheets for which it could have been

    @property
    def verdict(self):
        """Return ``nobody``, ``some`` or ``everybody``; ``unknown`` if it couldn't have been for any sheet."""
        if not self.base:
            return 'unknown'
        return 'nobody' if not self.count else 'everybody' if self.count == self.base else 'some'


def match_levels(old, new):
    """Return the counterparts in another scheme of one indicator's levels that users may pick.

    :param old: list of :class:`NamedLevel` of the scheme in which they were picked, best first
    :param new: list of :class:`NamedLevel` of the other scheme, best first
    :return: dict of old level id → :class:`NamedLevel`; levels without a counterpart are left out
    """
    times = Counter(level.name for level in new)
    by_name = {level.name: level for level in new if times[level.name] == 1}
    result = {}
    for place, level in enumerate(old):
        if level.name in by_name:
            result[level.id] = by_name[level.name]
        elif len(old) == len(new):
            result[level.id] = new[place]
    return result


def rescore_line(spec, line, own=None, counterparts=()):
    """Return the points of one indicator under another scheme.

    :param LineSpec spec: the indicator in the other scheme
    :param line: :class:`StoredLine`, or None if the sheet doesn't have the indicator
    :param own: the :class:`LineSpec` of the sheet's own scheme, or None if it no longer exists
    :param counterparts: picked levels in the other scheme, see :func:`match_levels`
    :return: tuple of points and how they were obtained: ``value``, ``level``, ``kept`` or ``none``
    """
    return _rescore_line(spec, line, own, counterparts)[:2]


def _rescore_line(spec, line, own, counterparts):
    """Return points, how they were obtained, and the id of the level that gives them (``NO_LEVEL`` for none)."""
    if line is None or line.origin == 'missing':
        return *NO_POINTS, NO_LEVEL
    if line.source == 'level':
        if line.level in counterparts:
            level = counterparts[line.level]
            return level.points, 'level', level.id
    elif line.value is None:
        if line.origin == 'computed':
            return *NO_POINTS, NO_LEVEL
    elif not _is_decision(line, own):
        points, level = scoring.score_value(spec, line.value)
        return points, 'value', level.id if level else NO_LEVEL
    return min(line.points, spec.max_points), 'kept', NO_LEVEL


def _is_decision(line, own):
    """Return whether a person gave a line with a number other points than its levels do."""
    if line.origin == 'assessed' and own is not None:
        return round(scoring.score_value(own, line.value)[0], scoring.POINT_DECIMALS) != round(
            line.points, scoring.POINT_DECIMALS)
    return line.origin in ('adjusted', 'carried')


def rescore(spec, sheet, own=None, counterparts=()):
    """Return the result of a whole sheet under another scheme.

    :param SchemeSpec spec: the other scheme
    :param StoredSheet sheet: the sheet; its stored bad debt and annual purchases are used
    :param own: dict of indicator → :class:`LineSpec` of the sheet's own scheme
    :param counterparts: dict of picked level id → :class:`NamedLevel` in the other scheme
    :return: :class:`Rescored`
    """
    own = own or {}
    lines, levels = {}, {}
    for key, line_spec in spec.lines.items():
        points, how, level = _rescore_line(line_spec, sheet.lines.get(key), own.get(key), counterparts)
        lines[key] = (points, how)
        if how in ('value', 'level'):
            levels[key] = level
    score = scoring.total(points for points, _how in lines.values())
    marks = {key: (points, spec.lines[key].max_points) for key, (points, _how) in lines.items()}
    outcome = scoring.outcome(spec.thresholds, score, marks, sheet.annual_purchase, sheet.has_bad_debt)
    return Rescored(score, outcome.tier_id, outcome.customer_class, outcome.is_major_account, lines, levels)


def as_rated(sheet, own=None):
    """Return the result that a sheet has, in the form of :func:`rescore`.

    :param StoredSheet sheet: the sheet
    :param own: dict of indicator → :class:`LineSpec` of the sheet's own scheme
    :return: :class:`Rescored`; its points count as ``kept`` unless a level of the own scheme gave them
    """
    own = own or {}
    lines, levels = {}, {}
    for key, line in sheet.lines.items():
        how = 'kept'
        if line.origin in ('computed', 'assessed'):
            if line.source == 'level':
                how = 'level' if line.level else 'kept'
            elif line.value is not None and not _is_decision(line, own.get(key)):
                how = 'value'
        lines[key] = (line.points, how)
        if how != 'kept':
            levels[key] = line.level or NO_LEVEL
    return Rescored(sheet.score, sheet.tier, sheet.customer_class, sheet.is_major, lines, levels)


def level_reach(spec, results):
    """Return how many sheets got their points of an indicator from each of its levels.

    The base is the number of sheets whose points come from a level or that reach none: where a person gave the points,
    or nothing was stored, no level could be reached.

    :param SchemeSpec spec: the scheme that scored the sheets
    :param results: list of :class:`Rescored`
    :return: dict of (indicator, level id or ``NO_LEVEL``) → :class:`LevelReach`, in the order of the scheme
    """
    counts = Counter(pair for result in results for pair in result.levels.items())
    base = Counter(key for result in results for key in result.levels)
    return {
        (key, level): LevelReach(counts[key, level], base[key])
        for key, line in spec.lines.items() for level in (*(level.id for level in line.levels), NO_LEVEL)
    }


def tier_reach(spec, results):
    """Return how many sheets have each tier of a scheme.

    :return: dict of tier → :class:`LevelReach`, best first
    """
    counts = Counter(result.tier for result in results)
    return {threshold.tier: LevelReach(counts[threshold.tier], len(results)) for threshold in spec.thresholds}


def full_marks_reach(spec, results):
    """Return how many sheets have the full marks that tiers demand.

    :return: dict of (tier, indicator) → :class:`LevelReach`, best tier first
    """
    maximums = {
        key: round(spec.lines[key].max_points, scoring.POINT_DECIMALS)
        for threshold in spec.thresholds for key in threshold.full_marks if key in spec.lines
    }
    full = Counter(
        key for result in results for key, maximum in maximums.items()
        if key in result.lines and round(result.lines[key][0], scoring.POINT_DECIMALS) >= maximum
    )
    return {
        (threshold.tier, key): LevelReach(full[key], len(results))
        for threshold in spec.thresholds for key in threshold.full_marks
    }


def direction(ranks, before, after):
    """Return in which direction a customer moves.

    :param dict ranks: tier → position, best first; no tier is below the last
    :param before: :class:`StoredSheet` or :class:`Rescored`
    :param after: :class:`Rescored`
    :return: ``up``, ``down``, ``class`` (the tier stays, class or major account change) or ``same``
    """
    old, new = (ranks.get(result.tier, len(ranks)) for result in (before, after))
    if old != new:
        return 'up' if new < old else 'down'
    if (before.customer_class, before.is_major) != (after.customer_class, after.is_major):
        return 'class'
    return 'same'

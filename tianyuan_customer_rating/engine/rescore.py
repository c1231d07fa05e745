"""What sheets would score under another scheme, from what is stored on them: pure arithmetic, no database.

Nothing is read from the books again. Line by line:

- a number, computed or entered, is scored by the other scheme's levels (``value``);
- a picked level counts as the level of the same name there, else as the one at the same place (``level``);
- points that are a person's decision, carried over, or of a level without a counterpart stay, up to the
  other maximum (``kept``);
- an indicator without a stored value has no points (``none``).
"""

from collections import Counter
from typing import NamedTuple

from . import scoring

NOTHING = (0.0, 'none')


class StoredLine(NamedTuple):
    """One line of a sheet; ``value`` is None where the sheet has none."""

    source: str
    origin: str
    points: float
    value: float | None = None
    level: int | None = None


class StoredSheet(NamedTuple):
    """A sheet as it stands; ``lines`` is a dict of indicator → :class:`StoredLine`."""

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
    """What a sheet comes to under the other scheme; ``lines`` is a dict of indicator → (points, how)."""

    score: float
    tier: int | None
    customer_class: str
    is_major: bool
    lines: dict


class NamedLevel(NamedTuple):
    """A level a person may pick."""

    id: int
    name: str
    points: float


def match_levels(old, new):
    """What the picked levels of one indicator are worth in another scheme.

    :param old: :class:`NamedLevel` list of the scheme they were picked in, best first
    :param new: the same of the other scheme
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
    """The points of one indicator under another scheme.

    :param LineSpec spec: the indicator there
    :param line: :class:`StoredLine`, or None where the sheet doesn't have the indicator
    :param own: the :class:`LineSpec` the sheet was made with, or None where it is gone
    :param level_points: what the picked levels are worth there, see :func:`match_levels`
    :return: tuple of points and how they came about: ``value``, ``level``, ``kept`` or ``none``
    """
    if line is None or line.origin == 'missing':
        return NOTHING
    if line.source == 'level':
        if line.level in level_points:
            return level_points[line.level], 'level'
    elif line.value is None:
        if line.origin == 'computed':
            return NOTHING
    elif not _is_decision(line, own):
        return scoring.score_value(spec, line.value)[0], 'value'
    return min(line.points, spec.max_points), 'kept'


def _is_decision(line, own):
    """Whether a person gave a line with a number other points than its levels do."""
    if line.origin == 'assessed' and own is not None:
        return round(scoring.score_value(own, line.value)[0], scoring.POINT_DECIMALS) != round(
            line.points, scoring.POINT_DECIMALS)
    return line.origin in ('adjusted', 'carried')


def rescore(spec, sheet, own=None, level_points=()):
    """What a whole sheet comes to under another scheme.

    :param SchemeSpec spec: the other scheme
    :param StoredSheet sheet: the sheet; its bad debt and its purchases of the year count as stored
    :param own: dict of indicator → :class:`LineSpec` of the sheet's own scheme
    :param level_points: dict of level id → points there
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
    """Where a customer moves.

    :param dict ranks: tier → place, the best first; no tier comes after the last
    :return: ``up``, ``down``, ``class`` (the tier stays, class or major account change), ``same``
    """
    before, after = (ranks.get(tier, len(ranks)) for tier in (sheet.tier, outcome.tier))
    if before != after:
        return 'up' if after < before else 'down'
    if (sheet.customer_class, sheet.is_major) != (outcome.customer_class, outcome.is_major):
        return 'class'
    return 'same'

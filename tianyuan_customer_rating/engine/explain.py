"""Computes what the next tier needs and what has changed: arithmetic only, no database (design §6)."""

from typing import NamedTuple

from . import scoring


class Mark(NamedTuple):
    """A line on a sheet."""

    points: float
    max_points: float
    value: float | None = None    # None if the points don't follow from a value


class Step(NamedTuple):
    """Raising one indicator to a better level."""

    key: object
    mark: Mark
    level: scoring.Level

    @property
    def gain(self):
        """Return the additional points."""
        return round(self.level.points - self.mark.points, scoring.POINT_DECIMALS)


class Advice(NamedTuple):
    """The shortest way from a sheet to the next tier."""

    awarded: scoring.Threshold | None    # tier of the points, ignoring bad debt
    target: scoring.Threshold | None     # next better tier; None if there is none
    has_bad_debt: bool = False           # no tier is awarded until it is settled
    full_marks: tuple = ()               # indicators that lack the full marks demanded by the target
    steps: tuple | None = ()             # None if no levels lead to the target


class Change(NamedTuple):
    """The points of one indicator on two sheets; None if a sheet doesn't have it."""

    key: object
    now: float | None
    then: float | None

    @property
    def difference(self):
        """Return the points gained, or None if one sheet doesn't have the indicator."""
        if self.now is None or self.then is None:
            return None
        return round(self.now - self.then, scoring.POINT_DECIMALS)


def changes(now, then):
    """Compare two sheets line by line.

    :param dict now: indicator key → points
    :param dict then: indicator key → points on the earlier sheet
    :return: list of :class:`Change` in the order of the sheet, then indicators that it no longer has
    """
    return [Change(key, now.get(key), then.get(key)) for key in [*now, *(key for key in then if key not in now)]]


def mark(spec, points, max_points, value=None):
    """Return a line on a sheet; its value is kept only if the points follow from it.

    :param spec: the indicator's :class:`LineSpec`, or None if the scheme no longer has it
    :param value: the computed or entered number, or None
    :return: :class:`Mark`
    """
    follows = spec and value is not None and spec.source != 'level' and (
        _cents(scoring.score_value(spec, value)[0]) == _cents(points)
    )
    return Mark(points, max_points, value if follows else None)


def better_levels(spec, mark, best=None):
    """Return the levels that would give a line more points; of levels with equal points, the easiest to reach.

    :param float best: the best value that can still be reached; None for no limit
    :return: list of :class:`Level`, fewest points first
    """
    demand = -1 if spec.lower_is_better else 1
    easiest = {}
    for level in sorted(spec.levels, key=lambda level: level.bound * demand):
        if best is not None and level.bound * demand > best * demand:
            continue
        if _cents(mark.points) < _cents(level.points) <= _cents(mark.max_points):
            easiest.setdefault(_cents(level.points), level)
    return [easiest[points] for points in sorted(easiest)]


def advise(specs, thresholds, marks, has_bad_debt=False, best=None):
    """Return the shortest way to the next tier: the fewest indicators, then the fewest additional points.

    Full marks that the tier demands are part of every way. Bad debt must be settled in addition.

    :param dict specs: indicator key → :class:`LineSpec`
    :param thresholds: list of :class:`Threshold`, best first
    :param dict marks: indicator key → :class:`Mark`, in the order of the sheet
    :param dict best: metric → the best value that can still be reached; a missing metric has no limit
    :return: :class:`Advice`
    """
    score = scoring.total(mark.points for mark in marks.values())
    awarded = scoring.award(thresholds, score, {key: (mark.points, mark.max_points) for key, mark in marks.items()})
    better = thresholds[:thresholds.index(awarded)] if awarded else thresholds
    if not better:
        return Advice(awarded, None, has_bad_debt)
    target = better[-1]
    options = {
        key: [
            Step(key, mark, level)
            for level in better_levels(specs[key], mark, (best or {}).get(specs[key].metric))
        ]
        for key, mark in marks.items() if key in specs
    }
    lacking = tuple(
        key for key in target.full_marks
        if key not in marks or _cents(marks[key].points) < _cents(marks[key].max_points)
    )
    demanded = [
        step for key in lacking for step in options.pop(key, ())
        if _cents(step.level.points) == _cents(marks[key].max_points)
    ]
    if len(demanded) < len(lacking):
        return Advice(awarded, target, has_bad_debt, lacking, None)
    need = _cents(target.min_score) - _cents(score) + (0 if target.min_inclusive else 1)
    more = _shortest(list(options.values()), need - sum(_cents(step.gain) for step in demanded))
    steps = None if more is None else (*demanded, *more)
    return Advice(awarded, target, has_bad_debt, lacking, steps)


def _cents(points):
    """Return points as an integer number of hundredths, so that sums are exact."""
    return round(points * 10 ** scoring.POINT_DECIMALS)


def _shortest(options, need):
    """Choose at most one step of each list: as few steps as possible, then the smallest sufficient sum.

    :param options: lists of :class:`Step`, smallest gain first
    :param int need: hundredths of points that must be gained
    :return: tuple of steps, or None if even all steps don't suffice
    """
    if need <= 0:
        return ()
    count, reach = 0, 0
    for gain in sorted((_cents(steps[-1].gain) for steps in options if steps), reverse=True):
        count, reach = count + 1, reach + gain
        if reach >= need:
            break
    if reach < need:
        return None
    ways = {(0, 0): ()}    # (number of steps, gain) → first combination found
    for steps in options:
        for (used, gained), way in list(ways.items()):
            if used < count:
                for step in steps:
                    ways.setdefault((used + 1, gained + _cents(step.gain)), (*way, step))
    enough = min(gained for used, gained in ways if used == count and gained >= need)
    return ways[count, enough]

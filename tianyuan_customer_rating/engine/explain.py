"""What the next tier needs, and what has changed: pure arithmetic, no database (design §6)."""

from typing import NamedTuple

from . import scoring


class Mark(NamedTuple):
    """A line as it stands on a sheet."""

    points: float
    max_points: float
    value: float | None = None    # None where the points don't follow from a value


class Step(NamedTuple):
    """One indicator raised to a better level."""

    key: object
    mark: Mark
    level: scoring.Level

    @property
    def gain(self):
        """The extra points."""
        return round(self.level.points - self.mark.points, scoring.POINT_DECIMALS)


class Advice(NamedTuple):
    """The shortest way from a sheet to the next tier."""

    awarded: scoring.Threshold | None    # what the points bring, bad debt left aside
    target: scoring.Threshold | None     # the tier above; None: there is none
    has_bad_debt: bool = False           # no tier at all until it is settled
    full_marks: tuple = ()               # indicators the target demands full marks in, and that lack them
    steps: tuple | None = ()             # None: no levels lead there


class Change(NamedTuple):
    """The points of one indicator on two sheets; None where a sheet doesn't have it."""

    key: object
    now: float | None
    then: float | None

    @property
    def difference(self):
        """Points gained since; None where there is nothing to compare."""
        if self.now is None or self.then is None:
            return None
        return round(self.now - self.then, scoring.POINT_DECIMALS)


def changes(now, then):
    """Compare two sheets line by line.

    :param dict now: indicator key → points
    :param dict then: the same of the earlier sheet
    :return: list of :class:`Change`, in the order of the sheet; what it no longer has comes last
    """
    return [Change(key, now.get(key), then.get(key)) for key in [*now, *(key for key in then if key not in now)]]


def mark(spec, points, max_points, value=None):
    """A line as it stands; the value is kept only where the points follow from it.

    :param spec: the indicator's :class:`LineSpec`, or None where the scheme has dropped it
    :param value: the number computed or entered, or None
    :return: :class:`Mark`
    """
    follows = spec and value is not None and spec.source != 'level' and (
        _cents(scoring.score_value(spec, value)[0]) == _cents(points)
    )
    return Mark(points, max_points, value if follows else None)


def climbs(spec, mark, best=None):
    """The levels that give a line more points than it has: of those with the same points the easiest.

    :param float best: the best value that can still be reached; None: there is no bound
    :return: list of :class:`Level`, the fewest points first
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
    """The shortest way to the next tier: the fewest indicators, and of these ways the fewest extra points.

    Full marks the tier demands are part of every way. Bad debt must be settled besides.

    :param dict specs: indicator key → :class:`LineSpec`
    :param thresholds: :class:`Threshold` list, best first
    :param dict marks: indicator key → :class:`Mark`, in the order of the sheet
    :param dict best: metric → the best value that can still be reached; what is absent has no bound
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
            for level in climbs(specs[key], mark, (best or {}).get(specs[key].metric))
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
    """Points as a whole number, so that sums are exact."""
    return round(points * 10 ** scoring.POINT_DECIMALS)


def _shortest(options, need):
    """At most one step of each list: as few as possible, then with the smallest sum that is enough.

    :param options: lists of :class:`Step`, the smallest gain first
    :param int need: hundredths of points that must be gained
    :return: tuple of steps, or None where all together aren't enough
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
    ways = {(0, 0): ()}    # number of steps and their gain → the first way found
    for steps in options:
        for (used, gained), way in list(ways.items()):
            if used < count:
                for step in steps:
                    ways.setdefault((used + 1, gained + _cents(step.gain)), (*way, step))
    enough = min(gained for used, gained in ways if used == count and gained >= need)
    return ways[count, enough]

"""Measures whether scores rank customers as they turned out later: arithmetic only, no database (policy 客户评价).

A score is good if customers who later paid well had a higher one than those who didn't. The measures are those of
scorecard practice; ``docs/proof.md`` explains each in plain words.
"""

from bisect import bisect_right
from collections import Counter
from itertools import accumulate
from math import exp, log, sqrt
from statistics import NormalDist
from typing import NamedTuple

MIN_GOODS = MIN_BADS = 10    # fewer goods or bads: no verdict; companies can change it
NORMAL_95 = 1.959963984540054    # the standard normal distribution is between −x and x in 95 % of cases
NORMAL_95_ONE_SIDED = 1.6448536269514722
SIGNIFICANT = 0.05
PSI_SHIFTING, PSI_CHANGED = 0.1, 0.25    # the usual limits
EMPTY_BAND = 0.5    # customers that an empty band counts as, so that the stability index exists


class RankOrder(NamedTuple):
    """How well scores rank goods above bads; what is not defined is None."""

    auc: float | None    # chance that a good customer has the higher score than a bad one; ties count half
    gini: float | None    # 2 · AUC − 1
    standard_error: float | None    # DeLong's; needs two goods and two bads
    low: float | None    # 95 % interval of the AUC
    high: float | None
    goods: int
    bads: int
    verdict: str    # too_few, random, worse or ranks


class RankDifference(NamedTuple):
    """The AUC of one score less that of another for the same customers; what is not defined is None."""

    difference: float | None
    standard_error: float | None
    low: float | None    # 95 % interval of the difference
    high: float | None
    verdict: str    # too_few, equal, better or worse


class SeparationRow(NamedTuple):
    """A band of scores, from ``low`` (None: no lower end) up to but without ``high`` (None: no upper end)."""

    low: float | None
    high: float | None
    goods: int
    bads: int
    goods_share: float    # share of all goods up to the end of the band
    bads_share: float


class Separation(NamedTuple):
    """The greatest distance between the distributions of goods and bads (Kolmogorov–Smirnov)."""

    statistic: float | None
    score: float | None    # at this score or below are the most bads and the fewest goods
    p_value: float | None    # chance of such a distance if goods and bads had the same scores
    verdict: str    # too_few, repeated (a customer has several scores), same, reversed (bads have the higher) or apart
    rows: tuple    # of SeparationRow


class StabilityRow(NamedTuple):
    """A band of the stability index."""

    expected: int
    actual: int
    expected_share: float | None
    actual_share: float | None
    part: float    # what the band adds to the index


class Stability(NamedTuple):
    """How much the distribution over bands has changed (population stability index)."""

    psi: float | None
    chance: float | None    # chance alone stays below this index in 19 of 20 cases
    verdict: str    # too_few, stable, shifting or changed
    rows: tuple    # of StabilityRow


class MigrationRow(NamedTuple):
    """Where the customers of one tier went."""

    key: object
    total: int
    counts: tuple    # in the order of the keys
    shares: tuple    # of ``total``; None if nobody had the tier


class Migration(NamedTuple):
    """The matrix of changes between two ratings."""

    order: tuple
    rows: tuple    # of MigrationRow
    total: int
    up: int
    same: int
    down: int


def rank_order(scores, bad, min_goods=MIN_GOODS, min_bads=MIN_BADS, customers=None, tests=1):
    """Return how well scores rank goods above bads.

    The interval is DeLong's, which makes no assumption about the distributions and allows ties; where customers have
    several scores, it is Obuchowski's for clusters, which is DeLong's if each has one. A score that leaves 0.5 in it
    doesn't rank better than chance. If all goods are above all bads, the interval has no width: only the minimum
    numbers protect from judging on a few lucky customers.

    :param scores: numbers, higher is better
    :param bad: for each score, whether that customer turned out bad
    :param int min_goods: fewer good customers give the verdict ``too_few``
    :param int min_bads: fewer bad customers give the verdict ``too_few``
    :param customers: for each score, whose it is; None if no customer has two
    :param int tests: how many scores are judged side by side, see :func:`normal_bound`
    :return: :class:`RankOrder`
    """
    sides = _Sides(bad, customers)
    goods, bads = sides.split(scores)
    auc, good_parts, bad_parts = _placements(goods, bads)
    error = low = high = None
    if sides.have_variance:
        error = sides.standard_error(good_parts, bad_parts)
        bound = normal_bound(tests)
        low, high = max(0.0, auc - bound * error), min(1.0, auc + bound * error)
    return RankOrder(
        auc, None if auc is None else 2 * auc - 1, error, low, high, len(goods), len(bads),
        _judged(low, high, 0.5, ('worse', 'random', 'ranks'), sides.are_enough(min_goods, min_bads)),
    )


def rank_difference(scores, other_scores, bad, min_goods=MIN_GOODS, min_bads=MIN_BADS, customers=None):
    """Return whether one score ranks the same customers better than another (DeLong's test of paired AUCs).

    :param scores: numbers, higher is better
    :param other_scores: for each customer, the score to compare with
    :param bad: for each customer, whether they turned out bad
    :param int min_goods: fewer good customers give the verdict ``too_few``
    :param int min_bads: fewer bad customers give the verdict ``too_few``
    :param customers: for each score, whose it is; None if no customer has two
    :return: :class:`RankDifference`; ``better`` if ``scores`` ranks better than ``other_scores``
    """
    sides = _Sides(bad, customers)
    auc, good_parts, bad_parts = _placements(*sides.split(scores))
    other_auc, other_good_parts, other_bad_parts = _placements(*sides.split(other_scores))
    difference = None if auc is None else auc - other_auc
    error = low = high = None
    if sides.have_variance:
        error = sides.standard_error(
            [one - other for one, other in zip(good_parts, other_good_parts, strict=True)],
            [one - other for one, other in zip(bad_parts, other_bad_parts, strict=True)],
        )
        low, high = difference - NORMAL_95 * error, difference + NORMAL_95 * error
    return RankDifference(difference, error, low, high, _judged(
        low, high, 0.0, ('worse', 'equal', 'better'), sides.are_enough(min_goods, min_bads),
    ))


def kolmogorov_smirnov(scores, bad, bounds=None, min_goods=MIN_GOODS, min_bads=MIN_BADS, customers=None):
    """Return where the distributions of goods and bads are farthest apart.

    The p-value is that of the limiting distribution, which is a little too high for few customers and for scores with
    many ties: it rather says "the same" than "apart". It holds for customers with one score each; if one has several,
    there is none, and no verdict.

    :param scores: numbers, higher is better
    :param bad: for each score, whether that customer turned out bad
    :param bounds: lower bounds of the bands of the rows, see :func:`band_counts`; None for a row per score
    :param int min_goods: fewer good customers give the verdict ``too_few``
    :param int min_bads: fewer bad customers give the verdict ``too_few``
    :param customers: for each score, whose it is; None if no customer has two
    :return: :class:`Separation`
    """
    sides = _Sides(bad, customers)
    goods, bads = sides.split(scores)
    rows = _separation_rows(goods, bads, bounds)
    if not goods or not bads:
        return Separation(None, None, None, 'too_few', rows)
    good_counts, bad_counts = Counter(goods), Counter(bads)
    levels = sorted(good_counts.keys() | bad_counts.keys())
    distances = [    # times both numbers: whole numbers, of which equal ones are equal
        below_bad * len(goods) - below_good * len(bads)
        for below_bad, below_good in zip(
            accumulate(bad_counts[level] for level in levels), accumulate(good_counts[level] for level in levels),
            strict=True,
        )
    ]
    farthest = max(range(len(levels)), key=lambda position: abs(distances[position]))
    statistic = abs(distances[farthest]) / (len(goods) * len(bads))
    p_value = None if sides.have_repeats else _kolmogorov(
        statistic * sqrt(len(goods) * len(bads) / (len(goods) + len(bads))))
    if not sides.are_enough(min_goods, min_bads):
        verdict = 'too_few'
    elif p_value is None:
        verdict = 'repeated'
    elif p_value >= SIGNIFICANT:
        verdict = 'same'
    else:
        verdict = 'apart' if distances[farthest] > 0 else 'reversed'
    return Separation(statistic, levels[farthest], p_value, verdict, rows)


def population_stability(expected, actual, min_count=0):
    """Return how much a distribution over bands has changed: Σ (actual − expected) · ln(actual ÷ expected) of shares.

    Bands empty in both are left out; a band empty in one counts as half a customer there. Few customers make a large
    index by chance alone: an index over a limit that chance could have made gets no verdict.

    :param expected: number of customers per band before
    :param actual: number of customers per band now, in the same order
    :param int min_count: fewer customers before or now give the verdict ``too_few``
    :return: :class:`Stability`
    """
    expected, actual = list(expected), list(actual)
    before, now = sum(expected), sum(actual)
    if not before or not now:
        return Stability(None, None, 'too_few', tuple(
            StabilityRow(old, new, old / before if before else None, new / now if now else None, 0.0)
            for old, new in zip(expected, actual, strict=True)
        ))
    rows = []
    for old, new in zip(expected, actual, strict=True):
        part = 0.0
        if old or new:
            old_share, new_share = (old or EMPTY_BAND) / before, (new or EMPTY_BAND) / now
            part = (new_share - old_share) * log(new_share / old_share)
        rows.append(StabilityRow(old, new, old / before, new / now, part))
    psi = sum(row.part for row in rows)
    used = sum(1 for row in rows if row.expected or row.actual)
    chance = (1 / before + 1 / now) * _chi_square_95(used - 1)
    if min(before, now) < min_count or PSI_SHIFTING <= psi <= chance:
        verdict = 'too_few'
    else:
        verdict = 'stable' if psi < PSI_SHIFTING else 'shifting' if psi < PSI_CHANGED else 'changed'
    return Stability(psi, chance, verdict, tuple(rows))


def migration(pairs, order):
    """Return the matrix of changes.

    :param pairs: (key before, key after) of each customer
    :param order: all keys, best first; put None last for "no tier"
    :return: :class:`Migration`
    :raise KeyError: if a pair has a key that isn't in ``order``
    """
    order = tuple(order)
    place = {key: position for position, key in enumerate(order)}
    counts = [[0] * len(order) for _key in order]
    for before, after in pairs:
        counts[place[before]][place[after]] += 1
    cells = [(old, new, count) for old, row in enumerate(counts) for new, count in enumerate(row)]
    return Migration(
        order,
        tuple(
            MigrationRow(key, sum(row), tuple(row), tuple(count / sum(row) if sum(row) else None for count in row))
            for key, row in zip(order, counts, strict=True)
        ),
        total=sum(count for _old, _new, count in cells),
        up=sum(count for old, new, count in cells if new < old),
        same=sum(count for old, new, count in cells if new == old),
        down=sum(count for old, new, count in cells if new > old),
    )


def normal_bound(tests=1):
    """Return the bound between whose negative and which the standard normal distribution is in 95 % of cases.

    :param int tests: so many values are within it at once in at least 95 % of cases (Bonferroni)
    """
    return NORMAL_95 if tests <= 1 else NormalDist().inv_cdf(1 - SIGNIFICANT / tests / 2)


def share_interval(part, whole, tests=1):
    """Return the 95 % interval of a share (Wilson's), or (None, None) of nothing.

    :param int tests: how many shares are judged side by side, see :func:`normal_bound`
    """
    if not whole:
        return None, None
    bound = normal_bound(tests)
    share, square = part / whole, bound ** 2
    middle = share + square / (2 * whole)
    spread = bound * sqrt(share * (1 - share) / whole + square / (4 * whole ** 2))
    return (middle - spread) / (1 + square / whole), (middle + spread) / (1 + square / whole)


def judge_share(part, whole, usual, min_count, tests=1):
    """Return how a group's share differs from the usual one.

    :param float usual: the share of all, between 0 and 1
    :param int min_count: a smaller group gives the verdict ``too_few``
    :param int tests: how many groups are judged side by side, see :func:`normal_bound`
    :return: ``too_few``, ``lower``, ``usual`` or ``higher``
    """
    low, high = share_interval(part, whole, tests)
    return _judged(low, high, usual, ('lower', 'usual', 'higher'), whole >= min_count)


def even_bounds(width=10, top=100):
    """Return the lower bounds of bands of equal width; the first band has no lower end, the last no upper end."""
    return list(range(width, top, width))


def quantile_bounds(scores, count=10):
    """Return the lower bounds of at most ``count`` bands with about as many scores in each.

    Equal scores are always in the same band, so that there may be fewer.
    """
    ladder = sorted(scores)
    bounds = {ladder[position * len(ladder) // count] for position in range(1, count)} if ladder else set()
    return sorted(bounds - set(ladder[:1]))


def band_counts(scores, bounds):
    """Return how many scores are in each band.

    :param scores: numbers
    :param bounds: ascending lower bounds of all bands but the first; a score equal to a bound is in the upper band
    :return: list of numbers, one more than there are bounds
    """
    counts = [0] * (len(bounds) + 1)
    for score in scores:
        counts[bisect_right(bounds, score)] += 1
    return counts


class _Sides:
    """Who turned out good and who bad, each with their customers."""

    def __init__(self, bad, customers=None):
        self._bad = [bool(is_bad) for is_bad in bad]
        self._goods, self._bads = self.split(range(len(self._bad)) if customers is None else customers)
        self._customers = {*self._goods}, {*self._bads}
        self.have_repeats = len(self._customers[0] | self._customers[1]) < len(self._bad)    # a customer several times

    def split(self, values):
        """Return the values of goods and those of bads."""
        goods, bads = [], []
        for value, is_bad in zip(values, self._bad, strict=True):
            (bads if is_bad else goods).append(value)
        return goods, bads

    @property
    def have_variance(self):
        return all(len(customers) > 1 for customers in self._customers)

    def are_enough(self, min_goods, min_bads):
        goods, bads = self._customers
        return len(goods) >= min_goods and len(bads) >= min_bads

    def standard_error(self, good_parts, bad_parts):
        """Return the standard error of the mean of either of these parts, see :func:`_placements`."""
        mean = sum(good_parts) / len(good_parts)
        by_good, by_bad = Counter(), Counter()
        for customer, part in zip(self._goods, good_parts, strict=True):
            by_good[customer] += part - mean
        for customer, part in zip(self._bads, bad_parts, strict=True):
            by_bad[customer] += part - mean
        variance = sum(
            len(parts) / (len(parts) - 1) * sum(part * part for part in parts.values()) / count ** 2
            for parts, count in ((by_good, len(good_parts)), (by_bad, len(bad_parts)))
        )
        both = by_good.keys() & by_bad.keys()
        number = len(by_good.keys() | by_bad.keys())
        variance += 2 * number / (number - 1) * sum(
            by_good[customer] * by_bad[customer] for customer in both
        ) / len(good_parts) / len(bad_parts)
        return sqrt(max(0.0, variance))


def _placements(goods, bads):
    """Return the AUC, and for each good the share of bads below, for each bad the share of goods above; ties half.

    The AUC is the mean of either.
    """
    if not goods or not bads:
        return None, [], []
    sorted_goods, sorted_bads = _Shares(goods), _Shares(bads)
    good_parts = [sorted_bads.below(score) for score in goods]
    bad_parts = [1 - sorted_goods.below(score) for score in bads]
    return sum(good_parts) / len(goods), good_parts, bad_parts


class _Shares:
    """The share of scores below a value, those equal to it counting half; sorted once."""

    def __init__(self, scores):
        counts = Counter(scores)
        self._levels = sorted(counts)
        self._up_to = [0, *accumulate(counts[level] for level in self._levels)]
        self._total = len(scores)

    def below(self, value):
        position = bisect_right(self._levels, value)
        equal = position and self._levels[position - 1] == value
        low = self._up_to[position - 1] if equal else self._up_to[position]
        return (low + self._up_to[position]) / 2 / self._total


def _judged(low, high, neutral, verdicts, is_enough):
    """Return the verdict of an interval that is below, around or above the neutral value."""
    if not is_enough or low is None:
        return 'too_few'
    below, around, above = verdicts
    return below if high < neutral else above if low > neutral else around


def _separation_rows(goods, bads, bounds):
    if bounds is None:
        bounds = sorted({*goods, *bads})[1:]
    good_counts, bad_counts = band_counts(goods, bounds), band_counts(bads, bounds)
    return tuple(
        SeparationRow(low, high, good, bad, up_to_good / max(1, len(goods)), up_to_bad / max(1, len(bads)))
        for low, high, good, bad, up_to_good, up_to_bad in zip(
            [None, *bounds], [*bounds, None], good_counts, bad_counts, accumulate(good_counts), accumulate(bad_counts),
            strict=True,
        )
    )


def _kolmogorov(distance):
    """Return the chance that Kolmogorov's limiting distribution exceeds a distance: 2 · Σ (−1)^(k−1) · e^(−2k²x²)."""
    if distance < 0.2:    # the sum converges slowly there; the chance differs from 1 by less than 1e-12
        return 1.0
    return min(1.0, max(0.0, 2 * sum((-1) ** (k - 1) * exp(-2 * (k * distance) ** 2) for k in range(1, 101))))


def _chi_square_95(degrees):
    """Return the value below which chi-square is in 95 % of cases (Wilson–Hilferty's formula: at most 3 % off)."""
    if not degrees:
        return 0.0
    part = 2 / (9 * degrees)
    return degrees * (1 - part + NORMAL_95_ONE_SIDED * sqrt(part)) ** 3

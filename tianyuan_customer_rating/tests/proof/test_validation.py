"""Whether scores rank customers: by hand on small cases, and against scikit-learn and SciPy on large ones."""
import random
from math import log, sqrt

import numpy
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import kolmogorov
from scipy.stats import binomtest, chi2, entropy, ks_2samp
from sklearn.metrics import roc_auc_score, roc_curve

from odoo.tests import BaseCase, tagged

from ...engine.validation import (
    band_counts,
    even_bounds,
    judge_share,
    kolmogorov_smirnov,
    migration,
    population_stability,
    quantile_bounds,
    rank_difference,
    rank_order,
    share_interval,
)
from ..properties import properties

# Three good and two bad customers. Of the six pairs the score has (80, 70), (80, 50), (70, 50) and (60, 50) right,
# (70, 70) half and (60, 70) wrong: 4.5 of 6.
SCORES = [80, 70, 60, 70, 50]
BAD = [False, False, False, True, True]

people = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20), st.booleans()), min_size=1, max_size=60)


def crowd(seed, count=400, bad_share=0.2, shift=0.0):
    """Scores in steps of half a point, those of bad customers lower by ``shift`` points on average."""
    rng = random.Random(seed)
    bad = [rng.random() < bad_share for _customer in range(count)]
    return [round(2 * rng.gauss(70 - shift * is_bad, 10)) / 2 for is_bad in bad], bad


@tagged('-at_install', 'post_install')
class TestRankOrder(BaseCase):

    def test_pairs_are_counted_by_hand(self):
        found = rank_order(SCORES, BAD, min_goods=3, min_bads=2)
        self.assertAlmostEqual(found.auc, 4.5 / 6)
        self.assertAlmostEqual(found.gini, 0.5)
        self.assertEqual((found.goods, found.bads), (3, 2))
        # Goods beat 2, 1.5 and 1 of 2 bads: 1, 0.75, 0.5, variance 0.0625. Bads are beaten by 1.5 and 3 of 3 goods:
        # 0.5, 1, variance 0.125.
        error = sqrt(0.0625 / 3 + 0.125 / 2)
        self.assertAlmostEqual(found.standard_error, error)
        self.assertAlmostEqual(found.low, 0.75 - 1.95996398 * error)
        self.assertEqual(found.high, 1.0, "0.75 + 1.96 · 0.289 is more than there is")
        self.assertEqual(found.verdict, 'random', "0.5 is in 0.184 to 1")

    def test_verdicts(self):
        apart, bad = list(range(40)), [True] * 15 + [False] * 25
        for name, scores, expected in (
            ("all bads below all goods", apart, ('ranks', 1.0, 1.0)),
            ("all bads above all goods", apart[::-1], ('worse', 0.0, -1.0)),
            ("everybody has the same score", [50] * 40, ('random', 0.5, 0.0)),
        ):
            with self.subTest(name):
                found = rank_order(scores, bad)
                self.assertEqual((found.verdict, found.auc, found.gini), expected)

    def test_too_few_are_not_judged(self):
        for goods, bads, expected in ((10, 10, 'ranks'), (9, 10, 'too_few'), (10, 9, 'too_few'), (0, 10, 'too_few')):
            with self.subTest(goods=goods, bads=bads):
                found = rank_order(range(goods + bads), [True] * bads + [False] * goods, min_goods=10, min_bads=10)
                self.assertEqual(found.verdict, expected)
        self.assertEqual(rank_order([], [])[:5], (None,) * 5)
        self.assertEqual(rank_order([1, 2], [True, True])[:5], (None,) * 5)
        one = rank_order([1, 2], [True, False], min_goods=1, min_bads=1)
        self.assertEqual((one.auc, one.standard_error, one.verdict), (1.0, None, 'too_few'))

    def test_scikit_learn_counts_the_same(self):
        for seed, shift in ((1, 0), (2, 5), (3, 20), (4, -10)):
            with self.subTest(shift=shift):
                scores, bad = crowd(seed, shift=shift)
                self.assertAlmostEqual(rank_order(scores, bad).auc, roc_auc_score([not one for one in bad], scores), 12)

    def test_the_standard_error_is_delongs(self):
        """Against the formula written out over the whole matrix of pairs."""
        scores, bad = crowd(5, shift=8)
        scores, bad = numpy.array(scores), numpy.array(bad)
        goods, bads = scores[~bad][:, None], scores[bad][None, :]
        pairs = (goods > bads) + 0.5 * (goods == bads)
        variance = pairs.mean(1).var(ddof=1) / goods.size + pairs.mean(0).var(ddof=1) / bads.size
        self.assertAlmostEqual(rank_order(scores.tolist(), bad.tolist()).standard_error, sqrt(variance), 12)

    def test_a_random_score_ranks_no_better_than_chance(self):
        """In about 95 of 100 cases; a score that bad customers have 8 points less of is always found."""
        verdicts = [rank_order(*crowd(seed)).verdict for seed in range(200)]
        self.assertTrue(180 <= verdicts.count('random') <= 198, verdicts.count('random'))
        self.assertEqual({rank_order(*crowd(seed, shift=8)).verdict for seed in range(20)}, {'ranks'})

    def test_a_customer_with_many_sheets_is_one_customer(self):
        """Four quarters of the same customers say no more than one: the error stays, DeLong's alone would be half."""
        scores, bad = crowd(8, count=100, shift=8)
        once = rank_order(scores, bad)
        four = rank_order(scores * 4, bad * 4, customers=list(range(100)) * 4)
        self.assertAlmostEqual(four.auc, once.auc)
        self.assertAlmostEqual(four.standard_error, once.standard_error)
        self.assertAlmostEqual(rank_order(scores * 4, bad * 4).standard_error, once.standard_error / 2, 3)
        few = rank_order([1, 2, 3, 4] * 20, [True, True, False, False] * 20, customers=[1, 2, 3, 4] * 20)
        self.assertEqual((few.goods, few.bads, few.verdict), (40, 40, 'too_few'), "40 sheets of two customers")

    def test_a_random_score_of_many_quarters_ranks_no_better_than_chance(self):
        """50 customers who keep their score and mostly their habits for four quarters."""
        verdicts, separations = [], set()
        for seed in range(100):
            rng = random.Random(seed)
            people = [(rng.gauss(70, 10), rng.random() < 0.4) for _customer in range(50)]
            rows = [
                (customer, score + rng.gauss(0, 2), is_bad != (rng.random() < 0.1))
                for customer, (score, is_bad) in enumerate(people) for _quarter in range(4)
            ]
            customers, scores, bad = zip(*rows)
            verdicts.append(rank_order(scores, bad, customers=customers).verdict)
            separations.add(kolmogorov_smirnov(scores, bad, customers=customers).verdict)
        self.assertGreaterEqual(verdicts.count('random'), 88, verdicts)
        self.assertEqual(separations, {'repeated'}, "the distance says nothing where customers have several scores")

    def test_many_scores_side_by_side_are_judged_more_strictly(self):
        """Nine random scores of 200 customers: at 95 % each, one of them would be named in a third of the reports."""
        named, loosely = 0, 0
        for seed in range(100):
            rng = random.Random(seed)
            bad = [rng.random() < 0.3 for _customer in range(200)]
            scores = [[rng.randint(0, 20) for _customer in bad] for _indicator in range(9)]
            named += any(rank_order(one, bad, tests=9).verdict != 'random' for one in scores)
            loosely += any(rank_order(one, bad).verdict != 'random' for one in scores)
        self.assertLessEqual(named, 10)
        self.assertGreaterEqual(loosely, 20)
        self.assertEqual(rank_order(*crowd(1, shift=8), tests=9).verdict, 'ranks')

    @properties
    @given(people)
    def test_turning_scores_round_turns_the_result_round(self, customers):
        scores, _others, bad = zip(*customers)
        found, turned = rank_order(scores, bad), rank_order([-score for score in scores], bad)
        if found.auc is None:
            self.assertIn(len(set(bad)), {0, 1})
        else:
            self.assertAlmostEqual(found.auc + turned.auc, 1)
            self.assertTrue(found.low is None or found.low <= found.auc <= found.high)


@tagged('-at_install', 'post_install')
class TestRankDifference(BaseCase):

    def test_a_score_is_as_good_as_itself(self):
        scores, bad = crowd(6, shift=5)
        self.assertEqual(rank_difference(scores, scores, bad), (0.0, 0.0, 0.0, 0.0, 'equal'))

    def test_the_better_score_is_found(self):
        scores, bad = crowd(7, shift=12)
        noise = random.Random(7)
        others = [score + noise.gauss(0, 30) for score in scores]
        found = rank_difference(scores, others, bad)
        self.assertEqual(found.verdict, 'better')
        self.assertAlmostEqual(found.difference, rank_order(scores, bad).auc - rank_order(others, bad).auc)
        self.assertEqual(rank_difference(others, scores, bad).verdict, 'worse')
        self.assertEqual(rank_difference(scores, others, bad, min_bads=1000).verdict, 'too_few')

    @properties
    @given(people)
    def test_the_covariance_is_that_of_both_scores(self, customers):
        """The variance of a difference is both variances less twice the covariance: by NumPy."""
        scores, others, bad = zip(*customers)
        found = rank_difference(scores, others, bad)
        bad = numpy.array(bad)
        if bad.sum() < 2 or (~bad).sum() < 2:
            self.assertIsNone(found.standard_error)
            return
        by_good, by_bad = [], []
        for values in (numpy.array(scores), numpy.array(others)):
            goods, bads = values[~bad][:, None], values[bad][None, :]
            pairs = (goods > bads) + 0.5 * (goods == bads)
            by_good.append(pairs.mean(1))
            by_bad.append(pairs.mean(0))
        covariance = numpy.cov(by_good) / (~bad).sum() + numpy.cov(by_bad) / bad.sum()
        variance = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
        self.assertAlmostEqual(found.standard_error ** 2, variance, 10)


@tagged('-at_install', 'post_install')
class TestSeparation(BaseCase):

    def test_distances_are_counted_by_hand(self):
        """Bads up to 50, 60, 70, 80: 1/2, 1/2, 1, 1; goods: 0, 1/3, 2/3, 1. The distance is greatest at 50."""
        found = kolmogorov_smirnov(SCORES, BAD, min_goods=3, min_bads=2)
        self.assertEqual((found.statistic, found.score, found.verdict), (0.5, 50, 'same'))
        self.assertEqual(
            [(row.low, row.high, row.goods, row.bads, round(row.goods_share, 4), row.bads_share) for row in found.rows],
            [(None, 60, 0, 1, 0, 0.5), (60, 70, 1, 0, 0.3333, 0.5), (70, 80, 1, 1, 0.6667, 1), (80, None, 1, 0, 1, 1)],
        )

    def test_rows_go_by_bands(self):
        rows = kolmogorov_smirnov(SCORES, BAD, bounds=[60, 80]).rows
        self.assertEqual([(row.low, row.high, row.goods, row.bads) for row in rows],
                         [(None, 60, 0, 1), (60, 80, 2, 1), (80, None, 1, 0)])

    def test_verdicts(self):
        apart, bad = list(range(40)), [True] * 15 + [False] * 25
        self.assertEqual(kolmogorov_smirnov(apart, bad)[:2], (1.0, 14))
        self.assertEqual(kolmogorov_smirnov(apart, bad).verdict, 'apart')
        self.assertEqual(kolmogorov_smirnov(apart[::-1], bad).verdict, 'reversed')
        self.assertEqual(kolmogorov_smirnov(apart, bad, min_bads=16).verdict, 'too_few')
        self.assertEqual(kolmogorov_smirnov([50] * 40, bad)[0], 0.0)
        self.assertEqual(kolmogorov_smirnov([1, 2], [False, False])[:4], (None, None, None, 'too_few'))
        self.assertEqual(kolmogorov_smirnov([], []).rows, ((None, None, 0, 0, 0.0, 0.0),))

    def test_scipy_and_scikit_learn_find_the_same(self):
        for seed, shift in ((1, 0), (2, 5), (3, 20), (4, -10)):
            with self.subTest(shift=shift):
                scores, bad = crowd(seed, shift=shift)
                goods = [score for score, is_bad in zip(scores, bad) if not is_bad]
                bads = [score for score, is_bad in zip(scores, bad) if is_bad]
                found, theirs = kolmogorov_smirnov(scores, bad), ks_2samp(bads, goods)
                self.assertAlmostEqual(found.statistic, theirs.statistic, 12)
                self.assertEqual(found.score, theirs.statistic_location)
                wrongly, rightly, _limits = roc_curve([not one for one in bad], scores, drop_intermediate=False)
                self.assertAlmostEqual(found.statistic, max(abs(rightly - wrongly)), 12)
                self.assertAlmostEqual(
                    found.p_value, kolmogorov(theirs.statistic * sqrt(len(goods) * len(bads) / len(scores))), 10)

    def test_customers_with_several_scores_are_counted_once_and_not_judged(self):
        """40 scores of 4 customers are too few; 40 of 20 are enough, but the chance isn't known."""
        bad = [False] * 20 + [True] * 20
        four = [place // 10 for place in range(40)]
        twenty = [place // 2 for place in range(40)]
        self.assertEqual(kolmogorov_smirnov(range(40), bad, customers=four)[2:4], (None, 'too_few'))
        found = kolmogorov_smirnov(range(40), bad, customers=twenty)
        self.assertEqual((found.statistic, found.p_value, found.verdict), (1.0, None, 'repeated'))
        self.assertEqual(kolmogorov_smirnov(range(40), bad, customers=range(40)).verdict, 'reversed')

    def test_a_random_score_separates_nobody(self):
        verdicts = [kolmogorov_smirnov(*crowd(seed)).verdict for seed in range(100)]
        self.assertGreaterEqual(verdicts.count('same'), 90)


@tagged('-at_install', 'post_install')
class TestStability(BaseCase):

    def test_the_index_is_worked_out_by_hand(self):
        """50 : 50 became 40 : 60: −0.1 · ln 0.8 + 0.1 · ln 1.2 = 0.1 · ln 1.5 = 0.0405."""
        found = population_stability([50, 50], [40, 60])
        self.assertAlmostEqual(found.psi, 0.1 * log(1.5))
        self.assertEqual(found.verdict, 'stable')
        self.assertAlmostEqual(found.rows[0].part, -0.1 * log(0.8))
        self.assertEqual(found.rows[1][:4], (50, 60, 0.5, 0.6))

    def test_limits(self):
        for actual, verdict in (([500, 500], 'stable'), ([350, 650], 'stable'), ([300, 700], 'shifting'),
                                ([250, 750], 'changed')):
            with self.subTest(actual):
                # (0.15 · ln 1.857 = 0.093), (0.2 · ln 2.333 = 0.169), (0.25 · ln 3 = 0.275)
                self.assertEqual(population_stability([500, 500], actual).verdict, verdict)

    def test_an_empty_band_counts_as_half_a_customer(self):
        """10 % became half of 1 ‰ here, and the band empty in both adds nothing."""
        found = population_stability([900, 100, 0], [1000, 0, 0])
        self.assertAlmostEqual(found.psi, 0.1 * log(1 / 0.9) + (0.0005 - 0.1) * log(0.0005 / 0.1))
        self.assertEqual(found.rows[2].part, 0)
        self.assertEqual(found.rows[1].actual_share, 0, "but the share that is shown is the real one")

    def test_few_customers_are_not_judged(self):
        """Ten customers who moved by a band are a large index, but no more than chance makes."""
        found = population_stability([4, 3, 3], [2, 5, 3])
        self.assertGreater(found.psi, 0.1)
        self.assertEqual(found.verdict, 'too_few')
        self.assertEqual(population_stability([400, 300, 300], [200, 500, 300]).verdict, 'shifting')
        self.assertEqual(population_stability([5, 5], [5, 5]).verdict, 'stable')
        self.assertEqual(population_stability([5, 5], [5, 5], min_count=30).verdict, 'too_few')
        self.assertEqual(population_stability([], [])[:3], (None, None, 'too_few'))
        self.assertEqual(population_stability([0, 0], [1, 2]).rows[1], (0, 2, None, 2 / 3, 0.0))

    def test_scipy_finds_the_same(self):
        """The index is the relative entropy both ways; chance is a multiple of chi-square."""
        for expected, actual in (([10, 200, 300, 90], [30, 150, 350, 80]), ([5, 5, 5], [1, 2, 12])):
            found = population_stability(expected, actual)
            self.assertAlmostEqual(found.psi, entropy(expected, actual) + entropy(actual, expected), 12)
            noise = (1 / sum(expected) + 1 / sum(actual)) * chi2.ppf(0.95, len(expected) - 1)
            self.assertAlmostEqual(found.chance / noise, 1, delta=0.03)
        for degrees in (1, 2, 5, 9, 19):
            found = population_stability([50] * (degrees + 1), [50] * (degrees + 1))
            noise = 2 / (50 * (degrees + 1)) * chi2.ppf(0.95, degrees)
            self.assertAlmostEqual(found.chance / noise, 1, delta=0.03)

    def test_chance_alone_is_rarely_taken_for_a_change(self):
        """Two quarters of 60 customers drawn from the same scores."""
        bounds, changed = even_bounds(), 0
        for seed in range(200):
            rng = random.Random(seed)
            quarters = [band_counts([rng.gauss(70, 12) for _customer in range(60)], bounds) for _quarter in range(2)]
            changed += population_stability(*quarters).verdict in {'shifting', 'changed'}
        self.assertLess(changed, 20)


@tagged('-at_install', 'post_install')
class TestMigration(BaseCase):

    def test_changes_are_counted(self):
        found = migration([('A', 'A'), ('A', 'B'), ('B', 'A'), ('B', None), (None, None), ('A', 'A')], ['A', 'B', None])
        self.assertEqual([(row.key, row.total, row.counts) for row in found.rows],
                         [('A', 3, (2, 1, 0)), ('B', 2, (1, 0, 1)), (None, 1, (0, 0, 1))])
        self.assertEqual(found.rows[0].shares, (2 / 3, 1 / 3, 0))
        self.assertEqual((found.total, found.up, found.same, found.down), (6, 1, 3, 2))

    def test_nobody(self):
        found = migration([], ['A', None])
        self.assertEqual((found.total, found.rows[0].shares), (0, (None, None)))
        with self.assertRaises(KeyError):
            migration([('A', 'C')], ['A', None])


@tagged('-at_install', 'post_install')
class TestShare(BaseCase):

    def test_scipy_finds_the_same_interval(self):
        for part, whole in ((0, 10), (3, 10), (10, 10), (40, 200)):
            theirs = binomtest(part, whole).proportion_ci(method='wilson')
            self.assertAlmostEqual(share_interval(part, whole)[0], theirs.low)
            self.assertAlmostEqual(share_interval(part, whole)[1], theirs.high)

    def test_verdicts(self):
        """Of 30, none or 3 bad: up to 11 or 26 %; 12 bad: from 25 %."""
        self.assertEqual([judge_share(bad, 30, 0.2, 30) for bad in (0, 3, 12)], ['lower', 'usual', 'higher'])
        self.assertEqual(judge_share(0, 29, 0.2, 30), 'too_few')
        self.assertEqual(judge_share(0, 0, 0.2, 0), 'too_few')
        self.assertEqual(share_interval(0, 0), (None, None))


    def test_many_groups_side_by_side_are_judged_more_strictly(self):
        """SciPy's interval at 1 − 0.05 ÷ 25. 50 customers of each of 25 levels, a fifth of them bad by chance alone."""
        theirs = binomtest(12, 40).proportion_ci(confidence_level=1 - 0.05 / 25, method='wilson')
        self.assertAlmostEqual(share_interval(12, 40, tests=25)[0], theirs.low)
        self.assertAlmostEqual(share_interval(12, 40, tests=25)[1], theirs.high)
        named, loosely = 0, 0
        for seed in range(100):
            rng = random.Random(seed)
            groups = [sum(rng.random() < 0.2 for _customer in range(50)) for _level in range(25)]
            usual = sum(groups) / 1250
            named += any(judge_share(bad, 50, usual, 30, tests=25) != 'usual' for bad in groups)
            loosely += any(judge_share(bad, 50, usual, 30) != 'usual' for bad in groups)
        self.assertLessEqual(named, 10)
        self.assertGreaterEqual(loosely, 40)


@tagged('-at_install', 'post_install')
class TestBands(BaseCase):

    def test_bands(self):
        self.assertEqual(even_bounds(25), [25, 50, 75])
        self.assertEqual(band_counts([0, 24.99, 25, 75, 100, 110], [25, 50, 75]), [2, 1, 0, 3])
        self.assertEqual(quantile_bounds([1, 2, 3, 4], 2), [3])
        self.assertEqual(quantile_bounds([5, 5, 5, 5, 9], 4), [], "three quarters have the same score")
        self.assertEqual(quantile_bounds([], 10), [])

    @properties
    @given(st.lists(st.integers(0, 100), max_size=200), st.integers(1, 12))
    def test_every_score_is_in_one_band(self, scores, count):
        bounds = quantile_bounds(scores, count)
        self.assertLess(len(bounds), count)
        self.assertEqual(sum(band_counts(scores, bounds)), len(scores))
        if scores:
            self.assertNotIn(0, band_counts(scores, bounds), "no band of quantiles is empty")

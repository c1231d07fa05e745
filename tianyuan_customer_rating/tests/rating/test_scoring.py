"""Design §6: how points, tiers, major accounts and classes come about.

The properties hold for any scheme; the tables are the policy's own, read from the schemes as installed.
"""
from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, TransactionCase, tagged

from ...engine.scoring import (
    Level,
    LineSpec,
    Threshold,
    award,
    customer_class,
    is_major,
    reached_level,
    score_line,
    total,
)
from ..properties import properties

bounds = st.integers(-10_000_000, 10_000_000).map(lambda number: number / 10_000)
points = st.integers(0, 10_000).map(lambda cents: cents / 100)


@st.composite
def level_tables(draw, lower_is_better=False):
    """Levels in any order, where a better bound never has fewer points."""
    steps = draw(st.lists(bounds, unique=True, max_size=8))
    best_first = sorted(steps, reverse=not lower_is_better)
    awarded = sorted(draw(st.lists(points, min_size=len(steps), max_size=len(steps))), reverse=True)
    return draw(st.permutations([Level(bound, marks) for bound, marks in zip(best_first, awarded)]))


@st.composite
def threshold_ladders(draw):
    """Tiers best first, each with a lower bound than the one above, some with full marks demanded."""
    ladder = sorted(draw(st.lists(points, unique=True, max_size=6)), reverse=True)
    return [
        Threshold(
            tier=rank, min_score=bound, min_inclusive=draw(st.booleans()),
            full_marks=tuple(draw(st.sets(st.sampled_from(['credit', 'quality'])))),
        )
        for rank, bound in enumerate(ladder)
    ]


def points_of(levels, value, lower_is_better=False):
    level = reached_level(levels, value, lower_is_better)
    return level.points if level else 0.0


def rank(threshold, ladder):
    """0 for the best tier; no tier comes after the last."""
    return threshold.tier if threshold else len(ladder)


@tagged('post_install', '-at_install')
class TestScoringProperties(BaseCase):

    @properties
    @given(level_tables(), bounds, bounds)
    def test_a_greater_value_never_brings_fewer_points_where_higher_is_better(self, levels, one, other):
        self.assertLessEqual(points_of(levels, min(one, other)), points_of(levels, max(one, other)))

    @properties
    @given(level_tables(lower_is_better=True), bounds, bounds)
    def test_a_greater_value_never_brings_more_points_where_lower_is_better(self, levels, one, other):
        self.assertGreaterEqual(points_of(levels, min(one, other), True), points_of(levels, max(one, other), True))

    @properties
    @given(level_tables(), st.data())
    def test_a_bound_belongs_to_its_own_level(self, levels, data):
        if levels:
            level = data.draw(st.sampled_from(levels))
            self.assertEqual(reached_level(levels, level.bound, False), level)
            self.assertEqual(reached_level(levels, level.bound, True), level)

    @properties
    @given(level_tables(), bounds)
    def test_a_level_reached_is_the_nearest_one(self, levels, value):
        higher = reached_level(levels, value, False)
        self.assertEqual(higher and higher.bound, max((lv.bound for lv in levels if lv.bound <= value), default=None))
        lower = reached_level(levels, value, True)
        self.assertEqual(lower and lower.bound, min((lv.bound for lv in levels if lv.bound >= value), default=None))

    @properties
    @given(threshold_ladders(), points, points, st.booleans(), st.booleans())
    def test_raising_the_score_never_lowers_the_tier(self, ladder, one, other, full_credit, full_quality):
        marks = {'credit': (20 if full_credit else 17, 20), 'quality': (10 if full_quality else 8, 10)}
        lower, higher = (award(ladder, score, marks, False) for score in sorted((one, other)))
        self.assertLessEqual(rank(higher, ladder), rank(lower, ladder))

    @properties
    @given(threshold_ladders(), st.integers(0, 8000), st.integers(0, 2000), st.integers(0, 2000))
    def test_raising_the_points_of_an_indicator_never_lowers_the_tier(self, ladder, others, one, other):
        awarded = []
        for cents in sorted((one, other)):
            marks = {'credit': (cents / 100, 20), 'quality': (10, 10)}
            awarded.append(award(ladder, (others + cents) / 100, marks, False))
        self.assertLessEqual(rank(awarded[1], ladder), rank(awarded[0], ladder))

    @properties
    @given(threshold_ladders(), points, st.booleans())
    def test_with_bad_debt_there_is_no_tier(self, ladder, score, full):
        marks = {'credit': (20 if full else 17, 20), 'quality': (10, 10)}
        self.assertIsNone(award(ladder, score, marks, True))

    @properties
    @given(st.lists(st.integers(0, 8900), max_size=8))
    def test_a_score_is_exact_to_the_cent_however_it_adds_up(self, cuts):
        edges = [0, *sorted(cuts), 8900]
        parts = [(after - before) / 100 for before, after in zip(edges, edges[1:])]
        ladder = [Threshold(tier=0, min_score=89.0), Threshold(tier=1, min_score=79.0)]
        self.assertEqual(total(parts), 89.0)
        self.assertEqual(award(ladder, sum(parts), {}, False).tier, 1)
        self.assertEqual(award(ladder, sum([*parts, 0.01]), {}, False).tier, 0)


@tagged('post_install', '-at_install')
class TestLineScores(BaseCase):

    levels = (Level(100, 20), Level(95, 17), Level(60, 4))

    def spec(self, policy, source='computed'):
        return LineSpec(code='x', source=source, max_points=20, no_data_policy=policy, levels=self.levels)

    def outcome(self, *args, **options):
        result = score_line(*args, **options)
        return result.points, result.origin

    def test_a_value_is_scored_by_its_level(self):
        for policy in ('zero', 'carry', 'assess'):
            for value, expected in ((100.0, 20), (99.9999, 17), (60.0, 4), (59.9999, 0.0)):
                self.assertEqual(self.outcome(self.spec(policy), value, 11.0), (expected, 'computed'))

    def test_zero_is_a_value_and_not_missing_data(self):
        levels = (Level(0, 10), Level(7, 8))
        spec = LineSpec(code='x', max_points=10, lower_is_better=True, no_data_policy='assess', levels=levels)
        self.assertEqual(self.outcome(spec, 0.0), (10, 'computed'))

    def test_no_data_is_zero_points_only_where_the_indicator_says_so(self):
        self.assertEqual(self.outcome(self.spec('zero'), None), (0.0, 'computed'))

    def test_no_data_carries_the_points_of_the_last_confirmed_rating(self):
        self.assertEqual(self.outcome(self.spec('carry'), None, 14.0), (14.0, 'carried'))
        self.assertEqual(self.outcome(self.spec('carry'), None, 0.0), (0.0, 'carried'))

    def test_no_data_and_nothing_to_carry_waits_for_a_person(self):
        self.assertEqual(self.outcome(self.spec('carry'), None), (0.0, 'missing'))
        self.assertEqual(self.outcome(self.spec('assess'), None, 14.0), (0.0, 'missing'))

    def test_carried_points_stay_within_a_scheme_that_gives_fewer(self):
        self.assertEqual(self.outcome(self.spec('carry'), None, 25.0), (20, 'carried'))


class SchemeCase(TransactionCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.schemes = {
            'distributor': cls.env.ref('tianyuan_customer_rating.scheme_distributor'),
            'direct': cls.env.ref('tianyuan_customer_rating.scheme_direct'),
        }

    def thresholds(self, channel):
        """The thresholds of the default scheme, best tier first."""
        return [
            Threshold(
                tier=threshold.tier_id.name,
                min_score=threshold.min_score,
                min_inclusive=threshold.min_inclusive,
                full_marks=tuple(threshold.full_marks_indicator_ids.mapped('code')),
                is_key=threshold.is_key,
                major_min_annual_purchase=threshold.major_min_annual_purchase,
            )
            for threshold in self.schemes[channel].threshold_ids.sorted(lambda threshold: threshold.tier_id.sequence)
        ]

    def awarded(self, channel, score, credit=20.0, has_bad_debt=False):
        return award(self.thresholds(channel), score, {'credit_performance': (credit, 20.0)}, has_bad_debt)

    def tier(self, *args, **options):
        threshold = self.awarded(*args, **options)
        return threshold and threshold.tier


@tagged('post_install', '-at_install')
class TestPolicyTiers(SchemeCase):

    def test_distributor_tiers_bounds_belong_to_the_tier_below(self):
        for score, tier in (
            (100, 'AAA'), (89.01, 'AAA'), (89, 'AA'), (79.01, 'AA'), (79, 'A'), (69.01, 'A'), (69, 'B'),
            (59.01, 'B'), (59, 'C'), (50.01, 'C'), (50, 'C'), (49.99, None), (0, None),
        ):
            with self.subTest(score=score):
                self.assertEqual(self.tier('distributor', score), tier)

    def test_direct_tiers_bounds_belong_to_the_tier_below(self):
        for score, tier in (
            (100, 'AAA'), (84.01, 'AAA'), (84, 'AA'), (74.01, 'AA'), (74, 'A'), (64.01, 'A'), (64, 'B'),
            (54.01, 'B'), (54, 'C'), (45.01, 'C'), (45, 'C'), (44.99, None), (0, None),
        ):
            with self.subTest(score=score):
                self.assertEqual(self.tier('direct', score), tier)

    def test_a_direct_customer_above_84_without_full_marks_in_credit_performance_is_aa(self):
        self.assertEqual(self.tier('direct', 84.01, credit=20.0), 'AAA')
        self.assertEqual(self.tier('direct', 84.01, credit=19.99), 'AA')
        self.assertEqual(self.tier('direct', 97, credit=17.0), 'AA')

    def test_lower_direct_tiers_need_no_full_marks(self):
        for score, tier in ((84, 'AA'), (74, 'A'), (64, 'B'), (45, 'C')):
            self.assertEqual(self.tier('direct', score, credit=0.0), tier)

    def test_a_distributor_needs_no_full_marks(self):
        self.assertEqual(self.tier('distributor', 89.01, credit=0.0), 'AAA')

    def test_bad_debt_takes_every_tier(self):
        for channel in ('distributor', 'direct'):
            for score in (100, 85, 70, 60, 50):
                self.assertIsNone(self.tier(channel, score, has_bad_debt=True))

    def test_an_account_is_major_from_twenty_or_fifty_million_on(self):
        for channel, score, purchases, major in (
            ('direct', 90, 20_000_000, True),             # AAA
            ('direct', 90, 19_999_999.99, False),
            ('direct', 80, 20_000_000, True),             # AA
            ('direct', 80, 19_999_999.99, False),
            ('direct', 74, 99_000_000, False),            # A
            ('distributor', 90, 50_000_000, True),        # AAA
            ('distributor', 90, 49_999_999.99, False),
            ('distributor', 89, 99_000_000, False),       # AA
            ('distributor', 40, 99_000_000, False),       # no tier
        ):
            with self.subTest(channel=channel, score=score, purchases=purchases):
                self.assertIs(is_major(self.awarded(channel, score), purchases), major)

    def test_key_customers_are_direct_aaa_and_aa_and_distributor_aaa(self):
        for channel, score, expected in (
            ('direct', 90, 'key'), ('direct', 80, 'key'), ('direct', 74, 'ordinary'), ('direct', 10, 'ordinary'),
            ('distributor', 90, 'key'), ('distributor', 89, 'ordinary'), ('distributor', 10, 'ordinary'),
        ):
            with self.subTest(channel=channel, score=score):
                self.assertEqual(customer_class(self.awarded(channel, score), 0.0), expected)

    def test_annual_purchases_alone_make_no_key_customer(self):
        self.assertEqual(customer_class(self.awarded('distributor', 89), 99_000_000), 'ordinary')
        self.assertEqual(customer_class(self.awarded('direct', 90, has_bad_debt=True), 99_000_000), 'ordinary')

    def test_a_prospect_that_meets_key_conditions_before_any_business_is_potential(self):
        key, ordinary = self.awarded('direct', 90), self.awarded('direct', 60)
        self.assertEqual(customer_class(key, 0.0, is_prospect=True, has_business=False), 'potential')
        self.assertEqual(customer_class(key, 0.0, is_prospect=True, has_business=True), 'key')
        self.assertEqual(customer_class(key, 0.0, is_prospect=False, has_business=False), 'key')
        self.assertEqual(customer_class(ordinary, 0.0, is_prospect=True, has_business=False), 'ordinary')


@tagged('post_install', '-at_install')
class TestDefaultSchemes(SchemeCase):

    def points(self, channel, code, value):
        line = self.schemes[channel].line_ids.filtered(lambda line: line.indicator_id.code == code)
        levels = [Level(level.bound, level.points) for level in line.level_ids]
        return points_of(levels, value, line.indicator_id.lower_is_better)

    def test_each_scheme_has_nine_indicators_in_five_categories_that_total_100(self):
        for channel, scheme in self.schemes.items():
            self.assertEqual((scheme.channel, scheme.state), (channel, 'active'))
            self.assertEqual({line.indicator_id.code: line.max_points for line in scheme.line_ids}, {
                'cooperation_time': 10, 'willingness': 10, 'loyalty': 15, 'purchase_volume': 15, 'purchase_growth': 5,
                'purchase_balance': 10, 'credit_performance': 20, 'days_beyond_terms': 10, 'debt_ratio': 5,
            })
            self.assertEqual(len(scheme.line_ids.indicator_id.category_id), 5)

    def test_finance_answers_for_credit_and_solvency_and_sales_for_the_rest(self):
        indicators = self.schemes['direct'].line_ids.indicator_id
        self.assertEqual(set(indicators.filtered(lambda i: i.responsibility == 'finance').mapped('code')),
                         {'credit_performance', 'days_beyond_terms', 'debt_ratio'})

    def test_what_happens_without_data_is_set_per_indicator(self):
        policies = {i.code: i.no_data_policy for i in self.schemes['direct'].line_ids.indicator_id}
        self.assertEqual({code: policies[code] for code in (
            'purchase_growth', 'purchase_balance', 'credit_performance', 'days_beyond_terms', 'debt_ratio',
        )}, {
            'purchase_growth': 'assess', 'purchase_balance': 'zero', 'credit_performance': 'carry',
            'days_beyond_terms': 'carry', 'debt_ratio': 'carry',
        })

    def test_the_highest_level_of_an_indicator_is_its_maximum(self):
        for scheme in self.schemes.values():
            for line in scheme.line_ids:
                self.assertEqual(max(line.level_ids.mapped('points')), line.max_points, line.indicator_id.code)

    def test_points_of_the_default_levels(self):
        table = {
            'cooperation_time': ((5, 10), (4.9999, 8), (3, 8), (2.9999, 5), (1, 5), (0.9999, 2), (0, 2)),
            'loyalty': ((100, 15), (80, 15), (79.99, 12), (50, 12), (20, 8), (19.99, 4), (0, 4)),
            'purchase_growth': ((20, 5), (19.9999, 4), (5, 4), (0, 3), (-5, 3), (-5.0001, 1), (-20, 1), (-20.0001, 0)),
            'purchase_balance': ((0, 10), (0.1, 10), (0.1001, 8), (0.25, 8), (0.5, 5), (0.8, 2), (0.8001, 0)),
            'credit_performance': ((100, 20), (99.9999, 17), (95, 17), (90, 14), (80, 9), (60, 4), (59.9999, 0)),
            'days_beyond_terms': ((0, 10), (0.0001, 8), (7, 8), (15, 5), (30, 2), (30.0001, 0)),
            'debt_ratio': ((0, 5), (50, 5), (50.01, 4), (60, 4), (70, 2), (70.01, 0)),
        }
        for channel in self.schemes:
            for code, cases in table.items():
                for value, expected in cases:
                    with self.subTest(channel=channel, indicator=code, value=value):
                        self.assertEqual(self.points(channel, code, value), expected)

    def test_purchase_volume_asks_two_and_a_half_times_more_of_a_distributor(self):
        for channel, cases in {
            'direct': ((5_000_000, 15), (4_999_999.99, 12), (3_000_000, 12), (1_500_000, 9), (500_000, 6),
                       (499_999.99, 3), (0.01, 3), (0, 0), (-100, 0)),
            'distributor': ((12_500_000, 15), (12_499_999.99, 12), (8_000_000, 12), (4_000_000, 9), (1_000_000, 6),
                            (999_999.99, 3), (0.01, 3), (0, 0), (-100, 0)),
        }.items():
            for value, expected in cases:
                with self.subTest(channel=channel, value=value):
                    self.assertEqual(self.points(channel, 'purchase_volume', value), expected)

    def test_the_best_tier_comes_first(self):
        for channel in self.schemes:
            self.assertEqual([threshold.tier for threshold in self.thresholds(channel)], ['AAA', 'AA', 'A', 'B', 'C'])

"""What a sheet comes to under another scheme: each kind of line by hand, and what holds for any scheme."""
from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine import scoring
from ...engine.rescore import (
    NO_LEVEL, LevelReach, NamedLevel, StoredLine, StoredSheet, as_rated, direction, full_marks_reach, level_reach,
    match_levels, rescore, rescore_line, tier_reach,
)
from ...engine.scoring import Level, LineSpec, Threshold
from ...models.rating.tianyuan_rating_scheme import SchemeSpec
from ..properties import properties
from .test_scoring import bounds, level_tables, points, threshold_ladders

OWN = LineSpec('volume', max_points=10, levels=(Level(100, 10), Level(50, 6), Level(1, 3)))
STRICTER = OWN._replace(levels=(Level(100, 8), Level(80, 6), Level(1, 2)), max_points=8)
LADDER = (Threshold('AAA', 89, full_marks=('credit',), is_key=True), Threshold('AA', 79), Threshold('C', 50))


def stored(lines, score=0.0, tier=None, customer_class='ordinary', is_major=False, annual=0.0, bad_debt=False):
    return StoredSheet(1, 1, 1, 'confirmed', score, tier, customer_class, is_major, annual, bad_debt, lines)


@tagged('post_install', '-at_install')
class TestRescore(BaseCase):

    def assertLine(self, line, expected, own=OWN, spec=STRICTER, counterparts=()):
        self.assertEqual(rescore_line(spec, line, own, counterparts), expected)

    # -- one line -----------------------------------------------------------------------------

    def test_a_number_is_scored_by_the_other_schemes_levels(self):
        for origin in ('computed', 'assessed'):
            with self.subTest(origin):
                self.assertLine(StoredLine('value', origin, 6, 70), (2, 'value'))
                self.assertLine(StoredLine('value', origin, 6, 80), (6, 'value'), own=None)
        self.assertLine(StoredLine('computed', 'computed', 0, 0.5), (0, 'value'))

    def test_zero_is_a_number(self):
        spec = LineSpec('days', max_points=10, lower_is_better=True, levels=(Level(0, 7), Level(5, 3)))
        self.assertLine(StoredLine('computed', 'computed', 10, 0.0), (7, 'value'), spec=spec)

    def test_a_persons_points_stay_up_to_the_maximum(self):
        self.assertLine(StoredLine('computed', 'adjusted', 7, 120), (7, 'kept'))
        self.assertLine(StoredLine('computed', 'adjusted', 9, 120), (8, 'kept'))
        self.assertLine(StoredLine('computed', 'assessed', 9), (8, 'kept'))
        # 70 would have brought 6: someone has given 5
        self.assertLine(StoredLine('value', 'assessed', 5, 70), (5, 'kept'))

    def test_carried_points_stay_up_to_the_maximum(self):
        self.assertLine(StoredLine('computed', 'carried', 10), (8, 'kept'))
        self.assertLine(StoredLine('computed', 'carried', 3), (3, 'kept'))

    def test_no_stored_value_has_no_points(self):
        for line in (None, StoredLine('level', 'missing', 0), StoredLine('computed', 'missing', 0),
                     StoredLine('computed', 'computed', 0)):
            with self.subTest(line=line):
                self.assertLine(line, (0, 'none'))

    def test_a_picked_level_counts_as_its_counterpart(self):
        self.assertLine(StoredLine('level', 'assessed', 6, 0.0, level=2), (4, 'level'), counterparts={2: NamedLevel(12, "Low", 4)})
        self.assertLine(StoredLine('level', 'assessed', 9, 0.0, level=2), (8, 'kept'), counterparts={1: NamedLevel(11, "High", 4)})
        self.assertLine(StoredLine('level', 'assessed', 7, 0.0), (7, 'kept'), counterparts={1: NamedLevel(11, "High", 4)})

    # -- levels -------------------------------------------------------------------------------

    def test_levels_match_by_name_then_by_place(self):
        old = [NamedLevel(1, "High", 10), NamedLevel(2, "Medium", 6), NamedLevel(3, "Low", 2)]
        renamed = [NamedLevel(11, "Very high", 12), NamedLevel(12, "Low", 5), NamedLevel(13, "None", 0)]
        self.assertEqual(match_levels(old, renamed), {1: renamed[0], 2: renamed[1], 3: renamed[1]})
        more = [NamedLevel(10, "Highest", 15), *renamed]
        self.assertEqual(match_levels(old, more), {3: renamed[1]})
        twice = [NamedLevel(11, "Low", 9), NamedLevel(12, "Low", 5), NamedLevel(13, "None", 0)]
        self.assertEqual(match_levels(old, twice), dict(zip((1, 2, 3), twice)))
        self.assertEqual(match_levels(old, []), {})

    # -- a sheet ------------------------------------------------------------------------------

    def test_tier_and_class_follow_the_other_scheme(self):
        spec = SchemeSpec({
            'credit': LineSpec('credit', max_points=20, levels=(Level(100, 20), Level(90, 15))),
            'rest': LineSpec('rest', max_points=80, levels=(Level(1, 70),)),
        }, LADDER)
        full = stored({'credit': StoredLine('computed', 'computed', 1, 100), 'rest': StoredLine('value', 'assessed', 1, 1)})
        self.assertEqual(rescore(spec, full)[:4], (90, 'AAA', 'key', False))
        less = full._replace(lines={**full.lines, 'credit': StoredLine('computed', 'computed', 1, 95)})
        self.assertEqual(rescore(spec, less)[:4], (85, 'AA', 'ordinary', False))
        self.assertEqual(rescore(spec, full._replace(has_bad_debt=True))[:4], (90, None, 'ordinary', False))
        self.assertEqual(rescore(spec, stored({}))[:4], (0, None, 'ordinary', False))

    def test_an_indicator_of_the_sheet_only_counts_no_more(self):
        sheet = stored({'gone': StoredLine('computed', 'adjusted', 50)}, score=50)
        self.assertEqual(rescore(SchemeSpec({}, LADDER), sheet)[:2], (0, None))

    def test_directions(self):
        ranks = {'AAA': 0, 'AA': 1, 'C': 2}
        outcome = rescore(SchemeSpec({}, ()), stored({}))
        for old, new, expected in (('AAA', 'AA', 'down'), ('C', 'AA', 'up'), (None, 'C', 'up'), ('C', None, 'down'),
                                   ('AA', 'AA', 'same'), (None, None, 'same')):
            with self.subTest(old=old, new=new):
                self.assertEqual(direction(ranks, stored({}, tier=old), outcome._replace(tier=new)), expected)
        kept = outcome._replace(tier='AA')
        self.assertEqual(direction(ranks, stored({}, tier='AA', customer_class='key'), kept), 'class')
        self.assertEqual(direction(ranks, stored({}, tier='AA', is_major=True), kept), 'class')

    # -- who got points from which level --------------------------------------------------------

    def test_each_level_is_counted_for_the_sheets_that_have_their_points_from_it(self):
        """Five sheets: 120 and 100 reach the level from 100, 70 the one from 50, 0.5 none; a person changed the fifth."""
        spec = SchemeSpec({'volume': OWN._replace(levels=(Level(100, 10, 1), Level(50, 6, 2), Level(1, 3, 3)))}, ())
        sheets = [
            *(stored({'volume': StoredLine('value', 'computed', 0, value)}) for value in (120, 100, 70, 0.5)),
            stored({'volume': StoredLine('value', 'adjusted', 3, 2)}),
        ]
        self.assertEqual(level_reach(spec, [rescore(spec, sheet) for sheet in sheets]), {
            ('volume', 1): LevelReach(2, 4), ('volume', 2): LevelReach(1, 4), ('volume', 3): LevelReach(0, 4),
            ('volume', NO_LEVEL): LevelReach(1, 4),
        })

    def test_a_picked_level_is_counted_as_its_counterpart(self):
        spec = SchemeSpec({'will': LineSpec('will', source='level', max_points=9, levels=(Level(0, 9, 11), Level(0, 4, 12)))}, ())
        counterparts = {1: NamedLevel(11, "High", 9)}
        picked = [stored({'will': StoredLine('level', 'assessed', 5, 0.0, level=level)}) for level in (1, 1, 3)]
        self.assertEqual(level_reach(spec, [rescore(spec, sheet, None, counterparts) for sheet in picked]), {
            ('will', 11): LevelReach(2, 2), ('will', 12): LevelReach(0, 2), ('will', NO_LEVEL): LevelReach(0, 2),
        })

    def test_as_rated_counts_the_levels_that_gave_the_points(self):
        own = {'volume': OWN._replace(levels=(Level(100, 10, 1), Level(50, 6, 2), Level(1, 3, 3))), 'will': LineSpec('will')}
        sheet = stored({
            'volume': StoredLine('value', 'assessed', 6, 70, level=2),    # what its level gives
            'will': StoredLine('level', 'assessed', 5, 0.0, level=9),
            'carried': StoredLine('computed', 'carried', 4), 'missing': StoredLine('computed', 'missing', 0),
        }, score=15, tier='C', customer_class='key', is_major=True)
        result = as_rated(sheet, own)
        self.assertEqual(result[:4], (15, 'C', 'key', True))
        self.assertEqual(result.levels, {'volume': 2, 'will': 9})
        self.assertEqual(result.lines['carried'], (4, 'kept'))
        changed = stored({'volume': StoredLine('value', 'assessed', 5, 70, level=2)})    # the level gives 6
        self.assertEqual(as_rated(changed, own).levels, {})

    def test_tiers_and_full_marks_are_counted(self):
        """Credit marks 20, 20 and 15 of 20 with 90, 70 and 85 points: AAA, C and AA."""
        spec = SchemeSpec({
            'credit': LineSpec('credit', max_points=20, levels=(Level(100, 20), Level(90, 15))),
            'rest': LineSpec('rest', max_points=80, levels=(Level(1, 70), Level(0, 50))),
        }, LADDER)
        results = [rescore(spec, stored({
            'credit': StoredLine('computed', 'computed', 0, credit), 'rest': StoredLine('computed', 'computed', 0, rest),
        })) for credit, rest in ((100, 1), (100, 0), (95, 1))]
        self.assertEqual(tier_reach(spec, results), {
            'AAA': LevelReach(1, 3), 'AA': LevelReach(1, 3), 'C': LevelReach(1, 3)})
        self.assertEqual(full_marks_reach(spec, results), {('AAA', 'credit'): LevelReach(2, 3)})

    def test_nobody_some_everybody_or_not_to_be_told(self):
        for reach, verdict in (((0, 5), 'nobody'), ((2, 5), 'some'), ((5, 5), 'everybody'), ((0, 0), 'unknown')):
            with self.subTest(reach):
                self.assertEqual(LevelReach(*reach).verdict, verdict)

    # -- what holds for any scheme ------------------------------------------------------------

    @properties
    @given(level_tables(), st.booleans(), bounds, points, st.sampled_from(['computed', 'assessed', 'adjusted', 'carried']))
    def test_an_identical_scheme_gives_every_line_the_same_points(self, levels, lower, value, given_points, origin):
        spec = LineSpec('any', max_points=100, lower_is_better=lower, levels=tuple(levels))
        scored = scoring.score_value(spec, value)[0]
        line = StoredLine('value', origin, scored if origin == 'computed' else given_points, value)
        self.assertEqual(rescore_line(spec, line, spec)[0], line.points)

    @properties
    @given(level_tables(), threshold_ladders(), bounds, points, st.booleans())
    def test_an_identical_scheme_moves_nobody(self, levels, ladder, value, kept, bad_debt):
        spec = SchemeSpec({
            'credit': LineSpec('credit', max_points=100, levels=tuple(levels)),
            'quality': LineSpec('quality', source='value', max_points=100),
        }, ladder)
        marks = {'credit': scoring.score_value(spec.lines['credit'], value)[0], 'quality': kept}
        threshold = scoring.award(
            ladder, scoring.total(marks.values()), {key: (mark, 100) for key, mark in marks.items()}, bad_debt)
        sheet = stored({
            'credit': StoredLine('computed', 'computed', marks['credit'], value),
            'quality': StoredLine('value', 'assessed', kept),
        }, scoring.total(marks.values()), threshold and threshold.tier, bad_debt=bad_debt)
        outcome = rescore(spec, sheet, spec.lines)
        self.assertEqual(outcome[:4], (sheet.score, sheet.tier, 'ordinary', False))
        self.assertEqual(direction({tier.tier: tier.tier for tier in ladder}, sheet, outcome), 'same')

    @properties
    @given(level_tables(), level_tables(), points, st.none() | bounds,
           st.sampled_from(['computed', 'assessed', 'adjusted', 'carried', 'missing']))
    def test_points_stay_between_zero_and_the_maximum(self, levels, others, given_points, value, origin):
        own = LineSpec('any', max_points=100, levels=tuple(levels))
        spec = LineSpec('any', max_points=max((level.points for level in others), default=1.0), levels=tuple(others))
        result, _how = rescore_line(spec, StoredLine('value', origin, given_points, value), own)
        self.assertTrue(0 <= result <= spec.max_points)

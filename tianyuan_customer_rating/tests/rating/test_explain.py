"""Why a sheet has its score, and what the next tier needs (design §6): first the arithmetic, then the words."""
from itertools import product

from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from odoo.exceptions import AccessError
from odoo.tests import BaseCase, tagged
from odoo.tools import format_date

from ...engine.explain import Mark, advise, better_levels, changes, mark
from ...engine.scoring import Level, LineSpec, Threshold, award, score_value, total
from ..properties import properties
from .sheets import FULL_MARKS, SheetCommon

halves = st.integers(0, 40).map(lambda number: number / 2)
values = st.integers(-50, 50).map(float)

NONE = 99
ON_TIME = LineSpec('credit_performance', max_points=20, levels=(
    Level(100, 20), Level(95, 17), Level(90, 14), Level(80, 9), Level(60, 4)))
LATENESS = LineSpec('days_beyond_terms', max_points=10, lower_is_better=True, levels=(
    Level(0, 10), Level(7, 8), Level(15, 5), Level(30, 2)))
WILLING = LineSpec('willingness', source='level', max_points=10, levels=(
    Level(0, 10), Level(0, 8), Level(0, 5), Level(0, 2)))


@st.composite
def sheets(draw):
    """A scheme of up to four indicators, its tiers, and a sheet made with it."""
    specs, marks = {}, {}
    for key in range(draw(st.integers(1, 4))):
        lower = draw(st.booleans())
        bounds = sorted(draw(st.lists(values, unique=True, max_size=4)), reverse=not lower)
        awarded = sorted(draw(st.lists(halves, min_size=len(bounds), max_size=len(bounds))), reverse=True)
        most = draw(st.sampled_from([max(awarded, default=0), max(awarded, default=0) + 2]))
        specs[key] = spec = LineSpec(
            str(key), draw(st.sampled_from(['computed', 'value', 'level'])), max_points=most, lower_is_better=lower,
            levels=tuple(draw(st.permutations([Level(*step) for step in zip(bounds, awarded)]))))
        value = draw(st.none() | values)
        if value is not None and draw(st.booleans()):
            marks[key] = mark(spec, score_value(spec, value)[0], most, value)
        else:
            marks[key] = mark(spec, min(draw(halves), most), most, value)
    ladder = sorted(draw(st.lists(halves.map(lambda x: 2 * x), unique=True, min_size=1, max_size=4)), reverse=True)
    thresholds = tuple(
        Threshold(rank, bound, draw(st.booleans()), tuple(draw(st.sets(st.integers(0, len(specs) - 1), max_size=2))))
        for rank, bound in enumerate(ladder))
    return specs, thresholds, marks


def reached(thresholds, marks):
    """The rank of the tier awarded; none comes after all others."""
    threshold = award(thresholds, total(points for points, _most in marks.values()), marks)
    return threshold.tier if threshold else NONE


def follow(marks, steps):
    """The sheet once each of the steps is taken."""
    better = {step.key: step.level.points for step in steps}
    return {key: (better.get(key, mark.points), mark.max_points) for key, mark in marks.items()}


def every_way(specs, marks):
    """All choices of a better level, or none, for each indicator: (indicators raised, points gained, sheet)."""
    choices = [
        [None, *(level for level in spec.levels if marks[key].points < level.points)] for key, spec in specs.items()]
    for chosen in product(*choices):
        raised = {key: level.points for key, level in zip(specs, chosen) if level}
        yield (
            len(raised), total(points - marks[key].points for key, points in raised.items()),
            {key: (raised.get(key, mark.points), mark.max_points) for key, mark in marks.items()})


@tagged('post_install', '-at_install')
class TestAdviceProperties(BaseCase):

    @properties
    @given(sheets())
    def test_following_the_advice_reaches_the_next_tier(self, sheet):
        specs, thresholds, marks = sheet
        advice = advise(specs, thresholds, marks)
        if advice.target and advice.steps is not None:
            self.assertLessEqual(reached(thresholds, follow(marks, advice.steps)), advice.target.tier)
            self.assertTrue(advice.steps)
            self.assertEqual(len({step.key for step in advice.steps}), len(advice.steps))

    @properties
    @given(sheets())
    def test_no_way_takes_fewer_indicators_or_as_many_and_fewer_points(self, sheet):
        specs, thresholds, marks = sheet
        advice = advise(specs, thresholds, marks)
        if not advice.target:
            return
        ways = [way[:2] for way in every_way(specs, marks) if reached([advice.target], way[2]) == advice.target.tier]
        if advice.steps is None:
            self.assertFalse(ways)
        else:
            self.assertEqual((len(advice.steps), total(step.gain for step in advice.steps)), min(ways))

    @properties
    @given(sheets())
    def test_a_value_raised_to_the_bound_earns_the_points_promised(self, sheet):
        specs, thresholds, marks = sheet
        for step in advise(specs, thresholds, marks).steps or ():
            if step.mark.value is not None:
                self.assertEqual(score_value(specs[step.key], step.level.bound)[0], step.level.points)
                better = step.level.bound - step.mark.value
                self.assertGreater(-better if specs[step.key].lower_is_better else better, 0)

    @properties
    @given(sheets())
    def test_the_tier_above_is_aimed_at(self, sheet):
        specs, thresholds, marks = sheet
        advice = advise(specs, thresholds, marks)
        now = reached(thresholds, {key: (mark.points, mark.max_points) for key, mark in marks.items()})
        self.assertEqual(advice.target, ([None, *thresholds][now] if now != NONE else thresholds[-1]))


@tagged('post_install', '-at_install')
class TestAdvice(BaseCase):
    """The policy's tiers of direct customers."""

    TIERS = (Threshold('AAA', 84, full_marks=('paid',)), Threshold('AA', 74), Threshold('A', 64),
             Threshold('B', 54), Threshold('C', 45, min_inclusive=True))

    def advice(self, rest, paid, late=10, has_bad_debt=False):
        """``rest``: points of an indicator that no level improves."""
        specs = {'rest': LineSpec('rest', max_points=70), 'paid': ON_TIME, 'late': LATENESS}
        marks = {'rest': Mark(rest, 70), 'paid': Mark(score_value(ON_TIME, paid)[0], 20, paid),
                 'late': Mark(late, 10)}
        return advise(specs, self.TIERS, marks, has_bad_debt)

    def steps(self, advice):
        return [(step.key, step.mark.value, step.level.bound, step.gain) for step in advice.steps]

    def test_an_on_time_rate_from_91_to_95_brings_three_points(self):
        advice = self.advice(48, 91)    # 48 + 14 + 10 = 72: A
        self.assertEqual((advice.awarded.tier, advice.target.tier), ('A', 'AA'))
        self.assertEqual(self.steps(advice), [('paid', 91, 95, 3)])

    def test_exactly_the_bound_is_not_over_it(self):
        advice = self.advice(47, 91)    # 71: three more points make 74, which is still A
        self.assertEqual(self.steps(advice), [('paid', 91, 100, 6)])

    def test_a_bound_that_is_included_is_enough(self):
        self.assertEqual(self.steps(self.advice(18, 91)), [('paid', 91, 95, 3)])    # 42 → 45: C

    def test_one_indicator_comes_before_two(self):
        advice = self.advice(46, 91, late=8)    # 68: six and two points to gain, 6.01 needed
        self.assertEqual([step.key for step in advice.steps], ['paid', 'late'])
        advice = self.advice(49, 91, late=5)    # 68 → 74.01: paid on time alone has 6 at most
        self.assertEqual({step.key: step.gain for step in advice.steps}, {'paid': 3, 'late': 5})
        advice = self.advice(53, 91, late=5)    # 72: three from either, or five
        self.assertEqual(self.steps(advice), [('paid', 91, 95, 3)])

    def test_full_marks_stand_in_the_way(self):
        advice = self.advice(68, 95)    # 95 points, but 17 of 20
        self.assertEqual((advice.awarded.tier, advice.target.tier), ('AA', 'AAA'))
        self.assertEqual(advice.full_marks, ('paid',))
        self.assertEqual(self.steps(advice), [('paid', 95, 100, 3)])

    def test_full_marks_and_more_points(self):
        advice = self.advice(54, 95, late=5)    # 76; full marks make 79
        self.assertEqual(advice.steps, None)    # and five more are still only 84
        advice = self.advice(55, 95, late=5)
        self.assertEqual([(step.key, step.gain) for step in advice.steps], [('paid', 3), ('late', 5)])

    def test_bad_debt_stands_in_the_way(self):
        advice = self.advice(50, 100, has_bad_debt=True)
        self.assertTrue(advice.has_bad_debt)
        self.assertEqual(advice.awarded.tier, 'AA')    # what the points alone would bring

    def test_the_best_tier_needs_nothing(self):
        advice = self.advice(60, 100)
        self.assertEqual((advice.awarded.tier, advice.target, advice.steps), ('AAA', None, ()))

    def test_no_level_leads_there(self):
        self.assertIsNone(self.advice(0, 100).steps)

    def test_points_given_by_hand_have_no_value_to_start_from(self):
        self.assertEqual(mark(ON_TIME, 14, 20, 91), Mark(14, 20, 91))
        self.assertEqual(mark(ON_TIME, 9, 20, 91), Mark(9, 20, None))
        self.assertEqual(mark(WILLING, 8, 10, 0.0), Mark(8, 10, None))
        self.assertEqual(better_levels(WILLING, Mark(5, 10)), [Level(0, 8), Level(0, 10)])

    def test_changes_go_by_the_sheet_and_end_with_what_is_gone(self):
        self.assertEqual(
            [(change.key, change.now, change.then, change.difference)
             for change in changes({'b': 3.1, 'a': 4}, {'a': 4, 'c': 5, 'b': 3})],
            [('b', 3.1, 3, 0.1), ('a', 4, 4, 0), ('c', None, 5, None)])


@tagged('post_install', '-at_install')
class TestExplanation(SheetCommon):

    def rows(self, sheet):
        """The table: indicator code → [points, before, change, reason]."""
        codes = {indicator.name: indicator.code for indicator in self.env['tianyuan.rating.indicator'].search([])}
        table = html.fromstring(str(sheet.explanation))
        cells = [[cell.text_content() for cell in row.iterchildren()] for row in table.xpath('//tbody/tr')]
        return {codes[name]: rest for name, *rest in cells}

    def text(self, sheet):
        page = html.fromstring(f"<div>{sheet.explanation}</div>")
        return "\n".join(element.text_content() for element in page.xpath('.//p|.//li'))

    def half_year(self):
        """Q1 confirmed with 97 points; in Q2 91% were paid on time, and the rest a day late."""
        self.first = self.confirmed_sheet(day='2024-03-31', loyalty=12)
        self.buy(self.customer, '2024-04-15', 910)
        self.pay(self.invoice(self.customer, '2024-05-10', 90), '2024-05-11', 90)
        return self.computed_sheet()

    def test_each_line_says_why_it_has_its_points(self):
        sheet = self.half_year()
        willing = self.line(sheet, 'willingness').available_level_ids.filtered(lambda level: level.points == 8)
        self.assess(sheet, 'willingness', note=None, level_id=willing.id)
        self.assess(sheet, 'loyalty', note="Seen their books", metric_value=85)
        self.assess(sheet, 'cooperation_time', note="Bought through a <dealer> since 2022", points=5)
        day = format_date(sheet.env, self.line(sheet, 'loyalty').assessed_on)
        sales = self.sales_user.name
        rows = self.rows(sheet)
        self.assertEqual(rows['credit_performance'], ["14 / 20", "20", "-6", "91 reaches “90% or more”."])
        self.assertEqual(rows['days_beyond_terms'], ["8 / 10", "10", "-2", "0.09 reaches “Up to 7 days”."])
        self.assertEqual(rows['purchase_volume'], ["3 / 15", "15", "-12", "1,000 reaches “Any purchase”."])
        self.assertEqual(rows['debt_ratio'], [
            "5 / 5", "5", "0", "No data in the quarter: carried over from 2024 Q1 Customer."])
        self.assertEqual(rows['purchase_growth'], ["– / 5", "5", "–", "Missing: Sales has not assessed it yet."])
        self.assertEqual(rows['willingness'], ["8 / 10", "10", "-2", f"{sales} chose “Willing” on {day}."])
        self.assertEqual(rows['loyalty'], [
            "15 / 15", "12", "+3",
            f"85 reaches “80% or more”. Entered by {sales} on {day}. “Seen their books”"])
        self.assertEqual(rows['cooperation_time'], [
            "5 / 10", "10", "-5", f"The value is 0.1667. {sales} adjusted 2 to 5 points on {day}: "
            "“Bought through a <dealer> since 2022”"])
        self.assertIn("&lt;dealer&gt;", sheet.explanation)
        self.assertIn("Compared with 2024 Q1 Customer: 97 points then,", self.text(sheet))
        # 10 + 10 + 15 + 15 + 10 + 20 + 10 + 5 are assessed: 5 + 8 + 15 + 3 + 0 + 14 + 8 + 5
        self.assertIn(
            "58 of 95 points so far, 58–63 possible. To be assessed: Growth on Last Year (%)", self.text(sheet))

    def test_a_line_without_data_and_a_sheet_without_a_predecessor(self):
        sheet = self.computed_sheet()
        self.assertEqual(self.rows(sheet)['purchase_balance'], [
            "0 / 10", "–", "–", "No data in the quarter, so no points."])
        self.assertIn("There is no earlier confirmed rating to compare with.", self.text(sheet))
        self.assertFalse(self.new_sheet(self.other_customer).explanation)

    def test_the_next_tier_in_words(self):
        self.buy(self.customer, '2024-04-15', 910)
        self.pay(self.invoice(self.customer, '2024-05-10', 90), '2024-05-11', 90)
        sheet = self.computed_sheet()
        # 8 + 14 for payments, and 50 + 5 + 2 + 0 + 0 for the rest: 79 is A, not over the bound of AA
        for code, points in {'cooperation_time': 10, 'willingness': 10, 'loyalty': 15, 'purchase_volume': 15,
                             'purchase_growth': 5, 'purchase_balance': 2, 'debt_ratio': 0}.items():
            self.assess(sheet, code, points=points)
        self.assertEqual((sheet.score, sheet.tier_id.name), (79, 'A'))
        self.assertIn("79 of 100 points: tier A.", self.text(sheet))
        self.assertIn("Tier AA needs more than 79 points.\nThe shortest way there:\n", self.text(sheet))
        # two more from days beyond terms (0.09 → 0) are the fewest points that any indicator gives
        self.assertTrue(self.text(sheet).endswith("Days Beyond Terms from 0.09 to 0: +2"), self.text(sheet))
        self.assess(sheet, 'days_beyond_terms', points=10)
        self.assess(sheet, 'loyalty', points=10)
        self.assess(sheet, 'purchase_balance', points=4)
        self.assess(sheet, 'debt_ratio', points=2)
        self.assess(sheet, 'purchase_growth', points=4)
        self.assertEqual(sheet.score, 79)
        self.assertTrue(
            self.text(sheet).endswith("Growth on Last Year (%) from 4 points to “20% or more”: +1"), self.text(sheet))

    def test_the_on_time_rate_in_words(self):
        self.buy(self.customer, '2024-04-15', 910)
        self.pay(self.invoice(self.customer, '2024-05-10', 90), '2024-05-11', 90)
        sheet = self.computed_sheet()
        for code, points in {**FULL_MARKS, 'loyalty': 11.5, 'purchase_volume': 11, 'credit_performance': 14}.items():
            self.assess(sheet, code, points=points)
        # 2.51 are needed: three from paying on time, 3.5 from loyalty, four from buying more
        self.assertEqual((sheet.score, sheet.tier_id.name), (86.5, 'AA'))
        self.assertTrue(self.text(sheet).endswith("On-Time Payment Rate (%) from 91 to 95: +3"), self.text(sheet))

    def test_missing_full_marks_in_words(self):
        self.customer.tianyuan_channel = 'direct'
        sheet = self.confirmed_sheet(credit_performance=17)
        self.assertEqual(sheet.tier_id.name, 'AA')
        self.assertIn(
            "Missing full marks stand in the way: tier AAA demands them in On-Time Payment Rate (%) (now 17 / 20).",
            self.text(sheet))
        self.assertTrue(
            self.text(sheet).endswith("On-Time Payment Rate (%) from 17 points to “100%”: +3"), self.text(sheet))

    def test_bad_debt_in_words(self):
        self.env['tianyuan.bad.debt'].sudo().create({
            'partner_id': self.customer.id, 'company_id': self.company.id, 'date': '2024-05-01', 'amount': 100})
        text = self.text(self.confirmed_sheet())
        self.assertIn("100 of 100 points: no tier.", text)
        self.assertIn("Bad debt stands in the way", text)
        self.assertTrue(text.endswith("Without it these points bring tier AAA."), text)

    def test_the_best_tier_in_words(self):
        text = self.text(self.confirmed_sheet())
        self.assertTrue(text.endswith("This is the best tier there is."), text)

    def test_a_confirmed_sheet_is_explained_from_what_it_has_kept(self):
        sheet = self.half_year()
        self.assess(sheet, 'willingness', points=8)
        self.assess(sheet, 'loyalty', metric_value=85)
        self.assess(sheet, 'purchase_growth', points=3)
        self.submit(sheet)
        sheet.action_confirm()
        before = sheet.explanation
        self.buy(self.customer, '2024-06-20', 5_000_000)
        self.env.invalidate_all()
        self.assertEqual(sheet.explanation, before)

    def test_an_indicator_that_the_scheme_has_dropped_keeps_its_points_in_the_sum(self):
        scheme = self.env.ref('tianyuan_customer_rating.scheme_distributor').sudo()
        sheet = self.ready_sheet(loyalty=3, debt_ratio=4.5)    # no level gives 4.5
        scheme.action_draft()
        scheme.line_ids.filtered(lambda line: line.indicator_id.code == 'debt_ratio').unlink()
        self.env.invalidate_all()
        self.assertEqual((sheet.score, sheet.tier_id.name), (87.5, 'AA'))
        self.assertTrue(
            self.text(sheet).endswith("Loyalty (Our Share of Their Purchases, %) from 3 points to “20% or more”: +5"),
            self.text(sheet))

    def test_a_predecessor_that_was_reopened_is_named_as_such(self):
        sheet = self.half_year()
        self.first.action_reopen("Wrong loyalty")
        self.assertIn("That rating has been reopened since", self.text(sheet))

    def test_every_role_reads_it(self):
        sheet = self.half_year()
        self.env.flush_all()
        for user in (self.sales_user, self.archive_specialist, self.finance_assessor, self.rating_manager):
            with self.subTest(user.login):
                self.env.invalidate_all()
                own = sheet.with_user(user)
                self.assertIn("91 reaches “90% or more”.", own.explanation)
                self.assertIn("What Next", own.read(['explanation'])[0]['explanation'])

    def test_someone_elses_salesperson_does_not(self):
        other = self.new_role_user('sales_user', login='other_salesperson')
        with self.assertRaises(AccessError):
            self.half_year().with_user(other).read(['explanation'])

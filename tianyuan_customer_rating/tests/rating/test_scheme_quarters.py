"""A draft against several quarters, and against what customers did afterwards: which one would have ranked them better."""
import io
from datetime import date
from math import sqrt
from unittest.mock import patch

import numpy
import openpyxl
from psycopg2 import IntegrityError
from sklearn.metrics import roc_auc_score

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ...engine.periods import Quarter
from ...engine.validation import NORMAL_95
from ...wizard import tianyuan_scheme_comparison
from .test_scheme_comparison import ComparisonCommon

CHOICE = 'tianyuan.scheme.comparison.choice'
# 73 points without loyalty and debt ratio
OTHERS = {
    'cooperation_time': 10, 'willingness': 10, 'purchase_volume': 15, 'purchase_growth': 5, 'purchase_balance': 10,
    'credit_performance': 13, 'days_beyond_terms': 10,
}
Q1, Q2 = '2024-03-31', '2024-06-30'
# Customer: loyalty (%), debt ratio (%) and whether the customer turned out bad in the quarter after.
# Standard scheme: loyalty 80→15, 50→12, 20→8, 0→4; debt ratio up to 50→5, 60→4, 70→2.
# Draft: loyalty 80→5, 50→4, 20→3, 0→1; debt ratio up to 50→15, 60→12, 70→6.
WORLD = {
    #                    standard        draft
    Q1: {
        'G1': (80, 50, False),    # 15 + 5 = 20     5 + 15 = 20
        'G2': (20, 50, False),    # 8 + 5 = 13      3 + 15 = 18
        'G3': (50, 60, False),    # 12 + 4 = 16     4 + 12 = 16
        'B1': (80, 70, True),     # 15 + 2 = 17     5 + 6 = 11
        'B2': (80, 80, True),     # 15 + 0 = 15     5 + 0 = 5
        'B3': (50, 80, True),     # 12 + 0 = 12     4 + 0 = 4
    },
    Q2: {
        'G1': (50, 50, False),    # 12 + 5 = 17     4 + 15 = 19
        'G2': (20, 60, False),    # 8 + 4 = 12      3 + 12 = 15
        'G3': (80, 60, False),    # 15 + 4 = 19     5 + 12 = 17
        'B3': (50, 60, False),    # 12 + 4 = 16     4 + 12 = 16
        'B1': (80, 70, True),     # 15 + 2 = 17     5 + 6 = 11
        'B2': (20, 80, True),     # 8 + 0 = 8       3 + 0 = 3
    },
}


class QuartersCommon(ComparisonCommon):
    """Six distributors, rated in the first two quarters of 2024 by the standard scheme; the draft trusts the debt ratio."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = {name: cls.new_customer(name, user_id=cls.sales_user.id) for name in WORLD[Q1]}
        cls.sheets = {}
        for day, values in WORLD.items():
            for name, (loyalty, debt, _bad) in values.items():
                sheet = cls.computed_sheet(cls.customers[name], day)
                for code, points in OTHERS.items():
                    cls.assess(sheet, code, points=points)
                cls.assess(sheet, 'loyalty', metric_value=loyalty)
                cls.assess(sheet, 'debt_ratio', metric_value=debt)
                cls.submit(sheet)
                cls.sheets[day, name] = sheet
            cls.env['tianyuan.rating'].union(*(
                sheet for (quarter, _name), sheet in cls.sheets.items() if quarter == day
            )).with_user(cls.rating_manager).action_confirm()
        cls.rescale('loyalty', (5, 4, 3, 1), 5)
        cls.rescale('debt_ratio', (15, 12, 6), 15)
        cls.env.flush_all()

    @classmethod
    def rescale(cls, code, points, maximum):
        """Give an indicator of the draft other points, best level first."""
        line = cls.draft.line_ids.filtered(lambda line: line.indicator_id.code == code)
        line.max_points = max(line.max_points, maximum)
        levels = line.level_ids.sorted('points', reverse=True)
        ordered = list(zip(levels, points, strict=True))
        for level, value in ordered if maximum >= 15 else ordered[::-1]:    # better levels never have fewer points
            level.points = value
        line.max_points = maximum

    @classmethod
    def judge(cls, horizon='quarter', days=(Q1, Q2)):
        cls.env['tianyuan.rating.outcome'].sudo().create([{
            'rating_id': cls.sheets[day, name].id, 'horizon': horizon, 'date_from': '2024-07-01',
            'date_to': '2024-09-30', 'has_payments': True, 'on_time_rate': 50 if is_bad else 100,
        } for day in days for name, (_loyalty, _debt, is_bad) in WORLD[day].items()])

    def move(self, sheet, first_day):
        """Make a sheet one of another quarter."""
        self.env.cr.execute(SQL(
            "UPDATE tianyuan_rating SET date_from = %s, date_to = %s WHERE id = %s",
            *Quarter.containing(first_day), sheet.id))
        self.env.invalidate_all()

    def import_(self, sheet):
        """Make a sheet one that was imported with its total only."""
        self.env.cr.execute(SQL("UPDATE tianyuan_rating SET origin = 'imported' WHERE id = %s", sheet.id))
        self.env.cr.execute(SQL("DELETE FROM tianyuan_rating_line WHERE rating_id = %s", sheet.id))
        self.env.invalidate_all()

    def multiply(self, times):
        """Make each customer ``times`` customers with the same sheets and outcomes."""
        self.env.flush_all()
        for copy in range(2, times + 1):
            twins = self.env['res.partner'].create([{
                'name': f"{name} {copy}", 'is_company': True, 'tianyuan_channel': 'distributor',
            } for name in self.customers])
            self.env.flush_all()
            self.env.cr.execute("""
                CREATE TEMP TABLE copies ON COMMIT DROP AS
                    SELECT sheet.id AS old, nextval('tianyuan_rating_id_seq')::int AS id, twin.id AS partner_id
                      FROM tianyuan_rating sheet
                      JOIN unnest(%s, %s) AS twin (partner_id, id) ON twin.partner_id = sheet.partner_id;
                INSERT INTO tianyuan_rating SELECT (jsonb_populate_record(sheet, jsonb_build_object(
                           'id', copies.id, 'partner_id', copies.partner_id))).*
                  FROM copies JOIN tianyuan_rating sheet ON sheet.id = copies.old;
                INSERT INTO tianyuan_rating_line SELECT (jsonb_populate_record(line, jsonb_build_object(
                           'id', nextval('tianyuan_rating_line_id_seq'), 'rating_id', copies.id,
                           'partner_id', copies.partner_id))).*
                  FROM copies JOIN tianyuan_rating_line line ON line.rating_id = copies.old;
                INSERT INTO tianyuan_rating_outcome SELECT (jsonb_populate_record(outcome, jsonb_build_object(
                           'id', nextval('tianyuan_rating_outcome_id_seq'), 'rating_id', copies.id,
                           'partner_id', copies.partner_id))).*
                  FROM copies JOIN tianyuan_rating_outcome outcome ON outcome.rating_id = copies.old;
                DROP TABLE copies
            """, [[customer.id for customer in self.customers.values()], twins.ids])
        self.env.invalidate_all()

    def choose(self, comparison, **values):
        dialog = self.env[CHOICE].with_user(self.rating_manager).with_context(
            comparison.action_choose()['context']).create(values)
        dialog.action_apply()
        return dialog

    @staticmethod
    def contests(comparison, horizon='quarter'):
        """{quarters: (sheets, bad sheets, customers, bad customers, verdict)}, and {quarters: (AUC before, after)}."""
        rows = comparison.contest_ids.filtered(lambda row: row.horizon == horizon)
        return {
            row.name: (row.sheet_count, row.bad_count, row.customer_count, row.bad_customer_count, row.verdict)
            for row in rows
        }, {row.name: (row.old_auc, row.new_auc) for row in rows if row.has_ranking}

    @staticmethod
    def reached(comparison, code, is_draft=True):
        return [
            (row.points, row.sheet_count, row.base_count, row.reach) for row in comparison.level_ids
            if row.indicator_id.code == code and row.is_draft == is_draft and row.kind == 'level'
        ]


@tagged('post_install', '-at_install')
class TestSchemeQuarters(QuartersCommon):

    # -- the movement, per quarter and in total -------------------------------------------------

    def test_each_quarter_and_all_of_them(self):
        """Scores (73 and what the table says): standard 93 86 89 90 88 85 | 90 85 92 89 90 81,
        draft 93 91 89 84 78 77 | 92 88 90 89 84 76. AAA above 89, AA above 79, A above 69.

        Q1: G1 stays AAA, G2 AA → AAA, G3 stays AA, B1 AAA → AA, B2 and B3 AA → A: 1 up, 3 down.
        Q2: G1 and G3 stay AAA, G2 and B3 stay AA, B1 AAA → AA, B2 AA → A: 2 down.
        Averages: 531/6 = 88.5 and 512/6 = 85.33; 527/6 = 87.83 and 519/6 = 86.5.
        """
        comparison = self.open()
        self.assertEqual((comparison.quarter_count, comparison.sheet_count, comparison.customer_count), (2, 12, 6))
        self.assertEqual(self.counts(comparison), (1, 5, 0, 6))
        self.assertEqual([
            (row.name, row.sheet_count, row.up_count, row.down_count, row.same_count, round(row.old_average, 2),
             round(row.new_average, 2), row.old_key_count, row.new_key_count) for row in comparison.quarter_ids
        ], [('2024 Q2', 6, 0, 2, 4, 87.83, 86.5, 3, 2), ('2024 Q1', 6, 1, 3, 2, 88.5, 85.33, 2, 2)])
        self.assertAlmostEqual(comparison.old_average, (531 + 527) / 12, 2)
        self.assertAlmostEqual(comparison.new_average, (512 + 519) / 12, 2)
        self.assertEqual((comparison.old_key_count, comparison.new_key_count), (5, 4))
        self.assertEqual(self.matrix(comparison), [
            ['Before ↓ / After →', 'AAA', 'AA', 'A', 'No tier', 'Total'],
            ['AAA', '3', '2', '–', '–', '5'],
            ['AA', '1', '3', '3', '–', '7'],
            ['A', '–', '–', '–', '–', '0'],
            ['No tier', '–', '–', '–', '–', '0'],
            ['Total', '4', '5', '3', '0', '12'],
        ])
        first = comparison.quarter_ids[1]
        self.assertEqual(self.matrix(first)[1:3], [['AAA', '1', '1', '–', '–', '2'], ['AA', '1', '1', '2', '–', '4']])
        self.assertEqual(sorted(line.quarter for line in comparison.line_ids), ['2024 Q1'] * 4 + ['2024 Q2'] * 2)
        self.assertEqual(comparison.name, f"{self.draft.name} compared with 2 quarters, 2024 Q1 to 2024 Q2")

    def test_one_of_the_quarters_alone(self):
        comparison = self.open()
        comparison.quarter_ids[1].action_only()
        self.assertEqual((str(comparison.date_to), comparison.quarter_count, comparison.sheet_count), (Q1, 1, 6))
        self.assertEqual(self.counts(comparison), (1, 3, 0, 2))
        self.assertEqual(comparison.name, f"{self.draft.name} compared with 2024 Q1")

    def test_at_most_eight_quarters_the_latest_that_are_confirmed(self):
        """The twelve sheets moved into ten quarters, and a thirteenth that isn't confirmed."""
        quarters = [date(year, month, 1) for year in (2021, 2022, 2023) for month in (1, 4, 7, 10)][:10]
        for sheet, day in zip(self.sheets.values(), [*quarters, *quarters[2:]]):
            self.move(sheet, day)
        self.computed_sheet(day=Q2)
        comparison = self.open()
        self.assertEqual((comparison.quarter_count, comparison.date_from, str(comparison.date_to)),
                         (8, date(2021, 7, 1), '2023-06-30'))
        self.assertEqual(str(comparison.later_date), '2024-04-01')
        self.choose(comparison, quarter_count=3, until=date(2022, 5, 5))
        self.assertEqual([row.name for row in comparison.quarter_ids], ['2022 Q2', '2022 Q1', '2021 Q4'])

    def test_the_number_of_quarters_is_from_one_to_eight(self):
        comparison = self.open()
        for number in (0, 9, -1):
            with self.subTest(number), self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'):
                self.choose(comparison, quarter_count=number)
        with self.assertRaisesRegex(UserError, "Choose a later day"):
            self.choose(comparison, until=date(2023, 12, 31))

    def test_more_sheets_than_fit_are_left_out_and_said(self):
        """Six sheets each quarter: both are twelve."""
        for most, quarters in ((12, 2), (11, 1), (5, 1)):
            with self.subTest(most=most), patch.object(tianyuan_scheme_comparison, 'MOST_SHEETS', most):
                comparison = self.open()
                self.assertEqual((comparison.quarter_count, str(comparison.date_to)), (quarters, Q2))
                self.assertEqual(f"more than {most} sheets" in self.warnings(comparison), quarters == 1)

    def test_a_branch_compares_its_companys_sheets(self):
        branch = self.env['res.company'].sudo().create({'name': "Branch", 'parent_id': self.company.id})
        user = self.new_role_user('manager', 'branch_manager', company_id=branch.id, company_ids=[(6, 0, branch.ids)])
        draft = self.draft.with_user(user).with_context(allowed_company_ids=branch.ids)
        comparison = draft.env['tianyuan.scheme.comparison'].browse(draft.action_compare()['res_id'])
        self.assertEqual((comparison.company_id.id, comparison.sheet_count), (self.company.id, 12))
        self.assertEqual(len(comparison.line_ids), 6)
        comparison.action_earlier()
        self.assertEqual(comparison.sheet_count, 6)

    def test_imported_sheets_are_left_out_counted_and_said(self):
        for key in ((Q1, 'G1'), (Q1, 'G2')):
            self.import_(self.sheets[key])
        self.import_(self.sheets[Q1, 'G3'])
        self.move(self.sheets[Q1, 'G3'], date(2023, 10, 1))
        comparison = self.open()
        self.assertEqual((comparison.quarter_count, comparison.sheet_count, comparison.imported_count), (2, 9, 3))
        self.assertFalse(comparison.quarter_ids.filtered(lambda row: row.name == '2023 Q4'))
        comparison.action_earlier()
        self.assertEqual((comparison.sheet_count, comparison.imported_count, comparison.earlier_date), (3, 2, False))
        for sheet in self.sheets.values():
            self.import_(sheet)
        with self.assertRaisesRegex(UserError, "Rate a quarter first"):
            self.open()

    # -- which ranks better ---------------------------------------------------------------------

    def test_the_draft_ranks_perfectly_and_the_standard_does_not(self):
        """Pairs of a good and a bad sheet that the standard scheme has right.

        Q1, bads 17, 15, 12: G1 20 all three, G2 13 one, G3 16 two: 6 of 9.
        Q2, bads 17, 8: G1 17 one and a half, G2 12 one, G3 19 two, B3 16 one: 5.5 of 8.
        Together, bads 17, 15, 12, 17, 8: 20 five, 13 two, 16 three; 17 four (three and two halves), 12 one and a half,
        19 five, 16 three: 23.5 of 35. The draft has all bads (up to 11) below all goods (from 15).
        """
        self.judge()
        comparison = self.open()
        counts, aucs = self.contests(comparison)
        self.assertEqual(counts, {
            'All': (12, 5, 6, 3, 'too_few'), '2024 Q2': (6, 2, 6, 2, 'too_few'), '2024 Q1': (6, 3, 6, 3, 'too_few'),
        })
        for name, before in (('All', 23.5 / 35), ('2024 Q2', 5.5 / 8), ('2024 Q1', 6 / 9)):
            with self.subTest(name):
                self.assertAlmostEqual(aucs[name][0], before, 3)
                self.assertEqual(aucs[name][1], 1)
        self.assertEqual(self.contests(comparison, 'year'), ({'All': (0, 0, 0, 0, 'too_few')}, {}))
        text = self.texts(comparison)
        self.assertIn("Next Quarter: too few outcomes to judge: 6 customers, 3 of them bad. It takes at least 10", text)
        self.assertIn("Next Four Quarters: too few outcomes to judge: 0 customers", text)

    @staticmethod
    def texts(comparison):
        return ComparisonCommon.warnings(type('Shown', (), {'warnings': comparison.verdicts}))

    def scores(self, is_draft):
        """The scores of all sheets by the working beside the table."""
        draft_points = {80: 5, 50: 4, 20: 3}, {50: 15, 60: 12, 70: 6, 80: 0}
        standard_points = {80: 15, 50: 12, 20: 8}, {50: 5, 60: 4, 70: 2, 80: 0}
        by_loyalty, by_debt = draft_points if is_draft else standard_points
        return [
            by_loyalty[loyalty] + by_debt[debt] for values in WORLD.values() for loyalty, debt, _bad in values.values()
        ]

    def independent_interval(self, times=1):
        """Obuchowski's interval of the difference, straight from the definition: every pair compared, with NumPy.

        :param int times: how many customers there are of each
        """
        bad = numpy.array([bad for values in WORLD.values() for *_values, bad in values.values()] * times)
        names = numpy.array([f"{name} {copy}" for copy in range(times) for values in WORLD.values() for name in values])
        parts = []
        for scores in (numpy.array(self.scores(True) * times), numpy.array(self.scores(False) * times)):
            above = (scores[~bad][:, None] > scores[bad]) + (scores[~bad][:, None] == scores[bad]) / 2
            parts.append((above.mean(axis=1), above.mean(axis=0), above.mean()))
        goods, bads, difference = (new - old for new, old in zip(*parts))
        good_sums = {name: (goods - difference)[names[~bad] == name].sum() for name in set(names[~bad])}
        bad_sums = {name: (bads - difference)[names[bad] == name].sum() for name in set(names[bad])}
        n, m, k = 4 * times, 3 * times, 6 * times    # customers with a good sheet, with a bad one, and all
        variance = n / (n - 1) * sum(value ** 2 for value in good_sums.values()) / (7 * times) ** 2
        variance += m / (m - 1) * sum(value ** 2 for value in bad_sums.values()) / (5 * times) ** 2
        variance += 2 * k / (k - 1) * sum(    # the customers who were both
            good_sums[f'B3 {copy}'] * bad_sums[f'B3 {copy}'] for copy in range(times)
        ) / (7 * times) / (5 * times)
        return difference, difference - NORMAL_95 * sqrt(variance), difference + NORMAL_95 * sqrt(variance)

    def assert_interval(self, contest, times):
        for value, expected in zip((contest.difference, contest.low, contest.high), self.independent_interval(times)):
            self.assertAlmostEqual(value, expected, 3)

    def test_the_draft_is_better_if_that_can_be_shown(self):
        """Four customers like each of the six: 16 with a good sheet and 12 with a bad one, enough to judge."""
        self.judge()
        self.judge('year')
        self.multiply(4)
        comparison = self.open()
        self.assertEqual(self.contests(comparison)[0]['All'], (48, 20, 24, 12, 'better'))
        total = comparison.contest_ids[0]
        good = [not bad for values in WORLD.values() for *_values, bad in values.values()]
        self.assertAlmostEqual(total.old_auc, roc_auc_score(good, self.scores(False)), 3)
        self.assertAlmostEqual(total.new_auc, roc_auc_score(good, self.scores(True)), 3)
        self.assert_interval(total, 4)
        self.assertGreater(total.low, 0)
        self.assertEqual(self.texts(comparison), "".join(
            f"{horizon}: the draft would have ranked the outcomes better, on 24 customers, 12 of them bad (AUC 1.000 "
            "instead of 0.671)." for horizon in ("Next Quarter", "Next Four Quarters")
        ))

    def test_perfect_on_six_customers_shows_no_difference(self):
        self.judge()
        self.company.tianyuan_proof_min_customers = 3
        comparison = self.open()
        total = comparison.contest_ids[0]
        self.assertEqual((total.old_auc, total.new_auc, total.verdict), (0.671, 1, 'equal'))
        self.assert_interval(total, 1)
        self.assertLess(total.low, 0)
        self.assertIn("Next Quarter: no difference can be shown on 6 customers, 3 of them bad (AUC 1.000 instead of "
                      "0.671).", self.texts(comparison))

    def test_sheets_of_the_same_customers_prove_less_than_other_customers(self):
        """The same 48 sheets of six customers only, over eight quarters: the interval is that of six customers."""
        self.judge()
        self.multiply(4)
        self.company.tianyuan_proof_min_customers = 3
        six = list(self.customers.values())
        for place, quarter in enumerate([Quarter.containing(date(year, month, 1)) for year in (2021, 2022, 2023)
                                         for month in (1, 7)]):
            self.env.cr.execute(SQL(
                "UPDATE tianyuan_rating SET date_from = %s, date_to = %s, partner_id = original.id"
                "  FROM res_partner p, unnest(%s, %s) AS original (name, id)"
                " WHERE p.id = tianyuan_rating.partner_id AND p.name = original.name || %s AND date_to = %s",
                *quarter, [customer.name for customer in six], [customer.id for customer in six],
                f" {place // 2 + 2}", (Q1, Q2)[place % 2]))
        self.env.invalidate_all()
        comparison = self.open()
        self.assertEqual(self.contests(comparison)[0]['All'], (48, 20, 6, 3, 'equal'))
        self.assert_interval(comparison.contest_ids[0], 1)

    def test_the_standard_against_a_better_champion(self):
        """With the roles changed: the draft is the champion, the standard scheme ranks worse."""
        self.judge()
        self.multiply(4)
        comparison = self.open(draft=self.standard)
        self.choose(comparison, champion_id=self.draft.id)
        total = comparison.contest_ids[0]
        self.assertEqual((total.verdict, total.old_auc, total.new_auc), ('worse', 1, 0.671))
        self.assertIn("would have ranked the outcomes worse, on 24 customers", self.texts(comparison))

    def test_an_unchanged_copy_shows_no_difference(self):
        self.judge()
        self.company.tianyuan_proof_min_customers = 3
        copy = self.Scheme.browse(self.standard.action_new_version()['res_id'])
        comparison = self.open(draft=copy)
        total = comparison.contest_ids[0]
        self.assertEqual((total.verdict, total.difference, total.low, total.high), ('equal', 0, 0, 0))
        self.assertIn("Next Quarter: no difference can be shown on 6 customers, 3 of them bad (AUC 0.671 instead of "
                      "0.671).", self.texts(comparison))

    def test_a_better_draft_is_not_called_better_on_one_quarter(self):
        """Q1 alone: the draft has 9 of 9 pairs, the standard 6 of 9. Differences by good: 0, 2/3, 1/3; by bad, whose
        goods above are one, two and three of three: 2/3, 1/3, 0. Variance of each about 1/3: 1/9, in all 2/27;
        the interval 1/3 ± 1.96 · 0.272 holds zero."""
        self.judge(days=[Q1])
        self.company.tianyuan_proof_min_customers = 3
        comparison = self.open()
        total = comparison.contest_ids[0]
        self.assertEqual((total.name, total.verdict), ('2024 Q1', 'equal'))
        self.assertAlmostEqual(total.low, 1 / 3 - NORMAL_95 * sqrt(2 / 27), 3)
        self.assertAlmostEqual(total.high, 1 / 3 + NORMAL_95 * sqrt(2 / 27), 3)

    def test_what_could_not_be_judged_or_is_not_confirmed_does_not_count(self):
        self.judge()
        outcomes = self.env['tianyuan.rating.outcome'].sudo().search([('rating_id', 'in', [
            self.sheets[Q1, 'G1'].id, self.sheets[Q1, 'B2'].id])])
        outcomes.has_payments = False    # nothing was due, so there is nothing to judge by
        self.sheets[Q2, 'G2'].with_user(self.rating_manager).action_reopen("Books corrected")
        counts, _aucs = self.contests(self.open())
        self.assertEqual(counts['All'], (9, 4, 6, 3, 'too_few'))
        self.assertEqual(counts['2024 Q1'][:2], (4, 2))

    def test_how_many_of_a_tier_turned_out_bad(self):
        """Before: AAA has 2 bad of 5, AA 3 of 7. After: AAA none of 4, AA 2 of 5 (B1 twice), A all 3."""
        self.judge()
        text = ComparisonCommon.matrix(type('Shown', (), {'matrix': self.open().bad_by_tier}))
        self.assertEqual(text, [
            ['Tier', 'Next QuarterCompared With', 'Next QuarterWith the Draft'],
            ['AAA', '40.0 % bad (2 of 5)', '0.0 % bad (0 of 4)'],
            ['AA', '42.9 % bad (3 of 7)', '40.0 % bad (2 of 5)'],
            ['A', '–', '100.0 % bad (3 of 3)'],
        ])

    # -- levels that give points to nobody ------------------------------------------------------

    def test_levels_reached_by_nobody_and_by_everybody(self):
        """Loyalty 80 five times, 50 four times, 20 three times, never below; debt up to 50 three times, 60 four times,
        70 twice, above three times."""
        comparison = self.open()
        self.assertEqual(self.reached(comparison, 'loyalty'), [
            (5, 5, 12, 'some'), (4, 4, 12, 'some'), (3, 3, 12, 'some'), (1, 0, 12, 'nobody')])
        self.assertEqual(self.reached(comparison, 'loyalty', is_draft=False), [
            (15, 5, 12, 'some'), (12, 4, 12, 'some'), (8, 3, 12, 'some'), (4, 0, 12, 'nobody')])
        self.assertEqual(self.reached(comparison, 'debt_ratio'), [
            (15, 3, 12, 'some'), (12, 4, 12, 'some'), (6, 2, 12, 'some')])
        none = comparison.level_ids.filtered(lambda row: row.is_draft and row.kind == 'none')
        self.assertEqual([(row.indicator_id.code, row.sheet_count, row.share) for row in none], [('debt_ratio', 3, 25)])
        # points given without a level: nothing can be said of its levels
        self.assertEqual({row[3] for row in self.reached(comparison, 'credit_performance')}, {'unknown'})

    def test_a_level_that_everybody_reaches(self):
        for level in self.scheme_line('loyalty').level_ids.filtered(lambda level: level.points in (4, 3)):
            level.points = 5
        self.scheme_line('loyalty').level_ids.filtered(lambda level: level.bound in (80, 50)).unlink()
        comparison = self.open()
        self.assertEqual(self.reached(comparison, 'loyalty'), [(5, 12, 12, 'everybody'), (1, 0, 12, 'nobody')])
        self.assertEqual(comparison.everybody_count, 2)    # and willingness, whose best level all have

    def test_tiers_and_full_marks_that_nobody_reaches(self):
        """The draft leaves B and C empty; with full marks in credit performance, which nobody has, AAA too."""
        credit = self.scheme_line('credit_performance').indicator_id
        self.threshold('AAA').full_marks_indicator_ids = credit
        comparison = self.open()
        rows = comparison.level_ids.filtered(lambda row: row.is_draft and row.kind in ('tier', 'full_marks'))
        self.assertEqual([(row.kind, row.name, row.sheet_count, row.reach) for row in rows], [
            ('tier', 'AAA', 0, 'nobody'), ('tier', 'AA', 9, 'some'), ('tier', 'A', 3, 'some'),
            ('tier', 'B', 0, 'nobody'), ('tier', 'C', 0, 'nobody'),
            ('full_marks', 'Full marks for AAA', 0, 'nobody'),
        ])
        unreached = self.env['tianyuan.scheme.comparison.level'].with_user(self.rating_manager).search([
            *comparison.action_view_levels()['domain'], ('is_draft', '=', True), ('reach', '=', 'nobody')])
        self.assertEqual(len(unreached), comparison.nobody_count)
        self.assertGreaterEqual(unreached, rows.filtered(lambda row: row.reach == 'nobody'))

    # -- another scheme as the champion ---------------------------------------------------------

    def test_two_drafts_side_by_side(self):
        """A second draft that leaves the standard's points but asks 92 for AAA, against the first one."""
        second = self.Scheme.browse(self.standard.action_new_version()['res_id'])
        second.threshold_ids.filtered(lambda threshold: threshold.tier_id.name == 'AAA').min_score = 92
        comparison = self.open()
        self.choose(comparison, champion_id=second.id)
        self.assertEqual(comparison.champion_id, second)
        # by the second: only G1's 93 in Q1 is above 92; all others are AA
        self.assertEqual(self.matrix(comparison)[1:3], [['AAA', '1', '–', '–', '–', '1'], ['AA', '3', '5', '3', '–', '11']])
        self.assertAlmostEqual(comparison.old_average, (531 + 527) / 12, 2)
        self.assertEqual(comparison.champion_level_ids.scheme_id, second)
        comparison.action_earlier()    # it stays chosen
        self.assertEqual((comparison.champion_id, comparison.quarter_count), (second, 1))
        self.choose(comparison, champion_id=False)
        self.assertEqual((comparison.champion_id.id, comparison.old_key_count), (False, 2))

    def test_only_schemes_of_the_channel_and_company_can_be_chosen(self):
        comparison = self.open()
        direct = self.Scheme.browse(self.env.ref('tianyuan_customer_rating.scheme_direct').id)
        foreign = self.standard.sudo().copy({'company_id': self.setup_other_company()['company'].id})
        for scheme in (direct, self.draft):
            with self.subTest(scheme.name), self.assertRaisesRegex(UserError, "can't be compared with"):
                self.choose(comparison, champion_id=scheme.id)
        with self.assertRaises(AccessError):
            self.choose(comparison, champion_id=foreign.id)

    # -- Excel ----------------------------------------------------------------------------------

    def test_the_workbook_says_what_the_screen_says(self):
        self.judge()
        comparison = self.open(self.finance_assessor)
        name, content = comparison._export()
        self.assertEqual(name, f"{comparison.name}.xlsx")
        book = openpyxl.load_workbook(io.BytesIO(content))
        self.assertEqual(book.sheetnames, [
            "Comparison", "Which Ranks Better", "Quarters", "Indicators", "Levels", "Customers Who Change"])
        facts = {row[0]: row[1:] for row in book["Comparison"].values}
        self.assertEqual(facts["Key Customers"], (5, 4))
        self.assertEqual(facts["Sheets Compared"], (None, 12))
        self.assertEqual(facts["Compared With"], ("Ratings as given", None))
        ranks = list(book["Which Ranks Better"].values)
        self.assertEqual(ranks[1][:6], ("Next Quarter", "All", 6, 3, 12, 5))
        self.assertEqual((ranks[1][7], ranks[1][-1]), (1, "Too few to judge"))
        self.assertEqual(ranks[-1], ("Next Four Quarters", "All", *(0,) * 4, *(None,) * 5, "Too few to judge"))
        self.assertEqual(next(iter(list(book["Quarters"].values)[1:]))[:4], ('2024 Q2', 6, 0, 0))
        self.assertEqual(len(list(book["Customers Who Change"].values)), 7)
        with self.assertRaises(AccessError):
            comparison.with_user(self.rating_manager)._export()

    # -- who may, and the queries it takes ------------------------------------------------------

    def test_who_may_not_choose_or_download(self):
        shown = self.open()
        for user in (self.sales_user, self.archive_specialist, self.finance_assessor):
            for step in (shown.action_choose, shown.action_export, shown.action_view_levels, shown.quarter_ids[0].action_only):
                with self.subTest(user.login, step=step.__name__), self.assertRaises(AccessError):
                    getattr(step.__self__.with_user(user), step.__name__)()
        dialog = self.env[CHOICE].with_user(self.finance_assessor)
        with self.assertRaises(AccessError):
            dialog.create({'comparison_id': shown.id, 'until': Q2})
        own = dialog.create({'comparison_id': self.open(self.finance_assessor).id, 'until': Q2})
        with self.assertRaises(AccessError):
            own.comparison_id = shown
        for user in (self.sales_user, self.archive_specialist):
            with self.assertRaises(AccessError):
                self.env[CHOICE].with_user(user).create({'comparison_id': shown.id, 'until': Q2})

    def test_eight_quarters_take_the_queries_of_four(self):
        self.judge()
        self.judge('year')
        days = [date(year, month, 1) for year in (2022, 2023) for month in (1, 4, 7, 10)]
        for place, sheet in enumerate(self.sheets.values()):
            self.move(sheet, days[place % 8])
        comparison = self.open()
        self.env.invalidate_all()
        four = self.queries(lambda: self.choose(comparison, quarter_count=4))
        self.assertEqual(comparison.sheet_count, 4)
        self.assertTrue(comparison.line_ids)
        self.env.invalidate_all()
        eight = self.queries(lambda: self.choose(comparison, quarter_count=8))
        self.assertEqual((comparison.quarter_count, comparison.sheet_count), (8, 12))
        self.assertLessEqual(eight, four)

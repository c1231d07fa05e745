"""A draft against the sheets of a quarter: numbers worked by hand, who may see them, and that nothing is written."""
from lxml import html

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL

from .sheets import SheetCommon

COMPARISON = 'tianyuan.scheme.comparison'
MODULE = 'tianyuan_customer_rating'
# 71 points without the purchases of the quarter
OTHERS = {
    'cooperation_time': 10, 'willingness': 10, 'loyalty': 8, 'purchase_growth': 5, 'purchase_balance': 10,
    'credit_performance': 13, 'days_beyond_terms': 10, 'debt_ratio': 5,
}


class ComparisonCommon(SheetCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Scheme = cls.env['tianyuan.rating.scheme'].with_user(cls.rating_manager)
        cls.standard = cls.Scheme.browse(cls.env.ref(f'{MODULE}.scheme_distributor').id)
        cls.draft = cls.Scheme.browse(cls.standard.action_new_version()['res_id'])

    def open(self, user=None, draft=None):
        action = (draft or self.draft).with_user(user or self.rating_manager).action_compare()
        return self.env[action['res_model']].with_user(user or self.rating_manager).browse(action['res_id'])

    def scheme_line(self, code, scheme=None):
        return (scheme or self.draft).line_ids.filtered(lambda line: line.indicator_id.code == code)

    def level(self, code, bound):
        return self.scheme_line(code).level_ids.filtered(lambda level: level.bound == bound)

    def threshold(self, tier):
        return self.draft.threshold_ids.filtered(lambda threshold: threshold.tier_id.name == tier)

    @staticmethod
    def moves(comparison):
        """The customers who change, as {name: (direction, scores, tiers)}."""
        return {
            line.partner_id.name: (
                line.direction, line.old_score, line.new_score, line.old_tier_id.name, line.new_tier_id.name,
            ) for line in comparison.line_ids
        }

    @staticmethod
    def counts(comparison):
        return tuple(comparison[f'{move}_count'] for move in ('up', 'down', 'class', 'same'))

    @staticmethod
    def indicator(comparison, code):
        row = comparison.indicator_ids.filtered(lambda row: row.indicator_id.code == code)
        return (row.old_average, row.new_average, row.rescored_count, row.kept_count, row.no_value_count)

    @staticmethod
    def matrix(comparison):
        """The cells of the table, row by row, as text."""
        table = html.fromstring(f"<div>{comparison.matrix}</div>")
        return [[cell.text_content() for cell in row.xpath('./th|./td')] for row in table.xpath('.//tr')]

    @staticmethod
    def warnings(comparison):
        return html.fromstring(f"<div>{comparison.warnings or ''}</div>").text_content()


@tagged('post_install', '-at_install')
class TestSchemeComparison(ComparisonCommon):
    """Five distributors bought for 13, 9, 5, 4.2 and 2 million in the second quarter of 2024: 15, 12, 9, 9 and
    6 points, and 71 for everything else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sheets = {}
        for millions in (13, 9, 5, 4.2, 2):
            customer = cls.new_customer(f"Buys {millions}", user_id=cls.sales_user.id)
            cls.buy(customer, '2024-05-05', millions * 1_000_000)
            cls.sheets[millions] = cls.computed_sheet(customer)
            for code, points in OTHERS.items():
                cls.assess(cls.sheets[millions], code, points=points)
            cls.submit(cls.sheets[millions])
        cls.all_sheets = cls.env['tianyuan.rating'].union(*cls.sheets.values())
        cls.all_sheets.with_user(cls.rating_manager).action_confirm()
        cls.env.flush_all()

    def test_a_higher_bound_for_purchases_costs_two_of_five_their_tier(self):
        self.assertEqual(
            [(sheet.score, sheet.tier_id.name) for sheet in self.sheets.values()],
            [(86, 'AA'), (83, 'AA'), (80, 'AA'), (80, 'AA'), (77, 'A')])
        self.level('purchase_volume', 4_000_000).bound = 6_000_000
        comparison = self.open()
        self.assertEqual(self.moves(comparison), {
            'Buys 5': ('down', 80, 77, 'AA', 'A'),      # 6 points instead of 9
            'Buys 4.2': ('down', 80, 77, 'AA', 'A'),
        })
        self.assertEqual(self.counts(comparison), (0, 2, 0, 3))
        self.assertEqual((comparison.sheet_count, comparison.open_count), (5, 0))
        self.assertAlmostEqual(comparison.old_average, 81.2)
        self.assertAlmostEqual(comparison.new_average, 80)
        self.assertEqual(self.matrix(comparison), [
            ['Before ↓ / After →', 'AA', 'A', 'No tier', 'Total'],
            ['AA', '2', '2', '–', '4'],
            ['A', '–', '1', '–', '1'],
            ['No tier', '–', '–', '–', '0'],
            ['Total', '2', '3', '0', '5'],
        ])
        self.assertEqual(self.indicator(comparison, 'purchase_volume'), (10.2, 9, 5, 0, 0))
        self.assertEqual(self.indicator(comparison, 'willingness'), (10, 10, 5, 0, 0))
        self.assertEqual(self.indicator(comparison, 'loyalty'), (8, 8, 0, 5, 0))    # points given without a number
        self.assertFalse(comparison.warnings)
        self.assertEqual(str(comparison.date_to), '2024-06-30')

    def test_an_unchanged_copy_moves_nobody(self):
        comparison = self.open()
        self.assertFalse(comparison.line_ids)
        self.assertEqual(self.counts(comparison), (0, 0, 0, 5))
        self.assertEqual(comparison.old_average, comparison.new_average)
        for row in comparison.indicator_ids:
            self.assertEqual(row.old_average, row.new_average, row.indicator_id.name)

    def test_an_easier_tier_makes_key_customers_and_major_accounts(self):
        self.threshold('AAA').write({'min_score': 82})
        self.buy(self.sheets[13].partner_id, '2023-05-05', 50_000_000)
        self.sheets[13].with_user(self.rating_manager).action_reopen("Books corrected")
        self.sheets[13].with_user(self.rating_manager).action_compute()
        comparison = self.open()
        self.assertEqual(self.moves(comparison), {
            'Buys 13': ('up', 86, 86, 'AA', 'AAA'), 'Buys 9': ('up', 83, 83, 'AA', 'AAA'),
        })
        self.assertEqual((comparison.old_key_count, comparison.new_key_count), (0, 2))
        self.assertEqual((comparison.old_major_count, comparison.new_major_count), (0, 1))
        self.assertEqual(comparison.open_count, 1)
        line = comparison.line_ids.filtered('new_is_major')
        self.assertEqual((line.rating_id, line.old_class, line.new_class),
                         (self.sheets[13].with_user(self.rating_manager), 'ordinary', 'key'))

    def test_a_class_can_change_without_the_tier(self):
        self.threshold('AA').is_key = True
        comparison = self.open()
        self.assertEqual(self.counts(comparison), (0, 0, 4, 1))
        self.assertEqual(set(comparison.line_ids.mapped('direction')), {'class'})
        self.assertEqual(set(comparison.line_ids.mapped('new_class')), {'key'})

    def test_bad_debt_on_a_sheet_still_leaves_no_tier(self):
        self.env.cr.execute(SQL(
            "UPDATE tianyuan_rating SET has_bad_debt = TRUE, tier_id = NULL WHERE id = %s", self.sheets[13].id))
        self.env.invalidate_all()
        self.threshold('AAA').min_score = 82
        self.assertEqual(self.moves(self.open()), {'Buys 9': ('up', 83, 83, 'AA', 'AAA')})

    def test_kept_points_are_capped_and_levels_follow_their_name(self):
        credit = self.scheme_line('credit_performance')
        credit.level_ids.filtered(lambda level: level.points > 10).unlink()
        credit.max_points = 10
        best, second, *_rest = self.scheme_line('willingness').level_ids
        self.assertEqual(best.points, 10)
        best.points = 9
        comparison = self.open()
        self.assertEqual(self.indicator(comparison, 'credit_performance'), (13, 10, 0, 5, 0))
        self.assertEqual(self.indicator(comparison, 'willingness'), (10, 9, 5, 0, 0))
        self.assertEqual((second.points, comparison.new_average), (8, 81.2 - 4))
        best.unlink()
        self.assertEqual(self.indicator(self.open(), 'willingness'), (10, 10, 0, 5, 0))

    def test_new_and_dropped_indicators(self):
        extra = self.env['tianyuan.rating.indicator'].create({
            'name': "Purchases of the year", 'code': 'annual', 'source': 'computed', 'metric': 'annual_purchase',
            'category_id': self.scheme_line('purchase_volume').indicator_id.category_id.id, 'no_data_policy': 'zero',
        })
        self.scheme_line('loyalty').unlink()
        self.draft.write({'line_ids': [Command.create({
            'indicator_id': extra.id, 'max_points': 15,
            'level_ids': [Command.create({'name': "Any", 'bound': 0, 'points': 15})],
        })]})
        comparison = self.open()
        self.assertEqual(self.indicator(comparison, 'annual'), (0, 0, 0, 0, 5))
        self.assertEqual(self.indicator(comparison, 'loyalty'), (8, 0, 0, 0, 0))
        self.assertEqual(comparison.indicator_ids.filtered('is_dropped').indicator_id.code, 'loyalty')
        self.assertAlmostEqual(comparison.new_average, 81.2 - 8)

    # -- what the draft lacks -------------------------------------------------------------------

    def test_a_draft_that_does_not_total_100_says_so(self):
        self.scheme_line('debt_ratio').unlink()
        comparison = self.open()
        self.assertIn("The draft totals 95 points.", self.warnings(comparison))
        self.assertAlmostEqual(comparison.new_average, 81.2 - 5)

    def test_a_draft_without_tiers_says_so(self):
        self.draft.threshold_ids.unlink()
        comparison = self.open()
        self.assertIn("no tiers yet", self.warnings(comparison))
        self.assertEqual(self.counts(comparison), (0, 5, 0, 0))
        self.assertFalse(comparison.line_ids.new_tier_id)

    def test_an_indicator_without_levels_is_named(self):
        self.scheme_line('purchase_volume').level_ids.unlink()
        comparison = self.open()
        self.assertIn(self.scheme_line('purchase_volume').indicator_id.name, self.warnings(comparison))
        self.assertEqual(self.indicator(comparison, 'purchase_volume'), (10.2, 0, 5, 0, 0))

    def test_overlapping_tiers_and_other_grace_days_are_named(self):
        self.threshold('AA').min_score = 89
        self.draft.grace_days = 7
        warnings = self.warnings(self.open())
        self.assertIn("tiers AAA and AA overlap", warnings)
        self.assertIn("other grace days", warnings)

    # -- nothing is written, the list can be worked with ----------------------------------------

    def test_nothing_is_written(self):
        models = ('tianyuan.rating', 'tianyuan.rating.line', 'tianyuan.class.history', 'tianyuan.bad.debt',
                  'mail.message', 'mail.activity', 'tianyuan.rating.scheme', 'tianyuan.rating.level')

        def state():
            self.env.flush_all()
            self.env.invalidate_all()
            partners = self.all_sheets.sudo().partner_id
            return (
                [self.env[model].sudo().with_context(active_test=False).search_count([]) for model in models],
                partners.read(['tianyuan_tier_id', 'tianyuan_score', 'tianyuan_customer_class',
                               'tianyuan_is_major_account', 'write_date']),
                [self.snapshot(sheet) for sheet in self.all_sheets],
                self.all_sheets.sudo().mapped('write_date'), self.all_sheets.sudo().line_ids.mapped('write_date'),
                self.draft.sudo().read(['state', 'write_date']),
            )

        self.level('purchase_volume', 4_000_000).bound = 6_000_000
        before = state()
        self.assertTrue(self.open().line_ids)
        self.assertEqual(state(), before)

    def test_the_customers_are_opened_filtered_grouped_and_exported(self):
        self.level('purchase_volume', 4_000_000).bound = 6_000_000
        comparison = self.open()
        action = comparison.with_context(search_default_down=1).action_view_lines()
        self.assertEqual(action['context'], {'search_default_down': 1})
        lines = self.env[action['res_model']].with_user(self.rating_manager).search(action['domain'])
        self.assertEqual(lines, comparison.line_ids)
        groups = lines._read_group([('direction', '=', 'down')], ['user_id', 'new_tier_id'], ['__count'])
        self.assertEqual([(user.login, tier.name, count) for user, tier, count in groups],
                         [(self.sales_user.login, 'A', 2)])
        self.rating_manager.group_ids += self.env.ref('base.group_allow_export')
        exported = lines.export_data(['partner_id', 'old_score', 'new_tier_id', 'direction'])['datas']
        self.assertEqual(sorted(exported), [["Buys 4.2", 80, 'A', "Down"], ["Buys 5", 80, 'A', "Down"]])
        self.assertEqual(lines[:1].action_open_sheet()['res_id'], lines[:1].rating_id.id)

    # -- the queries it takes -------------------------------------------------------------------

    def test_many_sheets_take_the_queries_of_a_few(self):
        """The same five sheets, forty times over: only the batches in which lines are created grow."""
        self.threshold('AA').min_score = 87    # four of five change
        self.open()    # warm up
        few = self.queries(self.open)
        self.env.cr.execute("""
            WITH copies AS (
                SELECT sheet, nextval('tianyuan_rating_id_seq')::int AS id, partner.id AS partner_id
                  FROM tianyuan_rating sheet, unnest(%s) WITH ORDINALITY AS partner (id, place)
                 WHERE sheet.id = (%s::int[])[1 + partner.place %% 5]
            ), sheets AS (
                INSERT INTO tianyuan_rating SELECT (jsonb_populate_record(
                    sheet, jsonb_build_object('id', id, 'partner_id', partner_id))).* FROM copies
            )
            INSERT INTO tianyuan_rating_line SELECT (jsonb_populate_record(line, jsonb_build_object(
                       'id', nextval('tianyuan_rating_line_id_seq'), 'rating_id', copies.id,
                       'partner_id', copies.partner_id))).*
              FROM tianyuan_rating_line line JOIN copies ON line.rating_id = (copies.sheet).id
        """, [self.env['res.partner'].create([
            {'name': f"Copy {number}", 'is_company': True, 'tianyuan_channel': 'distributor'} for number in range(195)
        ]).ids, self.all_sheets.ids])
        self.env.invalidate_all()
        many = self.queries(self.open)
        comparison = self.open()
        self.assertEqual((comparison.sheet_count, comparison.down_count), (200, 160))
        self.assertLessEqual(many, few + 4)


@tagged('post_install', '-at_install')
class TestComparisonScope(ComparisonCommon):
    """Which quarter and which sheets are compared, and who may."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sheet = cls.confirmed_sheet(purchase_volume=6, credit_performance=14)    # 85: AA
        cls.env.flush_all()

    def direct_draft(self):
        standard = self.Scheme.browse(self.env.ref(f'{MODULE}.scheme_direct').id)
        return self.Scheme.browse(standard.action_new_version()['res_id'])

    def test_all_quarters_with_confirmed_sheets_and_then_one_by_one(self):
        self.computed_sheet(day='2024-09-30')
        self.confirmed_sheet(self.other_customer, day='2024-03-31')
        comparison = self.open()
        self.assertEqual((str(comparison.date_from), str(comparison.date_to)), ('2024-01-01', '2024-06-30'))
        self.assertEqual((comparison.quarter_count, comparison.sheet_count), (2, 2))
        comparison.action_later()
        self.assertEqual((str(comparison.date_to), comparison.open_count, comparison.later_date),
                         ('2024-09-30', 1, False))
        comparison.action_earlier()
        self.assertEqual((str(comparison.date_from), str(comparison.date_to), comparison.quarter_count, comparison.sheet_count),
                         ('2024-04-01', '2024-06-30', 1, 1))
        comparison.action_earlier()
        self.assertEqual((str(comparison.date_to), comparison.earlier_date), ('2024-03-31', False))
        comparison.action_earlier()    # there is none: it stays
        self.assertEqual((str(comparison.date_to), comparison.indicator_ids.mapped('kept_count')[:1]),
                         ('2024-03-31', [1]))

    def test_without_confirmed_sheets_the_latest_quarter(self):
        self.computed_sheet(self.new_customer("Direct", 'direct', user_id=self.sales_user.id), day='2024-06-30')
        self.computed_sheet(self.new_customer("Direct too", 'direct', user_id=self.sales_user.id), day='2024-09-30')
        self.assertEqual(str(self.open(draft=self.direct_draft()).date_to), '2024-09-30')

    def test_a_channel_without_sheets_says_what_to_do(self):
        with self.assertRaisesRegex(UserError, "Rate a quarter first"):
            self.open(draft=self.direct_draft())

    def test_other_sheets_do_not_count(self):
        self.computed_sheet(self.other_customer).with_user(self.rating_manager).action_cancel()
        self.new_sheet(self.other_customer)    # nobody has computed it
        self.computed_sheet(self.new_customer("Direct", 'direct', user_id=self.sales_user.id))
        self.computed_sheet(self.new_customer("Prospect", user_id=self.sales_user.id), kind='prospect')
        self.assertEqual(self.open().sheet_count, 1)

    def test_a_comparison_is_advised_for_a_draft_beside_an_active_scheme(self):
        active = self.Scheme.browse(self.env.ref(f'{MODULE}.scheme_direct').id)
        draft = self.direct_draft()
        other = self.setup_other_company()['company']
        for companies, advised in (
            ((False, False), True), ((other, False), True), ((False, self.company), True),
            ((other, self.company), False), ((self.company, self.company), True),
        ):
            active.sudo().company_id, draft.sudo().company_id = companies
            draft.invalidate_recordset()
            with self.subTest(companies=companies):
                self.assertEqual(draft.comparison_advised, advised)
        self.assertFalse(active.comparison_advised)
        active.sudo().action_retire()
        draft.invalidate_recordset()
        self.assertFalse(draft.comparison_advised)

    # -- who may --------------------------------------------------------------------------------

    def test_managers_and_finance_see_it(self):
        self.threshold('AA').min_score = 85
        for user in (self.rating_manager, self.finance_assessor):
            with self.subTest(user.login):
                comparison = self.open(user)
                self.env.flush_all()
                self.env.invalidate_all()
                values = comparison.web_read({'down_count': {}, 'scheme_id': {'fields': {'display_name': {}}}, 'line_ids': {
                    'fields': {'partner_id': {'fields': {'display_name': {}}}, 'new_tier_id': {}}}})[0]
                self.assertEqual((values['down_count'], len(values['line_ids'])), (1, 1))

    def test_sales_and_specialists_do_not(self):
        shown = self.open()
        for user in (self.sales_user, self.archive_specialist):
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    self.open(user)
                for records in (shown, shown.line_ids, shown.indicator_ids):
                    self.assertFalse(records.with_user(user).has_access('read'))
                for action in ('action_later', 'action_earlier', 'action_view_lines'):
                    with self.assertRaises(AccessError):
                        getattr(shown.with_user(user), action)()

    def test_what_one_has_opened_nobody_else_reads(self):
        self.threshold('AA').min_score = 85
        shown = self.open()
        for records in (shown, shown.line_ids, shown.indicator_ids):
            self.assertTrue(records)
            self.assertFalse(records.with_user(self.finance_assessor).search([]))
            self.assertFalse(records.with_user(self.finance_assessor).has_access('read'))

    def test_nobody_makes_or_changes_one(self):
        shown = self.open()
        with self.assertRaises(AccessError):
            shown.write({'down_count': 9})
        with self.assertRaises(AccessError):
            self.env[COMPARISON].with_user(self.rating_manager).create(
                {'scheme_id': self.draft.id, 'company_id': self.company.id})

    # -- the second company ---------------------------------------------------------------------

    def test_each_company_sees_its_own_sheets(self):
        other = self.setup_other_company()['company']
        foreign = self.standard.sudo().copy({'company_id': other.id, 'name': "Foreign"})
        with self.assertRaises(AccessError):
            self.open(draft=foreign)
        shown = self.open()
        self.rating_manager.write({'company_ids': [Command.link(other.id)]})
        there = self.rating_manager.with_user(self.rating_manager).with_context(allowed_company_ids=other.ids).env
        for records in (shown, shown.indicator_ids):
            self.assertFalse(there[records._name].search([]))
            self.assertFalse(records.with_env(there).has_access('read'))
        with self.assertRaisesRegex(UserError, "Rate a quarter first"):
            self.draft.with_env(there).action_compare()
        # a scheme of one company is compared with that company's sheets, whatever company is current
        self.draft.company_id = self.company
        both = self.draft.with_context(allowed_company_ids=[other.id, self.company.id])
        comparison = self.env[COMPARISON].with_user(self.rating_manager).browse(both.action_compare()['res_id'])
        self.assertEqual((comparison.company_id.id, comparison.sheet_count), (self.company.id, 1))

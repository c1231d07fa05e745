"""What opens the screens of a hundred thousand ratings fast shows the same as what would be slow."""
from contextlib import contextmanager
from itertools import product

from lxml import etree

from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools import SQL
from odoo.tools.safe_eval import safe_eval

from .rating.test_rating_dashboard import DashboardCommon

MEASURES = [
    '__count', 'rating_count:sum', 'points:sum', 'max_points:sum', 'average_points:avg', 'points_share:avg',
    'purchase_amount:sum', 'on_time_rate:avg', 'on_time_rate:count',
]
GROUPINGS = [
    [], ['tier_id'], ['date_to:quarter'], ['date_to:quarter', 'tier_id'], ['user_id', 'tier_change'],
    ['state', 'channel', 'customer_class'], ['company_id', 'is_major_account', 'has_bad_debt'],
]
LOOKS_AT_LINES = ('category_id', '!=', False)    # all lines have one: the same rows, read one by one


@tagged('post_install', '-at_install')
class TestScreens(DashboardCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.roles = cls.rating_manager + cls.finance_assessor + cls.sales_user + cls.colleague

    def rounded(self, rows):
        return [tuple(round(value, 6) if isinstance(value, float) else value for value in row) for row in rows]

    def plan(self, query, *settings):
        """How the database would go about a query if it had no other choice."""
        for setting in settings:
            self.env.cr.execute(SQL("SET LOCAL %s = off", SQL.identifier(setting)))
        return "\n".join(line for [line] in self.env.execute_query(SQL("EXPLAIN %s", query.select())))

    # -- analysis -------------------------------------------------------------------------------

    def test_sums_of_sheets_are_the_sums_of_their_lines(self):
        domains = [[], [('state', '=', 'confirmed'), ('kind', '=', 'quarterly')], [('tier_id.name', '=', 'AAA')],
                   [('date_from', '>=', '2030-01-01')]]
        for user, domain, groupby in product(self.roles, domains, GROUPINGS):
            Analysis = self.env['tianyuan.rating.analysis'].with_user(user)
            with self.subTest(user=user.login, domain=domain, groupby=groupby):
                self.assertEqual(
                    self.rounded(Analysis._read_group(domain, groupby, MEASURES)),
                    self.rounded(Analysis._read_group([*domain, LOOKS_AT_LINES], groupby, MEASURES)),
                )

    def test_a_pivot_shows_the_same(self):
        sets = [[], ['tier_id'], ['date_to:quarter'], ['tier_id', 'date_to:quarter']]
        measures = [*MEASURES, 'currency_id:array_agg_distinct', 'purchase_amount:sum_currency']
        for user in self.roles:
            Analysis = self.env['tianyuan.rating.analysis'].with_user(user)
            with self.subTest(user=user.login):
                shown, line_by_line = (
                    [[{key: value for key, value in group.items() if key != '__extra_domain'} for group in groups]
                     for groups in Analysis.formatted_read_grouping_sets(domain, sets, measures)]
                    for domain in ([], [LOOKS_AT_LINES])
                )
                self.assertEqual(len(shown[3]), len(line_by_line[3]))
                for ours, theirs in zip(sum(shown, []), sum(line_by_line, []), strict=True):
                    self.assertEqual(ours.keys(), theirs.keys())
                    for key, value in ours.items():
                        if isinstance(value, float):
                            self.assertAlmostEqual(value, theirs[key], 6, key)
                        else:
                            self.assertEqual(value, theirs[key], key)

    def test_a_draft_without_lines_is_not_counted(self):
        Analysis = self.env['tianyuan.rating.analysis']
        before = Analysis._read_group([], [], ['rating_count:sum'])
        self.new_sheet(self.new_customer("Draft"))
        self.assertEqual(Analysis._read_group([], [], ['rating_count:sum']), before)

    def test_a_client_cannot_choose_what_is_read(self):
        Analysis = self.env['tianyuan.rating.analysis'].with_user(self.sales_user)
        steered = Analysis.with_context(tianyuan_analysis_sums=[['tier_id'], False])
        self.assertEqual(steered.search([]), Analysis.search([]))
        self.assertEqual(
            steered._read_group([], ['category_id'], MEASURES), Analysis._read_group([], ['category_id'], MEASURES))

    # -- lists ----------------------------------------------------------------------------------

    def test_lines_wait_for_whoever_has_not_submitted(self):
        Line = self.env['tianyuan.rating.line']
        for side, user in product(('sales', 'finance'), self.roles):
            for lines in (Line.with_user(user), Line):
                name = f'waits_for_{side}'
                waiting = lines.search([(name, '=', True)])
                self.assertEqual(waiting, lines.search([
                    ('rating_id.state', '=', 'assessing'), (f'rating_id.{side}_done', '=', False)]))
                self.assertEqual(waiting, lines.search([]).filtered(name))
                self.assertEqual(lines.search([(name, '=', False)]), lines.search([]) - waiting)

    def test_the_list_of_ratings_comes_in_the_order_of_its_index(self):
        sheets = self.env['tianyuan.rating'].with_user(self.rating_manager)
        plan = self.plan(sheets._search([], limit=80, order=sheets._order),
                         'enable_seqscan', 'enable_sort', 'enable_incremental_sort')
        self.assertIn('tianyuan_rating_newest_idx', plan)
        self.assertNotIn('Sort', plan)

    def test_the_filter_of_lines_by_hand_is_that_of_their_index(self):
        view = self.env['tianyuan.rating.line'].get_view(view_type='search')
        [node] = etree.fromstring(view['arch']).xpath("//filter[@name='by_hand']")
        domain = Domain(safe_eval(node.get('domain'))) & Domain('responsibility', '=', 'finance')
        lines = self.env['tianyuan.rating.line'].with_user(self.finance_assessor)
        self.assertIn('tianyuan_rating_line_by_hand_idx', self.plan(lines._search(domain), 'enable_seqscan'))

    def test_a_page_of_lines_takes_the_queries_of_a_line(self):
        action = self.env.ref('tianyuan_customer_rating.tianyuan_rating_line_action_finance')
        lines = self.env['tianyuan.rating.line'].with_user(self.finance_assessor)
        arch = etree.fromstring(lines.get_view(view_type='list')['arch'])
        wanted = {
            node.get('name'): {'fields': {'display_name': {}}} if lines._fields[node.get('name')].type == 'many2one'
            else {} for node in arch.iter('field')
        }

        def read(limit):
            return self.queries(lambda: lines.web_search_read(
                safe_eval(action.sudo().domain), wanted, limit=limit, order=arch.get('default_order'),
                count_limit=10_001))

        self.computed_sheet(self.new_customer("One"), '2024-03-31')
        self.computed_sheet(self.new_customer("Two"), '2024-03-31')
        read(80)    # warm up
        one, all_of_them = read(1), read(80)
        self.assertLessEqual(all_of_them, one + 1)    # and one for counting a page that is full
        self.assertLessEqual(one, 14)

    def test_the_dashboard_looks_at_the_lines_once(self):
        for user in self.roles:
            page = self.env['tianyuan.rating.dashboard'].with_user(user)
            page.get_data()    # warm up
            with self.subTest(user=user.login):
                self.assertLessEqual(self.queries(page.get_data), 27)
            self.env.flush_all()
            with contextmanager(self._patchExecute)(queries := []):
                page.get_data()
            self.assertEqual(sum('tianyuan_rating_line' in query for query in queries), 1)

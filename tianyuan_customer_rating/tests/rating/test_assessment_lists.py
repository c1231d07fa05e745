"""The lists in which sales and finance assess a quarter at speed (design §6 and §10)."""
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools.safe_eval import safe_eval

from .sheets import FULL_MARKS, SheetCommon


@tagged('post_install', '-at_install')
class TestAssessmentLists(SheetCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_salesperson = cls.new_role_user('sales_user', login='other_salesperson')
        cls.foreign_customer = cls.new_customer("Foreign", user_id=cls.other_salesperson.id)

    def list_of(self, side, user):
        """What a user finds in the list "Sales Assessments" or "Finance Assessments", as the screen asks for it."""
        action = self.env.ref(f'tianyuan_customer_rating.tianyuan_rating_line_action_{side}')
        lines = self.env['tianyuan.rating.line'].with_user(user)
        view = lines.get_view(view_type='list')
        self.assertIn('multi_edit="1"', view['arch'])
        order = view['arch'].split('default_order="')[1].split('"')[0]
        return lines.search(safe_eval(action.sudo().domain), order=order)

    @staticmethod
    def codes(lines):
        return lines.sudo().indicator_id.mapped('code')

    def lines(self, sheets, code, user=None):
        lines = self.line(sheets, code)
        return lines.with_user(user or self.sales_user)

    def sheets(self, count, **values):
        customers = self.env['res.partner'].browse().concat(
            *(self.new_customer(f"Buyer {number}", user_id=self.sales_user.id, **values) for number in range(count)))
        sheets = self.env['tianyuan.rating'].with_user(self.rating_manager).create([
            {'partner_id': customer.id, 'company_id': self.company.id,
             'date_from': '2024-04-01', 'date_to': '2024-06-30'} for customer in customers
        ])
        sheets.action_compute()
        return sheets

    def fill(self, sheets):
        """Give every line full marks, so that only submitting is left."""
        for line in sheets.sudo().line_ids:
            line.write({'points': FULL_MARKS[line.indicator_id.code], 'origin': 'assessed'})

    # -- what the lists show ------------------------------------------------------------------

    def test_the_previous_quarter_stands_beside_the_new_one(self):
        last = self.computed_sheet(day='2024-03-31')
        for code, points in FULL_MARKS.items():
            if code != 'loyalty':
                self.assess(last, code, points=points)
        self.assess(last, 'loyalty', metric_value=60)
        self.submit(last)
        last.action_confirm()
        sheet = self.computed_sheet()
        loyalty, willingness = self.lines(sheet, 'loyalty'), self.lines(sheet, 'willingness')
        self.assertEqual(
            (loyalty.has_previous, loyalty.previous_has_value, loyalty.previous_value, loyalty.previous_points),
            (True, True, 60, 12))
        self.assertEqual((willingness.previous_points, willingness.previous_level_id.points), (10, 10))
        self.assertEqual((loyalty.metric_value, loyalty.origin), (0, 'missing'))

    def test_a_customer_rated_for_the_first_time_has_nothing_beside_it(self):
        loyalty = self.lines(self.computed_sheet(), 'loyalty')
        self.assertFalse(loyalty.has_previous or loyalty.previous_has_value or loyalty.previous_points)

    def test_what_is_missing_comes_first(self):
        self.computed_sheet()
        self.assess(self.computed_sheet(self.other_customer), 'loyalty', metric_value=60)
        origins = self.list_of('sales', self.sales_user).mapped('origin')
        self.assertEqual(origins, sorted(origins, key=lambda origin: origin != 'missing'))
        self.assertEqual(set(origins), {'missing', 'computed', 'assessed'})

    def test_each_side_finds_its_own_lines_and_a_salesperson_only_own_customers(self):
        (self.computed_sheet() + self.computed_sheet(self.foreign_customer))
        sales, finance = self.list_of('sales', self.sales_user), self.list_of('finance', self.finance_assessor)
        self.assertEqual((sales.partner_id, set(sales.mapped('responsibility'))), (self.customer, {'sales'}))
        self.assertEqual(finance.partner_id, self.customer + self.foreign_customer)
        self.assertEqual(set(finance.mapped('responsibility')), {'finance'})
        self.assertEqual(self.list_of('sales', self.other_salesperson).partner_id, self.foreign_customer)

    def test_the_lists_stay_within_the_company(self):
        elsewhere = self.setup_other_company()['company']
        assessor = self.new_role_user(
            'finance_assessor', login='assessor_elsewhere',
            company_id=elsewhere.id, company_ids=[Command.set(elsewhere.ids)])
        sheet = self.computed_sheet()
        self.assertFalse(self.list_of('finance', assessor))
        with self.assertRaises(AccessError):
            self.lines(sheet, 'debt_ratio', assessor).action_submit()
        with self.assertRaises(AccessError):
            self.lines(sheet, 'debt_ratio', assessor).read(['previous_points'])

    # -- what is left -----------------------------------------------------------------------------

    def progress(self, side, user):
        """What stands above a user's list: lines to fill, missing ones, customers, those ready to submit."""
        action = self.env.ref(f'tianyuan_customer_rating.tianyuan_rating_line_action_{side}')
        progress = self.env['tianyuan.rating.line'].with_user(user).assessment_progress(
            safe_eval(action.sudo().domain))
        return tuple(progress[name] for name in ('total', 'missing', 'customers', 'ready'))

    def test_the_list_counts_what_is_left(self):
        self.assertEqual(self.progress('sales', self.sales_user), (0, 0, 0, 0))
        sheet = self.computed_sheet()
        self.computed_sheet(self.other_customer)
        # without invoices: cooperation time, growth, willingness and loyalty are asked of a person
        asked = len(sheet.line_ids.filtered(
            lambda line: line.responsibility == 'sales' and line.origin == 'missing'))
        self.assertEqual(asked, 4)
        self.assertEqual(self.progress('sales', self.sales_user), (8, 8, 2, 0))
        for code, done in (('willingness', 1), ('loyalty', 2), ('cooperation_time', 3), ('purchase_growth', 4)):
            self.assess(sheet, code, points=2)
            self.assertEqual(self.progress('sales', self.sales_user), (8, 8 - done, 2, int(done == 4)))
        sheet.with_user(self.sales_user).action_submit_sales()
        self.assertEqual(self.progress('sales', self.sales_user), (4, 4, 1, 0))

    def test_each_counts_what_is_theirs(self):
        sheet = self.computed_sheet() + self.computed_sheet(self.foreign_customer)
        missing = len(sheet.line_ids.filtered(
            lambda line: line.responsibility == 'finance' and line.origin == 'missing'))
        self.assertEqual(self.progress('sales', self.sales_user)[2], 1)
        self.assertEqual(self.progress('sales', self.other_salesperson)[2], 1)
        self.assertEqual(self.progress('finance', self.finance_assessor), (missing, missing, 2, 0))
        elsewhere = self.setup_other_company()['company']
        assessor = self.new_role_user(
            'finance_assessor', login='assessor_elsewhere',
            company_id=elsewhere.id, company_ids=[Command.set(elsewhere.ids)])
        self.assertEqual(self.progress('finance', assessor), (0, 0, 0, 0))
        outsider = new_test_user(self.env, login='outsider', groups='base.group_user')
        with self.assertRaises(AccessError):
            self.progress('finance', outsider)

    def test_counting_takes_one_query(self):
        self.sheets(10)
        self.progress('finance', self.finance_assessor)    # warm up
        action = self.env.ref('tianyuan_customer_rating.tianyuan_rating_line_action_finance')
        domain = safe_eval(action.sudo().domain)
        lines = self.env['tianyuan.rating.line'].with_user(self.finance_assessor)
        self.env.flush_all()
        with self.assertQueryCount(1):
            lines.assessment_progress(domain)

    def test_the_list_is_grouped_and_filtered_by_quarter(self):
        self.computed_sheet()
        self.computed_sheet(day='2024-03-31')
        domain = safe_eval(
            self.env.ref('tianyuan_customer_rating.tianyuan_rating_line_action_sales').sudo().domain)
        lines = self.env['tianyuan.rating.line'].with_user(self.sales_user)
        groups = lines.formatted_read_group(domain, ['date_from:quarter'], ['__count'])
        per_sheet = lines.search_count([*domain, ('date_from', '=', '2024-04-01')])
        self.assertGreater(per_sheet, 0)
        self.assertEqual([(group['date_from:quarter'][0], group['__count']) for group in groups],
                         [('2024-01-01', per_sheet), ('2024-04-01', per_sheet)])
        self.assertEqual(lines.search(domain, order='date_from desc, id', limit=1).date_from.month, 4)

    # -- submitting what is complete -----------------------------------------------------------------

    def submit_complete(self, side, user):
        """What the button above a user's list does."""
        action = self.env.ref(f'tianyuan_customer_rating.tianyuan_rating_line_action_{side}')
        return self.env['tianyuan.rating.line'].with_user(user).submit_complete(safe_eval(action.sudo().domain))

    def test_what_is_complete_is_submitted_and_the_rest_is_left(self):
        sheets = self.sheets(3)
        self.fill(sheets[:2])
        foreign = self.computed_sheet(self.foreign_customer)
        self.fill(foreign)
        self.assertEqual(self.submit_complete('sales', self.sales_user), {'submitted': 2, 'refused': []})
        self.assertEqual((sheets + foreign).mapped('sales_done'), [True, True, False, False])
        self.assertFalse(any((sheets + foreign).mapped('finance_done')))
        # four lines of the third one are left, and nothing that can be submitted
        self.assertEqual(self.progress('sales', self.sales_user), (4, 4, 1, 0))
        self.assertEqual(self.submit_complete('sales', self.sales_user), {'submitted': 0, 'refused': []})

        self.assertEqual(self.submit_complete('finance', self.finance_assessor), {'submitted': 3, 'refused': []})
        self.assertEqual((sheets + foreign).mapped('state'), ['ready', 'ready', 'assessing', 'assessing'])
        self.assertEqual((sheets + foreign).mapped('finance_done'), [True, True, False, True])

    def test_nobody_submits_for_somebody_else(self):
        orphan = self.new_customer("Nobody's")
        sheets = self.sheets(1) + self.computed_sheet(orphan)
        self.fill(sheets)
        elsewhere = self.setup_other_company()['company']
        assessor = self.new_role_user(
            'finance_assessor', login='assessor_elsewhere',
            company_id=elsewhere.id, company_ids=[Command.set(elsewhere.ids)])
        nothing = {'submitted': 0, 'refused': []}
        for side, user in (
            ('sales', self.other_salesperson), ('sales', self.archive_specialist), ('sales', self.finance_assessor),
            ('finance', self.sales_user), ('finance', self.rating_manager), ('finance', assessor),
        ):
            self.assertEqual(self.submit_complete(side, user), nothing, (side, user.login))
        # a manager assesses for customers without a salesperson
        self.assertEqual(self.submit_complete('sales', self.rating_manager), {'submitted': 1, 'refused': []})
        self.assertEqual(sheets.mapped('sales_done'), [False, True])
        outsider = new_test_user(self.env, login='outsider', groups='base.group_user')
        with self.assertRaises(AccessError):
            self.submit_complete('sales', outsider)

    def test_a_part_of_a_sheet_that_a_caller_names_is_not_the_whole(self):
        sheet = self.computed_sheet()
        loyalty = self.assess(sheet, 'loyalty', metric_value=60)
        lines = loyalty.with_user(self.sales_user)
        self.assertEqual(lines.submit_complete([('id', '=', loyalty.id)]), {'submitted': 0, 'refused': []})
        self.assertFalse(sheet.sales_done)

    def test_one_sheet_that_fails_does_not_stop_the_others(self):
        sheets = self.sheets(5)
        self.fill(sheets)
        submit = self.registry['tianyuan.rating']._submit

        def refuse_the_fourth(records, side):
            submit(records, side)
            if sheets[3].id in records.ids:
                raise UserError("The fourth is odd")

        with patch.object(self.registry['tianyuan.rating'], '_submit', refuse_the_fourth):
            result = self.submit_complete('sales', self.sales_user)
        self.assertEqual(result, {'submitted': 4, 'refused': ["The fourth is odd"]})
        sheets.invalidate_recordset()
        self.assertEqual(sheets.mapped('sales_done'), [True, True, True, False, True])

    def test_submitting_many_takes_few_queries_more(self):
        self.fill(self.sheets(2))
        few = self.queries(lambda: self.submit_complete('finance', self.finance_assessor))
        more = self.sheets(20)
        self.fill(more)
        many = self.queries(lambda: self.submit_complete('finance', self.finance_assessor))
        self.assertTrue(all(more.mapped('finance_done')))
        self.assertLessEqual(many, few + 5)

    # -- filling many rows at once ------------------------------------------------------------

    def test_one_level_for_many_customers_of_a_scheme(self):
        sheets = self.computed_sheet() + self.computed_sheet(self.other_customer)
        lines = self.lines(sheets, 'willingness')
        level = lines[0].available_level_ids.sorted('points')[-1]
        lines.write({'level_id': level.id})
        self.assertEqual(lines.mapped('points'), [10, 10])
        self.assertEqual(lines.mapped('origin'), ['assessed', 'assessed'])
        self.assertEqual(lines.assessor_id, self.sales_user)

    def test_one_number_for_many_customers_scored_by_the_levels(self):
        direct = self.new_customer("Direct", channel='direct', user_id=self.sales_user.id)
        lines = self.lines(self.computed_sheet() + self.computed_sheet(direct), 'loyalty')
        lines.write({'metric_value': 85})
        self.assertEqual(lines.mapped('points'), [15, 15])

    def test_a_level_does_not_fit_customers_of_another_scheme(self):
        direct = self.new_customer("Direct", channel='direct', user_id=self.sales_user.id)
        lines = self.lines(self.computed_sheet() + self.computed_sheet(direct), 'willingness')
        level = lines[0].available_level_ids[0]
        with self.assertRaisesRegex(UserError, "another rating scheme than the one of: Direct"):
            lines.write({'level_id': level.id})
        self.assertEqual(lines.mapped('origin'), ['missing', 'missing'])

    def test_different_indicators_are_not_filled_together(self):
        sheet = self.computed_sheet()
        lines = self.lines(sheet, 'loyalty') + self.lines(sheet, 'purchase_growth')
        with self.assertRaisesRegex(UserError, "different indicators"):
            lines.write({'metric_value': 50})
        lines.write({'note': "Asked on the phone"})    # a note fits anywhere
        self.assertEqual(set(lines.mapped('note')), {"Asked on the phone"})

    def test_rows_of_others_are_not_filled_along(self):
        sheets = self.computed_sheet() + self.computed_sheet(self.foreign_customer)
        with self.assertRaises(AccessError):
            self.lines(sheets, 'loyalty').write({'metric_value': 50})
        with self.assertRaises(AccessError):
            self.lines(sheets, 'loyalty', self.finance_assessor).write({'metric_value': 50})

    # -- submitting -----------------------------------------------------------------------------

    def test_submitting_rows_submits_their_sheets_for_that_side(self):
        sheets = self.computed_sheet() + self.computed_sheet(self.other_customer)
        self.fill(sheets)
        self.lines(sheets, 'loyalty').action_submit()
        self.assertEqual((sheets.mapped('sales_done'), sheets.mapped('finance_done')), ([True] * 2, [False] * 2))
        self.assertFalse(self.list_of('sales', self.sales_user), "what is submitted leaves the list")
        self.assertEqual(self.list_of('finance', self.finance_assessor).rating_id, sheets.sudo(False))
        self.lines(sheets, 'debt_ratio', self.finance_assessor).action_submit()
        self.assertEqual(sheets.mapped('state'), ['ready'] * 2)

    def test_rows_of_one_sheet_submit_it_once(self):
        sheet = self.computed_sheet()
        self.fill(sheet)
        sheet.line_ids.filtered(lambda line: line.responsibility == 'sales').with_user(self.sales_user).action_submit()
        self.assertTrue(sheet.sales_done)

    def test_what_is_missing_is_named_and_nothing_is_submitted(self):
        sheets = self.computed_sheet() + self.computed_sheet(self.other_customer)
        self.fill(sheets[0])
        with self.assertRaisesRegex(UserError, "2024 Q2 Other customer: "):
            self.lines(sheets, 'loyalty').action_submit()
        self.assertEqual(sheets.mapped('sales_done'), [False, False])

    def test_nobody_submits_for_the_other_side_or_for_others_customers(self):
        sheets = self.computed_sheet() + self.computed_sheet(self.foreign_customer)
        self.fill(sheets)
        for lines in (
            self.lines(sheets[0], 'loyalty', self.finance_assessor),
            self.lines(sheets[0], 'debt_ratio', self.sales_user),
            self.lines(sheets[1], 'loyalty', self.sales_user),
            self.lines(sheets[0], 'loyalty', self.archive_specialist),
            self.lines(sheets[0], 'loyalty', self.rating_manager),
        ):
            with self.subTest(lines.env.user.login), self.assertRaises(AccessError):
                lines.action_submit()

    def test_the_ratings_list_submits_many_sheets(self):
        sheets = self.sheets(3)
        self.fill(sheets)
        self.submit(sheets)
        self.assertEqual(sheets.mapped('state'), ['ready'] * 3)

    # -- however many -----------------------------------------------------------------------------

    def test_a_long_list_takes_the_queries_of_a_short_one(self):
        sheets = self.sheets(45)
        columns = dict.fromkeys((
            'metric_value', 'level_id', 'points', 'origin', 'can_assess', 'available_level_ids', 'channel',
            'has_previous', 'previous_has_value', 'previous_value', 'previous_points', 'note'), {})
        few, many = (self.lines(part, 'loyalty') for part in (sheets[:5], sheets[5:]))
        few[:1].web_read(columns)    # warm up
        counts = [self.queries(lambda lines=lines: lines.web_read(columns)) for lines in (few, many)]
        self.assertLessEqual(counts[1], counts[0])

    def test_the_previous_quarter_of_a_list_takes_one_query(self):
        lines = self.lines(self.sheets(10), 'loyalty')
        self.env.flush_all()
        lines.invalidate_recordset()
        before = self.env.cr.sql_log_count
        lines.mapped('previous_points')
        self.assertEqual(self.env.cr.sql_log_count - before, 1)

    def test_filling_and_submitting_many_rows_takes_the_queries_of_a_few_and_batched_writes(self):
        sheets = self.sheets(65)
        first, few, many = (self.lines(part, 'loyalty') for part in (sheets[:1], sheets[1:6], sheets[6:]))
        first.write({'metric_value': 60})    # warm up
        counts = [self.queries(lambda lines=lines: lines.write({'metric_value': 60})) for lines in (few, many)]
        self.assertLessEqual(counts[1], counts[0] + 3)
        self.fill(sheets)
        first.action_submit()
        counts = [self.queries(lines.action_submit) for lines in (few, many)]
        self.assertLessEqual(counts[1], counts[0] + 3)

"""The dashboard, its workbook and the rating analysis, against numbers worked out by hand (policy 2)."""
import io
from datetime import timedelta

import openpyxl

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests import HttpCase, new_test_user, tagged

from ...engine import workbook
from .sheets import FULL_MARKS, SheetCommon

CATEGORIES = ['Customer Quality', 'Purchase Capacity', 'Purchase Balance', 'Credit Performance', 'Solvency']
XLSX = '/tianyuan/dashboard/xlsx'


@tagged('post_install', '-at_install')
class DashboardCommon(SheetCommon):
    """Three distributors, confirmed in 2024 Q1 and Q2; a fourth whose Q2 sheet is still open.

    ========  =============  ============================  ==============================================
    customer  salesperson    Q1                            Q2
    ========  =============  ============================  ==============================================
    =Alpha    sales_user     100 AAA                       80 AA (loyalty 0, balance 5): down, -20
    Beta      colleague      50 C (credit 0, loyalty 0,    100 AAA: up, +50
                             volume 0)
    Gamma     sales_user     100 AAA                       100 AAA: unchanged
    Delta     sales_user     none                          ready / assessing, as a test wants
    ========  =============  ============================  ==============================================

    Purchases of Q2, each paid when due: Alpha 1,000; Beta 2,000 + 500; Gamma 4,000 and 6,000 never paid.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = cls.new_role_user('sales_user', login='tianyuan_colleague')
        cls.alpha, cls.beta, cls.gamma, cls.delta = (
            cls.new_customer(name, user_id=user.id) for name, user in (
                ('=Alpha', cls.sales_user), ('Beta', cls.colleague), ('Gamma', cls.sales_user), ('Delta', cls.sales_user),
            )
        )
        cls.buy(cls.alpha, '2024-04-10', 1000)
        cls.buy(cls.beta, '2024-04-10', 2000)
        cls.buy(cls.beta, '2024-05-10', 500)
        cls.buy(cls.gamma, '2024-05-10', 4000)
        cls.invoice(cls.gamma, '2024-05-10', 6000)
        cls.first = {
            cls.alpha: cls.finished(cls.alpha, '2024-03-31'),
            cls.beta: cls.finished(cls.beta, '2024-03-31', credit_performance=0, loyalty=0, purchase_volume=0),
            cls.gamma: cls.finished(cls.gamma, '2024-03-31'),
        }
        cls.second = {
            cls.alpha: cls.finished(cls.alpha, '2024-06-30', loyalty=0, purchase_balance=5),
            cls.beta: cls.finished(cls.beta, '2024-06-30'),
            cls.gamma: cls.finished(cls.gamma, '2024-06-30'),
        }
        cls.open_sheet = cls.computed_sheet(cls.delta)

    @classmethod
    def finished(cls, customer, day, **points):
        """A confirmed sheet with full marks but for the points given, whoever the salesperson is."""
        sheet = cls.computed_sheet(customer, day)
        for code, value in {**FULL_MARKS, **points}.items():
            line = cls.line(sheet, code)
            assessor = customer.user_id if line.responsibility == 'sales' else cls.finance_assessor
            line.with_user(assessor).write({'points': value, 'note': "Agreed"})
        sheet.with_user(customer.user_id).action_submit_sales()
        sheet.with_user(cls.finance_assessor).action_submit_finance()
        sheet.action_confirm()
        return sheet

    def dashboard(self, user=None, company=None):
        return self.env['tianyuan.rating.dashboard'].with_user(user or self.rating_manager).with_context(
            lang='en_US', allowed_company_ids=(company or self.company).ids,
        )

    def data(self, user=None, date_from=None):
        return self.dashboard(user).get_data(date_from)

    @staticmethod
    def tiles(data):
        return {tile['key']: tile['value'] for tile in data['results'] + data['work']}


class TestDashboard(DashboardCommon):

    def test_tiles_are_those_of_the_last_rated_quarter(self):
        data = self.data()
        self.assertEqual(data['quarter'], {'date_from': '2024-04-01', 'name': '2024 Q2'})
        self.assertEqual([quarter['name'] for quarter in data['quarters']], ['2024 Q2', '2024 Q1'])
        self.assertEqual(self.tiles(data), {
            'rated': 3, 'score': 93.33,    # (80 + 100 + 100) / 3
            'major': 0, 'key': 2, 'bad_debt': 0, 'up': 1, 'down': 1,
            'sales': 1, 'finance': 1, 'confirm': 0, 'overdue': 0,
        })
        notes = {tile['key']: tile['note'] for tile in data['results']}
        self.assertEqual(notes['rated'], "of 4 sheets")
        self.assertEqual(notes['score'], "+10.0 against 2024 Q1")    # 93.33 against (100 + 50 + 100) / 3

    def test_an_earlier_quarter_can_be_chosen_by_any_of_its_days(self):
        for day in ('2024-01-01', '2024-02-29'):
            data = self.data(date_from=day)
            self.assertEqual(data['quarter']['name'], '2024 Q1')
            self.assertEqual({key: self.tiles(data)[key] for key in ('rated', 'score', 'up', 'down')},
                             {'rated': 3, 'score': 83.33, 'up': 0, 'down': 0})
            self.assertEqual([row['previous_share'] for row in data['categories']], [False] * 5)

    def test_a_senseless_or_unrated_quarter_is_refused(self):
        with self.assertRaisesRegex(UserError, "yesterday is not a date"):
            self.data(date_from='yesterday')
        for day, quarter in (('2019-05-01', '2019 Q2'), ('0001-01-01', '1 Q1')):
            with self.assertRaisesRegex(UserError, f"There are no ratings of {quarter}"):
                self.data(date_from=day)

    def test_work_moves_on_with_the_sheets(self):
        for code, value in FULL_MARKS.items():
            self.assess(self.open_sheet, code, points=value)
        self.open_sheet.with_user(self.sales_user).action_submit_sales()
        tiles = self.tiles(self.data())
        self.assertEqual([tiles[key] for key in ('sales', 'finance', 'confirm')], [0, 1, 0])
        self.open_sheet.with_user(self.finance_assessor).action_submit_finance()
        tiles = self.tiles(self.data())
        self.assertEqual([tiles[key] for key in ('sales', 'finance', 'confirm')], [0, 0, 1])
        self.open_sheet.action_cancel()
        data = self.data()
        self.assertEqual(self.tiles(data)['confirm'], 0)
        self.assertEqual(data['results'][0]['note'], "of 3 sheets")

    def test_assessments_are_overdue_the_day_after_they_were_due(self):
        run = self.env['tianyuan.rating.run'].create({
            'company_id': self.company.id, 'date_from': '2024-04-01', 'date_to': '2024-06-30',
        })
        self.open_sheet.sudo().run_id = run
        today = fields.Date.context_today(run)
        for due_on, expected in ((today, 0), (today - timedelta(days=1), 1)):
            run.sudo().assessment_due_on = due_on
            self.env.flush_all()
            for user in (self.rating_manager, self.sales_user):    # salespeople can't read runs
                self.assertEqual(self.tiles(self.data(user))['overdue'], expected)
        self.assertEqual(self.tiles(self.data(self.colleague))['overdue'], 0)

    def test_bad_debt_and_major_accounts(self):
        sheet = self.second[self.gamma].sudo()
        self.env.cr.execute(
            "UPDATE tianyuan_rating SET has_bad_debt = TRUE, is_major_account = TRUE WHERE id = %s", [sheet.id])
        self.env.invalidate_all()
        tiles = self.tiles(self.data())
        self.assertEqual((tiles['bad_debt'], tiles['major']), (1, 1))

    def test_tiers_over_the_quarters(self):
        tiers = self.data()['tiers']
        self.assertEqual(tiers['quarters'], ['2024 Q1', '2024 Q2'])
        self.assertEqual(
            {series['name']: [count['value'] for count in series['counts']] for series in tiers['series']},
            {'AAA': [2, 2], 'AA': [0, 1], 'A': [0, 0], 'B': [0, 0], 'C': [1, 0], 'No tier': [0, 0]},
        )

    def test_no_more_than_eight_quarters(self):
        self.finished(self.delta, '2021-03-31')
        tiers = self.data()['tiers']
        self.assertEqual(tiers['quarters'][0], '2022 Q3')
        self.assertEqual(len(tiers['quarters']), 8)

    def test_categories_are_shares_of_what_could_be_had(self):
        categories = self.data()['categories']
        self.assertEqual([row['name'] for row in categories], CATEGORIES)
        # quality: of 3 × 35 Alpha lacks 15; balance: of 3 × 10 Alpha lacks 5
        self.assertEqual([row['share'] for row in categories], [85.7, 100.0, 83.3, 100.0, 100.0])
        # quality: of 105 Beta lacks 15; capacity: of 60 it lacks 15; credit: of 60 it lacks 20
        self.assertEqual([row['previous_share'] for row in categories], [85.7, 75.0, 100.0, 66.7, 100.0])

    def test_purchases_and_payment_by_tier(self):
        rows = {
            row['name']: (row['customers'], row['purchases'], row['on_time_rate']) for row in self.data()['by_tier']
        }
        self.assertEqual(rows, {
            'AAA': (2, 12500.0, 70.0),    # Beta 2,500 at 100 %, Gamma 10,000 at 40 %
            'AA': (1, 1000.0, 100.0),
            'A': (0, 0.0, False), 'B': (0, 0.0, False), 'C': (0, 0.0, False), 'No tier': (0, 0.0, False),
        })

    def test_movers(self):
        movers = self.data()['movers']
        self.assertEqual(movers, {
            'up': [{
                'id': self.second[self.beta].id, 'customer': 'Beta', 'salesperson': self.colleague.name,
                'previous_tier': 'C', 'tier': 'AAA', 'score': 100.0, 'score_change': 50.0,
            }],
            'down': [{
                'id': self.second[self.alpha].id, 'customer': '=Alpha', 'salesperson': self.sales_user.name,
                'previous_tier': 'AAA', 'tier': 'AA', 'score': 80.0, 'score_change': -20.0,
            }],
        })

    def test_every_number_is_that_of_the_list_behind_it(self):
        for user in (self.rating_manager, self.sales_user):
            data = self.data(user)
            Rating = self.env['tianyuan.rating'].with_user(user)
            pairs = [(tile['value'], tile['domain']) for tile in data['results'] + data['work'] if tile['key'] != 'score']
            pairs += [(count['value'], count['domain']) for series in data['tiers']['series'] for count in series['counts']]
            pairs += [(row['customers'], row['domain']) for row in data['by_tier']]
            self.assertEqual([value for value, _domain in pairs],
                             [Rating.search_count(domain) for _value, domain in pairs])
            Analysis = self.env['tianyuan.rating.analysis'].with_user(user)
            for row in data['categories']:
                for share, domain in ((row['share'], row['domain']), (row['previous_share'], row['previous_domain'])):
                    lines = Analysis.search(domain)
                    self.assertEqual(share, round(100 * sum(lines.mapped('points')) / sum(lines.mapped('max_points')), 1))

    def test_prospects_do_not_count(self):
        sheet = self.new_sheet(self.delta, kind='prospect')
        sheet.sudo().write({'state': 'ready'})
        self.assertEqual(self.tiles(self.data())['confirm'], 0)

    def test_while_nothing_is_confirmed_the_newest_quarter_is_shown(self):
        sheets = self.env['tianyuan.rating'].search([('company_id', '=', self.company.id), ('state', '=', 'confirmed')])
        sheets.action_reopen("All again")
        data = self.data()
        self.assertEqual(data['quarter']['name'], '2024 Q2')
        self.assertEqual((self.tiles(data)['rated'], self.tiles(data)['score'], self.tiles(data)['sales']), (0, False, 7))
        self.assertEqual(data['categories'], [])
        self.assertEqual(data['movers'], {'up': [], 'down': []})

    def copy_sheet(self, sheet, customers, quarter):
        """Give many customers the same sheet; straight into the tables, which takes no time."""
        self.env.flush_all()
        self.env.cr.execute("""
            WITH copies AS (
                INSERT INTO tianyuan_rating
                SELECT (jsonb_populate_record(r, jsonb_build_object(
                           'id', nextval('tianyuan_rating_id_seq'), 'partner_id', c.customer,
                           'date_from', %(first)s, 'date_to', %(last)s))).*
                  FROM tianyuan_rating r, unnest(%(customers)s) c(customer)
                 WHERE r.id = %(sheet)s
                RETURNING id, partner_id
            )
            INSERT INTO tianyuan_rating_line
            SELECT (jsonb_populate_record(l, jsonb_build_object(
                       'id', nextval('tianyuan_rating_line_id_seq'), 'rating_id', c.id, 'partner_id', c.partner_id))).*
              FROM tianyuan_rating_line l, copies c
             WHERE l.rating_id = %(sheet)s
        """, {'customers': customers.ids, 'sheet': sheet.id, 'first': quarter.date_from, 'last': quarter.date_to})
        self.env.invalidate_all()

    def test_the_number_of_queries_does_not_grow(self):
        customers = self.env['res.partner'].create([
            {'name': f"Customer {number}", 'is_company': True, 'user_id': self.sales_user.id} for number in range(60)
        ])
        few, many = customers[:10], customers[10:]
        fallen = self.second[self.alpha]
        self.copy_sheet(fallen, few, fallen.quarter)    # as many movers as are shown
        self.data()    # warm up
        before = self.queries(self.data)
        for quarter in (fallen.quarter, self.quarter_of('2023-12-31'), self.quarter_of('2023-09-30')):
            self.copy_sheet(fallen, many, quarter)
        self.assertEqual(self.queries(self.data), before)
        self.assertLessEqual(before, 25)
        data = self.data()
        self.assertEqual((self.tiles(data)['down'], len(data['movers']['down'])), (61, 10))
        self.assertEqual(data['by_tier'][1]['purchases'], 61000.0)


class TestDashboardAccess(DashboardCommon):

    def test_salespeople_see_their_own_customers(self):
        data = self.data(self.colleague)
        self.assertEqual(self.tiles(data), {
            'rated': 1, 'score': 100.0, 'major': 0, 'key': 1, 'bad_debt': 0, 'up': 1, 'down': 0,
            'sales': 0, 'finance': 0, 'confirm': 0, 'overdue': 0,
        })
        self.assertEqual(data['by_tier'][0]['purchases'], 2500.0)
        self.assertEqual([row['share'] for row in data['categories']], [100.0] * 5)
        self.assertEqual(data['movers']['down'], [])
        self.assertFalse(data['can_run'])
        self.assertEqual(self.tiles(self.data(self.sales_user))['rated'], 2)

    def test_the_leader_of_a_team_sees_its_customers(self):
        leader = self.new_role_user('sales_user', login='tianyuan_leader')
        self.env['crm.team'].create({
            'name': "Team", 'user_id': leader.id, 'company_id': False,
            'member_ids': [Command.set(self.colleague.ids)],
        })
        self.assertEqual(self.tiles(self.data(leader))['rated'], 1)

    def test_the_other_roles_see_all(self):
        expected = self.tiles(self.data())
        for user in (self.finance_assessor, self.archive_specialist):
            self.assertEqual(self.tiles(self.data(user)), expected)
            self.assertFalse(self.data(user)['can_run'])

    def test_without_a_role_nothing_is_shown(self):
        stranger = new_test_user(self.env, 'tianyuan_nobody', groups='base.group_user', company_id=self.company.id,
                                 company_ids=[Command.set(self.company.ids)])
        with self.assertRaises(AccessError):
            self.data(stranger)
        with self.assertRaises(AccessError):
            self.dashboard(stranger)._export()
        with self.assertRaises(AccessError):
            self.env['tianyuan.rating.analysis'].with_user(stranger).search([])

    def test_another_company_has_numbers_of_its_own(self):
        other = self.env['res.company'].create({'name': "Other", 'currency_id': self.cny.id})
        stranger = self.new_role_user('manager', login='tianyuan_other', company_id=other.id,
                                      company_ids=[Command.set(other.ids)])
        data = self.dashboard(stranger, other).get_data()
        self.assertFalse(data['quarter'])
        self.assertEqual(data['quarters'], [])
        self.assertTrue(data['can_run'])
        self.assertFalse(self.env['tianyuan.rating.analysis'].with_user(stranger).search([]))
        with self.assertRaises(AccessError):    # a company that isn't theirs
            self.dashboard(stranger, self.company).get_data()

    def test_nobody_writes_the_analysis(self):
        row = self.env['tianyuan.rating.analysis'].with_user(self.rating_manager).search([], limit=1)
        for work in (lambda: row.write({'points': 1}), row.unlink, lambda: row.create({'points': 1})):
            with self.assertRaises(AccessError):
                work()

    def test_the_analysis_shows_salespeople_their_own(self):
        rows = self.env['tianyuan.rating.analysis'].with_user(self.colleague).search([])
        self.assertEqual(rows.partner_id, self.beta)
        self.assertEqual(len(rows), 18)


class TestRatingAnalysis(DashboardCommon):

    def groups(self, groupby, aggregates, *more):
        domain = Domain([('company_id', '=', self.company.id), ('state', '=', 'confirmed'), *more])
        rows = self.env['tianyuan.rating.analysis'].with_user(self.rating_manager)._read_group(
            domain, groupby, aggregates)
        return {
            tuple(getattr(key, 'display_name', str(key)) for key in row[:len(groupby)]):
            tuple(value if value is None else round(value, 2) for value in row[len(groupby):])
            for row in rows
        }

    def test_tiers_over_quarters_count_sheets(self):
        self.assertEqual(self.groups(['date_to:quarter', 'tier_id'], ['rating_count:sum', 'average_points:avg']), {
            ('2024-01-01', 'AAA'): (2, 100.0), ('2024-01-01', 'C'): (1, 50.0),
            ('2024-04-01', 'AAA'): (2, 100.0), ('2024-04-01', 'AA'): (1, 80.0),
        })

    def test_averages_by_category(self):
        self.assertEqual(
            self.groups(['category_id'], ['average_points:avg', 'points_share:avg', 'rating_count:sum'],
                        ('date_from', '=', '2024-04-01')),
            {
                ('Customer Quality',): (30.0, 85.71, 3),       # (20 + 35 + 35) / 3
                ('Purchase Capacity',): (20.0, 100.0, 3),
                ('Purchase Balance',): (8.33, 83.33, 3),       # (5 + 10 + 10) / 3
                ('Credit Performance',): (20.0, 100.0, 3),
                ('Solvency',): (15.0, 100.0, 3),
            },
        )

    def test_shares_are_not_means_of_indicators(self):
        """Alpha's quality: 20 of 35 points are 57.14 %; the mean of its three indicators would be 66.67 %."""
        self.assertEqual(
            self.groups(['category_id'], ['points_share:avg'], ('rating_id', '=', self.second[self.alpha].id),
                        ('category_id.name', '=', 'Customer Quality')),
            {('Customer Quality',): (57.14,)},
        )

    def test_purchases_and_payment_by_salesperson(self):
        self.assertEqual(
            self.groups(['user_id'], ['purchase_amount:sum', 'on_time_rate:avg', 'average_points:avg'],
                        ('date_from', '=', '2024-04-01')),
            {
                (self.sales_user.display_name,): (11000.0, 70.0, 90.0),    # Alpha 100 %, Gamma 40 %
                (self.colleague.display_name,): (2500.0, 100.0, 100.0),
            },
        )

    def test_by_channel_class_and_company(self):
        self.assertEqual(
            self.groups(['channel', 'company_id'], ['rating_count:sum', 'purchase_amount:sum'],
                        ('date_from', '=', '2024-04-01')),
            {('distributor', self.company.name): (3, 13500.0)},
        )
        self.assertEqual(
            self.groups(['customer_class'], ['rating_count:sum', 'purchase_amount:sum'],
                        ('date_from', '=', '2024-04-01')),
            {('key',): (2, 12500.0), ('ordinary',): (1, 1000.0)},
        )

    def test_two_indicators_of_one_metric_count_purchases_once(self):
        sheet = self.open_sheet.sudo()
        again = self.line(sheet, 'purchase_volume').indicator_id.copy({'code': 'volume_again'})
        scheme = sheet.scheme_id.copy()
        scheme.line_ids = [Command.create({'indicator_id': again.id, 'max_points': 1})]
        sheet.scheme_id = scheme
        self.line(sheet, 'purchase_volume').write({'origin': 'computed', 'metric_value': 700, 'has_value': True})
        self.env['tianyuan.rating.line'].sudo().create({
            'rating_id': sheet.id, 'indicator_id': again.id, 'category_id': again.category_id.id, 'sequence': 10,
            'responsibility': 'sales', 'source': 'computed', 'max_points': 1, 'origin': 'computed',
            'metric_value': 700, 'has_value': True,
        })
        rows = self.env['tianyuan.rating.analysis']._read_group(
            [('rating_id', '=', sheet.id)], [], ['purchase_amount:sum', 'rating_count:sum', '__count'])
        self.assertEqual(rows, [(700.0, 1, 10)])

    def test_cancelled_sheets_are_left_out(self):
        Analysis = self.env['tianyuan.rating.analysis']
        domain = [('partner_id', '=', self.delta.id)]
        self.assertEqual(Analysis.search_count(domain), 9)
        self.open_sheet.action_cancel()
        self.assertEqual(Analysis.search_count(domain), 0)

    def test_a_row_opens_its_sheet(self):
        row = self.env['tianyuan.rating.analysis'].search([('partner_id', '=', self.delta.id)], limit=1)
        action = row.action_open_rating()
        self.assertEqual((action['res_model'], action['res_id']), ('tianyuan.rating', self.open_sheet.id))


class TestDashboardWorkbook(DashboardCommon):

    def sheets(self, user=None, lang='en_US'):
        name, content = self.dashboard(user).with_context(lang=lang)._export()
        book = openpyxl.load_workbook(io.BytesIO(content))
        return name, {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}, book

    def test_the_workbook_says_what_the_screen_says(self):
        name, sheets, _book = self.sheets()
        self.assertEqual(name, f"Customer Ratings {self.company.name} 2024 Q2.xlsx")
        self.assertEqual(list(sheets), ["Summary", "Tier distribution", "Categories", "By tier", "Tier Changes"])
        summary = {row[0]: row[1] for row in sheets["Summary"]}
        self.assertEqual(summary["Company"], self.company.name)
        self.assertEqual(summary["Quarter"], "2024 Q2")
        self.assertEqual((summary["Customers Rated"], summary["Average Score"], summary["Waiting for Sales"]), (3, 93.33, 1))
        self.assertEqual(sheets["Tier distribution"][:3], [
            ["Tier", "2024 Q1", "2024 Q2"], ["AAA", 2, 2], ["AA", 0, 1],
        ])
        self.assertEqual(sheets["Categories"][1:], [
            ["Customer Quality", 85.7, 85.7], ["Purchase Capacity", 100, 75], ["Purchase Balance", 83.3, 100],
            ["Credit Performance", 100, 66.7], ["Solvency", 100, 100],
        ])
        self.assertEqual(sheets["By tier"][:3], [
            ["Tier", "Customers", "Purchases (CNY)", "On-Time Rate (%)"], ["AAA", 2, 12500, 70], ["AA", 1, 1000, 100],
        ])
        self.assertEqual(sheets["Tier Changes"][1:], [
            ["Moved Up", "Beta", self.colleague.name, "C", "AAA", 100, 50],
            ["Moved Down", "=Alpha", self.sales_user.name, "AAA", "AA", 80, -20],
        ])

    def test_text_is_never_a_formula(self):
        book = self.sheets()[2]
        cell = book["Tier Changes"]['B3']
        self.assertEqual((cell.value, cell.data_type), ('=Alpha', 's'))
        texts = ['=1+1', '+1', '-1', '@SUM(A1)', 'http://example.com', '=HYPERLINK("x")']
        content = workbook.build([workbook.Table("[T]:*?/\\ 'long' " + "x" * 40, [("=Heading", 'text')], [[text] for text in texts])])
        [sheet] = openpyxl.load_workbook(io.BytesIO(content))
        self.assertLessEqual(len(sheet.title), 31)
        cells = [sheet.cell(row, 1) for row in range(1, len(texts) + 2)]
        self.assertEqual([(cell.value, cell.data_type) for cell in cells], [(text, 's') for text in ["=Heading", *texts]])
        self.assertFalse(any(cell.hyperlink for cell in cells))

    def test_salespeople_export_their_own(self):
        _name, sheets, _book = self.sheets(self.colleague)
        self.assertEqual([row[1] for row in sheets["Tier Changes"][1:]], ["Beta"])

    def test_without_ratings_there_is_a_summary(self):
        other = self.env['res.company'].create({'name': "Other"})
        manager = self.new_role_user('manager', login='tianyuan_other', company_id=other.id,
                                     company_ids=[Command.set(other.ids)])
        name, content = self.dashboard(manager, other)._export()
        self.assertEqual(name, "Customer Ratings Other.xlsx")
        self.assertEqual(openpyxl.load_workbook(io.BytesIO(content)).sheetnames, ["Summary"])


@tagged('post_install', '-at_install')
class TestDashboardDownload(HttpCase, DashboardCommon):

    def test_who_may_download(self):
        self.assertIn('/web/login', self.url_open(XLSX, allow_redirects=False).headers.get('Location', ''))
        nobody = new_test_user(self.env, 'tianyuan_nobody', groups='base.group_user', company_id=self.company.id,
                               company_ids=[Command.set(self.company.ids)])
        other = self.env['res.company'].create({'name': "Other"})
        self.authenticate(nobody.login, nobody.login)
        self.assertEqual(self.url_open(XLSX).status_code, 403)

        self.authenticate(self.colleague.login, self.colleague.login)
        answer = self.url_open(f'{XLSX}?company_id={self.company.id}&date_from=2024-04-01')
        self.assertEqual(answer.status_code, 200)
        self.assertIn('2024', answer.headers['Content-Disposition'])
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        self.assertEqual([cell.value for cell in book["Tier Changes"]['B'][1:]], ["Beta"])
        for query, status in (
            (f'company_id={other.id}', 403), ('company_id=x', 400), ('date_from=x', 400),
        ):
            self.assertEqual(self.url_open(f'{XLSX}?{query}').status_code, status, query)

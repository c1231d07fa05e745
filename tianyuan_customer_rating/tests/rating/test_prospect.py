"""Rating a company that has bought nothing yet, by estimates (policy 8.1)."""
from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .sheets import SheetCommon

TODAY = '2024-05-20'    # in the running second quarter
# what sales and finance expect of a distributor: indicator → number, and the points of its level
ESTIMATES = {
    'cooperation_time': (0, 2),
    'loyalty': (80, 15),
    'purchase_volume': (13000000, 15),
    'purchase_growth': (5, 4),
    'purchase_balance': (0.1, 10),
    'credit_performance': (100, 20),
    'days_beyond_terms': (0, 10),
    'debt_ratio': (55, 4),
}
SCORE = 90    # 2 + 10 (willingness, picked) + 15 + 15 + 4 + 10 + 20 + 10 + 4


@tagged('post_install', '-at_install')
class TestProspect(SheetCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_salesperson = cls.new_role_user('sales_user', login='other_salesperson')
        cls.foreign_customer = cls.new_customer("Foreign", user_id=cls.other_salesperson.id)

    def run(self, result=None):
        with freeze_time(TODAY):
            return super().run(result)

    def open_prospect(self, customer=None, user=None):
        """The sheet behind the button on the customer's page."""
        customer = (customer or self.customer).with_user(user or self.sales_user).with_company(self.company)
        action = customer.action_tianyuan_assess_prospect()
        self.assertEqual(action['res_model'], 'tianyuan.rating')
        return self.env['tianyuan.rating'].with_user(self.rating_manager).browse(action['res_id'])

    def estimate(self, sheet, **values):
        for code, (value, _points) in ESTIMATES.items():
            self.assess(sheet, code, note=False, metric_value=values.get(code, value))
        willingness = self.line(sheet, 'willingness')
        best = willingness.available_level_ids.sorted('points')[-1]
        self.assess(sheet, 'willingness', note=False, level_id=best.id)

    def confirmed_prospect(self, customer=None, **values):
        sheet = self.open_prospect(customer)
        self.estimate(sheet, **values)
        self.submit(sheet)
        sheet.action_confirm()
        return sheet

    # -- making one -------------------------------------------------------------------------------

    def test_the_button_makes_the_sheet_of_the_running_quarter(self):
        sheet = self.open_prospect()
        self.assertEqual(
            (sheet.kind, sheet.state, sheet.date_from, sheet.date_to, sheet.company_id),
            ('prospect', 'assessing', date(2024, 4, 1), date(2024, 6, 30), self.company))
        self.assertEqual(sheet.create_uid, self.sales_user)
        self.assertEqual(self.open_prospect(), sheet, "pressed again, it opens the same sheet")
        self.assertEqual(self.open_prospect(self.new_contact(self.customer)), sheet, "a contact's company is rated")

    def test_a_cancelled_sheet_makes_room_and_a_draft_is_computed(self):
        sheet = self.open_prospect()
        sheet.action_cancel()
        self.assertNotEqual(self.open_prospect(), sheet)
        draft = self.new_sheet(self.other_customer, TODAY, kind='prospect')
        self.assertEqual((self.open_prospect(self.other_customer), draft.state), (draft, 'assessing'))

    def test_opening_it_again_leaves_the_estimates_alone_whatever_became_of_the_scheme(self):
        sheet = self.open_prospect()
        self.estimate(sheet)
        sheet.scheme_id.sudo().state = 'retired'
        before = self.snapshot(sheet)
        self.assertEqual(self.open_prospect(), sheet)
        self.assertEqual(self.snapshot(sheet), before)

    def test_a_closed_sheet_is_opened_as_it_is(self):
        sheet = self.confirmed_prospect()
        before = self.snapshot(sheet)
        self.assertEqual(self.open_prospect(), sheet)
        self.assertEqual(self.snapshot(sheet), before)

    def test_only_own_customers_or_a_manager(self):
        self.assertTrue(self.open_prospect(self.foreign_customer, self.rating_manager))
        with self.assertRaisesRegex(AccessError, "Foreign: only the customer's salesperson, their team's leader"):
            self.open_prospect(self.foreign_customer)
        for user in (self.finance_assessor, self.archive_specialist):
            with self.subTest(user.login), self.assertRaisesRegex(AccessError, "can assess a prospect"):
                self.open_prospect(self.customer, user)

    def test_the_team_leader_may(self):
        leader = self.new_role_user('sales_user', login='team_leader')
        team = self.env['crm.team'].create({'name': "Team", 'user_id': leader.id, 'company_id': self.company.id})
        self.env['crm.team.member'].create({'crm_team_id': team.id, 'user_id': self.sales_user.id})
        self.assertTrue(self.open_prospect(self.customer, leader))

    def test_the_button_is_shown_where_it_works(self):
        self.invoice(self.other_customer, '2024-01-10', 1000)
        customers = self.customer + self.other_customer + self.foreign_customer
        for user, expected in (
            (self.sales_user, [True, False, False]), (self.rating_manager, [True, False, True]),
            (self.finance_assessor, [False] * 3),
        ):
            with self.subTest(user.login):
                seen = customers.with_user(user).with_company(self.company)
                self.assertEqual(seen.mapped('tianyuan_can_assess_prospect'), expected)

    def test_a_customer_with_business_is_no_prospect(self):
        refusal = "has an invoice or a confirmed order with .* already and is no prospect"
        self.invoice(self.customer, '2024-01-10', 1000)
        with self.assertRaisesRegex(UserError, refusal):
            self.open_prospect()
        self.order(self.new_contact(self.other_customer), '2024-05-02 04:00:00', 1000)
        with self.assertRaisesRegex(UserError, refusal):
            self.open_prospect(self.other_customer)

    def test_a_draft_invoice_a_quotation_and_business_elsewhere_are_no_business(self):
        elsewhere = self.setup_other_company()['company']
        self.invoice(self.customer, '2024-01-10', 1000, post=False)
        self.order(self.customer, '2024-05-02 04:00:00', 1000, confirm=False)
        self.order(self.customer, '2024-05-02 04:00:00', 1000, company=elsewhere)
        self.assertTrue(self.open_prospect())

    def test_without_channel_or_scheme_it_says_what_to_do(self):
        self.customer.tianyuan_channel = False
        with self.assertRaisesRegex(UserError, "The customer has no channel. Set distributor or direct"):
            self.open_prospect()
        self.env['tianyuan.rating.scheme'].search([('channel', '=', 'distributor')]).state = 'retired'
        with self.assertRaisesRegex(UserError, "No active rating scheme for this channel covers 2024 Q2"):
            self.open_prospect(self.other_customer)

    def test_a_customer_of_another_company_is_refused(self):
        elsewhere = self.setup_other_company()['company']
        both = self.new_role_user(
            'manager', login='manager_of_both', company_ids=[Command.set((self.company + elsewhere).ids)])
        self.customer.company_id = elsewhere
        with self.assertRaisesRegex(UserError, "Customer belongs to another company than"):
            self.customer.with_user(both).with_context(
                allowed_company_ids=(self.company + elsewhere).ids).action_tianyuan_assess_prospect()
        with self.assertRaises(AccessError):
            self.open_prospect()

    # -- estimates --------------------------------------------------------------------------------

    def test_nothing_is_computed_and_nothing_scored_without_an_estimate(self):
        self.customer.tianyuan_cooperation_start_date = '2020-01-01'    # even where the archive says something
        sheet = self.open_prospect()
        self.assertEqual(set(sheet.line_ids.mapped('origin')), {'missing'})
        self.assertEqual(set(sheet.line_ids.mapped('source')), {'value', 'level'})
        self.assertEqual((sheet.score, sheet.annual_purchase, sheet.annual_year), (0, 0, 0))
        with self.assertRaisesRegex(UserError, "Assess these lines before submitting:(\n.*){6}$"):
            sheet.with_user(self.sales_user).action_submit_sales()
        with self.assertRaisesRegex(UserError, "Assess these lines before submitting:(\n.*){3}$"):
            sheet.with_user(self.finance_assessor).action_submit_finance()

    def test_estimates_are_scored_by_the_levels_of_the_scheme(self):
        sheet = self.open_prospect()
        self.estimate(sheet)
        for code, (value, points) in ESTIMATES.items():
            line = self.line(sheet, code)
            with self.subTest(code):
                self.assertEqual((line.metric_value, line.points, line.origin), (value, points, 'assessed'))
        self.assertEqual((sheet.score, sheet.tier_id.name, sheet.customer_class), (SCORE, 'AAA', 'potential'))
        self.assertIn("Estimated by", sheet.explanation)

    def test_a_level_is_picked_where_the_estimate_is_no_number(self):
        line = self.line(self.open_prospect(), 'days_beyond_terms').with_user(self.finance_assessor)
        line.metric_value = 20
        self.assertEqual((line.points, line.has_value), (2, True))
        line.level_id = line.available_level_ids.filtered(lambda level: level.points == 10)
        self.assertEqual((line.points, line.origin, line.has_value, line.metric_value), (10, 'assessed', False, 0))

    def test_each_side_estimates_its_own_lines_only(self):
        sheet = self.open_prospect()
        for code, user in (
            ('purchase_volume', self.finance_assessor), ('credit_performance', self.sales_user),
            ('purchase_volume', self.other_salesperson), ('purchase_volume', self.rating_manager),
            ('purchase_volume', self.archive_specialist),
        ):
            with self.subTest(code, user=user.login), self.assertRaises(AccessError):
                self.line(sheet, code).with_user(user).metric_value = 100

    def test_computing_again_keeps_the_estimates(self):
        sheet = self.open_prospect()
        self.estimate(sheet)
        sheet.with_user(self.sales_user).annual_purchase = 50000000
        before = self.snapshot(sheet)
        sheet.action_compute()
        self.assertEqual(self.snapshot(sheet), before)

    def test_a_quarterly_sheet_in_the_same_selection_is_computed(self):
        prospect = self.open_prospect()
        self.invoice(self.other_customer, '2024-02-10', 1000)
        quarterly = self.new_sheet(self.other_customer, '2024-03-31')
        (prospect + quarterly).action_compute()
        self.assertEqual(self.line(quarterly, 'purchase_volume').origin, 'computed')
        self.assertEqual(self.line(prospect, 'purchase_volume').origin, 'missing')

    def test_no_documents_stand_behind_an_estimate(self):
        with self.assertRaisesRegex(UserError, "assessed by a person: no documents stand behind it"):
            self.line(self.open_prospect(), 'purchase_volume').action_open_source()

    # -- the expected yearly purchases ------------------------------------------------------------

    def test_fifty_million_a_year_make_a_distributor_a_major_account(self):
        sheet = self.open_prospect()
        self.estimate(sheet)
        by_sales = sheet.with_user(self.sales_user)
        by_sales.annual_purchase = 49999999.99
        self.assertFalse(sheet.is_major_account)
        by_sales.annual_purchase = 50000000
        self.assertTrue(sheet.is_major_account)
        self.assertEqual(sheet.customer_class, 'potential')

    def test_the_form_saves_the_yearly_purchases_with_the_lines(self):
        sheet = self.open_prospect().with_user(self.sales_user)
        line = self.line(sheet, 'loyalty')
        with Form(sheet) as form:
            form.annual_purchase = 30000000
            position = sheet.line_ids.ids.index(line.id)
            with form.line_ids.edit(position) as edited:
                edited.metric_value = 60
        self.assertEqual((sheet.annual_purchase, line.points), (30000000, 12))
        message = sheet.sudo().message_ids[0]
        self.assertIn("Expected yearly purchases: ", message.body)
        self.assertIn("30,000,000.00", message.body)
        self.assertEqual(message.author_id, self.sales_user.partner_id)

    def test_only_the_sales_side_estimates_the_yearly_purchases(self):
        sheet = self.open_prospect()
        for user in (self.finance_assessor, self.rating_manager):
            with self.subTest(user.login), self.assertRaisesRegex(AccessError, "can estimate the yearly purchases"):
                sheet.with_user(user).annual_purchase = 1
        for user in (self.archive_specialist, self.other_salesperson):
            with self.subTest(user.login), self.assertRaises(AccessError):
                sheet.with_user(user).annual_purchase = 1
        self.customer.user_id = False
        sheet.annual_purchase = 2    # nobody's customer: the manager stands in
        self.assertEqual(sheet.annual_purchase, 2)

    def test_the_yearly_purchases_are_estimated_while_sales_assess(self):
        sheet = self.open_prospect().with_user(self.sales_user)
        with self.assertRaisesRegex(UserError, "The yearly purchases can't be negative"):
            sheet.annual_purchase = -1
        self.estimate(sheet)
        sheet.action_submit_sales()
        self.assertFalse(sheet.can_estimate)
        with self.assertRaisesRegex(UserError, "the yearly purchases can't be changed"):
            sheet.annual_purchase = 1

    def test_those_of_a_quarterly_sheet_are_never_written(self):
        prospect = self.open_prospect()
        quarterly = self.computed_sheet(day='2024-03-31')
        for sheets in (quarterly, prospect + quarterly):
            with self.assertRaisesRegex(AccessError, "can't be written"):
                sheets.with_user(self.sales_user).annual_purchase = 1
        with self.assertRaisesRegex(AccessError, "can't be written"):
            prospect.with_user(self.sales_user).write({'annual_purchase': 1, 'kind': 'quarterly'})
        with self.assertRaises(AccessError):
            self.env['tianyuan.rating'].with_user(self.rating_manager).create({
                'partner_id': self.other_customer.id, 'kind': 'prospect', 'annual_purchase': 1,
            })

    # -- what comes of it -------------------------------------------------------------------------

    def test_confirmed_the_customer_is_potential_with_history(self):
        self.confirmed_prospect()
        self.assertEqual(
            (self.customer.tianyuan_customer_class, self.customer.tianyuan_tier_id.name, self.customer.tianyuan_score),
            ('potential', 'AAA', SCORE))
        self.assertEqual(self.history(), [(False, 'AAA', False, 'potential')])

    def test_a_run_leaves_a_potential_customer_alone_until_there_is_business(self):
        self.confirmed_prospect()
        with freeze_time('2024-07-05'):
            def rated():
                run = self.env['tianyuan.rating.run'].with_user(self.rating_manager).create({
                    'company_id': self.company.id, 'date_from': date(2024, 4, 1), 'date_to': date(2024, 6, 30)})
                run.action_start()
                run._process()
                return run.rating_ids.partner_id
            self.assertNotIn(self.customer, rated())
            self.assertEqual(self.customer.tianyuan_customer_class, 'potential')
            self.buy(self.customer, '2024-06-20', 1000)
            self.assertIn(self.customer, rated())

    def test_below_key_conditions_a_prospect_is_ordinary(self):
        sheet = self.confirmed_prospect(loyalty=20)    # 90 - 7 = 83: AA
        self.assertEqual((sheet.score, sheet.tier_id.name), (83, 'AA'))
        self.assertEqual(self.customer.tianyuan_customer_class, 'ordinary')

    def test_prospect_and_quarterly_sheets_of_a_quarter_stand_side_by_side(self):
        prospect = self.confirmed_prospect()
        with freeze_time('2024-07-05'):
            quarterly = self.ready_sheet()
            self.assertFalse(quarterly.previous_rating_id)
            self.assertEqual(self.line(quarterly, 'debt_ratio').origin, 'assessed')
            quarterly.action_confirm()
            self.assertFalse(quarterly.previous_rating_id, "a prospect's sheet is no previous rating")
            self.assertEqual((quarterly.tier_change, self.customer.tianyuan_customer_class), ('new', 'key'))
        self.assertEqual(prospect.state, 'confirmed')

    def test_a_prospect_is_compared_with_the_prospect_before_and_carries_nothing(self):
        self.confirmed_sheet(day='2023-12-31')
        with freeze_time('2024-02-20'):
            before = self.confirmed_prospect()
        self.assertFalse(before.previous_rating_id)
        sheet = self.open_prospect()
        self.assertEqual(sheet.previous_rating_id, before)
        self.assertEqual(set(sheet.line_ids.mapped('origin')), {'missing'})
        self.estimate(sheet, loyalty=50)
        self.submit(sheet)
        sheet.action_confirm()
        self.assertEqual((sheet.previous_rating_id, sheet.score_change), (before, -3))

    def test_a_quarterly_sheet_carries_nothing_of_an_estimate(self):
        self.confirmed_prospect()
        with freeze_time('2024-10-05'):
            quarterly = self.computed_sheet(day='2024-09-30')
            self.assertEqual(self.line(quarterly, 'credit_performance').origin, 'missing')

    def test_the_menu_and_the_filters_find_them(self):
        sheet = self.confirmed_prospect()
        self.computed_sheet(self.other_customer, day='2024-03-31')
        action = self.env.ref('tianyuan_customer_rating.tianyuan_rating_action_prospect')
        ratings = self.env['tianyuan.rating'].with_user(self.sales_user)
        self.assertEqual(ratings.search([('kind', '=', 'prospect')]), sheet.with_user(self.sales_user))
        self.assertEqual(action.domain, "[('kind', '=', 'prospect')]")
        partners = self.env['res.partner'].with_user(self.sales_user).with_company(self.company)
        self.assertIn(self.customer, partners.search([('tianyuan_customer_class', '=', 'potential')]).sudo())

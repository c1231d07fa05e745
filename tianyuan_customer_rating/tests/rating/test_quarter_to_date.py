"""The running quarter's score so far: numbers worked by hand, who may see them, and that nothing is written."""
from datetime import date

from freezegun import freeze_time
from lxml import html

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ...engine.periods import Quarter
from ...engine.reach import best_possible
from .sheets import SheetCommon

WIZARD = 'tianyuan.quarter.to.date'
TODAY = '2024-05-20'


@tagged('post_install', '-at_install')
class TestQuarterToDate(SheetCommon):
    """It is 20 May 2024. The customer was confirmed at 92 points for the first quarter, and buys since 2020."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.tianyuan_cooperation_start_date = '2020-06-30'
        cls.last = cls.confirmed_sheet(
            day='2024-03-31', willingness=8, loyalty=12, purchase_growth=3, debt_ratio=4)
        cls.buy(cls.customer, '2023-05-10', 1_000_000)
        cls.buy(cls.customer, '2024-04-15', 1_000_000)
        cls.buy(cls.customer, '2024-05-10', 500_000)
        cls.invoice(cls.customer, '2024-05-12', 500_000, due='2024-06-20')
        cls.env.flush_all()

    def open(self, user=None, customer=None, today=TODAY):
        customer = (customer or self.customer).with_user(user or self.sales_user)
        with freeze_time(today):
            action = customer.action_tianyuan_quarter_to_date()
        return self.env[action['res_model']].with_user(user or self.sales_user).browse(action['res_id'])

    def test_the_score_so_far(self):
        shown = self.open()
        self.assertEqual(
            [str(shown.date_from), str(shown.date_to), str(shown.as_of)], ['2024-04-01', '2024-06-30', '2024-05-20'])
        self.assertEqual({
            line.indicator_id.code: (
                line.value if line.has_value else None, line.points, line.previous_points, line.origin)
            for line in shown.line_ids
        }, {
            'cooperation_time': (3.8333, 8, 10, 'computed'),          # 46 months to 20 May
            'willingness': (None, 8, 8, 'carried'),
            'loyalty': (None, 12, 12, 'carried'),
            'purchase_volume': (2_000_000, 6, 15, 'computed'),
            'purchase_growth': (100, 5, 3, 'computed'),               # 1 million from 1 April to 20 May a year before
            'purchase_balance': (None, 0, 10, 'computed'),            # the third month hasn't begun
            'credit_performance': (100, 20, 20, 'computed'),          # what is due on 20 June isn't due yet
            'days_beyond_terms': (0, 10, 10, 'computed'),
            'debt_ratio': (None, 4, 4, 'carried'),
        })
        self.assertEqual((shown.score, shown.tier_id.name), (73, 'A'))
        self.assertEqual((shown.previous_rating_id, shown.previous_score, shown.previous_tier_id.name),
                         (self.last.with_user(self.sales_user), 92, 'AAA'))
        advice = html.fromstring(f"<div>{shown.advice}</div>").text_content()
        self.assertIn("73 of 100 points: tier A.", advice)
        self.assertIn("Tier AA needs more than 79 points.", advice)
        self.assertNotIn("Cooperation Time", advice)    # four years by the end of June: the next level is at five

    def test_on_its_last_day_it_is_what_the_rating_gives(self):
        shown = self.open(today='2024-06-30')
        sheet = self.computed_sheet()
        computed = {line.indicator_id: line.points for line in sheet.line_ids if line.origin == 'computed'}
        self.assertEqual(len(computed), 6)
        self.assertEqual(
            {line.indicator_id: line.points for line in shown.sudo().line_ids if line.origin == 'computed'}, computed)

    def test_a_payment_shows_at_once(self):
        invoice = self.invoice(self.customer, '2024-04-20', 500_000, due='2024-05-20')
        self.assertEqual(self.open().score, 73 - 16)    # 1.5 of 2 million on time, nothing late yet
        self.pay(invoice, '2024-05-20', 500_000)
        self.assertEqual(self.open().score, 73)

    def test_growth_looks_at_the_same_days_of_last_year(self):
        self.buy(self.customer, '2023-05-21', 7_000_000)    # a day later than today a year ago
        line = self.open().line_ids.filtered(lambda line: line.indicator_id.code == 'purchase_growth')
        self.assertEqual(line.value, 100)

    def test_what_can_still_be_reached(self):
        customer = self.other_customer
        customer.tianyuan_cooperation_start_date = '2020-06-30'
        self.invoice(customer, '2024-04-05', 1_000_000, due='2024-05-05')
        self.invoice(customer, '2024-05-10', 1_000_000, due='2024-06-20')
        until = Quarter.until(date(2024, 5, 20))
        scheme = self.computed_sheet(customer).scheme_id
        # half is overdue, for 15 days if it is paid today
        self.assertEqual(best_possible(self.company, until, customer.id, scheme), {
            'cooperation_years': 4.0, 'on_time_rate': 50.0, 'days_beyond_terms': 7.5, 'annual_purchase': 0.0,
        })
        # with the third month, 1, 1 and at most 1 million
        self.assertEqual(
            best_possible(self.company, Quarter.until(date(2024, 6, 2)), customer.id, scheme)['purchase_balance'], 0.0)
        self.invoice(customer, '2024-06-01', 3_000_000, due='2024-07-20')
        # 1, 1 and 3 million: sqrt(3 × 11 − 25) / 5
        self.assertEqual(
            best_possible(self.company, Quarter.until(date(2024, 6, 2)), customer.id, scheme)['purchase_balance'], 0.5657)

    def test_without_an_earlier_sheet_assessments_are_missing(self):
        shown = self.open(customer=self.other_customer)
        self.assertEqual(set(shown.line_ids.mapped('has_previous')), {False})
        self.assertFalse(shown.previous_rating_id)
        self.assertEqual(
            {line.indicator_id.code for line in shown.line_ids if line.origin == 'missing'},
            {'cooperation_time', 'willingness', 'loyalty', 'purchase_growth', 'credit_performance',
             'days_beyond_terms', 'debt_ratio'})
        self.assertEqual((shown.score, shown.tier_id.name), (0, False))

    def test_bad_debt_leaves_no_tier(self):
        self.env['tianyuan.bad.debt'].sudo().create({
            'partner_id': self.customer.id, 'company_id': self.company.id, 'date': '2024-05-01', 'amount': 100})
        shown = self.open()
        self.assertEqual((shown.score, shown.tier_id.name, shown.has_bad_debt), (73, False, True))

    def test_nothing_is_written(self):
        models = ('tianyuan.rating', 'tianyuan.rating.line', 'tianyuan.class.history', 'tianyuan.bad.debt',
                  'mail.message')

        def state():
            self.env.flush_all()
            self.env.invalidate_all()
            partner = self.customer.sudo()
            return (
                [self.env[model].sudo().with_context(active_test=False).search_count([]) for model in models],
                [partner[name] for name in ('tianyuan_tier_id', 'tianyuan_score', 'tianyuan_customer_class',
                                            'tianyuan_is_major_account', 'write_date')],
                self.snapshot(self.last),
            )

        self.computed_sheet(self.other_customer)
        before = state()
        ratings = self.customer.sudo().tianyuan_rating_ids
        for user in (self.sales_user, self.rating_manager):
            self.open(user)
            self.assertEqual(self.customer.sudo().tianyuan_rating_ids, ratings)    # nor left in the cache
        self.assertEqual(state(), before)

    # -- who may --------------------------------------------------------------------------------

    def test_own_customers_of_sales_and_all_of_the_other_roles(self):
        leader = self.new_role_user('sales_user', login='team_leader')
        self.env['crm.team'].create({
            'name': "North", 'user_id': leader.id, 'company_id': self.company.id,
            'member_ids': [Command.set(self.sales_user.ids)]})
        for user in (self.sales_user, leader, self.archive_specialist, self.finance_assessor, self.rating_manager):
            with self.subTest(user.login):
                shown = self.open(user)
                self.env.flush_all()
                self.env.invalidate_all()
                values = shown.web_read({'score': {}, 'tier_id': {'fields': {'display_name': {}}}, 'line_ids': {
                    'fields': {'indicator_id': {'fields': {'display_name': {}}}, 'points': {}}}})[0]
                self.assertEqual((values['score'], len(values['line_ids'])), (73, 9))

    def test_others_are_refused_on_the_server(self):
        other = self.new_role_user('sales_user', login='other_salesperson')
        plain = new_test_user(
            self.env, 'plain_user', groups='base.group_user,base.group_partner_manager',
            company_id=self.company.id, company_ids=[Command.set(self.company.ids)])
        nobodys = self.new_customer("Nobody's")
        contact = self.new_contact(self.customer)
        for user, customer in ((other, self.customer), (other, contact), (plain, self.customer),
                               (self.sales_user, nobodys)):
            with self.subTest(user.login, customer=customer.name), self.assertRaises(AccessError):
                self.open(user, customer)

    def test_what_one_has_opened_nobody_else_reads(self):
        shown = self.open(self.rating_manager)
        for user in (self.sales_user, self.finance_assessor):
            for records in (shown, shown.line_ids):
                self.assertFalse(records.with_user(user).search([]))
                self.assertFalse(records.with_user(user).has_access('read'))

    def test_nobody_makes_or_changes_one(self):
        shown = self.open(self.rating_manager)
        with self.assertRaises(AccessError):
            shown.write({'score': 100})
        with self.assertRaises(AccessError):
            self.env[WIZARD].with_user(self.rating_manager).create(
                {'partner_id': self.customer.id, 'company_id': self.company.id})

    def test_a_customer_without_a_channel_says_what_to_do(self):
        self.customer.tianyuan_channel = False
        with self.assertRaisesRegex(UserError, "no channel"):
            self.open()

    def test_a_contact_shows_its_company(self):
        self.assertEqual(self.open(customer=self.new_contact(self.customer)).partner_id.id, self.customer.id)

"""Own indicators on sheets: from the definition to the score, in runs, at confirmation and on trial."""
import json
from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL

from ...engine.own_values import own_values
from ...engine.payments import early_payment_rates
from ...engine.reach import best_possible
from ...engine.sheets import SheetWriter
from ...engine.watch import Watcher
from .own_indicators import OwnCommon

FEW, MANY = 3, 60


@tagged('post_install', '-at_install')
class TestOwnRating(OwnCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.indicator = cls.own_indicator(name="Orders of the quarter", no_data_policy='zero')
        cls.scheme = cls.scheme_with(cls.indicator)

    @classmethod
    def scheme_with(cls, *indicators):
        """A scheme of the company's own: the standard one with own indicators in the place of the loyalty.

        Each gives 15 points from 3, 5 points from 1 (in parts for several indicators).
        """
        standard = cls.env['tianyuan.rating.scheme'].sudo().search(
            [('channel', '=', 'distributor'), ('state', '=', 'active')], limit=1)
        scheme = standard.copy({'company_id': cls.company.id, 'date_from': '2020-01-01'})
        scheme.line_ids.filtered(lambda line: line.indicator_id.code == 'loyalty').unlink()
        share = 15 / len(indicators)
        scheme.line_ids = [Command.create({
            'indicator_id': indicator.id, 'max_points': share,
            'level_ids': [
                Command.create({'name': "Three", 'bound': 3, 'points': share}),
                Command.create({'name': "One", 'bound': 1, 'points': share / 3}),
            ],
        }) for indicator in indicators]
        scheme.action_activate()
        return scheme

    def own_line(self, sheet):
        return sheet.line_ids.filtered(lambda line: line.indicator_id == self.indicator)

    def orders(self, *days, partner=None):
        for day in days:
            self.order(partner or self.customer, f'{day} 04:00:00', 100)

    def outcome(self, sheet):
        line = self.own_line(sheet)
        return line.metric_value, line.has_value, line.level_id.name, line.points, line.origin

    def test_from_the_records_to_the_score(self):
        self.orders('2024-04-01', '2024-06-30', '2024-07-01')
        sheet = self.computed_sheet()
        self.assertEqual(sheet.scheme_id, self.scheme)
        self.assertEqual(self.outcome(sheet), (2.0, True, "One", 5.0, 'computed'))
        self.assertEqual(sheet.score, sum(sheet.line_ids.mapped('points')))
        self.assertIn("One", self.own_line(sheet).reason)
        self.orders('2024-05-05')
        sheet.action_compute()
        self.assertEqual(self.outcome(sheet), (3.0, True, "Three", 15.0, 'computed'))

    def test_a_count_of_the_quarter_says_nothing_before_it_is_over(self):
        """Three orders a quarter are 15 points; on day 30 of the next quarter there is one, which would be 5."""
        for partner in self.customer, self.other_customer:
            self.orders('2024-04-01', '2024-05-02', '2024-06-03', partner=partner)
            sheet = self.computed_sheet(partner)
            for line in sheet.line_ids.filtered(lambda line: line.origin == 'missing'):
                self.assess(sheet, line.indicator_id.code, points=line.max_points)
            self.submit(sheet)
            sheet.action_confirm()
            self.assertEqual(self.own_line(sheet).points, 15.0)
        self.orders('2024-07-10')
        self.orders('2024-07-10', '2024-07-11', '2024-07-12', partner=self.other_customer)

        def scores(day):
            partners = (self.customer + self.other_customer).sudo()
            return [reading.course.score for reading in Watcher(
                self.env(su=True), self.company, date.fromisoformat(day)).read(partners)]

        one, three = scores('2024-07-30')
        self.assertEqual(one, three)
        one, three = scores('2024-09-30')
        self.assertEqual(three - one, 10.0)

    def test_a_run_rates_all_customers_with_it(self):
        for partner, count in ((self.customer, 3), (self.other_customer, 1)):
            self.invoice(partner, '2024-05-01', 100)
            self.orders(*['2024-05-01'] * count, partner=partner)
        with freeze_time('2024-07-15'):
            run = self.env['tianyuan.rating.run'].with_user(self.rating_manager).create({
                'company_id': self.company.id, 'date_from': '2024-04-01', 'date_to': '2024-06-30',
            })
            run.action_start()
            run._process()
        self.assertEqual((run.state, run.error_count), ('done', 0))
        points = {sheet.partner_id: self.own_line(sheet).points for sheet in run.rating_ids}
        self.assertEqual((points[self.customer], points[self.other_customer]), (15.0, 5.0))

    def test_no_data_follows_the_indicators_policy(self):
        nothing = self.own_indicator(own_measure='days_since', own_period='until', no_data_policy='assess')
        self.scheme.action_retire()
        self.scheme_with(nothing)
        sheet = self.computed_sheet()
        line = sheet.line_ids.filtered(lambda line: line.indicator_id == nothing)
        self.assertEqual((line.has_value, line.origin), (False, 'missing'))

    def test_a_definition_that_broke_stops_no_run_and_the_line_says_why(self):
        self.env.flush_all()
        self.env.cr.execute(SQL(
            "UPDATE tianyuan_rating_indicator SET own_model = 'gone.model' WHERE id = %s", self.indicator.id))
        self.env.invalidate_all()
        sheet = self.computed_sheet()
        self.assertEqual(self.outcome(sheet), (0.0, False, False, 0.0, 'computed'))
        self.assertIn('gone.model', self.own_line(sheet).reason)
        with self.assertRaisesRegex(UserError, 'gone.model'):
            self.own_line(sheet).with_user(self.sales_user).action_open_source()

    def test_books_that_changed_are_noticed_at_confirmation(self):
        self.orders('2024-04-01')
        sheet = self.computed_sheet()
        for code, value in (('willingness', 10), ('debt_ratio', 5)):
            self.assess(sheet, code, points=value)
        for line in sheet.line_ids.filtered(lambda line: line.origin == 'missing'):
            self.assess(sheet, line.indicator_id.code, points=0)
        self.submit(sheet)
        self.orders('2024-05-01', '2024-05-02')
        sheet.action_confirm()
        self.assertEqual((sheet.state, sheet.books_changed), ('ready', True))
        self.assertEqual(self.outcome(sheet), (3.0, True, "Three", 15.0, 'computed'))
        sheet.action_confirm()
        self.assertEqual(sheet.state, 'confirmed')
        self.orders('2024-05-03')
        self.assertEqual(self.own_line(sheet).metric_value, 3.0)

    def test_a_line_opens_the_records_behind_it(self):
        contact = self.new_contact(self.customer)
        self.orders('2024-03-31', '2024-04-01', '2024-07-01')
        self.orders('2024-06-30', partner=contact)
        self.orders('2024-05-05', partner=self.other_customer)
        sheet = self.computed_sheet()
        action = self.own_line(sheet).with_user(self.rating_manager).action_open_source()
        self.assertEqual(action['res_model'], 'sale.order')
        found = self.env['sale.order'].search(action['domain'])
        self.assertEqual(len(found), 2)
        self.assertEqual(found.partner_id, self.customer + contact)
        self.assertTrue(json.dumps(action))

    def test_who_may_not_read_the_records_is_told_so(self):
        sheet = self.computed_sheet()
        self.env['ir.model.access'].sudo().search([('model_id.model', '=', 'sale.order')]).perm_read = False
        with self.assertRaisesRegex(UserError, "may not read"):
            self.own_line(sheet).with_user(self.sales_user).action_open_source()

    def test_a_prospects_number_is_estimated(self):
        prospect = self.new_customer("Prospect", user_id=self.sales_user.id)
        sheet = self.computed_sheet(prospect, kind='prospect')
        line = self.assess(sheet, self.indicator.code, metric_value=3)
        self.assertEqual((line.points, line.origin), (15.0, 'assessed'))

    def test_the_quarter_to_date_has_it(self):
        self.orders('2024-04-01', '2024-05-20')
        with freeze_time('2024-05-15 04:00:00'):
            action = self.customer.with_user(self.rating_manager).action_tianyuan_quarter_to_date()
        shown = self.env['tianyuan.quarter.to.date'].sudo().browse(action['res_id'])
        line = shown.line_ids.filtered(lambda line: line.indicator_id == self.indicator)
        self.assertEqual((line.value, line.points), (1.0, 5.0))

    def test_more_customers_cost_no_more_queries(self):
        usd = self.new_usd(('2024-01-01', 7.0))
        customers = self.env['res.partner'].create([
            {'name': f"Customer {number}", 'is_company': True} for number in range(FEW + MANY)
        ])
        for customer in customers[:FEW + 5]:
            self.orders('2024-05-01', partner=customer)
            self.invoice(customer, '2024-05-01', 10, currency=usd)
        of_moves = {'own_model': 'account.move', 'own_domain': "[('state', '=', 'posted')]",
                    'own_date_field': 'invoice_date', 'own_measure_field': 'amount_untaxed'}
        for budget, indicator in (
            (8, self.indicator), (8, self.own_indicator(own_measure='days_since', own_period='until')),
            (10, self.own_indicator(own_measure='sum', **of_moves)),
            (12, self.own_indicator(own_measure='share_sum', own_base_domain="[]", **of_moves)),
            (8, self.number_indicator('tianyuan_registered_capital')),
        ):
            definition = indicator.sudo()._own_definition()

            def work(partners, definition=definition):
                own_values(self.env, self.company, self.quarter, definition, partners.ids)

            work(customers)    # warm up
            few, many = (self.queries(lambda ids=ids: work(ids)) for ids in (customers[:FEW], customers))
            with self.subTest(definition.own_measure or definition.own_field):
                self.assertEqual(few, many)
                self.assertLessEqual(few, budget)

    def test_several_batches_read_it_once(self):
        customers = self.env['res.partner'].create([
            {'name': f"Customer {number}", 'is_company': True, 'tianyuan_channel': 'distributor'}
            for number in range(8)
        ])
        self.orders('2024-05-01', partner=customers[7])
        writer = SheetWriter(self.env(su=True), self.company, self.quarter, upcoming=customers.ids)
        first = writer.rate(customers[:2])
        before = self.env.cr.sql_log_count
        key = f'own_records:{self.indicator.id}'
        self.assertEqual(set(writer.own_ahead[key, None]), set(customers.ids))
        self.assertEqual(writer._own(self.scheme, customers[2:].ids, True)[key][customers[7].id], 1.0)
        self.assertEqual(self.env.cr.sql_log_count, before)
        second = writer.rate(customers[2:])
        self.assertEqual([self.own_line(sheet).points for sheet in first + second], [0.0] * 7 + [5.0])

    # -- early payment ---------------------------------------------------------------------------

    def early_scheme(self):
        early = self.own_indicator(
            metric='early_payment_rate', own_model=False, own_partner_path=False, own_measure=False, own_domain=False,
            own_date_field=False, own_period=False, no_data_policy='assess')
        self.assertEqual(early.unit, 'percent')
        self.scheme.action_retire()
        return early, self.scheme_with(early)

    def test_early_payment_is_a_metric_of_its_own(self):
        early, scheme = self.early_scheme()
        line = self.computed_sheet().line_ids.filtered(lambda line: line.indicator_id == early)
        self.assertEqual((line.has_value, line.origin), (False, 'missing'))
        invoice = self.invoice(self.customer, '2024-04-05', 1000, due='2024-05-05')
        self.pay(invoice, '2024-05-04', 400)    # early
        self.pay(invoice, '2024-05-05', 300)    # on time, but not early
        line.rating_id.action_compute()
        self.assertEqual(line.metric_value, 40.0)
        # arrears of the quarter before count as not early: 400 of 2000
        self.invoice(self.customer, '2024-01-10', 1000, due='2024-02-10')
        line.rating_id.action_compute()
        self.assertEqual(line.metric_value, 20.0)
        action = line.with_user(self.finance_assessor).action_open_source()
        self.assertEqual(action['res_model'], 'tianyuan.payment.detail')

    def test_days_of_grace_make_nothing_early_and_unmatched_money_is_early_too(self):
        invoice = self.invoice(self.customer, '2024-04-05', 1000, due='2024-05-05')
        self.pay(invoice, '2024-05-08', 600)
        self.receive(self.customer, '2024-05-01', 100)    # nobody has matched it
        for options, rate in (({}, 10.0), ({'grace_days': 10}, 10.0), ({'apply_credits': False}, 0.0)):
            with self.subTest(str(options)):
                self.assertEqual(
                    early_payment_rates(self.company, self.quarter, self.customer.ids, **options),
                    {self.customer.id: rate})

    def test_early_payment_can_still_be_reached_by_what_is_not_due_yet(self):
        _early, scheme = self.early_scheme()
        self.invoice(self.customer, '2024-04-05', 1000, due='2024-05-05')
        for due in ('2024-05-20', '2024-05-21', '2024-06-20'):
            self.invoice(self.customer, '2024-04-05', 1000, due=due)
        until = self.quarter._replace(date_to=date(2024, 5, 20))
        # overdue; due today, so no longer early; and two that can be paid tomorrow or later at the earliest
        best = best_possible(self.company, until, self.customer.id, scheme)
        self.assertEqual(best['early_payment_rate'], 50.0)

    # -- trial -----------------------------------------------------------------------------------

    def trial(self, user=None, partner_ids=None):
        with freeze_time('2024-08-08'):
            action = self.indicator.with_user(user or self.rating_manager).with_company(
                self.company).action_try(partner_ids)
        return self.env['tianyuan.indicator.trial'].with_user(self.rating_manager).browse(action['res_id'])

    def test_a_trial_shows_the_ten_who_bought_most(self):
        buyers = [self.new_customer(f"Buyer {number}") for number in range(12)]
        for number, buyer in enumerate(buyers):
            self.invoice(buyer, '2024-05-01', 1000 + number)
        self.orders('2024-05-01', '2024-05-02', '2024-05-03', '2024-07-01', partner=buyers[11])
        sheets = self.env['tianyuan.rating'].search_count([])
        trial = self.trial()
        self.assertEqual(trial.quarter, "2024 Q2")
        self.assertEqual(trial.line_ids.partner_id.ids, [buyer.id for buyer in buyers[:1:-1]])
        self.assertEqual(
            [(line.value, line.has_value, line.level_id.name, line.points, line.max_points) for line in trial.line_ids[:2]],
            [(3.0, True, "Three", 15.0, 15.0), (0.0, True, False, 0.0, 15.0)])
        self.assertEqual(self.env['tianyuan.rating'].search_count([]), sheets)

    def test_a_trial_of_chosen_customers(self):
        self.orders('2024-05-01')
        trial = self.trial(partner_ids=[self.new_contact(self.customer).id])
        self.assertEqual([(line.partner_id, line.value) for line in trial.line_ids], [(self.customer, 1.0)])
        trial.customer_ids = self.other_customer
        again = trial.browse(trial.with_company(self.company).action_try_again()['res_id'])
        self.assertEqual(again.line_ids.partner_id, self.other_customer)
        self.assertGreater(again.seconds, 0)    # the clock stands still in the one above

    def test_a_trial_without_a_scheme_shows_values_only(self):
        self.indicator = self.own_indicator()
        trial = self.trial(partner_ids=self.customer.ids)
        self.assertFalse(trial.has_levels)
        self.assertEqual((trial.line_ids.value, trial.line_ids.max_points), (0.0, 0.0))

    def test_only_managers_try_and_nobody_writes_a_trial(self):
        for user in (self.sales_user, self.archive_specialist, self.finance_assessor):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.trial(user, self.customer.ids)
        trial = self.trial(partner_ids=self.customer.ids)
        for values in ({'seconds': 0.0}, {'indicator_id': 1}, {'line_ids': [Command.clear()]}):
            with self.assertRaises(AccessError):
                trial.write(values)
        with self.assertRaises(AccessError):
            trial.line_ids.value = 9
        with self.assertRaises(AccessError):
            self.env['tianyuan.indicator.trial'].with_user(self.rating_manager).create({
                'indicator_id': self.indicator.id, 'company_id': self.company.id})

    def test_a_trial_refuses_what_its_user_may_not_read(self):
        self.env['ir.model.access'].sudo().search([('model_id.model', '=', 'sale.order')]).perm_read = False
        with self.assertRaisesRegex(UserError, "may not read"):
            self.trial(partner_ids=self.customer.ids)

    def test_nobody_to_try_it_on(self):
        company = self.setup_other_company()['company']
        self.rating_manager.sudo().company_ids += company
        with self.assertRaisesRegex(UserError, "Nobody has bought"), freeze_time(date(2024, 8, 8)):
            self.indicator.with_user(self.rating_manager).with_company(company).action_try()

"""Books that change while and after ratings are made (design §4), and the runs that read them."""
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .sheets import SheetCommon

RUN_LOGGER = 'odoo.addons.tianyuan_customer_rating.models.rating.tianyuan_rating_run'


@tagged('post_install', '-at_install')
class TestConfirmingReadsTheBooksAgain(SheetCommon):

    def submitted(self, customer=None):
        """Everything assessed with full marks that people assess; what is computed stays as it was computed."""
        customer = customer or self.customer
        customer.tianyuan_cooperation_start_date = '2015-01-01'
        sheet = self.computed_sheet(customer)
        for code in ('willingness', 'loyalty', 'purchase_growth', 'debt_ratio'):
            self.assess(sheet, code, points=self.line(sheet, code).max_points)
        for code in ('credit_performance', 'days_beyond_terms'):
            if self.line(sheet, code).origin == 'missing':
                self.assess(sheet, code, points=0)
        self.submit(sheet)
        return sheet

    def test_a_sheet_that_still_holds_is_confirmed(self):
        self.buy(self.customer, '2024-05-10', 1_000_000)
        sheet = self.submitted()
        self.assertIs(sheet.action_confirm(), True)
        self.assertEqual(sheet.state, 'confirmed')

    def test_a_sheet_that_has_changed_is_brought_up_to_date_and_shown(self):
        invoice = self.invoice(self.customer, '2024-05-01', 1_000_000, due='2024-05-31')
        self.buy(self.other_customer, '2024-05-10', 1_000_000)
        sheet, other = self.submitted(), self.submitted(self.other_customer)
        # cooperation 10, willingness 10, loyalty 15, volume 6, growth 5, balance 0 (one month of three: 1.4142),
        # on time 0, thirty days late 2, debt ratio 5
        self.assertEqual((sheet.score, other.score), (53, 81))
        # the payment of 30 May turns up: on time 20, no days late 10
        self.receive(self.customer, '2024-05-30', 1_000_000)
        before = fields.Datetime.now()

        action = (sheet + other).action_confirm()

        self.assertEqual((sheet.state, other.state), ('ready', 'confirmed'))
        self.assertEqual(sheet.score, 81)
        self.assertGreaterEqual(sheet.computed_on, before)
        changed = self.env[action['res_model']].with_user(self.rating_manager).search(action['domain'])
        self.assertEqual(
            [(row.id, row.books_changed, row.former_score, row.score) for row in changed], [(sheet.id, True, 53, 81)])
        self.assertFalse(self.customer.with_company(self.company).tianyuan_tier_id)
        self.assertIs(changed.action_confirm(), True)
        self.assertEqual((sheet.state, self.customer.with_company(self.company).tianyuan_score), ('confirmed', 81))
        self.assertFalse(sheet.books_changed)
        self.assertEqual(invoice.payment_state, 'not_paid')

    def test_a_bad_debt_since_keeps_a_sheet_back(self):
        self.buy(self.customer, '2024-05-10', 1_000_000)
        sheet = self.submitted()
        self.env['tianyuan.bad.debt'].sudo().create({
            'partner_id': self.customer.id, 'company_id': self.company.id, 'date': '2024-06-01', 'amount': 10})
        sheet.action_confirm()
        self.assertEqual((sheet.state, sheet.has_bad_debt, sheet.tier_id.name), ('ready', True, False))

    def test_the_scheduler_lists_what_has_changed(self):
        self.invoice(self.customer, '2024-05-01', 1_000_000, due='2024-05-31')
        sheet = self.submitted()
        self.receive(self.customer, '2024-05-30', 1_000_000)
        Confirmation = self.env['tianyuan.rating.confirmation'].with_user(self.rating_manager)
        Confirmation._enqueue(sheet)
        Confirmation._cron_process()
        confirmation = Confirmation.search([('company_id', '=', self.company.id)])
        self.assertEqual((confirmation.done_count, confirmation.error_ids.rating_id.id), (0, sheet.id))
        self.assertIn("53.00 points, now 81.00", confirmation.error_ids.message)

    def test_the_payments_of_a_confirmed_sheet_say_that_the_books_have_changed(self):
        self.invoice(self.customer, '2024-05-01', 1_000_000, due='2024-05-31')
        sheet = self.submitted()
        sheet.action_confirm()
        before = self.snapshot(sheet)
        self.assertFalse(self.details(sheet).filtered(lambda row: row.kind == 'changed'))
        self.receive(self.customer, '2024-05-30', 1_000_000)
        rows = self.details(sheet)
        note = rows.filtered(lambda row: row.kind == 'changed')
        self.assertEqual(rows[0], note)
        self.assertIn("On-Time Payment Rate (%): 0.00 then, 100.00 now", note.move_name)
        self.assertIn("Days Beyond Terms: 30.00 then, 0.00 now", note.move_name)
        credit = rows.filtered(lambda row: row.kind == 'credit')
        self.assertEqual((credit.applied, str(credit.due)), (1_000_000, '2024-05-30'))
        self.assertEqual(credit.applied_to, rows.filtered(lambda row: row.kind == 'obligation').move_name)
        self.assertEqual(self.snapshot(sheet), before)

    def details(self, sheet):
        action = sheet.with_user(self.finance_assessor).action_open_payments()
        return self.env[action['res_model']].with_user(self.finance_assessor).search(action['domain'])


@tagged('post_install', '-at_install')
class TestRuns(SheetCommon):

    def new_run(self, company):
        return self.env['tianyuan.rating.run'].sudo().create({
            'company_id': company.id, 'date_from': self.quarter.date_from, 'date_to': self.quarter.date_to,
        })

    def test_a_run_that_fails_says_so_and_the_next_one_goes_on(self):
        other = self.setup_other_company()['company']
        self.invoice(self.customer, '2024-05-15', 1000)
        self.invoice(self.other_customer, '2024-05-15', 1000, company=other)
        runs = self.new_run(self.company) + self.new_run(other)
        runs.action_start()
        original = self.registry['tianyuan.bad.debt']._sync_ledger

        def fail(model, company, *args):
            if company == self.company:
                raise ValidationError("An entry that nobody understands")
            return original(model, company, *args)

        with patch.object(self.registry['tianyuan.bad.debt'], '_sync_ledger', fail), mute_logger(RUN_LOGGER):
            runs._process()
        self.assertEqual(runs.mapped('state'), ['running', 'done'])
        self.assertIn("nobody understands", runs[0].problem)
        self.assertFalse(runs[1].problem)
        runs._process()
        self.assertEqual((runs[0].state, runs[0].problem, runs[0].done_count), ('done', False, 1))

    def test_an_entry_dated_in_the_future_stops_no_run(self):
        invoice = self.invoice(self.customer, '2024-05-15', 1000)
        entry = self.env['account.move'].create({
            'move_type': 'entry', 'date': '2999-01-01', 'line_ids': [
                Command.create({'account_id': account.id, 'partner_id': self.customer.id, 'balance': amount})
                for account, amount in ((self.bad_debt_account, 1000), (self.receivable_account, -1000))
            ]})
        entry.action_post()
        run = self.new_run(self.company)
        run.action_start()
        run._process()
        self.assertEqual((run.state, run.problem, run.done_count), ('done', False, 1))
        self.assertFalse(run.rating_ids.has_bad_debt)
        self.assertEqual(invoice.payment_state, 'not_paid')

    def test_the_day_of_the_run_in_the_companys_time_zone(self):
        self.invoice(self.customer, '2024-05-15', 1000)
        self.company.tianyuan_rating_run_day = 12
        Run = self.env['tianyuan.rating.run'].sudo()
        runs = Run.search([('company_id', '=', self.company.id)])
        # midnight in Shanghai is 16:00 UTC
        for moment, started in (('2024-07-11 15:59:00', 0), ('2024-07-11 16:01:00', 1), ('2024-07-30 01:00:00', 1)):
            with self.subTest(moment), freeze_time(moment):
                Run._cron_start_quarter()
                self.assertEqual(len(Run.search([('company_id', '=', self.company.id)]) - runs), started)

    def test_a_run_says_if_the_books_are_open(self):
        run = self.new_run(self.company)
        self.assertTrue(run.books_open)
        self.company.fiscalyear_lock_date = '2024-06-30'
        run.invalidate_recordset(['books_open'])
        self.assertFalse(run.books_open)

    def test_orders_count_in_the_country_of_a_company_without_a_time_zone(self):
        self.company.partner_id.tz = False
        self.company.resource_calendar_id.tz = 'UTC'
        # half past midnight on 1 July in Shanghai
        self.order(self.customer, '2024-06-30 16:30:00', 1000)
        self.order(self.customer, '2024-06-30 15:30:00', 500)
        self.assertMetrics({'purchase_amount': 500.0}, volume_basis='ordered')


@tagged('post_install', '-at_install')
class TestCustomersThatAreNoneAnyMore(SheetCommon):

    def test_who_becomes_a_contact_keeps_no_open_sheet(self):
        self.invoice(self.customer, '2024-05-15', 1000)
        sheet, confirmed = self.computed_sheet(), self.confirmed_sheet(day='2024-03-31')
        group = self.new_customer("Group")
        self.customer.write({'is_company': False, 'parent_id': group.id})
        self.assertEqual((sheet.state, confirmed.state), ('cancelled', 'confirmed'))
        self.assertIn("has become a contact of Group", sheet.message_ids[0].body)
        run = self.env['tianyuan.rating.run'].sudo().create({
            'company_id': self.company.id, 'date_from': self.quarter.date_from, 'date_to': self.quarter.date_to})
        run.action_start()
        run._process()
        self.assertFalse(run.error_ids)
        self.assertNotIn(self.customer, run.rating_ids.partner_id)

    def test_after_a_merge_the_confirmed_sheets_say_so(self):
        sheet = self.confirmed_sheet()
        self.env['base.partner.merge.automatic.wizard'].create({})._merge(
            (self.customer + self.other_customer).ids, self.customer)
        self.assertIn("Customers were merged", sheet.message_ids[0].body)


@tagged('post_install', '-at_install')
class TestBranches(SheetCommon):

    def new_branch(self, name="Branch"):
        branch = self.env['res.company'].create({'name': name, 'parent_id': self.company.id})
        self.env.user.company_ids += branch
        self.env.cr.precommit.run()    # Odoo loads the branch's chart of accounts
        return branch

    def outcome(self, company):
        customer = self.customer.with_company(company)
        return customer.tianyuan_tier_id.name, customer.tianyuan_score, customer.tianyuan_customer_class

    def test_a_branch_has_what_its_company_has_awarded(self):
        branch = self.new_branch()
        sheet = self.confirmed_sheet()
        self.assertEqual(self.outcome(self.company), ('AAA', 100, 'key'))
        self.assertEqual(self.outcome(branch), ('AAA', 100, 'key'))
        self.assertEqual(self.outcome(self.new_branch("Made afterwards")), ('AAA', 100, 'key'))
        sheet.action_reopen("Loyalty was another customer's")
        self.assertEqual(self.outcome(branch), (False, 0, False))

    def test_a_customer_of_the_branch_is_rated_by_its_company(self):
        branch = self.new_branch()
        self.invoice(self.customer, '2024-05-15', 1000, company=branch)
        run = self.env['tianyuan.rating.run'].sudo().create({
            'company_id': self.company.id, 'date_from': self.quarter.date_from, 'date_to': self.quarter.date_to})
        run.action_start()
        run._process()
        self.assertEqual(run.rating_ids.partner_id, self.customer)
        self.assertEqual(self.line(run.rating_ids, 'purchase_volume').metric_value, 1000)
        action = run.rating_ids.with_user(self.rating_manager).action_open_purchases()
        self.assertEqual(self.env['account.move'].sudo().search(action['domain']).company_id, branch)

    def test_who_works_in_the_branch_alone_sees_the_sheets_of_its_customers(self):
        branch = self.new_branch()
        sheet = self.confirmed_sheet()
        self.sales_user.write({'company_id': branch.id, 'company_ids': [Command.set(branch.ids)]})
        in_branch = sheet.with_user(self.sales_user).with_company(branch)
        self.assertEqual(in_branch.search([('id', '=', sheet.id)]).score, 100)
        self.assertEqual(self.customer.with_user(self.sales_user).with_company(branch).tianyuan_tier_id.name, 'AAA')


@tagged('post_install', '-at_install')
class TestLimits(SheetCommon):

    def test_a_number_outside_of_its_indicator(self):
        sheet = self.computed_sheet()
        for value in (101, -5, 1e15, float('nan'), 'many', None):
            with self.subTest(value), self.assertRaisesRegex(ValidationError, "enter a number from 0 to 100"):
                self.line(sheet, 'loyalty').with_user(self.sales_user).write({'metric_value': value})
        self.line(sheet, 'loyalty').indicator_id.sudo().max_value = 120
        self.line(sheet, 'loyalty').with_user(self.sales_user).write({'metric_value': 101})
        self.assertEqual(self.line(sheet, 'loyalty').metric_value, 101)

    def test_amounts_and_dates_that_cannot_be_right(self):
        for record, name, value in (
            (self.customer, 'tianyuan_registered_capital', -1),
            (self.customer, 'tianyuan_registered_capital', 1e15),
            (self.customer, 'tianyuan_cooperation_start_date', '0001-01-01'),
        ):
            with self.subTest(name, value=value), self.assertRaisesRegex(ValidationError, "can't be right"):
                record.write({name: value})

    def test_a_quarter_of_the_first_year(self):
        for model in ('tianyuan.rating', 'tianyuan.rating.run'):
            values = {'company_id': self.company.id, 'date_from': '0001-01-01', 'date_to': '0001-03-31'}
            if model == 'tianyuan.rating':
                values['partner_id'] = self.customer.id
            with self.subTest(model), self.assertRaisesRegex(ValidationError, "can't be right"):
                self.env[model].create(values)


@tagged('post_install', '-at_install')
class TestSettings(SheetCommon):

    def test_the_day_of_the_run_has_limits(self):
        with Form(self.env['res.config.settings']) as settings:
            settings.tianyuan_rating_run_day = 15
        settings.record.execute()
        self.assertEqual(self.env.company.tianyuan_rating_run_day, 15)

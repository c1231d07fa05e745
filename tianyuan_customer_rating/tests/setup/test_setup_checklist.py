"""The checklist of a company that starts from nothing: each step ticks itself; who may see it, and when it is gone."""
from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import SetupCommon

CORE = ['roles', 'channels', 'accounts', 'schemes', 'trial', 'run', 'confirm']
# for the checklist of a company, whatever the number of customers
QUERY_BUDGET = 30


@tagged('post_install', '-at_install', 'smoke')
class TestSetupChecklist(SetupCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.tianyuan_bad_debt_account_ids = False
        cls.administrator = new_test_user(
            cls.env, login='setup_admin', groups='base.group_system,account.group_account_manager',
            company_id=cls.company.id, company_ids=[Command.set(cls.company.ids)], lang='en_US',
        )

    def test_the_steps_are_in_order(self):
        keys = list(self.steps())
        self.assertEqual([key for key in keys if key in CORE], CORE)

    def test_roles_are_given_when_each_is_held(self):
        self.assertIn('roles', self.done())
        self.finance_assessor.active = False
        step = self.steps()['roles']
        self.assertEqual((step['done'], step['count']), (False, 1))
        self.assertIn("Finance Assessor", step['note'])
        administrator = self.env.ref('base.user_admin')
        administrator.company_ids = [Command.link(self.company.id)]
        self.assertTrue(administrator.has_group('tianyuan_customer_rating.group_finance_assessor'))
        self.assertNotIn('roles', self.done(), "the installation gave it to the administrator")

    def test_channels_tick_when_the_last_customer_has_one(self):
        step = self.steps()['channels']
        self.assertEqual((step['done'], step['count'], step['method']), (False, 0, False), "nobody buys yet")
        customers = [self.new_customer(f"No channel {number}", channel=False) for number in range(3)]
        for customer in customers:
            self.buy(customer, '2024-05-15', 1000)
        step = self.steps()['channels']
        self.assertEqual((step['done'], step['count']), (False, 3))
        self.assertEqual(step['note'], "3 customers without a channel")
        self.env['tianyuan.channel.suggestion'].with_user(self.rating_manager).browse().action_set_suggested()
        self.assertIn('channels', self.done())

    def test_accounts_tick_when_chosen_or_when_there_are_none(self):
        self.assertNotIn('accounts', self.done())
        self.company.tianyuan_bad_debt_account_ids = self.bad_debt_account
        self.assertNotIn('accounts', self.done(), "nobody said that there are no bills")
        action = self.env['tianyuan.setup'].with_user(self.administrator).action_choose_accounts()
        self.assertEqual((action['res_model'], action['res_id']), ('res.company', self.company.id))
        self.company.with_user(self.administrator).action_tianyuan_accounts_chosen()
        self.assertIn('accounts', self.done())
        self.assertFalse(self.company.tianyuan_bill_account_ids)

    def test_schemes_tick_when_looked_at(self):
        self.assertNotIn('schemes', self.done())
        self.assertEqual(self.Setup.action_look_at_schemes()['res_model'], 'tianyuan.rating.scheme')
        self.assertIn('schemes', self.done())

    def test_trial_and_run_tick_when_done(self):
        self.buy(self.customer, '2024-05-15', 1000)
        self.assertFalse({'trial', 'run'} & self.done())
        self.Setup.action_try()
        self.assertEqual({'trial', 'run'} & self.done(), {'trial'})

        self.assertFalse(self.Setup.action_start_run(), "it has just started")
        run = self.env['tianyuan.rating.run'].search([('company_id', '=', self.company.id)])
        step = self.steps()['run']
        self.assertEqual(step['progress'], {'id': run.id, 'percent': 0, 'done': 0, 'total': 1, 'problem': ''})
        self.assertEqual((step['done'], step['note']), (False, "0 of 1 sheets made"))
        run._process()
        step = self.steps()['run']
        self.assertEqual((step['done'], step['progress'], step['note']), (True, False, "1 sheets made"))
        self.assertEqual(self.steps()['confirm']['note'], "1 sheets wait for sales or finance, 0 for confirmation")

    def test_a_run_that_is_there_is_opened_instead_of_started(self):
        self.buy(self.customer, '2024-05-15', 1000)
        self.computed_sheet(self.customer)
        action = self.Setup.action_start_run()
        run = self.env['tianyuan.rating.run'].browse(action['res_id'])
        self.assertEqual((run.state, run.has_sheets), ('draft', True))
        self.assertEqual(self.Setup.action_start_run()['res_id'], run.id, "no second one")

    def test_it_is_gone_after_the_first_confirmed_quarter(self):
        for customer in (self.customer, self.other_customer):
            self.buy(customer, '2024-05-15', 1000)
        self.Setup.action_start_run()
        run = self.env['tianyuan.rating.run'].search([('company_id', '=', self.company.id)])
        run._process()
        sheets = run.rating_ids
        for number, sheet in enumerate(sheets.with_user(self.rating_manager)):
            self.assertFalse(self.Setup.checklist()['finished'], f"{number} of 2 are confirmed")
            for line in sheet.line_ids.filtered(lambda line: line.origin == 'missing'):
                self.assess(sheet, line.indicator_id.code, points=line.max_points)
            self.submit(sheet)
            sheet.action_confirm()
        self.assertEqual(self.Setup.checklist(), {'finished': True, 'steps': []})

    def test_a_company_that_has_rated_for_long_is_not_led_again(self):
        self.computed_sheet(self.other_customer)    # nobody ever finishes this one
        for day, finished in (('2024-03-31', False), ('2024-06-30', True)):
            self.ready_sheet(self.customer, day).action_confirm()
            self.assertEqual(self.Setup.checklist()['finished'], finished, day)

    def test_it_can_be_dismissed_for_one_company(self):
        other = self.setup_other_company()['company']
        self.rating_manager.company_ids = [Command.link(other.id)]
        self.Setup.action_dismiss()
        self.assertTrue(self.Setup.checklist()['finished'])
        self.assertFalse(self.Setup.with_company(other).checklist()['finished'])

    def test_a_second_company_has_steps_of_its_own(self):
        other = self.setup_other_company()['company']
        self.rating_manager.company_ids = [Command.link(other.id)]
        self.buy(self.new_customer("No channel", channel=False), '2024-05-15', 1000)
        self.Setup.action_look_at_schemes()
        self.Setup.action_try()
        steps = self.steps(company=other)
        self.assertEqual((steps['channels']['count'], self.steps()['channels']['count']), (0, 1))
        self.assertFalse({'schemes', 'trial', 'run'} & self.done(company=other))
        self.assertEqual(steps['roles']['count'], 3, "the manager works there, nobody else does")

    def test_others_are_refused(self):
        methods = {name for name in dir(type(self.Setup)) if name.startswith('action_')}
        methods -= set(dir(type(self.env['tianyuan.rating.dashboard'])))
        self.assertGreater(len(methods), 6)
        for user in (self.sales_user, self.finance_assessor, self.archive_specialist):
            Setup = self.env['tianyuan.setup'].with_user(user)
            for name in ['checklist', *sorted(methods)]:
                with self.subTest(user=user.login, method=name), self.assertRaises(AccessError):
                    getattr(Setup, name)()
        self.assertFalse(self.company.tianyuan_setup_dismissed or self.company.tianyuan_schemes_seen)

    def test_who_has_one_role_is_offered_its_steps_only(self):
        self.buy(self.new_customer("No channel", channel=False), '2024-05-15', 1000)
        offered = {
            user: {key for key, step in self.steps(user=user).items() if key in CORE and step['action'] or step['method']}
            & set(CORE) for user in (self.rating_manager, self.administrator)
        }
        self.assertEqual(offered[self.administrator], {'roles', 'accounts'})
        self.assertEqual(offered[self.rating_manager], {'channels', 'schemes', 'trial', 'run'})
        with self.assertRaises(AccessError):
            self.env['tianyuan.setup'].with_user(self.administrator).action_start_run()
        with self.assertRaises(AccessError):
            self.Setup.action_choose_accounts()

    def test_a_branch_has_its_companys_checklist(self):
        branch = self.env['res.company'].create({'name': "Branch", 'parent_id': self.company.id})
        self.rating_manager.company_ids = [Command.link(branch.id)]
        self.buy(self.new_customer("No channel", channel=False), '2024-05-15', 1000)
        self.assertEqual(self.steps(company=branch)['channels']['count'], 1)

    def test_it_takes_a_few_queries_however_many_customers(self):
        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.Setup.checklist()
            return self.env.cr.sql_log_count - before

        self.buy(self.customer, '2024-05-15', 1000)
        self.Setup.checklist()
        few = queries()
        for number in range(10):
            self.buy(self.new_customer(f"Buyer {number}", channel=False), '2024-05-15', 1000)
        self.assertLessEqual(queries(), few)
        self.assertLessEqual(few, QUERY_BUDGET)

"""Potential customers are called, visited and written to in turn, at regular intervals (policy 8.3)."""
from datetime import date

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.tianyuan_customer_rating.tests.rating.sheets import SheetCommon

MODULE = 'tianyuan_customer_visit'
CALL, VISIT, MAILING = "call", "visit", "mailing"


@tagged('post_install', '-at_install')
class TestCultivation(SheetCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kinds = {
            cls.env.ref('mail.mail_activity_data_call'): CALL,
            cls.env.ref(f'{MODULE}.mail_activity_type_visit'): VISIT,
            cls.env.ref(f'{MODULE}.mail_activity_type_mailing'): MAILING,
        }
        cls.company.tianyuan_cultivation_interval_days = 30

    def turn(self, customers, new_class='potential', company=None, day='2024-03-01'):
        """Give customers a class, as a confirmed rating does."""
        with freeze_time(f'{day} 04:00:00'):
            self.env['res.partner']._tianyuan_change_class(company or self.company, {
                customer: {'new_class': new_class, 'reason': "Test"} for customer in customers
            })

    def cron(self, day):
        with freeze_time(f'{day} 04:00:00'):
            self.env['res.partner']._cron_tianyuan_cultivate()

    def done(self, day, customer=None, user=None):
        with freeze_time(f'{day} 04:00:00'):
            self.activities(customer).with_user(user or self.sales_user).action_feedback("Interested")
            self.env.flush_all()

    def activities(self, customers=None, company=None):
        return self.env['mail.activity'].sudo().search([    # nobody else may look for the company
            ('res_model', '=', 'res.partner'), ('res_id', 'in', (customers or self.customer).ids),
            ('tianyuan_cultivation_company_id', '=', (company or self.company).id),
        ])

    def planned(self, customers=None, company=None):
        """The open activities: (kind, due day, salesperson)."""
        return [
            (self.kinds[activity.activity_type_id], activity.date_deadline, activity.user_id)
            for activity in self.activities(customers, company)
        ]

    # -- when -------------------------------------------------------------------------------------

    def test_who_becomes_potential_is_called_at_once(self):
        self.turn(self.customer)
        self.assertEqual(self.planned(), [(CALL, date(2024, 3, 1), self.sales_user)])
        activity = self.activities()
        self.assertEqual(activity.summary, "Cultivate the potential customer")
        self.assertIn(self.company.name, activity.note)
        self.cron('2024-03-20')
        self.assertEqual(self.activities(), activity, "one at a time")

    def test_a_confirmed_prospect_sheet_begins_it(self):
        self.ready_sheet(kind='prospect').action_confirm()
        self.assertEqual([kind for kind, _day, _user in self.planned()], [CALL])

    def test_call_visit_and_mailing_take_turns_an_interval_after_the_last_was_done(self):
        self.turn(self.customer)
        for done, kind, due in (
            ('2024-03-05', VISIT, date(2024, 4, 4)),      # 30 days after 5 March
            ('2024-04-10', MAILING, date(2024, 5, 10)),   # late: counted from when it was done
            ('2024-05-01', CALL, date(2024, 5, 31)),      # early
            ('2024-05-31', VISIT, date(2024, 7, 1)),      # 30 June is a Sunday
        ):
            with self.subTest(done):
                self.done(done)
                self.assertFalse(self.planned())
                self.cron(done)
                self.assertEqual(self.planned(), [(kind, due, self.sales_user)])

    def test_what_is_long_past_is_due_today(self):
        self.turn(self.customer)
        self.done('2024-03-05')
        self.cron('2024-05-31')
        self.assertEqual(self.planned(), [(VISIT, date(2024, 5, 31), self.sales_user)])

    def test_what_is_long_past_on_a_saturday_is_due_on_monday(self):
        self.turn(self.customer)
        self.done('2024-03-05')
        self.cron('2024-06-01')
        self.assertEqual(self.planned(), [(VISIT, date(2024, 6, 3), self.sales_user)])

    def test_the_company_sets_the_interval_and_turns_it_off(self):
        self.company.tianyuan_cultivation_interval_days = 7
        self.turn(self.customer)
        self.done('2024-03-05')
        self.cron('2024-03-06')
        self.assertEqual(self.planned()[0][:2], (VISIT, date(2024, 3, 12)))
        self.company.tianyuan_cultivation_interval_days = 0
        self.cron('2024-03-07')
        self.assertFalse(self.planned())
        self.turn(self.other_customer)
        self.assertFalse(self.planned(self.other_customer))

    def test_the_interval_cant_be_negative(self):
        with mute_logger('odoo.sql_db'), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.company.tianyuan_cultivation_interval_days = -1
            self.company.flush_recordset()

    def test_the_day_is_the_company_s(self):
        with freeze_time('2024-02-29 20:00:00'):    # already 1 March in Shanghai
            self.env['res.partner']._tianyuan_change_class(
                self.company, {self.customer: {'new_class': 'potential', 'reason': "Test"}})
        self.assertEqual(self.planned()[0][1], date(2024, 3, 1))

    def test_a_kind_an_administrator_deleted_is_left_out(self):
        self.env.ref(f'{MODULE}.mail_activity_type_visit').unlink()
        self.turn(self.customer)
        self.done('2024-03-05')
        self.cron('2024-03-06')
        self.assertEqual(self.planned()[0][0], MAILING)

    def test_one_that_was_deleted_is_planned_anew(self):
        self.turn(self.customer)
        self.activities().with_user(self.sales_user).unlink()
        self.cron('2024-03-02')
        self.assertEqual(self.planned(), [(CALL, date(2024, 3, 4), self.sales_user)])    # Monday

    # -- whom it ends for -------------------------------------------------------------------------

    def test_the_first_order_ends_it_also_one_of_another_contact(self):
        self.turn(self.customer)
        _first, second = self.new_contact(self.customer, "First"), self.new_contact(self.customer, "Second")
        self.order(second, '2024-03-20 04:00:00', 1000)
        self.assertEqual(self.customer.tianyuan_customer_class, 'ordinary')
        self.assertFalse(self.planned())
        activity = self.env['mail.activity'].search([
            ('res_model', '=', 'res.partner'), ('res_id', 'in', (self.customer + second).ids)])
        self.assertEqual(activity.summary, "Consider marketing policy support for the first deal")
        self.assertEqual(activity.res_id, self.customer.id)

    def test_a_quarterly_rating_ends_it_and_reopening_brings_it_back(self):
        self.ready_sheet(day='2024-03-31', kind='prospect').action_confirm()
        self.assertTrue(self.planned())
        quarterly = self.confirmed_sheet()
        self.assertEqual((self.customer.tianyuan_customer_class, self.planned()), ('key', []))
        quarterly.action_reopen("Wrong")
        self.assertEqual((self.customer.tianyuan_customer_class, len(self.planned())), ('potential', 1))

    def test_other_activities_of_the_customer_stay(self):
        call = self.customer.activity_schedule('mail.mail_activity_data_call', user_id=self.sales_user.id)
        self.turn(self.customer)
        self.assertEqual(len(self.planned()), 1)
        self.turn(self.customer, 'ordinary')
        self.cron('2024-03-02')
        self.assertFalse(self.planned())
        self.assertTrue(call.exists().active)

    def test_an_archived_customer_has_none(self):
        self.turn(self.customer)
        self.customer.active = False
        self.cron('2024-03-02')
        self.assertFalse(self.planned())

    def test_of_two_after_a_merge_one_stays(self):
        self.turn(self.customer + self.other_customer)
        second = self.activities(self.other_customer)
        second.res_id = self.customer.id
        self.turn(self.other_customer, 'ordinary')
        self.cron('2024-03-02')
        self.assertEqual(len(self.planned()), 1)

    # -- with whom --------------------------------------------------------------------------------

    def test_nobodys_customers_go_to_nobody_but_the_manager_finds_them(self):
        self.other_customer.user_id = False
        left = self.new_role_user('sales_user', login='left_the_company')
        third = self.new_customer("Third", user_id=left.id)
        left.active = False
        self.turn(self.customer + self.other_customer + third)
        self.assertEqual(self.activities(self.customer + self.other_customer + third), self.activities())
        view = self.env['res.partner'].with_user(self.rating_manager).with_company(self.company).get_view(
            self.env.ref('base.view_res_partner_filter').id, 'search')
        self.assertIn('tianyuan_potential_unassigned', view['arch'])
        found = self.env['res.partner'].with_user(self.rating_manager).with_company(self.company).search([
            ('tianyuan_customer_class', '=', 'potential'),
            '|', ('user_id', '=', False), ('user_id.active', '=', False)])
        self.assertEqual(found.sudo(), (self.other_customer + third).sudo())
        self.other_customer.user_id = self.sales_user
        self.cron('2024-03-02')
        self.assertEqual(self.planned(self.other_customer), [(CALL, date(2024, 3, 4), self.sales_user)])    # Monday

    def test_it_goes_with_the_customer_to_another_salesperson(self):
        successor = self.new_role_user('sales_user', login='successor')
        self.turn(self.customer)
        self.customer.user_id = successor
        self.cron('2024-03-02')
        self.assertEqual(self.planned(), [(CALL, date(2024, 3, 1), successor)])
        self.customer.user_id = False
        self.cron('2024-03-03')
        self.assertFalse(self.planned())

    def test_a_salesperson_elsewhere_has_none_here(self):
        elsewhere = self.setup_other_company()['company']
        self.turn(self.customer, company=elsewhere)
        self.assertFalse(self.planned(company=elsewhere))

    def test_each_company_cultivates_for_itself(self):
        elsewhere = self.setup_other_company()['company']
        elsewhere.tianyuan_cultivation_interval_days = 10
        self.sales_user.company_ids = [Command.link(elsewhere.id)]
        self.turn(self.customer)
        self.turn(self.customer, company=elsewhere)
        self.done('2024-03-05')
        self.cron('2024-03-06')
        self.assertEqual(self.planned(), [(VISIT, date(2024, 4, 4), self.sales_user)])
        self.assertEqual(self.planned(company=elsewhere), [(CALL, date(2024, 3, 1), self.sales_user)])
        self.turn(self.customer, 'ordinary', company=elsewhere)
        self.assertEqual((len(self.planned()), self.planned(company=elsewhere)), (1, []))

    def test_nobody_writes_what_an_activity_cultivates_for(self):
        self.turn(self.customer)
        activity = self.activities().with_user(self.sales_user)
        for work in (
            lambda: activity.write({'tianyuan_cultivation_company_id': False}),
            lambda: activity.read(['tianyuan_cultivation_company_id']),
            lambda: self.customer.with_user(self.sales_user).activity_schedule(
                'mail.mail_activity_data_call', tianyuan_cultivation_company_id=self.company.id),
            lambda: self.customer.with_user(self.sales_user).with_context(
                default_tianyuan_cultivation_company_id=self.company.id,
            ).activity_schedule('mail.mail_activity_data_call'),
        ):
            with self.assertRaises(AccessError):
                work()

    # -- however many -----------------------------------------------------------------------------

    def test_a_hundred_customers_take_the_queries_of_five(self):
        few, many = (
            self.env['res.partner'].create([
                {'name': f"{name} {number}", 'is_company': True, 'user_id': self.sales_user.id}
                for number in range(count)
            ]) for name, count in (("Few", 5), ("Many", 100))
        )
        self.turn(self.customer)    # warm up

        def work(customers):
            customers._tianyuan_cultivate(self.company)

        def potential(customers):
            self.company.tianyuan_cultivation_interval_days = 0
            self.turn(customers)
            self.company.tianyuan_cultivation_interval_days = 30

        for customers in (few, many):
            potential(customers)
        planning = [self.queries(lambda c=customers: work(c)) for customers in (few, many)]
        self.assertEqual([len(self.planned(customers)) for customers in (few, many)], [5, 100])
        again = [self.queries(lambda c=customers: work(c)) for customers in (few, many)]
        self.assertEqual(again[0], again[1])
        self.assertLessEqual(again[1], 16)
        # rows are written in batches; each visit draws its number from the company's sequence
        self.assertLessEqual(planning[1], planning[0] + 5 + 2 * 95)
        self.company.tianyuan_cultivation_interval_days = 0
        ending = [self.queries(lambda c=customers: work(c)) for customers in (few, many)]
        self.assertLessEqual(ending[1], ending[0] + 5)

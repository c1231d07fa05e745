"""The next visits are planned from the customer's class; those to potential customers go with their cultivation
(policy 8.3, 10)."""
from datetime import date, timedelta

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import VisitCommon

CALL, VISIT = 'mail.mail_activity_data_call', 'tianyuan_customer_visit.mail_activity_type_visit'


@tagged('post_install', '-at_install')
class TestVisitPlan(VisitCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({'tianyuan_visit_key_days': 30, 'tianyuan_visit_ordinary_days': 90})
        cls.company.tianyuan_cultivation_interval_days = 30

    def turn(self, customers, new_class, day='2024-03-04', company=None):
        with freeze_time(f'{day} 04:00:00'):
            self.env['res.partner']._tianyuan_change_class(company or self.company, {
                customer: {'new_class': new_class, 'reason': "Test"} for customer in customers
            })

    def plan(self, day='2024-03-04'):
        with freeze_time(f'{day} 04:00:00'):
            self.env['res.partner']._cron_tianyuan_plan_visits()
            self.env.flush_all()

    def cultivate(self, day):
        with freeze_time(f'{day} 04:00:00'):
            self.env['res.partner']._cron_tianyuan_cultivate()
            self.env.flush_all()

    def all_visits(self, customers=None, company=None):
        return self.env['tianyuan.visit'].sudo().search([
            ('partner_id', 'in', (customers or self.customer).ids), ('company_id', '=', (company or self.company).id),
        ], order='id')

    def planned(self, customers=None, company=None):
        """The planned visits: (kind, day, salesperson)."""
        return [
            (visit.kind, visit.date_planned, visit.user_id)
            for visit in self.all_visits(customers, company) if visit.state == 'planned'
        ]

    def cultivation(self, customer=None):
        return self.env['mail.activity'].sudo().search([
            ('res_model', '=', 'res.partner'), ('res_id', '=', (customer or self.customer).id),
            ('tianyuan_cultivation_company_id', '=', self.company.id),
        ])

    # -- when -----------------------------------------------------------------------------------------

    def test_the_next_visit_is_an_interval_after_the_last(self):
        self.done_visit(date_done='2024-02-20')
        self.turn(self.customer, 'key')
        self.plan()
        self.assertEqual(self.planned(), [('onsite', date(2024, 3, 21), self.sales_user)])    # 30 days later
        self.plan('2024-03-05')
        self.assertEqual(len(self.planned()), 1, "one at a time")
        self.assertTrue(self.all_visits()[-1].name.startswith('HF/2024/'))

    def test_ordinary_customers_are_called_every_ninety_days(self):
        self.done_visit(date_done='2024-02-20')
        self.turn(self.customer, 'ordinary')
        self.plan()
        self.assertEqual(self.planned(), [('phone', date(2024, 5, 20), self.sales_user)])

    def test_what_is_long_past_is_due_today(self):
        self.done_visit(date_done='2023-01-20')
        self.turn(self.customer, 'key')
        self.plan()
        self.assertEqual(self.planned()[0][1], date(2024, 3, 4))

    def test_after_a_visit_the_next_one_is_planned(self):
        self.done_visit(date_done='2024-02-20')
        self.turn(self.customer, 'key')
        self.plan()
        with freeze_time('2024-03-25 04:00:00'):
            self.all_visits()[-1].with_user(self.sales_user).action_done()
        self.plan('2024-03-26')
        self.assertEqual(self.planned(), [('onsite', date(2024, 4, 24), self.sales_user)])

    def test_first_visits_are_spread_over_the_working_days_of_the_interval(self):
        """Of 30 days, each day's two visits of a weekend are made on the Monday after it."""
        customers = self.env['res.partner'].create([
            {'name': f"First {number}", 'is_company': True, 'user_id': self.sales_user.id} for number in range(60)
        ])
        self.turn(customers, 'key')
        self.plan()
        days = [day for _kind, day, _user in self.planned(customers)]
        self.assertEqual(len(days), 60)
        mondays = {date(2024, 3, 11), date(2024, 3, 18), date(2024, 3, 25), date(2024, 4, 1)}
        for day in {date(2024, 3, 4) + timedelta(days=n) for n in range(30)}:
            self.assertEqual(days.count(day), 0 if day.weekday() > 4 else 6 if day in mondays else 2, day)

    def test_a_cancelled_visit_skips_a_turn(self):
        self.done_visit(date_done='2024-02-20')
        self.turn(self.customer, 'key')
        self.plan()
        self.all_visits()[-1].with_user(self.sales_user).action_cancel()
        self.plan('2024-03-05')
        self.assertEqual(self.planned()[0][1], date(2024, 4, 22))    # Monday, 30 days after the one of 21 March

    def test_where_no_kind_is_chosen_they_take_turns(self):
        self.company.tianyuan_visit_key_kind = False
        self.turn(self.customer, 'key')
        for last, following in (('phone', 'onsite'), ('onsite', 'mailing'), ('mailing', 'phone'), ('other', 'phone')):
            self.done_visit(kind=last)
            self.plan()
            self.assertEqual(self.planned()[0][0], following)
            self.all_visits()[-1].unlink()

    def test_what_somebody_planned_is_not_planned_again(self):
        self.new_visit(date_planned='2024-06-01')
        self.turn(self.customer, 'key')
        self.plan()
        self.assertEqual(len(self.planned()), 1)

    def test_a_plan_of_their_own_takes_the_place_of_the_automatic_one(self):
        self.turn(self.customer, 'key')
        self.plan()
        own = self.new_visit(date_planned='2024-03-15')
        self.plan('2024-03-05')
        self.assertEqual(self.all_visits(), own.sudo())

    def test_the_database_lets_one_be_planned_by_itself(self):
        visits = self.env['tianyuan.visit'].sudo()
        values = {'partner_id': self.customer.id, 'company_id': self.company.id, 'is_auto': True}
        visits.create(values)
        with mute_logger('odoo.sql_db'), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            visits.create(values)

    # -- whom it ends for, and what changes -------------------------------------------------------------

    def test_none_where_the_interval_is_zero(self):
        self.turn(self.customer, 'key')
        self.plan()
        self.company.tianyuan_visit_key_days = 0
        self.plan('2024-03-05')
        self.assertFalse(self.all_visits())

    def test_the_class_ends_what_nobody_touched(self):
        self.turn(self.customer + self.other_customer, 'key')
        self.plan()
        self.all_visits().with_user(self.sales_user).purpose = "Talk about prices"
        self.turn(self.customer + self.other_customer, False)
        self.plan('2024-03-05')
        self.assertEqual(len(self.planned()), 1)    # it is the salesperson's own by now
        self.assertFalse(self.all_visits(self.other_customer))

    def test_an_archived_customer_has_none(self):
        self.turn(self.customer, 'key')
        self.plan()
        self.customer.active = False
        self.plan('2024-03-05')
        self.assertFalse(self.all_visits())

    def test_a_better_class_brings_the_visit_forward(self):
        self.done_visit(date_done='2024-02-20')
        self.turn(self.customer, 'ordinary')
        self.plan()
        self.turn(self.customer, 'key')
        self.plan('2024-03-05')
        self.assertEqual(self.planned(), [('onsite', date(2024, 3, 21), self.sales_user)])

    def test_it_goes_with_the_customer_and_nobody_visits_nobodys_customers(self):
        self.turn(self.customer, 'key')
        self.plan()
        day = self.planned()[0][1]
        self.customer.user_id = self.colleague
        self.assertEqual(self.planned(), [('onsite', day, self.colleague)])
        self.colleague.active = False
        self.plan('2024-03-05')
        self.assertFalse(self.all_visits())

    def test_each_company_plans_for_itself(self):
        elsewhere = self.setup_other_company()['company']
        elsewhere.tianyuan_visit_ordinary_kind = 'mailing'
        self.turn(self.customer, 'key')
        self.turn(self.customer, 'ordinary', company=elsewhere)
        self.plan()
        self.assertEqual(([len(self.planned())], self.planned(company=elsewhere)), ([1], []))
        self.sales_user.company_ids = [Command.link(elsewhere.id)]
        self.plan('2024-03-05')
        self.assertEqual([kind for kind, _day, _user in self.planned(company=elsewhere)], ['mailing'])
        self.assertEqual(len(self.planned()), 1)

    def test_the_plan_says_how_often_and_how(self):
        self.turn(self.customer, 'key')
        self.turn(self.other_customer, 'potential')
        third = self.new_customer("Third")
        self.assertEqual(
            self.company._tianyuan_visit_plan(self.customer + self.other_customer + third),
            {self.customer.id: (30, 'onsite'), self.other_customer.id: (30, False)},
        )

    # -- potential customers ----------------------------------------------------------------------------

    def test_a_potential_customer_s_visit_goes_with_the_activity(self):
        self.turn(self.customer, 'potential')
        self.assertEqual(self.planned(), [('phone', date(2024, 3, 4), self.sales_user)])
        self.plan()
        self.cultivate('2024-03-05')
        self.assertEqual((len(self.planned()), len(self.cultivation())), (1, 1))

    def test_the_activity_done_the_visit_waits_for_its_report(self):
        self.turn(self.customer, 'potential')
        with freeze_time('2024-03-05 04:00:00'):
            self.cultivation().with_user(self.sales_user).action_feedback("Interested")
        visit = self.all_visits()
        self.assertEqual((visit.state, visit.date_done), ('done', date(2024, 3, 5)))
        self.assertEqual(str(visit.summary), "<p>Interested</p>")
        self.cultivate('2024-03-05')
        self.assertEqual(self.planned(), [('onsite', date(2024, 4, 4), self.sales_user)])

    def test_the_visit_done_the_activity_is_done(self):
        self.turn(self.customer, 'potential')
        with freeze_time('2024-03-06 04:00:00'):
            visit = self.all_visits().with_user(self.sales_user)
            visit.date_done = '2024-03-05'
            visit.action_done()
        self.assertFalse(self.cultivation())
        self.cultivate('2024-03-06')    # counted from the day of the visit
        self.assertEqual(self.planned(), [('onsite', date(2024, 4, 4), self.sales_user)])
        self.assertEqual(len(self.cultivation()), 1)

    def test_the_turn_goes_on_from_what_was_really_done(self):
        self.turn(self.customer, 'potential')
        visit = self.all_visits().with_user(self.sales_user)
        visit.kind = 'onsite'    # instead of the call
        self.assertEqual(self.cultivation().activity_type_id, self.env.ref(VISIT))
        visit.action_done()
        self.cultivate('2024-03-05')
        self.assertEqual(self.planned()[0][0], 'mailing')

    def test_a_day_moved_in_one_place_is_moved_in_the_other(self):
        self.turn(self.customer, 'potential')
        self.all_visits().with_user(self.sales_user).date_planned = '2024-03-08'
        self.assertEqual(self.cultivation().date_deadline, date(2024, 3, 8))
        self.cultivation().with_user(self.sales_user).date_deadline = '2024-03-12'
        self.assertEqual(self.planned()[0][1], date(2024, 3, 12))

    def test_it_goes_with_the_potential_customer_to_a_colleague(self):
        self.turn(self.customer, 'potential')
        self.customer.user_id = self.colleague
        self.cultivate('2024-03-05')
        self.assertEqual(self.planned(), [('phone', date(2024, 3, 4), self.colleague)])
        self.assertEqual(self.cultivation().user_id, self.colleague)

    def test_what_somebody_planned_is_taken_for_the_activity(self):
        own = self.new_visit(date_planned='2024-03-15', kind='onsite')
        self.turn(self.customer, 'potential')
        self.assertEqual(self.all_visits(), own.sudo())
        self.assertEqual(
            (self.cultivation().date_deadline, self.cultivation().activity_type_id),
            (date(2024, 3, 15), self.env.ref(VISIT)),
        )
        own.action_done()
        self.assertFalse(self.cultivation())

    def test_the_first_deal_ends_it(self):
        self.turn(self.customer, 'potential')
        self.order(self.customer, '2024-03-10 04:00:00', 1000)
        self.assertEqual(self.customer.tianyuan_customer_class, 'ordinary')
        self.assertFalse(self.all_visits())
        self.plan('2024-03-11')
        self.assertEqual([kind for kind, _day, _user in self.planned()], ['phone'])

    def test_a_deleted_activity_is_planned_anew_with_the_same_visit(self):
        self.turn(self.customer, 'potential')
        visit = self.all_visits()
        self.cultivation().with_user(self.sales_user).unlink()
        self.cultivate('2024-03-05')
        self.assertEqual(self.all_visits(), visit)
        self.assertEqual(self.planned(), [('phone', date(2024, 3, 5), self.sales_user)])

    def test_a_cancelled_visit_of_a_potential_customer_is_planned_anew(self):
        self.turn(self.customer, 'potential')
        self.all_visits().with_user(self.sales_user).action_cancel()
        self.assertFalse(self.cultivation())
        self.cultivate('2024-03-05')
        self.assertEqual(self.planned(), [('phone', date(2024, 3, 5), self.sales_user)])

    def test_a_plan_that_says_how_comes_before_the_turn(self):
        plan = type(self.company)._tianyuan_visit_plan
        self.patch(type(self.company), '_tianyuan_visit_plan', lambda company, partners: {
            partner_id: (days, 'mailing') for partner_id, (days, _kind) in plan(company, partners).items()
        })
        self.turn(self.customer, 'potential')
        self.assertEqual(self.planned()[0][0], 'mailing')

    def test_merged_customers_have_one_next_visit(self):
        self.turn(self.customer + self.other_customer, 'key')
        self.plan()
        finding = self.reported_visit({'finding_type': 'demand'}).finding_ids
        wizard = self.env['base.partner.merge.automatic.wizard'].sudo().create({})
        wizard._merge((self.customer + self.other_customer).ids, self.other_customer)
        self.assertEqual(finding.sudo().partner_id, self.other_customer.sudo())
        self.plan('2024-03-05')
        self.assertEqual(len(self.planned(self.other_customer)), 1)

    def test_merged_into_a_contact_visits_are_the_contacts_companys(self):
        self.turn(self.customer + self.other_customer, 'key')
        self.plan()
        finding = self.reported_visit({'finding_type': 'demand'}).finding_ids
        contact = self.new_contact(self.other_customer)
        self.customer.is_company = False
        wizard = self.env['base.partner.merge.automatic.wizard'].sudo().create({})
        wizard._merge((self.customer + contact).ids, contact, extra_checks=False)
        finding = finding.sudo()
        self.assertEqual((finding.visit_id.partner_id, finding.partner_id), (self.other_customer.sudo(),) * 2)
        self.plan('2024-03-05')
        self.assertEqual(len(self.planned(self.other_customer)), 1)

    def test_who_becomes_a_contact_is_visited_no_more_and_stops_nobody_elses_visits(self):
        person = self.new_customer("Person", is_company=False, user_id=self.sales_user.id)
        prospect = self.new_customer("Prospect", is_company=False, user_id=self.sales_user.id)
        self.turn(person, 'key')
        self.plan()
        self.assertTrue(self.planned(person))
        (person + prospect).parent_id = self.other_customer
        self.turn(prospect, 'potential')
        self.turn(self.customer, 'key')
        self.plan('2024-03-05')
        self.assertFalse(self.planned(person + prospect))
        self.assertTrue(self.planned(self.customer))

    def test_a_company_merged_into_a_contact_keeps_its_visits(self):
        finding = self.reported_visit({'finding_type': 'demand'}).finding_ids
        contact = self.new_contact(self.other_customer)
        wizard = self.env['base.partner.merge.automatic.wizard'].sudo().create({})
        wizard._merge((self.customer + contact).ids, contact, extra_checks=False)
        self.assertEqual(contact.commercial_partner_id, contact)
        finding = finding.sudo()
        self.assertEqual((finding.visit_id.partner_id, finding.partner_id), (contact.sudo(),) * 2)

    # -- however many -----------------------------------------------------------------------------------

    def test_a_thousand_customers_take_few_more_queries_than_ten(self):
        few, many = (
            self.env['res.partner'].create([
                {'name': f"{name} {number}", 'is_company': True, 'user_id': self.sales_user.id}
                for number in range(count)
            ]) for name, count in (("Few", 10), ("Many", 1000))
        )
        self.turn(self.customer, 'key')
        self.plan()    # warm up
        self.turn(few + many, 'key')
        planning = [self.queries(lambda c=customers: c._tianyuan_plan_visits(self.company)) for customers in (few, many)]
        self.assertEqual([len(self.planned(customers)) for customers in (few, many)], [10, 1000])
        self.assertLessEqual(planning[0], 43)    # three of them for the working hours and holidays
        # rows are written in batches; each visit draws its number from the company's sequence
        self.assertLessEqual(planning[1], planning[0] + 30 + 2 * 990)
        again = [self.queries(lambda c=customers: c._tianyuan_plan_visits(self.company)) for customers in (few, many)]
        self.assertLessEqual(again[1], again[0] + 2)
        self.assertLessEqual(again[1], 16)    # one of them for the working hours
        self.company.tianyuan_visit_key_days = 0
        ending = [self.queries(lambda c=customers: c._tianyuan_plan_visits(self.company)) for customers in (few, many)]
        self.assertLessEqual(ending[1], ending[0] + 10)
        self.assertFalse(self.all_visits(few + many))

"""Policies per class, tier and channel: which one holds, and what isn't accepted (policy 6.4, 7.2, design §9)."""
import threading
import time
from contextlib import closing
from datetime import date

from freezegun import freeze_time
from psycopg2 import IntegrityError
from psycopg2.errors import SerializationFailure

from odoo import api
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.sql_db import db_connect
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from ..tools.purchases import complete_months, monthly_averages
from .common import PolicyCommon


@tagged('post_install', '-at_install', 'smoke')
class TestCustomerPolicy(PolicyCommon):

    def holding(self, customer=None, day='2024-07-10'):
        customer = customer or self.customer
        with freeze_time(f'{day} 04:00:00'):
            return self.policies._find_in_force(self.company, customer).get(customer.id, self.policies)

    # -- which one holds --------------------------------------------------------------------------

    def test_the_most_specific_policy_holds(self):
        self.classify(self.customer, 'key', 'AAA')    # a distributor
        for values in ({}, {'channel': 'distributor'}, {'tier_id': self.tier('AAA').id},
                       {'tier_id': self.tier('AAA').id, 'channel': 'distributor'}):
            policy = self.policy(**values)
            with self.subTest(values=values):
                self.assertEqual(self.holding(), policy)

    def test_policies_for_others_dont_hold(self):
        self.classify(self.customer, 'key', 'AAA')
        self.policy('ordinary')
        self.policy(tier_id=self.tier('AA').id)
        self.policy(channel='direct')
        self.policy(tier_id=self.tier('AAA').id, active=False)
        self.assertFalse(self.holding())

    def test_who_has_no_class_has_no_policy(self):
        for customer_class in ('key', 'ordinary', 'potential'):
            self.policy(customer_class)
        self.assertFalse(self.holding())

    def test_a_policy_holds_from_its_first_to_its_last_day(self):
        self.classify(self.customer)
        spring = self.policy(date_from='2024-01-01', date_to='2024-06-30')
        summer = self.policy(date_from='2024-07-01')
        self.assertFalse(self.holding(day='2023-12-31'))
        self.assertEqual(self.holding(day='2024-01-01'), spring)
        self.assertEqual(self.holding(day='2024-06-30'), spring)
        self.assertEqual(self.holding(day='2024-07-01'), summer)

    def test_the_day_is_the_companys(self):
        """At 17:00 UTC it is tomorrow in Shanghai."""
        self.classify(self.customer)
        summer = self.policy(date_from='2024-07-01')
        with freeze_time('2024-06-30 17:00:00'):
            self.assertEqual(self.policies._find_in_force(self.company, self.customer)[self.customer.id], summer)

    def test_another_companys_policy_and_class_dont_count(self):
        other = self.env['res.company'].create({'name': "Other"})
        self.policies.sudo().create({'name': "Theirs", 'company_id': other.id, 'customer_class': 'key'})
        self.classify(self.customer)
        self.assertFalse(self.holding())
        self.policy('ordinary')
        self.classify(self.customer, 'ordinary', company=other)
        self.assertFalse(self.holding())

    # -- what isn't accepted ----------------------------------------------------------------------

    def test_amounts_and_dates_that_cannot_be_right(self):
        policy = self.policy()
        for name, value in (('credit_limit', -1), ('date_from', '0001-01-01')):
            with self.subTest(name, value=value), self.assertRaisesRegex(ValidationError, "can't be right"):
                policy.write({name: value})

    def test_two_policies_for_the_same_customers_at_one_time_are_refused(self):
        tier = self.tier('AAA').id
        same = {'tier_id': tier, 'channel': 'direct'}
        spring = self.policy(name="Spring", date_from='2024-01-01', date_to='2024-06-30', **same)
        for dates in ({}, {'date_from': '2024-06-30'}, {'date_to': '2024-01-01'},
                      {'date_from': '2024-02-01', 'date_to': '2024-03-01'}):
            with self.subTest(dates=dates), self.assertRaisesRegex(
                ValidationError,
                "“Second” and “Spring” hold for the same class, tier and channel at the same time. "
                "End one before the other begins.",
            ), self.env.cr.savepoint():
                self.policy(name="Second", **same, **dates)
        summer = self.policy(name="Summer", date_from='2024-07-01', **same)
        with self.assertRaisesRegex(ValidationError, "“Summer” and “Spring”|“Spring” and “Summer”"):
            summer.date_from = '2024-06-30'
        spring.active = False
        summer.date_from = '2024-06-30'
        with self.assertRaisesRegex(ValidationError, "hold for the same class"):
            spring.active = True

    def test_policies_for_different_customers_are_accepted(self):
        """Empty is a value of its own: any tier, any channel."""
        tiers = self.tier('AAA').id, self.tier('AA').id, False
        for customer_class in ('key', 'ordinary', 'potential'):
            for tier in tiers:
                for channel in ('distributor', 'direct', False):
                    self.policy(customer_class, tier_id=tier, channel=channel)
        self.env.flush_all()
        self.assertEqual(len(self.policies.search([])), 27)

    @mute_logger('odoo.sql_db')
    def test_impossible_values_are_refused(self):
        for values in (
            {'date_from': '2024-02-01', 'date_to': '2024-01-31'},
            {'credit_limit_kind': 'fixed', 'credit_limit': 0},
            {'credit_limit_kind': 'fixed', 'credit_limit': -1},
            {'credit_limit_kind': 'purchases', 'credit_limit_factor': 0},
            {'visit_interval': -1},
        ):
            with self.subTest(values=values), self.assertRaises(IntegrityError), self.env.cr.savepoint():
                self.policy(**values)

    def test_price_lists_and_terms_of_another_company_are_refused(self):
        other = self.env['res.company'].create({'name': "Other"})
        with self.assertRaisesRegex(UserError, "Theirs"):
            self.policy('key', pricelist_id=self.new_pricelist("Theirs", other).id)
        term = self.env['account.payment.term'].create({'name': "Their terms", 'company_id': other.id})
        with self.assertRaisesRegex(UserError, "Their terms"):
            self.policy('ordinary', payment_term_id=term.id)

    def test_a_copy_waits_to_be_used(self):
        copy = self.policy(name="Key").copy()
        self.assertEqual((copy.name, copy.active), ("Key (copy)", False))

    # -- monthly purchases ------------------------------------------------------------------------

    def averages(self, *customers, day=date(2024, 7, 10), company=None):
        found = monthly_averages(
            self.env, company or self.company, day, [customer.id for customer in customers or (self.customer,)])
        return {self.env['res.partner'].browse(partner_id).name: amount for partner_id, amount in found.items()}

    def test_the_last_twelve_complete_months(self):
        self.assertEqual(complete_months(date(2024, 7, 10)), (date(2023, 7, 1), date(2024, 6, 30)))
        self.assertEqual(complete_months(date(2024, 7, 1)), (date(2023, 7, 1), date(2024, 6, 30)))
        self.assertEqual(complete_months(date(2024, 2, 29)), (date(2023, 2, 1), date(2024, 1, 31)))
        self.assertEqual(complete_months(date(2024, 3, 1)), (date(2023, 3, 1), date(2024, 2, 29)))

    def test_the_average_is_a_twelfth_of_invoices_less_refunds_before_tax(self):
        """(700,000 + 500,000 − 120,000) ÷ 12 = 90,000; the months without purchases count too."""
        self.invoice(self.customer, '2023-07-01', 700_000, tax=self.tax_13)
        self.invoice(self.customer, '2024-06-30', 500_000)
        self.invoice(self.customer, '2024-03-15', 120_000, kind='out_refund')
        for day in ('2023-06-30', '2024-07-01'):    # outside
            self.invoice(self.customer, day, 1_000_000)
        self.invoice(self.customer, '2024-05-01', 1_000_000, post=False)
        self.assertEqual(self.averages(), {"Customer": 90_000.0})

    def test_what_contacts_buy_is_their_companys(self):
        self.invoice(self.new_contact(self.customer), '2024-01-10', 120_000)
        self.assertEqual(self.averages(self.customer, self.other_customer), {"Customer": 10_000.0})

    def test_foreign_invoices_count_as_posted(self):
        """10,000 dollars at 7.20 and 10,000 at 7.00 are 142,000; ÷ 12 = 11,833.33…"""
        usd = self.new_usd(('2024-01-01', 7.2), ('2024-04-01', 7.0))
        self.invoice(self.customer, '2024-02-01', 10_000, currency=usd)
        self.invoice(self.customer, '2024-05-01', 10_000, currency=usd)
        self.assertAlmostEqual(self.averages()["Customer"], 142_000 / 12, places=6)

    def test_another_companys_invoices_dont_count(self):
        other = self.setup_other_company(name="Other")['company']
        self.invoice(self.customer, '2024-02-01', 120_000)
        self.invoice(self.customer, '2024-02-01', 600_000, company=other)
        self.assertEqual(self.averages(), {"Customer": 10_000.0})
        self.assertEqual(self.averages(company=other), {"Customer": 50_000.0})

    # -- visits -----------------------------------------------------------------------------------

    def test_visits_follow_the_policy(self):
        self.classify(self.customer, 'key', 'AAA')
        self.classify(self.other_customer, 'potential')
        third = self.new_customer("Third")
        customers = self.customer + self.other_customer + third
        defaults = self.company._tianyuan_visit_plan(customers)
        self.policy('key', visit_interval=30, visit_kind='onsite')
        self.policy('potential', visit_interval=14)
        self.assertEqual(self.company._tianyuan_visit_plan(customers), {
            self.customer.id: (30, 'onsite'), self.other_customer.id: (14, False),
        })
        self.assertNotIn(third.id, defaults)
        self.assertEqual(self.company._tianyuan_cultivation_intervals(self.other_customer), {self.other_customer.id: 14})

    def test_a_policy_without_an_interval_leaves_the_companys(self):
        self.company.tianyuan_cultivation_interval_days = 45
        self.classify(self.customer, 'potential')
        before = self.company._tianyuan_visit_plan(self.customer)
        self.policy('potential')
        self.assertEqual(self.company._tianyuan_visit_plan(self.customer), before)
        self.assertEqual(self.company._tianyuan_cultivation_intervals(self.customer), {self.customer.id: 45})

    def test_cultivation_follows_the_policy(self):
        """Called on 1 July, next in 14 days."""
        self.customer.user_id = self.sales_user
        self.policy('potential', visit_interval=14)
        activities = self.env['mail.activity'].sudo()
        domain = [('res_model', '=', 'res.partner'), ('res_id', '=', self.customer.id)]
        with freeze_time('2024-07-01 04:00:00'):
            self.classify(self.customer, 'potential')
            activities.search(domain).with_user(self.sales_user).action_feedback("Interested")
            self.env.flush_all()
            self.env['res.partner']._cron_tianyuan_cultivate()
        self.assertEqual(activities.search(domain).date_deadline, date(2024, 7, 15))

    def test_visits_of_many_take_as_many_queries_as_of_one(self):
        customers = self.env['res.partner'].create([
            {'name': f"Customer {number}", 'is_company': True} for number in range(60)
        ])
        self.classify(customers)
        self.policy(visit_interval=30)
        one = self.queries(lambda: self.company._tianyuan_visit_plan(customers[0]))
        self.assertLessEqual(self.queries(lambda: self.company._tianyuan_visit_plan(customers)), one)

    # -- who reads them ---------------------------------------------------------------------------

    def test_managers_write_policies_and_finance_reads_them(self):
        policy = self.policy(quality_terms="<p>Grade A</p>")
        self.assertEqual(policy.with_user(self.finance_assessor).name, policy.name)
        with self.assertRaises(AccessError):
            policy.with_user(self.finance_assessor).name = "Mine"
        for user in (self.sales_user, self.archive_specialist):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                policy.with_user(user).read(['name'])

    def test_the_customers_page_tells_the_terms_to_everyone_with_a_role(self):
        self.classify(self.customer)
        policy = self.policy(quality_terms="<p>Grade A</p>", service_terms="<p>In two days</p>")
        self.env.flush_all()
        for user in (self.sales_user, self.archive_specialist, self.finance_assessor, self.rating_manager):
            with self.subTest(user=user.login):
                self.env.invalidate_all()
                customer = self.customer.with_user(user)
                self.assertIn("Grade A", customer.tianyuan_quality_terms)
                self.assertIn("In two days", customer.tianyuan_service_terms)
                if user in (self.finance_assessor, self.rating_manager):
                    self.assertEqual(customer.tianyuan_policy_id, policy)
                else:
                    with self.assertRaises(AccessError):
                        customer.read(['tianyuan_policy_id'])
        self.assertFalse(self.other_customer.with_user(self.sales_user).tianyuan_quality_terms)


@tagged('post_install', '-at_install')
class TestPoliciesTogether(TransactionCase):
    """With transactions of their own, which are committed; so nothing else is prepared here."""

    def test_two_who_save_at_the_same_moment_never_overlap(self):
        """Neither if the second one waits for the first, nor if the first is through before the second saves."""
        for waits in (True, False):
            with self.subTest(waits=waits):
                self.assertEqual(self.outcome(waits), ['repeat', 'refused'])

    def outcome(self, waits):
        database = db_connect(self.env.cr.dbname)
        self.addCleanup(self.remove, database)
        outcome, begun, saved = [], threading.Event(), threading.Event()

        def second():
            with closing(database.cursor()) as cr:
                cr.execute("SELECT 1")    # its snapshot is older than the first one's policy
                cr.execute("SET LOCAL lock_timeout = '20s'")
                begun.set()
                saved.wait(20)
                try:
                    with mute_logger('odoo.sql_db'):
                        self.save(cr, "Second", '2024-06-01')
                    outcome.append('saved')
                except SerializationFailure:
                    outcome.append('repeat')
                    cr.rollback()
                    try:
                        self.save(cr, "Second", '2024-06-01')
                    except ValidationError as refusal:
                        outcome.append('refused' if "“First”" in str(refusal) else str(refusal))
                cr.rollback()

        thread = threading.Thread(target=second)
        thread.start()
        begun.wait(20)
        with closing(database.cursor()) as cr:
            self.save(cr, "First", '2024-01-01')
            if waits:
                saved.set()
                time.sleep(0.3)
                self.assertEqual(outcome, [], "the second one waits")
            cr.commit()
        saved.set()
        thread.join(30)
        self.remove(database)
        return outcome

    @staticmethod
    def save(cr, name, date_from):
        env = api.Environment(cr, api.SUPERUSER_ID, {})
        env['tianyuan.customer.policy'].create({
            'name': name, 'company_id': env.ref('base.main_company').id, 'customer_class': 'potential',
            'channel': 'direct', 'date_from': date_from,
        })

    @staticmethod
    def remove(database):
        with closing(database.cursor()) as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            env['tianyuan.customer.policy'].search([
                ('company_id', '=', env.ref('base.main_company').id), ('name', 'in', ("First", "Second")),
            ]).unlink()
            cr.commit()

"""Dynamic management (policy 6.5, 7.3): a manager's class holds for a time, whatever the ratings say."""
from datetime import timedelta

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import format_date, mute_logger

from .sheets import SheetCommon

ORDINARY = {'loyalty': 4}    # 89 points: AA, which is ordinary for a distributor


@tagged('post_install', '-at_install')
class TestClassOverride(SheetCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Override = cls.env['tianyuan.class.override']
        cls.today = fields.Date.context_today(cls.Override)
        cls.last_day = cls.today + timedelta(days=30)

    def override(self, customer_class='ordinary', customer=None, user=None, **values):
        return self.Override.with_user(user or self.rating_manager).create({
            'partner_id': (customer or self.customer).id, 'company_id': self.company.id,
            'customer_class': customer_class, 'date_to': self.last_day, 'reason': "Losses two years running", **values,
        })

    def reasons(self):
        return self.env['tianyuan.class.history'].search(
            [('partner_id', '=', self.customer.id)], order='id').mapped('reason')

    # -- overriding -----------------------------------------------------------------------------

    def test_a_manager_lists_a_key_customer_as_ordinary_and_the_history_says_why(self):
        self.confirmed_sheet()
        override = self.override()
        self.assertEqual((override.state, override.date_from, override.user_id),
                         ('active', self.today, self.rating_manager))
        self.assertEqual(
            (self.customer.tianyuan_customer_class, self.customer.tianyuan_tier_id.name, self.customer.tianyuan_score),
            ('ordinary', 'AAA', 100))
        self.assertEqual(self.history(), [(False, 'AAA', False, 'key'), ('AAA', 'AAA', 'key', 'ordinary')])
        self.assertEqual(
            self.reasons()[-1], f"Class overridden until {self.last_day}: Losses two years running")

    def test_an_ordinary_customer_is_kept_as_key(self):
        self.confirmed_sheet(**ORDINARY)
        self.override('key')
        self.assertEqual((self.customer.tianyuan_customer_class, self.customer.tianyuan_tier_id.name), ('key', 'AA'))

    def test_what_an_override_needs(self):
        self.confirmed_sheet()
        for values, message in (
            ({'date_to': self.today}, "lies ahead"),
            ({'reason': '  '}, "Say why"),
            ({'customer_class': 'key'}, "has this class already"),
            ({'partner_id': self.other_customer.id}, "confirm a rating first"),
        ):
            with self.subTest(message), self.assertRaisesRegex((UserError, ValidationError), message):
                with self.cr.savepoint():
                    self.override(**values)
        self.assertEqual(self.customer.tianyuan_customer_class, 'key')

    def test_a_potential_customer_is_not_overridden(self):
        self.confirmed_sheet_of_a_prospect()
        with self.assertRaisesRegex(UserError, "neither a key nor an ordinary"):
            self.override()

    def confirmed_sheet_of_a_prospect(self):
        sheet = self.ready_sheet(kind='prospect')
        sheet.action_confirm()
        self.assertEqual(self.customer.tianyuan_customer_class, 'potential')
        return sheet

    def test_the_customer_of_a_contact_is_overridden(self):
        self.confirmed_sheet()
        override = self.override(customer=self.new_contact(self.customer))
        self.assertEqual(override.partner_id, self.customer)

    @mute_logger('odoo.sql_db')
    def test_one_override_at_a_time(self):
        self.confirmed_sheet()
        override = self.override()
        with self.assertRaises(IntegrityError) as refused, self.cr.savepoint():
            self.override('key')
        self.assertIn("End it first", self.Override._sql_error_to_message(refused.exception))
        override.action_end()
        self.override()
        with self.assertRaisesRegex(UserError, "can't be duplicated"):
            override.copy()

    # -- ratings while it runs --------------------------------------------------------------------

    def test_ratings_leave_a_running_override_alone_and_the_tier_follows_them(self):
        self.confirmed_sheet(day='2024-03-31')
        self.override()
        self.buy(self.customer, '2023-03-15', 50_000_000)
        sheet = self.confirmed_sheet(loyalty=12)
        self.assertEqual(
            (self.customer.tianyuan_customer_class, self.customer.tianyuan_score, sheet.customer_class,
             self.customer.tianyuan_is_major_account),
            ('ordinary', 97, 'key', True))
        self.assertEqual(len(self.history()), 2, "neither tier nor class changed")

        sheet.action_reopen("Wrong loyalty")
        self.assertEqual((self.customer.tianyuan_customer_class, self.customer.tianyuan_score), ('ordinary', 100))

        lower = self.confirmed_sheet(day='2024-09-30', credit_performance=0)    # 80: AA
        self.assertEqual(self.history()[-1], ('AAA', 'AA', 'ordinary', 'ordinary'))
        self.assertEqual(lower.tier_change, 'down')

    def test_reopening_the_only_rating_leaves_the_class_of_the_override(self):
        sheet = self.confirmed_sheet()
        self.override()
        sheet.action_reopen("By mistake")
        self.assertEqual((self.customer.tianyuan_customer_class, self.customer.tianyuan_tier_id.id),
                         ('ordinary', False))
        self.Override.search([]).action_end()
        self.assertFalse(self.customer.tianyuan_customer_class)

    # -- its end -----------------------------------------------------------------------------------

    def test_after_its_last_day_the_class_of_the_last_confirmed_rating_counts(self):
        self.confirmed_sheet(day='2024-03-31', **ORDINARY)
        override = self.override('key', date_to=self.today + timedelta(days=1))
        self.confirmed_sheet(self.other_customer, day='2024-03-31')
        other = self.override(customer=self.other_customer)
        for days, expected in ((1, ('key', 'active')), (2, ('ordinary', 'ended'))):
            with self.subTest(days), freeze_time(self.today + timedelta(days=days)):
                self.Override.sudo()._cron_end()
                self.assertEqual((self.customer.tianyuan_customer_class, override.state), expected)
        self.assertEqual(override.ended_on, self.today + timedelta(days=2))
        self.assertEqual((self.other_customer.tianyuan_customer_class, other.state), ('ordinary', 'active'))
        self.assertEqual(self.history()[-1], ('AA', 'AA', 'key', 'ordinary'))
        self.assertEqual(self.reasons()[-1], "Override ended: Losses two years running")

    def test_a_manager_ends_it_early(self):
        sheet = self.confirmed_sheet()
        override = self.override()
        override.with_user(self.rating_manager).action_end()
        self.assertEqual((self.customer.tianyuan_customer_class, override.state, override.ended_on),
                         ('key', 'ended', self.today))
        row = self.env['tianyuan.class.history'].search([('partner_id', '=', self.customer.id)], limit=1)
        self.assertEqual((row.new_class, row.rating_id, row.user_id), ('key', sheet, self.rating_manager))
        with self.assertRaisesRegex(UserError, "ended already"):
            override.action_end()

    def test_who_has_bought_meanwhile_does_not_become_potential_again(self):
        self.confirmed_sheet_of_a_prospect()
        self.order(self.customer, '2024-08-01 04:00:00', 1000)
        self.override('key').action_end()
        self.assertEqual(self.customer.tianyuan_customer_class, 'ordinary')

    def test_many_overrides_end_with_the_queries_of_a_few(self):
        def overrides(count):
            customers = self.env['res.partner'].create([
                {'name': f"Customer {number}", 'is_company': True} for number in range(count)])
            self.env['res.partner']._tianyuan_change_class(
                self.company, {customer: {'new_class': 'key', 'reason': "Test"} for customer in customers})
            return self.Override.create([{
                'partner_id': customer.id, 'company_id': self.company.id, 'customer_class': 'ordinary',
                'date_to': self.last_day, 'reason': "Test",
            } for customer in customers])

        def queries(ended):
            return self.queries(lambda: ended.sudo()._end())

        warm_up, few, many = overrides(1), overrides(3), overrides(60)
        queries(warm_up)
        self.assertLessEqual(queries(many), queries(few))

    # -- who may -----------------------------------------------------------------------------------

    def test_only_a_manager_overrides_and_ends(self):
        self.confirmed_sheet()
        others = (self.sales_user, self.archive_specialist, self.finance_assessor)
        for user in others:
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.override(user=user)
        override = self.override()
        for user in others:
            with self.subTest(user.login), self.assertRaises(AccessError):
                override.with_user(user).action_end()
        self.assertEqual((self.customer.tianyuan_customer_class, override.state), ('ordinary', 'active'))

    def test_who_sees_an_override(self):
        foreign = self.new_role_user('sales_user', login='other_salesperson')
        self.confirmed_sheet()
        override = self.override()
        for user, rights in (
            (self.sales_user, 'r'), (foreign, ''), (self.archive_specialist, 'r'), (self.finance_assessor, 'r'),
            (self.rating_manager, 'cr'),
        ):
            with self.subTest(user.login):
                allowed = ''.join(
                    operation[0] for operation in ('create', 'read', 'write', 'unlink')
                    if override.with_user(user).has_access(operation))
                self.assertEqual(allowed, rights)

    def test_what_follows_by_itself_is_neither_entered_nor_preset(self):
        self.confirmed_sheet()
        values = {'state': 'ended', 'user_id': self.sales_user.id, 'date_from': '2020-01-01', 'ended_on': '2020-01-01'}
        for name, value in values.items():
            with self.subTest(name), self.assertRaises(AccessError):
                self.override(**{name: value})
        manager = self.Override.with_user(self.rating_manager)
        self.Override = manager.with_context(**{f'default_{name}': value for name, value in values.items()})
        override = self.override(user=self.rating_manager)
        self.assertEqual((override.state, override.user_id, override.date_from, override.ended_on),
                         ('active', self.rating_manager, self.today, False))

    def test_each_company_has_its_own_class(self):
        elsewhere = self.setup_other_company()['company']
        self.confirmed_sheet()
        self.env['res.partner']._tianyuan_change_class(
            elsewhere, {self.customer: {'new_class': 'key', 'reason': "Test"}})
        with self.assertRaises(AccessError):
            self.override(company_id=elsewhere.id)
        self.override()
        self.assertEqual(self.customer.tianyuan_customer_class, 'ordinary')
        self.assertEqual(self.customer.with_company(elsewhere).tianyuan_customer_class, 'key')

        self.rating_manager.sudo().company_ids += elsewhere
        foreign = self.override(company_id=elsewhere.id)
        self.assertEqual(self.customer.with_company(elsewhere).tianyuan_customer_class, 'ordinary')
        self.assertFalse(foreign.with_user(self.finance_assessor).has_access('read'))
        foreign.with_user(self.rating_manager).with_company(elsewhere).action_end()
        self.assertFalse(self.customer.with_company(elsewhere).tianyuan_customer_class, "not rated there")
        self.assertEqual(self.customer.tianyuan_customer_class, 'ordinary')

    # -- what the customer's page says ----------------------------------------------------------------

    def note(self, user, customer=None, company=None):
        customer = (customer or self.customer).with_user(user).with_company(company or self.company)
        customer.invalidate_recordset(['tianyuan_class_override_note'])
        return customer.tianyuan_class_override_note

    def test_the_customers_page_says_until_when_and_why(self):
        self.confirmed_sheet()
        self.assertFalse(self.note(self.rating_manager))
        override = self.override()
        day = format_date(self.env(user=self.rating_manager), self.last_day)
        expected = f"Class overridden until {day} (Losses two years running)"
        for user in (self.sales_user, self.archive_specialist, self.finance_assessor, self.rating_manager):
            with self.subTest(user.login):
                self.assertEqual(self.note(user), expected)
                self.assertIn('tianyuan_class_override_note',
                              self.env['res.partner'].with_user(user).get_view(view_type='form')['arch'])
        self.assertEqual(self.note(self.rating_manager, self.new_contact(self.customer)), expected)
        self.assertFalse(self.note(self.rating_manager, self.other_customer))
        override.with_user(self.rating_manager).action_end()
        self.assertFalse(self.note(self.rating_manager))

    def test_who_may_not_see_the_override_is_not_told(self):
        self.confirmed_sheet()
        self.override()
        foreign = self.new_role_user('sales_user', login='other_salesperson')
        self.assertFalse(self.note(foreign))
        outsider = new_test_user(self.env, login='outsider', groups='base.group_user')
        with self.assertRaises(AccessError):
            self.note(outsider)
        elsewhere = self.setup_other_company()['company']
        self.rating_manager.sudo().company_ids += elsewhere
        self.assertFalse(self.note(self.rating_manager, company=elsewhere))

    def test_the_note_takes_one_query_on_a_page_and_none_in_a_list(self):
        self.confirmed_sheet()
        self.override()
        customers = (self.customer + self.other_customer).with_user(self.rating_manager)
        customers.mapped('tianyuan_class_override_note')    # warm up
        customers.invalidate_recordset(['tianyuan_class_override_note'])
        with self.assertQueryCount(1):
            customers.mapped('tianyuan_class_override_note')
        arch = self.env['res.partner'].with_user(self.rating_manager).get_view(view_type='list')['arch']
        self.assertNotIn('tianyuan_class_override_note', arch)

    # -- on screen ---------------------------------------------------------------------------------

    def test_a_manager_overrides_from_the_customers_archive_page(self):
        self.confirmed_sheet()
        customer = self.customer.with_user(self.rating_manager)
        action = customer.action_tianyuan_override_class()
        [[view_id, _kind]] = action['views']
        with Form(self.Override.with_user(self.rating_manager).with_context(action['context']),
                  view=self.env['ir.ui.view'].browse(view_id)) as form:
            self.assertEqual(form.customer_class, 'ordinary')
            form.date_to = self.last_day
            form.reason = "Losses"
        self.assertEqual(self.customer.tianyuan_customer_class, 'ordinary')
        self.assertEqual(customer.action_tianyuan_override_class()['res_id'], form.record.id)
        page = self.env['res.partner'].with_user(self.rating_manager).get_view(view_type='form')['arch']
        self.assertIn('action_tianyuan_override_class', page)
        page = self.env['res.partner'].with_user(self.archive_specialist).get_view(view_type='form')['arch']
        self.assertNotIn('action_tianyuan_override_class', page)

    # -- customers that go ---------------------------------------------------------------------------

    def test_a_rated_customer_is_not_deleted(self):
        self.confirmed_sheet()
        with self.assertRaisesRegex(UserError, "Customer has been rated.*Archive the customer"):
            self.customer.unlink()
        self.customer.action_archive()
        self.other_customer.unlink()
        self.assertFalse(self.other_customer.exists())

    def merge(self, source, destination):
        self.env['base.partner.merge.automatic.wizard'].create({})._merge(
            (source + destination).ids, destination, extra_checks=False)

    def test_merging_keeps_the_override_of_the_destination(self):
        self.confirmed_sheet(day='2024-03-31')
        self.confirmed_sheet(self.other_customer, **ORDINARY)
        kept, dropped = self.override(), self.override('key', self.other_customer)
        self.merge(self.other_customer, self.customer)
        self.assertEqual((kept.state, dropped.state, dropped.partner_id), ('active', 'ended', self.customer))
        self.assertEqual((self.customer.tianyuan_customer_class, self.customer.tianyuan_tier_id.name),
                         ('ordinary', 'AA'))

    def test_merging_brings_the_only_override_along(self):
        self.confirmed_sheet(self.other_customer)
        override = self.override(customer=self.other_customer)
        self.merge(self.other_customer, self.customer)
        self.assertEqual((override.state, override.partner_id), ('active', self.customer))
        self.assertEqual(self.customer.tianyuan_customer_class, 'ordinary')

"""Everyday work costs a handful of queries more with the addon, however many records: partners, orders, invoices,
payments (design §1)."""
from contextlib import ExitStack, contextmanager
from itertools import count
from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import new_test_user, tagged

from odoo.addons.tianyuan_customer_rating.tests.common import MODULE, RatingCommon

EXTRA = 3
MANY = EXTRA + 1    # a query for each shows
USUAL = (
    'base.group_user,base.group_partner_manager,sales_team.group_sale_salesman_all_leads,'
    'account.group_account_invoice'
)
# what the addon does in everyday work, and what it does where there is nothing to do
ADDED = {
    'res.partner': {'_tianyuan_changes_completeness': False},
    'sale.order': {'_tianyuan_end_potential': None, '_check_tianyuan_approval': None},
    'account.move': {'_tianyuan_has_new_dealings': False, '_tianyuan_sync_bad_debt': None},
}


@tagged('post_install', '-at_install')
class TestEverydayBudget(RatingCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        tier = cls.env['tianyuan.rating.tier'].sudo().search([], limit=1)
        cls.customers = cls.env['res.partner'].sudo().create([
            {
                'name': f"Customer {number:03}", 'is_company': True, 'city': "Suzhou", 'phone': f"+86 512 {number:08}",
                'tianyuan_channel': 'direct', 'tianyuan_archive_state': 'filed',
            } for number in range(MANY)
        ])
        cls.customers.with_company(cls.company).write({'tianyuan_tier_id': tier.id, 'tianyuan_customer_class': 'key'})
        cls.contacts = cls.env['res.partner'].sudo().create([
            {'name': "Wang", 'parent_id': customer.id, 'phone': "139 0000 0000"} for customer in cls.customers
        ])
        cls.product = cls.env['product.product'].sudo().create({'name': "Resin", 'taxes_id': False})
        company = {'company_id': cls.company.id, 'company_ids': [Command.set(cls.company.ids)]}
        cls.people = [
            new_test_user(cls.env, login='budget_specialist', groups=f'{USUAL},{MODULE}.group_archive_specialist', **company),
            new_test_user(cls.env, login='budget_none', groups=USUAL, **company),
        ]
        # bought before
        cls.invoices(cls.customers, cls.env(su=True)).action_post()
        cls.env.cr.flush()

    @classmethod
    def invoices(cls, customers, env):
        return env['account.move'].create([
            {'move_type': 'out_invoice', 'partner_id': customer.id, 'invoice_date': fields.Date.today(), 'invoice_line_ids': [
                Command.create({'product_id': cls.product.id, 'price_unit': 100, 'tax_ids': []})]}
            for customer in customers
        ])

    @classmethod
    def orders(cls, customers, env):
        return env['sale.order'].create([
            {'partner_id': customer.id, 'date_order': '2024-05-06', 'order_line': [
                Command.create({'product_id': cls.product.id, 'product_uom_qty': 1, 'price_unit': 100})]}
            for customer in customers
        ])

    def spent(self, prepare, work, customers, user):
        """Queries of some work, saved and with what is left to do before a commit; what it works on is made before."""
        env = self.env(user=user, context={'allowed_company_ids': self.company.ids}, su=False)
        prepared = prepare(customers.with_env(env), env)
        self.env.cr.flush()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work(prepared)
        self.env.cr.flush()
        return self.env.cr.sql_log_count - before

    def assertCheap(self, prepare, work, customers=None):
        """The work takes few queries more than without what the addon adds to it, as many for one record as for many;
        of many records each would show in the sum. Without a role there is nothing else for one than for many."""
        customers = self.customers if customers is None else customers
        for user, sizes in zip(self.people, ((1, MANY), (MANY,)), strict=True):
            self.spent(prepare, work, customers[:MANY], user)    # warm up
            for many in sizes:
                with self.subTest(user=user.login, many=many):
                    ours = self.spent(prepare, work, customers[:many], user)
                    with self.without(ADDED):
                        without = self.spent(prepare, work, customers[:many], user)
                    self.assertLessEqual(ours - without, EXTRA)

    @contextmanager
    def without(self, added):
        """Some of the methods replaced by their results."""
        with ExitStack() as stack:
            for model, methods in added.items():
                for name, result in methods.items():
                    stack.enter_context(patch.object(
                        self.registry[model], name, lambda *args, result=result, **options: result))
            yield

    def test_creating_partners(self):
        for vals in ({'name': "New", 'is_company': True, 'phone': "+86 10 12345678"}, {'name': "Wang"}):
            self.assertCheap(
                lambda customers, env, vals=vals: env['res.partner'].with_context(vals=[dict(vals) for _ in customers]),
                lambda partners: partners.create(partners.env.context['vals']),
            )

    def test_writing_partners(self):
        numbers = count()

        def write(customers):
            for customer in customers:
                customer.write({'city': f"City {next(numbers)}", 'phone': f"+86 510 {next(numbers)}"})

        for partners in (self.customers, self.contacts):
            self.assertCheap(lambda customers, env: customers, write, partners)

    def test_confirming_orders(self):
        for partners in (self.customers, self.contacts):
            self.assertCheap(self.orders, lambda orders: orders.action_confirm(), partners)

    def test_confirming_orders_that_have_to_have_a_tier(self):
        self.company.tianyuan_order_no_tier = 'approve'
        for partners in (self.customers, self.contacts):
            self.assertCheap(self.orders, lambda orders: orders.action_confirm(), partners)

    def test_posting_invoices(self):
        for partners in (self.customers, self.contacts):
            self.assertCheap(self.invoices, lambda invoices: invoices.action_post(), partners)

    def test_registering_payments(self):
        def posted(customers, env):
            invoices = self.invoices(customers, env)
            invoices.action_post()
            self.analyze()    # Odoo's own query for an invoice's payments takes minutes without
            return invoices

        def pay(invoices):
            invoices.env['account.payment.register'].with_context(
                active_model='account.move', active_ids=invoices.ids,
            ).create({'group_payment': False}).action_create_payments()

        self.assertCheap(posted, pay)

    def test_an_order_needs_no_role(self):
        customer = self.customers[0].with_user(self.people[-1])
        order = self.orders(customer, self.env(user=self.people[-1], su=False))
        order.action_confirm()
        self.assertEqual(order.state, 'sale')

    def test_what_changes_is_still_seen(self):
        customer, contact = self.customers[0], self.contacts[0]
        customer.tianyuan_primary_contact_id = contact
        self.env['tianyuan.archive.requirement'].sudo().search([]).unlink()
        self.env['tianyuan.archive.requirement'].sudo().create([
            {'field_name': 'city'}, {'field_name': 'tianyuan_primary_contact_id.phone'},
        ])
        self.env['tianyuan.archive.document.type'].sudo().search([]).required = False
        user = self.people[-1]
        for partner, vals, percent in (
            (customer, {'city': "Wuxi"}, 100), (customer, {'city': False}, 50), (contact, {'phone': "1"}, 50),
            (contact, {'phone': False}, 0), (customer, {'city': "Suzhou"}, 50), (contact, {'phone': "2"}, 100),
        ):
            with self.subTest(vals=vals):
                self.env.cr.flush()
                self.env.invalidate_all()
                partner.with_user(user).write(vals)
                self.env.cr.flush()
                self.env.invalidate_all()
                self.assertEqual(customer.tianyuan_archive_completeness, percent)

    def test_no_stored_field_hangs_on_invoices_or_reconciliations(self):
        """They would be computed with every entry: what the addon stores of invoices it looks up when it is wanted."""
        hanging = set()

        def walk(tree):
            hanging.update(
                str(field) for field in tree.root
                if field.store and (
                    field.model_name == 'res.partner' or field.model_name.startswith('tianyuan.')
                    or field.name.startswith('tianyuan_')
                )
            )
            for subtree in tree.values():
                walk(subtree)

        for model in ('account.move', 'account.move.line', 'account.partial.reconcile', 'account.full.reconcile',
                      'account.payment'):
            for field in self.env[model]._fields.values():
                walk(self.registry.get_field_trigger_tree(field))
        self.assertFalse(hanging)

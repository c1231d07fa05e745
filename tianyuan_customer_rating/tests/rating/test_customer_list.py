"""The list of customers, and the customer's form: what is owed, whose customers come first, few buttons with counts."""
from datetime import timedelta

from lxml import etree

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .sheets import SheetCommon

MOST_STAT_BUTTONS = 4
# verb in the gear menu → roles that have it
GEAR = {
    'res_partner_action_quarter_to_date': {'sales_user', 'finance_assessor', 'archive_specialist', 'manager'},
    'res_partner_action_propose': {'sales_user', 'archive_specialist', 'manager'},
    'res_partner_action_borrow': {'sales_user', 'finance_assessor', 'archive_specialist', 'manager'},
    'res_partner_action_assess_prospect': {'sales_user', 'manager'},
    'res_partner_action_contact_profile': {'sales_user', 'archive_specialist', 'manager'},
}


@tagged('post_install', '-at_install')
class TestCustomerList(SheetCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_salesperson = cls.new_role_user('sales_user', login='other_salesperson')
        cls.foreign_customer = cls.new_customer("Foreign", user_id=cls.other_salesperson.id)
        cls.action = cls.env.ref('tianyuan_customer_rating.res_partner_action_customers').sudo()
        cls.roles = {
            'sales_user': cls.sales_user, 'archive_specialist': cls.archive_specialist,
            'finance_assessor': cls.finance_assessor, 'manager': cls.rating_manager,
        }

    def arch(self, user, view, view_type):
        return etree.fromstring(self.env['res.partner'].with_user(user).get_view(self.env.ref(view).id, view_type)['arch'])

    # -- whose customers -----------------------------------------------------------------------------

    def test_only_salespeople_begin_with_their_own_customers(self):
        wanted = [name.removeprefix('search_default_') for name, on in safe_eval(self.action.context).items()
                  if name.startswith('search_default_') and on]
        views = {}
        for role, user in self.roles.items():
            search = self.arch(user, 'base.view_res_partner_filter', 'search')
            filters = {node.get('name'): node.get('domain') for node in search.iter('filter')}
            mine = [name for name in filters if name.startswith('tianyuan_mine')]
            self.assertEqual(len(mine), 1, role)
            views[role] = [filters[name] for name in wanted if name in filters]
        self.assertEqual(views, {
            'sales_user': ["[('user_id', '=', uid)]"], 'archive_specialist': [], 'finance_assessor': [], 'manager': [],
        })
        # who has a second role works with everybody's customers
        both = self.new_role_user('sales_user', login='both_roles')
        both.sudo().group_ids = [Command.link(self.env.ref('tianyuan_customer_rating.group_finance_assessor').id)]
        names = [node.get('name') for node in self.arch(both, 'base.view_res_partner_filter', 'search').iter('filter')]
        self.assertNotIn('tianyuan_mine_first', names)

    def test_the_columns(self):
        view = self.action.view_ids.filtered(lambda view: view.view_mode == 'list').view_id
        for user in self.roles.values():
            arch = etree.fromstring(self.env['res.partner'].with_user(user).get_view(view.id, 'list')['arch'])
            shown = {node.get('name') for node in arch.iter('field') if node.get('optional') != 'hide'}
            self.assertLessEqual({'complete_name', 'tianyuan_tier_id', 'tianyuan_score', 'tianyuan_overdue_amount'}, shown)
            self.assertFalse({'email', 'country_id', 'vat'} & shown)

    # -- what is owed --------------------------------------------------------------------------------

    def owe(self, customer, amount, days, company=None):
        due = fields.Date.context_today(customer) - timedelta(days=days)
        invoice = self.invoice(customer, str(due - timedelta(days=30)), amount, due=str(due), company=company)
        return invoice

    def amounts(self, customers, user, **context):
        self.env.invalidate_all()
        return customers.with_user(user).with_context(**context).mapped('tianyuan_overdue_amount')

    def test_what_is_past_its_due_date_is_overdue(self):
        self.owe(self.customer, 1_000, 10)
        self.owe(self.customer, 234.56, 1)
        self.owe(self.customer, 5_000, -10)    # not due yet
        paid = self.owe(self.other_customer, 800, 10)
        self.pay(paid, str(fields.Date.context_today(paid)), 300)
        contact = self.new_contact(self.customer)
        unowed = self.new_customer("Owes nothing", user_id=self.sales_user.id)
        customers = self.customer + self.other_customer + contact + unowed
        for user in (self.sales_user, self.finance_assessor):
            self.assertEqual(self.amounts(customers, user), [1_234.56, 500, 1_234.56, 0], user.login)

    def test_salespeople_see_what_their_own_customers_owe(self):
        self.owe(self.customer, 1_000, 10)
        self.owe(self.foreign_customer, 70, 10)
        customers = self.customer + self.foreign_customer
        for user, amounts in (
            (self.sales_user, [1_000, 0]), (self.other_salesperson, [0, 70]), (self.finance_assessor, [1_000, 70]),
            (self.archive_specialist, [1_000, 70]), (self.rating_manager, [1_000, 70]),
        ):
            self.assertEqual(self.amounts(customers, user), amounts, user.login)

    def test_another_companys_books_do_not_count(self):
        elsewhere = self.setup_other_company()['company']
        both = self.new_role_user(
            'manager', login='manager_of_both', company_ids=[Command.set((self.company + elsewhere).ids)])
        self.customer.company_id = False
        self.owe(self.customer, 1_000, 10)
        self.owe(self.customer, 99, 10, company=elsewhere)
        for company, amount in ((self.company, 1_000), (elsewhere, 99)):
            self.assertEqual(self.amounts(self.customer, both, allowed_company_ids=company.ids), [amount])

    def test_a_page_of_customers_takes_no_more_queries_than_one(self):
        more = self.env['res.partner'].browse().concat(*(
            self.new_customer(f"Buyer {number}", user_id=self.sales_user.id) for number in range(20)))
        for customer in more:
            self.owe(customer, 10, 3)
        for user in (self.sales_user, self.rating_manager):
            names = ['tianyuan_overdue_amount', 'tianyuan_rating_count']
            one, many = more[0].with_user(user), (self.customer + more).with_user(user)
            self.queries_of(one, names)    # warm up
            few = self.queries_of(one, names)
            self.assertLessEqual(self.queries_of(many, names), few)
            self.assertEqual(sum(many.mapped('tianyuan_overdue_amount')), 200)

    def queries_of(self, partners, names):
        return self.queries(lambda: partners.read(names))

    # -- the form ------------------------------------------------------------------------------------

    def test_a_customer_has_at_most_four_buttons_with_counts(self):
        for is_company, parent_id in ((True, False), (True, 1), (False, False), (False, 1)):
            for role, user in self.roles.items():
                form = self.arch(user, 'base.view_partner_form', 'form')
                buttons = [button for button in form.iterfind(".//div[@name='button_box']/button")
                           if button.get('name', '').startswith('action_tianyuan')]
                shown = [button for button in buttons if not safe_eval(button.get('invisible') or 'False', {
                    'is_company': is_company, 'parent_id': parent_id, 'tianyuan_contact_profile_count': 1,
                })]
                with self.subTest(role, is_company=is_company, parent_id=parent_id):
                    self.assertLessEqual(len(shown), MOST_STAT_BUTTONS)
                    for button in buttons:
                        [count] = button.iter('field')
                        self.assertRegex(count.get('name'), '_count$')

    def test_verbs_are_in_the_gear_menu_of_whoever_may_do_them(self):
        actions = self.env['ir.actions.actions']
        for role, user in self.roles.items():
            bound = {
                action['id'] for action in actions.with_user(user).get_bindings('res.partner').get('action', ())
                if 'form' in action['binding_view_types']
            }
            found = {name for name in GEAR if self.env.ref(f'tianyuan_customer_rating.{name}').id in bound}
            self.assertEqual(found, {name for name, roles in GEAR.items() if role in roles}, role)

    def test_verbs_of_the_gear_menu_open_something(self):
        for name in ('propose', 'borrow', 'quarter_to_date'):
            action = self.env.ref(f'tianyuan_customer_rating.res_partner_action_{name}').with_user(self.sales_user)
            context = {'active_model': 'res.partner', 'active_id': self.customer.id, 'active_ids': self.customer.ids}
            self.customer.tianyuan_archive_state = 'collecting'
            with self.subTest(name):
                self.assertEqual(action.with_context(**context).run()['type'], 'ir.actions.act_window')
            foreign = {**context, 'active_id': self.foreign_customer.id, 'active_ids': self.foreign_customer.ids}
            if name != 'borrow':
                with self.assertRaises(AccessError):
                    action.with_context(**foreign).run()

    def test_the_number_of_ratings_leaves_cancelled_ones_out(self):
        self.computed_sheet()
        self.computed_sheet(day='2024-03-31').action_cancel()
        self.computed_sheet(day='2023-12-31')
        partners = self.customer + self.other_customer
        self.assertEqual(partners.with_user(self.sales_user).mapped('tianyuan_rating_count'), [2, 0])
        self.assertEqual(partners.with_user(self.other_salesperson).mapped('tianyuan_rating_count'), [0, 0])

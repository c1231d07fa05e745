"""People who have nothing to do with the addon work as they do without it."""
import re

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from .rating.sheets import SheetCommon


@tagged('post_install', '-at_install', 'smoke')
class TestGuest(SheetCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.administrator = cls.guest('guest_administrator', 'base.group_system')
        cls.salesperson = cls.guest('guest_salesperson', 'sales_team.group_sale_salesman_all_leads', 'base.group_partner_manager')
        cls.accountant = cls.guest('guest_accountant', 'account.group_account_invoice', 'base.group_partner_manager')

    @classmethod
    def guest(cls, login, *groups):
        """A user of Odoo's own groups only."""
        return new_test_user(
            cls.env, login, groups=','.join(('base.group_user', *groups)), lang='en_US',
            company_id=cls.company.id, company_ids=[Command.set(cls.company.ids)],
        )

    def users(self, **context):
        return self.env['res.users'].with_user(self.administrator).with_context(no_reset_password=True, **context)

    def filed_customer(self):
        self.customer.write({'tianyuan_cooperation_start_date': '2020-02-02'})
        self.customer.action_tianyuan_file_archive()
        self.assertEqual(self.customer.tianyuan_archive_state, 'filed')
        return self.customer

    # -- users -------------------------------------------------------------------------------------

    def test_an_administrator_creates_a_user_in_the_form(self):
        with Form(self.users(), view='base.view_users_form') as form:
            form.name = "Newcomer"
            form.login = 'guest_newcomer'
        user = self.env['res.users'].search([('login', '=', 'guest_newcomer')])
        self.assertEqual((user.name, user.partner_id.name), ("Newcomer", "Newcomer"))
        self.assertEqual(user.partner_id.tianyuan_archive_state, 'none')

    def test_an_administrator_imports_users(self):
        result = self.users().load(['name', 'login'], [["First", 'guest_first'], ["Second", 'guest_second']])
        self.assertFalse(result['messages'])
        self.assertEqual(len(result['ids']), 2)

    def test_an_administrator_duplicates_a_user(self):
        specialist = self.archive_specialist
        specialist.partner_id.write({'tianyuan_channel': 'direct', 'tianyuan_qq': '10001'})
        copy = specialist.with_user(self.administrator).with_context(no_reset_password=True).copy()
        self.assertNotEqual(copy.partner_id, specialist.partner_id)
        self.assertEqual(copy.group_ids, specialist.group_ids)
        partner = copy.partner_id.sudo()
        self.assertEqual((partner.tianyuan_channel, partner.tianyuan_archive_state), (False, 'none'))

    def test_a_manager_who_is_administrator_duplicates_a_user(self):
        self.administrator.group_ids = [Command.link(self.env.ref('tianyuan_customer_rating.group_manager').id)]
        copy = self.administrator.with_user(self.administrator).with_context(no_reset_password=True).copy()
        self.assertEqual(copy.partner_id.tianyuan_archive_state, 'none')

    def test_a_user_for_an_existing_customer_leaves_the_archive_as_it_is(self):
        roles = ('sales_user', 'archive_specialist', 'finance_assessor', 'manager')
        for number, with_roles in enumerate((False, True)):
            if with_roles:
                self.administrator.group_ids = [
                    Command.link(self.env.ref(f'tianyuan_customer_rating.group_{role}').id) for role in roles
                ]
            customer = self.new_customer(f"Customer {number}", email=f'customer{number}@example.com')
            customer.action_tianyuan_file_archive()
            before = (customer.tianyuan_archive_number, customer.tianyuan_channel, customer.tianyuan_archive_specialist_id)
            user = self.users(default_partner_id=customer.id).create({'name': customer.name, 'login': customer.email})
            with self.subTest(with_roles=with_roles):
                self.assertEqual(user.partner_id, customer)
                self.assertEqual(customer.tianyuan_archive_state, 'filed')
                self.assertEqual(before, (
                    customer.tianyuan_archive_number, customer.tianyuan_channel, customer.tianyuan_archive_specialist_id,
                ))

    def test_an_administrator_edits_and_archives_a_user(self):
        user = self.guest('guest_colleague').with_user(self.administrator)
        with Form(user, view='base.view_users_form') as form:
            form.name = "Renamed"
        user.active = False
        self.assertEqual((user.name, user.active), ("Renamed", False))

    def test_a_default_that_somebody_set_for_the_archive_stops_nobody(self):
        """Whoever may not write the archive simply gets no such default, neither on a partner nor on a user."""
        self.env['ir.default'].set('res.partner', 'tianyuan_channel', 'direct')
        self.env['ir.default'].set('res.partner', 'tianyuan_archive_state', 'filed')
        user = self.users().create({'name': "Newcomer", 'login': 'guest_newcomer'})
        partner = self.env['res.partner'].with_user(self.salesperson).create({'name': "New Paint Ltd"})
        for made in (user.partner_id + partner).with_env(self.env):
            self.assertEqual((made.tianyuan_channel, made.tianyuan_archive_state), (False, 'none'))

    def test_a_portal_user_signs_up(self):
        self.env['ir.config_parameter'].sudo().set_param('auth_signup.invitation_scope', 'b2c')
        login, _password = self.env['res.users'].sudo().signup({
            'name': "Visitor", 'login': 'visitor@example.com', 'password': 'a password of 24 letters',
        })
        visitor = self.env['res.users'].sudo().search([('login', '=', login)])
        self.assertTrue(visitor.share)
        visitor.partner_id.with_user(visitor).sudo().write({'city': "Suzhou"})
        self.assertEqual(visitor.partner_id.tianyuan_archive_state, 'none')

    def test_a_customer_with_an_archive_is_invited_to_the_portal(self):
        customer = self.filed_customer()
        customer.email = 'customer@example.com'
        wizard = self.env['portal.wizard'].with_user(self.administrator).with_context(active_ids=customer.ids).create({})
        wizard.user_ids.action_grant_access()
        self.assertTrue(customer.user_ids.share)
        self.assertEqual((customer.tianyuan_archive_state, customer.tianyuan_channel), ('filed', 'distributor'))

    def test_an_administrator_makes_a_company_and_saves_the_settings(self):
        company = self.env['res.company'].with_user(self.administrator).create({'name': "Branch Office"})
        self.assertEqual(company.partner_id.sudo().tianyuan_archive_state, 'none')
        self.company.tianyuan_archive_review_months = 5
        settings = Form(self.env['res.config.settings'].with_user(self.administrator)).save()
        settings.execute()
        self.assertEqual(self.company.tianyuan_archive_review_months, 5)

    # -- partners ----------------------------------------------------------------------------------

    def test_a_salesperson_creates_edits_duplicates_and_archives_partners(self):
        with Form(self.env['res.partner'].with_user(self.salesperson)) as form:
            form.name = "New Paint Ltd"
        partner = form.record
        with Form(partner) as form:
            form.city = "Suzhou"
        copy = partner.copy()
        partner.active = False
        self.assertEqual((copy.city, partner.active, copy.sudo().tianyuan_archive_state), ("Suzhou", False, 'none'))

    def test_a_salesperson_duplicates_a_filed_customer(self):
        copy = self.filed_customer().with_user(self.salesperson).copy()
        self.assertEqual(copy.sudo().tianyuan_archive_state, 'none')
        self.assertFalse(copy.sudo().tianyuan_cooperation_start_date)

    def test_a_salesperson_makes_contacts_and_moves_them_to_another_company(self):
        self.other_customer.tianyuan_channel = 'direct'
        contact = self.env['res.partner'].with_user(self.salesperson).create({
            'name': "Chen", 'parent_id': self.customer.id,
        })
        self.assertEqual(contact.sudo().tianyuan_channel, 'distributor')
        with Form(contact) as form:
            form.parent_id = self.other_customer.with_user(self.salesperson)
        self.assertEqual(contact.sudo().tianyuan_channel, 'direct')

    def test_contacts_of_a_filed_customer_stay_there(self):
        contact = self.env['res.partner'].with_user(self.salesperson).create({
            'name': "Chen", 'parent_id': self.filed_customer().id, 'city': "Suzhou",
        })
        with self.assertRaises(AccessError) as refused:
            contact.parent_id = self.other_customer
        self.assertIn("there is a customer archive", str(refused.exception))
        with Form(contact) as form:
            form.city = "Wuxi"
        self.assertEqual((contact.parent_id, contact.city), (self.customer, "Wuxi"))

    def test_a_salesperson_imports_partners(self):
        result = self.env['res.partner'].with_user(self.salesperson).load(
            ['name', 'city'], [["First", "Suzhou"], ["Second", "Wuxi"]],
        )
        self.assertFalse(result['messages'])
        self.assertEqual(len(result['ids']), 2)

    def merge(self, user, source, destination):
        wizard = self.env['base.partner.merge.automatic.wizard'].with_user(user).create({
            'partner_ids': [Command.set((source + destination).ids)], 'dst_partner_id': destination.id,
            'state': 'selection',
        })
        wizard.action_merge()

    def test_whoever_merges_keeps_the_archive_and_their_own_rights(self):
        """The archive comes along; everything of Odoo's is merged as whoever merges may."""
        self.sales_user.group_ids = [Command.link(self.env.ref('base.group_partner_manager').id)]
        colleague = self.guest('guest_colleague', 'sales_team.group_sale_salesman')
        team = self.env['crm.team'].create({
            'name': "North", 'company_id': self.company.id, 'member_ids': [Command.set(colleague.ids)]})
        for user in (self.salesperson, self.sales_user):
            team.user_id = user    # who may merge customers of the team
            source = self.new_customer("Paint Ltd", tianyuan_qq='10001', user_id=colleague.id)
            destination = self.new_customer("Paint Ltd", channel=False)
            source.action_tianyuan_file_archive()
            source.write({'tianyuan_cooperation_start_date': '2019-03-04', 'city': "Suzhou"})
            number = source.tianyuan_archive_number
            written_by = []
            partner_class = type(self.env['res.partner'])
            write = partner_class.write

            def watched(records, vals, write=write, written_by=written_by, destination=destination):
                if 'city' in vals and destination.id in records.ids:
                    written_by.append((records.env.uid, records.env.su))
                return write(records, vals)

            self.patch(partner_class, 'write', watched)
            self.merge(user, source, destination)
            self.patch(partner_class, 'write', write)
            with self.subTest(user.login):
                self.assertEqual(written_by, [(user.id, False)])
                self.assertEqual(destination.city, "Suzhou")
                self.assertEqual(
                    (destination.tianyuan_archive_number, destination.tianyuan_archive_state, destination.tianyuan_channel,
                     destination.tianyuan_qq, str(destination.tianyuan_cooperation_start_date)),
                    (number, 'filed', 'distributor', '10001', '2019-03-04'),
                )

    # -- selling and invoicing ---------------------------------------------------------------------

    def test_a_salesperson_sells(self):
        with Form(self.env['sale.order'].with_user(self.salesperson)) as form:
            form.partner_id = self.filed_customer()
            with form.order_line.new() as line:
                line.product_id = self.service_product
        order = form.record
        order.copy().action_cancel()
        order.action_confirm()
        self.assertEqual(order.state, 'sale')

    def test_an_accountant_invoices_credits_and_takes_the_money(self):
        with Form(self.env['account.move'].with_user(self.accountant).with_context(default_move_type='out_invoice')) as form:
            form.partner_id = self.filed_customer()
            with form.invoice_line_ids.new() as line:
                line.name = "Paint"
                line.price_unit = 1000
                line.tax_ids.clear()
        invoice = form.record
        invoice.action_post()
        payment = Form(self.env['account.payment.register'].with_user(self.accountant).with_context(
            active_model='account.move', active_ids=invoice.ids,
        ))
        payment.amount = 400
        payment.save()._create_payments()
        note = invoice._reverse_moves([{'invoice_date': invoice.invoice_date}])
        note.action_post()
        self.assertEqual((invoice.amount_total, note.amount_total, note.state), (1000, 1000, 'posted'))

    # -- the kinds, looked for everywhere ----------------------------------------------------------

    def own_fields_of_core_models(self):
        for name, model in self.registry.items():
            if not name.startswith('tianyuan.'):
                yield from (field for field in model._fields.values() if field.name.startswith('tianyuan_'))

    def test_no_restricted_field_of_a_core_model_has_a_default_or_is_copied(self):
        """Models that delegate to a partner pass defaults and copies on as values, which their users may not give."""
        found = [field for field in self.own_fields_of_core_models() if field.groups and not field.inherited]
        self.assertGreater(len(found), 40)
        self.assertEqual([str(field) for field in found if field.default], [])
        self.assertEqual([str(field) for field in found if field.store and field.copy], [])

    def test_no_view_takes_another_addons_view_as_its_own(self):
        """Odoo checks such a view while the other addon loads, and ours with the nodes it needs isn't there yet."""
        views = self.env['ir.ui.view'].search([('key', '=like', 'tianyuan%'), ('mode', '=', 'primary'), ('inherit_id', '!=', False)])
        views |= self.env['ir.ui.view'].browse(self.env['ir.model.data'].search([
            ('module', '=like', 'tianyuan%'), ('model', '=', 'ir.ui.view'),
        ]).mapped('res_id')).filtered(lambda view: view.mode == 'primary' and view.inherit_id)
        foreign = views.filtered(lambda view: not re.match('tianyuan', view.inherit_id.xml_id))
        self.assertEqual(foreign.mapped('xml_id'), [])

    def test_nothing_is_created_or_written_where_there_is_nothing(self):
        for name, model in self.env.items():
            if name.startswith('tianyuan.') and not model._abstract and model._auto:
                with self.subTest(name):
                    self.assertFalse(model.create([]))
                    self.assertTrue(model.browse().write({}))
                    self.assertTrue(model.sudo().search([], limit=1).write({}))

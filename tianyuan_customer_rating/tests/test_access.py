"""Who may see and do what (design §10), past the screens: what the tables of ``tests/test_access_matrix.py`` can't say."""
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .rating.sheets import SheetCommon

ROLES = ('sales', 'specialist', 'finance', 'manager')


@tagged('post_install', '-at_install', 'smoke')
class TestAccess(SheetCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_salesperson = cls.new_role_user('sales_user', login='other_salesperson')
        cls.leader = cls.new_role_user('sales_user', login='team_leader')
        cls.env['crm.team'].create({
            'name': "North", 'user_id': cls.leader.id, 'company_id': cls.company.id,
            'member_ids': [Command.set(cls.sales_user.ids)],
        })
        cls.plain_user = new_test_user(
            cls.env, 'plain_user', groups='base.group_user,base.group_partner_manager',
            company_id=cls.company.id, company_ids=[Command.set(cls.company.ids)])
        cls.sales_user.sudo().group_ids += cls.env.ref('base.group_partner_manager')
        cls.people = dict(zip(
            ROLES, (cls.sales_user, cls.archive_specialist, cls.finance_assessor, cls.rating_manager), strict=True))
        cls.sheet = cls.computed_sheet()

    # -- roles ----------------------------------------------------------------------------------

    def test_who_has_a_role_sees_what_all_roles_see_and_nobody_else_does(self):
        people = {role: new_test_user(self.env, f'any_{role}', f'tianyuan_customer_rating.{group}') for role, group in (
            ('sales', 'group_sales_user'), ('specialist', 'group_archive_specialist'),
            ('finance', 'group_finance_assessor'), ('manager', 'group_manager'),
        )}
        for user in people.values():
            self.assertIn('tianyuan_channel', self.customer.with_user(user).fields_get())
        for groups in ('sales_team.group_sale_manager', 'tianyuan_customer_rating.group_contact_profile'):
            user = new_test_user(self.env, groups, groups)
            self.assertNotIn('tianyuan_channel', self.customer.with_user(user).fields_get())
        fields = self.customer.with_user(self.plain_user).fields_get()
        self.assertFalse([name for name in fields if name.startswith('tianyuan_')])

    # -- lines ------------------------------------------------------------------------------------

    def test_a_teams_leader_assesses_and_submits(self):
        for code in ('cooperation_time', 'willingness', 'purchase_growth'):
            self.assess(self.sheet, code, points=1)
        self.line(self.sheet, 'loyalty').with_user(self.leader).write({'metric_value': 90})
        self.sheet.with_user(self.leader).action_submit_sales()
        self.assertTrue(self.sheet.sales_done)

    def test_the_manager_assesses_sales_lines_where_there_is_no_salesperson(self):
        self.customer.user_id = False
        line = self.line(self.sheet, 'loyalty').with_user(self.rating_manager)
        line.write({'metric_value': 60})
        self.assertEqual(line.points, 12)
        with self.assertRaises(AccessError):
            self.line(self.sheet, 'debt_ratio').with_user(self.rating_manager).write({'metric_value': 60})

    def test_what_follows_from_an_assessment_is_not_written(self):
        forbidden = {'computed_points': 9, 'origin': 'computed', 'has_value': True, 'max_points': 99,
                     'responsibility': 'finance', 'assessor_id': self.leader.id, 'source': 'value',
                     'rating_id': self.sheet.id, 'indicator_id': 1}
        for user in (self.sales_user, self.rating_manager):
            for name, value in forbidden.items():
                with self.subTest(name, user=user.login), self.assertRaises(AccessError):
                    self.line(self.sheet, 'loyalty').with_user(user).write({name: value})

    def test_lines_are_neither_added_nor_removed(self):
        line = self.line(self.sheet, 'loyalty')
        for user in self.people.values():
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    line.with_user(user).unlink()
                with self.assertRaises(AccessError):
                    line.with_user(user).copy({'rating_id': self.sheet.id})
                with self.assertRaises(AccessError):
                    self.sheet.with_user(user).write({'line_ids': [Command.delete(line.id)]})

    # -- outcomes ---------------------------------------------------------------------------------

    def test_nobody_writes_state_score_tier_or_class_of_a_sheet(self):
        values = {
            'state': 'confirmed', 'sales_done': True, 'finance_done': True, 'score': 100, 'sales_score': 60,
            'tier_id': self.tier('AAA').id, 'customer_class': 'key', 'is_major_account': True, 'has_bad_debt': False,
            'annual_purchase': 1e9, 'scheme_id': self.sheet.scheme_id.id, 'channel': 'direct',
            'previous_rating_id': False, 'run_id': False, 'confirmed_by_id': self.rating_manager.id,
        }
        draft = self.new_sheet(self.other_customer)
        for user in self.people.values():
            for name, value in values.items():
                with self.subTest(name, user=user.login):
                    for sheet in (self.sheet, draft):
                        with self.assertRaises(AccessError):
                            sheet.with_user(user).write({name: value})
                    with self.assertRaises(AccessError):
                        draft.with_user(user).create({
                            'partner_id': self.customer.id, 'company_id': self.company.id,
                            'date_from': '2021-01-01', 'date_to': '2021-03-31', name: value})

    def test_a_sheets_outcome_is_not_preset_by_the_context(self):
        sheet = self.sheet.browse().with_user(self.rating_manager).with_context(
            default_state='ready', default_sales_done=True, default_score=100, default_tier_id=self.tier('AAA').id,
            default_is_major_account=True,
        ).create({'partner_id': self.other_customer.id, 'company_id': self.company.id,
                  'date_from': '2021-01-01', 'date_to': '2021-03-31'})
        self.assertEqual((sheet.state, sheet.sales_done, sheet.score, sheet.tier_id.id, sheet.is_major_account),
                         ('draft', False, 0, False, False))

    def test_nobody_writes_the_outcome_on_the_customer(self):
        values = {'tianyuan_tier_id': self.tier('AAA').id, 'tianyuan_score': 100.0,
                  'tianyuan_customer_class': 'key', 'tianyuan_is_major_account': True}
        for user in self.people.values():
            for name, value in values.items():
                with self.subTest(name, user=user.login):
                    with self.assertRaises(AccessError):
                        self.customer.with_user(user).write({name: value})
                    with self.assertRaises(AccessError):
                        self.customer.with_user(user).create({'name': "New", name: value})
        for user in (self.sales_user, self.archive_specialist, self.rating_manager):
            with self.subTest(user.login):
                new = self.customer.browse().with_user(user).with_context(
                    **{f'default_{name}': value for name, value in values.items()}).create({'name': "Preset"})
                self.assertEqual([new[name] for name in values], [self.tier('none'), 0, False, False])

    # -- the archive --------------------------------------------------------------------------------

    def test_specialist_and_manager_write_the_archive_and_others_do_not(self):
        values = {'tianyuan_channel': 'direct', 'tianyuan_main_products': "Resin", 'tianyuan_archive_state': 'filed',
                  'tianyuan_legal_representative': "Ms Wang"}
        for role, user in self.people.items():
            for name, value in values.items():
                with self.subTest(name, role=role):
                    if role in ('specialist', 'manager'):
                        self.customer.with_user(user).write({name: value})
                        self.assertEqual(self.customer[name], value)
                    else:
                        with self.assertRaises(AccessError):
                            self.customer.with_user(user).write({name: value})

    def test_everyone_who_may_keep_contacts_adds_one_below_a_customer(self):
        for user in (self.plain_user, self.sales_user, self.archive_specialist):
            with self.subTest(user.login):
                contact = self.env['res.partner'].with_user(user).create(
                    {'name': "Ms Li", 'parent_id': self.customer.id, 'phone': "1"})
                self.assertEqual(contact.sudo().tianyuan_channel, 'distributor')
                contact.write({'parent_id': self.other_customer.id})
                contact.write({'phone': "2"})
        with Form(self.env['res.partner'].with_user(self.sales_user)) as form:
            form.name = "New customer"
        self.assertFalse(form.record.tianyuan_channel)

    def test_a_copy_by_someone_who_keeps_no_archive_takes_none_along(self):
        for user, channel in ((self.sales_user, False), (self.plain_user, False), (self.archive_specialist, 'distributor')):
            with self.subTest(user.login):
                copy = self.customer.with_user(user).copy()
                self.assertEqual((copy.sudo().tianyuan_channel, copy.sudo().tianyuan_tier_id.id), (channel, False))

    # -- what stands behind a number ------------------------------------------------------------------

    def test_finance_opens_the_payments_behind_a_line(self):
        invoice = self.buy(self.customer, '2024-05-15', 1000)
        action = self.line(self.sheet, 'credit_performance').with_user(self.finance_assessor).action_open_source()
        detail = self.env[action['res_model']].with_user(self.finance_assessor).search(action['domain'])
        self.assertEqual((detail.move_name, detail.amount, detail.on_time, detail.late), (invoice.name, 1000, 1000, 0))
        opened = detail.action_open_move()
        self.assertEqual(self.env[opened['res_model']].with_user(self.finance_assessor).browse(opened['res_id']).name,
                         invoice.name)

    def test_a_salesperson_opens_the_invoices_of_own_customers_whoever_made_them(self):
        invoice = self.invoice(self.customer, '2024-05-15', 1000)
        invoice.invoice_user_id = self.other_salesperson
        foreign = self.invoice(self.new_customer("Foreign", user_id=self.other_salesperson.id), '2024-05-15', 1000)
        foreign.invoice_user_id = self.other_salesperson
        for user in (self.sales_user, self.leader):
            with self.subTest(user.login):
                action = self.line(self.sheet, 'purchase_volume').with_user(user).action_open_source()
                found = self.env['account.move'].with_user(user).search(action['domain'])
                self.assertEqual(found, invoice)
                self.assertEqual(found.invoice_line_ids.mapped('price_unit'), [1000])
                self.assertFalse(foreign.with_user(user).has_access('read'))
                self.assertFalse(invoice.with_user(user).has_access('write'))
        with self.assertRaises(AccessError):
            self.line(self.sheet, 'purchase_volume').with_user(self.other_salesperson).action_open_source()

    def test_an_assessed_line_has_no_documents(self):
        with self.assertRaisesRegex(UserError, "assessed by a person"):
            self.line(self.sheet, 'loyalty').with_user(self.sales_user).action_open_source()

    # -- runs and history -----------------------------------------------------------------------------

    def test_how_far_a_run_is_is_not_entered(self):
        values = {'company_id': self.company.id, 'date_from': '2020-01-01', 'date_to': '2020-03-31'}
        run = self.env['tianyuan.rating.run'].sudo().create(values)
        for name, value in {'state': 'done', 'done_count': 5, 'total_count': 5, 'last_partner_id': 99}.items():
            with self.subTest(name), self.assertRaises(AccessError):
                run.with_user(self.rating_manager).write({name: value})
            preset = run.browse().with_user(self.rating_manager).with_context(**{f'default_{name}': value}).create(
                {'company_id': self.company.id, 'date_from': '2019-01-01', 'date_to': '2019-03-31'})
            self.assertNotEqual(preset[name], value)

    def test_history_is_append_only_even_for_a_superuser(self):
        row = self.env['tianyuan.class.history'].sudo().create({
            'partner_id': self.customer.id, 'company_id': self.company.id, 'date': '2020-01-01', 'reason': "Test",
            'user_id': self.env.uid})
        with self.assertRaisesRegex(UserError, "append-only"):
            row.write({'reason': "Nicer"})
        with self.assertRaisesRegex(UserError, "append-only"):
            row.unlink()

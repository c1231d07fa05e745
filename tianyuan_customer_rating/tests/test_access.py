"""Who may see and do what (design §10), tried by real users of each role, past the screens."""
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests import Form, new_test_user, tagged

from .sheets import SheetCommon

ROLES = ('sales', 'specialist', 'finance', 'manager')

# what each role may do (create, read, write, delete); sales: own customers / others' customers
RECORDS_OF_CUSTOMERS = {
    #                           sales own  others'  specialist  finance  manager
    'tianyuan.rating':         ('rw',      '',      'r',        'rw',    'crwd'),
    'sales line':              ('rw',      '',      'r',        'r',     'r'),
    'finance line':            ('r',       '',      'r',        'rw',    'r'),
    'tianyuan.bad.debt':       ('r',       '',      '',         'crw',   'crw'),
    'tianyuan.class.history':  ('r',       '',      'r',        'r',     'r'),
}
RECORDS_OF_COMPANIES = {
    #                                sales  specialist  finance  manager
    'tianyuan.rating.run':          ('',    '',         'r',     'crwd'),
    'tianyuan.rating.run.error':    ('',    '',         'r',     'r'),
    'tianyuan.rating.scheme':       ('',    '',         'r',     'crwd'),
    'tianyuan.rating.scheme.line':  ('',    '',         'r',     'crwd'),
    'tianyuan.rating.threshold':    ('',    '',         'r',     'crwd'),
    'tianyuan.rating.level':        ('r',   'r',        'r',     'crwd'),
}
COMMON_RECORDS = {
    'tianyuan.rating.tier':         ('r',   'r',        'r',     'crwd'),
    'tianyuan.rating.category':     ('r',   'r',        'r',     'crwd'),
    'tianyuan.rating.indicator':    ('r',   'r',        'r',     'crwd'),
    'tianyuan.downstream.market':   ('r',   'crw',      'r',     'crwd'),
}
OPERATIONS = {'c': 'create', 'r': 'read', 'w': 'write', 'd': 'unlink'}


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

    def allowed(self, record, user):
        return ''.join(
            letter for letter, operation in OPERATIONS.items() if record.with_user(user).has_access(operation))

    def records_of(self, company, customer):
        """One record of each model about a customer, in a company."""
        env = self.env['tianyuan.rating'].sudo().env
        indicator = env.ref('tianyuan_customer_rating.indicator_loyalty')
        sheet = env['tianyuan.rating'].create({
            'partner_id': customer.id, 'company_id': company.id, 'date_from': '2020-01-01', 'date_to': '2020-03-31',
            'line_ids': [
                Command.create({
                    'indicator_id': env.ref(f'tianyuan_customer_rating.indicator_{code}').id,
                    'category_id': indicator.category_id.id, 'responsibility': side, 'source': 'value',
                }) for code, side in (('loyalty', 'sales'), ('debt_ratio', 'finance'))
            ],
        })
        return {
            'tianyuan.rating': sheet,
            'sales line': sheet.line_ids.filtered(lambda line: line.responsibility == 'sales'),
            'finance line': sheet.line_ids.filtered(lambda line: line.responsibility == 'finance'),
            'tianyuan.bad.debt': env['tianyuan.bad.debt'].create(
                {'partner_id': customer.id, 'company_id': company.id, 'date': '2020-01-01', 'amount': 1}),
            'tianyuan.class.history': env['tianyuan.class.history'].create({
                'partner_id': customer.id, 'company_id': company.id, 'date': '2020-01-01', 'reason': "Test",
                'user_id': env.uid}),
        }

    def set_up_of(self, company):
        """One record of each model that belongs to a company."""
        env = self.env['tianyuan.rating'].sudo().env
        run = env['tianyuan.rating.run'].create({
            'company_id': company.id, 'date_from': '2020-01-01', 'date_to': '2020-03-31',
            'error_ids': [Command.create({'partner_id': self.customer.id, 'message': "Test"})],
        })
        scheme = env.ref('tianyuan_customer_rating.scheme_direct').copy({'company_id': company.id})
        return {
            'tianyuan.rating.run': run,
            'tianyuan.rating.run.error': run.error_ids,
            'tianyuan.rating.scheme': scheme,
            'tianyuan.rating.scheme.line': scheme.line_ids[0],
            'tianyuan.rating.threshold': scheme.threshold_ids[0],
            'tianyuan.rating.level': scheme.line_ids[0].level_ids[0],
        }

    # -- the table ------------------------------------------------------------------------------

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

    def test_records_of_customers(self):
        own = self.records_of(self.company, self.customer)
        others = self.records_of(self.company, self.new_customer("Others'", user_id=self.other_salesperson.id))
        for name, (sales, sales_others, *rest) in RECORDS_OF_CUSTOMERS.items():
            for records, expected in ((own, (sales, *rest)), (others, (sales_others, *rest))):
                for role, rights in zip(ROLES, expected, strict=True):
                    with self.subTest(name, role=role, own=records is own):
                        self.assertEqual(self.allowed(records[name], self.people[role]), rights)

    def test_records_of_companies(self):
        records = self.set_up_of(self.company)
        records |= {model: self.env[model].search([], limit=1) for model in COMMON_RECORDS if model.endswith(
            ('tier', 'category', 'indicator'))}
        records['tianyuan.downstream.market'] = self.env['tianyuan.downstream.market'].sudo().create({'name': "Paint"})
        for name, expected in {**RECORDS_OF_COMPANIES, **COMMON_RECORDS}.items():
            for role, rights in zip(ROLES, expected, strict=True):
                with self.subTest(name, role=role):
                    self.assertEqual(self.allowed(records[name], self.people[role]), rights)

    def test_nothing_of_another_company(self):
        elsewhere = self.setup_other_company()['company']
        records = {**self.records_of(elsewhere, self.customer), **self.set_up_of(elsewhere)}
        for name, record in records.items():
            for role, user in self.people.items():
                with self.subTest(name, role=role):
                    self.assertEqual(self.allowed(record, user), '')
                    self.assertFalse(self.env[record._name].with_user(user).search_count(
                        Domain('id', '=', record.id)) if self.env[record._name].with_user(user).has_access('read') else 0)

    def test_a_user_without_a_role_sees_nothing(self):
        records = {**self.records_of(self.company, self.customer), **self.set_up_of(self.company)}
        for name, record in records.items():
            with self.subTest(name):
                self.assertEqual(self.allowed(record, self.plain_user), '')
        customer = self.customer.with_user(self.plain_user)
        self.assertFalse([name for name in customer.fields_get() if name.startswith('tianyuan_')])
        for name in ('tianyuan_tier_id', 'tianyuan_score', 'tianyuan_customer_class', 'tianyuan_channel'):
            with self.subTest(name), self.assertRaises(AccessError):
                customer.read([name])
            with self.subTest(name), self.assertRaises(AccessError):
                customer.search([(name, '!=', False)])

    # -- lines ------------------------------------------------------------------------------------

    def test_each_side_writes_its_own_lines_only(self):
        sales_line, finance_line = self.line(self.sheet, 'loyalty'), self.line(self.sheet, 'debt_ratio')
        for line, right, wrong in (
            (sales_line, self.sales_user, self.finance_assessor),
            (finance_line, self.finance_assessor, self.sales_user),
        ):
            for user in (wrong, self.rating_manager, self.archive_specialist, self.other_salesperson):
                with self.subTest(line.responsibility, user=user.login):
                    with self.assertRaises(AccessError):
                        line.with_user(user).write({'metric_value': 60})
                    with self.assertRaises(AccessError):
                        self.sheet.with_user(user).write(
                            {'line_ids': [Command.update(line.id, {'metric_value': 60})]})
            line.with_user(right).write({'metric_value': 60})
            self.sheet.with_user(right).write({'line_ids': [Command.update(line.id, {'metric_value': 61})]})
            self.assertEqual((line.metric_value, line.origin), (61, 'assessed'))

    def test_a_salesperson_and_their_teams_leader_assess_and_submit_and_nobody_else_does(self):
        for code in ('cooperation_time', 'willingness', 'purchase_growth'):
            self.assess(self.sheet, code, points=1)
        self.line(self.sheet, 'loyalty').with_user(self.leader).write({'metric_value': 90})
        for user in (self.other_salesperson, self.finance_assessor, self.rating_manager, self.archive_specialist):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.sheet.with_user(user).action_submit_sales()
        for user in (self.sales_user, self.leader, self.rating_manager):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.sheet.with_user(user).action_submit_finance()
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

    def test_only_a_manager_computes_confirms_cancels_and_reopens(self):
        for role, user in self.people.items():
            if role == 'manager':
                continue
            sheet = self.sheet.with_user(user)
            for action in (sheet.action_compute, sheet.action_confirm, sheet.action_cancel,
                           lambda sheet=sheet: sheet.action_reopen("Because")):
                with self.subTest(role), self.assertRaises(AccessError):
                    action()

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

    def test_only_a_manager_runs(self):
        run = self.set_up_of(self.company)['tianyuan.rating.run']
        for role, user in self.people.items():
            for action in ('action_start', 'action_cancel', 'action_retry'):
                if role != 'manager':
                    with self.subTest(action, role=role), self.assertRaises(AccessError):
                        getattr(run.with_user(user), action)()
        for name, value in {'state': 'done', 'done_count': 5, 'total_count': 5, 'last_partner_id': 99}.items():
            with self.subTest(name), self.assertRaises(AccessError):
                run.with_user(self.rating_manager).write({name: value})
            preset = run.browse().with_user(self.rating_manager).with_context(**{f'default_{name}': value}).create(
                {'company_id': self.company.id, 'date_from': '2019-01-01', 'date_to': '2019-03-31'})
            self.assertNotEqual(preset[name], value)

    def test_history_is_append_only_even_for_a_superuser(self):
        row = self.records_of(self.company, self.customer)['tianyuan.class.history']
        with self.assertRaisesRegex(UserError, "append-only"):
            row.sudo().write({'reason': "Nicer"})
        with self.assertRaisesRegex(UserError, "append-only"):
            row.sudo().unlink()
        for user in self.people.values():
            with self.subTest(user.login), self.assertRaises(AccessError):
                row.with_user(user).create({
                    'partner_id': self.customer.id, 'company_id': self.company.id, 'date': '2024-01-01',
                    'reason': "Made up", 'user_id': user.id})

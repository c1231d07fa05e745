"""The workbench of each role: its numbers are those of the lists they open (policy 2, design §10)."""
from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..rating.sheets import SheetCommon

MODULE = 'tianyuan_customer_rating'


@tagged('post_install', '-at_install')
class TestWorkbench(SheetCommon):
    """Alpha falls from AAA to AA in 2024 Q2 (100, then 80 points) and owes 6,000; Gamma stays AAA and owes nothing.

    Delta's sheet of 2024 Q2 is being assessed. All three are the sales user's; Beta, who has no sheet, is a colleague's.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = cls.new_role_user('sales_user', login='tianyuan_colleague')
        (cls.customer + cls.other_customer).user_id = False
        cls.alpha, cls.beta, cls.gamma, cls.delta = (
            cls.new_customer(name, user_id=user.id) for name, user in (
                ("Alpha", cls.sales_user), ("Beta", cls.colleague), ("Gamma", cls.sales_user), ("Delta", cls.sales_user),
            )
        )
        cls.buy(cls.gamma, '2024-04-10', 4000)
        for customer in (cls.alpha, cls.gamma):
            cls.ready_sheet(customer, '2024-03-31').action_confirm()
        cls.ready_sheet(cls.alpha, loyalty=0, purchase_balance=5).action_confirm()
        cls.ready_sheet(cls.gamma).action_confirm()
        cls.invoice(cls.alpha, '2024-07-10', 6000)
        cls.open_sheet = cls.computed_sheet(cls.delta)

    def workbench(self, user, company=None):
        return self.env['tianyuan.workbench'].with_user(user).with_context(
            lang='en_US', allowed_company_ids=(company or self.company).ids,
        )

    def listed(self, card, user):
        """What the list shows that the card's number opens."""
        action = self.env['ir.actions.act_window']._for_xml_id(card['action'])
        return self.env[action['res_model']].with_user(user).with_context(
            allowed_company_ids=self.company.ids,
        ).search(card['domain'])

    def test_each_role_has_its_own_cards(self):
        expected = {
            self.sales_user: ('sales', {'sales_lines', 'held', 'customers'}),
            self.finance_assessor: ('finance', {'finance_lines', 'bad_debts', 'changed'}),
            self.archive_specialist: ('specialist', {'forms', 'requests', 'gaps', 'reviews'}),
            self.rating_manager: ('manager', {'confirm', 'late', 'down', 'overrides', 'runs'}),
        }
        for user, (role, keys) in expected.items():
            with self.subTest(role):
                data = self.workbench(user).get_data()
                self.assertEqual([part['key'] for part in data['roles']], [role])
                self.assertLessEqual(keys, {card['key'] for card in data['roles'][0]['cards']})

    def test_somebody_with_two_roles_has_the_cards_of_both(self):
        self.sales_user.group_ids = [Command.link(self.env.ref(f'{MODULE}.group_finance_assessor').id)]
        self.assertEqual(
            [part['key'] for part in self.workbench(self.sales_user).get_data()['roles']], ['sales', 'finance'],
        )

    def test_without_a_role_there_is_none(self):
        user = new_test_user(self.env, 'tianyuan_nobody', groups='base.group_user')
        with self.assertRaises(AccessError):
            self.workbench(user).get_data()

    def test_every_number_is_that_of_the_list_it_opens(self):
        for user in (self.sales_user, self.finance_assessor, self.archive_specialist, self.rating_manager):
            for key, card in self.cards(user).items():
                with self.subTest(key, user=user.login):
                    found = self.listed(card, user)
                    if key in ('sales_lines', 'finance_lines'):    # lines are listed, sheets are counted
                        found = found.rating_id
                    self.assertEqual(card['value'], len(found))

    def test_sales_count_their_own_sheets_by_quarter(self):
        card = self.cards(self.sales_user)['sales_lines']
        self.assertEqual(card['value'], 1)
        missing = self.open_sheet.line_ids.filtered(
            lambda line: line.responsibility == 'sales' and line.origin == 'missing')
        self.assertIn(self.line(self.open_sheet, 'willingness'), missing)
        self.assertEqual(card['note'], f"{len(missing)} lines left · 2024 Q2: 1")
        self.assertEqual({line['id'] for line in card['lines']}, set(missing.ids))
        self.assertEqual(self.cards(self.colleague)['sales_lines']['value'], 0)

    def test_a_level_can_be_picked_on_the_card(self):
        willingness = self.line(self.open_sheet, 'willingness')
        [row] = [line for line in self.cards(self.sales_user)['sales_lines']['lines'] if line['id'] == willingness.id]
        self.assertEqual([level['points'] for level in row['levels']], [10, 8, 5, 2])
        willingness.with_user(self.sales_user).write({'level_id': row['levels'][1]['id']})
        self.assertEqual(willingness.points, 8)
        self.assertNotIn(willingness.id, [line['id'] for line in self.cards(self.sales_user)['sales_lines']['lines']])

    def test_a_number_is_entered_where_there_are_no_levels_to_pick(self):
        lines = self.cards(self.sales_user)['sales_lines']['lines']
        loyalty = self.line(self.open_sheet, 'loyalty')
        self.assertEqual([line['levels'] for line in lines if line['id'] == loyalty.id], [[]])

    def test_customers_who_owe_most_come_first(self):
        table = self.cards(self.sales_user)['customers']['table']
        self.assertEqual([row['name'] for row in table['rows']][0], "Alpha")
        self.assertEqual({row['name'] for row in table['rows']}, {"Alpha", "Gamma", "Delta"})
        cells = {row['name']: row['cells'] for row in table['rows']}
        self.assertEqual(cells["Alpha"]['overdue'], 6000)
        self.assertFalse(cells["Gamma"]['overdue'])
        self.assertEqual(cells["Alpha"]['tier']['name'], 'AA')
        self.assertFalse(cells["Delta"]['tier'])
        self.assertEqual(cells["Alpha"]['move'], {'before': 'AAA', 'now': 'AA', 'direction': 'down', 'change': -20})
        self.assertEqual(cells["Gamma"]['move']['direction'], 'same')
        self.assertFalse(cells["Delta"]['move'])
        self.assertEqual(
            [row['name'] for row in self.cards(self.colleague)['customers']['table']['rows']], ["Beta"])

    def test_finance_sees_open_bad_debts_and_what_the_books_changed(self):
        self.assertEqual(self.cards(self.finance_assessor)['bad_debts']['value'], 0)
        self.env['tianyuan.bad.debt'].create({
            'partner_id': self.alpha.id, 'company_id': self.company.id, 'date': '2024-07-01', 'amount': 10,
        })
        cards = self.cards(self.finance_assessor)
        self.assertEqual((cards['bad_debts']['value'], cards['finance_lines']['value'], cards['changed']['value']), (1, 1, 0))

    def test_the_manager_sees_what_to_confirm_and_who_fell(self):
        cards = self.cards(self.rating_manager)
        self.assertEqual((cards['confirm']['value'], cards['down']['value']), (0, 1))
        [row] = cards['down']['rows']
        self.assertEqual((row['title'], row['right']), ("Alpha", "AAA → AA"))
        for line in self.open_sheet.line_ids:
            self.assess(self.open_sheet, line.indicator_id.code, points=line.max_points)
        self.submit(self.open_sheet)
        self.assertEqual(self.cards(self.rating_manager)['confirm']['value'], 1)

    def test_a_running_override_is_counted_until_it_ends(self):
        self.env['tianyuan.class.override'].with_user(self.rating_manager).create([{
            'partner_id': customer.id, 'company_id': self.company.id, 'customer_class': customer_class,
            'reason': "Agreed", 'date_to': fields.Date.add(fields.Date.today(), days=days),
        } for customer, customer_class, days in ((self.gamma, 'ordinary', 10), (self.alpha, 'key', 100))])
        card = self.cards(self.rating_manager)['overrides']
        self.assertEqual((card['value'], card['note']), (2, "1 end within 30 days"))

    def test_the_specialist_approves_a_request_on_the_card(self):
        document = self.env['tianyuan.archive.document'].sudo().create({
            'partner_id': self.alpha.id, 'name': "Licence",
            'type_id': self.env['tianyuan.archive.document.type'].search([], limit=1).id,
        })
        borrow = self.env['tianyuan.archive.borrow'].with_user(self.sales_user).create({
            'partner_id': self.alpha.id, 'scope': 'documents', 'document_ids': [Command.set(document.ids)],
            'purpose': "Tender", 'mode': 'borrow', 'pledge_accepted': True, 'company_id': self.company.id,
            'date_due': fields.Date.add(fields.Date.today(), days=7),
        })
        borrow.action_request()
        [row] = self.cards(self.archive_specialist)['requests']['rows']
        self.assertEqual(row['buttons'], [{'method': 'action_approve', 'label': "Approve"}])
        request = self.env[row['model']].browse(row['id'])
        with self.assertRaises(AccessError):
            request.with_user(self.sales_user).action_approve()
        request.with_user(self.archive_specialist).action_approve()
        self.assertEqual(borrow.state, 'approved')
        self.assertEqual(self.cards(self.archive_specialist)['requests']['value'], 0)

    def test_another_company_has_its_own_numbers(self):
        other = self.setup_other_company()['company']
        (self.sales_user + self.rating_manager).company_ids = [Command.link(other.id)]
        self.assertEqual(self.cards(self.sales_user, company=other)['sales_lines']['value'], 0)
        self.assertEqual(self.cards(self.rating_manager, company=other)['down']['value'], 0)

    def test_more_sheets_take_no_more_queries(self):
        workbench = self.workbench(self.sales_user)
        self.queries(workbench.get_data)
        few = self.queries(workbench.get_data)
        for number in range(4):
            customer = self.new_customer(f"More {number}", user_id=self.sales_user.id)
            self.invoice(customer, '2024-05-15', 1000)
            self.computed_sheet(customer)
        self.assertLessEqual(self.queries(workbench.get_data), few)


@tagged('post_install', '-at_install')
class TestActivitiesOpenLists(SheetCommon):

    def ask(self, user, *sides):
        sheet = self.computed_sheet()
        return self.env['mail.activity'].sudo().create([{
            'activity_type_id': self.env.ref(f'{MODULE}.mail_activity_type_{side}').id, 'user_id': user.id,
            'res_model_id': self.env['ir.model']._get_id('tianyuan.rating'), 'res_id': sheet.id,
        } for side in sides])

    def opened(self, user):
        action = self.env['mail.activity'].with_user(user).tianyuan_open_assessments()
        return action and (action.get('res_model') or action['tag'])

    def test_what_is_asked_of_sales_opens_their_lines(self):
        activity = self.ask(self.sales_user, 'sales').with_user(self.sales_user)
        action = activity.action_open_document()
        self.assertEqual(action['res_model'], 'tianyuan.rating.line')
        self.assertIn("'sales'", action['domain'])
        self.assertEqual(self.opened(self.sales_user), 'tianyuan.rating.line')

    def test_a_reminder_opens_the_lines_of_the_users_side(self):
        self.ask(self.finance_assessor, 'reminder')
        action = self.env['mail.activity'].with_user(self.finance_assessor).tianyuan_open_assessments()
        self.assertIn("'finance'", action['domain'])

    def test_what_is_asked_of_both_sides_opens_the_workbench(self):
        self.sales_user.group_ids = [Command.link(self.env.ref(f'{MODULE}.group_finance_assessor').id)]
        self.ask(self.sales_user, 'sales', 'finance')
        self.assertEqual(self.opened(self.sales_user), 'tianyuan_workbench')

    def test_another_activity_on_a_sheet_opens_the_sheet(self):
        sheet = self.computed_sheet()
        activity = sheet.with_user(self.sales_user).activity_schedule(
            'mail.mail_activity_data_todo', user_id=self.sales_user.id)
        self.assertFalse(self.opened(self.sales_user))
        action = activity.with_user(self.sales_user).action_open_document()
        self.assertEqual((action['res_model'], action['res_id']), ('tianyuan.rating', sheet.id))

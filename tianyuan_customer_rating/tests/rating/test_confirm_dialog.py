"""Before many ratings are confirmed a dialog says what that changes; then it says what came of it."""
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...wizard import tianyuan_rating_confirm
from .sheets import SheetCommon

SUMMARY = (
    'ready_count', 'up_count', 'down_count', 'same_count', 'new_count', 'bad_debt_count', 'incomplete_count',
    'blocked_count', 'left_out_count',
)


@tagged('post_install', '-at_install')
class TestConfirmDialog(SheetCommon):
    """Of six customers one rises, one falls, one stays, one is new, one has bad debt, and one isn't ready."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.tianyuan_rating_archive_check = 'ignore'
        customers = cls.env['res.partner'].browse().concat(*(
            cls.new_customer(name, user_id=cls.sales_user.id)
            for name in ("Rises", "Falls", "Stays", "New", "Debtor", "Waits")
        ))
        rises, falls, stays, new, debtor, waits = customers
        for customer, loyalty in ((rises, 0), (falls, 15), (stays, 15), (debtor, 15)):
            cls.confirmed_sheet(customer, day='2024-03-31', loyalty=loyalty)
        cls.env['tianyuan.bad.debt'].create({
            'partner_id': debtor.id, 'company_id': cls.company.id, 'date': '2024-05-01', 'amount': 10,
        })
        cls.ready = cls.env['tianyuan.rating'].browse().concat(
            cls.ready_sheet(rises), cls.ready_sheet(falls, loyalty=0, willingness=0), cls.ready_sheet(stays),
            cls.ready_sheet(new), cls.ready_sheet(debtor),
        )
        cls.waiting = cls.computed_sheet(waits)
        cls.sheets = cls.ready + cls.waiting

    def ask(self, sheets, user=None, **context):
        """What the button of the list answers: the action, and the dialog."""
        action = sheets.with_user(user or self.rating_manager).with_context(**context).action_ask_confirm()
        dialog = self.env[action['res_model']].with_user(user or self.rating_manager).browse(action['res_id'])
        return action, dialog

    def summary(self, dialog):
        return {name: dialog[name] for name in SUMMARY if dialog[name]}

    def result(self, action):
        return self.env[action['res_model']].with_user(self.rating_manager).browse(action['res_id'])

    # -- the question --------------------------------------------------------------------------------

    def test_it_says_what_confirming_changes(self):
        action, dialog = self.ask(self.sheets)
        # bad debt takes the tier: the debtor moves down as well
        self.assertEqual(self.summary(dialog), {
            'ready_count': 5, 'up_count': 1, 'down_count': 2, 'same_count': 1, 'new_count': 1, 'bad_debt_count': 1,
            'left_out_count': 1,
        })
        self.assertEqual((action['name'], action['target']), ("Confirm 5 Ratings?", 'new'))
        self.assertEqual(set(self.ready.mapped('state')), {'ready'})

    def test_without_a_selection_it_is_about_the_list(self):
        mine = [('id', 'in', self.sheets.ids)]
        _action, dialog = self.ask(self.env['tianyuan.rating'], active_domain=mine)
        self.assertEqual((dialog.ready_count, dialog.left_out_count), (5, 1))
        _action, dialog = self.ask(self.env['tianyuan.rating'], active_domain=[*mine, ('tier_change', '=', 'up')])
        self.assertEqual(self.summary(dialog), {'ready_count': 1, 'up_count': 1})

    def test_without_a_selection_and_a_list_it_is_about_nothing(self):
        with self.assertRaisesRegex(UserError, "None of these ratings is ready"):
            self.ask(self.env['tianyuan.rating'])

    def test_it_does_not_ask_about_nothing(self):
        with self.assertRaisesRegex(UserError, "None of these ratings is ready"):
            self.ask(self.waiting)

    def test_only_managers_are_asked(self):
        for user in (self.sales_user, self.finance_assessor, self.archive_specialist):
            with self.assertRaises(AccessError):
                self.ask(self.ready, user)
        _action, dialog = self.ask(self.ready)
        another = self.new_role_user('manager', login='another_manager')
        with self.assertRaises(AccessError):
            dialog.with_user(another).action_confirm()
        for values in ({'sheet_ids': []}, {'ready_count': 1}):
            with self.assertRaises(AccessError):
                dialog.write(values)

    def test_incomplete_archives_are_counted_and_refused_if_the_company_says_so(self):
        self.company.tianyuan_rating_archive_check = 'warn'
        _action, dialog = self.ask(self.ready)
        self.assertEqual((dialog.incomplete_count, dialog.blocked_count), (5, 0))
        self.company.tianyuan_rating_archive_check = 'block'
        _action, dialog = self.ask(self.ready)
        self.assertEqual((dialog.incomplete_count, dialog.blocked_count), (5, 5))
        result = self.result(dialog.action_confirm())
        self.assertEqual((result.done_count, result.refused_count, result.changed_count), (0, 5, 0))
        self.assertIn("archive isn't complete", result.error_ids[0].message)
        self.assertEqual(set(self.ready.mapped('state')), {'ready'})

    def test_asking_about_many_takes_no_more_queries(self):
        few = self.queries(lambda: self.ask(self.ready[:2]))
        many = self.queries(lambda: self.ask(self.ready))
        self.assertLessEqual(many, few)

    # -- the result ----------------------------------------------------------------------------------

    def test_it_confirms_those_that_are_ready_and_says_so(self):
        _action, dialog = self.ask(self.sheets)
        action = dialog.action_confirm()
        self.assertEqual(action['target'], 'new')
        result = self.result(action)
        self.assertEqual((result.state, result.total_count, result.done_count, result.error_count), ('done', 5, 5, 0))
        self.assertEqual(result.user_id, self.rating_manager)
        self.assertEqual(set(self.ready.mapped('state')), {'confirmed'})
        self.assertEqual(self.ready.confirmed_by_id, self.rating_manager)
        self.assertEqual(self.waiting.state, 'assessing')
        self.assertEqual(self.ready[0].partner_id.with_company(self.company).tianyuan_tier_id.name, 'AAA')

    def test_what_the_books_have_changed_is_kept_and_the_others_are_confirmed(self):
        self.env['tianyuan.bad.debt'].create({
            'partner_id': self.ready[3].partner_id.id, 'company_id': self.company.id, 'date': '2024-06-01',
            'amount': 10,
        })
        _action, dialog = self.ask(self.ready)
        self.ready[0].with_user(self.rating_manager).action_reopen()    # somebody else was faster
        result = self.result(dialog.action_confirm())
        self.assertEqual((result.done_count, result.changed_count, result.refused_count), (3, 1, 1))
        self.assertEqual(self.ready.mapped('state'), ['assessing', 'confirmed', 'confirmed', 'ready', 'confirmed'])
        action = result.action_open_changed()
        self.assertEqual(self.env['tianyuan.rating'].search(action['domain']), self.ready[3])
        reasons = {error.rating_id: error.message for error in result.error_ids}
        self.assertIn("isn't ready", reasons[self.ready[0]])
        self.assertIn("The books have changed", reasons[self.ready[3]])

    def test_many_are_confirmed_in_the_background(self):
        with patch.object(tianyuan_rating_confirm, 'CONFIRMED_AT_ONCE', 4):
            _action, dialog = self.ask(self.ready)
        self.assertTrue(dialog.in_background)
        action = dialog.action_confirm()
        self.assertEqual((action['tag'], action['params']['next']['type']),
                         ('display_notification', 'ir.actions.act_window_close'))
        confirmation = self.env['tianyuan.rating.confirmation'].search([('company_id', '=', self.company.id)], limit=1)
        self.assertEqual((confirmation.state, confirmation.total_count, confirmation.done_count), ('running', 5, 0))
        self.assertEqual(set(self.ready.mapped('state')), {'ready'})

    def test_the_sheets_of_two_companies_have_a_result_each(self):
        elsewhere = self.setup_other_company()['company']
        elsewhere.sudo().tianyuan_rating_archive_check = 'ignore'
        both = self.new_role_user(
            'manager', login='manager_of_both', company_ids=[Command.set((self.company + elsewhere).ids)])
        customer = self.new_customer("There", user_id=self.sales_user.id, company_id=False)
        there = self.env['tianyuan.rating'].sudo().create({
            'partner_id': customer.id, 'company_id': elsewhere.id, 'date_from': '2024-04-01', 'date_to': '2024-06-30',
            'state': 'ready',
        })
        with self.assertRaises(AccessError):
            self.ask(self.ready[0] + there)
        context = {'allowed_company_ids': (self.company + elsewhere).ids}
        _action, dialog = self.ask(self.ready[0] + there, both, **context)
        action = dialog.with_context(**context).action_confirm()
        results = self.env[action['res_model']].with_user(both).with_context(**context).search(action['domain'])
        self.assertEqual(results.company_id, self.company + elsewhere)
        self.assertEqual(sorted(results.mapped('total_count')), [1, 1])
        self.assertEqual(self.ready[0].state, 'confirmed')

    # -- the newest quarter --------------------------------------------------------------------------

    def test_the_list_opens_on_the_newest_quarter(self):
        sheets = self.env['tianyuan.rating'].with_user(self.rating_manager)
        ours = [('company_id', '=', self.company.id)]
        self.assertEqual(sheets.search([*ours, ('is_newest_quarter', '=', True)]), self.sheets.sorted())
        self.assertEqual(len(sheets.search([*ours, ('is_newest_quarter', '=', False)])), 4)
        self.assertTrue(all(self.sheets.mapped('is_newest_quarter')))
        # a cancelled sheet of a later quarter doesn't count, nor does a prospect's
        later = self.computed_sheet(day='2024-09-30')
        self.assertEqual(sheets.search([*ours, ('is_newest_quarter', '=', True)]), later)
        later.action_cancel()
        self.assertEqual(sheets.search([*ours, ('is_newest_quarter', '=', True)]), self.sheets.sorted())
        action = self.env.ref('tianyuan_customer_rating.tianyuan_rating_action').sudo()
        self.assertIn('search_default_newest_quarter', action.context)
        arch = sheets.get_view(view_type='search')['arch']
        self.assertIn('name="newest_quarter"', arch)

    def test_graph_and_pivot_count_customers(self):
        """Over two quarters four customers have two sheets each."""
        domain = [('company_id', '=', self.company.id)]
        [[number, sheets]] = self.env['tianyuan.rating']._read_group(
            domain, [], ['partner_id:count_distinct', '__count'])
        self.assertEqual((number, sheets), (6, 10))
        for kind in ('graph', 'pivot'):
            arch = self.env['tianyuan.rating'].with_user(self.rating_manager).get_view(view_type=kind)['arch']
            self.assertRegex(arch, r'<field name="partner_id" type="measure"')

"""Who reads warnings, and who acknowledges them; what the dialog and the method refuse."""
from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError

from .common import WatchCommon


class TestWatchAccess(WatchCommon):
    """On 20 May both customers owe since 10 April; the other customer is somebody else's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = cls.new_role_user('sales_user', 'tianyuan_colleague')
        cls.other_customer.user_id = cls.colleague
        cls.rated(cls.customer + cls.other_customer, 0)
        for customer in (cls.customer, cls.other_customer):
            cls.buy(customer, '2023-04-05', 5000)
            cls.invoice(customer, '2024-04-10', 1000, due='2024-04-10')
        cls.look('2024-05-20')
        cls.overdue, cls.fallen = (cls.items(reason=reason) for reason in ('overdue', 'purchases_down'))
        cls.outsider = cls.new_role_user('manager', 'tianyuan_outsider')
        cls.outsider.write({'company_ids': cls.spare_company.ids, 'company_id': cls.spare_company.id})

    def test_salespeople_read_their_own_customers(self):
        everything = self.Item.search([('company_id', '=', self.company.id)])
        for user, expected in [
            (self.sales_user, self.items()), (self.leader, self.items()), (self.colleague, self.items(self.other_customer)),
            (self.finance_assessor, everything),
            (self.rating_manager, everything), (self.outsider, self.Item),
        ]:
            with self.subTest(user=user.login):
                self.assertEqual(set(self.Item.sudo(False).with_user(user).search([]).ids), set(expected.ids))
                courses = self.env['tianyuan.watch.course'].with_user(user).search([])
                self.assertEqual(set(courses.partner_id.ids), set(expected.partner_id.ids))

    def test_specialists_read_papers_and_tiers_but_nothing_about_money(self):
        """What the wings add is in their tables; here all reasons of all addons that are installed are tried."""
        self.assertFalse(self.Item.sudo(False).with_user(self.archive_specialist).search([]))
        expected = {'document', 'tier_down', 'tier_up', 'licence'}
        reasons, customer = list(self.Item._reasons()), self.new_customer("Everything", user_id=self.sales_user.id)
        items = self.Item.create([{
            'partner_id': customer.id, 'company_id': self.company.id, 'reason': reason, 'found_on': '2024-05-20',
        } for reason in reasons])
        seen = items.sudo(False).with_user(self.archive_specialist)._filtered_access('read')
        self.assertEqual(set(seen.mapped('reason')), expected & set(reasons))
        self.assertTrue({'document', 'tier_down', 'tier_up'} <= set(reasons))

    def test_what_a_reader_may_not_see_has_no_button(self):
        item = self.Item.create({
            'partner_id': self.customer.id, 'company_id': self.company.id, 'reason': 'bad_debt',
            'found_on': '2024-05-20', 'due_on': '2024-05-20',
        })
        for user, may in ((self.finance_assessor, True), (self.archive_specialist, False)):
            with self.subTest(user=user.login):
                self.assertEqual(item.sudo(False).with_user(user).sudo(False).may_open, may)

    def test_who_works_in_a_branch_only(self):
        """Customers of a branch are rated and watched in its company."""
        branch = self.env['res.company'].sudo().create({'name': "Branch", 'parent_id': self.company.id})
        self.env['tianyuan.rating'].sudo().search([('partner_id', '=', self.customer.id)]).state = 'cancelled'
        self.env.flush_all()    # the database allows one sheet that isn't cancelled
        self.confirmed_sheet(day='2024-03-31')
        self.look('2024-05-20')
        self.assertTrue(self.items(reason='tier_down'))
        for role in ('manager', 'sales_user'):
            user = self.new_role_user(
                role, f'tianyuan_branch_{role}', company_id=branch.id, company_ids=[Command.set(branch.ids)],
            )
            self.customer.user_id = user
            items = self.Item.sudo(False).with_user(user).with_context(allowed_company_ids=branch.ids).search([
                ('partner_id', '=', self.customer.id),
            ])
            self.assertEqual(set(items.mapped('reason')), set(self.items().mapped('reason')))
            for item in items:
                with self.subTest(role=role, reason=item.reason), freeze_time('2024-05-20'):
                    self.assertTrue(item.action_open_source()['res_model'])
                    if role == 'manager':
                        self.assertTrue(item.override_proposed)
                        self.assertTrue(item.action_override_class()['res_model'])
                    item.get_view(view_type='form')
                    item.read()

    def test_a_deleted_customer_leaves_no_activities(self):
        customer = self.new_customer("Mistake", user_id=self.sales_user.id)
        item = self.Item.create({
            'partner_id': customer.id, 'company_id': self.company.id, 'reason': 'tier_down', 'found_on': '2024-05-20',
            'user_id': self.sales_user.id,
        })
        item._raise_activities()
        asked = item.activity_ids
        self.assertTrue(asked)
        customer.sudo().unlink()
        self.assertFalse(item.exists() or asked.exists())

    def test_who_acknowledges(self):
        for user, overdue, fallen in [
            (self.sales_user, True, True), (self.leader, True, True), (self.rating_manager, True, True),
            (self.finance_assessor, True, False),       # what is about money
            (self.archive_specialist, False, False), (self.colleague, False, False), (self.outsider, False, False),
        ]:
            for item, may in ((self.overdue, overdue), (self.fallen, fallen)):
                with self.subTest(user=user.login, reason=item.reason), freeze_time('2024-05-21'):
                    item.write({'state': 'open'})
                    worded = item.sudo(False).with_user(user)
                    if may:
                        self.assertTrue(worded.may_acknowledge)
                        worded.action_acknowledge('2024-06-01', "Called")
                        self.assertEqual((item.state, item.acknowledged_by_id), ('acknowledged', user))
                    else:
                        for step in (worded.action_ask_acknowledge, lambda it=worded: it.action_acknowledge('2024-06-01', "x")):
                            with self.assertRaises(AccessError):
                                step()
                        self.assertEqual(item.state, 'open')

    def test_nobody_writes_warnings_or_courses(self):
        for record in (self.overdue, self.course()):
            for user in (self.sales_user, self.rating_manager):
                with self.subTest(model=record._name, user=user.login), self.assertRaises(AccessError):
                    record.sudo(False).with_user(user).write({'partner_id': self.other_customer.id})

    def test_a_day_that_is_not_ahead_and_a_note_that_is_none_are_refused(self):
        """On 21 May; the company allows 92 days, so 21 August is the last day."""
        item = self.overdue.sudo(False).with_user(self.sales_user)
        with freeze_time('2024-05-21'):
            for until, note in [
                ('2024-05-21', "Today"), ('2024-05-20', "Yesterday"), ('2024-08-22', "Too far"), (False, "No day"),
                ('soon', "No day"), (7, "No day"), ('2024-06-01', ""), ('2024-06-01', "  "), ('2024-06-01', False),
            ]:
                with self.subTest(until=until, note=note), self.assertRaises(UserError):
                    item.action_acknowledge(until, note)
            for until in ('2024-05-22', '2024-08-21'):
                item.action_acknowledge(until, "Called")
                self.assertEqual(str(item.acknowledged_until), until)

    def test_what_is_cleared_is_not_acknowledged(self):
        self.overdue.state = 'cleared'
        with self.assertRaisesRegex(UserError, "cleared already"):
            self.overdue.sudo(False).with_user(self.sales_user).action_acknowledge('2024-06-01', "Called")

    def test_the_dialog_asks_for_the_day_and_the_note(self):
        with freeze_time('2024-05-21'):
            item = self.overdue.sudo(False).with_user(self.sales_user)
            action = item.action_ask_acknowledge()
            dialog = self.env[action['res_model']].with_user(self.sales_user).with_context(action['context']).create({
                'until': '2024-06-01', 'reason': "Pays in two parts",
            })
            self.assertEqual((dialog.title, dialog.until_label), ("Acknowledge", "Until"))
            dialog.action_apply()
        self.assertEqual((self.overdue.state, self.overdue.acknowledged_note), ('acknowledged', "Pays in two parts"))

    def test_only_managers_watch_now(self):
        for user in (self.sales_user, self.finance_assessor, self.archive_specialist):
            with self.assertRaises(AccessError):
                self.Item.sudo(False).with_user(user).action_watch()
        self.Item.sudo(False).with_user(self.rating_manager).action_watch()
        self.assertTrue(self.company.tianyuan_watch_asked)
        self.assertEqual(str(self.company.tianyuan_watched_on), '2024-05-20', "the week's e-mail needs it")
        self.company.tianyuan_watch = False
        with self.assertRaisesRegex(UserError, "switched off"):
            self.Item.sudo(False).with_user(self.rating_manager).action_watch()

    def test_a_hand_over_takes_the_warnings_along(self):
        hand_over = self.env['tianyuan.hand.over'].with_user(self.rating_manager).create({
            'from_user_id': self.sales_user.id, 'to_user_id': self.colleague.id,
        })
        hand_over.action_hand_over()
        self.assertEqual(self.overdue.user_id, self.colleague)
        self.assertEqual(self.asked(self.overdue), self.colleague)

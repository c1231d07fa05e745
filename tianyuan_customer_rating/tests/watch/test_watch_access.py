"""Who reads warnings, and who acknowledges them; what the dialog and the method refuse."""
from freezegun import freeze_time

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
            (self.archive_specialist, everything), (self.finance_assessor, everything),
            (self.rating_manager, everything), (self.outsider, self.Item),
        ]:
            with self.subTest(user=user.login):
                self.assertEqual(set(self.Item.sudo(False).with_user(user).search([]).ids), set(expected.ids))
                courses = self.env['tianyuan.watch.course'].with_user(user).search([])
                self.assertEqual(set(courses.partner_id.ids), set(expected.partner_id.ids))

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
        self.assertFalse(self.company.tianyuan_watched_on)
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

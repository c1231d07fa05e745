from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.tianyuan_customer_rating.tests.common import MODULE
from .common import QuotationCommon
from odoo.addons.tianyuan_customer_rating.tests.reasons import give_reason

APPROVE = 'tianyuan_customer_order_guard.mail_activity_type_order_approval'


class TestDelegation(QuotationCommon):
    """While a manager is away, somebody else approves orders in their place (design §9)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time('2024-06-15 04:00:00'))
        cls.treat('approve', 'no_tier')
        cls.deputy = cls.new_role_user('sales_user', 'deputy')
        cls.deputy.name = "Deputy De"
        cls.deputy.group_ids += cls.env.ref('sales_team.group_sale_salesman_all_leads')
        cls.delegations = cls.env['tianyuan.approval.delegation'].with_company(cls.company)

    def delegate(self, **values):
        return self.delegations.with_user(self.rating_manager).create({
            'manager_id': self.rating_manager.id, 'delegate_id': self.deputy.id, 'date_from': '2024-06-10',
            'date_to': '2024-06-20', **values,
        })

    def asked_of(self, order):
        return order.sudo().activity_ids.filtered(
            lambda activity: activity.activity_type_id == self.env.ref(APPROVE)).user_id

    def test_the_stand_in_is_asked_approves_and_says_so(self):
        self.delegate()
        order = self.asked_quotation('no_tier')
        self.assertEqual(self.asked_of(order), self.deputy, "for the leader, who is away")
        there = order.with_user(self.deputy)
        self.assertTrue(there.tianyuan_may_decide)
        there.action_tianyuan_approve()
        self.assertEqual(order.sudo().tianyuan_approval_manager_id, self.rating_manager)
        self.assertRegex(
            order.tianyuan_approval_notice, r"Approved by Deputy De \(in place of Manager Ma\) on 2024/06/15")
        note = order.sudo().message_ids.filtered(lambda message: "Approved for" in (message.body or ""))
        self.assertIn("In place of Manager Ma, who is away.", note.body)
        order.action_confirm()
        self.assertEqual(order.state, 'sale')

    def test_refusing_says_so_too(self):
        self.delegate()
        order = self.asked_quotation('no_tier')
        give_reason(order.with_user(self.deputy), 'action_tianyuan_refuse', "Not yet")
        self.assertRegex(order.tianyuan_approval_notice, r"Refused by Deputy De \(in place of Manager Ma\)")

    def test_only_in_these_days(self):
        self.delegate()
        order = self.asked_quotation('no_tier').with_user(self.deputy)
        for moment, may in (
            ('2024-06-09 04:00:00', False), ('2024-06-10 04:00:00', True), ('2024-06-20 04:00:00', True),
            ('2024-06-21 04:00:00', False),
        ):
            with self.subTest(moment=moment), freeze_time(moment):
                order.invalidate_recordset()
                self.assertEqual(order.tianyuan_may_decide, may)
                if not may:
                    with self.assertRaisesRegex(AccessError, "Only a manager, or who stands in"):
                        order.action_tianyuan_approve()
        with freeze_time('2024-06-21 04:00:00'):
            self.assertEqual(self.asked_of(self.asked_quotation('no_tier')), self.rating_manager)

    def test_a_former_managers_stand_in_decides_nothing(self):
        self.delegate()
        order = self.asked_quotation('no_tier').with_user(self.deputy)
        self.rating_manager.group_ids -= self.env.ref(f'{MODULE}.group_manager')
        order.invalidate_recordset()
        with self.assertRaises(AccessError):
            order.action_tianyuan_approve()

    def test_nobody_approves_what_is_their_own(self):
        self.delegate()
        own = self.quotation(self.customer_with('no_tier'))
        own.user_id = self.deputy
        own = own.with_user(self.deputy)
        with self.assertRaisesRegex(UserError, "your own quotation"):
            own.action_tianyuan_approve()
        own.action_tianyuan_ask_approval()
        self.assertFalse(self.asked_of(own) & (self.deputy + self.rating_manager))
        self.assertIn(self.second_manager, self.asked_of(own))
        of_the_absent = self.quotation(self.customer_with('no_tier'))
        of_the_absent.user_id = self.rating_manager
        with self.assertRaisesRegex(UserError, "another manager decides"):
            of_the_absent.with_user(self.deputy).action_tianyuan_approve()

    def test_of_several_managers_each_is_stood_in_for(self):
        self.team.user_id = False
        self.delegate()
        asked = self.asked_of(self.asked_quotation('no_tier'))
        self.assertLessEqual(self.second_manager + self.deputy, asked)
        self.assertNotIn(self.rating_manager, asked)

    def test_who_can_stand_in_for_whom(self):
        seller = self.new_role_user('sales_user', 'plain_seller')
        for values, message in (
            ({'delegate_id': self.rating_manager.id}, "Somebody else has to stand in"),
            ({'delegate_id': seller.id}, "sees only their own quotations"),
            ({'manager_id': self.finance_assessor.id}, "approves no orders"),
            ({'delegate_id': self.env.ref('base.user_admin').copy({'login': 'x'}).id}, "has no role"),
            ({'date_to': '1024-06-20', 'date_from': '1024-06-20'}, "can't be right"),
        ):
            with (
                self.subTest(message=message), self.assertRaisesRegex(ValidationError, message),
                self.env.cr.savepoint(),
            ):
                self.delegate(**values)
        self.delegate()
        with self.assertRaisesRegex(ValidationError, "Deputy De already stands in for Manager Ma"):
            self.delegate(date_from='2024-06-20', date_to='2024-06-25')

    def test_only_managers_say_who_stands_in(self):
        for user in (self.sales_user, self.deputy, self.finance_assessor, self.archive_specialist):
            with self.assertRaises(AccessError):
                self.delegations.with_user(user).create({
                    'manager_id': self.rating_manager.id, 'delegate_id': self.deputy.id, 'date_to': '2024-06-20',
                })

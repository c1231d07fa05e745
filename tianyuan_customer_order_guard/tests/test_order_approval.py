import re

from odoo import Command
from odoo.exceptions import AccessError, UserError

from odoo.addons.tianyuan_customer_rating.tests.common import MODULE
from .common import QuotationCommon
from odoo.addons.tianyuan_customer_rating.tests.reasons import give_reason

APPROVE = 'tianyuan_customer_order_guard.mail_activity_type_order_approval'


class TestOrderApproval(QuotationCommon):
    """A manager approves what a salesperson may not confirm alone (design §9)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.treat('approve', 'no_tier', 'bad_debt', 'over_limit')

    def to_do(self, order):
        return order.sudo().activity_ids.filtered(lambda activity: activity.activity_type_id == self.env.ref(APPROVE))

    def as_manager(self, order):
        return order.with_user(self.rating_manager)

    def assertRefused(self, order):
        with self.assertRaisesRegex(UserError, "A manager has to approve these quotations"):
            order.with_user(self.sales_user).action_confirm()

    def assertNotice(self, order, notice):
        self.assertRegex(order.with_user(self.sales_user).tianyuan_approval_notice, notice)

    # -- the way it goes -------------------------------------------------------------------------------------------

    def test_asked_approved_confirmed(self):
        order = self.asked_quotation('no_tier')
        self.assertEqual(order.tianyuan_approval_state, 'asked')
        self.assertNotice(order, "The managers have been asked")
        self.assertEqual(self.to_do(order).user_id, self.rating_manager, "who leads the salesperson's team")
        self.assertIn(order.name, self.to_do(order).summary)
        self.assertRefused(order)

        self.as_manager(order).action_tianyuan_approve()
        self.assertRecordValues(order, [{
            'tianyuan_approval_state': 'approved',
            'tianyuan_approval_user_id': self.rating_manager.id,
            'tianyuan_approval_amount': 1000,
            'tianyuan_approval_currency_id': self.cny.id,
            'tianyuan_approval_partner_id': order.partner_id.id,
            'tianyuan_approval_matters': 'no_tier',
            'tianyuan_approval_asked_by_id': self.sales_user.id,
        }])
        self.assertTrue(order.tianyuan_approval_date)
        self.assertFalse(order.tianyuan_needs_approval)
        self.assertNotice(order, "Approved by Manager Ma on .* for ¥.1,000.00")
        self.assertFalse(self.to_do(order))
        order.action_confirm()
        self.assertEqual(order.state, 'sale')

    def test_the_history_tells_who_and_why(self):
        order = self.asked_quotation('no_tier')
        asked = order.sudo().message_ids[0]
        self.assertIn("Approval asked", asked.body)
        self.assertIn("This customer has no tier: not rated yet.", asked.body)
        self.assertEqual(asked.author_id, self.sales_user.partner_id)
        self.assertTrue(asked.subtype_id.internal, "not for the customer")
        self.as_manager(order).action_tianyuan_approve()
        approved = order.sudo().message_ids.filtered(lambda message: "Approved for" in (message.body or ""))
        self.assertIn("This customer has no tier: not rated yet.", approved.body)
        self.assertEqual(approved.author_id, self.rating_manager.partner_id)
        self.assertIn(self.sales_user.partner_id, approved.notified_partner_ids)
        self.assertTrue(approved.subtype_id.internal)

    def test_without_a_leader_who_is_a_manager_all_are_asked(self):
        self.team.user_id = self.sales_user
        other = self.env['res.company'].create({'name': "Other"})
        stranger = self.new_role_user('manager', 'stranger', company_id=other.id, company_ids=other.ids)
        asked = self.to_do(self.asked_quotation('no_tier')).user_id
        self.assertLessEqual(self.rating_manager + self.second_manager, asked)
        self.assertNotIn(stranger, asked)
        self.assertNotIn(self.sales_user, asked)

    def test_asking_again_doesnt_pile_up(self):
        order = self.asked_quotation('no_tier')
        order.action_tianyuan_ask_approval()
        self.assertEqual(len(self.to_do(order)), 1)

    def test_refused_with_a_reason(self):
        order = self.asked_quotation('no_tier')
        for reason in (False, " "):
            with self.assertRaisesRegex(UserError, "Give the reason"):
                self.as_manager(order).action_tianyuan_refuse(reason)
        give_reason(self.as_manager(order), 'action_tianyuan_refuse', "Rate them first")
        self.assertEqual(order.tianyuan_approval_state, 'refused')
        self.assertNotice(order, "Refused by Manager Ma on .*: Rate them first")
        self.assertFalse(self.to_do(order))
        self.assertRefused(order)
        order.action_tianyuan_ask_approval()
        self.assertEqual(order.tianyuan_approval_state, 'asked')
        self.as_manager(order).action_tianyuan_approve()
        order.action_confirm()
        self.assertEqual(order.state, 'sale')

    def test_a_manager_approves_without_being_asked(self):
        order = self.quotation(self.customer_with('bad_debt'))
        self.as_manager(order).action_tianyuan_approve()
        self.as_manager(order).action_confirm()
        self.assertEqual(order.state, 'sale')

    def test_several_at_once(self):
        orders = self.asked_quotation('no_tier') + self.asked_quotation('bad_debt')
        self.as_manager(orders).action_tianyuan_approve()
        self.assertEqual(orders.mapped('tianyuan_approval_matters'), ['no_tier', 'bad_debt'])
        orders.action_confirm()
        self.assertEqual(set(orders.mapped('state')), {'sale'})

    # -- what it covers --------------------------------------------------------------------------------------------

    def approved_quotation(self, *matters):
        order = self.asked_quotation(*matters)
        self.as_manager(order).action_tianyuan_approve()
        return order

    def test_it_lapses_when_the_amount_grows(self):
        order = self.approved_quotation('no_tier')
        self.change_amount(order, 900)
        self.assertFalse(order.tianyuan_needs_approval)
        self.change_amount(order, 1000.01)
        self.assertTrue(order.tianyuan_needs_approval)
        self.assertNotice(order, "It has changed since: ask again.")
        self.assertRefused(order)
        order.action_tianyuan_ask_approval()
        self.as_manager(order).action_tianyuan_approve()
        order.action_confirm()
        self.assertEqual(order.tianyuan_approval_amount, 1000.01)

    def test_it_lapses_when_something_new_speaks_against_it(self):
        order = self.approved_quotation('no_tier')
        order.partner_id.sudo().with_company(self.company).credit_limit = 500
        order.invalidate_recordset()
        self.assertRefused(order)

    def test_it_lapses_with_another_customer(self):
        order = self.approved_quotation('no_tier')
        order.partner_id = self.customer_with('no_tier')
        self.assertRefused(order)

    def test_it_lapses_with_another_currency(self):
        order = self.approved_quotation('no_tier')
        dollar = self.new_usd(('2024-01-01', 7.0))
        order.sudo().pricelist_id = self.env['product.pricelist'].create({'name': "USD", 'currency_id': dollar.id})
        self.change_amount(order, 1000)
        self.assertEqual(order.currency_id, dollar)
        self.assertRefused(order)

    def test_it_isnt_copied(self):
        copy = self.approved_quotation('no_tier').copy()
        self.assertEqual(copy.tianyuan_approval_state, 'none')
        self.assertRefused(copy)

    def test_what_is_cancelled_or_settled_is_asked_no_more(self):
        order = self.asked_quotation('no_tier')
        order.action_cancel()
        self.assertEqual(order.tianyuan_approval_state, 'none')
        self.assertFalse(self.to_do(order))
        order = self.asked_quotation('no_tier')
        self.give_tier(order.partner_id)
        order.invalidate_recordset()
        order.action_confirm()
        self.assertEqual(order.tianyuan_approval_state, 'none')
        self.assertFalse(self.to_do(order))

    # -- who may ---------------------------------------------------------------------------------------------------

    def test_only_managers_decide(self):
        order = self.asked_quotation('no_tier')
        for user in (self.sales_user, self.archive_specialist, self.finance_assessor):
            with self.assertRaises(AccessError):
                order.with_user(user).action_tianyuan_approve()
            with self.assertRaises(AccessError):
                order.with_user(user).action_tianyuan_refuse("No")
            with self.assertRaises(AccessError):
                give_reason(order.with_user(user), 'action_tianyuan_refuse', "No")
        self.assertEqual(order.tianyuan_approval_state, 'asked')

    def test_only_who_writes_the_quotation_asks(self):
        order = self.quotation(self.customer_with('no_tier'))
        for user in (self.archive_specialist, self.new_role_user('sales_user', 'colleague')):
            with self.assertRaises(AccessError):
                order.with_user(user).action_tianyuan_ask_approval()

    def test_a_manager_of_another_company_has_no_say(self):
        order = self.asked_quotation('no_tier')
        other = self.env['res.company'].create({'name': "Other"})
        stranger = self.new_role_user('manager', 'stranger', company_id=other.id, company_ids=other.ids)
        with self.assertRaises(AccessError):
            order.with_user(stranger).action_tianyuan_approve()

    def test_where_nothing_speaks_against_it_there_is_nothing_to_approve(self):
        order = self.quotation(self.good)
        with self.assertRaisesRegex(UserError, f"{order.name} needs no approval."):
            order.with_user(self.sales_user).action_tianyuan_ask_approval()
        with self.assertRaisesRegex(UserError, f"{order.name} needs no approval."):
            self.as_manager(order).action_tianyuan_approve()
        with self.assertRaisesRegex(UserError, f"{order.name} needs no approval."):
            self.as_manager(order).action_tianyuan_refuse("No")

    def test_a_manager_doesnt_decide_on_own_quotations(self):
        self.treat('approve', 'no_tier')
        order = self.quotation(self.customer_with('no_tier'))
        order.user_id = self.rating_manager
        order.with_user(self.rating_manager).action_tianyuan_ask_approval()
        self.assertIn(self.second_manager, order.activity_ids.user_id)
        self.assertNotIn(self.rating_manager, order.activity_ids.user_id, "who leads the team, but asks")
        own = order.with_user(self.rating_manager)
        with self.assertRaisesRegex(UserError, f"your own quotation.*{re.escape(self.second_manager.name)}"):
            own.action_tianyuan_approve()
        with self.assertRaisesRegex(UserError, "your own quotation"):
            own.action_tianyuan_refuse("No")
        order.with_user(self.second_manager).action_tianyuan_approve()
        self.assertEqual(order.tianyuan_approval_user_id, self.second_manager)

    def test_who_asked_for_another_doesnt_decide_either(self):
        self.treat('approve', 'no_tier')
        order = self.quotation(self.customer_with('no_tier')).with_user(self.rating_manager)
        order.action_tianyuan_ask_approval()
        with self.assertRaisesRegex(UserError, "your own quotation"):
            order.action_tianyuan_approve()

    def test_own_quotations_where_the_company_allows_it_or_has_one_manager(self):
        self.treat('approve', 'no_tier')
        others = self.env.ref(f'{MODULE}.group_manager').all_user_ids - self.rating_manager
        first, second = (self.quotation(self.customer_with('no_tier')) for _number in range(2))
        (first + second).user_id = self.rating_manager
        self.company.tianyuan_order_four_eyes = False
        first.with_user(self.rating_manager).action_tianyuan_approve()
        self.assertEqual(first.tianyuan_approval_state, 'approved')
        self.company.tianyuan_order_four_eyes = True
        others.sudo().write({'group_ids': [Command.unlink(self.env.ref(f'{MODULE}.group_manager').id)]})
        second.with_user(self.rating_manager).action_tianyuan_approve()
        self.assertEqual(second.sudo().tianyuan_approval_state, 'approved')

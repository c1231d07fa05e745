from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from .common import QuotationCommon

SIGNATURE = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
APPROVE = 'tianyuan_customer_order_guard.mail_activity_type_order_approval'


class OnlineCommon(QuotationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.treat('approve', 'no_tier')
        cls.risky = cls.customer_with('no_tier')

    def assertWaits(self, order):
        self.assertEqual(order.state, 'sent')
        self.assertEqual(order.tianyuan_approval_state, 'asked')
        self.assertFalse(order.tianyuan_approval_asked_by_id)
        to_do = order.activity_ids.filtered(lambda activity: activity.activity_type_id == self.env.ref(APPROVE))
        self.assertEqual(to_do.user_id, self.rating_manager)
        note = order.message_ids.filtered(lambda message: "waits for approval" in (message.body or ""))
        self.assertEqual(note.author_id, self.env.ref('base.partner_root'))
        self.assertIn(self.sales_user.partner_id, note.notified_partner_ids)
        self.assertTrue(note.subtype_id.internal, "not for the customer")


@tagged('post_install', '-at_install')
class TestSigningOnline(OnlineCommon, HttpCase):
    """A customer who signs isn't told what speaks against them; the order waits for a manager."""

    def sign(self, order):
        answer = self.make_jsonrpc_request(
            f'/my/orders/{order.id}/accept',
            {'access_token': order._portal_ensure_token(), 'name': "Signatory", 'signature': SIGNATURE},
        )
        order.invalidate_recordset()
        return answer

    def signable(self, customer, **values):
        order = self.quotation(customer)
        order.write({'require_signature': True, 'require_payment': False, 'validity_date': False, **values})
        return order

    def test_a_signature_without_approval_leaves_the_order_waiting(self):
        for state in ('draft', 'sent'):
            with self.subTest(state=state):
                order = self.signable(self.risky, state=state)
                answer = self.sign(order)
                self.assertIn('redirect_url', answer)
                self.assertNotIn('error', answer)
                self.assertTrue(order.signature)
                self.assertWaits(order)
                page = self.url_open(answer['redirect_url']).text
                self.assertIn("Your order has been signed.", page)
                for secret in ("no tier", "pproval", "manager has to"):
                    self.assertNotIn(secret, page)

    def test_a_signed_order_is_confirmed_once_approved(self):
        order = self.signable(self.risky)
        self.sign(order)
        order.with_user(self.rating_manager).action_tianyuan_approve()
        order.with_user(self.sales_user).action_confirm()
        self.assertEqual(order.state, 'sale')

    def test_an_approved_order_is_confirmed_by_signing(self):
        order = self.signable(self.risky)
        order.with_user(self.rating_manager).action_tianyuan_approve()
        self.sign(order)
        self.assertEqual(order.state, 'sale')

    def test_a_good_customer_confirms_by_signing(self):
        order = self.signable(self.good)
        self.sign(order)
        self.assertEqual(order.state, 'sale')

    def test_the_portal_shows_nothing_of_it(self):
        contact = self.new_contact(self.risky)
        portal = new_test_user(
            self.env, 'portal_customer', groups='base.group_portal', partner_id=contact.id,
            company_id=self.company.id, company_ids=[Command.set(self.company.ids)])
        order = self.quotation(self.risky)
        order.write({'state': 'sent', 'partner_id': contact.id})
        seen = order.with_user(portal)
        self.assertFalse(seen.tianyuan_needs_approval)
        self.assertFalse(seen.tianyuan_limit_warned)
        fields = seen.fields_get()
        for name in [*order._tianyuan_protected_fields(), 'tianyuan_warning', 'tianyuan_approval_notice']:
            self.assertNotIn(name, fields)

    def test_who_may_not_write_the_order_does_not_make_it_wait(self):
        contact = self.new_contact(self.risky)
        portal = new_test_user(
            self.env, 'portal_caller', groups='base.group_portal', partner_id=contact.id,
            company_id=self.company.id, company_ids=[Command.set(self.company.ids)])
        for customer in (self.risky, self.customer_with('no_tier')):
            order = self.quotation(customer)
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                order.with_user(portal).action_confirm()
            order.invalidate_recordset()
            self.assertEqual((order.state, order.tianyuan_approval_state), ('draft', 'none'))

    def test_a_customer_of_the_portal_who_confirms_is_held_too(self):
        """Shops confirm in the customer's name."""
        public = self.env.ref('base.public_user')
        order = self.quotation(self.risky)
        order.with_user(public).sudo().with_context(send_email=True).action_confirm()
        order.invalidate_recordset()
        self.assertWaits(order)


@tagged('post_install', '-at_install')
class TestPayingOnline(OnlineCommon):
    """A payment is taken, and the order waits for a manager."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        methods = cls.env.registry['account.payment.method']
        cls.startClassPatcher(patch.object(
            methods, '_get_payment_method_information',
            lambda *args, known=methods._get_payment_method_information: {
                **known(*args), 'none': {'mode': 'multi', 'type': ('bank',)},
            }))
        cls.env['account.payment.method'].sudo().create({'name': "Test", 'code': 'none', 'payment_type': 'inbound'})
        cls.paid_by = cls.env.ref('payment.payment_method_unknown').sudo()
        cls.provider = cls.env['payment.provider'].sudo().create({
            'name': "Test", 'code': 'none', 'state': 'test', 'is_published': True, 'company_id': cls.company.id,
            'payment_method_ids': [Command.set(cls.paid_by.ids)],
        })
        cls.paid_by.active = True
        cls.provider.journal_id = cls.company_data['default_journal_bank']

    def pay_online(self, order):
        transaction = self.env['payment.transaction'].sudo().create({
            'provider_id': self.provider.id, 'payment_method_id': self.paid_by.id, 'operation': 'online_redirect',
            'reference': "Test Transaction", 'sale_order_ids': [Command.set(order.ids)], 'state': 'done',
            'amount': order.amount_total, 'currency_id': order.currency_id.id, 'partner_id': order.partner_id.id,
        })
        transaction._post_process()
        return transaction

    def test_paid_without_approval(self):
        order = self.quotation(self.risky)
        transaction = self.pay_online(order)
        self.assertEqual(transaction.payment_id.amount, 1000)
        self.assertTrue(transaction.is_post_processed)
        self.assertWaits(order)

    def test_paid_by_a_good_customer(self):
        order = self.quotation(self.good)
        self.pay_online(order)
        self.assertEqual(order.state, 'sale')

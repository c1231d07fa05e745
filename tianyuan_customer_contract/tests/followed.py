"""What the tests of contracts share: a customer of the sales user's, whose team a leader leads."""
from odoo import Command

from odoo.addons.tianyuan_customer_rating.tests.common import RatingCommon

DAY = '2024-05-06'


class FollowedContractCommon(RatingCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setup_role_users()
        cls.leader = cls.new_role_user('sales_user', login='tianyuan_leader')
        cls.team = cls.env['crm.team'].create({
            'name': "East", 'company_id': cls.company.id, 'user_id': cls.leader.id,
            'member_ids': [Command.set(cls.sales_user.ids)],
        })
        cls.customer.user_id = cls.sales_user
        cls.goods = cls.env['product.product'].create({
            'name': "Peroxide", 'type': 'consu', 'invoice_policy': 'order', 'taxes_id': [Command.clear()],
        })

    @classmethod
    def new_contract(cls, *orders, state='signed', partner=None, **values):
        contract = cls.env['tianyuan.contract'].sudo().create({
            'partner_id': (partner or cls.customer).id, 'company_id': cls.company.id,
            'currency_id': cls.company.currency_id.id, **values,
        })
        for order in orders:
            order.sudo().tianyuan_contract_id = contract
        contract.write({'state': state})
        return contract

    @classmethod
    def sell(cls, quantity, price, tax=None, currency=None, day=DAY, partner=None):
        """A confirmed order of ``quantity`` at ``price`` before tax."""
        order = cls.order(partner or cls.customer, f'{day} 02:00:00', 1, currency=currency, confirm=False)
        order.order_line = [Command.clear(), Command.create({
            'product_id': cls.goods.id, 'product_uom_qty': quantity, 'price_unit': price,
            'tax_ids': [Command.set(tax.ids if tax else [])],
        })]
        order.action_confirm()
        order.date_order = f'{day} 02:00:00'
        return order

    @classmethod
    def bill(cls, orders, day=DAY, due=None, term=None):
        """The invoice of what orders have to be invoiced, posted."""
        invoice = orders._create_invoices()
        invoice.write({
            'invoice_date': day, 'date': day, 'invoice_payment_term_id': term.id if term else False,
            **({} if term else {'invoice_date_due': due or day}),
        })
        invoice.action_post()
        return invoice

    @classmethod
    def take_back(cls, invoice, day, amount):
        """A credit note of an amount before tax, made from the invoice, and matched with it."""
        reversal = cls.env['account.move.reversal'].with_context(
            active_model='account.move', active_ids=invoice.ids,
        ).create({'date': day, 'journal_id': invoice.journal_id.id})
        note = cls.env['account.move'].browse(reversal.refund_moves()['res_id'])
        note.invoice_line_ids.write({'quantity': 1})
        note.invoice_line_ids.price_unit = amount
        note.action_post()
        cls.receivables(invoice + note).filtered(lambda line: not line.reconciled).reconcile()
        return note

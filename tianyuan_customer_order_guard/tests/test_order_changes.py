from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form

from .common import QuotationCommon


class TestConfirmedOrders(QuotationCommon):
    """A confirmed order can't be made into one that would have needed a manager's approval (design §9)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.treat('approve', 'over_limit', 'bad_debt')
        cls.customer = cls.customer_with()
        cls.customer.with_company(cls.company).credit_limit = 1500
        cls.debtor = cls.customer_with('bad_debt')

    def confirmed(self, customer=None, amount=1000):
        order = self.quotation(customer or self.customer, amount).with_user(self.sales_user)
        order.action_confirm()
        return order

    def assertRefused(self, change):
        with self.assertRaisesRegex(UserError, "These orders are confirmed") as refusal, self.env.cr.savepoint():
            change()
        return str(refusal.exception)

    def test_what_a_salesperson_may_not_change(self):
        """1,000 of a limit of 1,500: 1,500 is allowed, a cent more isn't, whichever way it comes."""
        order = self.confirmed()
        line = order.order_line
        self.change_amount(order, 1500)
        self.assertEqual(order.amount_total, 1500)
        said = self.assertRefused(lambda: self.change_amount(order, 1500.01))
        self.assertIn("¥1,500.01", said.replace('\xa0', ""))
        self.assertRefused(lambda: line.write({'product_uom_qty': 2}))
        self.assertRefused(lambda: order.write({'order_line': [Command.update(line.id, {'product_uom_qty': 2})]}))
        self.assertRefused(lambda: order.write({'order_line': [Command.create(
            {'product_id': self.service_product.id, 'price_unit': 1, 'tax_ids': False})]}))
        self.assertRefused(lambda: self.env['sale.order.line'].with_user(self.sales_user).create({
            'order_id': order.id, 'product_id': self.service_product.id, 'price_unit': 1, 'tax_ids': False}))
        self.assertRefused(
            lambda: self.env['sale.order.line'].with_user(self.sales_user).with_context(default_order_id=order.id)
            .create({'product_id': self.service_product.id, 'price_unit': 1, 'tax_ids': False}))
        self.assertRefused(lambda: order.write({'partner_invoice_id': self.debtor.id}))
        self.assertRefused(lambda: order.write({'partner_id': self.debtor.id}))
        other = self.confirmed(self.good, 600)
        self.assertRefused(lambda: other.order_line.write({'order_id': order.id}))
        self.assertEqual((order.amount_total, order.partner_id), (1500, self.customer))

    def test_on_the_screen(self):
        order = self.confirmed()
        with self.assertRaisesRegex(UserError, "These orders are confirmed"), Form(order) as form:
            with form.order_line.edit(0) as line:
                line.price_unit = 1600

    def test_the_whole_change_counts(self):
        """One line for 600 more and the other for 200 less: 1,400 in the end."""
        order = self.confirmed(amount=500)
        second = self.env['sale.order.line'].with_user(self.sales_user).create({
            'order_id': order.id, 'product_id': self.service_product.id, 'price_unit': 900, 'tax_ids': False})
        first = order.order_line - second
        order.write({'order_line': [
            Command.update(first.id, {'price_unit': 1300}), Command.update(second.id, {'price_unit': 100})]})
        self.assertEqual(order.amount_total, 1400)

    def test_what_costs_less_is_no_question(self):
        self.treat('ignore')
        order = self.confirmed(self.customer, 9000)
        self.treat('approve', 'over_limit')
        self.change_amount(order, 8000)
        order.order_line.name = "Peroxide, 35 %"
        self.assertEqual(order.amount_total, 8000)

    def test_nobody_stops_the_watch_by_the_context(self):
        order = self.confirmed()
        line = order.order_line.with_context(tianyuan_snapshot=True)
        self.assertRefused(lambda: line.write({'price_unit': 9000}))

    def test_an_approval_covers_changes_up_to_its_amount(self):
        order = self.quotation(self.customer, 2000).with_user(self.sales_user)
        order.action_tianyuan_ask_approval()
        order.with_user(self.rating_manager).action_tianyuan_approve()
        order.action_confirm()
        self.change_amount(order, 1800)
        self.change_amount(order, 2000)
        self.assertRefused(lambda: self.change_amount(order, 2000.01))

    def test_a_managers_own_change_goes_through_and_is_noted(self):
        order = self.confirmed()
        self.change_amount(order.with_user(self.rating_manager), 1600)
        self.assertEqual(order.amount_total, 1600)
        note = order.sudo().message_ids.filtered(lambda message: "Changed by a manager" in (message.body or ""))
        self.assertEqual(len(note), 1)
        self.assertIn("1,600.00", note.body)
        self.assertIn("1,500.00", note.body)
        self.assertEqual(note.author_id, self.rating_manager.partner_id)

    def test_goods_not_delivered_yet_count(self):
        """Confirmed goods that are invoiced when delivered, which Odoo leaves out of what is to be invoiced."""
        goods = self.env['product.product'].create({'name': "Soda", 'type': 'consu', 'invoice_policy': 'delivery'})
        first, second = self.quotation(self.customer), self.quotation(self.customer)
        (first + second).order_line.write({'product_id': goods.id, 'price_unit': 1000, 'tax_ids': False})
        first.with_user(self.sales_user).action_confirm()
        self.assertTrue(second.tianyuan_needs_approval, "1,000 + 1,000 of 1,500")

    def test_what_has_a_draft_invoice_only_counts(self):
        """1,000 ordered and invoiced by a draft, which is owed only once it is posted: 1,000 + 501 of 1,500 either way."""
        order = self.confirmed()
        invoice = order.sudo()._create_invoices()
        self.assertEqual(order.invoice_status, 'invoiced')
        more = self.quotation(self.customer, 501)
        self.assertTrue(more.tianyuan_needs_approval)
        invoice.action_post()
        self.env.invalidate_all()
        self.assertTrue(more.tianyuan_needs_approval)
        self.assertIn("¥1,501.00", more.with_user(self.sales_user).tianyuan_warning.replace('\xa0', ""))


class TestWhatIsConfirmed(QuotationCommon):
    """An order is judged as it is once the write is done, by all who are to pay, in the company it belongs to."""

    def test_the_new_values_count(self):
        self.treat('approve', 'bad_debt', 'over_limit')
        debtor = self.customer_with('bad_debt')
        order = self.quotation(self.good).with_user(self.sales_user)
        for values in ({'partner_id': debtor.id}, {'partner_invoice_id': debtor.id}):
            with self.subTest(values=values), self.assertRaises(UserError), self.env.cr.savepoint():
                order.write({**values, 'state': 'sale'})
        self.good.with_company(self.company).credit_limit = 1500
        with self.assertRaises(UserError), self.env.cr.savepoint():
            order.write({
                'order_line': [Command.update(order.order_line.id, {'price_unit': 1501})], 'state': 'sale'})
        bad = self.quotation(debtor).with_user(self.sales_user)
        bad.write({'partner_id': self.good.id, 'partner_invoice_id': self.good.id, 'state': 'sale'})
        self.assertEqual((bad.state, bad.partner_id), ('sale', self.good))

    def test_who_is_invoiced_counts(self):
        self.treat('approve', 'bad_debt', 'no_tier', 'over_limit')
        payer = self.customer_with('bad_debt', 'no_tier', 'over_limit')
        payer.name = "Payer"
        order = self.quotation(self.good).with_user(self.sales_user)
        self.assertFalse(order.tianyuan_needs_approval)
        order.partner_invoice_id = payer
        self.assertTrue(order.tianyuan_needs_approval)
        self.assertEqual([line.replace('\xa0', "") for line in order.tianyuan_warning.splitlines()], [
            "Payer, who is invoiced, has bad debt on record: ¥10.00 since 2024/01/01.",
            "Payer, who is invoiced, has no tier.",
            "Payer, who is invoiced, is over the credit limit of ¥0.01: ¥1,000.00 including this order.",
        ])
        with self.assertRaises(UserError):
            order.action_confirm()

    def test_what_is_invoiced_to_another_is_theirs(self):
        """900 of Good's order are Payer's: 900 + 200 are over the limit of 1,000."""
        self.treat('approve', 'over_limit')
        payer = self.customer_with()
        payer.with_company(self.company).credit_limit = 1000
        order = self.quotation(self.good, 900)
        order.partner_invoice_id = payer
        order.action_confirm()
        self.assertTrue(self.quotation(payer, 200).tianyuan_needs_approval)
        self.assertFalse(self.quotation(payer, 100).tianyuan_needs_approval)

    def test_a_branch_is_part_of_its_company(self):
        """900,000 in a branch for a customer with bad debt and a limit of 10,000 in the company."""
        branch = self.env['res.company'].create({'name': "Branch", 'parent_id': self.company.id})
        self.env.user.company_ids |= branch
        self.sales_user.company_ids |= branch
        self.treat('approve', 'bad_debt', 'over_limit')
        self.treat('ignore', company=branch)
        debtor = self.customer_with('bad_debt')
        customer = self.customer_with()
        customer.with_company(self.company).credit_limit = 10_000
        self.order(customer, '2024-06-03 04:00:00', 8000)
        for who, amount, refused in ((debtor, 1, True), (customer, 2000.01, True), (customer, 2000, False)):
            with self.subTest(who=who.name, amount=amount):
                order = self.order(who, '2024-06-03 04:00:00', amount, company=branch, confirm=False)
                self.assertEqual(order.tianyuan_needs_approval, refused)
        self.order(customer, '2024-06-03 04:00:00', 1500, company=branch)
        self.assertTrue(self.quotation(customer, 501).tianyuan_needs_approval, "8,000 + 1,500 in the branch + 501")
        self.assertFalse(self.quotation(customer, 500).tianyuan_needs_approval)

    def test_a_draft_invoice_without_an_order_warns_as_a_quotation(self):
        self.treat('warn', 'bad_debt', 'over_limit')
        customer = self.customer_with('bad_debt', 'over_limit')
        invoice = self.invoice(customer, '2024-06-03', 700, post=False).with_user(self.rating_manager)
        self.assertEqual([line.replace('\xa0', "") for line in invoice.tianyuan_warning.splitlines()], [
            "This customer has bad debt on record: ¥10.00 since 2024/01/01.",
            "Over the credit limit of ¥0.01: ¥700.00 including this invoice.",
        ])
        self.treat('ignore')
        invoice.invalidate_recordset()
        self.assertFalse(invoice.tianyuan_warning)

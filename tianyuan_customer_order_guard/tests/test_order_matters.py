import base64
from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user

from odoo.addons.tianyuan_customer_rating.engine.payments import overdue
from odoo.addons.tianyuan_customer_rating.tests.document.common import PDF
from .common import LATER_MATTERS, QuotationCommon

NOON = '2024-06-15 04:00:00'


def plain(text):
    return text.replace('\xa0', "")


class MattersCommon(QuotationCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(NOON))

    def said(self, document):
        document.invalidate_recordset()
        return plain(document.tianyuan_warning or "").splitlines()

    def mine(self, customer=None, **values):
        return self.quotation(customer or self.good, **values).with_user(self.sales_user)

    def assertTreated(self, matter, customer, said):
        """The matter is ignored, said, or has to be approved, as the company wants."""
        for treatment in ('ignore', 'warn', 'approve'):
            with self.subTest(treatment=treatment):
                self.treat(treatment, matter)
                order = self.mine(customer)
                self.assertEqual(self.said(order), [] if treatment == 'ignore' else [said])
                if treatment == 'approve':
                    with self.assertRaises(UserError) as refusal, self.env.cr.savepoint():
                        order.action_confirm()
                    self.assertIn(said, plain(str(refusal.exception)))
                else:
                    order.action_confirm()
                    self.assertEqual(order.state, 'sale')


class TestHold(MattersCommon):
    """A manager puts a customer on hold for a time (design §9)."""

    def hold(self, customer=None, until='2024-06-30', user=None, company=None, **values):
        holds = self.env['tianyuan.customer.hold'].with_user(user or self.rating_manager)
        return holds.with_company(company or self.company).create({
            'partner_id': (customer or self.good).id, 'date_to': until, 'reason': "Tank inspection", **values,
        })

    def test_each_treatment(self):
        self.hold()
        self.assertTreated('on_hold', self.good, "This customer is on hold until 2024/06/30.")

    def test_by_default_a_manager_approves(self):
        self.assertEqual(self.env['res.company'].create({'name': "New"}).tianyuan_order_on_hold, 'approve')

    def test_until_its_last_day_or_its_end(self):
        self.treat('warn', 'on_hold')
        order = self.mine()
        hold = self.hold()
        with freeze_time('2024-06-30 04:00:00'):
            self.assertTrue(self.said(order))
        with freeze_time('2024-07-01 04:00:00'):
            self.assertFalse(self.said(order))
        hold.action_end()
        self.assertFalse(self.said(order))
        self.assertEqual((hold.ended_on, hold.ended_by_id), (date(2024, 6, 15), self.rating_manager))
        with self.assertRaisesRegex(UserError, "has ended already"):
            hold.action_end()
        self.hold(until='2024-06-15')
        self.assertTrue(self.said(order), "today is still a day of it")

    def test_it_is_shown_on_customer_and_invoice(self):
        self.hold()
        customer = self.good.with_user(self.sales_user).with_company(self.company)
        self.assertEqual(customer.tianyuan_hold_note, "On hold until 2024/06/30, by Manager Ma: Tank inspection")
        contact = self.new_contact(self.good).with_user(self.sales_user).with_company(self.company)
        self.assertTrue(contact.tianyuan_on_hold)
        self.assertEqual(customer.search([('tianyuan_on_hold', '=', True), ('is_company', '=', True)]), customer)
        self.treat('warn', 'on_hold')
        invoice = self.invoice(self.good, '2024-06-15', 100, post=False)
        self.assertEqual(self.said(invoice), ["This customer is on hold until 2024/06/30."])

    def test_the_salesperson_is_told_but_not_everybody_why(self):
        self.hold()
        note = self.good.message_ids[0]
        self.assertEqual(note.body.striptags(), "Put on hold until 06/30/2024.")
        self.assertEqual(note.author_id, self.rating_manager.partner_id)
        self.assertIn(self.sales_user.partner_id, note.notified_partner_ids)
        self.assertTrue(note.subtype_id.internal)

    def test_who_is_invoiced_is_named(self):
        payer = self.customer_with()
        payer.name = "Payer"
        self.hold(payer)
        self.treat('approve', 'on_hold')
        order = self.mine()
        order.partner_invoice_id = payer
        self.assertEqual(self.said(order), ["Payer, who is invoiced, is on hold until 2024/06/30."])

    def test_in_the_companys_branches_but_not_elsewhere(self):
        branch = self.env['res.company'].create({'name': "Branch", 'parent_id': self.company.id})
        other = self.setup_other_company()['company']
        self.rating_manager.company_ids |= branch
        self.treat('warn', 'on_hold')
        self.treat('warn', 'on_hold', company=other)
        hold = self.hold(company=branch)
        self.assertEqual(hold.company_id, self.company, "a branch's hold is its company's")
        self.assertTrue(self.said(self.quotation(self.good)))
        self.assertFalse(self.said(self.order(self.good, NOON, 100, company=other, confirm=False)))

    def test_only_managers_decide(self):
        for user in (self.sales_user, self.finance_assessor, self.archive_specialist):
            with self.assertRaises(AccessError):
                self.hold(user=user)
            with self.assertRaises(AccessError):
                self.good.with_user(user).action_tianyuan_hold()
        hold = self.hold()
        with self.assertRaises(AccessError):
            hold.with_user(self.sales_user).action_end()
        for values in ({'date_to': '2024-07-31'}, {'ended_on': '2024-06-15'}, {'reason': "Another"}):
            with self.assertRaises(AccessError):
                hold.write(values)
        with self.assertRaises(AccessError):
            self.hold(self.customer_with(), ended_on='2024-06-15')

    def test_what_makes_no_sense_is_refused(self):
        self.hold()
        with self.assertRaisesRegex(UserError, "Already on hold: .*Good"), self.env.cr.savepoint():
            self.hold()
        another = self.customer_with()
        with self.assertRaisesRegex(ValidationError, "before today"), self.env.cr.savepoint():
            self.hold(another, until='2024-06-14')
        with self.assertRaisesRegex(ValidationError, "Say why"), self.env.cr.savepoint():
            self.hold(another, reason=" ")

    def test_the_button_opens_what_there_is(self):
        customer = self.good.with_user(self.rating_manager).with_company(self.company)
        self.assertEqual(customer.action_tianyuan_hold()['target'], 'new')
        self.assertEqual(customer.action_tianyuan_hold()['context'], {'default_partner_id': self.good.id})
        hold = self.hold()
        self.assertEqual(customer.action_tianyuan_hold()['res_id'], hold.id)


class TestOverdue(MattersCommon):
    """Who owes for too long, or too much (design §9)."""

    def owed(self):
        """What the customer owes overdue, and since when."""
        rows = overdue(self.company, date(2024, 6, 15), self.good.ids)
        amount, since = rows.get(self.good.id, (0, None))
        return float(amount), since

    def test_each_treatment(self):
        """The invoice is due on 15 May, 31 days ago."""
        self.invoice(self.good, '2024-05-15', 700)
        self.assertTreated('overdue', self.good, "This customer owes ¥700.00 overdue since 2024/05/15.")

    def test_days_and_amount(self):
        self.treat('warn', 'overdue')
        order = self.mine()
        self.invoice(self.good, '2024-05-01', 1000, due='2024-05-16')
        self.assertFalse(self.said(order), "30 days are not more than 30")
        self.company.tianyuan_order_overdue_amount = 1000
        self.assertFalse(self.said(order), "1,000 is not more than 1,000")
        self.company.tianyuan_order_overdue_amount = 999.99
        self.assertTrue(self.said(order))
        self.company.write({'tianyuan_order_overdue_amount': 0, 'tianyuan_order_overdue_days': 29})
        self.assertTrue(self.said(order))
        self.invoice(self.good, '2024-06-15', 5000)
        self.assertEqual(self.owed(), (1000, date(2024, 5, 16)), "due today is not overdue")

    def test_what_is_owed(self):
        """1,000 due in April: 300 paid, 100 credited, 50 in an unmatched payment; 400 due in May: 550 + 400 = 950."""
        april = self.invoice(self.good, '2024-04-01', 1000, due='2024-04-30')
        self.pay(april, '2024-05-02', 300)
        self.credit_note(april, '2024-05-03', 100)
        self.receive(self.good, '2024-05-04', 50)
        self.invoice(self.good, '2024-05-05', 400, due='2024-05-31')
        self.assertEqual(self.owed(), (950, date(2024, 4, 30)))
        self.receive(self.good, '2024-06-01', 550)
        self.assertEqual(self.owed(), (400, date(2024, 5, 31)), "the oldest is paid first")

    def test_what_is_written_off_is_bad_debt_and_not_overdue(self):
        self.company.tianyuan_bad_debt_account_ids = self.bad_debt_account
        invoice = self.invoice(self.good, '2024-01-10', 1000, due='2024-01-31')
        self.write_off(invoice, '2024-04-01', 400)
        self.assertEqual(self.owed(), (600, date(2024, 1, 31)))
        self.write_off(invoice, '2024-04-02', 600)
        self.assertEqual(self.owed(), (0, None))

    def test_a_contacts_invoice_and_an_instalment(self):
        """Half of 1,000 is due after 30 days, on 1 June, the rest on 1 July."""
        term = self.env['account.payment.term'].create({'name': "Two", 'line_ids': [
            Command.create({'value': 'percent', 'value_amount': 50, 'nb_days': days}) for days in (30, 60)]})
        self.invoice(self.new_contact(self.good), '2024-05-02', 1000, term=term)
        self.assertEqual(self.owed(), (500, date(2024, 6, 1)))

    def test_many_orders_take_as_many_queries_as_one(self):
        self.treat('warn', *LATER_MATTERS)
        orders = self.env['sale.order'].concat(*(self.quotation(self.customer_with()) for _number in range(10)))
        for order in orders:
            self.invoice(order.partner_id, '2024-05-01', 100)
        orders = orders.with_user(self.sales_user)
        orders[:1].mapped('tianyuan_warning')
        self.env.invalidate_all()
        one = self.queries(lambda: orders[:1].mapped('tianyuan_warning'))
        self.env.invalidate_all()
        self.assertLessEqual(self.queries(lambda: orders.mapped('tianyuan_warning')), one + 3)
        self.assertEqual({len(self.said(order)) for order in orders[:3]}, {1})


class TestLicence(MattersCommon):
    """What isn't sold to a customer without a licence (policy 9.1)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.permit = cls.env['tianyuan.archive.document.type'].create({'name': "Hazardous Chemicals Licence"})
        cls.above = cls.env['product.category'].create({'name': "Chemicals"})
        cls.category = cls.env['product.category'].create({'name': "Acids", 'parent_id': cls.above.id})
        cls.acid = cls.service_product
        cls.acid.categ_id = cls.category
        cls.harmless = cls.env['product.product'].create({'name': "Salt", 'type': 'service', 'list_price': 1})

    def paper(self, customer=None, document_type=None, company=None, upload=PDF, **values):
        company = company or self.company
        return self.env['tianyuan.archive.document'].sudo().with_company(company).create({
            'partner_id': (customer or self.good).id, 'type_id': (document_type or self.permit).id,
            'company_id': company.id, 'name': "Permit", 'file_name': 'permit.pdf',
            'upload': upload and base64.b64encode(upload), 'valid_from': '2024-01-01', 'valid_until': '2024-12-31',
            **values,
        })

    def test_each_treatment_and_who_says_it(self):
        for needing in (self.acid.product_tmpl_id, self.category, self.above):
            needing.tianyuan_licence_type_ids = self.permit
            with self.subTest(needing=needing):
                self.assertTreated(
                    'licence', self.good, "This customer has no valid licence on file: Hazardous Chemicals Licence")
            needing.tianyuan_licence_type_ids = False
        self.treat('approve', 'licence')
        self.assertFalse(self.said(self.mine()))

    def test_a_duplicate_needs_them_too(self):
        keeper = new_test_user(self.env, 'product_keeper', groups='base.group_user,product.group_product_manager')
        for needing in (self.acid.product_tmpl_id, self.category):
            needing.tianyuan_licence_type_ids = self.permit
            duplicate = needing.with_user(keeper).copy()
            self.assertEqual(duplicate.sudo().tianyuan_licence_type_ids, self.permit)

    def test_what_counts_as_held(self):
        self.acid.tianyuan_licence_type_ids = self.permit
        self.treat('warn', 'licence')
        order = self.mine()
        other_company = self.setup_other_company()['company']
        another = self.env['tianyuan.archive.document.type'].create({'name': "Another"})
        for number, (held, values) in enumerate((
            (False, {'upload': False}),
            (False, {'valid_until': '2024-06-14'}),
            (True, {'valid_until': '2024-06-15'}),
            (False, {'valid_from': '2024-06-16'}),
            (True, {'valid_from': '2024-06-15'}),
            (True, {'valid_until': False}),
            (False, {'customer': self.customer_with()}),
            (False, {'document_type': another}),
            (False, {'company': other_company}),
            (False, {'active': False}),
        )):
            with self.subTest(number=number, **values):
                paper = self.paper(**values)
                self.assertEqual(not self.said(order), held)
                paper.active = False

    def test_the_day_of_the_order_counts(self):
        """Confirmed in July, when the licence has run out."""
        self.acid.tianyuan_licence_type_ids = self.permit
        self.treat('approve', 'licence')
        self.paper(valid_until='2024-06-30')
        first, second = self.mine(), self.mine()
        first.action_confirm()
        with freeze_time('2024-07-01 04:00:00'), self.assertRaises(UserError):
            second.action_confirm()
        self.assertEqual(first.state, 'sale')

    def test_a_confirmed_order_gets_no_other_product(self):
        self.acid.tianyuan_licence_type_ids = self.permit
        self.treat('approve', 'licence')
        order = self.quotation(self.good)
        order.order_line.write({'product_id': self.harmless.id, 'price_unit': 500})
        order = order.with_user(self.sales_user)
        order.action_confirm()
        with self.assertRaisesRegex(UserError, "Hazardous Chemicals Licence"), self.env.cr.savepoint():
            order.order_line.write({'product_id': self.acid.id, 'price_unit': 400})
        self.paper()
        order.order_line.write({'product_id': self.acid.id, 'price_unit': 400})
        self.assertEqual(order.order_line.product_id, self.acid)

    def test_an_invoice_without_an_order(self):
        self.acid.tianyuan_licence_type_ids = self.permit
        self.treat('warn', 'licence')
        invoice = self.invoice(self.good, '2024-06-15', 100, post=False)
        invoice.invoice_line_ids.product_id = self.acid
        self.assertEqual(
            self.said(invoice), ["This customer has no valid licence on file: Hazardous Chemicals Licence"])
        self.paper()
        self.assertFalse(self.said(invoice))

    def test_many_orders_take_as_many_queries_as_one(self):
        """Each of another product in another category, for another customer."""
        self.treat('warn', 'licence')
        orders = self.env['sale.order']
        for number in range(20):
            category = self.category.copy({'name': f"Acids {number}"})
            category.tianyuan_licence_type_ids = self.permit
            product = self.env['product.product'].create({
                'name': f"Acid {number}", 'type': 'service', 'categ_id': category.id,
            })
            orders += self.quotation(self.customer_with())
            orders[-1:].order_line.product_id = product
        orders = orders.with_user(self.sales_user)
        self.said(orders[0])    # warm up

        def cost(some):
            self.env.flush_all()
            self.env.invalidate_all()
            return self.queries(lambda: some.mapped('tianyuan_warning'))

        self.assertLessEqual(cost(orders), cost(orders[:1]) + 1)
        self.assertEqual([len(self.said(order)) for order in orders], [1] * 20)

    def test_sales_by_licence(self):
        """1,000 on 3 June without the licence, 700 dollars at 7 on 16 June with it, both of the acid."""
        self.treat('ignore')
        self.category.tianyuan_licence_type_ids = self.permit
        self.acid.tianyuan_licence_type_ids = self.permit    # twice, and yet one row
        paper = self.paper(valid_from='2024-06-16')
        before = self.order(self.good, '2024-06-03 04:00:00', 1000)
        # at 18:00 the 16th has begun in China
        self.company.partner_id.tz = 'Asia/Shanghai'
        after = self.order(self.good, '2024-06-15 18:00:00', 700, currency=self.new_usd(('2024-01-01', 7.0)))
        harmless = self.order(self.good, '2024-06-03 04:00:00', 5, confirm=False)
        harmless.order_line.product_id = self.harmless
        harmless.action_confirm()
        self.mine()    # a quotation is no sale
        self.env.flush_all()
        sales = self.env['tianyuan.licence.sale']
        rows = sales.with_user(self.sales_user).search([('partner_id', '=', self.good.id)])
        self.assertRecordValues(rows, [
            {'order_id': after.id, 'date': date(2024, 6, 16), 'amount': 4900.0, 'type_id': self.permit.id,
             'product_id': self.acid.id, 'document_id': paper.id, 'valid_until': date(2024, 12, 31),
             'is_licensed': True},
            {'order_id': before.id, 'date': date(2024, 6, 3), 'amount': 1000.0, 'type_id': self.permit.id,
             'product_id': self.acid.id, 'document_id': False, 'valid_until': False, 'is_licensed': False},
        ])
        colleague = self.new_role_user('sales_user', 'licence_colleague')
        self.assertFalse(sales.with_user(colleague).search([('partner_id', '=', self.good.id)]))
        self.rating_manager.group_ids += self.env.ref('base.group_allow_export')
        exported = rows.with_user(self.rating_manager).export_data(['type_id/name', 'amount'])['datas']
        self.assertEqual(exported, [["Hazardous Chemicals Licence", 4900.0], ["Hazardous Chemicals Licence", 1000.0]])

"""Signing: what must be there before, and what is fixed from then on (policy 9.1–9.2, design §8)."""
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from .common import ContractCommon
from odoo.addons.tianyuan_customer_rating.tests.reasons import give_reason


@tagged('post_install', '-at_install', 'smoke')
class TestContractSign(ContractCommon):

    def missing(self, contract):
        """What signing says is missing, line by line; the same as the page says."""
        with self.assertRaises(UserError) as caught:
            contract.action_sign()
        head, *lines = str(caught.exception).splitlines()
        self.assertEqual(head, f"{contract.display_name} can't be signed yet:")
        contract.invalidate_recordset(['missing'])
        lines = [line.removeprefix("– ") for line in lines]
        self.assertEqual(contract.missing, "\n".join(lines))
        self.assertEqual(contract.state, 'draft')
        return lines

    def authorisation(self, **values):
        document_type = self.env['tianyuan.archive.document.type'].create({'name': "Authorisation"})
        return self.env['tianyuan.archive.document'].sudo().create({
            'name': "Letter", 'type_id': document_type.id, 'partner_id': self.customer.id, 'company_id': self.company.id,
            **values})

    def test_everything_missing_is_told_at_once(self):
        self.template.write({'quality': False, 'rights': False, 'disputes': False, 'settlement': False})
        self.customer.sudo().tianyuan_legal_representative = False
        contract = self.new_contract()
        contract.check_ids[4].write({'result': 'failed', 'evidence': "Not authorised"})
        self.assertEqual(self.missing(contract), [
            "Checks to be made: Legal personality, Right to operate, Ability to perform, and Credit standing",
            "Failed checks: Signatory's authority",
            "Template: legal has not approved Standard sale",
            "Terms: Quality Terms, Settlement Terms, Rights and Obligations, Settlement of Disputes, Valid From, "
            "and Valid Until",
            "Products: a sale contract needs an order with products",
            "Signatory: who signs for the customer",
        ])

    def test_each_thing_that_is_missing(self):
        for values, expected in (
            ({'template_id': False}, "Template: choose one approved by legal"),
            ({'quality': " "}, "Terms: Quality Terms"),
            ({'settlement': False}, "Terms: Settlement Terms"),
            ({'date_start': False}, "Terms: Valid From"),
            ({'date_end': False}, "Terms: Valid Until"),
            ({'signatory_name': False}, "Signatory: who signs for the customer"),
            ({'signatory_name': "Li Si"}, "Signatory: by the archive Chen Gang is the legal representative"),
            ({'signatory_name': "Li Si", 'signatory_capacity': 'authorised'}, "Signatory: the letter of authorisation"),
        ):
            with self.subTest(expected):
                contract = self.ready().with_user(self.rating_manager)
                contract.write(values)
                self.assertIn(expected, self.missing(contract))

    def test_each_check_counts(self):
        for kind in ('personality', 'operation', 'ability', 'credit', 'signatory'):
            with self.subTest(kind):
                contract = self.ready()
                check = contract.check_ids.filtered(lambda check, kind=kind: check.kind == kind)
                label = dict(check._fields['kind']._description_selection(self.env))[kind]
                check.result = 'failed'
                self.assertEqual(self.missing(contract), [f"Failed checks: {label}"])
                check.result = 'pending'
                self.assertEqual(self.missing(contract), [f"Checks to be made: {label}"])

    def test_products_need_specification_quantity_and_price(self):
        contract = self.ready()
        line = contract.sudo().order_ids.order_line
        self.paint.tianyuan_specification = False
        self.assertEqual(self.missing(contract), ["Specification of White Paint"])
        self.paint.tianyuan_specification = "25 kg"
        line.product_uom_qty = 0
        self.assertEqual(self.missing(contract), ["Quantity of White Paint"])
        line.write({'product_uom_qty': 1, 'price_unit': 0})
        self.assertEqual(self.missing(contract), ["Price of White Paint"])
        line.write({'price_unit': 5})
        self.paint.write({'type': 'service', 'tianyuan_specification': False})
        contract.action_sign()    # a service, such as freight, has no specification

    def test_a_framework_describes_its_products(self):
        self.new_template('agency')
        contract = self.ready(self.new_contract(contract_type='agency'))
        self.assertEqual(
            self.missing(contract), ["Products: describe product, specification, quantity and price, or add an order"])
        contract.products = "Paint, 25 kg, 100 t a year, at list price"
        contract.action_sign()
        self.assertEqual(contract.state, 'signed')

    def test_who_is_authorised_shows_a_letter_that_is_valid(self):
        contract = self.ready()
        letter = self.authorisation(valid_from='2020-01-01', valid_until=fields.Date.today() - timedelta(days=2))
        contract.write({
            'signatory_name': "Li Si", 'signatory_capacity': 'authorised', 'authorisation_document_id': letter.id})
        self.assertEqual(self.missing(contract), ["Signatory: the letter of authorisation has expired"])
        letter.valid_until = '2999-01-01'
        contract.action_sign()
        theirs = self.authorisation(partner_id=self.other_customer.id)
        self.refused("isn't in this customer's archive", self.new_contract().write,
                     {'authorisation_document_id': theirs.id})

    def test_texts_legal_has_not_seen_take_a_legal_reviewer(self):
        contract = self.ready()
        contract.write({'disputes': "Our court", 'settlement': "Cash"})
        self.assertEqual(self.missing(contract), [
            "Not as legal has approved it, which takes a legal reviewer to sign: Settlement of Disputes"])
        contract.action_restore_terms()
        self.assertEqual((contract.disputes, contract.settlement, contract.missing), ("Court of Nanjing", "Cash", ""))
        contract.disputes = "Our court"
        contract.with_user(self.rating_manager).action_sign()
        self.assertEqual(contract.disputes, "Our court")

    def test_signing_records_who_and_when(self):
        contract = self.ready()
        with freeze_time('2024-05-01 20:00:00'):
            contract.with_context(tz='Asia/Shanghai').action_sign()
        self.assertEqual((contract.state, str(contract.date_signed)), ('signed', '2024-05-02'))
        self.assertEqual(contract.signed_by_id, self.sales_user)

    def test_a_signed_contract_says_what_it_said(self):
        order = self.quotation((self.paint, 10, 250))
        order.order_line.discount = 10
        contract = self.signed(self.contract_of(order))
        values = contract.line_ids.read(
            ['name', 'specification', 'quantity', 'price_unit', 'price_subtotal', 'price_total'], load=False)
        self.assertEqual([{name: row[name] for name in row if name != 'id'} for row in values], [{
            'name': "White Paint", 'specification': "25 kg barrels", 'quantity': 10, 'price_unit': 225,
            'price_subtotal': 2250, 'price_total': 2250}])
        order.order_line.write({'product_uom_qty': 99, 'price_unit': 1})
        self.paint.write({'name': "Black Paint", 'tianyuan_specification': "Tins"})
        self.assertEqual((contract.amount_total, contract.line_ids.quantity, contract.line_ids.name),
                         (2250, 10, "White Paint"))
        order._action_cancel()
        self.assertEqual(contract.amount_total, 2250)

    def test_what_was_signed_stays(self):
        contract = self.signed()
        changes = {
            'subject': "Other", 'partner_id': self.other_customer.id, 'company_id': self.company.id,
            'contract_type': 'agency', 'currency_id': self.env.ref('base.USD').id, 'date_start': '2023-01-01',
            'date_end': '2998-01-01', 'template_id': False, 'products': "More", 'quality': "Less", 'settlement': "Cash",
            'rights': "None", 'disputes': "None", 'signatory_name': "Li Si", 'signatory_capacity': 'authorised',
            'authorisation_document_id': False, 'order_ids': [Command.clear()],
            'check_ids': [Command.update(contract.check_ids[0].id, {'result': 'failed'})],
        }
        for user in (self.sales_user, self.rating_manager):
            for name, value in changes.items():
                self.refused("isn't a draft any more", contract.with_user(user).write, {name: value}, error=UserError)
            self.refused("isn't a draft any more", contract.check_ids[0].with_user(user).write, {'note': "x"},
                         error=UserError)
        contract.user_id = self.rating_manager    # who looks after it may change

    def test_a_signed_contracts_evidence_is_not_exchanged(self):
        contract = self.ready()
        check = contract.check_ids[0]
        file = self.env['ir.attachment'].with_user(self.sales_user).create({
            'name': "register.txt", 'raw': b"seen", 'res_model': check._name, 'res_id': check.id})
        check.attachment_ids = [Command.link(file.id)]
        contract.action_sign()
        self.assertEqual(file.raw, b"seen")
        self.refused("", file.write, {'raw': b"other"}, error=AccessError)
        self.refused("", file.unlink, error=AccessError)

    def test_what_follows_is_written_by_nobody(self):
        contract = self.ready()
        for name, value in {
            'state': 'signed', 'name': "HT/1", 'body': "<p>x</p>", 'template_version': 9, 'amount_total': 1,
            'amount_untaxed': 1, 'amount_tax': 1, 'date_signed': '2024-01-01', 'signed_by_id': self.sales_user.id,
            'cancel_reason': "x", 'line_ids': [Command.create({'name': "Gold"})],
        }.items():
            self.refused("", contract.with_user(self.rating_manager).write, {name: value}, error=AccessError)
            self.refused("", self.new_contract, error=AccessError, **{name: value})
        self.refused("", self.env['tianyuan.contract.line'].with_user(self.rating_manager).create,
                     {'contract_id': contract.id, 'name': "Gold"}, error=AccessError)

    def test_the_steps_after_signing(self):
        contract = self.ready()
        self.refused("this step isn't possible", contract.action_done, error=UserError)
        contract.action_sign()
        self.refused("this step isn't possible", contract.action_sign, error=UserError)
        contract.action_done()
        self.assertEqual(contract.state, 'done')
        self.refused("this step isn't possible", contract.action_cancel, "Too late", error=UserError)

    def test_cancelling_needs_a_reason(self):
        for contract in (self.contract_of(self.quotation()), self.signed()):
            self.refused("Say why the contract is cancelled", contract.action_cancel, " ", error=UserError)
            give_reason(contract.with_user(self.sales_user), 'action_cancel', "The customer withdrew")
            self.assertEqual((contract.state, contract.cancel_reason), ('cancelled', "The customer withdrew"))
            self.refused("this step isn't possible", contract.action_sign, error=UserError)

    def test_who_signs(self):
        contract = self.ready()
        colleague = self.new_role_user('sales_user', login='colleague')
        for user in (colleague, self.archive_specialist, self.finance_assessor):
            for step in ('action_sign', 'action_done', 'action_restore_terms'):
                self.refused("", getattr(contract.with_user(user), step), error=AccessError)
            self.refused("", contract.with_user(user).action_cancel, "Mine", error=AccessError)
        self.assertFalse(contract.with_user(colleague).has_access('read'))
        for user in (self.archive_specialist, self.finance_assessor):
            self.assertEqual(contract.with_user(user).missing, "")
        contract.action_sign()

    def test_every_role_opens_its_page(self):
        draft, signed = self.contract_of(self.quotation()), self.signed()
        for user in (self.sales_user, self.archive_specialist, self.finance_assessor, self.rating_manager):
            for contract in (draft, signed):
                with self.subTest(user=user.login, state=contract.state), Form(contract.with_user(user)) as page:
                    self.assertEqual(len(page.check_ids), 5)

    def test_another_companys_contract(self):
        other = self.setup_other_company()['company']
        foreign = self.env['tianyuan.contract'].sudo().create({
            'partner_id': self.customer.id, 'company_id': other.id, 'currency_id': other.currency_id.id})
        for user in (self.sales_user, self.rating_manager):
            self.refused("", foreign.with_user(user).action_sign, error=AccessError)
            self.assertFalse(foreign.check_ids.with_user(user).has_access('read'))

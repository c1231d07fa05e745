"""Contracts made of sale orders, and what they take over (policy 9.2, design §8)."""
from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import ContractCommon


@tagged('post_install', '-at_install')
class TestContract(ContractCommon):

    def test_made_of_two_quotations(self):
        orders = self.quotation((self.paint, 10, 250)) + self.quotation((self.paint, 4, 200))
        contract = self.contract_of(orders)
        self.assertEqual(contract.state, 'draft')
        self.assertRegex(contract.name, r'^HT/\d{4}/\d{4}$')
        self.assertEqual((contract.partner_id, contract.user_id), (self.customer, self.sales_user))
        self.assertEqual((contract.currency_id, contract.company_id), (self.cny, self.company))
        self.assertEqual((contract.order_ids, orders.tianyuan_contract_id), (orders.sorted('id', reverse=True), contract))
        self.assertEqual(contract.amount_total, 3300)
        self.assertEqual(contract.template_id, self.template)
        self.assertEqual(contract.settlement, "30 days\nBy transfer")
        self.assertEqual(
            (contract.quality, contract.rights, contract.disputes),
            ("Quality as agreed", "Deliver and pay", "Court of Nanjing"))
        self.assertEqual((contract.signatory_name, contract.signatory_capacity), ("Chen Gang", 'legal'))

    def test_a_draft_follows_its_orders(self):
        order = self.quotation((self.paint, 10, 250))
        contract = self.contract_of(order)
        order.order_line.write({'product_uom_qty': 12, 'price_unit': 240})
        self.assertEqual(contract.amount_total, 2880)
        self.assertEqual(contract.order_line_ids, order.order_line)
        [row] = contract._printed_lines()
        self.assertEqual((row['quantity'], row['price_unit'], row['specification']), (12, 240, "25 kg barrels"))
        order._action_cancel()
        self.assertEqual((contract.amount_total, contract._printed_lines()), (0, []))
        self.assertFalse(contract.order_line_ids)
        order.action_draft()
        self.assertEqual(contract.order_line_ids, order.order_line)

    def test_the_order_says_which_contract_it_came_into_and_left(self):
        order = self.quotation().with_context(tracking_disable=False, mail_notrack=False)
        self.env.cr.flush()    # what its making leaves to be told
        order.client_order_ref = "PO 7"
        first, second = self.contract_of(order), self.new_contract()
        self.env.cr.flush()
        order.with_user(self.sales_user).tianyuan_contract_id = second
        self.env.cr.flush()
        order.with_user(self.sales_user).with_context(mail_notrack=True).tianyuan_contract_id = first
        self.env.cr.flush()
        told = order.sudo().message_ids.tracking_value_ids.filtered(
            lambda value: value.field_id.name == 'tianyuan_contract_id').sorted('id')
        self.assertEqual(
            told.mapped(lambda value: (value.old_value_char or "", value.new_value_char)),
            [("", first.display_name), (first.display_name, second.display_name)])

    def test_what_an_order_says_of_the_product_is_its_specification(self):
        order = self.quotation()
        for description, specification in {
            "White Paint": "25 kg barrels",
            "White Paint\nfor ships, 200 kg drums": "for ships, 200 kg drums",
            "Something else": "Something else",
        }.items():
            with self.subTest(description):
                order.order_line.name = description
                self.assertEqual(order.order_line.tianyuan_specification, specification)

    def test_orders_that_make_no_contract(self):
        dollars = self.new_usd(('2024-01-01', 7))
        pricelist = self.env['product.pricelist'].create({'name': "USD", 'currency_id': dollars.id})
        theirs = self.quotation(partner=self.other_customer)
        abroad = self.quotation(pricelist_id=pricelist.id)
        cancelled, bound = self.quotation(), self.quotation()
        cancelled._action_cancel()
        self.contract_of(bound)
        for orders, message in (
            (theirs, "one customer. These orders are of: Customer and Other customer"),
            (abroad, "one currency. These orders are in: CNY and USD"),
            (cancelled, f"Cancelled: {cancelled.name}"),
            (bound, f"These have a contract already: {bound.name}"),
        ):
            with self.subTest(message):
                self.refused(
                    message, (self.quotation() + orders).with_user(self.rating_manager).action_tianyuan_make_contract,
                    error=UserError)
        everything = (theirs + cancelled + bound).with_user(self.rating_manager)
        with self.assertRaises(UserError) as caught:
            everything.action_tianyuan_make_contract()
        self.assertEqual(len(str(caught.exception).splitlines()), 3)

    def test_orders_of_two_companies_make_no_contract(self):
        other = self.setup_other_company()['company']
        self.rating_manager.sudo().company_ids += other
        elsewhere = self.env['sale.order'].with_company(other).create({
            'partner_id': self.customer.id, 'company_id': other.id})
        orders = (self.quotation() + elsewhere).with_user(self.rating_manager)
        self.refused(
            "A contract is of one company", orders.with_context(allowed_company_ids=(self.company + other).ids)
            .action_tianyuan_make_contract, error=UserError)

    def test_an_order_of_a_cancelled_contract_gets_another(self):
        order = self.quotation()
        first = self.contract_of(order)
        first.action_cancel("Not wanted")
        second = self.contract_of(order)
        self.assertEqual(order.tianyuan_contract_id, second)

    def test_a_contract_gathers_orders_of_its_own_kind(self):
        contract = self.contract_of(self.quotation())
        theirs = self.quotation(partner=self.other_customer)
        self.refused("is an order of Other customer and can't belong to", theirs.write,
                     {'tianyuan_contract_id': contract.id}, error=ValidationError)
        dollars = self.new_usd(('2024-01-01', 7))
        pricelist = self.env['product.pricelist'].create({'name': "USD", 'currency_id': dollars.id})
        self.refused("in another currency", self.quotation(pricelist_id=pricelist.id).write,
                     {'tianyuan_contract_id': contract.id}, error=ValidationError)
        self.refused("Customer and can't belong to", contract.sudo().write,
                     {'partner_id': self.other_customer.id}, error=ValidationError)

    def test_orders_enter_contracts_of_their_own_salesperson_only(self):
        colleague = self.new_role_user('sales_user', login='colleague')
        contract = self.contract_of(self.quotation())
        order = self.quotation()
        order.user_id = colleague
        self.refused("", order.with_user(colleague).write, {'tianyuan_contract_id': contract.id}, error=AccessError)
        bound = contract.sudo().order_ids
        bound.user_id = colleague
        self.refused("", bound.with_user(colleague).write, {'tianyuan_contract_id': False}, error=AccessError)
        self.refused("", order.with_user(colleague).action_tianyuan_make_contract, error=AccessError)

    def test_a_framework_gathers_orders_after_signing_but_a_sale_does_not(self):
        self.new_template('strategic')
        framework = self.new_contract(contract_type='strategic', products="Paint as ordered")
        self.assertFalse(framework.order_ids)
        self.signed(framework)
        order = self.quotation()
        order.with_user(self.sales_user).tianyuan_contract_id = framework
        self.assertEqual(framework.order_ids, order)
        sale = self.signed()
        self.refused("is signed or closed", self.quotation().with_user(self.sales_user).write,
                     {'tianyuan_contract_id': sale.id}, error=UserError)
        self.refused("is signed or closed", sale.order_ids.write, {'tianyuan_contract_id': False}, error=UserError)
        self.refused("is signed or closed", self.env['sale.order'].create, {
            'partner_id': self.customer.id, 'company_id': self.company.id, 'tianyuan_contract_id': sale.id,
        }, error=UserError)

    def test_each_contract_has_five_checks(self):
        contract = self.new_contract()
        self.assertEqual(
            contract.check_ids.mapped('kind'), ['personality', 'operation', 'ability', 'credit', 'signatory'])
        self.assertEqual(set(contract.check_ids.mapped('result')), {'pending'})

    def test_no_check_is_made_by_a_default(self):
        contracts = self.env['tianyuan.contract'].with_user(self.sales_user).with_context(
            default_result='passed', default_evidence="Seen", default_checked_by_id=self.rating_manager.id,
            default_checked_on='2024-01-01 00:00:00',
        )
        checks = contracts.create({
            'partner_id': self.customer.id, 'company_id': self.company.id, 'currency_id': self.cny.id,
        }).check_ids
        self.assertEqual(set(checks.mapped('result')), {'pending'})
        self.assertFalse(checks.checked_by_id)
        self.assertFalse(any(checks.mapped('evidence')))

    def test_who_checked_and_when_is_recorded(self):
        check = self.new_contract().check_ids[0]
        check.write({'result': 'passed', 'evidence': "Register"})
        self.assertEqual(check.checked_by_id, self.sales_user)
        self.assertTrue(check.checked_on)
        check.with_user(self.rating_manager).evidence = "Register of companies"
        self.assertEqual(check.checked_by_id, self.rating_manager)
        check.result = 'pending'
        self.assertFalse(check.checked_by_id or check.checked_on)

    def test_what_a_check_refuses(self):
        check = self.new_contract().check_ids[0]
        self.refused("Say what shows the result of the check “Legal personality”", check.write,
                     {'result': 'failed', 'evidence': " "}, error=ValidationError)
        for name, value in (('checked_by_id', self.rating_manager.id), ('checked_on', '2020-01-01'), ('kind', 'credit')):
            self.refused("can't be written", check.write, {name: value}, error=AccessError)
        document_type = self.env['tianyuan.archive.document.type'].create({'name': "Licence"})
        paper = self.env['tianyuan.archive.document'].sudo().create({
            'name': "Their licence", 'type_id': document_type.id, 'partner_id': self.other_customer.id,
            'company_id': self.company.id})
        self.refused("Their licence isn't in this customer's archive", check.with_user(self.rating_manager).write,
                     {'document_ids': [Command.link(paper.id)]}, error=ValidationError)
        self.refused("", check.with_user(self.archive_specialist).write, {'note': "x"}, error=AccessError)
        self.refused("", check.unlink, error=AccessError)

    def test_a_renewal_is_a_new_draft(self):
        contract = self.signed()
        renewal = contract.copy()
        self.assertEqual((renewal.state, renewal.date_signed, renewal.date_end), ('draft', False, False))
        self.assertFalse(renewal.order_ids or renewal.line_ids or renewal.signed_by_id)
        self.assertNotEqual(renewal.name, contract.name)
        self.assertEqual(set(renewal.check_ids.mapped('result')), {'pending'})
        self.assertEqual(len(renewal.check_ids), 5)
        self.assertEqual(renewal.disputes, contract.disputes)

    def test_only_drafts_are_deleted(self):
        contract = self.signed()
        self.refused("only drafts can be deleted", contract.with_user(self.rating_manager).unlink, error=UserError)
        order = self.quotation()
        self.contract_of(order).with_user(self.rating_manager).unlink()
        self.assertFalse(order.tianyuan_contract_id)

    def test_a_signed_contracts_orders_are_kept(self):
        order, other = self.quotation(), self.quotation()
        contract = self.signed(self.contract_of(order))
        self.refused(f"{contract.display_name} is signed or closed", order.unlink, error=UserError)
        self.contract_of(other)
        other.unlink()
        contract.action_cancel("Not wanted")
        order.unlink()
        self.assertFalse((order + other).exists())

    def test_a_cancelled_contract_leaves_its_order_to_another_customer(self):
        order = self.quotation()
        contract = self.contract_of(order)
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            order.partner_id = self.other_customer
        contract.action_cancel("Not wanted")
        order.partner_id = self.other_customer
        self.assertEqual(order.partner_id, self.other_customer)

    def test_merged_into_a_contact_it_is_the_contacts_companys(self):
        order = self.quotation()
        contract = self.signed(self.contract_of(order))
        contact = self.new_contact(self.other_customer)
        self.customer.is_company = False
        self.other_customer.sudo().tianyuan_legal_representative = "Li Wei"
        self.env['base.partner.merge.automatic.wizard'].create({})._merge(
            (self.customer + contact).ids, contact, extra_checks=False)
        contract = contract.sudo()
        self.assertEqual((order.partner_id, contract.partner_id), (contact, self.other_customer))
        self.assertEqual(contract.signatory_name, "Chen Gang", "what was signed stays")
        self.assertTrue(contract.paper_ids)
        self.assertEqual(contract.paper_ids.partner_id, self.other_customer)
        contract._check_orders()

    def test_a_company_merged_into_a_contact_keeps_its_contracts(self):
        order = self.quotation()
        contract = self.contract_of(order)
        contact = self.new_contact(self.other_customer)
        self.env['base.partner.merge.automatic.wizard'].create({})._merge(
            (self.customer + contact).ids, contact, extra_checks=False)
        self.assertEqual((order.partner_id, contract.sudo().partner_id), (contact, contact))
        self.assertEqual(contact.commercial_partner_id, contact)
        contract.sudo()._check_orders()

    def test_partners_page_counts_them(self):
        contracts = self.new_contract() + self.new_contract()
        contracts[0].action_cancel("Not wanted")
        partner = self.customer.with_user(self.sales_user).with_company(self.company)
        partner.invalidate_recordset()
        self.assertEqual(partner.tianyuan_contract_count, 1)
        action = partner.action_tianyuan_contracts()
        self.assertEqual(self.env['tianyuan.contract'].search(action['domain']), contracts.sudo().sorted('id', reverse=True))

    def test_the_order_opens_its_contract(self):
        order = self.quotation()
        contract = self.contract_of(order)
        self.assertEqual(order.with_user(self.sales_user).action_tianyuan_contract()['res_id'], contract.id)

    def test_a_list_of_contracts_takes_few_queries(self):
        specification = {name: {} for name in ('name', 'subject', 'contract_type', 'amount_total', 'state', 'date_end')}
        specification |= {name: {'fields': {'display_name': {}}} for name in ('partner_id', 'user_id', 'currency_id')}
        counts = []
        for number in (10, 90):
            self.env['tianyuan.contract'].create([
                {'partner_id': self.customer.id, 'company_id': self.company.id, 'currency_id': self.cny.id}
            ] * number)
            contracts = self.env['tianyuan.contract'].with_user(self.sales_user)
            contracts.web_search_read([], specification)    # warm up
            counts.append(self.queries(lambda contracts=contracts: contracts.web_search_read([], specification)))
        self.assertEqual(counts[1], counts[0])
        self.assertLess(counts[1], 12)

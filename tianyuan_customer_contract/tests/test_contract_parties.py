"""What a contract says of the parties: representatives, banks, place and date of signing; and what it was signed despite
(policy 9.1–9.2)."""
from lxml import html

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import html2plaintext

from .common import ContractCommon

MODULE = 'tianyuan_customer_contract'


@tagged('post_install', '-at_install')
class TestContractParties(ContractCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['tianyuan.archive.document.type'].search([]).required = False
        cls.env['tianyuan.archive.requirement'].search([]).sudo().unlink()
        cls.give_tier(cls.customer)
        supplier = cls.company.partner_id.sudo()
        supplier.write({'city': "Nanjing", 'tianyuan_legal_representative': "Zhao Min"})
        bank = cls.env['res.bank'].create({'name': "Bank of China"})
        cls.ours, cls.second = (
            cls.env['res.partner.bank'].create({
                'partner_id': supplier.id, 'acc_number': number, 'bank_id': bank.id, 'sequence': place,
            }) for place, number in ((1, "6200 1111"), (2, "6200 2222"))
        )
        cls.theirs = cls.env['res.partner.bank'].create({
            'partner_id': cls.customer.id, 'acc_number': "6200 3333", 'bank_id': bank.id,
        })

    @classmethod
    def give_tier(cls, customer):
        tier = cls.env['tianyuan.rating.tier'].search([], limit=1)
        customer.with_company(cls.company).sudo().tianyuan_tier_id = tier

    def printed(self, contract, lang='en_US'):
        contract.sudo().partner_id.lang = lang
        self.env.flush_all()
        self.env.invalidate_all()
        report = self.env(user=self.sales_user.id, context={
            'lang': lang, 'allowed_company_ids': self.company.ids,
        })['ir.actions.report']
        content, _kind = report._render_qweb_html(f'{MODULE}.tianyuan_contract_report', contract.ids)
        [page] = html.fromstring(content).find_class('o_ty_sheet')
        return page

    @staticmethod
    def text(element):
        return ' '.join(element.text_content().replace('\N{ZERO WIDTH NO-BREAK SPACE}', '').split())

    def notes(self, contract):
        return [html2plaintext(body) for body in contract.message_ids.mapped('body') if body]

    # -- fields -------------------------------------------------------------------------------------

    def test_both_sides_come_from_the_archive_and_the_company(self):
        contract = self.contract_of(self.quotation())
        self.assertEqual(
            (contract.supplier_signatory, contract.signatory_name, contract.place), ("Zhao Min", "Chen Gang", "Nanjing"))
        self.assertEqual((contract.supplier_bank_id, contract.customer_bank_id), (self.ours, self.theirs))
        self.assertEqual((contract.supplier_bank, contract.customer_bank),
                         ("Bank of China 6200 1111", "Bank of China 6200 3333"))

    def test_an_account_is_its_side_s(self):
        contract = self.new_contract()
        contract.supplier_bank_id = self.second
        for field, account in (('supplier_bank_id', self.theirs), ('customer_bank_id', self.ours)):
            with self.subTest(field), self.assertRaisesRegex(ValidationError, "isn't a bank account of"):
                contract[field] = account

    def test_what_was_signed_stays(self):
        contract = self.signed()
        for values in ({'supplier_signatory': "X"}, {'place': "X"}, {'supplier_bank_id': self.second.id},
                       {'customer_bank_id': False}):
            for user in (self.sales_user, self.rating_manager):
                with self.subTest(values=values, user=user.login), self.assertRaisesRegex(UserError, "isn't a draft"):
                    contract.with_user(user).write(values)
        self.ours.sudo().acc_number = "6200 9999"
        self.theirs.sudo().unlink()
        self.assertEqual((contract.supplier_bank, contract.customer_bank),
                         ("Bank of China 6200 1111", "Bank of China 6200 3333"))
        self.assertIn("6200 3333", self.text(self.printed(contract)))

    def test_nobody_writes_the_printed_accounts(self):
        contract = self.new_contract()
        for user in (self.sales_user, self.rating_manager):
            for name in ('supplier_bank', 'customer_bank'):
                with self.subTest(user=user.login, name=name), self.assertRaises(AccessError):
                    contract.with_user(user).write({name: "Elsewhere 1"})

    def test_a_copy_takes_what_was_agreed_along_and_is_not_signed(self):
        contract = self.contract_of(self.quotation())
        contract.write({'place': "Wuxi", 'supplier_signatory': "Li Na", 'supplier_bank_id': self.second.id})
        copy = self.signed(contract).copy()
        self.assertEqual((copy.place, copy.supplier_signatory, copy.supplier_bank_id), ("Wuxi", "Li Na", self.second))
        self.assertEqual((copy.state, copy.date_signed, copy.supplier_bank), ('draft', False, "Bank of China 6200 2222"))

    # -- print --------------------------------------------------------------------------------------

    def test_the_print_names_banks_place_day_and_representatives(self):
        page = self.text(self.printed(self.signed()))
        for said in ("Bank of China 6200 1111", "Bank of China 6200 3333", "Place of signing: Nanjing",
                     "Legal or authorised representative: Zhao Min", "Legal representative: Chen Gang"):
            self.assertIn(said, page)

    def test_an_agency_contract_prints_no_empty_section(self):
        self.new_template('agency', quality=False, body=False, disputes="Court of Nanjing")
        contract = self.new_contract(contract_type='agency', settlement="By transfer")
        headings = [self.text(heading) for heading in self.printed(contract).iter('h3')]
        self.assertEqual(headings, [
            "1. Settlement", "2. Rights and obligations of the parties", "3. Settlement of disputes"])
        contract.products = "Paint, 25 kg"
        headings = [self.text(heading) for heading in self.printed(contract).iter('h3')]
        self.assertEqual(headings[:2], ["1. Products, specifications, quantities and prices", "2. Settlement"])

    def test_chinese_sections_have_chinese_numbers(self):
        self.env['res.lang']._activate_lang('zh_CN')
        page = self.printed(self.contract_of(self.quotation()), 'zh_CN')
        self.assertEqual([self.text(heading)[:2] for heading in page.iter('h3')],
                         ["一、", "二、", "三、", "四、", "五、", "六、"])

    # -- a new contract from the screen -------------------------------------------------------------

    def test_the_button_stores_nothing_before_the_user_saves(self):
        order = self.quotation().with_user(self.sales_user)
        before = self.env['tianyuan.contract'].search_count([])
        action = order.action_tianyuan_new_contract()
        self.assertNotIn('res_id', action)
        form = Form(self.env(user=self.sales_user)['tianyuan.contract'].with_context(action['context']))
        self.assertEqual((form.partner_id, form.amount_total), (self.customer, 2500))
        self.assertEqual(self.env['tianyuan.contract'].search_count([]), before)
        self.assertFalse(order.tianyuan_contract_id)
        contract = form.save()
        self.assertEqual(order.tianyuan_contract_id, contract)
        self.assertEqual(len(contract.check_ids), 5)
        self.assertEqual((contract.date_end - contract.date_start).days, 364 if contract.date_end.day != 29 else 365)

    def test_who_may_not_make_contracts_gets_no_form(self):
        order = self.quotation()
        for user in (self.archive_specialist, self.finance_assessor):
            with self.subTest(user.login), self.assertRaises(AccessError):
                order.with_user(user).action_tianyuan_new_contract()

    # -- checks -------------------------------------------------------------------------------------

    def test_pending_checks_are_passed_together_each_by_whom_and_when(self):
        contract = self.contract_of(self.quotation())
        failed, own, *rest = contract.check_ids
        failed.write({'result': 'failed', 'evidence': "Struck off"})
        own.evidence = "Licence seen"
        contract.with_user(self.rating_manager).action_pass_checks("  Register of companies ")
        self.assertEqual((failed.result, failed.evidence, failed.checked_by_id),
                         ('failed', "Struck off", self.sales_user))
        self.assertEqual((own.result, own.evidence), ('passed', "Licence seen"))
        for check in rest:
            self.assertEqual((check.result, check.evidence, check.checked_by_id),
                             ('passed', "Register of companies", self.rating_manager))
            self.assertTrue(check.checked_on)

    def test_no_check_is_passed_without_evidence(self):
        contract = self.contract_of(self.quotation())
        with self.assertRaisesRegex(ValidationError, "Say what shows"), self.env.cr.savepoint():
            contract.action_pass_checks(" ")
        self.assertEqual(set(contract.check_ids.mapped('result')), {'pending'})

    def test_only_who_writes_the_contract_passes_its_checks(self):
        contract = self.contract_of(self.quotation())
        for user in (self.archive_specialist, self.finance_assessor):
            with self.subTest(user.login), self.assertRaises(AccessError):
                contract.with_user(user).action_pass_checks("Seen")
        with self.assertRaisesRegex(UserError, "this step isn't possible"):
            self.signed(contract).action_pass_checks("Seen")

    # -- signing under a warning --------------------------------------------------------------------

    def test_what_speaks_against_it_is_asked_about_and_stays_in_the_chatter(self):
        self.env['tianyuan.bad.debt'].create({
            'partner_id': self.customer.id, 'company_id': self.company.id, 'date': '2024-01-02', 'amount': 1200,
        })
        self.env['tianyuan.archive.document.type'].create({'name': "Seal Sample", 'required': True})
        contract = self.ready().with_user(self.rating_manager)
        contract.disputes = "Our court"
        action = contract.action_ask_sign()
        dialog = self.env(user=self.rating_manager)[action['res_model']].with_context(action['context']).create({})
        debt, archive, terms = dialog.details.splitlines()
        self.assertIn("bad debt on record: ", debt)
        self.assertIn("1,200.00", debt)
        self.assertEqual(archive, "The customer's archive isn't complete. Missing: Seal Sample")
        self.assertEqual(terms, "Not as legal has approved it: Settlement of Disputes")
        self.assertEqual(contract.state, 'draft')
        dialog.action_apply()
        self.assertEqual(contract.state, 'signed')
        [note] = [note for note in self.notes(contract) if note.startswith("Signed in spite of")]
        for said in ("1,200.00", "Seal Sample", "Settlement of Disputes"):
            self.assertIn(said, note)
        self.assertFalse(contract.warnings)

    def test_without_a_warning_nothing_is_noted(self):
        contract = self.signed()
        self.assertFalse([note for note in self.notes(contract) if "in spite" in note])

    def test_what_is_missing_is_refused_before_anything_is_asked(self):
        contract = self.contract_of(self.quotation())
        with self.assertRaisesRegex(UserError, "can't be signed yet"):
            contract.action_ask_sign()

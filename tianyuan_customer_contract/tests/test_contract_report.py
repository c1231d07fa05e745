"""The printed contract, in both languages."""
from lxml import html

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ContractCommon

MODULE = 'tianyuan_customer_contract'
REPORT = f'{MODULE}.tianyuan_contract_report'


@tagged('post_install', '-at_install')
class TestContractReport(ContractCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['res.lang']._activate_lang('zh_CN')
        cls.env['ir.module.module']._load_module_terms([MODULE], ['zh_CN'], overwrite=True)

    def printed(self, contracts, user, lang='en_US'):
        contracts.sudo().partner_id.lang = lang
        self.env.flush_all()
        self.env.invalidate_all()
        report = self.env(user=user.id, context={
            'lang': lang, 'allowed_company_ids': self.company.ids,
        })['ir.actions.report']
        content, _kind = report._render_qweb_html(REPORT, contracts.ids)
        return [self.text(page) for page in html.fromstring(content).find_class('o_ty_sheet')]

    @staticmethod
    def text(element):
        return ' '.join(element.text_content().replace('\N{ZERO WIDTH NO-BREAK SPACE}', '').split())

    def test_what_it_says(self):
        contract = self.ready(self.contract_of(self.quotation((self.paint, 10, 250.05))))
        for user in (self.sales_user, self.archive_specialist, self.finance_assessor, self.rating_manager):
            with self.subTest(user.login):
                [page] = self.printed(contract, user)
                for text in (
                    contract.name, self.company.name, "DRAFT – NOT SIGNED", "White Paint", "25 kg barrels", "10.00",
                    "250.05", "2,500.50", "人民币贰仟伍佰元伍角整", "Quality as agreed", "30 days By transfer",
                    "Deliver and pay", "Court of Nanjing", "In four copies", "Legal representative: Chen Gang", "version 1",
                ):
                    self.assertIn(text, page)

    def test_in_chinese(self):
        [page] = self.printed(self.contract_of(self.quotation()), self.sales_user, 'zh_CN')
        self.assertIn("人民币贰仟伍佰元整", page)

    def test_a_signed_contract_prints_what_was_signed(self):
        contract = self.signed()
        contract.sudo().order_ids.order_line.price_unit = 1
        [page] = self.printed(contract, self.sales_user)
        self.assertNotIn("DRAFT", page)
        self.assertIn("2,500.00", page)
        contract.action_cancel("Withdrawn")
        [page] = self.printed(contract, self.sales_user)
        self.assertIn("CANCELLED", page)

    def test_another_currency_is_spelt_in_words(self):
        dollars = self.new_usd(('2024-01-01', 7))
        pricelist = self.env['product.pricelist'].create({'name': "USD", 'currency_id': dollars.id})
        contract = self.contract_of(self.quotation(pricelist_id=pricelist.id))
        [page] = self.printed(contract, self.sales_user)
        self.assertIn("Two Thousand, Five Hundred Dollars", page)
        self.assertNotIn("人民币", page)
        [page] = self.printed(contract, self.sales_user, 'zh_CN')
        self.assertIn("USD贰仟伍佰元整", page)

    def test_several_are_one_document(self):
        contracts = self.contract_of(self.quotation()) + self.contract_of(self.quotation())
        self.assertEqual(len(self.printed(contracts, self.sales_user)), 2)

    def test_who_may_not_read_it_does_not_print_it(self):
        colleague = self.new_role_user('sales_user', login='colleague')
        contract = self.contract_of(self.quotation())
        with self.assertRaises(AccessError):
            self.printed(contract, colleague)

"""The printed archive, 客户基本信息档案表 (policy 附件6): what it says, in both languages, and to whom."""
from lxml import html

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..common import MODULE
from ..rating.sheets import SheetCommon

REPORT = f'{MODULE}.tianyuan_archive_report'


@tagged('post_install', '-at_install', 'smoke')
class TestArchiveReport(SheetCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for lang in ('en_US', 'zh_CN'):
            cls.env['res.lang']._activate_lang(lang)
        cls.env['ir.module.module']._load_module_terms([MODULE], ['zh_CN'], overwrite=True)
        cls.env['tianyuan.archive.document.type'].search([]).required = False
        contact = cls.new_contact(cls.customer, "Wang Wei")
        contact.write({'phone': "13800000000", 'function': "Buyer"})
        cls.customer.sudo().write({
            'street': "8 Harbour Road", 'city': "Qingdao", 'country_id': cls.env.ref('base.cn').id,
            'tianyuan_archive_number': "D-0042", 'tianyuan_archive_state': 'filed',
            'tianyuan_registered_capital': 5000000, 'tianyuan_legal_representative': "Chen Gang",
            'tianyuan_business_nature': 'dealer', 'tianyuan_cooperation_start_date': '2015-03-01',
            'tianyuan_purchased_variety_ids': [Command.create({'name': "Resin 11"}), Command.create({'name': "Pigment"})],
            'tianyuan_downstream_market_ids': [Command.create({'name': "Paint"})],
            'tianyuan_primary_contact_id': contact.id, 'tianyuan_qq': "10001",
        })
        licence = cls.env['tianyuan.archive.document.type'].create({'name': "Licence of business"})
        cls.env['tianyuan.archive.document'].sudo().create({
            'name': "Licence 2024", 'type_id': licence.id, 'partner_id': cls.customer.id,
            'company_id': cls.company.id, 'valid_from': '2024-01-15', 'valid_until': '2030-12-31',
        })
        cls.people = (cls.sales_user, cls.archive_specialist, cls.finance_assessor, cls.rating_manager)

    def printed(self, customers, user, lang='en_US'):
        self.env.flush_all()
        self.env.invalidate_all()    # nothing that was read by somebody else is at hand
        report = self.env(user=user.id, context={
            'lang': lang, 'tz': 'Asia/Shanghai', 'allowed_company_ids': self.company.ids,
        })['ir.actions.report']
        content, _kind = report._render_qweb_html(REPORT, customers.ids)
        return html.fromstring(content).find_class('o_ty_sheet')

    @staticmethod
    def text(element):
        return ' '.join(element.text_content().replace('\N{ZERO WIDTH NO-BREAK SPACE}', '').split())

    def facts(self, page, table='customer'):
        cells = [self.text(cell) for cell in page.xpath(f".//table[@name='{table}']//tr/*")]
        return dict(zip(cells[::2], cells[1::2], strict=True))

    def test_each_role_prints_several_archives_in_both_languages(self):
        for user in self.people:
            for lang, terms in {'en_US': ("Distributor", "Filed"), 'zh_CN': ("分销商", "已建档")}.items():
                with self.subTest(user=user.login, lang=lang):
                    pages = self.printed(self.customer + self.other_customer, user, lang)
                    self.assertEqual(len(pages), 2)
                    for term in ("D-0042", "Licence 2024", "Wang Wei", *terms):
                        self.assertIn(term, self.text(pages[0]))
                    self.assertIn("Other customer", self.text(pages[1]))

    def test_what_the_archive_holds(self):
        [page] = self.printed(self.customer, self.sales_user)
        facts = self.facts(page)
        expected = {
            "Customer": "Customer", "Archive Number": "D-0042", "Channel": "Distributor", "Business Nature": "Dealer",
            "Legal Representative": "Chen Gang", "Cooperation Since": "03/01/2015", "Downstream Markets": "Paint",
            "QQ": "10001",
        }
        self.assertEqual({label: facts[label] for label in expected}, expected)
        self.assertIn("8 Harbour Road", facts["Address"])
        self.assertIn("5,000,000.00", facts["Registered Capital"])
        self.assertEqual(sorted(facts["Purchased Varieties"].split(", ")), ["Pigment", "Resin 11"])
        rows = [[self.text(cell) for cell in row] for row in page.xpath(".//table[@name='contacts']//tr")]
        self.assertEqual(rows[1], ["First Contact", "Wang Wei", "Buyer", "13800000000", ""])
        self.assertEqual(rows[2], ["Second Contact", "", "", "", ""])
        rows = [[self.text(cell) for cell in row] for row in page.xpath(".//table[@name='documents']//tr")]
        self.assertEqual(rows[1:], [["Licence of business", "Licence 2024", "01/15/2024", "12/31/2030"]])
        self.assertIn("Main Products", self.facts(page, 'archive')["Still Missing"])

    def test_a_contacts_sheet_is_its_companys(self):
        [page] = self.printed(self.customer.tianyuan_primary_contact_id, self.sales_user)
        self.assertEqual(self.facts(page)["Archive Number"], "D-0042")

    def test_documents_of_customers_of_others_are_not_named(self):
        colleague = self.new_role_user('sales_user', login='colleague')
        [page] = self.printed(self.customer, colleague)
        self.assertNotIn("Licence 2024", self.text(page))

    def test_all_sheets_are_one_document(self):
        """An unpatched wkhtmltopdf refuses more than one."""
        report = self.env['ir.actions.report'].with_user(self.rating_manager)
        content, _kind = report._render_qweb_html(REPORT, (self.customer + self.other_customer).ids)
        self.assertEqual(len(report._get_report(REPORT)._prepare_html(content, 'res.partner')[0]), 1)

    def test_nobody_without_a_role_prints_one(self):
        plain = new_test_user(
            self.env, 'plain_user', groups='base.group_user', company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        with self.assertRaises(AccessError):
            self.printed(self.customer, plain)
        bound = self.env['ir.actions.actions'].with_user(plain).get_bindings('res.partner')
        self.assertNotIn("Archive Sheet", [action['name'] for action in bound.get('report', ())])

"""The printed report, 客户回访报告表 (policy 附件8): what it says, in both languages, and to whom."""
from lxml import html

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import VisitCommon

MODULE = 'tianyuan_customer_visit'
REPORT = f'{MODULE}.tianyuan_visit_report'


@tagged('post_install', '-at_install')
class TestVisitReport(VisitCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for lang in ('en_US', 'zh_CN'):
            cls.env['res.lang']._activate_lang(lang)
        cls.env['ir.module.module']._load_module_terms([MODULE], ['zh_CN'], overwrite=True)
        contact = cls.new_contact(cls.customer, "Wang Wei")
        contact.write({'phone': "13800000000", 'function': "Buyer"})
        cls.product = cls.env['product.template'].create({'name': "Resin 11"})
        cls.visit = cls.reported_visit(
            {'finding_type': 'evaluation', 'description': "Cracks in winter", 'is_quality': True,
             'product_id': cls.product.id},
            {'finding_type': 'suggestion', 'description': "Deliver earlier", 'user_id': cls.colleague.id,
             'date_due': '2024-04-01'},
            {'finding_type': 'suggestion', 'description': "Answer at once"},
            kind='phone', purpose="Prices", contact_ids=[Command.set(contact.ids)], date_done='2024-03-01',
        )

    def printed(self, visits, user, lang='en_US'):
        self.env.flush_all()
        self.env.invalidate_all()    # nothing that was read by somebody else is at hand
        report = self.env(user=user.id, context={
            'lang': lang, 'tz': 'Asia/Shanghai', 'allowed_company_ids': self.company.ids,
        })['ir.actions.report']
        content, _kind = report._render_qweb_html(REPORT, visits.ids)
        return html.fromstring(content).find_class('o_ty_sheet')

    @staticmethod
    def text(element):
        return ' '.join(element.text_content().replace('\N{ZERO WIDTH NO-BREAK SPACE}', '').split())

    def rows(self, page, table):
        return [[self.text(cell) for cell in row] for row in page.xpath(f".//table[@name='{table}']//tr")]

    def test_what_it_says(self):
        [page] = self.printed(self.visit, self.sales_user)
        cells = [cell for row in self.rows(page, 'visit') for cell in row]
        facts = dict(zip(cells[::2], cells[1::2], strict=True))
        expected = {
            "Number": self.visit.name, "Visit Kind": "Phone Call", "Customer": "Customer", "Visited On": "03/01/2024",
            "Salesperson": self.sales_user.name, "Contacts Met": "Wang Wei Buyer 13800000000", "Visit Purpose": "Prices",
        }
        self.assertEqual({label: facts[label] for label in expected}, expected)
        self.assertEqual(self.rows(page, 'report'), [["How the Visit Went"], ["They are content"]])
        self.assertEqual(self.rows(page, 'findings')[1:], [
            ["Customer Evaluation", "Cracks in winter Product Quality: Resin 11", "", ""],
            ["Market Demand", "Nothing to report"],
            ["Improvement Suggestion", *self.rows(page, 'findings')[3][1:]],
            self.rows(page, 'findings')[4],
        ])
        suggestions = sorted(row[-3:] for row in self.rows(page, 'findings')[3:])
        self.assertEqual(suggestions, [
            ["Answer at once", "", ""], ["Deliver earlier", self.colleague.name, "04/01/2024"],
        ])

    def test_each_role_prints_several_in_both_languages(self):
        planned = self.new_visit(kind='mailing')
        chinese = self.env['tianyuan.visit'].with_context(lang='zh_CN')
        label = dict(chinese._fields['kind']._description_selection(chinese.env))['phone']
        for user in (self.sales_user, self.leader, self.archive_specialist, self.finance_assessor, self.rating_manager):
            for lang, term in (('en_US', "Phone Call"), ('zh_CN', label)):
                with self.subTest(user=user.login, lang=lang):
                    pages = self.printed(self.visit + planned, user, lang)
                    self.assertEqual(len(pages), 2)
                    for text in (term, "Cracks in winter", "Wang Wei"):
                        self.assertIn(text, self.text(pages[0]))

    def test_one_that_is_not_handed_in_says_so(self):
        [page] = self.printed(self.done_visit(), self.sales_user)
        self.assertEqual([self.text(mark) for mark in page.find_class('o_ty_mark')], ["To Report"])
        [page] = self.printed(self.visit, self.sales_user)
        self.assertFalse(page.find_class('o_ty_mark'))

    def test_a_colleague_prints_none(self):
        plain = new_test_user(
            self.env, 'plain_user', groups='base.group_user', company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        for user in (self.colleague, plain):
            with self.assertRaises(AccessError):
                self.printed(self.visit, user)

    def test_all_of_them_are_one_document(self):
        """An unpatched wkhtmltopdf refuses more than one."""
        report = self.env['ir.actions.report'].with_user(self.sales_user)
        content, _kind = report._render_qweb_html(REPORT, (self.visit + self.new_visit()).ids)
        self.assertEqual(len(report._get_report(REPORT)._prepare_html(content, 'tianyuan.visit')[0]), 1)

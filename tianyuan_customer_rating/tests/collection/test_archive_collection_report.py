"""The printed collection form, 客户资料搜集表 (policy 附件5): filled in, and empty for a visit; in both languages."""
from lxml import html

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...tools.collection_items import ITEMS
from .common import CollectionCommon
from ..common import MODULE


@tagged('post_install', '-at_install')
class TestArchiveCollectionReport(CollectionCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['res.lang']._activate_lang('en_US')
        cls.env['res.lang']._activate_lang('zh_CN')

    def printed(self, records, user, report, lang='en_US'):
        self.env.flush_all()
        self.env.invalidate_all()
        reports = self.env(user=user.id, context={
            'lang': lang, 'tz': 'Asia/Shanghai', 'allowed_company_ids': self.company.ids,
        })['ir.actions.report']
        content, _kind = reports._render_qweb_html(f'{MODULE}.{report}', records.ids)
        return html.fromstring(content).find_class('o_ty_collection')

    @staticmethod
    def text(element):
        return ' '.join(element.text_content().replace('\N{ZERO WIDTH NO-BREAK SPACE}', '').split())

    def rows(self, page):
        rows = [[self.text(cell) for cell in row] for row in page.xpath(".//table[@name='items']//tr[not(th)]")]
        return {label: cells for label, *cells in rows}

    def test_a_draft_shows_what_differs(self):
        form = self.new_form(city="Jinan", main_products=False, note="They move in May")
        [page] = self.printed(form, self.sales_user, 'tianyuan_archive_collection_report')
        rows = self.rows(page)
        self.assertEqual(len(rows), len(ITEMS))
        self.assertEqual(rows["City"], ["Qingdao", "Jinan"])
        self.assertEqual(rows["Main Products"], ["Dyes", "(empty)"])
        self.assertEqual(rows["Street"], ["8 Harbour Road", ""])
        self.assertEqual(rows["First Contact"], ["Chen 13800000001", ""])
        self.assertIn("They move in May", self.text(page))

    def test_a_reviewed_form_shows_what_was_compared_and_decided(self):
        form = self.submitted(city="Jinan", main_products="Paint")
        review = self.reviewed(form)
        self.line(review, 'city').action_reject("They are still in Qingdao")
        review.action_accept()
        for user in (self.sales_user, self.archive_specialist, self.rating_manager):
            with self.subTest(user.login):
                [page] = self.printed(form, user, 'tianyuan_archive_collection_report')
                rows = self.rows(page)
                self.assertEqual(rows["City"], ["Qingdao", "Jinan", "Rejected: They are still in Qingdao"])
                self.assertEqual(rows["Main Products"], ["Dyes", "Paint", "Accepted"])
                self.assertIn(self.archive_specialist.name, self.text(page))
                self.assertIn("Partly Accepted", self.text(page))

    def test_several_forms_and_a_prospect_are_one_document(self):
        forms = self.new_form(city="Jinan") + self.new_form(False, customer_name="海潮化工")
        pages = self.printed(forms, self.sales_user, 'tianyuan_archive_collection_report')
        self.assertEqual([self.rows(page)["Customer Name"] for page in pages], [["Customer", ""], ["", "海潮化工"]])
        reports = self.env['ir.actions.report'].with_user(self.sales_user)
        name = f'{MODULE}.tianyuan_archive_collection_report'
        content, _kind = reports._render_qweb_html(name, forms.ids)
        self.assertEqual(len(reports._get_report(name)._prepare_html(content, 'tianyuan.archive.collection')[0]), 1)

    def test_an_empty_form_has_the_present_values_and_blanks(self):
        for customer in (self.customer, self.chen):
            with self.subTest(customer.name):
                [page] = self.printed(customer, self.sales_user, 'tianyuan_archive_collection_empty_report')
                rows = self.rows(page)
                self.assertEqual(len(rows), len(ITEMS))
                self.assertEqual(rows["Street"], ["8 Harbour Road", ""])
                self.assertEqual({new for _old, new in rows.values()}, {''})

    def test_what_is_said_of_a_value_is_in_the_readers_language(self):
        form = self.new_form(country_id=self.env.ref('base.us').id)
        for lang, country in (('en_US', "China"), ('zh_CN', "中国")):
            self.env['ir.module.module']._load_module_terms(['base'], ['zh_CN'], overwrite=True)
            with self.subTest(lang):
                [page] = self.printed(form, self.sales_user, 'tianyuan_archive_collection_report', lang)
                self.assertIn(country, self.text(page))

    def test_nobody_prints_what_they_may_not_read(self):
        form = self.new_form(city="Jinan")
        stranger = self.new_role_user('sales_user', login='other_salesperson')
        for user in (stranger, self.finance_assessor):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.printed(form, user, 'tianyuan_archive_collection_report')

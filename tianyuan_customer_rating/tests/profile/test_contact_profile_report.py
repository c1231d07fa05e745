"""The printed profile, 客户个性档案表 (policy 附件7): what it says, in both languages, and to whom."""
from lxml import html

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..common import MODULE
from .common import ProfileCommon

REPORT = f'{MODULE}.tianyuan_contact_profile_report'


@tagged('post_install', '-at_install')
class TestContactProfileReport(ProfileCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['res.lang']._activate_lang('en_US')
        cls.env['res.lang']._activate_lang('zh_CN')
        cls.contact.write({'function': "Buyer", 'phone': "138 0000 0000"})
        cls.customer.tianyuan_archive_number = "D-0042"
        cls.profile.write({
            'birthday': '1980-05-01', 'native_place': "Qingdao", 'education': 'master', 'graduated_from': "Fudan",
            'career': "Chemist\nBuyer", 'contact_way': 'visit', 'important_days': "Wedding day 1 October",
        })
        cls.second = cls.new_profile(cls.other_contact, hobbies="Tea")
        cls.reader = cls.new_role_user('contact_profile')

    def printed(self, profiles, user, lang='en_US'):
        self.env.flush_all()
        self.env.invalidate_all()
        report = self.env(user=user.id, context={
            'lang': lang, 'tz': 'Asia/Shanghai', 'allowed_company_ids': user.company_ids.ids,
        })['ir.actions.report']
        content, _kind = report._render_qweb_html(REPORT, profiles.ids)
        return html.fromstring(content).find_class('o_ty_sheet')

    def facts(self, page):
        """What the page says, by label."""
        cells = [' '.join(cell.text_content().replace('\N{ZERO WIDTH NO-BREAK SPACE}', '').split())
                 for cell in page.xpath('.//table//tr/*')]
        return dict(zip(cells[::2], cells[1::2], strict=True))

    def test_what_it_says(self):
        [page] = self.printed(self.profile, self.sales_user)
        facts = self.facts(page)
        for label, value in {
            "Contact": "Wang Fang", "Customer": "Customer", "Position": "Buyer", "Phone": "138 0000 0000",
            "Archive Number": "D-0042", "Native Place": "Qingdao", "Education": "Master", "Graduated From": "Fudan",
            "Hobbies": "Fishing", "Taboos": "Never mention football", "Preferred Way of Contact": "Visit",
            "Important Days": "Wedding day 1 October", "Family": "",
        }.items():
            self.assertEqual(facts[label], value, label)
        self.assertIn("1980", facts["Birthday"])
        self.assertIn("CONFIDENTIAL", page.text_content())
        self.assertIn(self.sales_user.name, page.text_content())

    def test_several_in_both_languages(self):
        for lang in ('en_US', 'zh_CN'):
            day = self.profile.birthday.strftime(self.env['res.lang']._get_data(code=lang).date_format)
            pages = self.printed(self.profile + self.second, self.archive_specialist, lang)
            self.assertEqual(len(pages), 2)
            self.assertIn(day, pages[0].text_content())
            self.assertIn("Zhao Lei", pages[1].text_content())

    def test_all_are_one_document(self):
        """An unpatched wkhtmltopdf refuses more than one."""
        report = self.env['ir.actions.report'].with_user(self.archive_specialist)
        content, _kind = report._render_qweb_html(REPORT, (self.profile + self.second).ids)
        self.assertEqual(len(report._get_report(REPORT)._prepare_html(content, 'tianyuan.contact.profile')[0]), 1)

    def test_every_reader_prints(self):
        for user in (self.sales_user, self.archive_specialist, self.rating_manager, self.reader):
            with self.subTest(user=user.login):
                self.assertEqual(len(self.printed(self.profile, user)), 1)

    def test_refused_to_others(self):
        plain_user = new_test_user(self.env, 'plain_user', company_id=self.company.id, company_ids=self.company.ids)
        elsewhere = self.setup_other_company()['company']
        foreign = self.new_role_user(
            'archive_specialist', login='foreign', company_id=elsewhere.id, company_ids=[(6, 0, elsewhere.ids)])
        for user, profiles in (
            (self.other_salesperson, self.profile), (self.sales_user, self.profile + self.second),
            (self.finance_assessor, self.profile), (plain_user, self.profile), (foreign, self.profile),
        ):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.printed(profiles, user)

    def test_offered_to_readers_only(self):
        report = self.env.ref(REPORT)
        for user, offered in ((self.sales_user, True), (self.reader, True), (self.finance_assessor, False)):
            bindings = self.env['ir.actions.actions'].with_user(user).get_bindings('tianyuan.contact.profile')
            self.assertEqual(report.id in [action['id'] for action in bindings.get('report', ())], offered)

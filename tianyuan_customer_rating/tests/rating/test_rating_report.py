"""The printed sheet, 客户信用等级评定表 (policy 附件1): what it says, in both languages, and to whom."""
from lxml import html

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..common import MODULE
from .sheets import FULL_MARKS, SheetCommon

REPORT = f'{MODULE}.tianyuan_rating_report'


@tagged('post_install', '-at_install', 'smoke')
class TestRatingReport(SheetCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['res.lang']._activate_lang('en_US')
        cls.env['res.lang']._activate_lang('zh_CN')
        cls.env['ir.module.module']._load_module_terms([MODULE], ['zh_CN'], overwrite=True)
        cls.customer.write({
            'street': "8 Harbour Road", 'city': "Qingdao", 'country_id': cls.env.ref('base.cn').id,
            'tianyuan_archive_number': "D-0042",
            'tianyuan_legal_representative': "Chen Gang", 'tianyuan_cooperation_start_date': '2015-03-01',
        })
        cls.buy(cls.customer, '2024-05-06', 1234567.89)
        cls.confirmed_sheet(day='2024-03-31')
        cls.confirmed = cls.confirmed_sheet(loyalty=12, credit_performance=17.25)
        cls.open = cls.computed_sheet(cls.other_customer)
        cls.sheets = (cls.confirmed + cls.open).sudo()
        cls.people = (cls.sales_user, cls.archive_specialist, cls.finance_assessor, cls.rating_manager)

    def printed(self, sheets, user, lang='en_US'):
        """The sheets as a user gets them, one element each."""
        self.env.flush_all()
        self.env.invalidate_all()    # nothing that was read by somebody else is at hand
        report = self.env(user=user.id, context={
            'lang': lang, 'tz': 'Asia/Shanghai', 'allowed_company_ids': self.company.ids,
        })['ir.actions.report']
        content, _kind = report._render_qweb_html(REPORT, sheets.ids)
        return html.fromstring(content).find_class('o_ty_sheet')

    @staticmethod
    def text(element):
        return ' '.join(element.text_content().replace('\N{ZERO WIDTH NO-BREAK SPACE}', '').split())

    def rows(self, page, table):
        return [[self.text(cell) for cell in row] for row in page.xpath(f".//table[@name='{table}']//tr")]

    def test_each_role_prints_several_sheets_in_both_languages(self):
        expected = {
            'en_US': ("On-Time Payment Rate (%)", "Distributor", "Credit Performance"),
            'zh_CN': ("信用履约率（%）", "分销商", "信用履约评价"),
        }
        for user in self.people:
            for lang, terms in expected.items():
                with self.subTest(user=user.login, lang=lang):
                    pages = self.printed(self.sheets, user, lang)
                    self.assertEqual(len(pages), 2)
                    for page, sheet in zip(pages, self.sheets, strict=True):
                        text = self.text(page)
                        self.assertIn(sheet.partner_id.name, text)
                        self.assertIn("2024 Q2", text)
                        for term in terms:
                            self.assertIn(term, text)
                    self.assertIn("94.25 / 100.00", self.text(pages[0]))

    def test_all_sheets_are_one_document(self):
        """An unpatched wkhtmltopdf refuses more than one."""
        report = self.env['ir.actions.report'].with_user(self.rating_manager)
        content, _kind = report._render_qweb_html(REPORT, self.sheets.ids)
        self.assertEqual(len(report._get_report(REPORT)._prepare_html(content, 'tianyuan.rating')[0]), 1)

    def test_customer(self):
        [page] = self.printed(self.confirmed, self.sales_user)
        cells = [cell for row in self.rows(page, 'customer') for cell in row]
        facts = dict(zip(cells[::2], cells[1::2], strict=True))
        self.assertEqual(facts["Customer"], "Customer")
        self.assertEqual(facts["Channel"], "Distributor")
        self.assertEqual(facts["Archive Number"], "D-0042")
        self.assertEqual(facts["Legal Representative"], "Chen Gang")
        self.assertEqual(facts["Cooperation Since"], "03/01/2015")
        self.assertIn("8 Harbour Road", facts["Address"])
        self.assertIn("Qingdao", facts["Address"])
        self.assertNotIn("Customer", facts["Address"])    # said above

    def test_lines_are_grouped_by_category_with_subtotals(self):
        [page] = self.printed(self.confirmed, self.sales_user)
        _head, *rows, total = self.rows(page, 'lines')
        self.assertEqual([row.pop(0) for row in rows if len(row) == 7], [
            "Customer Quality 32.00 / 35.00", "Purchase Capacity 20.00 / 20.00", "Purchase Balance 10.00 / 10.00",
            "Credit Performance 17.25 / 20.00", "Solvency 15.00 / 15.00",
        ])
        notes = [row for row in rows if row[0] == "Note"]
        self.assertEqual(notes, [["Note", "Agreed with the customer"]] * 9)
        by_indicator = {row[0]: row[1:] for row in rows if row not in notes}
        self.assertEqual(len(by_indicator), 9)
        _by, value, _level, points, origin = by_indicator["Quarterly Purchases"]
        self.assertIn("1,234,567.89", value)
        self.assertEqual((points, origin), ("15.00 / 15.00", "Adjusted"))
        self.assertEqual(by_indicator["On-Time Payment Rate (%)"][:4], ["Finance", "100%", "", "17.25 / 20.00"])
        self.assertEqual(by_indicator["Cooperation Time"][2], "5 years or more")
        self.assertEqual(total[1], "94.25 / 100.00")

    def test_outcome(self):
        [page] = self.printed(self.confirmed, self.finance_assessor)
        cells = [cell for row in self.rows(page, 'outcome') for cell in row]
        outcome = dict(zip(cells[::2], cells[1::2], strict=True))
        annual = outcome.pop("Annual Purchases")
        self.assertIn("0.00", annual)
        self.assertTrue(annual.endswith("(2023)"), annual)
        self.assertEqual(outcome, {
            "Sales Score": "62.00", "Finance Score": "32.25", "Score": "94.25", "Tier": "AAA", "Class": "Key",
            "Major Account": "No", "Previous Score": "100.00", "Score Change": "-5.75", "Tier Change": "Unchanged",
            "Bad Debt": "None on record",
        })

    def test_signatures(self):
        [page] = self.printed(self.confirmed, self.archive_specialist)
        _head, names, _space = self.rows(page, 'signatures')
        for name, user in zip(names, (self.sales_user, self.finance_assessor, self.rating_manager), strict=True):
            self.assertIn(user.name, name)
            self.assertRegex(name, r'\d{2}/\d{2}/\d{4}')

    def test_bad_debt_is_said(self):
        self.env['tianyuan.bad.debt'].sudo().create({
            'partner_id': self.other_customer.id, 'company_id': self.company.id, 'date': '2024-06-01', 'amount': 5,
        })
        self.open.action_compute()
        [page] = self.printed(self.open, self.sales_user)
        self.assertIn("5.00 of bad debt since 06/01/2024: no tier is awarded.", self.text(page))
        self.assertIn("Provisional", self.text(page))    # lines are missing
        for code, points in FULL_MARKS.items():
            self.assess(self.open, code, points=points)
        [page] = self.printed(self.open, self.sales_user)
        self.assertIn("No Tier", self.text(page))

    def test_only_a_confirmed_sheet_goes_without_a_mark(self):
        def marks(sheet):
            [page] = self.printed(sheet, self.sales_user)
            return [self.text(mark) for mark in page.find_class('o_ty_mark')]

        self.assertEqual(marks(self.confirmed), [])
        self.assertEqual(marks(self.open), ["NOT CONFIRMED"])
        self.open.action_cancel()
        self.assertEqual(marks(self.open), ["CANCELLED – NOT CONFIRMED"])
        draft = self.new_sheet(self.other_customer, day='2023-12-31')
        self.assertEqual(marks(draft), ["NOT CONFIRMED"])

    def test_a_missing_line_has_no_points(self):
        [page] = self.printed(self.open, self.sales_user)
        [row] = [row for row in self.rows(page, 'lines') if "Willingness to Cooperate" in row]
        self.assertEqual(row[-4:], ["", "", "– / 10.00", "Missing"])

    def test_a_provisional_sheet_prints_neither_tier_nor_movement(self):
        self.confirmed_sheet(self.other_customer, day='2024-03-31')
        self.open.action_compute()
        [page] = self.printed(self.open, self.sales_user)
        cells = [cell for row in self.rows(page, 'outcome') for cell in row]
        outcome = dict(zip(cells[::2], cells[1::2], strict=True))
        self.assertEqual(
            [outcome[name] for name in ("Tier", "Class", "Major Account", "Score Change", "Tier Change")],
            ["Provisional", "", "–", "", ""])
        # carried over: 20 + 10 + 5, and nothing bought: 0 of 15 and 10; the other four lines have 40
        self.assertTrue(outcome["Provisional"].startswith("35 of 60 points so far, 35–75 possible."), outcome)

    def test_the_sheet_is_appendix_1(self):
        [page] = self.printed(self.confirmed, self.sales_user)
        self.assertIn("Appendix 1 Customer Credit Rating Sheet", self.text(page))

    def test_values_are_printed_as_the_screen_shows_them(self):
        [page] = self.printed(self.confirmed, self.sales_user)
        _head, *rows, _total = self.rows(page, 'lines')
        printed = {row[-6]: row[-4] for row in rows if row[0] != "Note"}
        shown = {
            line.indicator_id.name: (line.value_text or "").replace("\N{NO-BREAK SPACE}", " ")
            for line in self.confirmed.with_context(lang='en_US').line_ids
        }
        self.assertEqual(printed, shown)

    def test_refused_to_others(self):
        other_salesperson = self.new_role_user('sales_user', login='other_salesperson')
        plain_user = new_test_user(
            self.env, 'plain_user', company_id=self.company.id, company_ids=self.company.ids)
        mixed = self.confirmed.sudo() + self.computed_sheet(
            self.new_customer("Others'", user_id=other_salesperson.id)).sudo()
        for user, sheets in (
            (other_salesperson, self.confirmed), (other_salesperson, mixed), (self.sales_user, mixed),
            (plain_user, self.confirmed),
        ):
            with self.subTest(user=user.login, sheets=len(sheets)), self.assertRaises(AccessError):
                self.printed(sheets, user)

    def test_refused_from_another_company(self):
        elsewhere = self.setup_other_company()['company']
        self.rating_manager.sudo().write({'company_id': elsewhere.id, 'company_ids': [(6, 0, elsewhere.ids)]})
        report = self.env['ir.actions.report'].with_user(self.rating_manager).with_context(
            allowed_company_ids=elsewhere.ids)
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            report._render_qweb_html(REPORT, self.confirmed.ids)

    def test_offered_to_the_roles_only(self):
        plain_user = new_test_user(self.env, 'plain_user')
        report = self.env.ref(REPORT)
        for user, offered in [*((user, True) for user in self.people), (plain_user, False)]:
            with self.subTest(user=user.login):
                bindings = self.env['ir.actions.actions'].with_user(user).get_bindings('tianyuan.rating')
                self.assertEqual(report.id in [action['id'] for action in bindings.get('report', ())], offered)

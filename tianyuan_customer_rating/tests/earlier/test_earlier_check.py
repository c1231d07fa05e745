"""The dry run: it writes no rating and names each wrong row with what to do."""
import base64
import io

from openpyxl import load_workbook

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from ..common import MODULE
from .common import HEADINGS, NAMES, EarlierCommon

TODAY = '2024-08-01'    # the quarter under test, 2024 Q2, is over; 2024 Q3 isn't
VAT = '91310000000000001Y'
OTHER_VAT = '91310000000000002T'


@freeze_time(TODAY)
@tagged('post_install', '-at_install')
class TestEarlierCheck(EarlierCommon):

    def check(self, *rows):
        batch = self.listed(*rows)
        batch.action_check()
        self.assertFalse(self.env['tianyuan.rating'].search([('origin', '=', 'imported')]))
        return batch

    def problem_of(self, row):
        """What is said of a row, which is the second one of the file."""
        batch = self.check(row)
        self.assertEqual({problem.row for problem in batch.problem_ids}, {2})
        self.assertEqual(batch.state, 'draft')
        return [problem.message for problem in batch.problem_ids]

    def test_a_customer_is_found_by_number_former_number_tax_id_or_name(self):
        self.customer.vat = VAT
        self.customer.tianyuan_archive_number = "FX-0002"    # FX-0001 is a former number from now on
        for cells in (
            {'number': "FX-0002"}, {'number': "fx-0001 "}, {'vat': VAT}, {'vat': f"CN{VAT}"},
            {'name': "山东天元化工有限公司"}, {'name': "山东省天元化工（有限公司）"}, {'number': "FX-0002", 'name': "天元化工（山东）"},
            {'number': "FX-0001", 'vat': VAT, 'name': "山东天元化工有限公司"},
        ):
            with self.subTest(cells):
                batch = self.check(self.row(total=80, **cells))
                self.assertEqual((batch.state, self.found(batch)), ('checked', []))
                self.assertEqual((batch.row_count, batch.customer_count), (1, 1))

    def test_each_kind_of_wrong_row_is_named_with_what_to_do(self):
        self.new_customer("双胞胎涂料有限公司")
        self.new_customer("双胞胎涂料有限公司")
        self.new_contact(self.customer, "李联系")
        self.new_customer("外司客户有限公司").sudo().write({'company_id': self.spare_company.id, 'vat': OTHER_VAT})
        self.new_customer("无渠道客户有限公司", channel=False)
        self.confirmed_sheet(day='2024-03-31')
        known = {'number': "FX-0001", 'quarter': "2023 Q4"}
        for cells, said in (
            ({'quarter': "2023 Q4"}, "The customer is missing: give the archive number"),
            ({**known, 'number': "FX-0404"}, "Archive Number: no customer has “FX-0404”"),
            ({**known, 'number': None, 'vat': VAT}, f"Tax ID: no customer has “{VAT}”"),
            ({**known, 'number': None, 'name': "没有这家公司"}, "Customer: no customer has “没有这家公司”"),
            ({**known, 'number': None, 'name': "双胞胎涂料有限公司"}, "Customer: 2 customers have “双胞胎涂料有限公司”"),
            ({**known, 'number': None, 'name': "李联系"}, "李联系 is a contact: name its company 山东天元化工有限公司"),
            ({**known, 'number': None, 'name': "外司客户有限公司"}, "Customer: no customer has “外司客户有限公司”"),
            # neither is it said by way of what a customer of one's own lacks
            ({**known, 'vat': OTHER_VAT, 'total': 101}, "Total: 101 points are out of range"),
            ({**known, 'name': "双胞胎涂料有限公司"}, "“双胞胎涂料有限公司” isn't the one of 山东天元化工有限公司"),
            ({**known, 'number': "#N/A"}, "The spreadsheet shows #N/A"),
            ({**known, 'number': None, 'vat': "9.13301E+17"}, "its last digits are lost"),
            ({**known, 'number': None, 'name': "无渠道客户有限公司"}, "The customer has no channel"),
            ({**known, 'channel': "retail"}, "“retail” is no channel"),
            ({**known, 'quarter': None}, "The quarter is missing"),
            ({**known, 'quarter': "2023-4"}, "“2023-4” is no quarter"),
            ({**known, 'quarter': "2024 Q3"}, "2024 Q3 isn't over yet"),
            ({**known, 'quarter': "2031 Q1"}, "2031 Q1 isn't over yet"),
            ({**known, 'quarter': "2024年1季度"}, "2024 Q1 of this customer has been rated here already"),
            ({**known, 'tier': None}, "The tier is missing"),
            ({**known, 'tier': "D"}, "There is no tier “D”. The tiers are AAA, AA, A, B"),
            ({**known, 'given_class': "VIP"}, "“VIP” is no class"),
            ({**known, 'confirmed_on': "soon"}, "“soon” is no date"),
            ({**known, 'confirmed_on': "2024-09-01"}, "2024-09-01 lies ahead"),
            ({**known, 'confirmed_on': "2023-12-31"}, "on that day 2023 Q4 wasn't over yet"),
            ({**known, 'total': None}, "There are no points"),
            ({**known, 'total': "high"}, "Total: “high” is no number"),
            ({**known, 'total': 100.01}, "Total: 100.01 points are out of range. Give 0 to 100"),
            ({**known, 'total': 80.125}, "Total: 80.125 has more than two decimals"),
            ({**known, 'total': None, 'points': {'loyalty': 15.5}}, "15.5 points are out of range. Give 0 to 15"),
            ({**known, 'total': None, 'points': {'loyalty': -1}}, "-1 points are out of range"),
            ({**known, 'total': None, 'points': {'loyalty': None}}, "Points are missing: "),
            # full marks are 100: without 5 of loyalty 95
            ({**known, 'total': 96, 'points': {'loyalty': 10}}, "The total is 96, but the points add up to 95"),
        ):
            with self.subTest(said):
                messages = self.problem_of(self.row(**{'total': 80, **cells}))
                self.assertEqual(len(messages), 1, messages)
                self.assertIn(said, messages[0])

    def test_all_that_is_wrong_with_a_row_is_said_at_once(self):
        messages = self.problem_of(self.row("2024 Q9", "D", total="many", number="FX-0404"))
        self.assertEqual(len(messages), 4)

    def test_the_same_customer_and_quarter_twice_in_the_file_is_said_of_the_second_row(self):
        batch = self.check(
            self.row(total=80, number="FX-0001"), self.row("2023 Q4", total=80, number="FX-0001"),
            self.row("2024-02-01", total=81, name="山东天元化工有限公司"),
        )
        self.assertEqual(self.found(batch), [(
            4, "Row 2 has the rating of 山东天元化工有限公司 for 2024 Q1 already. Delete one of the two.")])
        self.assertEqual((batch.row_count, batch.wrong_row_count), (3, 1))

    def test_an_open_rating_here_stands_in_the_way_too(self):
        self.computed_sheet(day='2024-03-31')
        self.assertIn("is being rated here", self.problem_of(self.row(total=80, number="FX-0001"))[0])

    def test_the_name_of_two_customers_is_told_apart_by_what_else_the_row_says(self):
        other = self.new_customer("山东天元化工有限公司", vat=VAT)
        self.assertEqual(self.check(self.row(total=80, vat=VAT, name="山东天元化工有限公司")).state, 'checked')
        other.active = False    # of an archived and an active customer the active one is meant
        self.assertEqual(self.check(self.row(total=80, name="山东天元化工有限公司")).state, 'checked')

    def test_a_list_without_the_columns_it_needs_is_refused_in_one_sentence_each(self):
        batch = self.new_import(self.xlsx(["Remark"], ["x"]))
        batch.action_check()
        self.assertEqual([row for row, _message in self.found(batch)], [1] * 4)
        self.assertEqual(batch.ignored_columns, "Remark")
        for content, said in (
            (self.xlsx([*HEADINGS]), "There is no rating below the headings"), (self.xlsx(), "The file is empty"),
            (self.xlsx([*HEADINGS, "Grade"], self.row()), "Several columns mean the same: Tier and Grade"),
        ):
            with self.subTest(said):
                batch = self.new_import(content)
                batch.action_check()
                self.assertIn(said, batch.problem_ids.message)
                self.assertEqual(batch.state, 'draft')

    def test_a_file_that_is_no_list_is_refused_and_nothing_changes(self):
        batch = self.new_import(b'PK\x03\x04 no workbook')
        with self.assertRaisesRegex(UserError, "neither an Excel workbook"):
            batch.action_check()
        with self.assertRaisesRegex(UserError, "Upload the list first"):
            self.Import.create({'company_id': self.company.id}).action_check()

    def test_a_text_file_in_gbk_with_chinese_headings_is_understood(self):
        content = self.csv(
            ["客户名称", "评价季度", "信用等级", "总分", "客户类别", "备注"],
            ["山东天元化工有限公司", "2023年第四季度", "AA级", "82.5", "重点客户", "原表3"], encoding='gbk',
        )
        batch = self.new_import(content, "earlier.csv")
        batch.action_check()
        self.assertEqual((batch.state, self.found(batch)), ('checked', []))
        self.assertEqual(batch.ignored_columns, "备注")
        batch.action_import()
        sheet = batch.rating_ids
        self.assertEqual(
            (sheet.partner_id, sheet.score, sheet.tier_id.name, sheet.customer_class, str(sheet.date_from)),
            (self.customer, 82.5, 'AA', 'key', '2023-10-01'),
        )

    def test_another_file_has_to_be_checked_again(self):
        batch = self.check(self.row(total=80, number="FX-0001"))
        self.assertEqual(batch.state, 'checked')
        batch.file = base64.b64encode(self.xlsx([*HEADINGS, *NAMES], self.row(total=101, number="FX-0001")))
        self.assertEqual((batch.state, batch.row_count, batch.checked_on), ('draft', 0, False))
        with self.assertRaisesRegex(UserError, "this step isn't possible"):
            batch.action_import()

    def test_the_template_comes_back_filled_in(self):
        """Downloaded in Chinese, filled in, and uploaded by a colleague who works in English."""
        self.env['res.lang']._activate_lang('zh_CN')
        self.env['ir.module.module']._load_module_terms([MODULE], ['zh_CN'], overwrite=True)
        self.env['tianyuan.rating.indicator'].search([('code', '=', 'loyalty')]).with_context(lang='zh_CN').name = "忠诚度"
        empty = self.Import.create({'company_id': self.company.id}).with_context(lang='zh_CN')
        url = empty.action_download_template()['url']
        self.assertIn(f"/web/content/tianyuan.rating.import/{empty.id}/template/", url)
        book = load_workbook(io.BytesIO(base64.b64decode(empty.template)))
        sheet = book.worksheets[0]
        self.assertEqual((len(book.worksheets), sheet.max_row, sheet.max_column), (3, 1, 18))
        headings = [cell.value for cell in sheet[1]]
        self.assertIn("忠诚度", headings)
        example = [cell.value for cell in book.worksheets[2][2]]
        self.assertEqual(example[-10:][0], 100)    # the total of full marks: nine indicators behind it
        self.assertEqual(sum(example[-9:]), 100)
        sheet.append(["FX-0001", *example[1:2], None, *example[3:]])
        content = io.BytesIO()
        book.save(content)
        batch = self.new_import(content.getvalue())
        batch.action_check()
        self.assertEqual((batch.state, self.found(batch)), ('checked', []))
        batch.action_import()
        self.assertEqual((batch.rating_ids.score, len(batch.rating_ids.line_ids)), (100, 9))

    def test_a_row_takes_the_scheme_of_its_channel_and_quarter(self):
        scheme = self.env['tianyuan.rating.scheme'].search([('channel', '=', 'distributor'), ('state', '=', 'active')])[:1]
        own = scheme.sudo().copy({'company_id': self.company.id, 'date_from': '2024-01-01', 'name': "Since 2024"})
        loyalty = own.line_ids.filtered(lambda line: line.indicator_id.code == 'loyalty')
        loyalty.level_ids.filtered(lambda level: level.points == 15).points = 14
        loyalty.max_points = 14
        own.line_ids.filtered(lambda line: line.indicator_id.code == 'willingness').max_points = 11
        own.action_activate()
        full = {'total': None, 'number': "FX-0001", 'points': {}}
        self.assertEqual(self.check(self.row("2023 Q4", **full)).state, 'checked')
        self.assertIn("15 points are out of range. Give 0 to 14", self.problem_of(self.row("2024 Q1", **full))[0])

    def test_a_company_without_a_scheme_for_the_channel_gives_totals_only(self):
        self.env['tianyuan.rating.scheme'].sudo().search([('channel', '=', 'direct')]).action_retire()
        total = self.row(total=80, channel="direct", number="FX-0001")
        self.assertEqual(self.check(total).state, 'checked')
        points = self.row(points={}, channel="direct", number="FX-0001")
        self.assertIn("No active rating scheme for this channel", self.problem_of(points)[0])

    def test_a_branch_imports_nothing(self):
        branch = self.env['res.company'].sudo().create({'name': "Branch", 'parent_id': self.company.id})
        self.rating_manager.company_ids = [Command.link(branch.id)]
        with self.assertRaisesRegex(UserError, "is a branch of"):
            self.new_import(self.xlsx(["x"]), company_id=branch.id)

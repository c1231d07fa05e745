"""Numbers that a spreadsheet has ruined are refused with their row; those it has only formatted come in right."""
from datetime import date

from odoo.tests import BaseCase, tagged

from ...tools import imported
from .common import DATA, OPTIONS, IntakeCommon

HEADINGS = ["企业名称", "统一社会信用代码", "手机号", "档案编号", "QQ号", "地址"]


@tagged('post_install', '-at_install')
class TestNumbers(BaseCase):

    def test_what_a_spreadsheet_only_formats_is_restored(self):
        for text, number in (
            ('13800000000.0', '13800000000'), ('13800000000.00', '13800000000'), ('1.3800000001E+10', '13800000001'),
            ('1.3800000001E10', '13800000001'), (" '00123 ", '00123'), ('\u202d13800000000\u202c', '13800000000'),
            ('１３８００００００００.0', '13800000000'), ('021-55550123', '021-55550123'), ('FX-0088', 'FX-0088'),
            ('91330100E12345678A', '91330100E12345678A'), ('3.5', '3.5'),
        ):
            with self.subTest(text):
                self.assertEqual(imported.repaired(text), number)

    def test_what_has_lost_digits_is_an_error(self):
        for text, kind in (
            ('9.1330100E+17', 'shortened'), ('9.13301E+17', 'shortened'), ('1.38E+10', 'shortened'),
            ('9,1330100E+17', 'shortened'), ('9E+17', 'shortened'), ('2024-01-05', 'date'),
            ('2024-01-05 00:00:00', 'date'),
            ('913301000000000000', 'rounded'),    # Excel's fifteen digits
            ('913301000000000384', 'rounded'),    # what 913301000000000345 is as a number with 53 bits
        ):
            with self.subTest(text):
                self.assertEqual(imported.judge_number(imported.repaired(text), is_tax_id=True), (kind, True))

    def test_good_numbers_are_good(self):
        for text in (
            '913301000000000284', '91310000000000001Y', '110105491234567', '13800000001', '021-55550123', '00123',
            'FX-2024-1', '91330100E12345678A',
        ):
            with self.subTest(text):
                self.assertIsNone(imported.judge_number(imported.repaired(text), is_tax_id=True))

    def test_a_bank_account_may_end_in_a_zero(self):
        """Of 16 digits a spreadsheet ruins the last one, which is 0 in every tenth genuine account, too."""
        self.assertEqual(imported.judge_number('6222021234567890'), ('rounded', False))
        self.assertEqual(imported.judge_number('6222021234567890000'), ('rounded', True), "19 digits with four zeros")
        self.assertIsNone(imported.judge_number('9' * 400))

    def test_an_archive_number_may_look_like_a_date_but_is_asked_about(self):
        self.assertEqual(imported.judge_number('2024-01-05', may_be_date=True), ('date', False))

    def test_a_right_check_digit_turns_the_refusal_into_a_question(self):
        """The number is one that a cell can hold, as every 128th is: it may have been rounded, and may be genuine."""
        number = next(
            text for text in (f'9131000{step * 128:011d}' for step in range(1, 400)) if imported.uscc.is_valid(text)
            and int(float(text)) == int(text))
        self.assertEqual(imported.judge_number(number, is_tax_id=True), ('rounded', False))
        self.assertEqual(imported.judge_number(number[:-1] + str((int(number[-1]) + 1) % 10), is_tax_id=True), None)

    def test_the_zero_of_a_landline(self):
        for text, restored in (
            ('2161234567', '02161234567'), ('1061234567', '01061234567'), ('75512345678', '075512345678'),
            ('5321234567', '05321234567'), ('13812345678', None), ('4008001234', None), ('8008201234', None),
            ('02161234567', None), ('61234567', None), ('021-61234567', None), ('', None),
        ):
            with self.subTest(text):
                self.assertEqual(imported.zero_restored(text), restored)

    def test_dates_that_are_numbers(self):
        for text, day in (
            ('45443', date(2024, 5, 31)), ('42064.0', date(2015, 3, 1)), ('2024', None), ('123456', None),
            ('2024-05-31', None), ('99999', None),
        ):
            with self.subTest(text):
                self.assertEqual(imported.date_of_serial(text), day)

    def test_error_values(self):
        for text in ('#####', '##', '#N/A', '#REF!', '#value!', '#DIV/0!', '#NAME?'):
            self.assertTrue(imported.is_error_value(text), text)
        for text in ('#1 Paint', 'No. #2', '#', ''):
            self.assertFalse(imported.is_error_value(text), text)


@tagged('post_install', '-at_install')
class TestImportNumbers(IntakeCommon):

    def test_a_file_that_libreoffice_ruined_is_refused_with_the_row(self):
        content = (DATA / 'ruined_by_libreoffice.xlsx').read_bytes()
        for dryrun in (True, False):
            result, proposed = self.load(content, lang='en_US', dryrun=dryrun)
            self.assertEqual(proposed, [
                'name', 'vat', 'phone', 'tianyuan_legal_representative', 'street', 'email', 'tianyuan_qq',
                'tianyuan_archive_number',
            ])
            self.assertFalse(result['ids'])
            self.assertEqual(self.said(result), [
                (1, 'error', "Row 3 (毁数试剂有限公司): Tax ID: the spreadsheet has ruined this number (913301000000000000); its last digits are "
                             "lost. Format the column as text and enter the number again."),
                (2, 'warning', "Row 4 (缺零试剂有限公司): Phone: 2161234567 may have lost its leading zero in the spreadsheet. If it should be "
                               "02161234567, format the column as text and correct it."),
            ])
            self.assertEqual([each['field'] for each in result['messages']], ['vat', 'phone'])
            self.assertNothingWritten()

    def test_after_mending_the_rows_come_in(self):
        result, _proposed = self.load(self.sheet(
            HEADINGS,
            ["精确试剂有限公司", '91310000000000001Y', 13800000001, 'FX-0101', 10001.0, "外滩 1 号"],
            ["毁数试剂有限公司", '913301000000000284', '13800000002.0', 102, '10002', "外滩 2 号"],
        ), lang='en_US')
        self.assertEqual(self.said(result), [])
        good, mended = self.imported("精确试剂有限公司"), self.imported("毁数试剂有限公司")
        self.assertEqual((good.vat, mended.vat), ('91310000000000001Y', '913301000000000284'))
        self.assertEqual((good.tianyuan_qq, mended.tianyuan_archive_number), ('10001', '102'))
        self.assertEqual({good.phone.replace(' ', ''), mended.phone.replace(' ', '')} & {'13800000001.0'}, set())
        self.assertTrue(good.phone.replace(' ', '').endswith('13800000001'))
        self.assertTrue(mended.phone.replace(' ', '').endswith('13800000002'))

    def test_each_ruin_names_its_row_and_column(self):
        rows = (
            (["甲", '9.1330100E+17', '', '', '', ''], "Tax ID: the spreadsheet has ruined this number (9.1330100E+17)"),
            (["乙", 913301000000000284.0, '', '', '', ''], "Tax ID: the spreadsheet has ruined this number (9.13301000000000"),
            (["丙", '', '1.38E+10', '', '', ''], "Phone: the spreadsheet has ruined this number (1.38E+10)"),
            (["丁", '', '#####', '', '', ''], "Phone: the spreadsheet shows ##### instead of a value. Correct the cell"),
            (["戊", '', '', '', '', '#N/A'], "Street: the spreadsheet shows #N/A instead of a value"),
            (["己", '', date(2024, 1, 5), '', '', ''], "Phone: the spreadsheet has turned the number into a date (2024-"),
            (["庚", '', '', '', '1.2E+9', ''], "QQ: the spreadsheet has ruined this number (1.2E+9)"),
            (["#REF!", '', '', '', '', ''], "Name: the spreadsheet shows #REF! instead of a value"),
        )
        # As text, #N/A doesn't make the cell one with an error, which Odoo itself refuses with its row.
        content = self.text_file(HEADINGS, *(row for row, _message in rows), encoding='utf-8')
        result, _proposed = self.load(
            content, lang='en_US', name='a.csv', mimetype='text/csv', options={'separator': ','})
        said = self.said(result)
        self.assertEqual([(row, kind) for row, kind, _message in said], [(row, 'error') for row in range(len(rows))])
        for (_row, _kind, message), (_cells, expected) in zip(said, rows, strict=True):
            self.assertIn(expected, message)
        self.assertNothingWritten()

    def test_a_cell_with_an_error_is_refused_with_its_row(self):
        content = self.sheet(["企业名称", "地址"], ["甲", '#N/A'])
        preview = self.importer(content, lang='en_US').parse_preview({**OPTIONS})
        self.assertIn("row 2, column 2: #N/A", preview['error'])

    def test_a_date_whose_cell_lost_its_format(self):
        result, _proposed = self.load(self.sheet(["企业名称", "合作开始日期"], ["甲", 42064], ["乙", '2015-03-01']), lang='en_US')
        self.assertEqual(self.said(result), [])
        for name in ("甲", "乙"):
            self.assertEqual(str(self.imported(name).tianyuan_cooperation_start_date), '2015-03-01')

    def test_an_archive_number_that_looks_like_a_date_may_be_one(self):
        result, _proposed = self.load(self.sheet(["企业名称", "档案编号"], ["甲", '2024-01-05']), lang='en_US')
        [(row, kind, message)] = self.said(result)
        self.assertEqual((row, kind), (0, 'warning'))
        self.assertIn("has turned the number into a date (2024-01-05)", message)
        self.assertEqual(self.imported("甲").tianyuan_archive_number, '2024-01-05')

    def test_phones_abroad_have_no_chinese_zero(self):
        self.env.ref('base.us').with_context(lang='zh_CN').name = "美国"
        result, _proposed = self.load(self.sheet(
            ["企业名称", "电话", "国家"], ["甲", '2125550123', "美国"], ["乙", '2161234567', "中国"]), lang='zh_CN')
        self.assertEqual([(row, kind) for row, kind, _message in self.said(result)], [(1, 'warning')])

    def test_the_import_of_other_contacts_stays_as_it_is(self):
        result, proposed = self.load(self.sheet(
            ["Name", "Phone", "法人"], ["Other Ltd", '1.38E+10', "X"]), lang='en_US', archives=False)
        self.assertEqual((proposed, result['messages']), (['name', 'phone', False], []))
        self.assertEqual(self.imported("Other Ltd").phone, '1.38E+10')

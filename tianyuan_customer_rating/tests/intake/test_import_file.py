"""Files as companies have them: the template filled in, old lists with their own headings, and texts in GBK."""
import io
from pathlib import Path

from openpyxl import load_workbook

from odoo.tests import tagged

from ...tools import headings
from .common import DATA, IntakeCommon

MEANT = {
    'name': ("企业名称", "公司名称", "客户名称", "单位名称", "Company", "Customer", "Customer Name"),
    'vat': ("统一社会信用代码", "信用代码", "税号", "纳税人识别号", "Tax No.", "TAX NO"),
    'phone': ("手机号", "手机", "电话", "联系电话", "Mobile", "Tel."),
    'tianyuan_legal_representative': ("法人", "法定代表人", "法人代表", "Legal Rep."),
    'street': ("地址", "Address"),
    'email': ("邮箱", "电子邮箱", "E-mail"),
    'child_ids/name': ("联系人", "Contact Person"),
    'tianyuan_registered_capital': ("注册资本", "注册资金（万元）", "Registered Capital"),
    'tianyuan_qq': ("QQ号", "qq"),
    'tianyuan_wechat': ("微信号", "WeChat"),
    'tianyuan_archive_number': ("档案编号", "*档案编号（必填）", "档案 编号：", "Archive No."),
    'tianyuan_channel': ("渠道", "Channel"),
}


@tagged('post_install', '-at_install')
class TestImportFile(IntakeCommon):

    # -- headings ----------------------------------------------------------------------------------

    def test_common_headings_are_understood(self):
        for path, texts in MEANT.items():
            for text in texts:
                with self.subTest(text):
                    importer = self.importer(self.sheet([text, "x"], ["1", "2"]))
                    preview = importer.parse_preview({**self.options})
                    self.assertEqual(preview['matches'].get(0), path.split('/'))

    def test_every_heading_means_a_field_that_can_be_imported(self):
        tree = self.importer(b'').get_fields_tree('res.partner')
        for path in headings.FIELDS:
            with self.subTest(path):
                self.assertTrue(self.importer(b'')._tianyuan_has_path(path, tree))

    def test_no_heading_means_two_fields(self):
        texts = [headings.simplified(text) for group in headings.FIELDS.values() for text in set(group)]
        doubles = {text for text in texts if texts.count(text) > 1}
        meanings = {text: {path for path, group in headings.FIELDS.items() if text in map(headings.simplified, group)}
                    for text in doubles}
        self.assertEqual({text: paths for text, paths in meanings.items() if len(paths) > 1}, {})

    def test_what_a_user_has_chosen_before_comes_first(self):
        self.env['base_import.mapping'].create({
            'res_model': 'res.partner', 'column_name': "手机号", 'field_name': 'tianyuan_wechat',
        })
        _result, proposed = self.load(self.sheet(["企业名称", "手机号"], ["甲", "13800000000"]), dryrun=True)
        self.assertEqual(proposed, ['name', 'tianyuan_wechat'])

    def test_the_import_of_other_contacts_knows_none_of_them(self):
        _result, proposed = self.load(
            self.sheet(["Name", "法人", "纳税人识别号"], ["A", "B", "C"]), lang='en_US', archives=False, dryrun=True)
        self.assertEqual(proposed, ['name', False, False])

    # -- encodings ---------------------------------------------------------------------------------

    def test_a_gbk_text_file_comes_in_right(self):
        rows = (
            ["企业名称", "统一社会信用代码", "法定代表人", "联系人", "地址", "手机号"],
            ["上海骐骥试剂有限公司", '91310000000000001Y', "欧阳娜娜", "陈喆", "上海市黄浦区外滩一号", '13800000001'],
            ["青岛橡胶有限公司", '91330100000000034Q', "李铭", "王玥", "青岛市市南区样板街六号", '13800000002'],
        )
        for encoding, chosen in (('gbk', ''), ('gbk', 'gb18030'), ('gb18030', 'gbk'), ('utf-8-sig', '')):
            with self.subTest(encoding, chosen=chosen), self.env.cr.savepoint() as savepoint:
                result, proposed = self.load(
                    self.text_file(*rows, encoding=encoding), name='a.csv', mimetype='text/csv',
                    options={'encoding': chosen})
                self.assertEqual(proposed, [
                    'name', 'vat', 'tianyuan_legal_representative', 'child_ids/name', 'street', 'phone'])
                self.assertEqual(self.said(result), [])
                partner = self.imported("上海骐骥试剂有限公司")
                self.assertEqual(
                    (partner.vat, partner.tianyuan_legal_representative, partner.child_ids.name, partner.street),
                    ('91310000000000001Y', "欧阳娜娜", "陈喆", "上海市黄浦区外滩一号"))
                savepoint.rollback()
                self.env.invalidate_all()

    # -- the template ------------------------------------------------------------------------------

    def template(self, lang):
        path = Path(__file__).parents[2] / 'static' / 'xls' / f'customer_archives_{lang}.xlsx'
        return load_workbook(io.BytesIO(path.read_bytes()))

    def columns(self, lang):
        """The template's columns by the names of their fields."""
        partner = self.env['res.partner'].with_context(lang=lang)
        labels = {partner._fields[name]._description_string(partner.env): name for name in (
            'vat', 'phone', 'tianyuan_archive_number', 'tianyuan_qq', 'tianyuan_channel', 'tianyuan_business_nature',
            'tianyuan_archive_state', 'tianyuan_registered_capital_currency_id', 'tianyuan_cooperation_start_date',
        )}
        return {labels[cell.value]: cell.column_letter for cell in self.template(lang).worksheets[0][1]
                if cell.value in labels}

    def test_columns_of_numbers_are_text_and_dates_are_dates(self):
        for lang in ('en_US', 'zh_CN'):
            columns, sheet = self.columns(lang), self.template(lang).worksheets[0]
            for name in ('vat', 'phone', 'tianyuan_archive_number', 'tianyuan_qq'):
                self.assertEqual(sheet.column_dimensions[columns[name]].number_format, '@', name)
            day = sheet.column_dimensions[columns['tianyuan_cooperation_start_date']]
            self.assertEqual(day.number_format, 'yyyy-mm-dd')

    def test_selections_and_currencies_are_chosen_from_lists(self):
        lists = {
            'tianyuan_channel': ('"Distributor,Direct"', '"分销商,直销客户"'),
            'tianyuan_business_nature': ('"Manufacturer,Dealer"', '"制造商,经销商"'),
            'tianyuan_registered_capital_currency_id': ('"CNY,USD,EUR,HKD,JPY,GBP"',) * 2,
        }
        for number, lang in enumerate(('en_US', 'zh_CN')):
            columns, sheet = self.columns(lang), self.template(lang).worksheets[0]
            rules = {str(rule.sqref).partition(':')[0]: rule for rule in sheet.data_validations.dataValidation}
            for name, texts in lists.items():
                self.assertEqual(rules[f'{columns[name]}2'].formula1, texts[number])

    def test_examples_and_instructions_stand_on_sheets_that_are_not_imported(self):
        for lang, name in (('en_US', "Example Coatings Co., Ltd."), ('zh_CN', "示例涂料有限公司")):
            data, notes, examples = self.template(lang).worksheets
            self.assertEqual([cell.value for cell in data[1]], [cell.value for cell in examples[1]])
            self.assertEqual((data.max_row, examples['A2'].value, examples.max_row), (1, name, 4))
            self.assertGreater(len([row for row in notes.iter_rows(values_only=True) if row[3]]), 5)

    def test_the_examples_themselves_would_come_in(self):
        """Somebody who copies them to learn sees them work."""
        for lang in ('en_US', 'zh_CN'):
            rows = [[cell.value for cell in row] for row in self.template(lang).worksheets[2].rows]
            result, proposed = self.load(self.sheet(*rows), lang=lang, dryrun=True)
            self.assertEqual(self.said(result), [])
            self.assertTrue(all(proposed))

    def test_filled_in_with_libreoffice_it_comes_in_unchanged(self):
        """The files were made by typing into the template in LibreOffice Calc and saving it as xlsx."""
        for lang, name in (('zh_CN', "天元试剂有限公司"), ('en_US', "Tianyuan Reagents Ltd")):
            with self.subTest(lang), self.env.cr.savepoint() as savepoint:
                result, proposed = self.load((DATA / f'filled_by_libreoffice_{lang}.xlsx').read_bytes(), lang=lang)
                self.assertTrue(all(proposed))
                self.assertEqual(self.said(result), [])
                partner = self.imported(name)
                self.assertEqual(partner.vat, '913301000000000284')
                self.assertEqual(partner.tianyuan_archive_number, '00123')
                self.assertEqual(partner.phone.replace(' ', '').replace('+86', '0').replace('-', ''), '02155550123')
                self.assertEqual(partner.tianyuan_qq, '10001234567')
                self.assertEqual(partner.tianyuan_archive_state, 'filed')
                self.assertEqual(partner.tianyuan_registered_capital, 5000000)
                self.assertEqual(partner.tianyuan_registered_capital_currency_id.name, 'CNY')
                self.assertEqual(str(partner.tianyuan_cooperation_start_date), '2015-03-01')
                self.assertEqual(str(partner.tianyuan_archive_reviewed_on), '2024-05-31')
                self.assertEqual(len(partner._tianyuan_email_addresses()), 2)
                self.assertEqual(len(partner.child_ids), 2)
                savepoint.rollback()
                self.env.invalidate_all()

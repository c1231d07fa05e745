"""What the tests of imports share: files as people have them, and the steps of Odoo's importer."""
from pathlib import Path

from ..common import MODULE, RatingCommon
from ..files import text_file, workbook

XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
OPTIONS = {
    'has_headers': True, 'quoting': '"', 'separator': '', 'encoding': '', 'advanced': True, 'keep_matches': False,
    'date_format': '', 'datetime_format': '', 'float_thousand_separator': ',', 'float_decimal_separator': '.',
}
DATA = Path(__file__).parent / 'data'


class IntakeCommon(RatingCommon):
    """The archive specialist imports customers of a Chinese company from the list of archives."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['res.lang']._activate_lang('zh_CN')
        cls.env['ir.module.module']._load_module_terms([MODULE], ['zh_CN'], overwrite=True)
        cls.setup_role_users()
        cls.archive_specialist.name = "Keeper Kong"
        cls.company.partner_id.country_id = cls.env.ref('base.cn')
        cls.env['tianyuan.archive.document.type'].search([]).required = False    # papers aren't imported
        cls.Partner = cls.env['res.partner'].with_context(active_test=False)
        cls.before = cls.Partner.search_count([])

    def importer(self, content, lang='zh_CN', name='customers.xlsx', mimetype=XLSX, archives=True):
        """The importer as the client opens it: it reads the file without the list's context."""
        importer = self.env['base_import.import'].with_user(self.archive_specialist).with_context(lang=lang)
        self.options = {**OPTIONS, 'tianyuan_archive_import': archives}
        return importer.create({'res_model': 'res.partner', 'file': content, 'file_name': name, 'file_type': mimetype})

    def load(self, content, dryrun=False, options=None, **values):
        """Import a file with the fields that the importer proposes.

        :return: what the importer says, and the proposed fields in the order of the columns
        """
        importer = self.importer(content, **values)
        preview = importer.parse_preview({**self.options, **(options or {})})
        self.assertNotIn('error', preview)
        matches = {int(index): '/'.join(path) for index, path in (preview['matches'] or {}).items()}
        proposed = [matches.get(index, False) for index in range(len(preview['headers']))]
        context = {'default_is_company': True, 'tianyuan_archive_import': self.options['tianyuan_archive_import']}
        importer = importer.with_context(**context)
        return importer.execute_import(proposed, preview['headers'], preview['options'], dryrun), proposed

    sheet = staticmethod(workbook)

    @staticmethod
    def text_file(*rows, encoding='gbk'):
        return text_file(*rows, encoding=encoding)

    def said(self, result):
        """Return (row, kind, message) of what the importer says; the first row of customers is 0.

        The message also names the row, as the spreadsheet counts, and the customer.
        """
        said = []
        for each in result['messages']:
            row, message = each['rows']['from'], each['message']
            self.assertEqual(each['record'], row)
            self.assertRegex(message, f"^(Row {row + 2}|第 {row + 2} 行)")
            said.append((row, each['type'], message))
        return said

    def assertNothingWritten(self):
        self.assertEqual(self.Partner.search_count([]), self.before)

    def imported(self, name):
        partner = self.Partner.search([('name', '=', name)])
        self.assertEqual(len(partner), 1, name)
        return partner

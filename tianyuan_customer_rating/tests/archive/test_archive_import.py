"""Old archives come in through Odoo's own import, from a template that is true in both languages."""
import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path

from openpyxl import load_workbook

from odoo import fields
from odoo.tests import tagged

from ..common import MODULE, RatingCommon

COLUMNS = [
    'name', 'street', 'city', 'phone', 'email', 'vat', 'tianyuan_archive_number', 'tianyuan_archive_state',
    'tianyuan_archive_specialist_id', 'tianyuan_archive_reviewed_on', 'tianyuan_archive_review_due_on',
    'tianyuan_channel', 'tianyuan_business_nature', 'tianyuan_registered_capital',
    'tianyuan_registered_capital_currency_id', 'tianyuan_legal_representative', 'tianyuan_cooperation_start_date', 'tianyuan_purchased_variety_ids', 'tianyuan_main_products',
    'tianyuan_downstream_market_ids', 'tianyuan_qq', 'tianyuan_wechat', 'child_ids/name', 'child_ids/phone',
    'tianyuan_primary_contact_id', 'tianyuan_secondary_contact_id',
]
CHOICES = {
    'en_US': {'filed': "Filed", 'distributor': "Distributor", 'dealer': "Dealer"},
    'zh_CN': {'filed': "已建档", 'distributor': "分销商", 'dealer': "经销商"},
}
OPTIONS = {
    'has_headers': True, 'quoting': '"', 'separator': ',', 'advanced': True, 'keep_matches': False,
    'date_format': '%Y-%m-%d', 'datetime_format': '', 'float_thousand_separator': ',', 'float_decimal_separator': '.',
}


@tagged('post_install', '-at_install')
class TestArchiveImport(RatingCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for lang in CHOICES:
            cls.env['res.lang']._activate_lang(lang)
        cls.env['ir.module.module']._load_module_terms([MODULE], ['zh_CN'], overwrite=True)
        cls.setup_role_users()
        cls.archive_specialist.name = "Keeper Kong"
        cls.env['tianyuan.downstream.market'].create([{'name': "Archive paint"}, {'name': "Archive rubber"}])
        cls.env['product.template'].create([{'name': "Archive resin"}])
        cls.env['tianyuan.archive.document.type'].search([]).required = False    # papers aren't imported
        cls.before = cls.count()

    @classmethod
    def count(cls):
        return cls.env['res.partner'].with_context(active_test=False).search_count([])

    def template(self, lang, user=None):
        [template] = self.env['res.partner'].with_user(user or self.archive_specialist).with_context(
            lang=lang, tianyuan_archive_import=True,
        ).get_import_templates()
        folder, path = template['template'].removeprefix('/').split('/', 1)
        self.assertEqual(folder, MODULE)
        return (Path(__file__).parents[2] / path).read_bytes()

    def filled(self, lang, *rows):
        """The template with rows of values by field."""
        book = load_workbook(BytesIO(self.template(lang)))
        for row in rows:
            book.worksheets[0].append([row.get(name) for name in COLUMNS])
        content = BytesIO()
        book.save(content)
        return content.getvalue()

    def importer(self, content, lang, user=None):
        return self.env['base_import.import'].with_user(user or self.archive_specialist).with_context(
            lang=lang, default_is_company=True,
        ).create({
            'res_model': 'res.partner', 'file': content, 'file_name': 'archives.xlsx',
            'file_type': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
        })

    def load(self, lang, *rows, user=None, dryrun=False):
        importer = self.importer(self.filled(lang, *rows), lang, user)
        preview = importer.parse_preview({**OPTIONS})
        return importer.execute_import(COLUMNS, preview['headers'], {**OPTIONS}, dryrun)

    def row(self, lang='en_US', **values):
        choices = CHOICES[lang]
        return {
            'name': "Old Paint Ltd", 'street': "1 Bund", 'city': "Shanghai", 'phone': "021 1",
            'tianyuan_archive_number': "FX-OLD-7", 'tianyuan_archive_state': choices['filed'],
            'tianyuan_archive_specialist_id': "Keeper Kong", 'tianyuan_archive_reviewed_on': '2024-05-31',
            'tianyuan_channel': choices['distributor'], 'tianyuan_business_nature': choices['dealer'],
            'tianyuan_registered_capital': 5000000, 'tianyuan_legal_representative': "Chen Gang",
            'tianyuan_cooperation_start_date': '2015-03-01', 'tianyuan_purchased_variety_ids': "Archive resin",
            'tianyuan_main_products': "Coatings", 'tianyuan_downstream_market_ids': "Archive paint,Archive rubber",
            'tianyuan_qq': "10001", 'child_ids/name': "Wang Wei", 'child_ids/phone': "13800000000",
            **values,
        }

    def assertRefused(self, message, *rows, row, **options):
        """The import names the row and writes nothing at all."""
        result = self.load('en_US', *rows, **options)
        self.assertFalse(result['ids'])
        self.assertEqual(self.count(), self.before)
        # Odoo says it of the first row too when it failed to create all of them at once
        self.assertTrue(any(
            re.search(message, found['message']) and found['rows'] == {'from': row, 'to': row}
            for found in result['messages']
        ), result['messages'])

    # -- the template -------------------------------------------------------------------------------

    def test_every_column_of_the_template_is_a_field_in_its_language(self):
        for lang in CHOICES:
            with self.subTest(lang):
                importer = self.importer(self.filled(lang, self.row(lang)), lang)
                preview = importer.parse_preview({**OPTIONS})
                matches = {index: '/'.join(path) for index, path in preview['matches'].items()}
                self.assertEqual([matches.get(index) for index in range(len(COLUMNS))], COLUMNS)

    def test_the_template_calls_the_columns_as_the_fields_are_called(self):
        for lang in CHOICES:
            partner = self.env['res.partner'].with_context(lang=lang)
            labels = [
                '/'.join(partner._fields[part]._description_string(partner.env) for part in name.split('/'))
                for name in COLUMNS
            ]
            book = load_workbook(BytesIO(self.template(lang)))
            self.assertEqual([cell.value for cell in book.worksheets[0][1]], labels)
            self.assertEqual([row[0].value for row in book.worksheets[1].rows], labels)
            self.assertEqual(book.worksheets[0].max_row, 1, "an example left in would be imported")

    def test_the_template_is_offered_where_archives_are_imported(self):
        for action in ('res_partner_action_archives', 'res_partner_action_customers'):
            self.assertIn('tianyuan_archive_import', self.env.ref(f'{MODULE}.{action}').context)
        [stock] = self.env['res.partner'].get_import_templates()
        self.assertNotIn(MODULE, stock['template'])

    # -- good rows ----------------------------------------------------------------------------------

    def test_an_old_archive_comes_in_whole_in_both_languages(self):
        for number, lang in enumerate(CHOICES):
            with self.subTest(lang):
                result = self.load(
                    lang, self.row(lang, name=f"Old Paint {lang}", tianyuan_archive_number=f"OLD-{number}"),
                    {'child_ids/name': "Li Na", 'child_ids/phone': "13900000000"},
                )
                self.assertFalse(result['messages'])
                partner = self.env['res.partner'].browse(result['ids'])
                self.assertEqual(len(partner), 1)
                self.assertTrue(partner.is_company)
                self.assertEqual(partner.tianyuan_archive_number, f"OLD-{number}")
                self.assertEqual(partner.tianyuan_archive_state, 'filed')
                self.assertEqual(partner.tianyuan_archive_specialist_id, self.archive_specialist)
                self.assertEqual(str(partner.tianyuan_archive_review_due_on), '2024-08-31')
                self.assertEqual(partner.tianyuan_channel, 'distributor')
                self.assertEqual(partner.tianyuan_business_nature, 'dealer')
                self.assertEqual(partner.tianyuan_registered_capital, 5000000)
                self.assertEqual(partner.tianyuan_purchased_variety_ids.mapped('name'), ["Archive resin"])
                self.assertEqual(
                    sorted(partner.tianyuan_downstream_market_ids.mapped('name')), ["Archive paint", "Archive rubber"])
                self.assertEqual(partner.tianyuan_primary_contact_id.name, "Wang Wei")
                self.assertEqual(partner.tianyuan_secondary_contact_id.phone, "13900000000")
                self.assertEqual(partner.tianyuan_archive_completeness, 100)

    def test_without_a_number_the_next_one_is_given(self):
        rows = [self.row(name=f"Old {n}", tianyuan_archive_number=None) for n in range(3)]
        partners = self.env['res.partner'].browse(self.load('en_US', *rows)['ids'])
        numbers = partners.mapped('tianyuan_archive_number')
        self.assertEqual(len(set(numbers)), 3)
        self.assertTrue(all(number.startswith('FX') for number in numbers))

    def test_a_test_run_writes_nothing(self):
        result = self.load('en_US', self.row(), dryrun=True)
        self.assertFalse(result['messages'])
        self.assertEqual(self.count(), self.before)

    # -- bad rows -----------------------------------------------------------------------------------

    def test_an_unknown_channel(self):
        self.assertRefused(
            "Wholesale", self.row(), self.row(name="Bad", tianyuan_channel="Wholesale", tianyuan_archive_number="X"), row=1)

    def test_a_number_twice_in_the_file(self):
        self.assertRefused("Another customer has this archive number", self.row(), self.row(name="Double"), row=1)

    def test_a_number_that_a_customer_has(self):
        self.customer.tianyuan_archive_number = "FX-OLD-7"
        self.assertRefused("Another customer has this archive number", self.row(), row=0)

    def test_a_bad_date(self):
        result = self.load('en_US', self.row(tianyuan_cooperation_start_date='soon'))
        self.assertFalse(result.get('ids'))
        self.assertEqual(self.count(), self.before)
        self.assertRegex(result['messages'][0]['message'], "cooperation_start_date contains incorrect values. Error in line 1:.*soon")

    def test_a_cooperation_that_begins_in_the_future(self):
        tomorrow = str(fields.Date.today() + timedelta(days=2))
        self.assertRefused(
            "Late: the cooperation can't begin in the future", self.row(),
            self.row(name="Late", tianyuan_archive_number="X", tianyuan_cooperation_start_date=tomorrow), row=1,
        )

    def test_an_unknown_contact(self):
        self.assertRefused(
            "No matching record found for name 'Nobody'", self.row(tianyuan_primary_contact_id="Nobody"), row=0)

    def test_a_contact_of_somebody_else(self):
        contact = self.new_contact(self.customer)
        self.before = self.count()
        self.assertRefused(
            "is no contact of Old Paint Ltd", self.row(tianyuan_primary_contact_id=contact.display_name), row=0)

    def test_filed_without_a_channel(self):
        self.assertRefused(
            "Set the channel", self.row(tianyuan_channel=None, tianyuan_archive_number=None), row=0)

    def test_who_keeps_no_archives_imports_none(self):
        for user in (self.sales_user, self.finance_assessor):
            with self.subTest(user.login):
                user.group_ids += self.env.ref('base.group_partner_manager')
                result = self.load('en_US', self.row(), user=user)
                self.assertFalse(result['ids'])
                self.assertRegex(result['messages'][0]['message'], "Only archive specialists and managers")
                self.assertEqual(self.count(), self.before)

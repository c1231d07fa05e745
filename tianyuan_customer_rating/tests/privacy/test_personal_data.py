"""What the company holds on a person leaves in one file, for those who may (个人信息保护法 45)."""
import base64
import io
import zipfile

from openpyxl import load_workbook

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..profile.common import ProfileCommon


@tagged('post_install', '-at_install')
class TestPersonalData(ProfileCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contact.write({'phone': "0571 8888 1234", 'email': 'fang@customer.example', 'function': "Buyer"})
        cls.profile.write({
            'legal_basis': 'consent', 'consent_date': '2024-05-01', 'purpose': "Keeping in touch",
            'evidence': base64.b64encode(b"signed"), 'evidence_name': 'consent.txt',
        })
        cls.profile.message_post(body="Likes tea")
        cls.env['ir.attachment'].sudo().create({
            'name': 'card.txt', 'raw': b"card", 'res_model': cls.profile._name, 'res_id': cls.profile.id,
        })

    def exported(self, user, person=None):
        """Texts of the file by sheet, and its other files."""
        content, name = (person or self.contact).with_user(user)._tianyuan_personal_data_file()
        archive = zipfile.ZipFile(io.BytesIO(content))
        book = load_workbook(io.BytesIO(archive.read(name.replace('.zip', '.xlsx'))))
        texts = {
            sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] for sheet in book
        }
        return texts, {info.filename: archive.read(info) for info in archive.infolist() if '.xlsx' not in info.filename}

    def test_the_file_has_all_that_is_stored(self):
        form = self.env['tianyuan.archive.collection'].with_user(self.sales_user).create({
            'partner_id': self.customer.id, 'first_contact_name': "Wang Fang", 'first_contact_phone': "139",
        })
        texts, files = self.exported(self.archive_specialist)
        self.assertIn(["Email", 'fang@customer.example'], texts["Contact"])
        self.assertIn(["Job Position", "Buyer"], texts["Contact"])
        self.assertIn(["Hobbies", "Fishing"], texts["Contact Profile"])
        self.assertIn(["Legal Basis", "Consent"], texts["Contact Profile"])
        self.assertIn("Likes tea", [row[3] for row in texts["Notes"]])
        self.assertIn(["Wang Fang", "139"], [row[2:] for row in texts["Collection Forms"]])
        self.assertEqual(form.first_contact_name, "Wang Fang")
        self.assertEqual(sorted(files.values()), [b"card", b"signed"])
        self.assertIn('01 consent.txt', files)

    def test_the_export_is_logged_and_the_next_one_says_so(self):
        self.exported(self.archive_specialist)
        row = self.env['tianyuan.archive.access.log'].sudo().search([('company_id', '=', self.company.id)], limit=1)
        self.assertEqual((row.action, row.user_id, row.partner_id), ('exported', self.archive_specialist, self.contact))
        texts, _files = self.exported(self.rating_manager)
        self.assertIn("Personal data exported", [row[1] for row in texts["Access Log"]])

    def test_fields_of_the_profile_that_are_off_are_exported_as_long_as_they_are_stored(self):
        self.company.sudo().tianyuan_profile_off_ids = self.env['ir.model.fields']._get(self.profile._name, 'hobbies')
        texts, _files = self.exported(self.archive_specialist)
        self.assertIn(["Hobbies", "Fishing"], texts["Contact Profile"])

    def test_only_keepers_and_managers_get_it(self):
        for user in (self.sales_user, self.finance_assessor, self.new_role_user('contact_profile')):
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    self.contact.with_user(user).action_tianyuan_export_personal_data()
                with self.assertRaises(AccessError):
                    self.contact.with_user(user)._tianyuan_personal_data_file()
        action = self.contact.with_user(self.rating_manager).action_tianyuan_export_personal_data()
        self.assertEqual(action['url'], f'/tianyuan/personal_data/{self.contact.id}')

    def test_a_company_is_no_person(self):
        with self.assertRaisesRegex(UserError, "is a company"):
            self.customer.with_user(self.archive_specialist).action_tianyuan_export_personal_data()

    def test_another_companys_profile_stays_there(self):
        elsewhere = self.setup_other_company()['company']
        self.env['tianyuan.contact.profile'].sudo().create({
            'partner_id': self.contact.id, 'company_id': elsewhere.id, 'hobbies': "Chess",
        })
        for company, phone in ((elsewhere, "000"), (self.company, "139")):
            self.env['tianyuan.archive.collection'].sudo().create({
                'partner_id': self.customer.id, 'company_id': company.id, 'first_contact_name': "Wang Fang",
                'first_contact_phone': phone,
            })
        texts, _files = self.exported(self.archive_specialist)
        self.assertNotIn(["Hobbies", "Chess"], texts["Contact Profile"])
        self.assertEqual([row[3] for row in texts["Collection Forms"]], ["139"])

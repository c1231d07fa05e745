"""Papers in a customer's archive: validity, versions, history, and who may do what (policy 档案 2, 5; design §7, §10)."""
import base64
from datetime import date
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from ...models.document.res_partner import ResPartner
from .common import OFD, PDF, PNG, DocumentCommon


@tagged('post_install', '-at_install')
class TestArchiveDocument(DocumentCommon):

    # --- validity -----------------------------------------------------

    @freeze_time('2024-05-10 04:00:00')
    def test_a_permit_is_valid_for_a_year_from_its_first_day(self):
        permit = self.file(self.permit)
        self.assertEqual((permit.valid_from, permit.valid_until), (date(2024, 5, 10), date(2025, 5, 9)))
        permit.valid_from = '2024-03-01'
        self.assertEqual(permit.valid_until, date(2025, 2, 28))
        permit.valid_until = '2024-12-31'
        self.assertEqual(permit.valid_until, date(2024, 12, 31), "what the paper says counts")

    def test_a_licence_does_not_expire_unless_told(self):
        licence = self.file(valid_until='2040-12-31')
        licence.valid_from = '2020-01-01'
        self.assertEqual(licence.valid_until, date(2040, 12, 31))
        self.assertFalse(self.file().valid_until)

    def test_correcting_a_wrong_type_takes_its_end_along(self):
        wrong = self.file(self.permit)
        wrong.type_id = self.licence
        self.assertFalse(wrong.valid_until)
        told = self.file(self.permit, valid_until='2030-01-01')
        told.type_id = self.licence
        self.assertEqual(told.valid_until, date(2030, 1, 1))

    @mute_logger('odoo.sql_db')
    def test_it_cannot_end_before_it_begins(self):
        with self.assertRaises(CheckViolation):
            self.file(valid_from='2024-05-10', valid_until='2024-05-09')

    def test_states_by_day_and_by_search(self):
        permit = self.file(self.permit, valid_from='2024-01-01', valid_until='2024-06-30')
        never = self.file()
        bare = self.Document.create({'name': "To come", 'partner_id': self.customer.id, 'type_id': self.licence.id})
        documents = permit + never + bare
        for day, state in [('2024-05-30', 'valid'), ('2024-05-31', 'expiring'), ('2024-06-30', 'expiring'),
                           ('2024-07-01', 'expired')]:
            with self.subTest(day), freeze_time(f'{day} 04:00:00'):
                documents.invalidate_recordset(['state'])
                self.assertEqual(permit.state, state)
                self.assertEqual((never.state, bare.state), ('valid', 'no_file'))
                for searched in ('no_file', 'valid', 'expiring', 'expired'):
                    found = self.Document.search([('state', '=', searched), ('id', 'in', documents.ids)])
                    self.assertEqual(found, documents.filtered(lambda document, s=searched: document.state == s))
                self.assertEqual(
                    self.Document.search([('state', '!=', state), ('id', 'in', documents.ids)]),
                    documents.filtered(lambda document, s=state: document.state != s).sorted(),
                )

    # --- files and versions ---------------------------------------------

    def test_the_file_is_kept_as_it_was(self):
        document = self.file(raw=PNG, file_name='C:\\scans\\licence.PNG')
        self.assertEqual((document.file_name, document.name), ('licence.PNG', 'licence'))
        self.assertEqual((document.mimetype, document.file_size), ('image/png', len(PNG)))
        self.assertEqual(document._open(), (PNG, 'licence.PNG', 'image/png'))
        self.assertFalse(document.upload, "what was uploaded isn't read back")

    def test_a_form_files_a_paper(self):
        # as the web client saves a form: the file's name comes from the Binary field
        saved = self.Document.with_context(bin_size=True).web_save({
            'partner_id': self.customer.id, 'type_id': self.licence.id, 'name': "Licence 2024", 'file_name': 'l.pdf',
            'upload': base64.b64encode(PDF).decode(),
        }, {'upload': {}, 'file_size': {}})
        self.assertEqual((saved[0]['upload'], saved[0]['file_size']), (False, len(PDF)))
        document = self.Document.browse(saved[0]['id'])
        self.assertEqual(document._open()[0], PDF)
        with Form(document.with_context(bin_size=True)) as form:
            form.note = "Original in cabinet 3"
        self.assertEqual(document._open()[0], PDF)

    def test_without_a_file_name_it_gets_one(self):
        document = self.Document.create({
            'name': "Licence", 'partner_id': self.customer.id, 'type_id': self.licence.id, 'upload': base64.b64encode(PDF),
        })
        self.assertEqual(document.file_name, 'Licence.pdf')

    def test_a_file_is_never_overwritten(self):
        document = self.file()
        with self.assertRaisesRegex(UserError, "new version"):
            document.upload = base64.b64encode(PNG)
        self.assertEqual(document._open()[0], PDF)

    def test_the_end_of_the_name_stays(self):
        document = self.file()
        document.file_name = 'better.pdf'
        with self.assertRaises(ValidationError):
            document.file_name = 'better.html'

    def test_a_new_version_keeps_the_earlier_one_aside(self):
        old = self.file(name="Licence")
        context = old.action_new_version()['context']
        with Form(self.Document.with_context(**context)) as form:
            self.assertEqual((form.partner_id, form.type_id, form.name), (self.customer, self.licence, "Licence"))
            form.upload = base64.b64encode(PNG)
        new = form.record
        self.assertEqual(new._open(), (PNG, 'Licence.png', 'image/png'))
        self.assertEqual((new.supersedes_id, new.active, old.active), (old, True, False))
        self.assertEqual(old._open()[0], PDF)
        self.assertEqual(old.superseded_by_ids, new)
        self.assertEqual(self.lines()[:2], ["Document replaced: Licence – Licence", "Document added: Licence – Licence"])
        with self.assertRaisesRegex(ValidationError, "same customer"):
            self.file(partner=self.other_customer, supersedes_id=old.id)
        with self.assertRaisesRegex(ValidationError, "another one of the same customer"):
            old.supersedes_id = new    # each would put the other aside

    def test_deleting_takes_the_file_off_the_disk(self):
        document = self.file()
        attachments = self.env['ir.attachment'].sudo().search([
            ('res_model', '=', 'tianyuan.archive.file'), ('res_field', '=', 'content'),
            ('res_id', '=', self.env['tianyuan.archive.file'].sudo().search([('document_id', '=', document.id)]).id),
        ])
        self.assertTrue(attachments)
        document.unlink()
        self.assertFalse(attachments.exists())
        self.assertEqual(self.lines()[0], "Document deleted: Licence – scan")

    def test_an_earlier_version_is_not_deleted_before_the_later_one(self):
        old = self.file()
        new = self.file(supersedes_id=old.id, name="New")
        with self.assertRaisesRegex(UserError, "New is the later version"):
            old.unlink()
        (old + new).unlink()

    # --- history ---------------------------------------------------------

    def test_one_line_for_a_batch_and_no_name_of_a_confidential_paper(self):
        before = len(self.lines())
        self.Document.create([
            {'name': "Secret 3101", 'partner_id': self.customer.id, 'type_id': self.id_copy.id,
             'file_name': 'a.pdf', 'upload': base64.b64encode(PDF)},
            {'name': "Licence 24", 'partner_id': self.customer.id, 'type_id': self.licence.id,
             'file_name': 'b.pdf', 'upload': base64.b64encode(PDF)},
        ])
        lines = self.lines()
        self.assertEqual(len(lines), before + 1)
        self.assertIn("Document added: ID Copy", lines[0])
        self.assertIn("Document added: Licence – Licence 24", lines[0])
        self.assertNotIn("3101", lines[0])
        message = self.env['mail.message'].sudo().search([
            ('model', '=', 'res.partner'), ('res_id', '=', self.customer.id)], order='id desc', limit=1)
        self.assertEqual(message.author_id, self.archive_specialist.partner_id)
        self.assertFalse(message.attachment_ids)

    def test_setting_aside_putting_back_and_moving_are_told(self):
        document = self.file()
        document.action_archive()
        self.assertEqual(self.lines()[0], "Document set aside: Licence – scan")
        document.action_unarchive()
        self.assertEqual(self.lines()[0], "Document put back: Licence – scan")
        document.partner_id = self.other_customer
        self.assertEqual(self.lines()[0], "Document moved to another customer: Licence – scan")
        self.assertEqual(self.lines(self.other_customer)[0], "Document moved here: Licence – scan")

    def test_what_depends_on_the_papers_is_told_of_each_change(self):
        told = []

        def changed(partners):
            told.append(partners)
        with patch.object(ResPartner, '_tianyuan_documents_changed', changed):
            document = self.file()
            self.assertIn(self.customer, told.pop())
            for name, value in [('valid_until', '2030-01-01'), ('active', False), ('type_id', self.permit.id)]:
                told.clear()
                document.write({name: value})
                self.assertIn(self.customer, told[-1])
            told.clear()
            document.note = "Nothing of consequence"
            self.assertFalse(told)
            document.partner_id = self.other_customer
            self.assertEqual(set(self.env['res.partner'].union(*told)), {self.customer, self.other_customer})
            told.clear()
            document.unlink()
            self.assertEqual(told[-1], self.other_customer)

    # --- access ------------------------------------------------------------

    def test_only_the_specialist_adds_changes_and_deletes(self):
        document = self.file()
        for user in (self.sales_user, self.finance_assessor, self.rating_manager):
            with self.subTest(user=user.login):
                own = document.with_user(user)
                self.assertEqual(own.read(['name'])[0]['name'], "scan")
                self.assertEqual(own._open()[0], PDF)
                for attempt in (
                    lambda user=user: self.file(user=user),
                    lambda own=own: own.write({'name': "x"}),
                    lambda own=own: own.unlink(),
                    lambda own=own: own.action_new_version(),
                    lambda own=own: own.action_archive(),
                ):
                    with self.assertRaises(AccessError):
                        attempt()

    def test_sales_sees_own_customers_papers_only(self):
        document = self.file()
        stranger = self.new_role_user('sales_user', login='tianyuan_stranger')
        self.assertFalse(self.Document.with_user(stranger).search([('id', '=', document.id)]))
        with self.assertRaises(AccessError):
            document.with_user(stranger).read(['name'])
        plain = new_test_user(self.env, 'tianyuan_plain', groups='base.group_user')
        with self.assertRaises(AccessError):
            document.with_user(plain).read(['name'])

    def test_another_company_sees_nothing(self):
        document = self.file()
        elsewhere = self.env['res.company'].create({'name': "Elsewhere"})
        foreigner = self.new_role_user(
            'archive_specialist', login='tianyuan_foreigner', company_id=elsewhere.id,
            company_ids=[Command.set(elsewhere.ids)],
        )
        self.assertFalse(self.Document.with_user(foreigner).search([('id', '=', document.id)]))
        for attempt in (lambda own: own.read(['name']), lambda own: own._open(), lambda own: own.unlink()):
            with self.assertRaises(AccessError):
                attempt(document.with_user(foreigner))

    def test_nobody_forges_what_comes_from_the_file(self):
        for name, value in [('mimetype', 'application/pdf'), ('checksum', 'x'), ('file_size', 1),
                            ('reminded', 'expired')]:
            with self.subTest(name):
                with self.assertRaises(AccessError):
                    self.file(**{name: value})
                with self.assertRaises(AccessError):
                    self.file().write({name: value})
                document = self.Document.with_context(**{f'default_{name}': value}).create({
                    'name': "x", 'partner_id': self.customer.id, 'type_id': self.licence.id,
                })
                self.assertFalse(document[name])

    def test_a_confidential_paper_shows_its_lock(self):
        document = self.file(self.id_copy)
        self.assertTrue(document.can_open)
        self.assertEqual(document.action_preview()['tag'], 'tianyuan_archive_preview')
        own = document.with_user(self.sales_user)
        self.assertFalse(own.can_open)
        with self.assertRaisesRegex(AccessError, "Request to borrow"):
            own.action_preview()

    def test_what_browsers_do_not_show_is_downloaded(self):
        document = self.file(raw=OFD, file_name='a.ofd')
        self.assertEqual(document.action_preview()['url'], f'/tianyuan/archive/document/{document.id}?download=1')

    # --- set-up and partners --------------------------------------------------

    def test_a_used_type_is_archived_not_deleted(self):
        self.file().action_archive()
        with self.assertRaisesRegex(UserError, "Archive them instead: Licence$"):
            (self.licence + self.other).with_user(self.archive_specialist).unlink()
        self.licence.with_user(self.archive_specialist).active = False
        self.other.with_user(self.rating_manager).unlink()
        with self.assertRaises(AccessError):
            self.permit.with_user(self.sales_user).unlink()

    def test_a_customer_with_papers_is_archived_not_deleted(self):
        self.file().action_archive()
        with self.assertRaisesRegex(UserError, "Archive them instead: Customer"):
            self.customer.with_user(self.archive_specialist).unlink()

    def test_papers_are_the_companys_not_the_contacts(self):
        contact = self.new_contact(self.customer)
        with self.assertRaisesRegex(ValidationError, "is a contact"):
            self.file(partner=contact)

    def test_merging_customers_brings_their_papers_together(self):
        kept, moved = self.file(), self.file(self.permit, partner=self.other_customer)
        self.env['base.partner.merge.automatic.wizard'].create({})._merge(
            (self.customer + self.other_customer).ids, self.customer, extra_checks=False,
        )
        self.assertFalse(self.other_customer.exists())
        self.assertEqual((kept + moved).partner_id, self.customer)
        self.assertEqual(moved._open()[0], PDF)

    def test_the_shipped_types_are_guessed_from_files_names(self):
        Type = self.env['tianyuan.archive.document.type']
        module = 'tianyuan_customer_rating.document_type_'
        shipped = {
            name: self.env.ref(module + name) for name in (
                'business_licence', 'legal_representative_id', 'hazardous_chemicals', 'bank_account', 'authorisation',
                'framework_contract', 'other',
            )
        }
        Type.concat(*shipped.values()).active = True
        (self.licence + self.id_copy + self.permit + self.other).active = False
        for file_name, expected in [
            ('华东化工营业执照.pdf', 'business_licence'), ('Business Licence 2024.PDF', 'business_licence'),
            ('法人身份证.jpg', 'legal_representative_id'), ('危险化学品经营许可证副本.pdf', 'hazardous_chemicals'),
            ('开户许可证.png', 'bank_account'), ('2024授权委托书.docx', 'authorisation'),
            ('年度框架合同.pdf', 'framework_contract'), ('IMG_0231.jpg', 'other'), ('another paper.pdf', 'other'),
        ]:
            with self.subTest(file_name):
                self.assertEqual(Type._guess(file_name, self.company), shipped[expected])
        self.assertEqual(
            {name for name, record in shipped.items() if record.required}, {'business_licence', 'legal_representative_id'},
        )

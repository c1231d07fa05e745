"""Which files get into an archive, whichever way they come (policy 档案 5, design §7)."""
import base64
import io
import json

from psycopg2.errors import CheckViolation
from pypdf import PdfWriter

from odoo import http
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, HttpCase, tagged
from odoo.tools import mute_logger

from ...tools import files
from ..archive.common import bombs, foreign_picture, heic, many_pages, pdf, picture
from .common import DOCM, DOCX, EXE, HTML, JPG, OFD, PDF, PNG, SVG, TIFF, XLSX, DocumentCommon, zipped


@tagged('post_install', '-at_install')
class TestAcceptedFiles(DocumentCommon):

    def test_each_accepted_kind(self):
        for file_name, raw, mimetype in [
            ('a.pdf', PDF, 'application/pdf'), ('a.PNG', PNG, 'image/png'), ('a.jpg', JPG, 'image/jpeg'),
            ('a.jpeg', JPG, 'image/jpeg'), ('a.tif', TIFF, 'image/tiff'), ('a.ofd', OFD, 'application/ofd'),
            ('a.docx', DOCX, 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'),
            ('a.xlsx', XLSX, 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'),
            ('IMG_1.HEIC', heic(), 'image/heic'), ('a.heif', heic(), 'image/heic'),
            ('a.webp', foreign_picture('WEBP'), 'image/webp'),
        ]:
            with self.subTest(file_name):
                self.assertEqual(self.file(raw=raw, file_name=file_name).mimetype, mimetype)

    def test_refused_files_and_why(self):
        accepted = "Accepted: PDF, JPG, PNG, TIFF, WEBP, HEIC, DOCX, XLSX, and OFD."
        other = "its content is something else."
        for file_name, raw, message in [
            ('contract.exe', EXE, f"contract.exe is not of an accepted kind. {accepted}"),
            ('page.html', HTML, f"page.html is not of an accepted kind. {accepted}"),
            ('drawing.svg', SVG, f"drawing.svg is not of an accepted kind. {accepted}"),
            ('noname', PDF, f"noname is not of an accepted kind. {accepted}"),
            ('macro.docm', DOCM, f"macro.docm is not of an accepted kind. {accepted}"),
            ('scan.pdf', HTML, f"scan.pdf is not the PDF file its name says: {other}"),
            ('scan.pdf', SVG, f"scan.pdf is not the PDF file its name says: {other}"),
            ('scan.pdf', EXE, f"scan.pdf is not the PDF file its name says: {other}"),
            ('scan.pdf', PNG, f"scan.pdf is not the PDF file its name says: {other}"),
            ('scan.png', DOCX, f"scan.png is not the PNG file its name says: {other}"),
            ('sheet.xlsx', DOCX, f"sheet.xlsx is not the XLSX file its name says: {other}"),
            ('macro.docx', DOCM, f"macro.docx is not the DOCX file its name says: {other}"),
            ('app.docx', zipped('classes.dex'), f"app.docx is not the DOCX file its name says: {other}"),
            ('broken.docx', b'PK\x03\x04broken', f"broken.docx is not the DOCX file its name says: {other}"),
            ('photo.heic', JPG, f"photo.heic is not the HEIC file its name says: {other}"),
            ('photo.heic', heic(brand=b'avif'), f"photo.heic is not the HEIC file its name says: {other}"),
            ('photo.heic', heic(brand=b'isom'), f"photo.heic is not the HEIC file its name says: {other}"),
            ('photo.jpg', heic(), f"photo.jpg is not the JPG file its name says: {other}"),
            ('photo.webp', b'RIFF\x00\x00\x00\x00WAVEfmt ', f"photo.webp is not the WEBP file its name says: {other}"),
            ('contract.exe.pdf', EXE, f"contract.exe.pdf is not the PDF file its name says: {other}"),
        ]:
            with self.subTest(file_name, message=message), self.assertRaises(ValidationError) as refused:
                self.file(raw=raw, file_name=file_name)
            self.assertEqual(str(refused.exception), message)

    def test_an_empty_file_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "a.pdf is empty"):
            self.env['tianyuan.archive.file']._accept('a.pdf', b'', self.company)

    def test_the_companys_limit_counts(self):
        self.company.tianyuan_archive_max_megabytes = 1
        self.file(raw=PDF.ljust(1024 * 1024))
        with self.assertRaisesRegex(ValidationError, r"big.pdf is too large \(1.5 MB\): at most 1 MB"):
            self.file(raw=PDF.ljust(3 * 512 * 1024), file_name='big.pdf')

    @mute_logger('odoo.sql_db')
    def test_the_settings_are_checked(self):
        self.assertEqual(self.company.tianyuan_archive_max_megabytes, 20)
        for value in (0, -5):
            with self.assertRaises(CheckViolation), self.env.cr.savepoint():
                self.company.tianyuan_archive_max_megabytes = value
                self.company.flush_recordset()
        for value in ('pdf, svg', 'html', 'pdf; exe', ',', 'zip'):
            with self.subTest(value), self.assertRaises(ValidationError):
                self.company.tianyuan_archive_file_kinds = value
        self.company.tianyuan_archive_file_kinds = '.PDF， jpeg'
        self.assertEqual(self.company._tianyuan_archive_kinds(), ['pdf', 'jpg'])
        with self.assertRaisesRegex(ValidationError, "Accepted: PDF and JPG"):
            self.file(raw=DOCX, file_name='a.docx')

    def test_a_word_file_that_is_not_accepted_is_to_be_saved_as_a_pdf(self):
        self.company.tianyuan_archive_file_kinds = 'pdf, jpg'
        for file_name, raw in (('a.docx', DOCX), ('invoice.ofd', OFD), ('a.xlsx', XLSX)):
            with self.assertRaises(ValidationError) as refused:
                self.file(raw=raw, file_name=file_name)
            self.assertEqual(str(refused.exception), (
                f"{file_name} is not of an accepted kind. Save it as a PDF, and add that. Accepted: PDF and JPG."))
        self.company.tianyuan_archive_file_kinds = 'jpg'
        with self.assertRaisesRegex(ValidationError, "^a.docx is not of an accepted kind. Accepted: JPG.$"):
            self.file(raw=DOCX, file_name='a.docx')

    def test_the_settings_name_each_kind_that_can_be_accepted(self):
        view = self.env.ref('tianyuan_customer_rating.res_config_settings_view_form')
        self.assertIn(f"Any of {', '.join(files.KINDS)}, separated", view.with_context(lang='en_US').arch)

    def test_settings_page(self):
        settings = self.env['res.config.settings'].create({
            'tianyuan_archive_max_megabytes': 5, 'tianyuan_archive_file_kinds': 'pdf',
        })
        settings.execute()
        self.assertEqual(
            (self.company.tianyuan_archive_max_megabytes, self.company.tianyuan_archive_file_kinds), (5, 'pdf'),
        )


@tagged('post_install', '-at_install')
class TestUpload(DocumentCommon, HttpCase):

    def login(self, user):
        user.sudo().password = 'demo-demo'
        self.authenticate(user.login, 'demo-demo')

    def drop(self, *files, partner=None, csrf=True, **values):
        return self.url_open('/tianyuan/archive/upload', data={
            'partner_id': (partner or self.customer).id,
            **({'csrf_token': http.Request.csrf_token(self)} if csrf else {}),
            **values,
        }, files=[('ufile', (name, raw, 'application/pdf')) for name, raw in files])

    def documents(self):
        return self.Document.search([('partner_id', '=', self.customer.id)], order='id')

    def test_several_files_and_a_refused_one(self):
        self.login(self.archive_specialist)
        answer = self.drop(
            ('营业执照.pdf', PDF), ('contract.exe', EXE), ('身份证.png', PNG), ('empty.pdf', b''), ('IMG_1.jpg', JPG),
        )
        result = answer.json()
        documents = self.documents()
        self.assertEqual(result['documents'], documents.ids)
        self.assertEqual(documents.mapped('type_id.name'), ["Licence", "ID Copy", "Miscellaneous"])
        self.assertEqual(documents.mapped('file_name'), ['营业执照.pdf', '身份证.png', 'IMG_1.jpg'])
        self.assertEqual(documents[1]._open()[0], PNG)
        self.assertTrue(documents[1].confidential)
        self.assertEqual(result['error']['message'].split('\n'), [
            "contract.exe is not of an accepted kind. Accepted: PDF, JPG, PNG, TIFF, WEBP, HEIC, DOCX, XLSX, and OFD.",
            "empty.pdf is empty.",
        ])
        self.assertEqual(documents.create_uid, self.archive_specialist)

    def test_what_cannot_be_consulted_is_said_at_once(self):
        """In the answer to the upload and on the paper's form; what can be consulted goes without a word."""
        locked = PdfWriter(clone_from=io.BytesIO(pdf("P")))
        locked.encrypt('password')
        target = io.BytesIO()
        locked.write(target)
        self.login(self.archive_specialist)
        for name, raw, message in (
            ('locked.pdf', target.getvalue(), "locked.pdf can only be borrowed, not consulted: it is protected by a password"),
            ('broken.pdf', PDF, "broken.pdf can only be borrowed, not consulted: it is damaged"),
            ('broken.png', picture()[:40], "broken.png can only be borrowed, not consulted: it is damaged"),
            ('long.pdf', many_pages(1001), "long.pdf can only be borrowed, not consulted: it has more than 1000 pages"),
            ('broken.heic', heic()[:-40], "broken.heic can only be borrowed, not consulted: it is damaged"),
            ('broken.tiff', TIFF, "broken.tiff can only be borrowed, not consulted: it is damaged"),
            ('letter.docx', DOCX, "letter.docx can only be borrowed: files of these kinds can be consulted: PDF, JPG, "
                                  "PNG, TIFF, WEBP, and HEIC. Save it as a PDF"),
            ('invoice.ofd', OFD, "invoice.ofd can only be borrowed: files of these kinds can be consulted: PDF, JPG, "),
            ('fine.pdf', pdf("P"), None), ('long_enough.pdf', many_pages(1000), None), ('fine.png', picture(), None),
            ('fine.heic', heic(), None), ('fine.webp', foreign_picture('WEBP'), None),
            ('fine.tif', foreign_picture('TIFF'), None),
        ):
            with self.subTest(name):
                answer = self.drop((name, raw)).json()
                document = self.Document.browse(answer['documents'])
                self.assertEqual(len(document), 1)
                self.assertNotIn('error', answer)
                self.assertEqual('warning' in answer, bool(message))
                with Form(document) as form:
                    shown = form.consultation_warning
                self.assertEqual(bool(shown), bool(message))
                if message:
                    self.assertIn(message, answer['warning']['message'])
                    self.assertIn(message, shown)
                self.assertEqual(
                    document.action_request_borrow()['context']['default_mode'], 'borrow' if message else 'consult')

    def test_bombs_are_refused(self):
        self.login(self.archive_specialist)
        for name, raw in {**bombs(), 'pages': many_pages(10_001)}.items():
            with self.subTest(name):
                answer = self.drop(('bomb.pdf', raw)).json()
                self.assertEqual(answer['documents'], [])
                self.assertIn("bomb.pdf is refused: it has more than 10000 pages, or a page", answer['error']['message'])
        self.assertFalse(self.documents())

    def test_nobody_writes_that_a_paper_can_be_consulted(self):
        document = self.file()
        self.assertEqual(document.obstacle, 'broken')
        with self.assertRaises(AccessError):
            document.obstacle = False

    def test_the_type_can_be_told(self):
        self.login(self.archive_specialist)
        self.drop(('IMG_1.pdf', PDF), type_id=self.licence.id)
        self.assertEqual(self.documents().type_id, self.licence)

    @mute_logger('odoo.http', 'odoo.addons.base.models.ir_rule', 'odoo.addons.base.models.ir_model')
    def test_others_upload_nothing(self):
        for user in (self.sales_user, self.finance_assessor, self.rating_manager):
            with self.subTest(user=user.login):
                self.login(user)
                answer = self.drop(('a.pdf', PDF))
                self.assertEqual(answer.status_code, 403)
                self.assertEqual(answer.json()['documents'], [])
        self.assertFalse(self.documents())

    @mute_logger('odoo.http')
    def test_no_upload_without_a_token_or_a_login(self):
        self.login(self.archive_specialist)
        self.assertEqual(self.drop(('a.pdf', PDF), csrf=False).status_code, 400)
        self.authenticate(None, None)
        answer = self.drop(('a.pdf', PDF))
        self.assertNotIn('documents', answer.text if answer.headers['Content-Type'].startswith('application/json') else '')
        self.assertFalse(self.documents())

    @mute_logger('odoo.http', 'odoo.addons.base.models.ir_rule')
    def test_not_into_a_company_of_others(self):
        elsewhere = self.env['res.company'].create({'name': "Elsewhere"})
        self.login(self.archive_specialist)
        self.assertEqual(self.drop(('a.pdf', PDF), company_id=elsewhere.id).status_code, 403)
        self.archive_specialist.company_ids = [Command.link(elsewhere.id)]
        self.assertEqual(self.drop(('b.pdf', PDF), company_id=elsewhere.id).status_code, 200)
        document = self.env['tianyuan.archive.document'].search([('file_name', '=', 'b.pdf')])
        self.assertEqual(document.company_id, elsewhere)

    @mute_logger('odoo.http')
    def test_nonsense_is_answered_not_crashed(self):
        self.login(self.archive_specialist)
        self.assertEqual(self.drop(('a.pdf', PDF), type_id='x').status_code, 400)
        self.assertEqual(self.drop(('a.pdf', PDF), partner=self.env['res.partner'].browse(2**31 - 2)).status_code, 403)

    def test_rpc_meets_the_same_checks(self):
        self.login(self.archive_specialist)

        def call(values):
            return json.loads(self.url_open(
                '/web/dataset/call_kw', headers={'Content-Type': 'application/json'}, data=json.dumps({'params': {
                    'model': 'tianyuan.archive.document', 'method': 'create', 'args': [[{
                        'partner_id': self.customer.id, 'type_id': self.licence.id, **values,
                    }]], 'kwargs': {},
                }}),
            ).text)
        with mute_logger('odoo.http'):
            refused = call({'file_name': 'a.pdf', 'upload': base64.b64encode(HTML).decode()})
            self.assertIn("a.pdf is not the PDF file", refused['error']['data']['message'])
            refused = call({'file_name': 'a.pdf', 'upload': base64.b64encode(PDF).decode(), 'mimetype': 'text/html'})
            self.assertIn("can't be written", refused['error']['data']['message'])
            refused = call({'file_name': 'a.pdf', 'upload': 'no base64 at all'})
            self.assertIn('error', refused)
        self.assertFalse(self.documents())
        self.assertEqual(call({'file_name': 'a.pdf', 'upload': base64.b64encode(PDF).decode()})['result'], self.documents().ids)

    def test_what_the_upload_area_shows(self):
        self.file()
        targets = self.Document.upload_targets(self.customer.id)
        self.assertEqual(targets['missing'], [{'id': self.id_copy.id, 'name': "ID Copy"}])
        self.assertTrue(targets['can_upload'])
        self.assertIn('.jpeg', targets['accept'].split(','))
        self.assertFalse(self.Document.with_user(self.sales_user).upload_targets(self.customer.id)['can_upload'])
        plain = self.new_role_user('sales_user', login='tianyuan_outsider')
        plain.group_ids = [Command.set(self.env.ref('base.group_user').ids)]
        with self.assertRaises(AccessError):
            self.Document.with_user(plain).upload_targets(self.customer.id)

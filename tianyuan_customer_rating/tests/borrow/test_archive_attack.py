"""Every way to a confidential file but its one door is closed, whoever tries, and the door follows the borrowing."""
import base64
import hashlib
import io
from datetime import timedelta
from urllib.parse import quote

from pypdf import PdfReader

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, JsonRpcException, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger
from odoo.tools.mimetypes import guess_mimetype

from ..archive.common import ArchiveCommon, pdf, picture, word_file

DOCUMENT, FILE = 'tianyuan.archive.document', 'tianyuan.archive.file'
MARKER = b'CONFIDENTIAL-8231'


@tagged('post_install', '-at_install')
class TestArchiveAttack(ArchiveCommon, HttpCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.secret = pdf("营业执照 天元化工", "SECRET PAGE TWO") + b'\n%' + MARKER + b'\n'
        cls.document = cls.new_document("营业执照", cls.secret, '营业执照 副本.pdf')
        cls.file = cls.env[FILE].sudo().search([('document_id', '=', cls.document.id)])
        cls.attachment = cls.env['ir.attachment'].sudo().search([
            ('res_model', '=', FILE), ('res_id', '=', cls.file.id), ('res_field', '=', 'content')])
        main_company = cls.env.ref('base.main_company')
        cls.elsewhere = cls.new_role_user(
            'archive_specialist', login='specialist_elsewhere', company_id=main_company.id,
            company_ids=[Command.set(main_company.ids)])
        cls.system = new_test_user(
            cls.env, 'system_administrator', groups='base.group_system', lang='en_US',
            company_id=cls.company.id, company_ids=[Command.set(cls.company.ids)])
        cls.portal = new_test_user(
            cls.env, 'portal_user', groups='base.group_portal', lang='en_US',
            company_id=cls.company.id, company_ids=[Command.set(cls.company.ids)])
        cls.sales_elsewhere = cls.new_role_user('sales_user', login='sales_of_others')

    # -- trying ----------------------------------------------------------------------------------------

    def calls(self):
        """Remote calls that might give the file away, or prepare that: (model, method, args, kwargs)."""
        document, file, attachment = self.document.id, self.file.id, self.attachment.id
        partner = self.customer.id
        of_file = [('res_model', '=', FILE), ('res_field', '=', 'content')]
        contents = ['name', 'datas', 'raw', 'db_datas', 'index_content', 'store_fname', 'checksum', 'access_token']
        nested = {'fields': {'content': {}, 'upload': {}, 'datas': {}, 'raw': {}}}
        return [
            # the document and what hangs on it
            (DOCUMENT, 'read', [[document]], {}),
            (DOCUMENT, 'read', [[document], ['upload']], {'context': {'bin_size': False}}),
            (DOCUMENT, 'search_read', [[('id', '=', document)]], {'fields': ['upload', 'file_name']}),
            (DOCUMENT, 'web_read', [[document]], {'specification': {'upload': {}, 'partner_id': {'fields': {
                'message_ids': {'fields': {'attachment_ids': {'fields': {'datas': {}, 'raw': {}}}}}}}}}),
            (DOCUMENT, 'web_search_read', [[]], {'specification': {'upload': {}}}),
            (DOCUMENT, 'export_data', [[document], ['name', 'upload', 'id', '.id']], {}),
            (DOCUMENT, 'copy', [[document]], {}),
            (DOCUMENT, 'onchange', [[document], {}, [], {'upload': {}, 'name': {}}], {}),
            (DOCUMENT, 'onchange', [[], {'name': "x", 'type_id': self.document.type_id.id}, ['type_id'], {'upload': {}}], {}),
            (DOCUMENT, 'formatted_read_group', [[]], {'groupby': ['checksum'], 'aggregates': ['__count']}),
            (DOCUMENT, 'read_group', [[], ['checksum'], ['partner_id']], {}),
            (DOCUMENT, 'write', [[document], {'confidential': False}], {}),
            (DOCUMENT, 'write', [[document], {'partner_id': self.other_customer.id}], {}),
            (DOCUMENT, '_open', [[document]], {}),
            (DOCUMENT, '_content', [[document]], {}),
            (DOCUMENT, '_hand_out', [[document], 'original'], {}),
            # the file's own model
            (FILE, 'read', [[file], ['content']], {}),
            (FILE, 'read', [[file], ['display_name']], {}),
            (FILE, 'search_read', [[]], {'fields': ['content']}),
            (FILE, 'web_read', [[file]], {'specification': {'content': {}, 'document_id': nested}}),
            (FILE, 'web_search_read', [[]], {'specification': {'content': {}}}),
            (FILE, 'name_search', [], {}),
            (FILE, 'export_data', [[file], ['content']], {}),
            (FILE, 'copy', [[file]], {'default': {'document_id': document}}),
            (FILE, 'onchange', [[file], {}, [], {'content': {}}], {}),
            (FILE, 'read_group', [[], ['content'], ['document_id']], {}),
            (FILE, 'formatted_read_group', [[]], {'groupby': ['document_id'], 'aggregates': ['__count']}),
            (FILE, 'write', [[file], {'document_id': document}], {}),
            (FILE, 'create', [{'document_id': document, 'content': 'eA=='}], {}),
            (FILE, 'unlink', [[file]], {}),
            # the attachment that holds the bytes
            ('ir.attachment', 'read', [[attachment], contents], {}),
            ('ir.attachment', 'search_read', [of_file], {'fields': contents}),
            ('ir.attachment', 'search_read', [[('res_field', '!=', False), ('datas', '!=', False)]], {'fields': contents, 'limit': 500}),
            ('ir.attachment', 'search_read', [[('id', '=', attachment)]], {'fields': contents}),
            ('ir.attachment', 'search_read', [[('res_model', '=', FILE)]], {'fields': contents, 'context': {'skip_res_field_check': True}}),
            ('ir.attachment', 'web_search_read', [of_file], {'specification': {name: {} for name in contents}}),
            ('ir.attachment', 'export_data', [[attachment], ['datas', 'raw']], {}),
            ('ir.attachment', 'read_group', [of_file, ['checksum'], ['checksum']], {}),
            ('ir.attachment', 'copy', [[attachment]], {'default': {'res_model': 'res.partner', 'res_id': partner, 'res_field': False}}),
            ('ir.attachment', 'onchange', [[attachment], {}, [], {'datas': {}, 'raw': {}}], {}),
            ('ir.attachment', 'generate_access_token', [[attachment]], {}),
            ('ir.attachment', 'write', [[attachment], {'res_model': 'res.partner', 'res_id': partner, 'res_field': False}], {}),
            ('ir.attachment', 'write', [[attachment], {'public': True}], {}),
            ('ir.attachment', 'write', [[attachment], {'access_token': 'known'}], {}),
            ('ir.attachment', 'create', [{'name': 'x', 'store_fname': self.attachment.store_fname, 'checksum': self.attachment.checksum}], {}),
            ('ir.attachment', 'create', [{'name': 'x', 'res_model': FILE, 'res_id': file, 'res_field': 'content', 'datas': 'eA=='}], {}),
            ('ir.attachment', 'unlink', [[attachment]], {}),
            # the chatter
            ('res.partner', 'message_post', [[partner]], {'body': "x", 'attachment_ids': [attachment]}),
            ('mail.message', 'create', [{'model': 'res.partner', 'res_id': partner, 'attachment_ids': [Command.set([attachment])]}], {}),
            ('res.partner', 'write', [[partner], {'message_main_attachment_id': attachment}], {}),
            ('mail.message', 'search_read', [[('model', '=', 'res.partner'), ('res_id', '=', partner)]], {'fields': ['attachment_ids', 'body']}),
            ('mail.compose.message', 'create', [{'body': "x", 'attachment_ids': [Command.set([attachment])]}], {}),
            # the log and its end
            ('tianyuan.archive.access.head', 'search_read', [[]], {}),
            ('tianyuan.archive.access.log', '_append', ['original', [document]], {}),
        ]

    def addresses(self):
        document, file, attachment = self.document.id, self.file.id, self.attachment.id
        token = self.attachment.checksum
        return [
            f'/web/content/{attachment}', f'/web/content/{attachment}?download=1', f'/web/content/{attachment}-x/x.pdf',
            f'/web/content/{attachment}?access_token={token}', f'/web/content/{attachment}?access_token=known',
            f'/web/content/{FILE}/{file}/content', f'/web/content/{FILE}/{file}/content/x.pdf',
            f'/web/content?model={FILE}&id={file}&field=content', f'/web/content?id={attachment}',
            f'/web/content/{DOCUMENT}/{document}/upload', f'/web/content/{DOCUMENT}/{document}/content',
            f'/web/content/ir.attachment/{attachment}/datas', f'/web/content/ir.attachment/{attachment}/raw',
            f'/web/image/{attachment}', f'/web/image/{FILE}/{file}/content', f'/web/image/{DOCUMENT}/{document}/upload',
            f'/web/image/ir.attachment/{attachment}/datas', f'/web/image/{attachment}/100x100',
            f'/web/assets/{attachment}', f'/mail/attachment/pdf_first_page/{attachment}', f'/web/filestore/{self.attachment.store_fname}',
        ]

    def gives_away(self, answer):
        answer = answer if isinstance(answer, bytes) else str(answer).encode()
        encoded = base64.b64encode(self.secret)
        return MARKER in answer or encoded[100:160] in answer or encoded[-60:-4] in answer

    def login(self, user):
        self.authenticate(user.login, user.login)

    @mute_logger('odoo.http', 'odoo.addons.base.models.ir_binary', 'odoo.models', 'odoo.sql_db', 'odoo.addons.base.models.ir_access')
    def assertNoSideDoor(self, user):
        self.login(user)
        for model, method, args, kwargs in self.calls():
            with self.subTest(user.login, model=model, method=method, args=str(args)[:80]):
                try:
                    answer = self.make_jsonrpc_request(
                        f'/web/dataset/call_kw/{model}/{method}',
                        {'model': model, 'method': method, 'args': args, 'kwargs': kwargs})
                except JsonRpcException:
                    answer = ''
                self.assertFalse(self.gives_away(answer))
        for address in self.addresses():
            with self.subTest(user.login, address=address):
                self.assertFalse(self.gives_away(self.url_open(address).content))
        self.env.invalidate_all()
        self.assertEqual(self.attachment.res_model, FILE)
        self.assertFalse(self.attachment.public or self.attachment.access_token)
        self.assertFalse(self.env['mail.message'].sudo().search([('attachment_ids', 'in', self.attachment.ids)]))
        self.assertEqual(self.document._content(), self.secret)

    def door(self, user=None, document=None, **params):
        if user:
            self.login(user)
        query = '&'.join(f'{name}={value}' for name, value in params.items())
        return self.url_open(f'/tianyuan/archive/document/{(document or self.document).id}?{query}', allow_redirects=False)

    def assertClosed(self, user):
        answer = self.door(user)
        self.assertEqual(answer.status_code, 403)
        self.assertIn("is confidential", answer.text)
        self.assertFalse(self.gives_away(answer.content))

    def assertCopy(self, answer, borrow):
        self.assertEqual(answer.status_code, 200)
        self.assertFalse(self.gives_away(answer.content))
        first, second = PdfReader(io.BytesIO(answer.content)).pages
        self.assertEqual(first.extract_text() + second.extract_text(), "", "pictures")
        self.company.tianyuan_copy_as_text = True
        text = ''.join(page.extract_text() for page in PdfReader(io.BytesIO(self.door().content)).pages)
        self.company.tianyuan_copy_as_text = False
        for part in ("张三", self.sales_user.login, borrow.name, "营业执照 天元化工", "SECRET PAGE TWO"):
            self.assertIn(part, text)

    def test_the_attacks_would_find_an_ordinary_attachment(self):
        ordinary = self.env['ir.attachment'].sudo().create({
            'name': 'x.pdf', 'raw': self.secret, 'res_model': 'res.partner', 'res_id': self.customer.id})
        self.login(self.sales_user)
        self.assertTrue(self.gives_away(self.url_open(f'/web/content/{ordinary.id}').content))
        for method, args in (('read', [ordinary.ids, ['datas']]), ('search_read', [[('id', '=', ordinary.id)], ['datas']])):
            self.assertTrue(self.gives_away(self.make_jsonrpc_request(
                f'/web/dataset/call_kw/ir.attachment/{method}',
                {'model': 'ir.attachment', 'method': method, 'args': args, 'kwargs': {}})), method)

    # -- no side door --------------------------------------------------------------------------------

    def test_no_side_door_for_those_who_have_not_borrowed(self):
        for user in (self.sales_user, self.finance_assessor, self.sales_elsewhere, self.portal):
            self.assertNoSideDoor(user)

    def test_no_side_door_for_the_administrator_or_in_another_company(self):
        for user in (self.system, self.elsewhere):
            self.assertNoSideDoor(user)

    def test_no_side_door_for_a_borrower_at_any_time(self):
        borrow = self.new_borrow()
        borrow.action_request()
        self.assertNoSideDoor(self.sales_user)
        borrow.with_user(self.rating_manager).action_approve()
        borrow.with_user(self.archive_specialist).action_hand_out()
        self.assertNoSideDoor(self.sales_user)
        borrow.action_return()
        self.assertNoSideDoor(self.sales_user)

    def test_no_side_door_while_the_original_is_borrowed(self):
        self.handed_out(mode='borrow')
        self.assertNoSideDoor(self.sales_user)

    @mute_logger('odoo.http', 'odoo.models')
    def test_even_specialists_and_managers_go_through_the_door(self):
        for user in (self.archive_specialist, self.rating_manager):
            self.login(user)
            for address in self.addresses():
                self.assertFalse(self.gives_away(self.url_open(address).content), address)
            for model, method, args, kwargs in self.calls():
                if model == FILE or (model == 'ir.attachment' and 'unlink' not in method):
                    with self.subTest(user.login, model=model, method=method):
                        try:
                            answer = self.make_jsonrpc_request(
                                f'/web/dataset/call_kw/{model}/{method}',
                                {'model': model, 'method': method, 'args': args, 'kwargs': kwargs})
                        except JsonRpcException:
                            answer = ''
                        self.assertFalse(self.gives_away(answer))

    def test_nothing_of_the_file_model_through_the_orm(self):
        for user in (self.sales_user, self.finance_assessor, self.archive_specialist, self.rating_manager, self.system):
            for operation in ('read', 'write', 'create', 'unlink'):
                self.assertFalse(self.file.with_user(user).has_access(operation), user.login)
            with self.assertRaises(AccessError):
                self.attachment.with_user(user).read(['datas'])
            with self.assertRaises(AccessError):
                self.env['ir.attachment'].with_user(user).search([('res_model', '=', FILE), ('res_field', '!=', False)])
            self.assertFalse(self.env['ir.attachment'].with_user(user).search([('id', '=', self.attachment.id)]))

    # -- the door --------------------------------------------------------------------------------------

    def test_specialists_and_managers_open_originals(self):
        for user in (self.archive_specialist, self.rating_manager):
            answer = self.door(user)
            self.assertEqual((answer.status_code, answer.content), (200, self.secret))
            row = self.log()[-1]
            self.assertEqual((row.action, row.user_id, row.document_id, row.ip), ('original', user, self.document, '127.0.0.1'))

    def test_who_has_not_borrowed_is_told_so_and_noted(self):
        for user in (self.sales_user, self.finance_assessor):
            self.assertClosed(user)
            self.assertEqual((self.log()[-1].action, self.log()[-1].user_id), ('refused', user))

    @mute_logger('odoo.http')
    def test_who_cannot_see_the_document_does_not_learn_of_it(self):
        for user in (self.sales_elsewhere, self.elsewhere, self.portal, self.system):
            self.assertEqual(self.door(user).status_code, 404, user.login)
        self.login(self.archive_specialist)
        self.assertEqual(self.url_open('/tianyuan/archive/document/999999999').status_code, 404)

    def test_who_tries_is_noted_by_whatever_way(self):
        """Where nothing is undone by the refusal; that a failing request leaves it standing is tested from outside."""
        document, file = self.document, self.file
        ways = (
            lambda user: document.with_user(user)._open(), lambda user: document.with_user(user).action_open(),
            lambda user: document.with_user(user).action_preview(),
            lambda user: document.with_user(user).action_request_borrow(),
            lambda user: document.with_user(user).read(['upload']), lambda user: document.with_user(user).read(),
            lambda user: document.with_user(user).web_read({'upload': {}}),
            lambda user: file.with_user(user).read(['content']),
        )
        for user in (self.sales_elsewhere, self.elsewhere, self.portal, self.system):
            for number, way in enumerate(ways):
                rows = len(self.log())
                with self.subTest(user.login, way=number):
                    try:
                        way(user)
                        self.fail("it is refused")
                    except AccessError:
                        self.env.invalidate_all()
                    row, = self.log()[rows:]
                    self.assertEqual((row.action, row.user_id, row.document_id), ('refused', user, document))
        self.assertEqual(self.env['tianyuan.archive.access.log'].sudo()._verify(self.company), (4 * len(ways), None))

    def test_who_only_looks_at_the_record_is_not_noted(self):
        """Whoever may see that there is a paper, and a list that shows it to nobody who may not."""
        self.document.with_user(self.sales_user).read(['name', 'upload'])
        self.document.with_user(self.sales_elsewhere).search([('id', '=', self.document.id)])
        with self.assertRaises(AccessError):
            self.document.with_user(self.sales_elsewhere).read(['name'])
        self.assertFalse(self.log())

    def test_the_public_is_sent_to_the_login(self):
        self.authenticate(None, None)
        answer = self.door()
        self.assertEqual(answer.status_code, 303)
        self.assertIn('/web/login', answer.headers['Location'])

    def test_a_consultation_opens_a_copy_until_it_is_returned(self):
        checksum = self.document.checksum
        borrow = self.new_borrow()
        self.assertClosed(self.sales_user)
        borrow.action_request()
        self.assertClosed(self.sales_user)
        borrow.with_user(self.rating_manager).action_approve()
        self.assertClosed(self.sales_user)
        borrow.with_user(self.archive_specialist).action_hand_out()
        answer = self.door(self.sales_user)
        self.assertCopy(answer, borrow)
        row = self.log()[-1]
        self.assertEqual((row.action, row.borrow_number, row.user_id), ('copy', borrow.name, self.sales_user))
        self.assertClosed(self.finance_assessor)
        borrow.action_return()
        self.assertClosed(self.sales_user)
        self.assertEqual(hashlib.sha256(self.document._content()).hexdigest(), checksum)
        self.assertEqual(self.env['tianyuan.archive.access.log'].sudo()._verify(self.company)[1], None)

    def test_a_borrowing_opens_the_original_until_the_moment_it_is_due(self):
        start = fields.Datetime.now()
        borrow = self.handed_out(mode='borrow', date_due=start + timedelta(minutes=30))
        with freeze_time(start + timedelta(minutes=29, seconds=59)):
            answer = self.door(self.sales_user)
            self.assertEqual(answer.content, self.secret)
            self.assertEqual(self.log()[-1].borrow_number, borrow.name)
        for seconds in (0, 1):
            with freeze_time(start + timedelta(minutes=30, seconds=seconds)):
                self.assertClosed(self.sales_user)
        self.assertEqual(borrow.state, 'out', "overdue, and to be brought back")

    def test_lost_and_cancelled_end_it_too(self):
        lost = self.handed_out()
        lost.with_user(self.archive_specialist).action_lose()
        cancelled = self.new_borrow()
        cancelled.action_request()
        cancelled.with_user(self.rating_manager).action_approve()
        cancelled.action_cancel()
        self.assertClosed(self.sales_user)

    def test_it_opens_only_what_was_asked_for(self):
        other = self.new_document("身份证", self.secret, 'id.pdf')
        self.handed_out()
        self.login(self.sales_user)
        self.assertEqual(self.door(document=other).status_code, 403)
        whole = self.handed_out(scope='archive', mode='borrow')
        self.assertEqual(self.door(document=other).content, self.secret)
        self.assertEqual(self.door().content, self.secret, "the original counts")
        whole.with_user(self.archive_specialist).action_return()
        self.assertEqual(self.door(document=other).status_code, 403)

    def test_it_does_not_reach_into_another_company(self):
        other = self.setup_other_company()['company']
        self.finance_assessor.sudo().company_ids += other
        elsewhere = self.new_document("执照", self.secret, 'x.pdf', company_id=self.company.id)
        elsewhere.sudo().write({'company_id': other.id})
        self.handed_out(self.finance_assessor, scope='archive', mode='borrow')
        self.login(self.finance_assessor)
        self.assertEqual(self.door().content, self.secret)
        self.assertEqual(self.door(document=elsewhere).status_code, 403)

    @mute_logger('odoo.http')
    def test_a_borrower_who_loses_the_customer_loses_the_document(self):
        self.handed_out(mode='borrow')
        self.customer.user_id = False
        self.assertEqual(self.door(self.sales_user).status_code, 404)

    # -- answers -----------------------------------------------------------------------------------------

    def test_headers(self):
        answer = self.door(self.archive_specialist)
        self.assertEqual(answer.headers['Content-Type'], 'application/pdf')
        self.assertEqual(answer.headers['Content-Disposition'], "inline; filename*=UTF-8''" + quote('营业执照 副本.pdf'))
        self.assertEqual(answer.headers['X-Content-Type-Options'], 'nosniff')
        self.assertEqual(answer.headers['Cache-Control'], 'no-store')
        self.assertTrue(self.door(download=1).headers['Content-Disposition'].startswith('attachment'))

    def test_what_could_run_in_the_browser_is_locked_up(self):
        for content, name in (
            (b'<html><script>alert(1)</script></html>', 'x.html'),
            (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', 'x.svg'),
        ):
            page = self.new_document("Page", self.secret, 'page.pdf')    # such a file is never accepted
            self.env['tianyuan.archive.file'].sudo().search([('document_id', '=', page.id)]).content = (
                base64.b64encode(content))
            page.write({
                'file_name': name, 'mimetype': guess_mimetype(content), 'checksum': hashlib.sha256(content).hexdigest(),
            })
            answer = self.door(self.archive_specialist, page)
            self.assertTrue(answer.headers['Content-Disposition'].startswith('attachment'), name)
            self.assertIn('sandbox', answer.headers['Content-Security-Policy'])
            self.assertEqual(answer.headers['X-Content-Type-Options'], 'nosniff')

    def test_what_is_not_confidential_opens_for_who_sees_it_and_is_noted(self):
        paper = self.new_document("Brochure", self.secret, 'b.pdf', confidential=False)
        for user in (self.sales_user, self.finance_assessor):
            self.assertEqual(self.door(user, paper).content, self.secret)
            self.assertEqual((self.log()[-1].action, self.log()[-1].user_id), ('original', user))
        self.assertEqual(self.door(self.sales_elsewhere, paper).status_code, 404)

    def test_pictures_are_consulted_as_marked_pdf(self):
        photo = self.new_document("身份证", picture(), '身份证.png')
        borrow = self.handed_out(document_ids=[Command.set(photo.ids)])
        answer = self.door(self.sales_user, photo)
        self.assertEqual(answer.headers['Content-Type'], 'application/pdf')
        self.assertIn(quote('身份证.pdf'), answer.headers['Content-Disposition'])
        [page] = PdfReader(io.BytesIO(answer.content)).pages
        self.assertEqual(page.images[0].image.size, (900, 600))
        self.assertEqual(self.log()[-1].borrow_number, borrow.name)

    def test_what_cannot_be_consulted_is_said(self):
        letter = self.new_document("Letter", word_file(), 'letter.docx')
        broken = self.new_document("Scan", b"%PDF-1.7 rubbish", 'scan.pdf')
        empty = self.env[DOCUMENT].sudo().create({
            'name': "Nothing", 'partner_id': self.customer.id, 'type_id': self.confidential_type.id, 'company_id': self.company.id})
        self.handed_out(scope='archive')
        rows = len(self.log())
        self.login(self.sales_user)
        for document, message in ((letter, "can only be borrowed"), (broken, "damaged"), (empty, "No file has been uploaded")):
            with self.subTest(document.name):
                answer = self.door(document=document)
                self.assertEqual(answer.status_code, 422)
                self.assertIn(message, answer.text)
        self.assertEqual(len(self.log()), rows, "nothing was opened")

    def test_the_watermark_says_who_when_in_the_companys_time_and_under_which_number(self):
        """At 8:00 UTC it is 16:00 in Shanghai and 17:00 in Tokyo; without the company's zone the borrower's counts."""
        borrow = self.handed_out(date_due='2999-01-01')
        self.company.tianyuan_copy_as_text = True
        self.sales_user.tz = 'Asia/Tokyo'
        for zone, shown in (('Asia/Shanghai', '16:00'), (False, '17:00')):
            self.company.partner_id.tz = zone
            with self.subTest(zone), freeze_time('2024-05-01 08:00:00'):
                copy, name, mimetype = self.document.with_user(self.sales_user)._open()
                text = PdfReader(io.BytesIO(copy)).pages[0].extract_text()
                self.assertIn(f"2024-05-01 {shown}  {borrow.name}", text)
                self.assertIn(f"张三 ({self.sales_user.login})", text)
                self.assertEqual((name, mimetype), ('营业执照 副本.pdf', 'application/pdf'))

    def test_an_opening_that_cannot_be_logged_does_not_happen(self):
        def fail(*_args, **_kwargs):
            raise UserError("No log")
        self.patch(type(self.env['tianyuan.archive.access.log']), '_note', fail)
        with self.assertRaises(UserError):
            self.document.with_user(self.archive_specialist)._open()

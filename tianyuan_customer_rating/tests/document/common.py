"""What the archive documents' tests share: files of every kind, made in memory, and ways to file them."""
import base64
import io
import zipfile

from odoo.tests import tagged

from ..common import RatingCommon

PDF = b'%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n'
PNG = base64.b64decode(
    b'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
)
JPG = b'\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01'
TIFF = b'II*\x00\x08\x00\x00\x00'
HTML = b'<!DOCTYPE html><html><body><script>alert(1)</script></body></html>'
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
EXE = b'MZ\x90\x00\x03\x00\x00\x00'


def zipped(*names):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, 'w') as archive:
        for name in names:
            archive.writestr(name, b'<x/>')
    return buffer.getvalue()


DOCX = zipped('[Content_Types].xml', 'word/document.xml')
XLSX = zipped('[Content_Types].xml', 'xl/workbook.xml')
OFD = zipped('OFD.xml', 'Doc_0/Document.xml')
DOCM = zipped('[Content_Types].xml', 'word/document.xml', 'word/vbaProject.bin')


@tagged('post_install', '-at_install')
class DocumentCommon(RatingCommon):
    """A customer with a begun archive, kept by the specialist and served by the sales user."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setup_role_users()
        Type = cls.env['tianyuan.archive.document.type'].sudo()
        Type.search([]).active = False    # whatever a company has set up
        cls.licence = Type.create({
            'name': "Licence", 'required': True, 'keywords': "营业执照, business licence", 'sequence': 1,
        })
        cls.id_copy = Type.create({
            'name': "ID Copy", 'required': True, 'confidential': True, 'keywords': "身份证", 'sequence': 2,
        })
        cls.permit = Type.create({
            'name': "Permit", 'validity_months': 12, 'remind_days': 30, 'keywords': "危化", 'sequence': 3,
        })
        cls.other = Type.create({'name': "Miscellaneous", 'sequence': 99})
        (cls.customer + cls.other_customer).sudo().write({
            'tianyuan_archive_state': 'collecting',
            'tianyuan_archive_specialist_id': cls.archive_specialist.id,
            'user_id': cls.sales_user.id,
        })
        cls.Document = cls.env['tianyuan.archive.document'].with_user(cls.archive_specialist)

    @classmethod
    def file(cls, document_type=None, partner=None, raw=PDF, file_name='scan.pdf', user=None, **values):
        """A document filed by the specialist, or by ``user``."""
        return cls.Document.with_user(user or cls.archive_specialist).create({
            'partner_id': (partner or cls.customer).id,
            'type_id': (document_type or cls.licence).id,
            'file_name': file_name,
            'upload': base64.b64encode(raw),
            **values,
        })

    @classmethod
    def lines(cls, partner=None):
        """The texts of the customer's history, the newest first."""
        messages = cls.env['mail.message'].sudo().search([
            ('model', '=', 'res.partner'), ('res_id', '=', (partner or cls.customer).id), ('body', '!=', False),
        ], order='id desc')
        return [message.body.striptags() for message in messages if message.body]

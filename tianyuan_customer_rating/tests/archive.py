"""What the tests of the archive share: a customer with confidential papers, and people who ask for them."""
import base64
import io
import zipfile
from datetime import timedelta

from PIL import Image
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from odoo import Command, fields

from .common import RatingCommon

A4 = (595, 842)


def pdf(*texts, size=A4, note=False):
    """A PDF with a page for each text."""
    pdfmetrics.registerFont(UnicodeCIDFont('STSong-Light'))
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=size)
    for text in texts:
        canvas.setFont('STSong-Light', 18)
        canvas.drawString(50, size[1] - 80, text)
        if note:
            canvas.linkURL('https://example.com/note', (50, 50, 100, 70))
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def picture(kind='PNG', size=(300, 200), **options):
    target = io.BytesIO()
    Image.new('RGB', size, 'navy').save(target, kind, **options)
    return target.getvalue()


def word_file():
    """A Word document, as far as anybody looks into it."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, 'w') as parts:
        parts.writestr('[Content_Types].xml', '<Types/>')
        parts.writestr('word/document.xml', '<document/>')
    return target.getvalue()


class ArchiveCommon(RatingCommon):
    """The customer is the sales user's, and their archive the specialist's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setup_role_users()
        cls.customer.user_id = cls.sales_user
        cls.customer.sudo().tianyuan_archive_specialist_id = cls.archive_specialist
        cls.sales_user.sudo().write({'name': "张三", 'tz': 'Asia/Shanghai'})
        cls.confidential_type = cls.env['tianyuan.archive.document.type'].sudo().create({
            'name': "Licence", 'confidential': True,
        })
        cls.secret = pdf("营业执照 天元化工", "SECRET PAGE TWO")
        cls.document = cls.new_document("营业执照", cls.secret, 'licence.pdf')

    @classmethod
    def new_document(cls, name, content, file_name, customer=None, **values):
        return cls.env['tianyuan.archive.document'].with_user(cls.archive_specialist).create({
            'name': name, 'partner_id': (customer or cls.customer).id, 'type_id': cls.confidential_type.id,
            'company_id': cls.company.id, 'file_name': file_name, 'upload': base64.b64encode(content), **values,
        }).sudo()

    @classmethod
    def new_borrow(cls, user=None, **values):
        """A draft of the user's for the document, for an hour."""
        values = {
            'partner_id': cls.customer.id, 'purpose': "Tender", 'pledge_accepted': True,
            'company_id': cls.company.id, 'date_due': fields.Datetime.now() + timedelta(hours=1), **values,
        }
        if values.get('scope') != 'archive':
            values.setdefault('document_ids', [Command.set(cls.document.ids)])
        return cls.env['tianyuan.archive.borrow'].with_user(user or cls.sales_user).create(values)

    @classmethod
    def handed_out(cls, user=None, **values):
        """A borrowing that is out."""
        borrow = cls.new_borrow(user, **values)
        borrow.action_request()
        borrow.with_user(cls.rating_manager).action_approve()
        borrow.with_user(cls.archive_specialist).action_hand_out()
        return borrow

    def log(self, company=None):
        return self.env['tianyuan.archive.access.log'].sudo().search(
            [('company_id', '=', (company or self.company).id)], order='number')

"""What the tests of the archive share: a customer with confidential papers, and people who ask for them."""
import base64
import functools
import io
import subprocess
import sys
import zipfile
import zlib
from datetime import timedelta

import pillow_heif
from PIL import Image
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from odoo import Command, fields

from ..common import RatingCommon

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


def heic(size=(300, 200), brand=b'heic', color='navy'):
    """A photograph as an iPhone saves it, or another file of the same container."""
    target = io.BytesIO()
    pillow_heif.from_pillow(Image.new('RGB', size, color)).save(target, format='HEIF')
    raw = target.getvalue()
    return raw[:8] + brand + raw[12:]


@functools.cache
def foreign_picture(kind, *colors, size=(300, 200), **options):
    """A picture of a format that Odoo keeps Pillow from knowing, made by another process; each colour is a page."""
    colors = colors or ('navy',)
    script = f"""
import io, sys
from PIL import Image
first, *others = [Image.new('RGB', {size!r}, color) for color in {colors!r}]
target = io.BytesIO()
first.save(target, {kind!r}, **({{'save_all': True, 'append_images': others}} if others else {{}}), **{options!r})
sys.stdout.buffer.write(target.getvalue())
"""
    return subprocess.run([sys.executable, '-c', script], capture_output=True, check=True).stdout


def word_file():
    """A Word document, as far as anybody looks into it."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, 'w') as parts:
        parts.writestr('[Content_Types].xml', '<Types/>')
        parts.writestr('word/document.xml', '<document/>')
    return target.getvalue()


def raw_pdf(*objects):
    """A PDF of these objects; the first is its catalog."""
    content, offsets = b'%PDF-1.7\n', []
    for number, entries in enumerate(objects, 1):
        offsets.append(len(content))
        content += b'%d 0 obj\n%s\nendobj\n' % (number, entries)
    rows = b''.join(b'%010d 00000 n \n' % offset for offset in offsets)
    return content + (
        b'xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n'
        % (len(objects) + 1, rows, len(objects) + 1, len(content))
    )


def many_pages(count):
    """A PDF whose pages are one and the same."""
    return raw_pdf(
        b'<< /Type /Catalog /Pages 2 0 R >>',
        b'<< /Type /Pages /Count %d /Kids [%s] >>' % (count, b' '.join([b'3 0 R'] * count)),
        b'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>',
    )


def packed(chunk, times):
    """``times`` × ``chunk``, deflated."""
    packer = zlib.compressobj(9)
    return b''.join(packer.compress(chunk) for _time in range(times)) + packer.flush()


def bombs():
    """PDF files that unpack to gigabytes, by what does it."""
    def stream(data, entries=b'', filters=b'/FlateDecode'):
        return b'<< /Length %d /Filter %s %s >>\nstream\n%s\nendstream' % (len(data), filters, entries, data)

    def page(drawing, *more, resources=b''):
        return raw_pdf(
            b'<< /Type /Catalog /Pages 2 0 R >>', b'<< /Type /Pages /Count 1 /Kids [3 0 R] >>',
            b'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R %s >>' % resources, drawing, *more,
        )

    spaces = packed(b' ' * 1_000_000, 3000)
    picture_of = b'/Type /XObject /Subtype /Image /Width 30000 /Height 30000 /BitsPerComponent 8 /ColorSpace /DeviceRGB'
    return {
        'spaces': page(stream(spaces)),
        'packed twice': page(stream(zlib.compress(spaces, 9), filters=b'[/FlateDecode /FlateDecode]')),
        'strokes': page(stream(packed(b'0 0 m 500 500 l S\n' * 50_000, 300))),
        'picture': page(
            stream(zlib.compress(b'595 0 0 842 0 0 cm /I Do')), stream(packed(bytes(1_000_000), 2700), picture_of),
            resources=b'/Resources << /XObject << /I 5 0 R >> >>',
        ),
    }


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

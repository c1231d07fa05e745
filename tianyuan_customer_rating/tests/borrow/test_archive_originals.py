"""What is handed out is what was uploaded, byte for byte (policy 档案 5: complete, safe)."""
import hashlib
import importlib.util
import io
import struct
import time
import zlib

from PIL import Image

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import file_path

from ..document.common import PDF, DocumentCommon

MIGRATION = 'tianyuan_customer_rating/migrations/19.0.1.4.0/post-originals.py'


def picture(width, height, file_format):
    target = io.BytesIO()
    image = Image.new('RGB', (width, height), 'white')
    image.putpixel((7, 7), (200, 30, 30))
    image.save(target, file_format)
    return target.getvalue()


def bomb(width, height):
    """A PNG that says it has so many pixels; its few bytes would be unpacked to gigabytes."""
    def chunk(name, data):
        return struct.pack('>I', len(data)) + name + data + struct.pack('>I', zlib.crc32(name + data))

    header = struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0)
    return b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', header) + chunk(b'IDAT', zlib.compress(bytes(99))) + chunk(b'IEND', b'')


@tagged('post_install', '-at_install')
class TestOriginals(DocumentCommon):

    def attachment(self, document):
        file = self.env['tianyuan.archive.file'].sudo().search([('document_id', '=', document.id)])
        return self.env['ir.attachment'].sudo().search([
            ('res_model', '=', file._name), ('res_field', '=', 'content'), ('res_id', '=', file.id)])

    def test_large_pictures_stay_as_they_are(self):
        for name, file_format in (('scan.png', 'PNG'), ('scan.jpg', 'JPEG')):
            with self.subTest(name):
                raw = picture(3000, 2000, file_format)
                document = self.file(raw=raw, file_name=name)
                self.assertEqual(document._open()[0], raw)
                self.assertEqual(document.checksum, hashlib.sha256(raw).hexdigest())

    def test_pictures_that_would_fill_the_memory_are_refused_at_once(self):
        for width, height in ((30_000, 30_000), (9_500, 9_500), (100, 2_000_000_000)):
            with self.subTest(width=width, height=height):
                started = time.monotonic()
                with self.assertRaisesRegex(ValidationError, "huge.png has too many pixels: at most 89 million"):
                    self.file(raw=bomb(width, height), file_name='huge.png')
                self.assertLess(time.monotonic() - started, 1)
        self.file(raw=bomb(9_000, 9_000), file_name='large.png')

    def test_a_file_that_was_changed_is_not_handed_out(self):
        document = self.file(raw=PDF)
        self.attachment(document).write({'raw': PDF + b'%'})
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "is not the one that was uploaded"):
            document._open()

    def test_pictures_of_earlier_releases_are_marked_and_open(self):
        raw, smaller = picture(3000, 2000, 'PNG'), picture(1920, 1280, 'PNG')
        shrunk, whole = self.file(raw=raw, file_name='a.png'), self.file(raw=raw, file_name='b.png')
        self.attachment(shrunk).with_context(image_no_postprocess=True).write({'raw': smaller})
        self.env.flush_all()
        spec = importlib.util.spec_from_file_location('post_originals', file_path(MIGRATION))
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        script.migrate(self.env.cr, '19.0.1.3.0')
        self.env.invalidate_all()
        self.assertEqual(shrunk.kept_checksum, hashlib.sha256(smaller).hexdigest())
        self.assertEqual(shrunk.checksum, hashlib.sha256(raw).hexdigest())
        self.assertFalse(whole.kept_checksum)
        self.assertEqual(shrunk._open()[0], smaller)
        self.attachment(shrunk).with_context(image_no_postprocess=True).write({'raw': raw})
        self.env.invalidate_all()
        self.assertEqual(shrunk._open()[0], raw, "the original, back from a backup")
        self.attachment(shrunk).with_context(image_no_postprocess=True).write({'raw': raw[:-1]})
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "is not the one that was uploaded"):
            shrunk._open()

"""Consultation copies: readable, marked on every page, and never the original (policy 档案 6)."""
import io
import time
from unittest.mock import patch

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject, RectangleObject, TextStringObject

from odoo.tests import BaseCase, tagged

from ..archive import fonts, watermark
from .archive import pdf, picture

LINES = ["仅供查阅: 张三", "2026-11-23 15:50  BR/2026/0001"]


@tagged('post_install', '-at_install')
class TestWatermark(BaseCase):

    def copy(self, content, mimetype=watermark.PDF):
        return PdfReader(io.BytesIO(watermark.consultation_copy(content, mimetype, LINES)))

    def turned(self, content, rotate):
        writer = PdfWriter(clone_from=io.BytesIO(content))
        writer.pages[0].rotate(rotate)
        return self.saved(writer)

    @staticmethod
    def saved(writer):
        target = io.BytesIO()
        writer.write(target)
        return target.getvalue()

    def assertMarked(self, page, *own):
        text = page.extract_text()
        for part in (*own, "张三", "2026-11-23 15:50", "BR/2026/0001"):
            self.assertIn(part, text)

    def test_every_page_keeps_its_text_and_says_who_has_it(self):
        original = pdf("营业执照 天元化工", "SECOND PAGE")
        before = bytes(original)
        first, second = self.copy(original).pages
        self.assertMarked(first, "营业执照 天元化工")
        self.assertMarked(second, "SECOND PAGE")
        self.assertGreater(first.extract_text().count("BR/2026/0001"), 10, "all over the page")
        self.assertEqual(original, before)

    def test_without_a_chinese_font_on_the_server_the_reader_brings_one(self):
        with patch.object(fonts, 'chinese_font_file', return_value=None):
            page, = self.copy(pdf("营业执照")).pages
        self.assertMarked(page, "营业执照")
        self.assertIn('STSong-Light', str(page['/Resources']['/XObject'][watermark.MARK]['/Resources']['/Font']['/F']))

    def test_the_mark_is_seen_on_pages_of_any_size_and_rotation(self):
        for size in ((60, 40), (595, 842), (2384, 3370)):
            for rotate in (0, 90, 180, 270):
                with self.subTest(size=size, rotate=rotate):
                    page, = self.copy(self.turned(pdf("P", size=size), rotate)).pages
                    self.assertEqual((page.mediabox.width, page.mediabox.height), size)
                    self.assertEqual(page.rotation, rotate)
                    self.assertMarked(page)
                    form = page['/Resources']['/XObject'][watermark.MARK]
                    seen = size if rotate in (0, 180) else size[::-1]
                    self.assertEqual(tuple(form['/BBox'][2:]), seen, "covers the page as it is shown")

    def test_a_cropped_page_with_an_origin_of_its_own_is_covered(self):
        writer = PdfWriter(clone_from=io.BytesIO(pdf("CROPPED")))
        writer.pages[0].mediabox = RectangleObject((100, 200, 700, 1000))
        writer.pages[0].cropbox = RectangleObject((150, 250, 400, 500))
        page, = self.copy(self.saved(writer)).pages
        self.assertIn(b'1.0000 0.0000 0.0000 1.0000 100.0000 200.0000 cm', page.get_contents().get_data())
        self.assertEqual(tuple(page['/Resources']['/XObject'][watermark.MARK]['/BBox']), (0, 0, 600, 800))

    def test_annotations_stay_and_what_a_pdf_carries_besides_its_pages_goes(self):
        writer = PdfWriter(clone_from=io.BytesIO(pdf("P", note=True)))
        writer.add_attachment('original.pdf', pdf("UNMARKED"))
        script = DictionaryObject({NameObject('/S'): NameObject('/JavaScript'), NameObject('/JS'): TextStringObject('1')})
        writer.root_object[NameObject('/OpenAction')] = script
        writer.root_object['/Names'].get_object()[NameObject('/JavaScript')] = DictionaryObject({NameObject('/Names'): ArrayObject([TextStringObject('a'), script])})
        attached = writer._add_object(DictionaryObject({NameObject('/Subtype'): NameObject('/FileAttachment')}))
        writer.pages[0][NameObject('/Annots')] = ArrayObject([*writer.pages[0]['/Annots'], attached])
        copy = self.copy(self.saved(writer))
        self.assertEqual([note.get_object()['/Subtype'] for note in copy.pages[0]['/Annots']], ['/Link'])
        self.assertFalse(copy.attachments)
        self.assertNotIn('/JavaScript', copy.root_object.get('/Names', {}))
        self.assertNotIn('/OpenAction', copy.root_object)

    def test_what_a_page_leaves_open_does_not_hide_the_mark(self):
        for ending in (b'q 0 0 1 1 re W n q q', b'BT (', b'q 0.001 0 0 0.001 0 0 cm q', b'/Span BMC BT', b'% note'):
            with self.subTest(ending):
                writer = PdfWriter(clone_from=io.BytesIO(pdf("P")))
                page, last = writer.pages[0], DecodedStreamObject()
                last.set_data(ending)
                page[NameObject('/Contents')] = ArrayObject([page.raw_get('/Contents'), writer._add_object(last)])
                page, = self.copy(self.saved(writer)).pages
                self.assertMarked(page)
                self.assertNotIn(ending, page.get_contents().get_data(), "it stands in a form of its own")

    def test_no_byte_of_what_was_carried_is_left(self):
        def hidden():
            stream = DecodedStreamObject()
            stream.set_data(b'HIDDEN CONTENT')
            return writer._add_object(stream)

        writer = PdfWriter(clone_from=io.BytesIO(pdf("P")))
        writer.add_attachment('original.txt', b'HIDDEN CONTENT')
        file = writer._add_object(DictionaryObject({
            NameObject('/Type'): NameObject('/Filespec'), NameObject('/EF'): DictionaryObject({NameObject('/F'): hidden()}),
        }))
        attached = writer._add_object(DictionaryObject({
            NameObject('/Subtype'): NameObject('/FileAttachment'), NameObject('/FS'): file,
        }))
        page = writer.pages[0]
        page[NameObject('/Annots')] = ArrayObject([attached])
        page[NameObject('/Thumb')] = hidden()
        page[NameObject('/PieceInfo')] = DictionaryObject({NameObject('/Private'): hidden()})
        writer.root_object[NameObject('/AcroForm')] = DictionaryObject({NameObject('/XFA'): hidden()})
        # a file may name the same thing in several places
        writer.root_object[NameObject('/StructTreeRoot')] = DictionaryObject({NameObject('/K'): attached})
        content = self.saved(writer)
        self.assertEqual(content.count(b'HIDDEN CONTENT'), 5)
        copy = watermark.consultation_copy(content, watermark.PDF, LINES)
        self.assertEqual(copy.count(b'HIDDEN CONTENT'), 0)
        self.assertMarked(PdfReader(io.BytesIO(copy)).pages[0], "P")

    def test_what_would_take_all_day_is_refused(self):
        writer = PdfWriter(clone_from=io.BytesIO(pdf("P", size=(14400, 14400))))
        writer.pages[0].cropbox = RectangleObject((0, 0, 20, 20))
        frames = [watermark.Image.new('1', (3000, 3000), number % 2) for number in range(25)]
        animation = io.BytesIO()
        frames[0].save(animation, 'PNG', save_all=True, append_images=frames[1:])
        for content, mimetype in ((self.saved(writer), watermark.PDF), (animation.getvalue(), 'image/png')):
            start = time.monotonic()
            with self.subTest(mimetype), self.assertRaises(watermark.BrokenFileError):
                watermark.consultation_copy(content, mimetype, LINES)
            self.assertLess(time.monotonic() - start, 2)

    def test_an_empty_page_is_marked(self):
        writer = PdfWriter()
        writer.add_blank_page(200, 200)
        self.assertMarked(self.copy(self.saved(writer)).pages[0])

    def test_pictures_become_marked_pages(self):
        for kind, mimetype in (('PNG', 'image/png'), ('JPEG', 'image/jpeg'), ('GIF', 'image/gif'),
                               ('BMP', 'image/bmp')):
            with self.subTest(kind):
                page, = self.copy(picture(kind), mimetype).pages
                self.assertMarked(page)
                self.assertEqual(page.images[0].image.size, (300, 200))

    def test_a_huge_photograph_is_made_smaller(self):
        page, = self.copy(picture('JPEG', (6000, 3000)), 'image/jpeg').pages
        self.assertEqual(page.images[0].image.size, (4000, 2000))

    def test_what_a_photograph_says_about_itself_is_left_out(self):
        exif = watermark.Image.Exif()
        exif[0x010E] = "taken at the customer's"
        content = picture('JPEG', exif=exif)
        self.assertIn(b"taken at the customer's", content)
        self.assertNotIn(b"taken at the customer's", watermark.consultation_copy(content, 'image/jpeg', LINES))

    def test_what_cannot_be_copied(self):
        locked = PdfWriter(clone_from=io.BytesIO(pdf("P")))
        locked.encrypt('password')
        for content, mimetype, error in (
            (self.saved(locked), watermark.PDF, watermark.EncryptedFileError),
            (b'%PDF-1.7 rubbish', watermark.PDF, watermark.BrokenFileError),
            (pdf("P")[:600], watermark.PDF, watermark.BrokenFileError),
            (b'', watermark.PDF, watermark.BrokenFileError),
            (b'no picture', 'image/png', watermark.BrokenFileError),
            (picture()[:20], 'image/png', watermark.BrokenFileError),
            (b'<svg/>', 'image/svg+xml', watermark.UnsupportedFileError),
            (b'text', 'text/plain', watermark.UnsupportedFileError),
        ):
            with self.subTest(mimetype, error=error.__name__), self.assertRaises(error):
                watermark.consultation_copy(content, mimetype, LINES)

    def test_a_pdf_that_anybody_may_read_is_consulted(self):
        """Encrypted, but with no password for its readers: only changing it takes one."""
        for algorithm in ('RC4-128', 'AES-256'):
            with self.subTest(algorithm):
                open_to_all = PdfWriter(clone_from=io.BytesIO(pdf("PAPER")))
                open_to_all.encrypt('', 'owner', algorithm=algorithm)
                copy = watermark.consultation_copy(self.saved(open_to_all), watermark.PDF, LINES)
                [page] = PdfReader(io.BytesIO(copy)).pages
                self.assertIn("PAPER", page.extract_text())

    def test_two_hundred_pages_take_seconds(self):
        content = pdf(*(f"PAGE {number}" for number in range(200)))
        start = time.monotonic()
        copy = watermark.consultation_copy(content, watermark.PDF, LINES)
        self.assertLess(time.monotonic() - start, 10)
        self.assertLess(len(copy), len(content) * 3)
        pages = PdfReader(io.BytesIO(copy)).pages
        self.assertEqual(len(pages), 200)
        self.assertMarked(pages[199], "PAGE 199")

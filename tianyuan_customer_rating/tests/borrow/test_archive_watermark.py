"""Consultation copies: readable, marked on every page, and never the original (policy 档案 6)."""
import hashlib
import io
import resource
import time
from unittest.mock import patch

import pypdfium2
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject, RectangleObject, TextStringObject
from reportlab.pdfgen.canvas import Canvas

from odoo.tests import BaseCase, tagged

from ...tools import watermark
from ...tools.consulting import fonts, marking, rendering
from ...tools.consulting.limits import MOST_PIXELS
from ..archive.common import bombs, foreign_picture, heic, many_pages, pdf, picture, raw_pdf

LINES = ["仅供查阅: 张三", "2026-11-23 15:50  BR/2026/0001"]


@tagged('post_install', '-at_install')
class TestTextCopies(BaseCase):
    """For companies that want copies with their text."""

    def copy(self, content):
        return PdfReader(io.BytesIO(marking.mark_pdf(content, LINES)))

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
        self.assertIn('STSong-Light', str(page['/Resources']['/XObject'][marking.MARK]['/Resources']['/Font']['/F']))

    def test_the_mark_is_seen_on_pages_of_any_size_and_rotation(self):
        for size in ((60, 40), (595, 842), (2384, 3370)):
            for rotate in (0, 90, 180, 270):
                with self.subTest(size=size, rotate=rotate):
                    page, = self.copy(self.turned(pdf("P", size=size), rotate)).pages
                    self.assertEqual((page.mediabox.width, page.mediabox.height), size)
                    self.assertEqual(page.rotation, rotate)
                    self.assertMarked(page)
                    form = page['/Resources']['/XObject'][marking.MARK]
                    seen = size if rotate in (0, 180) else size[::-1]
                    self.assertEqual(tuple(form['/BBox'][2:]), seen, "covers the page as it is shown")

    def test_a_cropped_page_with_an_origin_of_its_own_is_covered(self):
        writer = PdfWriter(clone_from=io.BytesIO(pdf("CROPPED")))
        writer.pages[0].mediabox = RectangleObject((100, 200, 700, 1000))
        writer.pages[0].cropbox = RectangleObject((150, 250, 400, 500))
        page, = self.copy(self.saved(writer)).pages
        self.assertIn(b'1.0000 0.0000 0.0000 1.0000 100.0000 200.0000 cm', page.get_contents().get_data())
        self.assertEqual(tuple(page['/Resources']['/XObject'][marking.MARK]['/BBox']), (0, 0, 600, 800))

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
        copy = marking.mark_pdf(content, LINES)
        self.assertEqual(copy.count(b'HIDDEN CONTENT'), 0)
        self.assertMarked(PdfReader(io.BytesIO(copy)).pages[0], "P")

    def test_a_page_of_which_hardly_anything_is_shown_is_refused(self):
        writer = PdfWriter(clone_from=io.BytesIO(pdf("P", size=(14400, 14400))))
        writer.pages[0].cropbox = RectangleObject((0, 0, 20, 20))
        with self.assertRaises(watermark.BrokenFileError):
            marking.mark_pdf(self.saved(writer), LINES)

    def test_an_empty_page_is_marked(self):
        writer = PdfWriter()
        writer.add_blank_page(200, 200)
        self.assertMarked(self.copy(self.saved(writer)).pages[0])

    def test_two_hundred_pages_take_seconds(self):
        content = pdf(*(f"PAGE {number}" for number in range(200)))
        start = time.monotonic()
        copy = watermark.consultation_copy(content, watermark.PDF, LINES, as_text=True)
        self.assertLess(time.monotonic() - start, 10)
        self.assertLess(len(copy), len(content) * 3)
        pages = PdfReader(io.BytesIO(copy)).pages
        self.assertEqual(len(pages), 200)
        self.assertMarked(pages[199], "PAGE 199")


@tagged('post_install', '-at_install')
class TestPictureCopies(BaseCase):
    """What is handed out for consultation: pages as pictures, the watermark a part of them."""

    def copy(self, content, mimetype=watermark.PDF, lines=LINES):
        return watermark.consultation_copy(content, mimetype, lines)

    @staticmethod
    def drawn(content, number=0):
        """A page as a reader sees it, 72 dots to the inch."""
        document = pypdfium2.PdfDocument(content)
        return document[number].render(scale=1, rev_byteorder=True).to_pil().convert('RGB')

    @staticmethod
    def reddish(picture, box):
        return sum(red > green + 25 for red, green, _blue in picture.crop(box).getdata())

    def assertMarkedAllOver(self, picture):
        """Every quarter of the page, and its foot, has the colour of the mark."""
        width, height = picture.size
        for left in (0, width // 2):
            for top in (0, height // 2):
                self.assertGreater(self.reddish(picture, (left, top, left + width // 2, top + height // 2)), 50)
        self.assertGreater(self.reddish(picture, (0, height * 24 // 25, width, height)), 50)

    def test_a_page_is_one_picture_and_nothing_else(self):
        reader = PdfReader(io.BytesIO(self.copy(pdf("营业执照 天元化工", "SECRET PAGE TWO", note=True))))
        self.assertEqual(len(reader.pages), 2)
        for page in reader.pages:
            self.assertEqual(page.extract_text(), "")
            self.assertLessEqual(set(page['/Resources']), {'/ExtGState', '/XObject'})
            [(_name, picture)] = page['/Resources']['/XObject'].items()
            self.assertEqual((picture['/Subtype'], picture['/Filter']), ('/Image', '/DCTDecode'))
            self.assertNotIn('/Annots', page)
            self.assertEqual((page.mediabox.width, page.mediabox.height), (595, 842))

    def test_what_it_says_stays_readable(self):
        """What was black is still darker than the mark, and what was white is white where the mark isn't."""
        original = self.drawn(pdf("营业执照 天元化工"))
        copy = self.drawn(self.copy(pdf("营业执照 天元化工")))
        dark = [place for place in ((x, y) for x in range(595) for y in range(842)) if max(original.getpixel(place)) < 60]
        self.assertGreater(len(dark), 100)
        self.assertGreater(sum(min(copy.getpixel(place)) < 130 for place in dark), len(dark) * 0.9)
        white = sum(min(pixel) > 240 for pixel in copy.getdata())
        self.assertGreater(white, 595 * 842 // 2)

    def test_every_page_is_marked_all_over_whatever_its_size_and_rotation(self):
        for size in ((60, 40), (595, 842), (2384, 3370)):
            for rotate in (0, 90):
                with self.subTest(size=size, rotate=rotate):
                    writer = PdfWriter(clone_from=io.BytesIO(pdf("P", size=size)))
                    writer.pages[0].rotate(rotate)
                    target = io.BytesIO()
                    writer.write(target)
                    page, = PdfReader(io.BytesIO(self.copy(target.getvalue()))).pages
                    seen = (page.mediabox.width, page.mediabox.height)
                    self.assertEqual(seen, size if not rotate else size[::-1])
                    picture = page.images[0].image
                    self.assertGreaterEqual(min(picture.size), 600)
                    self.assertMarkedAllOver(picture)

    def test_the_mark_says_who_when_and_under_which_number(self):
        """A page's pixels differ where the lines do: the same lines are drawn alike, others aren't."""
        def drawn(lines):
            slanted, *_rest = rendering._Mark(lines)._draw(400, 400)
            return hashlib.sha256(slanted.tobytes()).hexdigest()

        self.assertEqual(drawn(LINES), drawn(list(LINES)))
        for others in (["仅供查阅: 李四", LINES[1]], [LINES[0], "2026-11-23 15:51  BR/2026/0001"],
                       [LINES[0], "2026-11-23 15:50  BR/2026/0002"]):
            self.assertNotEqual(drawn(LINES), drawn(others))

    def test_two_pages_are_not_marked_at_the_same_place(self):
        """From pages with the mark at one place it could be worked out and taken off."""
        blank = pdf(*[" "] * 4)
        copy = self.copy(blank)
        pages = {hashlib.sha256(self.drawn(copy, number).tobytes()).hexdigest() for number in range(4)}
        self.assertGreater(len(pages), 2)

    def test_without_a_chinese_font_the_rest_is_written(self):
        mark = rendering._Mark(LINES)
        mark.file = None
        picture = Image.new('RGB', (600, 800), 'white')
        mark.burn_into(picture)
        self.assertMarkedAllOver(picture)

    def test_pictures_become_marked_pages(self):
        for kind, mimetype in (('PNG', 'image/png'), ('JPEG', 'image/jpeg'), ('GIF', 'image/gif'),
                               ('BMP', 'image/bmp')):
            with self.subTest(kind):
                copy = self.copy(picture(kind), mimetype)
                page, = PdfReader(io.BytesIO(copy)).pages
                self.assertEqual(page.images[0].image.size, (900, 600))
                self.assertMarkedAllOver(page.images[0].image)

    def test_photographs_of_phones_become_marked_pages(self):
        for mimetype, content in (
            ('image/heic', heic()), ('image/webp', foreign_picture('WEBP')), ('image/tiff', foreign_picture('TIFF')),
        ):
            with self.subTest(mimetype):
                self.assertEqual(watermark.look_at(content, mimetype), 1)
                page, = PdfReader(io.BytesIO(self.copy(content, mimetype))).pages
                drawn = page.images[0].image
                self.assertEqual(drawn.size, (900, 600))
                self.assertMarkedAllOver(drawn)
                navy = sum(blue > red + 60 for red, _green, blue in drawn.getdata())
                self.assertGreater(navy, 900 * 600 // 2, "it is the picture")

    def test_every_page_of_a_scan_is_copied(self):
        content = foreign_picture('TIFF', 'white', 'navy', 'gray')
        self.assertEqual(watermark.look_at(content, 'image/tiff'), 3)
        pages = PdfReader(io.BytesIO(self.copy(content, 'image/tiff'))).pages
        self.assertEqual(len(pages), 3)
        colors = []
        for page in pages:
            drawn = page.images[0].image.convert('RGB')
            self.assertMarkedAllOver(drawn)
            colors.append(max((count, color) for count, color in drawn.quantize(4).convert('RGB').getcolors())[1])
        self.assertGreater(min(colors[0]), 200)
        self.assertGreater(colors[1][2], colors[1][1] + 60)
        self.assertLess(max(colors[2]) - min(colors[2]), 30)
        self.assertLess(max(colors[2]), 170)

    def test_a_long_scan_is_limited_by_its_pages_not_by_all_their_pixels(self):
        content = foreign_picture('TIFF', *['white'] * 24, size=(3508, 2480), compression='tiff_lzw')    # A4 at 300 dpi
        self.assertGreater(24 * 3508 * 2480, 2 * MOST_PIXELS)
        self.assertEqual(watermark.look_at(content, 'image/tiff'), 24)
        for content in (foreign_picture('TIFF', 'white', size=(20_000, 10_000), compression='tiff_lzw'), heic(size=(64, 64))[:60]):
            with self.assertRaises(watermark.ConsultationError):
                watermark.look_at(content, 'image/tiff')

    def test_a_picture_is_read_as_what_it_was_accepted_for(self):
        """No other decoder gets at it, whatever its bytes say."""
        for content, mimetype in ((picture('GIF'), 'image/png'), (foreign_picture('TIFF'), 'image/webp'),
                                  (heic(), 'image/tiff'), (picture('PNG'), 'image/heic')):
            with self.subTest(mimetype), self.assertRaises(watermark.BrokenFileError):
                self.copy(content, mimetype)

    def test_a_huge_photograph_is_made_smaller(self):
        page, = PdfReader(io.BytesIO(self.copy(picture('JPEG', (6000, 3000)), 'image/jpeg'))).pages
        self.assertEqual(page.images[0].image.size, (4000, 2000))

    def test_what_a_photograph_says_about_itself_is_left_out(self):
        exif = Image.Exif()
        exif[0x010E] = "taken at the customer's"
        content = picture('JPEG', exif=exif)
        self.assertIn(b"taken at the customer's", content)
        self.assertNotIn(b"taken at the customer's", self.copy(content, 'image/jpeg'))

    def test_what_cannot_be_copied(self):
        locked = PdfWriter(clone_from=io.BytesIO(pdf("P")))
        locked.encrypt('password')
        target = io.BytesIO()
        locked.write(target)
        for content, mimetype, error in (
            (target.getvalue(), watermark.PDF, watermark.EncryptedFileError),
            (b'%PDF-1.7 rubbish', watermark.PDF, watermark.BrokenFileError),
            (b'', watermark.PDF, watermark.BrokenFileError),
            (b'no picture', 'image/png', watermark.BrokenFileError),
            (picture()[:20], 'image/png', watermark.BrokenFileError),
            (b'<svg/>', 'image/svg+xml', watermark.UnsupportedFileError),
            (b'text', 'text/plain', watermark.UnsupportedFileError),
        ):
            for as_text in (False, True):
                with self.subTest(mimetype, error=error.__name__, as_text=as_text), self.assertRaises(error):
                    watermark.consultation_copy(content, mimetype, LINES, as_text)

    def test_a_pdf_that_anybody_may_read_is_consulted(self):
        """Encrypted, but with no password for its readers: only changing it takes one."""
        for algorithm in ('RC4-128', 'AES-256'):
            for as_text in (False, True):
                with self.subTest(algorithm, as_text=as_text):
                    open_to_all = PdfWriter(clone_from=io.BytesIO(pdf("PAPER")))
                    open_to_all.encrypt('', 'owner', algorithm=algorithm)
                    target = io.BytesIO()
                    open_to_all.write(target)
                    copy = watermark.consultation_copy(target.getvalue(), watermark.PDF, LINES, as_text)
                    [page] = PdfReader(io.BytesIO(copy)).pages
                    self.assertEqual("PAPER" in page.extract_text(), as_text)

    def test_what_is_filled_into_a_form_is_copied(self):
        target = io.BytesIO()
        canvas = Canvas(target, pagesize=(595, 842))
        canvas.drawString(50, 700, "Form")
        canvas.acroForm.textfield(name='field', value="FILLED IN BY THE CUSTOMER", x=50, y=400, width=400, height=60, fontSize=40)
        canvas.save()
        copy = self.drawn(self.copy(target.getvalue()))
        written = sum(max(pixel) < 90 for pixel in copy.crop((55, 842 - 455, 445, 842 - 405)).getdata())
        self.assertGreater(written, 300)


@tagged('post_install', '-at_install')
class TestBombs(BaseCase):
    """Files of a few kilobytes that would be unpacked to gigabytes, or have a million pages."""

    def attack(self, content, mimetype, error):
        for as_text in (False, True):
            with self.subTest(as_text=as_text), self.assertRaises(error):
                watermark.consultation_copy(content, mimetype, LINES, as_text)

    def test_streams_that_unpack_to_gigabytes_are_given_up(self):
        for name, content in bombs().items():
            with self.subTest(name):
                self.assertLess(len(content), 5_000_000)
                start = time.process_time()
                with self.assertRaises(watermark.TooLargeError):
                    watermark.look_at(content, watermark.PDF)
                self.attack(content, watermark.PDF, watermark.TooLargeError)
                self.assertLess(time.process_time() - start, 1, "it is another process that works")

    def test_they_are_given_up_in_a_second_or_two(self):
        """Of the processor's time: others may be at work on this machine."""
        for name, content in bombs().items():
            with self.subTest(name):
                before = resource.getrusage(resource.RUSAGE_CHILDREN)
                with self.assertRaises(watermark.TooLargeError):
                    watermark.look_at(content, watermark.PDF)
                after = resource.getrusage(resource.RUSAGE_CHILDREN)
                self.assertLess(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 3.5)
                self.assertLess(after.ru_maxrss, 1_500_000, "kilobytes")

    def test_more_pages_than_anybody_reads(self):
        """1,000 are copied; 1,001 only kept; 10,001 not even that."""
        self.assertEqual(watermark.look_at(many_pages(1001), watermark.PDF), 1001)
        self.attack(many_pages(1001), watermark.PDF, watermark.TooLargeError)
        with self.assertRaises(watermark.TooLargeError):
            watermark.look_at(many_pages(10_001), watermark.PDF)

    def test_pages_that_name_each_other(self):
        """Ten times ten times … the same page: a hundred million, in two kilobytes."""
        levels = [
            b'<< /Type /Pages /Count %d /Kids [%s] >>' % (10 ** (8 - level), b' '.join([b'%d 0 R' % (level + 3)] * 10))
            for level in range(8)
        ]
        content = raw_pdf(b'<< /Type /Catalog /Pages 2 0 R >>', *levels, b'<< /Type /Page /MediaBox [0 0 595 842] >>')
        with self.assertRaises(watermark.ConsultationError):
            watermark.look_at(content, watermark.PDF)
        self.attack(content, watermark.PDF, watermark.ConsultationError)

    def test_an_animation_of_too_many_pixels(self):
        frames = [Image.new('1', (3000, 3000), number % 2) for number in range(25)]
        animation = io.BytesIO()
        frames[0].save(animation, 'PNG', save_all=True, append_images=frames[1:])
        with self.assertRaises(watermark.TooLargeError):
            watermark.consultation_copy(animation.getvalue(), 'image/png', LINES)

    def test_three_hundred_pages_take_less_than_a_minute(self):
        content = pdf(*(f"PAGE {number}" for number in range(300)))
        start = time.monotonic()
        copy = watermark.consultation_copy(content, watermark.PDF, LINES)
        self.assertLess(time.monotonic() - start, 60)
        self.assertEqual(len(PdfReader(io.BytesIO(copy)).pages), 300)

"""Draws the watermark over the pages of a PDF and keeps its text, for companies that prefer that to pictures.

The copy can be searched, but an expert can remove the watermark.
"""
import io
import math

from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
)

from .errors import BrokenFileError, EncryptedFileError
from .fonts import watermark_font

COLOR = '0.95 0.2 0.2'         # visible on white paper and on dark photographs
OPACITY, FOOT_OPACITY = 0.35, 0.75
ANGLE = 30
LINES_PER_PAGE = 38           # sets the font size by the height of the page
SMALLEST_FONT = 4
MARK, OWN = '/TianyuanMark', '/TianyuanOwn'
MOST_MARKS = 5000             # maximum on a page; only huge pages with almost nothing shown would need more
# What a PDF can contain besides pages, and would pass on without a watermark.
HIDDEN_CONTENT_KEYS = ('/AF', '/Collection', '/OpenAction', '/AA')
# The same inside of other objects: embedded files, XFA forms, private data of programs, thumbnails.
NESTED_CONTENT_KEYS = ('/EF', '/RF', '/XFA', '/PieceInfo', '/Thumb')


def mark_pdf(content, lines):
    """Return a copy of a PDF with the watermark over every page.

    :param bytes content: the file, which isn't changed
    :param lines: the lines of the watermark, as a list of short texts
    :return: bytes of a PDF
    """
    try:
        reader = PdfReader(io.BytesIO(content))
        # PDFs with an empty user password can be read by anybody.
        encrypted = reader.is_encrypted and not reader.decrypt('')
        writer = None if encrypted else PdfWriter(clone_from=reader)
        pages = [] if encrypted else list(writer.pages)
    except Exception as error:
        # pypdf raises various exceptions for damaged files.
        raise BrokenFileError(str(error)) from error
    if encrypted:
        raise EncryptedFileError
    if not pages:
        raise BrokenFileError("no pages")
    try:
        _drop_hidden_content(writer)
        mark = _Mark(writer, lines)
        for page in pages:
            _drop_hidden_page_content(page)
            _mark_page(writer, page, mark)
        _drop_unreferenced(writer)
        target = io.BytesIO()
        writer.write(target)
    except Exception as error:
        raise BrokenFileError(str(error)) from error
    return target.getvalue()


def _drop_hidden_content(writer):
    root = writer.root_object
    for key in HIDDEN_CONTENT_KEYS:
        root.pop(key, None)
    names = root.get('/Names')
    if names:
        for key in ('/EmbeddedFiles', '/JavaScript'):
            names.get_object().pop(key, None)


def _drop_hidden_page_content(page):
    for key in HIDDEN_CONTENT_KEYS:
        page.pop(key, None)
    notes = page.get('/Annots')
    if notes:
        page[NameObject('/Annots')] = ArrayObject(
            note for note in notes.get_object()
            if note.get_object() and note.get_object().get('/Subtype') != '/FileAttachment'
        )


def _drop_unreferenced(writer):
    """Remove objects without references: pypdf would write them, and they could be extracted from the copy."""
    reached = set()
    waiting = [writer.root_object.indirect_reference]
    while waiting:
        found = waiting.pop()
        if isinstance(found, IndirectObject):
            if found.idnum in reached:
                continue
            reached.add(found.idnum)
            found = found.get_object()
        if isinstance(found, DictionaryObject):
            for key in NESTED_CONTENT_KEYS:
                found.pop(key, None)
            waiting += found.values()
        elif isinstance(found, ArrayObject):
            waiting += found
    writer.metadata = None
    for index in range(len(writer._objects)):
        if index + 1 not in reached:
            writer._objects[index] = None


def _mark_page(writer, page, mark):
    """Draw the watermark over a page, upright for the reader even if the page is rotated."""
    left, bottom, right, top = _box(page.mediabox)
    turn = (page.rotation or 0) % 360
    width, height = right - left, top - bottom
    matrix = {
        0: (1, 0, 0, 1, left, bottom),
        90: (0, 1, -1, 0, right, bottom),
        180: (-1, 0, 0, -1, right, top),
        270: (0, -1, 1, 0, left, top),
    }.get(turn, (1, 0, 0, 1, left, bottom))
    if turn in (90, 270):
        width, height = height, width
    seen_left, seen_bottom, seen_right, seen_top = _box(page.cropbox)
    font_size = max(SMALLEST_FONT, min(seen_right - seen_left, seen_top - seen_bottom) / LINES_PER_PAGE)

    # Wrap the page's own drawing in a form, so that a clip path or text it leaves open can't hide the watermark.
    resources = page.get('/Resources', DictionaryObject())
    objects = DictionaryObject({NameObject(MARK): mark.form(width, height, font_size)})
    drawing = b'q %s cm %s Do Q\n' % (
        ' '.join(f'{number:.4f}' for number in matrix).encode(), MARK.encode(),
    )
    contents = page.get_contents()
    if contents is not None:
        objects[NameObject(OWN)] = _form(writer, contents.get_data(), (left, bottom, right, top), resources)
        drawing = b'%s Do\n' % OWN.encode() + drawing
    page[NameObject('/Resources')] = DictionaryObject({NameObject('/XObject'): objects})
    page[NameObject('/Contents')] = _stream(writer, drawing)


def _box(box):
    """Return a page's box as left, bottom, right, top, for any corners that the file names."""
    (left, right), (bottom, top) = (
        sorted(map(float, pair)) for pair in ((box.left, box.right), (box.bottom, box.top))
    )
    return left, bottom, right, top


def _stream(writer, data):
    stream = DecodedStreamObject()
    stream.set_data(data)
    return writer._add_object(stream)


def _form(writer, data, box, resources):
    form = DecodedStreamObject()
    form.set_data(data)
    form.update({
        NameObject('/Type'): NameObject('/XObject'),
        NameObject('/Subtype'): NameObject('/Form'),
        NameObject('/BBox'): ArrayObject(map(FloatObject, box)),
        NameObject('/Resources'): resources,
    })
    return writer._add_object(form.flate_encode())


class _Mark:
    """The watermark of one PDF: its font, and one form for each page size."""

    def __init__(self, writer, lines):
        self.writer = writer
        self.lines = lines
        self.foot = '   '.join(lines)
        self.font = watermark_font(self.foot)
        self.forms = {}
        self.resources = DictionaryObject({
            NameObject('/Font'): DictionaryObject({NameObject('/F'): self.font.add_to(writer)}),
            NameObject('/ExtGState'): DictionaryObject({
                NameObject(name): DictionaryObject({NameObject('/ca'): FloatObject(opacity)})
                for name, opacity in (('/Light', OPACITY), ('/Foot', FOOT_OPACITY))
            }),
        })

    def form(self, width, height, font_size):
        key = (round(width), round(height), round(font_size, 1))
        if key not in self.forms:
            self.forms[key] = _form(
                self.writer, self._drawing(width, height, font_size).encode('ascii'), (0, 0, width, height),
                self.resources,
            )
        return self.forms[key]

    def _drawing(self, width, height, font_size):
        """Return the drawing: the lines slanted all over the page, and once horizontally at its foot."""
        cos, sin = math.cos(math.radians(ANGLE)), math.sin(math.radians(ANGLE))
        block = font_size * max(map(self.font.width, self.lines))
        step_x, step_y = block + 4 * font_size, (len(self.lines) + 4) * font_size * 1.2
        reach = math.hypot(width, height) / 2
        rows, columns = math.ceil(reach / step_y), math.ceil(reach / step_x) + 1
        if (2 * rows + 1) * (2 * columns + 1) > MOST_MARKS:
            raise BrokenFileError("hardly anything of the page is shown")
        parts = [f'BT {COLOR} rg /Light gs /F {font_size:.2f} Tf']
        for row in range(-rows, rows + 1):
            for column in range(-columns, columns + 1):
                for number, line in enumerate(self.lines):
                    along = (column + row % 2 / 2) * step_x - block / 2
                    across = row * step_y - number * font_size * 1.2
                    x = width / 2 + along * cos - across * sin
                    y = height / 2 + along * sin + across * cos
                    parts.append(
                        f'{cos:.4f} {sin:.4f} {-sin:.4f} {cos:.4f} {x:.2f} {y:.2f} Tm {self.font.encode(line)} Tj',
                    )
        foot_size = min(font_size * 0.8, 0.9 * width / (self.font.width(self.foot) or 1))
        start = (width - foot_size * self.font.width(self.foot)) / 2
        parts.append(f'/Foot gs /F {foot_size:.2f} Tf 1 0 0 1 {start:.2f} {foot_size:.2f} Tm')
        parts.append(f'{self.font.encode(self.foot)} Tj ET')
        return '\n'.join(parts)

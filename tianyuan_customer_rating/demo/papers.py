"""The demo customers' documents as small PDF files: a title and some lines in a frame. It doesn't depend on Odoo."""
import io

from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from ..tools.consulting.fonts import watermark_font

WIDTH, HEIGHT = 842, 595    # A4 landscape, in points
MARGIN = 40
HEADING, TEXT, SMALL = 34, 16, 10
RED, BLACK, GREY = '0.72 0.16 0.14', '0.1 0.1 0.1', '0.5 0.5 0.5'
REMARK = '演示数据，非真实证照'


def paper(title, lines):
    """Return a page with a title and the lines.

    :return: bytes of a PDF
    """
    # One font for all texts: it has room for 255 different characters, far more than a document uses.
    font = watermark_font(''.join((title, *lines, REMARK)))
    top = HEIGHT - MARGIN - 2 * HEADING
    left = MARGIN + 3 * TEXT
    return _document(font, [
        f'q {RED} RG 2 w {MARGIN} {MARGIN} {WIDTH - 2 * MARGIN} {HEIGHT - 2 * MARGIN} re S Q BT',
        _text(font, title, HEADING, (WIDTH - HEADING * font.width(title)) / 2, top, RED),
        *(
            _text(font, line, TEXT, left, top - 2 * HEADING - number * 2 * TEXT, BLACK)
            for number, line in enumerate(lines)
        ),
        _text(font, REMARK, SMALL, left, MARGIN + 2 * SMALL, GREY),
        'ET',
    ])


def _text(font, text, size, left, bottom, color):
    return f'{color} rg /F {size} Tf 1 0 0 1 {left:.2f} {bottom:.2f} Tm {font.encode(text)} Tj'


def _document(font, drawing):
    writer = PdfWriter()
    page = writer.add_blank_page(WIDTH, HEIGHT)
    page[NameObject('/Resources')] = DictionaryObject({
        NameObject('/Font'): DictionaryObject({NameObject('/F'): font.add_to(writer)}),
    })
    content = DecodedStreamObject()
    content.set_data('\n'.join(drawing).encode('ascii'))
    page[NameObject('/Contents')] = writer._add_object(content.flate_encode())
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()

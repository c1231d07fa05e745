"""Fonts for the watermark, independent of Odoo.

Both classes have ``width(text)`` in ems, ``encode(text)`` for a PDF string, and ``add_to(writer)``, which adds the font
to a PDF.
"""
from PIL import Image, ImageDraw, ImageFont
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    TextStringObject,
)
from reportlab.pdfbase.cidfonts import UnicodeCIDFont

from .font_file import chinese_font_file

PIXELS = 96    # per em: sharp in print, at a few hundred bytes per character


def watermark_font(text):
    """Return a font that can write ``text``."""
    file = chinese_font_file()
    return DrawnFont(text, file) if file else SongFont()


class DrawnFont:
    """A font with small pictures of the characters of one text.

    Every program shows it in the same way, with or without Chinese fonts, and its text can be searched.
    """

    def __init__(self, text, file):
        self.font = ImageFont.truetype(file, PIXELS)
        self.codes = {char: code for code, char in enumerate(sorted(set(text))[:255], 1)}

    def width(self, text):
        return sum(self.font.getlength(char) for char in text) / PIXELS

    def encode(self, text):
        return '<%s>' % ''.join(f'{self.codes[char]:02X}' for char in text if char in self.codes)

    def add_to(self, writer):
        names = {char: f'/c{code}' for char, code in self.codes.items()}
        return writer._add_object(DictionaryObject({
            NameObject('/Type'): NameObject('/Font'),
            NameObject('/Subtype'): NameObject('/Type3'),
            NameObject('/FontBBox'): _numbers(0, -PIXELS, 2 * PIXELS, 2 * PIXELS),
            NameObject('/FontMatrix'): _numbers(1 / PIXELS, 0, 0, 1 / PIXELS, 0, 0),
            NameObject('/Resources'): DictionaryObject(),
            NameObject('/FirstChar'): NumberObject(1),
            NameObject('/LastChar'): NumberObject(len(self.codes)),
            NameObject('/Widths'): _numbers(*(self.font.getlength(char) for char in self.codes)),
            NameObject('/Encoding'): DictionaryObject({
                NameObject('/Type'): NameObject('/Encoding'),
                NameObject('/Differences'): ArrayObject(
                    [NumberObject(1), *(NameObject(name) for name in names.values())]),
            }),
            NameObject('/CharProcs'): DictionaryObject({
                NameObject(name): _add_stream(writer, self._drawing(char)) for char, name in names.items()
            }),
            NameObject('/ToUnicode'): _add_stream(writer, self._to_unicode()),
        }))

    def _drawing(self, char):
        left, top, right, bottom = map(round, self.font.getbbox(char, anchor='ls'))
        advance = self.font.getlength(char)
        width, height = right - left, bottom - top
        if width <= 0 or height <= 0:
            return f'{advance:.2f} 0 0 0 0 0 d1'
        picture = Image.new('L', (width, height), 255)
        ImageDraw.Draw(picture).text((-left, -top), char, font=self.font, fill=0, anchor='ls')
        dots = picture.point(lambda value: 255 if value > 127 else 0, mode='1').tobytes().hex()
        return (
            f'{advance:.2f} 0 {left} {-bottom} {right} {-top} d1 q {width} 0 0 {height} {left} {-bottom} cm '
            f'BI /W {width} /H {height} /IM true /BPC 1 /F /AHx ID {dots}> EI Q'
        )

    def _to_unicode(self):
        characters = '\n'.join(
            f'<{code:02X}> <{char.encode("utf-16-be").hex()}>' for char, code in self.codes.items()
        )
        return (
            '/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def\n'
            '1 begincodespacerange <00> <FF> endcodespacerange\n'
            f'{len(self.codes)} beginbfchar\n{characters}\nendbfchar\n'
            'endcmap CMapName currentdict /CMap defineresource pop end end'
        )


class SongFont:
    """Adobe's Song typeface, for servers without a Chinese font: PDF readers replace it by a font of their own."""

    def __init__(self):
        self.face = UnicodeCIDFont('STSong-Light')

    def width(self, text):
        return self.face.stringWidth(text, 1)

    def encode(self, text):
        return '<%s>' % text.encode('utf-16-be').hex()

    def add_to(self, writer):
        widths = self.face.unicodeWidths
        latin = [NumberObject(1), ArrayObject(NumberObject(widths.get(chr(code), 1000)) for code in range(32, 127))]
        descendant = DictionaryObject({
            NameObject('/Type'): NameObject('/Font'),
            NameObject('/Subtype'): NameObject('/CIDFontType0'),
            NameObject('/BaseFont'): NameObject('/STSong-Light'),
            NameObject('/CIDSystemInfo'): DictionaryObject({
                NameObject('/Registry'): TextStringObject('Adobe'),
                NameObject('/Ordering'): TextStringObject('GB1'),
                NameObject('/Supplement'): NumberObject(0),
            }),
            NameObject('/DW'): NumberObject(1000),
            NameObject('/W'): ArrayObject(latin),    # GB1's characters 1 to 95 are those of ASCII
            NameObject('/FontDescriptor'): writer._add_object(DictionaryObject({
                NameObject('/Type'): NameObject('/FontDescriptor'),
                NameObject('/FontName'): NameObject('/STSong-Light'),
                NameObject('/Flags'): NumberObject(6),
                NameObject('/FontBBox'): _numbers(-25, -254, 1000, 880),
                NameObject('/ItalicAngle'): NumberObject(0),
                NameObject('/Ascent'): NumberObject(880),
                NameObject('/Descent'): NumberObject(-120),
                NameObject('/CapHeight'): NumberObject(737),
                NameObject('/StemV'): NumberObject(93),
            })),
        })
        return writer._add_object(DictionaryObject({
            NameObject('/Type'): NameObject('/Font'),
            NameObject('/Subtype'): NameObject('/Type0'),
            NameObject('/BaseFont'): NameObject('/STSong-Light'),
            NameObject('/Encoding'): NameObject('/UniGB-UTF16-H'),
            NameObject('/DescendantFonts'): ArrayObject([writer._add_object(descendant)]),
        }))


def _numbers(*values):
    return ArrayObject(FloatObject(round(value, 6)) for value in values)


def _add_stream(writer, text):
    stream = DecodedStreamObject()
    stream.set_data(text.encode('ascii'))
    return writer._add_object(stream.flate_encode())

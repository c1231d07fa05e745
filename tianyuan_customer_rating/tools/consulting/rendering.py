"""Renders documents as pictures that contain the watermark, so that it can't be removed."""
import contextlib
import io
import math
import random
import time

import pypdfium2
from PIL import Image, ImageDraw, ImageFont, ImageOps, ImageSequence
from pypdfium2 import raw

from .errors import BrokenFileError, EncryptedFileError, TooLargeError
from .font_file import chinese_font_file
from .formats import HEADERS_SAY_LITTLE, PAGED
from .limits import LOOK_SECONDS, MOST_KEPT_PAGES, MOST_PAGES, MOST_PIXELS, PICTURE_SECONDS, next_step

DOTS_PER_INCH = 120
PIXELS = 4000                 # of a page's longer side: readable and still fast to draw
SMALLEST_SIDE = 600           # pixels of a page's shorter side: even a stamp gets the whole watermark
SCAN_DOTS_PER_INCH = 150      # for pictures that don't state their resolution
JPEG_QUALITY = 60
COLOR = (242, 51, 51)         # visible on white paper and on dark photographs
OPACITY, FOOT_OPACITY = 0.35, 0.75
ANGLE = 30
LINES_PER_PAGE = 38           # sets the font size by the height of the page
SMALLEST_FONT = 8             # in pixels


def look_at_pdf(content):
    """Check a PDF without drawing it.

    :return: number of its pages
    :raise ConsultationError: it can't be opened, or one of its pages exceeds the limits
    """
    document = _open(content)
    start = time.process_time()
    count = len(document)
    if count > MOST_KEPT_PAGES:
        raise TooLargeError(f"{count} pages")
    for number in range(min(count, MOST_PAGES)):
        if time.process_time() - start > LOOK_SECONDS:
            break
        next_step()
        _page(document, number).close()
    return count


def look_at_picture(content, kind):
    """Check a picture; it is decoded only if its header says little.

    :param str kind: its format, as Pillow calls it
    :return: number of its frames
    :raise ConsultationError: it can't be read, or has too many pixels
    """
    with _picture_errors():
        image = _picture(content, kind)
        count = getattr(image, 'n_frames', 1)
        if kind == PAGED:
            _check_pages(image, count)
        elif kind in HEADERS_SAY_LITTLE:
            next_step(PICTURE_SECONDS)
            image.load()
        else:
            image.verify()
        return count


def _check_pages(image, count):
    """Check the header of each page; the pages themselves are decoded when they are copied."""
    if count > MOST_KEPT_PAGES:
        raise TooLargeError(f"{count} pages")
    start = time.process_time()
    for number in range(min(count, MOST_PAGES)):
        if time.process_time() - start > LOOK_SECONDS:
            break
        next_step()
        image.seek(number)
        _check_pixels(image)


def pages_of_pdf(content):
    """Yield the pages of a PDF as pictures.

    :return: iterator of ``PIL.Image`` and the page's size in points
    """
    document = _open(content)
    if len(document) > MOST_PAGES:
        raise TooLargeError(f"{len(document)} pages")
    for number in range(len(document)):
        next_step()
        page = _page(document, number)
        size = page.get_size()
        scale = _scale(size, DOTS_PER_INCH / 72)
        if min(size) * scale < 1:
            raise BrokenFileError("a page without size")
        bitmap = page.render(scale=scale, rev_byteorder=True)
        yield bitmap.to_pil().convert('RGB'), size
        bitmap.close()
        page.close()


def pages_of_picture(content, kind):
    """Yield the frames of a picture, without its metadata (place, thumbnail).

    :param str kind: its format, as Pillow calls it
    """
    with _picture_errors():
        image = _picture(content, kind)
        if getattr(image, 'n_frames', 1) > MOST_PAGES:
            raise TooLargeError("too many pages")
        for frame in ImageSequence.Iterator(image):
            next_step(PICTURE_SECONDS)
            _check_pixels(frame)
            picture = ImageOps.exif_transpose(frame).convert('RGBA')
            size = [side * 72 / SCAN_DOTS_PER_INCH for side in picture.size]
            scale = _scale(picture.size, 1)
            picture = picture.resize([max(1, round(side * scale)) for side in picture.size])
            paper = Image.new('RGB', picture.size, 'white')
            paper.paste(picture, mask=picture)
            yield paper, size


@contextlib.contextmanager
def _picture_errors():
    try:
        yield
    except (TooLargeError, MemoryError):
        raise
    except Image.DecompressionBombError as error:
        raise TooLargeError(str(error)) from error
    except Exception as error:
        # Pillow raises various exceptions for damaged files.
        raise BrokenFileError(str(error)) from error


def _picture(content, kind):
    next_step()
    if kind == 'HEIF':
        # Only here: the library decodes in C++ what comes from outside.
        import pillow_heif

        pillow_heif.register_heif_opener(thumbnails=False)
    image = Image.open(io.BytesIO(content), formats=[kind])
    frames = 1 if kind == PAGED else getattr(image, 'n_frames', 1)
    if image.width * image.height * frames > 2 * MOST_PIXELS:
        raise TooLargeError("too many pixels")
    return image


def _check_pixels(image):
    if image.width * image.height > 2 * MOST_PIXELS:
        raise TooLargeError("too many pixels")


def write_copy(pages, lines, target):
    """Write a PDF of the pages with the watermark, keeping only one page at a time in memory.

    :param pages: iterator of pictures and sizes in points
    :param lines: the lines of the watermark, as a list of short texts
    :param target: binary file
    """
    mark, copy = _Mark(lines), pypdfium2.PdfDocument.new()
    for picture, (width, height) in pages:
        mark.burn_into(picture)
        jpeg = io.BytesIO()
        picture.save(jpeg, 'JPEG', quality=JPEG_QUALITY)
        image = pypdfium2.PdfImage.new(copy)
        image.load_jpeg(jpeg, inline=True)
        image.set_matrix(pypdfium2.PdfMatrix().scale(width, height))
        page = copy.new_page(width, height)
        page.insert_obj(image)
        page.gen_content()
        page.close()
    copy.save(target)


def _scale(size, usual):
    """Return the scale for a page or picture that keeps it within the limits of size."""
    return min(max(usual, SMALLEST_SIDE / max(1, min(size))), PIXELS / max(size))


def _open(content):
    next_step()
    try:
        document = pypdfium2.PdfDocument(content)
        document.init_forms()    # also draw the values of form fields
    except pypdfium2.PdfiumError as error:
        if error.err_code == raw.FPDF_ERR_PASSWORD:
            raise EncryptedFileError(str(error)) from error
        raise BrokenFileError(str(error)) from error
    if not len(document):
        raise BrokenFileError("no pages")
    return document


def _page(document, number):
    try:
        page = document[number]
        pictures = [each.get_px_size() for each in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE])]
    except pypdfium2.PdfiumError as error:
        raise BrokenFileError(str(error)) from error
    if any(width * height > MOST_PIXELS for width, height in pictures):
        raise TooLargeError("too many pixels")
    return page


class _Mark:
    """The watermark: its lines slanted all over a page, and once horizontally at its foot."""

    def __init__(self, lines):
        self.lines = lines
        self.foot = '   '.join(lines)
        self.file = chinese_font_file()
        self.masks = {}

    def burn_into(self, picture):
        width, height = picture.size
        if picture.size not in self.masks:
            self.masks = {picture.size: self._draw(width, height)}    # most pages have the same size
        slanted, step, foot, place = self.masks[picture.size]
        # Vary the position, so that the watermark can't be computed from many pages and removed.
        left, top = random.randrange(step), random.randrange(step)
        picture.paste(COLOR, mask=slanted.crop((left, top, left + width, top + height)))
        picture.paste(COLOR, place, foot)

    def _font(self, size):
        if self.file:
            return ImageFont.truetype(self.file, size)
        return ImageFont.load_default(size)

    def _draw(self, width, height):
        size = max(SMALLEST_FONT, round(min(width, height) / LINES_PER_PAGE))
        font = self._font(size)
        step_x = int(max(map(font.getlength, self.lines))) + 4 * size
        step_y = int((len(self.lines) + 4) * size * 1.2)
        step = max(step_y, 2)
        side = math.ceil(math.hypot(width, height)) + 2 * step
        mask = Image.new('L', (side, side))
        draw = ImageDraw.Draw(mask)
        for row, y in enumerate(range(0, side, step_y)):
            for x in range(-(row % 2) * step_x // 2, side, step_x):
                for number, line in enumerate(self.lines):
                    draw.text((x, y + number * size * 1.2), line, font=font, fill=round(255 * OPACITY))
        mask = mask.rotate(ANGLE, Image.Resampling.BILINEAR)
        left, top = (side - width - step) // 2, (side - height - step) // 2
        slanted = mask.crop((left, top, left + width + step, top + height + step))
        while size > SMALLEST_FONT and font.getlength(self.foot) > 0.9 * width:
            size -= 1
            font = self._font(size)
        foot = Image.new('L', (max(1, round(font.getlength(self.foot))), 2 * size))
        ImageDraw.Draw(foot).text((0, 0), self.foot, font=font, fill=round(255 * FOOT_OPACITY))
        return slanted, step, foot, ((width - foot.width) // 2, height - 2 * size)

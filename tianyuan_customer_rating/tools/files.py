"""Detects the kind of a file by its bytes, because names and MIME types can be forged."""
import io
import zipfile
from collections import namedtuple

from PIL import Image

# Limit for pictures, which take several bytes of memory per pixel when opened; A3 scanned at 600 dpi has 70 million
# pixels.
MOST_PIXELS = Image.MAX_IMAGE_PIXELS

# ``signatures``: first bytes; ``parts``: files in a ZIP archive; ``brands``: of a container of ISO's base media format.
Kind = namedtuple('Kind', 'extensions mimetype signatures parts brands', defaults=((), ()))

# Never add formats that a browser would execute (html, svg) or that contain macros.
KINDS = {
    'pdf': Kind(('pdf',), 'application/pdf', (b'%PDF-',)),
    'jpg': Kind(('jpg', 'jpeg'), 'image/jpeg', (b'\xff\xd8\xff',)),
    'png': Kind(('png',), 'image/png', (b'\x89PNG\r\n\x1a\n',)),
    'tiff': Kind(('tiff', 'tif'), 'image/tiff', (b'II*\x00', b'MM\x00*')),
    'webp': Kind(('webp',), 'image/webp', (b'RIFF',)),
    # Photographs of iPhones; other brands of the same container are videos or AVIF.
    'heic': Kind(('heic', 'heif'), 'image/heic', (), brands=(b'heic', b'heix', b'heim', b'heis', b'mif1')),
    'docx': Kind(
        ('docx',), 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
        (b'PK\x03\x04',), ('[Content_Types].xml', 'word/document.xml'),
    ),
    'xlsx': Kind(
        ('xlsx',), 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
        (b'PK\x03\x04',), ('[Content_Types].xml', 'xl/workbook.xml'),
    ),
    # OFD, the Chinese standard for fixed-layout documents (GB/T 33190), is the format of e-invoices.
    'ofd': Kind(('ofd',), 'application/ofd', (b'PK\x03\x04',), ('OFD.xml',)),
}
# Kinds that programs save as PDF; no copy can be made of them.
OFFICE_KINDS = tuple(name for name, kind in KINDS.items() if kind.parts)
# Pictures whose pixels are counted from their header, to say so; of others, the process that reads them counts.
PICTURES = ('jpg', 'png')


def kind_of_content(raw):
    """Return the kind of a file by its content.

    :param bytes raw: the whole file
    :return: a key of ``KINDS``, or None
    """
    if raw[4:8] == b'ftyp':
        return _kind_of_container(raw)
    candidates = [name for name, kind in KINDS.items() if raw.startswith(kind.signatures)]
    if 'webp' in candidates and raw[8:12] != b'WEBP':
        return None    # a sound or a video
    if any(KINDS[name].parts for name in candidates):
        members = _members(raw)
        candidates = [name for name in candidates if members.issuperset(KINDS[name].parts)]
        if any(member.lower().endswith('vbaproject.bin') for member in members):
            return None
    return candidates[0] if candidates else None


def _kind_of_container(raw):
    """Return the kind of a file by the brands that it declares at its beginning."""
    brand, others = raw[8:12], raw[16:min(int.from_bytes(raw[:4], 'big'), 512)]
    if brand == b'mif1' and b'heic' not in {others[at:at + 4] for at in range(0, len(others), 4)}:
        return None    # a picture in another coding
    return next((name for name, kind in KINDS.items() if brand in kind.brands), None)


def has_too_many_pixels(raw):
    """Return whether a picture's header claims more than :data:`MOST_PIXELS` pixels. The picture isn't decoded."""
    try:
        with Image.open(io.BytesIO(raw)) as image:
            return image.width * image.height > MOST_PIXELS
    except Image.DecompressionBombError:
        return True
    except Exception:
        # Pillow raises various exceptions for damaged files.
        return False


def kind_of_name(file_name):
    """Return the kind that a file's name claims.

    :return: a key of ``KINDS``, or None
    """
    extension = file_name.rpartition('.')[2].lower()
    return next((name for name, kind in KINDS.items() if extension in kind.extensions), None)


def kind_of_mimetype(mimetype):
    """Return the kind with a MIME type, or None."""
    return next((name for name, kind in KINDS.items() if kind.mimetype == mimetype), None)


def parse_kinds(text):
    """Parse a company's list of kinds, such as ``pdf, jpg``.

    :return: tuple of the known kinds in the order of ``KINDS``, and the unknown words
    """
    words = {word.strip().lstrip('.').lower() for word in (text or '').replace('，', ',').split(',')} - {''}
    known = {name for word in words for name, kind in KINDS.items() if word in kind.extensions}
    unknown = {word for word in words if not any(word in kind.extensions for kind in KINDS.values())}
    return [name for name in KINDS if name in known], sorted(unknown)


def _members(raw):
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            return set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return set()

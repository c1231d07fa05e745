"""Reads the rows of a spreadsheet or a text file with separated values, as people keep lists in.

This module doesn't depend on Odoo. Limits keep a file that is no list from taking the server's memory.
"""
import csv
import io
import itertools
import struct
import zipfile
import zlib

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from .files import kind_of_content

MOST_BYTES = 20 * 1024 * 1024
MOST_UNPACKED = 50 * 1024 * 1024
# Cells and texts of a list are large, formats and names of sheets aren't: opening those takes long for their size.
LARGE_PARTS = ('xl/worksheets/', 'xl/media/', 'xl/sharedStrings.xml')
MOST_IN_A_PART = 1 * 1024 * 1024
MOST_ROWS = 20_000
LAST_ROW = 1_048_576    # that a spreadsheet can have
MOST_COLUMNS = 100
SEPARATORS = ',;\t'
UTF16 = (b'\xff\xfe', b'\xfe\xff')
# What reading a file raises whose bytes have changed; SyntaxError is that of XML.
DAMAGES = (
    InvalidFileException, zipfile.BadZipFile, zlib.error, struct.error, EOFError, LookupError, ValueError, TypeError,
    AttributeError, ArithmeticError, RuntimeError, OSError, SyntaxError,
)
KIND, SIZE, DAMAGED, ENCODING, ROWS = 'kind', 'size', 'damaged', 'encoding', 'rows'


class TableError(Exception):
    """A file that can't be read; ``reason`` is one of the constants, for the caller to put into words."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


def read(content):
    """Return the rows of a file: the first sheet of an xlsx workbook, or a csv file in UTF-8, UTF-16 or GBK.

    :param bytes content: the whole file
    :return: list of (number of the row as a spreadsheet counts, list of cells); rows without a cell are left out
    :raise TableError: it is neither, it is damaged, or it is too large
    """
    if len(content) > MOST_BYTES:
        raise TableError(SIZE)
    if kind_of_content(content) == 'xlsx':
        rows = _rows_of_workbook(content)
    elif content.startswith(b'PK') or b'\0' in content and not content.startswith(UTF16):
        raise TableError(KIND)
    else:
        rows = _rows_of_text(_decoded(content))
    if len(rows) > MOST_ROWS + 1:    # with the headings
        raise TableError(ROWS)
    return [(number, list(cells)[:MOST_COLUMNS]) for number, cells in rows]


def _rows_of_workbook(content):
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            # No more than these sizes is unpacked, even if they are wrong.
            sizes = {part.filename: part.file_size for part in parts.infolist()}
            if sum(sizes.values()) > MOST_UNPACKED or any(
                size > MOST_IN_A_PART for name, size in sizes.items() if not name.startswith(LARGE_PARTS)
            ):
                raise TableError(SIZE)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()    # Some programs write wrong ones.
        # Formatted cells without a value go on for a million rows in some files.
        return list(itertools.islice(_filled(sheet.iter_rows(
            max_row=LAST_ROW + 1, max_col=MOST_COLUMNS, values_only=True,
        )), MOST_ROWS + 2))
    except TableError:
        raise
    except DAMAGES:
        raise TableError(DAMAGED) from None


def _filled(rows):
    """Yield the rows with a cell, each with its number.

    :raise TableError: a row has a number that no row of a spreadsheet can have
    """
    for number, cells in enumerate(rows, 1):
        if number > LAST_ROW:
            raise TableError(DAMAGED)
        if cells.count(None) != len(cells) and any(cell is not None and cell != '' for cell in cells):
            yield number, cells[:max(place for place, cell in enumerate(cells, 1) if cell is not None)]


def _decoded(content):
    encodings = ('utf-16',) if content.startswith(UTF16) else ('utf-8-sig', 'gb18030')
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise TableError(ENCODING)


def _rows_of_text(text):
    first = next((line for line in text.splitlines() if line.strip()), '')
    separator = max(SEPARATORS, key=first.count)
    try:
        rows = csv.reader(io.StringIO(text, newline=''), delimiter=separator)
        return list(itertools.islice(
            ((number, cells) for number, cells in enumerate(rows, 1) if any(cells)), MOST_ROWS + 2,
        ))
    except csv.Error:
        raise TableError(DAMAGED) from None

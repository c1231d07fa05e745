"""Files that tests upload."""
import csv
import io

from openpyxl import Workbook


def workbook(*rows):
    """An Excel workbook with one sheet."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def text_file(*rows, encoding, separator=','):
    """A text file with separated values."""
    content = io.StringIO()
    csv.writer(content, delimiter=separator).writerows(rows)
    return content.getvalue().encode(encoding)

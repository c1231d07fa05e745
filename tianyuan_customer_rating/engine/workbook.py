"""Creates a spreadsheet file from plain tables, without knowing ratings or the database."""

import io
from typing import NamedTuple

import xlsxwriter

FORMATS = {'number': '#,##0', 'decimal': '#,##0.00', 'percent': '0.0'}    # number formats of columns


class Table(NamedTuple):
    """One sheet of the workbook."""

    title: str
    columns: list    # (heading, kind) pairs; kind is 'text' or a key of FORMATS
    rows: list       # lists as long as ``columns``; False and None leave a cell empty


def build(tables):
    """Return the workbook with one sheet per table.

    Text is always written as text, so that a customer's name can't become a formula.

    :param tables: list of :class:`Table`
    :return: bytes of an xlsx file
    """
    output = io.BytesIO()
    workbook = xlsxwriter.Workbook(output, {'in_memory': True})
    heading = workbook.add_format({'bold': True, 'bg_color': '#E7E9ED', 'bottom': 1, 'text_wrap': True})
    formats = {kind: workbook.add_format({'num_format': code}) for kind, code in FORMATS.items()}
    for table in tables:
        sheet = workbook.add_worksheet(_sheet_name(table.title))
        sheet.freeze_panes(1, 0)
        for column, (label, kind) in enumerate(table.columns):
            sheet.write_string(0, column, label, heading)
            sheet.set_column(column, column, 28 if kind == 'text' else 16)
        for line, row in enumerate(table.rows, start=1):
            for column, value in enumerate(row):
                if value is None or value is False:
                    continue
                if isinstance(value, str):
                    sheet.write_string(line, column, value)
                else:
                    sheet.write_number(line, column, value, formats.get(table.columns[column][1]))
    workbook.close()
    return output.getvalue()


def _sheet_name(title):
    """Return a sheet name that Excel accepts.

    It has at most 31 characters, none of ``[]:*?/\\``, and no apostrophe at either end.
    """
    return ''.join(' ' if char in '[]:*?/\\' else char for char in title)[:31].strip("' ") or '-'

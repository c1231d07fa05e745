"""Writes the workbook in which companies fill in earlier ratings. It knows neither ratings nor the database."""
import io
from typing import NamedTuple

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

LAST_ROW = 20_000    # with drop-downs
LONGEST_LIST = 255    # characters of the choices of a drop-down that is written into the file


class Column(NamedTuple):
    """A column of the list: its heading, what to write into it, an example, and what to choose from."""

    heading: str
    hint: str
    example: object = None
    choices: tuple = ()


class Template(NamedTuple):
    """What the workbook says."""

    sheets: tuple    # names of the list, the instructions and the examples
    text: list       # columns that a spreadsheet must not turn into numbers or dates
    points: list     # columns with numbers
    steps: list      # how to fill in
    refusal: str     # what the spreadsheet says to a value that isn't in a drop-down


def build(template):
    """Return the workbook.

    :param Template template: what it says
    :return: bytes of an xlsx file
    """
    book = Workbook()
    columns = [*template.text, *template.points]
    sheet = book.active
    sheet.title = template.sheets[0]
    _write_headings(sheet, template, columns)
    notes = book.create_sheet(template.sheets[1])
    for row, column in enumerate(columns, 1):
        notes.cell(row, 1, column.heading).font = Font(bold=True)
        notes.cell(row, 2, column.hint).alignment = Alignment(wrap_text=True, vertical='top')
    for row, step in enumerate(template.steps, 1):
        notes.cell(row, 4, step).alignment = Alignment(wrap_text=True, vertical='top')
    for letter, width in {'A': 28, 'B': 60, 'C': 3, 'D': 80}.items():
        notes.column_dimensions[letter].width = width
    examples = book.create_sheet(template.sheets[2])
    _write_headings(examples, template, columns)
    for position, column in enumerate(columns, 1):
        cell = examples.cell(2, position, column.example)
        cell.number_format = '@' if isinstance(column.example, str) else 'General'
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _write_headings(sheet, template, columns):
    """Format whole columns, not cells: cells with a format would be rows of the file."""
    for position, column in enumerate(columns, 1):
        letter = get_column_letter(position)
        cell = sheet.cell(1, position, column.heading)
        cell.font, cell.fill = Font(bold=True), PatternFill('solid', fgColor='DDDDDD')
        dimension = sheet.column_dimensions[letter]
        dimension.width = 20
        if position <= len(template.text):
            dimension.number_format = '@'
        # A comma in a choice would end it, and a quotation mark the list.
        choices = [choice for choice in column.choices if not set(',"').intersection(choice)]
        if choices and len(','.join(choices)) <= LONGEST_LIST:
            validation = DataValidation(
                type='list', allow_blank=True, showErrorMessage=True, error=template.refusal,
                formula1='"%s"' % ','.join(choices),
            )
            sheet.add_data_validation(validation)
            validation.add(f'{letter}2:{letter}{LAST_ROW}')
    sheet.freeze_panes = 'B2'

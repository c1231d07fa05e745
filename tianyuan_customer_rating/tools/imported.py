"""Recognizes what a spreadsheet has done to numbers that aren't amounts: tax IDs, phones, archive numbers.

Excel keeps 15 digits of a number and shows it in scientific notation; it takes a phone's leading zero away and turns
numbers such as ``2024-1`` into dates. This module only judges texts, as Odoo's import reads them from the cells; it
doesn't depend on Odoo.
"""
import re
import unicodedata
from datetime import date, timedelta
from typing import NamedTuple

from stdnum.cn import uscc

KEPT_DIGITS = 15    # of a number in a spreadsheet
# From here on, a number that has been in a cell is one of few that the cell can hold: of genuine ones 1 in 16 to 128.
TELLING_DIGITS = 18
LONGEST = 100    # digits; a longer text is no number
ERROR_VALUE = re.compile(r'#{2,}|#(?:N/A|REF!|VALUE!|DIV/0!|NUM!|NAME\?|NULL!|SPILL!|CALC!)', re.IGNORECASE)
# A sign or a decimal point is required, because a tax ID may have an E between digits.
SCIENTIFIC = re.compile(r'(\d)(?:[.,](\d+)E\+?|E\+)(\d{1,3})', re.IGNORECASE)
WITH_DECIMALS = re.compile(r'(\d+)\.0+')
DATE = re.compile(r'\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2}:\d{2})?')
INVISIBLE = re.compile('[\u200b-\u200f\u202a-\u202e\u2060\ufeff]')
MOBILE = re.compile(r'1[3-9]\d{9}')
# Numbers of ten digits that are dialled as they are.
NATIONWIDE = ('400', '800')
EXCEL_EPOCH = date(1899, 12, 30)
SERIAL = re.compile(r'\d{4,5}(?:\.0+)?')
EARLIEST, LATEST = date(1900, 3, 1), date(2100, 1, 1)    # Excel counts a day too many before March 1900.


class Finding(NamedTuple):
    """What is wrong with a cell: ``kind`` is a key that the caller words; ``error`` refuses the row."""

    kind: str
    error: bool


def repaired(text):
    """Return a number as it was before the spreadsheet, if the text still has all of its digits; else the text."""
    text = INVISIBLE.sub('', text).strip()
    if text.startswith("'"):
        text = text[1:].strip()
    plain = unicodedata.normalize('NFKC', text)
    decimals = WITH_DECIMALS.fullmatch(plain)
    if decimals:
        return decimals[1]
    scientific = SCIENTIFIC.fullmatch(plain)
    if scientific:
        digits, length = scientific[1] + (scientific[2] or '').rstrip('0'), int(scientific[3]) + 1
        given = len(scientific[1] + (scientific[2] or ''))
        if length <= KEPT_DIGITS and len(digits) <= length <= given:
            return digits.ljust(length, '0')
    return text


def is_error_value(text):
    """Return whether a cell shows an error, or ``#####`` because its column was too narrow."""
    return bool(ERROR_VALUE.fullmatch(text.strip()))


def judge_number(text, is_tax_id=False, may_be_date=False):
    """Judge a number that isn't an amount, after :func:`repaired`.

    :param bool is_tax_id: it may have the check digit of a 统一社会信用代码
    :param bool may_be_date: the number itself may look like a date
    :return: :class:`Finding`, or None
    """
    if SCIENTIFIC.fullmatch(text):
        return Finding('shortened', True)
    if DATE.fullmatch(text):
        return Finding('date', not may_be_date)
    if not (text.isascii() and text.isdecimal()) or not KEPT_DIGITS < len(text) < LONGEST:
        return None
    cut = not text[KEPT_DIGITS:].strip('0')
    if cut or len(text) >= TELLING_DIGITS and int(float(text)) == int(text):
        # One in 31 numbers has the right check digit by chance, and a genuine one may end in a zero or two.
        certain = not uscc.is_valid(text) if is_tax_id else cut and len(text) >= TELLING_DIGITS
        return Finding('rounded', certain)
    return None


def zero_restored(text):
    """Return a Chinese landline number with the zero that a spreadsheet has taken away; None if none is missing."""
    if not (text.isascii() and text.isdecimal()) or text.startswith('0') or len(text) not in (10, 11):
        return None
    if MOBILE.fullmatch(text) or len(text) == 10 and text.startswith(NATIONWIDE):
        return None
    # Area codes begin with 10 (Beijing), 2 to 9 after their zero.
    if text.startswith('1') and not text.startswith('10'):
        return None
    return f'0{text}'


def date_of_serial(text):
    """Return the date that a spreadsheet shows for a number such as ``45443``; None for other texts."""
    if not SERIAL.fullmatch(text.strip()):
        return None
    day = EXCEL_EPOCH + timedelta(days=int(float(text)))
    return day if EARLIEST <= day <= LATEST and len(text.strip().partition('.')[0]) == 5 else None

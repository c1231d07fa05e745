"""Reads the cells of a list of earlier ratings: no database, no Odoo (policy 客户评价每季度评定一次).

A cell holds what a spreadsheet or a text file has: text, a number, or a date. Every function returns None for a cell
that it can't read; the caller says so in words.
"""
import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from ..tools import headings
from ..tools.imported import INVISIBLE, date_of_serial, repaired
from .periods import Quarter

# Kinds of columns, and the headings under which they are found; indicators' columns have the indicators' names.
COLUMNS = {
    'number': (*headings.FIELDS['tianyuan_archive_number'],),
    'vat': (*headings.FIELDS['vat'],),
    'name': (*headings.FIELDS['name'],),
    'quarter': (
        "季度", "评价季度", "评定季度", "评价期间", "评定期间", "期间", "Quarter", "Rated Quarter", "Period",
    ),
    'channel': (*headings.FIELDS['tianyuan_channel'], "客户类型", "Customer Type"),
    'total': ("总分", "合计", "总得分", "得分", "评价得分", "评定得分", "Total", "Score", "Total Score"),
    'tier': ("等级", "信用等级", "客户等级", "评定等级", "Tier", "Grade", "Rating", "Credit Rating"),
    'class': ("类别", "客户类别", "级别", "客户级别", "客户分类", "分类", "Class", "Customer Class"),
    'confirmed_on': ("确认日期", "评定日期", "审批日期", "Confirmed On", "Date Confirmed", "Rated On"),
}
CHANNELS = {
    'distributor': ("distributor", "distributors", "分销商", "分销"),
    'direct': ("direct", "direct customer", "direct customers", "直销客户", "直销", "直销商"),
}
# A major account is a key customer, too.
CLASSES = {
    'key': ("key", "key customer", "重点客户", "重点"),
    'ordinary': ("ordinary", "ordinary customer", "普通客户", "普通", "一般客户", "一般"),
    'major': ("major", "major account", "大客户"),
}
NO_TIER = {"none", "no tier", "-", "–", "—", "无", "无等级", "未评级", "不评级"}
# A smaller number is no day of a rating, but something else: 20241 would be a day of 1955.
EARLIEST_SERIAL_YEAR = 1990
NUMERALS = {'一': 1, '二': 2, '三': 3, '四': 4}
QUARTERS = tuple(re.compile(pattern) for pattern in (
    r'(?P<year>\d{4})\s*年?\s*[-/. ]?\s*Q\s*(?P<number>[1-4])',
    r'Q\s*(?P<number>[1-4])\s*[-/. ]?\s*(?P<year>\d{4})\s*年?',
    r'(?P<number>[1-4])\s*Q\s*[-/. ]?\s*(?P<year>\d{4})\s*年?',
    r'(?P<year>\d{4})\s*年?\s*[-/. ]?\s*第?\s*(?P<number>[1-4一二三四])\s*季度?',
    r'(?P<year>(?:199|20\d)\d)(?P<number>[1-4])',    # 20241; a spreadsheet's number of a day never looks like it
))
DAY = re.compile(r'(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?')
NUMBER = re.compile(r'[+-]?\d{1,6}(?:\.\d+)?')
# A spreadsheet computes in binary: 8.7 may be 8.700000000000001 in it.
COMPUTED_DECIMALS = 6
CONTROLS = re.compile('[\x00-\x1f\x7f]+')


class Points(NamedTuple):
    """The points of a cell; ``exact`` is false if there are more than two decimals."""

    value: float
    exact: bool


def text_of(cell):
    """Return a cell as text on one line, without what can't be seen; an empty text for an empty cell."""
    if cell is None or isinstance(cell, bool):
        return '' if cell is None else str(cell).upper()
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float):
        cell = int(cell) if cell.is_integer() else cell
    return CONTROLS.sub(' ', INVISIBLE.sub('', str(cell))).strip()


def number_of(cell):
    """Return a number that isn't an amount, such as a tax ID, as it was before the spreadsheet, if that can be told."""
    return repaired(text_of(cell))


def is_empty(cells):
    """Return whether a row has nothing in it."""
    return not any(text_of(cell) for cell in cells)


def quarter_of(cell):
    """Return the :class:`~.periods.Quarter` that a cell names, also by one of its days.

    ``2024-3`` may be a month or a quarter, so it is neither.
    """
    text = _plain(cell).upper()
    for pattern in QUARTERS:
        found = pattern.fullmatch(text)
        if found and int(found['year']) >= 1900:
            number = NUMERALS.get(found['number']) or int(found['number'])
            return Quarter.containing(date(int(found['year']), number * 3, 1))
    day = day_of(cell)
    return Quarter.containing(day) if day else None


def day_of(cell):
    """Return the date in a cell, or None."""
    text = _plain(cell)
    found = DAY.fullmatch(text)
    if found:
        try:
            day = date(*map(int, found.groups()))
        except ValueError:
            return None
        return day if day.year >= 1900 else None
    day = date_of_serial(text)
    return day if day and day.year >= EARLIEST_SERIAL_YEAR else None


def points_of(cell):
    """Return the :class:`Points` in a cell, or None if it is no number; they may be negative."""
    text = _plain(cell).removesuffix('分').strip()
    if not NUMBER.fullmatch(text):
        return None
    try:
        number = round(Decimal(text), COMPUTED_DECIMALS)
    except InvalidOperation:
        return None
    value = round(number, 2)
    return Points(float(value), value == number)


def channel_of(cell, labels=()):
    """Return the channel that a cell names, or None.

    :param dict labels: text → channel, in addition to those known here
    """
    return _choice(cell, CHANNELS, labels)


def class_of(cell, labels=()):
    """Return ``key``, ``ordinary`` or ``major`` for the class that a cell names, or None."""
    return _choice(cell, CLASSES, labels)


def tier_of(cell, tiers):
    """Return the tier that a cell names: False for no tier, None for an unknown one.

    :param dict tiers: name in small letters → tier
    """
    text = _plain(cell).casefold()
    if text in NO_TIER:
        return False
    for spelling in (text, text.removesuffix('级').strip(), text.removesuffix('等').strip()):
        if spelling in tiers:
            return tiers[spelling]
    return None


def columns_of(cells, names):
    """Find out which columns a list has.

    :param cells: the cells of the row with the headings
    :param dict names: heading → kind of column or id of an indicator, in addition to those known here
    :return: tuple of: dict of position → kind or id; dict of kind or id → headings of several columns that mean it;
        list of headings that mean nothing here
    """
    known = {headings.simplified(heading): kind for kind, all_names in COLUMNS.items() for heading in all_names}
    exact, simplified = {}, {}
    for heading, kind in names.items():
        exact[_plain(heading).casefold()] = kind
        simplified.setdefault(headings.simplified(heading), set()).add(kind)
    # Names that differ in brackets alone are told apart by their whole text only.
    known |= {heading: next(iter(kinds)) for heading, kinds in simplified.items() if len(kinds) == 1}
    columns, unknown = {}, []
    for position, cell in enumerate(cells):
        heading = text_of(cell)
        if not heading:
            continue
        kind = exact.get(_plain(heading).casefold()) or known.get(headings.simplified(heading))
        if kind:
            columns[position] = kind
        else:
            unknown.append(heading)
    places = {}
    for position, kind in columns.items():
        places.setdefault(kind, []).append(text_of(cells[position]))
    return columns, {kind: found for kind, found in places.items() if len(found) > 1}, unknown


def _plain(cell):
    return unicodedata.normalize('NFKC', text_of(cell)).strip()


def _choice(cell, words, labels):
    text = _plain(cell).casefold()
    for value, spellings in words.items():
        if text in spellings:
            return value
    return dict(labels).get(text)

"""One word for one thing: the Chinese texts of all addons are held to the tables of ``docs/glossary.md``.

Read from the source alone.
"""
import re
import unittest
from pathlib import Path
from typing import NamedTuple

import polib

REPO = Path(__file__).parents[2]
GLOSSARY = REPO / 'docs' / 'glossary.md'
SEVERAL_SENSES = '~'
MARKUP = re.compile(r'<[^>]*>|%\(\w+\)[sdf]|{{.*?}}')


class Row(NamedTuple):
    english: str
    chinese: list
    avoided: list
    one_sense: bool

    def is_in(self, text):
        """Whether the English term, in the singular or plural, stands in an English text."""
        return self.one_sense and re.search(rf'\b{re.escape(self.english)}(?:e?s)?\b', text, re.IGNORECASE)


def rows():
    for line in GLOSSARY.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip('|').split('|')]
        if not line.startswith('|') or cells[0] == 'English' or set(cells[0]) == {'-'}:
            continue
        english, chinese, avoided, _note = cells
        yield Row(
            english.removeprefix(SEVERAL_SENSES).strip(), chinese.split(' / '),
            [word for word in avoided.split(', ') if word], not english.startswith(SEVERAL_SENSES),
        )


def translations():
    """The translated terms of all addons: (addon, English, Chinese), without markup and placeholders."""
    for path in sorted(REPO.glob('tianyuan_customer_*/i18n/zh_CN.po')):
        for entry in polib.pofile(str(path)):
            if entry.msgstr and not entry.obsolete:
                yield path.parts[-3], MARKUP.sub(' ', entry.msgid), MARKUP.sub(' ', entry.msgstr)


def avoided_words(text, table):
    """The words of the third column in a Chinese text; a word of the second column hides what is a part of it."""
    chosen = sorted({word for row in table for word in row.chinese}, key=len, reverse=True)
    for row in table:
        for word in row.avoided:
            rest = text
            for whole in chosen:
                if word in whole:
                    rest = rest.replace(whole, '·')
            if word in rest:
                yield word, row.chinese


def missing_words(english, chinese, table):
    """The terms of the first column in an English text for which the Chinese one has no word of the second."""
    longest_first = sorted(table, key=lambda row: -len(row.english))
    for row in longest_first:
        if row.is_in(english) and not any(word in chinese for word in row.chinese):
            yield row.english, row.chinese


class TestGlossary(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.table = list(rows())

    def test_the_glossary_has_terms_and_each_once(self):
        self.assertGreater(len(self.table), 50)
        english = [row.english for row in self.table]
        self.assertEqual(len(english), len(set(english)))
        for row in self.table:
            self.assertFalse(set(row.chinese) & set(row.avoided), row.english)

    def test_the_rules_find_what_is_wrong(self):
        table = [Row('salesperson', ['业务员'], ['销售员', '业务人员'], True), Row('sales user', ['销售业务人员'], [], True)]
        self.assertEqual(list(avoided_words("请联系销售员", table)), [('销售员', ['业务员'])])
        self.assertEqual(list(avoided_words("“销售业务人员”组", table)), [])
        self.assertEqual(list(avoided_words("“销售业务人员”组的业务人员", table)), [('业务人员', ['业务员'])])
        self.assertEqual(list(missing_words("Ask the salespersons", "请询问客户", table)), [('salesperson', ['业务员'])])
        self.assertEqual(list(missing_words("Ask the Salesperson", "请询问业务员", table)), [])

    def test_no_translation_has_a_word_that_is_not_ours(self):
        wrong = [
            (addon, chinese, word, chosen) for addon, _english, chinese in translations()
            for word, chosen in avoided_words(chinese, self.table)
        ]
        self.assertFalse(wrong, "\n".join(map(str, wrong)))

    def test_every_term_is_rendered_by_its_word(self):
        seen, wrong = set(), []
        for addon, english, chinese in translations():
            seen.update(row.english for row in self.table if row.is_in(english))
            wrong += [(addon, english, chinese, *gap) for gap in missing_words(english, chinese, self.table)]
        self.assertFalse(wrong, "\n".join(map(str, wrong)))
        self.assertFalse(
            {row.english for row in self.table if row.one_sense} - seen, "No screen has these terms of the glossary.")

"""What the cells of lists are read as; no database."""
from datetime import date, datetime

from odoo.tests import BaseCase

from ...engine import earlier
from ...engine.periods import Quarter
from ...tools import tables
from .common import EarlierCommon

THIRD = Quarter(date(2024, 7, 1), date(2024, 9, 30))


class TestEarlierReading(BaseCase):

    def test_a_quarter_is_understood_however_it_is_written(self):
        for cell in (
            "2024 Q3", "2024Q3", "2024-Q3", "2024/q3", "Q3 2024", "3Q2024", "2024年3季度", "2024年第三季度", "2024年Q3",
            "２０２４年第３季度", "2024 3季", "2024-07-01", "2024/9/30", "2024年8月5日", "2024-08-15 00:00:00",
            date(2024, 7, 1), datetime(2024, 9, 30, 12, 0), 45474, 45474.0,    # 45474 is 1 July 2024 in Excel
        ):
            with self.subTest(cell=cell):
                self.assertEqual(earlier.quarter_of(cell), THIRD)

    def test_what_may_be_a_month_or_something_else_is_no_quarter(self):
        for cell in ("2024-3", "2024.3", "2024年3月", "2024", 2024, "Q5 2024", "2024 Q0", "2024-13-01", "24Q3", "soon", "",
                     None, True, "2024-02-30"):
            with self.subTest(cell=cell):
                self.assertIsNone(earlier.quarter_of(cell))

    def test_points_are_numbers_with_two_decimals(self):
        for cell, value, exact in (
            (15, 15.0, True), ("8.5", 8.5, True), (8.700000000000001, 8.7, True), ("１５分", 15.0, True),
            (7.125, 7.12, False), ("0", 0.0, True), ("-1", -1.0, True),
        ):
            with self.subTest(cell=cell):
                self.assertEqual(earlier.points_of(cell), (value, exact))
        for cell in ("ten", "1,5", "1e3", "", None, "8/10", float('nan'), float('inf')):
            with self.subTest(cell=cell):
                self.assertIsNone(earlier.points_of(cell))

    def test_channels_classes_and_tiers_are_known_in_both_languages(self):
        for cell, channel in (("分销商", 'distributor'), (" Direct ", 'direct'), ("直销客户", 'direct'), ("零售", None)):
            self.assertEqual(earlier.channel_of(cell), channel)
        for cell, found in (("重点客户", 'key'), ("普通客户", 'ordinary'), ("大客户", 'major'), ("KEY", 'key'), ("潜在客户", None)):
            self.assertEqual(earlier.class_of(cell), found)
        tiers = {'aaa': 1, 'b': 4}
        for cell, tier in (("AAA", 1), ("aaa级", 1), ("ＡＡＡ", 1), ("B 级", 4), ("无", False), ("none", False), ("D", None)):
            self.assertEqual(earlier.tier_of(cell, tiers), tier, cell)

    def test_columns_are_found_by_their_headings(self):
        columns, double, unknown = earlier.columns_of(
            ["客户名称", "档案编号*", "季度", "信用等级", "忠诚度 (15分)", "备注", None, "Loyalty", "总分"],
            {"忠诚度": 7, "loyalty": 7, "Ratio (a)": 8, "Ratio (b)": 9},
        )
        self.assertEqual(columns, {0: 'name', 1: 'number', 2: 'quarter', 3: 'tier', 4: 7, 7: 7, 8: 'total'})
        self.assertEqual(double, {7: ["忠诚度 (15分)", "Loyalty"]})
        self.assertEqual(unknown, ["备注"])
        columns, _double, unknown = earlier.columns_of(["Ratio (b)", "Ratio"], {"Ratio (a)": 8, "Ratio (b)": 9})
        self.assertEqual((columns, unknown), ({0: 9}, ["Ratio"]))

    def test_rows_have_the_numbers_that_a_spreadsheet_shows(self):
        self.assertEqual(tables.read(EarlierCommon.xlsx(["a", "b"], [], [None, "c"], [])), [(1, ["a", "b"]), (3, [None, "c"])])
        self.assertEqual(tables.read(b"a,b\n\nc,\n"), [(1, ["a", "b"]), (3, ["c", ""])])

    def test_text_files_come_in_the_encodings_of_chinese_computers(self):
        rows = [["客户", "季度"], ["天元化工", "2024年1季度"]]
        for encoding, separator in (
            ('utf-8', ','), ('utf-8-sig', ';'), ('gbk', ','), ('gb18030', '\t'), ('utf-16', '\t'),
        ):
            with self.subTest(encoding=encoding):
                content = EarlierCommon.csv(*rows, encoding=encoding, separator=separator)
                self.assertEqual([cells for _number, cells in tables.read(content)], rows)

    def test_what_is_no_list_is_refused_with_the_reason(self):
        book = EarlierCommon.xlsx(["a"])
        for content, reason in (
            (b'PK\x03\x04 something', tables.KIND), (b'\xd0\xcf\x11\xe0 an old workbook \0', tables.KIND),
            (book[:400], tables.KIND), (b'\xff\xff\xff', tables.ENCODING),
            (b'a' * (tables.MOST_BYTES + 1), tables.SIZE), (b'a\n' * (tables.MOST_ROWS + 2), tables.ROWS),
        ):
            with self.subTest(reason=reason), self.assertRaises(tables.TableError) as refused:
                tables.read(content)
            self.assertEqual(refused.exception.reason, reason)
        self.assertEqual(len(tables.read(b'a\n' * (tables.MOST_ROWS + 1))), tables.MOST_ROWS + 1)

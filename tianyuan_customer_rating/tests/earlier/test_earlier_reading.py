"""What the cells of lists are read as; no database."""
import io
import zipfile
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
            date(2024, 7, 1), datetime(2024, 9, 30, 12, 0), "20243", 20243, 20243.0, 45474, 45474.0,    # 45474 is 1 July 2024 in Excel
        ):
            with self.subTest(cell=cell):
                self.assertEqual(earlier.quarter_of(cell), THIRD)

    def test_what_may_be_a_month_or_something_else_is_no_quarter(self):
        for cell in ("2024-3", "2024.3", "2024年3月", "2024", 2024, "Q5 2024", "2024 Q0", "2024-13-01", "24Q3", "soon", "",
                     None, True, "2024-02-30", 20245, 21001, 19891, 32873):    # the day 32873 is 31 December 1989
            with self.subTest(cell=cell):
                self.assertIsNone(earlier.quarter_of(cell))

    def test_the_number_of_a_day_is_one_of_ratings(self):
        # 32874 is 1 January 1990 in Excel; 20241 would be a day of 1955.
        self.assertEqual(earlier.day_of(32874), date(1990, 1, 1))
        for cell in (20241, "20241", 32873):
            self.assertIsNone(earlier.day_of(cell))

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

    @staticmethod
    def rewritten(content, **parts):
        """A workbook of which parts are changed: name of the part → function of its bytes."""
        result = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(result, 'w', zipfile.ZIP_DEFLATED) as new:
            for name in old.namelist():
                change = parts.get(name.rpartition('/')[2].partition('.')[0], lambda part: part)
                new.writestr(name, change(old.read(name)))
        return result.getvalue()

    def test_a_small_file_that_unpacks_to_a_large_one_is_refused_at_once(self):
        book = EarlierCommon.xlsx(["a", "b"], ["c", "d"])
        self.assertEqual(len(tables.read(self.rewritten(book))), 2)

        def numbered(row):
            return lambda part: part.replace(b'<row r="2"', b'<row r="%d"' % row).replace(b'"A2"', b'"A%d"' % row).replace(
                b'"B2"', b'"B%d"' % row)

        self.assertEqual(
            [number for number, _cells in tables.read(self.rewritten(book, sheet1=numbered(1_048_576)))], [1, 1_048_576])
        for name, change, reason in (
            ('sheet1', numbered(1_048_577), tables.DAMAGED), ('sheet1', numbered(10 ** 12), tables.DAMAGED),
            ('styles', lambda part: part + b' ' * 1024 * 1024, tables.SIZE),
            ('workbook', lambda part: part + b' ' * 1024 * 1024, tables.SIZE),
            ('sheet1', lambda part: part + b' ' * 50 * 1024 * 1024, tables.SIZE),
        ):
            with self.subTest(name, reason=reason):
                content = self.rewritten(book, **{name: change})
                self.assertLess(len(content), 100_000)
                with self.assertRaises(tables.TableError) as refused:
                    tables.read(content)
                self.assertEqual(refused.exception.reason, reason)
        # A cell far to the right takes no place for those before it.
        wide = self.rewritten(book, sheet1=lambda part: part.replace(b'"B2"', b'"XFD2"'))
        self.assertEqual(tables.read(wide), [(1, ["a", "b"]), (2, ["c"])])

    def test_changed_bytes_are_a_damaged_file(self):
        book = EarlierCommon.xlsx(*([f"a{number}", number, number / 7] for number in range(50)))
        allowed = {tables.DAMAGED, tables.KIND, tables.SIZE}
        reasons = set()
        for place in range(0, len(book), 7):
            damaged = bytearray(book)
            damaged[place] ^= 0x55
            try:
                tables.read(bytes(damaged))
            except tables.TableError as refused:    # any other error fails the test
                reasons.add(refused.reason)
        self.assertTrue(tables.DAMAGED in reasons and reasons <= allowed, reasons)
        # Parts that are packed rightly, but of which a byte was changed before.
        for name in ('sheet1', 'workbook', 'styles'):
            for place in range(0, 400, 11):
                def changed(part, place=place):
                    at = place * len(part) // 400
                    return part[:at] + bytes([part[at] ^ 0x15]) + part[at + 1:]

                with self.subTest(name, place=place):
                    try:
                        tables.read(self.rewritten(book, **{name: changed}))
                    except tables.TableError as refused:
                        self.assertIn(refused.reason, allowed)

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

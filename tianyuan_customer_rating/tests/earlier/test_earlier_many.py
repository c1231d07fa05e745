"""Five thousand old sheets with thirty wrong rows: each is named, nothing is written, and the mended file comes in."""
import logging

from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from .common import FULL_MARKS, HEADINGS, NAMES, EarlierCommon
from .test_earlier_import import FINANCIAL, TODAY

_logger = logging.getLogger(__name__)

CUSTOMERS = 1250
QUARTERS = ("2023 Q2", "2023 Q3", "2023 Q4", "2024 Q1")
# What is made wrong, ten times each: an unknown customer, a quarter that isn't over, and one point too many.
WRONG = (
    (lambda cells: cells.__setitem__(0, "GONE"), "no customer has “GONE”"),
    (lambda cells: cells.__setitem__(3, "2024 Q3"), "isn't over yet"),
    (lambda cells: cells.__setitem__(HEADINGS.index("Total"), 101), "out of range"),
)


@freeze_time(TODAY)
@tagged('post_install', '-at_install')
class TestEarlierMany(EarlierCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls.env['res.partner'].create([{
            'name': f"Customer {number}", 'is_company': True, 'tianyuan_channel': ('distributor', 'direct')[number % 2],
            'tianyuan_archive_number': f"OLD-{number:05}", 'user_id': cls.sales_user.id,
        } for number in range(CUSTOMERS)])

    @classmethod
    def rows(cls, customers=CUSTOMERS):
        """A row for each customer and quarter; every second customer has points, the others the total alone.

        The score rises by a point each quarter: 86 + 8 = 94 is the last one of those with points.
        """
        result = []
        for number in range(customers):
            for place, quarter in enumerate(QUARTERS):
                points = {**FINANCIAL, 'loyalty': 12 + place} if number % 2 else None
                result.append(cls.row(
                    quarter, "AA", None if points else 70 + place, points=points, number=f"OLD-{number:05}",
                ))
        return result

    def timed(self, what, step):
        """Take the step, and log its seconds by the database's clock, as Python's is frozen."""
        def clock():
            [[moment]] = self.env.execute_query(SQL("SELECT clock_timestamp()"))
            return moment

        start = clock()
        step()
        self.env.flush_all()
        _logger.info("%s: %.1f s", what, (clock() - start).total_seconds())

    def test_each_of_thirty_wrong_rows_is_named_and_the_mended_file_comes_in(self):
        rows = self.rows()
        self.assertEqual(len(rows), 5000)
        expected = []
        for place in range(30):
            position = 7 + place * 160    # never the same customer twice
            change, said = WRONG[place % 3]
            rows[position] = list(rows[position])
            change(rows[position])
            expected.append((position + 2, said))    # the first row has the headings
        batch = self.new_import(self.xlsx([*HEADINGS, *NAMES], *rows))
        self.timed("Checking 5,000 rows, 30 of them wrong", batch.action_check)
        found = {}
        for row, message in self.found(batch):
            found.setdefault(row, []).append(message)
        self.assertEqual(sorted(found), [row for row, _said in expected])
        for row, said in expected:
            self.assertIn(said, found[row][0])
        self.assertEqual((batch.state, batch.row_count, batch.wrong_row_count), ('draft', 5000, 30))
        self.assertFalse(self.env['tianyuan.rating'].search([('origin', '=', 'imported')], limit=1))
        self.assertFalse(self.env['tianyuan.class.history'].search([('partner_id', 'in', self.customers.ids)], limit=1))

        mended = self.new_import(self.xlsx([*HEADINGS, *NAMES], *self.rows()))
        self.timed("Checking 5,000 rows", mended.action_check)
        self.assertEqual((mended.state, mended.wrong_row_count), ('checked', 0))
        self.timed("Importing 5,000 ratings", mended.action_import)
        self.assertEqual((mended.state, mended.rating_count, mended.customer_count), ('done', 5000, CUSTOMERS))
        self.assertEqual((str(mended.date_from), str(mended.date_to)), ('2023-04-01', '2024-03-31'))
        sheets = mended.rating_ids.sudo()
        self.assertEqual(len(sheets), 5000)
        self.assertEqual(len(sheets.line_ids), 5000 // 2 * 9)
        by_change = dict(sheets._read_group([('id', 'in', sheets.ids)], ['tier_change'], ['__count']))
        self.assertEqual(by_change, {'new': CUSTOMERS, 'same': 3 * CUSTOMERS})
        last = sheets.filtered(lambda sheet: sheet.quarter.name == "2024 Q1")
        # 100 − 6 (financial) − 15 + 15 = 94, and 73
        self.assertEqual(set(last.mapped('score')), {94, 73})
        self.assertEqual(set(last.mapped('score_change')), {1})
        customers = self.customers.with_company(self.company)
        self.assertEqual({customer.tianyuan_tier_id.name for customer in customers}, {'AA'})
        # Direct customers with AA are key customers, distributors aren't.
        self.assertEqual({(customer.tianyuan_channel, customer.tianyuan_customer_class) for customer in customers}, {
            ('distributor', 'ordinary'), ('direct', 'key'),
        })
        self.timed("Removing 5,000 ratings", lambda: mended.action_remove("Measured"))
        self.assertFalse(sheets.exists())
        self.assertEqual({customer.tianyuan_tier_id.name for customer in customers}, {False})
        self.assertEqual(sum(FULL_MARKS.values()), 100)

    def test_more_rows_take_no_more_queries(self):
        def queries_of(customers):
            with self.cr.savepoint() as before:
                self.env.invalidate_all()
                batch = self.new_import(self.xlsx([*HEADINGS, *NAMES], *self.rows(customers)))
                result = [self.queries(step) for step in (
                    batch.action_check, batch.action_import, lambda: batch.action_remove("Counted"),
                )]
                before.rollback()
                self.env.invalidate_all(flush=False)
            return result

        queries_of(2)
        few, many = queries_of(10), queries_of(400)
        _logger.info("Queries of checking, importing and removing 40 and 1,600 ratings: %s, %s", few, many)
        # On deletion the ORM reads the lines, a few hundred at a time: 800 sheets have 7,200.
        for step, less, more, allowed in zip(("check", "import", "remove"), few, many, (5, 15, 60), strict=True):
            with self.subTest(step):
                self.assertLessEqual(more, less + allowed)
                self.assertLess(less, 100)

"""The watch of many customers takes the queries of a few, and the second night writes only what has changed."""
from freezegun import freeze_time

from odoo.tests import tagged
from odoo.tools import SQL

from ..rating.test_query_budget import FEW, MANY, TestQueryBudget
from .common import WatchCommon

TABLES = ('tianyuan_watch_item', 'tianyuan_watch_course', 'mail_activity')


@tagged('post_install', '-at_install')
class TestWatchBudget(WatchCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.account_use_credit_limit = True
        cls.customers = cls.env['res.partner'].create([{
            'name': f"Customer {number}", 'is_company': True, 'tianyuan_channel': ('distributor', 'direct')[number % 2],
            'user_id': cls.sales_user.id, 'credit_limit': 10_000,
        } for number in range(FEW + MANY)])
        # due on 15 June: overdue in no customer on 10 June, in all on 20 June
        for day in ('2023-05-05', '2024-02-20', '2024-04-15', '2024-05-16'):
            TestQueryBudget._copy_invoice.__func__(cls, cls.invoice(cls.customer, day, 1000, due=cls.days_after(day, 30)))
        cls.rated(cls.customers, 60)
        cls.analyze()

    def versions(self):
        """Which version of each row there is; PostgreSQL writes a new one for each change."""
        self.env.flush_all()
        return {table: set(self.env.execute_query(SQL("SELECT id, ctid::text FROM %s", SQL.identifier(table))))
                for table in TABLES}

    def test_five_hundred_customers_take_the_queries_of_five(self):
        few, many = self.customers[:FEW], self.customers[FEW:]
        self.customers.active = False
        few.active = True
        self.look('2024-05-10')      # warm up
        of_few = self.queries(lambda: self.look('2024-05-11'))
        self.customers.active = True
        self.look('2024-05-11')
        of_many = self.queries(lambda: self.look('2024-05-12'))
        self.assertLessEqual(of_many, of_few + 1)    # Odoo reads at most 1,000 records ahead
        self.assertEqual(len(self.env['tianyuan.watch.course'].search([('partner_id', 'in', many.ids)])), MANY)

    def test_the_second_night_writes_nothing_if_nothing_has_changed(self):
        self.look('2024-05-20')
        self.assertTrue(self.items(self.customers[0]))
        before = self.versions()
        self.look('2024-05-20')
        self.assertEqual(self.versions(), before)

    def test_the_next_night_writes_only_courses_that_have_changed(self):
        """One customer buys for two million, which gives points for purchases; the others' courses stay, and so do the
        warnings of all, who are a day later still."""
        self.look('2024-05-20')
        before, items = self.versions()['tianyuan_watch_course'], self.versions()['tianyuan_watch_item']
        self.invoice(self.customers[3], '2024-05-21', 2_000_000, due='2024-08-01')
        self.look('2024-05-21')
        changed = self.versions()['tianyuan_watch_course'] - before
        courses = self.env['tianyuan.watch.course'].browse(row_id for row_id, _version in changed)
        self.assertEqual(courses.partner_id, self.customers[3])
        self.assertLessEqual(items, self.versions()['tianyuan_watch_item'])
        with freeze_time('2024-05-21'):    # since 4 June 2023, 30 days after 5 May: a leap year less 14 days
            self.assertEqual(self.items(self.customers[5], 'days_late').current_value, 352)

"""Rating many customers takes hardly more queries than rating a few (design §4)."""
from psycopg2.errors import QueryCanceled

from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ...engine.metrics import compute_metrics
from ...engine.sheets import SheetWriter
from ..common import RatingCommon

FEW, MANY = 5, 500
BATCH = 100             # rows the ORM writes in one statement
WRITES_PER_BATCH = 3    # statements for a hundred rows: insert or update, and what they recompute


@tagged('post_install', '-at_install')
class TestQueryBudget(RatingCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls.env['res.partner'].create([
            {'name': f"Customer {number}", 'is_company': True, 'tianyuan_channel': ('distributor', 'direct')[number % 2]}
            for number in range(FEW + MANY)
        ])
        invoices = [
            cls.invoice(cls.customer, day, 1000, due=cls.days_after(day, 30))
            for day in ('2023-05-05', '2023-11-20', '2024-02-20', '2024-04-15', '2024-05-25', '2024-06-05', '2024-06-06')
        ]
        *invoices, cls.invoice_to_come = invoices
        for invoice in invoices:
            cls._copy_invoice(invoice)
        cls.without_statistics = cls._metrics_within(seconds=20)
        cls.analyze()

    @classmethod
    def _metrics_within(cls, seconds):
        """The metrics of all customers, or the error of the database when it took too long."""
        try:
            with cls.env.cr.savepoint(), mute_logger('odoo.sql_db'):
                cls.env.cr.execute(SQL("SET LOCAL statement_timeout = %s", f'{seconds}s'))
                result = compute_metrics(cls.env, cls.company, cls.quarter)
                cls.env.cr.execute("SET LOCAL statement_timeout = 0")
                return result
        except QueryCanceled as error:
            return error

    @classmethod
    def _copy_invoice(cls, invoice):
        """Give every customer the same invoice; straight into the tables, which takes no time."""
        cls.env.flush_all()
        cls.env.cr.execute("""
            WITH copies AS (
                SELECT partner_id, nextval('account_move_id_seq')::int AS move_id FROM unnest(%(customers)s) partner_id
            ), moves AS (
                INSERT INTO account_move
                SELECT (jsonb_populate_record(m, jsonb_build_object(
                           'id', c.move_id, 'name', m.name || '/' || c.move_id, 'access_token', NULL,
                           'sequence_number', c.move_id,
                           'partner_id', c.partner_id, 'commercial_partner_id', c.partner_id))).*
                  FROM account_move m, copies c
                 WHERE m.id = %(invoice)s
                RETURNING id
            )
            INSERT INTO account_move_line
            SELECT (jsonb_populate_record(l, jsonb_build_object(
                       'id', nextval('account_move_line_id_seq'), 'move_id', c.move_id, 'partner_id', c.partner_id))).*
              FROM account_move_line l, copies c
             WHERE l.move_id = %(invoice)s
        """, {'customers': cls.customers.ids, 'invoice': invoice.id})
        cls.env.invalidate_all()

    def test_metrics_take_no_minutes_where_the_planner_knows_nothing(self):
        """After an import, before autovacuum has looked: a plan for empty tables must not explode."""
        self.assertEqual(self.without_statistics, compute_metrics(self.env, self.company, self.quarter))

    def test_metrics_of_five_hundred_customers_take_the_queries_of_five(self):
        few, many = self.customers[:FEW], self.customers[FEW:]
        self.metrics()    # warm up
        of_few, of_many, of_all = (
            self.queries(lambda ids=ids: compute_metrics(self.env, self.company, self.quarter, partner_ids=ids))
            for ids in (few.ids, many.ids, None)
        )
        self.assertEqual(of_few, of_many)
        self.assertLessEqual(of_all, of_few)
        self.assertLessEqual(of_few, 20)
        computed = compute_metrics(self.env, self.company, self.quarter, partner_ids=many.ids)
        self.assertEqual(len(computed), MANY)
        # every customer has the same invoices
        self.assertEqual(len({tuple(values.values()) for values in computed.values()}), 1)

    def new_sheets(self, customers):
        return self.env['tianyuan.rating'].create([
            {
                'partner_id': customer.id, 'company_id': self.company.id,
                'date_from': self.quarter.date_from, 'date_to': self.quarter.date_to,
            } for customer in customers
        ])

    def assertBudget(self, few, many, lines=True):
        """Five hundred sheets may cost what five do, plus the batches in which rows are written."""
        rows = [MANY] + [MANY * 9] * lines
        batches = sum(-(-count // BATCH) for count in rows)
        self.assertLessEqual(many, few + WRITES_PER_BATCH * batches)

    def test_computing_five_hundred_sheets_takes_the_queries_of_five_and_batched_writes(self):
        few, many = self.new_sheets(self.customers[:FEW]), self.new_sheets(self.customers[FEW:])
        self.new_sheets(self.customer).action_compute()    # warm up
        self.assertBudget(self.queries(few.action_compute), self.queries(many.action_compute))
        self.assertEqual(len(many.line_ids), MANY * 9)
        # and once more, now that the lines exist and their values move
        volumes = many.line_ids.filtered(lambda line: line.indicator_id.code == 'purchase_volume')
        self.assertEqual(set(volumes.mapped('metric_value')), {3000.0})
        self._copy_invoice(self.invoice_to_come)
        self.assertBudget(self.queries(few.action_compute), self.queries(many.action_compute))
        self.assertEqual(set(volumes.mapped('metric_value')), {4000.0})

    def test_a_run_rates_five_hundred_customers_with_the_queries_of_five_and_batched_writes(self):
        def rate(customers):
            return SheetWriter(self.env(su=True), self.company, self.quarter).rate(customers)

        rate(self.customer)    # warm up
        self.assertBudget(*(
            self.queries(lambda customers=customers: rate(customers))
            for customers in (self.customers[:FEW], self.customers[FEW:])
        ))

    def test_confirming_five_hundred_sheets_takes_the_queries_of_five_and_batched_writes(self):
        few, many = self.new_sheets(self.customers[:FEW]), self.new_sheets(self.customers[FEW:])
        warm_up = self.new_sheets(self.customer)
        (few + many + warm_up).action_compute()
        (few + many + warm_up).sudo().write({'sales_done': True, 'finance_done': True, 'state': 'ready'})
        warm_up.action_confirm()
        self.assertBudget(self.queries(few.action_confirm), self.queries(many.action_confirm), lines=False)
        self.assertEqual(set(many.mapped('state')), {'confirmed'})

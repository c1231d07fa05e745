"""What an import makes: confirmed sheets that later ones are compared with, and that nobody mistakes for computed ones."""
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from ...engine import bulk
from ...engine.sheets import SheetWriter
from .common import FULL_MARKS, EarlierCommon

TODAY = '2024-08-01'
# 20 − 3, 10 − 2, 5 − 1: the financial lines of the earlier rating, 94 of 100 points with full marks elsewhere
FINANCIAL = {'credit_performance': 17, 'days_beyond_terms': 8, 'debt_ratio': 4}


@freeze_time(TODAY)
@tagged('post_install', '-at_install')
class TestEarlierImport(EarlierCommon):

    def partner_values(self, customer=None):
        customer = (customer or self.customer).with_company(self.company)
        return (customer.tianyuan_tier_id.name, customer.tianyuan_score, customer.tianyuan_customer_class,
                customer.tianyuan_is_major_account)

    def test_a_row_becomes_a_confirmed_sheet_as_the_file_says(self):
        batch, sheet = self.imported(self.row(
            "2024 Q1", "AAA", number="FX-0001", points=FINANCIAL, given_class="大客户", confirmed_on="2024-04-12",
        ))
        # By the scheme 94 points are AAA; what follows isn't computed, so AAA, key and major account are the file's.
        self.assertEqual(
            (sheet.state, sheet.origin, sheet.import_id, sheet.kind, sheet.channel, sheet.name),
            ('confirmed', 'imported', batch.sudo(), 'quarterly', 'distributor', "2024 Q1 山东天元化工有限公司"),
        )
        self.assertEqual((sheet.score, sheet.sales_score, sheet.finance_score), (94, 65, 29))
        self.assertEqual((sheet.tier_id.name, sheet.customer_class, sheet.is_major_account), ('AAA', 'key', True))
        self.assertEqual((sheet.tier_change, sheet.score_change, sheet.previous_tier_id.name), ('new', 0, False))
        # noon in China
        self.assertEqual((str(sheet.confirmed_on), sheet.confirmed_by_id.id), ('2024-04-12 04:00:00', False))
        self.assertEqual(set(sheet.line_ids.mapped('origin')), {'imported'})
        self.assertEqual({line.indicator_id.code: line.points for line in sheet.line_ids}, {**FULL_MARKS, **FINANCIAL})
        self.assertEqual({line.indicator_id.code: line.max_points for line in sheet.line_ids}, FULL_MARKS)
        self.assertEqual((batch.state, batch.rating_count, batch.customer_count), ('done', 1, 1))
        self.assertEqual((batch.imported_by_id, str(batch.imported_on)), (self.rating_manager, f'{TODAY} 00:00:00'))
        self.assertIn("1 ratings of 1 customers imported from earlier.xlsx", batch.message_ids[0].body)

    def test_the_total_alone_makes_a_sheet_without_lines(self):
        _batch, sheet = self.imported(self.row("2024 Q1", "none", 41.5, number="FX-0001"))
        self.assertEqual(
            (sheet.score, sheet.tier_id.name, sheet.customer_class, len(sheet.line_ids), sheet.scheme_id.name),
            (41.5, False, 'ordinary', 0, False),
        )
        self.assertFalse(sheet.explanation or sheet.next_tier_note)

    def test_the_class_follows_from_the_tier_where_the_file_has_none(self):
        """Distributors are key customers with AAA, direct customers with AAA and AA (design §6)."""
        for channel, tier, expected in (
            ('distributor', 'AAA', 'key'), ('distributor', 'AA', 'ordinary'), ('direct', 'AA', 'key'),
            ('direct', 'A', 'ordinary'), ('direct', 'none', 'ordinary'),
        ):
            with self.subTest(channel=channel, tier=tier), self.cr.savepoint() as before:
                _batch, sheet = self.imported(self.row("2024 Q1", tier, 70, number="FX-0001", channel=channel))
                self.assertEqual((sheet.channel, sheet.customer_class), (channel, expected))
                before.rollback()
                self.env.invalidate_all(flush=False)

    def test_what_the_file_gave_survives_every_recomputation(self):
        _batch, sheets = self.imported(
            self.row("2023 Q4", "B", 88, number="FX-0001"), self.row("2024 Q1", "C", points={}, number="FX-0001"),
        )
        before = [self.snapshot(sheet) for sheet in sheets]
        for records in (sheets, sheets.line_ids):
            for field in records._fields.values():
                if field.store and field.compute:
                    self.env.add_to_compute(field, records)
        self.env.flush_all()
        self.assertEqual([self.snapshot(sheet) for sheet in sheets], before)
        self.assertEqual([(sheet.score, sheet.tier_id.name) for sheet in sheets], [(88, 'B'), (100, 'C')])

    def test_quarters_are_chained_in_order_whatever_the_order_of_the_rows(self):
        # 2023 Q2 is missing: Q3 is compared with Q1.
        _batch, sheets = self.imported(
            self.row("2023 Q3", "A", 71.25, number="FX-0001"), self.row("2023 Q4", "A", 70, number="FX-0001"),
            self.row("2023 Q1", "C", 52, number="FX-0001"), self.row("2024 Q1", "none", 49, number="FX-0001"),
        )
        first, third, fourth, last = sheets
        self.assertEqual(sheets.mapped('previous_rating_id'), first + third + fourth)
        self.assertEqual(
            [(sheet.tier_change, sheet.score_change, sheet.previous_tier_id.name) for sheet in sheets],
            [('new', 0, False), ('up', 19.25, 'C'), ('same', -1.25, 'A'), ('down', -21, 'A')],
        )
        self.assertEqual(last.movement, "A → no tier, -21")

    def test_quarters_are_chained_in_order_whatever_the_order_of_the_files(self):
        _batch, last = self.imported(self.row("2024 Q1", "A", 70, number="FX-0001"))
        middle, between = self.imported(self.row("2023 Q3", "B", 61.5, number="FX-0001"))
        _batch, first = self.imported(self.row("2023 Q1", "none", 40, number="FX-0001"))

        def chain(*sheets):
            return [
                (sheet.previous_rating_id, sheet.tier_change, sheet.score_change, sheet.previous_tier_id.name)
                for sheet in sheets
            ]

        # 61.5 − 40 and 70 − 61.5
        self.assertEqual(chain(first, between, last), [
            (first.browse(), 'new', 0, False), (first, 'up', 21.5, False), (between, 'up', 8.5, 'B'),
        ])
        middle.action_remove("Wrong")
        self.assertEqual(chain(first, last), [(first.browse(), 'new', 0, False), (first, 'up', 30, False)])

    def test_more_open_sheets_take_no_more_queries_and_the_books_are_not_read(self):
        customers = self.env['res.partner'].create([{
            'name': f"Open {number}", 'is_company': True, 'tianyuan_channel': 'distributor',
            'tianyuan_archive_number': f"OPEN-{number}", 'user_id': self.sales_user.id,
        } for number in range(22)])
        sheets = self.env['tianyuan.rating'].browse()
        for customer in customers:
            sheets += self.computed_sheet(customer)

        def queries_of(numbers):
            batch = self.listed(*(
                self.row("2024 Q1", "AA", number=f"OPEN-{number}", points=FINANCIAL) for number in numbers
            ))
            batch.action_check()
            return self.queries(batch.action_import)

        with patch.object(SheetWriter, '_metrics', side_effect=AssertionError("The books were read.")):
            few, many = queries_of(range(2)), queries_of(range(2, 22))
        self.assertLessEqual(many, few + 5)
        # 17 + 8 + 4 carried over
        self.assertEqual(set(sheets.mapped('finance_score')), {29})

    def test_what_became_of_the_customers_is_read_the_same_day(self):
        job = self.env.ref('tianyuan_customer_rating.ir_cron_read_outcomes')
        planned = self.env['ir.cron.trigger'].search_count([('cron_id', '=', job.id)])
        self.imported(self.row("2023 Q1", "A", 70, number="FX-0001"))
        self.assertEqual(self.env['ir.cron.trigger'].search_count([('cron_id', '=', job.id)]), planned + 1)

    def test_an_imported_sheet_does_not_lock_what_its_indicators_measure(self):
        self.imported(self.row("2024 Q1", "AA", number="FX-0001", points=FINANCIAL))
        indicator = self.env['tianyuan.rating.indicator'].search([('code', '=', 'loyalty')]).with_user(self.rating_manager)
        indicator.no_data_policy = 'zero'
        self.confirmed_sheet(day='2023-12-31')
        with self.assertRaisesRegex(UserError, "part of confirmed ratings"):
            indicator.no_data_policy = 'carry'

    def test_a_confirmed_sheet_stays_as_it_was_when_earlier_quarters_come_in(self):
        existing = self.confirmed_sheet(day='2023-12-31', loyalty=5)    # 90 points, AAA
        before, known = self.snapshot(existing), self.partner_values()
        _batch, (earlier, later) = self.imported(
            self.row("2023 Q2", "B", 60, number="FX-0001"), self.row("2024 Q1", "AA", 85, number="FX-0001"),
        )
        self.assertEqual(self.snapshot(existing), before)
        self.assertEqual(earlier.tier_change, 'new')
        # The one after it is compared with it: 85 − 90.
        self.assertEqual((later.previous_rating_id, later.score_change, later.tier_change), (existing, -5, 'down'))
        self.assertEqual(known, ('AAA', 90, 'key', False))
        self.assertEqual(self.partner_values(), ('AA', 85, 'ordinary', False))
        self.assertEqual(self.history()[-1], ('AAA', 'AA', 'key', 'ordinary'))
        row = self.env['tianyuan.class.history'].search([('partner_id', '=', self.customer.id)], limit=1)
        self.assertEqual((row.reason, row.rating_id.id), (f"Rating of 2024 Q1 imported ({_batch.name})", False))

    def test_a_later_rating_made_here_decides_on_the_customer(self):
        self.confirmed_sheet(day='2024-06-30', loyalty=0)    # 85 points, AA
        known, rows = self.partner_values(), self.history()
        self.imported(self.row("2024 Q1", "AAA", 99, number="FX-0001", given_class="key"))
        self.assertEqual((self.partner_values(), self.history()), (known, rows))

    def test_a_running_override_of_the_class_stays(self):
        self.confirmed_sheet(day='2023-12-31', loyalty=0)
        self.env['tianyuan.class.override'].with_user(self.rating_manager).create({
            'partner_id': self.customer.id, 'company_id': self.company.id, 'customer_class': 'key',
            'date_to': '2024-12-31', 'reason': "Strategic",
        })
        self.imported(self.row("2024 Q1", "C", 52, number="FX-0001"))
        self.assertEqual(self.partner_values(), ('C', 52, 'key', False))
        self.env['tianyuan.class.override'].search([('partner_id', '=', self.customer.id)]).action_end()
        self.assertEqual(self.partner_values(), ('C', 52, 'ordinary', False))

    def test_points_are_carried_over_and_the_customer_is_among_the_movers(self):
        self.imported(self.row("2024 Q1", "AA", number="FX-0001", points=FINANCIAL))
        sheet = self.computed_sheet()
        self.assertEqual(
            {code: (self.line(sheet, code).origin, self.line(sheet, code).points) for code in FINANCIAL},
            {code: ('carried', points) for code, points in FINANCIAL.items()},
        )
        self.assertEqual(
            self.line(sheet, 'debt_ratio').reason,
            "No data in the quarter: carried over from 2024 Q1 山东天元化工有限公司.",
        )
        for code, points in FULL_MARKS.items():
            if code not in FINANCIAL:
                self.assess(sheet, code, points=0 if code == 'loyalty' else points)
        self.submit(sheet)
        sheet.action_confirm()
        # 10 + 10 + 0 + 15 + 5 + 10 + 17 + 8 + 4 = 79, which is A, as the bound of AA is its own; 79 − 94 = −15
        self.assertEqual((sheet.score, sheet.tier_id.name), (79, 'A'))
        self.assertEqual((sheet.score_change, sheet.tier_change, sheet.previous_tier_id.name), (-15, 'down', 'AA'))
        movers = self.env['ir.actions.act_window']._for_xml_id('tianyuan_customer_rating.tianyuan_rating_action_movers')
        self.assertIn(sheet, self.env['tianyuan.rating'].search([*eval(movers['domain']), ('is_last_rated_quarter', '=', True)]))
        shown = self.env['tianyuan.rating'].get_history(self.customer.id, self.company.id)
        self.assertEqual(
            [(row['quarter'], row['score'], row['tier'], row['is_imported']) for row in shown],
            [('2024 Q1', 94, 'AA', True), ('2024 Q2', 79, 'A', False)],
        )

    def test_an_open_sheet_gets_the_points_at_once_and_a_submitted_one_the_comparison(self):
        opened = self.computed_sheet()
        self.assertEqual(self.line(opened, 'credit_performance').origin, 'missing')
        ready = self.ready_sheet(self.other_customer)
        self.other_customer.tianyuan_archive_number = "FX-0002"
        self.imported(
            self.row("2024 Q1", "AA", number="FX-0001", points=FINANCIAL),
            self.row("2024 Q1", "AA", number="FX-0002", points=FINANCIAL),
        )
        line = self.line(opened, 'credit_performance')
        self.assertEqual((line.origin, line.points, opened.state), ('carried', 17, 'assessing'))
        # 100 − 94; the points that people gave stay
        self.assertEqual((ready.score, ready.score_change, ready.tier_change, ready.state), (100, 6, 'up', 'ready'))

    def test_nobody_changes_an_imported_rating(self):
        _batch, sheet = self.imported(self.row("2024 Q1", "AA", number="FX-0001", points=FINANCIAL))
        before = self.snapshot(sheet)
        sheet = sheet.with_user(self.rating_manager)
        for said, step in (
            ("can't be changed", sheet.action_compute),
            ("can't be changed", sheet.action_cancel),
            ("can't be changed", lambda: sheet.action_reopen("A mistake")),
            ("can't be changed", sheet.action_ask_reopen),
            ("can't be changed", sheet.unlink),
            ("can't be changed", lambda: sheet.write({'name': "Other"})),
            ("can't be changed", lambda: sheet.write({'origin': 'computed'})),
            ("can't be changed", lambda: sheet.line_ids.sudo().write({'points': 1})),
            ("can't be changed", lambda: sheet.line_ids[0].sudo().unlink()),
            ("no documents stand behind", sheet.line_ids[0].action_open_source),
        ):
            with self.subTest(said), self.assertRaisesRegex(UserError, said):
                step()
        for user in (self.sales_user, self.finance_assessor):
            with self.assertRaises(UserError):
                sheet.line_ids.with_user(user).write({'points': 1})
        self.assertEqual(self.snapshot(sheet), before)

    def test_a_sheet_says_that_it_is_imported_wherever_it_is_shown(self):
        batch, sheet = self.imported(self.row("2024 Q1", "AA", number="FX-0001", points=FINANCIAL))
        own = sheet.with_user(self.sales_user)
        self.assertIn("Imported by Manager Ma on 08/01/2024 with %s" % batch.name, own.imported_note)
        self.assertEqual(own.line_ids[0].reason, "Imported: given before this system was used.")
        self.assertIn("Imported: given before", own.explanation)
        self.assertNotIn("What Next", own.explanation)
        html = self.env['ir.actions.report']._render_qweb_html(
            'tianyuan_customer_rating.report_tianyuan_rating', sheet.ids, {'lang': 'en_US'})[0].decode()
        self.assertIn("IMPORTED", html)
        self.assertIn("nothing in it was computed here", html)
        computed = self.env['tianyuan.rating'].create({'partner_id': self.customer.id})
        self.assertFalse(computed.imported_note)

    def test_the_analysis_tells_imported_points_from_computed_ones(self):
        self.imported(self.row("2024 Q1", "AA", number="FX-0001", points=FINANCIAL))
        self.confirmed_sheet(self.other_customer)
        Analysis = self.env['tianyuan.rating.analysis'].with_user(self.rating_manager)
        domain = [('partner_id', 'in', (self.customer + self.other_customer).ids)]
        for extra in ([], [('category_id', '!=', False)]):    # by sheets and by lines
            with self.subTest(extra):
                groups = Analysis._read_group(
                    [*domain, *extra], ['sheet_origin'], ['rating_count:sum', 'points:sum', 'average_points:avg'])
                self.assertEqual(sorted(groups), [('computed', 1, 100, 100), ('imported', 1, 94, 94)])
        whole = Analysis._read_group(
            [('company_id', '=', self.company.id), ('sheet_origin', '=', 'imported')], ['date_from:quarter'],
            ['rating_count:sum', 'points:sum', 'max_points:sum'],
        )
        self.assertEqual([row[1:] for row in whole], [(1, 94, 100)])
        self.assertEqual({origin for [origin] in Analysis._read_group(domain, ['origin'])} & {'imported'}, {'imported'})

    def test_what_was_imported_is_no_evidence_of_a_scheme(self):
        """It can still be changed, is compared with no imported sheets, and the company isn't done setting up."""
        scheme = self.env['tianyuan.rating.scheme']._applicable(self.company, self.quarter.date_to)['distributor']
        self.imported(*(self.row(f"2023 Q{number}", "AA", number="FX-0001", points=FINANCIAL) for number in (1, 2, 3)))
        self.assertFalse(scheme._used_schemes())
        self.assertFalse(self.env['tianyuan.setup']._has_confirmed_quarter(self.company))
        with self.assertRaises(UserError):    # the channel has no sheets to compare with
            scheme.with_user(self.rating_manager).action_compare()

    def test_the_orm_writes_the_same_rows_where_another_addon_extends_sheets(self):
        rows = [
            self.row("2023 Q4", "B", 61.5, number="FX-0001", confirmed_on="2024-01-05"),
            self.row("2024 Q1", "AA", number="FX-0001", points=FINANCIAL),
        ]
        own = {'id', 'create_date', 'write_date', 'rating_id', 'import_id', 'previous_rating_id'}

        def stored(by_orm):
            with patch.object(bulk, 'can_insert', lambda env: not by_orm):
                _batch, sheets = self.imported(*rows)
            self.assertEqual(sheets[1].previous_rating_id, sheets[0])
            self.env.flush_all()
            read = [self.env.execute_query_dict(SQL(query, sheets.ids)) for query in (
                "SELECT * FROM tianyuan_rating WHERE id = ANY(%s) ORDER BY date_from",
                "SELECT * FROM tianyuan_rating_line WHERE rating_id = ANY(%s) ORDER BY sequence",
            )]
            return [{
                name: value or None for name, value in row.items() if name not in own
            } for table in read for row in table]

        with self.cr.savepoint() as before:
            by_orm = stored(by_orm=True)
            before.rollback()
            self.env.invalidate_all(flush=False)
        copied = stored(by_orm=False)
        self.assertEqual(len(copied), 2 + 9)
        for copied_row, orm_row in zip(copied, by_orm, strict=True):
            self.assertEqual(copied_row, orm_row)

    def test_a_row_that_has_become_wrong_since_the_check_stops_the_import(self):
        batch = self.listed(
            self.row("2023 Q4", "B", 61.5, number="FX-0001"), self.row("2024 Q1", "B", 61.5, number="FX-0001"),
        )
        batch.action_check()
        self.confirmed_sheet(day='2024-03-31')
        batch.action_import()
        self.assertEqual((batch.state, batch.rating_count, batch.imported_by_id.id), ('draft', 0, False))
        self.assertEqual(self.found(batch), [(3, "2024 Q1 of this customer has been rated here already. Delete the row.")])
        self.assertFalse(self.env['tianyuan.rating'].search([('origin', '=', 'imported')]))

    def test_a_quarter_comes_in_once(self):
        self.imported(self.row("2024 Q1", "B", 61.5, number="FX-0001"))
        again = self.listed(self.row("2024 Q1", "B", 61.5, number="FX-0001"))
        again.action_check()
        self.assertEqual(self.found(again), [(2, "2024 Q1 of this customer has been imported already. Delete the row.")])

    def test_a_run_of_an_imported_quarter_leaves_the_imported_sheet_alone(self):
        _batch, sheet = self.imported(self.row("2024 Q1", "B", 61.5, number="FX-0001"))
        before = self.snapshot(sheet)
        self.buy(self.customer, '2024-02-10', 5000)
        run = self.env['tianyuan.rating.run'].with_user(self.rating_manager).create({
            'company_id': self.company.id, 'date_from': '2024-01-01', 'date_to': '2024-03-31',
        })
        run.action_start()
        run.sudo()._process()
        self.assertEqual(self.snapshot(sheet), before)
        self.assertEqual(self.env['tianyuan.rating'].search_count([
            ('partner_id', '=', self.customer.id), ('date_from', '=', '2024-01-01')]), 1)

    def test_merged_customers_keep_the_rating_made_here(self):
        self.other_customer.tianyuan_archive_number = "FX-0002"
        computed = self.confirmed_sheet(self.other_customer, day='2024-03-31', loyalty=0)
        _batch, sheet = self.imported(self.row("2024 Q1", "B", 61.5, number="FX-0001"))
        wizard = self.env['base.partner.merge.automatic.wizard'].sudo().create({})
        wizard._merge((self.customer + self.other_customer).ids, self.customer)
        self.assertEqual((computed.state, computed.partner_id), ('confirmed', self.customer))
        self.assertEqual((sheet.state, sheet.partner_id), ('cancelled', self.customer))
        self.assertEqual(self.partner_values(), ('AA', 85, 'ordinary', False))

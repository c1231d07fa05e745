"""What a sheet says at a glance: provisional or final, up or down, what the next tier needs, and the last eight quarters."""
from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .sheets import FULL_MARKS, SheetCommon

ON_TIME = "On-Time Payment Rate (%)"
BEST = "This is the best tier there is."


@tagged('post_install', '-at_install')
class TestRatingSheet(SheetCommon):

    def assessed(self, sheet, without=(), **points):
        """A computed sheet with full marks but for the points given, and some lines left missing."""
        for code, value in {**FULL_MARKS, **points}.items():
            if code not in without:
                self.assess(sheet, code, points=value)
        return sheet

    def direct_sheet(self, **points):
        self.customer.tianyuan_channel = 'direct'
        return self.assessed(self.computed_sheet(), **points)

    # -- provisional -----------------------------------------------------------------------------

    def test_a_sheet_with_a_missing_line_tells_the_range_that_is_possible(self):
        self.confirmed_sheet(day='2024-03-31')
        sheet = self.computed_sheet()
        # 85 points without loyalty's 15; 6, 10 and 8 points less make 61
        self.assessed(sheet, ['loyalty'], purchase_volume=9, credit_performance=10, days_beyond_terms=2)
        self.assertTrue(sheet.is_provisional)
        self.assertEqual((sheet.score, sheet.possible_score), (61, 76))
        self.assertEqual(sheet.provisional_note, (
            "61 of 85 points so far, 61–76 possible. "
            "To be assessed: Loyalty (Our Share of Their Purchases, %)"
        ))
        self.assertFalse(sheet.movement)
        self.assertFalse(sheet.next_tier_note)
        self.assertFalse(sheet.shortest_way)

        self.assess(sheet, 'loyalty', points=12)
        self.assertFalse(sheet.is_provisional)
        self.assertFalse(sheet.provisional_note)
        self.assertEqual((sheet.score, sheet.possible_score), (73, 73))
        self.assertEqual(sheet.movement, "AAA → A, -27")
        self.assertEqual(sheet.next_tier_note, "For AA: 6 points more: over 79")

    def test_nothing_bought_and_nothing_assessed(self):
        """Purchases and balance give no points; the other seven lines wait: 100 - 15 - 10 = 75."""
        sheet = self.computed_sheet()
        self.assertEqual(
            sheet.provisional_note.partition(".")[0], "0 of 25 points so far, 0–75 possible")
        self.assess(sheet, 'loyalty', points=12)
        self.assertEqual(
            sheet.provisional_note.partition(".")[0], "12 of 40 points so far, 12–72 possible")

    def test_a_draft_is_provisional_and_says_nothing(self):
        sheet = self.new_sheet()
        self.assertTrue(sheet.is_provisional)
        self.assertFalse(sheet.provisional_note)
        self.assertFalse(sheet.next_tier_note)

    def test_provisional_sheets_are_found(self):
        final = self.confirmed_sheet()
        waiting, draft = self.computed_sheet(self.other_customer), self.new_sheet(self.other_customer, '2024-03-31')
        own = [('partner_id', 'in', (self.customer + self.other_customer).ids)]
        Rating = self.env['tianyuan.rating'].with_user(self.sales_user)
        self.assertEqual(Rating.search([*own, ('is_provisional', '=', True)]), waiting + draft)
        self.assertEqual(Rating.search([*own, ('is_provisional', '=', False)]), final)

    def test_a_prospect_starts_with_everything_possible(self):
        with freeze_time('2024-05-20'):
            action = self.customer.with_user(self.sales_user).with_company(
                self.company).action_tianyuan_assess_prospect()
            sheet = self.env['tianyuan.rating'].browse(action['res_id'])
            self.assertEqual(
                sheet.provisional_note.partition(".")[0], "0 of 0 points so far, 0–100 possible")
            for line in sheet.line_ids:
                best = line.available_level_ids.sorted('points')[-1]
                user = self.sales_user if line.responsibility == 'sales' else self.finance_assessor
                line.with_user(user).write({'level_id': best.id})
            self.assertFalse(sheet.is_provisional)
            self.assertEqual((sheet.score, sheet.next_tier_note), (100, BEST))

    # -- movement --------------------------------------------------------------------------------

    def test_a_first_sheet_has_not_moved(self):
        self.assertFalse(self.confirmed_sheet().movement)

    def test_a_sheet_says_from_which_tier_it_comes(self):
        self.confirmed_sheet(day='2024-03-31')
        self.assertEqual(self.confirmed_sheet(loyalty=7).movement, "AAA → AAA, -8")
        self.assertEqual(self.confirmed_sheet(day='2024-09-30', loyalty=0, debt_ratio=3.5).movement, "AAA → AA, -8.5")
        lost = self.confirmed_sheet(day='2024-12-31', loyalty=0, purchase_volume=0, credit_performance=0, willingness=5)
        self.assertEqual(lost.movement, "AA → no tier, -38.5")

    # -- the next tier ---------------------------------------------------------------------------

    def test_points_and_full_marks_are_said_in_one_line(self):
        sheet = self.direct_sheet(credit_performance=17, loyalty=0, willingness=9)
        self.assertEqual((sheet.score, sheet.tier_id.name), (81, 'AA'))
        self.assertEqual(sheet.next_tier_note, f"For AAA: 3 points more: over 84, and full marks for {ON_TIME}")

    def test_a_direct_customer_at_84_01_lacks_only_full_marks(self):
        sheet = self.direct_sheet(credit_performance=17, loyalty=2.01)
        self.assertEqual((sheet.score, sheet.tier_id.name), (84.01, 'AA'))
        self.assertEqual(sheet.next_tier_note, f"For AAA: full marks for {ON_TIME}")
        self.assertEqual(sheet.shortest_way, f"The shortest way there: {ON_TIME} from 17 points to “100%”: +3")

    def test_exactly_the_bound_is_not_over_it(self):
        sheet = self.direct_sheet(loyalty=0, willingness=9)
        self.assertEqual((sheet.score, sheet.tier_id.name), (84, 'AA'))
        self.assertEqual(sheet.next_tier_note, "For AAA: over 84 points")

    def test_the_lowest_tier_includes_its_bound(self):
        sheet = self.assessed(
            self.computed_sheet(), loyalty=0, purchase_volume=0, credit_performance=0, willingness=5)
        self.assertEqual((sheet.score, sheet.tier_id.name), (45, False))
        self.assertEqual(sheet.next_tier_note, "For C: 5 points more: at least 50")

    def test_the_best_tier_has_no_next(self):
        self.assertEqual(self.confirmed_sheet().next_tier_note, BEST)

    # -- bad debt --------------------------------------------------------------------------------

    def owe(self, day, amount):
        return self.env['tianyuan.bad.debt'].sudo().create({
            'partner_id': self.customer.id, 'company_id': self.company.id, 'date': day, 'amount': amount})

    def test_bad_debt_is_said_with_amount_and_day_to_those_who_may_know_them(self):
        self.owe('2024-05-01', 100)
        self.owe('2024-02-03', 20.5)
        self.owe('2024-07-01', 7)    # after the quarter
        sheet = self.assessed(self.computed_sheet())
        self.env.flush_all()
        for user in (self.sales_user, self.finance_assessor, self.rating_manager):
            with self.subTest(user.login):
                self.env.invalidate_all()
                self.assertEqual(
                    sheet.with_user(user).bad_debt_note,
                    "¥\N{NO-BREAK SPACE}120.50 of bad debt since 02/03/2024: no tier is awarded.")
        self.env.invalidate_all()
        self.assertEqual(
            sheet.with_user(self.archive_specialist).bad_debt_note, "Bad debt on record: no tier is awarded.")
        with self.assertRaises(AccessError):
            sheet.with_user(self.sales_user).read(['bad_debt_amount'])
        self.assertEqual(sheet.next_tier_note, "Without bad debt: tier AAA.")

    def test_a_confirmed_sheet_keeps_the_debt_it_was_confirmed_with(self):
        sheet = self.ready_sheet()
        debt = self.owe('2024-05-01', 100)
        sheet.action_confirm()    # The books have changed, so it is brought up to date.
        self.assertEqual((sheet.state, sheet.sudo().bad_debt_amount), ('ready', 100))
        sheet.action_confirm()
        before = self.snapshot(sheet), sheet.bad_debt_note, sheet.next_tier_note
        self.assertEqual(sheet.sudo().bad_debt_date, date(2024, 5, 1))
        debt.with_user(self.finance_assessor).action_cancel()
        self.env.invalidate_all()
        self.assertEqual((self.snapshot(sheet), sheet.bad_debt_note, sheet.next_tier_note), before)

    def test_confirming_reads_the_amount_once_more(self):
        self.owe('2024-05-01', 100)
        sheet = self.ready_sheet()
        self.owe('2024-04-01', 50)    # The sheet has bad debt as before, so it is confirmed.
        sheet.action_confirm()
        self.assertEqual(sheet.state, 'confirmed')
        self.assertEqual((sheet.sudo().bad_debt_amount, sheet.sudo().bad_debt_date), (150, date(2024, 4, 1)))

    # -- rows ------------------------------------------------------------------------------------

    def test_values_carry_their_units(self):
        self.buy(self.customer, '2024-05-06', 1234567.89)
        self.pay(self.invoice(self.customer, '2024-05-10', 765432.11), '2024-05-11', 765432.11)
        sheet = self.computed_sheet()
        self.assess(sheet, 'loyalty', metric_value=62.5)
        texts = {line.indicator_id.code: line.value_text for line in sheet.line_ids}
        self.assertEqual(texts.pop('purchase_volume'), "¥\N{NO-BREAK SPACE}2,000,000.00")
        # bought for the first time a whole month before the end: 1/12 years; 765,432.11 of 2,000,000 a day late; all in one month of three: the deviation is √2
        self.assertEqual(texts, {
            'cooperation_time': "0.08 years", 'willingness': False, 'loyalty': "62.5%", 'purchase_growth': False,
            'purchase_balance': "1.41", 'credit_performance': "61.73%", 'days_beyond_terms': "0.38 days",
            'debt_ratio': False,
        })
        self.assertEqual(self.line(sheet, 'debt_ratio').unit_text, "%")

    def test_chinese_readers_count_money_in_tens_of_thousands(self):
        self.env['res.lang']._activate_lang('zh_CN')
        self.buy(self.customer, '2024-05-06', 8900000)
        self.buy(self.other_customer, '2024-05-06', 3456)
        for customer, expected in ((self.customer, r"^890 \D+$"), (self.other_customer, r"^\D+3,456\.00$")):
            line = self.line(self.computed_sheet(customer), 'purchase_volume').with_context(lang='zh_CN')
            self.assertRegex(line.value_text, expected)

    def test_each_row_says_its_reason(self):
        sheet = self.computed_sheet()
        reasons = {line.indicator_id.code: line.reason for line in sheet.line_ids}
        self.assertEqual(reasons['loyalty'], "Missing: Sales has not assessed it yet.")
        self.assertEqual(reasons['purchase_balance'], "No data in the quarter, so no points.")

    def test_an_indicator_without_a_metric_keeps_the_unit_it_is_given(self):
        Indicator = self.env['tianyuan.rating.indicator'].sudo()
        values = {'category_id': self.env.ref('tianyuan_customer_rating.category_quality').id, 'name': "Stock"}
        entered = Indicator.create({**values, 'code': 'stock', 'source': 'value', 'unit': 'days'})
        computed = Indicator.create({**values, 'code': 'paid', 'source': 'computed', 'metric': 'on_time_rate'})
        self.assertEqual((entered.unit, computed.unit), ('days', 'percent'))

    # -- eight quarters --------------------------------------------------------------------------

    def nine_quarters(self):
        """Confirmed sheets of 2022 Q1 to 2024 Q1."""
        for year, month in [(2022, 3), (2022, 6), (2022, 9), (2022, 12), (2023, 3), (2023, 6), (2023, 9), (2023, 12),
                            (2024, 3)]:
            self.confirmed_sheet(day=f'{year}-{month:02}-28', loyalty=0 if month == 3 else 15)

    def history(self, user, **options):
        rows = self.env['tianyuan.rating'].with_user(user).with_company(self.company).get_history(
            self.customer.id, **options)
        return [(row['quarter'], row['score'], row['tier'], row['is_provisional']) for row in rows]

    def test_the_last_eight_quarters_are_read_with_one_query(self):
        self.nine_quarters()
        sheet = self.computed_sheet()
        eight = [
            ("2022 Q2", 100, 'AAA', False), ("2022 Q3", 100, 'AAA', False), ("2022 Q4", 100, 'AAA', False),
            ("2023 Q1", 85, 'AA', False), ("2023 Q2", 100, 'AAA', False), ("2023 Q3", 100, 'AAA', False),
            ("2023 Q4", 100, 'AAA', False), ("2024 Q1", 85, 'AA', False),
        ]
        for user in (self.sales_user, self.archive_specialist, self.finance_assessor, self.rating_manager):
            with self.subTest(user.login):
                self.assertEqual(self.history(user), eight)
        with self.assertQueryCount(1):    # The user is known by now.
            self.history(self.rating_manager)

        # a sheet ends with itself, although it isn't confirmed: 0 + 0 + 10 + … were carried over
        with_sheet = self.history(self.sales_user, company_id=self.company.id, until='2024-04-01', sheet_id=sheet.id)
        self.assertEqual(with_sheet, [*eight[1:], ("2024 Q2", sheet.score, sheet.tier_id.name or None, True)])
        before = self.history(self.sales_user, until='2023-01-01')
        self.assertEqual([row[0] for row in before], ["2022 Q1", "2022 Q2", "2022 Q3", "2022 Q4", "2023 Q1"])

    def test_others_salespeople_see_no_history_and_others_are_refused(self):
        self.confirmed_sheet()
        other = self.new_role_user('sales_user', login='other_salesperson')
        self.assertEqual(self.history(other), [])
        self.assertEqual(len(self.history(self.sales_user)), 1)
        with self.assertRaises(AccessError):
            self.history(new_test_user(
                self.env, 'plain_user', company_id=self.company.id, company_ids=self.company.ids))

    # -- cost ------------------------------------------------------------------------------------

    SHEET_FIELDS = (
        'name', 'state', 'score', 'tier_id', 'movement', 'is_provisional', 'possible_score', 'provisional_note',
        'next_tier_note', 'shortest_way', 'bad_debt_note', 'customer_class', 'previous_rating_id', 'archive_missing',
        'can_submit_sales', 'can_submit_finance', 'can_estimate', 'annual_purchase',
    )
    LINE_FIELDS = (
        'category_label', 'indicator_id', 'points', 'max_points', 'metric_value', 'value_text', 'unit_text', 'level_id',
        'available_level_ids', 'reason', 'note', 'origin', 'can_assess', 'has_previous', 'previous_points', 'source',
    )

    def test_reading_a_sheet_takes_few_queries(self):
        self.confirmed_sheet(day='2024-03-31')
        sheet = self.assessed(self.computed_sheet(), ['loyalty']).with_user(self.sales_user)
        spec = {
            **{name: {} for name in self.SHEET_FIELDS}, 'line_ids': {'fields': {name: {} for name in self.LINE_FIELDS}},
        }
        sheet.web_read(spec)    # warm up
        self.assertLessEqual(self.queries(lambda: sheet.web_read(spec)), 30)

    def test_a_list_of_many_provisional_sheets_takes_the_queries_of_one(self):
        customers = self.env['res.partner'].create([
            {'name': f"Customer {number}", 'is_company': True, 'tianyuan_channel': 'direct'} for number in range(40)
        ])
        sheets = self.env['tianyuan.rating'].browse()
        for customer in customers:
            sheets += self.new_sheet(customer)
        sheets.action_compute()
        spec = {name: {} for name in ('score', 'is_provisional', 'possible_score', 'tier_id')}
        sheets.web_read(spec)    # warm up
        self.assertEqual(
            self.queries(lambda: sheets.web_read(spec)), self.queries(lambda: sheets[0].web_read(spec)))
        self.assertEqual(set(sheets.mapped('is_provisional')), {True})

"""From a draft to the customer's tier: who fills what, what is refused, and what a confirmed sheet keeps."""
from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..reasons import give_reason
from .sheets import SheetCommon


@tagged('post_install', '-at_install')
class TestRatingWorkflow(SheetCommon):

    def test_sales_and_finance_fill_side_by_side_and_the_manager_awards_the_tier(self):
        self.customer.tianyuan_cooperation_start_date = '2020-06-30'
        self.buy(self.customer, '2023-05-10', 10_000_000)
        for day in ('2024-04-15', '2024-05-15', '2024-06-15'):
            self.buy(self.customer, day, 4_000_000)
        sheet = self.new_sheet()
        self.assertEqual((sheet.state, sheet.name), ('draft', "2024 Q2 Customer"))

        sheet.action_compute()
        self.assertEqual(sheet.state, 'assessing')
        self.assertEqual({line.indicator_id.code: (line.points, line.origin) for line in sheet.line_ids}, {
            'cooperation_time': (8, 'computed'),     # 4 years
            'willingness': (0, 'missing'),
            'loyalty': (0, 'missing'),
            'purchase_volume': (12, 'computed'),     # 12 million, distributor
            'purchase_growth': (5, 'computed'),      # 20% more than 10 million
            'purchase_balance': (10, 'computed'),    # three equal months
            'credit_performance': (20, 'computed'),  # all on time
            'days_beyond_terms': (10, 'computed'),
            'debt_ratio': (0, 'missing'),
        })
        self.assertEqual((sheet.annual_purchase, sheet.annual_year), (10_000_000, 2023))

        willing = self.line(sheet, 'willingness').available_level_ids.filtered(lambda level: level.points == 10)
        self.assess(sheet, 'willingness', note=None, level_id=willing.id)
        self.assess(sheet, 'debt_ratio', note=None, metric_value=55)    # up to 60%: 4
        sheet.with_user(self.finance_assessor).action_submit_finance()
        self.assertEqual((sheet.state, sheet.finance_done, sheet.sales_done), ('assessing', True, False))
        self.assess(sheet, 'loyalty', note=None, metric_value=85)       # 80% or more: 15
        sheet.with_user(self.sales_user).action_submit_sales()
        self.assertEqual(sheet.state, 'ready')
        self.assertEqual((sheet.sales_score, sheet.finance_score, sheet.score), (60, 34, 94))
        self.assertFalse(self.customer.tianyuan_tier_id)

        sheet.action_confirm()
        self.assertEqual((sheet.state, sheet.tier_id.name, sheet.tier_change), ('confirmed', 'AAA', 'new'))
        self.assertEqual(
            (self.customer.tianyuan_tier_id.name, self.customer.tianyuan_score, self.customer.tianyuan_customer_class,
             self.customer.tianyuan_is_major_account),
            ('AAA', 94, 'key', False),
        )
        self.assertEqual(self.history(), [(False, 'AAA', False, 'key')])

    def test_the_outcome_belongs_to_the_company_that_rated(self):
        self.confirmed_sheet()
        elsewhere = self.customer.with_company(self.setup_other_company()['company'])
        self.assertFalse(elsewhere.tianyuan_tier_id)
        self.assertFalse(elsewhere.tianyuan_customer_class)
        self.assertEqual(self.customer.tianyuan_tier_id.name, 'AAA')

    def test_assessments_name_who_gave_them(self):
        line = self.assess(self.computed_sheet(), 'willingness', points=8)
        self.assertEqual((line.origin, line.assessor_id), ('assessed', self.sales_user))
        self.assertTrue(line.assessed_on)

    # -- no data ------------------------------------------------------------------------

    def test_a_missing_line_blocks_its_side_and_is_named(self):
        sheet = self.computed_sheet()
        for code in ('cooperation_time', 'willingness', 'purchase_growth'):
            self.assess(sheet, code, points=2 if code != 'purchase_growth' else 1)
        with self.assertRaisesRegex(UserError, "Loyalty"):
            sheet.with_user(self.sales_user).action_submit_sales()
        self.assess(sheet, 'loyalty', metric_value=10)
        sheet.with_user(self.sales_user).action_submit_sales()
        self.assertTrue(sheet.sales_done)

    def test_no_purchases_give_no_points_for_volume_and_balance_and_ask_for_growth(self):
        sheet = self.computed_sheet()
        for code, expected in {
            'purchase_volume': (0, 'computed'), 'purchase_balance': (0, 'computed'), 'purchase_growth': (0, 'missing'),
        }.items():
            with self.subTest(code):
                line = self.line(sheet, code)
                self.assertEqual((line.points, line.origin), expected)

    def test_credit_performance_is_carried_from_the_last_confirmed_sheet(self):
        self.confirmed_sheet(day='2024-03-31', credit_performance=14, debt_ratio=2)
        sheet = self.computed_sheet()
        for code, points in {'credit_performance': 14, 'days_beyond_terms': 10, 'debt_ratio': 2}.items():
            with self.subTest(code):
                line = self.line(sheet, code)
                self.assertEqual((line.points, line.origin, line.has_value), (points, 'carried', False))
        sheet.with_user(self.finance_assessor).action_submit_finance()
        self.assertEqual(sheet.finance_score, 26)

    def test_without_an_earlier_sheet_nothing_is_carried(self):
        self.ready_sheet(day='2024-03-31')    # not confirmed
        self.assertEqual(self.line(self.computed_sheet(), 'credit_performance').origin, 'missing')

    # -- assessing ----------------------------------------------------------------------

    def bought_sheet(self):
        """Quarterly purchases of 4 million: 9 points for a distributor."""
        self.buy(self.customer, '2024-05-15', 4_000_000)
        return self.computed_sheet()

    def test_changing_a_computed_score_needs_a_note_and_keeps_what_was_computed(self):
        sheet = self.bought_sheet()
        with self.assertRaisesRegex(UserError, "note"):
            self.assess(sheet, 'purchase_volume', note=None, points=12)
        line = self.assess(sheet, 'purchase_volume', note="A delivery slipped into July", points=12)
        self.assertEqual((line.points, line.computed_points, line.origin), (12, 9, 'adjusted'))
        self.assertEqual(line.metric_value, 4_000_000)
        with self.assertRaisesRegex(UserError, "note"):
            line.with_user(self.sales_user).write({'note': False})

    def test_going_back_to_the_computed_score_adjusts_nothing(self):
        sheet = self.bought_sheet()
        self.assess(sheet, 'purchase_volume', points=12)
        line = self.assess(sheet, 'purchase_volume', points=9)
        self.assertEqual((line.points, line.origin, line.assessor_id.id), (9, 'computed', False))

    def test_clearing_the_level_of_a_computed_score_is_no_way_around_the_note(self):
        sheet = self.bought_sheet()
        line = self.assess(sheet, 'purchase_volume', note=None, level_id=False)
        self.assertEqual((line.points, line.origin), (9, 'computed'))
        with self.assertRaisesRegex(UserError, "note"):
            self.assess(sheet, 'purchase_volume', note=None, points=15)
        with self.assertRaisesRegex(UserError, "books"):
            self.assess(sheet, 'purchase_volume', metric_value=99_000_000)

    def test_a_carried_score_that_is_put_back_is_carried_again(self):
        self.confirmed_sheet(day='2024-03-31', credit_performance=0)
        sheet = self.computed_sheet()
        self.assess(sheet, 'credit_performance', points=14)
        self.assertEqual(self.line(sheet, 'credit_performance').origin, 'adjusted')
        self.assess(sheet, 'credit_performance', points=0)
        self.assertEqual(self.line(sheet, 'credit_performance').origin, 'carried')

    def test_a_number_that_is_entered_is_scored_by_its_levels(self):
        sheet = self.computed_sheet()
        for value, points in ((79.9999, 12), (80, 15), (19, 4)):
            line = self.assess(sheet, 'loyalty', note=None, metric_value=value)
            self.assertEqual((line.points, line.level_id.points, line.origin), (points, points, 'assessed'))
        line = self.assess(sheet, 'debt_ratio', note=None, metric_value=70.01)    # worse than the last level
        self.assertEqual((line.points, line.level_id.id, line.origin), (0, False, 'assessed'))

    def test_a_number_outweighs_a_level_sent_with_it(self):
        sheet = self.computed_sheet()
        best = self.line(sheet, 'loyalty').available_level_ids.filtered(lambda level: level.points == 15)
        line = self.assess(sheet, 'loyalty', metric_value=10, level_id=best.id)
        self.assertEqual((line.points, line.level_id.points), (4, 4))

    def test_a_cleared_assessment_waits_for_a_person_again(self):
        sheet = self.computed_sheet()
        level = self.line(sheet, 'willingness').available_level_ids[0]
        self.assess(sheet, 'willingness', level_id=level.id)
        line = self.assess(sheet, 'willingness', level_id=False)
        self.assertEqual((line.points, line.origin), (0, 'missing'))

    def test_a_number_that_is_taken_back_is_gone(self):
        """Else a screen would take the same number, entered again, for no change."""
        sheet = self.computed_sheet()
        line = self.assess(sheet, 'loyalty', metric_value=62)
        self.assertEqual((line.metric_value, line.points), (62, 12))
        self.assess(sheet, 'loyalty', level_id=False)
        self.assertEqual((line.metric_value, line.has_value, line.origin), (0, False, 'missing'))

    def test_a_level_of_another_indicator_is_refused(self):
        sheet = self.computed_sheet()
        foreign = self.line(sheet, 'loyalty').available_level_ids[0]
        with self.assertRaisesRegex(UserError, "own levels"):
            self.assess(sheet, 'willingness', level_id=foreign.id)

    def test_points_outside_the_range_are_refused(self):
        sheet = self.computed_sheet()
        for points in (10.01, -0.01):
            with self.subTest(points), self.assertRaisesRegex(UserError, "0 to 10"):
                self.assess(sheet, 'willingness', points=points)

    def test_submitted_lines_are_closed(self):
        sheet = self.ready_sheet()
        with self.assertRaisesRegex(UserError, "submitted"):
            self.assess(sheet, 'loyalty', metric_value=10)
        with self.assertRaisesRegex(UserError, "submitted already"):
            sheet.with_user(self.sales_user).action_submit_sales()

    def test_the_sheet_can_be_filled_on_screen(self):
        sheet = self.computed_sheet()
        with Form(sheet.with_user(self.sales_user)) as form:
            codes = [line.indicator_id.code for line in sheet.line_ids]
            with form.line_ids.edit(codes.index('loyalty')) as line:
                line.metric_value = 55
        self.assertEqual(self.line(sheet, 'loyalty').points, 12)

    # -- computing again ----------------------------------------------------------------

    def test_computing_twice_gives_the_identical_sheet(self):
        sheet = self.bought_sheet()
        before = self.snapshot(sheet)
        sheet.action_compute()
        self.assertEqual(self.snapshot(sheet), before)

    def test_computing_again_keeps_what_people_gave(self):
        sheet = self.bought_sheet()
        self.assess(sheet, 'purchase_volume', points=12)
        self.assess(sheet, 'loyalty', metric_value=55)
        self.buy(self.customer, '2024-06-15', 4_000_000)    # now 8 million: 12 points computed
        sheet.action_compute()
        volume, loyalty = self.line(sheet, 'purchase_volume'), self.line(sheet, 'loyalty')
        self.assertEqual((volume.points, volume.computed_points, volume.metric_value), (12, 12, 8_000_000))
        self.assertEqual((volume.origin, volume.assessor_id), ('adjusted', self.sales_user))
        self.assertEqual((loyalty.points, loyalty.metric_value, loyalty.origin), (12, 55, 'assessed'))

    def test_a_line_that_lost_its_data_after_submission_is_asked_for_again(self):
        last_year = self.buy(self.customer, '2023-05-15', 4_000_000)
        sheet = self.bought_sheet()
        for code in ('cooperation_time', 'willingness', 'loyalty'):
            self.assess(sheet, code, points=2 if code != 'loyalty' else 4)
        sheet.with_user(self.sales_user).action_submit_sales()
        last_year.button_draft()
        last_year.button_cancel()
        sheet.action_compute()
        self.assertEqual(self.line(sheet, 'purchase_growth').origin, 'missing')
        self.assertFalse(sheet.sales_done)

    def test_a_closed_sheet_is_not_computed(self):
        for sheet in (self.ready_sheet(), self.confirmed_sheet(self.other_customer)):
            with self.subTest(sheet.state), self.assertRaisesRegex(UserError, "isn't open"):
                sheet.action_compute()

    def test_a_customer_without_channel_is_not_computed_but_told_what_to_do(self):
        sheet = self.new_sheet(self.new_customer("No channel", channel=False))
        with self.assertRaisesRegex(UserError, "no channel.*Set distributor or direct"):
            sheet.action_compute()

    # -- a confirmed sheet is a record ----------------------------------------------------

    def test_nothing_that_happens_later_moves_a_confirmed_sheet(self):
        invoice = self.invoice(self.customer, '2024-05-15', 4_000_000, due='2024-06-14')
        sheet = self.confirmed_sheet()
        before = self.snapshot(sheet)
        events = {
            "a new invoice of the quarter": lambda: self.buy(self.customer, '2024-06-20', 9_000_000),
            "a credit note": lambda: self.credit_note(invoice, '2024-06-30', 1_000_000),
            "a payment": lambda: self.pay(invoice, '2024-06-29', 3_000_000),
            "another amount": lambda: self._change_amount(self.invoice(self.customer, '2024-06-21', 5_000), 70_000),
            "a new run": self._rerun,
            "bad debt": lambda: self.env['tianyuan.bad.debt'].create(
                {'partner_id': self.customer.id, 'date': '2024-06-01', 'amount': 5}),
        }
        for event, happens in events.items():
            with self.subTest(event):
                happens()
                self.assertEqual(self.snapshot(sheet), before)

    def _change_amount(self, invoice, amount):
        invoice.button_draft()
        invoice.invoice_line_ids.price_unit = amount
        invoice.action_post()

    def _rerun(self):
        run = self.env['tianyuan.rating.run'].with_user(self.rating_manager).create({
            'company_id': self.company.id, 'date_from': '2024-04-01', 'date_to': '2024-06-30',
        })
        run.action_start()
        run._process()

    def test_not_even_a_superuser_writes_or_deletes_a_confirmed_sheet(self):
        sheet = self.confirmed_sheet()
        line = self.line(sheet, 'loyalty')
        tier = self.tier('C')
        attempts = {
            'write date': lambda su: (sheet.sudo() if su else sheet).write({'annual_purchase': 1}),
            'write tier': lambda su: (sheet.sudo() if su else sheet).write({'tier_id': tier.id}),
            'write lines': lambda su: (sheet.sudo() if su else sheet).write(
                {'line_ids': [fields.Command.update(line.id, {'points': 1})]}),
            'remove lines': lambda su: (sheet.sudo() if su else sheet).write({'line_ids': [fields.Command.clear()]}),
            'delete': lambda su: (sheet.sudo() if su else sheet).unlink(),
            'write line': lambda su: (line.sudo() if su else line).write({'points': 1, 'note': "x"}),
            'write line as the engine': lambda su: (line.sudo() if su else line).write({'points': 1, 'origin': 'computed'}),
            'delete line': lambda su: (line.sudo() if su else line).unlink(),
            'add line': lambda su: (line.sudo() if su else line).create({
                'rating_id': sheet.id, 'indicator_id': line.indicator_id.copy({'code': 'other'}).id,
                'category_id': line.category_id.id, 'responsibility': 'sales', 'source': 'value'}),
        }
        for name, attempt in attempts.items():
            for superuser in (False, True):
                with self.subTest(name, superuser=superuser), self.assertRaises(UserError):
                    attempt(superuser)
        self.assertEqual((line.points, sheet.state), (15, 'confirmed'))

    def test_a_sheet_being_assessed_is_cancelled_before_it_is_deleted(self):
        sheet = self.computed_sheet()
        with self.assertRaisesRegex(UserError, "Cancel the rating first"):
            sheet.unlink()
        sheet.action_cancel()
        sheet.unlink()
        self.assertFalse(sheet.exists())

    # -- one sheet per quarter ------------------------------------------------------------

    @mute_logger('odoo.sql_db')
    def test_one_sheet_per_quarter(self):
        self.new_sheet()
        with self.assertRaises(IntegrityError) as refused, self.cr.savepoint():
            self.new_sheet()
        message = self.env['tianyuan.rating']._sql_error_to_message(refused.exception)
        self.assertIn("already has a rating for that quarter", message)

    def test_a_cancelled_sheet_frees_its_quarter(self):
        cancelled = self.computed_sheet()
        cancelled.action_cancel()
        self.assertEqual(self.computed_sheet().state, 'assessing')
        with mute_logger('odoo.sql_db'), self.assertRaises(IntegrityError), self.cr.savepoint():
            cancelled.action_reopen()

    def test_a_cancelled_draft_is_a_draft_again(self):
        sheet = self.new_sheet()
        sheet.action_cancel()
        sheet.action_reopen()
        self.assertEqual(sheet.state, 'draft')
        with self.assertRaisesRegex(UserError, "isn't being assessed"):
            sheet.with_user(self.sales_user).action_submit_sales()

    def test_a_quarter_that_is_not_over_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "isn't over yet"):
            self.new_sheet(day=fields.Date.today())

    @mute_logger('odoo.sql_db')
    def test_only_whole_calendar_quarters(self):
        for dates in ({'date_from': '2024-04-02'}, {'date_to': '2024-06-29'}, {'date_from': '2024-01-01'},
                      {'date_from': '2024-05-01', 'date_to': '2024-07-31'}):
            with self.subTest(**dates), self.assertRaises(IntegrityError) as refused, self.cr.savepoint():
                self.new_sheet(**dates)
            self.assertIn("whole calendar quarter",
                          self.env['tianyuan.rating']._sql_error_to_message(refused.exception))

    def test_a_contact_is_refused_and_its_company_named(self):
        with self.assertRaisesRegex(ValidationError, "rate its company Customer instead"):
            self.new_sheet(self.new_contact(self.customer, "Ms Li"))

    # -- reopening and order of confirmation ------------------------------------------------

    def test_a_confirmed_sheet_is_reopened_with_a_reason_only_and_gives_the_earlier_tier_back(self):
        self.confirmed_sheet(day='2024-03-31', willingness=5, loyalty=8)    # 88: AA, ordinary for a distributor
        sheet = self.confirmed_sheet()                                     # 100: AAA, key
        for reason in (None, '  '):
            with self.subTest(reason), self.assertRaisesRegex(UserError, "Say why"):
                sheet.action_reopen(reason)
        give_reason(sheet.with_user(self.rating_manager), 'action_reopen', "Wrong loyalty")
        self.assertEqual((sheet.state, sheet.sales_done, sheet.finance_done), ('assessing', False, False))
        self.assertEqual(
            (self.customer.tianyuan_tier_id.name, self.customer.tianyuan_score, self.customer.tianyuan_customer_class),
            ('AA', 88, 'ordinary'))
        self.assertEqual(self.history(), [
            (False, 'AA', False, 'ordinary'), ('AA', 'AAA', 'ordinary', 'key'), ('AAA', 'AA', 'key', 'ordinary')])
        self.assertIn("Wrong loyalty", self.env['tianyuan.class.history'].search([], limit=1).reason)

    def test_reopening_the_only_sheet_takes_the_tier_away(self):
        sheet = self.confirmed_sheet()
        sheet.action_reopen("By mistake")
        self.assertFalse(self.customer.tianyuan_tier_id)
        self.assertFalse(self.customer.tianyuan_customer_class)
        self.assertEqual(self.customer.tianyuan_score, 0)

    def test_reopening_an_older_sheet_leaves_the_customer_alone(self):
        older = self.confirmed_sheet(day='2024-03-31', loyalty=4)
        self.confirmed_sheet()
        older.action_reopen("Late papers")
        self.assertEqual(self.customer.tianyuan_tier_id.name, 'AAA')
        self.assertEqual(len(self.history()), 2)

    def test_reopening_the_first_rating_of_a_former_prospect_makes_it_ordinary(self):
        """Who has bought something since isn't potential any more (design §6)."""
        self.confirmed_sheet(day='2024-03-31', kind='prospect')
        self.buy(self.customer, '2024-05-15', 1000)
        sheet = self.confirmed_sheet()
        self.assertEqual(self.customer.tianyuan_customer_class, 'key')
        sheet.action_reopen("Wrong")
        self.assertEqual(self.customer.tianyuan_customer_class, 'ordinary')

    def test_an_older_quarter_confirmed_later_does_not_overwrite_the_customer(self):
        older = self.ready_sheet(day='2024-03-31', willingness=5, loyalty=8)
        self.confirmed_sheet()
        older.action_confirm()
        self.assertEqual(older.state, 'confirmed')
        self.assertEqual((self.customer.tianyuan_tier_id.name, self.customer.tianyuan_score), ('AAA', 100))
        self.assertEqual(len(self.history()), 1)

    def test_two_quarters_confirmed_together_are_taken_in_their_order(self):
        older = self.ready_sheet(day='2024-03-31', loyalty=4)     # 89: AA
        newer = self.ready_sheet()
        (newer + older).action_confirm()
        self.assertEqual((newer.previous_rating_id, newer.tier_change, newer.score_change), (older, 'up', 11))
        self.assertEqual(self.customer.tianyuan_tier_id.name, 'AAA')

    def test_change_against_the_last_sheet(self):
        for day, points, expected in (
            ('2024-03-31', {'loyalty': 4}, (89, 'AA', 0, 'new')),
            ('2024-06-30', {}, (100, 'AAA', 11, 'up')),
            ('2024-09-30', {'loyalty': 12}, (97, 'AAA', -3, 'same')),
            ('2024-12-31', {'credit_performance': 0, 'loyalty': 12}, (77, 'A', -20, 'down')),
            ('2025-03-31', {'credit_performance': 0, 'purchase_volume': 0, 'loyalty': 0}, (50, 'C', -27, 'down')),
            ('2025-06-30', {'credit_performance': 0, 'purchase_volume': 0, 'loyalty': 0, 'willingness': 9.99},
             (49.99, False, -0.01, 'down')),
        ):
            with self.subTest(day):
                sheet = self.confirmed_sheet(day=day, **points)
                self.assertEqual((sheet.score, sheet.tier_id.name, sheet.score_change, sheet.tier_change), expected)

    def test_only_a_ready_sheet_is_confirmed(self):
        with self.assertRaisesRegex(UserError, "isn't ready"):
            self.computed_sheet().action_confirm()

    # -- tier, class, major account ---------------------------------------------------------

    def test_bad_debt_means_no_tier(self):
        self.env['tianyuan.bad.debt'].create({'partner_id': self.customer.id, 'date': '2024-06-30', 'amount': 1})
        sheet = self.confirmed_sheet()
        self.assertEqual((sheet.score, sheet.has_bad_debt, sheet.tier_id.id), (100, True, False))
        self.assertEqual((self.customer.tianyuan_tier_id.id, self.customer.tianyuan_customer_class), (False, 'ordinary'))

    def test_bad_debt_after_the_quarter_does_not_count(self):
        self.env['tianyuan.bad.debt'].create({'partner_id': self.customer.id, 'date': '2024-07-01', 'amount': 1})
        self.assertEqual(self.confirmed_sheet().tier_id.name, 'AAA')

    def test_bad_debt_recorded_between_computing_and_confirming_counts(self):
        sheet = self.ready_sheet()
        self.assertEqual(sheet.tier_id.name, 'AAA')
        self.env['tianyuan.bad.debt'].create({'partner_id': self.customer.id, 'date': '2024-06-01', 'amount': 1})
        sheet.action_confirm()
        self.assertEqual((sheet.has_bad_debt, sheet.tier_id.id), (True, False))

    def test_a_distributor_is_a_major_account_from_fifty_million_at_aaa(self):
        self.buy(self.customer, '2023-03-15', 50_000_000)
        self.buy(self.other_customer, '2023-03-15', 49_999_999.99)
        self.confirmed_sheet()
        self.confirmed_sheet(self.other_customer)
        self.assertTrue(self.customer.tianyuan_is_major_account)
        self.assertFalse(self.other_customer.tianyuan_is_major_account)

    def test_a_direct_customer_is_a_major_account_from_twenty_million_at_aa(self):
        (self.customer + self.other_customer).tianyuan_channel = 'direct'
        self.buy(self.customer, '2023-03-15', 20_000_000)
        sheet = self.confirmed_sheet(credit_performance=17)    # 97 but no full marks: AA
        self.assertEqual((sheet.tier_id.name, sheet.is_major_account, sheet.customer_class), ('AA', True, 'key'))

    def test_a_prospect_that_meets_key_conditions_is_potential(self):
        sheet = self.confirmed_sheet(kind='prospect')
        self.assertEqual((sheet.customer_class, self.customer.tianyuan_customer_class), ('potential', 'potential'))

    def test_a_prospect_with_business_or_without_key_conditions_is_not_potential(self):
        self.assertEqual(self.confirmed_sheet(kind='prospect', loyalty=4).customer_class, 'ordinary')    # AA
        self.order(self.other_customer, '2024-08-01 04:00:00', 1000)
        self.assertEqual(self.confirmed_sheet(self.other_customer, kind='prospect').customer_class, 'key')

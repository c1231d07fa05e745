"""What a customer did after a rating, read from the books and worked out by hand."""
from freezegun import freeze_time

from odoo.exceptions import AccessError

from .common import ProofCommon


class TestOutcome(ProofCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buy(cls.customer, '2024-05-02', 1000)
        cls.sheet = cls.confirmed_sheet(cls.customer)

    def assertOutcome(self, sheet, horizon='quarter', **expected):
        outcome = self.outcome(sheet, horizon)
        self.assertEqual({name: outcome[name] for name in expected}, expected)

    def test_the_next_quarter_by_hand(self):
        """Of 4,000 due in Q3: 3,000 on the day, 1,000 due 31 July is paid 10 September, 41 days late.

        On time: 3,000 of 4,000 = 75 %. Days late: 1,000 × 41 ÷ 4,000 = 10.25. 75 is less than 80: bad.
        """
        self.buy(self.customer, '2024-07-05', 3000)
        late = self.invoice(self.customer, '2024-07-01', 1000, due='2024-07-31')
        self.pay(late, '2024-09-10', 1000)
        self.read_outcomes()
        self.assertOutcome(
            self.sheet, has_payments=True, on_time_rate=75.0, days_beyond_terms=10.25, purchase_amount=4000.0,
            bad_debt_amount=0.0, is_judged=True, is_bad=True,
        )
        outcome = self.outcome(self.sheet)
        self.assertEqual((str(outcome.date_from), str(outcome.date_to)), ('2024-07-01', '2024-09-30'))
        self.assertEqual((outcome.partner_id, outcome.company_id), (self.customer, self.company))

    def test_four_quarters_by_hand(self):
        """Bought 1,000 in each of Q3 2024 to Q2 2025, the last one paid 20 days late: 75 %, 20 × 1 ÷ 4 = 5 days."""
        for day in ('2024-07-05', '2024-10-31', '2025-01-01'):
            self.buy(self.customer, day, 1000)
        self.pay(self.invoice(self.customer, '2025-06-01', 1000), '2025-06-21', 1000)
        self.buy(self.customer, '2025-07-01', 5000)    # a day too late
        self.read_outcomes()
        self.assertOutcome(self.sheet, 'year', on_time_rate=75.0, days_beyond_terms=5.0, purchase_amount=4000.0)
        self.assertOutcome(self.sheet, on_time_rate=100.0, purchase_amount=1000.0, is_bad=False)
        outcome = self.outcome(self.sheet, 'year')
        self.assertEqual((str(outcome.date_from), str(outcome.date_to)), ('2024-07-01', '2025-06-30'))

    def test_arrears_of_before_count(self):
        """1,000 of May is still open at the end of September: due 2 May, 151 days."""
        self.invoice(self.customer, '2024-05-02', 1000)
        self.read_outcomes()
        self.assertOutcome(self.sheet, on_time_rate=0.0, days_beyond_terms=151.0, is_bad=True)

    def test_new_bad_debt_is_bad(self):
        """3,000 that fall due in December are given up in August: nothing was due in Q3, but the customer is bad."""
        old = self.invoice(self.customer, '2024-06-20', 3000, due='2024-12-31')
        self.write_off(old, '2024-08-15', 3000)
        self.read_outcomes()
        self.assertOutcome(self.sheet, bad_debt_amount=3000.0, has_payments=False, is_judged=True, is_bad=True)
        self.assertOutcome(self.sheet, 'year', bad_debt_amount=3000.0)

    def test_bad_debt_of_another_time_is_none(self):
        old = self.invoice(self.customer, '2024-04-20', 3000, due='2024-12-31')
        self.write_off(old, '2024-06-30', 1000)
        self.write_off(old, '2024-10-01', 1000)
        self.read_outcomes()
        self.assertOutcome(self.sheet, bad_debt_amount=0.0, is_judged=False, is_bad=False)
        self.assertOutcome(self.sheet, 'year', bad_debt_amount=1000.0, is_bad=True)

    def test_nothing_due_is_not_judged(self):
        self.read_outcomes()
        self.assertOutcome(self.sheet, has_payments=False, is_judged=False, is_bad=False, purchase_amount=0.0)

    def test_the_schemes_rules_apply(self):
        """Paid three days late: late by the scheme, on time with three days of grace."""
        for late in (self.customer, self.other_customer):
            self.pay(self.invoice(late, '2024-08-01', 100), '2024-08-04', 100)
        self.buy(self.other_customer, '2024-05-02', 1000)
        sheet = self.confirmed_sheet(self.other_customer)
        kind = sheet.scheme_id.sudo().copy({'grace_days': 3})
        self.env.cr.execute("UPDATE tianyuan_rating SET scheme_id = %s WHERE id = %s", [kind.id, sheet.id])
        self.env.invalidate_all()
        self.read_outcomes()
        self.assertOutcome(self.sheet, on_time_rate=0.0)
        self.assertOutcome(sheet, on_time_rate=100.0)

    def test_outcomes_are_read_on_the_day_of_the_run(self):
        """30 September + 10 days; 30 June 2025 + 10 days. Each is read once."""
        self.company.tianyuan_rating_run_day = 10
        for day, horizons in (
            ('2024-10-09', []), ('2024-10-10', ['quarter']), ('2025-07-09', ['quarter']),
            ('2025-07-10', ['quarter', 'year']), ('2026-03-01', ['quarter', 'year']),
        ):
            with self.subTest(day), freeze_time(f'{day} 04:00:00'):
                self.Outcome._cron_read()
                found = self.Outcome.search([('rating_id', '=', self.sheet.id)], order='id')
                self.assertEqual(found.mapped('horizon'), horizons)

    def test_imported_sheets_count_and_prospects_do_not(self):
        imported, prospect, draft = self.rated_customers(3)
        old = self.store_sheets(imported, [77.0], '2023-12-31', origin='imported')
        self.store_sheets(prospect, [77.0], kind='prospect')
        self.new_sheet(draft)
        self.buy(imported, '2024-01-15', 500)
        self.read_outcomes()
        self.assertOutcome(old, on_time_rate=100.0, purchase_amount=500.0, is_judged=True)
        self.assertFalse(self.Outcome.search([('partner_id', 'in', (prospect + draft).ids)]))

    def test_no_outcome_before_the_books_begin(self):
        """The first invoice is of 2 May 2024: what Q1's sheet led to, from April on, isn't in the books. An opening
        claim of 2022 isn't the beginning, and earlier invoices are."""
        customers = self.rated_customers(2)
        early = self.store_sheets(customers[0], [77], '2024-03-31', origin='imported')
        claims = self.env['account.journal'].sudo().create({
            'name': "Opening", 'code': 'OPEN', 'type': 'sale', 'company_id': self.company.id})
        self.company.tianyuan_claim_journal_ids = claims
        opening = self.invoice(customers[0], '2022-05-02', 100)
        self.env.cr.execute("UPDATE account_move SET journal_id = %s WHERE id = %s", [claims.id, opening.id])
        self.env.invalidate_all()
        self.read_outcomes()
        self.assertFalse(self.outcome(early))
        self.assertTrue(self.outcome(self.sheet))
        self.buy(customers[1], '2024-04-30', 100)
        self.read_outcomes()
        self.assertTrue(self.outcome(early))

    def test_a_contact_that_became_part_of_another_customer_gets_none(self):
        [joined] = self.rated_customers(1)
        sheet = self.store_sheets(joined, [77])
        joined.write({'is_company': False, 'parent_id': self.other_customer.id})
        self.read_outcomes()
        self.assertFalse(self.outcome(sheet))
        self.assertTrue(self.outcome(self.sheet))

    def test_reopened_sheets_get_none_and_keep_theirs(self):
        self.buy(self.other_customer, '2024-05-02', 1000)
        other = self.confirmed_sheet(self.other_customer)
        self.sheet.with_user(self.rating_manager).action_reopen("A mistake")
        self.read_outcomes()
        self.assertFalse(self.outcome(self.sheet))
        other.with_user(self.rating_manager).action_reopen("A mistake")
        self.assertEqual(self.outcome(other).rating_state, 'assessing')

    def test_the_companys_definition_is_applied_anew(self):
        late = self.invoice(self.customer, '2024-07-01', 1000, due='2024-07-31')
        self.pay(late, '2024-08-10', 1000)    # 10 days late
        self.buy(self.customer, '2024-07-05', 9000)    # so 90 % on time, a day late on average
        self.read_outcomes()
        for rate, days, bad in ((80, 30, False), (90, 1, False), (90.01, 30, True), (0, 0.5, True)):
            with self.subTest(rate=rate, days=days):
                self.company.write({'tianyuan_proof_on_time_rate': rate, 'tianyuan_proof_days_late': days})
                self.assertEqual(self.outcome(self.sheet).is_bad, bad)
                self.assertEqual(self.outcome(self.sheet).bad_percent, 100.0 if bad else 0.0)

    def test_changed_limits_judge_all_outcomes_in_a_few_queries(self):
        """A bad debt stays bad, nothing due stays not judged; another company's outcomes keep their limits."""
        sheets = self.store_sheets(self.rated_customers(60), range(60))
        self.store_outcomes(sheets[:58], [True] * 20 + [False] * 38)
        self.store_outcomes(sheets[58], [False], bad_debt_amount=5)
        self.store_outcomes(sheets[59], [False], has_payments=False, on_time_rate=0)
        outcomes = self.Outcome.search([('rating_id', 'in', sheets.ids)])
        other = self.setup_other_company()['company']
        self.env.flush_all()
        other.tianyuan_proof_on_time_rate = 10
        self.assertEqual(sum(outcomes.mapped('is_bad')), 21)
        few = self.queries(lambda: self.company.write({'tianyuan_proof_on_time_rate': 50, 'tianyuan_proof_days_late': 40}))
        self.assertEqual(sum(outcomes.mapped('is_bad')), 1)
        self.assertLess(few, 20)
        self.company.tianyuan_proof_days_late = 39.5
        self.assertEqual((sum(outcomes.mapped('is_bad')), sum(outcomes.mapped('is_judged'))), (21, 59))
        # as the outcome judges by itself
        judged = {outcome: outcome.is_bad for outcome in outcomes}
        outcomes._compute_is_bad()
        self.assertEqual({outcome: outcome.is_bad for outcome in outcomes}, judged)

    def test_a_manager_has_the_books_read_again(self):
        self.read_outcomes()
        self.buy(self.customer, '2024-07-05', 700)
        self.write_off(self.invoice(self.customer, '2024-08-01', 50), '2024-09-01', 50)
        outcome = self.outcome(self.sheet)
        self.read_outcomes()
        self.assertEqual(outcome.purchase_amount, 0.0, "an outcome is read once")
        for user in (self.sales_user, self.archive_specialist, self.finance_assessor):
            with self.assertRaises(AccessError):
                outcome.with_user(user).action_read_again()
        outcome.with_user(self.rating_manager).action_read_again()
        self.assertOutcome(self.sheet, purchase_amount=750.0, bad_debt_amount=50.0, is_bad=True)

    def test_one_customers_numbers_never_stop_the_others(self):
        """An on-time rate that can't be stored: that sheet is left out and named in the log."""
        self.buy(self.other_customer, '2024-05-02', 1000)
        sheet = self.confirmed_sheet(self.other_customer)
        broken, read = self.customer, type(self.Outcome)._later

        def fails(outcomes, company, period, sheets):
            if broken in sheets.partner_id:
                raise ValueError("out of range")
            return read(outcomes, company, period, sheets)

        self.patch(type(self.Outcome), '_later', fails)
        with self.assertLogs('odoo.addons.tianyuan_customer_rating.models.proof', 'WARNING') as logged:
            self.read_outcomes()
        self.assertIn(str(self.sheet), logged.output[0])
        self.assertTrue(self.outcome(sheet))
        self.assertFalse(self.outcome(self.sheet))

    def test_means_are_of_customers_that_have_the_value(self):
        customers = self.rated_customers(4)
        sheets = self.store_sheets(customers, [80, 70, 60, 50])
        self.store_outcomes(sheets[:3], [True, False, False])    # 50, 100, 100 % on time
        self.store_outcomes(sheets[3], [False], has_payments=False, on_time_rate=0)
        [[rate, bad]] = self.Outcome._read_group(
            [('rating_id', 'in', sheets.ids)], [], ['on_time_rate:avg', 'bad_percent:avg'])
        self.assertAlmostEqual(rate, 250 / 3)
        self.assertAlmostEqual(bad, 100 / 3)

    def test_a_second_companys_books_are_its_own(self):
        other = self.setup_other_company()['company']
        self.buy(self.customer, '2024-07-05', 700, company=other)
        self.read_outcomes()
        self.read_outcomes(other)
        self.assertOutcome(self.sheet, purchase_amount=0.0)
        self.assertEqual(len(self.Outcome.search([('partner_id', '=', self.customer.id)])), 2)

    def test_who_reads_outcomes(self):
        """Managers and finance assessors, of their own company."""
        self.read_outcomes()
        domain = [('rating_id', '=', self.sheet.id)]
        for user in (self.finance_assessor, self.rating_manager):
            self.assertEqual(self.env['tianyuan.rating.outcome'].with_user(user).search_count(domain), 2)
            outcome = self.outcome(self.sheet).with_user(user)
            with self.assertRaises(AccessError):
                outcome.write({'is_bad': True})
            with self.assertRaises(AccessError):
                outcome.unlink()
            with self.assertRaises(AccessError):
                outcome.copy()
        for user in (self.sales_user, self.archive_specialist):
            with self.assertRaises(AccessError):
                self.env['tianyuan.rating.outcome'].with_user(user).search(domain)
        other = self.setup_other_company()['company']
        stranger = self.new_role_user('manager', 'stranger', company_id=other.id, company_ids=[(6, 0, other.ids)])
        self.assertFalse(self.env['tianyuan.rating.outcome'].with_user(stranger).search(domain))

    def test_reading_takes_as_many_queries_for_many(self):
        customers = self.rated_customers(40)
        sheets = self.store_sheets(customers, range(40), '2023-12-31', origin='imported')
        for customer in customers:
            self.invoice(customer, '2024-01-20', 100)
        self.read_outcomes()
        self.Outcome.search([('rating_id', 'in', sheets[:2].ids)]).unlink()
        few = self.queries(self.read_outcomes)
        self.Outcome.search([('rating_id', 'in', sheets.ids)]).unlink()
        many = self.queries(self.read_outcomes)
        self.assertLessEqual(many, few + 4)

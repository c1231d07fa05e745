"""The report "Does the Scheme Work?" on customers whose outcomes are known."""
import io
import random

from openpyxl import load_workbook

from odoo.exceptions import AccessError

from .common import ProofCommon


class TestProof(ProofCommon):

    def report(self, user=None, **choice):
        user = user or self.rating_manager
        action = self.env['tianyuan.rating.proof'].with_user(user).with_context(
            lang='en_US', allowed_company_ids=self.company.ids)._open()
        report = self.env['tianyuan.rating.proof'].with_user(user).with_context(lang='en_US').browse(action['res_id'])
        if choice:
            report.with_context(**choice).action_show()
        return report

    def rows(self, report, part):
        return {row.name: row for row in report[f'{part}_row_ids']}

    def test_no_data(self):
        report = self.report()
        self.assertEqual((report.name, report.rating_count, report.rank_verdict), ("No outcomes yet", 0, 'too_few'))
        self.assertFalse(report.row_ids)
        self.assertFalse(report.moves or report.stability or report.separation)

    def test_a_perfect_score(self):
        """12 bad customers with scores up to 51, 30 good ones from 60 on: every pair is in the right order."""
        sheets = self.store_sheets(self.rated_customers(42), [*range(40, 52), *range(60, 90)])
        self.store_outcomes(sheets, [True] * 12 + [False] * 30)
        report = self.report()
        self.assertEqual((report.auc, report.gini, report.rank_verdict), (1.0, 1.0, 'ranks'))
        self.assertEqual((report.rating_count, report.good_count, report.bad_count, report.unjudged_count),
                         (42, 30, 12, 0))
        self.assertIn("the score puts 100.0 in the right order", report.ranking)
        self.assertIn("42 ratings of 42 customers; after 12 ratings the customer turned out bad", report.ranking)
        self.assertIn("Up to a score of 51.00 the shares of the bad and of the good customers differ most, by 100.0",
                      report.separation)
        self.assertEqual(report.quarters, "2024 Q2")

    def test_a_random_score(self):
        """200 customers, of whom 60 turned out bad whatever their score was."""
        rng = random.Random(4)
        sheets = self.store_sheets(self.rated_customers(200), [rng.randint(40, 99) for _customer in range(200)])
        self.store_outcomes(sheets, [number % 10 < 3 for number in range(200)])
        report = self.report()
        self.assertEqual(report.rank_verdict, 'random')
        self.assertEqual(report.verdict, "The score doesn't rank customers better than chance.")
        self.assertIn("Chance alone could make such a distance", report.separation)

    def test_a_score_the_wrong_way_round(self):
        sheets = self.store_sheets(self.rated_customers(40), range(40))
        self.store_outcomes(sheets, [False] * 20 + [True] * 20)
        self.assertEqual(self.report().rank_verdict, 'worse')

    def test_too_few_are_not_judged_and_the_company_says_what_that_is(self):
        sheets = self.store_sheets(self.rated_customers(13), range(60, 73))
        self.store_outcomes(sheets, [True] * 3 + [False] * 10)
        report = self.report()
        self.assertEqual((report.rank_verdict, report.auc), ('too_few', 1.0))
        self.assertTrue(report.verdict.startswith("Too few to judge: at least 10 customers"))
        self.company.tianyuan_proof_min_customers = 3
        self.assertEqual(self.report().rank_verdict, 'ranks')

    def test_tiers(self):
        """AAA: 40 customers, 2 bad (5 %); C: 40, 20 bad (50 %); of all 80 27.5 %. No tier: 1, nothing to judge."""
        tiers = [self.tier('AAA')] * 40 + [self.tier('C')] * 40
        customers = self.rated_customers(81)
        sheets = self.store_sheets(customers[:80], [95] * 40 + [52] * 40, tiers=tiers)
        self.store_outcomes(sheets, [True] * 2 + [False] * 38 + [True] * 20 + [False] * 20, purchase_amount=200)
        rest = self.store_sheets(customers[80], [10])
        self.store_outcomes(rest, [False], has_payments=False, on_time_rate=0)
        report = self.report()
        rows = self.rows(report, 'tier')
        self.assertEqual(list(rows), ["AAA", "C", "No tier"])
        found = [(row.count, row.judged_count, row.bad_count, row.bad_percent, row.verdict) for row in rows.values()]
        self.assertEqual(found, [
            (40, 40, 2, 5.0, 'lower'), (40, 40, 20, 50.0, 'higher'), (1, 0, 0, 0.0, 'too_few'),
        ])
        # 2 × 50 + 38 × 100 = 3,900 ÷ 40 = 97.5; 2 × 40 days ÷ 40 = 2; 20 each: 75 and 20
        self.assertEqual((rows["AAA"].on_time_rate, rows["AAA"].days_beyond_terms), (97.5, 2.0))
        self.assertEqual((rows["C"].on_time_rate, rows["C"].days_beyond_terms), (75.0, 20.0))
        self.assertEqual(rows["AAA"].purchase_amount, 200.0)
        self.company.tianyuan_proof_min_group = 41
        self.assertEqual(self.rows(self.report(), 'tier')["AAA"].verdict, 'too_few')

    def opened(self, action, user=None):
        """The outcomes that an action opens."""
        model = self.env[action['res_model']].with_user(user or self.rating_manager)
        return model.search(action['domain'])

    def test_rows_open_the_customers_behind_them(self):
        customers = self.rated_customers(6)
        sheets = self.store_sheets(customers, range(6), tiers=[self.tier('A')] * 2 + [None] * 4)
        outcomes = self.store_outcomes(sheets, [True] * 6)
        self.store_outcomes(sheets, [True] * 6, horizon='year')
        report = self.report()
        rows = self.rows(report, 'tier')
        self.assertEqual(self.opened(rows["A"].action_view_outcomes()), outcomes[:2])
        self.assertEqual(self.opened(rows["No tier"].action_view_outcomes()), outcomes[2:])
        self.assertEqual(self.opened(report.action_view_outcomes()), outcomes)
        [quarter] = report.quarter_row_ids
        self.assertEqual(self.opened(quarter.action_view_outcomes()), outcomes)

    def test_only_confirmed_quarterly_sheets_of_the_channel_and_horizon_count(self):
        distributors, direct = self.rated_customers(3), self.rated_customers(2, 'direct')
        sheets = self.store_sheets(distributors, [1, 2, 3])
        self.store_outcomes(sheets, [True, False, False])
        self.store_outcomes(sheets[:2], [False, False], 'year')
        others = self.store_sheets(direct, [4, 5], origin='imported')
        self.store_outcomes(others, [False, False])
        self.assertEqual(self.report().rating_count, 5)
        self.assertEqual(self.report(proof_channel='direct').rating_count, 2)
        self.assertEqual(self.report(proof_channel='distributor').bad_count, 1)
        self.assertEqual(self.report(proof_horizon='year').rating_count, 2)
        self.assertEqual(self.report(proof_horizon='century', proof_channel='nobody', proof_quarter='x').rating_count, 5)
        sheets[0].with_user(self.rating_manager).action_reopen("A mistake")
        report = self.report()
        self.assertEqual((report.rating_count, report.bad_count), (4, 0))
        sheets[0].with_user(self.rating_manager).action_cancel()
        self.assertEqual(self.report().rating_count, 4)

    def test_quarters_moves_and_stability(self):
        """Ten customers in Q1 and Q2: six stay A, three go up to AA, one comes down to no tier."""
        customers = self.rated_customers(10)
        first = self.store_sheets(customers, [72] * 10, '2024-03-31', tiers=[self.tier('A')] * 10)
        second = self.store_sheets(
            customers, [75] * 6 + [85] * 3 + [20], tiers=[self.tier('A')] * 6 + [self.tier('AA')] * 3 + [None])
        self.store_outcomes(first, [True] * 5 + [False] * 5)
        self.store_outcomes(second, [False] * 10)
        report = self.report()
        self.assertEqual(report.quarters, "2024 Q1, 2024 Q2")
        self.assertEqual((report.rating_count, report.customer_count), (20, 10))
        self.assertEqual([(row.name, row.count, row.bad_count) for row in report.quarter_row_ids],
                         [("2024 Q1", 10, 5), ("2024 Q2", 10, 0)])
        self.assertIn("Of 10 ratings followed by one of the next quarter, 3 moved up, 6 stayed and 1 moved down.",
                      report.moves)
        self.assertIn("3 (30.0 %)", report.moves)
        # All ten were from 70 to 80; now 60 % are, 30 % are from 80 to 90, 10 % from 20 to 30. An empty band counts as
        # half a customer, 5 %: −0.4 · ln 0.6 + 0.25 · ln 6 + 0.05 · ln 2 = 0.687
        self.assertIn("0.69", report.stability)
        self.assertIn("Too few to judge", report.stability)
        report.with_context(proof_quarter='earlier').action_show()
        self.assertEqual((report.quarters, report.rating_count, report.bad_count), ("2024 Q1", 10, 5))
        report.with_context(proof_quarter='later').action_show()
        self.assertEqual((report.quarters, report.bad_count), ("2024 Q2", 0))
        report.with_context(proof_quarter='all').action_show()
        self.assertEqual(report.rating_count, 20)

    def test_eight_quarters_at_most(self):
        [customer] = self.rated_customers(1)
        quarter, days = self.quarter, []
        for _number in range(10):
            days.append(str(quarter.date_to))
            quarter = quarter.previous()
        for day in days:
            self.store_outcomes(self.store_sheets(customer, [50], day), [False])
        report = self.report()
        self.assertEqual(report.rating_count, 8)
        self.assertTrue(report.quarters.startswith("2022 Q3, ") and report.quarters.endswith(", 2024 Q2"))

    def rate(self, customer, **points):
        self.buy(customer, '2024-05-02', 1000)
        sheet = self.confirmed_sheet(customer, **points)
        self.env.flush_all()
        self.env.cr.execute("UPDATE tianyuan_rating SET confirmed_on = '2024-07-15' WHERE id = %s", [sheet.id])
        self.env.invalidate_all()
        return sheet

    def test_what_people_adjusted(self):
        """``ready_sheet`` adjusts computed lines to full marks, so every score was raised; one customer turned out bad.

        The volume of 1,000 gives 3 points, adjusted to 15; growth has no data and is assessed, not adjusted.
        """
        sheets = self.rate(self.customer) + self.rate(self.other_customer, purchase_volume=1)
        self.store_outcomes(sheets, [True, False])
        report = self.report()
        row = self.rows(report, 'change')["Score raised by people"]
        self.assertEqual((row.count, row.judged_count, row.right_count, row.bad_count), (2, 2, 1, 1))
        self.assertEqual(self.opened(row.action_view_outcomes()).rating_id, sheets)
        adjusted = sum(line.origin == 'adjusted' for line in sheets.line_ids)
        self.assertTrue(0 < adjusted < len(sheets.line_ids))
        self.assertIn(f"Adjusted lines: {adjusted} of 18", report.adjustments)
        self.assertIn("Of 2 ratings whose score people changed, 1 proved right (50.0 %)", report.adjustments)

    def test_with_and_without_what_people_adjusted(self):
        """By points computed all bad customers rank below all good ones; adjusting exchanged five of each."""
        sheets = self.store_sheets(self.rated_customers(40), [20] * 15 + [70] * 25)
        self.store_outcomes(sheets, [True] * 15 + [False] * 25)
        indicator = self.env.ref('tianyuan_customer_rating.indicator_credit_performance')
        for sheet, points in [(sheet, 60) for sheet in sheets[:5]] + [(sheet, 0) for sheet in sheets[15:20]]:
            self.env.cr.execute(
                "INSERT INTO tianyuan_rating_line (rating_id, company_id, partner_id, indicator_id, category_id, "
                "responsibility, source, origin, max_points, computed_points, points, sequence, has_value) "
                "VALUES (%s, %s, %s, %s, %s, 'finance', 'computed', 'adjusted', 100, 30, %s, 1, TRUE)",
                [sheet.id, self.company.id, sheet.partner_id.id, indicator.id, indicator.category_id.id, points])
            self.env.cr.execute("UPDATE tianyuan_rating SET score = score + %s WHERE id = %s", [points - 30, sheet.id])
        self.env.invalidate_all()
        # With: bads 5 × 50, 10 × 20; goods 5 × 40, 20 × 70. Wrong are 5 × 5 of 15 × 25 pairs: 350 ÷ 375 = 93.3.
        report = self.report()
        self.assertAlmostEqual(report.auc, 350 / 375, 4)
        self.assertIn("Without what people adjusted it would be 100.0 of 100 pairs instead of 93.3.", report.ranking)
        [row] = report.indicator_row_ids    # of the adjusted lines: bads have 60, goods 0, computed were 30 for all
        self.assertEqual((row.pairs_right, row.has_plain, row.plain_pairs_right), (0.0, True, 50.0))
        self.assertFalse(report.level_row_ids, "no level gave adjusted points")
        rows = self.rows(report, 'change')
        self.assertEqual((rows["Score raised by people"].count, rows["Score raised by people"].right_count), (5, 0))
        self.assertEqual((rows["Score lowered by people"].count, rows["Score lowered by people"].right_count), (5, 0))

    def test_what_people_adjusted_when_they_could_know_the_outcome_does_not_count(self):
        """The outcome is that of July to September: one sheet was confirmed in October."""
        sheets = self.rate(self.customer) + self.rate(self.other_customer, purchase_volume=1)
        self.store_outcomes(sheets, [False, True])
        for sheet, day in zip(sheets, ('2024-09-30 12:00', '2024-10-01 12:00')):
            self.env.cr.execute("UPDATE tianyuan_rating SET confirmed_on = %s WHERE id = %s", [day, sheet.id])
        self.env.invalidate_all()
        report = self.report()
        row = self.rows(report, 'change')["Score raised by people"]
        self.assertEqual((row.count, row.right_count), (1, 1))
        self.assertEqual(self.opened(row.action_view_outcomes()).rating_id, sheets[0])
        for text in (report.ranking, report.adjustments):
            self.assertIn("1 ratings were confirmed after that time was over", text)
        self.assertIn("Of 1 ratings whose score people changed, 1 proved right", report.adjustments)
        self.assertNotIn("Without what people adjusted", report.ranking, "one good customer alone makes no pair")

    def test_ratings_before_the_books_are_counted(self):
        """The first invoice is of May 2024: a sheet of 2023 Q4 has an outcome from January on, one of 2024 Q1 from
        April on, one of Q2 from July on."""
        customers = self.rated_customers(3)
        for customer, day in zip(customers, ('2023-12-31', '2024-03-31', '2024-06-30')):
            self.store_sheets(customer, [50], day, origin='imported')
        self.env.cr.execute("UPDATE account_move SET state = 'cancel'")
        self.assertFalse(self.report().left_out, "no books at all")
        self.invoice(self.customer, '2024-05-20', 100)
        self.assertEqual(self.report().left_out, "2 ratings lie before the books, which begin in 2024-05: what became "
                         "of their customers can't be read.")
        self.assertFalse(self.report(proof_channel='direct').left_out)

    def test_class_overrides(self):
        sheets = self.rate(self.customer) + self.rate(self.other_customer)
        self.store_outcomes(sheets, [True, False])
        self.env['tianyuan.class.override'].with_user(self.rating_manager).create([
            {'partner_id': sheet.partner_id.id, 'company_id': self.company.id, 'customer_class': 'ordinary',
             'date_to': '2099-01-01', 'reason': "Pays late"} for sheet in sheets
        ])
        self.assertFalse(self.report().change_row_ids.filtered(lambda row: row.section == 'override'),
                         "made long after the time of the outcome")
        self.env.cr.execute("UPDATE tianyuan_class_override SET date_from = '2024-07-01'")
        report = self.report()
        row = self.rows(report, 'change')["Class overridden to ordinary"]
        self.assertEqual((row.count, row.right_count), (2, 1))
        self.assertIn("Of 2 class overrides, 1 proved right (50.0 %)", report.adjustments)
        for begin, end, count in (
            ('2024-07-02', None, 0), ('2024-04-02', '2024-06-30', 0), ('2024-04-02', '2024-07-01', 2),
        ):
            with self.subTest(begin=begin, end=end):
                self.env.cr.execute("UPDATE tianyuan_class_override SET date_from = %s, ended_on = %s", [begin, end])
                rows = self.report().change_row_ids.filtered(lambda row: row.section == 'override')
                self.assertEqual(sum(rows.mapped('count')), count)

    def test_indicators_and_levels(self):
        """One customer with 15 points for volume, one with 3, and the same full marks otherwise."""
        sheets = self.rate(self.customer) + self.rate(self.other_customer, purchase_volume=3)
        self.store_outcomes(sheets, [False, True])
        report = self.report()
        rows = self.rows(report, 'indicator')
        volume = sheets.line_ids.indicator_id.filtered(lambda indicator: indicator.code == 'purchase_volume')
        others = [row for row in rows.values() if row.indicator_id != volume]
        self.assertEqual(rows[volume.name].pairs_right, 100.0)
        self.assertEqual({(row.pairs_right, row.judged_count, row.rank_verdict) for row in others}, {(50.0, 2, 'too_few')})
        self.assertEqual(len(rows), 9)
        counts = {}
        for line in sheets.line_ids.filtered(lambda line: line.origin != 'adjusted'):
            counts.setdefault((line.indicator_id, line.level_id), []).append(line.rating_id)
        for row in report.level_row_ids:
            levels = self.env['tianyuan.rating.level'].browse(row.keys)
            self.assertEqual(self.opened(row.action_view_outcomes()).rating_id.ids,
                             sorted(sheet.id for sheet in counts.pop((row.indicator_id, levels))))
        self.assertFalse(counts)
        volume_row = rows[volume.name]
        self.store_outcomes(self.rate(self.new_customer("Not judged", user_id=self.sales_user.id)), [False], has_payments=False)
        self.assertEqual(len(self.opened(volume_row.action_view_outcomes())), volume_row.count, "judged ones only")

    def test_the_workbook_has_the_numbers_of_the_screen(self):
        sheets = self.store_sheets(self.rated_customers(42), [*range(40, 52), *range(60, 90)], tiers=[self.tier('A')] * 42)
        self.store_outcomes(sheets, [True] * 12 + [False] * 30)
        name, content = self.report(self.finance_assessor)._export()
        self.assertTrue(name.startswith("Does the Scheme Work ") and name.endswith(".xlsx"), name)
        book = load_workbook(io.BytesIO(content))
        summary = {row[0]: row[1] for row in book['Summary'].values}
        self.assertEqual((summary["AUC"], summary["Sheets"], summary["Turned Out Bad"]), (1, 42, 12))
        [head, row] = book['By Tier'].values
        self.assertEqual(dict(zip(head, row))["Turned Out Bad"], 12)

    def test_numbers_that_do_not_exist_are_empty(self):
        """One customer with nothing to judge, one good: no pair, so no AUC, and no on-time rate of the first's tier."""
        sheets = self.store_sheets(self.rated_customers(2), [50, 60], tiers=[self.tier('A'), self.tier('B')])
        self.store_outcomes(sheets[0], [False], has_payments=False, on_time_rate=0)
        self.store_outcomes(sheets[1], [False])
        book = load_workbook(io.BytesIO(self.report()._export()[1]))
        self.assertFalse({"AUC", "Gini"} & {row[0] for row in book['Summary'].values})
        head, first, second = book['By Tier'].values
        names = ("Turned Out Bad (%)", "On-Time Rate (%)", "Days Late")
        self.assertEqual([dict(zip(head, first))[name] for name in names], [None] * 3)
        self.assertEqual([dict(zip(head, second))[name] for name in names], [0, 100, 0])
        head, row = book['By Quarter'].values
        self.assertIsNone(dict(zip(head, row))["Pairs in Right Order (%)"])
        self.assertNotIn("New Bad Debt", next(book['By Indicator'].values))

    def test_random_ratings_name_no_row(self):
        """Three quarters of 120 customers with random tiers and outcomes, which are the same every time."""
        tiers = self.env['tianyuan.rating.tier'].search([])
        for seed in range(4):
            rng = random.Random(seed)
            customers = self.rated_customers(120)
            sheets = self.store_sheets(
                customers, [rng.randint(30, 99) for _customer in customers], f'{2020 + seed}-06-30',
                tiers=[rng.choice(tiers[:3]) for _customer in customers])
            outcomes = self.store_outcomes(sheets, [rng.random() < 0.3 for _customer in customers])
            report = self.report()
            with self.subTest(seed=seed):
                self.assertEqual(report.rating_count, 120)
                self.assertEqual(set(report.tier_row_ids.mapped('verdict')), {'usual'})
                self.assertEqual(report.quarter_row_ids.rank_verdict, 'random')
                self.assertIn("Chance alone could make", report.separation)
            outcomes.unlink()

    def test_several_quarters_have_no_chance_of_the_distance(self):
        customers = self.rated_customers(20)
        for day in ('2024-03-31', '2024-06-30'):
            self.store_outcomes(self.store_sheets(customers, range(20), day), [True] * 10 + [False] * 10)
        report = self.report()
        self.assertIn("Look at one quarter to judge it.", report.separation)
        self.assertIn("by 100.0 percentage points", report.separation)
        report.with_context(proof_quarter='earlier').action_show()
        self.assertIn("That is more than chance", report.separation)

    def test_charts(self):
        """AAA: 1 of 4 bad, C: 3 of 4; by score 50 – 60: 3 of 4, 90 – 100: 1 of 4 (100 is in the last band)."""
        customers = self.rated_customers(9)
        sheets = self.store_sheets(
            customers, [95, 100, 99.5, 90, 50, 51, 59.99, 55, 10], tiers=[self.tier('AAA')] * 4 + [self.tier('C')] * 5)
        self.store_outcomes(sheets[:8], [True, *[False] * 3, *[True] * 3, False])
        self.store_outcomes(sheets[8], [False], has_payments=False)
        report = self.report()
        action = report.action_chart_tiers()
        groups = self.env[action['res_model']].with_user(self.rating_manager)._read_group(
            action['domain'], action['context']['graph_groupbys'], ['bad_percent:avg'])
        self.assertEqual([(tier.name, share) for tier, _quarter, share in groups], [('AAA', 25.0), ('C', 75.0)])
        action = report.action_chart_scores()
        groups = self.env[action['res_model']].with_user(self.rating_manager)._read_group(
            action['domain'], ['name'], ['bad_percent:avg'])
        self.assertEqual(groups, [('50 – 60', 75.0), ('90 – 100', 25.0)])
        for step in (report.action_chart_tiers, report.action_chart_scores):
            with self.assertRaises(AccessError):
                getattr(report.with_user(self.finance_assessor), step.__name__)()

    def test_who_sees_the_report(self):
        sheets = self.store_sheets(self.rated_customers(3), [1, 2, 3])
        self.store_outcomes(sheets, [True, False, False])
        for user in (self.finance_assessor, self.rating_manager):
            report = self.report(user)
            self.assertEqual(report.rating_count, 3)
            with self.assertRaises(AccessError):
                report.write({'auc': 1})
            with self.assertRaises(AccessError):
                self.env['tianyuan.rating.proof'].with_user(user).create({'company_id': self.company.id})
        for user in (self.sales_user, self.archive_specialist):
            with self.assertRaises(AccessError):
                self.report(user)
            with self.assertRaises(AccessError):
                report.with_user(user).action_show()
        with self.assertRaises(AccessError):
            report.with_user(self.finance_assessor).action_view_outcomes()    # the manager opened it

    def test_a_second_company_sees_its_own_only(self):
        sheets = self.store_sheets(self.rated_customers(3), [1, 2, 3])
        self.store_outcomes(sheets, [True, False, False])
        other = self.setup_other_company()['company']
        stranger = self.new_role_user('manager', 'stranger', company_id=other.id, company_ids=[(6, 0, other.ids)])
        reports = self.env['tianyuan.rating.proof'].with_user(stranger).with_context(allowed_company_ids=other.ids)
        report = reports.browse(reports._open()['res_id'])
        self.assertEqual((report.company_id, report.rating_count), (other, 0))

    def test_the_report_takes_as_many_queries_for_many(self):
        customers = self.rated_customers(60)
        sheets = self.store_sheets(customers, range(60), tiers=[self.tier('A'), self.tier('B')] * 30)
        self.store_outcomes(sheets[:6], [True, False] * 3)
        few = self.queries(self.report)
        self.store_outcomes(sheets[6:], [True, False] * 27)
        self.assertLessEqual(self.queries(self.report), few)

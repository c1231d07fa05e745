"""An import is removed as a whole: what was before is so again, but for what confirmed ratings have taken from it."""
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import FULL_MARKS, EarlierCommon
from .test_earlier_import import FINANCIAL, TODAY


@freeze_time(TODAY)
@tagged('post_install', '-at_install')
class TestEarlierRemoval(EarlierCommon):

    def partner_values(self, customer=None):
        customer = (customer or self.customer).with_company(self.company)
        return (customer.tianyuan_tier_id.name, customer.tianyuan_score, customer.tianyuan_customer_class)

    def remove(self, batch, reason="Wrong file"):
        action = batch.action_ask_remove()
        dialog = self.env['tianyuan.reason'].with_user(self.rating_manager).with_context(**action['context']).create({
            'reason': reason,
        })
        self.assertEqual(dialog.title, "Remove")
        dialog.action_apply()

    def test_customers_get_back_what_then_decides_and_the_record_stays(self):
        self.confirmed_sheet(self.other_customer, day='2023-12-31', loyalty=0)    # 85, AA
        self.other_customer.tianyuan_archive_number = "FX-0002"
        batch, sheets = self.imported(
            self.row("2023 Q4", "B", 60, number="FX-0001"), self.row("2024 Q1", "A", 72, number="FX-0001"),
            self.row("2024 Q1", "AAA", 99, number="FX-0002"),
        )
        self.assertEqual(self.partner_values(), ('A', 72, 'ordinary'))
        self.assertEqual(self.partner_values(self.other_customer), ('AAA', 99, 'key'))
        self.remove(batch)
        self.assertFalse(sheets.exists())
        self.assertEqual(self.partner_values(), (False, 0, False))
        self.assertEqual(self.partner_values(self.other_customer), ('AA', 85, 'ordinary'))
        self.assertEqual(self.history()[-1], ('A', False, 'ordinary', False))
        self.assertEqual(self.history(self.other_customer)[-1], ('AAA', 'AA', 'key', 'ordinary'))
        reasons = self.env['tianyuan.class.history'].search([('partner_id', '=', self.customer.id)]).mapped('reason')
        self.assertEqual(reasons, [f"Import {batch.name} removed: Wrong file", f"Rating of 2024 Q1 imported ({batch.name})"])
        self.assertEqual(
            (batch.state, batch.removed_by_id, batch.removal_reason, batch.rating_count, batch.file_name),
            ('removed', self.rating_manager, "Wrong file", 3, "earlier.xlsx"),
        )
        self.assertTrue(batch.file)
        self.assertIn("3 imported ratings removed: Wrong file", batch.message_ids[0].body)
        # The quarters are free again.
        again = self.listed(self.row("2024 Q1", "A", 72, number="FX-0001"))
        again.action_check()
        self.assertEqual(again.state, 'checked')

    def test_an_earlier_import_decides_again(self):
        self.imported(self.row("2023 Q4", "B", 60, number="FX-0001"))
        batch, _sheet = self.imported(self.row("2024 Q1", "A", 72, number="FX-0001"))
        self.remove(batch)
        self.assertEqual(self.partner_values(), ('B', 60, 'ordinary'))

    def test_a_later_rating_made_here_goes_on_deciding(self):
        batch, _sheet = self.imported(self.row("2024 Q1", "B", 60, number="FX-0001"))
        self.confirmed_sheet(loyalty=0)
        rows = self.history()
        self.remove(batch)
        self.assertEqual((self.partner_values(), self.history()), (('AA', 85, 'ordinary'), rows))

    def test_a_confirmed_sheet_keeps_what_it_carried_over_and_what_it_was_compared_with(self):
        batch, _sheet = self.imported(self.row("2024 Q1", "AA", number="FX-0001", points=FINANCIAL))
        sheet = self.computed_sheet()
        for code, points in FULL_MARKS.items():
            if code not in FINANCIAL:
                self.assess(sheet, code, points=points)
        self.submit(sheet)
        sheet.action_confirm()
        [[before], lines] = self.snapshot(sheet)
        self.remove(batch)
        [[after], lines_after] = self.snapshot(sheet)
        self.assertEqual(lines_after, lines)
        self.assertEqual(after, {**before, 'previous_rating_id': False})
        # 94 then, 94 now: full marks but for what was carried
        self.assertEqual((sheet.score, sheet.score_change, sheet.previous_tier_id.name), (94, 0, 'AA'))
        line = self.line(sheet, 'credit_performance')
        self.assertEqual((line.origin, line.points), ('carried', 17))
        self.assertEqual(line.reason, "No data in the quarter: carried over from an earlier rating.")
        self.assertIn("Points that were carried over from it stay", sheet.message_ids[0].body)

    def test_open_sheets_lose_what_was_carried_over(self):
        self.other_customer.tianyuan_archive_number = "FX-0002"
        batch, _sheets = self.imported(
            self.row("2024 Q1", "AA", number="FX-0001", points=FINANCIAL),
            self.row("2024 Q1", "AA", number="FX-0002", points=FINANCIAL),
        )
        opened, ready = self.computed_sheet(), self.computed_sheet(self.other_customer)
        for code, points in FULL_MARKS.items():
            if code not in FINANCIAL:
                self.assess(ready, code, points=points)
        self.submit(ready)
        self.assertEqual((ready.state, ready.score_change), ('ready', 0))
        self.remove(batch)
        for sheet in (opened, ready):
            self.assertEqual(
                (self.line(sheet, 'credit_performance').origin, sheet.previous_rating_id.id, sheet.tier_change),
                ('missing', False, 'new'),
            )
        # Sales stay submitted; finance has to assess again, and whoever looks sees that the points have changed.
        self.assertEqual([(sheet.books_changed, sheet.former_score) for sheet in (ready, opened)], [(True, 94), (False, 0)])
        self.assertEqual((ready.state, ready.sales_done, ready.finance_done), ('assessing', True, False))
        self.assertEqual(ready.score, 65)

    def test_a_submitted_sheet_without_carried_points_is_only_compared_anew(self):
        self.imported(self.row("2023 Q4", "B", 60, number="FX-0001"))
        batch, _sheet = self.imported(self.row("2024 Q1", "AA", 90, number="FX-0001"))
        ready = self.ready_sheet()
        self.assertEqual((ready.score_change, ready.tier_change), (10, 'up'))
        self.remove(batch)
        # 100 − 60
        self.assertEqual((ready.state, ready.score, ready.score_change, ready.tier_change), ('ready', 100, 40, 'up'))

    def test_a_customer_who_has_bought_is_no_potential_one_again(self):
        self.ready_sheet(day='2024-03-31', kind='prospect').action_confirm()
        self.assertEqual(self.partner_values()[2], 'potential')
        self.order(self.customer, '2024-07-05 04:00:00', 100)
        self.assertEqual(self.partner_values()[2], 'ordinary')
        batch, _sheet = self.imported(self.row("2024 Q2", "B", 60, number="FX-0001"))
        self.remove(batch)
        self.assertEqual(self.partner_values()[2], 'ordinary')

    def test_removing_needs_a_reason_and_an_import(self):
        batch = self.listed(self.row("2024 Q1", "AA", 90, number="FX-0001"))
        with self.assertRaisesRegex(UserError, "this step isn't possible"):
            batch.action_remove("Wrong")
        batch.action_check()
        batch.action_import()
        with self.assertRaisesRegex(UserError, "Say why"):
            batch.action_remove(" ")
        batch.action_remove("Wrong")
        with self.assertRaisesRegex(UserError, "this step isn't possible"):
            batch.action_remove("Again")

    def test_the_record_of_an_import_stays_and_a_draft_may_go(self):
        draft = self.listed(self.row("2024 Q1", "AA", 90, number="FX-0001"))
        draft.unlink()
        batch, _sheet = self.imported(self.row("2024 Q1", "AA", 90, number="FX-0001"))
        for _step in ('imported', 'removed'):
            with self.assertRaisesRegex(UserError, "its record is kept"):
                batch.unlink()
            for values in ({'file': False}, {'file_name': "x"}, {'company_id': self.company.id}):
                with self.assertRaisesRegex(UserError, "can't be changed any more"):
                    batch.write(values)
            if batch.state == 'done':
                batch.action_remove("Wrong")
        for values in ({'state': 'draft'}, {'removal_reason': "None"}, {'rating_count': 0}):
            with self.assertRaises(AccessError):
                batch.write(values)

    def test_only_managers_import_and_remove_and_finance_reads(self):
        batch, _sheet = self.imported(self.row("2024 Q1", "AA", 90, number="FX-0001"))
        draft = self.listed(self.row("2023 Q4", "AA", 90, number="FX-0001"))
        draft.action_check()
        seen = batch.with_user(self.finance_assessor)
        self.assertEqual((seen.state, seen.rating_count), ('done', 1))
        self.assertEqual(seen.action_open_ratings()['domain'], [('import_id', '=', batch.id)])
        for user in (self.finance_assessor, self.sales_user, self.archive_specialist):
            for step in (
                draft.with_user(user).action_check, draft.with_user(user).action_import,
                draft.with_user(user).action_download_template, lambda user=user: batch.with_user(user).action_remove("x"),
                batch.with_user(user).action_ask_remove, lambda user=user: draft.with_user(user).write({'file': False}),
                lambda user=user: draft.with_user(user).unlink(),
                lambda user=user: self.Import.with_user(user).create({'company_id': self.company.id}),
            ):
                with self.subTest(user=user.name), self.assertRaises(AccessError):
                    step()
        for user in (self.sales_user, self.archive_specialist):
            with self.assertRaises(AccessError):
                batch.with_user(user).read(['name'])

    def test_two_companies_import_the_same_customer_and_quarter(self):
        self.setup_other_company()
        other = self.spare_company
        batch, _sheet = self.imported(self.row("2024 Q1", "B", 60, number="FX-0001"))
        self.rating_manager.company_ids = [Command.link(other.id)]
        both = self.Import.with_context(allowed_company_ids=[other.id, self.company.id])
        theirs = both.create({'company_id': other.id, 'file': batch.file, 'file_name': "theirs.xlsx"})
        theirs.action_check()
        theirs.action_import()
        self.assertEqual(theirs.rating_ids.company_id, other)
        self.assertEqual(self.customer.with_company(other).tianyuan_tier_id.name, 'B')
        theirs.action_remove("Only ours")
        self.assertEqual(self.customer.with_company(other).tianyuan_tier_id.name, False)
        self.assertEqual(self.partner_values(), ('B', 60, 'ordinary'))
        self.rating_manager.company_ids = [Command.unlink(other.id)]
        with self.assertRaises(AccessError):
            theirs.with_context(allowed_company_ids=[]).read(['name'])

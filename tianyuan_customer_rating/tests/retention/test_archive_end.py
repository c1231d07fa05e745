"""Closing archives, handing over their papers, and where papers are."""
from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .common import RetentionCommon


@tagged('post_install', '-at_install')
class TestArchiveEnd(RetentionCommon):

    def hand_over(self, user=None, **values):
        archives = self.customer.with_user(user or self.archive_specialist)
        action = archives.action_tianyuan_hand_over_papers()
        dialog = archives.env[action['res_model']].with_context(action['context']).create({
            'taken_by': "Archive room", **values})
        return dialog.action_apply()

    def test_closing_is_dated_however_it_comes_about(self):
        with freeze_time('2024-05-17 02:00:00'):
            self.customer.with_user(self.archive_specialist).tianyuan_archive_state = 'closed'
            imported = self.env['res.partner'].with_user(self.archive_specialist).create({
                'name': "Imported", 'is_company': True, 'tianyuan_archive_state': 'closed',
            })
        for partner in (self.customer, imported):
            self.assertEqual(partner.tianyuan_archive_closed_on, date(2024, 5, 17))
        with self.assertRaises(AccessError):
            self.customer.with_user(self.archive_specialist).tianyuan_archive_closed_on = '2001-01-01'

    # -- archives that become one --------------------------------------------------------------------------

    def merge(self, source, destination):
        self.env['base.partner.merge.automatic.wizard'].sudo()._merge((source + destination).ids, destination)
        self.env.flush_all()
        self.env.invalidate_all()

    def join(self, customer, group):
        group.sudo().is_company = customer.sudo().is_company = True
        self.env['tianyuan.group.joining'].with_user(self.archive_specialist).create({
            'partner_id': customer.id, 'group_id': group.id}).action_apply()
        self.env.flush_all()
        self.env.invalidate_all()

    def two_papers(self):
        """A paper of the customer and one of the other customer, both as long kept as the company keeps archives."""
        return self.file(self.other), self.file(self.other, partner=self.other_customer)

    def filed(self, partner):
        partner.sudo().write({
            'tianyuan_channel': 'direct', 'tianyuan_archive_state': 'filed',
            'tianyuan_archive_reviewed_on': '2024-02-01', 'tianyuan_archive_review_due_on': '2024-08-01',
        })

    def end(self, partner):
        partner = partner.sudo()
        return partner.tianyuan_archive_state, str(partner.tianyuan_archive_closed_on or '')

    def test_papers_merged_into_an_archive_that_was_closed_later_are_kept_as_long_as_its_own(self):
        moved, own = self.two_papers()
        self.close('2010-06-30')
        self.close('2024-05-17', self.other_customer)
        self.assertEqual(moved.retained_until, date(2020, 6, 30))
        moved.active = False
        self.merge(self.customer, self.other_customer)
        self.assertEqual(self.end(self.other_customer), ('closed', '2024-05-17'))
        self.assertEqual((moved + own).mapped('retained_until'), [date(2034, 5, 17)] * 2)

    def test_of_two_closed_archives_the_last_closing_counts(self):
        for unite in (self.merge, self.join):
            with self.subTest(unite.__name__), self.env.cr.savepoint() as savepoint:
                moved, own = self.two_papers()
                self.close('2024-05-17').sudo().write({
                    'tianyuan_archive_handed_over_on': '2024-06-01', 'tianyuan_archive_handed_over_to': "Room"})
                self.close('2012-03-01', self.other_customer)
                unite(self.customer, self.other_customer)
                self.assertEqual(self.end(self.other_customer), ('closed', '2024-05-17'))
                self.assertEqual(self.other_customer.sudo().tianyuan_archive_handed_over_to, "Room")
                self.assertEqual((moved + own).mapped('retained_until'), [date(2034, 5, 17)] * 2)
                savepoint.rollback()
            self.env.invalidate_all()

    def test_an_open_archive_is_not_swallowed_by_a_closed_one(self):
        for unite in (self.merge, self.join):
            with self.subTest(unite.__name__), self.env.cr.savepoint() as savepoint:
                moved, own = self.two_papers()
                self.filed(self.customer)
                number = self.customer.sudo().tianyuan_archive_number
                self.close('2012-03-01', self.other_customer)
                self.assertEqual(own.retained_until, date(2022, 3, 1))
                unite(self.customer, self.other_customer)
                self.assertEqual(self.end(self.other_customer), ('filed', ''))
                self.assertRecordValues(self.other_customer.sudo(), [{
                    'tianyuan_archive_reviewed_on': date(2024, 2, 1), 'tianyuan_archive_number': number,
                    'tianyuan_archive_review_due_on': date(2024, 8, 1)}])
                self.assertEqual((moved + own).mapped('retained_until'), [False, False])
                self.refused("has no end yet", self.draft, moved)
                savepoint.rollback()
            self.env.invalidate_all()

    def test_a_group_without_an_archive_takes_the_end_of_a_closed_one_along(self):
        paper, group = self.file(self.other), self.new_customer("Group")
        self.close('2012-03-01').sudo().write({
            'tianyuan_archive_handed_over_on': '2012-04-01', 'tianyuan_archive_handed_over_to': "Room"})
        self.join(self.customer, group)
        self.assertEqual(self.end(group), ('closed', '2012-03-01'))
        self.assertEqual(
            (str(group.sudo().tianyuan_archive_handed_over_on), group.sudo().tianyuan_archive_handed_over_to),
            ('2012-04-01', "Room"))
        self.assertEqual(self.end(self.customer), ('none', ''))
        self.assertEqual((paper.partner_id.id, paper.retained_until), (group.id, date(2022, 3, 1)))

    def test_papers_stay_where_they_are_when_archives_become_one(self):
        for unite in (self.merge, self.join):
            with self.subTest(unite.__name__), self.env.cr.savepoint() as savepoint:
                moved, own = self.two_papers()
                safe = self.file(self.id_copy, place_cabinet="Safe")
                self.customer.sudo().write({'tianyuan_archive_cabinet': "C7", 'tianyuan_archive_box': "12"})
                self.other_customer.sudo().tianyuan_archive_cabinet = "D1"
                unite(self.customer, self.other_customer)
                self.assertEqual((moved + safe).partner_id.id, self.other_customer.id)
                self.assertEqual([paper.place for paper in (moved, safe, own)], ["C7 / 12", "Safe", "D1"])
                savepoint.rollback()
            self.env.invalidate_all()

    def test_the_place_of_a_merged_archive_is_that_of_the_other_only_if_it_is_true_of_all_papers(self):
        third = self.new_customer("Third")
        self.customer.sudo().write({'tianyuan_archive_cabinet': "C7", 'tianyuan_archive_box': "12"})
        moved, own = self.two_papers()
        self.merge(self.customer, self.other_customer)
        self.assertEqual((moved.place, own.place), ("C7 / 12", False))
        own.place_cabinet = "D1"
        self.other_customer.sudo().tianyuan_archive_box = "9"
        self.merge(self.other_customer, third)
        self.assertEqual((moved.place, own.place, third.sudo().tianyuan_archive_box), ("C7 / 12", "D1", "9"))

    def test_an_open_archive_into_which_a_closed_one_is_merged_stays_open(self):
        self.close()
        self.merge(self.customer, self.other_customer)
        self.assertEqual(self.other_customer.sudo().tianyuan_archive_state, 'collecting')
        self.assertFalse(self.other_customer.sudo().tianyuan_archive_closed_on)

    def test_papers_of_closed_archives_are_handed_over(self):
        self.refused("This can't be done", self.customer.with_user(
            self.archive_specialist).action_tianyuan_hand_over_papers)
        self.close()
        self.refused("Say who", self.hand_over, taken_by=" ")
        self.refused("in the future", self.hand_over, date='2999-01-01')
        self.hand_over(date='2024-05-17', cabinet="C7", box="12")
        customer = self.customer.sudo()
        self.assertEqual(
            (str(customer.tianyuan_archive_handed_over_on), customer.tianyuan_archive_handed_over_to,
             customer.tianyuan_archive_cabinet, customer.tianyuan_archive_box),
            ('2024-05-17', "Archive room", "C7", "12"))
        self.assertIn("Papers handed over on 2024-05-17 to Archive room. Place: C7 / 12", self.lines())
        self.hand_over(user_id=self.finance_assessor.id)    # the place stays, the taker is a user
        self.assertEqual(
            (customer.tianyuan_archive_handed_over_to, customer.tianyuan_archive_cabinet),
            (self.finance_assessor.name, "C7"))
        self.customer.with_user(self.archive_specialist).action_tianyuan_reopen_archive()
        self.assertFalse(customer.tianyuan_archive_handed_over_on or customer.tianyuan_archive_handed_over_to)

    def test_only_keepers_hand_over(self):
        self.close()
        for user in (self.sales_user, self.finance_assessor):
            with self.assertRaises(AccessError):
                self.customer.with_user(user).action_tianyuan_hand_over_papers()
        self.hand_over(self.rating_manager)

    # -- the place of papers ------------------------------------------------------------------------------

    def test_a_paper_is_where_the_archive_is_unless_it_has_a_place_of_its_own(self):
        paper, safe = self.file(), self.file(self.id_copy, place_cabinet="Safe")
        self.assertFalse(paper.place)
        self.customer.sudo().write({'tianyuan_archive_cabinet': "C7", 'tianyuan_archive_box': "12"})
        self.assertEqual((paper.place, safe.place), ("C7 / 12", "Safe"))
        for searched, found in (("C7", paper), ("Safe", safe), ("12", paper)):
            self.assertEqual(
                self.Document.search([('place', 'ilike', searched), ('partner_id', '=', self.customer.id)]), found)

    def test_the_place_is_shown_to_keepers_and_to_the_borrower_once_it_is_approved(self):
        self.customer.sudo().write({'tianyuan_archive_cabinet': "C7", 'tianyuan_archive_box': "12"})
        paper = self.file()
        borrow = self.env['tianyuan.archive.borrow'].with_user(self.sales_user).create({
            'partner_id': self.customer.id, 'document_ids': [(6, 0, paper.ids)], 'purpose': "P", 'mode': 'borrow',
            'date_due': '2999-01-01', 'pledge_accepted': True,
        })
        borrow.action_request()
        keeper = borrow.with_user(self.archive_specialist)
        self.assertEqual((borrow.place, keeper.place), (False, f"C7 / 12: {paper.name}"))
        keeper.action_approve()
        self.env.invalidate_all()
        self.assertEqual(borrow.place, f"C7 / 12: {paper.name}")

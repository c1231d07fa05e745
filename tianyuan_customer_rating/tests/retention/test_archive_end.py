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

    def test_an_open_archive_into_which_a_closed_one_is_merged_stays_open(self):
        self.close()
        self.env['base.partner.merge.automatic.wizard'].sudo()._merge(
            (self.customer + self.other_customer).ids, self.other_customer)
        self.env.invalidate_all()
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

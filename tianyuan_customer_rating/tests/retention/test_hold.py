"""Legal holds: nothing they cover is destroyed or deleted, until a manager lifts them."""
from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..reasons import answer
from .common import RetentionCommon


@tagged('post_install', '-at_install')
class TestHold(RetentionCommon):

    def hold(self, *papers, user=None, **values):
        return self.env['tianyuan.archive.hold'].with_user(user or self.rating_manager).create({
            'partner_id': self.customer.id, 'company_id': self.company.id, 'reason': "Lawsuit",
            'document_ids': [Command.set([paper.id for paper in papers])], **values,
        })

    def test_a_hold_on_a_customer_covers_all_documents_and_later_ones(self):
        first, foreign = self.old(), self.old(partner=self.other_customer)
        hold = self.hold()
        later = self.file(self.other, raw=b'%PDF-1.4\n%%EOF later\n')
        self.assertEqual([paper.on_hold for paper in (first, later, foreign)], [True, True, False])
        found = self.env['tianyuan.archive.document'].search([
            ('on_hold', '=', True), ('id', 'in', (first + later + foreign).ids)])
        self.assertEqual(found, (first + later).with_env(found.env))
        self.refused("legal hold", self.draft, first)
        self.draft(foreign)
        answer(self.env(user=self.rating_manager.id), hold.action_ask_lift(), "Settled")
        self.assertEqual((hold.state, hold.lift_reason, hold.lifted_by_id), ('lifted', "Settled", self.rating_manager))
        self.env.invalidate_all()
        self.assertFalse(first.on_hold)
        self.draft(first)

    def test_a_hold_on_documents_covers_these(self):
        held, free = self.old(), self.old(b'%PDF-1.4\n%%EOF free\n')
        self.hold(held)
        self.assertEqual((held.on_hold, free.on_hold), (True, False))
        self.draft(free)
        self.refused("legal hold", self.draft, held)

    def test_chosen_documents_of_two_companies_are_held_and_logged_in_both(self):
        other = self.setup_other_company()['company']
        self.rating_manager.company_ids += other
        here = self.old()
        there = self.file(
            self.other, raw=b'%PDF-1.4\n%%EOF there\n', user=self.env.ref('base.user_root'), company_id=other.id)
        values = {
            'partner_id': self.customer.id, 'company_id': self.company.id, 'reason': "Lawsuit",
            'document_ids': [Command.set((here + there).ids)],
        }
        Hold = self.env['tianyuan.archive.hold'].with_user(self.rating_manager)
        with self.assertRaises(AccessError), self.env.cr.savepoint():    # nobody holds what they don't see
            Hold.with_context(allowed_company_ids=self.company.ids).create(values)
        hold = Hold.with_context(allowed_company_ids=(self.company + other).ids).create(values)
        self.env.invalidate_all()
        self.assertEqual([paper.on_hold for paper in (here, there)], [True, True])
        self.refused("legal hold", there.unlink)
        hold.with_context(allowed_company_ids=self.company.ids).action_lift("Over")
        for company, paper in ((self.company, here), (other, there)):
            rows = self.env['tianyuan.archive.access.log'].sudo().search([
                ('company_id', '=', company.id), ('action', 'in', ('held', 'hold_lifted'))], order='id')
            self.assertEqual(
                [(row.action, row.document_id.id) for row in rows], [('held', paper.id), ('hold_lifted', paper.id)])

    def test_a_hold_stops_what_is_approved(self):
        paper = self.old()
        destruction = self.draft(paper)
        destruction.action_propose()
        destruction.with_user(self.rating_manager).action_approve()
        self.hold(paper)
        self.refused("legal hold", destruction.action_destroy)
        self.assertTrue(paper.has_file)

    def test_what_is_held_is_neither_deleted_nor_moved(self):
        paper = self.old()
        self.hold()
        self.refused("legal hold", paper.unlink)
        self.refused("legal hold", paper.sudo().unlink)
        self.refused("legal hold", paper.write, {'partner_id': self.other_customer.id})
        paper.note = "Known"

    def test_a_held_customer_is_not_deleted(self):
        customer = self.new_customer("Held")
        self.hold(partner_id=customer.id)
        self.refused("legal hold", customer.sudo().unlink)

    def test_managers_set_and_lift_holds_and_say_why(self):
        self.old()
        for user in (self.archive_specialist, self.finance_assessor, self.sales_user):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self.hold(user=user)
        hold = self.hold()
        self.refused("Only a manager", hold.with_user(self.archive_specialist).action_ask_lift, error=AccessError)
        with self.assertRaises(AccessError):
            hold.with_user(self.archive_specialist).action_lift("Over")
        self.refused("Say why", hold.action_lift, " ")
        for values in ({'reason': "Other"}, {'state': 'lifted'}, {'document_ids': [Command.clear()]}):
            self.refused("until it is lifted", hold.write, values, error=AccessError)
        self.refused("are kept", hold.sudo().unlink)
        hold.action_lift("Over")
        self.refused("already", hold.action_lift, "Again")

    def test_setting_and_lifting_are_logged(self):
        paper = self.old()
        hold, of_customer = self.hold(paper), self.hold()
        hold.action_lift("Over")
        of_customer.action_lift("Over too")
        self.assertEqual(
            [(row.action, row.document_id.id, row.document_name, row.partner_id.id, row.user_id.id)
             for row in self.log('held', 'hold_lifted')],
            [('held', paper.id, paper.name, self.customer.id, self.rating_manager.id),
             ('held', False, "Lawsuit", self.customer.id, self.rating_manager.id),
             ('hold_lifted', paper.id, paper.name, self.customer.id, self.rating_manager.id),
             ('hold_lifted', False, "Over too", self.customer.id, self.rating_manager.id)])
        self.assertIn("Legal hold lifted: Over too", self.lines())
        self.assertIsNone(self.env['tianyuan.archive.access.log'].sudo()._verify(self.company)[1])

    def test_a_hold_goes_with_the_merged_customer(self):
        paper = self.old()
        self.hold()
        self.env['base.partner.merge.automatic.wizard'].sudo()._merge(
            (self.customer + self.other_customer).ids, self.other_customer)
        self.env.invalidate_all()
        self.assertEqual((paper.partner_id, paper.on_hold), (self.other_customer.with_env(paper.env), True))

    def test_a_hold_on_documents_goes_with_the_customer_that_becomes_a_contact(self):
        paper, group = self.old(), self.new_customer("Group")
        hold = self.hold(paper)
        self.customer.sudo().is_company = True
        self.env['tianyuan.group.joining'].with_user(self.archive_specialist).create({
            'partner_id': self.customer.id, 'group_id': group.id}).action_apply()
        self.env.invalidate_all()
        self.assertEqual((paper.partner_id.id, hold.partner_id.id, paper.on_hold), (group.id, group.id, True))
        self.refused("legal hold", self.draft, paper)

"""ID copies that are deleted once checked: who checked them stays, and counts as the document."""
import hashlib

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..document.common import PDF
from ..reasons import answer
from .common import RetentionCommon

SEEN = "Name and photo agree with the licence"


@tagged('post_install', '-at_install')
class TestCheckOnce(RetentionCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.id_copy.delete_once_checked = True
        cls.paper = cls.file(cls.id_copy, valid_until='2999-12-31')

    def check(self, paper=None, note=SEEN):
        answer(self.env(user=self.archive_specialist.id), (paper or self.paper).action_ask_check(), note)

    def test_the_file_is_gone_and_the_check_is_in_its_place(self):
        self.check()
        self.assertEqual(
            (self.paper.checked_by_id, self.paper.check_note, self.paper.has_file, self.paper.can_open,
             self.paper.state, self.paper.active),
            (self.archive_specialist, SEEN, False, False, 'valid', True))
        self.assertTrue(self.paper.checked_on)
        self.assertFalse(self.env['tianyuan.archive.file'].sudo().search([('document_id', '=', self.paper.id)]))
        row = self.log('checked')
        self.assertEqual(
            (row.user_id, row.document_id, row.document_checksum),
            (self.archive_specialist, self.paper.sudo(), hashlib.sha256(PDF).hexdigest()))
        self.assertIsNone(self.env['tianyuan.archive.access.log'].sudo()._verify(self.company)[1])
        self.refused("was checked on", self.paper._open)
        self.refused("Add a new one as a new version", self.paper.write, {'upload': b'JVBERi0xLjQK'})

    def test_it_counts_as_the_document_until_it_expires(self):
        def missing():
            self.env.invalidate_all()
            return self.id_copy in self.env['tianyuan.archive.document']._missing_types(
                self.customer, self.company)[self.customer]
        self.assertFalse(missing())
        self.check()
        self.assertFalse(missing())
        gaps = self.env['tianyuan.archive.document.gap'].sudo().with_context(allowed_company_ids=self.company.ids)
        of_id = [('partner_id', '=', self.customer.id), ('type_id', '=', self.id_copy.id)]
        self.env.flush_all()
        self.assertFalse(gaps.search(of_id))
        self.paper.write({'valid_from': '2001-01-01', 'valid_until': '2009-12-31'})
        self.assertTrue(missing())
        self.env.flush_all()
        self.assertEqual(gaps.search(of_id).problem, 'expired')

    def test_the_note_has_no_number(self):
        for note in ("370102198001011234", "No. 3701 0219 8001", "G1234-5678"):
            self.refused("without the number", self.paper.action_check, note)
        self.refused("Say what", self.paper.action_check, "  ")
        self.assertTrue(self.paper.has_file)
        self.check(note="Valid until 2030-05-01")    # a day is no number

    def test_only_files_of_such_a_type_that_are_there_are_deleted(self):
        self.refused("aren't deleted once checked", self.file(self.licence).action_check, SEEN)
        self.check()
        self.refused("no file", self.paper.action_check, SEEN)

    def test_neither_held_nor_lent_ones_are_deleted(self):
        hold = self.env['tianyuan.archive.hold'].with_user(self.rating_manager).create({
            'partner_id': self.customer.id, 'company_id': self.company.id, 'reason': "Lawsuit",
        })
        self.refused("legal hold", self.paper.action_check, SEEN)
        hold.action_lift("Over")
        self.env.invalidate_all()
        borrow = self.env['tianyuan.archive.borrow'].with_user(self.sales_user).create({
            'partner_id': self.customer.id, 'document_ids': [Command.set(self.paper.ids)], 'purpose': "P",
            'mode': 'borrow', 'date_due': '2999-01-01', 'pledge_accepted': True,
        })
        borrow.action_request()
        borrow.with_user(self.archive_specialist).action_approve()
        borrow.with_user(self.archive_specialist).action_hand_out()
        self.refused("is out by", self.paper.action_check, SEEN)

    def test_only_specialists_check(self):
        for user in (self.sales_user, self.finance_assessor, self.rating_manager):
            with self.assertRaises(AccessError):
                self.paper.with_user(user).action_check(SEEN)

    def test_an_older_document_doesnt_get_such_a_type(self):
        """Or else one person alone could have any file destroyed."""
        contract = self.file(self.other)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE tianyuan_archive_document SET create_date = '2020-01-01' WHERE id = %s", [contract.id])
        self.env.invalidate_all()
        self.refused("keeps its type", contract.write, {'type_id': self.id_copy.id})
        contract.type_id = self.permit
        self.file(self.other).type_id = self.id_copy    # a new one was guessed wrong

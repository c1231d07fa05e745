"""Destroying papers: proposed by one, approved by another, gone for good, and the register that stays."""
import hashlib
import os

from psycopg2.errors import CheckViolation, UniqueViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..questions import confirm
from ..reasons import answer
from .common import RetentionCommon

FILE = 'tianyuan.archive.file'


@tagged('post_install', '-at_install')
class TestDestruction(RetentionCommon):

    def stored(self, paper):
        """The attachment of a paper's file, and where it is in the file store."""
        self.env.flush_all()
        self.env.cr.execute("""
            SELECT a.id, a.store_fname FROM ir_attachment a JOIN tianyuan_archive_file f ON f.id = a.res_id
             WHERE a.res_model = %s AND a.res_field = 'content' AND f.document_id = %s
        """, [FILE, paper.id])
        attachment, name = self.env.cr.fetchone() or (None, None)
        return attachment, name and self.env['ir.attachment']._full_path(name)

    # -- the whole way ------------------------------------------------------------------------------------

    def test_from_the_proposal_to_the_register(self):
        raw = b'%PDF-1.4\n%%EOF once only\n'
        paper = self.old(raw, file_name='old.pdf', valid_from='2001-01-01', valid_until='2009-12-31')
        self.customer.sudo().tianyuan_archive_number = 'FX-DESTROY-1'
        checksum = hashlib.sha256(raw).hexdigest()
        destruction = self.draft(paper)
        self.assertRegex(destruction.name, r'^DS/\d{4}/\d{4}$')
        destruction.action_propose()
        self.assertEqual((destruction.state, destruction.proposed_by_id), ('proposed', self.archive_specialist))
        decider = destruction.with_user(self.rating_manager)
        self.assertTrue(decider.can_approve)
        self.assertIn(self.rating_manager, destruction.sudo().activity_ids.user_id)
        decider.action_approve()
        self.assertEqual((destruction.state, destruction.supervised_by_id), ('approved', self.rating_manager))
        self.assertTrue(paper.has_file)    # approved isn't destroyed
        confirm(destruction.env, destruction.action_ask_destroy())
        self.assertEqual((destruction.state, destruction.destroyed_by_id), ('destroyed', self.archive_specialist))
        self.assertEqual(
            (paper.state, paper.active, paper.has_file, paper.can_open, paper.sudo().destruction_id),
            ('destroyed', False, False, False, destruction.sudo()))
        line = destruction.line_ids
        self.assertEqual(
            (line.partner_name, line.archive_number, line.type_name, line.document_name, line.checksum, line.file_size),
            (self.customer.name, 'FX-DESTROY-1', "Miscellaneous", "old", checksum, len(raw)))
        self.assertEqual((str(line.valid_until), str(line.retained_until)), ('2009-12-31', '2020-06-30'))
        row = self.log('destroyed')
        self.assertEqual(
            (row.user_id, row.document_id, row.document_checksum, row.borrow_number, row.partner_id),
            (self.archive_specialist, paper.sudo(), checksum, destruction.name, self.customer))
        self.assertTrue(any(destruction.name in text and "destroyed" in text for text in self.lines()))

    def test_the_bytes_are_gone_from_database_and_file_store(self):
        paper = self.old(b'%PDF-1.4\n%%EOF nobody else has these bytes\n')
        attachment, path = self.stored(paper)
        self.assertTrue(os.path.isfile(path))
        triggers = self.env['ir.cron.trigger'].sudo()
        vacuum = [('cron_id', '=', self.env.ref('base.autovacuum_job').id)]
        before = triggers.search_count(vacuum)
        self.destroyed(paper)
        self.assertEqual(triggers.search_count(vacuum), before + 1)    # the file store is cleared at once, not at night
        self.assertEqual(self.stored(paper), (None, None))
        self.assertFalse(self.env['ir.attachment'].sudo().browse(attachment).exists())
        self.env['ir.attachment'].sudo()._gc_file_store_unsafe()    # what the job does, without its commit
        self.assertFalse(os.path.exists(path))

    def test_the_log_verifies_afterwards(self):
        self.destroyed(self.old())
        count, problem = self.env['tianyuan.archive.access.log'].sudo()._verify(self.company)
        self.assertIsNone(problem)
        self.assertGreaterEqual(count, 1)

    def test_who_has_the_same_file_is_said(self):
        paper, twin = self.old(), self.file(self.other, raw=b'%PDF-1.4\n%%EOF old\n', file_name='twin.pdf')
        destruction = self.destroyed(paper)
        self.assertIn("twin", destruction.line_ids.remark)
        self.assertTrue(twin.has_file)

    def test_what_is_destroyed_stays_so(self):
        paper = self.old()
        self.destroyed(paper)
        message = "was destroyed on"
        self.refused(message, paper.write, {'active': True})
        self.refused(message, paper.sudo().write, {'active': True})
        self.refused(message, paper.write, {'note': "Nothing"})
        self.refused(message, paper.write, {'upload': b'JVBERi0xLjQK'})
        self.refused(message, paper._open)
        self.refused(message, paper.action_request_borrow)
        self.refused("is kept", paper.unlink)
        self.refused("is kept", paper.sudo().unlink)

    def test_only_its_number_of_a_destroyed_paper_is_lent(self):
        paper = self.old()
        self.file(self.other, raw=b'%PDF-1.4\n%%EOF more\n')
        self.destroyed(paper)
        borrow = self.env['tianyuan.archive.borrow'].with_user(self.sales_user).create({
            'partner_id': self.customer.id, 'scope': 'archive', 'purpose': "P", 'date_due': '2999-01-01',
        })
        self.assertNotIn(paper, borrow.covered_document_ids)
        chosen = borrow.copy({
            'scope': 'documents', 'document_ids': [Command.set(paper.ids)], 'date_due': '2999-01-01',
            'pledge_accepted': True,
        })
        self.refused("was destroyed on", chosen.action_request)

    def test_a_live_archive_misses_a_required_document_that_is_destroyed_and_a_closed_one_none(self):
        self.licence.sudo().write({'retention': 'after_expiry', 'retention_years': 1})
        paper = self.file(self.licence, valid_from='2001-01-01', valid_until='2009-12-31')
        self.destroyed(paper)
        gaps = self.env['tianyuan.archive.document.gap'].sudo().with_context(allowed_company_ids=self.company.ids)
        of_licence = [('partner_id', '=', self.customer.id), ('type_id', '=', self.licence.id)]
        self.assertEqual(gaps.search(of_licence).problem, 'missing')
        self.close()
        self.env.flush_all()
        self.assertFalse(gaps.search(of_licence))

    # -- two people ---------------------------------------------------------------------------------------

    def both(self, user):
        """Give a user the roles of specialist and manager."""
        for role in ('archive_specialist', 'manager'):
            user.sudo().group_ids += self.env.ref(f'tianyuan_customer_rating.group_{role}')
        return user

    def test_the_proposer_never_approves(self):
        self.both(self.archive_specialist)
        destruction = self.draft(self.old())
        destruction.action_propose()
        self.assertFalse(destruction.can_approve)
        self.refused("Nobody approves", destruction.action_approve, error=AccessError)
        self.refused("Nobody approves", destruction.sudo().action_approve, error=AccessError)
        self.refused("Nobody approves", destruction.action_refuse, "No", error=AccessError)
        destruction.with_user(self.rating_manager).action_approve()

    def test_who_prepared_it_never_approves(self):
        first, second, third = self.old(), self.old(b'%PDF-1.4\n%%EOF 2\n'), self.old(b'%PDF-1.4\n%%EOF 3\n')
        self.both(self.rating_manager)
        for change in (
            lambda lines: lines[0].write({'reason': "Copy"}),
            lambda lines: lines[0].unlink(),
            lambda lines: lines.create({'destruction_id': lines.destruction_id.id, 'document_id': third.id}),
            lambda lines: lines.destruction_id.write({'reason': "Old"}),
        ):
            destruction = self.draft(first, second)
            change(destruction.with_user(self.rating_manager).line_ids)
            destruction.action_propose()
            self.refused(
                "Nobody approves", destruction.with_user(self.rating_manager).action_approve, error=AccessError)
            destruction.action_cancel()

    def test_the_database_knows_two_people(self):
        destruction = self.draft(self.old())
        destruction.action_propose()
        for values in (
            {'approved_by_id': self.archive_specialist.id},
            {'destroyed_by_id': self.archive_specialist.id, 'supervised_by_id': self.archive_specialist.id},
            {'state': 'approved'},
        ):
            with self.assertRaises(CheckViolation), self.env.cr.savepoint(), mute_logger('odoo.sql_db'):
                destruction.sudo().write(values)
                self.env.flush_all()

    def test_who_destroys_is_watched_by_another(self):
        destruction = self.draft(self.old())
        destruction.action_propose()
        decider = destruction.with_user(self.rating_manager)
        decider.action_approve()
        self.refused("who supervises", decider.action_destroy)
        decider.supervised_by_id = self.finance_assessor
        decider.action_destroy()
        self.assertEqual(destruction.state, 'destroyed')

    def test_nothing_is_written_past_the_steps(self):
        destruction = self.draft(self.old())
        for values in (
            {'state': 'approved'}, {'approved_by_id': self.rating_manager.id}, {'author_ids': [Command.clear()]},
            {'proposed_by_id': self.finance_assessor.id},
        ):
            self.refused("set by its buttons", destruction.write, values, error=AccessError)
        self.refused(
            "set by its buttons", destruction.line_ids.write, {'retained_until': '2001-01-01'}, error=AccessError)
        destruction.action_propose()
        self.refused("stays as it is", destruction.write, {'reason': "Another"})
        self.refused("stays as it is", destruction.line_ids.write, {'reason': "Another"})
        self.refused("stays as it is", destruction.line_ids.unlink)
        self.refused("isn't possible", destruction.action_propose)
        self.refused("isn't possible", destruction.action_destroy)
        self.refused("kept", destruction.sudo().unlink)

    def test_managers_dont_prepare_and_specialists_dont_approve(self):
        paper = self.old()
        for user in (self.rating_manager, self.sales_user, self.finance_assessor):
            with self.assertRaises(AccessError):
                paper.with_user(user).action_propose_destruction()
        destruction = self.draft(paper)
        destruction.action_propose()
        self.refused("Only a manager", destruction.action_approve, error=AccessError)
        answer(self.env(user=self.rating_manager.id), destruction.with_user(
            self.rating_manager).action_ask_refuse(), "Still needed")
        self.assertEqual((destruction.state, destruction.refusal_reason), ('refused', "Still needed"))
        self.draft(paper)    # a refused one can be proposed anew

    # -- what has to be kept ------------------------------------------------------------------------------

    def test_what_has_to_be_kept_is_refused(self):
        young = self.file(self.permit, valid_from='2001-01-01', valid_until='2009-12-31')
        self.refused("no end yet", self.draft, young)
        self.close('2999-01-01')
        self.refused("has to be kept until 3009-01-01", self.draft, young)

    def test_a_paper_that_is_out_is_refused_until_it_has_come_back(self):
        paper = self.old()
        destruction = self.draft(paper)
        destruction.action_propose()
        borrow = self.env['tianyuan.archive.borrow'].with_user(self.sales_user).create({
            'partner_id': self.customer.id, 'document_ids': [Command.set(paper.ids)], 'purpose': "P", 'mode': 'borrow',
            'date_due': '2999-01-01', 'pledge_accepted': True,
        })
        borrow.action_request()
        keeper = borrow.with_user(self.archive_specialist)
        keeper.action_approve()
        keeper.action_hand_out()
        decider = destruction.with_user(self.rating_manager)
        self.refused(f"is out by {borrow.name}", decider.action_approve)
        keeper.action_return()
        decider.action_approve()
        destruction.action_destroy()

    def test_a_day_that_moved_on_after_the_approval_stops_it(self):
        paper = self.old()
        destruction = self.draft(paper)
        destruction.action_propose()
        destruction.with_user(self.rating_manager).action_approve()
        self.customer.with_user(self.archive_specialist).action_tianyuan_reopen_archive()
        self.refused("no end yet", destruction.action_destroy)
        self.assertTrue(paper.has_file)

    def test_a_paper_is_in_one_destruction_only(self):
        paper = self.old()
        self.draft(paper)
        with self.assertRaises(UniqueViolation), self.env.cr.savepoint(), mute_logger('odoo.sql_db'):
            self.draft(paper)

    def test_a_paper_of_another_company_is_refused(self):
        paper = self.old()
        other = self.setup_other_company()['company']
        self.archive_specialist.sudo().company_ids += other
        destruction = self.draft(paper)
        with self.assertRaises(UserError):
            destruction.with_context(allowed_company_ids=[self.company.id, other.id]).create({
                'company_id': other.id, 'line_ids': [Command.create({'document_id': self.old(b'%PDF-1.4\n%%EOF z').id})],
            })

    def test_a_closed_archive_is_proposed_as_a_whole(self):
        papers = self.old() + self.old(b'%PDF-1.4\n%%EOF second\n')
        action = self.customer.with_user(self.archive_specialist).action_tianyuan_propose_destruction()
        destruction = self.env['tianyuan.archive.destruction'].browse(action['res_id'])
        self.assertEqual(destruction.line_ids.document_id, papers)
        self.refused(
            "No paper", self.customer.with_user(self.archive_specialist).action_tianyuan_propose_destruction)

    # -- the register -------------------------------------------------------------------------------------

    def test_the_register_names_papers_and_people(self):
        paper = self.old(file_name='Old licence.pdf', valid_from='2001-01-01', valid_until='2009-12-31')
        destruction = self.destroyed(paper)
        for lang in ('en_US', 'zh_CN'):
            html, _kind = self.env['ir.actions.report'].with_user(self.archive_specialist).with_context(
                lang=lang)._render_qweb_html('tianyuan_customer_rating.report_tianyuan_destruction', destruction.ids)
            text = html.decode()
            for word in (
                destruction.name, self.company.name, self.customer.name, "Old licence", paper.checksum[:12],
                self.archive_specialist.name, self.rating_manager.name,
            ):
                self.assertIn(word, text)

    # -- the workbench ------------------------------------------------------------------------------------

    def test_the_workbench_shows_what_has_run_out_and_what_waits_for_approval(self):
        def card(user, role, key):
            workbench = self.env['tianyuan.workbench'].with_user(user).with_company(self.company)
            return next(card for card in workbench._cards(role) if card and card['key'] == key)

        before = card(self.archive_specialist, 'specialist', 'run_out')['value']
        paper = self.old()
        self.assertEqual(card(self.archive_specialist, 'specialist', 'run_out')['value'], before + 1)
        waiting = card(self.rating_manager, 'manager', 'destructions')['value']
        destruction = self.draft(paper)
        self.assertEqual(card(self.archive_specialist, 'specialist', 'run_out')['value'], before)
        destruction.action_propose()
        shown = card(self.rating_manager, 'manager', 'destructions')
        self.assertEqual(shown['value'], waiting + 1)
        self.assertIn(destruction.name, [row['title'] for row in shown['rows']])

"""Consulting and borrowing archives, from the request to the return (policy 档案 6, design §7)."""
from datetime import timedelta

from psycopg2.errors import CheckViolation

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from ..archive.common import ArchiveCommon, picture, word_file
from ..reasons import give_reason

DECIDE = 'tianyuan_customer_rating.mail_activity_type_borrow_decide'
RETURN = 'tianyuan_customer_rating.mail_activity_type_borrow_return'


@tagged('post_install', '-at_install')
class TestArchiveBorrow(ArchiveCommon):

    def activities(self, borrow, kind):
        return self.env['mail.activity'].sudo().search([
            ('res_model', '=', borrow._name), ('res_id', 'in', borrow.ids),
            ('activity_type_id', '=', self.env.ref(kind).id)])

    def refused(self, message, work, *args, error=UserError, **values):
        with self.assertRaises(error) as caught, self.env.cr.savepoint():
            work(*args, **values)
        self.assertIn(message, str(caught.exception))

    # -- the way of a borrowing --------------------------------------------------------------------------

    def test_from_request_to_return(self):
        borrow = self.new_borrow(mode='borrow')
        self.assertEqual(borrow.borrower_id, self.sales_user)
        with freeze_time('2024-05-01 08:00:00'):
            borrow.action_request()
        self.assertEqual((borrow.state, str(borrow.requested_on)), ('requested', '2024-05-01 08:00:00'))
        borrow.with_user(self.rating_manager).action_approve()
        self.assertEqual((borrow.state, borrow.decided_by_id), ('approved', self.rating_manager))
        borrow.with_user(self.archive_specialist).action_hand_out()
        self.assertEqual((borrow.state, borrow.handed_out_by_id), ('out', self.archive_specialist))
        self.assertTrue(borrow.decided_on and borrow.handed_out_on)
        borrow.with_user(self.archive_specialist).action_return()
        self.assertEqual((borrow.state, borrow.closed_by_id), ('returned', self.archive_specialist))
        self.assertEqual([(row.action, row.document_id, row.borrow_number, row.user_id) for row in self.log()], [
            ('handed_out', self.document, borrow.name, self.archive_specialist),
            ('returned', self.document, borrow.name, self.archive_specialist)])

    def test_it_is_due_after_the_company_s_days_at_the_end_of_the_office_day(self):
        borrows = self.env['tianyuan.archive.borrow'].with_user(self.sales_user).with_context(tz='Asia/Shanghai')
        for days, now, due in (
            (7, '2024-05-01 01:00:00', '2024-05-08 10:00:00'),    # 18:00 in Shanghai
            (14, '2024-05-01 20:00:00', '2024-05-16 10:00:00'),    # already 2 May there
        ):
            self.company.tianyuan_borrow_days = days
            with self.subTest(days), freeze_time(now):
                self.assertEqual(str(borrows.default_get(['date_due'])['date_due']), due)

    def test_a_borrowing_lasts_a_day_at_least(self):
        with self.assertRaises(CheckViolation), self.env.cr.savepoint(), mute_logger('odoo.sql_db'):
            self.company.tianyuan_borrow_days = 0
            self.company.flush_recordset()

    def test_the_button_accepts_the_pledge_and_asks(self):
        borrow = self.new_borrow(pledge_accepted=False)
        self.refused("Accept the pledge", borrow.action_request)
        borrow.action_accept_pledge()
        self.assertEqual((borrow.state, borrow.pledge_accepted), ('requested', True))

    def test_nobody_accepts_the_pledge_for_another(self):
        borrow = self.new_borrow(pledge_accepted=False)
        for user in (self.archive_specialist, self.rating_manager):
            self.refused("Only the borrower", borrow.with_user(user).action_accept_pledge, error=AccessError)
        self.assertFalse(borrow.pledge_accepted)

    def test_refusal_tells_the_borrower_why(self):
        borrow = self.new_borrow()
        borrow.action_request()
        keeper = borrow.with_user(self.archive_specialist)
        self.refused("Say why", keeper.action_refuse, " ")
        give_reason(keeper, 'action_refuse', "Not needed for a tender")
        self.assertEqual((borrow.state, borrow.refusal_reason), ('refused', "Not needed for a tender"))
        message = borrow.sudo().message_ids.filtered(lambda message: "refused" in message.body)
        self.assertIn("Not needed for a tender", message.body)
        self.assertIn(self.sales_user.partner_id, message.notified_partner_ids)

    def test_loss_is_noted(self):
        borrow = self.handed_out(mode='borrow')
        self.refused("Only archive specialists", borrow.action_lose, error=AccessError)
        borrow.with_user(self.rating_manager).action_lose()
        self.assertEqual((borrow.state, self.log()[-1].action), ('lost', 'lost'))

    def test_the_borrower_ends_a_consultation_but_an_original_is_taken_back(self):
        consult, original = self.handed_out(), self.handed_out(mode='borrow')
        consult.action_return()
        self.assertEqual(consult.state, 'returned')
        self.refused("Only archive specialists", original.action_return, error=AccessError)

    def test_the_whole_archive_notes_each_document(self):
        second = self.new_document("身份证", picture(), 'id.png')
        self.new_document("Others'", picture(), 'id.png', customer=self.other_customer)
        self.handed_out(scope='archive')
        self.assertEqual(self.log().document_id, self.document + second)

    def test_an_archive_without_documents_notes_the_customer(self):
        self.handed_out(self.finance_assessor, scope='archive', partner_id=self.other_customer.id)
        self.assertEqual((self.log().partner_id, self.log().document_name), (self.other_customer, False))

    def test_cancelling(self):
        borrow = self.new_borrow()
        borrow.action_request()
        self.refused("", borrow.with_user(self.finance_assessor).action_cancel, error=AccessError)
        borrow.action_cancel()
        self.assertEqual(borrow.state, 'cancelled')
        self.assertFalse(self.activities(borrow, DECIDE))
        out = self.handed_out()
        self.refused("this step isn't possible", out.action_cancel)

    def test_each_company_counts_its_own_numbers(self):
        first, second = self.new_borrow(), self.new_borrow()
        self.assertRegex(first.name, r'^BR/\d{4}/0001$')
        self.assertRegex(second.name, r'^BR/\d{4}/0002$')
        other = self.setup_other_company()['company']
        self.finance_assessor.sudo().company_ids += other
        document = self.document.copy({'company_id': other.id})
        elsewhere = self.new_borrow(
            self.finance_assessor, company_id=other.id, document_ids=[Command.set(document.ids)])
        self.assertEqual(elsewhere.name, first.name)

    def test_several_are_created_at_once(self):
        values = {'partner_id': self.customer.id, 'purpose': "P", 'date_due': '2999-01-01', 'scope': 'archive'}
        borrows = self.env['tianyuan.archive.borrow'].with_user(self.sales_user).create([values, values])
        self.assertEqual(len(set(borrows.mapped('name'))), 2)

    # -- what a request must say ---------------------------------------------------------------------------

    def test_what_a_request_lacks(self):
        for message, values in (
            ("Accept the pledge", {'pledge_accepted': False}),
            ("Say what you need", {'purpose': " "}),
            ("Choose the documents", {'document_ids': False}),
            ("is over", {'date_due': fields.Datetime.now() - timedelta(seconds=1)}),
        ):
            with self.subTest(message):
                borrow = self.new_borrow(**values)
                self.refused(message, borrow.action_request)
                self.assertEqual(borrow.state, 'draft')

    def test_what_cannot_be_consulted_is_said_when_it_is_asked_for(self):
        letter = self.new_document("Letter", word_file(), 'letter.docx')
        borrow = self.new_borrow(document_ids=[Command.set((letter + self.document).ids)])
        self.refused("these can only be borrowed: Letter", borrow.action_request)
        borrow.mode = 'borrow'
        borrow.action_request()

    def test_a_request_begins_at_the_document(self):
        letter = self.new_document("Letter", word_file(), 'letter.docx')
        for document, mode in ((self.document, 'consult'), (letter, 'borrow')):
            action = document.with_user(self.sales_user).action_request_borrow()
            with Form(self.env[action['res_model']].with_user(self.sales_user).with_context(action['context'])) as form:
                form.purpose = "Tender"    # all that is left to enter
            borrow = form.record
            borrow.action_accept_pledge()
            self.assertEqual(
                (borrow.partner_id, borrow.document_ids, borrow.mode, borrow.state),
                (self.customer, document.with_user(self.sales_user), mode, 'requested'))
            self.assertEqual(borrow.display_name, f"{borrow.name} {self.customer.name}")

    def test_a_copy_is_previewed_as_the_pdf_it_is(self):
        photo = self.new_document("Photo", picture(), 'photo.png')
        letter = self.new_document("Letter", word_file(), 'letter.docx')
        self.handed_out(scope='archive')
        preview = photo.with_user(self.sales_user).action_preview()
        self.assertEqual(preview['params']['mimetype'], 'application/pdf')
        no_copy = letter.with_user(self.sales_user).action_preview()
        self.assertEqual((no_copy['type'], no_copy['target']), ('ir.actions.act_url', 'new'))
        original = photo.with_user(self.archive_specialist).action_preview()
        self.assertEqual(original['params']['mimetype'], 'image/png')

    def test_time_that_ran_out_stops_approval_and_handing_out(self):
        with freeze_time('2024-05-01 08:00:00') as clock:
            borrow = self.new_borrow()
            borrow.action_request()
            approved = self.new_borrow()
            approved.action_request()
            approved.with_user(self.rating_manager).action_approve()
            clock.move_to('2024-05-01 09:00:00')
            self.refused("is over", borrow.with_user(self.rating_manager).action_approve)
            self.refused("is over", approved.with_user(self.rating_manager).action_hand_out)

    def test_documents_are_the_customers_and_the_companys(self):
        others = self.new_document("Others'", picture(), 'id.png', customer=self.other_customer)
        self.refused("one customer at a time", self.new_borrow,
            self.finance_assessor, document_ids=[Command.set(others.ids)], error=ValidationError)
        contact = self.new_contact(self.customer)
        self.refused("is a contact", self.new_borrow,
            self.finance_assessor, partner_id=contact.id, scope='archive', error=ValidationError)
        other = self.setup_other_company()['company']
        elsewhere = self.document.copy({'company_id': other.id})
        with self.assertRaises(UserError):
            self.new_borrow(self.finance_assessor, document_ids=[Command.set(elsewhere.ids)])

    # -- who may ---------------------------------------------------------------------------------------------

    def test_a_paper_set_aside_is_checked_like_any_other(self):
        foreign = self.new_document("Their licence", self.secret, 'foreign.pdf', customer=self.other_customer)
        foreign.active = False
        self.refused(
            "one customer at a time", self.new_borrow, self.finance_assessor, error=ValidationError,
            document_ids=[Command.set((self.document + foreign).ids)],
        )
        self.other_customer.user_id = False
        self.refused("access", self.new_borrow, error=AccessError, document_ids=[Command.set(foreign.ids)],
                     partner_id=self.customer.id)

    def test_the_decider_sees_papers_set_aside_and_the_log_notes_them(self):
        self.document.active = False
        borrow = self.handed_out(mode='borrow')
        self.assertEqual(borrow.with_user(self.rating_manager).document_ids, self.document)
        self.assertEqual(borrow.covered_document_ids, self.document)
        borrow.with_user(self.archive_specialist).action_return()
        archive = self.handed_out(mode='borrow', scope='archive')
        self.assertEqual(archive.covered_document_ids, self.document)
        self.assertEqual(
            [(row.action, row.document_id) for row in self.log()],
            [('handed_out', self.document), ('returned', self.document), ('handed_out', self.document)])

    def test_a_list_asks_at_once_what_can_be_opened(self):
        papers = self.document
        for number in range(8):
            papers += self.new_document(f"Paper {number}", self.secret, 'paper.pdf')
        for _number in range(2):
            self.handed_out(document_ids=[Command.set(papers[:4].ids)])
        papers = papers.with_user(self.sales_user)
        self.env.flush_all()
        self.env.invalidate_all()
        papers.mapped('name')
        with self.assertQueryCount(8):
            self.assertEqual(papers.filtered('can_open'), papers[:4])

    def test_what_is_out_is_not_deleted(self):
        keeper = self.document.with_user(self.archive_specialist)
        for scope in ('documents', 'archive'):
            with self.subTest(scope):
                borrow = self.handed_out(mode='borrow', scope=scope)
                self.refused(f"营业执照 is out by {borrow.name}", keeper.unlink)
                borrow.with_user(self.archive_specialist).action_return()
        keeper.unlink()
        self.assertFalse(self.document.exists())

    def test_a_borrowing_goes_with_the_papers_of_a_customer_merged_into_a_contact(self):
        contact = self.new_contact(self.other_customer)
        borrow = self.handed_out(mode='borrow', scope='archive')
        self.env['base.partner.merge.automatic.wizard'].create({})._merge(
            (self.customer + contact).ids, contact, extra_checks=False)
        self.assertEqual((self.document.partner_id, borrow.sudo().partner_id), (self.other_customer,) * 2)

    def test_who_may_ask_for_which_archive(self):
        self.other_customer.user_id = False
        for user in (self.finance_assessor, self.archive_specialist, self.rating_manager):
            self.new_borrow(user, scope='archive', partner_id=self.other_customer.id).action_request()
        self.refused("your own customers only", self.new_borrow,
            scope='archive', partner_id=self.other_customer.id, error=AccessError)
        others = self.new_document("Others'", picture(), 'id.png', customer=self.other_customer)
        with self.assertRaises(AccessError):
            self.new_borrow(partner_id=self.other_customer.id, document_ids=[Command.set(others.ids)])
        leader = self.new_role_user('sales_user', login='leader')
        self.env['crm.team'].create({
            'name': "North", 'user_id': leader.id, 'company_id': self.company.id,
            'member_ids': [Command.set(self.sales_user.ids)]})
        self.new_borrow(leader).action_request()

    def test_the_customer_cannot_be_changed_to_somebody_elses(self):
        borrow = self.new_borrow(scope='archive')
        self.refused("your own customers only", borrow.write, {'partner_id': self.other_customer.id}, error=AccessError)

    def test_a_customer_lost_between_draft_and_request_is_refused(self):
        borrow = self.new_borrow()
        self.customer.user_id = False
        self.refused("", borrow.action_request, error=AccessError)

    def test_nobody_decides_on_their_own_request(self):
        for user in (self.archive_specialist, self.rating_manager):
            borrow = self.new_borrow(user)
            borrow.action_request()
            self.refused("their own request", borrow.action_approve, error=AccessError)
            self.refused("their own request", borrow.action_refuse, "No", error=AccessError)

    def test_who_decides_and_hands_out(self):
        borrow = self.new_borrow(self.finance_assessor)
        self.refused("Only the borrower", borrow.with_user(self.rating_manager).action_request, error=AccessError)
        borrow.action_request()
        for user in (self.finance_assessor, self.sales_user):
            self.refused("", borrow.with_user(user).action_approve, error=AccessError)
            self.refused("", borrow.with_user(user).action_refuse, "No", error=AccessError)
        borrow.with_user(self.archive_specialist).action_approve()
        self.refused("Only archive specialists", borrow.action_hand_out, error=AccessError)

    def test_steps_are_taken_in_their_order(self):
        manager = self.rating_manager
        steps = {
            'action_approve': ('requested',), 'action_hand_out': ('approved',), 'action_return': ('out',),
            'action_lose': ('out',), 'action_cancel': ('draft', 'requested', 'approved'),
        }
        for state in ('draft', 'requested', 'approved', 'out', 'returned', 'lost', 'refused', 'cancelled'):
            borrow = self.new_borrow()
            borrow.sudo().state = state
            for step, states in steps.items():
                if state not in states:
                    with self.subTest(step, state=state):
                        self.refused("this step isn't possible", getattr(borrow.with_user(manager), step))
            if state != 'requested':
                self.refused("this step isn't possible", borrow.with_user(manager).action_refuse, "No")
            if state != 'draft':
                self.refused("this step isn't possible", borrow.action_request)

    def test_states_persons_and_times_are_not_written(self):
        borrow = self.new_borrow()
        for name, value in (
            ('state', 'out'), ('borrower_id', self.finance_assessor.id), ('name', 'X'), ('decided_by_id', 1),
            ('requested_on', '2024-01-01'), ('decided_on', '2024-01-01'), ('handed_out_on', '2024-01-01'),
            ('handed_out_by_id', 1), ('closed_on', '2024-01-01'), ('closed_by_id', 1), ('refusal_reason', 'x'),
            ('chased_on', '2999-01-01'),
        ):
            for user in (self.sales_user, self.archive_specialist, self.rating_manager):
                with self.subTest(name, user=user.login):
                    self.refused("by its buttons", borrow.with_user(user).write, {name: value}, error=AccessError)
                    self.refused("by its buttons", self.new_borrow, user, **{name: value}, error=AccessError)
        preset = self.env['tianyuan.archive.borrow'].with_user(self.sales_user).with_context(
            default_state='out', default_borrower_id=self.archive_specialist.id,
        ).create({'partner_id': self.customer.id, 'purpose': "P", 'date_due': '2999-01-01', 'scope': 'archive'})
        self.assertEqual((preset.state, preset.borrower_id), ('draft', self.sales_user))

    def test_what_was_requested_stays(self):
        borrow = self.new_borrow()
        self.refused("Only the borrower", borrow.with_user(self.rating_manager).write, {'purpose': "x"}, error=AccessError)
        borrow.action_request()
        for values in ({'date_due': '2999-01-01'}, {'mode': 'borrow'}, {'scope': 'archive'}, {'document_ids': False}):
            self.refused("stays as it is", borrow.write, values)
        with self.assertRaises(UserError):
            borrow.sudo().unlink()

    def test_who_sees_which(self):
        own, others = self.new_borrow(), self.new_borrow(self.finance_assessor)
        Borrow = self.env['tianyuan.archive.borrow']
        domain = [('id', 'in', (own + others).ids)]
        for user, seen in ((self.sales_user, own), (self.finance_assessor, others),
                           (self.archive_specialist, own + others), (self.rating_manager, own + others)):
            self.assertEqual(Borrow.with_user(user).search(domain, order='id'), seen, user.login)
        stranger = self.new_role_user('manager', login='stranger', company_id=self.env.ref('base.main_company').id,
                                      company_ids=[Command.set(self.env.ref('base.main_company').ids)])
        self.assertFalse(Borrow.with_user(stranger).search(domain))
        plain = new_test_user(self.env, 'plain', groups='base.group_user')
        self.assertFalse(Borrow.with_user(plain).has_access('read'))

    # -- screens ------------------------------------------------------------------------------------------------

    def test_the_form(self):
        with Form(self.env['tianyuan.archive.borrow'].with_user(self.sales_user)) as form:
            form.partner_id = self.customer
            form.purpose = "Tender"
            form.date_due = fields.Datetime.now() + timedelta(hours=1)
            form.document_ids.add(self.document)
        form.record.action_accept_pledge()
        self.assertEqual(form.record.document_ids, self.document)

    def test_the_form_lists_what_can_be_opened_now(self):
        second = self.new_document("身份证", picture(), 'id.png')
        chosen, whole = self.handed_out(), self.handed_out(scope='archive')
        self.assertEqual(chosen.covered_document_ids, self.document)
        self.assertEqual(set(whole.covered_document_ids), set(self.document + second))
        self.assertEqual(self.document.action_open()['url'], f'/tianyuan/archive/document/{self.document.id}')
        self.customer.user_id = False
        whole.invalidate_recordset()
        self.assertFalse(whole.covered_document_ids, "no longer the borrower's customer")

    def test_filters(self):
        held, mine = self.handed_out(), self.new_borrow()
        Borrow = self.env['tianyuan.archive.borrow'].sudo()
        ids = ('id', 'in', (held + mine).ids)
        self.assertEqual(Borrow.search([ids, ('specialist_id', '=', self.archive_specialist.id), ('state', '=', 'out')]), held)
        self.assertFalse(Borrow.search([ids, ('is_overdue', '=', True)]))
        with freeze_time(fields.Datetime.now() + timedelta(hours=1)):
            Borrow.invalidate_model()
            self.assertTrue(held.is_overdue)
            self.assertEqual(Borrow.search([ids, ('is_overdue', '=', True)]), held)
            self.assertEqual(Borrow.search([ids, ('is_overdue', '=', False)]), mine)

    def test_the_customer_shows_what_is_out(self):
        self.handed_out()
        self.new_borrow()
        customer = self.customer.with_user(self.archive_specialist)
        self.assertEqual(customer.tianyuan_borrow_out_count, 1)
        self.assertEqual(self.customer.with_user(self.finance_assessor).tianyuan_borrow_out_count, 0)
        self.assertEqual(customer.action_tianyuan_borrows()['domain'], [('partner_id', '=', self.customer.id)])
        elsewhere = self.env['res.company'].sudo().create({'name': "Elsewhere"})
        self.archive_specialist.sudo().company_ids += elsewhere
        self.assertEqual(customer.with_context(allowed_company_ids=elsewhere.ids).tianyuan_borrow_out_count, 0)

    # -- who is told ----------------------------------------------------------------------------------------------

    def test_a_request_asks_the_specialist_and_the_decision_answers(self):
        borrow = self.new_borrow()
        borrow.action_request()
        self.assertEqual(self.activities(borrow, DECIDE).user_id, self.archive_specialist)
        self.assertEqual(self.activities(borrow, DECIDE).summary, "张三 asks for the archive of Customer")
        borrow.with_user(self.rating_manager).action_approve()
        self.assertFalse(self.activities(borrow, DECIDE))
        message = borrow.sudo().message_ids.filtered(lambda message: "approved" in message.body)
        self.assertIn(self.sales_user.partner_id, message.notified_partner_ids)

    def test_without_a_specialist_or_on_their_own_request_managers_are_asked(self):
        own = self.new_borrow(self.archive_specialist)
        own.action_request()
        asked = self.activities(own, DECIDE).user_id
        self.assertIn(self.rating_manager, asked)
        self.assertNotIn(self.archive_specialist, asked)
        self.customer.sudo().tianyuan_archive_specialist_id = False
        borrow = self.new_borrow()
        borrow.action_request()
        self.assertIn(self.rating_manager, self.activities(borrow, DECIDE).user_id)

    @mute_logger('odoo.addons.mail.models.mail_mail')
    def test_overdue_is_chased_every_few_days_until_it_comes_back(self):
        self.company.tianyuan_borrow_chase_days = 3
        with freeze_time('2024-05-01 08:00:00') as clock:
            borrow = self.handed_out(mode='borrow')
            chased = []
            for day in ('2024-05-01 08:30:00', '2024-05-02 08:00:00', '2024-05-03 08:00:00', '2024-05-04 08:00:00',
                        '2024-05-05 08:00:00'):
                clock.move_to(day)
                self.env['tianyuan.archive.borrow'].sudo()._cron_chase()
                chased.append(borrow.chased_on and str(borrow.chased_on))
            self.assertEqual(chased, [False, '2024-05-02', '2024-05-02', '2024-05-02', '2024-05-05'])
            activities = self.activities(borrow, RETURN)
            self.assertEqual(set(activities.user_id), {self.sales_user, self.archive_specialist})
            self.assertEqual(len(activities), 2)
            borrow.with_user(self.archive_specialist).action_return()
            self.assertFalse(self.activities(borrow, RETURN))
            clock.move_to('2024-05-20 08:00:00')
            self.env['tianyuan.archive.borrow'].sudo()._cron_chase()
            self.assertFalse(self.activities(borrow, RETURN))

"""A person is erased: two people decide, nothing of the person is left, and the log still verifies."""
import base64
import json

from markupsafe import Markup

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL

from ..document.common import PNG
from ..profile.common import ProfileCommon
from ..retention.common import RetentionCommon

NAME, PHONE, EMAIL = "Wang Fang", "0571 8888 1234", 'fang@customer.example'


@tagged('post_install', '-at_install')
class TestPersonalErasure(ProfileCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sudo().partner_id.lang = 'en_US'    # of names that stand in the place of others
        cls.customer.sudo().tianyuan_archive_state = 'collecting'
        cls.contact.write({'phone': PHONE, 'email': EMAIL, 'function': "Buyer", 'comment': "Tall"})
        cls.alias = f"Erased contact {cls.contact.id}"

    def ask(self, person=None, user=None):
        return self.env['tianyuan.personal.erasure'].with_user(user or self.archive_specialist).create({
            'partner_id': (person or self.contact).id, 'reason': "Letter of 3 May", 'company_id': self.company.id,
        })

    def erase(self, person=None):
        erasure = self.ask(person)
        erasure.with_user(self.rating_manager).action_erase()
        self.env.flush_all()
        self.env.invalidate_all()
        return erasure

    def found(self, text):
        """The columns of our tables, of contacts and of notes in which a text is still stored."""
        self.env.flush_all()
        columns = self.env.execute_query(SQL(
            """
            SELECT table_name, column_name FROM information_schema.columns
             WHERE table_schema = 'public' AND data_type IN ('character varying', 'text', 'jsonb')
               AND (table_name LIKE 'tianyuan%%' OR table_name IN
                    ('res_partner', 'mail_message', 'mail_tracking_value', 'mail_activity', 'ir_attachment', 'mail_mail'))
            """,
        ))
        return {
            (table, column) for table, column in columns if self.env.execute_query(SQL(
                "SELECT 1 FROM %s WHERE strpos(%s::text, %s) > 0 LIMIT 1",
                SQL.identifier(table), SQL.identifier(column), text,
            ))
        }

    def test_nothing_of_the_person_is_left(self):
        customer = self.customer.with_context(tracking_disable=False, mail_notrack=False).with_user(self.archive_specialist)
        customer.tianyuan_primary_contact_id = self.contact
        self.env.flush_all()
        self.env.cr.precommit.run()    # writes the tracked values
        self.profile.message_post(body=f"{NAME} likes tea")
        self.profile.write({
            'legal_basis': 'consent', 'consent_date': '2024-05-01', 'evidence': base64.b64encode(b"signed"),
            'evidence_name': f"{NAME}.pdf",
        })
        self.contact.message_post(body=f"Called {NAME} at {PHONE}")
        self.customer.message_post(body=f"Met {NAME} today")
        self.contact.activity_schedule('mail.mail_activity_data_todo', summary=f"Call {NAME}", user_id=self.env.uid)
        form = self.env['tianyuan.archive.collection'].with_user(self.sales_user).create({
            'partner_id': self.customer.id, 'second_contact_name': NAME, 'second_contact_phone': PHONE, 'city': "Jinan",
        })
        form.action_submit()
        self.profile.with_user(self.sales_user).read(['hobbies'])
        self.assertIn(('tianyuan_archive_access_log', 'partner_name'), self.found(NAME))
        self.assertIn(('mail_tracking_value', 'new_value_char'), self.found(NAME))
        self.assertIn(('tianyuan_archive_collection_line', 'new_value'), self.found(NAME))

        erasure = self.erase()

        self.assertEqual(self.found(NAME), set())
        self.assertEqual(self.found(PHONE), set())
        self.assertEqual(self.found(EMAIL), set())
        self.assertFalse(self.profile.exists())
        self.assertFalse(self.env['ir.attachment'].sudo().search([
            ('res_model', '=', 'tianyuan.contact.profile'), ('res_field', '!=', '')]))
        self.assertRecordValues(self.contact, [{
            'name': self.alias, 'phone': False, 'email': False, 'function': False, 'comment': False, 'active': False,
        }])
        self.assertEqual(self.contact.parent_id, self.customer)
        self.assertFalse(self.customer.tianyuan_primary_contact_id)
        self.assertEqual((form.second_contact_name, form.second_contact_phone), (self.alias, False))
        self.assertIn(f"Met {self.alias} today", "".join(map(str, self.customer.message_ids.mapped('body'))))
        self.assertEqual((erasure.state, erasure.done_by_id), ('done', self.rating_manager))
        self.assertIn("1 contact profiles", erasure.erased)

    def test_the_log_names_the_person_no_more_and_verifies(self):
        self.profile.with_user(self.sales_user).read(['hobbies'])
        log = self.env['tianyuan.archive.access.log'].sudo()
        before = log.search([('partner_id', '=', self.contact.id)])
        self.assertEqual(before.partner_name, NAME)
        self.erase()
        rows = log.search([('company_id', '=', self.company.id)], order='number')
        self.assertEqual(before.partner_name, False)
        self.assertEqual((rows[-1].action, rows[-1].user_id, rows[-1].partner_name),
                         ('erased', self.rating_manager, self.alias))
        self.assertEqual([row[0] for row in json.loads(rows[-1].redactions)], before.mapped('number'))
        self.assertEqual(log._verify(self.company), (len(rows), None))

    def test_two_people_decide(self):
        erasure = self.ask()
        for user in (self.archive_specialist, self.sales_user, self.finance_assessor):
            with self.subTest(user.login), self.assertRaises(AccessError):
                erasure.with_user(user).action_erase()
        self.rating_manager.sudo().group_ids += self.env.ref('tianyuan_customer_rating.group_archive_specialist')
        own = self.ask(self.new_contact(self.customer, "Chen Wei"), self.rating_manager)
        with self.assertRaisesRegex(UserError, "another manager does"):
            own.with_user(self.rating_manager).action_erase()
        with self.assertRaisesRegex(UserError, "another manager does"):
            own.with_user(self.rating_manager).action_refuse("No")
        erasure.with_user(self.rating_manager).action_erase()
        with self.assertRaisesRegex(UserError, "this step isn't possible"):
            erasure.with_user(self.rating_manager).action_erase()

    def test_nobody_writes_who_asked_or_whom_it_is_about(self):
        erasure = self.ask()
        for values in (
            {'user_id': self.sales_user.id}, {'partner_id': self.other_contact.id}, {'state': 'done'},
            {'company_id': self.spare_company.id}, {'record': {}},
        ):
            for user in (self.archive_specialist, self.rating_manager):
                with self.subTest(values, user=user.login), self.assertRaises(AccessError):
                    erasure.with_user(user).write(values)
        with self.assertRaises(AccessError):
            self.env['tianyuan.personal.erasure'].with_user(self.archive_specialist).create({
                'partner_id': self.other_contact.id, 'reason': "x", 'user_id': self.sales_user.id,
            })

    def test_a_manager_refuses_with_a_reason(self):
        erasure = self.ask()
        erasure.with_user(self.rating_manager).action_refuse("Needed for a lawsuit")
        self.assertEqual((erasure.state, erasure.refusal_reason), ('refused', "Needed for a lawsuit"))
        self.assertTrue(self.profile.exists())

    def test_a_name_on_invoices_stays_and_the_list_says_why(self):
        self.invoice(self.contact, '2024-05-01', 100)
        erasure = self.ask()
        self.assertIn("1 invoices", erasure.kept)
        self.assertNotIn("The contact's name", erasure.erased)
        erasure.with_user(self.rating_manager).action_erase()
        self.assertRecordValues(self.contact, [{'name': NAME, 'phone': False, 'email': False, 'active': False}])
        self.assertNotIn(NAME, self.env['tianyuan.archive.access.log'].sudo().search(
            [('partner_ref', '=', self.contact.id)]).mapped('partner_name'))

    def test_the_list_before_says_what_goes_and_what_somebody_must_read(self):
        self.env['tianyuan.archive.document'].with_user(self.archive_specialist).create({
            'name': f"Passport {NAME}", 'partner_id': self.customer.id, 'company_id': self.company.id,
            'type_id': self.env['tianyuan.archive.document.type'].sudo().create({'name': "Passport"}).id,
        })
        erasure = self.ask()
        self.assertIn("1 contact profiles", erasure.erased)
        self.assertIn(self.alias, erasure.erased)
        self.assertIn("Document “Passport”", erasure.check)
        self.assertNotIn(NAME, "\n".join(filter(None, [erasure.erased, erasure.kept, erasure.check])))

    def test_users_companies_and_customers_with_an_archive_are_not_erased(self):
        specialist = self.archive_specialist
        with self.assertRaisesRegex(UserError, "is a company"):
            self.customer.with_user(specialist).action_tianyuan_ask_erasure()
        with self.assertRaisesRegex(UserError, "Users stay"):
            self.sales_user.partner_id.with_user(specialist).action_tianyuan_ask_erasure()
        single = self.env['res.partner'].create({'name': "Chen", 'tianyuan_archive_state': 'collecting'})
        with self.assertRaisesRegex(UserError, "customer with an archive"):
            self.ask(single)

    def test_a_contact_that_was_changed_since_is_not_erased(self):
        for values in ({'name': "Finance"}, {'email': 'all@customer.example'}, {'parent_id': self.other_customer.id}):
            with self.subTest(values), self.env.cr.savepoint() as savepoint:
                erasure = self.ask()
                self.env.flush_all()
                self.contact.write(values)
                with self.assertRaisesRegex(UserError, "was changed after it was asked"):
                    erasure.with_user(self.rating_manager).action_erase()
                erasure.with_user(self.rating_manager).action_refuse("Changed")
                self.assertFalse(erasure.sudo().fingerprint)
                savepoint.rollback()

    def test_no_size_of_the_picture_is_left(self):
        self.contact.image_1920 = base64.b64encode(PNG)
        pictures = [('res_model', '=', 'res.partner'), ('res_id', '=', self.contact.id), ('res_field', '=like', 'image_%')]
        self.env.flush_all()
        self.assertEqual(self.env['ir.attachment'].sudo().search_count(pictures), 5)
        face = self.contact.avatar_128
        self.erase()
        self.assertFalse(self.env['ir.attachment'].sudo().search_count(pictures))
        self.assertFalse(self.contact.image_128)
        self.assertNotEqual(self.contact.avatar_128, face)

    def test_a_contact_of_another_company_is_not_asked_for(self):
        foreign = self.new_contact(self.customer, "Chen Wei")
        foreign.company_id = self.spare_company
        rule = self.env.ref('base.res_partner_rule').sudo()
        rule.active = True
        with self.assertRaises(AccessError):
            self.ask(foreign)
        rule.active = False    # companies share contacts
        with self.assertRaisesRegex(UserError, "Other companies hold data"):
            self.erase(foreign)

    def test_companies_that_invoiced_the_person_hold_data_too(self):
        elsewhere = self.setup_other_company()['company']
        self.invoice(self.contact, '2024-05-01', 100, company=elsewhere)
        self.assertEqual(self.contact.sudo()._tianyuan_companies_holding(), self.company + elsewhere)
        with self.assertRaisesRegex(UserError, "Other companies hold data"):
            self.erase()

    def test_a_former_customer_that_joined_its_group_is_no_person(self):
        self.env['tianyuan.rating'].with_user(self.rating_manager).create({
            'partner_id': self.other_customer.id, 'company_id': self.company.id,
            'date_from': '2024-04-01', 'date_to': '2024-06-30',
        })
        self.other_customer.sudo().write({'parent_id': self.customer.id, 'is_company': False})
        with self.assertRaisesRegex(UserError, "was a customer of its own"):
            self.ask(self.other_customer)

    def test_activities_subjects_and_notes_lose_the_name_however_it_is_written(self):
        obrien = self.new_contact(self.customer, "Ann O'Brien")
        activity = self.customer.activity_schedule(
            'mail.mail_activity_data_todo', summary="Call ann o'brien", note="<p>Ask Ann O&#39;Brien</p>",
            user_id=self.env.uid)
        note = self.customer.message_post(
            body=Markup("<p>ANN O&#39;BRIEN, Ann O'Brien; Ann O'Briens</p>"), subject="Ann O'Brien's visit")
        self.erase(obrien)
        alias = obrien.name
        self.assertEqual(alias, f"Erased contact {obrien.id}")
        self.assertEqual((activity.summary, activity.note), (f"Call {alias}", f"<p>Ask {alias}</p>"))
        self.assertEqual(note.subject, f"{alias}'s visit")
        self.assertEqual(note.body, f"<p>{alias}, {alias}; Ann O'Briens</p>")

    def test_notes_on_a_former_customer_are_to_be_read(self):
        contact = self.contact.with_context(tracking_disable=False, mail_notrack=False)
        self.other_customer.message_post(body=f"Met {NAME}")
        contact.parent_id = self.other_customer
        self.env.flush_all()
        self.env.cr.precommit.run()
        contact.parent_id = self.customer
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.assertIn(f"1 notes on the former customer (contact no. {self.other_customer.id})", self.ask().check)

    def test_only_the_persons_own_address_leaves_mails(self):
        others = '"Zhao Lei" <zhao@customer.example>, xfang@customer.example'
        mails = self.env['mail.mail'].sudo().create([
            {'email_to': f'{NAME} <{EMAIL}>, {others}', 'email_cc': EMAIL.upper(), 'state': 'exception'},
            {'email_to': others, 'state': 'exception'},
        ])
        note = self.customer.message_post(body="Hello")
        notice = self.env['mail.notification'].sudo().create({
            'mail_message_id': note.id, 'notification_type': 'email', 'mail_email_address': EMAIL})
        note.sudo().write({'outgoing_email_to': f'{EMAIL}, zhao@customer.example', 'incoming_email_cc': EMAIL})
        self.erase()
        self.assertRecordValues(mails, [
            {'email_to': others, 'email_cc': False, 'state': 'exception'},
            {'email_to': others, 'email_cc': False, 'state': 'exception'},
        ])
        self.assertEqual(notice.mail_email_address, '-')
        self.assertEqual((note.outgoing_email_to, note.incoming_email_cc), ('zhao@customer.example', False))

    def test_an_address_that_a_colleague_has_too_stays_in_mails(self):
        self.new_contact(self.customer, "Colleague").email = EMAIL
        mail = self.env['mail.mail'].sudo().create({'email_to': EMAIL, 'state': 'exception'})
        self.erase()
        self.assertEqual(mail.email_to, EMAIL)

    def test_the_reason_of_a_decided_request_stays(self):
        erasure = self.ask()
        erasure.with_user(self.archive_specialist).reason = "Letter of 4 May"
        erasure.with_user(self.rating_manager).action_erase()
        for user in (self.archive_specialist, self.rating_manager):
            with self.subTest(user.login), self.assertRaises(AccessError):
                erasure.with_user(user).reason = "Another"
        self.assertEqual(erasure.reason, "Letter of 4 May")

    def test_salespeople_ask_for_no_erasure(self):
        with self.assertRaises(AccessError):
            self.contact.with_user(self.sales_user).action_tianyuan_ask_erasure()
        with self.assertRaises(AccessError):
            self.ask(user=self.sales_user)

    def test_who_works_in_one_company_erases_nothing_of_another(self):
        elsewhere = self.setup_other_company()['company']
        self.env['tianyuan.contact.profile'].sudo().create({
            'partner_id': self.contact.id, 'company_id': elsewhere.id, 'hobbies': "Chess",
        })
        erasure = self.ask()
        with self.assertRaisesRegex(UserError, "Other companies hold data"):
            erasure.with_user(self.rating_manager).action_erase()
        self.assertTrue(self.profile.exists())
        self.rating_manager.sudo().company_ids += elsewhere
        erasure.with_user(self.rating_manager).action_erase()
        self.assertFalse(self.env['tianyuan.contact.profile'].sudo().search([('partner_id', '=', self.contact.id)]))
        log = self.env['tianyuan.archive.access.log'].sudo()
        for company in self.company + elsewhere:
            self.assertEqual(log.search([('company_id', '=', company.id)], limit=1).action, 'erased')
            self.assertIsNone(log._verify(company)[1])

    def test_a_request_is_seen_in_its_company_only(self):
        erasure = self.ask()
        elsewhere = self.setup_other_company()['company']
        foreign = self.new_role_user(
            'manager', login='foreign_manager', company_id=elsewhere.id, company_ids=[Command.set(elsewhere.ids)])
        self.assertFalse(erasure.with_user(foreign).search([]))
        with self.assertRaises(AccessError):
            erasure.with_user(foreign).action_erase()

    def test_the_manager_finds_the_request_on_the_workbench(self):
        before = self.cards(self.rating_manager).get('erasures', {'value': 0})['value']
        self.ask()
        self.assertEqual(self.cards(self.rating_manager)['erasures']['value'], before + 1)


@tagged('post_install', '-at_install')
class TestErasurePapers(RetentionCommon):
    """Papers that are destroyed name the person no more, and a customer who is a person can be erased then."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sudo().partner_id.lang = 'en_US'

    def erase(self, person):
        erasure = self.env['tianyuan.personal.erasure'].with_user(self.archive_specialist).with_context(
            lang='en_US').create({'partner_id': person.id, 'reason': "A letter", 'company_id': self.company.id})
        erasure.with_user(self.rating_manager).action_erase()
        self.env.flush_all()
        self.env.invalidate_all()
        return erasure

    def test_destroyed_papers_lose_the_name_and_others_are_to_be_read(self):
        person = self.new_contact(self.customer, NAME)
        gone = self.old(name=f"ID {NAME}")
        line = self.destroyed(gone).line_ids
        kept = self.file(self.other, name=f"Letter {NAME}")
        erasure = self.erase(person)
        alias = person.name
        self.assertEqual((gone.name, kept.name), (f"ID {alias}", f"Letter {NAME}"))
        self.assertEqual(line.sudo().document_name, f"ID {alias}")
        self.assertIn("1 destroyed documents and 1 lines of destructions", erasure.erased)
        self.assertIn(f"(no. {kept.id})", erasure.check)
        self.assertNotIn(f"(no. {gone.id})", erasure.check)

    def test_a_customer_who_is_a_person_is_erased_once_its_papers_are_destroyed(self):
        person = self.env['res.partner'].create({
            'name': NAME, 'phone': PHONE, 'tianyuan_archive_state': 'collecting',
            'tianyuan_archive_specialist_id': self.archive_specialist.id,
        })
        rating = self.env['tianyuan.rating'].sudo().create({
            'partner_id': person.id, 'company_id': self.company.id,
            'date_from': '2010-01-01', 'date_to': '2010-03-31',
        })
        paper = self.file(self.other, partner=person, name=f"ID {NAME}")
        self.refused("customer with an archive", self.erase, person)
        self.close(partner=person)
        self.refused("customer with an archive", self.erase, person)
        line = self.destroyed(paper).line_ids
        hold = self.env['tianyuan.archive.hold'].with_user(self.rating_manager).create({
            'partner_id': person.id, 'company_id': self.company.id, 'reason': "Lawsuit"})
        self.refused("no legal hold is left", self.erase, person)
        hold.action_lift("Settled")
        erasure = self.erase(person)
        alias = f"Erased contact {person.id}"
        self.assertRecordValues(person, [{'name': alias, 'phone': False, 'active': False}])
        self.assertRecordValues(line.sudo(), [{'partner_name': alias, 'document_name': f"ID {alias}"}])
        self.assertEqual(rating.partner_id, person)
        self.assertIn("1 ratings", erasure.kept)
        log = self.env['tianyuan.archive.access.log'].sudo()
        self.assertNotIn(NAME, str(log.search([('partner_ref', '=', person.id)]).read(['partner_name', 'document_name'])))
        self.assertIsNone(log._verify(self.company)[1])

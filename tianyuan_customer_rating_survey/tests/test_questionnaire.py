"""A questionnaire is sent from a visit, or to a list of customers (policy 10.2.2)."""
from datetime import datetime

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .questionnaires import QuestionnaireCommon


@tagged('post_install', '-at_install')
class TestQuestionnaire(QuestionnaireCommon):

    def opened(self, action, user=None):
        """The wizard as the action opens it."""
        return Form(self.env[action['res_model']].with_user(user or self.sales_user).with_company(self.company)
                    .with_context(action['context']))

    def test_from_a_visit(self):
        visit = self.new_visit(contact_ids=[Command.set(self.contact.ids)])
        form = self.opened(visit.action_tianyuan_questionnaire())
        self.assertEqual(form.survey_title, "Customer Satisfaction Survey")
        self.assertEqual(form.recipient_ids[:], self.contact)
        form.save().action_send()

        sheet = visit.sudo().tianyuan_answer_ids
        self.assertEqual((sheet.survey_id, sheet.partner_id, sheet.state), (self.survey, self.contact, 'new'))
        self.assertEqual((sheet.tianyuan_customer_id, sheet.tianyuan_company_id), (self.customer, self.company))
        self.assertEqual(sheet.deadline, datetime(2024, 3, 18, 4, 0))    # in two weeks
        self.assertEqual(visit.tianyuan_answer_count, 1)
        self.assertIn("sent to Li Si", visit.message_ids[0].body)

    def test_the_mail_has_the_link_and_comes_from_the_salesperson(self):
        sheet = self.send()
        mail = self.env['mail.mail'].sudo().search([('recipient_ids', 'in', self.contact.ids)])
        self.assertIn(sheet.access_token, mail.body_html)
        self.assertIn(self.sales_user.email, mail.email_from)
        self.assertEqual(mail.subject, f"{self.company.name}: Customer Satisfaction Survey")

    def test_in_each_recipients_language(self):
        self.env['res.lang']._activate_lang('zh_CN')
        self.env['ir.module.module']._load_module_terms(
            ['survey', 'tianyuan_customer_rating_survey'], ['zh_CN'], overwrite=True)
        self.contact.lang, self.customer.lang = 'zh_CN', 'en_US'
        self.send(self.contact + self.customer)
        mails = self.env['mail.mail'].sudo().search([('recipient_ids', 'in', (self.contact + self.customer).ids)])
        subjects = {mail.recipient_ids: mail.subject for mail in mails}
        self.assertIn("客户满意度调查", subjects[self.contact])
        self.assertIn("Customer Satisfaction Survey", subjects[self.customer])

    def test_to_a_list_of_customers(self):
        self.other_customer.user_id = self.sales_user
        customers = (self.customer + self.other_customer).with_user(self.sales_user)
        form = self.opened(customers.action_tianyuan_questionnaire())
        self.assertEqual(form.recipient_ids[:], self.contact + self.other_customer)    # the contact for their company
        form.save().action_send()
        sheets = self.env['survey.user_input'].search([('survey_id', '=', self.survey.id)])
        self.assertEqual(sheets.tianyuan_customer_id, self.customer + self.other_customer)
        self.assertFalse(sheets.tianyuan_visit_id)
        self.assertIn("sent to Li Si", self.customer.message_ids[0].body)

    def test_sent_again_it_is_the_same_one_until_it_is_answered(self):
        sheet = self.send()
        with freeze_time('2024-03-06 04:00:00'):
            self.assertFalse(self.send())
            self.assertEqual(sheet.deadline, datetime(2024, 3, 20, 4, 0))
        self.assertEqual(self.env['mail.mail'].sudo().search_count([('recipient_ids', 'in', self.contact.ids)]), 2)
        self.answer(sheet, 5, 5, 5, 5, 5)
        self.assertEqual(len(self.send()), 1)

    def test_a_company_chooses_its_own(self):
        own = self.env['survey.survey'].create({
            'title': "Ours", 'question_and_page_ids': [Command.create({'title': "Well?", 'question_type': 'char_box'})],
        })
        self.company.tianyuan_survey_id = own
        self.assertEqual(self.send().survey_id, own)
        own.active = False
        with self.assertRaisesRegex(UserError, "closed surveys"):
            self.wizard().action_send()

    def test_without_a_recipient(self):
        with self.assertRaisesRegex(UserError, "Choose who gets"):
            self.wizard(self.env['res.partner']).action_send()

    def test_each_address_of_a_recipient_gets_it(self):
        self.contact.email = 'li@four.example；office@four.example'
        before = self.env['mail.mail'].sudo().search([])
        self.wizard().action_send()
        mails = self.env['mail.mail'].sudo().search([]) - before
        addresses = [address for mail in mails for each in mail._prepare_outgoing_list() for address in each['email_to']]
        self.assertEqual(len(addresses), 2)
        for address in ('li@four.example', 'office@four.example'):
            self.assertTrue(any(address in each for each in addresses), addresses)

    def test_an_address_that_no_mail_reaches_is_none(self):
        for email in ('暂无', 'li@four', 'li@four.example、'):
            self.contact.email = email
            self.assertIn("Li Si", self.wizard().without_email)

    def test_without_an_address(self):
        self.contact.email = False
        wizard = self.wizard()
        self.assertIn("Li Si", wizard.without_email)
        with self.assertRaisesRegex(UserError, "e-mail address first.*Li Si"):
            wizard.action_send()

    def test_of_a_visit_only_its_customers_people_are_asked(self):
        self.other_customer.user_id = self.sales_user
        with self.assertRaisesRegex(UserError, "only people of Customer"):
            self.wizard(self.other_customer, visit_id=self.new_visit().id).action_send()

    def test_not_from_a_cancelled_visit(self):
        visit = self.new_visit()
        visit.action_cancel()
        with self.assertRaisesRegex(UserError, "cancelled"):
            visit.action_tianyuan_questionnaire()

    def test_not_to_another_companys_customer(self):
        company = self.env['res.company'].create({'name': "Another"})
        self.customer.company_id = self.company
        self.rating_manager.sudo().company_ids += company
        manager = self.wizard(user=self.rating_manager, company_id=company.id).with_context(
            allowed_company_ids=(self.company + company).ids)
        with self.assertRaisesRegex(UserError, "isn't a customer of Another"):
            manager.action_send()
        with self.assertRaisesRegex(AccessError, "one of the companies you work in"):
            manager.with_context(allowed_company_ids=self.company.ids).action_send()

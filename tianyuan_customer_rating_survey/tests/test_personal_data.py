"""What a questionnaire holds on a person is part of the export, and of the list before an erasure."""
from odoo.tests import tagged

from odoo.addons.tianyuan_customer_rating.tests.personal_data import erase, held_on

from .questionnaires import QuestionnaireCommon


@tagged('post_install', '-at_install')
class TestPersonalData(QuestionnaireCommon):

    def test_questionnaires_lose_the_name(self):
        sheet = self.answer(self.send(), 5, 4, 3, 2, 1)
        rows = held_on(self.contact, "Questionnaires", self.company)
        self.assertEqual(len(rows), 5)
        request = erase(self.contact, self.archive_specialist, self.rating_manager, self.company)
        self.assertIn("1 questionnaires", request.erased)
        self.assertRecordValues(sheet, [{'email': False, 'partner_id': False, 'nickname': False}])
        self.assertEqual((sheet.tianyuan_customer_id, len(sheet.user_input_line_ids)), (self.customer, 5))

    def test_answers_of_others_with_a_like_or_the_same_address_stay(self):
        self.contact.email = 'a_b@customer.example'
        mine, like = self.env['survey.user_input'].sudo().create([
            {'survey_id': self.survey.id, 'email': email, 'tianyuan_company_id': self.company.id}
            for email in ('A_B@customer.example', 'axb@customer.example')
        ])
        colleague = self.env['res.partner'].create({'name': "Colleague", 'parent_id': self.customer.id})
        theirs = like.create({
            'survey_id': self.survey.id, 'email': 'a_b@customer.example', 'partner_id': colleague.id,
            'tianyuan_company_id': self.company.id,
        })
        self.assertEqual(self.contact.sudo()._tianyuan_questionnaires(), mine)
        colleague.email = 'a_b@customer.example'
        self.assertFalse(self.contact.sudo()._tianyuan_questionnaires())
        self.assertEqual(colleague.sudo()._tianyuan_questionnaires(), theirs)

"""What a questionnaire holds on a person is part of the export, and of the list before an erasure."""
from odoo.tests import tagged

from .questionnaires import QuestionnaireCommon


@tagged('post_install', '-at_install')
class TestPersonalData(QuestionnaireCommon):

    def section(self, title, person):
        """The rows under a title of what is exported."""
        sections = {name: rows for name, _headings, rows in person.sudo().with_context(
            lang='en_US', allowed_company_ids=self.company.ids)._tianyuan_personal_data()}
        return sections[title]

    def erase(self, person):
        """The request after a manager carried it out, and the alias of the person."""
        request = self.env['tianyuan.personal.erasure'].with_user(self.archive_specialist).create({
            'partner_id': person.id, 'reason': "A letter", 'company_id': self.company.id,
        })
        request.with_user(self.rating_manager).action_erase()
        self.env.invalidate_all()
        return request

    def test_questionnaires_lose_the_name(self):
        sheet = self.answer(self.send(), 5, 4, 3, 2, 1)
        rows = self.section("Questionnaires", self.contact)
        self.assertEqual(len(rows), 5)
        request = self.erase(self.contact)
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

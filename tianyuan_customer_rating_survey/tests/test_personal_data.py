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

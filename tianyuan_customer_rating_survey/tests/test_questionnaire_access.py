"""Who sends questionnaires and who reads the answers (design §10); nobody needs a right to surveys for it."""
from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .questionnaires import QuestionnaireCommon


@tagged('post_install', '-at_install')
class TestQuestionnaireAccess(QuestionnaireCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sheet = cls.answer(cls.send(), 5, 5, 5, 5, 5, suggestion="Better").sudo()
        cls.readers = cls.sales_user + cls.leader + cls.archive_specialist + cls.finance_assessor + cls.rating_manager

    def as_user(self, record, user):
        return record.with_user(user).with_context(allowed_company_ids=self.company.ids).sudo(False)

    def test_the_people_have_no_right_to_surveys(self):
        for user in self.readers + self.colleague:
            self.assertFalse(user.has_group('survey.group_survey_user'))
            self.assertFalse(self.env['survey.survey'].with_user(user).has_access('read'))

    def test_own_customers_only(self):
        for user, allowed in [
            (self.sales_user, True), (self.leader, True), (self.rating_manager, True),
            (self.colleague, False), (self.archive_specialist, False), (self.finance_assessor, False),
        ]:
            with self.subTest(user=user.login):
                customer = self.as_user(self.customer, user)
                if allowed:
                    customer.action_tianyuan_questionnaire()
                    self.wizard(user=user).action_send()
                    continue
                with self.assertRaises(AccessError):
                    customer.action_tianyuan_questionnaire()
                with self.assertRaises(AccessError):
                    self.wizard(user=user).action_send()

    def test_a_colleagues_customer_among_ones_own(self):
        with self.assertRaisesRegex(AccessError, "Other customer isn't one of your customers"):
            self.wizard(self.contact + self.other_customer).action_send()

    def test_a_colleagues_visit(self):
        visit = self.new_visit(self.other_customer, self.colleague)
        with self.assertRaises(AccessError):
            self.as_user(visit, self.sales_user).action_tianyuan_questionnaire()
        with self.assertRaises(AccessError):
            self.wizard(visit_id=visit.id).action_send()

    def test_anothers_wizard(self):
        with self.assertRaises(AccessError):
            self.as_user(self.wizard(), self.leader).action_send()

    def test_who_reads_the_answers(self):
        for user in self.readers:
            with self.subTest(user=user.login):
                sheet = self.as_user(self.sheet, user)
                self.assertEqual(sheet.tianyuan_satisfaction, 100.0)
                self.assertEqual(len(sheet.user_input_line_ids), 6)
                self.assertEqual(self.as_user(self.customer, user).tianyuan_satisfaction, 100.0)
                self.assertTrue(self.as_user(self.customer, user).action_tianyuan_answers())
        insider = new_test_user(self.env, 'questionnaire_insider', 'base.group_user', company_id=self.company.id,
                                company_ids=[Command.set(self.company.ids)])
        for user in (self.colleague, insider):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    self.as_user(self.sheet, user).read(['state'])
                with self.assertRaises(AccessError):
                    self.as_user(self.sheet.user_input_line_ids, user).read(['value_scale'])
        self.assertEqual(self.as_user(self.customer, self.colleague).tianyuan_answer_count, 0)
        with self.assertRaises(AccessError):
            self.as_user(self.customer, insider).read(['tianyuan_satisfaction'])

    def test_another_company_doesnt_read_them(self):
        company = self.env['res.company'].create({'name': "Another"})
        stranger = self.new_role_user(
            'manager', login='questionnaire_stranger', company_id=company.id, company_ids=[Command.set(company.ids)])
        officer = new_test_user(
            self.env, 'questionnaire_officer', 'base.group_user,survey.group_survey_manager', company_id=company.id,
            company_ids=[Command.set(company.ids)])
        for user in (stranger, officer):
            sheets = self.env['survey.user_input'].with_user(user)
            self.assertFalse(sheets.search([('id', '=', self.sheet.id)]))
            self.assertFalse(self.env['survey.user_input.line'].with_user(user).search([('user_input_id', '=', self.sheet.id)]))
            with self.assertRaises(AccessError):
                sheets.browse(self.sheet.id).read(['state'])

    def test_nobody_answers_in_the_customers_place(self):
        for user in self.readers:
            sheet = self.as_user(self.sheet, user)
            with self.subTest(user=user.login):
                for name in ('access_token', 'invite_token'):
                    with self.assertRaises(AccessError):
                        sheet.read([name])
                with self.assertRaises(AccessError):
                    sheet.write({'state': 'new'})
                with self.assertRaises(AccessError):
                    sheet.user_input_line_ids.write({'value_scale': 1})
                with self.assertRaises(AccessError):
                    sheet.create({'survey_id': self.survey.id})
                with self.assertRaises(AccessError):
                    sheet.unlink()

    def test_no_default_answers_in_the_customers_place(self):
        before = self.env['survey.user_input'].sudo().search([])
        self.wizard().with_context(
            default_state='done', default_tianyuan_is_scored=True, default_tianyuan_satisfaction=100,
        ).action_send()
        sheet = self.env['survey.user_input'].sudo().search([('id', 'not in', before.ids)])
        self.assertEqual((sheet.state, sheet.tianyuan_is_scored, sheet.tianyuan_satisfaction), ('new', False, 0))

    def test_a_survey_officer_gives_no_customer_an_answer(self):
        officer = new_test_user(
            self.env, 'questionnaire_officer', 'base.group_user,survey.group_survey_user', company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)])
        sheets = self.env['survey.user_input'].with_user(officer)
        sheet = sheets.create({'survey_id': self.survey.id})
        message = "by sending them only"
        for values in (
            {'tianyuan_customer_id': self.customer.id}, {'tianyuan_company_id': self.company.id},
            {'tianyuan_visit_id': self.new_visit().id}, {'tianyuan_satisfaction': 100},
        ):
            with self.assertRaisesRegex(AccessError, message):
                sheet.write(values)
            with self.assertRaisesRegex(AccessError, message):
                sheets.create({'survey_id': self.survey.id, **values})
        preset = sheets.with_context(default_tianyuan_customer_id=self.customer.id).create({'survey_id': self.survey.id})
        self.assertFalse(preset.sudo().tianyuan_customer_id)

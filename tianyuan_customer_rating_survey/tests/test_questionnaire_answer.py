"""What customers answer becomes findings: evaluation, demand and suggestion (policy 10.2.1)."""
from datetime import date

from odoo import Command
from odoo.tests import HttpCase, tagged

from .questionnaires import SCALES, QuestionnaireCommon


@tagged('post_install', '-at_install')
class TestQuestionnaireAnswer(QuestionnaireCommon):

    def test_answers_become_findings_of_the_visit(self):
        visit = self.new_visit()
        sheet = self.answer(
            self.send(visit_id=visit.id), 5, 3, 4, 5, 4, demand="200 t of resin", suggestion="Smaller drums")
        # of 1–5: (100 + 50 + 75 + 100 + 75) / 5
        self.assertEqual((sheet.tianyuan_is_scored, sheet.tianyuan_satisfaction), (True, 80.0))
        evaluation, demand, suggestion = self.findings(visit)
        self.assertEqual(evaluation[0], 'evaluation')
        self.assertEqual(evaluation[1].split('\n')[:2], [
            "Satisfaction: 80 of 100", "How satisfied are you with the quality of our products? 5 / 5"])
        self.assertEqual(len(evaluation[1].split('\n')), 6)
        self.assertEqual((demand[0], demand[1].split('\n')[1]), ('demand', "200 t of resin"))
        self.assertEqual(suggestion, ('suggestion', "What should we do better?\nSmaller drums"))
        self.assertEqual(visit.sudo().finding_ids.tianyuan_answer_id, sheet)
        self.assertIn("Li Si answered the questionnaire", visit.message_ids[0].body)

    def test_the_salesperson_follows_up_what_is_wanted(self):
        visit = self.new_visit()
        self.answer(self.send(visit_id=visit.id), 5, 5, 5, 5, 5, demand="More", suggestion="Better")
        owners = {found.finding_type: found.user_id for found in visit.sudo().finding_ids}
        self.assertEqual(owners, {
            'evaluation': self.env['res.users'], 'demand': self.sales_user, 'suggestion': self.sales_user})
        self.assertEqual(len(self.activities_of(visit.sudo().finding_ids, self.sales_user)), 2)

    def test_what_is_left_empty_is_no_finding(self):
        visit = self.new_visit()
        self.answer(self.send(visit_id=visit.id), 1, 1, 1, 1, 1, demand="  ")
        [(kind, text)] = self.findings(visit)
        self.assertEqual((kind, text.split('\n')[0]), ('evaluation', "Satisfaction: 0 of 100"))

    def test_a_reported_visit_is_added_to(self):
        visit = self.done_visit()
        sheet = self.send(visit_id=visit.id)
        self.fill(visit).action_report()
        self.answer(sheet, 5, 5, 5, 5, 5)
        self.assertEqual(len(self.findings(visit)), 1)
        self.assertEqual(visit.state, 'reported')

    def test_without_a_visit_answering_is_one(self):
        sheet = self.answer(self.send(), 4, 4, 4, 4, 4, suggestion="Call us")
        visit = sheet.tianyuan_visit_id
        self.assertEqual((visit.kind, visit.state, visit.partner_id), ('other', 'reported', self.customer))
        self.assertEqual((visit.company_id, visit.user_id), (self.company, self.sales_user))
        self.assertEqual((visit.date_done, visit.reported_on), (date(2024, 3, 4), date(2024, 3, 4)))
        self.assertEqual(visit.purpose, "Questionnaire: Customer Satisfaction Survey")
        self.assertEqual([kind for kind, _text in self.findings(visit)], ['evaluation', 'suggestion'])

    def test_after_its_visit_was_cancelled_answering_is_one(self):
        visit = self.new_visit()
        sheet = self.send(visit_id=visit.id)
        visit.action_cancel()
        self.answer(sheet, 4, 4, 4, 4, 4)
        self.assertFalse(self.findings(visit))
        self.assertEqual(sheet.tianyuan_visit_id.state, 'reported')

    def test_a_table_counts_from_its_first_column_to_its_last(self):
        own = self.env['survey.survey'].create({'title': "Ours"})
        table = self.env['survey.question'].create({
            'survey_id': own.id, 'title': "Our goods", 'question_type': 'matrix', 'tianyuan_finding_type': 'evaluation',
            'suggested_answer_ids': [
                Command.create({'value': value, 'sequence': number}) for number, value in enumerate(["Bad", "Fair", "Good"])],
            'matrix_row_ids': [Command.create({'value': value}) for value in ("Resin", "Soda")],
        })
        choice = self.env['survey.question'].create({
            'survey_id': own.id, 'title': "Needed", 'question_type': 'multiple_choice', 'tianyuan_finding_type': 'demand',
            'suggested_answer_ids': [Command.create({'value': value}) for value in ("Drums", "Bags")],
        })
        self.company.tianyuan_survey_id = own
        sheet = self.send().sudo()
        (bad, fair, good), (resin, soda) = table.suggested_answer_ids, table.matrix_row_ids
        sheet._save_lines(table, {str(resin.id): [str(fair.id)], str(soda.id): [str(good.id)]})
        sheet._save_lines(choice, [str(answer.id) for answer in choice.suggested_answer_ids])
        sheet._mark_done()
        self.assertEqual(sheet.tianyuan_satisfaction, 75.0)    # (50 + 100) / 2
        self.assertEqual(self.findings(sheet.tianyuan_visit_id), [
            ('evaluation', "Satisfaction: 75 of 100\nOur goods\nResin: Fair\nSoda: Good"),
            ('demand', "Needed\nDrums\nBags"),
        ])
        self.assertEqual(bad.value, "Bad")

    def test_questions_that_are_no_finding(self):
        self.survey.question_ids.tianyuan_finding_type = False
        sheet = self.answer(self.send(), 5, 5, 5, 5, 5, demand="More")
        self.assertFalse(sheet.tianyuan_is_scored)
        self.assertFalse(sheet.tianyuan_visit_id)

    def test_a_survey_of_somebody_elses_makes_none(self):
        sheet = self.survey._create_answer(partner=self.contact, check_attempts=False)
        self.answer(sheet, 5, 5, 5, 5, 5)
        self.assertFalse(sheet.tianyuan_visit_id)
        self.assertFalse(self.env['tianyuan.visit.finding'].search([('partner_id', '=', self.customer.id)]))

    def test_done_once(self):
        visit = self.new_visit()
        sheet = self.answer(self.send(visit_id=visit.id), 5, 5, 5, 5, 5)
        sheet.sudo()._mark_done()
        self.assertEqual(len(self.findings(visit)), 1)


@tagged('post_install', '-at_install')
class TestQuestionnaireWebsite(QuestionnaireCommon, HttpCase):

    def test_a_customer_answers_by_the_link(self):
        visit = self.new_visit()
        sheet = self.send(visit_id=visit.id)
        token = f'{self.survey.access_token}/{sheet.access_token}'
        self.assertIn("quality of our products", self.url_open(
            f'/survey/start/{self.survey.access_token}?answer_token={sheet.access_token}').text
            + str(self.make_jsonrpc_request(f'/survey/begin/{token}', {})))
        answers = {str(self.question(code).id): '5' for code in SCALES}
        answers[str(self.question('demand').id)] = "More resin"
        self.make_jsonrpc_request(f'/survey/submit/{token}', answers)
        sheet.invalidate_recordset()
        self.assertEqual((sheet.state, sheet.tianyuan_satisfaction), ('done', 100.0))
        self.assertEqual([kind for kind, _text in self.findings(visit)], ['evaluation', 'demand'])
        self.make_jsonrpc_request(f'/survey/submit/{token}', {**answers, str(self.question('quality').id): '1'})
        sheet.invalidate_recordset()
        self.assertEqual(sheet.tianyuan_satisfaction, 100.0)    # what is answered stays

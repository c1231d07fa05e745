from statistics import fmean

from odoo import SUPERUSER_ID, models

from odoo.addons.tianyuan_customer_rating.tools.roles import MANAGER, SALES


class SurveyUserInput(models.Model):
    """What a customer answers becomes findings of the visit it was asked on (policy 10.2.2)."""

    _inherit = 'survey.user_input'

    def _mark_done(self):
        answers = self.filtered(
            lambda answer: answer.state != 'done' and answer.tianyuan_customer_id and not answer.test_entry,
        )
        result = super()._mark_done()
        # the customer who answers is nobody here, and the visit and its findings are no business of theirs
        for answer in answers.with_user(SUPERUSER_ID):
            answer._tianyuan_note_satisfaction()
            answer._tianyuan_report()
        return result

    def _tianyuan_note_satisfaction(self):
        """Average the scales and tables, rounded to two decimals: 4 and 5 of 1–5 are (75 + 100) / 2 = 87.50."""
        shares = [
            share for line in self.user_input_line_ids if (share := line._tianyuan_share()) is not None
        ]
        self.write({
            'tianyuan_is_scored': bool(shares),
            'tianyuan_satisfaction': round(100 * fmean(shares), 2) if shares else 0.0,
        })

    def _tianyuan_report(self):
        """Make findings of the answers.

        They are added to the visit even where its report is handed in: they are the customer's words, which
        usually come later. Without a visit, or with one that was cancelled, answering is a visit of its own.
        """
        self.ensure_one()
        customer, company = self.tianyuan_customer_id, self.tianyuan_company_id
        salesperson = self.tianyuan_visit_id.user_id or customer.user_id or self.create_uid
        answer = self.with_company(company).with_context(
            lang=salesperson.lang, allowed_company_ids=company.ids, mail_create_nosubscribe=True,
        )
        found = answer._tianyuan_found()
        if not found:
            return
        visit = answer.tianyuan_visit_id
        if not visit or visit.state == 'cancelled':
            visit = answer.env['tianyuan.visit'].create(answer._tianyuan_visit_values(salesperson))
            answer.tianyuan_visit_id = visit
        owner = salesperson if any(map(salesperson.has_group, (SALES, MANAGER))) else salesperson.browse()
        answer.env['tianyuan.visit.finding'].create([
            {
                'visit_id': visit.id, 'finding_type': finding_type, 'description': description,
                'user_id': owner.id if finding_type != 'evaluation' else False, 'tianyuan_answer_id': answer.id,
            } for finding_type, description in found
        ])
        visit.message_post(body=answer.env._(
            "%(person)s answered the questionnaire “%(survey)s”.",
            person=answer.partner_id.name or answer.email or customer.name, survey=answer.survey_id.title,
        ))

    def _tianyuan_visit_values(self, salesperson):
        """Values of the visit that answering a questionnaire is by itself (kind "Other")."""
        today = self.tianyuan_company_id._tianyuan_today()
        title = self.env._("Questionnaire: %s", self.survey_id.title)
        return {
            'company_id': self.tianyuan_company_id.id, 'partner_id': self.tianyuan_customer_id.id,
            'user_id': salesperson.id, 'kind': 'other', 'state': 'reported', 'purpose': title, 'summary': title,
            'date_planned': today, 'date_done': today, 'reported_on': today,
        }

    def _tianyuan_found(self):
        """What the answers tell.

        :return: list of (type of finding, text): all evaluations in one, each other question in one of its own
        """
        evaluations, others = [], []
        answered = self.user_input_line_ids.filtered(
            lambda line: not line.skipped and line.question_id.tianyuan_finding_type,
        )
        for question, lines in answered.grouped('question_id').items():
            texts = [text for line in lines if (text := line._tianyuan_text())]
            if not texts:
                continue
            text = f"{question.title}\n" + "\n".join(texts)
            if question.tianyuan_finding_type != 'evaluation':
                others.append((question.tianyuan_finding_type, text))
            elif question.question_type == 'scale' and len(texts) == 1:
                evaluations.append(f"{question.title} {texts[0]}")
            else:
                evaluations.append(text)
        if evaluations and self.tianyuan_is_scored:
            evaluations.insert(0, self.env._("Satisfaction: %s of 100", f"{self.tianyuan_satisfaction:.0f}"))
        return ([('evaluation', "\n".join(evaluations))] if evaluations else []) + others

from statistics import fmean

from odoo import SUPERUSER_ID, models

from odoo.addons.tianyuan_customer_rating.tools.roles import MANAGER, SALES


class SurveyUserInput(models.Model):
    """A customer's answers become findings of the visit (policy 10.2.2)."""

    _inherit = 'survey.user_input'

    def _mark_done(self):
        answers = self.filtered(
            lambda answer: answer.state != 'done' and answer.tianyuan_customer_id and not answer.test_entry,
        )
        result = super()._mark_done()
        # The customer who answers is an anonymous user and has no access to visits and findings.
        for answer in answers.with_user(SUPERUSER_ID):
            answer._tianyuan_store_satisfaction()
            answer._tianyuan_add_findings()
        return result

    def _tianyuan_store_satisfaction(self):
        """Store the average of the scales and tables, from 0 to 100 with two decimals.

        For example, the answers 4 and 5 on scales from 1 to 5 give (75 + 100) / 2 = 87.50.
        """
        shares = [
            share for line in self.user_input_line_ids if (share := line._tianyuan_satisfaction_share()) is not None
        ]
        self.write({
            'tianyuan_is_scored': bool(shares),
            'tianyuan_satisfaction': round(100 * fmean(shares), 2) if shares else 0.0,
        })

    def _tianyuan_add_findings(self):
        """Add the answers as findings to the visit.

        The findings are added even after the visit's report was handed in, because customers usually answer later. If
        there is no visit, or a cancelled one, a new visit is created for the answers.
        """
        self.ensure_one()
        customer, company = self.tianyuan_customer_id, self.tianyuan_company_id
        salesperson = self.tianyuan_visit_id.user_id or customer.user_id or self.create_uid
        # In the place of a salesperson who has left, the one responsible now follows the answers up.
        present = salesperson._tianyuan_sellers_in(company) or customer._tianyuan_responsible(company)
        salesperson = present or salesperson
        answer = self.with_company(company).with_context(
            lang=salesperson.lang, allowed_company_ids=company.ids, mail_create_nosubscribe=True,
        )
        found = answer._tianyuan_findings()
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
        """Return the values of a visit of the kind "Other" for answers without a visit."""
        today = self.tianyuan_company_id._tianyuan_today()
        title = self.env._("Questionnaire: %s", self.survey_id.title)
        return {
            'company_id': self.tianyuan_company_id.id, 'partner_id': self.tianyuan_customer_id.id,
            'user_id': salesperson.id, 'kind': 'other', 'state': 'reported', 'purpose': title, 'summary': title,
            'date_planned': today, 'date_done': today, 'reported_on': today,
        }

    def _tianyuan_findings(self):
        """Return the findings in the answers.

        :return: list of (type of finding, text); one item for all evaluations, and one for each other question
        """
        evaluations, others = [], []
        answered = self.user_input_line_ids.filtered(
            lambda line: not line.skipped and line.question_id.tianyuan_finding_type,
        )
        for question, lines in answered.grouped('question_id').items():
            texts = [text for line in lines if (text := line._tianyuan_answer_text())]
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

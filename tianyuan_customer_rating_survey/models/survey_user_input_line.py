from odoo import models


class SurveyUserInputLine(models.Model):
    """Satisfaction and text of a customer's answer, for findings (policy 10.2.1)."""

    _inherit = 'survey.user_input.line'

    def _tianyuan_satisfaction_share(self):
        """Return the satisfaction that one answer expresses.

        :return: from 0.0 for the lowest step of a scale or the first column of a table to 1.0 for the highest step or
            the last column; None if the answer doesn't express satisfaction
        """
        self.ensure_one()
        question = self.question_id
        if self.skipped or question.tianyuan_finding_type != 'evaluation':
            return None
        if self.answer_type == 'scale' and question.scale_max > question.scale_min:
            return (self.value_scale - question.scale_min) / (question.scale_max - question.scale_min)
        columns = question.suggested_answer_ids
        if self.matrix_row_id and question.matrix_subtype == 'simple' and len(columns) > 1:
            if self.suggested_answer_id in columns:
                return columns.ids.index(self.suggested_answer_id.id) / (len(columns) - 1)
        return None

    def _tianyuan_answer_text(self):
        """Return the answer as text: in a table with its row, on a scale with its highest step."""
        self.ensure_one()
        if self.answer_type == 'scale':
            return f"{self.value_scale} / {self.question_id.scale_max}"
        if self.matrix_row_id:
            return f"{self.matrix_row_id.value}: {self.suggested_answer_id.value}"
        text = self.value_text_box or self.value_char_box or self.suggested_answer_id.value
        if self.answer_type in ('numerical_box', 'date', 'datetime'):
            text = self.display_name
        return str(text or '').strip()

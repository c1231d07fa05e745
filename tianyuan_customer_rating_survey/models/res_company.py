from odoo import fields, models
from odoo.exceptions import UserError


class ResCompany(models.Model):
    """Setting of the questionnaire that a company sends to its customers (policy 10.2.2)."""

    _inherit = 'res.company'

    tianyuan_survey_id = fields.Many2one(
        'survey.survey', string="Customer Questionnaire", ondelete='set null',
        help="Sent to customers. Empty: the ready customer satisfaction survey.",
    )

    def _tianyuan_survey(self):
        """Return the questionnaire that the company sends to its customers.

        :return: ``survey.survey`` as superuser, because senders need no access to surveys
        :raise UserError: there is no questionnaire, or it has no questions
        """
        self.ensure_one()
        ready = self.env.ref('tianyuan_customer_rating_survey.survey_satisfaction', raise_if_not_found=False)
        survey = self.sudo().tianyuan_survey_id or (ready and ready.sudo())
        if not survey:
            raise UserError(self.env._("Choose the questionnaire for customers in the settings first."))
        survey.check_validity()
        return survey

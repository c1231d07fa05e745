from odoo import fields, models
from odoo.exceptions import UserError


class TianyuanVisit(models.Model):
    """Questionnaires sent after a visit (policy 10.2.2)."""

    _inherit = 'tianyuan.visit'

    tianyuan_answer_ids = fields.One2many('survey.user_input', 'tianyuan_visit_id', string="Questionnaires")
    tianyuan_answer_count = fields.Integer(string="Questionnaires Sent", compute='_compute_tianyuan_answer_count')

    def _compute_tianyuan_answer_count(self):
        counts = dict(self.env['survey.user_input']._read_group(
            [('tianyuan_visit_id', 'in', self.ids)], ['tianyuan_visit_id'], ['__count'],
        ))
        for visit in self:
            visit.tianyuan_answer_count = counts.get(visit._origin, 0)

    def action_tianyuan_questionnaire(self):
        """Open the dialog to send the questionnaire to the customer's contacts.

        :return: action
        :raise AccessError: the user may not write the visit
        :raise UserError: the visit was cancelled
        """
        self.ensure_one()
        self.check_access('write')
        if self.state == 'cancelled':
            raise UserError(self.env._("%s is cancelled.", self.name))
        contacts = self.contact_ids.filtered(lambda contact: contact._tianyuan_gets_mail())
        recipients = contacts or self.partner_id._tianyuan_questionnaire_recipients()
        return self.partner_id._tianyuan_open_questionnaire(
            recipients, default_visit_id=self.id, default_company_id=self.company_id.id,
        )

    def action_tianyuan_answers(self):
        """Open the questionnaires sent after the visit.

        :return: action
        :raise AccessError: the user may not read the visit
        """
        self.ensure_one()
        self.check_access('read')
        return {
            **self.env['ir.actions.act_window']._for_xml_id(
                'tianyuan_customer_rating_survey.survey_user_input_action_customer',
            ),
            'domain': [('tianyuan_visit_id', '=', self.id)],
            'context': {},
        }

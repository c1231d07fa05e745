from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.tianyuan_customer_rating.models.tianyuan_roles import ROLES

COUNTED = relativedelta(years=1)


class ResPartner(models.Model):
    """How satisfied a customer says they are."""

    _inherit = 'res.partner'

    tianyuan_answer_count = fields.Integer(
        string="Questionnaires", compute='_compute_tianyuan_summary', groups=ROLES,
        help="Questionnaires the customer answered in the last twelve months.",
    )
    tianyuan_is_scored = fields.Boolean(
        string="Says How Satisfied", compute='_compute_tianyuan_summary', groups=ROLES,
    )
    tianyuan_satisfaction = fields.Float(
        string="Satisfaction", compute='_compute_tianyuan_summary', search='_search_tianyuan_satisfaction',
        digits=(5, 2), groups=ROLES,
        help="From 0 to 100: the average of the questionnaires the customer answered in the last twelve months.",
    )

    def _tianyuan_answered(self):
        """Which questionnaires count for a customer's satisfaction in the present company."""
        return Domain([
            ('tianyuan_company_id', '=', self.env.company.id), ('tianyuan_customer_id', '!=', False),
            ('state', '=', 'done'), ('end_datetime', '>=', fields.Datetime.now() - COUNTED),
        ])

    def _tianyuan_summary_sources(self):
        answered = self._tianyuan_rows_about(
            self.env['survey.user_input'], self._tianyuan_answered(),
            'tianyuan_customer_id', self.commercial_partner_id._origin,
        )
        # in the place of the last one's id: hundredths of the average of those that say how satisfied
        return super()._tianyuan_summary_sources() + [('tianyuan_answer_count', answered and SQL(
            """(SELECT answered.partner_id, ROUND(100 * AVG(answer.tianyuan_satisfaction)
                           FILTER (WHERE answer.tianyuan_is_scored) OVER (PARTITION BY answered.partner_id))::int
                  FROM %s AS answered(partner_id, id)
                  JOIN survey_user_input answer ON answer.id = answered.id)""", answered,
        ))]

    def _tianyuan_set_summary(self, found):
        super()._tianyuan_set_summary(found)
        for partner in self:
            key = ('tianyuan_answer_count', partner.commercial_partner_id._origin.id)
            partner.tianyuan_answer_count, hundredths = found.get(key, (0, None))
            partner.tianyuan_is_scored = hundredths is not None
            partner.tianyuan_satisfaction = (hundredths or 0) / 100

    def _search_tianyuan_satisfaction(self, operator, value):
        if operator not in ('<', '<=', '>', '>='):
            return NotImplemented
        answers = self.env['survey.user_input']
        if not answers.has_access('read'):
            return Domain.FALSE
        groups = answers._read_group(
            self._tianyuan_answered() & Domain('tianyuan_is_scored', '=', True),
            ['tianyuan_customer_id'], having=[('tianyuan_satisfaction:avg', operator, value)],
        )
        return Domain('commercial_partner_id', 'in', [customer.id for [customer] in groups])

    def action_tianyuan_answers(self):
        """Open the questionnaires sent to the customer.

        :raise AccessError: the user may not read the customer, or has no role
        """
        self.ensure_one()
        self.check_access('read')
        self.env['survey.user_input'].check_access('read')
        return {
            **self.env['ir.actions.act_window']._for_xml_id(
                'tianyuan_customer_rating_survey.survey_user_input_action_customer',
            ),
            'domain': [('tianyuan_customer_id', '=', self.commercial_partner_id.id)],
            'context': {},
        }

    def action_tianyuan_questionnaire(self):
        """Ask what to send to these customers; of a company, its first contact gets it.

        :raise AccessError: a customer isn't one of the user's
        """
        self.env['tianyuan.questionnaire']._check_may_send(self)
        return self._tianyuan_ask_questionnaire(self._tianyuan_questionnaire_recipients())

    def _tianyuan_ask_questionnaire(self, recipients, **context):
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Send Questionnaire"),
            'res_model': 'tianyuan.questionnaire',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_recipient_ids': recipients.ids, **context},
        }

    def _tianyuan_questionnaire_recipients(self):
        """Who answers for these partners: a customer's first contact with an e-mail address, else they themselves."""
        recipients = self.browse()
        for partner in self:
            contacts = partner.tianyuan_primary_contact_id + partner.tianyuan_secondary_contact_id
            is_customer = partner == partner.commercial_partner_id
            recipients |= is_customer and contacts.filtered('email')[:1] or partner
        return recipients

from collections import Counter

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import escape_psql

from odoo.addons.tianyuan_customer_rating.tools.roles import ROLES

COUNTED_PERIOD = relativedelta(years=1)


class ResPartner(models.Model):
    """A customer's satisfaction, from the questionnaires of the last twelve months (policy 10.2.2)."""

    _inherit = 'res.partner'

    tianyuan_answer_count = fields.Integer(
        string="Questionnaires", compute='_compute_tianyuan_answer_count', groups=ROLES,
        help="Questionnaires the customer answered in the last twelve months.",
    )
    tianyuan_is_scored = fields.Boolean(
        string="Says How Satisfied", compute='_compute_tianyuan_answer_count', groups=ROLES,
    )
    tianyuan_satisfaction = fields.Float(
        string="Satisfaction", compute='_compute_tianyuan_answer_count', search='_search_tianyuan_satisfaction',
        digits=(5, 2), groups=ROLES,
        help="From 0 to 100: the average of the questionnaires the customer answered in the last twelve months.",
    )

    def _tianyuan_answer_domain(self):
        """Return a domain of the questionnaires that count for customers' satisfaction in the present company."""
        return Domain([
            ('tianyuan_company_id', '=', self.env.company.id), ('tianyuan_customer_id', '!=', False),
            ('state', '=', 'done'), ('end_datetime', '>=', fields.Datetime.now() - COUNTED_PERIOD),
        ])

    @api.depends('commercial_partner_id')
    @api.depends_context('uid', 'company', 'allowed_company_ids')
    def _compute_tianyuan_answer_count(self):
        answers, customers = self.env['survey.user_input'], self._origin.commercial_partner_id
        counts, averages = Counter(), {}
        if customers and answers.has_access('read'):
            groups = answers._read_group(
                self._tianyuan_answer_domain() & Domain('tianyuan_customer_id', 'in', customers.ids),
                ['tianyuan_customer_id', 'tianyuan_is_scored'], ['__count', 'tianyuan_satisfaction:avg'],
            )
            for customer, is_scored, count, average in groups:
                counts[customer] += count
                if is_scored:
                    averages[customer] = average
        for partner in self:
            customer = partner._origin.commercial_partner_id
            partner.tianyuan_answer_count = counts[customer]
            partner.tianyuan_is_scored = customer in averages
            partner.tianyuan_satisfaction = averages.get(customer, 0.0)

    def _search_tianyuan_satisfaction(self, operator, value):
        # A search would reveal the satisfaction, so it needs the same access as the field.
        self._check_field_access(self._fields['tianyuan_satisfaction'], 'read')
        if operator not in ('<', '<=', '>', '>='):
            return NotImplemented
        answers = self.env['survey.user_input']
        if not answers.has_access('read'):
            return Domain.FALSE
        groups = answers._read_group(
            self._tianyuan_answer_domain() & Domain('tianyuan_is_scored', '=', True),
            ['tianyuan_customer_id'], having=[('tianyuan_satisfaction:avg', operator, value)],
        )
        return Domain('commercial_partner_id', 'in', [customer.id for [customer] in groups])

    def action_tianyuan_answers(self):
        """Open the questionnaires sent to the customer.

        :return: action
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
        """Open the dialog to send the questionnaire to these partners.

        :return: action
        :raise AccessError: the user may not send questionnaires, or not to one of these customers
        """
        self.env['tianyuan.questionnaire']._check_may_send(self)
        return self._tianyuan_open_questionnaire(self._tianyuan_questionnaire_recipients())

    def _tianyuan_open_questionnaire(self, recipients, **context):
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Send Questionnaire"),
            'res_model': 'tianyuan.questionnaire',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_recipient_ids': recipients.ids, **context},
        }

    def _tianyuan_questionnaire_recipients(self):
        """Return the recipients for these partners.

        A customer is replaced by the first of its primary and secondary contacts who has an e-mail address, if any.
        """
        recipients = self.browse()
        for partner in self:
            contacts = partner.tianyuan_primary_contact_id + partner.tianyuan_secondary_contact_id
            is_customer = partner == partner.commercial_partner_id
            reached = contacts.filtered(lambda contact: contact._tianyuan_gets_mail())
            recipients |= is_customer and reached[:1] or partner
        return recipients

    # -- personal data --------------------------------------------------------------------------------------------

    def _tianyuan_questionnaires(self):
        """Return the questionnaires that were sent to the person.

        Without a contact, the address tells who it was, unless others have it too.
        """
        theirs = Domain('partner_id', 'in', self.ids)
        for address in self._tianyuan_own_addresses():
            theirs |= Domain('partner_id', '=', False) & Domain('email', '=ilike', escape_psql(address))
        return self.env['survey.user_input'].search(theirs & Domain('tianyuan_company_id', '!=', False), order='id')

    def _tianyuan_personal_data(self):
        return super()._tianyuan_personal_data() + [(
            self.env._("Questionnaires"),
            [self.env._("Sent On"), self.env._("Questionnaire"), self.env._("Question"), self.env._("Answer")],
            [
                [answer.create_date, answer.survey_id.title, line.question_id.title, line.display_name]
                for answer in self._tianyuan_held_here(self._tianyuan_questionnaires(), 'tianyuan_company_id')
                for line in answer.user_input_line_ids
            ],
        )]

    def _tianyuan_companies_holding(self):
        return super()._tianyuan_companies_holding() | self._tianyuan_questionnaires().tianyuan_company_id

    def _tianyuan_erasure_plan(self):
        plan, answers = super()._tianyuan_erasure_plan(), self._tianyuan_questionnaires()
        if answers:
            plan['erased'].append(self.env._(
                "Name and address on %s questionnaires; the answers stay with the customer.", len(answers),
            ))
        return plan

    def _tianyuan_erase_person(self, alias):
        answers = self._tianyuan_questionnaires()
        answers.write({'email': False, 'nickname': False, 'partner_id': False})
        return super()._tianyuan_erase_person(alias)

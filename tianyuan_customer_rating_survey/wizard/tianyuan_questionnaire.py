from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import clean_context

from odoo.addons.tianyuan_customer_rating.tools.roles import MANAGER
from odoo.addons.tianyuan_customer_rating.tools.text import listed

ANSWER_DAYS = 14
SUBJECT = "{{ object.tianyuan_company_id.name }}: {{ object.survey_id.title }}"


class TianyuanQuestionnaire(models.TransientModel):
    """Wizard that sends the company's questionnaire to customers by e-mail, as an invitation of Odoo's surveys.

    Policy 10.2.2. Salespeople have no access to surveys, so the wizard checks whether they may send the questionnaire,
    and then acts as superuser.
    """

    _name = 'tianyuan.questionnaire'
    _description = "Send a Questionnaire"
    _inherit = ['tianyuan.plain.text.mixin']

    company_id = fields.Many2one('res.company', required=True, default=lambda self: self.env.company)
    visit_id = fields.Many2one('tianyuan.visit')
    recipient_ids = fields.Many2many('res.partner', string="Recipients")
    survey_title = fields.Char(string="Questionnaire", compute='_compute_survey_title')
    deadline = fields.Datetime(
        string="Answer Until", required=True, default=lambda self: fields.Datetime.now() + timedelta(days=ANSWER_DAYS),
    )
    without_email = fields.Char(compute='_compute_without_email')

    @api.depends('company_id')
    def _compute_survey_title(self):
        for wizard in self:
            wizard.survey_title = wizard.company_id._tianyuan_survey().title

    @api.depends('recipient_ids')
    @api.depends_context('lang')
    def _compute_without_email(self):
        for wizard in self:
            without = wizard.recipient_ids.filtered(lambda recipient: not recipient._tianyuan_gets_mail())
            wizard.without_email = listed(self.env, without.mapped('display_name'))

    def action_send(self):
        """Send the questionnaire to each recipient, reusing an unanswered one for the same visit.

        :return: action that shows the number of questionnaires
        :raise AccessError: the user may not send to a recipient's customer, or not write the visit
        :raise UserError: there is no recipient, or one has no e-mail address or doesn't belong to the visit's customer
        """
        self.ensure_one()
        self._check_may_send(self.recipient_ids)
        self._check_recipients()
        survey = self.company_id._tianyuan_survey()
        answers = self._find_or_create_answers(survey)
        for lang, of_language in answers.grouped(lambda answer: answer.partner_id.lang).items():
            self._send_invitations(survey, of_language, lang)
        self._post_notes(survey, answers)
        return {
            'type': 'ir.actions.client',
            'tag': 'display_notification',
            'params': {
                'type': 'success',
                'message': self.env._("Questionnaires sent: %s", len(answers)),
                'next': {'type': 'ir.actions.act_window_close'},
            },
        }

    @api.model
    def _check_may_send(self, partners):
        """Check that the user may send questionnaires to these partners.

        :raise AccessError: the user may not send questionnaires, or not to one of these partners' customers
        """
        self.check_access('create')
        customers = partners.commercial_partner_id
        (partners + customers).check_access('read')
        if self.env.su or self.env.user.has_group(MANAGER):
            return
        for customer in customers:
            if not customer._tianyuan_is_own():
                raise AccessError(self.env._(
                    "%s isn't one of your customers. Ask the customer's salesperson.", customer.name,
                ))

    def _check_recipients(self):
        if self.company_id not in self.env.companies:
            raise AccessError(self.env._("Choose one of the companies you work in."))
        if not self.recipient_ids:
            raise UserError(self.env._("Choose who gets the questionnaire."))
        if self.without_email:
            raise UserError(self.env._("Enter the e-mail address first, or remove them: %s", self.without_email))
        customers = self.recipient_ids.commercial_partner_id
        foreign = customers.filtered(lambda customer: (customer.company_id or self.company_id) != self.company_id)
        if foreign:
            raise UserError(self.env._(
                "%(customer)s isn't a customer of %(company)s.",
                customer=foreign[0].name, company=self.company_id.name,
            ))
        if self.visit_id:
            self.visit_id.check_access('write')
            if self.visit_id.company_id != self.company_id or customers != self.visit_id.partner_id:
                raise UserError(self.env._(
                    "Of %(visit)s, only people of %(customer)s are asked.",
                    visit=self.visit_id.name, customer=self.visit_id.partner_id.name,
                ))

    def _find_or_create_answers(self, survey):
        """Find the open answers of the recipients, and create missing ones.

        :return: ``survey.user_input`` as superuser
        """
        sheets = self.env['survey.user_input'].sudo()
        open_sheets = sheets.search([
            ('survey_id', '=', survey.id), ('partner_id', 'in', self.recipient_ids.ids), ('state', '!=', 'done'),
            ('tianyuan_company_id', '=', self.company_id.id), ('tianyuan_visit_id', '=', self.visit_id.id),
            ('test_entry', '=', False),
        ]).grouped('partner_id')
        for recipient in self.recipient_ids.sudo():
            # Clean the context: `default_*` keys would preset answers.
            sheets |= open_sheets.get(recipient, sheets.browse())[:1] or survey.with_context(
                clean_context(self.env.context),
            )._create_answer(
                partner=recipient, check_attempts=False, tianyuan_company_id=self.company_id.id,
                tianyuan_customer_id=recipient.commercial_partner_id.id, tianyuan_visit_id=self.visit_id.id,
            )
        sheets.deadline = self.deadline
        return sheets

    def _send_invitations(self, survey, answers, lang):
        template = self.env.ref('survey.mail_template_user_input_invite', raise_if_not_found=False)
        invite = self.env['survey.invite'].sudo().with_company(self.company_id).with_context(
            lang=lang or self.env.lang, default_email_layout_xmlid='mail.mail_notification_light',
        ).create({
            'survey_id': survey.id, 'template_id': template and template.id, 'subject': SUBJECT,
            'body': template and template.with_context(lang=lang or self.env.lang).body_html,
            'deadline': self.deadline, 'partner_ids': [Command.set(answers.partner_id.ids)],
        })
        for answer in answers:
            invite._send_mail(answer)

    def _post_notes(self, survey, answers):
        """Post a note on the visit, or on each customer if there is no visit."""
        for record, asked in (
            {self.visit_id: answers} if self.visit_id else answers.grouped('tianyuan_customer_id')
        ).items():
            record.sudo().message_post(body=self.env._(
                "Questionnaire “%(survey)s” sent to %(people)s.",
                survey=survey.title, people=asked.partner_id.mapped('name'),
            ))

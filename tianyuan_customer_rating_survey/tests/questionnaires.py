"""What the tests of questionnaires share: customers who can be asked, and answer."""
from odoo import Command

from odoo.addons.tianyuan_customer_visit.tests.common import VisitCommon

MODULE = 'tianyuan_customer_rating_survey'
SCALES = ('quality', 'price', 'delivery', 'service', 'overall')


class QuestionnaireCommon(VisitCommon):
    """The sales user's customer has a contact, Li Si, who is asked."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids += cls.env.ref('survey.group_survey_manager')    # who sets up
        cls.survey = cls.env.ref(f'{MODULE}.survey_satisfaction')
        cls.contact = cls.new_contact(cls.customer, "Li Si")
        cls.contact.write({'email': 'lisi@example.com', 'lang': 'en_US'})
        cls.customer.write({'email': 'office@example.com', 'tianyuan_primary_contact_id': cls.contact.id})
        cls.other_customer.email = 'other@example.com'
        for user in (cls.sales_user, cls.colleague, cls.rating_manager):
            user.sudo().email = f'{user.login}@example.com'

    @classmethod
    def send(cls, recipients=None, user=None, **values):
        """Send the company's questionnaire; returns the answer sheets made."""
        sheets = cls.env['survey.user_input'].sudo()
        before = sheets.search([])
        cls.wizard(recipients, user, **values).action_send()
        return sheets.search([('id', 'not in', before.ids)])

    @classmethod
    def wizard(cls, recipients=None, user=None, **values):
        return cls.env['tianyuan.questionnaire'].with_user(user or cls.sales_user).with_company(cls.company).create({
            'recipient_ids': [Command.set((cls.contact if recipients is None else recipients).ids)],
            'company_id': cls.company.id, **values,
        })

    @classmethod
    def question(cls, code):
        return cls.env.ref(f'{MODULE}.question_{code}')

    @classmethod
    def answer(cls, sheet, *points, **texts):
        """Answer the five scales of the ready survey and its texts, as the website does for the public."""
        public = cls.env.ref('base.public_user')
        sheet = sheet.with_user(public).sudo()
        for code, value in [*zip(SCALES, points), *texts.items()]:
            sheet._save_lines(cls.question(code), str(value))
        sheet._mark_done()
        return sheet.with_user(cls.env.user)

    def findings(self, visit):
        """What was found: (type, text)."""
        return [(found.finding_type, found.description) for found in visit.sudo().finding_ids.sorted('id')]

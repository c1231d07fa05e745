from odoo import fields, models


class SurveyUserInput(models.Model):
    """A questionnaire sent to a customer, and its answers (policy 10.2.2)."""

    _name = 'survey.user_input'
    _inherit = ['tianyuan.protected.mixin', 'survey.user_input']
    _tianyuan_access_fields = ()

    tianyuan_company_id = fields.Many2one(
        'res.company', string="Sent by Company", readonly=True, copy=False, index='btree_not_null',
    )
    tianyuan_customer_id = fields.Many2one(
        'res.partner', string="Customer", readonly=True, copy=False, index='btree_not_null',
    )
    tianyuan_visit_id = fields.Many2one(
        'tianyuan.visit', string="Visit", readonly=True, copy=False, index='btree_not_null', ondelete='set null',
    )
    tianyuan_is_scored = fields.Boolean(string="Says How Satisfied", readonly=True, copy=False)
    tianyuan_satisfaction = fields.Float(
        string="Satisfaction", readonly=True, copy=False, digits=(5, 2), aggregator='avg',
        help="From 0 to 100: the average of all scales and tables that are customer evaluations.",
    )
    # The tokens allow answering in the customer's place, so salespeople must not read them.
    access_token = fields.Char(groups='survey.group_survey_user')
    invite_token = fields.Char(groups='survey.group_survey_user')

    def _tianyuan_protected_fields(self):
        return super()._tianyuan_protected_fields() | {
            'tianyuan_company_id', 'tianyuan_customer_id', 'tianyuan_visit_id', 'tianyuan_is_scored',
            'tianyuan_satisfaction',
        }

    def _tianyuan_protected_message(self, names):
        return self.env._("Questionnaires are linked to customers by sending them only.")

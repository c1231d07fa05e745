from odoo import api, fields, models
from odoo.exceptions import AccessError


class SurveyUserInput(models.Model):
    """A questionnaire that was sent to a customer, and the answers to it."""

    _name = 'survey.user_input'
    _inherit = ['survey.user_input', 'tianyuan.guarded']

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
    # who has them can answer in the customer's place
    access_token = fields.Char(groups='survey.group_survey_user')
    invite_token = fields.Char(groups='survey.group_survey_user')

    def _tianyuan_guarded_fields(self):
        return super()._tianyuan_guarded_fields() | {
            'tianyuan_company_id', 'tianyuan_customer_id', 'tianyuan_visit_id', 'tianyuan_is_scored',
            'tianyuan_satisfaction',
        }

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_tianyuan_written(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_tianyuan_written(vals)
        return super().write(vals)

    @api.model
    def _check_tianyuan_written(self, vals):
        if not self.env.su and self._tianyuan_guarded_fields() & vals.keys():
            raise AccessError(self.env._("Questionnaires are linked to customers by sending them only."))

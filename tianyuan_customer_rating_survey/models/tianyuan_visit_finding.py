from odoo import fields, models


class TianyuanVisitFinding(models.Model):
    _inherit = 'tianyuan.visit.finding'

    tianyuan_answer_id = fields.Many2one(
        'survey.user_input', string="Questionnaire", readonly=True, copy=False, index='btree_not_null',
        ondelete='set null',
    )

    def _tianyuan_protected_fields(self):
        return super()._tianyuan_protected_fields() | {'tianyuan_answer_id'}

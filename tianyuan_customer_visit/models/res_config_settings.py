from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    tianyuan_visit_key_days = fields.Integer(related='company_id.tianyuan_visit_key_days', readonly=False)
    tianyuan_visit_key_kind = fields.Selection(related='company_id.tianyuan_visit_key_kind', readonly=False)
    tianyuan_visit_ordinary_days = fields.Integer(related='company_id.tianyuan_visit_ordinary_days', readonly=False)
    tianyuan_visit_ordinary_kind = fields.Selection(related='company_id.tianyuan_visit_ordinary_kind', readonly=False)
    tianyuan_visit_report_days = fields.Integer(related='company_id.tianyuan_visit_report_days', readonly=False)
    tianyuan_quality_user_id = fields.Many2one(related='company_id.tianyuan_quality_user_id', readonly=False)
    tianyuan_cultivation_interval_days = fields.Integer(
        related='company_id.tianyuan_cultivation_interval_days', readonly=False,
    )

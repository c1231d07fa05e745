from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    tianyuan_legal_reviewer_ids = fields.Many2many(related='company_id.tianyuan_legal_reviewer_ids', readonly=False)
    tianyuan_contract_grace_days = fields.Integer(related='company_id.tianyuan_contract_grace_days', readonly=False)
    tianyuan_contract_review_months = fields.Integer(
        related='company_id.tianyuan_contract_review_months', readonly=False,
    )
    tianyuan_contract_end_days = fields.Integer(related='company_id.tianyuan_contract_end_days', readonly=False)

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    tianyuan_legal_reviewer_ids = fields.Many2many(related='company_id.tianyuan_legal_reviewer_ids', readonly=False)

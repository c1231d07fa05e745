from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    tianyuan_survey_id = fields.Many2one(related='company_id.tianyuan_survey_id', readonly=False)

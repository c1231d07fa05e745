from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    tianyuan_borrow_chase_days = fields.Integer(related='company_id.tianyuan_borrow_chase_days', readonly=False)

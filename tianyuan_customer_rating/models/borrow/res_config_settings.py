from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'    # pylint: disable=consider-merging-classes-inherited

    tianyuan_borrow_days = fields.Integer(related='company_id.tianyuan_borrow_days', readonly=False)
    tianyuan_borrow_chase_days = fields.Integer(related='company_id.tianyuan_borrow_chase_days', readonly=False)
    tianyuan_log_seal_email = fields.Char(related='company_id.tianyuan_log_seal_email', readonly=False)
    tianyuan_copy_as_text = fields.Boolean(related='company_id.tianyuan_copy_as_text', readonly=False)

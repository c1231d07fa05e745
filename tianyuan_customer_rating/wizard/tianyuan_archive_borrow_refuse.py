from odoo import fields, models


class TianyuanArchiveBorrowRefuse(models.TransientModel):
    _name = 'tianyuan.archive.borrow.refuse'
    _description = "Refuse Requests for Archives"
    _inherit = ['tianyuan.plain.text.mixin']

    borrow_ids = fields.Many2many('tianyuan.archive.borrow', string="Requests", required=True)
    reason = fields.Char(required=True)

    def action_refuse(self):
        """Refuse the requests; they check the user's right themselves."""
        self.ensure_one()
        self.borrow_ids.action_refuse(self.reason)
        return {'type': 'ir.actions.act_window_close'}

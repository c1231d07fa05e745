from odoo import fields, models


class TianyuanRatingReopen(models.TransientModel):
    _name = 'tianyuan.rating.reopen'
    _description = "Reopen Confirmed Ratings"
    _inherit = ['tianyuan.plain.text.mixin']

    rating_ids = fields.Many2many('tianyuan.rating', required=True)
    reason = fields.Char(required=True)

    def action_reopen(self):
        """Reopen the ratings; they check the user's right themselves."""
        self.ensure_one()
        self.rating_ids.action_reopen(self.reason)
        return {'type': 'ir.actions.act_window_close'}

from odoo import fields, models


class TianyuanOrderRefuse(models.TransientModel):
    _name = 'tianyuan.order.refuse'
    _description = "Refuse Quotations"
    _inherit = ['tianyuan.plain.text.mixin']

    order_ids = fields.Many2many('sale.order', string="Quotations", required=True)
    reason = fields.Char(required=True)

    def action_refuse(self):
        """Refuse the quotations; they check the user's right themselves."""
        self.ensure_one()
        self.order_ids.action_tianyuan_refuse(self.reason)
        return {'type': 'ir.actions.act_window_close'}

from odoo import api, models


class TianyuanReason(models.TransientModel):
    _inherit = 'tianyuan.reason'

    @api.model
    def _methods(self):
        methods = super()._methods()
        methods['sale.order', 'action_tianyuan_refuse'] = {
            'title': self.env._("Refuse"),
            'hint': self.env._("What the salesperson is told"),
            'records': self.env._("Quotations"),
        }
        return methods

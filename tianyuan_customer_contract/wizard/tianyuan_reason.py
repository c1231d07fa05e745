from odoo import api, models


class TianyuanReason(models.TransientModel):
    _inherit = 'tianyuan.reason'

    @api.model
    def _methods(self):
        methods = super()._methods()
        methods['tianyuan.contract', 'action_cancel'] = {
            'title': self.env._("Cancel Contract"),
            'hint': self.env._("Why there is no such contract any more"),
            'records': self.env._("Contracts"),
        }
        return methods

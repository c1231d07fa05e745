from odoo import api, models


class TianyuanQuestion(models.TransientModel):
    _inherit = 'tianyuan.question'

    @api.model
    def _methods(self):
        methods = super()._methods()
        methods['tianyuan.contract', 'action_sign'] = {
            'title': self.env._("Sign"),
            'text': self.env._("Once it is signed, the contract's contents stay as they are. Sign it?"),
        }
        return methods

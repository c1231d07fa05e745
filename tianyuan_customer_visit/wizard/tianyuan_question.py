from odoo import api, models


class TianyuanQuestion(models.TransientModel):
    _inherit = 'tianyuan.question'

    @api.model
    def _methods(self):
        methods = super()._methods()
        methods['tianyuan.visit', 'action_hand_in'] = {
            'title': self.env._("Hand In"),
            'text': self.env._("Once it is handed in, the report can't be changed any more. Hand it in?"),
        }
        return methods

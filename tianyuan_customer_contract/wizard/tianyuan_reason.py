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
        methods['tianyuan.contract', 'action_pass_checks'] = {
            'title': self.env._("Pass the Checks"),
            'label': self.env._("Evidence"),
            'hint': self.env._("What shows it, such as the papers seen"),
            'records': self.env._("Contracts"),
            'explanation': self.env._(
                "All checks that are still pending are passed, by you and as of now. A check that has failed, or has "
                "evidence of its own, is left as it is in that.",
            ),
        }
        return methods

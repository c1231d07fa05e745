from odoo import api, models
from odoo.fields import Domain


class ResUsers(models.Model):
    """Papers that users who leave have to hand in are those of who takes over."""

    _inherit = 'res.users'

    @api.model
    def _tianyuan_open_work(self):
        return [
            *super()._tianyuan_open_work(),
            ('tianyuan.contract.paper', 'user_id', Domain('handed_in_on', '=', False)),
        ]

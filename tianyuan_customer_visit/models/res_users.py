from odoo import api, models
from odoo.fields import Domain


class ResUsers(models.Model):
    """Planned visits and open follow-ups of users who leave go to those who take over."""

    _inherit = 'res.users'

    @api.model
    def _tianyuan_open_work(self):
        return [
            *super()._tianyuan_open_work(),
            ('tianyuan.visit', 'user_id', Domain('state', '=', 'planned')),
            ('tianyuan.visit.finding', 'user_id', Domain('state', '=', 'open')),
        ]

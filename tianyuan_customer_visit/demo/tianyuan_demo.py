from odoo import api, fields, models

from . import visits


class TianyuanDemo(models.AbstractModel):
    _inherit = 'tianyuan.demo'

    @api.model
    def _load_visits(self):
        """Add visits to the demo company, if it exists; done once."""
        env = self._addon_env('tianyuan_customer_visit')
        if env:
            today = fields.Date.context_today(self)
            visits.load(env, env.company, today)

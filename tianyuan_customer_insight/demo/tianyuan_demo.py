from odoo import api, fields, models

from . import insights


class TianyuanDemo(models.AbstractModel):
    _inherit = 'tianyuan.demo'

    @api.model
    def _load_insights(self):
        """Add insights to the demo company, if it exists; done once."""
        env = self._addon_env('tianyuan_customer_insight')
        if env:
            today = fields.Date.context_today(self)
            insights.load(env, today)

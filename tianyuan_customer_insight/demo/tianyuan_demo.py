from odoo import api, fields, models

from odoo.addons.tianyuan_customer_rating.demo.records import ref

from . import insights


class TianyuanDemo(models.AbstractModel):
    _inherit = 'tianyuan.demo'

    @api.model
    def _load_insights(self):
        """Add insights to the demo company, if it exists; done once."""
        company = ref(self.env, 'company')
        if not company:
            return
        self._read_terms('tianyuan_customer_insight')
        env = self._demo_env(company)
        today = fields.Date.context_today(self)
        insights.load(env, today)

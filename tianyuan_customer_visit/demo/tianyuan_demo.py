from odoo import api, fields, models

from odoo.addons.tianyuan_customer_rating.demo.records import ref

from . import visits


class TianyuanDemo(models.AbstractModel):
    _inherit = 'tianyuan.demo'

    @api.model
    def _load_visits(self):
        """Add visits to the demo company, if it exists; done once."""
        company = ref(self.env, 'company')
        if not company:
            return
        self._read_terms('tianyuan_customer_visit')
        env = self._demo_env(company)
        today = fields.Date.context_today(self)
        visits.load(env, env.company, today)

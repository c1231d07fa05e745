from odoo import api, models

from odoo.addons.tianyuan_customer_rating.demo.records import ref

from . import policies


class TianyuanDemo(models.AbstractModel):
    _inherit = 'tianyuan.demo'

    @api.model
    def _load_policies(self):
        """Add policies to the demo company, if it exists; done once."""
        company = ref(self.env, 'company')
        if not company:
            return
        self._read_terms('tianyuan_customer_policy')
        env = self._demo_env(company)
        policies.load(env)

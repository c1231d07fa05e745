from odoo import api, fields, models

from odoo.addons.tianyuan_customer_rating.demo.records import ref

from . import contracts, contracts_followed


class TianyuanDemo(models.AbstractModel):
    _inherit = 'tianyuan.demo'

    @api.model
    def _load_contracts(self):
        """Add contracts to the demo company, if it exists; done once."""
        company = ref(self.env, 'company')
        if not company:
            return
        self._read_terms('tianyuan_customer_contract')
        env = self._demo_env(company)
        today = fields.Date.context_today(self)
        contracts.load(env, today)
        contracts_followed.load(env, today)

from odoo import api, fields, models

from . import contracts, contracts_followed


class TianyuanDemo(models.AbstractModel):
    _inherit = 'tianyuan.demo'

    @api.model
    def _load_contracts(self):
        """Add contracts to the demo company, if it exists; done once."""
        env = self._addon_env('tianyuan_customer_contract')
        if env:
            today = fields.Date.context_today(self)
            contracts.load(env, today)
            contracts_followed.load(env, today)

from odoo import api, models

from . import policies


class TianyuanDemo(models.AbstractModel):
    _inherit = 'tianyuan.demo'

    @api.model
    def _load_policies(self):
        """Add policies to the demo company, if it exists; done once."""
        env = self._addon_env('tianyuan_customer_policy')
        if env:
            policies.load(env)

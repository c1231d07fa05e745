from odoo import api, models


class TianyuanSharedMixin(models.AbstractModel):
    _inherit = 'tianyuan.shared.mixin'

    @api.model
    def _using_models(self):
        return [*super()._using_models(), 'tianyuan.customer.policy']

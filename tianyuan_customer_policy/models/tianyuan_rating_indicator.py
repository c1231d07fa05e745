from odoo import api, models


class TianyuanRatingIndicator(models.Model):
    """What a policy has changed follows from a customer's tier and class, so that no rating may be made from it."""

    _inherit = 'tianyuan.rating.indicator'

    @api.model
    def _own_result_models(self):
        return super()._own_result_models() | {'tianyuan.policy.application.line'}

from odoo import api, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = 'base.partner.merge.automatic.wizard'

    @api.model
    def _tianyuan_customer_models(self):
        return [*super()._tianyuan_customer_models(), 'tianyuan.market.insight.share.log']

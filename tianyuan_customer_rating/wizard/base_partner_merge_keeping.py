from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merging a colleague's customer with one's own would make it one's own."""

    _inherit = 'base.partner.merge.automatic.wizard'

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        self.env['res.partner'].browse(partner_ids).exists()._tianyuan_check_merge()
        return super()._merge(partner_ids, dst_partner=dst_partner, extra_checks=extra_checks)

from odoo import api, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = 'base.partner.merge.automatic.wizard'

    @api.model
    def _tianyuan_customer_models(self):
        return [*super()._tianyuan_customer_models(), 'tianyuan.visit', 'tianyuan.visit.finding']

    def _tianyuan_before_merge(self, src_partners, dst_partner):
        """Delete the automatic next visits of the merged customers.

        The database allows one automatic visit per customer. The scheduled action plans a visit again where none is
        left.
        """
        self.env['tianyuan.visit'].sudo().search([
            ('partner_id', 'in', src_partners.ids), ('state', '=', 'planned'), ('is_auto', '=', True),
        ]).unlink()
        super()._tianyuan_before_merge(src_partners, dst_partner)

from odoo import api, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = 'base.partner.merge.automatic.wizard'

    @api.model
    def _tianyuan_customer_models(self):
        return [*super()._tianyuan_customer_models(), 'tianyuan.visit', 'tianyuan.visit.finding']

    def _tianyuan_before_merge(self, src_partners, dst_partner):
        """One next visit stays, and is planned anew where there is none: the database would refuse a second one."""
        self.env['tianyuan.visit'].sudo().search([
            ('partner_id', 'in', src_partners.ids), ('state', '=', 'planned'), ('is_auto', '=', True),
        ]).unlink()
        super()._tianyuan_before_merge(src_partners, dst_partner)

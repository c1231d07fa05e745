from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Of merged customers one next visit stays; it is planned anew where there is none."""

    _inherit = 'base.partner.merge.automatic.wizard'

    def _update_foreign_keys(self, src_partners, dst_partner):
        # one planned by itself at most: the database would refuse another one
        self.env['tianyuan.visit'].sudo().search([
            ('partner_id', 'in', src_partners.ids), ('state', '=', 'planned'), ('is_auto', '=', True),
        ]).unlink()
        super()._update_foreign_keys(src_partners, dst_partner)
        self.env.invalidate_all()

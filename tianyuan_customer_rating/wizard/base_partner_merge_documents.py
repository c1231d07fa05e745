from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merging customers brings their papers together, and what is borrowed of them."""

    _inherit = 'base.partner.merge.automatic.wizard'

    def _update_foreign_keys(self, src_partners, dst_partner):
        super()._update_foreign_keys(src_partners, dst_partner)
        self.env.invalidate_all()
        # moved in the database, behind the documents' back; a contact's papers are its company's
        documents = self.env['tianyuan.archive.document'].sudo().with_context(active_test=False).search([
            ('partner_id', '=', dst_partner.id),
        ])
        keeper = dst_partner.commercial_partner_id
        if documents and keeper != dst_partner:
            documents.write({'partner_id': keeper.id})
        elif documents:
            documents._changed()
        if keeper != dst_partner:
            self.env['tianyuan.archive.borrow'].sudo().search([('partner_id', '=', dst_partner.id)]).partner_id = keeper

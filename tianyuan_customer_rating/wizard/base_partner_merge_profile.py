from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merging contacts joins their personal profiles, whoever merges; nothing that was known is lost."""

    _inherit = 'base.partner.merge.automatic.wizard'

    def _update_foreign_keys(self, src_partners, dst_partner):
        self._tianyuan_join_profiles(src_partners + dst_partner, dst_partner)
        super()._update_foreign_keys(src_partners, dst_partner)
        Profile = self.env['tianyuan.contact.profile'].sudo()
        # moved behind the ORM's back, it still names the other contact's customer
        self.env.add_to_compute(Profile._fields['customer_id'], Profile.search([('partner_id', '=', dst_partner.id)]))
        Profile.flush_model()

    def _tianyuan_join_profiles(self, partners, dst_partner):
        """Leave one profile per company, the destination's where it has one."""
        profiles = self.env['tianyuan.contact.profile'].sudo().search([('partner_id', 'in', partners.ids)], order='id')
        for group in profiles.grouped('company_id').values():
            kept, *others = group.sorted(lambda profile: profile.partner_id != dst_partner)
            if not others:
                continue
            others = kept.union(*others) - kept
            kept._absorb(others)
            self._update_reference_fields_generic(kept._name, others, kept)    # its discussion and files
            others.unlink()
        profiles.env.flush_all()

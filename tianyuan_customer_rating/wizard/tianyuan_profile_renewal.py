from odoo import api, fields, models

from ..models.profile.tianyuan_contact_profile import LEGAL_BASES


class TianyuanProfileRenewal(models.TransientModel):
    """Notes a new consent, or another legal basis, of a contact profile (个人信息保护法 13, 14)."""

    _name = 'tianyuan.profile.renewal'
    _description = "Renewal of a Contact Profile"
    _inherit = ['tianyuan.plain.text.mixin']

    profile_id = fields.Many2one('tianyuan.contact.profile', required=True, readonly=True, ondelete='cascade')
    legal_basis = fields.Selection(
        LEGAL_BASES, required=True, compute='_compute_values', store=True, readonly=False, compute_sudo=False,
    )
    consent_date = fields.Date(default=fields.Date.context_today)
    # An attachment would outlive the dialog, and the profile when that is erased.
    evidence = fields.Binary(string="Evidence of Consent", attachment=False)
    evidence_name = fields.Char(export_string_translation=False)
    purpose = fields.Char(compute='_compute_values', store=True, readonly=False, compute_sudo=False)
    keep_until = fields.Date(compute='_compute_keep_until', store=True, readonly=False, compute_sudo=False)

    @api.depends('profile_id')
    def _compute_values(self):
        for renewal in self:
            renewal.legal_basis = renewal.profile_id.legal_basis or 'consent'
            renewal.purpose = renewal.profile_id.purpose

    @api.depends('profile_id', 'consent_date')
    def _compute_keep_until(self):
        for renewal in self:
            day = renewal.consent_date or fields.Date.context_today(self)
            renewal.keep_until = renewal.profile_id.company_id._tianyuan_profile_limit(day)

    def action_apply(self):
        """Renew the profile.

        :raise AccessError: the user keeps no profiles
        """
        self.ensure_one()
        vals = {'legal_basis': self.legal_basis, 'purpose': self.purpose, 'keep_until': self.keep_until}
        if self.legal_basis == 'consent':
            vals['consent_date'] = self.consent_date
        if self.evidence:
            vals.update(evidence=self.evidence, evidence_name=self.evidence_name)
        self.profile_id._renew(vals)
        return {'type': 'ir.actions.act_window_close'}

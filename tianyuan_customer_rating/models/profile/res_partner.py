from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError

from .tianyuan_contact_profile import PROFILE_READERS


class ResPartner(models.Model):
    """Opens personal profiles from a contact or a customer, for users who may read them."""

    _inherit = 'res.partner'    # pylint: disable=consider-merging-classes-inherited

    # No one2many: searching it would reveal who has a profile.
    tianyuan_contact_profile_count = fields.Integer(
        string="Number of Profiles", compute='_compute_tianyuan_contact_profile_count', groups=PROFILE_READERS,
    )

    @api.depends('commercial_partner_id')
    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_tianyuan_contact_profile_count(self):
        """Count the profiles of all contacts for a customer, and a contact's own."""
        profiles = self.env['tianyuan.contact.profile']
        of_customer, of_contact = Counter(), Counter()
        if self._origin and profiles.has_access('read'):
            groups = profiles._read_group(
                ['|', ('customer_id', 'in', self._origin.ids), ('partner_id', 'in', self._origin.ids)],
                ['customer_id', 'partner_id'], ['__count'],
            )
            for customer, contact, count in groups:
                of_customer[customer] += count
                of_contact[contact] += count
        for partner in self:
            counts = of_customer if partner == partner.commercial_partner_id else of_contact
            partner.tianyuan_contact_profile_count = counts[partner._origin]

    @api.ondelete(at_uninstall=False)
    def _tianyuan_unlink_except_profile(self):
        Profile = self.env['tianyuan.contact.profile']
        profile = Profile.sudo().search(['|', ('partner_id', 'in', self.ids), ('customer_id', 'in', self.ids)], limit=1)
        if not profile:
            return
        if Profile.has_access('read') and profile.sudo(False).has_access('read'):
            raise UserError(self.env._(
                "%s has a contact profile. The archive specialist deletes the profile first; or archive the contact.",
                profile.partner_id.display_name,
            ))
        # The message doesn't mention the profile, since the user may not be allowed to know of it.
        raise UserError(self.env._(
            "%s belongs to a customer archive and can't be deleted. Archive it, or ask the archive specialist.",
            (profile.partner_id if profile.partner_id in self else profile.customer_id).display_name,
        ))

    def action_tianyuan_contact_profiles(self):
        """Open the contact's profile, or the profiles of the customer's contacts.

        :raise AccessError: the user may read no profiles
        """
        self.ensure_one()
        Profile = self.env['tianyuan.contact.profile']
        Profile.check_access('read')
        action = self.env['ir.actions.act_window']._for_xml_id(
            'tianyuan_customer_rating.tianyuan_contact_profile_action')
        if self == self.commercial_partner_id:
            domain = [('customer_id', '=', self.id)]
        else:
            domain = [('partner_id', '=', self.id)]
        context = {} if self.is_company else {'default_partner_id': self.id}
        action |= {'domain': domain, 'context': context}
        profiles = Profile.search(domain, limit=2)
        if len(profiles) == 1 or not profiles and not self.is_company:
            action |= {'res_id': profiles.id, 'view_mode': 'form', 'views': [(False, 'form')]}
        return action

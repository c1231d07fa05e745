from odoo import api, fields, models
from odoo.exceptions import UserError

from .tianyuan_contact_profile import PROFILE_READERS


class ResPartner(models.Model):
    """The way from a contact or a customer to the personal profiles, for those who may read them."""

    _inherit = 'res.partner'

    # not a one2many, whose search would be one more door
    tianyuan_contact_profile_count = fields.Integer(
        string="Number of Profiles", compute='_compute_tianyuan_summary', groups=PROFILE_READERS,
    )

    def _tianyuan_summary_sources(self):
        customers = self.filtered(lambda partner: partner == partner.commercial_partner_id)
        return super()._tianyuan_summary_sources() + [
            ('tianyuan_contact_profile_count', self._tianyuan_rows_about(
                self.env['tianyuan.contact.profile'], [], name, partners._origin,
            )) for name, partners in (('customer_id', customers), ('partner_id', self - customers))
        ]

    def _tianyuan_set_summary(self, found):
        super()._tianyuan_set_summary(found)
        for partner in self:
            key = ('tianyuan_contact_profile_count', partner._origin.id)
            partner.tianyuan_contact_profile_count, _last = found.get(key, (0, None))

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
        # who may not read profiles isn't told that there is one
        raise UserError(self.env._(
            "%s belongs to a customer archive and can't be deleted. Archive it, or ask the archive specialist.",
            (profile.partner_id if profile.partner_id in self else profile.customer_id).display_name,
        ))

    def action_tianyuan_contact_profiles(self):
        """Open the contact's profile, or those of the customer's contacts.

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

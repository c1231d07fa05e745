from datetime import timedelta

from odoo import api, fields, models

# what a list shows of profiles besides whom they are about
LISTED = {'birthday', 'native_place', 'education', 'contact_way', 'contact_time'}


class TianyuanContactProfile(models.Model):
    """Who opens a personal file is in the access log (policy 档案 4, 6): a form, an export or print, or a remote call
    that asks for what only these show. A list of profiles isn't an opening."""

    _inherit = 'tianyuan.contact.profile'

    def read(self, fields=None, load='_classic_read'):
        """As ever; each of the profiles of which somebody reads what is personal is noted."""
        result = super().read(fields, load)
        if not fields or self._personal_fields() & set(fields):
            self._note_opening()
        return result

    @api.model
    def search_read(self, domain=None, fields=None, offset=0, limit=None, order=None, **read_kwargs):
        """As ever; see :meth:`read`, which isn't called by this."""
        result = super().search_read(domain, fields, offset, limit, order, **read_kwargs)
        if not fields or self._personal_fields() & set(fields):
            self.browse(row['id'] for row in result)._note_opening()
        return result

    def web_save(self, vals, specification, next_id=None):
        """As ever; what one has opened, and saves, isn't opened again by that."""
        saving = self.env.cr.cache.setdefault('tianyuan_contact_profile_saved', [])
        saving.append(self.browse() if next_id else self)    # what is read afterwards
        try:
            return super().web_save(vals, specification, next_id)
        finally:
            saving.pop()

    def export_data(self, fields_to_export):
        result = super().export_data(fields_to_export)
        if self._personal_fields() & {name.partition('/')[0] for name in fields_to_export}:
            self._note_opening()
        return result

    def _personal_fields(self):
        return set(self._content_fields()) - LISTED

    def _opened_before(self):
        """Those that the user has opened within a day."""
        # sudo: who may read profiles doesn't read the log
        rows = self.env['tianyuan.archive.access.log'].sudo().search([
            ('action', '=', 'profile'), ('user_id', '=', self.env.uid), ('partner_id', 'in', self.partner_id.ids),
            ('date', '>=', fields.Datetime.now() - timedelta(days=1)),
        ])
        return self.filtered(lambda profile: profile.partner_id in rows.partner_id)

    def _note_opening(self):
        """Note that the user opened these profiles, unless it is the system itself."""
        opened = self.filtered('id')
        if self.env.su or not opened:
            return
        saving = self.env.cr.cache.get('tianyuan_contact_profile_saved')
        if saving:
            opened -= saving[-1]._opened_before()
        # sudo: the log names the contacts, whom it is about
        for company, profiles in opened.sudo().grouped('company_id').items():
            self.env['tianyuan.archive.access.log']._note(
                'profile', self.env['tianyuan.archive.document'], partners=profiles.partner_id, company=company)

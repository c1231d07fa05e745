from odoo import api, models

from .res_partner_archive import BEGUN_STATES
from .tianyuan_roles import keeps_archives


class ResPartner(models.Model):
    """Old archives come in through Odoo's own import; a template shows its columns."""

    _inherit = 'res.partner'

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        if self.env.context.get('import_file'):
            partners._tianyuan_take_imported_contacts()
        return partners

    def _tianyuan_take_imported_contacts(self):
        """The contacts that come in the rows of a new customer, which no column could name yet, are its first and
        second one."""
        for partner in self:
            if (
                partner.child_ids and keeps_archives(self.env.user)
                and partner.tianyuan_archive_state in BEGUN_STATES and not partner.tianyuan_primary_contact_id
            ):
                contacts = partner.child_ids.sorted('id')
                partner.write({
                    'tianyuan_primary_contact_id': contacts[0].id,
                    'tianyuan_secondary_contact_id': partner.tianyuan_secondary_contact_id.id or contacts[1:2].id,
                })

    @api.model
    def get_import_templates(self):
        if not self.env.context.get('tianyuan_archive_import'):
            return super().get_import_templates()
        language = 'zh_CN' if (self.env.lang or '').startswith('zh') else 'en_US'
        return [{
            'label': self.env._("Import Template for Customer Archives"),
            'template': f'/tianyuan_customer_rating/static/xls/customer_archives_{language}.xlsx',
        }]

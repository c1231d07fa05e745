from odoo import api, models
from odoo.tools import SQL

# what decides whether an archive needs a document of a type
DECIDING_FIELDS = {'required', 'active', 'channel', 'company_id'}


class TianyuanArchiveDocumentType(models.Model):
    """Which types an archive needs; when that changes, so does how complete archives are."""

    _inherit = 'tianyuan.archive.document.type'

    @api.model
    def _required(self):
        """All that some archive needs, read at once, for :meth:`_needed`. For code that may know of every type."""
        return self.sudo().search_fetch(
            [('required', '=', True), ('active', '=', True)], ['name', 'channel', 'company_id'],
        )

    def _needed(self, channel, company):
        """Those of the required types that an archive needs; :meth:`_needed_sql` says the same.

        :param channel: the customer's
        :param company: ``res.company`` whose archive it is
        """
        return self.filtered(lambda kind: (
            kind.channel in (False, channel) and kind.company_id in (company, company.browse())
        ))

    @api.model
    def _needed_sql(self, kind, channel, company):
        """:meth:`_required` and :meth:`_needed` as a condition.

        :param SQL kind: the types' table
        :param SQL channel: the customer's
        :param SQL company: id of the company whose archive it is
        """
        return SQL(
            """
            %(kind)s.required AND %(kind)s.active AND (%(kind)s.channel IS NULL OR %(kind)s.channel = %(channel)s)
            AND (%(kind)s.company_id IS NULL OR %(kind)s.company_id = %(company)s)
            """, kind=kind, channel=channel, company=company,
        )

    @api.model_create_multi
    def create(self, vals_list):
        types = super().create(vals_list)
        if any(types.mapped('required')):
            self.env['res.partner'].sudo()._tianyuan_requirements_changed()
        return types

    def write(self, vals):
        result = super().write(vals)
        if DECIDING_FIELDS & vals.keys():
            self.env['res.partner'].sudo()._tianyuan_requirements_changed()
        return result

    def unlink(self):
        required = any(self.mapped('required'))
        result = super().unlink()
        if required:
            self.env['res.partner'].sudo()._tianyuan_requirements_changed()
        return result

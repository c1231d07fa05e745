from odoo import api, models

# what decides whether an archive needs a document of a type
DECIDING_FIELDS = {'required', 'active', 'channel', 'company_id'}


class TianyuanArchiveDocumentType(models.Model):
    """Which types an archive needs; when that changes, so does how complete archives are."""

    _inherit = 'tianyuan.archive.document.type'

    def _required_of(self, partner):
        """Those of the types that the customer's archive needs, in this company."""
        return self.filtered(lambda kind: (
            kind.required and kind.active
            and kind.channel in (False, partner.tianyuan_channel)
            and kind.company_id.id in (False, self.env.company.id)
        ))

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

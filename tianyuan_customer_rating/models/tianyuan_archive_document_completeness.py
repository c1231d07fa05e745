from odoo import api, models


class TianyuanArchiveDocument(models.Model):
    """A document that comes, changes or goes changes how complete its archive is."""

    _inherit = 'tianyuan.archive.document'

    @api.model_create_multi
    def create(self, vals_list):
        documents = super().create(vals_list)
        documents.partner_id._tianyuan_archive_changed()
        return documents

    def write(self, vals):
        partners = self.partner_id
        result = super().write(vals)
        (partners | self.partner_id)._tianyuan_archive_changed()
        return result

    def unlink(self):
        partners = self.partner_id
        result = super().unlink()
        partners._tianyuan_archive_changed()
        return result

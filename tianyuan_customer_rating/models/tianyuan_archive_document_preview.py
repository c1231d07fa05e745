from odoo import api, fields, models

from ..archive import files, watermark
from .tianyuan_roles import keeps_archives

VIEWABLE = ('pdf', 'jpg', 'png')    # what browsers show


class TianyuanArchiveDocument(models.Model):
    """Looking at a paper in the browser. Its bytes come from the one route that checks and logs."""

    _inherit = 'tianyuan.archive.document'

    can_open = fields.Boolean(compute='_compute_can_open', export_string_translation=False)

    @api.depends('confidential')
    @api.depends_context('uid')
    def _compute_can_open(self):
        trusted = keeps_archives(self.env.user)
        borrowed = {} if trusted else self.filtered('confidential')._borrowed_modes()
        for document in self:
            document.can_open = trusted or not document.confidential or document in borrowed

    def action_preview(self):
        """Show the paper in the browser, or download what browsers can't show.

        :raise AccessError: it is confidential, and the user hasn't borrowed it
        """
        self.ensure_one()
        mode = self._check_open_mode()
        mimetype = self.mimetype
        if mode == 'copy':
            if mimetype not in watermark.CONSULTED:
                return self.action_open()   # a page that says why there is no copy
            mimetype = watermark.PDF
        url = f'/tianyuan/archive/document/{self.id}'
        if files.kind_of_mimetype(mimetype) not in VIEWABLE:
            return {'type': 'ir.actions.act_url', 'url': f'{url}?download=1', 'target': 'download'}
        return {
            'type': 'ir.actions.client',
            'tag': 'tianyuan_archive_preview',
            'params': {'name': self.file_name, 'mimetype': mimetype, 'url': url},
        }

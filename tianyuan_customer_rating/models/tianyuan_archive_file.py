from odoo import fields, models


class TianyuanArchiveFile(models.Model):
    """The bytes of an archive document.

    No user has any access to this model, so no way the web client or RPC offers (forms, attachments,
    ``/web/content``, export, the chatter) leads to a file: the one door is
    ``tianyuan.archive.document._open``, which checks who asks and logs it.
    """

    _name = 'tianyuan.archive.file'
    _description = "Archive File"

    document_id = fields.Many2one('tianyuan.archive.document', required=True, ondelete='cascade')
    content = fields.Binary(attachment=True, required=True)

    _one_per_document = models.UniqueIndex('(document_id)', "A document has one file.")

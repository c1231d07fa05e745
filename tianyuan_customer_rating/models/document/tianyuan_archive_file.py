import base64
import binascii

from odoo import fields, models
from odoo.exceptions import ValidationError

from ...tools import files


class TianyuanArchiveFile(models.Model):
    """The bytes of an archive document (policy 档案 5: complete, safe).

    No user has access to this model, so the web client and RPC (forms, attachments, ``/web/content``, export, the
    chatter) can't read a file. Only ``tianyuan.archive.document._open`` returns it, after checking and logging who
    asks.
    """

    _name = 'tianyuan.archive.file'
    _description = "Archive File"
    _inherit = ['tianyuan.plain.text.mixin']

    document_id = fields.Many2one('tianyuan.archive.document', required=True, ondelete='cascade')
    content = fields.Binary(attachment=True, required=True)

    _one_per_document = models.UniqueIndex('(document_id)', "A document has one file.")

    def read(self, fields=None, load='_classic_read'):
        """Refuse every user, and write the attempt to the access log.

        :raise AccessError: for every user
        """
        if not self.env.su and not self.has_access('read'):
            # sudo: finds the document of the file, to log the attempt for it.
            self.sudo().exists().document_id.with_env(self.env)._note_refusal()
        return super().read(fields, load)

    def _accept(self, file_name, content, company):
        """Check a file before it is stored.

        Its size must be within the limit, its kind accepted, and its content must match the extension.

        :param str file_name: with its extension
        :param bytes content: base64
        :param company: ``res.company`` whose limits apply
        :return: tuple of the bytes and the kind, a key of ``tools.files.KINDS``
        :raise ValidationError: the file is refused; the message says why and what is accepted
        """
        try:
            raw = base64.b64decode(content, validate=False)
        except (binascii.Error, ValueError):
            raise ValidationError(self.env._("%s could not be read: send it again.", file_name)) from None
        if not raw:
            raise ValidationError(self.env._("%s is empty.", file_name))
        limit = company.sudo().tianyuan_archive_max_megabytes
        if len(raw) > limit * 1024 * 1024:
            raise ValidationError(self.env._(
                "%(file)s is too large (%(size).1f MB): at most %(limit)s MB are accepted.",
                file=file_name, size=len(raw) / 1024 / 1024, limit=limit,
            ))
        allowed = company.sudo()._tianyuan_archive_kinds()
        claimed, kind = files.kind_of_name(file_name), files.kind_of_content(raw)
        if claimed not in allowed and claimed in files.OFFICE_KINDS and 'pdf' in allowed:
            raise ValidationError(self.env._(
                "%(file)s is not of an accepted kind. Save it as a PDF, and add that. Accepted: %(kinds)s.",
                file=file_name, kinds=[name.upper() for name in allowed],
            ))
        if claimed not in allowed:
            raise ValidationError(self.env._(
                "%(file)s is not of an accepted kind. Accepted: %(kinds)s.", file=file_name,
                kinds=[name.upper() for name in allowed],
            ))
        if kind != claimed:
            raise ValidationError(self.env._(
                "%(file)s is not the %(kind)s file its name says: its content is something else.",
                file=file_name, kind=claimed.upper(),
            ))
        if kind in files.PICTURES and files.has_too_many_pixels(raw):
            raise ValidationError(self.env._(
                "%(file)s has too many pixels: at most %(most)s million are accepted. Scan it with a lower resolution.",
                file=file_name, most=files.MOST_PIXELS // 1_000_000,
            ))
        return raw, kind

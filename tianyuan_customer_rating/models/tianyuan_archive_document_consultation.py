from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..archive import files, watermark


class TianyuanArchiveDocument(models.Model):
    """Whether a paper can be consulted at all: said when it is uploaded, not after its borrowing has been approved."""

    _inherit = 'tianyuan.archive.document'

    obstacle = fields.Selection(
        [('password', "Protected by a password"), ('broken', "Damaged"), ('pages', "Too many pages")],
        string="Not Consulted", readonly=True, copy=False,
        help="What keeps the file from being consulted; it can only be borrowed.",
    )
    consultation_warning = fields.Char(compute='_compute_consultation_warning', export_string_translation=False)

    @api.depends('mimetype', 'obstacle', 'file_name')
    def _compute_consultation_warning(self):
        for document in self:
            document.consultation_warning = document._consultation_warning()

    def _consultation_warning(self):
        """Why the file can't be consulted, as a sentence; empty if it can, or there is none."""
        self.ensure_one()
        name = self.file_name or self.name
        if self.mimetype and self.mimetype not in watermark.CONSULTED:
            return self.env._(
                "%s can only be borrowed: PDF files and pictures (PNG, JPEG, GIF, BMP) can be consulted.", name)
        if self.obstacle == 'password':
            return self.env._(
                "%s can only be borrowed, not consulted: it is protected by a password. Save it without one, and add "
                "it as a new version.", name)
        if self.obstacle == 'broken':
            return self.env._(
                "%s can only be borrowed, not consulted: it is damaged. Scan or save it anew, and add it as a new "
                "version.", name)
        if self.obstacle == 'pages':
            return self.env._(
                "%(file)s can only be borrowed, not consulted: it has more than %(most)s pages. Add it in parts.",
                file=name, most=watermark.MOST_PAGES)
        return False

    def _tianyuan_protected_fields(self):
        return super()._tianyuan_protected_fields() | {'obstacle'}

    @api.model
    def _find_obstacle(self, raw, kind, file_name):
        """What keeps a file from being consulted; looked for in a second or two.

        :param bytes raw: the file
        :param str kind: a key of ``archive.files.KINDS``
        :return: a key of ``obstacle``, or False
        :raise ValidationError: it is made to use up the server's time or memory
        """
        mimetype = files.KINDS[kind].mimetype
        if mimetype not in watermark.CONSULTED:
            return False
        try:
            pages = watermark.look_at(raw, mimetype)
        except watermark.EncryptedFileError:
            return 'password'
        except watermark.BrokenFileError:
            return 'broken'
        except watermark.TooLargeError:
            raise ValidationError(self.env._(
                "%(file)s is refused: it has more than %(most)s pages, or a page of it takes more time or memory than "
                "a paper needs. Scan it, or save it in parts.", file=file_name, most=watermark.MOST_KEPT_PAGES,
            )) from None
        return 'pages' if pages > watermark.MOST_PAGES else False

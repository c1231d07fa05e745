import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools.mimetypes import guess_mimetype

from .tianyuan_guarded import MANAGER

SPECIALIST = 'tianyuan_customer_rating.group_archive_specialist'


class TianyuanArchiveDocument(models.Model):
    """A paper in a customer's archive (policy 档案 5, 6): what it is and how long it is valid.

    Who may see this record may know the paper exists; its file is behind :meth:`_open`.
    """

    _name = 'tianyuan.archive.document'
    _description = "Archive Document"
    _inherit = ['tianyuan.guarded']
    _order = 'partner_id, type_id, id desc'

    name = fields.Char(required=True)
    partner_id = fields.Many2one(
        'res.partner', string="Customer", required=True, index=True, ondelete='restrict',
        domain="['|', ('is_company', '=', True), ('parent_id', '=', False)]",
    )
    company_id = fields.Many2one('res.company', required=True, index=True, default=lambda self: self.env.company)
    type_id = fields.Many2one(
        'tianyuan.archive.document.type', required=True, index=True, ondelete='restrict',
    )
    confidential = fields.Boolean(compute='_compute_confidential', store=True, readonly=False, precompute=True)
    valid_from = fields.Date()
    valid_until = fields.Date(help="Empty: it doesn't expire.")
    note = fields.Text()
    upload = fields.Binary(
        string="File", compute='_compute_upload', inverse='_inverse_upload', export_string_translation=False,
    )
    file_name = fields.Char()
    mimetype = fields.Char(string="File Type", readonly=True, copy=False)
    file_size = fields.Integer(readonly=True, copy=False, aggregator=None)
    checksum = fields.Char(readonly=True, copy=False, help="SHA-256 of the file.")

    @api.depends('type_id')
    def _compute_confidential(self):
        for document in self:
            document.confidential = document.type_id.confidential

    def _compute_upload(self):
        # what was uploaded is opened, and logged, through _open; it is never read back
        self.upload = False

    def _inverse_upload(self):
        for document in self.filtered('upload'):
            document._store_file(document.upload)

    def _tianyuan_guarded_fields(self):
        return {'mimetype', 'file_size', 'checksum'}

    @api.constrains('partner_id')
    def _check_commercial_partner(self):
        for document in self:
            if document.partner_id != document.partner_id.commercial_partner_id:
                raise ValidationError(self.env._(
                    "%(contact)s is a contact: file the document with its company %(company)s.",
                    contact=document.partner_id.display_name,
                    company=document.partner_id.commercial_partner_id.display_name,
                ))

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_guarded(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_guarded(vals)
        return super().write(vals)

    def _check_guarded(self, vals):
        if not self.env.su and self._tianyuan_guarded_fields() & vals.keys():
            raise AccessError(self.env._("Type, size and checksum come from the file itself; they can't be written."))

    def _open_mode(self):
        """How the user may open the file now (design §7).

        :return: ``original``, ``copy`` (only a watermarked copy for consultation), or False
        :raise AccessError: the user may not even see the document's record
        """
        self.ensure_one()
        self.check_access('read')
        if not self.confidential or any(map(self.env.user.has_group, (SPECIALIST, MANAGER))):
            return 'original'
        return self._borrowed_mode()

    def _borrowed_mode(self):
        """What a running borrow of the user's allows: ``original``, ``copy`` or False. Borrowing extends it."""
        return False

    def _open(self):
        """Hand out the file to the user: the only way to it.

        :return: tuple of bytes, file name, MIME type
        :raise AccessError: the user may not open it
        """
        self.ensure_one()
        mode = self._open_mode()
        if not mode:
            raise AccessError(self.env._(
                "%s is confidential. Request to borrow it; the archive specialist will decide.", self.name,
            ))
        return self._hand_out(mode)

    def _hand_out(self, mode):
        """The file as the mode allows it; logging and watermarks extend it. The caller has checked access."""
        return self._content(), self.file_name, self.mimetype

    def _content(self):
        """The file's bytes; for code that has checked access."""
        file = self.env['tianyuan.archive.file'].sudo().with_context(bin_size=False).search(
            [('document_id', '=', self.id)],
        )
        return base64.b64decode(file.content or b'')

    def _store_file(self, content):
        """Keep a file with the document, in place of an earlier one.

        :param bytes content: base64, as a Binary field holds it
        """
        self.ensure_one()
        raw = base64.b64decode(content)
        files = self.env['tianyuan.archive.file'].sudo()
        kept = files.search([('document_id', '=', self.id)])
        if kept:
            kept.content = content
        else:
            files.create({'document_id': self.id, 'content': content})
        self.sudo().write({
            'mimetype': guess_mimetype(raw),
            'file_size': len(raw),
            'checksum': hashlib.sha256(raw).hexdigest(),
        })

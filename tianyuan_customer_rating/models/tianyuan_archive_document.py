import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..archive import files
from .tianyuan_roles import keeps_archives


class TianyuanArchiveDocument(models.Model):
    """A paper in a customer's archive (policy 档案 5, 6): what it is and how long it is valid.

    Who may see this record may know the paper exists; its file is behind :meth:`_open`.
    """

    _name = 'tianyuan.archive.document'
    _description = "Archive Document"
    _inherit = [
        'tianyuan.protected.mixin', 'tianyuan.customer.mixin', 'tianyuan.activity.mixin', 'tianyuan.plain.text.mixin',
    ]
    _order = 'partner_id, type_id, id desc'
    _check_company_auto = True

    name = fields.Char(required=True, help="By default the name of the file.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one('res.company', required=True, index=True, default=lambda self: self.env.company)
    type_id = fields.Many2one(
        'tianyuan.archive.document.type', required=True, index=True, ondelete='restrict', check_company=True,
    )
    confidential = fields.Boolean(compute='_compute_confidential', store=True, readonly=False, precompute=True)
    note = fields.Text()
    upload = fields.Binary(
        string="File", compute='_compute_upload', inverse='_inverse_upload', export_string_translation=False,
    )
    file_name = fields.Char()
    mimetype = fields.Char(string="File Type", readonly=True, copy=False)
    file_size = fields.Integer(readonly=True, copy=False, aggregator=None)
    checksum = fields.Char(readonly=True, copy=False, help="SHA-256 of the file as it was uploaded.")
    kept_checksum = fields.Char(
        string="Checksum of What Is Kept", readonly=True, copy=False,
        help="SHA-256 of the file that is kept, where it isn't the one that was uploaded: releases before 19.0.1.4.0 "
             "made large pictures smaller.",
    )
    supersedes_id = fields.Many2one(
        'tianyuan.archive.document', string="Earlier Version", index='btree_not_null', ondelete='restrict',
        copy=False, check_company=True, help="The paper this one takes the place of.",
    )
    superseded_by_ids = fields.One2many(
        'tianyuan.archive.document', 'supersedes_id', string="Later Versions", context={'active_test': False},
    )

    @api.depends('type_id')
    def _compute_confidential(self):
        for document in self:
            document.confidential = document.type_id.confidential

    def _compute_upload(self):
        # what was uploaded is opened, and logged, through _open; it is never read back
        self.upload = False

    def _inverse_upload(self):
        for document in self.with_context(bin_size=False).filtered('upload'):
            if document.checksum:
                raise UserError(self.env._(
                    "%s has a file already. Add the new one as a new version: the earlier paper is kept.",
                    document.name,
                ))
            document._store_file(document.upload)
        self.invalidate_recordset(['upload'], flush=False)

    def _tianyuan_protected_fields(self):
        return super()._tianyuan_protected_fields() | {'mimetype', 'file_size', 'checksum', 'kept_checksum'}

    def _tianyuan_protected_message(self, names):
        return self.env._("Type, size and checksum come from the file itself; they can't be written.")

    @api.model
    def _contact_message(self, contact, company):
        return self.env._(
            "%(contact)s is a contact: file the document with its company %(company)s.",
            contact=contact, company=company,
        )

    @api.constrains('supersedes_id', 'partner_id')
    def _check_supersedes(self):
        for document in self:
            earlier = document.supersedes_id
            if earlier.partner_id - document.partner_id or document._has_cycle('supersedes_id'):
                raise ValidationError(self.env._("A document takes the place of another one of the same customer."))

    @api.constrains('file_name')
    def _check_file_name(self):
        for document in self:
            claimed, kind = files.kind_of_name(document.file_name or ''), files.kind_of_mimetype(document.mimetype)
            if document.checksum and claimed != kind:
                raise ValidationError(self.env._("The end of the file's name tells what it is and has to stay."))

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get('file_name'):
                vals['file_name'] = self._plain_file_name(vals['file_name'])
                vals['name'] = vals.get('name') or vals['file_name'].rpartition('.')[0] or vals['file_name']
        documents = super().create(vals_list)
        documents._supersede()
        return documents

    def write(self, vals):
        if vals.get('file_name'):
            vals = {**vals, 'file_name': self._plain_file_name(vals['file_name'])}
        result = super().write(vals)
        if vals.get('supersedes_id'):
            self._supersede()
        return result

    def unlink(self):
        self.check_access('unlink')
        # the database would remove them with their document, and leave the bytes in the file store
        self.env['tianyuan.archive.file'].sudo().search([('document_id', 'in', self.ids)]).unlink()
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_superseding(self):
        later = self.sudo().with_context(active_test=False).superseded_by_ids - self
        if later:
            raise UserError(self.env._(
                "%s is the later version of a document you delete: delete that one first.", later[0].name,
            ))

    def _supersede(self):
        """The papers these take the place of are kept aside, not shown among the current ones (policy 档案 2)."""
        self.supersedes_id.filtered('active').action_archive()

    @api.model
    def _plain_file_name(self, file_name):
        """The name without folders and control characters, which would do harm where it is downloaded to."""
        return ''.join(char for char in file_name.replace('\\', '/').rpartition('/')[2] if char.isprintable()).strip()

    def _open_mode(self):
        """How the user may open the file now (design §7).

        :return: ``original``, ``copy`` (only a watermarked copy for consultation), or False
        :raise AccessError: the user may not even see the document's record
        """
        self.ensure_one()
        self._check_visible()
        if not self.confidential or keeps_archives(self.env.user):
            return 'original'
        return self._borrowed_modes().get(self, False)

    def _check_visible(self):
        """Refuse who may not see the documents' records, on their way to the files; logging extends it.

        :raise AccessError: the user may not see one of the records
        """
        self.check_access('read')

    def _borrowed_modes(self):
        """What running borrowings of the user's allow; borrowing extends it.

        :return: dict of document → ``original`` or ``copy``; those that aren't borrowed are left out
        """
        return {}

    def _open(self):
        """Hand out the file to the user: the only way to it.

        :return: tuple of bytes, file name, MIME type
        :raise AccessError: the user may not open it
        """
        self.ensure_one()
        return self._hand_out(self._check_open_mode())

    def _check_open_mode(self):
        """As :meth:`_open_mode`, but refuses who may not open the file.

        :raise AccessError: the user may not open it
        """
        return self._open_mode() or self._refuse_opening(self.env._(
            "%s is confidential. Request to borrow it; the archive specialist will decide.", self.name,
        ))

    def _refuse_opening(self, message):
        """Tell who sees the document that its file isn't opened; logging extends it.

        :raise AccessError: always
        """
        raise AccessError(message)

    def _hand_out(self, mode):
        """The file as the mode allows it; logging and watermarks extend it. The caller has checked access."""
        return self._content(), self.file_name, self.mimetype

    def _content(self):
        """The file's bytes; for code that has checked access.

        :raise UserError: the file isn't the one that was uploaded
        """
        file = self.env['tianyuan.archive.file'].sudo().with_context(bin_size=False).search(
            [('document_id', '=', self.id)],
        )
        raw = base64.b64decode(file.content or b'')
        if raw and hashlib.sha256(raw).hexdigest() not in (self.checksum, self.kept_checksum):
            raise UserError(self.env._(
                "The file of %s is not the one that was uploaded: its checksum differs. "
                "Ask your administrator to restore it from a backup.", self.name,
            ))
        return raw

    def _store_file(self, content):
        """Keep a file with a document that has none yet.

        :param bytes content: base64, as a Binary field holds it
        :raise ValidationError: the file is of no accepted kind, not what its name says, empty or too large
        """
        self.ensure_one()
        Files = self.env['tianyuan.archive.file'].sudo()
        file_name = self.file_name
        if not file_name:
            kind = files.kind_of_content(base64.b64decode(content))
            file_name = f'{self.name}.{kind}' if kind else self.name
        raw, kind = Files._accept(file_name, content, self.company_id)
        # who may write the document isn't asked by the file's own model
        self.check_access('write')
        obstacle = self._find_obstacle(raw, kind, file_name)
        # Odoo would make large pictures smaller
        Files.with_context(image_no_postprocess=True).create({'document_id': self.id, 'content': content})
        self.sudo().write({
            'file_name': file_name,
            'mimetype': files.KINDS[kind].mimetype,
            'file_size': len(raw),
            'checksum': hashlib.sha256(raw).hexdigest(),
            'obstacle': obstacle,
        })

    def action_new_version(self):
        """Add a paper that takes this one's place; this one is kept aside.

        :raise AccessError: the user may not write the document
        """
        self.ensure_one()
        self.check_access('write')
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("New Version of %s", self.name),
            'res_model': self._name,
            'view_mode': 'form',
            'context': {
                'default_partner_id': self.partner_id.id,
                'default_company_id': self.company_id.id,
                'default_type_id': self.type_id.id,
                'default_name': self.name,
                'default_supersedes_id': self.id,
            },
        }

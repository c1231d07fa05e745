from pathlib import PurePath

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from ...tools import files, watermark
from ...tools.roles import keeps_archives

VIEWABLE_KINDS = ('pdf', 'jpg', 'png', 'webp')    # shown by browsers


class TianyuanArchiveDocument(models.Model):
    """Opening confidential documents through borrowings, with a log of every opening.

    Documents can be viewed in the browser; their bytes come from the one route that checks access and logs it.

    On upload the user is told if the document can't be consulted, and not only once a borrowing of it has been
    approved.
    """

    _inherit = 'tianyuan.archive.document'

    can_open = fields.Boolean(compute='_compute_can_open', export_string_translation=False)
    obstacle = fields.Selection(
        [('password', "Protected by a password"), ('broken', "Damaged"), ('pages', "Too many pages")],
        string="Not Consulted", readonly=True, copy=False,
        help="What keeps the file from being consulted; it can only be borrowed.",
    )
    consultation_warning = fields.Char(compute='_compute_consultation_warning', export_string_translation=False)

    @api.depends('confidential', 'destroyed_on', 'checked_on')
    @api.depends_context('uid')
    def _compute_can_open(self):
        trusted = keeps_archives(self.env.user)
        borrowed = {} if trusted else self.filtered('confidential')._borrowed_modes()
        for document in self:
            document.can_open = not (document.destroyed_on or document.checked_on) and (
                trusted or not document.confidential or document in borrowed
            )

    @api.depends('mimetype', 'obstacle', 'file_name')
    def _compute_consultation_warning(self):
        for document in self:
            document.consultation_warning = document._consultation_warning()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_out(self):
        for document, borrow in self._out_borrows().items():
            raise UserError(self.env._(
                "%(document)s is out by %(borrow)s: it can be deleted when that has come back.",
                document=document.name, borrow=borrow.name,
            ))

    def _tianyuan_protected_fields(self):
        return super()._tianyuan_protected_fields() | {'obstacle'}

    def action_open(self):
        """Open the file in a new window; the route checks access and logs the opening.

        :raise AccessError: the user may not see the document's record
        """
        self.ensure_one()
        self._check_visible()
        return {'type': 'ir.actions.act_url', 'url': f'/tianyuan/archive/document/{self.id}', 'target': 'new'}

    def action_request_borrow(self):
        """Open a new request for this document; for a document that can't be consulted it asks for the original.

        :raise AccessError: the user may not see the document's record
        """
        self.ensure_one()
        self._check_visible()
        self._check_file_is_kept()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Request to borrow"),
            'res_model': 'tianyuan.archive.borrow',
            'view_mode': 'form',
            'views': [(False, 'form')],
            'context': {
                'default_partner_id': self.partner_id.id,
                'default_company_id': self.company_id.id,
                'default_document_ids': [Command.set(self.ids)],
                'default_mode': 'borrow' if self._consultation_warning() else 'consult',
            },
        }

    def action_preview(self):
        """Show the document in the browser, or download it if browsers can't show it.

        :raise AccessError: the document is confidential, and the user hasn't borrowed it
        """
        self.ensure_one()
        mode = self._check_open_mode()
        mimetype = self.mimetype
        if mode == 'copy':
            if mimetype not in watermark.CONSULTABLE_TYPES:
                return self.action_open()   # shows why there is no copy
            mimetype = watermark.PDF
        url = f'/tianyuan/archive/document/{self.id}'
        if files.kind_of_mimetype(mimetype) not in VIEWABLE_KINDS:
            return {'type': 'ir.actions.act_url', 'url': f'{url}?download=1', 'target': 'download'}
        return {
            'type': 'ir.actions.client',
            'tag': 'tianyuan_archive_preview',
            'params': {'name': self.file_name, 'mimetype': mimetype, 'url': url},
        }

    def _out_domain(self):
        """Return the domain of borrowings that are out and may cover one of these documents."""
        return Domain('state', '=', 'out') & Domain.OR([
            [('document_ids', 'in', self.ids)],
            [('scope', '=', 'archive'), ('partner_id', 'in', self.partner_id.ids)],
        ])

    def _covered_by(self, borrows):
        """Return the first of some borrowings that covers each document.

        :return: dict of document → borrowing; documents that none covers are left out
        """
        found = {document: borrows._find_covering(document) for document in self}
        return {document: borrow for document, borrow in found.items() if borrow}

    def _out_borrows(self):
        """Return the borrowings, as superuser, by which these documents are out: dict of document → borrowing."""
        # sudo: borrowings of all users count.
        return self._covered_by(self.env['tianyuan.archive.borrow'].sudo().search(self._out_domain()))

    def _running_borrows(self):
        """Return the user's current borrowings that give access to these documents; those for the original come first.

        :return: dict of document → borrowing; documents that aren't borrowed are left out
        """
        return self._covered_by(self.env['tianyuan.archive.borrow'].sudo().search(self._out_domain() & Domain([
            ('borrower_id', '=', self.env.uid), ('date_due', '>', fields.Datetime.now()),
        ]), order='date_due desc, id').sorted(lambda borrow: borrow.mode != 'borrow'))

    def _borrowed_modes(self):
        return super()._borrowed_modes() | {
            document: 'original' if borrow.mode == 'borrow' else 'copy'
            for document, borrow in self._running_borrows().items()
        }

    def read(self, fields=None, load='_classic_read'):
        """Log attempts to read the files of documents that the user may not see. No file is ever returned."""
        if not self.env.su and (not fields or 'upload' in fields):
            self._check_visible()
        return super().read(fields, load)

    def _check_visible(self):
        try:
            super()._check_visible()
        except AccessError:
            (self - self._filtered_access('read'))._note_refusal()
            raise

    def _refuse_opening(self, message):
        self._note_refusal()
        return super()._refuse_opening(message)

    def _note_refusal(self):
        """Log that the user tried to read the files of these documents; the request fails afterwards."""
        # sudo: the user may not see the document, whose company's log gets the row.
        for documents in self.sudo().exists().grouped('company_id').values():
            self.env['tianyuan.archive.access.log']._note('refused', documents)

    def _hand_out(self, mode):
        """Watermark consultation copies, and log every opening before the file is returned.

        :raise UserError: there is no file, or the document can't be consulted
        """
        content, name, mimetype = super()._hand_out(mode)
        borrow = self._running_borrows().get(self)
        if not content:
            raise UserError(self.env._("No file has been uploaded for %s yet.", self.name))
        if mode == 'copy':
            content = self._consultation_copy(content, mimetype, borrow)
            name, mimetype = f'{PurePath(name or self.name).stem}.pdf', watermark.PDF
        self.env['tianyuan.archive.access.log']._note(mode, self, borrow=borrow)
        return content, name or self.name, mimetype

    def _consultation_copy(self, content, mimetype, borrow):
        if not borrow:    # the borrowing has ended since access was checked
            self._refuse_opening(self.env._("Your borrowing of %s has ended.", self.name))
        company, user = borrow.company_id.sudo(), self.env.user
        moment = fields.Datetime.context_timestamp(
            self.with_context(tz=company.partner_id.tz or user.tz), fields.Datetime.now(),
        )
        try:
            return watermark.consultation_copy(content, mimetype, [
                self.env._("For consultation only: %(name)s (%(login)s)", name=user.name, login=user.login),
                f"{moment:%Y-%m-%d %H:%M}  {borrow.name}",
            ], as_text=company.tianyuan_copy_as_text)
        except watermark.UnsupportedFileError:
            message = self.env._(
                "Only files of these kinds can be consulted: %(kinds)s. %(document)s can only be borrowed.",
                kinds=company._tianyuan_consultable_kinds(), document=self.name,
            )
        except watermark.EncryptedFileError:
            message = self.env._("%s is protected by a password: it can't be consulted, only borrowed.", self.name)
        except watermark.BrokenFileError:
            message = self.env._("The file of %s is damaged: no copy can be made of it.", self.name)
        except watermark.TooLargeError:
            message = self.env._(
                "%(document)s can't be consulted, only borrowed: it has more than %(most)s pages, or drawing it takes "
                "more time or memory than a paper needs.", document=self.name, most=watermark.MOST_PAGES,
            )
        raise UserError(message)

    def _consultation_warning(self):
        """Return a sentence why the file can't be consulted; empty if it can be, or if there is no file."""
        self.ensure_one()
        name = self.file_name or self.name
        if self.destroyed_on or self.checked_on:
            return False
        if self.mimetype and self.mimetype not in watermark.CONSULTABLE_TYPES:
            # sudo: the kinds are the company's settings.
            return self.env._(
                "%(file)s can only be borrowed: files of these kinds can be consulted: %(kinds)s. Save it as a PDF, "
                "and add that as a new version.", file=name, kinds=self.company_id.sudo()._tianyuan_consultable_kinds())
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

    @api.model
    def _find_obstacle(self, raw, kind, file_name):
        """Return why a file can't be consulted; the check takes two seconds at most.

        :param bytes raw: the file
        :param str kind: a key of ``tools.files.KINDS``
        :return: a key of the field ``obstacle``, or False
        :raise ValidationError: the file would use up the server's time or memory
        """
        mimetype = files.KINDS[kind].mimetype
        if mimetype not in watermark.CONSULTABLE_TYPES:
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

from pathlib import PurePath

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..archive import watermark


class TianyuanArchiveDocument(models.Model):
    """A borrowing opens a confidential document for its borrower while it runs; every opening is logged."""

    _inherit = 'tianyuan.archive.document'

    @api.ondelete(at_uninstall=False)
    def _unlink_except_out(self):
        borrows = self.env['tianyuan.archive.borrow'].sudo().search(self._out_domain())
        for document in self:
            borrow = borrows._covering(document)
            if borrow:
                raise UserError(self.env._(
                    "%(document)s is out by %(borrow)s: it can be deleted when that has come back.",
                    document=document.name, borrow=borrow.name,
                ))

    def action_open(self):
        """Open the file in a new window; the address checks whether it may be opened, and notes it.

        :raise AccessError: the user may not see the document's record
        """
        self.ensure_one()
        self.check_access('read')
        return {'type': 'ir.actions.act_url', 'url': f'/tianyuan/archive/document/{self.id}', 'target': 'new'}

    def action_request_borrow(self):
        """Begin a request for this document; what can't be consulted is asked for as the original.

        :raise AccessError: the user may not see the document's record
        """
        self.ensure_one()
        self.check_access('read')
        consulted = not self.mimetype or self.mimetype in watermark.CONSULTED
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
                'default_mode': 'consult' if consulted else 'borrow',
            },
        }

    def _out_domain(self):
        """Domain of the borrowings that are out and may cover one of these documents."""
        return Domain('state', '=', 'out') & Domain.OR([
            [('document_ids', 'in', self.ids)],
            [('scope', '=', 'archive'), ('partner_id', 'in', self.partner_id.ids)],
        ])

    def _running_borrows(self):
        """The user's borrowings that open these documents at this moment; one for the original comes first.

        :return: dict of document → borrowing; those that aren't borrowed are left out
        """
        running = self.env['tianyuan.archive.borrow'].sudo().search(self._out_domain() & Domain([
            ('borrower_id', '=', self.env.uid), ('date_due', '>', fields.Datetime.now()),
        ]), order='date_due desc, id').sorted(lambda borrow: borrow.mode != 'borrow')
        found = {document: running._covering(document) for document in self}
        return {document: borrow for document, borrow in found.items() if borrow}

    def _borrowed_modes(self):
        return super()._borrowed_modes() | {
            document: 'original' if borrow.mode == 'borrow' else 'copy'
            for document, borrow in self._running_borrows().items()
        }

    def _hand_out(self, mode):
        """Watermark what is consulted, and log the opening in the same transaction.

        :raise UserError: there is no file, or it can't be consulted
        """
        content, name, mimetype = super()._hand_out(mode)
        borrow = self._running_borrows().get(self)
        if not content:
            raise UserError(self.env._("No file has been uploaded for %s yet.", self.name))
        if mode == 'copy':
            content = self._consultation_copy(content, mimetype, borrow)
            name, mimetype = f'{PurePath(name or self.name).stem}.pdf', watermark.PDF
        # last, so that the log of the company is locked for a moment only
        self.env['tianyuan.archive.access.log']._append(mode, self, borrow=borrow)
        return content, name or self.name, mimetype

    def _consultation_copy(self, content, mimetype, borrow):
        if not borrow:    # it has ended since access was checked
            raise AccessError(self.env._("Your borrowing of %s has ended.", self.name))
        moment = fields.Datetime.context_timestamp(
            self.with_context(tz=self.env.user.tz or borrow.company_id.sudo().partner_id.tz), fields.Datetime.now(),
        )
        try:
            return watermark.consultation_copy(content, mimetype, [
                self.env._("For consultation only: %s", self.env.user.name),
                f"{moment:%Y-%m-%d %H:%M}  {borrow.name}",
            ])
        except watermark.UnsupportedFileError:
            message = self.env._(
                "Only PDF files and pictures (PNG, JPEG, GIF, BMP) can be consulted; %s can only be borrowed.",
                self.name,
            )
        except watermark.EncryptedFileError:
            message = self.env._("%s is protected by a password: it can't be consulted, only borrowed.", self.name)
        except watermark.BrokenFileError:
            message = self.env._("The file of %s is damaged: no copy can be made of it.", self.name)
        raise UserError(message)

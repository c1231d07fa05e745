import base64
import hashlib

from dateutil.relativedelta import relativedelta
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import date_utils

from ...tools import files
from ...tools.roles import keeps_archives

STATES = [
    ('no_file', "No File"), ('valid', "Valid"), ('expiring', "Expires Soon"), ('expired', "Expired"),
    ('destroyed', "Destroyed"),
]
# A change of one of these fields can change which documents a customer lacks.
PRESENCE_FIELDS = {'partner_id', 'company_id', 'type_id', 'active', 'valid_until', 'valid_from', 'upload'}
KEPT_STATES = ('collecting', 'filed', 'review_due')    # Archive states in which documents are kept up to date.
ACTIVITY_TYPE = 'tianyuan_customer_rating.mail_activity_type_document'


class TianyuanArchiveDocument(models.Model):
    """A document in a customer's archive (policy 档案 5, 6): what it is and how long it is valid.

    Users who see this record may know that the document exists; only :meth:`_open` gives access to the file.

    The model also tells which required documents a customer lacks, and accepts files that are dropped on a customer's
    documents. A document's confidentiality decides who may open it, so each change of it is in the access log. The
    customer's chatter tells which documents were added or removed (policy 档案 2).

    The archive specialist is asked for a new document before one expires, and once it has expired (design §7). A
    document has at most one open activity, on its customer; it is closed when the document is renewed, archived or
    deleted, or its dates are corrected.
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
    destroyed_on = fields.Datetime(
        readonly=True, copy=False, help="When its file was destroyed for good. The record stays.",
    )
    checked_on = fields.Datetime(
        readonly=True, copy=False, help="When somebody checked it and its file was deleted. It counts as on file.",
    )
    has_file = fields.Boolean(compute='_compute_has_file', export_string_translation=False)
    place_cabinet = fields.Char(string="Cabinet", help="Where the paper original is. Empty: where the archive is.")
    place_box = fields.Char(string="Box", help="Where the paper original is. Empty: where the archive is.")
    place = fields.Char(
        compute='_compute_place', search='_search_place', help="Cabinet and box of the paper original.",
    )
    supersedes_id = fields.Many2one(
        'tianyuan.archive.document', string="Earlier Version", index='btree_not_null', ondelete='restrict',
        copy=False, check_company=True, help="The paper this one takes the place of.",
    )
    superseded_by_ids = fields.One2many(
        'tianyuan.archive.document', 'supersedes_id', string="Later Versions", context={'active_test': False},
    )
    valid_from = fields.Date(default=fields.Date.context_today)
    valid_until = fields.Date(
        compute='_compute_valid_until', store=True, readonly=False, precompute=True, index='btree_not_null',
        help="The last day it is valid. Empty: it doesn't expire.",
    )
    state = fields.Selection(STATES, compute='_compute_state', search='_search_state')
    reminded = fields.Selection(
        [('expiring', "Expires Soon"), ('expired', "Expired")], readonly=True, copy=False,
        help="What the specialist has been told of this document.",
    )
    reminder_id = fields.Many2one(
        'mail.activity', readonly=True, copy=False, index='btree_not_null', ondelete='set null',
    )

    _validity_order = models.Constraint(
        'CHECK(valid_until >= valid_from)', "A document can't expire before it is valid.",
    )

    @api.depends('type_id')
    def _compute_confidential(self):
        for document in self:
            document.confidential = document.type_id.confidential

    def _compute_upload(self):
        # The file is never read back through this field: opening goes through _open, which logs it.
        self.upload = False

    @api.depends('checksum', 'destroyed_on', 'checked_on')
    def _compute_has_file(self):
        for document in self:
            document.has_file = bool(document.checksum) and not (document.destroyed_on or document.checked_on)

    @api.depends('place_cabinet', 'place_box', 'partner_id.tianyuan_archive_cabinet', 'partner_id.tianyuan_archive_box')
    def _compute_place(self):
        """A paper with a cabinet or a box of its own isn't where the rest of the archive is."""
        for document in self:
            own = (document.place_cabinet, document.place_box)
            # sudo: whoever may see the document may know where it is.
            archive = document.partner_id.sudo()
            parts = own if any(own) else (archive.tianyuan_archive_cabinet, archive.tianyuan_archive_box)
            document.place = " / ".join(filter(None, parts)) or False

    def _search_place(self, operator, value):
        if operator not in ('ilike', 'like', '=ilike', '=like'):
            return NotImplemented
        own = Domain('place_cabinet', operator, value) | Domain('place_box', operator, value)
        archive = (
            Domain('partner_id.tianyuan_archive_cabinet', operator, value)
            | Domain('partner_id.tianyuan_archive_box', operator, value)
        )
        return own | (Domain([('place_cabinet', '=', False), ('place_box', '=', False)]) & archive)

    def _inverse_upload(self):
        for document in self.with_context(bin_size=False).filtered('upload'):
            if document.checked_on:
                raise UserError(self.env._(
                    "%s has been checked and its file deleted. Add a new one as a new version.", document.name,
                ))
            if document.checksum:
                raise UserError(self.env._(
                    "%s has a file already. Add the new one as a new version: the earlier paper is kept.",
                    document.name,
                ))
            document._store_file(document.upload)
        self.invalidate_recordset(['upload'], flush=False)

    @api.depends('type_id', 'valid_from')
    def _compute_valid_until(self):
        for document in self:
            document.valid_until = document._usual_end(document.type_id) or document.valid_until

    @api.depends('valid_until', 'checksum', 'destroyed_on', 'type_id.remind_days')
    def _compute_state(self):
        today = fields.Date.context_today(self)
        for document in self:
            document.state = document._state_on(today)

    def _search_state(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return Domain.OR(self._state_domain(state) for state in value)

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

    @api.ondelete(at_uninstall=False)
    def _unlink_except_superseding(self):
        later = self.sudo().with_context(active_test=False).superseded_by_ids - self
        if later:
            raise UserError(self.env._(
                "%s is the later version of a document you delete: delete that one first.", later[0].name,
            ))

    def _tianyuan_protected_fields(self):
        return super()._tianyuan_protected_fields() | {
            'mimetype', 'file_size', 'checksum', 'kept_checksum', 'destroyed_on', 'checked_on',
            'reminded', 'reminder_id',
        }

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get('file_name'):
                vals['file_name'] = self._plain_file_name(vals['file_name'])
                vals['name'] = vals.get('name') or vals['file_name'].rpartition('.')[0] or vals['file_name']
        documents = super().create(vals_list)
        documents._supersede()
        replacing = documents.filtered('supersedes_id')
        replacing._log(self.env._("Document replaced: %s"))
        (documents - replacing)._log(self.env._("Document added: %s"))
        documents._changed()
        return documents

    def write(self, vals):
        if vals.get('file_name'):
            vals = {**vals, 'file_name': self._plain_file_name(vals['file_name'])}
        self._drop_usual_end(vals)
        deciding = {'confidential', 'type_id'} & vals.keys()
        confidential = {document: document.confidential for document in self} if deciding else {}
        if not PRESENCE_FIELDS & vals.keys():
            result = super().write(vals)
        else:
            before = self.partner_id
            moved = self.filtered(lambda paper: paper.partner_id.id != vals.get('partner_id', paper.partner_id.id))
            switched = self.filtered(lambda paper: paper.active != vals.get('active', paper.active))
            moved._log(self.env._("Document moved to another customer: %s"))
            result = super().write(vals)
            moved._log(self.env._("Document moved here: %s"))
            if not self.env.context.get('tianyuan_superseding'):
                switched._log(
                    self.env._("Document put back: %s") if vals.get('active') else self.env._("Document set aside: %s"),
                )
            (before - self.partner_id)._tianyuan_documents_changed()
            self._changed()
        if vals.get('supersedes_id'):
            self._supersede()
        self._log_confidentiality(confidential)
        return result

    def _drop_usual_end(self, vals):
        """Clear an end of validity that was computed from the former type, for instance one guessed wrong on upload."""
        if 'type_id' in vals and 'valid_until' not in vals:
            self.filtered(
                lambda document: document.type_id.id != vals['type_id']
                and document.valid_until and document.valid_until == document._usual_end(document.type_id)
            ).valid_until = False

    def _log_confidentiality(self, before):
        """Write to the access log which documents became confidential and which no longer are.

        :param dict before: document → whether it was confidential
        """
        changed = self.filtered(lambda document: document in before and document.confidential != before[document])
        # Sort by company, so that two transactions lock the logs of two companies in the same order and can't deadlock.
        groups = changed.grouped(lambda document: (document.company_id.id, document.confidential))
        for (_company, confidential), documents in sorted(groups.items()):
            self.env['tianyuan.archive.access.log']._append('protected' if confidential else 'released', documents)

    def unlink(self):
        self.check_access('unlink')
        partners = self.partner_id
        self.sudo()._close_reminders()
        self._log(self.env._("Document deleted: %s"))
        # Unlink by the ORM: the database's cascade would leave the files in the file store.
        self.env['tianyuan.archive.file'].sudo().search([('document_id', 'in', self.ids)]).unlink()
        result = super().unlink()
        partners._tianyuan_documents_changed()
        return result

    def action_new_version(self):
        """Open a form for a new version of this document; this one is archived when the new one is saved.

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

    def _tianyuan_protected_message(self, names):
        return self.env._("Type, size and checksum come from the file itself; they can't be written.")

    @api.model
    def _contact_message(self, contact, company):
        return self.env._(
            "%(contact)s is a contact: file the document with its company %(company)s.",
            contact=contact, company=company,
        )

    def _supersede(self):
        """Archive the documents that these replace, to hide them among the current ones."""
        # Don't log the archiving: the note that the document was replaced is enough.
        self.with_context(tianyuan_superseding=True).supersedes_id.filtered('active').action_archive()

    @api.model
    def _plain_file_name(self, file_name):
        """Return the name without folders and control characters, which are dangerous where the file is downloaded."""
        return ''.join(char for char in file_name.replace('\\', '/').rpartition('/')[2] if char.isprintable()).strip()

    def _open_mode(self):
        """Return how the user may open the file now.

        :return: ``original``, ``copy`` (a watermarked copy for consultation only), or False
        :raise AccessError: the user may not see the record of the document
        """
        self.ensure_one()
        self._check_visible()
        if not self.confidential or keeps_archives(self.env.user):
            return 'original'
        return self._borrowed_modes().get(self, False)

    def _check_visible(self):
        """Refuse users who may not see the records of the documents. Borrowing overrides it to log the attempt.

        :raise AccessError: the user may not see one of the records
        """
        self.check_access('read')

    def _borrowed_modes(self):
        """Return how the user may open these documents through running borrowings. Borrowing overrides it.

        :return: dict of document → ``original`` or ``copy``; documents that aren't borrowed are left out
        """
        return {}

    def _open(self):
        """Return the file to the user; there is no other access to it.

        :return: tuple of bytes, file name, MIME type
        :raise AccessError: the user may not open it
        """
        self.ensure_one()
        return self._hand_out(self._check_open_mode())

    def _check_file_is_kept(self):
        """Refuse what needs the file of documents whose file was destroyed, or deleted once checked.

        :raise UserError: names the first document and the day
        """
        for document in self.sudo():
            if document.destroyed_on:
                raise UserError(self.env._(
                    "%(document)s was destroyed on %(day)s; what it was is on its record.",
                    document=document.name, day=fields.Datetime.context_timestamp(self, document.destroyed_on).date(),
                ))
            if document.checked_on:
                raise UserError(self.env._(
                    "%(document)s was checked on %(day)s and its file deleted; who checked it is on its record.",
                    document=document.name, day=fields.Datetime.context_timestamp(self, document.checked_on).date(),
                ))

    def _check_open_mode(self):
        """Return :meth:`_open_mode`, refusing users who may not open the file.

        :raise AccessError: the user may not open the file
        """
        mode = self._open_mode() or self._refuse_opening(self.env._(
            "%s is confidential. Request to borrow it; the archive specialist will decide.", self.name,
        ))
        self._check_file_is_kept()
        return mode

    def _refuse_opening(self, message):
        """Raise an error with the message. Borrowing overrides it to log the attempt.

        :raise AccessError: always
        """
        raise AccessError(message)

    def _hand_out(self, mode):
        """Return the file as the mode allows it; the caller has checked access. Borrowing extends it."""
        return self._content(), self.file_name, self.mimetype

    def _content(self):
        """Return the bytes of the file. The caller has checked access.

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
        """Store the file of a document that has none yet.

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
        # Check access here, as the file model is written as superuser.
        self.check_access('write')
        obstacle = self._find_obstacle(raw, kind, file_name)
        # Odoo would shrink large pictures.
        Files.with_context(image_no_postprocess=True).create({'document_id': self.id, 'content': content})
        self.sudo().write({
            'file_name': file_name,
            'mimetype': files.KINDS[kind].mimetype,
            'file_size': len(raw),
            'checksum': hashlib.sha256(raw).hexdigest(),
            'obstacle': obstacle,
        })

    def _usual_end(self, document_type):
        if not document_type.validity_months or not self.valid_from:
            return False
        return self.valid_from + relativedelta(months=document_type.validity_months, days=-1)

    def _state_on(self, today):
        if self.destroyed_on:
            return 'destroyed'
        if not self.checksum:
            return 'no_file'
        if not self.valid_until:
            return 'valid'
        if self.valid_until < today:
            return 'expired'
        remind_on = self.valid_until - relativedelta(days=self.type_id.remind_days)
        return 'expiring' if remind_on <= today else 'valid'

    def _is_valid_on(self, day):
        """Return whether the document has a file and is valid on the day."""
        return bool(self.checksum) and not self.destroyed_on and (
            (not self.valid_from or self.valid_from <= day) and (not self.valid_until or self.valid_until >= day)
        )

    @api.model
    def _licences(self, company, partners, types):
        """Return the documents of some types in customers' archives, valid or expired.

        It takes one query. The caller may read every customer's documents.

        :param company: ``res.company`` without a parent; archives of its branches are included
        :param partners: commercial partners
        :param types: ``tianyuan.archive.document.type``
        :return: documents
        """
        if not types:
            return self.browse()
        return self.search_fetch([
            ('partner_id', 'in', partners.ids), ('company_id', 'child_of', company.id), ('type_id', 'in', types.ids),
            ('checksum', '!=', False),
        ], ['partner_id', 'type_id', 'valid_from', 'valid_until', 'checksum'])

    @api.model
    def _state_domain(self, state):
        """Return the domain of documents in a state today. Types are few, so it has one term per reminder period."""
        today = fields.Date.context_today(self)
        kept = Domain('destroyed_on', '=', False)
        if state == 'destroyed':
            return ~kept
        if state == 'no_file':
            return kept & Domain('checksum', '=', False)
        filed = kept & Domain('checksum', '!=', False)
        if state == 'expired':
            return filed & Domain('valid_until', '<', today)
        types = self.env['tianyuan.archive.document.type'].sudo().with_context(active_test=False).search([])
        expiring = Domain('valid_until', '>=', today) & Domain.OR(
            Domain('type_id', 'in', same.ids) & Domain('valid_until', '<=', date_utils.add(today, days=days))
            for days, same in types.grouped('remind_days').items()
        )
        if state == 'expiring':
            return filed & expiring
        if state == 'valid':
            never = Domain('valid_until', '=', False)
            return filed & (never | (Domain('valid_until', '>=', today) & ~expiring))
        return Domain.FALSE

    @api.model
    def _missing_types(self, partners, company=None, types=None):
        """Return the required types of which customers have no document that is valid today.

        This takes two queries, however many customers there are. The caller may read every customer's documents.

        :param partners: ``res.partner``; a contact has the documents of its company
        :param company: ``res.company`` whose archive counts; by default the customer's own company, or the current
            company for customers without one
        :param types: all required types, if the caller has read them already
        :return: dict of partner → ``tianyuan.archive.document.type``, in the order of the types
        """
        today = fields.Date.context_today(self)
        if types is None:
            types = self.env['tianyuan.archive.document.type']._required()
        keepers = partners.sudo().commercial_partner_id
        keepers.fetch(['company_id', 'tianyuan_channel'])
        owners = {keeper: company or keeper.company_id or self.env.company for keeper in keepers}
        groups = self.sudo()._read_group(
            Domain([('partner_id', 'in', keepers.ids), ('type_id', 'in', types.ids), ('checksum', '!=', False)])
            & (Domain('valid_until', '=', False) | Domain('valid_until', '>=', today)),
            ['partner_id', 'company_id', 'type_id'],
        )
        present = {(partner.id, owner.id, document_type.id) for partner, owner, document_type in groups}
        result = {}
        for partner in partners:
            keeper = partner.sudo().commercial_partner_id
            owner = owners[keeper]
            result[partner] = types._needed(keeper.tianyuan_channel, owner).filtered(
                lambda kind, keeper=keeper, owner=owner: (keeper.id, owner.id, kind.id) not in present,
            ).with_env(self.env)
        return result

    @api.model
    def _file_upload(self, partner, file_name, content, document_type=None):
        """Add a file to a customer's archive.

        :param partner: ``res.partner``; a contact's documents go to its company
        :param str file_name: name on the user's machine
        :param bytes content: base64
        :param document_type: by default guessed from the file's name
        :return: the document
        :raise AccessError: the user may not add documents
        :raise ValidationError: the file is refused
        """
        self.check_access('create')
        company = self.env.company
        if not content:
            # Check the file even if it is empty: ``create`` would accept a document without a file.
            self.env['tianyuan.archive.file']._accept(file_name, content, company)
        document_type = document_type or self.env['tianyuan.archive.document.type']._guess(file_name, company)
        return self.create({
            'partner_id': partner.commercial_partner_id.id,
            'company_id': company.id,
            'type_id': document_type.id,
            'file_name': file_name,
            'upload': content,
        })

    @api.model
    def upload_targets(self, partner_id):
        """Return what the upload area shows: the documents a customer lacks, and which files are accepted.

        :return: dict with ``missing`` (list of id and name of types), ``accept`` (extensions for a file
            dialog) and ``can_upload``
        :raise AccessError: the user may not see the customer or its documents
        """
        self.check_access('read')
        partner = self.env['res.partner'].browse(partner_id).exists()
        partner.check_access('read')
        missing = self._missing_types(partner, self.env.company).get(partner, [])
        return {
            'missing': [{'id': document_type.id, 'name': document_type.name} for document_type in missing],
            'accept': self.env.company._tianyuan_archive_extensions(),
            'can_upload': self.has_access('create'),
        }

    def _changed(self):
        """Update what depends on these documents after they were added or changed."""
        self.partner_id._tianyuan_documents_changed()
        self._close_obsolete_reminders(self.partner_id)

    def _log(self, template):
        """Post one note on each customer about all of its documents; names of confidential ones are left out.

        :param str template: with one ``%s`` for the document
        """
        bodies = {}
        for partner, documents in self.sudo().grouped('partner_id').items():
            lines = [template % document._log_label() for document in documents]
            bodies[partner.id] = Markup('<br/>').join(lines)
        if bodies:
            # sudo: the right to write documents is enough, the user may have none to write customers.
            self.env['res.partner'].sudo().browse(bodies)._message_log_batch(bodies)

    def _log_label(self):
        return self.type_id.name if self.confidential else f"{self.type_id.name} – {self.name}"

    @api.model
    def _cron_remind(self):
        """Remind the specialists in batches of documents that expire soon or have expired."""
        documents = self.sudo()
        due = documents._to_remind()
        for ids in self.env['ir.cron']._tianyuan_batches(documents.search(due, order='id').ids):
            # Search again: a document may have been renewed or deleted since the previous batch.
            documents.search(due & Domain('id', 'in', ids), order='id')._remind()

    @api.model
    def _to_remind(self):
        """Return the domain of documents in open archives for whose (coming) expiry no reminder was planned yet."""
        kept = Domain('partner_id.active', '=', True) & Domain('partner_id.tianyuan_archive_state', 'in', KEPT_STATES)
        return kept & Domain.OR([
            self._state_domain('expiring') & Domain('reminded', '=', False),
            self._state_domain('expired') & Domain('reminded', '!=', 'expired'),
        ])

    def _remind(self):
        """Plan an activity for a new document, once before the document expires and once after.

        Documents without a specialist who may see them only appear in the list of missing and expired documents.
        """
        asked = self.filtered(lambda document: document._reminded_user()) - self._renewed()
        known = asked.filtered('reminder_id.active')
        for document in known:
            worded = document.with_context(lang=document._reminded_user().lang)
            document.reminder_id.write({'summary': worded._reminder_words(), 'date_deadline': document.valid_until})
        for document, activity in (asked - known)._tianyuan_schedule(
            ACTIVITY_TYPE, lambda document: document._reminded_user(), target=lambda document: document.partner_id,
            summary=lambda document: document._reminder_words(), deadline=lambda document: document.valid_until,
        ).items():
            document.reminder_id = activity
        for state, documents in self.grouped('state').items():
            documents.reminded = state
        self.filtered(lambda document: document.state == 'expired').partner_id._tianyuan_documents_changed()

    def _reminded_user(self):
        return self.partner_id._tianyuan_specialist_in(self.company_id)

    def _reminder_words(self):
        if self.state == 'expired':
            return self.env._(
                "%(type)s expired on %(day)s: ask for a new one", type=self.type_id.name, day=self.valid_until,
            )
        return self.env._(
            "%(type)s expires on %(day)s: ask for a new one", type=self.type_id.name, day=self.valid_until,
        )

    def _renewed(self):
        """Return those of which the customer has another document of the same type that stays valid."""
        def key(document):
            return document.partner_id, document.company_id, document.type_id
        groups = self.sudo()._read_group(
            Domain([('partner_id', 'in', self.partner_id.ids), ('type_id', 'in', self.type_id.ids)])
            & self._state_domain('valid'),
            ['partner_id', 'company_id', 'type_id'],
        )
        return self.filtered(lambda document: key(document) in groups)

    @api.model
    def _close_obsolete_reminders(self, partners):
        """Close reminders of documents that were renewed, archived, or no longer expire."""
        documents = self.sudo().with_context(active_test=False).search([
            ('partner_id', 'in', partners.ids), ('reminded', '!=', False),
        ])
        if not documents:
            return
        over = documents.filtered(lambda document: not document.active or document.state not in ('expiring', 'expired'))
        over.reminded = False
        (over | documents._renewed())._close_reminders()

    def _close_reminders(self):
        # Archive instead of `activity_feedback`, which would post a message on the customer.
        self.reminder_id.filtered('active').action_archive()

    def _reassign_reminders(self):
        """Close the reminders of the former specialist, so that the new one is reminded at the next run."""
        told = self.filtered('reminded')
        told._close_reminders()
        told.reminded = False

import re
from datetime import MAXYEAR, timedelta

from dateutil.relativedelta import relativedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...tools.roles import MANAGER, SPECIALIST, check_manager
from .tianyuan_archive_destruction import OPEN_STATES

KEEPERS = f'{SPECIALIST},{MANAGER}'
NAMED_DOCUMENTS = 10
# A document added by mistake can be deleted within this time; afterwards it is only destroyed, which takes two people.
MISTAKE_TIME = timedelta(days=1)
# What was seen on a paper is noted, never the number of an ID card, a passport or an account. Days may be noted.
LONG_NUMBER = re.compile(r'\d{6,}')
DAY = re.compile(r'\b(19|20)\d\d[-./年]\d{1,2}[-./月]\d{1,2}(?!\d)')


class TianyuanArchiveDocument(models.Model):
    """How long a document is kept, and how its file is destroyed (policy 档案 2, 5).

    All ways to destroy files go through :meth:`_destroy_files`. Afterwards the record stays, with the type, the
    customer and the checksum; the access log tells who destroyed it, when, and by which destruction.
    """

    _inherit = 'tianyuan.archive.document'    # pylint: disable=consider-merging-classes-inherited

    superseded_on = fields.Date(readonly=True, copy=False, help="The day a later version took its place.")
    retained_until = fields.Date(
        compute='_compute_retained_until', store=True, index='btree_not_null',
        help="The last day the document has to be kept. Empty: there is no end yet.",
    )
    on_hold = fields.Boolean(
        string="Legal Hold", compute='_compute_on_hold', search='_search_on_hold',
        help="Neither destroyed nor deleted until the legal hold is lifted.",
    )
    destruction_id = fields.Many2one(
        'tianyuan.archive.destruction', readonly=True, copy=False, index='btree_not_null', ondelete='restrict',
        groups=KEEPERS,
    )
    destruction_line_ids = fields.One2many(
        'tianyuan.archive.destruction.line', 'document_id', copy=False, groups=KEEPERS,
    )
    delete_once_checked = fields.Boolean(related='type_id.delete_once_checked')
    checked_by_id = fields.Many2one('res.users', readonly=True, copy=False)
    check_note = fields.Char(string="What Was Seen", readonly=True, copy=False)

    @api.depends(
        'type_id.retention', 'type_id.retention_years', 'company_id.tianyuan_archive_retention',
        'company_id.tianyuan_archive_retention_years', 'partner_id.tianyuan_archive_closed_on', 'valid_until',
        'superseded_on',
    )
    def _compute_retained_until(self):
        for document in self:
            document.retained_until = document._retention_end()

    def _compute_on_hold(self):
        held = self._held()
        for document in self:
            document.on_hold = document._origin in held

    def _search_on_hold(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return self._held_domain()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_kept(self):
        """Refuse to delete held documents, what destroyed ones leave behind, and documents that aren't new mistakes."""
        self._check_not_held()
        destroyed = self.filtered('destroyed_on')
        if destroyed:
            raise UserError(self.env._("The record of a destroyed document is kept: %s", destroyed[0].name))
        # sudo: the user may not read destructions.
        proposed = self.sudo().filtered('destruction_line_ids')
        if proposed:
            raise UserError(self.env._(
                "%(document)s is in a proposal for destruction: %(number)s.", document=proposed[0].name,
                number=proposed[0].destruction_line_ids[0].destruction_id.name,
            ))
        if self.env.su:
            return
        kept = self.filtered(lambda document: document.checksum and not document._may_be_mistake())
        if kept:
            raise UserError(self.env._(
                "%s was added more than a day ago: it is kept. Archive it; it can be destroyed once its retention has "
                "run out.", kept[0].name,
            ))

    def _tianyuan_protected_fields(self):
        return super()._tianyuan_protected_fields() | {
            'superseded_on', 'destruction_id', 'checked_by_id', 'check_note', 'destruction_line_ids',
        }

    def _check_tianyuan_protected(self, vals):
        super()._check_tianyuan_protected(vals)
        if vals and not self.env.su:
            self.filtered('destroyed_on')._check_file_is_kept()

    def write(self, vals):
        # Only users are refused: merged customers take their papers and the holds on them along, as superuser.
        if {'partner_id', 'company_id'} & vals.keys() and not self.env.su:
            self._check_not_held()
        if vals.get('active'):
            self.filtered('destroyed_on')._check_file_is_kept()
        if vals.get('type_id') and not self.env.su:
            self._check_type_change(self.env['tianyuan.archive.document.type'].browse(vals['type_id']))
        result = super().write(vals)
        if vals.get('active'):
            # sudo: only code writes it; a document that is in use again isn't superseded.
            self.sudo().filtered('superseded_on').superseded_on = False
        return result

    def action_check(self, note=None):
        """Record that these documents were checked, and delete their files for good.

        :param str note: what was seen, without numbers
        :raise AccessError: the user may not write the documents
        :raise UserError: the type doesn't allow it, a file is missing, held or out, or the note isn't fit
        """
        self.check_access('write')
        note = (note or '').strip()
        if not note:
            raise UserError(self.env._("Say what you have seen."))
        if LONG_NUMBER.search(re.sub(r'[\s-]', '', DAY.sub('…', note))):
            raise UserError(self.env._("Say what you have seen, without the number itself."))
        for document in self:
            if not document.type_id.delete_once_checked:
                raise UserError(self.env._("Files of the type %s aren't deleted once checked.", document.type_id.name))
            if not document.has_file:
                raise UserError(self.env._("There is no file of %s to check.", document.name))
        self._check_not_held()
        self._check_not_out()
        for documents in self.grouped('company_id').values():
            documents._destroy_files('checked', {
                'checked_on': fields.Datetime.now(), 'checked_by_id': self.env.uid, 'check_note': note,
            })
        self._log(self.env._("Document checked, its file deleted: %s"))
        return True

    def action_ask_check(self):
        """Open the dialog that asks what was seen before the files are deleted."""
        self.check_access('write')
        return self.env['tianyuan.reason']._ask(self, 'action_check')

    def action_new_hold(self):
        """Open a new legal hold on these documents.

        :raise AccessError: the user is no manager
        """
        check_manager(self)
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Legal Hold"),
            'res_model': 'tianyuan.archive.hold',
            'view_mode': 'form',
            'views': [(False, 'form')],
            'context': {
                'default_partner_id': self.partner_id[:1].id,
                'default_company_id': self.company_id[:1].id,
                'default_document_ids': [Command.set(self.ids)],
            },
        }

    def action_propose_destruction(self):
        """Draft the destruction of these documents, and open it.

        :raise AccessError: the user is no archive specialist
        :raise UserError: a document has to be kept, is held, out, or proposed already
        """
        return self.env['tianyuan.archive.destruction']._draft(self)._open()

    # -- retention ------------------------------------------------------------------------------------------------

    def _retention_end(self):
        """Return the last day the document has to be kept, or False if there is no end yet."""
        rule, years = self.type_id.retention, self.type_id.retention_years
        if not rule:
            rule, years = self.company_id.tianyuan_archive_retention, self.company_id.tianyuan_archive_retention_years
        start = {
            'after_expiry': self.valid_until or self.superseded_on,
            'after_relation': self.partner_id.tianyuan_archive_closed_on,
        }.get(rule)
        # Unlimited validity is often entered as the year 9999, after which there are no dates.
        if not start or start.year + years > MAXYEAR:
            return False
        return start + relativedelta(years=years)

    @api.model
    def _run_out_domain(self, company):
        """Return the domain of the company's documents whose retention has run out, archived ones too."""
        return Domain([
            ('retained_until', '<', company._tianyuan_today()), ('destroyed_on', '=', False), ('on_hold', '=', False),
            ('company_id', '=', company.id), ('active', 'in', (True, False)),
        ])

    @api.model
    def _unproposed_domain(self, company):
        """Return the domain of those whose retention has run out and whose destruction nobody has proposed yet."""
        return self._run_out_domain(company) & Domain(
            'destruction_line_ids', 'not any', [('state', 'in', OPEN_STATES)],
        )

    def _supersede(self):
        super()._supersede()
        # sudo: only code writes it; the user may write the documents.
        superseded = self.sudo().supersedes_id.filtered(lambda document: not document.superseded_on)
        superseded.superseded_on = fields.Date.context_today(self)

    def _may_be_mistake(self):
        return self.create_date > fields.Datetime.now() - MISTAKE_TIME

    def _check_type_change(self, document_type):
        """Refuse to give an older document a type whose files one person alone may delete."""
        if document_type.delete_once_checked and any(
            document.type_id != document_type and document.checksum and not document._may_be_mistake()
            for document in self
        ):
            raise UserError(self.env._(
                "Files of the type %s are deleted once checked. A document that was added more than a day ago keeps "
                "its type.", document_type.name,
            ))

    # -- what keeps a document ------------------------------------------------------------------------------------

    @api.model
    def _held_domain(self):
        """Return the domain of documents on a legal hold."""
        # sudo: a hold counts for everybody, also for users who may not read it.
        holds = self.env['tianyuan.archive.hold'].sudo().search([('state', '=', 'active')])
        holds._chosen()    # in one query, and not as a user reads them
        return Domain.OR(hold._covered_domain() for hold in holds)

    def _held(self):
        """Return those of these documents that are on a legal hold, read anew."""
        # sudo: a hold counts for everybody.
        held = self.sudo().search(self._held_domain() & Domain([
            ('id', 'in', self._origin.ids), ('active', 'in', (True, False)),
        ]))
        return held.with_env(self.env)

    def _check_not_held(self):
        """Refuse documents on a legal hold.

        :raise UserError: names the first document
        """
        held = self._held()
        if held:
            raise UserError(self.env._(
                "There is a legal hold on %s: it is kept until a manager lifts the hold.", held[0].name,
            ))

    def _check_not_out(self):
        """Refuse documents that are out on a borrowing.

        :raise UserError: names the first document and the borrowing
        """
        for document, borrow in self._out_borrows().items():
            raise UserError(self.env._(
                "%(document)s is out by %(borrow)s: it can be destroyed when that has come back.",
                document=document.name, borrow=borrow.name,
            ))

    def _check_destructible(self):
        """Refuse documents that have to be kept, whoever asks.

        :raise UserError: says which documents have to be kept, and why
        """
        self._check_not_held()
        self._check_not_out()
        self.filtered('destroyed_on')._check_file_is_kept()
        reasons = []
        for document in self.sudo():
            if not document.retained_until:
                reasons.append(self.env._("%s has to be kept: its retention has no end yet.", document.name))
            elif document.retained_until >= document.company_id._tianyuan_today():
                reasons.append(self.env._(
                    "%(document)s has to be kept until %(day)s.", document=document.name, day=document.retained_until,
                ))
        if reasons:
            raise UserError("\n".join(reasons[:NAMED_DOCUMENTS]))

    # -- destroying -----------------------------------------------------------------------------------------------

    def _destroy_files(self, action, values, number=None):
        """Destroy the files of these documents of one company for good; their records stay.

        The caller has checked access, and that the documents needn't be kept. Handing out papers and legal holds write
        to the company's access log too, so of two such transactions at the same time the later one fails, and Odoo
        repeats it with all its checks.

        Odoo deletes the file itself from the file store when it collects garbage, which is triggered here. It can't,
        if another record has the very same file; these are returned.

        :param str action: ``destroyed`` or ``checked``, what the access log says
        :param dict values: values that record it on the documents
        :param str number: number of the destruction
        :return: dict of document → names of the other documents with the same file
        """
        # sudo: the caller has checked access, and no user has access to files.
        documents = self.sudo()
        self.env['tianyuan.archive.access.log']._append(action, documents.with_env(self.env), number=number)
        same = documents._with_same_file()
        self.env['tianyuan.archive.file'].sudo().search([('document_id', 'in', self.ids)]).unlink()
        documents.with_context(tianyuan_superseding=True).write(values)
        self.env.ref('base.autovacuum_job').sudo()._trigger()
        return same

    def _with_same_file(self):
        """Return which other documents have the same file as these, read as superuser."""
        checksums = [checksum for checksum in self.mapped('checksum') if checksum]
        others = self.search([
            ('checksum', 'in', checksums), ('id', 'not in', self.ids), ('active', 'in', (True, False)),
            ('destroyed_on', '=', False), ('checked_on', '=', False),
        ]).grouped('checksum')
        return {
            document: ", ".join(f"{other.partner_id.name} – {other.name}" for other in others[document.checksum])
            for document in self if document.checksum in others
        }

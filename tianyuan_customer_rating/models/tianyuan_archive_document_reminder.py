from odoo import api, fields, models
from odoo.fields import Domain

KEPT_STATES = ('collecting', 'filed', 'review_due')    # of archives whose papers are looked after
TYPE = 'tianyuan_customer_rating.mail_activity_type_document'


class TianyuanArchiveDocument(models.Model):
    """Asks the archive specialist for a new paper before one expires, and when it has (design §7).

    A paper has at most one open activity, on its customer. It is closed as soon as the paper no longer
    matters: renewed, set aside, deleted, or its dates corrected.
    """

    _inherit = 'tianyuan.archive.document'

    reminded = fields.Selection(
        [('expiring', "Expires Soon"), ('expired', "Expired")], readonly=True, copy=False,
        help="What the specialist has been told of this document.",
    )
    reminder_id = fields.Many2one(
        'mail.activity', readonly=True, copy=False, index='btree_not_null', ondelete='set null',
    )

    def _tianyuan_protected_fields(self):
        return super()._tianyuan_protected_fields() | {'reminded', 'reminder_id'}

    def unlink(self):
        self.check_access('unlink')
        self.sudo()._close_reminders()
        return super().unlink()

    def _changed(self):
        super()._changed()
        self._settle_reminders(self.partner_id)

    @api.model
    def _cron_remind(self):
        """Tell the specialists what expires soon or has expired, in batches."""
        documents = self.sudo()
        due = documents._to_remind()
        for ids in self.env['ir.cron']._tianyuan_batches(documents.search(due, order='id').ids):
            # somebody may have renewed or deleted one since the batch before
            documents.search(due & Domain('id', 'in', ids), order='id')._remind()

    @api.model
    def _to_remind(self):
        """Domain of the papers of archives being kept that expire, or have expired, and nobody was told."""
        kept = Domain('partner_id.active', '=', True) & Domain('partner_id.tianyuan_archive_state', 'in', KEPT_STATES)
        return kept & Domain.OR([
            self._state_domain('expiring') & Domain('reminded', '=', False),
            self._state_domain('expired') & Domain('reminded', '!=', 'expired'),
        ])

    def _remind(self):
        """Ask for a new paper, once for each that expires soon and once more when it has expired.

        Papers without a specialist who may see them are only in the list of missing and expired documents.
        """
        asked = self.filtered(lambda document: document._reminded_user()) - self._renewed()
        known = asked.filtered('reminder_id.active')
        for document in known:
            worded = document.with_context(lang=document._reminded_user().lang)
            document.reminder_id.write({'summary': worded._reminder_words(), 'date_deadline': document.valid_until})
        for document, activity in (asked - known)._tianyuan_schedule(
            TYPE, lambda document: document._reminded_user(), target=lambda document: document.partner_id,
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
        """Those of which the customer has another paper of the same type that stays valid."""
        def key(document):
            return document.partner_id, document.company_id, document.type_id
        groups = self.sudo()._read_group(
            Domain([('partner_id', 'in', self.partner_id.ids), ('type_id', 'in', self.type_id.ids)])
            & self._state_domain('valid'),
            ['partner_id', 'company_id', 'type_id'],
        )
        return self.filtered(lambda document: key(document) in groups)

    @api.model
    def _settle_reminders(self, partners):
        """Close what asks for papers that no longer matter."""
        documents = self.sudo().with_context(active_test=False).search([
            ('partner_id', 'in', partners.ids), ('reminded', '!=', False),
        ])
        if not documents:
            return
        over = documents.filtered(lambda document: not document.active or document.state not in ('expiring', 'expired'))
        over.reminded = False
        (over | documents._renewed())._close_reminders()

    def _close_reminders(self):
        # archived instead of `activity_feedback`: a message on the customer would only be noise
        self.reminder_id.filtered('active').action_archive()

    def _hand_reminders_over(self):
        """The customers of these papers have another specialist, who is asked instead of the former one."""
        told = self.filtered('reminded')
        told._close_reminders()
        told.reminded = False

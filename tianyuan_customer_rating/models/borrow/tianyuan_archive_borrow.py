from datetime import UTC, datetime, time, timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools.misc import format_datetime

from ...tools import watermark
from ...tools.roles import FINANCE, SPECIALIST, keeps_archives, managers_of

# Fields that the borrower may edit until the request is submitted.
REQUEST_FIELDS = {
    'partner_id', 'company_id', 'scope', 'document_ids', 'purpose', 'mode', 'date_due', 'pledge_accepted',
}
# Fields that the steps of a borrowing set.
SYSTEM_FIELDS = {
    'borrower_id', 'requested_on', 'decided_by_id', 'decided_on', 'refusal_reason',
    'handed_out_by_id', 'handed_out_on', 'closed_by_id', 'closed_on', 'chased_on', 'prolong_asked_on',
}
# Fields in which the borrower asks for more time while the archive is out.
PROLONG_FIELDS = {'prolong_until', 'prolong_reason'}
END_OF_DAY = time(18)    # when a borrowing is due by default, in the borrower's time zone
MODULE = 'tianyuan_customer_rating'
DECIDE_TYPE, RETURN_TYPE = f'{MODULE}.mail_activity_type_borrow_decide', f'{MODULE}.mail_activity_type_borrow_return'


class TianyuanArchiveBorrow(models.Model):
    """Consulting or borrowing a customer's archive (查借阅, policy 档案 6, design §7).

    While the borrowing is out and not yet due, its borrower can open the confidential documents in it: the originals
    when borrowing, watermarked copies when consulting.

    Activities ask the specialist to decide on requests and remind of overdue borrowings; the borrower is notified of
    decisions.

    While the borrowing is out, its borrower can ask for more time; somebody else decides, as on the request itself.
    """

    _name = 'tianyuan.archive.borrow'
    _description = "Archive Borrowing"
    _inherit = [
        'tianyuan.step.mixin', 'tianyuan.customer.mixin', 'tianyuan.activity.mixin', 'tianyuan.plain.text.mixin',
    ]
    _order = 'id desc'
    _check_company_auto = True
    _tianyuan_numbers = ('tianyuan.archive.borrow', 'BR')

    company_id = fields.Many2one('res.company', required=True, index=True, default=lambda self: self.env.company)
    borrower_id = fields.Many2one(
        'res.users', required=True, readonly=True, copy=False, index=True, default=lambda self: self.env.user,
        tracking=True,
    )
    specialist_id = fields.Many2one(related='partner_id.tianyuan_archive_specialist_id')
    scope = fields.Selection(
        [('documents', "Chosen Documents"), ('archive', "Whole Archive")], required=True, default='documents',
    )
    document_ids = fields.Many2many(
        'tianyuan.archive.document', string="Documents", check_company=True,
        # Archived documents of a request are checked, shown and logged like all others.
        context={'active_test': False},
        domain="[('partner_id', '=', partner_id), ('company_id', '=', company_id), ('active', '=', True),"
               " ('destroyed_on', '=', False), ('checked_on', '=', False)]",
    )
    covered_document_ids = fields.Many2many(
        'tianyuan.archive.document', string="Covered Documents", compute='_compute_covered_document_ids',
        context={'active_test': False},
    )
    purpose = fields.Char(required=True)
    mode = fields.Selection(
        [('consult', "Consult"), ('borrow', "Borrow")], required=True, default='consult', tracking=True,
        help="Consult: watermarked copies of PDF files and pictures. Borrow: the originals.",
    )
    date_due = fields.Datetime(
        string="Until", required=True, copy=False, tracking=True, default=lambda self: self._default_date_due(),
    )
    pledge_accepted = fields.Boolean(copy=False)
    state = fields.Selection(
        [
            ('draft', "Draft"), ('requested', "Requested"), ('approved', "Approved"), ('out', "Out"),
            ('returned', "Returned"), ('lost', "Lost"), ('refused', "Refused"), ('cancelled', "Cancelled"),
        ],
        string="Status", required=True, readonly=True, copy=False, default='draft', index=True, tracking=True,
    )
    requested_on = fields.Datetime(readonly=True, copy=False)
    decided_by_id = fields.Many2one('res.users', readonly=True, copy=False)
    decided_on = fields.Datetime(readonly=True, copy=False)
    refusal_reason = fields.Char(readonly=True, copy=False)
    handed_out_by_id = fields.Many2one('res.users', readonly=True, copy=False)
    handed_out_on = fields.Datetime(readonly=True, copy=False)
    closed_by_id = fields.Many2one('res.users', string="Return Taken By", readonly=True, copy=False)
    closed_on = fields.Datetime(string="Returned On", readonly=True, copy=False)
    chased_on = fields.Date(string="Last Reminded On", readonly=True, copy=False)
    prolong_until = fields.Datetime(string="More Time Until", copy=False)
    prolong_reason = fields.Char(string="Why More Time", copy=False)
    prolong_asked_on = fields.Datetime(
        string="More Time Asked On", readonly=True, copy=False, help="Empty: nobody waits for a decision.",
    )
    place = fields.Text(
        string="Place of the Papers", compute='_compute_place', help="Where the paper originals are: cabinet and box.",
    )
    is_overdue = fields.Boolean(string="Overdue", compute='_compute_is_overdue', search='_search_is_overdue')
    is_mine = fields.Boolean(compute='_compute_rights', export_string_translation=False)
    can_decide = fields.Boolean(compute='_compute_rights', export_string_translation=False)
    can_keep = fields.Boolean(compute='_compute_rights', export_string_translation=False)

    _name_unique = models.UniqueIndex("(company_id, name) WHERE name <> '/'", "Another borrowing has this number.")

    @api.model
    def _default_date_due(self):
        """Return the end of the office day on which a borrowing that is asked for now is due."""
        day = fields.Date.context_today(self) + timedelta(days=self.env.company.tianyuan_borrow_days)
        moment = self.env.tz.localize(datetime.combine(day, END_OF_DAY))
        return moment.astimezone(UTC).replace(tzinfo=None)

    @api.depends('name', 'partner_id')
    def _compute_display_name(self):
        """Show number and customer, which is what calendars and activities display."""
        for borrow in self:
            borrow.display_name = f"{borrow.name} {borrow.partner_id.name}" if borrow.partner_id else borrow.name

    @api.depends('state', 'date_due')
    def _compute_is_overdue(self):
        now = fields.Datetime.now()
        for borrow in self:
            borrow.is_overdue = borrow.state == 'out' and borrow.date_due <= now

    def _search_is_overdue(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return Domain([('state', '=', 'out'), ('date_due', '<=', fields.Datetime.now())])

    @api.depends('borrower_id')
    @api.depends_context('uid')
    def _compute_rights(self):
        keeper = keeps_archives(self.env.user)
        for borrow in self:
            borrow.is_mine = borrow.borrower_id == self.env.user
            borrow.can_keep = keeper
            borrow.can_decide = keeper and not borrow.is_mine

    @api.depends('scope', 'document_ids', 'partner_id', 'company_id')
    @api.depends_context('uid')
    def _compute_covered_document_ids(self):
        """Compute the documents that the borrowing covers now and the user may see."""
        for borrow in self:
            # Search again, so that the record rules of the user apply.
            borrow.covered_document_ids = self.env['tianyuan.archive.document'].search([
                ('id', 'in', borrow._documents().ids), ('active', 'in', (True, False)),
            ])

    @api.depends('covered_document_ids', 'state', 'borrower_id')
    @api.depends_context('uid')
    def _compute_place(self):
        """Compute where the papers are, for those who keep archives and, once it is approved, for the borrower."""
        keeper = keeps_archives(self.env.user)
        for borrow in self:
            mine = borrow.borrower_id == self.env.user and borrow.state in ('approved', 'out')
            papers = borrow.covered_document_ids if keeper or mine else borrow.covered_document_ids.browse()
            names = {
                place: ", ".join(kept.mapped('name')) for place, kept in papers.grouped('place').items() if place
            }
            borrow.place = "\n".join(f"{place}: {names[place]}" for place in sorted(names)) or False

    @api.onchange('partner_id', 'company_id')
    def _onchange_partner_id(self):
        self.document_ids = self.document_ids.filtered(
            lambda document: document.partner_id == self.partner_id and document.company_id == self.company_id,
        )

    @api.constrains('partner_id', 'document_ids')
    def _check_documents(self):
        for borrow in self.sudo():
            if borrow.document_ids.partner_id - borrow.partner_id:
                raise ValidationError(self.env._("Borrow documents of one customer at a time."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Borrowings are kept. Cancel this one if it isn't needed any more."))

    def _tianyuan_protected_fields(self):
        return super()._tianyuan_protected_fields() | SYSTEM_FIELDS

    @api.model_create_multi
    def create(self, vals_list):
        """Create draft borrowings for the user, numbered per company.

        :raise AccessError: the customer isn't the user's, or a protected field is given
        """
        borrows = super().create(vals_list)
        borrows._check_may_ask()
        return borrows

    def write(self, vals):
        result = super().write(vals)
        if REQUEST_FIELDS & vals.keys():
            self._check_may_ask()
        return result

    # -- steps --------------------------------------------------------------------------------------

    def action_request(self):
        """Ask for the archive. The pledge (policy 档案 6) must be accepted.

        :raise AccessError: the user isn't the borrower, or the customer isn't theirs
        :raise UserError: something is missing, or a document can't be consulted
        """
        self._check_step('draft')
        self._check_borrower()
        self._check_may_ask()
        for borrow in self:
            borrow._check_request()
        self.sudo().write({'state': 'requested', 'requested_on': fields.Datetime.now()})
        self._ask_for_decision()
        return True

    def action_accept_pledge(self):
        """Accept the pledge (policy 档案 6), and ask for the archive.

        :raise AccessError: the user isn't the borrower, or the customer isn't theirs
        :raise UserError: something is missing, or a document can't be consulted
        """
        self._check_step('draft')
        self._check_borrower()
        self.write({'pledge_accepted': True})
        return self.action_request()

    def action_approve(self):
        """Approve requests; handing out the archive is a separate step.

        :raise AccessError: the user is neither specialist nor manager, or is the borrower
        """
        self._check_step('requested')
        self._check_decider()
        self._check_time_left()
        self._decide('approved')
        return True

    def action_refuse(self, reason=None):
        """Refuse requests.

        :param str reason: shown to the borrower
        :raise AccessError: the user is neither specialist nor manager, or is the borrower
        :raise UserError: no reason is given
        """
        self._check_step('requested')
        self._check_decider()
        reason = (reason or '').strip()
        if not reason:
            raise UserError(self.env._("Say why the request is refused."))
        self._decide('refused', refusal_reason=reason)
        return True

    def action_hand_out(self):
        """Hand out approved borrowings: their borrowers can open the documents until the due date.

        :raise AccessError: the user is neither specialist nor manager
        """
        self._check_step('approved')
        self._check_keeper()
        self._check_time_left()
        self.sudo().write({
            'state': 'out', 'handed_out_by_id': self.env.uid, 'handed_out_on': fields.Datetime.now(),
        })
        self._log('handed_out')
        self._notify_borrower(lambda borrow: borrow.env._("The archive was handed out to you."))
        return True

    def action_ask_prolong(self):
        """Ask for more time; the day and the reason are on the borrowing.

        :raise AccessError: the user isn't the borrower
        :raise UserError: day or reason is missing, or the day isn't after the one on which the borrowing is due
        """
        self._check_step('out')
        self._check_borrower()
        now = fields.Datetime.now()
        for borrow in self:
            if borrow.prolong_asked_on:
                raise UserError(self.env._("%s: more time has been asked for already.", borrow.name))
            if not borrow.prolong_until or borrow.prolong_until <= max(borrow.date_due, now):
                raise UserError(self.env._("%s: ask for a time after the one that was agreed.", borrow.name))
            if not (borrow.prolong_reason or '').strip():
                raise UserError(self.env._("%s: say why more time is needed.", borrow.name))
        self.sudo().prolong_asked_on = now
        self._ask_for_decision(lambda borrow: borrow.env._(
            "%(borrower)s asks to keep the archive of %(customer)s longer",
            borrower=borrow.borrower_id.name, customer=borrow.partner_id.display_name,
        ))
        return True

    def action_prolong(self):
        """Prolong borrowings until the time that was asked for.

        :raise AccessError: the user is neither specialist nor manager, or is the borrower
        :raise UserError: nobody asked for more time, or the time asked for is over
        """
        self._check_prolong()
        now = fields.Datetime.now()
        for borrow in self:
            if borrow.prolong_until <= now:
                raise UserError(self.env._("%s: the time until which it is asked for is over.", borrow.name))
        for borrow in self.sudo():
            borrow.write({'date_due': borrow.prolong_until, 'chased_on': False})
        self._log('prolonged')
        self._notify_borrower(lambda borrow: borrow.env._(
            "You can keep the archive until %s.", format_datetime(borrow.env, borrow.date_due),
        ))
        self._end_prolong()
        return True

    def action_refuse_prolong(self, reason=None):
        """Refuse more time; the borrowing stays due when it was.

        :param str reason: shown to the borrower
        :raise AccessError: the user is neither specialist nor manager, or is the borrower
        :raise UserError: nobody asked for more time, or no reason is given
        """
        self._check_prolong()
        reason = (reason or '').strip()
        if not reason:
            raise UserError(self.env._("Say why the request is refused."))
        self._notify_borrower(lambda borrow: borrow.env._("You can't keep the archive longer: %s", reason))
        self._end_prolong()
        return True

    def _check_prolong(self):
        self._check_step('out')
        self._check_decider()
        for borrow in self:
            if not borrow.prolong_asked_on:
                raise UserError(self.env._("%s: nobody has asked for more time.", borrow.name))

    def _end_prolong(self):
        """Close the request for more time, and the activities that ask for its decision or remind of the former day."""
        self._message_log_batch(bodies={
            borrow.id: self.env._(
                "More time was asked for until %(day)s: %(reason)s",
                day=format_datetime(self.env, borrow.prolong_until), reason=borrow.prolong_reason,
            ) for borrow in self
        })
        self.sudo().write(dict.fromkeys(PROLONG_FIELDS | {'prolong_asked_on'}, False))
        late = self.filtered('is_overdue')
        late.sudo().activity_feedback([DECIDE_TYPE])
        (self - late)._close_activities()

    def action_return(self):
        """End borrowings that are out. Borrowers can end consultations themselves, as they took nothing away.

        :raise AccessError: the user is neither specialist nor manager, nor a consultation's borrower
        """
        self._check_step('out')
        if any(borrow.mode == 'borrow' or borrow.borrower_id != self.env.user for borrow in self):
            self._check_keeper()
        self._close('returned')
        return True

    def action_lose(self):
        """Record that the borrowed documents are lost.

        :raise AccessError: the user is neither specialist nor manager
        """
        self._check_step('out')
        self._check_keeper()
        self._close('lost')
        return True

    def action_cancel(self):
        """Cancel borrowings that haven't been handed out.

        :raise AccessError: the user is neither the borrower nor specialist or manager
        """
        self._check_step('draft', 'requested', 'approved')
        if any(borrow.borrower_id != self.env.user for borrow in self):
            self._check_keeper()
        self.sudo().write({
            'state': 'cancelled', 'closed_by_id': self.env.uid, 'closed_on': fields.Datetime.now(),
        })
        self._close_activities()
        return True

    def _check_tianyuan_protected(self, vals):
        super()._check_tianyuan_protected(vals)
        prolong = PROLONG_FIELDS & vals.keys() if self else {name for name in PROLONG_FIELDS if vals.get(name)}
        if not self.env.su and prolong:
            if any(borrow.state != 'out' or borrow.prolong_asked_on for borrow in self):
                raise UserError(self.env._("More time is asked for while the archive is out, once at a time."))
            if not self or any(borrow.borrower_id != self.env.user for borrow in self):
                raise AccessError(self.env._("Only the borrower can change a request."))
        if not self.env.su and REQUEST_FIELDS & vals.keys():
            if any(borrow.state != 'draft' for borrow in self):
                raise UserError(self.env._("What was requested stays as it is; cancel it and make a new request."))
            if any(borrow.borrower_id != self.env.user for borrow in self):
                raise AccessError(self.env._("Only the borrower can change a request."))

    def _decide(self, state, **values):
        self.sudo().write({
            'state': state, 'decided_by_id': self.env.uid, 'decided_on': fields.Datetime.now(), **values,
        })
        self._close_activities()
        if state == 'approved':
            self._notify_borrower(lambda borrow: borrow.env._("Your request was approved."))
        else:
            self._notify_borrower(
                lambda borrow: borrow.env._("Your request was refused: %s", borrow.refusal_reason))

    def _close(self, state):
        self.sudo().write({
            'state': state, 'closed_by_id': self.env.uid, 'closed_on': fields.Datetime.now(),
        })
        self._log(state)
        self.sudo().prolong_asked_on = False
        self._close_activities()

    def _log(self, action):
        for borrow in self:
            self.env['tianyuan.archive.access.log']._append(action, borrow._documents(), borrow=borrow)

    def _documents(self):
        """Return the documents that the borrowing covers now, archived ones too. The caller has checked access."""
        self.ensure_one()
        borrow = self.sudo()
        if borrow.scope == 'documents':
            return borrow.document_ids
        return self.env['tianyuan.archive.document'].sudo().search([
            ('partner_id', '=', borrow.partner_id.id), ('company_id', '=', borrow.company_id.id),
            ('active', 'in', (True, False)), ('destroyed_on', '=', False),
        ])

    def _find_covering(self, document):
        """Return the first of these borrowings that covers the document. The caller has checked access."""
        document = document.sudo()._origin
        return self.filtered(lambda borrow: borrow.company_id == document.company_id and (
            document in borrow.document_ids
            or borrow.scope == 'archive' and borrow.partner_id == document.partner_id
        ))[:1]

    # -- access checks ------------------------------------------------------------------------------

    def _check_borrower(self):
        if not self.env.su and any(borrow.borrower_id != self.env.user for borrow in self):
            raise AccessError(self.env._("Only the borrower can do this."))

    def _check_keeper(self):
        if not self.env.su and not keeps_archives(self.env.user):
            raise AccessError(self.env._("Only archive specialists and managers can do this."))

    def _check_decider(self):
        self._check_keeper()
        if not self.env.su and any(borrow.borrower_id == self.env.user for borrow in self):
            raise AccessError(self.env._("Nobody decides on their own request: ask another specialist or a manager."))

    def _check_may_ask(self):
        """Refuse customers and documents that the user may not borrow."""
        if self.env.su:
            return
        all_customers = keeps_archives(self.env.user) or self.env.user.has_group(FINANCE)
        for borrow in self:
            borrow.partner_id.check_access('read')
            if not all_customers and not borrow.partner_id._tianyuan_is_own():
                raise AccessError(self.env._("You can borrow the archives of your own customers only."))
            # sudo: read as the user, the many2many would silently leave out documents the user can't read.
            borrow.sudo().document_ids.with_env(self.env).check_access('read')

    def _check_request(self):
        if not self.pledge_accepted:
            raise UserError(self.env._("Accept the pledge first."))
        if not (self.purpose or '').strip():
            raise UserError(self.env._("Say what you need the archive for."))
        if self.scope == 'documents' and not self.document_ids:
            raise UserError(self.env._("Choose the documents you need, or the whole archive."))
        self._check_time_left()
        if self.scope != 'documents':
            return
        self.document_ids._check_file_is_kept()
        if self.mode != 'consult':
            return
        unfit = self.document_ids.filtered(
            lambda document: document.mimetype and document.mimetype not in watermark.CONSULTABLE_TYPES)
        if unfit:
            raise UserError(self.env._(
                "Only files of these kinds can be consulted: %(kinds)s; these can only be borrowed: %(documents)s",
                kinds=self.company_id.sudo()._tianyuan_consultable_kinds(), documents=unfit.mapped('name'),
            ))
        hindered = self.document_ids.filtered('obstacle')
        if hindered:
            raise UserError("\n".join(hindered.mapped('consultation_warning')))

    def _check_time_left(self):
        now = fields.Datetime.now()
        for borrow in self:
            if borrow.date_due <= now:
                raise UserError(self.env._("%s: the time until which it is asked for is over.", borrow.name))

    @api.model
    def _cron_chase(self):
        """Remind borrowers and specialists of overdue borrowings, at the company's interval."""
        today, late = fields.Date.context_today(self), self.browse()
        for borrow in self.search([('is_overdue', '=', True)]):
            every = timedelta(days=borrow.company_id.tianyuan_borrow_chase_days)
            if borrow.chased_on and borrow.chased_on + every > today:
                continue
            late += borrow
        late.activity_unlink([RETURN_TYPE])    # replace the previous reminder
        late._tianyuan_schedule(
            RETURN_TYPE, lambda borrow: borrow._returners(),
            summary=lambda borrow: borrow.env._(
                "Overdue: %(number)s, archive of %(customer)s",
                number=borrow.name, customer=borrow.partner_id.display_name,
            ),
            notify=True,
        )
        late.chased_on = today

    def _ask_for_decision(self, words=None):
        words = words or (lambda borrow: borrow.env._(
            "%(borrower)s asks for the archive of %(customer)s",
            borrower=borrow.borrower_id.name, customer=borrow.partner_id.display_name,
        ))
        self._tianyuan_schedule(DECIDE_TYPE, lambda borrow: borrow._deciders(), summary=words, notify=True)

    def _specialist(self):
        """Return the customer's archive specialist if they can see the company's borrowings."""
        return self.partner_id._tianyuan_specialist_in(self.company_id).filtered(
            lambda user: user.has_group(SPECIALIST),
        )

    def _deciders(self):
        """Return who decides: the customer's specialist, or the managers if there is none or it is the borrower."""
        return self._specialist() - self.borrower_id or managers_of(self.company_id) - self.borrower_id

    def _returners(self):
        """Return who is reminded of an overdue borrowing: the borrower who hasn't left, and the specialist.

        Where there is neither, it is the managers; a team leader doesn't see what others have borrowed.
        """
        borrower = self.borrower_id._tianyuan_working_in(self.company_id)
        return borrower | self._specialist() or managers_of(self.company_id)

    def _tianyuan_heirs(self, activity_type):
        if activity_type == DECIDE_TYPE:
            return {borrow: borrow._deciders() for borrow in self}
        return {borrow: borrow._returners() for borrow in self}

    def _close_activities(self):
        self.sudo().activity_feedback([DECIDE_TYPE, RETURN_TYPE])

    def _notify_borrower(self, text):
        """Post a message in the borrower's language and notify them, unless the borrower is the user."""
        for borrow in self:
            if borrow.borrower_id != self.env.user:
                worded = borrow.sudo().with_context(lang=borrow.borrower_id.lang)
                worded.message_post(
                    body=text(worded), partner_ids=borrow.borrower_id.partner_id.ids,
                    author_id=self.env.user.partner_id.id,
                )

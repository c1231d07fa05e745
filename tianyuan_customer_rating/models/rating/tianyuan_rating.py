from datetime import date

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL
from odoo.tools.misc import formatLang

from ...engine import purchases, scoring
from ...engine.confirmation import write_confirmed
from ...engine.outcome import write_outcome
from ...engine.periods import Quarter
from ...engine.sheets import EDITABLE_STATES, UNCONFIRMED_STATES, SheetWriter, SheetWriters
from ...tools.halves import work_together
from ...tools.roles import FINANCE, MANAGER, SALES, check_manager
from ...tools.selections import CHANNELS, CUSTOMER_CLASSES
from ...tools.text import listed, one_line
from ..mixins.tianyuan_protected_mixin import without_discussion

# Fields that managers may enter on a draft.
ENTRY_FIELDS = {'partner_id', 'company_id', 'kind', 'date_from', 'date_to', 'name'}
# Fields that may still change after confirmation, by reopening the sheet.
REOPENING_FIELDS = {'state', 'confirmed_by_id', 'confirmed_on', 'sales_done', 'finance_done'}
# The scheduler confirms more sheets than this: the user needn't wait, and an interruption loses only one batch.
CONFIRMED_AT_ONCE = 500
RATED, NOT_CANCELLED = Domain('state', '=', 'confirmed'), Domain('state', '!=', 'cancelled')
NAMED_SHEETS = 20    # Keeps error messages about hundreds of sheets readable.
TODO_TYPE = 'mail.mail_activity_data_todo'


class TianyuanRating(models.Model):
    """A customer's score for one quarter: 客户信用等级评定表 (policy 客户评价).

    A run or a user creates the sheet, sales and finance assess their lines at the same time, and a manager confirms it.

    Sheets created by hand plan activities that ask for the assessments; they are closed as soon as nothing is left to
    assess.

    The policy wants the customer's archive to be complete before a rating is confirmed (design §6).

    Confirming and reopening a sheet change the customer's tier, score and class, and their history.

    Prospect sheets rate companies that have bought nothing yet, by what is expected of them (policy 8.1).

    A sheet also tells whether the customer moved up or down (policy 6.5, 7.3), and whether its quarter is the last
    rated.
    """

    _name = 'tianyuan.rating'
    _description = "Customer Rating"
    _inherit = [
        'tianyuan.protected.mixin', 'tianyuan.customer.mixin', 'tianyuan.quarter.mixin', 'mail.thread',
        'mail.activity.mixin', 'tianyuan.activity.mixin', 'tianyuan.plain.text.mixin',
    ]
    _order = 'date_from desc, score desc, id desc'
    _mail_post_access = 'read'

    @api.model
    def _default_name(self, vals):
        partner = self.env['res.partner'].browse(vals.get('partner_id'))
        day = fields.Date.to_date(vals.get('date_from')) or self.default_get(['date_from'])['date_from']
        return self._sheet_name(Quarter.containing(day), partner)

    name = fields.Char(required=True, readonly=True)
    partner_id = fields.Many2one(check_company=False)
    user_id = fields.Many2one(related='partner_id.user_id', string="Salesperson")
    # No index: the composite indexes below cover dates, companies and states.
    date_from = fields.Date(index=False)
    company_id = fields.Many2one('res.company', required=True, default=lambda self: self.env.company.root_id)
    currency_id = fields.Many2one(related='company_id.currency_id', store=True, precompute=True)
    channel = fields.Selection(CHANNELS, readonly=True)
    kind = fields.Selection([('quarterly', "Quarterly"), ('prospect', "Prospect")], required=True, default='quarterly')
    origin = fields.Selection(
        [('computed', "Computed from the Books"), ('imported', "Imported")], string="Made From", required=True,
        readonly=True, copy=False, default='computed',
        help="Imported ratings were given before this system was used: nothing in them was computed here.",
    )
    scheme_id = fields.Many2one('tianyuan.rating.scheme', readonly=True, index='btree_not_null', ondelete='restrict')
    run_id = fields.Many2one('tianyuan.rating.run', readonly=True, index='btree_not_null', ondelete='set null')
    state = fields.Selection(
        [
            ('draft', "Draft"), ('assessing', "Being Assessed"), ('ready', "Ready"),
            ('confirmed', "Confirmed"), ('cancelled', "Cancelled"),
        ],
        required=True, readonly=True, default='draft', copy=False, tracking=True,
    )
    sales_done = fields.Boolean(string="Sales Submitted", readonly=True, copy=False, tracking=True)
    finance_done = fields.Boolean(string="Finance Submitted", readonly=True, copy=False, tracking=True)
    confirmed_by_id = fields.Many2one('res.users', readonly=True, copy=False)
    confirmed_on = fields.Datetime(readonly=True, copy=False)
    line_ids = fields.One2many('tianyuan.rating.line', 'rating_id')
    score = fields.Float(compute='_compute_score', store=True, digits=(5, 2), aggregator='avg')
    sales_score = fields.Float(compute='_compute_score', store=True, digits=(5, 2), aggregator='avg')
    finance_score = fields.Float(compute='_compute_score', store=True, digits=(5, 2), aggregator='avg')
    annual_purchase = fields.Monetary(string="Purchases of the Year", readonly=True)
    annual_year = fields.Integer(string="Purchase Year", readonly=True, aggregator=None)
    has_bad_debt = fields.Boolean(string="Bad Debt", readonly=True)
    # Stored: a confirmed sheet keeps showing what was owed when it was confirmed. Salespeople read ``bad_debt_note``,
    # which checks that the customer is theirs.
    bad_debt_amount = fields.Monetary(readonly=True, groups=f'{FINANCE},{MANAGER}')
    bad_debt_date = fields.Date(string="Bad Debt Since", readonly=True, groups=f'{FINANCE},{MANAGER}')
    books_changed = fields.Boolean(
        readonly=True, copy=False,
        help="The books gave other points when the rating was to be confirmed: look at it, and confirm it again.",
    )
    former_score = fields.Float(
        string="Score Before", readonly=True, copy=False, digits=(5, 2), aggregator=None,
        help="What the score was before the books changed.",
    )
    computed_on = fields.Datetime(readonly=True, copy=False, help="When the books were last read for this rating.")
    tier_id = fields.Many2one(
        'tianyuan.rating.tier', compute='_compute_outcome', store=True, index='btree_not_null', ondelete='restrict',
        group_expand='_read_group_tier_id',
    )
    customer_class = fields.Selection(CUSTOMER_CLASSES, string="Class", compute='_compute_outcome', store=True)
    is_major_account = fields.Boolean(string="Major Account", compute='_compute_outcome', store=True)
    previous_rating_id = fields.Many2one(
        'tianyuan.rating', readonly=True, copy=False, index='btree_not_null', ondelete='set null',
    )
    score_change = fields.Float(compute='_compute_outcome', store=True, digits=(5, 2), aggregator='avg')
    tier_change = fields.Selection(
        [('new', "New"), ('up', "Up"), ('same', "Unchanged"), ('down', "Down")],
        compute='_compute_outcome', store=True,
    )
    # Stored: keeps what the tier was compared with, even if the previous sheet is reopened and changed.
    previous_tier_id = fields.Many2one(
        'tianyuan.rating.tier', compute='_compute_outcome', store=True, ondelete='restrict',
    )
    is_provisional = fields.Boolean(
        string="Provisional", compute='_compute_provisional', search='_search_is_provisional',
        help="Not all lines are assessed yet: score, tier and class aren't final.",
    )
    possible_score = fields.Float(
        compute='_compute_provisional', digits=(5, 2),
        help="The score if all lines that still wait for an assessment got full marks.",
    )
    missing_count = fields.Integer(string="Lines Missing", compute='_compute_missing_count')
    can_submit_sales = fields.Boolean(compute='_compute_can_submit', export_string_translation=False)
    can_submit_finance = fields.Boolean(compute='_compute_can_submit', export_string_translation=False)
    # Only for sheets created by hand; a run has one date for all its sheets.
    due_by_hand_on = fields.Date(string="Due On (Made by Hand)", readonly=True, copy=False)
    assessment_due_on = fields.Date(
        string="Assessments Due On", compute='_compute_assessment_due_on', search='_search_assessment_due_on',
    )
    archive_missing = fields.Text(
        string="Missing in the Archive", compute='_compute_archive_missing',
        help="What the customer's archive still lacks; the company decides whether that hinders confirming.",
    )
    can_estimate = fields.Boolean(compute='_compute_can_estimate', export_string_translation=False)
    is_last_rated_quarter = fields.Boolean(
        compute='_compute_is_last_rated_quarter', search='_search_is_last_rated_quarter',
        help="The sheet is of its company's last quarter with a confirmed rating.",
    )
    is_newest_quarter = fields.Boolean(
        compute='_compute_is_newest_quarter', search='_search_is_newest_quarter', export_string_translation=False,
    )

    _one_per_quarter = models.UniqueIndex(
        "(partner_id, company_id, kind, date_from) WHERE state <> 'cancelled'",
        "This customer already has a rating for that quarter.",
    )
    _newest_idx = models.Index("(date_from DESC, score DESC, id DESC)")
    _work_idx = models.Index("(company_id, state, date_from)")

    @api.depends('line_ids.points', 'line_ids.responsibility')
    def _compute_score(self):
        for sheet in self._not_imported():
            by_side = sheet.line_ids.grouped('responsibility')
            for side in ('sales', 'finance'):
                sheet[f'{side}_score'] = scoring.total(by_side.get(side, sheet.line_ids.browse()).mapped('points'))
            sheet.score = scoring.total(sheet.line_ids.mapped('points'))

    @api.depends('score', 'annual_purchase', 'has_bad_debt', 'scheme_id', 'kind', 'previous_rating_id',
                 'line_ids.points', 'line_ids.max_points')
    def _compute_outcome(self):
        computed = self._not_imported()
        prospects = computed.filtered(lambda sheet: sheet.kind == 'prospect')
        with_business = prospects._partner_ids_with_business()
        for scheme, sheets in computed.grouped('scheme_id').items():
            thresholds = scheme._spec().thresholds if scheme else None
            for sheet in sheets:
                marks = {line.indicator_id.id: (line.points, line.max_points) for line in sheet.line_ids}
                sheet.update(scoring.outcome(
                    thresholds, sheet.score, marks, sheet.annual_purchase, sheet.has_bad_debt,
                    sheet.previous_rating_id._standing(), sheet.kind == 'prospect',
                    (sheet.company_id.id, sheet.partner_id.id) in with_business,
                )._asdict())

    @api.depends('line_ids.origin')
    def _compute_missing_count(self):
        counts = dict(self.env['tianyuan.rating.line']._read_group(
            [('rating_id', 'in', self.ids), ('origin', '=', 'missing')], ['rating_id'], ['__count'],
        ))
        for sheet in self:
            sheet.missing_count = counts.get(sheet, 0)

    @api.depends('state', 'score', 'line_ids.origin', 'line_ids.max_points')
    def _compute_provisional(self):
        """Compute what is open, with one query for all sheets that aren't confirmed."""
        open_ids = [sheet._origin.id for sheet in self if sheet.state != 'confirmed' and sheet._origin.id]
        missing = {sheet.id: points for sheet, points in self.env['tianyuan.rating.line']._read_group(
            [('rating_id', 'in', open_ids), ('origin', '=', 'missing')], ['rating_id'], ['max_points:sum'],
        )} if open_ids else {}
        for sheet in self:
            sheet.is_provisional = sheet.state == 'draft' or sheet._origin.id in missing
            sheet.possible_score = scoring.total([sheet.score, missing.get(sheet._origin.id, 0.0)])

    @api.model
    def _search_is_provisional(self, operator, value):
        if operator != 'in':
            return NotImplemented
        # ``any!`` skips the rules of lines: whoever reads a sheet reads its lines.
        return Domain('state', '=', 'draft') | Domain('line_ids', 'any!', Domain('origin', '=', 'missing'))

    @api.depends('state', 'sales_done', 'finance_done')
    @api.depends_context('uid')
    def _compute_can_submit(self):
        for sheet in self:
            assessing = sheet.state == 'assessing'
            sheet.can_submit_sales = assessing and not sheet.sales_done and sheet._user_may_assess('sales')
            sheet.can_submit_finance = assessing and not sheet.finance_done and sheet._user_may_assess('finance')

    @api.depends('run_id.assessment_due_on', 'due_by_hand_on')
    def _compute_assessment_due_on(self):
        for sheet in self:
            run = sheet.sudo().run_id
            sheet.assessment_due_on = run.assessment_due_on if run else sheet.due_by_hand_on

    def _search_assessment_due_on(self, operator, value):
        # ``any!`` skips the rules of runs: not everyone may read runs, but the due date of a sheet isn't secret.
        return Domain('run_id', 'any!', Domain('assessment_due_on', operator, value)) | (
            Domain('run_id', '=', False) & Domain('due_by_hand_on', operator, value)
        )

    @api.depends('partner_id', 'company_id', 'state')
    @api.depends_context('lang')
    def _compute_archive_missing(self):
        missing = self._archive_gaps(('warn', 'block'))
        for sheet in self:
            sheet.archive_missing = listed(self.env, missing.get(sheet, [])) or False

    @api.depends('kind', 'state', 'sales_done')
    @api.depends_context('uid')
    def _compute_can_estimate(self):
        for sheet in self:
            sheet.can_estimate = sheet.kind == 'prospect' and sheet._is_open_for_sales() and (
                sheet._user_may_assess('sales')
            )

    def _compute_is_last_rated_quarter(self):
        last = self._newest_quarters(self.company_id, RATED)
        for sheet in self:
            sheet.is_last_rated_quarter = last.get(sheet.company_id) == sheet.date_from

    def _compute_is_newest_quarter(self):
        newest = self._newest_quarters(self.company_id, NOT_CANCELLED)
        for sheet in self:
            sheet.is_newest_quarter = (
                sheet.kind == 'quarterly' and newest.get(sheet.company_id) == sheet.date_from
            )

    @api.model
    def _search_is_newest_quarter(self, operator, value):
        if operator != 'in':
            return NotImplemented
        newest = self._newest_quarters(self.env.companies.root_id, NOT_CANCELLED)
        return Domain('kind', '=', 'quarterly') & self._in_quarters(newest)

    @api.model
    def _search_is_last_rated_quarter(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return self._in_quarters(self._newest_quarters(self.env.companies, RATED))

    @api.constrains('company_id')
    def _check_no_branch(self):
        self.company_id._check_tianyuan_not_a_branch()

    @api.constrains('date_to', 'kind')
    def _check_quarter_over(self):
        for sheet in self:
            if sheet.kind == 'quarterly':
                self._check_period(sheet.date_to)

    @api.ondelete(at_uninstall=False)
    def _unlink_check_state(self):
        if any(sheet.state not in ('draft', 'cancelled') for sheet in self._not_imported()):
            raise UserError(self.env._("Only draft and cancelled ratings can be deleted. Cancel the rating first."))

    def _tianyuan_protected_fields(self):
        return without_discussion(self._fields) - ENTRY_FIELDS

    @api.model_create_multi
    def create(self, vals_list):
        """Create draft sheets for a user, or computed sheets for the sheet writer.

        :raise AccessError: a computed or awarded value is given
        """
        for vals in vals_list:
            if not vals.get('name'):
                vals['name'] = self._default_name(vals)
        return super().create(vals_list)

    def copy(self, default=None):
        raise UserError(self.env._("A rating can't be duplicated: there is one per customer and quarter."))

    def write(self, vals):
        """Write values, and let sales estimate a prospect's yearly purchases.

        :raise AccessError: the user isn't responsible for the sales side
        :raise UserError: the sheet isn't being assessed or sales have submitted it; the amount is negative
        """
        if self.env.su or 'annual_purchase' not in vals or any(sheet.kind != 'prospect' for sheet in self):
            return super().write(vals)
        self._check_estimate(vals['annual_purchase'])
        # sudo: the right to estimate has been checked above.
        sheets = self.sudo()
        sheets.write({'annual_purchase': vals['annual_purchase']})
        sheets._message_log_batch({
            sheet.id: self.env._("Expected yearly purchases: %s", formatLang(
                self.env, sheet.annual_purchase, currency_obj=sheet.currency_id,
            )) for sheet in sheets
        })
        rest = {name: value for name, value in vals.items() if name != 'annual_purchase'}
        return super().write(rest) if rest else True

    def action_compute(self):
        """Read the metrics again and score them; assessments and adjustments by users stay.

        :raise AccessError: the user is no manager
        :raise UserError: a sheet is closed or submitted, the customer has no channel, no scheme applies
        """
        check_manager(self)
        drafts = self.filtered(lambda sheet: sheet.state == 'draft')
        for sheet in self:
            if sheet.state not in EDITABLE_STATES:
                raise UserError(self.env._("%s can't be computed: it isn't open any more.", sheet.name))
            if sheet.kind == 'quarterly':
                self._check_period(sheet.date_to)
        for (company, date_from), sheets in self.sudo().grouped(lambda s: (s.company_id, s.date_from)).items():
            self.env['tianyuan.bad.debt'].sudo()._sync_ledger(company, sheets.partner_id)
            writer = SheetWriter(sheets.env, company, Quarter.containing(date_from))
            for sheet in sheets:
                problem = writer.problem(sheet.partner_id)
                if problem:
                    raise UserError(self.env._("%(sheet)s: %(problem)s", sheet=sheet.name, problem=problem))
            writer.refresh(sheets)
        drafts.sudo()._ask_to_assess()
        return True

    def action_submit_sales(self):
        """Submit the non-financial lines (policy 评定职责: 销售部).

        :raise AccessError: the user is neither the customer's salesperson nor the team's leader
        :raise UserError: the sheet isn't being assessed, or lines still miss an assessment
        """
        return self._submit('sales')

    def action_submit_finance(self):
        """Submit the financial lines (policy 评定职责: 计划财务部).

        :raise AccessError: the user is no finance assessor
        :raise UserError: the sheet isn't being assessed, or lines still miss an assessment
        """
        return self._submit('finance')

    def action_confirm(self):
        """Confirm sheets that both sides have submitted: award tier and class, and write the history (policy 客户评价).

        The books are read once more. If a sheet would now get other points, bad debt or major account, it is updated
        instead of confirmed, and the manager can check it.

        A rating of a later quarter that is already confirmed continues to decide on the customer. More than
        ``CONFIRMED_AT_ONCE`` sheets are confirmed by the scheduler as the current user; sheets that can't be confirmed
        are listed with the reason.

        :return: True; the action with the list of sheets that have changed; or for many sheets the action that says
            that they are being confirmed
        :raise AccessError: the user is no manager
        :raise UserError: a sheet isn't ready; an archive isn't complete, and the company requires that (for many sheets
            these are listed instead)
        """
        check_manager(self)
        for sheet in self:
            if sheet.state != 'ready':
                raise UserError(sheet._not_ready_message())
        if len(self) > CONFIRMED_AT_ONCE:
            return self.env['tianyuan.rating.confirmation']._enqueue(self)
        self._check_archives()
        changed = self._confirm()
        return changed._open_changed() if changed else True

    def action_ask_confirm(self):
        """Ask before sheets are confirmed: a dialog says what that changes, and ends with the result.

        Without a selection these are the open sheets of the list from which the user asks.

        :return: action
        :raise AccessError: the user is no manager
        :raise UserError: none of the sheets is ready
        """
        check_manager(self)
        sheets, listed_by = self, self.env.context.get('active_domain')
        if not self and listed_by is not None:
            sheets = self.search(Domain(listed_by) & Domain('state', 'in', UNCONFIRMED_STATES))
        return self.env['tianyuan.rating.confirm']._open(sheets)

    def action_cancel(self):
        """Cancel sheets that aren't confirmed; their quarter can then be rated again.

        :raise AccessError: the user is no manager
        :raise UserError: a sheet is confirmed
        """
        check_manager(self)
        for sheet in self:
            if sheet.state == 'confirmed':
                raise UserError(self.env._("%s is confirmed. Reopen it before cancelling it.", sheet.name))
        self.sudo().write({'state': 'cancelled'})
        self.sudo().flush_recordset(['state'])    # The unique index must see that the quarter is free again.
        self.env['tianyuan.rating.run'].sudo()._close_assessments(self.company_id)
        return True

    def action_reopen(self, reason=None):
        """Reopen sheets for assessment by both sides.

        Reopening a confirmed sheet needs a reason, and the customer gets the outcome of the last confirmed rating
        before it.

        :param str reason: why a confirmed sheet is reopened
        :raise AccessError: the user is no manager
        :raise UserError: a sheet is still open, a cancelled one's quarter is taken, or the reason is missing
        """
        check_manager(self)
        for sheet in self:
            if sheet.state in EDITABLE_STATES and not (sheet.sales_done or sheet.finance_done):
                raise UserError(self.env._("%s is open already.", sheet.name))
            if sheet.state == 'confirmed' and not (reason or '').strip():
                raise UserError(self.env._("Say why the confirmed rating %s is reopened.", sheet.name))
        confirmed = self.sudo().filtered(lambda sheet: sheet.state == 'confirmed')
        for computed, sheets in self.sudo().grouped(lambda sheet: bool(sheet.line_ids)).items():
            sheets.write({
                'state': 'assessing' if computed else 'draft', 'sales_done': False, 'finance_done': False,
                'confirmed_by_id': False, 'confirmed_on': False,
            })
        self.sudo().flush_recordset()
        for company, sheets in confirmed.grouped('company_id').items():
            sheets._restore_partners(company, reason)
        if confirmed:
            confirmed._message_log_batch({
                sheet.id: self.env._("Reopened: %s", reason) for sheet in confirmed
            })
        return True

    def action_ask_reopen(self):
        """Ask for the reason if one is needed, else reopen at once.

        :raise AccessError: the user is no manager
        """
        check_manager(self)
        if all(sheet.state != 'confirmed' for sheet in self):
            return self.action_reopen()
        return self.env['tianyuan.reason']._ask(self, 'action_reopen')

    @api.model
    def _read_group_tier_id(self, tiers, _domain):
        return tiers.search([])

    def _check_tianyuan_protected(self, vals):
        """Allow users to write assessments of lines and managers to edit drafts; everything else is set by the actions.

        :raise AccessError: state, score, tier or another outcome is written by a user
        :raise UserError: the sheet is confirmed
        """
        written = without_discussion(vals)
        if not self._only_assessments(vals):
            super()._check_tianyuan_protected(vals)
            if self and written and not self.env.su:
                if not self.env.user.has_group(MANAGER):
                    raise AccessError(self._tianyuan_protected_message(written))
                if any(sheet.state != 'draft' for sheet in self):
                    raise UserError(self.env._("Only a draft rating can be changed. Cancel it and make a new one."))
        if written - REOPENING_FIELDS and any(sheet.state == 'confirmed' for sheet in self):
            raise UserError(self.env._("A confirmed rating can't be changed. Ask a manager to reopen it."))

    def _tianyuan_protected_message(self, names):
        if not self:
            return self.env._("State, points, score, tier and class of a rating are computed; they can't be entered.")
        return self.env._(
            "State, points, score, tier and class of a rating can't be written. Use the sheet's lines and buttons.",
        )

    @api.model
    def _contact_message(self, contact, company):
        return self.env._(
            "%(contact)s is a contact: rate its company %(company)s instead.", contact=contact, company=company,
        )

    def _open_changed(self):
        """Return the action that lists the sheets updated instead of confirmed, with former and new points."""
        action = self.env['ir.actions.act_window']._for_xml_id(
            'tianyuan_customer_rating.tianyuan_rating_action_changed',
        )
        return {**action, 'domain': [('id', 'in', self.ids)]}

    def _not_ready_message(self):
        return self.env._("%s isn't ready: sales and finance must both have submitted their lines.", self.name)

    def _confirmation_problems(self):
        """Return why sheets can't be confirmed now.

        :return: dict of sheet → reason, in the user's language
        """
        gaps = self._archive_gaps(('block',))
        return {
            **{sheet: self._archive_gap_message(missing) for sheet, missing in gaps.items()},
            **{sheet: sheet._not_ready_message() for sheet in self if sheet.state != 'ready'},
        }

    def _confirm(self):
        """Confirm sheets; the caller has checked the user's right and that nothing prevents it.

        All confirmations go through this method: of one sheet or many, by users or the scheduler.

        The scheduler passes :class:`SheetWriters` in the context, which have read the books for all its batches.

        :return: the sheets whose points have changed; they were updated instead of confirmed
        """
        changed = confirmed = self.browse()
        writers = self.env.context.get('tianyuan_sheet_writers')
        if not isinstance(writers, SheetWriters):    # the context may come from an RPC client
            writers = SheetWriters()
        oldest_first = self.sudo().sorted('date_from')    # each quarter is compared with the one before
        for (company, date_from), sheets in oldest_first.grouped(lambda s: (s.company_id, s.date_from)).items():
            quarter = Quarter.containing(date_from)
            self.env['tianyuan.bad.debt'].sudo()._sync_ledger(company, sheets.partner_id)
            writer = writers.get(sheets.env, company, quarter)
            outdated = writer.outdated(sheets.filtered(lambda sheet: sheet.kind == 'quarterly'))
            writer.bring_up_to_date(outdated)
            changed += outdated.with_env(self.env)
            if sheets := sheets - outdated:
                warned = sheets._archive_gaps(('warn',))
                write_confirmed(sheets, company, quarter)
                self._note_archive_gaps(warned)
                sheets._award(company, self.env._("Rating of %s confirmed", quarter.name))
                confirmed += sheets.with_env(self.env)
        if confirmed:
            confirmed._after_confirm()
        return changed

    def _after_confirm(self):
        """Hook for addons that act on confirmed sheets.

        It is called once per batch of confirmed sheets, in the same transaction. The sheets and their customers already
        have their final values.

        Extend it with ``super()``, and handle the batch as a whole: one search or ``create`` for all sheets. Don't
        raise: an error rolls back the confirmation of the whole batch.

        :param self: the sheets just confirmed, of any companies and quarters, in the environment of the confirming
            user, who may lack the rights for what follows
        """
        self.sudo()._notify_salespeople()

    @api.model
    def _only_assessments(self, vals):
        """Return whether the values only change existing lines, which check themselves who may assess them."""
        return vals.keys() == {'line_ids'} and all(
            command[0] == Command.UPDATE for command in vals['line_ids']
        )

    @api.model
    def _sheet_name(self, quarter, partner):
        return one_line(f"{quarter.name} {partner.name or ''}")    # A customer's name may contain a line break.

    def _user_may_assess(self, side):
        """Return whether the user is responsible for one side of the sheet.

        The sales side belongs to the customer's salesperson and their team's leader, or to managers if there is no
        salesperson.
        """
        self.ensure_one()
        if self.env.su:
            return True
        user = self.env.user
        if side == 'finance':
            return user.has_group(FINANCE)
        if not self.partner_id.sudo().user_id:
            return user.has_group(MANAGER)
        return user.has_group(SALES) and self.partner_id._tianyuan_is_own()

    def _complete_for(self, side):
        """Return the sheets that the user may submit for a side now, and whose lines of that side are all assessed."""
        waiting = self.search([('id', 'in', self.ids), ('state', '=', 'assessing'), (f'{side}_done', '=', False)])
        missing = self.env['tianyuan.rating.line']._read_group([
            ('rating_id', 'in', waiting.ids), ('responsibility', '=', side), ('origin', '=', 'missing'),
        ], ['rating_id'])
        complete = waiting - self.browse().union(*(sheet for [sheet] in missing))
        return complete.filtered(lambda sheet: sheet._user_may_assess(side))

    def _submit_each(self, side):
        """Submit sheets; one that is refused doesn't stop the others.

        :return: dict of sheet → why it wasn't submitted
        """
        refused = {}

        def failed(sheet, error):
            refused[sheet] = str(error)

        work_together(self, lambda part: part._submit(side), failed, UserError)
        return refused

    def _submit(self, side):
        self.check_access('read')
        for sheet in self:
            if not sheet._user_may_assess(side):
                raise AccessError(
                    self.env._("%s: only the customer's salesperson or their team's leader can submit the sales lines.",
                               sheet.name)
                    if side == 'sales' else
                    self.env._("%s: only a finance assessor can submit the financial lines.", sheet.name)
                )
            if sheet.state != 'assessing' or sheet[f'{side}_done']:
                raise UserError(self.env._("%s is submitted already, or isn't being assessed.", sheet.name))
        missing = self.sudo().line_ids.filtered(
            lambda line: line.responsibility == side and line.origin == 'missing',
        )
        if missing:
            raise UserError(self.env._("Assess these lines before submitting:\n%s", "\n".join(
                f"{line.rating_id.name}: {line.indicator_id.name}" for line in missing
            )))
        sheets = self.sudo()
        sheets.write({f'{side}_done': True})
        sheets.filtered(lambda sheet: sheet.sales_done and sheet.finance_done).write({'state': 'ready'})
        self.env['tianyuan.rating.run'].sudo()._close_assessments(self.company_id)
        return True

    @api.model
    def _previous(self, company, partners, before, kinds=('quarterly',)):
        """Return the last confirmed sheet of each customer before a day.

        :return: dict of partner id → sheet
        """
        self.flush_model(['partner_id', 'company_id', 'kind', 'state', 'date_from'])
        rows = self.env.execute_query(SQL(
            """
            SELECT DISTINCT ON (partner_id) partner_id, id
              FROM tianyuan_rating
             WHERE company_id = %s AND partner_id = ANY(%s) AND kind IN %s AND state = 'confirmed'
               AND date_from < %s
             ORDER BY partner_id, date_from DESC, kind DESC
            """,
            company.id, partners.ids, tuple(kinds), before,
        ))
        return {partner_id: self.browse(sheet_id) for partner_id, sheet_id in rows}

    def _not_imported(self):
        """Return the sheets without the imported ones, whose score and outcome are what the file gave."""
        return self.filtered(lambda sheet: sheet.origin != 'imported')

    def _standing(self):
        """Return what the next sheet is compared with.

        :return: :class:`~odoo.addons.tianyuan_customer_rating.engine.scoring.Standing`, or None for an empty recordset
        """
        return scoring.Standing(self.score, self.tier_id._rank()) if self else None

    @api.model
    def _standings(self, previous):
        """Return the standings of previous sheets, read together.

        :param dict previous: partner id → sheet
        :return: dict of partner id → :class:`~odoo.addons.tianyuan_customer_rating.engine.scoring.Standing`
        """
        sheets = self.browse(sheet.id for sheet in previous.values())
        sheets.fetch(['score', 'tier_id'])
        return {partner_id: sheet._standing() for partner_id, sheet in zip(previous, sheets, strict=True)}

    def _partner_ids_with_business(self):
        """Return the customers of these sheets that have a posted invoice or a confirmed order.

        :return: set of (company id, partner id)
        """
        result = set()
        for company, sheets in self.grouped('company_id').items():
            partner_ids = purchases.partners_with_business(company, sheets.partner_id.ids)
            result |= {(company.id, partner_id) for partner_id in partner_ids}
        return result

    def _ask_to_assess(self):
        """Plan activities that ask the two sides to assess sheets created by hand."""
        runs = self.env['tianyuan.rating.run']
        by_hand = self.filtered(lambda sheet: not sheet.run_id and sheet.state == 'assessing')
        for company, sheets in by_hand.grouped('company_id').items():
            sheets.write({'due_by_hand_on': runs._assessment_due_on(company)})
        runs._plan_assessments_by_hand(by_hand.company_id)

    def _check_archives(self):
        """Refuse to confirm sheets with incomplete archives if the company requires complete ones.

        :raise UserError: an archive isn't complete, and the company requires that
        """
        gaps = self._archive_gaps(('block',))
        if not gaps:
            return
        lines = [f"{sheet.name}: {listed(self.env, missing)}" for sheet, missing in gaps.items()]
        if len(lines) > NAMED_SHEETS:
            lines[NAMED_SHEETS:] = [self.env._("… and %s more", len(lines) - NAMED_SHEETS)]
        raise UserError(self.env._(
            "These ratings can't be confirmed before the customer's archive is complete. Missing:\n%s",
            "\n".join(lines),
        ))

    @api.model
    def _archive_gap_message(self, missing):
        """Return the reason why one sheet can't be confirmed.

        :param missing: labels of what the archive lacks
        """
        return self.env._("The customer's archive isn't complete. Missing: %s", listed(self.env, missing))

    @api.model
    def _note_archive_gaps(self, gaps):
        """Note on confirmed sheets what the archive lacked, so that the warning stays with the decision.

        :param dict gaps: sheet, as superuser → labels
        """
        self.env['tianyuan.rating'].sudo().browse(sheet.id for sheet in gaps)._message_log_batch(bodies={
            sheet.id: self.env._(
                "Confirmed although the customer's archive wasn't complete. Missing: %s", listed(self.env, missing),
            ) for sheet, missing in gaps.items()
        })

    def _archive_gaps(self, checks):
        """Return what the archives of these open sheets' customers lack.

        :param checks: values of the company's setting for which gaps are returned
        :return: dict of sheet → labels; sheets without a gap are left out
        """
        # sudo: only labels of missing fields are shown, no values.
        checked = self.sudo().filtered(
            lambda sheet: (
                sheet.state in UNCONFIRMED_STATES and sheet.company_id.tianyuan_rating_archive_check in checks
            ),
        )
        missing = checked.partner_id._tianyuan_archive_missing()
        return {
            sheet.with_env(self.env): missing[sheet.partner_id]
            for sheet in checked if missing.get(sheet.partner_id)
        }

    def _award(self, company, reason):
        """Write tier and class to the customers of confirmed sheets.

        :param company: ``res.company`` of the sheets
        :param str reason: text for the history
        """
        self._write_partners(company, self._deciding_sheets(company), reason)

    def _deciding_sheets(self, company):
        """Return the confirmed sheets that decide on their customer.

        A sheet doesn't decide if one of a later quarter is confirmed, and a prospect sheet not if the quarterly sheet
        of the same quarter is.

        :param company: ``res.company`` of the sheets
        :return: dict of partner → sheet
        """
        quarterly = self._read_group(Domain([
            ('company_id', '=', company.id), ('partner_id', 'in', self.partner_id.ids), ('kind', '=', 'quarterly'),
            ('state', '=', 'confirmed'),
        ]), ['partner_id'], ['date_from:max'])
        newest = {partner.id: date_from for partner, date_from in quarterly}
        return {
            sheet.partner_id: sheet for sheet in self.sorted('date_from')
            if newest.get(sheet.partner_id.id, date.min) <= sheet.date_from and (
                sheet.kind == 'quarterly' or newest.get(sheet.partner_id.id) != sheet.date_from
            )
        }

    def _restore_partners(self, company, reason):
        """Undo what reopened sheets awarded: the last sheet that is still confirmed decides again."""
        last = self._previous(
            company, self.partner_id, fields.Date.context_today(self), kinds=('quarterly', 'prospect'),
        )
        self.activity_unlink([TODO_TYPE])    # This removes the activity "Customer promoted".
        self._write_partners(company, {
            sheet.partner_id: last.get(sheet.partner_id.id, self.browse()) for sheet in self
        }, self.env._("Rating reopened: %s", reason))

    @api.model
    def _restore_merged(self, partner):
        """Write the outcome of the last confirmed sheets of all merged partners to the remaining customer."""
        overrides = self.env['tianyuan.class.override'].search([
            ('partner_id', '=', partner.id), ('state', '=', 'active'),
        ])
        groups = self._read_group([('partner_id', '=', partner.id), ('state', '=', 'confirmed')], ['company_id'])
        for company in self.env['res.company'].union(overrides.company_id, *(company for [company] in groups)):
            last = self._previous(
                company, partner, fields.Date.context_today(self), kinds=('quarterly', 'prospect'),
            )
            sheet = last.get(partner.id, self.browse())
            self._write_partners(company, {partner: sheet}, self.env._("Customers merged"))

    def _write_partners(self, company, sheets, reason):
        """Write outcome and history. A running override keeps its class.

        :param sheets: dict of partner → the sheet that decides, or an empty recordset for no outcome
        """
        overridden = self.env['tianyuan.class.override']._running_classes(
            company, [partner.id for partner in sheets],
        )
        classes = {
            partner: overridden.get(partner.id, sheet.customer_class) for partner, sheet in sheets.items()
        }
        # An old prospect sheet may decide again about a customer who has bought something since.
        potential = [partner.id for partner, given in classes.items() if given == 'potential']
        bought = purchases.partners_with_business(company, potential) if potential else ()
        classes = {
            partner: 'ordinary' if given == 'potential' and partner.id in bought else given
            for partner, given in classes.items()
        }
        history = self.env['tianyuan.class.history']._changes(company, {
            partner: {
                'new_class': classes[partner],
                'new_tier_id': sheet.tier_id.id,
                'reason': reason,
                'rating_id': sheet._not_imported().id,    # an imported rating can be removed, its history can't
            } for partner, sheet in sheets.items()
        })
        write_outcome(self.env, company, {
            partner.id: (sheet.tier_id.id or None, sheet.score, classes[partner] or None, sheet.is_major_account)
            for partner, sheet in sheets.items()
        })
        self.env['tianyuan.class.history']._add(history)

    def _key_changes(self, company):
        """Return whose customers became key or stopped being key by these sheets.

        First ratings are left out: a company's first run would otherwise notify salespeople of every key customer.

        :param company: ``res.company`` of the sheets
        :return: dict of partner → whether it is key now; unchanged customers are left out
        """
        History = self.env['tianyuan.class.history']
        last = History._read_group(
            [('company_id', '=', company.id), ('partner_id', 'in', self.partner_id.ids)], ['partner_id'], ['id:max'],
        )
        rows = History.search(Domain([
            ('id', 'in', [row_id for _partner, row_id in last]), ('rating_id', 'in', self.ids),
        ]) & (
            Domain([('old_class', '=', 'key'), ('new_class', '!=', 'key')])
            | Domain([('old_class', 'in', ('ordinary', 'potential')), ('new_class', '=', 'key')])
        ))
        return {row.partner_id: row.new_class == 'key' for row in rows}

    def _notify_salespeople(self):
        """Plan an activity on each sheet by which a customer changes tier, or becomes or stops being key."""
        told = self.filtered(lambda sheet: sheet.partner_id.user_id.active and not sheet.partner_id.user_id.share)
        risen = {}
        for company, sheets in told.grouped('company_id').items():
            turned = sheets._key_changes(company)
            for partner, sheet in sheets._deciding_sheets(company).items():
                if sheet.tier_change in ('up', 'down'):
                    risen[sheet] = sheet.tier_change == 'up'
                elif partner in turned:
                    risen[sheet] = turned[partner]
        self.browse().union(*risen)._tianyuan_schedule(
            TODO_TYPE, lambda sheet: sheet.partner_id.user_id,
            summary=lambda sheet: sheet.env._("Customer promoted") if risen[sheet] else sheet.env._("Customer demoted"),
            note=lambda sheet: sheet.env._(
                "Tier: %(old)s → %(new)s", old=sheet.previous_rating_id.tier_id.name or "–",
                new=sheet.tier_id.name or "–",
            ),
        )

    @api.model
    def _open_prospect(self, partner):
        """Open the prospect sheet of the current quarter; it is created if there is none.

        :param partner: commercial ``res.partner``
        :return: action
        :raise AccessError: the user is neither the customer's salesperson, nor their team's leader, nor a manager
        :raise UserError: the customer has business with the company, or can't be rated
        """
        self._check_may_open_prospect(partner)
        company = self.env.company
        self._check_no_business(company, partner)
        quarter = Quarter.containing(fields.Date.context_today(self))
        sheet = self.sudo().search([
            ('partner_id', '=', partner.id), ('company_id', '=', company.id), ('kind', '=', 'prospect'),
            ('date_from', '=', quarter.date_from), ('state', 'not in', ('draft', 'cancelled')),
        ]) or self._make_prospect(company, quarter, partner)
        return {
            'type': 'ir.actions.act_window',
            'name': sheet.name,
            'res_model': self._name,
            'res_id': sheet.id,
            'view_mode': 'form',
        }

    @api.model
    def _make_prospect(self, company, quarter, partner):
        writer = SheetWriter(self.env(su=True), company, quarter)
        problem = writer.problem(partner.sudo())
        if problem:
            raise UserError(problem)
        return writer.rate(partner.sudo(), kind='prospect')

    @api.model
    def _check_may_open_prospect(self, partner):
        partner.check_access('read')
        user = self.env.user
        if not user.has_group(MANAGER) and not (user.has_group(SALES) and partner._tianyuan_is_own()):
            raise AccessError(self.env._(
                "%s: only the customer's salesperson, their team's leader and managers can assess a prospect.",
                partner.name,
            ))

    @api.model
    def _check_no_business(self, company, partner):
        if partner.sudo().company_id not in (company, company.browse()):
            raise UserError(self.env._(
                "%(customer)s belongs to another company than %(company)s.",
                customer=partner.name, company=company.name,
            ))
        if purchases.partners_with_business(company, partner.ids):
            raise UserError(self.env._(
                "%(customer)s has an invoice or a confirmed order with %(company)s already and is no prospect: "
                "customers with business are rated every quarter.",
                customer=partner.name, company=company.name,
            ))

    def _check_estimate(self, amount):
        self.check_access('write')
        for sheet in self:
            if not sheet._user_may_assess('sales'):
                raise AccessError(self.env._(
                    "%s: only the customer's salesperson or their team's leader can estimate the yearly purchases.",
                    sheet.name,
                ))
            if not sheet._is_open_for_sales():
                raise UserError(self.env._(
                    "%s: the yearly purchases can't be changed, as sales have submitted or the sheet is not being "
                    "assessed. Ask a manager to reopen it.", sheet.name,
                ))
        if amount < 0:
            raise UserError(self.env._("The yearly purchases can't be negative."))

    def _is_open_for_sales(self):
        return self.state == 'assessing' and not self.sales_done

    @api.model
    def _newest_quarters(self, companies, states):
        """Return the first day of the newest quarter with a quarterly sheet that the user may read.

        :param Domain states: of the sheets that count
        :return: dict of ``res.company`` → date; companies without one are left out
        """
        return dict(self._read_group(
            Domain('company_id', 'in', companies.ids) & Domain('kind', '=', 'quarterly') & states,
            ['company_id'], ['date_from:max'],
        ))

    @api.model
    def _in_quarters(self, days):
        """Return the domain of sheets in one quarter of each company.

        :param dict days: ``res.company`` → first day of the quarter
        """
        return Domain.OR(
            Domain('company_id', '=', company.id) & Domain('date_from', '=', day) for company, day in days.items()
        )

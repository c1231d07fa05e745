import logging
from datetime import timedelta
from typing import NamedTuple

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_amount, format_date, split_every

from ...engine import watch_rules
from ...engine.accounts import accounts_of, with_branches
from ...engine.moves import PURCHASE_MOVE_TYPES
from ...engine.payments import overdue_items, returned_bills
from ...engine.periods import Quarter
from ...engine.purchases import datetime_bounds
from ...engine.watch import (
    Watcher,
    delete_other_courses,
    expiring_papers,
    new_since,
    store_courses,
    watched_ids,
)
from ...tools.halves import work_together
from ...tools.roles import FINANCE, MANAGER, check_manager, specialists_of
from ..mixins.tianyuan_protected_mixin import without_discussion

_logger = logging.getLogger(__name__)
ACTIVITY_TYPE = 'tianyuan_customer_rating.mail_activity_type_watch'
OPEN_STATES = ('open', 'acknowledged')
TIER_REASONS = ('tier_down', 'tier_up')
# What an interruption loses, and what is kept in memory.
BATCH_SIZE = 2_000


# Warnings have no discussion: no message says that they were created.
QUIET = {'tracking_disable': True, 'mail_create_nosubscribe': True, 'mail_create_nolog': True}


class Reason(NamedTuple):
    """What is done about a reason.

    ``owner`` is a key of :meth:`TianyuanWatchItem._owners`. Finance assessors may acknowledge what ``is_money``;
    archive specialists see only what is ``for_archive``. ``behind`` is what its source button opens: a model, or a
    field of the warning.

    The owner is told again when the value has grown by the company's percentage of what the owner was told, and at
    least by ``step``. A value that is the days since ``due_on`` grows ``by_itself``, and has got worse only then. There
    is no activity as long as the customer has a warning of the reason ``told_with``. What is an ``event`` doesn't
    come back: on another day it is another one.
    """

    owner: str = 'salesperson'
    is_money: bool = False
    is_good: bool = False
    by_itself: bool = False
    step: float = 0.0
    for_archive: bool = False
    behind: str = 'account.move'
    told_with: str | None = None
    event: bool = False


class TianyuanWatchItem(models.Model):
    """A reason to look at a customer before the next rating (policy 6.5 动态管理, 7.2).

    The nightly watch opens, changes and clears items; users only acknowledge them. A customer has at most one item per
    reason that isn't cleared. What comes back soon after it was cleared is the same item, later a new one.

    Other addons add a reason by the selection, :meth:`_reasons`, :meth:`_findings`, :meth:`_texts` and
    :meth:`_sources`, each with ``super()``.
    """

    _name = 'tianyuan.watch.item'
    _description = "Early Warning"
    _inherit = [
        'tianyuan.protected.mixin', 'tianyuan.customer.mixin', 'mail.thread', 'mail.activity.mixin',
        'tianyuan.activity.mixin', 'tianyuan.plain.text.mixin',
    ]
    _rec_name = 'partner_id'
    # What isn't cleared comes first, and of that what is to be handled.
    _order = 'cleared_on desc nulls first, state desc, worsened_on desc nulls last, found_on desc, id desc'

    partner_id = fields.Many2one(ondelete='cascade', check_company=False)
    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True, ondelete='cascade')
    currency_id = fields.Many2one(related='company_id.currency_id')
    reason = fields.Selection(
        [
            ('tier_down', "On Course to Lose a Tier"),
            ('tier_up', "On Course to Gain a Tier"),
            ('overdue', "Overdue"),
            ('days_late', "Days Late"),
            ('purchases_down', "Purchases Fallen"),
            ('document', "Required Paper Expires"),
            ('bad_debt', "New Bad Debt"),
            ('credit_used', "Credit Limit Used"),
            ('bill_dishonoured', "Bill Dishonoured"),
        ],
        required=True, readonly=True,
    )
    is_good = fields.Boolean(string="Good News", readonly=True, help="Good news: nothing has to be prevented.")
    for_archive = fields.Boolean(
        string="For Archive Specialists", compute='_compute_for_archive', store=True,
        help="Archive specialists see it: a paper or a tier, nothing about money.",
    )
    state = fields.Selection(
        [('open', "To Be Handled"), ('acknowledged', "Acknowledged"), ('cleared', "Cleared")],
        required=True, readonly=True, default='open', index=True,
    )
    description = fields.Char(compute='_compute_description')
    user_id = fields.Many2one('res.users', string="Owner", readonly=True, index='btree_not_null', ondelete='set null')
    value = fields.Float(
        string="Value When Changed", readonly=True, digits=(16, 2), aggregator=None,
        help="The number behind the reason; days are those of the day on which something else than the days changed.",
    )
    current_value = fields.Float(
        string="Value", compute='_compute_current_value', digits=(16, 2),
        help="The number behind the reason: an amount, days, points or percent; for papers how many have expired.",
    )
    limit_value = fields.Float(string="Limit", readonly=True, digits=(16, 2), aggregator=None)
    raised_value = fields.Float(
        string="Value When Told", readonly=True, digits=(16, 2), aggregator=None,
        help="The number when the owner was last told, or acknowledged it. The owner is told again when it has got "
             "clearly worse since.",
    )
    due_on = fields.Date(readonly=True, help="The day that the reason is about, such as the first due date.")
    document_id = fields.Many2one('tianyuan.archive.document', readonly=True, ondelete='set null')
    tier_id = fields.Many2one(
        'tianyuan.rating.tier', string="Expected Tier", readonly=True, ondelete='set null',
    )
    confirmed_tier_id = fields.Many2one(
        'tianyuan.rating.tier', string="Tier", readonly=True, ondelete='set null',
        help="The tier of the last confirmed rating.",
    )
    found_on = fields.Date(required=True, readonly=True)
    worsened_on = fields.Date(readonly=True, help="When the number last got worse.")
    cleared_on = fields.Date(readonly=True)
    days = fields.Integer(
        string="Days Listed", compute='_compute_days', help="How many days it has been on the list, or was on it.",
    )
    acknowledged_until = fields.Date(readonly=True)
    acknowledged_note = fields.Char(string="Note", readonly=True)
    acknowledged_by_id = fields.Many2one('res.users', readonly=True, ondelete='set null')
    may_acknowledge = fields.Boolean(compute='_compute_may_acknowledge', export_string_translation=False)
    may_open = fields.Boolean(compute='_compute_may_open', export_string_translation=False)
    override_proposed = fields.Boolean(
        compute='_compute_override_proposed', groups=MANAGER, export_string_translation=False,
    )

    _one_open = models.UniqueIndex("(partner_id, company_id, reason) WHERE state <> 'cleared'")

    @api.depends('reason')
    def _compute_for_archive(self):
        reasons = self._reasons()
        for item in self:
            item.for_archive = bool(item.reason) and reasons[item.reason].for_archive

    @api.depends('reason', 'value', 'due_on', 'cleared_on')
    def _compute_current_value(self):
        reasons = self._reasons()
        for item in self:
            item.current_value = item.value
            if item.due_on and item.reason and reasons[item.reason].by_itself:
                # sudo: only the company's time zone is read.
                today = item.company_id.sudo()._tianyuan_today()
                item.current_value = ((item.cleared_on or today) - item.due_on).days

    @api.depends(
        'reason', 'current_value', 'limit_value', 'due_on', 'document_id', 'tier_id', 'confirmed_tier_id', 'company_id',
    )
    @api.depends_context('lang')
    def _compute_description(self):
        texts = self._texts()
        for item in self:
            item.description = texts[item.reason](item) if item.reason else False

    @api.depends('found_on', 'cleared_on')
    def _compute_days(self):
        today = fields.Date.context_today(self)
        for item in self:
            item.days = ((item.cleared_on or today) - item.found_on).days if item.found_on else 0

    @api.depends('state', 'reason', 'user_id', 'partner_id')
    @api.depends_context('uid')
    def _compute_may_acknowledge(self):
        allowed = self._acknowledgeable()
        for item in self:
            item.may_acknowledge = item.state == 'open' and item in allowed

    @api.depends('reason', 'document_id')
    @api.depends_context('uid')
    def _compute_may_open(self):
        reasons = self._reasons()
        for behind, items in self.grouped(lambda item: item.reason and reasons[item.reason].behind).items():
            if behind in self._fields:
                readable = items[behind]._filtered_access('read')
                for item in items:
                    item.may_open = bool(item[behind] & readable)
            else:
                items.may_open = bool(behind) and self.env[behind].has_access('read')

    @api.depends('partner_id', 'state', 'is_good')
    @api.depends_context('uid')
    def _compute_override_proposed(self):
        for item in self:
            item.override_proposed = (
                item.state != 'cleared' and not item.is_good and item._customer_here().tianyuan_override_proposed
            )

    def _tianyuan_protected_fields(self):
        return without_discussion(self._fields)

    # -- steps ---------------------------------------------------------------------------------------

    def action_ask_acknowledge(self):
        """Open the dialog that asks until when, and with which note, the warnings are acknowledged.

        :return: action
        :raise AccessError: the user may not acknowledge one of them
        :raise UserError: one of them is cleared
        """
        self._check_may_acknowledge()
        return self.env['tianyuan.reason']._ask(self, 'action_acknowledge')

    def action_acknowledge(self, until=None, note=None):
        """Take warnings off the list of what is open until a day; they come back after it, or when they get worse.

        :param until: the last day, as date or ISO string: after today, and at most the company's number of days ahead
        :param str note: what is done about it
        :raise AccessError: the user is neither the owner, nor the customer's salesperson or their team's leader, nor a
            manager, nor a finance assessor for a reason about money
        :raise UserError: one is cleared, the day is not in the future or too far ahead, or there is no note
        """
        self._check_may_acknowledge()
        note = note.strip() if isinstance(note, str) else ""
        if not note:
            raise UserError(self.env._("Write a note: what is done about it?"))
        try:
            until = fields.Date.to_date(until)
        except (TypeError, ValueError):
            until = None
        for company in self.sudo().company_id:
            today, days = company._tianyuan_today(), company.tianyuan_watch_acknowledge_days
            if not until or not today < until <= today + timedelta(days=days):
                raise UserError(self.env._(
                    "Choose a day from %(first)s to %(last)s.",
                    first=format_date(self.env, today + timedelta(days=1)),
                    last=format_date(self.env, today + timedelta(days=days)),
                ))
        # sudo: users only read warnings; who may acknowledge them has been checked above.
        for item in self.sudo():
            item.write({
                'state': 'acknowledged', 'acknowledged_until': until, 'acknowledged_note': note,
                'acknowledged_by_id': self.env.uid, 'raised_value': item.current_value,
            })
        self.sudo().activity_unlink([ACTIVITY_TYPE])
        return True

    def action_override_class(self):
        """Open the form of a class override, with the serious warnings on the customer as its reason (policy 6.5).

        :return: action
        :raise AccessError: the user is no manager, or may not read the warning
        """
        self.ensure_one()
        check_manager(self)
        return self._customer_here().action_tianyuan_override_class()

    def action_open_source(self):
        """Open what is behind the warning, such as the overdue invoices or the paper.

        :return: action
        :raise AccessError: the user may not read the warning
        :raise UserError: what was behind it has been deleted
        """
        self.ensure_one()
        self.check_access('read')
        return self._sources()[self.reason](self)

    def action_watch(self):
        """Look at all customers of the company anew, in the background, instead of waiting for the night.

        Which warnings are chosen doesn't matter.

        :return: action that says so
        :raise AccessError: the user is no manager
        :raise UserError: the company has switched early warning off
        """
        check_manager(self)
        # sudo: the cron and the company's progress aren't a manager's to write.
        company = self.env.company.sudo().root_id
        if not company.tianyuan_watch:
            raise UserError(self.env._("Early warning is switched off in the settings of %s.", company.name))
        company.write({'tianyuan_watch_asked': True, 'tianyuan_watch_position': 0})
        self.env.ref('tianyuan_customer_rating.ir_cron_watch').sudo()._trigger()
        return {
            'type': 'ir.actions.client',
            'tag': 'display_notification',
            'params': {
                'type': 'info',
                'message': self.env._("The customers are looked at in the background. Reload the page in a while."),
                'next': {'type': 'ir.actions.act_window_close'},
            },
        }

    # -- who -----------------------------------------------------------------------------------------

    @api.model
    def _reasons(self):
        """Return what is done about each reason; addons with more reasons extend it with ``super()``.

        :return: dict of reason → :class:`Reason`
        """
        return {
            'tier_down': Reason(step=3, for_archive=True, behind='tianyuan.rating'),             # points
            'tier_up': Reason(is_good=True, for_archive=True, behind='tianyuan.rating'),
            'overdue': Reason(is_money=True),
            'days_late': Reason(is_money=True, by_itself=True, step=7, told_with='overdue'),
            'purchases_down': Reason(step=10),                                                  # percent
            # papers that have expired
            'document': Reason('specialist', step=1, for_archive=True, behind='document_id', event=True),
            'bad_debt': Reason('leader', is_money=True, behind='tianyuan.bad.debt', event=True),
            'credit_used': Reason(is_money=True, step=10),                                      # percent
            'bill_dishonoured': Reason('leader', is_money=True, event=True),
        }

    @api.model
    def _owners(self, company):
        """Return who owns reasons of each kind: dict of kind → function of a customer → ``res.users``, perhaps empty.

        A customer without anybody has warnings without an owner, until somebody is responsible.

        :param company: ``res.company`` without a parent
        """
        specialists = specialists_of(company)

        def salesperson(customer):
            return customer._tianyuan_responsible(company)

        def leader(customer):
            return customer.user_id.sale_team_id.user_id._tianyuan_sellers_in(company) or salesperson(customer)

        def specialist(customer):
            keeper = customer.tianyuan_archive_specialist_id._tianyuan_keepers_in(company)
            return keeper or specialists[:1] or salesperson(customer)

        return {'salesperson': salesperson, 'leader': leader, 'specialist': specialist}

    @api.model
    def _owners_of(self, company, pairs):
        """Return the owner of each customer's reason.

        :param pairs: (``res.partner`` as superuser, reason)
        :return: dict of (partner, reason) → ``res.users``
        """
        reasons, owners, known = self._reasons(), self._owners(company), {}
        result = {}
        for partner, reason in pairs:
            kind = reasons[reason].owner
            # The owner follows from these two people, of whom there are far fewer than customers.
            key = kind, partner.user_id.id, kind == 'specialist' and partner.tianyuan_archive_specialist_id.id
            if key not in known:
                known[key] = owners[kind](partner)[:1]
            result[partner, reason] = known[key]
        return result

    def _tianyuan_heirs(self, activity_type):
        if activity_type != ACTIVITY_TYPE:
            return super()._tianyuan_heirs(activity_type)
        heirs = {}
        for company, items in self.grouped('company_id').items():
            owners = self._owners_of(company, [(item.partner_id, item.reason) for item in items])
            heirs.update({item: owners[item.partner_id, item.reason] for item in items})
        return heirs

    def _customer_here(self):
        """Return the customer in the warning's company, or in a branch of it if that is where the user works."""
        for company in self.env.company | self.env.companies:
            if company.root_id == self.company_id:
                return self.partner_id.with_company(company)
        return self.partner_id.with_company(self.company_id)

    def _acknowledgeable(self):
        """Return those of these warnings that the user may acknowledge."""
        user = self.env.user
        if self.env.su or user.has_group(MANAGER):
            return self
        reasons, is_finance = self._reasons(), user.has_group(FINANCE)
        return self.filtered(lambda item: (
            item.user_id == user or (is_finance and item.reason and reasons[item.reason].is_money)
            or item.partner_id._tianyuan_is_own()
        ))

    def _check_may_acknowledge(self):
        """Refuse users who may not acknowledge one of these warnings, and warnings that are cleared.

        :raise AccessError: the user may not
        :raise UserError: one of them is cleared
        """
        self.check_access('read')
        if self - self._acknowledgeable():
            raise AccessError(self.env._(
                "Only the owner of a warning, the customer's salesperson, their team's leader or a manager can "
                "acknowledge it; finance assessors what is about money.",
            ))
        if any(item.state == 'cleared' for item in self):
            raise UserError(self.env._("This warning is cleared already: there is nothing to acknowledge."))

    # -- words and sources ---------------------------------------------------------------------------

    @api.model
    def _texts(self):
        """Return how each reason is worded in the reader's language; addons with more reasons extend it.

        :return: dict of reason → function of a warning → text
        """
        return {
            'tier_down': lambda item: item._tier_text(),
            'tier_up': lambda item: item._tier_text(),
            'overdue': lambda item: item.env._(
                "%(amount)s overdue since %(day)s", amount=item._amount_text(), day=item._day_text(),
            ),
            'days_late': lambda item: item.env._(
                "%(days)d days late: something due on %(day)s is still open",
                days=item.current_value, day=item._day_text(),
            ),
            'purchases_down': lambda item: item.env._(
                "Bought %(percent).0f%% less than in the same time of last year", percent=item.value,
            ),
            'document': lambda item: item._paper_text(),
            'bad_debt': lambda item: item.env._(
                "New bad debt of %(amount)s, since %(day)s", amount=item._amount_text(), day=item._day_text(),
            ),
            'credit_used': lambda item: item.env._("%(percent).0f%% of the credit limit used", percent=item.value),
            'bill_dishonoured': lambda item: item.env._(
                "Bills of %(amount)s came back, the last on %(day)s", amount=item._amount_text(), day=item._day_text(),
            ),
        }

    def _amount_text(self):
        return format_amount(self.env, self.value, self.currency_id)

    def _day_text(self):
        return format_date(self.env, self.due_on)

    def _tier_text(self):
        # sudo: names of tiers are no secret.
        now, before = self.sudo().tier_id.name, self.sudo().confirmed_tier_id.name
        if self.reason == 'tier_up':
            if not before:
                return self.env._("On course for %(tier)s, after no tier", tier=now)
            return self.env._("On course for %(tier)s instead of %(before)s", tier=now, before=before)
        if not self.value:    # no points are missing
            if not now:
                return self.env._("On course for no tier instead of %(before)s, because of bad debt", before=before)
            return self.env._("On course for %(tier)s instead of %(before)s", tier=now, before=before)
        points = f'{self.value:.2f}'.rstrip('0').rstrip('.')
        if not now:
            return self.env._(
                "On course for no tier instead of %(before)s: %(points)s points short", before=before, points=points,
            )
        return self.env._(
            "On course for %(tier)s instead of %(before)s: %(points)s points short",
            tier=now, before=before, points=points,
        )

    def _paper_text(self):
        # sudo: salespeople may not read confidential papers, but they see which one is missing.
        kind, day = self.sudo().document_id.type_id.name or self.env._("Paper"), format_date(self.env, self.due_on)
        if self.value > 1:
            return self.env._(
                "%(paper)s expired on %(day)s, and %(count)d more", paper=kind, day=day, count=self.value - 1,
            )
        if self.value:
            return self.env._("%(paper)s expired on %(day)s", paper=kind, day=day)
        return self.env._("%(paper)s expires on %(day)s", paper=kind, day=day)

    @api.model
    def _sources(self):
        """Return what opens what is behind each reason; addons with more reasons extend it.

        The records shown are those that the user may read.

        :return: dict of reason → function of a warning → action
        """
        return {
            'tier_down': lambda item: item._open_quarter(),
            'tier_up': lambda item: item._open_quarter(),
            'overdue': lambda item: item._open_overdue(item.company_id.sudo().tianyuan_watch_overdue_days),
            'days_late': lambda item: item._open_overdue(0),
            'purchases_down': lambda item: item._open_purchases(),
            'document': lambda item: item._open_document(),
            'bad_debt': lambda item: item._open_bad_debts(),
            'credit_used': lambda item: item._open_moves(
                item.env._("Not Paid Yet: %s", item.partner_id.display_name), item._unpaid(),
            ),
            'bill_dishonoured': lambda item: item._open_moves(
                item.env._("Bills That Came Back: %s", item.partner_id.display_name), item._returned_bills(),
            ),
        }

    def _open_quarter(self):
        return self._customer_here().action_tianyuan_quarter_to_date()

    def _open_overdue(self, late_after):
        """Open the invoices and claims that the watch takes as open so many days after their deadline."""
        company, scheme = self.company_id.sudo(), self._scheme()
        lines = overdue_items(
            company, company._tianyuan_today(), self.partner_id.id, scheme.grace_days if scheme else 0, late_after,
        )
        # sudo: which entries are meant; the list shows those that the user may read.
        moves = self.env['account.move.line'].sudo().browse(lines).move_id
        return self._open_moves(
            self.env._("Overdue: %s", self.partner_id.display_name), Domain('id', 'in', moves.ids),
        )

    def _scheme(self):
        """Return the scheme by which the watch reads the customer's books, as superuser; empty if there is none."""
        company, schemes = self.company_id.sudo(), self.env['tianyuan.rating.scheme'].sudo()
        applicable = schemes._applicable(company, company._tianyuan_today())
        return applicable.get(self.partner_id.tianyuan_channel, schemes)

    def _open_document(self):
        if not self.document_id:
            raise UserError(self.env._("The paper has been deleted. The next night's look brings the warning in line."))
        return {
            'type': 'ir.actions.act_window', 'res_model': 'tianyuan.archive.document', 'res_id': self.document_id.id,
            'views': [(False, 'form')], 'view_mode': 'form',
        }

    def _open_bad_debts(self):
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Bad Debt: %s", self.partner_id.display_name),
            'res_model': 'tianyuan.bad.debt',
            'views': [(False, 'list'), (False, 'form')],
            'view_mode': 'list,form',
            'domain': [
                ('partner_id', '=', self.partner_id.id), ('company_id', '=', self.company_id.id),
                ('state', '=', 'open'),
            ],
        }

    def _unpaid(self):
        """Return the domain of the entries that are open, money and credit notes that nobody has matched among them."""
        # sudo: which entries are meant; the list shows those that the user may read.
        lines = self.env['account.move.line'].sudo().search([
            ('parent_state', '=', 'posted'), ('company_id', 'in', with_branches(self.company_id).ids),
            ('partner_id.commercial_partner_id', '=', self.partner_id.id), ('reconciled', '=', False),
            ('account_id', 'in', list(accounts_of(self.company_id.sudo()).receivables)), ('balance', '!=', 0),
        ])
        return Domain('id', 'in', lines.move_id.ids)

    def _returned_bills(self):
        """Return the domain of the entries with which bills came back that are owed."""
        company, partner = self.company_id.sudo(), self.partner_id
        quarter = Quarter.until(company._tianyuan_today())
        # sudo: which entries are meant; the list shows those that the user may read.
        sheets = self.env['tianyuan.rating'].sudo()._previous(company, partner, quarter.date_from)
        first_day = new_since(quarter, sheets.get(partner.id))
        bills = returned_bills(company, quarter.date_to, partner.id)
        return Domain('id', 'in', [bill.entry for bill in bills if bill.day >= first_day])

    def _open_moves(self, name, domain, context=None):
        return {
            'type': 'ir.actions.act_window',
            'name': name,
            'res_model': 'account.move',
            'views': [(False, 'list'), (False, 'form')],
            'view_mode': 'list,form',
            'domain': list(domain),
            'context': {'create': False, **(context or {})},
        }

    def _open_purchases(self):
        """Open the invoices, or orders, of the quarter to date and of the same days of last year."""
        quarter = Quarter.until(self.company_id.sudo()._tianyuan_today())
        before, name = quarter.year_before(), self.env._("Purchases: %s", self.partner_id.display_name)
        if self._scheme().volume_basis == 'ordered':
            return self._open_orders(name, (quarter, before))
        days = Domain.OR(
            Domain([('invoice_date', '>=', period.date_from), ('invoice_date', '<=', period.date_to)])
            for period in (quarter, before)
        )
        return self._open_moves(
            name,
            days & Domain([
                ('commercial_partner_id', '=', self.partner_id.id), ('state', '=', 'posted'),
                ('move_type', 'in', PURCHASE_MOVE_TYPES),
                ('company_id', 'in', with_branches(self.company_id.sudo()).ids),
            ]),
            {'group_by': ['invoice_date:year']},
        )

    def _open_orders(self, name, periods):
        company = self.company_id.sudo()
        bounds = [datetime_bounds(company, period) for period in periods]
        return {
            **self._open_moves(name, Domain.OR(
                Domain([('date_order', '>=', first), ('date_order', '<', end)]) for first, end in bounds
            ) & Domain([
                ('partner_id.commercial_partner_id', '=', self.partner_id.id), ('state', '=', 'sale'),
                ('company_id', 'in', with_branches(company).ids),
            ]), {'group_by': ['date_order:year']}),
            'res_model': 'sale.order',
        }

    # -- the watch -----------------------------------------------------------------------------------

    @api.model
    def _cron_watch(self):
        """Look at the customers of all companies that want it; an error in one company doesn't stop the others."""
        trouble = None
        for company in self.env['res.company'].sudo().search([('parent_id', '=', False)], order='id'):
            try:
                with self.env['ir.cron']._tianyuan_apart():
                    finished = self.sudo()._watch_company(company)
            except Exception as error:
                _logger.exception("The customers of company %s can't be looked at", company.id)
                trouble = error if isinstance(error, OperationalError) else trouble
                continue
            if not finished:
                return
        if trouble:
            raise trouble    # a lock or a conflict: the scheduler notes that its job has to be repeated

    @api.model
    def _watch_company(self, company, today=None):
        """Look at all customers of a company, in batches that survive an interruption.

        :param company: ``res.company`` without a parent, as superuser
        :param date today: the day as of which is looked; by default today, if that hasn't been done
        :return: whether nothing is left for the time being
        """
        if not company.tianyuan_watch:
            self._clear_all(company)
            return True
        cron, again = self.env['ir.cron'], today is not None or company.tianyuan_watch_asked
        today = today or company._tianyuan_today()
        if company.tianyuan_watched_on == today and not again:
            return True
        # A round that was interrupted on another day says nothing about this one.
        position = company.tianyuan_watch_position if company.tianyuan_watch_position_on == today else 0
        ids = watched_ids(self.env, company, today, position)
        watcher, left = Watcher(self.env, company, today, upcoming=ids), len(ids)
        for batch in split_every(BATCH_SIZE, ids):
            # Customers may have been archived, or have become contacts, since they got a warning.
            partners = self.env['res.partner'].search([('id', 'in', batch)], order='id')
            partners = partners.filtered(lambda partner: partner.commercial_partner_id == partner)
            self._clear_gone(company, set(batch) - set(partners.ids))
            work_together(partners, lambda part: self._watch(watcher, part), self._failed)
            left -= len(batch)
            if left:
                company.write({'tianyuan_watch_position': batch[-1], 'tianyuan_watch_position_on': today})
                seconds = cron._tianyuan_checkpoint(len(batch), left)
                self.env.invalidate_all()    # free the cache of the batch
                if not seconds:
                    return False
        delete_other_courses(self.env, company, watched_ids(self.env, company, today) if position else ids)
        company.write({'tianyuan_watched_on': today, 'tianyuan_watch_position': 0, 'tianyuan_watch_asked': False})
        cron._tianyuan_checkpoint(1, 0)
        return True

    @api.model
    def _failed(self, partner, error):
        """Log which customer can't be looked at; the others are."""
        _logger.warning("Customer %s can't be looked at: %s", partner.id, error, exc_info=True)

    @api.model
    def _clear_gone(self, company, partner_ids):
        """Clear the warnings of former customers, and delete their courses."""
        if partner_ids:
            partners = self.env['res.partner'].browse(partner_ids)
            self._record(company, company._tianyuan_today(), partners, [])
            self.env['tianyuan.watch.course'].search([
                ('company_id', '=', company.id), ('partner_id', 'in', partners.ids),
            ]).unlink()

    @api.model
    def _clear_all(self, company):
        """Clear the warnings of a company that doesn't want any, and delete its courses."""
        of_company = Domain('company_id', '=', company.id)
        self.search(of_company & Domain('state', 'in', OPEN_STATES))._clear(company._tianyuan_today())
        self.env['tianyuan.watch.course'].search(of_company).unlink()
        company.filtered('tianyuan_watched_on').tianyuan_watched_on = False

    def _clear(self, today):
        """Clear warnings, whose activities end with them."""
        self.write({'state': 'cleared', 'cleared_on': today})
        self.activity_unlink([ACTIVITY_TYPE])

    @api.model
    def _findings(self, company, today, partners):
        """Return what is found about customers beside their payments, purchases and points.

        Addons with more reasons extend it with ``super()``. It reads all customers with a fixed number of queries.

        :param company: ``res.company`` without a parent, as superuser; its settings say which reasons it wants
        :param date today: the day as of which is looked
        :param partners: commercial ``res.partner`` as superuser
        :return: list of :class:`~odoo.addons.tianyuan_customer_rating.engine.watch_rules.Finding`
        """
        found = []
        if days := company.tianyuan_watch_paper_days:
            found += expiring_papers(self.env, company, today, days, partners.ids)
        if percent := company.tianyuan_watch_credit_percent:
            found += self._credit_used(company, percent, partners)
        return found

    @api.model
    def _credit_used(self, company, percent, partners):
        """Return which customers have used more than a share of their credit limit.

        What is owed and ordered is what Odoo itself compares with the limit.

        :param percent: the share of the limit
        :return: list of :class:`~odoo.addons.tianyuan_customer_rating.engine.watch_rules.Finding`
        """
        if not company.account_use_credit_limit:
            return []
        customers = partners.with_company(company)
        customers.fetch(['credit_limit'])
        customers = customers.browse(customers.filtered(lambda customer: customer.credit_limit > 0).ids)
        # What is owed may have been read before it changed: Odoo keeps it as long as the transaction lasts.
        customers.invalidate_recordset(['credit', 'credit_to_invoice'], flush=False)
        found = []
        for customer in customers:
            used = 100 * (customer.credit + customer.credit_to_invoice) / customer.credit_limit
            if round(used, 2) > percent:
                found.append(watch_rules.Finding(customer.id, 'credit_used', used, percent))
        return found

    @api.model
    def _watch(self, watcher, partners):
        """Look at customers: write their courses, and open, change and clear their warnings; only what changes.

        :param watcher: :class:`~odoo.addons.tianyuan_customer_rating.engine.watch.Watcher`
        :param partners: commercial ``res.partner`` as superuser
        """
        company, today = watcher.company, watcher.today
        readings = watcher.read(partners)
        store_courses(self.env, company, watcher.quarter, partners.ids, {
            reading.partner_id: reading.course for reading in readings if reading.course
        })
        limits = company._tianyuan_watch_limits()
        found = watch_rules.findings(readings, limits, today, watcher.quarter)
        if limits.tier and not watch_rules.has_begun(watcher.quarter, limits):
            found += self._of_finished_quarter(company, watcher.quarter.previous(), partners)
        self._record(company, today, partners, found + self._findings(company, today, partners))

    @api.model
    def _of_finished_quarter(self, company, finished, partners):
        """Return what was found about tiers and stays, until the finished quarter's rating says how it ended.

        :param Quarter finished: the quarter before the running one, of which it is too early to say anything
        :return: list of :class:`~odoo.addons.tianyuan_customer_rating.engine.watch_rules.Finding`
        """
        items = self.search([
            ('company_id', '=', company.id), ('partner_id', 'in', partners.ids), ('state', 'in', OPEN_STATES),
            ('reason', 'in', TIER_REASONS),
        ])
        rated = {partner.id for [partner] in self.env['tianyuan.rating']._read_group([
            ('company_id', '=', company.id), ('partner_id', 'in', items.partner_id.ids), ('state', '=', 'confirmed'),
            ('date_from', '=', finished.date_from),
        ], ['partner_id'])} if items else ()
        return [
            watch_rules.Finding(
                item.partner_id.id, item.reason, item.value, item.limit_value,
                tier_id=item.tier_id.id, confirmed_tier_id=item.confirmed_tier_id.id,
            ) for item in items if item.partner_id.id not in rated
        ]

    @api.model
    def _record(self, company, today, partners, findings):
        """Bring the warnings of customers in line with what was found.

        :param company: ``res.company`` without a parent
        :param date today: the day of the findings
        :param partners: the customers that were looked at; what wasn't found about them is cleared
        :param findings: list of :class:`~odoo.addons.tianyuan_customer_rating.engine.watch_rules.Finding`
        """
        known, before = self._known(company, today, partners)
        customers = partners.browse({finding.partner_id for finding in findings})
        customers.fetch(['user_id', 'tianyuan_archive_specialist_id'])
        owners = self._owners_of(company, [
            (customers.browse(finding.partner_id).with_prefetch(customers.ids), finding.reason) for finding in findings
        ])
        owners = {(partner.id, reason): user for (partner, reason), user in owners.items()}
        new, raised, on_list = [], self.browse(), self.browse()
        for finding in findings:
            key = finding.partner_id, finding.reason
            vals = self._finding_vals(finding, owners[key])
            item = known.pop(key, None) or (key in before and before[key]._if_the_same(vals)) or None
            if item is None:
                new.append({
                    **vals, 'partner_id': finding.partner_id, 'company_id': company.id, 'reason': finding.reason,
                    'found_on': today, 'raised_value': vals['value'],
                    'is_good': self._reasons()[finding.reason].is_good,
                })
                continue
            on_list += item
            if item._update(vals, today, company.tianyuan_watch_step):
                raised += item
        over = self.browse([item.id for item in known.values()])
        over._clear(today)
        raised.activity_unlink([ACTIVITY_TYPE])
        new = self.with_context(**QUIET).create(new)
        # The whole stock of the first round is on the list, and nobody wants an activity for each of it.
        tell = raised + new if company.tianyuan_watched_on else raised
        self._tell(tell, over, on_list + new)

    @api.model
    def _known(self, company, today, partners):
        """Return the warnings of customers that aren't cleared, and the last ones that were cleared a short time ago.

        :return: two dicts of (partner id, reason) → warning
        """
        wanted = Domain('state', 'in', OPEN_STATES)
        if days := company.tianyuan_watch_reopen_days:
            wanted |= Domain('cleared_on', '>=', today - timedelta(days=days))
        items = self.search(
            wanted & Domain('company_id', '=', company.id) & Domain('partner_id', 'in', partners.ids),
            order='cleared_on, id',
        )
        known, before = {}, {}
        for item in items:
            (before if item.state == 'cleared' else known)[item.partner_id.id, item.reason] = item
        return known, before

    def _if_the_same(self, vals):
        """Return this cleared warning if what was found now is the same again, else none."""
        is_same = not self._reasons()[self.reason].event or (
            (self.due_on, self.document_id.id) == (vals['due_on'], vals['document_id'])
        )
        return self if is_same else self.browse()

    @api.model
    def _tell(self, told, over, on_list):
        """Give activities to the owners of warnings that are new or have got worse.

        Nobody has an activity for good news, for what is told with another warning of the customer, or for a paper of
        which the archive reminds its specialist. What was told with a warning that is over has one of its own now.

        :param told: the warnings that are new or have got worse
        :param over: those that have just been cleared
        :param on_list: all of these customers that aren't cleared
        """
        reasons = self._reasons()
        present = {(item.partner_id, item.reason) for item in on_list}
        ended = {(item.partner_id, item.reason) for item in over}
        together = on_list.filtered(lambda item: reasons[item.reason].told_with)
        covered = together.filtered(lambda item: (item.partner_id, reasons[item.reason].told_with) in present)
        covered.activity_unlink([ACTIVITY_TYPE])
        told |= together.filtered(lambda item: (
            item.state == 'open' and (item.partner_id, reasons[item.reason].told_with) in ended
        ))
        (told - covered).filtered(
            lambda item: not item.is_good and not item.document_id._reminded_user(),
        )._raise_activities()

    @api.model
    def _finding_vals(self, finding, owner):
        """Return the values of a warning that come from a finding."""
        return {
            'value': round(finding.value, 2),
            'limit_value': round(finding.limit_value, 2),
            'due_on': finding.due_on or False,
            'document_id': finding.document_id or False,
            'tier_id': finding.tier_id or False,
            'confirmed_tier_id': finding.confirmed_tier_id or False,
            'user_id': owner.id,
            **(finding.more or {}),
        }

    def _update(self, vals, today, percent):
        """Write what has changed since the last look.

        :param vals: see :meth:`_finding_vals`
        :param percent: by how much of the value that the owner was told it has to grow to be clearly worse
        :return: whether the owner has to be told (again)
        """
        self.ensure_one()
        reason = self._reasons()[self.reason]
        value = vals['value']
        worse = not reason.is_good and (
            watch_rules.is_clearly_worse(self.raised_value, value, percent, reason.step) or self._loses_more(vals)
        )
        grown = not reason.is_good and value > self.value
        changes = {
            name: val for name, val in vals.items()
            if (self[name].id if self._fields[name].relational else self[name]) != val
        }
        told = worse
        if self.state != 'open':
            is_seen = bool(self.acknowledged_until) and today <= self.acknowledged_until and not worse
            told = worse or (self.state == 'acknowledged' and not is_seen)
            state = 'acknowledged' if is_seen else 'open'
            if state != self.state:
                changes |= {'state': state, 'cleared_on': False}
            if not is_seen:
                changes['acknowledged_until'] = False
        elif 'user_id' in changes:
            told = True
        if worse or (grown and not reason.by_itself):
            changes['worsened_on'] = today
        if told or watch_rules.is_clearly_worse(value, self.raised_value, percent, reason.step):
            changes['raised_value'] = value    # also when it is clearly better: it may get worse again
        elif reason.by_itself and 'due_on' not in changes:
            changes.pop('value', None)    # the days that have passed are no change
        if changes:
            self.write(changes)
        return told

    def _loses_more(self, vals):
        """Return whether the expected tier has fallen further since the last look."""
        if self.reason != 'tier_down' or vals['tier_id'] == self.tier_id.id:
            return False
        tier = self.tier_id.browse(vals['tier_id'])
        return bool(self.tier_id) and (not tier or tier._rank() > self.tier_id._rank())

    def _raise_activities(self):
        """Ask the owners to look, with one activity for each warning."""
        self._tianyuan_schedule(
            ACTIVITY_TYPE, lambda item: item.user_id, summary=lambda item: item.description,
        )

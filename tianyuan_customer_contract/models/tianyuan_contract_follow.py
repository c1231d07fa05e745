from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_amount, format_date

from odoo.addons.tianyuan_customer_rating.tools.roles import managers_of

from ..tools import figures
from .tianyuan_contract_matter import ACTIVITY_TYPES, MODULE

AMOUNTS = ('ordered', 'delivered', 'invoiced', 'paid', 'overdue')
# An issue is reported again when the delay reaches one of these numbers of days.
LATE_DAYS = (90, 60, 30)
REVIEW_ACTIVITY = f'{MODULE}.mail_activity_type_contract_review'
END_ACTIVITY = f'{MODULE}.mail_activity_type_contract_end'


def _with_floats(row):
    """Return a row of the database with floats instead of decimals."""
    return {
        name: value if value is None or isinstance(value, (int, date)) else float(value)
        for name, value in row.items()
    }


def _reached_late_days(days):
    """Return the greatest step of ``LATE_DAYS`` that is reached, 0 before the first."""
    return next((step for step in LATE_DAYS if days >= step), 0)


class TianyuanContract(models.Model):
    """Progress and supervision of contracts (policy 6.2, 9.3, design §8).

    The amounts ordered, delivered, invoiced, paid and overdue come from orders, invoices and payments. They aren't
    stored, so posting and paying invoices isn't slowed down; one query serves all contracts.

    A scheduled action reports late payment and late papers of signed contracts to the department head. Another one
    reminds the salesperson to review strategic alliances and agencies every few months, and of contracts that end.
    """

    _inherit = 'tianyuan.contract'

    ordered_amount = fields.Monetary(
        string="Ordered", compute='_compute_progress', help="Confirmed orders, with taxes.",
    )
    delivered_amount = fields.Monetary(
        string="Delivered", compute='_compute_progress', help="What has been delivered of the orders, with taxes.",
    )
    invoiced_amount = fields.Monetary(
        string="Invoiced", compute='_compute_progress',
        help="Posted invoices of the orders, down payments included, less credit notes; with taxes.",
    )
    paid_amount = fields.Monetary(
        string="Paid", compute='_compute_progress',
        help="What is paid of the invoices. An invoice of several contracts is paid for each in proportion.",
    )
    overdue_amount = fields.Monetary(
        string="Overdue", compute='_compute_progress',
        help="What is open of the invoices although its due date has passed.",
    )
    overdue_since = fields.Date(compute='_compute_progress')
    delivered_percent = fields.Float(string="Delivered (%)", compute='_compute_progress', digits=(5, 1))
    invoiced_percent = fields.Float(string="Invoiced (%)", compute='_compute_progress', digits=(5, 1))
    paid_percent = fields.Float(string="Paid (%)", compute='_compute_progress', digits=(5, 1))
    overdue_percent = fields.Float(string="Overdue (%)", compute='_compute_progress', digits=(5, 1))
    is_payment_late = fields.Boolean(
        string="Late Payment", compute='_compute_progress', search='_search_is_payment_late',
        help="The contract is signed, and something is overdue by more than the company's days of grace.",
    )
    matter_ids = fields.One2many('tianyuan.contract.matter', 'contract_id', string="Reported Issues")
    review_interval_months = fields.Integer(
        string="Review Every (Months)", compute='_compute_review_interval_months', store=True, readonly=False,
        precompute=True, help="0: the contract isn't reviewed.",
    )
    next_review_on = fields.Date(string="Next Review", copy=False, tracking=True)
    # Dates for which the salesperson was already reminded; each date gets one reminder.
    review_asked_for = fields.Date(readonly=True, copy=False)
    end_asked_for = fields.Date(readonly=True, copy=False)
    is_review_due = fields.Boolean(
        string="Review Due", compute='_compute_is_review_due', search='_search_is_review_due',
    )
    is_expiring = fields.Boolean(
        string="Expiring", compute='_compute_is_expiring', search='_search_is_expiring',
        help="The contract is signed and ends within the company's number of days, or has ended.",
    )

    _review_interval_positive = models.Constraint(
        'CHECK(review_interval_months >= 0)', "The months between reviews can't be negative.",
    )

    # Don't add invoices to the dependencies: each posting of an invoice would then look for contracts.
    @api.depends('order_ids', 'order_ids.state', 'currency_id', 'state')
    def _compute_progress(self):
        found = self._progress()
        for contract in self:
            row = found.get(contract._origin.id, {})
            for name in AMOUNTS:
                contract[f'{name}_amount'] = row.get(name, 0.0)
            for name in AMOUNTS[1:]:
                ordered = contract.ordered_amount
                contract[f'{name}_percent'] = 100 * contract[f'{name}_amount'] / ordered if ordered else 0.0
            contract.overdue_since = row.get('overdue_since', False) if contract.overdue_amount else False
            contract.is_payment_late = contract.state == 'signed' and bool(row.get('late'))

    def _search_is_payment_late(self, operator, value):
        if operator != 'in':
            return NotImplemented
        figures.flush(self.env)
        today = fields.Date.context_today(self)
        signed = figures.figures(today, SQL("tc.state = 'signed'"))
        return Domain('id', 'in', SQL("(SELECT late.id FROM (%s) late WHERE late.late > 0)", signed))

    @api.depends('contract_type', 'company_id')
    def _compute_review_interval_months(self):
        for contract in self:
            reviewed = contract.contract_type in ('strategic', 'agency')
            contract.review_interval_months = reviewed and contract.company_id.tianyuan_contract_review_months

    @api.depends('state', 'next_review_on')
    def _compute_is_review_due(self):
        today = fields.Date.context_today(self)
        for contract in self:
            due = contract.next_review_on
            contract.is_review_due = contract.state == 'signed' and bool(due) and due <= today

    def _search_is_review_due(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return Domain([('state', '=', 'signed'), ('next_review_on', '<=', fields.Date.context_today(self))])

    @api.depends('state', 'date_end', 'company_id.tianyuan_contract_end_days')
    def _compute_is_expiring(self):
        today = fields.Date.context_today(self)
        for contract in self:
            until = today + timedelta(days=contract.company_id.tianyuan_contract_end_days)
            end = contract.date_end
            contract.is_expiring = contract.state == 'signed' and bool(end) and end <= until

    def _search_is_expiring(self, operator, value):
        if operator != 'in':
            return NotImplemented
        self.env['res.company'].flush_model(['tianyuan_contract_end_days'])
        self.flush_model(['company_id', 'date_end', 'state'])
        return Domain('id', 'in', SQL(
            """
            (SELECT tc.id FROM tianyuan_contract tc JOIN res_company k ON k.id = tc.company_id
              WHERE tc.state = 'signed' AND tc.date_end <= %s + k.tianyuan_contract_end_days)
            """,
            fields.Date.context_today(self),
        ))

    def _tianyuan_protected_fields(self):
        return super()._tianyuan_protected_fields() | {'review_asked_for', 'end_asked_for'}

    def write(self, vals):
        """Start monitoring contracts when they are signed, and stop it when they leave that state (policy 9.3)."""
        state = vals.get('state')
        moved = self.filtered(lambda contract: contract.state != state) if state else self.browse()
        result = super().write(vals)
        if moved and state == 'signed':
            moved.sudo()._start_monitoring()
        elif moved:
            moved.sudo()._stop_monitoring()
        if 'date_end' in vals and not moved:
            self.sudo().filtered(lambda contract: not contract.is_expiring).activity_unlink([END_ACTIVITY])
        return result

    # -- progress ----------------------------------------------------------------------------------

    @api.readonly
    def action_open_orders(self):
        """Open the contract's orders that the user may see.

        :return: action
        """
        return self._open_records(
            'sale.order', self.env._("Orders"), Domain('tianyuan_contract_id', '=', self.id),
        )

    @api.readonly
    def action_open_deliveries(self):
        """Open the lines of the confirmed orders with their ordered, delivered and invoiced quantities.

        :return: action
        """
        return self._open_records(
            'sale.order.line', self.env._("Deliveries"), Domain([
                ('order_id.tianyuan_contract_id', '=', self.id), ('state', '=', 'sale'),
                ('display_type', '=', False), ('is_downpayment', '=', False),
            ]), views=[(self.env.ref('tianyuan_customer_contract.sale_order_line_view_list_contract').id, 'list')],
        )

    @api.readonly
    def action_open_invoices(self):
        """Open the posted invoices and credit notes of the contract's orders.

        :return: action
        """
        return self._open_records('account.move', self.env._("Invoices"), self._invoice_domain())

    @api.readonly
    def action_open_overdue_invoices(self):
        """Open the invoices with an overdue instalment.

        :return: action
        """
        return self._open_records('account.move', self.env._("Overdue Invoices"), self._invoice_domain() & Domain(
            'line_ids', 'any', [
                ('display_type', '=', 'payment_term'), ('date_maturity', '<', fields.Date.context_today(self)),
                ('amount_residual', '>', 0),
            ],
        ))

    def action_reviewed(self):
        """Mark contracts as reviewed with the customer today, and plan the next review.

        :raise AccessError: the user may not write the contracts
        :raise UserError: a contract isn't signed, or has no review interval
        """
        self._check_step('signed')
        if any(not contract.review_interval_months for contract in self):
            raise UserError(self.env._("Say first after how many months the contract is reviewed again."))
        today = fields.Date.context_today(self)
        for contract in self:
            contract.next_review_on = today + relativedelta(months=contract.review_interval_months)
            contract._message_log(body=contract.env._(
                "Reviewed with the customer. Next review on %s.", format_date(contract.env, contract.next_review_on),
            ))
        self.sudo().activity_feedback([REVIEW_ACTIVITY])
        return True

    def _progress(self):
        """Compute the amounts of these contracts. The caller has checked access.

        :return: dict of contract id → dict with the columns of ``figures.figures``, amounts in the contract's currency
        """
        if not self._origin:
            return {}
        figures.flush(self.env)
        query = figures.figures(
            fields.Date.context_today(self), SQL("tc.id = ANY(%s)", self._origin.ids),
        )
        self.env.cr.execute(query)
        return {row['id']: row for row in map(_with_floats, self.env.cr.dictfetchall())}

    def _invoice_domain(self):
        return Domain([
            ('line_ids.sale_line_ids.order_id.tianyuan_contract_id', '=', self.id), ('state', '=', 'posted'),
            ('move_type', 'in', ('out_invoice', 'out_receipt', 'out_refund')),
        ])

    def _open_records(self, model, name, domain, views=None):
        self.ensure_one()
        self.check_access('read')
        views = views or [(False, 'list'), (False, 'form')]
        return {
            'type': 'ir.actions.act_window',
            'name': f"{name}: {self.name}",
            'res_model': model,
            'domain': list(domain),
            'views': views,
            'view_mode': ','.join(kind for _view, kind in views),
            'context': {'create': False},
        }

    @api.model
    def _cron_escalate(self):
        """Report new issues and issues that have become worse, and settle those where nothing is late any more."""
        contracts = self.sudo()
        late = {'payment': contracts._late_payments(), 'papers': contracts._late_papers()}
        known = contracts.env['tianyuan.contract.matter'].search([('state', '=', 'open')])
        ids = sorted({*late['payment'], *late['papers'], *known.contract_id.ids})
        for batch in self.env['ir.cron']._tianyuan_batches(ids):
            for kind, found in late.items():
                contracts.browse(batch)._update_issue(kind, found)

    def _settle_issues(self, *kinds):
        """Settle the open issues of these contracts where nothing is late any more.

        :param str kinds: ``payment`` or ``papers``; none: both
        """
        kinds = kinds or tuple(ACTIVITY_TYPES)
        known = self.env['tianyuan.contract.matter'].sudo().search([
            ('contract_id', 'in', self.ids), ('state', '=', 'open'), ('kind', 'in', kinds),
        ])
        for kind, issues in known.grouped('kind').items():
            contracts = issues.contract_id
            late = contracts._late_payments(contracts) if kind == 'payment' else contracts._late_papers(contracts)
            issues.filtered(lambda issue, late=late: issue.contract_id.id not in late)._settle()

    def _update_issue(self, kind, late):
        """Settle, report, or report again the issues of one kind of these contracts.

        :param str kind: ``payment`` or ``papers``
        :param dict late: contract id → values, as ``_late_payments`` or ``_late_papers`` find them
        """
        issues = self.env['tianyuan.contract.matter'].search([
            ('contract_id', 'in', self.ids), ('state', '=', 'open'), ('kind', '=', kind),
        ])
        issues.filtered(lambda issue: issue.contract_id.id not in late)._settle()
        open_issues = {issue.contract_id: issue for issue in issues if issue.contract_id.id in late}
        reported = self.filtered(lambda contract: contract.id in late and (
            contract not in open_issues or open_issues[contract]._is_worse(late[contract.id])
        ))
        if not reported:
            return
        heads = reported._department_heads()
        today = fields.Date.context_today(self)
        new = []
        for contract in reported:
            values = {
                **late[contract.id], 'reported_on': today, 'user_id': heads.get(contract, self.env['res.users'])[:1].id,
            }
            if contract in open_issues:
                open_issues[contract].write(values)
            else:
                new.append({**values, 'contract_id': contract.id, 'kind': kind, 'began_on': today})
        self.env['tianyuan.contract.matter'].create(new)
        reported.activity_unlink([ACTIVITY_TYPES[kind]])    # the new activity replaces the old one
        reported._tianyuan_schedule(
            ACTIVITY_TYPES[kind], heads.get,
            summary=lambda contract: contract._late_summary(kind, late[contract.id]),
            note=lambda contract: Markup('<p>%s</p><p>%s</p>') % (
                contract.partner_id.display_name, contract._get_html_link(title=contract.name),
            ),
        )

    def _late_summary(self, kind, late):
        since = format_date(self.env, late['late_since'])
        if kind == 'payment':
            amount = format_amount(self.env, late['amount'], self.currency_id)
            return self.env._("Late payment: %(amount)s since %(date)s", amount=amount, date=since)
        return self.env._("Late papers: %(count)s since %(date)s", count=late['count'], date=since)

    # -- late payments and papers ------------------------------------------------------------------

    @api.model
    def _late_payments(self, contracts=None, today=None):
        """Find the payments of signed contracts that are late by more than the days of grace.

        :param contracts: contracts to look at; None: all
        :param date today: the day as of which is looked; None: the user's today
        :return: dict of contract id → ``amount`` (in the contract's currency), ``count`` (0), ``late_since``,
            ``newest_due`` and ``days`` (the step reached); contracts without late payments are left out
        """
        figures.flush(self.env)
        today = today or fields.Date.context_today(self)
        which = SQL("tc.state = 'signed'")
        if contracts is not None:
            which = SQL("%s AND tc.id = ANY(%s)", which, contracts.ids)
        rows = self.env.execute_query(SQL(
            "SELECT f.id, f.late, f.late_since, f.late_newest FROM (%s) f WHERE f.late > 0",
            figures.figures(today, which),
        ))
        return {
            contract: {
                'amount': float(amount), 'count': 0, 'late_since': since, 'newest_due': newest,
                'days': _reached_late_days((today - since).days),
            } for contract, amount, since, newest in rows
        }

    @api.model
    def _late_papers(self, contracts=None):
        """Find late papers of signed contracts.

        :param contracts: contracts to look at; None: all
        :return: dict as of ``_late_payments``, with ``count`` papers and an ``amount`` of 0
        """
        today = fields.Date.context_today(self)
        domain = [('state', '=', 'overdue'), ('contract_id.state', '=', 'signed')]
        if contracts is not None:
            domain.append(('contract_id', 'in', contracts.ids))
        rows = self.env['tianyuan.contract.paper'].sudo()._read_group(
            domain, ['contract_id'], ['__count', 'date_due:min', 'date_due:max'],
        )
        return {
            contract.id: {
                'amount': 0.0, 'count': count, 'late_since': since, 'newest_due': newest,
                'days': _reached_late_days((today - since).days),
            } for contract, count, since, newest in rows
        }

    # -- receivers ---------------------------------------------------------------------------------

    def _tianyuan_heirs(self, activity_type):
        if activity_type in ACTIVITY_TYPES.values():
            return self._department_heads()
        return self._salespeople()

    def _department_heads(self):
        """Find who is told of late contracts, among the users who can read them.

        The candidates are the team leaders of the contract's salesperson, of the customer's present salesperson and of
        the latest order with a team leader, in this order. Where none of them can read the contract, the managers are
        told.

        :return: dict of contract → ``res.users``
        """
        leaders = {
            contract: (
                contract.user_id.sale_team_id.user_id,
                contract.partner_id.user_id.sale_team_id.user_id,
                contract.order_ids.sorted('id', reverse=True).team_id.user_id[:1],
            ) for contract in self
        }
        return self._first_readers(leaders)

    def _salespeople(self):
        """Find who is told of reviews and ends.

        The receiver is the contract's salesperson, else the customer's, else the department head.

        :return: dict of contract → ``res.users``
        """
        found = self._first_readers(
            {contract: (contract.user_id, contract.partner_id.user_id) for contract in self}, managers=False,
        )
        rest = self.filtered(lambda contract: contract not in found)
        return {**found, **rest._department_heads()}

    def _first_readers(self, candidates, managers=True):
        """Find the first candidate of each contract who can read it.

        :param dict candidates: contract → sequence of users, the preferred one first
        :param bool managers: take the company's managers where no candidate can read the contract; otherwise leave
            the contract out
        :return: dict of contract → ``res.users``
        """
        by_user = {}
        for contract, users in candidates.items():
            for user in users:
                if user.active and contract.company_id in user.company_ids:
                    by_user[user] = by_user.get(user, self.browse()) + contract
        readable = {
            user: set(contracts.with_user(user).with_context(
                allowed_company_ids=contracts.company_id.ids,
            )._filtered_access('read').ids)
            for user, contracts in by_user.items()
        }
        found = {}
        for contract, users in candidates.items():
            reader = next((user for user in users if contract.id in readable.get(user, ())), None)
            if reader:
                found[contract] = reader
            elif managers:
                found[contract] = managers_of(contract.company_id)
        return found

    @api.model
    def _cron_remind(self):
        """Remind salespeople once of each review that is due and of each end of a contract."""
        self.sudo()._remind('is_review_due', 'next_review_on', 'review_asked_for', REVIEW_ACTIVITY)
        self.sudo()._remind('is_expiring', 'date_end', 'end_asked_for', END_ACTIVITY)

    def _remind(self, due, day, asked, activity_type):
        contracts = self.search([(due, '=', True)]).filtered(lambda contract: contract[asked] != contract[day])
        for ids in self.env['ir.cron']._tianyuan_batches(contracts.ids):
            batch = self.browse(ids)
            batch.activity_unlink([activity_type])    # remove reminders of an earlier date
            reminded = batch._tianyuan_schedule(
                activity_type, batch._salespeople().get,
                summary=lambda contract: contract._reminder_summary(activity_type),
                deadline=lambda contract: contract[day],
            )
            # Where nobody could be reminded, who takes over is reminded as soon as there is somebody.
            for asked_for, same in batch.browse().union(*reminded).grouped(day).items():
                same.write({asked: asked_for})

    def _reminder_summary(self, activity_type):
        if activity_type == REVIEW_ACTIVITY:
            return self.env._("Review the contract with %s", self.partner_id.display_name)
        return self.env._(
            "The contract with %(customer)s ends on %(date)s",
            customer=self.partner_id.display_name, date=format_date(self.env, self.date_end),
        )

    def _start_monitoring(self):
        today = fields.Date.context_today(self)
        self._require_papers(today)
        for contract in self.filtered(lambda contract: contract.review_interval_months and not contract.next_review_on):
            contract.next_review_on = today + relativedelta(months=contract.review_interval_months)

    def _stop_monitoring(self):
        self._settle_issues()
        self.activity_unlink([REVIEW_ACTIVITY, END_ACTIVITY])

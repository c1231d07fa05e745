from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import float_compare

# written by the ledger only
LEDGER_FIELDS = {'move_line_id', 'origin', 'closed_by_ledger'}


class TianyuanBadDebt(models.Model):
    """A customer's bad debt (呆坏账): recorded by finance, or found on the bad-debt accounts.

    With an open one dated up to the quarter's end no tier is awarded (policy 无呆坏帐记录).
    """

    _name = 'tianyuan.bad.debt'
    _description = "Bad Debt"
    _inherit = ['mail.thread', 'tianyuan.guarded']
    _order = 'date desc, id desc'
    _rec_name = 'partner_id'

    partner_id = fields.Many2one(
        'res.partner', string="Customer", required=True, index=True, ondelete='restrict', tracking=True,
    )
    company_id = fields.Many2one('res.company', required=True, index=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related='company_id.currency_id')
    date = fields.Date(required=True, default=fields.Date.context_today, tracking=True)
    amount = fields.Monetary(required=True, tracking=True)
    move_line_id = fields.Many2one(
        'account.move.line', string="Journal Item", readonly=True, index='btree_not_null', ondelete='set null',
    )
    origin = fields.Selection(
        [('manual', "Recorded"), ('ledger', "Ledger")], required=True, default='manual', readonly=True,
    )
    state = fields.Selection(
        [('open', "Open"), ('recovered', "Recovered"), ('cancelled', "Cancelled")],
        required=True, default='open', tracking=True,
    )
    closed_by_ledger = fields.Boolean(
        readonly=True, help="Closed because the ledger changed, not by a person.",
    )
    note = fields.Text()

    _move_line_unique = models.UniqueIndex(
        '(move_line_id) WHERE move_line_id IS NOT NULL', "This journal item is a bad debt already.",
    )
    _amount_positive = models.Constraint('CHECK(amount > 0)', "The amount of a bad debt must be more than zero.")

    def _tianyuan_guarded_fields(self):
        return LEDGER_FIELDS

    @api.constrains('date')
    def _check_date(self):
        for debt in self:
            if debt.date > fields.Date.context_today(self):
                raise ValidationError(self.env._("A bad debt can't be dated in the future."))

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get('partner_id'):
                vals['partner_id'] = self.env['res.partner'].browse(vals['partner_id']).commercial_partner_id.id
            if not self.env.su and any(
                vals.get(name) not in (False, None, 'manual') for name in LEDGER_FIELDS
            ):
                raise UserError(self.env._("Bad debts of the ledger are recorded by posting journal entries."))
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su and LEDGER_FIELDS & vals.keys():
            raise UserError(self.env._("Bad debts of the ledger are recorded by posting journal entries."))
        if (
            not self.env.su
            and {'partner_id', 'company_id', 'date', 'amount'} & vals.keys()
            and any(debt.origin == 'ledger' for debt in self)
        ):
            raise UserError(self.env._("This bad debt comes from the ledger: correct the journal entry instead."))
        if vals.get('partner_id'):
            partner = self.env['res.partner'].browse(vals['partner_id'])
            vals = {**vals, 'partner_id': partner.commercial_partner_id.id}
        if 'state' in vals and not self.env.su:
            vals = {**vals, 'closed_by_ledger': False}    # what a person decides, the ledger leaves alone
        result = super().write(vals)
        if 'company_id' in vals:
            self.check_access('write')    # also in the company it went to
        return result

    def action_recover(self):
        """The money came in after all: the debt no longer counts.

        :raise AccessError: the user may not write bad debts
        """
        self._close('recovered')

    def action_cancel(self):
        """Recorded by mistake: the debt no longer counts.

        :raise AccessError: the user may not write bad debts
        """
        self._close('cancelled')

    def action_open_entry(self):
        """Open the journal entry behind a bad debt of the ledger."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'account.move',
            'res_id': self.move_line_id.move_id.id,
            'view_mode': 'form',
        }

    def _close(self, state):
        if any(debt.state != 'open' for debt in self):
            raise UserError(self.env._("Only an open bad debt can be closed."))
        self.write({'state': state})

    @api.model
    def _partners_with_bad_debt(self, company, date_to, partner_ids):
        """Those of the customers with an open bad debt as of a day.

        :return: set of commercial partner ids
        """
        groups = self._read_group(
            self._open_domain(company, date_to) & Domain('partner_id', 'in', partner_ids), ['partner_id'],
        )
        return {partner.id for [partner] in groups}

    @api.model
    def _open_domain(self, company, date_to):
        """The bad debt open as of a day."""
        return Domain([('company_id', '=', company.id), ('state', '=', 'open'), ('date', '<=', date_to)])

    @api.model
    def _sync_ledger(self, company, partners=None):
        """Make the ledger's bad debts follow the posted items on the company's bad-debt accounts.

        Every posted debit with a partner is a debt, once. A reversal, or credits that add up to it (the
        oldest debt first), mark it recovered; an entry that is no longer posted cancels it. What a person
        has closed stays closed.

        :param company: ``res.company``
        :param partners: only these customers; None for all
        """
        accounts = company.sudo().tianyuan_bad_debt_account_ids
        if not accounts:
            return
        domain = Domain([('company_id', '=', company.id)])
        if partners is not None:
            domain &= Domain('partner_id', 'in', partners.ids)
        items = self.env['account.move.line'].search(
            Domain([
                ('company_id', '=', company.id), ('account_id', 'in', accounts.ids),
                ('parent_state', '=', 'posted'), ('partner_id', '!=', False),
            ]) & (
                Domain.TRUE if partners is None
                else Domain('partner_id.commercial_partner_id', 'in', partners.ids)
            ),
            order='date, id',
        )
        # a corrected entry may name another customer than before
        known = self.search((domain & Domain('origin', '=', 'ledger')) | Domain('move_line_id', 'in', items.ids))
        states = self._ledger_states(items)
        by_item = {debt.move_line_id: debt for debt in known}
        self.create([{
            **self._ledger_facts(item),
            'company_id': company.id,
            'move_line_id': item.id,
            'origin': 'ledger',
            'state': state,
            'closed_by_ledger': state != 'open',
        } for item, state in states.items() if item not in by_item])
        for debt in known:
            item = debt.move_line_id
            # an account that is no longer configured leaves its debts to people
            gone = item.parent_state != 'posted' or item.account_id in accounts
            state = states.get(item) or ('cancelled' if gone else debt.state)
            changes = {}
            if item in states:
                changes = {
                    name: value for name, value in self._ledger_facts(item).items()
                    if debt._fields[name].convert_to_write(debt[name], debt) != value
                }
            if state != debt.state and (debt.state == 'open' or debt.closed_by_ledger):
                changes.update(state=state, closed_by_ledger=state != 'open')
            if changes:
                debt.write(changes)

    @api.model
    def _ledger_facts(self, item):
        """What a bad debt of the ledger takes over from its journal item, also when that is corrected."""
        return {
            'partner_id': item.partner_id.commercial_partner_id.id,
            'date': item.date,
            'amount': item.balance,
        }

    @api.model
    def _ledger_states(self, items):
        """Which debts the ledger holds open.

        :param items: ``account.move.line`` on bad-debt accounts, oldest first
        :return: dict of debit item → ``open`` or ``recovered``
        """
        reversed_moves = items.move_id.filtered(lambda move: move.reversed_entry_id)
        recovered = reversed_moves.reversed_entry_id
        credit = defaultdict(float)
        for item in items:
            if item.balance < 0 and item.move_id not in reversed_moves:
                credit[item.partner_id.commercial_partner_id] -= item.balance
        states = {}
        for item in items:
            if item.balance <= 0 or item.move_id in reversed_moves:
                continue
            partner = item.partner_id.commercial_partner_id
            if item.move_id in recovered:
                states[item] = 'recovered'
            elif float_compare(credit[partner], item.balance, precision_digits=2) >= 0:
                credit[partner] -= item.balance
                states[item] = 'recovered'
            else:
                credit[partner] = 0.0  # a part recovered: the rest is still owed
                states[item] = 'open'
        return states

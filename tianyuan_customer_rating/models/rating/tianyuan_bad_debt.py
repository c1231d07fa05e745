from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools import float_round

from ...engine.accounts import accounts_of
from ...engine.bad_debts import ledger_debts, ledger_entry_ids
from ...engine.entries import Books
from ...tools.limits import check_amounts, check_dates

# Only the ledger and the buttons write these fields.
LEDGER_FIELDS = {'move_line_id', 'origin', 'closed_by_ledger', 'recovered_amount', 'recovered_on', 'recovery_ids'}


class TianyuanBadDebt(models.Model):
    """A bad debt (呆坏账) of a customer, recorded by finance or found on the bad-debt accounts.

    A customer with an open bad debt at the quarter's end gets no tier (policy 无呆坏帐记录; design §5).
    """

    _name = 'tianyuan.bad.debt'
    _description = "Bad Debt"
    _inherit = ['tianyuan.protected.mixin', 'mail.thread', 'tianyuan.plain.text.mixin']
    _order = 'date desc, id desc'
    _rec_name = 'partner_id'

    partner_id = fields.Many2one(
        'res.partner', string="Customer", required=True, index=True, ondelete='restrict', tracking=True,
    )
    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company.root_id,
        help="A branch's bad debts are those of its company.",
    )
    currency_id = fields.Many2one(related='company_id.currency_id')
    date = fields.Date(required=True, default=fields.Date.context_today, tracking=True)
    amount = fields.Monetary(required=True, tracking=True)
    recovered_amount = fields.Monetary(string="Recovered", readonly=True, copy=False)
    recovered_on = fields.Date(readonly=True, copy=False, help="The day of the last recovery.")
    recovery_ids = fields.One2many('tianyuan.bad.debt.recovery', 'debt_id', string="Recoveries", readonly=True)
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
        '(move_line_id, partner_id) WHERE move_line_id IS NOT NULL',
        "This journal item is a bad debt of this customer already.",
    )
    _amount_positive = models.Constraint('CHECK(amount > 0)', "The amount of a bad debt must be more than zero.")

    def _tianyuan_protected_fields(self):
        return super()._tianyuan_protected_fields() | LEDGER_FIELDS

    def _check_tianyuan_protected(self, vals):
        if not self:    # Drop values equal to the defaults, which a form sends for a new debt.
            vals = {name: value for name, value in vals.items() if value and value != 'manual'}
        super()._check_tianyuan_protected(vals)
        of_ledger = {'partner_id', 'company_id', 'date', 'amount'} & vals.keys()
        if of_ledger and not self.env.su and any(debt.origin == 'ledger' for debt in self):
            raise UserError(self.env._("This bad debt comes from the ledger: correct the journal entry instead."))

    def _tianyuan_protected_message(self, names):
        return self.env._("Bad debts of the ledger are recorded by posting journal entries.")

    @api.constrains('date')
    def _check_sane_dates(self):
        check_dates(self, 'date')

    @api.constrains('amount')
    def _check_amount(self):
        check_amounts(self, 'amount')

    @api.constrains('date', 'origin')
    def _check_date(self):
        for debt in self:
            # Debts of the ledger are exempt: an entry may be dated in the future, and counts from its date.
            if debt.origin == 'manual' and debt.date > fields.Date.context_today(self):
                raise ValidationError(self.env._("A bad debt can't be dated in the future."))

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get('partner_id'):
                vals['partner_id'] = self.env['res.partner'].browse(vals['partner_id']).commercial_partner_id.id
            if vals.get('company_id'):
                vals['company_id'] = self.env['res.company'].browse(vals['company_id']).root_id.id
        return super().create(vals_list)

    def write(self, vals):
        if vals.get('partner_id'):
            partner = self.env['res.partner'].browse(vals['partner_id'])
            vals = {**vals, 'partner_id': partner.commercial_partner_id.id}
        if vals.get('company_id'):
            vals = {**vals, 'company_id': self.env['res.company'].browse(vals['company_id']).root_id.id}
        result = super().write(vals)
        if 'state' in vals and not self.env.su:
            self.sudo().write({'closed_by_ledger': False})    # The ledger doesn't change what a user has decided.
        return result

    def action_recover(self):
        """Mark debts as recovered, since the money has come in.

        :raise AccessError: the user may not write bad debts
        """
        self._close('recovered')
        for debt in self.sudo():
            debt.write({'recovered_amount': debt.amount, 'recovered_on': fields.Date.context_today(debt)})

    def action_cancel(self):
        """Cancel debts that were recorded by mistake.

        :raise AccessError: the user may not write bad debts
        """
        self._close('cancelled')

    def action_open_entry(self):
        """Open the journal entry of a bad debt from the ledger."""
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
        """Return which of the customers have a bad debt as of a day.

        :param company: ``res.company``; debts of its root company and all branches count
        :param date date_to: debts and recoveries dated later don't count
        :return: set of commercial partner ids
        """
        return set(self._owed(company, date_to, partner_ids))

    @api.model
    def _owed(self, company, date_to, partner_ids):
        """Return the bad debt of each of the customers that has some as of a day.

        :param company: ``res.company``; debts of its root company and all branches count
        :param date date_to: debts and recoveries dated later don't count
        :return: dict of commercial partner id → (what isn't recovered, in currency of the root company; the day of the
            oldest such debt)
        """
        owed = {}
        for debt, left in self._open_amounts(company, date_to, partner_ids).items():
            amount, since = owed.get(debt.partner_id.id, (0.0, debt.date))
            owed[debt.partner_id.id] = amount + left, min(since, debt.date)
        return owed

    @api.model
    def _open_amounts(self, company, date_to, partner_ids):
        """Return what isn't recovered of each of the customers' bad debts as of a day.

        The parameters are those of :meth:`_owed`.

        :return: dict of debt → amount in currency of the root company; recovered and cancelled debts are left out
        """
        debts = self.search_fetch([
            ('company_id', '=', company.root_id.id), ('partner_id', 'in', partner_ids),
            ('date', '<=', date_to), ('state', '!=', 'cancelled'),
        ], ['partner_id', 'origin', 'state', 'closed_by_ledger', 'recovered_on', 'move_line_id', 'date', 'amount'])
        ledger = debts.filtered(lambda debt: debt._follows_ledger())
        day = fields.Date.to_date(date_to)
        lost = {
            debt: debt.amount for debt in debts - ledger
            if debt.state == 'open' or (debt.recovered_on and debt.recovered_on > day)
        }
        if ledger:
            still_open = {
                (debt.item.id, debt.customer): float(debt.open)
                for debt in self._ledger_debts(company, date_to, ledger.partner_id.ids) if debt.open
            }
            for debt in ledger:
                if left := still_open.get((debt.move_line_id.id, debt.partner_id.id)):
                    lost[debt] = left
        return lost

    def _follows_ledger(self):
        """Return whether the ledger decides what is recovered: it found the debt, and no user has closed it."""
        self.ensure_one()
        return self.origin == 'ledger' and (self.state == 'open' or self.closed_by_ledger)

    @api.model
    def _ledger_debts(self, company, as_of=None, partner_ids=None):
        """Return the bad debts in the ledger of a company and its branches.

        :return: list of :class:`~..engine.bad_debts.Debt`
        """
        self.env['account.account'].flush_model(['account_type', 'non_trade'])
        self.env['account.move'].flush_model(
            ['date', 'invoice_date', 'move_type', 'origin_payment_id', 'reversed_entry_id', 'state'],
        )
        self.env['account.move.line'].flush_model(
            ['account_id', 'amount_currency', 'balance', 'company_id', 'date', 'move_id', 'parent_state', 'partner_id'],
        )
        self.env['account.payment'].flush_model(['company_id', 'outstanding_account_id', 'payment_type', 'state'])
        self.env['account.payment.method.line'].flush_model(['journal_id', 'payment_account_id'])
        self.env['res.partner'].flush_model(['commercial_partner_id'])
        accounts = accounts_of(company)
        books = Books(self.env, accounts, as_of)
        books.read(ledger_entry_ids(self.env, accounts, as_of, partner_ids))
        return ledger_debts(books)

    @api.model
    def _sync_ledger(self, company, partners=None):
        """Update the debts and recoveries found in the ledger from the posted entries.

        If an entry is no longer posted, its debt is cancelled. Debts closed by a user stay closed.

        :param company: ``res.company``; a branch's debts are its root's
        :param partners: only these customers; None for all
        """
        root = company.sudo().root_id
        accounts = root.tianyuan_bad_debt_account_ids
        if not accounts:
            return
        found = {
            (debt.item.id, debt.customer): debt
            for debt in self._ledger_debts(root, partner_ids=None if partners is None else partners.ids)
            if partners is None or debt.customer in partners.ids
        }
        # Search by journal item too: a corrected entry may have another customer than before.
        known = self.search(Domain('origin', '=', 'ledger') & (
            Domain('move_line_id', 'in', [item_id for item_id, _customer in found])
            | Domain('company_id', '=', root.id)
            & (Domain.TRUE if partners is None else Domain('partner_id', 'in', partners.ids))
        ))
        self._sync_known(known, found, accounts)
        self.create([{
            **self._ledger_facts(debt),
            **self._ledger_outcome(debt),
            'company_id': root.id,
            'move_line_id': debt.item.id,
            'origin': 'ledger',
        } for debt in found.values()])

    @api.model
    def _sync_known(self, known, found, accounts):
        """Update stored debts, and remove them from ``found``."""
        unclaimed = self.browse()
        for debt in known:
            ledger_debt = found.pop((debt.move_line_id.id, debt.partner_id.id), None)
            if ledger_debt:
                debt._update_from_ledger(ledger_debt)
            else:
                unclaimed += debt
        for debt in unclaimed:
            # The journal item has a single debt, whose customer was changed.
            others = [key for key in found if key[0] == debt.move_line_id.id]
            if len(others) == 1:
                debt._update_from_ledger(found.pop(others[0]))
                continue
            item = debt.move_line_id
            # Leave the debts of accounts that are no longer configured to the users.
            if debt._follows_ledger() and (item.parent_state != 'posted' or item.account_id in accounts):
                debt._write_changes({'state': 'cancelled', 'closed_by_ledger': True})

    def _update_from_ledger(self, ledger_debt):
        changes = self._ledger_facts(ledger_debt)
        if self.state == 'open' or self.closed_by_ledger:
            changes |= self._ledger_outcome(ledger_debt)
        self._write_changes(changes)

    def _write_changes(self, vals):
        self.ensure_one()
        recoveries = vals.pop('recovery_ids', None)
        changes = {
            name: value for name, value in vals.items()
            if self._fields[name].convert_to_write(self[name], self) != value
        }
        if recoveries is not None and recoveries[1:] != [
            Command.create({'date': row.date, 'amount': row.amount, 'move_line_id': row.move_line_id.id})
            for row in self.recovery_ids
        ]:
            changes['recovery_ids'] = recoveries
        if changes:
            self.write(changes)

    @api.model
    def _ledger_facts(self, ledger_debt):
        """Return the values that a debt takes from its journal item, also after a correction of the item."""
        return {
            'partner_id': ledger_debt.customer,
            'date': ledger_debt.day,
            'amount': float_round(float(ledger_debt.amount), precision_digits=2),
        }

    @api.model
    def _ledger_outcome(self, ledger_debt):
        """Return the values for what was recovered of a debt, and the state that follows."""
        is_open = bool(ledger_debt.open)
        return {
            'state': 'open' if is_open else 'recovered',
            'closed_by_ledger': not is_open,
            'recovered_amount': float_round(float(ledger_debt.recovered), precision_digits=2),
            'recovered_on': ledger_debt.allocations[-1].day if ledger_debt.allocations else False,
            'recovery_ids': [Command.clear(), *(
                Command.create({
                    'date': allocation.day,
                    'amount': float_round(float(allocation.amount), precision_digits=2),
                    'move_line_id': allocation.item.id,
                }) for allocation in ledger_debt.allocations
            )],
        }

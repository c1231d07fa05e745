"""Loads journal entries that need a closer look: each customer's share in them, and which items settle which.

An item belongs to its partner's commercial partner. Items without a partner are shared among the customers whose claims
the entry settles, in proportion to what their own items leave of these claims (design §4, "Accounts and customers").
"""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from odoo.tools import SQL

ZERO, ONE = Decimal(0), Decimal(1)
HALF_A_CENT = Decimal('0.005')
VOID_PAYMENTS = ('draft', 'canceled', 'rejected')


def day_of(move):
    """Return the SQL of the day on which a move counts: the invoice date of invoices and credit notes, else the date.

    :param str move: the alias of ``account_move``
    """
    return SQL(
        "CASE WHEN %(m)s.move_type = ANY(ARRAY['out_invoice', 'out_refund', 'out_receipt'])"
        " THEN COALESCE(%(m)s.invoice_date, %(m)s.date) ELSE %(m)s.date END",
        m=SQL.identifier(move),
    )


DAY = day_of('m')


def no_exchange(column):
    """Return the SQL condition that a move isn't an exchange difference; these never count.

    :param SQL column: column with the move's id
    """
    return SQL("NOT EXISTS (SELECT FROM account_partial_reconcile x WHERE x.exchange_move_id = %s)", column)


class Item(NamedTuple):
    """A journal item; ``customer`` is the commercial partner's id or None."""

    id: int
    entry_id: int
    account: int
    customer: int
    balance: Decimal
    amount_currency: Decimal
    due: date | None = None

    def is_due(self, day, since):
        """Return whether the item's due date is before a day.

        A due date that isn't after ``since``, the day of the entry, says nothing: then no term was agreed.
        """
        return bool(self.due) and since < self.due < day


class Entry:
    """A posted entry with its items, ordered by id.

    :ivar bool is_void: the entry belongs to a payment that is draft, cancelled or rejected
    """

    def __init__(self, entry_id, day, move_type, reverses, is_void):
        self.id = entry_id
        self.day = day
        self.is_credit_note = move_type == 'out_refund'
        self.reverses = reverses
        self.is_void = is_void
        self.items = []
        self._of = defaultdict(list)    # customer (None: no partner) → items; opening balances have thousands
        self._weights = {}

    def add(self, item):
        self.items.append(item)
        self._of[item.customer].append(item)

    def of(self, customer):
        """Return the customer's items and those without a partner, ordered by id."""
        if customer is None:
            return self._of[None]
        return sorted(self._of[customer] + self._of[None])

    def own(self, customer):
        """Return the items with the customer as partner."""
        return self._of[customer]

    def total(self, sign, accounts):
        """Return the customers' totals on one side of these accounts.

        :param int sign: 1 for debits, -1 for credits
        :return: dict of customer (None: no partner) → amount
        """
        totals = defaultdict(Decimal)
        for item in self.items:
            if sign * item.balance > 0 and item.account in accounts:
                totals[item.customer] += sign * item.balance
        return totals

    def weights(self, sign, accounts):
        """Return the shares by which items without a partner are divided.

        :param int sign: the side of the customers' claims, -1 if the entry settles them
        :param accounts: accounts of the claims
        :return: dict of customer → share (all add up to one)
        """
        if (sign, accounts) not in self._weights:
            claims = self.total(sign, accounts)
            left = {
                customer: claim if customer is None else max(claim - sum(
                    -sign * item.balance for item in self.own(customer) if sign * item.balance < 0
                ), ZERO)
                for customer, claim in claims.items()
            }
            if not any(left.values()):
                left = claims
            whole = sum(left.values())
            self._weights[sign, accounts] = {
                customer: amount / whole for customer, amount in left.items() if amount
            }
        return self._weights[sign, accounts]

    def amounts(self, sign, accounts, customer, weights):
        """Return a customer's part of the items on one side of these accounts.

        :return: list of (:class:`Item`, amount), ordered by id
        """
        result = []
        for item in self.of(customer):
            if sign * item.balance > 0 and item.account in accounts:
                if item.customer is None:
                    part = weights.get(customer, ZERO)
                else:
                    part = ONE
                if part:
                    result.append((item, sign * item.balance * part))
        return result


def subtract(amounts, taken):
    """Subtract an amount, from the first items first.

    :param amounts: list of (item, amount)
    :return: list of (item, amount) that remain
    """
    result = []
    for item, amount in amounts:
        used = min(amount, taken)
        taken -= used
        if amount - used >= HALF_A_CENT:
            result.append((item, amount - used))
    return result


class Partial(NamedTuple):
    """A credit item that settles ``fraction`` of a debit item."""

    credit: int
    fraction: Decimal


class Books:
    """The loaded entries; more are read from the database step by step.

    :ivar dict entries: entry id → :class:`Entry`
    :ivar dict items: item id → :class:`Item`
    :ivar dict settled_by: debit item id → list of :class:`Partial`
    """

    def __init__(self, env, accounts, as_of=None):
        """Load nothing yet.

        :param accounts: :class:`~.accounts.Accounts`
        :param date as_of: ignore entries and settlements dated later; None for no limit
        """
        self.env = env
        self.accounts = accounts
        self.as_of = as_of or date.max
        self.claims = accounts.receivables | accounts.bills
        self.entries = {}
        self.items = {}
        self.settled_by = defaultdict(list)
        self.traced_debits = set()    # debit items whose settlements have been read

    def load(self, entry_ids):
        """Read entries, then the entries that settle claims continued in them, and so on until there are no more."""
        todo = set(entry_ids) - self.entries.keys()
        while todo:
            self.read(todo)
            debits = {
                item.id for entry_id in todo if entry_id in self.entries
                for item in self.entries[entry_id].items if item.balance > 0 and item.account in self.claims
            }
            todo = self._read_settlements(debits - self.traced_debits) - self.entries.keys() - todo

    def read(self, entry_ids):
        """Read entries without what settles them; entries that don't exist at that date are skipped."""
        for entry_id, day, move_type, reverses, is_void in self.env.execute_query(SQL(
            """
            SELECT m.id, %(day)s, m.move_type, m.reversed_entry_id, COALESCE(p.state IN %(void)s, FALSE)
              FROM account_move m
              LEFT JOIN account_payment p ON p.id = m.origin_payment_id
             WHERE m.id = ANY(%(ids)s) AND m.state = 'posted' AND %(day)s <= %(as_of)s
            """,
            day=DAY, void=VOID_PAYMENTS, ids=list(entry_ids), as_of=self.as_of,
        )):
            self.entries[entry_id] = Entry(entry_id, day, move_type, reverses, is_void)
        # Read amounts as text, to keep them exact: Odoo returns numeric columns as floats.
        for *values, balance, amount_currency, due in self.env.execute_query(SQL(
            """
            SELECT l.id, l.move_id, l.account_id, p.commercial_partner_id, l.balance::text, l.amount_currency::text,
                   l.date_maturity
              FROM account_move_line l
              LEFT JOIN res_partner p ON p.id = l.partner_id
             WHERE l.move_id = ANY(%s) AND l.balance <> 0
             ORDER BY l.id
            """,
            [entry_id for entry_id in entry_ids if entry_id in self.entries],
        )):
            item = Item(*values, Decimal(balance), Decimal(amount_currency), due)
            self.items[item.id] = item
            self.entries[item.entry_id].add(item)

    def _read_settlements(self, debits):
        """Read what settles these items.

        :return: ids of the entries that settle them
        """
        self.traced_debits |= debits
        entry_ids = set()
        for debit, credit, settled, whole, entry_id in self.env.execute_query(SQL(
            """
            SELECT r.debit_move_id, r.credit_move_id, r.debit_amount_currency::text, d.amount_currency::text, c.move_id
              FROM account_partial_reconcile r
              JOIN account_move_line d ON d.id = r.debit_move_id
              JOIN account_move_line c ON c.id = r.credit_move_id
             WHERE r.debit_move_id = ANY(%s) AND d.amount_currency <> 0 AND r.debit_amount_currency <> 0 AND %s
             ORDER BY r.id
            """,
            list(debits), no_exchange(SQL("c.move_id")),
        )):
            self.settled_by[debit].append(Partial(credit, Decimal(settled) / Decimal(whole)))
            entry_ids.add(entry_id)
        return entry_ids

    def customers_on(self, accounts):
        """Return the customers in the entries with an item on one of these accounts.

        :return: set of customers
        """
        return {
            item.customer for entry in self.entries.values() if any(item.account in accounts for item in entry.items)
            for item in entry.items
        } - {None}

    def entry_of(self, item):
        return self.entries[item.entry_id]

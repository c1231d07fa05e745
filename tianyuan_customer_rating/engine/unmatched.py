"""Applies credits that nobody has matched yet as their customers meant them (design §4, "Unmatched credits").

First every credit note goes to the invoice that it reverses. The remaining credits, oldest first, cover the customer's
debits that aren't obligations, such as money paid back; the rest goes to what is due, oldest deadline first.
"""

from collections import defaultdict, deque
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from odoo.tools import SQL

from .credits import CREDITED, OPEN, PAID
from .entries import DAY, HALF_A_CENT, ONE, ZERO, day_of, no_exchange


class Applied(NamedTuple):
    """A part of an unmatched credit that is applied, in company currency."""

    obligation: int
    amount: Decimal
    day: date
    is_credit_note: bool
    credit: int


class _Credit:

    def __init__(self, item_id, customer, reverses, day, is_credit_note, amount):
        self.item_id = item_id
        self.customer = customer
        self.reverses = reverses
        self.day = day
        self.is_credit_note = is_credit_note
        self.left = amount

    def take(self, amount):
        taken = min(self.left, amount)
        self.left -= taken
        return taken


class _Obligation:

    def __init__(self, line_id, move_id, customer, deadline, exists_from, open_amount):
        self.line_id = line_id
        self.move_id = move_id
        self.customer = customer
        self.deadline = deadline
        self.exists_from = exists_from
        self.open = open_amount

    def settle(self, credit):
        amount = credit.take(self.open)
        self.open -= amount
        day = max(credit.day, self.exists_from)
        return Applied(self.line_id, amount, day, credit.is_credit_note, credit.item_id)


def apply_unmatched(scope):
    """Apply the open credits of the customers of a :class:`~.settlements.Scope`.

    :return: list of :class:`Applied`
    """
    credits = open_credits(scope)
    customers = {credit.customer for credit in credits}
    if not customers:
        return []
    result = []
    scope = scope.of(customers)
    obligations = _open_obligations(scope, {credit.reverses for credit in credits if credit.reverses})
    paid_back = _paid_back(scope)
    of_customer = defaultdict(deque)
    of_invoice = defaultdict(list)
    for obligation in sorted(obligations, key=lambda obligation: (obligation.deadline, obligation.line_id)):
        of_invoice[obligation.move_id].append(obligation)
        if obligation.deadline <= scope.quarter.date_to:
            of_customer[obligation.customer].append(obligation)
    credits.sort(key=lambda credit: (credit.day, not credit.is_credit_note, credit.item_id))
    for credit in credits:
        for obligation in of_invoice[credit.reverses]:
            result.append(obligation.settle(credit))
    for credit in credits:
        paid_back[credit.customer] -= credit.take(paid_back[credit.customer])
        due = of_customer[credit.customer]
        while due and credit.left >= HALF_A_CENT:
            result.append(due[0].settle(credit))
            if due[0].open < HALF_A_CENT:
                due.popleft()
    return [applied for applied in result if applied.amount >= HALF_A_CENT]


def _open_items(scope, is_credit, condition):
    """Return the SQL of receivable items that are open as of the quarter's end, with their open amount.

    An item is open if it is open now, or was settled by one that didn't exist then or is draft again.
    """
    own, other = (SQL("credit"), SQL("debit")) if is_credit else (SQL("debit"), SQL("credit"))
    own_id, other_id = SQL("r.%s_move_id", own), SQL("r.%s_move_id", other)
    unmatched = SQL("SELECT UNNEST(%s::int[]) AS id", scope.open_credits) if is_credit else SQL(
        """
        SELECT l.id
          FROM account_move_line l
         WHERE l.account_id = ANY(%s) AND l.reconciled IS NOT TRUE AND l.balance > 0 %s
        """, list(scope.accounts.receivables), scope.of_partners(SQL("l.partner_id")),
    )
    return SQL(
        """
        WITH item AS MATERIALIZED (
            %(unmatched)s
             UNION
            SELECT l.id
              FROM account_move_line later
              JOIN account_partial_reconcile r ON %(other_id)s = later.id
              JOIN account_move_line l ON l.id = %(own_id)s
             WHERE later.account_id = ANY(%(receivables)s)
               AND (later.date > %(end)s OR later.move_id = ANY(ARRAY(
                   SELECT id FROM account_move WHERE invoice_date > %(end)s AND date <= %(end)s
               )))
               AND l.date <= %(end)s %(partners)s
             UNION
            SELECT UNNEST(%(unposted)s::int[])
        )
        SELECT l.id, p.commercial_partner_id, m.reversed_entry_id, %(day)s, m.move_type = 'out_refund',
               (ABS(l.balance) * (1 - COALESCE((
                   SELECT SUM(r.%(own)s_amount_currency)
                     FROM account_partial_reconcile r
                     JOIN account_move_line l2 ON l2.id = %(other_id)s
                     JOIN account_move m2 ON m2.id = l2.move_id
                    WHERE %(own_id)s = l.id AND m2.state = 'posted' AND %(other_day)s <= %(end)s
               ), 0) / ABS(l.amount_currency)))::text AS open
          FROM account_move_line l
          JOIN account_move m ON m.id = l.move_id
          JOIN res_partner p ON p.id = l.partner_id
         WHERE l.id = ANY(ARRAY(SELECT id FROM item)) AND l.account_id = ANY(%(receivables)s)
           AND l.company_id = ANY(%(companies)s) AND m.state = 'posted' AND %(day)s <= %(end)s
           AND l.amount_currency <> 0 %(partners)s AND %(condition)s
           AND %(is_no_exchange)s
        """,
        unmatched=unmatched, receivables=list(scope.accounts.receivables), own=own,
        own_id=own_id, other_id=other_id, end=scope.quarter.date_to, day=DAY, other_day=day_of('m2'),
        partners=scope.of_partners(SQL("l.partner_id")), companies=list(scope.accounts.companies), condition=condition,
        unposted=[debit_and_credit[is_credit] for debit_and_credit in scope.unposted],
        is_no_exchange=no_exchange(SQL("m.id")),
    )


def open_credits(scope):
    """Return open credits, except for the parts that count as unpaid or as nothing.

    :return: list of objects with ``customer``, ``day`` and ``take(amount)``, which uses the credit up
    """
    credits = []
    for item_id, customer, reverses, day, is_note, amount in scope.env.execute_query(
        _open_items(scope, True, SQL("TRUE")),
    ):
        amount = Decimal(amount)
        if amount < HALF_A_CENT:
            continue
        parts = scope.credits.special.get(item_id)
        if parts is None:
            credits.append(_Credit(item_id, customer, reverses if is_note else None, day, is_note, amount))
            continue
        credits += [
            _Credit(
                item_id, customer, reverses if is_note else None, part.day, part.kind == CREDITED, amount * part.share,
            ) for part in parts if part.kind in (PAID, CREDITED)
        ]
    return credits


def _paid_back(scope):
    """Return the open amount of each customer's debits that aren't obligations, as a dict of customer → amount.

    Debits in which an older claim continues are left out.
    """
    condition = SQL(
        """
        p.commercial_partner_id = ANY(%s) AND l.id <> ALL(%s)
        AND NOT (m.move_type IN ('out_invoice', 'out_receipt') AND l.display_type = 'payment_term')
        AND NOT (m.move_type = 'entry' AND m.journal_id = ANY(%s) AND m.origin_payment_id IS NULL)
        """,
        scope.partner_ids, list(scope.credits.carriers), list(scope.accounts.claim_journals),
    )
    void = {entry.id for entry in scope.credits.books.entries.values() if entry.is_void}
    result = defaultdict(Decimal)
    items = scope.credits.books.items
    for item_id, customer, _reverses, _day, _is_note, amount in scope.env.execute_query(
        _open_items(scope, False, condition),
    ):
        amount = Decimal(amount)
        if amount >= HALF_A_CENT and not (item_id in items and items[item_id].entry_id in void):
            result[customer] += amount
    return result


def _open_obligations(scope, reversed_invoices):
    """Return the open amounts of obligations that are due, and of invoices that a credit note reverses.

    If a claim continues in another debit, the open amount of that debit counts. Written-off amounts aren't open.
    """
    rows = scope.env.execute_query(SQL(
        """
        WITH obligation AS MATERIALIZED (%(obligations)s),
        settled AS (
            SELECT r.debit_move_id, r.credit_move_id, r.debit_amount_currency::text AS amount
              FROM account_partial_reconcile r
              JOIN account_move_line c ON c.id = r.credit_move_id
              JOIN account_move m ON m.id = c.move_id
             WHERE r.debit_move_id = ANY(ARRAY(SELECT line_id FROM obligation))
               AND m.state = 'posted' AND %(day)s <= %(end)s AND %(no_exchange)s
        )
        SELECT o.line_id, o.move_id, o.partner_id, o.deadline, o.exists_from, o.balance::text, o.amount_currency::text,
               ARRAY_AGG(s.credit_move_id) FILTER (WHERE s.amount IS NOT NULL),
               ARRAY_AGG(s.amount) FILTER (WHERE s.amount IS NOT NULL)
          FROM obligation o LEFT JOIN settled s ON s.debit_move_id = o.line_id
         GROUP BY o.line_id, o.move_id, o.partner_id, o.deadline, o.exists_from, o.balance, o.amount_currency
        """,
        obligations=scope.obligations(SQL(
            "deadline <= %s OR move_id = ANY(%s)", scope.quarter.date_to, list(reversed_invoices),
        )), day=DAY, end=scope.quarter.date_to, no_exchange=no_exchange(SQL("m.id")),
    ))
    special = scope.credits.special
    result = []
    for line_id, move_id, customer, deadline, exists_from, balance, whole, credit_ids, settled in rows:
        left = ONE
        for credit_id, amount in zip(credit_ids or (), settled or (), strict=True):
            left -= Decimal(amount) / Decimal(whole) * (ONE - sum(
                (part.share for part in special.get(credit_id, ()) if part.kind == OPEN), ZERO,
            ))
        open_amount = Decimal(balance) * left
        if open_amount >= HALF_A_CENT:
            result.append(_Obligation(line_id, move_id, customer, deadline, exists_from, open_amount))
    return result

"""Finds what settled which obligation as of a day (design §4, "Obligations" and "Settlements").

It only reads what can matter in the quarter: obligations that are due in it, still open, or settled since it began, and
those whose claim continued in another item, was written off or was paid by bill.
"""

from copy import copy

from odoo.tools import SQL

from .bad_debts import ledger_entry_ids
from .credits import CLOSED, CREDITED, PAID, Credits
from .entries import DAY, VOID_PAYMENTS, Books, no_exchange


def flush(env):
    """Flush pending changes of all fields that the queries of the payment metrics read."""
    env['account.account'].flush_model(['account_type', 'non_trade'])
    env['account.move'].flush_model([
        'company_id', 'date', 'invoice_date', 'invoice_date_due', 'journal_id', 'move_type', 'origin_payment_id',
        'reversed_entry_id', 'state',
    ])
    env['account.move.line'].flush_model([
        'account_id', 'amount_currency', 'balance', 'company_id', 'date', 'date_maturity', 'display_type', 'journal_id',
        'move_id', 'parent_state', 'partner_id', 'reconciled',
    ])
    env['account.partial.reconcile'].flush_model([
        'credit_amount_currency', 'credit_move_id', 'debit_amount_currency', 'debit_move_id', 'exchange_move_id',
    ])
    env['account.payment'].flush_model(['company_id', 'outstanding_account_id', 'payment_type', 'state'])
    env['account.payment.method.line'].flush_model(['journal_id', 'payment_account_id'])
    env['res.company'].flush_model([
        'tianyuan_bad_debt_account_ids', 'tianyuan_bill_account_ids', 'tianyuan_bill_payment',
        'tianyuan_claim_journal_ids', 'tianyuan_doubtful_account_ids',
    ])
    env['res.partner'].flush_model(['commercial_partner_id'])


# Ids found by a subquery are passed on as ``= ANY(ARRAY(…))``, so that the database uses the index. For a join it would
# read the whole table, with everything settled in earlier years.

# Above this many customers, reading all customers' books is faster than filtering.
MANY_PARTNERS = 5_000
# Ignore the due date of plain entries: Odoo sets it to the day they were created.
DUE = SQL("COALESCE(l.date_maturity, CASE WHEN m.move_type <> 'entry' THEN m.invoice_date_due END, %s)", DAY)


class Scope:
    """The obligations of a company's customers that matter in a quarter, and what settled them.

    :ivar Credits credits: resolves credits that aren't simply paid on their day
    """

    def __init__(self, env, accounts, quarter, partner_ids=None, grace_days=0):
        """Read the entries that need a closer look.

        :param accounts: :class:`~.accounts.Accounts`
        :param Quarter quarter: the period being rated; everything is as of its end
        :param partner_ids: commercial partners; None for all
        """
        self.env = env
        self.accounts = accounts
        self.quarter = quarter
        self.partner_ids = None if partner_ids is None else list(partner_ids)
        self.grace_days = grace_days
        self.traced = set()      # debit items with claims that the loaded entries settle
        self.open_credits = []   # ids of unmatched items
        self.unposted = self._unposted()
        self.credits = Credits(self._books())
        self.applies = False     # whether unmatched credits count
        self.applied = []        # those that do, see :mod:`.unmatched`

    # ------------------------------------------------------------------
    # Entries to look into
    # ------------------------------------------------------------------

    def _books(self):
        books = Books(self.env, self.accounts, self.quarter.date_to)
        todo = self._carrying_entries()
        queries = [self._void_entries()]
        if self._is_narrow():
            queries.append(self._settling_entries())
        todo.update(entry_id for query in queries for [entry_id] in self.env.execute_query(query))
        customers = self.partner_ids
        if self.accounts.bad_debts:
            todo |= set(ledger_entry_ids(self.env, self.accounts, self.quarter.date_to, customers))
        while todo:
            books.load(todo)
            todo = self._trace(books)
            if not todo and customers is not None:
                # Resolve other customers' bad debts in these entries too, with all their recoveries.
                others = books.customers_on(self.accounts.bad_debts) - set(customers)
                customers = [*customers, *others]
                if others:
                    found = ledger_entry_ids(self.env, self.accounts, self.quarter.date_to, others)
                    todo = set(found) - books.entries.keys()
        return books

    def _trace(self, books):
        """Follow the entries back to the claims that they settle.

        :return: ids of entries not loaded yet, in which an older claim may have continued
        """
        credits = [
            item.id for item in books.items.values()
            if item.balance < 0 and item.account in books.claims and item.id not in self.traced
        ]
        self.traced.update(credits)
        rows = self.env.execute_query(SQL(
            """
            SELECT d.id, d.move_id, d.display_type = 'payment_term'
              FROM account_partial_reconcile r JOIN account_move_line d ON d.id = r.debit_move_id
             WHERE r.credit_move_id = ANY(%s)
            """, credits,
        )) if credits else ()
        self.traced.update(debit for debit, _entry_id, _invoiced in rows)
        return {entry_id for _debit, entry_id, invoiced in rows if not invoiced} - books.entries.keys()

    def _carrying_entries(self):
        """Return entries in which a claim is carried on and that can matter in the quarter.

        These are entries with a claim that is open or was settled since the quarter began, and entries with a claim
        settled before, if they settle or could settle what is due in the quarter. The method also stores the open
        credits, because its query reads all items anyway.

        :return: set of ids
        """
        rows = self.env.execute_query(SQL(
            """
            SELECT l.id, l.move_id, l.balance < 0, l.reconciled IS TRUE
              FROM account_move_line l
             WHERE l.account_id = ANY(%(claims)s) AND l.company_id = ANY(%(companies)s) AND l.parent_state = 'posted'
               AND (
                   (l.balance > 0 AND l.display_type <> 'payment_term' %(partners_or_none)s)
                   OR (l.balance < 0 AND l.reconciled IS NOT TRUE AND l.account_id = ANY(%(receivables)s) %(partners)s)
               )
            """,
            claims=list(self.accounts.receivables | self.accounts.bills), companies=list(self.accounts.companies),
            receivables=list(self.accounts.receivables), partners=self.of_partners(SQL("l.partner_id")),
            partners_or_none=self.of_partners(SQL("l.partner_id"), or_none=True),
        ))
        self.open_credits = [item_id for item_id, _entry_id, is_credit, _settled in rows if is_credit]
        found = {entry_id for _item_id, entry_id, is_credit, is_settled in rows if not is_credit and not is_settled}
        settled = {entry_id for _item_id, entry_id, _is_credit, is_settled in rows if is_settled} - found
        if settled:
            found.update(entry_id for [entry_id] in self.env.execute_query(self._relevant_entries(settled)))
        return found

    def _relevant_entries(self, entry_ids):
        """Return the SQL of the entries that can still matter.

        They have an item that was settled since the quarter began, settles what is due in it, or is open.
        """
        return SQL(
            """
            SELECT l.move_id
              FROM account_move_line l
              JOIN account_partial_reconcile r ON r.debit_move_id = l.id
              JOIN account_move_line c ON c.id = r.credit_move_id
             WHERE l.move_id = ANY(%(entries)s) AND l.account_id = ANY(%(claims)s)
               AND (c.date >= %(start)s OR c.parent_state <> 'posted')
             UNION
            SELECT l.move_id
              FROM account_move_line l
              JOIN account_partial_reconcile r ON r.credit_move_id = l.id
              JOIN account_move_line d ON d.id = r.debit_move_id
             WHERE l.move_id = ANY(%(entries)s) AND l.account_id = ANY(%(claims)s)
               AND d.date_maturity BETWEEN %(start)s::date - %(grace)s AND %(end)s::date - %(grace)s
             UNION
            SELECT l.move_id
              FROM account_move_line l
             WHERE l.move_id = ANY(%(entries)s) AND l.account_id = ANY(%(claims)s)
               AND l.balance < 0 AND l.reconciled IS NOT TRUE
            """,
            entries=list(entry_ids), claims=list(self.accounts.receivables | self.accounts.bills),
            start=self.quarter.date_from, end=self.quarter.date_to, grace=self.grace_days,
        )

    def _settling_entries(self):
        """Return the SQL of entries that settle the customers' items and debit a claim or bad debt of any customer.

        It isn't needed when all customers are read, since the other queries find these entries then.
        """
        return SQL(
            """
            SELECT DISTINCT o.move_id
              FROM account_move_line l
              JOIN account_partial_reconcile r ON r.debit_move_id = l.id
              JOIN account_move_line c ON c.id = r.credit_move_id
              JOIN account_move_line o ON o.move_id = c.move_id
             WHERE l.account_id = ANY(%(receivables)s) AND l.balance > 0 %(partners)s
               AND o.account_id = ANY(%(accounts)s) AND o.balance > 0
            """,
            receivables=list(self.accounts.receivables), partners=self.of_partners(SQL("l.partner_id")),
            accounts=list(self.accounts.receivables | self.accounts.special),
        )

    def _unposted(self):
        """Return settlements by entries that are draft again, which Odoo still counts as settled.

        :return: list of (debit item, credit item), one of which isn't posted
        """
        return self.env.execute_query(SQL(
            """
            SELECT r.debit_move_id, r.credit_move_id
              FROM account_move m
              JOIN account_move_line l ON l.move_id = m.id
              JOIN account_partial_reconcile r ON l.id IN (r.debit_move_id, r.credit_move_id)
             WHERE m.journal_id IN (SELECT id FROM account_journal WHERE company_id = ANY(%s))
               AND m.state IN ('draft', 'cancel')
            """, list(self.accounts.companies),
        ))

    def _void_entries(self):
        return SQL(
            """
            SELECT m.id
              FROM account_payment p JOIN account_move m ON m.origin_payment_id = p.id
             WHERE p.state IN %s AND p.company_id = ANY(%s) AND m.state = 'posted'
            """, VOID_PAYMENTS, list(self.accounts.companies),
        )

    def of(self, partner_ids):
        """Return a copy of this scope with the obligations of these customers only."""
        scope = copy(self)
        scope.partner_ids = list(partner_ids)
        return scope

    # ------------------------------------------------------------------
    # Queries
    # ------------------------------------------------------------------

    def _is_narrow(self):
        return self.partner_ids is not None and len(self.partner_ids) <= MANY_PARTNERS

    def of_partners(self, column, or_none=False):
        """Return the SQL that filters a partner column by the customers, including their contacts.

        For very many customers it is empty: filtering the result is faster.
        """
        if not self._is_narrow():
            return SQL()
        return SQL(
            "AND (%s = ANY(ARRAY(SELECT id FROM res_partner WHERE commercial_partner_id = ANY(%s))) %s)",
            column, self.partner_ids, SQL("OR %s IS NULL", column) if or_none else SQL(),
        )

    def _due_in_quarter(self):
        """Return the SQL of the ids of items with a deadline in the quarter."""
        return SQL(
            """
            SELECT l.id
              FROM account_move_line l
             WHERE l.date_maturity BETWEEN %(start)s::date - %(grace)s AND %(end)s::date - %(grace)s
               AND l.account_id = ANY(%(receivables)s) AND l.balance > 0 %(partners)s
            """,
            start=self.quarter.date_from, end=self.quarter.date_to, grace=self.grace_days,
            receivables=list(self.accounts.receivables), partners=self.of_partners(SQL("l.partner_id")),
        )

    def _settled_since(self):
        """Return the SQL of the ids of items settled since the quarter began, or by an entry that is draft again.

        The settling item may have another partner or none, so for a few customers the query starts from their own
        items.
        """
        names = {'receivables': list(self.accounts.receivables), 'start': self.quarter.date_from}
        if self._is_narrow():
            return SQL(
                """
                SELECT r.debit_move_id
                  FROM account_move_line l
                  JOIN account_partial_reconcile r ON r.debit_move_id = l.id
                  JOIN account_move_line c ON c.id = r.credit_move_id
                 WHERE l.account_id = ANY(%(receivables)s) AND l.balance > 0
                   AND (c.date >= %(start)s OR c.parent_state <> 'posted') %(partners)s
                """, partners=self.of_partners(SQL("l.partner_id")), **names,
            )
        return SQL(
            """
            SELECT r.debit_move_id
              FROM account_partial_reconcile r
             WHERE r.credit_move_id = ANY(ARRAY(
                   SELECT l.id
                     FROM account_move_line l
                    WHERE l.account_id = ANY(%(receivables)s) AND l.date >= %(start)s AND l.balance < 0
             ))
             UNION
            SELECT UNNEST(%(unposted)s::int[])
            """, unposted=[debit for debit, _credit in self.unposted], **names,
        )

    def candidates(self):
        """Return the SQL of the ids of items that may be obligations of the quarter."""
        return SQL(
            """
            %(due)s
             UNION
            -- items that are open or were booked since the quarter began
            SELECT l.id
              FROM account_move_line l
             WHERE l.account_id = ANY(%(receivables)s) AND l.reconciled IS NOT TRUE AND l.balance > 0 %(partners)s
             UNION
            SELECT l.id
              FROM account_move_line l
             WHERE l.account_id = ANY(%(receivables)s) AND l.date >= %(start)s
               AND (l.date_maturity IS NULL OR l.date_maturity < %(start)s::date - %(grace)s) AND l.balance > 0
               %(partners)s
             UNION
            %(settled_since)s
             UNION
            SELECT UNNEST(%(traced)s::int[])
            """,
            due=self._due_in_quarter(), receivables=list(self.accounts.receivables), start=self.quarter.date_from,
            grace=self.grace_days, partners=self.of_partners(SQL("l.partner_id")), traced=list(self.traced),
            settled_since=self._settled_since(),
        )

    def obligations(self, condition=None):
        """Return the SQL of the obligations that exist as of the quarter's end, one row each.

        :param SQL condition: on the row's columns; by default the deadline isn't after the quarter's end
        """
        return SQL(
            """
            SELECT * FROM (
                SELECT l.id AS line_id, l.move_id, p.commercial_partner_id AS partner_id, l.balance, l.amount_currency,
                       %(due)s AS due, %(due)s + %(grace)s AS deadline,
                       %(day)s AS exists_from
                  FROM account_move_line l
                  JOIN account_move m ON m.id = l.move_id
                  JOIN res_partner p ON p.id = l.partner_id
                 WHERE l.id = ANY(ARRAY(%(candidates)s))
                   AND l.company_id = ANY(%(companies)s)
                   AND l.account_id = ANY(%(receivables)s)
                   AND l.balance > 0 AND l.amount_currency > 0
                   AND m.state = 'posted'
                   AND %(day)s <= %(end)s
                   AND (
                       (m.move_type IN ('out_invoice', 'out_receipt') AND l.display_type = 'payment_term')
                       OR (
                           m.move_type = 'entry' AND m.journal_id = ANY(%(journals)s) AND m.origin_payment_id IS NULL
                           AND l.id <> ALL(%(carriers)s)
                       )
                   )
            ) obligation
             WHERE (%(condition)s) %(partners)s
            """,
            day=DAY, due=DUE, grace=self.grace_days, candidates=self.candidates(),
            companies=list(self.accounts.companies),
            receivables=list(self.accounts.receivables), end=self.quarter.date_to,
            journals=list(self.accounts.claim_journals), carriers=list(self.credits.carriers),
            condition=condition or SQL("deadline <= %s", self.quarter.date_to),
            partners=SQL() if self.partner_ids is None else SQL("AND partner_id = ANY(%s)", self.partner_ids),
        )

    def settlements(self):
        """Return the SQL of what settled the rows of ``obligation``.

        Its columns are ``line_id``, ``due``, ``deadline``, ``amount``, ``day`` and ``is_credit_note``.
        """
        plain = SQL(
            """
            SELECT o.line_id, o.due, o.deadline, o.balance * r.debit_amount_currency / o.amount_currency AS amount,
                   GREATEST(%(day)s, o.exists_from) AS day, m.move_type = 'out_refund' AS is_credit_note
              FROM obligation o
              JOIN account_partial_reconcile r ON r.debit_move_id = o.line_id
              JOIN account_move_line c ON c.id = r.credit_move_id
              JOIN account_move m ON m.id = c.move_id
             WHERE r.debit_move_id = ANY(ARRAY(SELECT line_id FROM obligation))
               AND c.account_id = ANY(%(receivables)s) AND c.id <> ALL(%(special_ids)s)
               AND m.state = 'posted' AND %(day)s <= %(end)s AND %(no_exchange)s
            """,
            receivables=list(self.accounts.receivables), special_ids=list(self.credits.special),
            day=DAY, end=self.quarter.date_to,
            no_exchange=no_exchange(SQL("m.id")),
        )
        return SQL(" UNION ALL ").join(filter(None, [plain, self._special_settlements(), self._applied_settlements()]))

    def _special_settlements(self):
        """Return the SQL of settlements by credits that are more than a plain payment or credit note, or None."""
        rows = [
            (credit_id, part.share, part.day, part.kind == CREDITED)
            for credit_id, parts in self.credits.special.items() for part in parts if part.kind in (PAID, CREDITED)
        ]
        if not rows:
            return None
        credits, shares, days, credited = (list(column) for column in zip(*rows, strict=True))
        return SQL(
            """
            SELECT o.line_id, o.due, o.deadline, o.balance * r.debit_amount_currency / o.amount_currency * s.share,
                   GREATEST(s.day, o.exists_from), s.is_credit_note
              FROM UNNEST(%(credits)s::int[], %(shares)s::numeric[], %(days)s::date[], %(credited)s::bool[])
                   AS s (credit_id, share, day, is_credit_note)
              JOIN account_partial_reconcile r ON r.credit_move_id = s.credit_id
              JOIN obligation o ON o.line_id = r.debit_move_id
            """,
            credits=credits, shares=shares, days=days, credited=credited,
        )

    def has_closed(self):
        """Return whether :meth:`closed` has rows."""
        return any(part.kind == CLOSED for parts in self.credits.special.values() for part in parts)

    def closed(self):
        """Return the SQL of amounts still owed that aren't expected: written off, or in bills that aren't due.

        Its columns are ``line_id`` and ``amount``.
        """
        rows = [
            (credit_id, part.share)
            for credit_id, parts in self.credits.special.items() for part in parts if part.kind == CLOSED
        ]
        return SQL(
            """
            SELECT d.id AS line_id, SUM(d.balance * r.debit_amount_currency / d.amount_currency * s.share) AS amount
              FROM UNNEST(%(credits)s::int[], %(shares)s::numeric[]) AS s (credit_id, share)
              JOIN account_partial_reconcile r ON r.credit_move_id = s.credit_id
              JOIN account_move_line d ON d.id = r.debit_move_id AND d.amount_currency <> 0
             GROUP BY d.id
            """,
            credits=[credit_id for credit_id, _share in rows], shares=[share for _credit_id, share in rows],
        )

    def _applied_settlements(self):
        """Return the SQL of settlements by unmatched credits, or None."""
        if not self.applied:
            return None
        return SQL(
            """
            SELECT o.line_id, o.due, o.deadline, s.amount, GREATEST(s.day, o.exists_from), s.is_credit_note
              FROM UNNEST(%(obligations)s::int[], %(amounts)s::numeric[], %(days)s::date[], %(notes)s::bool[])
                   AS s (line_id, amount, day, is_credit_note)
              JOIN obligation o ON o.line_id = s.line_id
            """,
            obligations=[row.obligation for row in self.applied], amounts=[row.amount for row in self.applied],
            days=[row.day for row in self.applied], notes=[row.is_credit_note for row in self.applied],
        )

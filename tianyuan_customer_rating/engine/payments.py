"""Computes how punctually a customer pays (design §4; policy: 付款结算时效, 信用履约, 偿债能力).

The obligations of a quarter are those with a deadline in it, less credit notes, and arrears: those with an earlier
deadline, with the amount unpaid when the quarter began. :mod:`.settlements` finds what settled them, :mod:`.credits`
what a credit counts as, and :mod:`.unmatched` applies credits that nobody has matched.
"""

from decimal import Decimal

from odoo.tools import SQL

from .accounts import accounts_of
from .entries import HALF_A_CENT
from .periods import Quarter
from .settlements import Scope, flush
from .unmatched import apply_unmatched, open_credits

__all__ = [
    'coming_due', 'details_and_credits', 'early_payment_rates', 'flush', 'overdue', 'overdue_items', 'payment_details',
    'payment_metrics', 'population', 'returned_bills',
]


def population(company, quarter, partner_ids=None, grace_days=0, apply_credits=True):
    """Return the SQL of :func:`_population` for the parameters of :func:`payment_metrics`."""
    flush(company.env)
    return _population(_scope(company, quarter, partner_ids, grace_days, apply_credits))


def _scope(company, quarter, partner_ids, grace_days, apply_credits):
    scope = Scope(company.env, accounts_of(company), quarter, partner_ids, grace_days)
    scope.applies = apply_credits
    if apply_credits:
        scope.applied = apply_unmatched(scope)
    return scope


def _population(scope):
    """Return the SQL of the quarter's obligations, one row each, in company currency.

    ``amount`` is the amount that counts: ``on_time`` was paid by the deadline (``early`` of it before the due date),
    ``late`` after it, and ``unpaid`` is the rest. ``late_days`` is the sum of late or unpaid amount × days after the
    due date.
    """
    return SQL(
        """
        WITH obligation AS MATERIALIZED (%(obligations)s),
        settlement AS (%(settlements)s),
        settled AS (
            SELECT line_id,
                   SUM(amount) FILTER (WHERE is_credit_note) AS credited,
                   SUM(amount) FILTER (WHERE NOT is_credit_note AND day < %(start)s AND deadline < %(start)s)
                       AS paid_before,
                   SUM(amount) FILTER (WHERE NOT is_credit_note AND day <= deadline AND deadline >= %(start)s)
                       AS on_time,
                   SUM(amount) FILTER (WHERE NOT is_credit_note AND day < due AND deadline >= %(start)s) AS early,
                   SUM(amount) FILTER (WHERE NOT is_credit_note AND day > deadline
                                         AND (day >= %(start)s OR deadline >= %(start)s)) AS late,
                   SUM(amount * (day - due)) FILTER (WHERE NOT is_credit_note AND day > deadline
                                         AND (day >= %(start)s OR deadline >= %(start)s)) AS late_days
              FROM settlement
             GROUP BY line_id
        ),
        counted AS (
            SELECT o.line_id, o.partner_id, o.due, o.deadline,
                   o.balance - COALESCE(s.credited, 0) - COALESCE(s.paid_before, 0) AS amount,
                   COALESCE(s.on_time, 0) AS on_time, COALESCE(s.early, 0) AS early, COALESCE(s.late, 0) AS late,
                   COALESCE(s.late_days, 0) AS late_days
              FROM obligation o LEFT JOIN settled s ON s.line_id = o.line_id
        ),
        rest AS (
            SELECT *, CASE WHEN amount - on_time - late >= %(nothing)s THEN amount - on_time - late ELSE 0 END AS unpaid
              FROM counted
             WHERE amount >= %(nothing)s
        )
        SELECT line_id, partner_id, due, deadline, amount, on_time, early, late, unpaid,
               late_days + unpaid * (%(end)s - due) AS late_days
          FROM rest
        """,
        obligations=scope.obligations(), settlements=scope.settlements(), start=scope.quarter.date_from,
        end=scope.quarter.date_to, nothing=HALF_A_CENT,
    )


def payment_metrics(company, quarter, partner_ids=None, grace_days=0, apply_credits=True, late_after=None,
                    late_amount=0):
    """Return the share of due money paid by its deadline, and the amount-weighted days of delay.

    :param company: ``res.company`` without a parent, or one of its branches; amounts are in its currency
    :param Quarter quarter: the period being rated; everything is as of its end
    :param partner_ids: commercial partners; None for all
    :param int grace_days: days after the due date that still count as on time
    :param bool apply_credits: apply unmatched credits
    :param int late_after: if given, also return what is open so many days after its deadline, see :func:`_with_late`
    :param late_amount: what is open doesn't count as long late until it is more than this amount
    :return: list of dicts ``partner_id``, ``on_time_rate`` (percent), ``days_beyond_terms`` (days); partners with
        nothing due are left out
    """
    scope = _scope(company, quarter, partner_ids, grace_days, apply_credits)
    if late_after is not None:
        return _with_late(scope, late_after, late_amount)
    query = SQL(
        """
        SELECT partner_id,
               ROUND(100 * SUM(on_time) / SUM(amount), 4) AS on_time_rate,
               ROUND(SUM(late_days) / SUM(amount), 4) AS days_beyond_terms
          FROM (%(population)s) population
         GROUP BY partner_id
        """,
        population=_population(scope),
    )
    return company.env.execute_query_dict(query)


def early_payment_rates(company, quarter, partner_ids, grace_days=0, apply_credits=True):
    """Return the share of due money that was paid before the due date, for the parameters of :func:`payment_metrics`.

    :return: dict of partner id → percent, rounded to four decimals (half up); partners with nothing due are left out
    """
    flush(company.env)
    return {
        partner_id: float(rate) for partner_id, rate in company.env.execute_query(SQL(
            """
            SELECT partner_id, ROUND(100 * SUM(early) / SUM(amount), 4)
              FROM (%(population)s) population
             GROUP BY partner_id
            """,
            population=_population(_scope(company, quarter, partner_ids, grace_days, apply_credits)),
        ))
    }


def _with_late(scope, late_after, late_amount):
    """Return the payment metrics, and what is late as of the quarter's end: all with one reading of the books.

    Write-offs and bills that aren't due don't count as open, and unmatched credits are subtracted if the scope applies
    them.

    :return: list of dicts with, beside the metrics, ``overdue_amount`` and ``overdue_since`` (what is open more than
        ``late_after`` days after its deadline, and its earliest due date), ``open_since`` (the due date since which
        more than ``late_amount`` is open after its deadline), ``bills`` (:class:`~.credits.Returned` still owed)
    """
    query = SQL(
        """
        SELECT partner_id,
               ROUND(100 * SUM(on_time) / SUM(amount), 4) AS on_time_rate,
               ROUND(SUM(late_days) / SUM(amount), 4) AS days_beyond_terms,
               SUM(open) FILTER (WHERE %(is_open)s AND %(is_late)s) AS overdue_amount,
               MIN(due) FILTER (WHERE %(is_open)s AND %(is_late)s) AS overdue_since,
               ARRAY_AGG(due) FILTER (WHERE %(is_open)s) AS days,
               ARRAY_AGG(open::text) FILTER (WHERE %(is_open)s) AS amounts
          FROM (%(expected)s) expected
         GROUP BY partner_id
        """,
        expected=_without_closed(scope),
        is_open=SQL("open >= %s AND deadline < %s", HALF_A_CENT, scope.quarter.date_to),
        is_late=SQL("deadline + %s < %s", late_after, scope.quarter.date_to),
    )
    rows = {row['partner_id']: row for row in scope.env.execute_query_dict(query)}
    for row in rows.values():
        row['open_since'] = _since(row.pop('days') or (), row.pop('amounts') or (), late_amount)
    for partner_id, bills in _returned_bills(scope).items():
        rows.setdefault(partner_id, {'partner_id': partner_id})['bills'] = bills
    return list(rows.values())


def _since(days, amounts, limit):
    """Return the day since which more than a limit has been due, of what was due on each of these days, or None."""
    due = 0
    for day, amount in sorted(zip(days, map(Decimal, amounts), strict=True)):
        due += amount
        if due > limit:
            return day
    return None


def _returned_bills(scope):
    """Return the bills that came back as far as customers still owe them: dict of partner id → list, oldest first.

    Money that has come since and that nobody has matched pays them, if the scope applies unmatched credits.
    """
    wanted = None if scope.partner_ids is None else set(scope.partner_ids)
    found = {
        partner_id: bills for partner_id, bills in scope.credits.returned_bills().items()
        if wanted is None or partner_id in wanted
    }
    if found and scope.applies:
        for credit in open_credits(scope.of(found)):
            found[credit.customer] = [
                bill._replace(amount=bill.amount - credit.take(bill.amount)) if bill.day <= credit.day else bill
                for bill in found[credit.customer]
            ]
    return {
        partner_id: owed for partner_id, bills in found.items()
        if (owed := [bill for bill in bills if bill.amount >= HALF_A_CENT])
    }


def returned_bills(company, today, partner_id):
    """Return the bills of a customer that came back and that the customer still owes, oldest first.

    :param company: ``res.company`` without a parent
    :param date today: the day as of which the books are read
    :return: list of :class:`~.credits.Returned`
    """
    flush(company.env)
    return _returned_bills(_scope(company, Quarter.until(today), [partner_id], 0, True)).get(partner_id, [])


def overdue_items(company, today, partner_id, grace_days, late_after):
    """Return the journal items behind what :func:`payment_metrics` gives as overdue of a customer.

    :param company: ``res.company`` without a parent
    :param date today: the day as of which the books are read
    :param int late_after: how many days after its deadline something has to be open
    :return: list of ids of ``account.move.line``, oldest first
    """
    flush(company.env)
    return [line_id for [line_id] in company.env.execute_query(SQL(
        """
        SELECT line_id FROM (%(expected)s) expected
         WHERE open >= %(nothing)s AND deadline + %(late_after)s < %(today)s
         ORDER BY due, line_id
        """,
        expected=_without_closed(_scope(company, Quarter.until(today), [partner_id], grace_days, True)),
        nothing=HALF_A_CENT, late_after=late_after, today=today,
    ))]


def _without_closed(scope):
    """Return the SQL of :func:`_population` with ``open``: what is unpaid and still expected of each obligation."""
    if not scope.has_closed():
        return SQL("SELECT *, unpaid AS open FROM (%s) population", _population(scope))
    # What is closed is added as negative amounts: the planner would join it as if the books were small.
    return SQL(
        """
        SELECT line_id, MAX(partner_id) AS partner_id, MAX(due) AS due, MAX(deadline) AS deadline,
               MAX(amount) AS amount, MAX(on_time) AS on_time, MAX(late_days) AS late_days, SUM(open) AS open
          FROM (
                SELECT line_id, partner_id, due, deadline, amount, on_time, late_days, unpaid AS open
                  FROM (%s) population
                 UNION ALL
                SELECT line_id, NULL, NULL, NULL, NULL, NULL, NULL, -amount
                  FROM (%s) closed
               ) part
         GROUP BY line_id
        HAVING MAX(partner_id) IS NOT NULL
        """, _population(scope), scope.closed(),
    )


def overdue(company, today, partner_ids):
    """Return what customers owe beyond the due date.

    Write-offs and bills that aren't due don't count, and unmatched credits are subtracted.

    :param company: ``res.company`` without a parent; amounts are in its currency
    :param date today: the day as of which the books are read
    :param partner_ids: commercial partners
    :return: dict of partner id → tuple of the amount and the earliest due date; partners without overdue debts are left
        out
    """
    flush(company.env)
    scope = _scope(company, Quarter.until(today), partner_ids, 0, True)
    query = SQL(
        """
        SELECT partner_id, SUM(open) AS amount, MIN(due) AS since
          FROM (%(expected)s) expected
         WHERE due < %(today)s AND open >= %(nothing)s
         GROUP BY partner_id
        """,
        expected=_without_closed(scope), today=today, nothing=HALF_A_CENT,
    )
    return {partner_id: (amount, since) for partner_id, amount, since in company.env.execute_query(query)}


def coming_due(company, today, partner_ids):
    """Return what customers have to pay by their due dates until the end of today's quarter.

    Write-offs and bills that aren't due don't count, and unmatched credits are subtracted, as in :func:`overdue`.

    :param company: ``res.company`` without a parent; amounts are in its currency
    :param date today: the first due date that is meant
    :param partner_ids: commercial partners
    :return: dict of partner id → tuple of the number of invoices, the amount and the latest due date; partners with
        nothing to pay are left out
    """
    flush(company.env)
    scope = _scope(company, Quarter.containing(today), partner_ids, 0, True)
    query = SQL(
        """
        SELECT expected.partner_id, COUNT(DISTINCT l.move_id), SUM(expected.open), MAX(expected.due)
          FROM (%(expected)s) expected
          JOIN account_move_line l ON l.id = expected.line_id
         WHERE expected.due >= %(today)s AND expected.open >= %(nothing)s
         GROUP BY expected.partner_id
        """,
        expected=_without_closed(scope), today=today, nothing=HALF_A_CENT,
    )
    return {partner_id: tuple(row) for partner_id, *row in company.env.execute_query(query)}


def payment_details(company, quarter, partner_id, grace_days=0, apply_credits=True):
    """Return the obligations behind :func:`payment_metrics` of one customer, oldest deadline first.

    :return: list of dicts ``line_id`` (``account.move.line``), ``due``, ``deadline``, ``amount``, ``on_time``,
        ``late``, ``unpaid`` (company currency), ``days_late`` (amount-weighted)
    """
    return details_and_credits(company, quarter, partner_id, grace_days, apply_credits)[0]


def details_and_credits(company, quarter, partner_id, grace_days=0, apply_credits=True):
    """Return the result of :func:`payment_details`, and the unmatched credits that were applied.

    :return: tuple of the list of obligations and the list of :class:`~.unmatched.Applied`
    """
    flush(company.env)
    scope = _scope(company, quarter, [partner_id], grace_days, apply_credits)
    query = SQL(
        """
        SELECT line_id, due, deadline, amount, on_time, late, unpaid, ROUND(late_days / amount, 4) AS days_late
          FROM (%(population)s) population
         ORDER BY deadline, line_id
        """,
        population=_population(scope),
    )
    return company.env.execute_query_dict(query), scope.applied

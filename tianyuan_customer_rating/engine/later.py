"""Reads what customers did after a rating: the outcome that a score is judged by (policy 客户评价).

The arithmetic is that of design §4 for the quarter or the four quarters that follow. Only metrics that are right for
both are used: the on-time rate, the days beyond terms, purchases and bad debts.
"""

from datetime import timedelta
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from odoo.tools import SQL

from . import payments, purchases
from .accounts import accounts_of
from .metrics import whole_books
from .moves import DEAL_MOVE_TYPES
from .periods import Quarter

MONTHS = {'quarter': 3, 'year': 12}
MANY = 5_000    # For more customers the planner's settings for the whole books are faster.


class Terms(NamedTuple):
    """By which rules of a scheme a customer's books are read."""

    grace_days: int = 0
    volume_basis: str = 'invoiced'
    apply_unmatched_credits: bool = True


class Later(NamedTuple):
    """What a customer did in a period; amounts are in the company's currency."""

    on_time_rate: float | None    # percent; None if nothing was due
    days_beyond_terms: float | None
    purchase_amount: float
    bad_debt_amount: float


def period_after(quarter, horizon):
    """Return the days after a quarter that a horizon covers.

    :param horizon: ``quarter`` or ``year``
    :return: :class:`Quarter`, whose last day is a year later for ``year``
    """
    start = quarter.date_to + timedelta(days=1)
    return Quarter(start, start + relativedelta(months=MONTHS[horizon], days=-1))


def last_over(day, horizon):
    """Return the last day of the newest quarter whose horizon was over by a day.

    :param date day: the last day of the books that count
    """
    over = Quarter.containing(day + timedelta(days=1)).previous()    # the last quarter that had ended by ``day``
    for _quarter in range(MONTHS[horizon] // 3):
        over = over.previous()
    return over.date_to


def books_begin(env, company):
    """Return the first day of the month in which a company's books begin, that of its first posted customer invoice.

    Invoices in claim journals are opening balances: only what was unpaid came over, so before that day everybody would
    have paid late.

    :param company: ``res.company`` without a parent
    :return: date; None if nothing was invoiced
    """
    accounts = accounts_of(company.with_env(env))
    env['account.move'].flush_model(['company_id', 'invoice_date', 'journal_id', 'move_type', 'state'])
    [[day]] = env.execute_query(SQL(
        """
        SELECT MIN(invoice_date)
          FROM account_move
         WHERE company_id = ANY(%s) AND state = 'posted' AND move_type IN %s AND NOT journal_id = ANY(%s)
        """,
        list(accounts.companies), DEAL_MOVE_TYPES, list(accounts.claim_journals),
    ))
    return day and day.replace(day=1)


def judge_again(env, company_ids):
    """Judge the outcomes of companies by their present limits, as ``_compute_is_bad`` of the outcome does, at once."""
    env['res.company'].flush_model(['tianyuan_proof_days_late', 'tianyuan_proof_on_time_rate'])
    env['tianyuan.rating.outcome'].flush_model()
    env.execute_query(SQL(
        """
        UPDATE tianyuan_rating_outcome o
           SET is_bad = judged.is_bad, bad_percent = CASE WHEN judged.is_bad THEN 100 ELSE 0 END
          FROM (
               SELECT o.id, COALESCE(o.bad_debt_amount, 0) > 0 OR COALESCE(o.has_payments, FALSE) AND (
                          COALESCE(o.on_time_rate, 0) < c.tianyuan_proof_on_time_rate
                          OR COALESCE(o.days_beyond_terms, 0) > c.tianyuan_proof_days_late
                      ) AS is_bad
                 FROM tianyuan_rating_outcome o
                 JOIN res_company c ON c.id = o.company_id
                WHERE o.company_id = ANY(%s)
          ) judged
         WHERE judged.id = o.id AND judged.is_bad IS DISTINCT FROM o.is_bad
        RETURNING 1
        """,
        list(company_ids),
    ))
    env['tianyuan.rating.outcome'].invalidate_model(['bad_percent', 'is_bad'])


def waiting_sheets(env, company, horizon, last_day):
    """Return the confirmed quarterly sheets whose horizon is over and whose outcome hasn't been read.

    Left out are sheets before the books, see :func:`books_begin`, and those of contacts that became part of another
    customer, whose books are that customer's now. The caller checks access.

    :param date last_day: quarters that end later aren't over yet, see :func:`last_over`
    :return: list of (last day of the quarter, id of the sheet), oldest quarter first
    """
    env['tianyuan.rating'].flush_model(['company_id', 'date_to', 'kind', 'partner_id', 'state'])
    env['tianyuan.rating.outcome'].flush_model(['horizon', 'rating_id'])
    env['res.partner'].flush_model(['commercial_partner_id'])
    begin = books_begin(env, company)
    if not begin:
        return []
    return env.execute_query(SQL(
        """
        SELECT r.date_to, r.id
          FROM tianyuan_rating r
          JOIN res_partner p ON p.id = r.partner_id AND p.commercial_partner_id = p.id
         WHERE r.company_id = %(company)s AND r.state = 'confirmed' AND r.kind = 'quarterly'
           AND r.date_to <= %(last_day)s AND r.date_to >= %(begin)s - 1
           AND NOT EXISTS (
               SELECT FROM tianyuan_rating_outcome o WHERE o.rating_id = r.id AND o.horizon = %(horizon)s
           )
         ORDER BY r.date_to, r.id
        """,
        company=company.id, horizon=horizon, last_day=last_day, begin=begin,
    ))


def read(env, company, period, partner_ids, terms):
    """Return what customers did in a period, with a handful of queries.

    :param company: ``res.company`` without a parent; what its branches booked counts as its own
    :param period: :class:`Quarter` or several in one
    :param partner_ids: ids of commercial partners
    :param Terms terms: the rules of the scheme that the customers were rated by
    :return: dict of partner id → :class:`Later`
    """
    partner_ids = list(partner_ids)
    if len(partner_ids) > MANY:
        with env.cr.savepoint(), whole_books(env.cr):
            return _read(env, company, period, partner_ids, terms)
    return _read(env, company, period, partner_ids, terms)


def _read(env, company, period, partner_ids, terms):
    company = company.with_env(env)
    purchases.flush(env)
    payments.flush(env)
    paid = {row['partner_id']: row for row in payments.payment_metrics(
        company, period, partner_ids, terms.grace_days, terms.apply_unmatched_credits,
    )}
    bought = purchases.purchase_amounts(company, period, partner_ids, terms.volume_basis)
    lost = dict.fromkeys(partner_ids, 0.0)
    for debt, left in env['tianyuan.bad.debt']._open_amounts(company, period.date_to, partner_ids).items():
        if debt.date >= period.date_from:
            lost[debt.partner_id.id] += left
    result = {}
    for partner_id in partner_ids:
        rates = paid.get(partner_id)
        result[partner_id] = Later(
            float(rates['on_time_rate']) if rates else None, float(rates['days_beyond_terms']) if rates else None,
            bought.get(partner_id, 0.0), lost[partner_id],
        )
    return result

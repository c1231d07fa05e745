"""Computes what can still be reached in a quarter that has begun (design §4, "Quarter to date").

Purchases can grow until the last day, so they have no limit. Cooperation time, late payments and past months are facts;
for metrics that depend on them, this module computes the best value possible by the quarter's end. Of a company's own
indicators nothing is known, so they have no limit either.
"""

from odoo.tools import SQL

from .entries import ZERO
from .own_definitions import EARLY
from .payments import population
from .periods import Quarter
from .purchases import cooperation_metrics, monthly_purchases, purchase_metrics


def best_possible(company, until, partner_id, scheme):
    """Return the best values of one customer's metrics that the books still allow by the quarter's end.

    :param company: ``res.company``
    :param Quarter until: the quarter up to today
    :param scheme: ``tianyuan.rating.scheme``
    :return: dict of metric code → value; metrics without a limit are left out
    """
    whole = Quarter.containing(until.date_from)
    result = {}
    for row in cooperation_metrics(company, whole, [partner_id]):
        result['cooperation_years'] = float(row['cooperation_years'])
    if whole.annual_year == until.annual_year:    # The annual year has ended.
        for row in purchase_metrics(company, until, [partner_id], scheme.volume_basis):
            result['annual_purchase'] = float(row['annual_purchase'])
    result |= _best_payments(company, until, whole, partner_id, scheme)
    result |= _best_balance(company, until, partner_id, scheme)
    return result


def _best_payments(company, until, whole, partner_id, scheme):
    """Return the metrics if everything not yet overdue is paid by its deadline, and everything overdue today."""
    rows = company.env.execute_query_dict(SQL(
        """
        SELECT SUM(amount) AS amount,
               SUM(on_time + CASE WHEN deadline >= %(today)s THEN unpaid ELSE 0 END) AS on_time,
               SUM(early + CASE WHEN due > %(today)s THEN unpaid ELSE 0 END) AS early,
               SUM(late_days - unpaid * (%(end)s - due)
                   + CASE WHEN deadline >= %(today)s THEN 0 ELSE unpaid * (%(today)s - due) END) AS late_days
          FROM (%(population)s) population
        """,
        today=until.date_to, end=whole.date_to,
        population=population(company, whole, [partner_id], scheme.grace_days, scheme.apply_unmatched_credits),
    ))
    [row] = rows
    if not row['amount']:
        return {}
    early = {EARLY: float(round(100 * row['early'] / row['amount'], 4))} if EARLY in scheme.line_ids.mapped(
        'indicator_id.metric') else {}
    return {
        **early,
        'on_time_rate': float(round(100 * row['on_time'] / row['amount'], 4)),
        'days_beyond_terms': float(round(row['late_days'] / row['amount'], 4)),
    }


def _best_balance(company, until, partner_id, scheme):
    """Return the balance if the last month's purchases become as even as possible, but not less than they are."""
    if until.date_to < until.month_starts()[2]:
        return {}
    first, second, third = monthly_purchases(company, until, partner_id, scheme.volume_basis)
    if first + second > 0:
        third = max(third, (first ** 2 + second ** 2) / (first + second))
    total = first + second + third
    if total <= 0:
        return {}
    squares = first ** 2 + second ** 2 + third ** 2
    return {'purchase_balance': float(round(max(3 * squares - total ** 2, ZERO).sqrt() / total, 4))}

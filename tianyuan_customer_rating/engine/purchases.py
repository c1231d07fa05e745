"""Computes what customers bought, with set-based queries on posted invoices or confirmed orders (design §4,
"Purchases").

Policy: 吸货能力评价, 吸货均衡性评价, and the annual purchase of 大客户.
"""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from dateutil.relativedelta import relativedelta
from pytz import country_timezones, timezone, utc

from odoo.tools import SQL

from .moves import DEAL_MOVE_TYPES, PURCHASE_MOVE_TYPES


def flush(env):
    """Flush pending changes of all fields that the queries below read."""
    env['account.move'].flush_model([
        'amount_untaxed_signed', 'commercial_partner_id', 'company_id', 'invoice_date', 'move_type', 'state',
    ])
    env['sale.order'].flush_model([
        'amount_untaxed', 'company_id', 'currency_rate', 'date_order', 'partner_id', 'state',
    ])
    env['res.partner'].flush_model(['commercial_partner_id', 'tianyuan_cooperation_start_date'])


def company_timezone(company):
    """Return the time zone in which the company's days begin.

    It is that of its address, else of its working hours (which Odoo sets to UTC for users without a time zone), else of
    its country.
    """
    root = company.sudo().root_id
    if root.partner_id.tz:
        return root.partner_id.tz
    calendar_tz = root.resource_calendar_id.tz
    if calendar_tz and calendar_tz != 'UTC':
        return calendar_tz
    return next(iter(country_timezones.get(root.country_id.code or '', ())), 'UTC')


def _companies(company):
    """Return the SQL of the ids of the company and its branches, whose invoices and orders count as its own."""
    return SQL("SELECT id FROM res_company WHERE parent_path LIKE %s", f'{company.sudo().root_id.parent_path}%')


def _restrict(column, partner_ids):
    return SQL() if partner_ids is None else SQL("AND %s = ANY(%s)", column, list(partner_ids))


def _invoiced(company, since, until, partner_ids):
    return SQL(
        """
        SELECT m.commercial_partner_id AS partner_id, m.invoice_date AS day, m.amount_untaxed_signed AS amount
          FROM account_move m
         WHERE m.company_id IN (%(companies)s)
           AND m.state = 'posted'
           AND m.move_type IN %(types)s
           AND m.invoice_date BETWEEN %(since)s AND %(until)s
           AND m.commercial_partner_id IS NOT NULL
           %(partners)s
        """,
        companies=_companies(company), types=PURCHASE_MOVE_TYPES, since=since, until=until,
        partners=_restrict(SQL("m.commercial_partner_id"), partner_ids),
    )


def _ordered(company, since, until, partner_ids):
    return SQL(
        """
        SELECT * FROM (
            SELECT p.commercial_partner_id AS partner_id,
                   (o.date_order AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date AS day,
                   o.amount_untaxed / COALESCE(NULLIF(o.currency_rate, 0), 1) AS amount
              FROM sale_order o
              JOIN res_partner p ON p.id = o.partner_id
             WHERE o.company_id IN (%(companies)s)
               AND o.state = 'sale'
               %(partners)s
        ) o
         WHERE day BETWEEN %(since)s AND %(until)s
        """,
        companies=_companies(company), since=since, until=until, tz=company_timezone(company),
        partners=_restrict(SQL("p.commercial_partner_id"), partner_ids),
    )


def purchase_metrics(company, quarter, partner_ids=None, volume_basis='invoiced', with_months=False):
    """Return purchases of the quarter, their balance and growth, and those of the annual year.

    :param company: ``res.company``; amounts are in its currency, untaxed, refunds negative
    :param Quarter quarter: the quarter being rated
    :param partner_ids: commercial partners; None for all
    :param volume_basis: ``invoiced`` or ``ordered``
    :param bool with_months: also return what was bought in each month, as ``month_1`` to ``month_3``, and as
        ``before_months`` what was bought in those months of last year that are over this year
    :return: list of dicts ``partner_id``, ``purchase_amount``, ``purchase_balance``, ``purchase_growth``,
        ``annual_purchase``; None for no data
    """
    before = quarter.year_before()
    since = min(before.date_from, date(quarter.annual_year, 1, 1))
    source = _ordered if volume_basis == 'ordered' else _invoiced
    _first, second, third = quarter.month_starts()
    before_over = SQL(
        ", COALESCE(SUM(amount) FILTER (WHERE day >= %s AND day < %s), 0) AS before_months",
        before.date_from, before.date_from + relativedelta(months=quarter.months_over()),
    ) if with_months else SQL()
    query = SQL(
        """
        WITH purchase AS (%(purchase)s),
        total AS (
            SELECT partner_id,
                   COALESCE(SUM(amount) FILTER (WHERE day >= %(start)s AND day < %(second)s), 0) AS month_1,
                   COALESCE(SUM(amount) FILTER (WHERE day >= %(second)s AND day < %(third)s), 0) AS month_2,
                   COALESCE(SUM(amount) FILTER (WHERE day >= %(third)s AND day <= %(end)s), 0) AS month_3,
                   COALESCE(SUM(amount) FILTER (WHERE day BETWEEN %(before_start)s AND %(before_end)s), 0) AS before,
                   COALESCE(SUM(amount) FILTER (WHERE day BETWEEN %(year_start)s AND %(year_end)s), 0) AS annual
                   %(before_over)s
              FROM purchase
             GROUP BY partner_id
        ),
        quarter AS (
            SELECT *,
                   month_1 + month_2 + month_3 AS amount,
                   month_1 * month_1 + month_2 * month_2 + month_3 * month_3 AS squares
              FROM total
        )
        SELECT partner_id,
               ROUND(amount, 4) AS purchase_amount,
               -- population standard deviation / mean of three numbers, with a single division; no data before the
               -- third month has begun
               CASE WHEN amount > 0 AND %(end)s >= %(third)s
                    THEN ROUND(SQRT(GREATEST(3 * squares - amount * amount, 0)) / amount, 4)
               END AS purchase_balance,
               CASE WHEN before > 0
                    THEN ROUND(100 * (amount - before) / before, 4)
               END AS purchase_growth,
               ROUND(annual, 4) AS annual_purchase
               %(months)s
          FROM quarter
        """,
        months=SQL(", month_1, month_2, month_3, before_months") if with_months else SQL(),
        before_over=before_over,
        purchase=source(company, since, quarter.date_to, partner_ids),
        start=quarter.date_from, second=second, third=third, end=quarter.date_to,
        before_start=before.date_from, before_end=before.date_to,
        year_start=date(quarter.annual_year, 1, 1), year_end=date(quarter.annual_year, 12, 31),
    )
    return company.env.execute_query_dict(query)


def purchase_amounts(company, period, partner_ids=None, volume_basis='invoiced'):
    """Return what customers bought in a period of any length.

    :param company: ``res.company``; amounts are in its currency, untaxed, refunds negative
    :param period: pair of first and last day
    :param partner_ids: commercial partners; None for all
    :param volume_basis: ``invoiced`` or ``ordered``
    :return: dict of partner id → float; customers without a purchase are left out
    """
    source = _ordered if volume_basis == 'ordered' else _invoiced
    since, until = period
    return {partner_id: float(amount) for partner_id, amount in company.env.execute_query(SQL(
        "SELECT partner_id, SUM(amount) FROM (%s) purchase GROUP BY partner_id",
        source(company, since, until, partner_ids),
    ))}


def monthly_purchases(company, quarter, partner_id, volume_basis='invoiced'):
    """Return what one customer bought in each month of the quarter.

    :return: list of three amounts (``Decimal``), in company currency
    """
    source = _ordered if volume_basis == 'ordered' else _invoiced
    first, second, third = quarter.month_starts()
    [amounts] = company.env.execute_query(SQL(
        """
        SELECT COALESCE(SUM(amount) FILTER (WHERE day < %(second)s), 0)::text,
               COALESCE(SUM(amount) FILTER (WHERE day >= %(second)s AND day < %(third)s), 0)::text,
               COALESCE(SUM(amount) FILTER (WHERE day >= %(third)s), 0)::text
          FROM (%(purchase)s) purchase
        """,
        second=second, third=third, purchase=source(company, first, quarter.date_to, [partner_id]),
    ))
    return [Decimal(amount) for amount in amounts]


def cooperation_metrics(company, quarter, partner_ids=None):
    """Return how long customers have bought from the company, as of the quarter's end.

    It is counted from the archive's date, else from the first posted customer invoice; whole months ÷ 12.

    :return: list of dicts ``partner_id``, ``cooperation_years``
    """
    end = quarter.date_to
    query = SQL(
        """
        WITH start AS (
            SELECT partner_id, COALESCE(MIN(archive_day), MIN(invoice_day)) AS day
              FROM (
                    SELECT p.id AS partner_id,
                           p.tianyuan_cooperation_start_date AS archive_day,
                           NULL::date AS invoice_day
                      FROM res_partner p
                     WHERE p.tianyuan_cooperation_start_date IS NOT NULL
                       AND p.commercial_partner_id = p.id
                       %(partners)s
                     UNION ALL
                    SELECT m.commercial_partner_id, NULL, MIN(m.invoice_date)
                      FROM account_move m
                     WHERE m.company_id IN (%(companies)s)
                       AND m.state = 'posted'
                       AND m.move_type IN %(types)s
                       AND m.invoice_date <= %(end)s
                       AND m.commercial_partner_id IS NOT NULL
                       %(invoiced_partners)s
                     GROUP BY m.commercial_partner_id
                   ) known
             GROUP BY partner_id
        )
        -- if the period ends on a month's last day, a later day of the month counts as reached too
        SELECT partner_id,
               ROUND((
                   (%(year)s - DATE_PART('year', day)) * 12 + %(month)s - DATE_PART('month', day)
                   - CASE WHEN DATE_PART('day', day) > %(day)s AND NOT %(month_over)s THEN 1 ELSE 0 END
               )::numeric / 12, 4) AS cooperation_years
          FROM start
         WHERE day <= %(end)s
        """,
        companies=_companies(company), types=DEAL_MOVE_TYPES, end=end, year=end.year, month=end.month, day=end.day,
        month_over=(end + timedelta(days=1)).day == 1,
        invoiced_partners=_restrict(SQL("m.commercial_partner_id"), partner_ids),
        partners=_restrict(SQL("p.id"), partner_ids),
    )
    return company.env.execute_query_dict(query)


def partners_with_business(company, partner_ids):
    """Return which of the partners have a posted customer invoice or a confirmed order with the company.

    :return: set of commercial partner ids
    """
    flush(company.env)
    query = SQL(
        """
        SELECT commercial_partner_id FROM account_move
         WHERE company_id IN (%(companies)s) AND state = 'posted' AND move_type IN %(types)s
           AND commercial_partner_id = ANY(%(partners)s)
        UNION
        SELECT p.commercial_partner_id FROM sale_order o JOIN res_partner p ON p.id = o.partner_id
         WHERE o.company_id IN (%(companies)s) AND o.state = 'sale' AND p.commercial_partner_id = ANY(%(partners)s)
        """,
        companies=_companies(company), types=DEAL_MOVE_TYPES, partners=list(partner_ids),
    )
    return {partner_id for [partner_id] in company.env.execute_query(query)}


def datetime_bounds(company, period):
    """Return the UTC bounds of a period in the company's time zone: its first moment, and the first moment after it.

    :param period: pair of first and last day
    :return: tuple of naive datetimes
    """
    zone = timezone(company_timezone(company))
    first, last = period

    def start(day):
        return zone.localize(datetime.combine(day, time.min)).astimezone(utc).replace(tzinfo=None)

    return start(first), start(last + timedelta(days=1))


def largest_customers(company, since, until, limit):
    """Return the customers who were invoiced most in a period.

    :param company: ``res.company``; invoices of its branches count as its own
    :param date since: first day
    :param date until: last day
    :param int limit: number of customers at most
    :return: list of ids of active commercial partners, the largest first
    """
    flush(company.env)
    return [partner_id for [partner_id] in company.env.execute_query(SQL(
        """
        SELECT purchase.partner_id
          FROM (%(purchases)s) purchase
          JOIN res_partner p ON p.id = purchase.partner_id AND p.active
         GROUP BY purchase.partner_id
         ORDER BY SUM(purchase.amount) DESC, purchase.partner_id
         LIMIT %(limit)s
        """, purchases=_invoiced(company, since, until, None), limit=limit,
    ))]

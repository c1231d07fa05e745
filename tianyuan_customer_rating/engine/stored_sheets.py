"""Reads stored sheets of quarters and what became of their customers, for any number of them with three queries."""

from collections import defaultdict

from odoo.tools import SQL

from .rescore import StoredLine, StoredSheet


def read_sheets(env, company, channel, quarters):
    """Return the computed quarterly sheets of a channel that aren't cancelled.

    Imported sheets are left out: they have no values that another scheme could score.

    Access rules aren't applied: callers check who may see the company's sheets.

    :param company: ``res.company``
    :param str channel: channel of the sheets
    :param quarters: the quarters' first days
    :return: list of :class:`StoredSheet`, the earliest quarter first
    """
    env['tianyuan.rating'].flush_model()
    env['tianyuan.rating.line'].flush_model()
    of_quarters = _of_quarters(company, channel, quarters)
    lines = defaultdict(dict)
    for sheet_id, indicator_id, *values in env.execute_query(SQL(
        """
        SELECT line.rating_id, line.indicator_id, line.source, line.origin, line.points,
               CASE WHEN line.has_value THEN line.metric_value END, line.level_id
          FROM tianyuan_rating_line line
          JOIN tianyuan_rating sheet ON sheet.id = line.rating_id
         WHERE %s
        """, of_quarters,
    )):
        lines[sheet_id][indicator_id] = StoredLine(*values)
    rows = env.execute_query(SQL(
        """
        SELECT sheet.id, sheet.partner_id, sheet.scheme_id, sheet.state, COALESCE(sheet.score, 0), sheet.tier_id,
               sheet.customer_class, COALESCE(sheet.is_major_account, FALSE), COALESCE(sheet.annual_purchase, 0),
               COALESCE(sheet.has_bad_debt, FALSE), sheet.date_from
          FROM tianyuan_rating sheet
         WHERE %s
         ORDER BY sheet.date_from, sheet.id
        """, of_quarters,
    ))
    return [StoredSheet(*values, lines=lines[values[0]], date_from=date_from) for *values, date_from in rows]


def read_outcomes(env, company, channel, quarters):
    """Return whether the customers of confirmed sheets turned out bad, as far as there was something to judge.

    Access rules aren't applied, as for :func:`read_sheets`, whose parameters these are.

    :return: dict of horizon (``quarter`` or ``year``) → dict of sheet id → whether the customer turned out bad
    """
    env['tianyuan.rating'].flush_model()
    env['tianyuan.rating.outcome'].flush_model()
    result = defaultdict(dict)
    for horizon, sheet_id, is_bad in env.execute_query(SQL(
        """
        SELECT outcome.horizon, outcome.rating_id, COALESCE(outcome.is_bad, FALSE)
          FROM tianyuan_rating_outcome outcome
          JOIN tianyuan_rating sheet ON sheet.id = outcome.rating_id
         WHERE outcome.is_judged AND sheet.state = 'confirmed' AND %s
        """, _of_quarters(company, channel, quarters),
    )):
        result[horizon][sheet_id] = is_bad
    return result


def _of_quarters(company, channel, quarters):
    return SQL(
        """sheet.company_id = %s AND sheet.channel = %s AND sheet.date_from IN %s AND sheet.kind = 'quarterly'
           AND sheet.origin = 'computed' AND sheet.state NOT IN ('draft', 'cancelled')""",
        company.id, channel, tuple(quarters),
    )

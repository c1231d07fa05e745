"""Reads stored sheets of a quarter, for any number of customers with two queries."""

from collections import defaultdict

from odoo.tools import SQL

from .rescore import StoredLine, StoredSheet


def read_sheets(env, company, channel, date_from):
    """Return the computed quarterly sheets of a channel that aren't cancelled.

    Access rules aren't applied: callers check who may see the company's sheets.

    :param company: ``res.company``
    :param str channel: channel of the sheets
    :param date date_from: the quarter's first day
    :return: list of :class:`StoredSheet`
    """
    env['tianyuan.rating'].flush_model()
    env['tianyuan.rating.line'].flush_model()
    of_quarter = SQL(
        """sheet.company_id = %s AND sheet.channel = %s AND sheet.date_from = %s
           AND sheet.kind = 'quarterly' AND sheet.state NOT IN ('draft', 'cancelled')
           AND sheet.origin = 'computed'""",
        company.id, channel, date_from,
    )
    lines = defaultdict(dict)
    for sheet_id, indicator_id, *values in env.execute_query(SQL(
        """
        SELECT line.rating_id, line.indicator_id, line.source, line.origin, line.points,
               CASE WHEN line.has_value THEN line.metric_value END, line.level_id
          FROM tianyuan_rating_line line
          JOIN tianyuan_rating sheet ON sheet.id = line.rating_id
         WHERE %s
        """, of_quarter,
    )):
        lines[sheet_id][indicator_id] = StoredLine(*values)
    return [
        StoredSheet(*values, lines=lines[values[0]]) for values in env.execute_query(SQL(
            """
            SELECT sheet.id, sheet.partner_id, sheet.scheme_id, sheet.state, COALESCE(sheet.score, 0), sheet.tier_id,
                   sheet.customer_class, COALESCE(sheet.is_major_account, FALSE), COALESCE(sheet.annual_purchase, 0),
                   COALESCE(sheet.has_bad_debt, FALSE)
              FROM tianyuan_rating sheet
             WHERE %s
             ORDER BY sheet.id
            """, of_quarter,
        ))
    ]

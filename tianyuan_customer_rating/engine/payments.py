"""How punctually a customer pays, read set-based from receivable lines and what settled them.

An obligation is one instalment of a customer invoice. Everything is as of the quarter's end: a
settlement dated later does not exist yet. Design §4, "Obligations"; policy: 付款结算时效, 信用履约, 偿债能力.
"""

from odoo.tools import SQL


def flush(env):
    """Write pending changes of everything the queries below read."""
    env['account.account'].flush_model(['account_type', 'non_trade'])
    env['account.move'].flush_model([
        'commercial_partner_id', 'company_id', 'invoice_date', 'invoice_date_due', 'move_type', 'state',
    ])
    env['account.move.line'].flush_model([
        'account_id', 'amount_currency', 'balance', 'company_id', 'date_maturity', 'display_type', 'move_id',
        'parent_state',
    ])
    env['account.partial.reconcile'].flush_model([
        'credit_move_id', 'debit_amount_currency', 'debit_move_id', 'max_date',
    ])
    env['res.company'].flush_model(['tianyuan_bad_debt_account_ids'])


def _write_offs(company):
    """Entries that charge a bad-debt account, with the part of their receivable credits that they charge.

    :return: dict of move id → share (``Decimal``, up to 1)
    """
    accounts = company.sudo().tianyuan_bad_debt_account_ids.ids
    if not accounts:
        return {}
    return dict(company.env.execute_query(SQL(
        """
        SELECT l.move_id,
               COALESCE(LEAST(1, COALESCE(SUM(l.balance) FILTER (
                         WHERE l.balance > 0 AND l.account_id = ANY(%(accounts)s)
                     ), 0)
                   / NULLIF(-SUM(l.balance) FILTER (
                         WHERE l.balance < 0 AND a.account_type = 'asset_receivable'
                     ), 0)), 0)
          FROM account_move_line l
          JOIN account_account a ON a.id = l.account_id
         WHERE l.move_id IN (
                   SELECT move_id
                     FROM account_move_line
                    WHERE account_id = ANY(%(accounts)s) AND company_id = %(company)s AND parent_state = 'posted'
               )
         GROUP BY l.move_id
        """,
        company=company.id, accounts=accounts,
    )))


def _population(company, quarter, partner_ids, grace_days):
    """SQL of the quarter's obligations, one row each, with their parts in company currency.

    ``amount`` is what counts (for arrears: what was still open the day before the quarter), of which
    ``on_time`` was paid by the deadline and ``late`` after it; the rest is open. ``late_days`` is the
    sum of late amount × days after the due date.

    Every join is to a table by an indexed column, or to a constant array: whatever the planner believes
    about the number of rows, the time grows with them and not with their square.
    """
    write_offs = _write_offs(company)
    return SQL(
        """
        WITH obligation AS (
            SELECT l.id AS line_id,
                   m.commercial_partner_id AS partner_id,
                   l.balance,
                   l.amount_currency,
                   COALESCE(l.date_maturity, m.invoice_date_due, m.invoice_date) AS due,
                   COALESCE(l.date_maturity, m.invoice_date_due, m.invoice_date) + %(grace)s AS deadline
              FROM account_move m
              JOIN account_move_line l ON l.move_id = m.id
              JOIN account_account a ON a.id = l.account_id
             WHERE m.company_id = %(company)s
               AND m.state = 'posted'
               AND m.move_type IN ('out_invoice', 'out_receipt')
               AND m.invoice_date <= %(end)s
               AND l.display_type = 'payment_term'
               AND l.balance > 0
               AND l.amount_currency > 0
               AND a.account_type = 'asset_receivable'
               AND a.non_trade IS NOT TRUE
               AND COALESCE(l.date_maturity, m.invoice_date_due, m.invoice_date) + %(grace)s <= %(end)s
               %(partners)s
        ),
        settlement AS (
            SELECT o.line_id, o.partner_id, o.balance, o.amount_currency, o.due, o.deadline,
                   r.max_date AS day,
                   CASE WHEN c.move_type = 'out_refund' THEN r.debit_amount_currency END AS credited,
                   CASE WHEN c.move_type <> 'out_refund'
                        THEN r.debit_amount_currency * (1 - COALESCE(w.share, 0))
                   END AS paid
              FROM obligation o
              LEFT JOIN account_partial_reconcile r ON r.debit_move_id = o.line_id AND r.max_date <= %(end)s
              LEFT JOIN account_move_line cl ON cl.id = r.credit_move_id
              LEFT JOIN account_move c ON c.id = cl.move_id
              LEFT JOIN UNNEST(%(write_off_ids)s::int[], %(write_off_shares)s::numeric[])
                     AS w (move_id, share) ON w.move_id = c.id
        ),
        settled AS (
            -- an obligation due before the quarter (arrears) counts with what was open when it began,
            -- so earlier payments only shrink it
            SELECT line_id, partner_id, balance, amount_currency, due, deadline,
                   COALESCE(SUM(credited), 0) AS credited,
                   COALESCE(SUM(paid) FILTER (WHERE day < %(start)s AND deadline < %(start)s), 0) AS paid_before,
                   COALESCE(SUM(paid) FILTER (WHERE day <= deadline AND deadline >= %(start)s), 0) AS on_time,
                   COALESCE(SUM(paid) FILTER (WHERE day > deadline AND (day >= %(start)s OR deadline >= %(start)s)), 0)
                       AS late,
                   COALESCE(SUM(paid * (day - due)) FILTER (
                       WHERE day > deadline AND (day >= %(start)s OR deadline >= %(start)s)
                   ), 0) AS late_days
              FROM settlement
             GROUP BY line_id, partner_id, balance, amount_currency, due, deadline
        )
        SELECT line_id, partner_id, due, deadline,
               (amount_currency - credited - paid_before) * balance / amount_currency AS amount,
               on_time * balance / amount_currency AS on_time,
               late * balance / amount_currency AS late,
               late_days * balance / amount_currency AS late_days
          FROM settled
         WHERE amount_currency - credited - paid_before > 0
        """,
        company=company.id, start=quarter.date_from, end=quarter.date_to, grace=grace_days,
        write_off_ids=list(write_offs), write_off_shares=list(write_offs.values()),
        partners=SQL() if partner_ids is None else SQL("AND m.commercial_partner_id = ANY(%s)", list(partner_ids)),
    )


def payment_metrics(company, quarter, partner_ids=None, grace_days=0):
    """Share of the money due that came by its deadline, and its amount-weighted days of delay.

    :param company: ``res.company``
    :param Quarter quarter: the quarter being rated
    :param partner_ids: commercial partners to look at; None for all
    :param int grace_days: days after the due date that still count as on time
    :return: list of dicts ``partner_id``, ``on_time_rate`` (percent), ``days_beyond_terms`` (days);
        partners with nothing due are absent
    """
    query = SQL(
        """
        SELECT partner_id,
               ROUND(100 * SUM(on_time) / SUM(amount), 4) AS on_time_rate,
               ROUND(SUM(late_days + GREATEST(amount - on_time - late, 0) * (%(end)s - due)) / SUM(amount), 4)
                   AS days_beyond_terms
          FROM (%(population)s) population
         GROUP BY partner_id
        """,
        end=quarter.date_to, population=_population(company, quarter, partner_ids, grace_days),
    )
    return company.env.execute_query_dict(query)


def payment_details(company, quarter, partner_id, grace_days=0):
    """The obligations behind :func:`payment_metrics` of one customer, oldest first.

    :return: list of dicts ``line_id`` (``account.move.line``), ``due``, ``deadline``, ``amount``,
        ``on_time``, ``late``, ``unpaid`` (company currency), ``days_late`` (amount-weighted)
    """
    query = SQL(
        """
        SELECT line_id, due, deadline, amount, on_time, late,
               GREATEST(amount - on_time - late, 0) AS unpaid,
               ROUND((late_days + GREATEST(amount - on_time - late, 0) * (%(end)s - due)) / amount, 4) AS days_late
          FROM (%(population)s) population
         ORDER BY deadline, line_id
        """,
        end=quarter.date_to, population=_population(company, quarter, [partner_id], grace_days),
    )
    flush(company.env)
    return company.env.execute_query_dict(query)

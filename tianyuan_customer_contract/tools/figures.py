"""One set-based query of the progress of contracts, from orders, invoices and payments (policy 9.3, design §8).

All amounts include taxes and are in the currency asked for:

* Currency: an order is converted with its own rate. An invoice in the order's currency is converted with the order's
  rate, too, so that an order invoiced in full is invoiced to the cent, however rates have moved since. An invoice in
  another currency is converted with its own rate.
* ``ordered``: the lines of confirmed orders.
* ``delivered``: the lines of confirmed orders in proportion to ``qty_delivered``, however that quantity is measured.
  Goods delivered without having been ordered count with their price and percentage taxes.
* ``invoiced``: the lines of posted invoices made from the orders, credit notes negative. A down payment counts when
  it is invoiced; the final invoice deducts it and counts with the rest. A credit note without reference to any order
  reduces the invoices it is matched with.
* ``paid``: the part of ``invoiced`` that is settled by anything but such credit notes and bad-debt write-offs. The
  payment of an invoice for several contracts is shared among them in proportion.
* ``overdue``: the open part of instalments whose due date has passed, less open credit notes.
* ``late``: the same as ``overdue``, but only after the company's days of grace.
"""

from odoo.tools import SQL


def flush(env):
    """Flush all fields that the query reads."""
    for model, names in {
        'account.account': ['account_type'],
        'account.move': [
            'company_id', 'currency_id', 'invoice_currency_rate', 'invoice_date', 'invoice_date_due', 'move_type',
            'state',
        ],
        'account.move.line': [
            'account_id', 'amount_currency', 'amount_residual_currency', 'balance', 'date_maturity', 'display_type',
            'move_id', 'price_total', 'sale_line_ids',
        ],
        'account.partial.reconcile': ['credit_move_id', 'debit_amount_currency', 'debit_move_id'],
        'account.tax': ['amount', 'amount_type', 'price_include_override'],
        'res.company': [
            'account_price_include', 'currency_id', 'tianyuan_bad_debt_account_ids', 'tianyuan_contract_grace_days',
        ],
        'res.currency.rate': ['company_id', 'currency_id', 'name', 'rate'],
        'sale.order': ['currency_id', 'currency_rate', 'date_order', 'state', 'tianyuan_contract_id'],
        'sale.order.line': [
            'discount', 'display_type', 'is_downpayment', 'order_id', 'price_total', 'price_unit', 'product_uom_qty',
            'qty_delivered', 'tax_ids',
        ],
        'tianyuan.contract': ['company_id', 'currency_id', 'state'],
    }.items():
        env[model].flush_model(names)


def _day_rate(currency, day):
    """Return SQL of a currency's rate on a day in ``c.root_company_id``, looked up as Odoo does."""
    return SQL(
        """
        COALESCE(
            (SELECT r.rate FROM res_currency_rate r
              WHERE r.currency_id = %(currency)s AND r.name <= %(day)s
                AND (r.company_id IS NULL OR r.company_id = c.root_company_id)
              ORDER BY r.company_id, r.name DESC LIMIT 1),
            (SELECT r.rate FROM res_currency_rate r
              WHERE r.currency_id = %(currency)s AND (r.company_id IS NULL OR r.company_id = c.root_company_id)
              ORDER BY r.company_id, r.name LIMIT 1),
            1)
        """,
        currency=currency, day=day,
    )


def _to_target(own_currency, own_rate, day):
    """Return SQL of the factor from a document's currency to the target currency.

    :param own_rate: SQL of the document's rate: units of its currency for one unit of the company's currency
    """
    return SQL(
        """
        CASE WHEN %(own_currency)s = c.target_id THEN 1
             WHEN c.target_id = c.company_currency_id THEN 1 / COALESCE(NULLIF(%(own_rate)s, 0), 1)
             ELSE %(target)s / %(company)s / COALESCE(NULLIF(%(own_rate)s, 0), 1) END
        """,
        own_currency=own_currency, own_rate=own_rate,
        target=_day_rate(SQL("c.target_id"), day), company=_day_rate(SQL("c.company_currency_id"), day),
    )


def figures(today, which, in_company_currency=False):
    """Return SQL with one row per contract.

    The columns are ``id``, the amounts above, ``overdue_since`` (the oldest due date that has passed), ``late_since``
    and ``late_newest`` (the oldest and the newest due date that is late).

    MATERIALIZED makes PostgreSQL begin with the contracts' orders and reach each table by an index, whatever its
    planner estimates.

    :param date today: due dates before this day have passed
    :param SQL which: condition on the contracts ``tc``
    :param bool in_company_currency: use the company's currency instead of each contract's
    :return: SQL
    """
    return SQL(
        """
        WITH contract AS MATERIALIZED (
            SELECT tc.id, k.currency_id AS company_currency_id, %(target)s AS target_id,
                   SPLIT_PART(k.parent_path, '/', 1)::int AS root_company_id,
                   COALESCE(k.tianyuan_contract_grace_days, 0) AS grace
              FROM tianyuan_contract tc
              JOIN res_company k ON k.id = tc.company_id
             WHERE %(which)s
        ),
        sold AS MATERIALIZED (
            SELECT c.id AS contract_id, o.id, o.state, o.currency_id, %(order_rate)s AS rate
              FROM contract c
              JOIN sale_order o ON o.tianyuan_contract_id = c.id
        ),
        orders AS (
            SELECT s.contract_id,
                   SUM(l.price_total * s.rate) AS ordered,
                   SUM(CASE WHEN l.product_uom_qty <> 0 THEN l.price_total * l.qty_delivered / l.product_uom_qty
                            ELSE l.price_unit * (1 - COALESCE(l.discount, 0) / 100) * l.qty_delivered * tax.factor
                       END * s.rate) AS delivered
              FROM sold s
              JOIN sale_order_line l ON l.order_id = s.id
              -- A line without ordered quantity has no total that includes taxes: add percentage taxes here.
              CROSS JOIN LATERAL (
                  SELECT 1 + COALESCE(SUM(t.amount), 0) / 100 AS factor
                    FROM account_tax_sale_order_line_rel rel
                    JOIN account_tax t ON t.id = rel.account_tax_id
                    JOIN res_company k ON k.id = t.company_id
                   WHERE rel.sale_order_line_id = l.id AND l.product_uom_qty = 0 AND t.amount_type = 'percent'
                     AND COALESCE(t.price_include_override, k.account_price_include) <> 'tax_included'
              ) tax
             WHERE s.state = 'sale' AND l.display_type IS NULL AND l.is_downpayment IS NOT TRUE
             GROUP BY s.contract_id
        ),
        part AS MATERIALIZED (
            -- A contract's part of each invoice. A line made from several order lines counts equally for each of them.
            SELECT s.contract_id, m.id AS move_id, m.move_type, m.invoice_date, m.invoice_date_due, c.grace,
                   SUM(l.price_total / (
                           SELECT COUNT(*) FROM sale_order_line_invoice_rel rel WHERE rel.invoice_line_id = l.id
                       ) * CASE WHEN m.move_type = 'out_refund' THEN -1 ELSE 1 END
                         * CASE WHEN m.currency_id = s.currency_id THEN s.rate ELSE %(invoice_rate)s END
                   ) AS amount
              FROM sold s
              JOIN contract c ON c.id = s.contract_id
              JOIN sale_order_line sl ON sl.order_id = s.id
              JOIN sale_order_line_invoice_rel il ON il.order_line_id = sl.id
              JOIN account_move_line l ON l.id = il.invoice_line_id
              JOIN account_move m ON m.id = l.move_id
             WHERE m.state = 'posted' AND m.move_type IN ('out_invoice', 'out_receipt', 'out_refund')
             GROUP BY s.contract_id, m.id, c.grace
        ),
        instalment AS MATERIALIZED (
            SELECT l.id, l.move_id, l.amount_currency, l.amount_residual_currency,
                   COALESCE(l.date_maturity, m.invoice_date_due, m.invoice_date) AS due, credited.*
              FROM (SELECT DISTINCT move_id FROM part) p
              JOIN account_move m ON m.id = p.move_id
              JOIN account_move_line l ON l.move_id = m.id AND l.display_type = 'payment_term'
              JOIN account_account a ON a.id = l.account_id AND a.account_type = 'asset_receivable'
              CROSS JOIN LATERAL (
                  SELECT COALESCE(SUM(r.debit_amount_currency) FILTER (
                             WHERE cm.move_type = 'out_refund' AND NOT EXISTS (
                                 SELECT FROM account_move_line x
                                   JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = x.id
                                  WHERE x.move_id = cm.id)
                         ), 0) AS credited_by_hand,
                         COALESCE(SUM(r.debit_amount_currency * loss.share) FILTER (
                             WHERE cm.move_type <> 'out_refund'
                         ), 0) AS written_off
                    FROM account_partial_reconcile r
                    JOIN account_move_line cl ON cl.id = r.credit_move_id
                    JOIN account_move cm ON cm.id = cl.move_id
                    CROSS JOIN LATERAL (
                        SELECT LEAST(1, COALESCE(SUM(y.balance) FILTER (
                                   WHERE y.balance > 0 AND bad.account_id IS NOT NULL
                               ) / NULLIF(-SUM(y.balance) FILTER (
                                   WHERE y.balance < 0 AND ya.account_type = 'asset_receivable'
                               ), 0), 0)) AS share
                          FROM account_move_line y
                          JOIN account_account ya ON ya.id = y.account_id
                          JOIN res_company k ON k.id = cm.company_id
                          LEFT JOIN tianyuan_bad_debt_account_rel bad
                                 ON bad.company_id = SPLIT_PART(k.parent_path, '/', 1)::int
                                AND bad.account_id = y.account_id
                         WHERE y.move_id = cm.id
                    ) loss
                   WHERE r.debit_move_id = l.id AND l.balance > 0
              ) credited
        ),
        claim AS (
            SELECT p.contract_id, p.move_id, p.move_type, p.amount,
                   SUM(i.amount_currency) AS total,
                   SUM(i.amount_residual_currency) AS open,
                   SUM(i.credited_by_hand) AS credited_by_hand,
                   SUM(i.written_off) AS written_off,
                   SUM(i.amount_residual_currency) FILTER (WHERE i.due < %(today)s) AS overdue,
                   SUM(i.amount_residual_currency) FILTER (WHERE i.due + p.grace < %(today)s) AS late,
                   MIN(i.due) FILTER (WHERE i.due < %(today)s AND i.amount_residual_currency > 0) AS overdue_since,
                   MIN(i.due) FILTER (WHERE i.due + p.grace < %(today)s AND i.amount_residual_currency > 0)
                       AS late_since,
                   MAX(i.due) FILTER (WHERE i.due + p.grace < %(today)s AND i.amount_residual_currency > 0)
                       AS late_newest
              FROM part p
              LEFT JOIN instalment i ON i.move_id = p.move_id
             GROUP BY p.contract_id, p.move_id, p.move_type, p.amount
        ),
        share AS (
            -- An invoice of 0 is settled: its down payments were for the full amount.
            SELECT contract_id, move_type, amount, overdue_since, late_since, late_newest,
                   CASE WHEN COALESCE(total, 0) = 0 THEN 0 ELSE open / total END AS open,
                   CASE WHEN COALESCE(total, 0) = 0 THEN 0 ELSE credited_by_hand / total END AS credited_by_hand,
                   CASE WHEN COALESCE(total, 0) = 0 THEN 0 ELSE written_off / total END AS written_off,
                   CASE WHEN COALESCE(total, 0) = 0 THEN 0
                        WHEN move_type = 'out_refund' THEN open / total
                        ELSE COALESCE(overdue, 0) / total END AS overdue,
                   CASE WHEN COALESCE(total, 0) = 0 THEN 0
                        WHEN move_type = 'out_refund' THEN open / total
                        ELSE COALESCE(late, 0) / total END AS late
              FROM claim
        ),
        invoices AS (
            SELECT contract_id,
                   SUM(amount * (1 - credited_by_hand)) AS invoiced,
                   SUM(amount * (1 - open - credited_by_hand - written_off)) AS paid,
                   SUM(amount * overdue) AS overdue,
                   SUM(amount * late) AS late,
                   MIN(overdue_since) FILTER (WHERE amount > 0) AS overdue_since,
                   MIN(late_since) FILTER (WHERE amount > 0) AS late_since,
                   MAX(late_newest) FILTER (WHERE amount > 0) AS late_newest
              FROM share
             GROUP BY contract_id
        )
        SELECT c.id,
               ROUND(COALESCE(o.ordered, 0)::numeric, cur.decimal_places) AS ordered,
               ROUND(COALESCE(o.delivered, 0)::numeric, cur.decimal_places) AS delivered,
               ROUND(COALESCE(i.invoiced, 0)::numeric, cur.decimal_places) AS invoiced,
               ROUND(COALESCE(i.paid, 0)::numeric, cur.decimal_places) AS paid,
               GREATEST(0, ROUND(COALESCE(i.overdue, 0)::numeric, cur.decimal_places)) AS overdue,
               GREATEST(0, ROUND(COALESCE(i.late, 0)::numeric, cur.decimal_places)) AS late,
               i.overdue_since, i.late_since, i.late_newest
          FROM contract c
          JOIN res_currency cur ON cur.id = c.target_id
          LEFT JOIN orders o ON o.contract_id = c.id
          LEFT JOIN invoices i ON i.contract_id = c.id
        """,
        which=which, today=today,
        target=SQL("k.currency_id") if in_company_currency else SQL("tc.currency_id"),
        order_rate=_to_target(SQL("o.currency_id"), SQL("o.currency_rate"), SQL("o.date_order::date")),
        invoice_rate=_to_target(
            SQL("m.currency_id"), SQL("m.invoice_currency_rate"), SQL("m.invoice_date"),
        ),
    )

"""Makes many customers with invoices, refunds, instalments and payments: once by Odoo, then as copies in SQL.

This works with and without the addon, so that both can be measured on the same books.
"""

import os
from contextlib import contextmanager
from datetime import date

import psycopg2
from dateutil.relativedelta import relativedelta

from odoo import SUPERUSER_ID

INVOICES_EACH = int(os.environ.get("INVOICES_EACH", "20"))
FIRST_INVOICE, MONTHS = date(2024, 5, 15), 20  # a customer's invoices are spread over these months, until December 2025
HISTORY = 5 * INVOICES_EACH
HISTORY_MONTHS = 63  # the last of these invoices are settled when the others begin
COMPANY = "Bench"
TABLES = ("res_partner", "account_move", "account_move_line", "account_partial_reconcile")


def sql(env, query, **params):
    """Execute a query, and return its rows, if any."""
    env.cr.execute(query, params or None)
    return env.cr.fetchall() if env.cr.description else []


def make_company(env):
    """Make a Chinese company with its chart of accounts, and give the user access."""
    company = env["res.company"].create(
        {"name": COMPANY, "country_id": env.ref("base.cn").id, "currency_id": env.ref("base.CNY").id}
    )
    env["account.chart.template"].try_loading("cn", company)
    env.user.company_ids |= company
    return company


def in_company(env):
    """Return an environment of the company that was made before."""
    company = env["res.company"].search([("name", "=", COMPANY)])
    return env(context={**env.context, "allowed_company_ids": company.ids, "tracking_disable": True})


def first_customer(env):
    """Return the id of the first copied customer; the ids of the others follow without gaps."""
    return env["res.partner"].search([("name", "=", "Customer 0")]).id


def make_customers(env, count):
    """Copy a customer ``count`` times, with :data:`INVOICES_EACH` invoices each.

    :param env: of the company, see :func:`in_company`
    """
    _fill(env, count, *_make_patterns(env))
    _check_residuals(env, count)


def give_channels(env):
    """Set the customers' channels, which rating requires."""
    sql(env, "UPDATE res_partner SET tianyuan_channel = CASE WHEN id % 3 = 0 THEN 'distributor' ELSE 'direct' END "
        "WHERE tianyuan_channel IS NULL AND (name = 'Pattern' OR name LIKE 'Customer %')")
    env.invalidate_all()


@contextmanager
def vacuuming(env):
    """Open a cursor for statements that can't run in a transaction."""
    connection = psycopg2.connect(env.cr._cnx.dsn)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def rate_everybody(env, quarter, count):
    """Start a run of a quarter and process it; at least ``count`` customers must have been rated."""
    run = env["tianyuan.rating.run"].create(
        {"company_id": env.company.id, "date_from": quarter.date_from, "date_to": quarter.date_to}
    )
    run.action_start()
    env.cr.commit()
    while run.state == "running":
        run._process()
        env.cr.commit()
    assert run.done_count >= count and not run.error_count, f"{run.done_count} were rated, {run.error_count} not"


def _entry(env, journal_type, day, sides, customer):
    journal = env["account.journal"].search([("type", "=", journal_type), ("company_id", "=", env.company.id)], limit=1)
    lines = [
        (0, 0, {"account_id": account, "partner_id": customer.id, "debit": debit, "credit": credit})
        for account, debit, credit in sides
    ]
    move = env["account.move"].create({"journal_id": journal.id, "date": day, "line_ids": lines})
    move.action_post()
    return move


def _invoice(env, customer, day, amount, kind="out_invoice", term=None):
    due = {"invoice_payment_term_id": term.id} if term else {"invoice_date_due": day}
    line = {"name": "Peroxide", "price_unit": amount, "tax_ids": []}
    values = {"move_type": kind, "partner_id": customer.id, "invoice_date": day, **due}
    move = env["account.move"].create({**values, "invoice_line_ids": [(0, 0, line)]})
    move.action_post()
    return move


def make_history(env, count):
    """Add :data:`HISTORY` settled invoices of the years before to each customer made before."""
    customer, moves = _make_patterns(env, paid=90_000, first_day=FIRST_INVOICE - relativedelta(months=HISTORY_MONTHS))
    _fill(env, count, customer, moves, each=HISTORY, months=HISTORY_MONTHS - 3, partners=first_customer(env))


def _make_patterns(env, paid=80_000, first_day=FIRST_INVOICE):
    """Make a customer with an invoice of 100,000 in two instalments, a refund of 10,000 and a payment."""
    customer = env["res.partner"].create({"name": "Pattern", "is_company": True, "customer_rank": 1})
    halves = [
        (0, 0, {"value": "percent", "value_amount": 50, "nb_days": 0}),
        (0, 0, {"value": "percent", "value_amount": 50, "nb_days": 30}),
    ]
    term = env["account.payment.term"].create({"name": "Bench halves", "line_ids": halves})
    bill = _invoice(env, customer, first_day, 100_000, term=term)
    refund = _invoice(env, customer, first_day, 10_000, kind="out_refund")
    receivable = bill.line_ids.filtered(lambda line: line.display_type == "payment_term").sorted("date_maturity")
    bank = env["account.account"].search(
        [("account_type", "=", "asset_cash"), ("company_ids", "=", env.company.id)], limit=1
    )
    account = receivable.account_id
    payment = _entry(env, "general", first_day, [(account.id, 0, paid), (bank.id, paid, 0)], customer)
    credits = (refund + payment).line_ids.filtered(lambda line: line.account_id == account)
    (receivable + credits).reconcile()
    env.flush_all()
    return customer, bill + refund + payment


def _multiply(env, table, rows, overrides, series):
    """Copy the rows of `table` once for every row of the `series` query, with `overrides` for some columns."""
    names = sql(env, "SELECT column_name FROM information_schema.columns WHERE table_name = %(table)s", table=table)
    columns = ", ".join(f'"{name}"' for (name,) in names)
    copied = ", ".join(overrides.get(name, f't."{name}"') for (name,) in names).replace("%", "%%")
    sql(env, f"INSERT INTO {table} ({columns}) SELECT {copied} FROM {series}, {table} t WHERE t.id = ANY(%(rows)s)",
        rows=list(rows.ids))


@contextmanager
def _without_indexes(env, *tables):
    """Drop the tables' indexes, and rebuild them afterwards, which is faster than updating them row by row."""
    indexes = sql(env, """
        SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
          FROM pg_index i
         WHERE i.indrelid = ANY(%(tables)s::regclass[])
           AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
    """, tables=list(tables))
    for name, _definition in indexes:
        sql(env, f"DROP INDEX {name}")
    yield
    sql(env, "SET LOCAL maintenance_work_mem = '512MB'")
    for _name, definition in indexes:
        env.cr.execute(definition)


def _fill(env, count, customer, moves, each=INVOICES_EACH, months=MONTHS, partners=None):
    """Copy the customer, and for each copy the documents, month by month.

    :param partners: id of the first copy, if there are copies already
    """
    partial = moves.line_ids.matched_credit_ids | moves.line_ids.matched_debit_ids
    first = {table: sql(env, f"SELECT max(id) FROM {table}")[0][0] + 1_000 for table in TABLES}
    # Copy k of record r gets the id first + k * stride + (r - the first pattern's id), so that links can be computed.
    copied = {"account_move": moves, "account_move_line": moves.line_ids, "account_partial_reconcile": partial}
    partner = f"{partners or first['res_partner']} + k / {each}"
    month = f"make_interval(months => k % {each} * {months} / {each})"
    late = "make_interval(days => (k % 40 * 7919) % 40)"  # payments come up to 40 days late

    def copy_id(table, column):
        lowest, highest = min(copied[table].ids), max(copied[table].ids)
        return f"{first[table]} + k * {highest - lowest + 1} + ({column} - {lowest})"

    def shifted(column, of_payment="FALSE"):
        return f"({column} + {month} + CASE WHEN {of_payment} THEN {late} ELSE '0'::interval END)::date"

    def amount(*columns):
        return {column: f"t.{column} * (1 + k / {each} % 50)" for column in columns}

    spare_checks(env)    # the copies' links are right by construction
    copies = f"generate_series(0, {count * each - 1}) k"
    new_partner = {"id": f"{first['res_partner']} + k", "commercial_partner_id": f"{first['res_partner']} + k"}
    names = {"name": "'Customer ' || k", "complete_name": "'Customer ' || k"}
    move = {
        "id": copy_id("account_move", "t.id"),
        "name": "t.name || '/' || k",
        "partner_id": partner,
        "commercial_partner_id": partner,
        "partner_shipping_id": f"CASE WHEN t.partner_shipping_id IS NOT NULL THEN {partner} END",
        "access_token": "NULL",
        "date": shifted("t.date", "t.move_type = 'entry'"),
        "invoice_date": shifted("t.invoice_date"),
        "invoice_date_due": shifted("t.invoice_date_due"),
        **amount("amount_untaxed", "amount_untaxed_signed", "amount_total", "amount_total_signed",
                 "amount_residual", "amount_residual_signed"),
    }
    line = {
        "id": copy_id("account_move_line", "t.id"),
        "move_id": copy_id("account_move", "t.move_id"),
        "partner_id": partner,
        "date": shifted("t.date", "t.invoice_date IS NULL"),
        "invoice_date": shifted("t.invoice_date"),
        "date_maturity": shifted("t.date_maturity"),
        "full_reconcile_id": "NULL",
        **amount("balance", "debit", "credit", "amount_currency", "amount_residual", "amount_residual_currency",
                 "price_unit", "price_subtotal", "price_total"),
    }
    partials = {
        "id": copy_id("account_partial_reconcile", "t.id"),
        "debit_move_id": copy_id("account_move_line", "t.debit_move_id"),
        "credit_move_id": copy_id("account_move_line", "t.credit_move_id"),
        "max_date": shifted("t.max_date", "TRUE"),
        "full_reconcile_id": "NULL",
        **amount("amount", "debit_amount_currency", "credit_amount_currency"),
    }
    env.flush_all()
    with _without_indexes(env, *TABLES):
        if not partners:
            _multiply(env, "res_partner", customer, {**new_partner, **names}, f"generate_series(0, {count - 1}) k")
        _multiply(env, "account_move", moves, move, copies)
        _multiply(env, "account_move_line", moves.line_ids, line, copies)
        _multiply(env, "account_partial_reconcile", partial, partials, copies)
    for table in TABLES:
        sql(env, f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))")
    env.cr.commit()
    sql(env, "ANALYZE")
    env.cr.commit()
    env.invalidate_all()


def spare_checks(env):
    """Switch off the database's checks of foreign keys for this transaction, if the user may."""
    sql(env, "SELECT set_config('session_replication_role', 'replica', true) FROM pg_roles "
        "WHERE rolname = current_user AND rolsuper")


def _check_residuals(env, count):
    """Check that Odoo computes the copied amounts for a sample of the copies."""
    first = first_customer(env)
    sample = env["account.move"].search(
        [("partner_id", "in", list(range(first, first + count, max(count // 20, 1)))),
         ("move_type", "=", "out_invoice")]
    )
    lines = sample.line_ids.filtered(lambda line: line.display_type == "payment_term")
    before = lines.mapped("amount_residual"), sample.mapped("amount_residual")
    env.add_to_compute(lines._fields["amount_residual"], lines)
    env.add_to_compute(sample._fields["amount_residual"], sample)
    after = lines.mapped("amount_residual"), sample.mapped("amount_residual")
    env.cr.rollback()
    assert len(sample) >= 20 and any(before[0]) and before == after, "the copies' residuals aren't those of Odoo"
    print(f"residuals of {len(sample):,} invoices are those Odoo computes", flush=True)


def make_archives(env, first, count):
    """Give customers with consecutive ids archives, documents, tiers and classes, as after years of use.

    Nine of ten have an archive: most are filed and incomplete, one of twelve is due for review. Two of three have a
    document, a tier and a class; :func:`settled_customers` finds those with all of it.

    :param int first: id of the first customer
    :param int count: number of customers
    """
    values = {
        "first": first, "last": first + count - 1, "today": date.today(), "user": SUPERUSER_ID + 1,
        "company": env.company.id, "tiers": env["tianyuan.rating.tier"].search([]).ids,
        "type": env["tianyuan.archive.document.type"].search([("required", "=", True)], limit=1).id,
    }
    sql(env, """
        UPDATE res_partner p SET
               tianyuan_channel = CASE WHEN k %% 2 = 0 THEN 'direct' ELSE 'distributor' END,
               tianyuan_archive_state = (ARRAY['none', 'none', 'collecting', 'collecting', 'closed'])[1 + k %% 20],
               tianyuan_archive_completeness = CASE WHEN k %% 20 > 1 THEN (k * 7919) %% 101 ELSE 0 END
          FROM (SELECT id, id - %(first)s AS k FROM res_partner WHERE id BETWEEN %(first)s AND %(last)s) n
         WHERE p.id = n.id
    """, **values)
    sql(env, """
        UPDATE res_partner p SET
               tianyuan_archive_number = 'BENCH-' || to_char(k, 'FM000000'),
               tianyuan_archive_specialist_id = %(user)s,
               tianyuan_archive_reviewed_on = due - 90,
               tianyuan_archive_review_due_on = due,
               tianyuan_archive_state = CASE WHEN due <= %(today)s AND k %% 3 > 0 THEN 'review_due' ELSE 'filed' END
          FROM (SELECT id, id - %(first)s AS k, %(today)s + ((id - %(first)s) * 7919) %% 120 - 10 AS due
                  FROM res_partner WHERE id BETWEEN %(first)s AND %(last)s) n
         WHERE p.id = n.id AND k %% 20 > 4
    """, **values)
    sql(env, """
        UPDATE res_partner p SET
               tianyuan_tier_id = jsonb_build_object(%(company)s::text, (%(tiers)s)[1 + k %% 5]),
               tianyuan_score = jsonb_build_object(%(company)s::text, 40 + k %% 60),
               tianyuan_customer_class = jsonb_build_object(%(company)s::text, 'ordinary')
          FROM (SELECT id, id - %(first)s AS k FROM res_partner WHERE id BETWEEN %(first)s AND %(last)s) n
         WHERE p.id = n.id AND k %% 3 > 0
    """, **values)
    sql(env, """
        INSERT INTO tianyuan_archive_document
               (partner_id, company_id, type_id, name, active, confidential, checksum, valid_until)
        SELECT k, %(company)s, %(type)s, 'Licence', TRUE, TRUE, md5(k::text), %(today)s + k %% 900 - 30
          FROM generate_series(%(first)s, %(last)s) k
         WHERE (k - %(first)s) %% 3 > 0
    """, **values)


def settled_customers(first, count):
    """Return the ids of customers with a filed archive, a document, a tier and a class."""
    return [first + k for k in range(count) if k % 20 > 4 and k % 3 > 0]

"""Rating and confirming CUSTOMERS customers as ratios to what the database alone needs. Run by `odoo shell`.

The floor computes the same metrics set-based into a temporary table, then inserts one sheet and nine lines a
customer; the run does that, scores, and is ready to assess. Each is done ROUNDS times in turn; medians count. What
is missed of the goals makes the script fail.
"""

import os
import statistics
import sys
import threading
import time
from contextlib import contextmanager
from datetime import date

import psutil

sys.path.append(os.environ.get("BENCH_TESTS", "tests"))
import bench_report  # noqa: E402 the script comes on standard input, without a folder of its own

from odoo.tools import SQL

from odoo.addons.tianyuan_customer_rating.engine import payments, purchases
from odoo.addons.tianyuan_customer_rating.engine.periods import Quarter

CUSTOMERS = int(os.environ.get("CUSTOMERS", "20000"))
ROUNDS = int(os.environ.get("ROUNDS", "3"))
INVOICES_EACH = 20
QUARTER = Quarter(date(2025, 10, 1), date(2025, 12, 31))
FIRST_INVOICE = date(2024, 5, 15)  # one a month: the last one in December 2025
GOALS = {"run": 2.0, "confirm": 3.0, "memory": 512}


def sql(query, **params):
    env.cr.execute(query, params or None)
    return env.cr.fetchall() if env.cr.description else None


def make_company():
    company = env["res.company"].create(
        {"name": "Bench", "country_id": env.ref("base.cn").id, "currency_id": env.ref("base.CNY").id}
    )
    env["account.chart.template"].try_loading("cn", company)
    env.user.company_ids |= company
    return company


def entry(journal_type, day, sides, customer):
    journal = env["account.journal"].search([("type", "=", journal_type), ("company_id", "=", company.id)], limit=1)
    lines = [
        (0, 0, {"account_id": account, "partner_id": customer.id, "debit": debit, "credit": credit})
        for account, debit, credit in sides
    ]
    move = env["account.move"].create({"journal_id": journal.id, "date": day, "line_ids": lines})
    move.action_post()
    return move


def invoice(customer, amount, kind="out_invoice", term=None):
    due = {"invoice_payment_term_id": term.id} if term else {"invoice_date_due": FIRST_INVOICE}
    line = {"name": "Peroxide", "price_unit": amount, "tax_ids": []}
    values = {"move_type": kind, "partner_id": customer.id, "invoice_date": FIRST_INVOICE, **due}
    move = env["account.move"].create({**values, "invoice_line_ids": [(0, 0, line)]})
    move.action_post()
    return move


def make_patterns():
    """A customer, and an invoice in two instalments with the refund and the payment that settle it in part."""
    customer = env["res.partner"].create(
        {"name": "Pattern", "is_company": True, "tianyuan_channel": "direct", "customer_rank": 1}
    )
    halves = [
        (0, 0, {"value": "percent", "value_amount": 50, "nb_days": 0}),
        (0, 0, {"value": "percent", "value_amount": 50, "nb_days": 30}),
    ]
    term = env["account.payment.term"].create({"name": "Bench halves", "line_ids": halves})
    bill = invoice(customer, 100_000, term=term)
    refund = invoice(customer, 10_000, kind="out_refund")
    receivable = bill.line_ids.filtered(lambda line: line.display_type == "payment_term").sorted("date_maturity")
    bank = env["account.account"].search(
        [("account_type", "=", "asset_cash"), ("company_ids", "=", company.id)], limit=1
    )
    account = receivable.account_id
    payment = entry("general", FIRST_INVOICE, [(account.id, 0, 80_000), (bank.id, 80_000, 0)], customer)
    credits = (refund + payment).line_ids.filtered(lambda line: line.account_id == account)
    (receivable + credits).reconcile()
    env.flush_all()
    return customer, bill + refund + payment


def multiply(table, rows, overrides, series):
    """Copies the rows of `table` once for every row of the `series` query, with `overrides` for some columns."""
    names = sql("SELECT column_name FROM information_schema.columns WHERE table_name = %(table)s", table=table)
    columns = ", ".join(f'"{name}"' for (name,) in names)
    copied = ", ".join(overrides.get(name, f't."{name}"') for (name,) in names).replace("%", "%%")
    sql(f"INSERT INTO {table} ({columns}) SELECT {copied} FROM {series}, {table} t WHERE t.id = ANY(%(rows)s)",
        rows=list(rows.ids))


@contextmanager
def without_indexes(*tables):
    """Drops the tables' indexes, and builds them again afterwards: sooner done than keeping them up row by row."""
    indexes = sql("""
        SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
          FROM pg_index i
         WHERE i.indrelid = ANY(%(tables)s::regclass[])
           AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
    """, tables=list(tables))
    for name, _definition in indexes:
        sql(f"DROP INDEX {name}")
    yield
    sql("SET LOCAL maintenance_work_mem = '512MB'")
    for _name, definition in indexes:
        env.cr.execute(definition)


def fill(customer, moves):
    """Copies the customer CUSTOMERS times, and to each copy the documents INVOICES_EACH times, a month apart."""
    partial = moves.line_ids.matched_credit_ids | moves.line_ids.matched_debit_ids
    first = {
        table: sql(f"SELECT max(id) FROM {table}")[0][0] + 1_000
        for table in ("res_partner", "account_move", "account_move_line", "account_partial_reconcile")
    }
    # Copy k of record r gets the id first + k * stride + (r - the first pattern's id): the links follow by arithmetic.
    lowest = {"account_move": min(moves.ids), "account_move_line": min(moves.line_ids.ids)}
    lowest["account_partial_reconcile"] = min(partial.ids)
    highest = {"account_move": max(moves.ids), "account_move_line": max(moves.line_ids.ids)}
    highest["account_partial_reconcile"] = max(partial.ids)
    partner = f"{first['res_partner']} + k / {INVOICES_EACH}"
    month = f"make_interval(months => k % {INVOICES_EACH})"
    late = "make_interval(days => (k % 40 * 7919) % 40)"  # payments come up to 40 days late

    def copy_id(table, column):
        stride = highest[table] - lowest[table] + 1
        return f"{first[table]} + k * {stride} + ({column} - {lowest[table]})"

    def shifted(column, of_payment="FALSE"):
        return f"({column} + {month} + CASE WHEN {of_payment} THEN {late} ELSE '0'::interval END)::date"

    def amount(*columns):
        return {column: f"t.{column} * (1 + k / {INVOICES_EACH} % 50)" for column in columns}

    spare_checks()    # the copies point to each other by construction
    copies = f"generate_series(0, {CUSTOMERS * INVOICES_EACH - 1}) k"
    channel = {"tianyuan_channel": "CASE WHEN k % 3 = 0 THEN 'distributor' ELSE 'direct' END"}
    new_partner = {"id": f"{first['res_partner']} + k", "commercial_partner_id": f"{first['res_partner']} + k"}
    names = {"name": "'Customer ' || k", "complete_name": "'Customer ' || k"}
    move = {
        "id": copy_id("account_move", "t.id"),
        "name": "t.name || '/' || k",
        "partner_id": partner,
        "commercial_partner_id": partner,
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
    with without_indexes(*first):
        customers = f"generate_series(0, {CUSTOMERS - 1}) k"
        multiply("res_partner", customer, {**new_partner, **names, **channel}, customers)
        multiply("account_move", moves, move, copies)
        multiply("account_move_line", moves.line_ids, line, copies)
        multiply("account_partial_reconcile", partial, partials, copies)
    for table in first:
        sql(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))")
    env.cr.commit()
    sql("ANALYZE")
    env.cr.commit()
    env.invalidate_all()
    return first["res_partner"]


def check_residuals(first):
    """What Odoo computes for a sample of the copies is what the copies say."""
    sample = env["account.move"].search(
        [("partner_id", "in", list(range(first, first + CUSTOMERS, max(CUSTOMERS // 20, 1)))),
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


def metrics_floor():
    """All metrics of everybody in a temporary table."""
    sql("DROP TABLE IF EXISTS bench_metrics")
    captured = []
    recorder = type("Recorder", (), {"execute_query_dict": lambda _self, query: captured.append(query) or []})()
    stand_in = type("Company", (), {"env": recorder, "id": company.id})()
    purchases.purchase_metrics(stand_in, QUARTER)
    purchases.cooperation_metrics(stand_in, QUARTER)
    original, payments._write_offs = payments._write_offs, lambda _company: {}
    payments.payment_metrics(stand_in, QUARTER)
    payments._write_offs = original
    bought, cooperated, paid = captured
    query = SQL(
        "CREATE TEMP TABLE bench_metrics AS SELECT b.*, c.cooperation_years, p.on_time_rate, p.days_beyond_terms "
        "FROM (%s) b LEFT JOIN (%s) c USING (partner_id) LEFT JOIN (%s) p USING (partner_id)", bought, cooperated, paid,
    )
    # the planner expects too few instalments to hash them; the floor is the best the database can do
    sql("SET LOCAL enable_nestloop = off")
    env.cr.execute(query)
    sql("SET LOCAL enable_nestloop = on")


INSERT_SHEETS = """
    INSERT INTO tianyuan_rating (
        partner_id, company_id, currency_id, scheme_id, run_id, annual_year, name, channel, kind, state, customer_class,
        tier_change, date_from, date_to, score, sales_score, finance_score, annual_purchase, score_change,
        has_bad_debt, is_major_account, create_uid, write_uid, create_date, write_date
    )
    SELECT m.partner_id, r.company_id, r.currency_id, r.scheme_id, r.run_id, r.annual_year, r.name, r.channel, r.kind,
           r.state, r.customer_class, r.tier_change, r.date_from, r.date_to, r.score, r.sales_score, r.finance_score,
           m.annual_purchase, r.score_change, r.has_bad_debt, r.is_major_account, r.create_uid, r.write_uid,
           r.create_date, r.write_date
      FROM bench_metrics m, bench_sheet r
"""
INSERT_LINES = """
    INSERT INTO tianyuan_rating_line (
        rating_id, company_id, partner_id, sequence, indicator_id, category_id, level_id, responsibility, source,
        origin, metric_value, max_points, computed_points, points, has_value, create_uid, write_uid, create_date,
        write_date
    )
    SELECT s.id, s.company_id, s.partner_id, l.sequence, l.indicator_id, l.category_id, l.level_id, l.responsibility,
           l.source, l.origin, CASE l.sequence WHEN 1 THEN m.cooperation_years WHEN 2 THEN m.purchase_amount
               WHEN 3 THEN m.purchase_growth WHEN 4 THEN m.purchase_balance WHEN 5 THEN m.on_time_rate
               WHEN 6 THEN m.days_beyond_terms ELSE 0 END,
           l.max_points, l.computed_points, l.points, l.has_value, l.create_uid, l.write_uid, l.create_date,
           l.write_date
      FROM tianyuan_rating s JOIN bench_metrics m ON m.partner_id = s.partner_id, bench_line l
     WHERE s.company_id = %(company)s
"""


def timed(action):
    started = time.perf_counter()
    action()
    env.flush_all()
    env.cr.commit()
    return time.perf_counter() - started


def spare_checks():
    """Where one may, spare the database checking every link until the transaction ends."""
    sql("SELECT set_config('session_replication_role', 'replica', true) FROM pg_roles "
        "WHERE rolname = current_user AND rolsuper")


def empty():
    """Back to before the first run."""
    spare_checks()
    for table in ("tianyuan_class_history", "tianyuan_rating_run_error", "tianyuan_rating_line", "tianyuan_rating",
                  "tianyuan_rating_run"):
        sql(f"DELETE FROM {table} WHERE TRUE" if table != "tianyuan_rating_run" else "UPDATE tianyuan_rating_run "
            "SET state = 'cancelled'")
    sql("DELETE FROM mail_activity WHERE res_model = 'tianyuan.rating'")
    sql("DELETE FROM mail_tracking_value USING mail_message m WHERE m.id = mail_message_id "
        "AND m.model = 'tianyuan.rating'")
    sql("DELETE FROM mail_message WHERE model = 'tianyuan.rating'")
    sql("UPDATE res_partner SET tianyuan_tier_id = NULL, tianyuan_score = NULL, tianyuan_customer_class = NULL, "
        "tianyuan_is_major_account = NULL WHERE tianyuan_score IS NOT NULL")
    env.cr.commit()
    with vacuuming() as cursor:
        for table in ("tianyuan_rating", "tianyuan_rating_line", "tianyuan_class_history", "mail_message",
                      "mail_tracking_value", "res_partner"):
            cursor.execute(f"VACUUM {'' if table == 'res_partner' else 'FULL'} {table}")
        cursor.execute("ANALYZE res_partner")
    env.invalidate_all()


@contextmanager
def vacuuming():
    import psycopg2

    connection = psycopg2.connect(env.cr._cnx.dsn)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def floor():
    metrics_floor()
    sql(INSERT_SHEETS)
    sql(INSERT_LINES, company=company.id)


@contextmanager
def peak_memory(result):
    """The most memory the process takes above what it has now, in MB."""
    process, over = psutil.Process(), threading.Event()
    idle = highest = process.memory_info().rss

    def watch():
        nonlocal highest
        while not over.wait(0.02):
            highest = max(highest, process.memory_info().rss)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
        result.append((highest - idle) / 2**20)


def whole_run():
    run = env["tianyuan.rating.run"].create(
        {"company_id": company.id, "date_from": QUARTER.date_from, "date_to": QUARTER.date_to}
    )
    run.action_start()
    env.cr.commit()
    while run.state == "running":
        run._process()
        env.cr.commit()
    assert run.done_count >= CUSTOMERS and not run.error_count, "the run did not rate everybody"


def make_ready():
    sql("UPDATE tianyuan_rating SET state = 'ready', sales_done = TRUE, finance_done = TRUE")
    env.cr.commit()
    env.invalidate_all()


def confirm_floor():
    """The rows that confirming leaves, from rows that know their outcome already."""
    sql("UPDATE tianyuan_rating SET state = 'confirmed', confirmed_by_id = %(uid)s, confirmed_on = now(), "
        "write_uid = %(uid)s, write_date = now() WHERE company_id = %(company)s", uid=env.uid, company=company.id)
    sql("""
        INSERT INTO tianyuan_class_history (partner_id, company_id, date, new_class, new_tier_id, reason, rating_id,
                                            user_id, create_uid, write_uid, create_date, write_date)
        SELECT partner_id, company_id, now()::date, customer_class, tier_id, 'Rating confirmed', id, %(uid)s, %(uid)s,
               %(uid)s, now(), now()
          FROM tianyuan_rating WHERE company_id = %(company)s
    """, uid=env.uid, company=company.id)
    sql("""
        UPDATE res_partner p
           SET tianyuan_tier_id = COALESCE(p.tianyuan_tier_id, '{}') || jsonb_build_object(%(key)s, r.tier_id),
               tianyuan_score = COALESCE(p.tianyuan_score, '{}') || jsonb_build_object(%(key)s, r.score),
               tianyuan_customer_class =
                   COALESCE(p.tianyuan_customer_class, '{}') || jsonb_build_object(%(key)s, r.customer_class),
               tianyuan_is_major_account =
                   COALESCE(p.tianyuan_is_major_account, '{}') || jsonb_build_object(%(key)s, r.is_major_account)
          FROM tianyuan_rating r
         WHERE r.partner_id = p.id AND r.company_id = %(company)s
    """, key=str(company.id), company=company.id)
    # who confirmed which sheet, as the chatter shows it
    sql("""
        WITH made AS (
            INSERT INTO mail_message (model, res_id, message_type, subtype_id, author_id, email_from, message_id,
                                      reply_to, body, is_internal, date, create_uid, write_uid, create_date, write_date)
            SELECT t.model, r.id, t.message_type, t.subtype_id, t.author_id, t.email_from, r.id || t.message_id,
                   t.reply_to, t.body, t.is_internal, t.date, t.create_uid, t.write_uid, t.create_date, t.write_date
              FROM tianyuan_rating r, bench_message t WHERE r.company_id = %(company)s
            RETURNING id
        )
        INSERT INTO mail_tracking_value (mail_message_id, field_id, old_value_char, new_value_char, create_uid,
                                         write_uid, create_date, write_date)
        SELECT made.id, t.field_id, t.old_value_char, t.new_value_char, t.create_uid, t.write_uid, t.create_date,
               t.write_date
          FROM made, bench_tracking t
    """, company=company.id)


def confirm():
    ready = env["tianyuan.rating"].search([("company_id", "=", company.id), ("state", "=", "ready")])
    ready.with_context(tracking_disable=False).action_confirm()


def vs(name, ours, base, goal, megabytes):
    """Note how much longer the addon takes than its floor.

    :return: whether the goal is kept
    """
    ours, base = statistics.median(ours), statistics.median(base)
    measured.append((name, CUSTOMERS, goal, base, ours, max(megabytes)))
    print(f"{name}: {ours / base:.2f} times the floor (goal {goal:g}): {ours:.2f} s to {base:.2f} s, "
          f"{ours / CUSTOMERS * 1e6:.0f} µs a customer, {max(megabytes):.0f} MB above idle", flush=True)
    return ours / base <= goal


company = make_company()
env = env(context={**env.context, "allowed_company_ids": company.ids, "tracking_disable": True})
company = company.with_env(env)
started = time.perf_counter()
check_residuals(fill(*make_patterns()))
print(f"{CUSTOMERS:,} customers, {CUSTOMERS * INVOICES_EACH:,} invoices made in {time.perf_counter() - started:.0f} s",
      flush=True)
times = {name: [] for name in ("floor", "run", "confirm floor", "confirm")}
memory, confirm_memory = [], []
# one round that doesn't count: it warms up, and leaves a sheet and its lines for the floor to copy
with peak_memory(memory):    # later rounds find memory that this one took
    whole_run()
sql("CREATE TEMP TABLE bench_sheet AS SELECT * FROM tianyuan_rating LIMIT 1")
sql("CREATE TEMP TABLE bench_line AS SELECT l.* FROM tianyuan_rating_line l JOIN bench_sheet s ON s.id = l.rating_id")
make_ready()
with peak_memory(confirm_memory):
    confirm()
sql("CREATE TEMP TABLE bench_message AS SELECT * FROM mail_message WHERE model = 'tianyuan.rating' "
    "AND id IN (SELECT mail_message_id FROM mail_tracking_value) LIMIT 1")
sql("CREATE TEMP TABLE bench_tracking AS SELECT v.* FROM mail_tracking_value v JOIN bench_message m "
    "ON m.id = v.mail_message_id")
for _round in range(ROUNDS):
    empty()
    times["floor"].append(timed(floor))
    make_ready()
    times["confirm floor"].append(timed(confirm_floor))
    empty()
    with peak_memory(memory):
        times["run"].append(timed(whole_run))
    make_ready()
    with peak_memory(confirm_memory):
        times["confirm"].append(timed(confirm))
print(f"load {os.getloadavg()[0]:.1f}; medians of {ROUNDS} rounds: "
      + ", ".join(f"{name} {[round(second, 2) for second in seconds]}" for name, seconds in times.items()))
measured = []
kept = [
    vs("Run", times["run"], times["floor"], GOALS["run"], memory),
    vs("Confirm", times["confirm"], times["confirm floor"], GOALS["confirm"], confirm_memory),
    max(memory) <= GOALS["memory"],
]
bench_report.record(os.environ.get("BENCH_PAGE"), "run", measured)
if not all(kept):
    sys.exit("a goal was missed")

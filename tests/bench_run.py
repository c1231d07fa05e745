"""Measures rating and confirming CUSTOMERS customers as ratios to the time of the database alone. Run by `odoo shell`.

The database alone, called the floor, computes the same metrics set-based into a temporary table, then inserts one sheet
and nine lines per customer. A run also scores the sheets and makes them ready to assess. Both are repeated in ROUNDS
rounds; medians count. A missed goal makes the script fail.
"""

import os
import statistics
import sys
import threading
import time
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import psutil

sys.path.append(os.environ["BENCH_TESTS"])
import bench_data  # noqa: E402 the script comes on standard input, so its folder isn't on the path
import bench_report  # noqa: E402

from odoo.tools import SQL

from odoo.addons.tianyuan_customer_rating.engine import purchases
from odoo.addons.tianyuan_customer_rating.engine.metrics import compute_metrics, whole_books
from odoo.addons.tianyuan_customer_rating.engine.periods import Quarter

CUSTOMERS = int(os.environ.get("CUSTOMERS", "20000"))
ROUNDS = int(os.environ.get("ROUNDS", "3"))
QUARTER = Quarter(date(2025, 10, 1), date(2025, 12, 31))
COLUMNS = ("What", "Customers", "Times the floor", "Goal", "Floor, s", "Addon, s", "µs a customer", "MB above idle")
GOALS = {"metrics": 1.3, "unmatched": 2.0, "run": 1.5, "confirm": 3.0, "memory": 512}


def sql(query, **params):
    return bench_data.sql(env, query, **params)


# Obligations that are due in the quarter, still open, or settled since it began, with the credits that settled them.
# All credits are matched; there are no write-offs, transfers or bills.
PAYMENTS = """
    WITH due AS (
        SELECT id FROM account_move_line
         WHERE date_maturity BETWEEN %(start)s AND %(end)s AND account_id = ANY(%(receivables)s) AND balance > 0
         UNION
        SELECT id FROM account_move_line
         WHERE account_id = ANY(%(receivables)s) AND reconciled IS NOT TRUE AND balance > 0
         UNION
        SELECT r.debit_move_id
          FROM account_move_line l JOIN account_partial_reconcile r ON r.credit_move_id = l.id
         WHERE l.account_id = ANY(%(receivables)s) AND l.date >= %(start)s AND l.balance < 0
    ),
    obligation AS MATERIALIZED (
        SELECT l.id, m.commercial_partner_id AS partner_id, l.balance, l.amount_currency, l.date_maturity AS due
          FROM due JOIN account_move_line l ON l.id = due.id JOIN account_move m ON m.id = l.move_id
         WHERE l.company_id = %(company)s AND m.state = 'posted' AND m.move_type IN ('out_invoice', 'out_receipt')
           AND l.display_type = 'payment_term' AND m.invoice_date <= %(end)s AND l.date_maturity <= %(end)s
    ),
    settled AS (
        SELECT o.id,
               SUM(s.amount) FILTER (WHERE s.is_note) AS credited,
               SUM(s.amount) FILTER (WHERE NOT s.is_note AND s.day < %(start)s AND o.due < %(start)s) AS before,
               SUM(s.amount) FILTER (WHERE NOT s.is_note AND s.day <= o.due AND o.due >= %(start)s) AS on_time,
               SUM(s.amount) FILTER (WHERE late) AS late,
               SUM(s.amount * (s.day - o.due)) FILTER (WHERE late) AS late_days
          FROM obligation o
          JOIN account_partial_reconcile r ON r.debit_move_id = o.id
          JOIN account_move_line c ON c.id = r.credit_move_id
          JOIN account_move m ON m.id = c.move_id
          CROSS JOIN LATERAL (
              SELECT o.balance * r.debit_amount_currency / o.amount_currency AS amount,
                     m.move_type = 'out_refund' AS is_note,
                     CASE WHEN m.move_type = 'out_refund' THEN m.invoice_date ELSE m.date END AS day
          ) s
          CROSS JOIN LATERAL (
              SELECT NOT s.is_note AND s.day > o.due AND (s.day >= %(start)s OR o.due >= %(start)s) AS late
          ) l
         WHERE m.state = 'posted' AND s.day <= %(end)s
         GROUP BY o.id
    ),
    counted AS (
        SELECT o.partner_id, o.due, o.balance - COALESCE(s.credited, 0) - COALESCE(s.before, 0) AS amount,
               COALESCE(s.on_time, 0) AS on_time, COALESCE(s.late, 0) AS late, COALESCE(s.late_days, 0) AS late_days
          FROM obligation o LEFT JOIN settled s ON s.id = o.id
    )
    SELECT partner_id, ROUND(100 * SUM(on_time) / SUM(amount), 4) AS on_time_rate,
           ROUND(SUM(late_days + (amount - on_time - late) * (%(end)s - due)) / SUM(amount), 4) AS days_beyond_terms
      FROM counted WHERE amount >= 0.005 GROUP BY partner_id
"""


def metrics_floor():
    """Compute all metrics of all customers into a temporary table."""
    sql("DROP TABLE IF EXISTS bench_metrics")
    captured = []
    recorder = type("Recorder", (), {"execute_query_dict": lambda _self, query: captured.append(query) or []})()
    stand_in = type("Company", (), {"env": recorder, "id": company.id, "sudo": lambda _self: company.sudo()})()
    purchases.purchase_metrics(stand_in, QUARTER)
    purchases.cooperation_metrics(stand_in, QUARTER)
    bought, cooperated = captured
    paid = SQL(
        PAYMENTS, company=company.id, start=QUARTER.date_from, end=QUARTER.date_to,
        receivables=env["account.account"].search([("account_type", "=", "asset_receivable")]).ids,
    )
    query = SQL(
        "CREATE TEMP TABLE bench_metrics AS SELECT b.*, c.cooperation_years, p.on_time_rate, p.days_beyond_terms "
        "FROM (%s) b LEFT JOIN (%s) c USING (partner_id) LEFT JOIN (%s) p USING (partner_id)", bought, cooperated, paid,
    )
    with whole_books(env.cr):    # the floor is the best time of the database
        env.cr.execute(query)


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


def empty():
    """Restore the state before the first run."""
    bench_data.spare_checks(env)
    for table in ("tianyuan_class_history", "tianyuan_rating_run_error", "tianyuan_rating_line", "tianyuan_rating",
                  "tianyuan_rating_confirmation", "tianyuan_rating_run"):
        sql(f"DELETE FROM {table} WHERE TRUE" if table != "tianyuan_rating_run" else "UPDATE tianyuan_rating_run "
            "SET state = 'cancelled'")
    sql("DELETE FROM mail_activity WHERE res_model = 'tianyuan.rating'")
    sql("DELETE FROM mail_tracking_value USING mail_message m WHERE m.id = mail_message_id "
        "AND m.model = 'tianyuan.rating'")
    sql("DELETE FROM mail_message WHERE model = 'tianyuan.rating'")
    sql("UPDATE res_partner SET tianyuan_tier_id = NULL, tianyuan_score = NULL, tianyuan_customer_class = NULL, "
        "tianyuan_is_major_account = NULL WHERE tianyuan_score IS NOT NULL")
    env.cr.commit()
    with bench_data.vacuuming(env) as cursor:
        for table in ("tianyuan_rating", "tianyuan_rating_line", "tianyuan_class_history", "mail_message",
                      "mail_tracking_value", "res_partner"):
            cursor.execute(f"VACUUM {'' if table == 'res_partner' else 'FULL'} {table}")
        cursor.execute("ANALYZE res_partner")
    env.invalidate_all()


def floor():
    metrics_floor()
    with whole_books(env.cr):
        sql(INSERT_SHEETS)
        sql(INSERT_LINES, company=company.id)


@contextmanager
def peak_memory(result):
    """Measure the peak memory of the process above its present memory, in MB."""
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


def metrics():
    """Compute the addon's metrics of all customers, as a run does."""
    with env.cr.savepoint(), whole_books(env.cr):
        compute_metrics(env, company, QUARTER)


def unmatch(every):
    """Undo the matching of the latest payment of every so many-th customer."""
    lines = env["account.move.line"].browse([row[0] for row in env.execute_query(SQL(
        """
        SELECT MAX(l.id)
          FROM account_move_line l JOIN account_move m ON m.id = l.move_id
         WHERE l.company_id = %(company)s AND l.account_id = ANY(%(receivables)s) AND l.balance < 0
           AND m.move_type = 'entry' AND l.date <= %(end)s
           AND EXISTS (SELECT FROM account_partial_reconcile r WHERE r.credit_move_id = l.id)
           AND l.partner_id %% %(every)s = 0
         GROUP BY l.partner_id
        """, company=company.id, every=every, end=QUARTER.date_to,
        receivables=env["account.account"].search([("account_type", "=", "asset_receivable")]).ids,
    ))])
    lines.remove_move_reconcile()
    return len(lines)


def whole_run():
    bench_data.rate_everybody(env, QUARTER, CUSTOMERS)


def make_ready():
    """Make all sheets ready to confirm, with up-to-date table statistics as after hours of assessing."""
    sql("UPDATE tianyuan_rating SET state = 'ready', sales_done = TRUE, finance_done = TRUE")
    env.cr.commit()
    with bench_data.vacuuming(env) as cursor:
        cursor.execute("VACUUM ANALYZE tianyuan_rating")
    env.invalidate_all()


def confirm_floor():
    """Compute the metrics again, and insert the rows of a confirmation whose outcome is known already."""
    metrics_floor()
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


def confirm():
    ready = env["tianyuan.rating"].search([("company_id", "=", company.id), ("state", "=", "ready")])
    # The scheduler confirms so many sheets; its work is measured together with queueing them.
    ready.with_context(tracking_disable=False).action_confirm()
    env["tianyuan.rating.confirmation"]._cron_process()
    assert not env["tianyuan.rating"].search_count([("company_id", "=", company.id), ("state", "=", "ready")])


def vs(name, ours, base, goal, megabytes):
    """Report the ratio of the addon's time to the floor.

    :return: whether the goal is reached
    """
    ours, base = statistics.median(ours), statistics.median(base)
    measured.append((
        name, f"{CUSTOMERS:,}", f"{ours / base:.2f}", f"≤ {goal:g}", f"{base:.2f}", f"{ours:.2f}",
        f"{ours / CUSTOMERS * 1e6:.0f}", f"{max(megabytes):.0f}",
    ))
    print(f"{name}: {ours / base:.2f} times the floor (goal {goal:g}): {ours:.2f} s to {base:.2f} s, "
          f"{ours / CUSTOMERS * 1e6:.0f} µs a customer, {max(megabytes):.0f} MB above idle", flush=True)
    return ours / base <= goal


env = bench_data.in_company(env)
company = env.company
bench_data.give_channels(env)
env.cr.commit()
with bench_data.vacuuming(env) as cursor:
    cursor.execute("VACUUM FULL ANALYZE res_partner")
times = {name: [] for name in ("metrics floor", "metrics", "unmatched", "floor", "run", "confirm floor", "confirm")}
memory, confirm_memory = [], []
# A warm-up round that doesn't count; it leaves a sheet and its lines for the floor to copy.
empty()
with peak_memory(memory):    # measured in the first round, because later rounds reuse its memory
    whole_run()
sql("CREATE TEMP TABLE bench_sheet AS SELECT * FROM tianyuan_rating LIMIT 1")
sql("CREATE TEMP TABLE bench_line AS SELECT l.* FROM tianyuan_rating_line l JOIN bench_sheet s ON s.id = l.rating_id")
make_ready()
with peak_memory(confirm_memory):
    confirm()
for _round in range(ROUNDS):
    times["metrics floor"].append(timed(metrics_floor))
    times["metrics"].append(timed(metrics))
    empty()
    times["floor"].append(timed(floor))
    make_ready()
    with whole_books(env.cr):
        times["confirm floor"].append(timed(confirm_floor))
    empty()
    with peak_memory(memory):
        times["run"].append(timed(whole_run))
    make_ready()
    with peak_memory(confirm_memory):
        times["confirm"].append(timed(confirm))
print(f"load {os.getloadavg()[0]:.1f}; medians of {ROUNDS} rounds: "
      + ", ".join(f"{name} {[round(second, 2) for second in seconds]}" for name, seconds in times.items()))
unmatched = unmatch(20)
env.cr.commit()
print(f"{unmatched:,} customers have a payment that nobody has matched")
for _round in range(ROUNDS):
    times["unmatched"].append(timed(metrics))
measured = []
kept = [
    vs("Metrics", times["metrics"], times["metrics floor"], GOALS["metrics"], [0]),
    vs("Metrics, 5 % unmatched", times["unmatched"], times["metrics floor"], GOALS["unmatched"], [0]),
    vs("Run", times["run"], times["floor"], GOALS["run"], memory),
    vs("Confirm", times["confirm"], times["confirm floor"], GOALS["confirm"], confirm_memory),
    max(memory) <= GOALS["memory"],
]
page = os.environ.get("BENCH_PAGE")
rows = bench_report.record(page, "run", COLUMNS, measured)
if page:
    drawn = {}
    for (what, customers), cells in rows.items():
        drawn.setdefault(what, []).append((customers, float(cells[5])))
        drawn.setdefault(f"{what}: floor", []).append((customers, float(cells[4])))
    bench_report.draw(Path(page).with_suffix(".svg"), drawn)
if not all(kept):
    sys.exit("a goal was missed")

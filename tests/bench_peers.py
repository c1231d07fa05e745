"""Measures seconds per customer of the addon, of other addons and of the usual loop, in one database.

Run by `odoo shell`. Slow measurements use SAMPLE customers spread over all of them. Every measurement begins with an
empty ORM cache, follows a warm-up, and is repeated in ROUNDS rounds; medians count. The addon has to take less time
than each of the others.
"""

import math
import os
import statistics
import sys
import time
from datetime import date

sys.path.append(os.environ["BENCH_TESTS"])
import bench_data  # noqa: E402 the script comes on standard input, so its folder isn't on the path
import bench_loop  # noqa: E402
import bench_report  # noqa: E402

from odoo.tools import split_every

from odoo.addons.tianyuan_customer_rating.engine.metrics import compute_metrics
from odoo.addons.tianyuan_customer_rating.engine.periods import Quarter

CUSTOMERS = int(os.environ.get("CUSTOMERS", "20000"))
ROUNDS = int(os.environ.get("ROUNDS", "3"))
SAMPLE = min(int(os.environ.get("SAMPLE", "500")), CUSTOMERS)
QUARTER = Quarter(date(2025, 10, 1), date(2025, 12, 31))
RUN_QUARTERS = [Quarter.containing(date(2025, month, 1)) for month in (1, 4, 7)]
LISTS = (20, 80, 1000)  # numbers of customers in a list
COLUMNS = ("What", "Customers", "Measured on", "µs a customer", "Seconds for all", "Times the addon",
           "Figures a customer")
RISK = ("risk_invoice_draft", "risk_invoice_open", "risk_invoice_unpaid", "risk_account_amount",
        "risk_account_amount_unpaid", "risk_total", "risk_exception", "risk_amount_exceeded")
TIME_TO_PAY = ("d2r_life", "d2r_ytd", "d2r_ly", "d2p_life", "d2p_ytd", "d2p_ly")


def sql(query, **params):
    return bench_data.sql(env, query, **params)


def prepare():
    """Enter what users of the other addons would have entered, and payment dates of the sample's invoices."""
    bench_data.give_channels(env)
    sql("UPDATE res_partner SET risk_invoice_open_include = TRUE, risk_invoice_unpaid_include = TRUE "
        "WHERE id = ANY(%(everybody)s)", everybody=everybody)
    # partner_time_to_pay averages over fully paid invoices, so the sample's invoices are fully paid.
    sql("""
        CREATE TEMP TABLE bench_paid AS
        SELECT m.id AS move_id, nextval('account_full_reconcile_id_seq') AS full_id, max(r.max_date) AS day,
               array_agg(r.debit_move_id) || array_agg(r.credit_move_id) AS lines
          FROM account_move m
          JOIN account_move_line l ON l.move_id = m.id
          JOIN account_partial_reconcile r ON r.debit_move_id = l.id
         WHERE m.commercial_partner_id = ANY(%(sample)s) AND m.move_type = 'out_invoice'
         GROUP BY m.id
    """, sample=sample)
    sql("INSERT INTO account_full_reconcile (id) SELECT full_id FROM bench_paid")
    sql("UPDATE account_move m SET payment_state = 'paid', full_reconcile_payment_date = p.day FROM bench_paid p "
        "WHERE p.move_id = m.id")
    sql("UPDATE account_move_line l SET reconciled = TRUE, full_reconcile_id = p.full_id "
        "FROM (SELECT full_id, unnest(lines) AS line_id FROM bench_paid) p WHERE l.id = p.line_id")
    env.cr.commit()
    sql("ANALYZE")
    env.cr.commit()
    env.invalidate_all()


def metrics():
    return compute_metrics(env, env.company, QUARTER)


def usual_loop():
    return {customer.id: bench_loop.figures_of(customer, QUARTER) for customer in env["res.partner"].browse(sample)}


def financial_risk(customers, at_once):
    """Read the figures of account_financial_risk in lists of so many customers, which computes them."""
    total = 0
    for ids in split_every(at_once, customers):
        for partner in env["res.partner"].browse(ids):
            total += [partner[name] for name in RISK][RISK.index("risk_total")]
        env.invalidate_all()
    return total


def recompute(records, names):
    for name in names:
        env.add_to_compute(records._fields[name], records)
    env.flush_all()


def time_to_pay():
    for ids in split_every(1000, sample):
        recompute(env["res.partner"].browse(ids), TIME_TO_PAY)
    return dict(sql("SELECT id, d2r_life FROM res_partner WHERE id = ANY(%(sample)s)", sample=sample))


def without_payment_dates():
    sql("UPDATE account_move m SET full_reconcile_payment_date = NULL FROM bench_paid p WHERE p.move_id = m.id")


def payment_dates():
    invoices = [move for (move,) in sql("SELECT p.move_id FROM bench_paid p JOIN account_move m ON m.id = p.move_id "
                                        "WHERE m.partner_id = ANY(%(few)s)", few=few)]
    for ids in split_every(1000, invoices):
        recompute(env["account.move"].browse(ids), ["full_reconcile_payment_date"])
    return dict(sql("SELECT id, full_reconcile_payment_date FROM account_move WHERE id = ANY(%(ids)s)", ids=invoices))


def timed(action, before=lambda: None):
    """Return the seconds and the result of the action; its changes are rolled back unless it commits."""
    before()
    env.invalidate_all()
    started = time.perf_counter()
    result = action()
    seconds = time.perf_counter() - started
    env.cr.rollback()
    env.invalidate_all()
    return seconds, result


def check_loop(ours, theirs):
    """Check that two independent computations of the sample agree."""
    wrong = [
        (partner_id, name, ours[partner_id][name], value)
        for partner_id, figures in theirs.items() for name, value in figures.items()
        if (value is None) != (ours[partner_id][name] is None)
        or value is not None and not math.isclose(value, ours[partner_id][name], rel_tol=1e-6, abs_tol=1e-4)
    ]
    assert not wrong, f"{len(wrong)} figures of the loop are others: {wrong[:5]}"
    counted = sum(value is not None for figures in theirs.values() for value in figures.values())
    print(f"the loop's {counted:,} figures of {len(theirs):,} customers are those of the addon", flush=True)


def check_peers(results):
    """Check that the other addons computed the values that they promise."""
    [(open_amount,)] = sql(
        "SELECT sum(l.amount_residual) FROM account_move_line l JOIN account_account a ON a.id = l.account_id "
        "WHERE l.partner_id = ANY(%(everybody)s) AND l.parent_state = 'posted' AND NOT l.reconciled "
        "AND a.account_type = 'asset_receivable'", everybody=everybody)
    assert math.isclose(results["risk"], open_amount, rel_tol=1e-6), (results["risk"], open_amount)
    days = dict(sql("SELECT m.partner_id, avg(p.day - m.invoice_date) FROM bench_paid p JOIN account_move m "
                    "ON m.id = p.move_id GROUP BY m.partner_id"))
    assert all(math.isclose(days[partner_id], value, abs_tol=0.01) for partner_id, value in results["pay"].items())
    known = dict(sql("SELECT move_id, day FROM bench_paid"))
    assert results["dates"] and all(known[move] == day for move, day in results["dates"].items())


def list_size():
    """Return the list length with which account_financial_risk takes the least time per customer."""
    some = everybody[:4000]
    took = {size: timed(lambda size=size: financial_risk(some, size))[0] for _round in range(2) for size in LISTS}
    print("account_financial_risk, µs a customer in lists of "
          + ", ".join(f"{size}: {seconds / len(some) * 1e6:.0f}" for size, seconds in took.items()), flush=True)
    return min(took, key=took.get)


def row(name, key, over, figures):
    each = statistics.median(times[key]) / over
    measured.append((name, f"{CUSTOMERS:,}", f"{over:,}", f"{each * 1e6:,.0f}", f"{each * CUSTOMERS:,.1f}",
                     f"{each / addon:.1f}", figures))
    print(f"{name}: {each * 1e6:,.0f} µs a customer (measured on {over:,}), {each * CUSTOMERS:,.1f} s for all, "
          f"{each / addon:.1f} times the addon", flush=True)
    return each


env = bench_data.in_company(env)
first = bench_data.first_customer(env)
everybody = list(range(first, first + CUSTOMERS))
sample = [everybody[k * CUSTOMERS // SAMPLE] for k in range(SAMPLE)]
few = sample[::10]
prepare()
at_once = list_size()
actions = {
    "metrics": lambda: timed(metrics),
    "risk": lambda: timed(lambda: financial_risk(everybody, at_once)),
    "pay": lambda: timed(time_to_pay),
    "dates": lambda: timed(payment_dates, before=without_payment_dates),
    "loop": lambda: timed(usual_loop),
}
results = {}
for name, action in actions.items():    # warm up
    results[name] = action()[1]
check_loop(results["metrics"], results["loop"])
check_peers(results)
times = {name: [] for name in [*actions, "run"]}
for _round in range(ROUNDS):
    for name, action in actions.items():
        times[name].append(action()[0])
for quarter in RUN_QUARTERS[-ROUNDS:]:
    times["run"].append(timed(lambda quarter=quarter: bench_data.rate_everybody(env, quarter, CUSTOMERS))[0])
print(f"load {os.getloadavg()[0]:.1f}; medians of {ROUNDS} rounds: "
      + ", ".join(f"{name} {[round(second, 2) for second in seconds]}" for name, seconds in times.items()))
measured = []
addon = statistics.median(times["metrics"]) / CUSTOMERS
row("The addon's metrics", "metrics", CUSTOMERS, "7")
row("The addon's run", "run", CUSTOMERS, "7, and a sheet with 9 lines")
others = [
    row("account_financial_risk", "risk", CUSTOMERS, str(len(RISK))),
    row("partner_time_to_pay: averages", "pay", SAMPLE, str(len(TIME_TO_PAY))),
    row("partner_time_to_pay: payment dates", "dates", len(few), str(bench_data.INVOICES_EACH)),
    row("The usual loop", "loop", SAMPLE, "7"),
]
bench_report.record(os.environ.get("BENCH_PAGE"), "peers", COLUMNS, measured)
if min(others) <= addon:
    sys.exit("the addon takes more a customer than others")

"""Measures a night's look at CUSTOMERS customers as ratio to reading their metrics alone. Run by `odoo shell`.

The customers have been rated for the quarter before. In the first night all warnings and courses are made, in a night
after it they are only compared. Both are measured beside the metrics in turns; medians count.
"""

import os
import statistics
import sys
import time
from datetime import date, timedelta

sys.path.append(os.environ["BENCH_TESTS"])
import bench_data  # noqa: E402 the script comes on standard input, so its folder isn't on the path
import bench_report  # noqa: E402

from odoo.addons.tianyuan_customer_rating.engine.metrics import compute_metrics, whole_books
from odoo.addons.tianyuan_customer_rating.engine.periods import Quarter
from odoo.addons.tianyuan_customer_rating.engine.watch import watched_ids

CUSTOMERS = int(os.environ["CUSTOMERS"])
ROUNDS = int(os.environ.get("ROUNDS", "3"))
RATED, DAY = Quarter(date(2025, 7, 1), date(2025, 9, 30)), date(2025, 12, 10)
COLUMNS = ("What", "Customers", "Times the metrics", "Goal", "Metrics, s", "Night, s", "µs a customer", "Queries")
GOAL = 1.5


def timed(work):
    """Return how many seconds and queries work takes that begins with an empty cache."""
    env.flush_all()
    env.invalidate_all()
    before, started = env.cr.sql_log_count, time.perf_counter()
    work()
    env.flush_all()
    return time.perf_counter() - started, env.cr.sql_log_count - before


def vacuum():
    """Tell the database how many rows there are, as it knows in everyday work."""
    with bench_data.vacuuming(env) as cursor:
        cursor.execute("VACUUM ANALYZE")


def metrics():
    ids = watched_ids(env, company, DAY)
    with env.cr.savepoint(), whole_books(env.cr):
        compute_metrics(env(su=True), company, Quarter.until(DAY), ids)


def night(day):
    return lambda: env["tianyuan.watch.item"].sudo()._watch_company(company, day)


env = bench_data.in_company(env)
company = env.company.sudo()
bench_data.give_channels(env)
bench_data.sql(
    env, "UPDATE res_partner SET user_id = %(user)s WHERE user_id IS NULL AND tianyuan_channel IS NOT NULL",
    user=env.ref("base.user_admin").id,
)
env.cr.commit()
vacuum()
bench_data.rate_everybody(env, RATED, CUSTOMERS)
bench_data.sql(
    env, "UPDATE tianyuan_rating SET state = 'confirmed' WHERE company_id = %(company)s AND date_to = %(day)s",
    company=company.id, day=RATED.date_to,
)
env.cr.commit()
vacuum()
company.tianyuan_watched_on = DAY - timedelta(days=1)
timed(metrics)    # warms up
reading, nights = [timed(metrics)], {"First night": [timed(night(DAY))], "Night after": []}
env.cr.commit()
vacuum()
for number in range(ROUNDS):
    reading.append(timed(metrics))
    nights["Night after"].append(timed(night(DAY + timedelta(days=number + 1))))
items = env["tianyuan.watch.item"].sudo()._read_group([("company_id", "=", company.id)], ["reason"], ["__count"])
print("Warnings: " + ", ".join(f"{count:,} {reason}" for reason, count in items))
read, measured = statistics.median(seconds for seconds, _queries in reading), []
for name, taken in nights.items():
    seconds, queries = (statistics.median(each) for each in zip(*taken, strict=True))
    goal = f"≤ {GOAL:g}" if name == "Night after" else "–"
    measured.append((
        name, f"{CUSTOMERS:,}", f"{seconds / read:.2f}", goal, f"{read:.2f}", f"{seconds:.2f}",
        f"{seconds / CUSTOMERS * 1e6:.0f}", f"{queries:.0f}",
    ))
    print(" ".join(measured[-1]), flush=True)
bench_report.record(os.environ.get("BENCH_PAGE"), "watch", COLUMNS, measured)
if seconds > GOAL * read:
    sys.exit("a goal was missed")

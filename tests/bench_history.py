"""Measures what settled invoices of earlier years add to the time of the metrics, which must not read them.

Run by `odoo shell` on a database with CUSTOMERS customers and their books, and the addon.

"""

import os
import statistics
import sys
import time
from datetime import date

sys.path.append(os.environ["BENCH_TESTS"])
import bench_data  # noqa: E402 the script comes on standard input, so its folder isn't on the path
import bench_report  # noqa: E402

from odoo.addons.tianyuan_customer_rating.engine.metrics import compute_metrics, whole_books
from odoo.addons.tianyuan_customer_rating.engine.periods import Quarter

CUSTOMERS = int(os.environ["CUSTOMERS"])
ROUNDS = int(os.environ.get("ROUNDS", "3"))
QUARTER = Quarter(date(2025, 10, 1), date(2025, 12, 31))
COLUMNS = ("What", "Customers", "Times as long", "Goal", "Without, s", "With, s")
GOAL = 1.3


def metrics():
    """Return the median of seconds that the metrics take, and the metrics."""
    with bench_data.vacuuming(env) as cursor:
        cursor.execute("VACUUM ANALYZE")
    times = []
    for _round in range(ROUNDS + 1):    # the first one warms up
        started = time.perf_counter()
        with env.cr.savepoint(), whole_books(env.cr):
            computed = compute_metrics(env, env.company, QUARTER)
        times.append(time.perf_counter() - started)
        env.cr.commit()
    return statistics.median(times[1:]), computed


def of_payments(computed):
    return {customer: (each["on_time_rate"], each["days_beyond_terms"]) for customer, each in computed.items()}


env = bench_data.in_company(env)
before, computed = metrics()
bench_data.make_history(env, CUSTOMERS)
after, with_history = metrics()
assert of_payments(computed).items() <= of_payments(with_history).items(), "what was settled long ago counts again"
settled, all_others = CUSTOMERS * bench_data.HISTORY, CUSTOMERS * bench_data.INVOICES_EACH
print(f"Metrics with {settled:,} settled invoices beside {all_others:,}: {after / before:.2f} times as long "
      f"(goal {GOAL}): {after:.2f} s to {before:.2f} s", flush=True)
bench_report.record(os.environ.get("BENCH_PAGE"), "history", COLUMNS, [(
    "Metrics", f"{CUSTOMERS:,}", f"{after / before:.2f}", f"≤ {GOAL:g}", f"{before:.2f}", f"{after:.2f}",
)])
if after > GOAL * before:
    sys.exit("a goal was missed")

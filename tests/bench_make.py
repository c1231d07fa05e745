"""Fills a database with CUSTOMERS customers and their books. Run by `odoo shell`, which provides `env`."""

import os
import sys
import time

sys.path.append(os.environ["BENCH_TESTS"])
import bench_data  # noqa: E402 the script comes on standard input, so its folder isn't on the path

CUSTOMERS = int(os.environ["CUSTOMERS"])

started = time.perf_counter()
bench_data.make_company(env)
bench_data.make_customers(bench_data.in_company(env), CUSTOMERS)
print(f"{CUSTOMERS:,} customers with {CUSTOMERS * bench_data.INVOICES_EACH:,} invoices made in "
      f"{time.perf_counter() - started:.0f} s", flush=True)

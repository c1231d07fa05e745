"""Measures installing, upgrading and uninstalling the addon against installing stock `sale`.

The database has PARTNERS customers with ten invoices each. Both the whole process and the time that Odoo's log names
for loading the modules are measured. A missed goal makes the script fail.

Stock `sale` sets a sales team on every existing invoice through the ORM, with a line in its chatter. For a million
invoices that takes hours, and more memory than Odoo allows itself. If it is ended after STOCK_SECONDS (300) or for lack
of memory, its time until then is a lower bound. `sale` is also installed on a database with that column, where it skips
that work. The addon skips nothing, and is compared with both.
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import namedtuple
from pathlib import Path

os.environ.setdefault("INVOICES_EACH", "10")

import bench_report
from leftovers import catalog, difference, mentions
from odoo_harness import ADDON, copy_database, drop_database, execute, problems, run_odoo, unpack
from usage import USE_THE_ADDON, USE_THE_ARCHIVE, USE_THE_RELEASE

TESTS = Path(__file__).parent
PARTNERS = int(os.environ.get("PARTNERS", "100000"))
ROUNDS = int(os.environ.get("INSTALL_ROUNDS", "1"))
HOURS = 4 * 3600
RELEASE = sorted((TESTS / "releases").glob("*.tar.gz"))[-1]
VERSION = RELEASE.name.removesuffix(".tar.gz")
STOCK_SECONDS = int(os.environ.get("STOCK_SECONDS", "300"))
AS_IS, SPARED, UPGRADE = "Stock `sale`", "Stock `sale`, spared its teams", f"Upgrade from {VERSION}"
COLUMNS = ("What", "Partners", "Seconds", "Loading modules, s", "Times stock", "Goal", "Times spared stock")
MEASURED = ("Install", UPGRADE, "Uninstall")
GOAL = 1.10    # times the time of stock `sale`
SPARE = "ALTER TABLE account_move ADD COLUMN team_id int4"

# The release, which is slow, rates every fifth customer's last quarter; the others have no channel and are listed as
# not rated.
RATE = """
import sys
sys.path.append('{tests}')
import bench_data
bench = bench_data.in_company(env)
bench.cr.execute("UPDATE res_partner SET tianyuan_channel = 'direct' WHERE name LIKE 'Customer %' AND id % 5 = 0")
bench['res.partner'].invalidate_model()
run = bench['tianyuan.rating.run'].create({
    'company_id': bench.company.id, 'date_from': '2025-10-01', 'date_to': '2025-12-31',
})
run.action_start()
bench.cr.commit()
while run.state == 'running':
    run._process()
    bench.cr.commit()
assert run.done_count >= {rated}, run.done_count
"""

# The ratings are confirmed after the upgrade, when all customers have a channel.
CONFIRM = """
import sys
sys.path.append('{tests}')
import bench_data
bench = bench_data.in_company(env)
bench.cr.execute("UPDATE res_partner SET tianyuan_channel = 'direct' WHERE name LIKE 'Customer %'")
bench.cr.execute(
    "UPDATE tianyuan_rating SET state = 'ready', sales_done = TRUE, finance_done = TRUE WHERE run_id IS NOT NULL"
)
bench.cr.commit()
ready = bench['tianyuan.rating'].search([('state', '=', 'ready')])
assert len(ready) >= {rated}, len(ready)
ready.with_context(tracking_disable=False).action_confirm()
bench['tianyuan.rating.confirmation']._cron_process()
bench.cr.commit()
"""
UNINSTALL = f"env['ir.module.module'].search([('name', '=', '{ADDON}')]).button_immediate_uninstall()"

# Tables that an upgrade must not change, and those that uninstalling must leave.
RECORDS = ("tianyuan_rating", "tianyuan_rating_line", "tianyuan_rating_run", "tianyuan_class_history",
           "tianyuan_archive_document", "tianyuan_archive_access_log", "tianyuan_contact_profile", "res_partner")
LARGE = ("account_move", "account_move_line", "account_partial_reconcile")
BOOKS = ("res_partner", *LARGE)
WRITTEN = ("write_date", "write_uid")

Took = namedtuple("Took", "seconds loading")


def odoo(what, command, database, *args, script=None, timeout=HOURS):
    """Run Odoo to its end, and check its log.

    :return: seconds
    """
    started = time.perf_counter()
    log = run_odoo(command, database, "--max-cron-threads=0", *args, script=script, timeout=timeout)
    seconds = time.perf_counter() - started
    assert not problems(log), f"{what}:\n" + "\n".join(problems(log)[:20])
    loading = re.findall(r" (?:Module \S+ loaded in|\d+ modules loaded in) ([\d.]+)s", log)
    took = Took(seconds, float(loading[-1]) if loading else 0.0)
    print(f"{what}: {took.seconds:.1f} s, {took.loading:.1f} s of them loading modules; "
          f"load {os.getloadavg()[0]:.1f}", flush=True)
    return took


def server(what, database, *args, **options):
    return odoo(what, "server", database, "--stop-after-init", *args, **options)


def shell(what, database, script, *args):
    script = script.replace("{tests}", str(TESTS)).replace("{rated}", str(PARTNERS // 5))
    return odoo(what, "shell", database, *args, script=script)


def columns_of(database, tables):
    rows = execute(database, "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = "
                   "'public' AND table_name = ANY(%s) ORDER BY 1, ordinal_position", [list(tables)])
    return {table: [name for of, name in rows if of == table and name not in WRITTEN] for table in tables}


def checksums(database, columns, last=None):
    """Return a checksum for each column, or over the rows of very large tables.

    :param columns: dict of table → columns that count
    :param last: dict of table → highest id that counts
    :return: dict of column → number of rows and sum
    """
    sums = {}
    for table, names in columns.items():
        parts = [f"ROW({', '.join(names)})"] if table in LARGE else names
        values = ", ".join(f"SUM(hashtextextended({part}::text, 0)::numeric)" for part in parts)
        [(count, *found)] = execute(
            database, f"SELECT COUNT(*), {values} FROM {table} WHERE id <= {last[table] if last else 'id'}"
        )
        sums |= {f"{table}: {part[:40]}": (count, value) for part, value in zip(parts, found, strict=True)}
    return sums


def make_books(database):
    """Make a database without `sale`, with the customers and their books."""
    execute("postgres", f'CREATE DATABASE "{database}"')
    modules = "account,contacts,l10n_cn"
    server("Install Odoo without sales", database, "-i", modules, "--load-language=zh_CN,en_US", "--without-demo")
    os.environ |= {"CUSTOMERS": str(PARTNERS), "BENCH_TESTS": str(TESTS)}
    odoo("Make the books", "shell", database, script=(TESTS / "bench_make.py").read_text())


def measure_stock(books, times):
    """Install stock `sale`.

    :return: whether it finished in time
    """
    database = f"{books}_stock"
    copy_database(books, database)
    started = time.perf_counter()
    try:
        times[AS_IS].append(server(AS_IS, database, "-i", "sale", timeout=STOCK_SECONDS))
    except subprocess.TimeoutExpired:
        print(f"{AS_IS}: more than {STOCK_SECONDS} s", flush=True)
        times[AS_IS].append(Took(STOCK_SECONDS, 0))
        return False
    except AssertionError as error:
        if "MemoryError" not in str(error):
            raise
        seconds = time.perf_counter() - started
        print(f"{AS_IS}: out of memory after {seconds:.0f} s", flush=True)
        times[AS_IS].append(Took(seconds, 0))
        return False
    finally:
        drop_database(database)
    return True


def measure_install(books, stock, times):
    """Install `sale` in the database `stock`, and then the addon in a copy of it."""
    addon = f"{stock}_addon"
    copy_database(books, stock)
    execute(stock, SPARE)
    times["Start"].append(server("Start", stock))
    times[SPARED].append(server(SPARED, stock, "-i", "sale"))
    try:
        copy_database(stock, addon)
        times["Install"].append(server("Install", addon, "-i", ADDON))
    finally:
        drop_database(addon)


def measure_upgrade(database, times):
    """Use the last release for every fifth customer, then upgrade it."""
    with tempfile.TemporaryDirectory() as folder:
        unpack(RELEASE, folder)
        release = f"--addons-path={folder}"
        server(f"Install {VERSION}", database, release, "-i", ADDON)
        shell(f"Use {VERSION}", database, RATE + USE_THE_RELEASE + USE_THE_ARCHIVE, release)
    kept = columns_of(database, RECORDS)
    recorded = checksums(database, kept)
    assert recorded["tianyuan_rating: id"][0] > PARTNERS // 5
    times[UPGRADE].append(server(UPGRADE, database, "-u", ADDON))
    still = columns_of(database, RECORDS)
    assert all(set(names) <= set(still[table]) for table, names in kept.items()), "a column is gone"
    same(recorded, checksums(database, kept), "the upgrade changed records")


def measure_uninstall(database, times):
    """Use the addon, then uninstall it."""
    shell("Confirm all sheets, use the rest", database, CONFIRM + USE_THE_ADDON)
    times["Uninstall"].append(shell("Uninstall", database, UNINSTALL))


def same(before, after, message):
    changed = [what for what in before if before[what] != after[what]]
    assert not changed, f"{message}: {', '.join(changed)}"


def nothing_left(database, before):
    """Check that the database is as before the installation, and that nothing in it names the addon."""
    after = catalog(database)
    assert not difference(after, before), "left behind:\n" + difference(after, before)
    assert not difference(before, after), "taken away, though it was there before:\n" + difference(before, after)
    named = mentions(database, but=LARGE)
    assert not named, "left behind:\n" + named


def main():
    times = {what: [] for what in ("Start", AS_IS, SPARED, *MEASURED)}
    prefix = os.environ.get("TIANYUAN_TEST_DB") or f"tianyuan_bench_{os.getpid()}"
    books, stock = f"{prefix}_books", f"{prefix}_install"
    try:
        make_books(books)
        complete = measure_stock(books, times)
        for _round in range(ROUNDS):
            drop_database(stock)
            measure_install(books, stock, times)
        drop_database(books)
        before = catalog(stock)
        last = {table: execute(stock, f"SELECT max(id) FROM {table}")[0][0] for table in BOOKS}
        columns = columns_of(stock, BOOKS)
        sums = checksums(stock, columns, last)
        measure_upgrade(stock, times)
        measure_uninstall(stock, times)
        nothing_left(stock, before)
        same(sums, checksums(stock, columns, last), "the books aren't what they were")
    finally:
        for database in (books, stock):
            drop_database(database)
    report(times, complete)


def report(times, complete):
    """Print and record the times in comparison with stock.

    :param complete: whether stock `sale` finished
    """
    took = {
        what: Took(*(statistics.median(values) for values in zip(*rounds, strict=True)))
        for what, rounds in times.items()
    }
    rows, missed = [], []
    for what, (seconds, loading) in took.items():
        least = "" if complete or what != AS_IS else "> "
        row = [what, f"{PARTNERS:,}", f"{least}{seconds:.1f}", f"{loading:.1f}" if loading else "–"]
        if what in MEASURED:
            ratio = seconds / took[AS_IS].seconds
            row += [f"{'' if complete else '< '}{ratio:.2f}", f"≤ {GOAL:.2f}", f"{seconds / took[SPARED].seconds:.2f}"]
            if ratio > GOAL:
                missed.append(what)
        else:
            row += ["–", "–", "–"]
        rows.append(row)
        print(": ".join([what, ", ".join(row[2:])]), flush=True)
    bench_report.record(os.environ.get("BENCH_PAGE"), "install", COLUMNS, rows)
    if missed:
        sys.exit(f"a goal was missed: {', '.join(missed)}")


if __name__ == "__main__":
    main()

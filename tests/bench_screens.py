"""Measures how long the server takes to open the screens of two quarters of CUSTOMERS customers.

Run by `odoo shell` after bench_run.py, which leaves a confirmed quarter. Each screen is opened by its users, not by the
superuser, with the calls of the web client and an empty ORM cache; changes are rolled back. There are ROUNDS rounds
after a warm-up. The script fails if a median misses the goal.
"""

import gc
import os
import statistics
import sys
import time
from datetime import date

sys.path.append(os.environ["BENCH_TESTS"])
import bench_data  # noqa: E402 the script comes on standard input, so its folder isn't on the path
import bench_report  # noqa: E402
from bench_client import MODULE, Screen, specification  # noqa: E402

from odoo import Command, api

from odoo.addons.tianyuan_customer_rating.engine.periods import Quarter

CUSTOMERS = int(os.environ.get("CUSTOMERS", "20000"))
ROUNDS = max(int(os.environ.get("ROUNDS", "3")), 3)
GOAL = 1_000  # milliseconds
COLUMNS = ("What", "Customers", "Median, ms", "Worst, ms", "Goal", "Queries")
CONFIRMED, OPEN = date(2025, 10, 1), date(2026, 1, 1)
ROLES = {"manager": "group_manager", "finance": "group_finance_assessor", "sales": "group_sales_user"}
RATING, LINES, ANALYSIS = "tianyuan_rating_action", "tianyuan_rating_line_action_", "tianyuan_rating_analysis_action"


def sql(query, **params):
    return bench_data.sql(env, query, **params)


def make_users():
    """Make a manager, a finance assessor, and a salesperson with a third of the customers."""
    users = {}
    for role, group in ROLES.items():
        user = env["res.users"].search([("login", "=", f"bench_{role}")])
        users[role] = user or env["res.users"].create({
            "name": f"Bench {role}", "login": f"bench_{role}", "password": f"bench_{role}", "lang": "zh_CN",
            "tz": "Asia/Shanghai", "company_id": company.id, "company_ids": [Command.set(company.ids)],
            "group_ids": [Command.set([env.ref(f"{MODULE}.{group}").id])],
        })
    return users


def give_customers():
    """Assign a third of the customers to the salesperson, a third to somebody else, a third to nobody."""
    sql("UPDATE res_partner p SET user_id = (ARRAY[%(sales)s, %(other)s, NULL])[1 + p.id / 2 %% 3] "
        "FROM tianyuan_rating r WHERE r.partner_id = p.id AND r.company_id = %(company)s AND r.date_from = %(open)s",
        sales=users["sales"].id, other=users["manager"].id, company=company.id, open=CONFIRMED)


def start_quarter():
    """Make the sheets of the next quarter, all of them to be assessed."""
    bench_data.rate_everybody(env, Quarter(OPEN, date(2026, 3, 31)), CUSTOMERS)


def spread():
    """Vary tiers, scores and changes in the confirmed quarter.

    In the open quarter finance has assessed a fifth of the sheets, and sales a tenth, too.
    """
    bench_data.spare_checks(env)
    sql("""
        UPDATE tianyuan_rating SET
               score = 40 + partner_id * 79 %% 6000 / 100.0,
               score_change = partner_id * 73 %% 2000 / 100.0 - 10,
               tier_id = (%(tiers)s || ARRAY[NULL::int])[1 + partner_id %% %(places)s],
               tier_change = (ARRAY['same', 'same', 'up', 'down', 'new'])[1 + partner_id * 31 %% 5],
               previous_tier_id = (%(tiers)s)[1 + partner_id %% 3],
               customer_class = (ARRAY['key', 'ordinary', 'ordinary'])[1 + partner_id %% 3],
               is_major_account = partner_id %% 20 = 0
         WHERE company_id = %(company)s AND date_from = %(day)s
    """, tiers=tiers.ids, places=len(tiers) + 1, company=company.id, day=CONFIRMED)
    sql("""
        UPDATE tianyuan_rating SET
               finance_done = TRUE, sales_done = partner_id %% 10 = 0,
               state = CASE WHEN partner_id %% 10 = 0 THEN 'ready' ELSE 'assessing' END
         WHERE company_id = %(company)s AND date_from = %(day)s AND partner_id %% 5 = 0
    """, company=company.id, day=OPEN)
    sql("""
        UPDATE tianyuan_rating_line l SET origin = 'missing', has_value = FALSE, points = 0, level_id = NULL
          FROM tianyuan_rating r
         WHERE r.id = l.rating_id AND r.company_id = %(company)s AND r.date_from = %(day)s AND l.origin = 'carried'
    """, company=company.id, day=OPEN)
    sql("""
        UPDATE tianyuan_rating_line l SET origin = 'assessed', assessor_id = %(user)s, assessed_on = now()
          FROM tianyuan_rating r
         WHERE r.id = l.rating_id AND r.company_id = %(company)s AND r.date_from = %(day)s AND l.origin = 'missing'
           AND (r.finance_done AND l.responsibility = 'finance' OR r.sales_done)
    """, user=users["finance"].id, company=company.id, day=OPEN)
    env.cr.commit()
    with bench_data.vacuuming(env) as cursor:
        cursor.execute("VACUUM ANALYZE tianyuan_rating, tianyuan_rating_line, res_partner")


def measure(role, screen):
    """Return the milliseconds and queries of opening a screen."""
    gc.collect()
    with env.registry.cursor() as cr:
        context = {"lang": "zh_CN", "tz": "Asia/Shanghai", "allowed_company_ids": company.ids, "bin_size": True}
        as_user = api.Environment(cr, users[role].id, context)
        call = screen(as_user)
        as_user.flush_all()
        as_user.invalidate_all()
        queries, started = cr.sql_log_count, time.perf_counter()
        call()
        as_user.flush_all()
        taken = 1000 * (time.perf_counter() - started), cr.sql_log_count - queries
        cr.precommit.clear()
        cr.rollback()
    return taken


def of(action, view, *filters, typed=None, **options):
    """Return a screen, with filters chosen or a search in the search box.

    The views are loaded before measuring, because the client caches them.
    """
    def prepare(env):
        screen = Screen(env, action)
        for name in filters:
            screen.filtered(name)
        if typed:
            screen.typed(*typed)
        return lambda: getattr(screen, view)(**options)
    return prepare


def record(action, model, domain, order="id"):
    """Return a screen with the form of one record."""
    def prepare(env):
        screen, found = Screen(env, action), env[model].search(domain, limit=1, order=order)
        return lambda: screen.form(found.id)
    return prepare


def dashboard(env):
    return lambda: env["tianyuan.rating.dashboard"].get_data()


def workbench(env):
    return lambda: env["tianyuan.workbench"].get_data()


def history(env):
    """Return a screen with the sheets of one customer, opened by the button on the form."""
    customer = env["tianyuan.rating"].search([], limit=1, order="id").partner_id
    action = customer.action_tianyuan_ratings()
    screen = Screen(env, RATING, domain=action["domain"])
    return lambda: screen.list()


def quarter_to_date(env):
    customer = env["tianyuan.rating"].search([], limit=1, order="id").partner_id
    return lambda: customer.action_tianyuan_quarter_to_date()


def payments(env):
    sheet = env["tianyuan.rating"].search([("state", "=", "confirmed")], limit=1, order="id")
    return lambda: sheet.action_open_payments()


def eighty_lines(side, indicator):
    """Return an action that sets one level on a page of lines."""
    def prepare(env):
        screen = Screen(env, LINES + side).filtered("missing")
        lines = screen.model.search(
            list(screen.domain) + [("indicator_id.code", "=", indicator), ("channel", "=", "direct")], limit=80,
        )
        best = lines[:1].available_level_ids[:1]
        values = {"level_id": best.id} if lines[:1].source == "level" else {"metric_value": 50}
        assert len(lines) == 80, f"only {len(lines)} lines of {indicator}"
        wanted = specification(screen.model, screen.views["list"])
        return lambda: lines.web_save(values, wanted)
    return prepare


def confirm_eighty(env):
    sheets = env["tianyuan.rating"].search([("state", "=", "ready")], limit=80)
    return lambda: sheets.action_confirm()


# The documentation shows these screens for the slowest role, and the slowest of all others.
ON_PAGE = ("Ratings: list", "Ratings: cards by tier", "Ratings: pivot", "Finance assessments: list",
           "Sales assessments: list", "Workbench", "Dashboard", "Analysis: pivot", "A sheet, with explanation")
OTHERS = "The slowest of the others"
SHEET = ("tianyuan.rating", [("state", "=", "assessing")])
SCREENS = [
    ("Ratings: list", "manager sales", of(RATING, "list")),
    ("Ratings: last page counted", "manager", of(RATING, "list", page=125)),
    ("Ratings: list by score", "manager sales", of(RATING, "list", order="score DESC")),
    ("Ratings: list by customer", "manager sales", of(RATING, "list", order="partner_id ASC")),
    ("Ratings: to confirm", "manager", of(RATING, "list", "to_confirm")),
    ("Ratings: waiting for sales", "manager sales", of(RATING, "list", "to_assess_sales")),
    ("Ratings: waiting for finance", "finance", of(RATING, "list", "to_assess_finance")),
    ("Ratings: overdue", "manager sales", of(RATING, "list", "overdue")),
    ("Ratings: no tier", "manager", of(RATING, "list", "no_tier")),
    ("Ratings: my customers", "sales", of(RATING, "list", "my_customers")),
    ("Ratings: a customer's name", "manager sales", of(RATING, "list", typed=("partner_id", "er 1234"))),
    ("Ratings: a sheet's name", "manager sales", of(RATING, "list", typed=("name", "er 1234"))),
    ("Ratings: grouped by status", "manager sales", of(RATING, "list", "group_state")),
    ("Ratings: grouped by salesperson", "manager sales", of(RATING, "list", "group_user")),
    ("Ratings: cards by tier", "manager finance sales", of(RATING, "kanban")),
    ("Ratings: pivot", "manager finance sales", of(RATING, "pivot")),
    ("Ratings: chart", "manager sales", of(RATING, "graph")),
    ("Prospects: list", "manager sales", of("tianyuan_rating_action_prospect", "list")),
    ("Movers: list by change", "manager sales", of("tianyuan_rating_action_movers", "list")),
    ("Finance assessments: list", "finance", of(LINES + "finance", "list")),
    ("Finance assessments: progress", "finance", of(LINES + "finance", "progress")),
    ("Finance assessments: page 2", "finance", of(LINES + "finance", "list", page=2)),
    ("Finance assessments: by customer", "finance", of(LINES + "finance", "list", order="partner_id ASC")),
    ("Finance assessments: by points", "finance", of(LINES + "finance", "list", order="points DESC")),
    ("Finance assessments: a customer's name", "finance",
     of(LINES + "finance", "list", typed=("partner_id", "er 1234"))),
    ("Finance assessments: direct customers", "finance", of(LINES + "finance", "list", "direct")),
    ("Finance assessments: grouped by indicator", "finance",
     of(LINES + "finance", "list", "group_indicator")),
    ("Sales assessments: list", "sales", of(LINES + "sales", "list")),
    ("Sales assessments: progress", "sales", of(LINES + "sales", "progress")),
    ("Sales assessments: page 2", "sales", of(LINES + "sales", "list", page=2)),
    ("Sales assessments: missing", "sales", of(LINES + "sales", "list", "missing")),
    ("Sales assessments: a customer's name", "sales",
     of(LINES + "sales", "list", typed=("partner_id", "er 1234"))),
    ("Workbench", "manager finance sales", workbench),
    ("Dashboard", "manager finance sales", dashboard),
    ("Analysis: chart", "manager sales", of(ANALYSIS, "graph")),
    ("Analysis: pivot", "manager sales", of(ANALYSIS, "pivot")),
    ("Analysis: list", "manager sales", of(ANALYSIS, "list")),
    ("Tier and class history", "manager sales", of("tianyuan_class_history_action", "list")),
    ("A sheet, with explanation", "manager finance sales", record(RATING, *SHEET)),
    ("A confirmed sheet, with explanation", "manager sales", record(RATING, SHEET[0], [("state", "=", "confirmed")])),
    ("A customer's sheets", "manager sales", history),
    ("A customer's quarter to date", "manager sales", quarter_to_date),
    ("Payments behind a sheet", "finance sales", payments),
    ("Runs: list", "manager", of("tianyuan_rating_run_action", "list")),
    ("A run", "manager", record("tianyuan_rating_run_action", "tianyuan.rating.run", [], "id DESC")),
    ("Eighty lines given a number at once", "finance", eighty_lines("finance", "debt_ratio")),
    ("Eighty lines given a level at once", "sales", eighty_lines("sales", "willingness")),
    ("Eighty sheets confirmed at once", "manager", confirm_eighty),
]

env = bench_data.in_company(env)
company = env.company
tiers = env["tianyuan.rating.tier"].search([])
users = make_users()
env.cr.commit()
if not env["tianyuan.rating"].search_count([("company_id", "=", company.id), ("date_from", "=", OPEN)], limit=1):
    give_customers()
    start_quarter()
    spread()
times, queries, only = {}, {}, os.environ.get("SCREENS")
for number in range(ROUNDS + 1):
    for label, roles, screen in SCREENS:
        for role in roles.split():
            if only and only not in label:
                continue
            milliseconds, asked = measure(role, screen)
            if number:  # the first round only warms up
                times.setdefault((label, role), []).append(milliseconds)
                queries[label, role] = asked
print(f"load {os.getloadavg()[0]:.1f}; {ROUNDS} rounds, milliseconds and queries, goal {GOAL:,} ms", flush=True)
slowest, late = {}, []
for (label, role), taken in times.items():
    median = statistics.median(taken)
    kept = median <= GOAL
    late += [] if kept else [label]
    print(f"{label:<45}{role:<9}{median:8.0f} ms, worst {max(taken):6.0f}, {queries[label, role]:4} queries"
          f"{'' if kept else '   MISSED'}", flush=True)
    shown = label if label in ON_PAGE else OTHERS
    slowest[shown] = max(slowest.get(shown, (0, 0, 0)), (median, max(taken), queries[label, role]))
measured = [
    (label, f"{CUSTOMERS:,}", f"{median:,.0f}", f"{most:,.0f}", f"≤ {GOAL:,}", str(asked))
    for label, (median, most, asked) in sorted(slowest.items(), key=lambda item: (*ON_PAGE, OTHERS).index(item[0]))
]
bench_report.record(os.environ.get("BENCH_PAGE"), "screens", COLUMNS, measured)
if late:
    sys.exit(f"opened too slowly: {', '.join(late)}")

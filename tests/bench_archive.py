"""Measures partner lists with PARTNERS customers and their archives, against the same partners without the addon.

Run by `odoo shell`, which provides `env`; BASE_DATABASE names the database without the addon. ``bench_paired``
explains the method. Filtering on archives may take at most MARGIN times the list without the addon.
"""

import os
import sys
import time

sys.path.append(os.environ["BENCH_TESTS"])
import bench_data  # noqa: E402 the script comes on standard input, so its folder isn't on the path
from bench_paired import STOCK, WITH, Action, Side, measure, report, specification  # noqa: E402
from lxml import etree

from odoo import SUPERUSER_ID, fields

PARTNERS = int(os.environ.get("PARTNERS", "100000"))
MARGIN = 1.10
PAGE, COUNTED = 80, 10_001  # rows per page, and the web client's counting limit
TODAY = fields.Date.to_string(fields.Date.context_today(env.user))
ARCHIVED = [("tianyuan_archive_state", "in", ("collecting", "filed", "review_due", "closed"))]
ARCHIVES = "tianyuan_customer_rating.res_partner_view_list_archive"
INCOMPLETE = [("tianyuan_archive_state", "in", ("collecting", "filed", "review_due")),
              ("tianyuan_archive_completeness", "<", 100)]
REVIEW_DUE = [("tianyuan_archive_state", "in", ("filed", "review_due")),
              ("tianyuan_archive_review_due_on", "<=", TODAY)]


def multiply(env, row, overrides):
    """Copy a partner for k from 0 to PARTNERS - 1, with `overrides` for some columns."""
    changes = ", ".join(f"'{column}', {value}" for column, value in overrides.items())
    names = bench_data.sql(
        env, "SELECT column_name FROM information_schema.columns WHERE table_name = 'res_partner'")
    columns = ", ".join(f'"{name}"' for (name,) in names)
    copied = ", ".join(f'copy."{name}"' for (name,) in names)
    bench_data.sql(
        env,
        f"INSERT INTO res_partner ({columns}) SELECT {copied} "
        f"FROM res_partner t, generate_series(0, {PARTNERS - 1}) k, "
        f"LATERAL jsonb_populate_record(t, jsonb_build_object({changes})) AS copy WHERE t.id = %(row)s",
        row=row,
    )
    bench_data.sql(env, "SELECT setval('res_partner_id_seq', (SELECT max(id) FROM res_partner))")


def fill(env):
    """Make the same customers in both databases, 0.2 % of them called abc. Returns the first one's id."""
    pattern = env["res.partner"].create({"name": "Pattern", "is_company": True, "country_id": env.ref("base.cn").id})
    env.flush_all()
    first = pattern.id + 1_000
    name = (
        "(ARRAY['江苏', '山东', '浙江', '上海', '广东', '河北', '四川', '湖北'])[1 + k %% 8] || "
        "(ARRAY['天元', '恒通', '华泰', '永昌', '新源', '嘉和', '瑞丰'])[1 + (k * 31) %% 7] || "
        "CASE WHEN k %% 500 = 7 THEN 'Abc' ELSE '' END || to_char((k * 7919) %% 100003, 'FM000000') || '化工有限公司'"
    )
    multiply(env, pattern.id, {
        "id": f"{first} + k",
        "commercial_partner_id": f"{first} + k",
        "name": name,
        "complete_name": name,
        "email": "'buyer' || k || '@example.com'",
        "phone": "'+86 21 ' || to_char(k, 'FM00000000')",
        "city": "'City ' || k %% 300",
        "user_id": f"CASE WHEN k %% 3 = 0 THEN {SUPERUSER_ID + 1} END",
    })
    return first


def ready(name, database):
    """Make a side with its customers."""
    side = Side(name, database)
    with side.preparing() as admin:
        side.make_users(admin)
        first = fill(admin)
        if name == WITH:
            bench_data.make_archives(admin, first, PARTNERS)
    side.tidy("res_partner")
    return side


def listing(domain, view=None, own=False):
    """Return an action that reads a page of the list; the fields are determined before measuring."""
    def prepare(env):
        return specification(env, "list", env.ref(view).id if view else False, own)

    def run(env, wanted):
        env["res.partner"].web_search_read(domain, wanted, limit=PAGE, count_limit=COUNTED)

    return {"prepare": prepare, "run": run}


def search_box(text):
    """Return the domain and fields of a search in the list's search box."""
    def prepare(env):
        arch = etree.fromstring(env["res.partner"].get_views([(False, "search")])["views"]["search"]["arch"])
        box = arch.xpath("//field[@name='name']")[0].get("filter_domain")
        return eval(box, {"self": text}), specification(env, "list", own=False)  # noqa: S307 - the view's own domain

    def run(env, prepared):
        domain, wanted = prepared
        env["res.partner"].web_search_read(domain, wanted, limit=PAGE, count_limit=COUNTED)

    return {"prepare": prepare, "run": run}


def naming(text):
    """Return an action that searches customers by name, as a many2one field does."""
    return lambda env, _: env["res.partner"].name_search(text, limit=8)


database = env.cr.dbname
env.cr.rollback()  # an open transaction would prevent vacuuming the tables
started = time.perf_counter()
sides = {STOCK: ready(STOCK, os.environ["BASE_DATABASE"]), WITH: ready(WITH, database)}
print(f"{PARTNERS:,} customers in both databases: {time.perf_counter() - started:.0f} s", flush=True)

plain = Action("(a, b) all partners, the stock list's columns", **listing([]))
own = {"sides": (WITH,), "against": plain}
search = Action("(f) name_search abc", naming("abc"))
actions = [
    plain,
    Action("(b') all partners, with the addon's columns", **listing([], own=True), **own),
    Action("(c) incomplete archives, stock columns", **listing(INCOMPLETE), **own, most=MARGIN),
    Action("(c') incomplete archives, with the addon's columns", **listing(INCOMPLETE, own=True), **own),
    Action("(c\") completeness < 100 alone, stock columns", **listing(INCOMPLETE[1:]), **own, most=MARGIN),
    Action("(d) review due, stock columns", **listing(REVIEW_DUE), **own, most=MARGIN),
    Action("(d') review due, with the addon's columns", **listing(REVIEW_DUE, own=True), **own),
    Action("(d\") state is review due, stock columns",
           **listing([("tianyuan_archive_state", "=", "review_due")]), **own, most=MARGIN),
    Action("(d\") review due on or before today, stock columns", **listing(REVIEW_DUE[1:]), **own, most=MARGIN),
    Action("(e) the list of archives", **listing(ARCHIVED, ARCHIVES, own=True), **own),
    search,
    Action("(f) name_search of nobody", naming("qzx")),
    Action("(f) name_search of an archive number", naming("BENCH-012345"), sides=(WITH,), against=search),
    Action("(f) the list, searched for abc", **search_box("abc")),
]
measure(sides, actions)
missed = report(actions, f"{PARTNERS:,} customers")
if missed:
    sys.exit("; ".join(missed))

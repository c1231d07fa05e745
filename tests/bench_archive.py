"""Scale benchmark: the partner lists with PARTNERS customers and their archives, beside the same partners without
the addon. Run by `odoo shell`, which provides `env`; BASE_DATABASE names the database without the addon.

Both databases are served by this process, and each round measures every action once in each: what else the machine
does falls on all alike. Every measurement begins with nothing in the ORM's cache.
"""

import gc
import os
import statistics
import time
from contextlib import contextmanager
from datetime import date

from lxml import etree

from odoo import SUPERUSER_ID, Command, api, fields
from odoo.modules.registry import Registry

PARTNERS = int(os.environ.get("PARTNERS", "100000"))
ROUNDS = int(os.environ.get("ROUNDS", "15"))
MARGIN = 1.10  # what filtering on archives may take of the time of the list without the addon
PAGE, COUNTED = 80, 10_001  # rows of a page, and how far the web client counts
TODAY = fields.Date.context_today(env.user)
GROUPS = ("base.group_user", "base.group_partner_manager", "sales_team.group_sale_salesman_all_leads",
          "account.group_account_invoice")
WITH, WITHOUT = "with", "without"
MEMBER_OF = {
    WITH: (*GROUPS, "tianyuan_customer_rating.group_archive_specialist"),
    WITHOUT: GROUPS,
}
INCOMPLETE = [("tianyuan_archive_state", "in", ("collecting", "filed", "review_due")),
              ("tianyuan_archive_completeness", "<", 100)]
REVIEW_DUE = [("tianyuan_archive_state", "in", ("filed", "review_due")),
              ("tianyuan_archive_review_due_on", "<=", fields.Date.to_string(TODAY))]


def rows_of(cr, query, **params):
    cr.execute(query, params)
    return cr.fetchall() if cr.description else []


def multiply(cr, table, row, overrides):
    """Copies a row of `table` for k from 0 to PARTNERS - 1, with `overrides` for some columns."""
    changes = ", ".join(f"'{column}', {value}" for column, value in overrides.items())
    names = rows_of(cr, "SELECT column_name FROM information_schema.columns WHERE table_name = %(table)s", table=table)
    columns = ", ".join(f'"{name}"' for (name,) in names)
    copied = ", ".join(f'copy."{name}"' for (name,) in names)
    rows_of(
        cr,
        f"INSERT INTO {table} ({columns}) SELECT {copied} FROM {table} t, generate_series(0, {PARTNERS - 1}) k, "
        f"LATERAL jsonb_populate_record(t, jsonb_build_object({changes})) AS copy WHERE t.id = %(row)s",
        row=row,
    )
    rows_of(cr, f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))")


def fill(env):
    """The same customers in both databases, a fifth of a percent of them called abc. Returns the first one's id."""
    pattern = env["res.partner"].create({"name": "Pattern", "is_company": True, "country_id": env.ref("base.cn").id})
    env.flush_all()
    first = pattern.id + 1_000
    name = (
        "(ARRAY['江苏', '山东', '浙江', '上海', '广东', '河北', '四川', '湖北'])[1 + k %% 8] || "
        "(ARRAY['天元', '恒通', '华泰', '永昌', '新源', '嘉和', '瑞丰'])[1 + (k * 31) %% 7] || "
        "CASE WHEN k %% 500 = 7 THEN 'Abc' ELSE '' END || to_char((k * 7919) %% 100003, 'FM000000') || '化工有限公司'"
    )
    multiply(env.cr, "res_partner", pattern.id, {
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


def fill_archives(env, first):
    """Nine of ten customers have an archive: most are filed and incomplete, one of twelve is due for review. Two of
    three have a paper, a tier and a class."""
    tiers = env["tianyuan.rating.tier"].search([]).ids
    company = env.company.id
    rows_of(env.cr, """
        UPDATE res_partner p SET
               tianyuan_channel = CASE WHEN k %% 2 = 0 THEN 'direct' ELSE 'distributor' END,
               tianyuan_archive_state = (ARRAY['none', 'none', 'collecting', 'collecting', 'closed'])[1 + k %% 20],
               tianyuan_archive_completeness = CASE WHEN k %% 20 > 1 THEN (k * 7919) %% 101 ELSE 0 END,
               tianyuan_first_deal_date = CASE WHEN k %% 3 > 0 THEN %(today)s - (k * 7) %% 1500 END
          FROM (SELECT id, id - %(first)s AS k FROM res_partner WHERE id >= %(first)s) n
         WHERE p.id = n.id
    """, first=first, today=TODAY)
    rows_of(env.cr, """
        UPDATE res_partner p SET
               tianyuan_archive_number = 'BENCH-' || to_char(k, 'FM000000'),
               tianyuan_archive_specialist_id = %(user)s,
               tianyuan_archive_reviewed_on = due - 90,
               tianyuan_archive_review_due_on = due,
               tianyuan_archive_state = CASE WHEN due <= %(today)s AND k %% 3 > 0 THEN 'review_due' ELSE 'filed' END
          FROM (SELECT id, id - %(first)s AS k, %(today)s + ((id - %(first)s) * 7919) %% 120 - 10 AS due
                  FROM res_partner WHERE id >= %(first)s) n
         WHERE p.id = n.id AND k %% 20 > 4
    """, first=first, today=TODAY, user=SUPERUSER_ID + 1)
    rows_of(env.cr, """
        UPDATE res_partner p SET
               tianyuan_tier_id = jsonb_build_object(%(company)s::text, (%(tiers)s)[1 + k %% 5]),
               tianyuan_score = jsonb_build_object(%(company)s::text, 40 + k %% 60),
               tianyuan_customer_class = jsonb_build_object(%(company)s::text, 'ordinary')
          FROM (SELECT id, id - %(first)s AS k FROM res_partner WHERE id >= %(first)s) n
         WHERE p.id = n.id AND k %% 3 > 0
    """, first=first, company=company, tiers=tiers)
    rows_of(env.cr, """
        INSERT INTO tianyuan_archive_document
               (partner_id, company_id, type_id, name, active, confidential, checksum, valid_until)
        SELECT %(first)s + k, %(company)s, %(type)s, 'Licence', TRUE, TRUE, md5(k::text), %(today)s + k %% 900 - 30
          FROM generate_series(0, %(last)s) k
         WHERE k %% 3 > 0
    """, first=first, company=company, last=PARTNERS - 1, today=TODAY,
        type=env["tianyuan.archive.document.type"].search([("required", "=", True)], limit=1).id)


def specification(env, view_type, view_id=False, own=True):
    """What the web client reads for a view of partners; without the addon's own fields, if asked."""
    Partner = env["res.partner"]
    wanted = {}
    arch = etree.fromstring(Partner.get_views([(view_id, view_type)])["views"][view_type]["arch"])
    for node in arch.xpath("//field[not(ancestor::field)]"):
        name = node.get("name")
        field = Partner._fields[name]
        if name.startswith("tianyuan_") and not own:
            continue
        if node.get("widget") == "list_activity":
            wanted |= {dependency: {} for dependency in (
                "activity_exception_decoration", "activity_exception_icon", "activity_state", "activity_summary",
                "activity_type_icon",
            )} | {"activity_type_id": {"fields": {"display_name": {}}}}
        if field.type == "many2one" or node.get("widget") == "many2many_tags":
            wanted[name] = {"fields": {"display_name": {}}}
        else:
            wanted[name] = {}
    return wanted


class Side:
    """One of the two databases, as a user works in it."""

    def __init__(self, database, side):
        self.registry = Registry(database)
        with self.registry.cursor() as cr:
            admin = api.Environment(cr, SUPERUSER_ID, {})
            company = admin.company
            if not company.chart_template:
                admin["account.chart.template"].try_loading("cn", company)
            user = admin["res.users"].create({
                "name": "Bench", "login": "bench", "lang": "zh_CN", "tz": "Asia/Shanghai",
                "group_ids": [Command.set([admin.ref(group).id for group in MEMBER_OF[side]])],
            })
            self.first = fill(admin)
            if side == WITH:
                fill_archives(admin, self.first)
            self.product_id = admin["product.product"].create({"name": "Peroxide", "type": "consu"}).id
            self.uid = user.id
        with self.registry.cursor() as cr:
            cr._cnx.rollback()
            cr._cnx.autocommit = True
            # filled in several steps, the archives would leave a table of mostly dead rows
            cr._cnx.cursor().execute("VACUUM FULL res_partner")
            cr._cnx.cursor().execute("VACUUM ANALYZE")
            cr._cnx.autocommit = False

    @contextmanager
    def work(self):
        """An environment of the user's with nothing in the cache, thrown away afterwards."""
        with self.registry.cursor() as cr:
            yield api.Environment(cr, self.uid, {"lang": "zh_CN", "tz": "Asia/Shanghai", "bin_size": True})
            cr.precommit.clear()
            cr.rollback()

    def measure(self, action):
        """Milliseconds and queries of an action."""
        gc.collect()
        with self.work() as env:
            prepared = action.prepare(env)
            env.flush_all()
            env.invalidate_all()
            queries, started = env.cr.sql_log_count, time.perf_counter()
            action.run(env, prepared)
            env.flush_all()
            env.cr.precommit.run()
            return 1000 * (time.perf_counter() - started), env.cr.sql_log_count - queries


class Action:
    """Something people do, in both databases or in one. ``prepare`` gives what ``run`` needs beforehand."""

    def __init__(self, label, run, prepare=lambda env: None, sides=(WITHOUT, WITH), against=None, demanded=False):
        self.label, self.run, self.prepare, self.sides = label, run, prepare, sides
        self.against, self.demanded = against, demanded
        self.times = {side: [] for side in sides}
        self.queries = {}


def listing(domain, view=None, own=False):
    """Reads a page of the list. The fields are worked out before the clock starts."""
    def prepare(env):
        return specification(env, "list", env.ref(view).id if view else False, own)

    def run(env, wanted):
        env["res.partner"].web_search_read(domain, wanted, limit=PAGE, count_limit=COUNTED)

    return {"prepare": prepare, "run": run}


def search_box(text):
    """What typing into the search box asks of the list."""
    def prepare(env):
        arch = etree.fromstring(env["res.partner"].get_views([(False, "search")])["views"]["search"]["arch"])
        box = arch.xpath("//field[@name='name']")[0].get("filter_domain")
        return eval(box, {"self": text}), specification(env, "list", own=False)  # noqa: S307 - the view's own domain

    def run(env, prepared):
        domain, wanted = prepared
        env["res.partner"].web_search_read(domain, wanted, limit=PAGE, count_limit=COUNTED)

    return {"prepare": prepare, "run": run}


def side_of(env):
    return sides[WITH if "tianyuan.rating" in env else WITHOUT]


def opening(own):
    """Opens a customer's form."""
    def prepare(env):
        customer = env["res.partner"].browse(side_of(env).first + 17)
        return customer, specification(env, "form", own=own)

    return {"prepare": prepare, "run": lambda env, prepared: prepared[0].web_read(prepared[1])}


def create_partners(env, _prepared):
    env["res.partner"].create([
        {"name": f"New {number}", "is_company": True, "phone": f"+86 10 {number:08}"} for number in range(100)
    ])


def some_partners(env):
    first = side_of(env).first
    return env["res.partner"].browse(range(first + 100, first + 200))


def write_partners(env, customers):
    for customer in customers:
        customer.write({"city": "苏州", "phone": f"+86 512 {customer.id}"})


def drafts(env):
    side = side_of(env)
    return env["account.move"].create([
        {
            "move_type": "out_invoice", "partner_id": side.first + number, "invoice_date": date(2025, 1, 15),
            "invoice_line_ids": [Command.create({"product_id": side.product_id, "price_unit": 1000, "tax_ids": []})],
        } for number in range(10)
    ])


def post_invoices(env, invoices):
    invoices.action_post()


def median(action, side):
    return statistics.median(action.times[side])


def report():
    """Prints the table; returns the labels of what takes more than demanded."""
    late = []
    print(f"\n{PARTNERS:,} customers, {ROUNDS} rounds: milliseconds (median, least) and queries")
    print(f"{'':<58}{'without the addon':>22}{'with it':>22}{'ratio':>8}{'least':>8}")
    for action in actions:
        cells = [
            f"{median(action, side):9.1f} {min(action.times[side]):7.1f} {action.queries[side]:4}"
            if side in action.sides else "" for side in (WITHOUT, WITH)
        ]
        base = action if WITHOUT in action.sides else action.against
        ratios = ""
        if WITH in action.sides and base:
            ratio = median(action, WITH) / median(base, WITHOUT)
            least = min(action.times[WITH]) / min(base.times[WITHOUT])
            ratios = f"{ratio:8.2f}{least:8.2f}"
            if action.demanded:
                ratios += f"  at most {MARGIN:.2f}"
                if min(ratio, least) > MARGIN:  # the least is hardly touched by what else the machine does
                    late.append(action.label)
        print(f"{action.label:<58}{cells[0]:>22}{cells[1]:>22}{ratios}", flush=True)
    return late


database = env.cr.dbname
env.cr.rollback()  # a transaction left open would keep the tables from being tidied up
started = time.perf_counter()
sides = {WITHOUT: Side(os.environ["BASE_DATABASE"], WITHOUT), WITH: Side(database, WITH)}
print(f"{PARTNERS:,} customers in both databases: {time.perf_counter() - started:.0f} s", flush=True)

ARCHIVES = "tianyuan_customer_rating.res_partner_view_list_archive"
archived = [("tianyuan_archive_state", "in", ("collecting", "filed", "review_due", "closed"))]
plain = Action("(a, b) all partners, the stock list's columns", **listing([]))
own = {"sides": (WITH,), "against": plain}
search = Action("(f) name_search abc", lambda env, _: env["res.partner"].name_search("abc", limit=8))
actions = [
    plain,
    Action("(b') all partners, with the addon's columns", **listing([], own=True), **own),
    Action("(c) incomplete archives, stock columns", **listing(INCOMPLETE), **own, demanded=True),
    Action("(c') incomplete archives, with the addon's columns", **listing(INCOMPLETE, own=True), **own),
    Action("(c\") completeness < 100 alone, stock columns", **listing(INCOMPLETE[1:]), **own, demanded=True),
    Action("(d) review due, stock columns", **listing(REVIEW_DUE), **own, demanded=True),
    Action("(d') review due, with the addon's columns", **listing(REVIEW_DUE, own=True), **own),
    Action("(d\") state is review due, stock columns",
           **listing([("tianyuan_archive_state", "=", "review_due")]), **own, demanded=True),
    Action("(d\") review due on or before today, stock columns", **listing(REVIEW_DUE[1:]), **own, demanded=True),
    Action("(e) the list of archives", **listing(archived, ARCHIVES, own=True), **own),
    search,
    Action("(f) name_search of nobody", lambda env, _: env["res.partner"].name_search("qzx", limit=8)),
    Action("(f) name_search of an archive number",
           lambda env, _: env["res.partner"].name_search("BENCH-012345", limit=8), sides=(WITH,), against=search),
    Action("(f) the list, searched for abc", **search_box("abc")),
    Action("(g) create 100 partners", create_partners),
    Action("(g) write 100 partners, one by one", write_partners, some_partners),
    Action("(h) post 10 invoices", post_invoices, drafts),
    Action("(i) open a customer's form, stock fields", **opening(own=False)),
    Action("(i) open a customer's form, all fields", **opening(own=True)),
]
for number in range(-1, ROUNDS):  # the first round warms up and isn't counted
    for action in actions:
        for name in action.sides if number % 2 else reversed(action.sides):
            milliseconds, action.queries[name] = sides[name].measure(action)
            if number >= 0:
                action.times[name].append(milliseconds)
late = report()
assert not late, f"more than {MARGIN} times the list without the addon: {', '.join(late)}"

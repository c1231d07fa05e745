"""Measures everyday actions of users who don't rate, with and without the addon, on CUSTOMERS customers' books.

Run by `odoo shell` on the database with the addon, which provides `env`; BASE_DATABASE names the one without it.
``bench_paired`` explains the method. The customers have twenty invoices each and, with the addon, an archive, a tier
and a class. They buy products that they have bought before, and their orders need no approval. A missed goal makes the
script fail.
"""

import os
import sys
import time
from datetime import date

sys.path.append(os.environ["BENCH_TESTS"])
import bench_data  # noqa: E402 the script comes on standard input, so its folder isn't on the path
import bench_report  # noqa: E402
from bench_paired import (  # noqa: E402
    OFFICE,
    SALESPERSON,
    STOCK,
    WITH,
    Action,
    Side,
    measure,
    report,
    specification,
)

from odoo import Command

CUSTOMERS = int(os.environ.get("CUSTOMERS", "20000"))
COLUMNS = ("What", "Customers", "Stock, ms", "With, ms", "Ratio", "Goal", "Queries stock", "Queries with")
PAGE, COUNTED = 80, 10_001    # rows per page, and the web client's counting limit
MANY, SOME = 100, 20
PRODUCT = "Bench peroxide"
# The index on a customer's invoices makes up for the form's counts and tags, which take a query each.
FORM = {"most": 0.5, "queries_more": 24}
LIST = {"most": 1.10, "queries_more": 3}
ELSEWHERE = {"most": 1.10, "queries_more": 3}
sides = {}


def ready(name, database):
    """Make a side whose customers have all data that the measurements need."""
    side = sides[name] = Side(name, database)
    with side.preparing() as admin:
        company = bench_data.in_company(admin).company
        side.companies = company.ids
    with side.preparing() as admin:
        side.make_users(admin)
        product = admin["product.product"].search([("name", "=", PRODUCT)]) or admin["product.product"].create(
            {"name": PRODUCT, "type": "consu", "taxes_id": False})
        side.product_id = product.id
        side.journal_id = admin["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", admin.company.id)], limit=1).id
        first = bench_data.first_customer(admin)
        side.customers = bench_data.settled_customers(first, CUSTOMERS)
        bench_data.sql(admin, """
            UPDATE res_partner SET city = '上海', phone = '+86 21 ' || id WHERE id = ANY(%(customers)s)
        """, customers=side.customers)
        if name == WITH:
            bench_data.make_archives(admin, first, CUSTOMERS)
            bench_data.sql(admin, """
                INSERT INTO tianyuan_partner_variety_rel (partner_id, product_id)
                SELECT unnest(%(customers)s), %(variety)s ON CONFLICT DO NOTHING;
                UPDATE res_partner SET tianyuan_noted_product_ids = jsonb_build_array(%(product)s)
                 WHERE id = ANY(%(customers)s)
            """, customers=side.customers, product=side.product_id, variety=product.product_tmpl_id.id)
    with side.working() as user:
        # The first number of a year takes a search among all invoices, which isn't everyday work.
        pay(user, unpaid(user))
    side.tidy("res_partner")


def side_of(env):
    return sides[WITH if "tianyuan.rating" in env else STOCK]


def customers(env, count):
    return env["res.partner"].browse(side_of(env).customers[:count])


def opening(env):
    """Return an action that opens a customer's form as the web client does."""
    return customers(env, 18)[-1], specification(env, "form")


def open_form(_env, prepared):
    customer, wanted = prepared
    customer.web_read(wanted)


def listing(env):
    return specification(env, "list")


def open_list(env, wanted):
    env["res.partner"].web_search_read([], wanted, limit=PAGE, count_limit=COUNTED)


def create(count):
    def run(env, _prepared):
        env["res.partner"].create([
            {"name": f"New {number}", "is_company": True, "phone": f"+86 10 {number:08}"} for number in range(count)
        ])

    return {"run": run}


def write(count):
    def run(_env, partners):
        for partner in partners:
            partner.write({"city": "苏州", "phone": f"+86 512 {partner.id}"})

    return {"prepare": lambda env: customers(env, count), "run": run}


def confirm(count):
    def prepare(env):
        return env["sale.order"].create([
            {"partner_id": customer.id, "order_line": [
                Command.create({"product_id": side_of(env).product_id, "product_uom_qty": 1, "price_unit": 1000})
            ]} for customer in customers(env, count)
        ])

    return {"prepare": prepare, "run": lambda _env, orders: orders.action_confirm()}


def invoices(env, count):
    return env["account.move"].create([
        {"move_type": "out_invoice", "partner_id": customer.id, "invoice_date": date.today(),
         "invoice_line_ids": [
             Command.create({"product_id": side_of(env).product_id, "price_unit": 1000, "tax_ids": []})
         ]} for customer in customers(env, count)
    ])


def post(count):
    return {"prepare": lambda env: invoices(env, count), "run": lambda _env, moves: moves.action_post()}


def unpaid(env):
    invoice = invoices(env, 1)
    invoice.action_post()
    return invoice


def pay(env, invoice):
    """Register a payment as the dialog on an invoice does."""
    context = {"active_model": "account.move", "active_ids": invoice.ids}
    register = env["account.payment.register"].with_context(**context).create({
        "journal_id": side_of(env).journal_id, "payment_date": date.today(),
    })
    register.action_create_payments()


def actions_of(who):
    """Return the actions of all users; only the office works with large numbers."""
    suffix, options = ("", {}) if who == OFFICE else (", as salesperson", {"who": who})
    counts = (1, MANY) if who == OFFICE else (1,)
    some = (1, SOME) if who == OFFICE else (1,)
    return [
        Action(f"Partner form{suffix}", open_form, opening, **FORM, **options),
        Action(f"List of {PAGE} partners{suffix}", open_list, listing, **LIST, **options),
        *(Action(f"Confirm {count} order{'s' * (count > 1)}{suffix}", **confirm(count), **ELSEWHERE, **options)
          for count in some),
        *(Action(f"Post {count} invoice{'s' * (count > 1)}{suffix}", **post(count), **ELSEWHERE, **options)
          for count in some),
        Action(f"Register a payment{suffix}", pay, unpaid, **ELSEWHERE, **options),
        *(Action(f"Create {count} partner{'s' * (count > 1)}{suffix}", **create(count), **ELSEWHERE, **options)
          for count in counts),
        *(Action(f"Write {count} partner{'s' * (count > 1)}{suffix}", **write(count), **ELSEWHERE, **options)
          for count in counts),
    ]


database = env.cr.dbname
env.cr.rollback()    # an open transaction would prevent vacuuming the tables
started = time.perf_counter()
ready(STOCK, os.environ["BASE_DATABASE"])
ready(WITH, database)
print(f"{CUSTOMERS:,} customers' archives and users made in {time.perf_counter() - started:.0f} s", flush=True)
actions = [*actions_of(OFFICE), *actions_of(SALESPERSON)]
measure(sides, actions)
missed = report(actions, f"{CUSTOMERS:,} customers with {bench_data.INVOICES_EACH} invoices each")
bench_report.record(os.environ.get("BENCH_PAGE"), "overhead", COLUMNS, [
    (action.label, f"{CUSTOMERS:,}", f"{action.median(STOCK):.1f}", f"{action.median(WITH):.1f}",
     f"{action.ratio:.2f}", f"≤ {action.most:g}, +{action.queries_more}",
     str(action.queries[STOCK]), str(action.queries[WITH]))
    for action in actions
])
if missed:
    sys.exit("; ".join(missed))

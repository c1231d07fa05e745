"""Scale benchmark: rates a quarter of CUSTOMERS customers. Run by `odoo shell`, which provides `env`.

One customer, one invoice and its payment are made properly; the rest are copies made in SQL, for posting a million
entries would take hours and is not what is measured.
"""

import os
import time
from datetime import date

CUSTOMERS = int(os.environ.get("CUSTOMERS", "5000"))
INVOICES_EACH = 24  # two years, one a month
START, END = date(2025, 10, 1), date(2025, 12, 31)
FIRST_INVOICE = date(2024, 1, 15)


def timed(label, action, per=0):
    started = time.perf_counter()
    result = action()
    seconds = time.perf_counter() - started
    rate = f"  ({per / seconds:,.0f} a second)" if per else ""
    print(f"{label:<40} {seconds:8.2f} s{rate}", flush=True)
    return result


def sql(query, **params):
    env.cr.execute(query, params)
    return env.cr.fetchall() if env.cr.description else None


def make_company():
    company = env["res.company"].create(
        {"name": "Bench", "country_id": env.ref("base.cn").id, "currency_id": env.ref("base.CNY").id}
    )
    env["account.chart.template"].try_loading("cn", company)
    env.user.company_ids |= company
    return company


def make_patterns():
    """A customer, and an invoice with the payment that settles it."""
    customer = env["res.partner"].create(
        {"name": "Pattern", "is_company": True, "tianyuan_channel": "direct", "customer_rank": 1}
    )
    invoice = env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": customer.id,
            "invoice_date": FIRST_INVOICE,
            "invoice_date_due": FIRST_INVOICE,
            "invoice_line_ids": [(0, 0, {"name": "Peroxide", "price_unit": 100_000, "tax_ids": []})],
        }
    )
    invoice.action_post()
    receivable = invoice.line_ids.filtered(lambda line: line.display_type == "payment_term")
    journal = env["account.journal"].search([("type", "=", "general"), ("company_id", "=", company.id)], limit=1)
    in_bank = [("account_type", "=", "asset_cash"), ("company_ids", "=", company.id)]
    bank = env["account.account"].search(in_bank, limit=1)
    sides = [(receivable.account_id.id, 0, 100_000), (bank.id, 100_000, 0)]
    payment = env["account.move"].create(
        {
            "journal_id": journal.id,
            "date": FIRST_INVOICE,
            "line_ids": [
                (0, 0, {"account_id": account, "partner_id": customer.id, "debit": debit, "credit": credit})
                for account, debit, credit in sides
            ],
        }
    )
    payment.action_post()
    (receivable + payment.line_ids.filtered(lambda line: line.account_id == receivable.account_id)).reconcile()
    env.flush_all()
    return customer, invoice + payment


def multiply(table, rows, overrides, series):
    """Copies the rows of `table` once for every row of the `series` query, with `overrides` for some columns."""
    changes = ", ".join(f"'{column}', {value}" for column, value in overrides.items())
    names = sql("SELECT column_name FROM information_schema.columns WHERE table_name = %(table)s", table=table)
    columns = ", ".join(f'"{name}"' for (name,) in names)
    copied = ", ".join(f'copy."{name}"' for (name,) in names)
    sql(
        f"INSERT INTO {table} ({columns}) SELECT {copied} FROM {table} t, {series}, "
        f"LATERAL jsonb_populate_record(t, jsonb_build_object({changes})) AS copy WHERE t.id = ANY(%(rows)s)",
        rows=list(rows.ids),
    )


def fill(customer, moves):
    partial = moves.line_ids.matched_credit_ids | moves.line_ids.matched_debit_ids
    first = {
        table: sql(f"SELECT max(id) FROM {table}")[0][0] + 1_000
        for table in ("res_partner", "account_move", "account_move_line", "account_partial_reconcile")
    }
    # Copy k of record r gets the id first + k * stride + (r - the first pattern's id): the links follow by arithmetic.
    lowest_move, lowest_line = min(moves.ids), min(moves.line_ids.ids)
    move_stride = max(moves.ids) - lowest_move + 1
    line_stride = max(moves.line_ids.ids) - lowest_line + 1
    partner = f"{first['res_partner']} + k / {INVOICES_EACH}"
    month = f"make_interval(months => k %% {INVOICES_EACH})"
    late = "make_interval(days => (k * 7919) %% 40)"  # payments come up to 40 days late

    def move_id(column):
        return f"{first['account_move']} + k * {move_stride} + ({column} - {lowest_move})"

    def line_id(column):
        return f"{first['account_move_line']} + k * {line_stride} + ({column} - {lowest_line})"

    def shifted(column, of_payment="FALSE"):
        return f"({column} + {month} + CASE WHEN {of_payment} THEN {late} ELSE '0'::interval END)::date"

    # The copies point to each other by construction: where one may, spare the database checking every link.
    sql("SELECT set_config('session_replication_role', 'replica', true) FROM pg_roles "
        "WHERE rolname = current_user AND rolsuper")
    copies = f"generate_series(0, {CUSTOMERS * INVOICES_EACH - 1}) k"
    multiply(
        "res_partner",
        customer,
        {
            "id": f"{first['res_partner']} + k",
            "commercial_partner_id": f"{first['res_partner']} + k",
            "name": "'Customer ' || k",
            "complete_name": "'Customer ' || k",
        },
        f"generate_series(0, {CUSTOMERS - 1}) k",
    )
    multiply(
        "account_move",
        moves,
        {
            "id": move_id("t.id"),
            "name": "t.name || '/' || k",
            "partner_id": partner,
            "commercial_partner_id": partner,
            "date": shifted("t.date", "t.move_type = 'entry'"),
            "invoice_date": shifted("t.invoice_date"),
            "invoice_date_due": shifted("t.invoice_date_due"),
        },
        copies,
    )
    multiply(
        "account_move_line",
        moves.line_ids,
        {
            "id": line_id("t.id"),
            "move_id": move_id("t.move_id"),
            "partner_id": partner,
            "date": shifted("t.date", "t.invoice_date IS NULL"),
            "invoice_date": shifted("t.invoice_date"),
            "date_maturity": shifted("t.date_maturity"),
            "full_reconcile_id": "NULL",
        },
        copies,
    )
    multiply(
        "account_partial_reconcile",
        partial,
        {
            "id": f"{first['account_partial_reconcile']} + k",
            "debit_move_id": line_id("t.debit_move_id"),
            "credit_move_id": line_id("t.credit_move_id"),
            "max_date": shifted("t.max_date", "TRUE"),
            "full_reconcile_id": "NULL",
        },
        # A tenth of the invoices stay unpaid.
        f"(SELECT k FROM {copies} WHERE k %% 10 <> 0) paid",
    )
    for table in first:
        sql(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))")
    env.cr.commit()
    sql("ANALYZE")
    env.invalidate_all()


def process():
    passes = 0
    while run.state == "running" and passes < 10_000:
        run._process()
        env.cr.commit()
        passes += 1
    return passes


company = make_company()
env = env(context={**env.context, "allowed_company_ids": company.ids, "tracking_disable": True})
company = company.with_env(env)
customer, moves = make_patterns()
timed(f"{CUSTOMERS:,} customers, {CUSTOMERS * INVOICES_EACH:,} invoices", lambda: fill(customer, moves))
run = env["tianyuan.rating.run"].create({"company_id": company.id, "date_from": START, "date_to": END})
timed("start the run", run.action_start)
env.cr.commit()
timed("compute the sheets", process, per=CUSTOMERS)
sheets = env["tianyuan.rating"].search_count([("run_id", "=", run.id)])
print(f"{run.state}: {run.done_count:,} of {run.total_count:,} done, {run.error_count} errors, {sheets:,} sheets")
assert run.state == "done" and not run.error_count and sheets >= CUSTOMERS, "the run did not rate everybody"

"""Makes a company with very many customers, one invoice each: once through the ORM, then as copies in SQL."""

from contextlib import closing

import psycopg2
from odoo_harness import run_odoo

QUARTER = ("2025-10-01", "2025-12-31")

MAKE_PATTERN = """
from odoo import Command
company = env['res.company'].create({
    'name': 'Many', 'country_id': env.ref('base.cn').id, 'currency_id': env.ref('base.CNY').id,
})
env['account.chart.template'].try_loading('cn', company)
groups = ['sales_team.group_sale_salesman_all_leads', 'account.group_account_manager', 'base.group_partner_manager']
roles = ['manager', 'finance_assessor', 'archive_specialist', 'sales_user']
groups += ['tianyuan_customer_rating.group_%s' % role for role in roles]
for login in ('boss', 'chief', 'clerk'):
    env['res.users'].create({
        'name': login, 'login': login, 'password': login, 'lang': 'en_US',
        'company_id': company.id, 'company_ids': [Command.set(company.ids)],
        'group_ids': [Command.set([env.ref(group).id for group in groups])],
    })
env.cr.commit()
customer = env['res.partner'].create({'name': 'Pattern', 'is_company': True, 'tianyuan_channel': 'direct'})
invoice = env['account.move'].with_company(company).create({
    'move_type': 'out_invoice', 'partner_id': customer.id, 'invoice_date': '2025-11-05',
    'invoice_line_ids': [Command.create({'name': 'Peroxide', 'price_unit': 1000000, 'tax_ids': []})],
})
invoice.action_post()
env.cr.commit()
print('PATTERN', company.id, customer.id, invoice.id)
"""


def fill(database, count):
    """Copy a customer and the invoice.

    :return: id of the company, and ids of the customers in the order of rating
    """
    log = run_odoo("shell", database, script=MAKE_PATTERN)
    [line] = [line for line in log.splitlines() if line.startswith("PATTERN")]
    company, customer, invoice = map(int, line.split()[1:])
    with closing(psycopg2.connect(dbname=database)) as connection, connection, connection.cursor() as cursor:
        cursor.execute("SELECT max(id) + 1000 FROM res_partner")
        [(first_customer,)] = cursor.fetchall()
        cursor.execute("SELECT max(id) + 1000 FROM account_move")
        [(first_move,)] = cursor.fetchall()

        def copy(table, condition, **changes):
            cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table])
            names = [name for (name,) in cursor.fetchall() if name != "id" or "id" in changes]
            columns = ", ".join(f'"{name}"' for name in names)
            values = ", ".join(f"({changes[name]})" if name in changes else f't."{name}"' for name in names)
            cursor.execute(
                f"INSERT INTO {table} ({columns})"
                f" SELECT {values} FROM {table} t, generate_series(0, {count - 1}) k WHERE {condition}"
            )
            cursor.execute(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))")

        of_customer, of_move = f"{first_customer} + k", f"{first_move} + k"
        named = "'Customer ' || lpad(k::text, 6, '0')"
        copy(
            "res_partner",
            f"t.id = {customer}",
            id=of_customer,
            commercial_partner_id=of_customer,
            name=named,
            complete_name=named,
        )
        copy(
            "account_move",
            f"t.id = {invoice}",
            id=of_move,
            partner_id=of_customer,
            commercial_partner_id=of_customer,
            partner_shipping_id=of_customer,
            name="t.name || '/' || k",
            access_token="NULL",
        )
        copy("account_move_line", f"t.move_id = {invoice}", move_id=of_move, partner_id=of_customer)
        cursor.execute("ANALYZE")
    return company, [customer, *range(first_customer, first_customer + count)]

"""The demo's sale orders, invoices, refunds and payments, all made with Odoo's own methods."""
from datetime import datetime, time, timedelta
from random import Random

from odoo import Command

from . import plan, quarters, tables
from .profiles import PROFILES
from .records import ref

SEED = 20200101
PAID_BEFORE_WRITE_OFF = 0.4
NOON_IN_CHINA = time(4)     # UTC


def load(env, company, terms, products, customers, last_quarter, today):
    """Create and post the demo customers' documents; does nothing if there are invoices already."""
    if env['account.move'].search_count([('company_id', '=', company.id), ('move_type', '=', 'out_invoice')], limit=1):
        return
    purchases = plan_purchases(last_quarter, today)
    ordered = [purchase for purchase in purchases if purchase.ordered]
    direct = [purchase for purchase in purchases if not purchase.ordered]
    invoices = invoices_of_orders(env, ordered, confirmed_orders(env, ordered, terms, products, customers))
    invoices += direct_invoices(env, direct, terms, products, customers)
    invoices = invoices.sorted('invoice_date')
    invoices.action_post()
    refund(env, invoices, customers, last_quarter)
    pay(env, company, invoices, customers, last_quarter, today)
    write_off(env, company, invoices, customers, last_quarter)
    quotations(env, terms, products, customers, today)


def plan_purchases(last_quarter, today):
    prices = {row['key']: float(row['price']) for row in tables.products()}
    rng = Random(SEED)
    return [
        purchase
        for row in tables.customers()
        for purchase in plan.purchases(row, PROFILES[row['profile']], last_quarter, today, prices, rng)
    ]


def profile_of(customers):
    """Return a dict of partner → profile."""
    return {customers[row['key']]: PROFILES[row['profile']] for row in tables.customers()}


def confirmed_orders(env, purchases, terms, products, customers):
    profiles = profile_of(customers)
    orders = env['sale.order'].create([
        {
            'partner_id': customers[purchase.customer].id,
            'user_id': customers[purchase.customer].user_id.id,
            'team_id': ref(env, 'team_east').id,
            'payment_term_id': terms[profiles[customers[purchase.customer]].term].id,
            'order_line': [
                Command.create({'product_id': products[key].id, 'product_uom_qty': tonnes, 'price_unit': price})
                for key, tonnes, price in purchase.lines
            ],
        }
        for purchase in purchases
    ])
    orders.action_confirm()
    for order, purchase in zip(orders, purchases, strict=True):
        # Confirming an order sets its date to today.
        order.date_order = datetime.combine(purchase.date - timedelta(days=1), NOON_IN_CHINA)
    return orders


def invoices_of_orders(env, purchases, orders):
    orders._create_invoices(grouped=True)
    for order, purchase in zip(orders, purchases, strict=True):
        order.invoice_ids.invoice_date = purchase.date
    return orders.invoice_ids


def direct_invoices(env, purchases, terms, products, customers):
    profiles = profile_of(customers)
    return env['account.move'].create([
        {
            'move_type': 'out_invoice',
            'partner_id': customers[purchase.customer].id,
            'invoice_user_id': customers[purchase.customer].user_id.id,
            'team_id': ref(env, 'team_east').id,
            'invoice_date': purchase.date,
            'invoice_payment_term_id': terms[profiles[customers[purchase.customer]].term].id,
            'invoice_line_ids': [
                Command.create({'product_id': products[key].id, 'quantity': tonnes, 'price_unit': price})
                for key, tonnes, price in purchase.lines
            ],
        }
        for purchase in purchases
    ])


def refund(env, invoices, customers, last_quarter):
    """Credit a part of the last quarter's first invoice, if the profile has a refund for poor quality."""
    profiles = profile_of(customers)
    credited = {}
    for invoice in invoices:
        in_quarter = last_quarter.date_from <= invoice.invoice_date <= last_quarter.date_to
        if in_quarter and profiles[invoice.partner_id].refund:
            credited.setdefault(invoice.partner_id, invoice)
    refunds = env['account.move'].create([
        {
            'move_type': 'out_refund',
            'partner_id': customer.id,
            'invoice_user_id': customer.user_id.id,
            'invoice_date': min(invoice.invoice_date + timedelta(days=6), last_quarter.date_to),
            'reversed_entry_id': invoice.id,
            'ref': f'{invoice.name} 质量折让',
            'invoice_line_ids': [Command.create({
                'product_id': invoice.invoice_line_ids[0].product_id.id,
                'name': '质量折让',
                'quantity': 1,
                'price_unit': invoice.currency_id.round(invoice.amount_untaxed * profiles[customer].refund),
            })],
        }
        for customer, invoice in credited.items()
    ])
    refunds.action_post()
    env['account.move.line']._reconcile_plan([
        receivable_lines(credit) + receivable_lines(credit.reversed_entry_id) for credit in refunds
    ])


def receivable_lines(moves):
    return moves.line_ids.filtered(lambda line: line.account_id.account_type == 'asset_receivable')


def payment_parts(line, profile, last_quarter, today):
    """Return the payments of a receivable line until today, as pairs of date and amount."""
    amount = line.amount_residual
    parts = []
    shares = profile.payments(quarters.between(last_quarter, line.date_maturity))
    for share, days in shares:
        day = line.date_maturity + timedelta(days=days)
        if day <= today:
            parts.append((day, line.currency_id.round(amount * share)))
    return parts


def pay(env, company, invoices, customers, last_quarter, today):
    """Register the payments of the profiles, each reconciled with its invoice or instalment."""
    profiles = profile_of(customers)
    bank = env['account.journal'].search([('type', '=', 'bank'), ('company_id', '=', company.id)], limit=1)
    due = sorted(receivable_lines(invoices), key=lambda line: (line.date_maturity, line.id))
    receipts = sorted((
        (day, line, amount)
        for line in due
        for day, amount in payment_parts(line, profiles[line.partner_id], last_quarter, today)
    ), key=lambda receipt: (receipt[0], receipt[1].id))
    payments = env['account.payment'].create([
        {
            'payment_type': 'inbound',
            'partner_type': 'customer',
            'partner_id': line.partner_id.id,
            'amount': amount,
            'date': day,
            'journal_id': bank.id,
            'memo': line.move_id.name,
        }
        for day, line, amount in receipts
    ])
    payments.action_post()
    env['account.move.line']._reconcile_plan([
        line + receivable_lines(payment.move_id)
        for (_day, line, _amount), payment in zip(receipts, payments, strict=True)
    ])


def write_off(env, company, invoices, customers, last_quarter):
    """Register a last payment for the oldest open invoice, and write off the rest."""
    for customer, profile in profile_of(customers).items():
        if profile.bad_debt != 'ledger':
            continue
        invoice = next(move for move in invoices if move.partner_id == customer and move.amount_residual)
        env['account.payment.register'].with_context(
            active_model='account.move', active_ids=invoice.ids,
        ).create({
            'payment_date': last_quarter.date_to - timedelta(days=20),
            'amount': invoice.currency_id.round(invoice.amount_residual * PAID_BEFORE_WRITE_OFF),
            'payment_difference_handling': 'reconcile',
            'writeoff_account_id': company.tianyuan_bad_debt_account_ids[0].id,
            'writeoff_label': '坏账核销',
        }).action_create_payments()


def note_bad_debt(env, company, customers, last_quarter):
    """Record bad debts by hand, as finance does, without an entry."""
    noted = env['tianyuan.bad.debt'].search([('company_id', '=', company.id), ('origin', '=', 'manual')]).partner_id
    env['tianyuan.bad.debt'].create([
        {
            'partner_id': customer.id,
            'company_id': company.id,
            'date': last_quarter.date_to - timedelta(days=40),
            'amount': 186000,
            'note': '客户对一批货款长期有争议，催收未果，法务已介入。',
        }
        for customer, profile in profile_of(customers).items()
        if profile.bad_debt == 'manual' and customer not in noted
    ])


def quotations(env, terms, products, customers, today):
    """Create some open quotations."""
    profiles = profile_of(customers)
    rows = [row for row in tables.customers() if row['key'] in ('d01', 'd12', 'd25', 's02', 's07')]
    env['sale.order'].create([
        {
            'partner_id': customers[row['key']].id,
            'user_id': customers[row['key']].user_id.id,
            'team_id': ref(env, 'team_east').id,
            'date_order': datetime.combine(today - timedelta(days=3), NOON_IN_CHINA),
            'payment_term_id': terms[profiles[customers[row['key']]].term].id,
            'order_line': [Command.create({'product_id': products[row['products'][0]].id, 'product_uom_qty': 60})],
        }
        for row in rows
    ])

"""Signed contracts of the demo company: some are delivered and paid, one is late, one is about to end."""
from datetime import timedelta

from odoo import Command

from odoo.addons.tianyuan_customer_rating.demo import clock, tables
from odoo.addons.tianyuan_customer_rating.demo.records import ensure, ref

# customer, type, subject, orders, signed days ago, ends in days, delivered share, papers handed in
CONTRACTS = (
    ('d01', 'strategic', '年度战略合作协议', 3, 100, 265, 1, True),
    ('d02', 'sale', '钛白粉季度供货合同', 2, 80, 20, 1, True),
    ('d07', 'sale', '树脂年度采购合同', 2, 60, 120, 0.5, False),
    ('s01', 'sale', '溶剂采购合同', 2, 45, 150, 0.8, True),
    ('d11', 'agency', '华东区域代理合同', 3, 120, 245, 1, False),
)


def load(env, today):
    """Create contracts signed in the past, with the customers' last orders that have no contract; done once."""
    customers = {row['key']: ref(env, f'customer_{row["key"]}') for row in tables.customers()}
    if ref(env, f'contract_followed_{CONTRACTS[0][0]}') or not all(customers.values()):
        return
    contracts = env['tianyuan.contract']
    for key, kind, subject, count, signed, ends, delivered, handed_in in CONTRACTS:
        orders = env['sale.order'].search([
            ('partner_id', '=', customers[key].id), ('state', '=', 'sale'), ('tianyuan_contract_id', '=', False),
            ('invoice_ids', '!=', False),
        ], order='date_order desc', limit=count)
        day = today - timedelta(days=signed)
        with clock.at(clock.moment(today, signed, 10)):
            [contract] = ensure(env, 'tianyuan.contract', [(f'contract_followed_{key}', {
                'partner_id': customers[key].id, 'contract_type': kind, 'subject': subject, 'date_start': day,
                'date_end': today + timedelta(days=ends), 'order_ids': [Command.set(orders.ids)],
            })])
            contract.write({'state': 'signed'})
        for paper in contract.paper_ids:
            paper.date_due -= paper.create_date.date() - day    # due dates count from the real today
            if handed_in:
                paper.handed_in_on = paper.date_due - timedelta(days=3)
        for line in orders.order_line.filtered('product_id'):
            line.qty_delivered = round(line.product_uom_qty * delivered)
        if contract.review_interval_months:
            contract.next_review_on = day + timedelta(days=91)
        contracts += contract
    # The scheduled action would commit, but the demo loads in one transaction.
    contracts._update_issue('payment', contracts._late_payments(contracts))
    contracts._update_issue('papers', contracts._late_papers(contracts))

"""Licences that products of the demo company need, and a customer on hold."""
from datetime import timedelta

from odoo import Command

from odoo.addons.tianyuan_customer_rating.demo import tables
from odoo.addons.tianyuan_customer_rating.demo.profiles import PROFILES
from odoo.addons.tianyuan_customer_rating.demo.records import as_user, ensure, ref

HAZARDOUS = ('hcl', 'acrylic', 'etac', 'buac', 'meoh', 'xylene', 'hypo', 'pcl3')    # 危险化学品目录


def load(env, today):
    """Set the licences of hazardous products, and put the customer with bad debt on hold; done once."""
    licence = env.ref('tianyuan_customer_rating.document_type_hazardous_chemicals', raise_if_not_found=False)
    products = [ref(env, f'product_{key}') for key in HAZARDOUS]
    for product in filter(None, products):
        if licence and not product.tianyuan_licence_type_ids:
            product.tianyuan_licence_type_ids = [Command.set(licence.ids)]
    owing = next(row for row in tables.customers() if PROFILES[row['profile']].bad_debt == 'ledger')
    customer = ref(env, f'customer_{owing["key"]}')
    if customer and ref(env, 'user_manager') and not ref(env, 'hold'):
        ensure(as_user(env, 'manager'), 'tianyuan.customer.hold', [('hold', {
            'partner_id': customer.id, 'date_to': today + timedelta(days=60), 'reason': '呆坏账处理完毕前暂停发货',
        })])

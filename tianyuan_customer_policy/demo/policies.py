"""The demo company's policies (营销政策), applied to its key customers only, so that others are left to be applied."""
from odoo import Command

from odoo.addons.tianyuan_customer_rating.demo import tables
from odoo.addons.tianyuan_customer_rating.demo.records import as_user, ensure, ref

# key, name, percent off
PRICE_LISTS = (('pricelist_standard', '标准价目表', 0), ('pricelist_key', '重点客户价目表', 3))
QUALITY = '<ul><li>优等品，随货附质量检验报告</li><li>质量异议三个工作日内答复</li></ul>'
SERVICE = '<ul><li>订单确认后48小时内发货</li><li>每季度一次技术交流</li></ul>'


def load(env):
    """Create the policies unless they exist, and apply those of key customers."""
    if ref(env, 'policy_key') or not ref(env, 'user_manager'):
        return
    # The same as switching on the setting "Pricelists".
    env.ref('base.group_user').implied_ids = [Command.link(env.ref('product.group_product_pricelist').id)]
    ensure(env, 'product.pricelist', [(key, {
        'name': name, 'company_id': env.company.id, 'currency_id': env.company.currency_id.id, 'sequence': sequence,
        'item_ids': [Command.create({
            'compute_price': 'percentage', 'percent_price': percent, 'applied_on': '3_global',
        })] if percent else [],
    }) for sequence, (key, name, percent) in enumerate(PRICE_LISTS, start=1)])
    prices = {key: ref(env, key).id for key, _name, _percent in PRICE_LISTS}
    tier = env['tianyuan.rating.tier'].search([], limit=1)
    key = {
        'customer_class': 'key', 'pricelist_id': prices['pricelist_key'], 'credit_limit_kind': 'purchases',
        'supply_priority': 'high', 'quality_terms': QUALITY, 'service_terms': SERVICE, 'visit_kind': 'onsite',
    }
    ensure(env, 'tianyuan.customer.policy', [(name, {'company_id': env.company.id, **values}) for name, values in {
        'policy_key': {
            **key, 'name': '重点客户', 'credit_limit_factor': 1.5, 'visit_interval': 30,
        },
        'policy_key_best': {
            **key, 'name': f'{tier.name}级重点客户', 'tier_id': tier.id, 'credit_limit_factor': 2, 'visit_interval': 15,
            'payment_term_id': ref(env, 'term_45days').id,
        },
        'policy_ordinary': {
            'name': '普通客户', 'customer_class': 'ordinary', 'pricelist_id': prices['pricelist_standard'],
            'credit_limit_kind': 'purchases', 'credit_limit_factor': 1, 'supply_priority': 'normal',
            'visit_interval': 60, 'visit_kind': 'phone',
        },
        'policy_potential': {
            'name': '潜在客户', 'customer_class': 'potential', 'visit_interval': 21,
            'service_terms': '<p>首笔交易给予营销政策支持</p>',
        },
    }.items()])
    customers = [ref(env, f'customer_{row["key"]}') for row in tables.customers()]
    key_customers = [customer.id for customer in customers if customer and customer.tianyuan_customer_class == 'key']
    if not key_customers:
        return
    apply = as_user(env, 'manager')['tianyuan.customer.policy.apply'].create({
        'scope': 'selected', 'partner_ids': [Command.set(key_customers)],
    })
    apply.action_preview()
    apply.action_apply()

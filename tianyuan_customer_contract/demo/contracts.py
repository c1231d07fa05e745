"""Contracts of the demo company: some are signed, others are drafts that can't be signed yet."""
from datetime import timedelta

from odoo.addons.tianyuan_customer_rating.demo.records import as_user, ensure, ref

EVIDENCE = {
    'personality': '国家企业信用信息公示系统：存续，法人资格有效',
    'operation': '营业执照经营范围包含所购产品',
    'ability': '生产装置正常开工，近一年采购稳定',
    'credit': '未见失信被执行人记录，历史回款正常',
    'signatory': '法定代表人本人签字，与身份证核对一致',
}
# Customers with a signed contract for their last order, and customers with a draft for their open quotation.
SIGNED = ('d02', 'd05', 's01')
DRAFT = ('d01', 's02')
ALLIANCE = 's02'
PASSED_IN_DRAFT = 2


def load(env, today):
    """Create the contracts unless they exist; each step is taken by the user who is responsible for it."""
    template = env.ref('tianyuan_customer_contract.contract_template_sale', raise_if_not_found=False)
    customers = {key: ref(env, f'customer_{key}') for key in {*SIGNED, *DRAFT, ALLIANCE}}
    if not template or not all(customers.values()) or ref(env, 'contract_alliance'):
        return
    if not template.approved_on:
        template.with_env(as_user(env, 'manager')).action_approve()
    for key in SIGNED:
        contract = of_last_order(env, customers[key], 'sale')
        if contract:
            check(contract)
            contract.write({'date_end': today + timedelta(days=300)})
            contract.action_sign()
    for key in DRAFT:
        contract = of_last_order(env, customers[key], 'draft')
        if contract:
            check(contract, PASSED_IN_DRAFT)
    alliance(env, customers[ALLIANCE], today)


def of_last_order(env, customer, state):
    """Have the salesperson make a contract from the customer's last order in a state.

    :return: contract, or None if there is no such order
    """
    order = env['sale.order'].search([
        ('partner_id', '=', customer.id), ('state', '=', state), ('tianyuan_contract_id', '=', False),
    ], order='date_order desc, id desc', limit=1)
    for product in order.order_line.product_id.filtered(lambda product: not product.tianyuan_specification):
        product.product_tmpl_id.tianyuan_specification = '工业级，按供方企业标准包装'
    if not order:
        return None
    order = order.with_user(order.user_id).with_context(allowed_company_ids=order.company_id.ids)
    action = order.action_tianyuan_make_contract()
    return order.env['tianyuan.contract'].browse(action['res_id'])


def check(contract, number=None):
    for row in contract.check_ids[:number]:
        row.write({'result': 'passed', 'evidence': EVIDENCE[row.kind]})


def alliance(env, customer, today):
    salesperson = customer.user_id
    [contract] = ensure(env, 'tianyuan.contract', [('contract_alliance', {
        'partner_id': customer.id,
        'user_id': salesperson.id,
        'contract_type': 'strategic',
        'subject': '年度战略合作',
        'template_id': env.ref('tianyuan_customer_contract.contract_template_strategic').id,
        'products': '年度框架采购：品名、规格、数量和价格以各份订单为准，优先保证供货。',
        'date_start': today,
        'date_end': today + timedelta(days=365),
    })])
    check(contract, PASSED_IN_DRAFT)

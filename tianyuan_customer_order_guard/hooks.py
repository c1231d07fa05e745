from odoo.addons.tianyuan_customer_rating.hooks import make_columns, remove_leftovers

ADDON = 'tianyuan_customer_order_guard'


def pre_init_hook(env):
    """No order is written when its column of approval begins."""
    make_columns(env, (('sale_order', 'tianyuan_approval_state', "varchar DEFAULT 'none'"),))


def uninstall_hook(env):
    remove_leftovers(env, ADDON, 'tianyuan.customer.hold%', 'tianyuan.approval.delegation%', 'tianyuan.licence.sale%')

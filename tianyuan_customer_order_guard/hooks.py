from odoo.addons.tianyuan_customer_rating.hooks import make_columns, remove_leftovers

ADDON = 'tianyuan_customer_order_guard'


def pre_init_hook(env):
    """Create the column of the approval state with a default, so that no existing order has to be written."""
    make_columns(env, (('sale_order', 'tianyuan_approval_state', "varchar DEFAULT 'none'"),))


def uninstall_hook(env):
    """Remove what the addon leaves behind."""
    remove_leftovers(env, ADDON, 'tianyuan.customer.hold%', 'tianyuan.approval.delegation%', 'tianyuan.licence.sale%')

from odoo.addons.tianyuan_customer_rating.hooks import remove_leftovers


def uninstall_hook(env):
    """Remove what the addon leaves behind."""
    remove_leftovers(env, 'tianyuan_customer_insight', 'tianyuan.market.insight%')

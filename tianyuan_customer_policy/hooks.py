from odoo.addons.tianyuan_customer_rating.hooks import remove_leftovers

# The order of deletion: each table refers to the next one, and the last one refers to tiers.
TABLES = ('tianyuan_policy_application_line', 'tianyuan_policy_application', 'tianyuan_customer_policy')


def uninstall_hook(env):
    """Remove what the addon leaves behind."""
    remove_leftovers(env, 'tianyuan_customer_policy', 'tianyuan.customer.policy%', 'tianyuan.policy%', tables=TABLES)

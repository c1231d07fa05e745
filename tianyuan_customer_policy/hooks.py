from odoo.addons.tianyuan_customer_rating.hooks import remove_leftovers

# each names the next, and tiers, which would be removed before it
RECORDS = ('tianyuan_policy_application_line', 'tianyuan_policy_application', 'tianyuan_customer_policy')


def uninstall_hook(env):
    remove_leftovers(env, 'tianyuan_customer_policy', 'tianyuan.customer.policy%', 'tianyuan.policy%', tables=RECORDS)

from odoo.tools import SQL

from odoo.addons.tianyuan_customer_rating.hooks import remove_leftovers


def uninstall_hook(env):
    """Remove the cultivation activities, whatever their type, and what else the addon leaves behind."""
    env.flush_all()
    env.cr.execute(SQL("DELETE FROM mail_activity WHERE tianyuan_cultivation_company_id IS NOT NULL"))
    remove_leftovers(env, 'tianyuan_customer_visit', 'tianyuan.visit%')

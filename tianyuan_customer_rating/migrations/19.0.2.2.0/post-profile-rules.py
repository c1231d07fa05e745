"""Blocked profiles are read by archive specialists only; rules that an upgrade doesn't reload say so."""
from odoo import SUPERUSER_ID, api

ADDON = 'tianyuan_customer_rating'
UNBLOCKED = "('blocked', '=', False)"
DOMAINS = {
    'tianyuan_contact_profile_rule_own':
        f"['&', {UNBLOCKED}, '|', ('customer_id.user_id', '=', user.id), "
        "('customer_id.user_id.sale_team_id.user_id', '=', user.id)]",
    'tianyuan_contact_profile_rule_all': f"[{UNBLOCKED}]",
}


def migrate(cr, _version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name, domain in DOMAINS.items():
        rule = env.ref(f'{ADDON}.{name}', raise_if_not_found=False)
        if rule:
            rule.domain_force = domain

"""A comparison is about a company and its branches; rules that an upgrade doesn't reload say so."""
from odoo import SUPERUSER_ID, api

ADDON = 'tianyuan_customer_rating'
PARTS = ('', '_indicator', '_line')


def migrate(cr, _version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    for part in PARTS:
        rule = env.ref(f'{ADDON}.tianyuan_scheme_comparison{part}_rule_company', raise_if_not_found=False)
        if rule:
            rule.domain_force = "[('company_id', 'parent_of', company_ids)]"

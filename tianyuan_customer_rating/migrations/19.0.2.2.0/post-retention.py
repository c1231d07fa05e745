"""Give the document types that come with the addon their rules; records with noupdate aren't loaded again."""

from odoo import SUPERUSER_ID, api

MODULE = 'tianyuan_customer_rating'
RULES = {
    'business_licence': ('after_relation', 10), 'hazardous_chemicals': ('after_relation', 10),
    'framework_contract': ('after_relation', 10), 'legal_representative_id': ('after_relation', 5),
    'authorisation': ('after_expiry', 10),
}


def migrate(cr, _version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name, (rule, years) in RULES.items():
        kind = env.ref(f'{MODULE}.document_type_{name}', raise_if_not_found=False)
        if kind and not kind.retention:
            kind.write({'retention': rule, 'retention_years': years})

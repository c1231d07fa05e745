"""The rules of what counts as paid, and as a bad debt, are new (design §4 and §5). Confirmed ratings stay as they are.

Records that a company may have changed are brought up to date where it hasn't.
"""

from odoo import SUPERUSER_ID, api

MODULE = 'tianyuan_customer_rating'
# what belongs to a company is seen in its branches as well
SEEN_IN_BRANCHES = (
    'tianyuan_bad_debt_rule_company', 'tianyuan_rating_rule_company', 'tianyuan_rating_line_rule_company',
    'tianyuan_class_history_rule_company', 'tianyuan_rating_analysis_rule_company',
)
BEFORE, NOW = "[('company_id', 'in', company_ids)]", "[('company_id', 'parent_of', company_ids)]"
# code → smallest and largest value that a person can mean
VALUES = {
    'cooperation_time': (0, 200), 'loyalty': (0, 100), 'purchase_growth': (-100, 100_000), 'purchase_balance': (0, 10),
    'credit_performance': (0, 100), 'days_beyond_terms': (0, 3650), 'debt_ratio': (0, 1000),
}


def migrate(cr, _version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name in SEEN_IN_BRANCHES:
        rule = env.ref(f'{MODULE}.{name}', raise_if_not_found=False)
        if rule and rule.domain_force == BEFORE:
            rule.domain_force = NOW
    cron = env.ref(f'{MODULE}.ir_cron_start_quarter', raise_if_not_found=False)
    if cron and (cron.interval_number, cron.interval_type) == (3, 'months'):
        cron.write({'interval_number': 1, 'interval_type': 'days'})
    for indicator in env['tianyuan.rating.indicator'].with_context(active_test=False).search([]):
        if indicator.code in VALUES:
            smallest, largest = VALUES[indicator.code]
            indicator.write({'min_value': smallest, 'max_value': largest})
    _move_debts_to_roots(env)
    _date_recoveries(cr)
    for company in env['res.company'].search([('parent_id', '=', False)]):
        env['tianyuan.bad.debt']._sync_ledger(company)


def _move_debts_to_roots(env):
    """A branch has no bad debts of its own."""
    for branch in env['res.company'].search([('parent_id', '!=', False)]):
        env.cr.execute(
            "UPDATE tianyuan_bad_debt SET company_id = %s WHERE company_id = %s", [branch.root_id.id, branch.id],
        )
    env['tianyuan.bad.debt'].invalidate_model(['company_id'])


def _date_recoveries(cr):
    """When a debt that a person has closed as recovered was closed is known from its last change only."""
    cr.execute("""
        UPDATE tianyuan_bad_debt
           SET recovered_amount = amount, recovered_on = (write_date AT TIME ZONE 'UTC')::date
         WHERE state = 'recovered' AND closed_by_ledger IS NOT TRUE AND recovered_on IS NULL
    """)

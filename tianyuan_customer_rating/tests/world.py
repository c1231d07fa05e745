"""The companies and people that most tests take place among, made once in the database that is copied for the tests.

A company with a chart of accounts takes seconds to make, and more than eighty classes of tests need one. ``make test``
makes them beforehand (``scripts/test_world.py``); where they aren't there, each class makes its own.
"""
from odoo import Command
from odoo.tests import new_test_user

# as Odoo's own tests of accounting name the first and the second company
COMPANIES = ('company_1_data', 'company_2')
ROLES = ('sales_user', 'archive_specialist', 'finance_assessor', 'manager')


def chart_template(env):
    """The Chinese chart of accounts where it is installed."""
    return 'cn' if env['ir.module.module'].sudo()._get('l10n_cn').state == 'installed' else 'generic_coa'


def make(env):
    """Make the companies and one user for each role of the first. For an empty database; the caller commits."""
    companies = env['res.company'].create([
        {'name': name, 'country_id': env.ref('base.cn').id, 'currency_id': env.ref('base.CNY').id} for name in COMPANIES
    ])
    for company in companies:
        env['account.chart.template'].try_loading(chart_template(env), company, install_demo=False)
        company.currency_id = env.ref('base.CNY')
        if 'stock.warehouse' in env:    # Odoo makes one for a company that a test makes
            env['stock.warehouse'].create({'company_id': company.id})
    for role in ROLES:
        make_user(env, role, companies[0])


def make_user(env, role, company, login=None, **values):
    """A user of a company who has one of the addon's roles and no other group but Odoo's for employees."""
    return new_test_user(
        env, login=login or f'tianyuan_{role}', groups=f'base.group_user,tianyuan_customer_rating.group_{role}',
        **{
            'company_id': company.id, 'company_ids': [Command.set(company.ids)],
            'lang': 'en_US',    # messages are compared, whatever the database's own language
            **values,
        },
    )


def spare_company(env):
    """The first of the companies made beforehand in which the user doesn't work yet, or none."""
    found = env['res.company'].sudo().search([('name', 'in', COMPANIES)], order='id')
    return (found - env.user.sudo().company_ids)[:1].with_env(env)


def user_made(env, role, company):
    """The user of the role that was made beforehand with this company, or none."""
    return env['res.users'].sudo().search([
        ('login', '=', f'tianyuan_{role}'), ('company_id', '=', company.id),
    ]).with_env(env)

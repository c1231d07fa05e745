"""The companies, people and things that most tests take place among, made once in the database that is copied for the
tests.

They take seconds to make, and more than a hundred classes of tests need them. ``make test`` makes them beforehand
(``scripts/test_world.py``); where they aren't there, each class makes its own.
"""
from odoo import Command
from odoo.tests import new_test_user

from odoo.addons.base.tests.common import DISABLED_MAIL_CONTEXT

MODULE = 'tianyuan_test_world'    # of their external ids
RATING = 'tianyuan_customer_rating'
ROLES = ('sales_user', 'archive_specialist', 'finance_assessor', 'manager')
# of who enters what the tests are about: managers of everything that is installed
MANAGERS = (
    'base.group_user', 'base.group_system', 'product.group_product_manager', 'account.group_account_manager',
    'account.group_account_user', 'sales_team.group_sale_manager', 'stock.group_stock_manager', f'{RATING}.group_manager',
)


def found(env):
    """What was made: dict of name -> record; empty where nothing was."""
    rows = env['ir.model.data'].sudo().search_read([('module', '=', MODULE)], ['name', 'model', 'res_id'])
    return {row['name']: env[row['model']].browse(row['res_id']) for row in rows}


def chart_template(env):
    """The Chinese chart of accounts where it is installed."""
    return 'cn' if env['ir.module.module'].sudo()._get('l10n_cn').state == 'installed' else 'generic_coa'


def new_company(env, name, **values):
    """A company in China with its chart of accounts."""
    company = env['res.company'].create({
        'name': name, 'country_id': env.ref('base.cn').id, 'currency_id': env.ref('base.CNY').id, **values,
    })
    env['account.chart.template'].try_loading(chart_template(env), company, install_demo=False)
    company.currency_id = env.ref('base.CNY')
    if 'stock.warehouse' in env and not env['stock.warehouse'].search_count([('company_id', '=', company.id)]):
        env['stock.warehouse'].create({'company_id': company.id})    # Odoo makes one for a company that a test makes
    return company


def make_user(env, role, company, login=None, **values):
    """A user of a company who has one of the addon's roles and no other group but Odoo's for employees."""
    return new_test_user(
        env, login=login or f'tianyuan_{role}', groups=f'base.group_user,{RATING}.group_{role}',
        **{
            'company_id': company.id, 'company_ids': [Command.set(company.ids)],
            'lang': 'en_US',    # messages are compared, whatever the database's own language
            **values,
        },
    )


def make(env):
    """Make all of it, for a database without other companies' books; the caller commits.

    :return: what :func:`found` returns
    """
    env = env(context={**env.context, **DISABLED_MAIL_CONTEXT})
    made = {'company': new_company(env, "company_1_data"), 'spare_company': new_company(env, "company_2")}
    company = made['company']
    company.partner_id.tz = 'Asia/Shanghai'
    company.account_storno = True    # also where the Chinese chart isn't installed
    for role in ROLES:
        made[role] = make_user(env, role, company)
    groups = [group for group in (env.ref(name, False) for name in MANAGERS) if group]
    made['bookkeeper'] = new_test_user(
        env, login='tianyuan_bookkeeper', name="Because I am accountman!", email='accountman@test.com',
        group_ids=[group.id for group in groups], company_id=company.id, company_ids=[Command.set(company.ids)])
    made |= make_things(env(user=made['bookkeeper']), company)
    env['ir.model.data'].create([
        {'module': MODULE, 'name': name, 'model': record._name, 'res_id': record.id, 'noupdate': True}
        for name, record in made.items()
    ])
    return made


def make_things(env, company):
    """What the bookkeeper enters before the tests begin."""
    def account(name, code, account_type, **values):
        return env['account.account'].create({
            'name': name, 'code': code, 'account_type': account_type, 'company_ids': [Command.set(company.ids)], **values,
        })

    made = {
        'bad_debt_account': account("Bad debt losses", 'TYBD01', 'expense'),
        'outstanding_account': account("Payments on their way", 'TYOUT1', 'asset_current', reconcile=True),
        'two_instalments': env['account.payment.term'].create({
            'name': "Half after 30 days, half after 60",
            'line_ids': [
                Command.create({'value': 'percent', 'value_amount': 50.0, 'delay_type': 'days_after', 'nb_days': days})
                for days in (30, 60)
            ],
        }),
        'tax_13': env['account.tax'].create({
            'name': "VAT 13%", 'amount': 13.0, 'amount_type': 'percent', 'type_tax_use': 'sale', 'company_id': company.id,
        }),
        'service_product': env['product.product'].create({
            'name': "Test Service Product", 'type': 'service', 'list_price': 50.0,
            'property_account_income_id': env['account.account'].search([
                *env['account.account']._check_company_domain(company), ('account_type', '=', 'income')], limit=1).id,
        }),
        'pricelist': env['product.pricelist'].create({'name': "Test Pricelist"}),
    }
    (env['product.pricelist'].search([]) - made['pricelist']).action_archive()
    company.tianyuan_bad_debt_account_ids = made['bad_debt_account']
    made['customer'], made['other_customer'] = env['res.partner'].create([
        {'name': name, 'is_company': True, 'tianyuan_channel': 'distributor'} for name in ("Customer", "Other customer")
    ])
    return made

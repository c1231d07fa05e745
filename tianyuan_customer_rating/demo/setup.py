"""The demo company, its accounts, people, products and customers."""
from odoo import Command

from . import plan, tables
from .profiles import PROFILES
from .records import MODULE, ensure, ref

LANG = 'zh_CN'
TIME_ZONE = 'Asia/Shanghai'
PASSWORD = 'demo'

# Key, name, login, group of the user's role.
USERS = (
    ('user_zhang', '张伟', 'sales_zhang', 'group_sales_user'),
    ('user_li', '李娜', 'sales_li', 'group_sales_user'),
    ('user_wang', '王强', 'sales_wang', 'group_sales_user'),
    ('user_specialist', '刘芳', 'specialist', 'group_archive_specialist'),
    ('user_finance', '陈静', 'finance', 'group_finance_assessor'),
    ('user_manager', '赵明', 'manager', 'group_manager'),
)

# Key, name, instalments (percent, days).
TERMS = (
    ('immediate', '款到发货', [(100, 0)]),
    ('30days', '30天账期', [(100, 30)]),
    ('45days', '45天账期', [(100, 45)]),
    ('90days', '90天账期', [(100, 90)]),
    ('instalment', '到货付30%，余款60天', [(30, 0), (70, 60)]),
)


def activate_language(env):
    """Activate Chinese; translations of installed modules are only loaded where they are missing."""
    if LANG not in dict(env['res.lang'].get_installed()):
        language = env['res.lang'].with_context(active_test=False).search([('code', '=', LANG)])
        env['base.language.install'].create({'lang_ids': [Command.set(language.ids)]}).lang_install()


def ensure_company(env):
    company = ref(env, 'company')
    if company:
        return company
    currency = env.ref('base.CNY')
    currency.active = True
    # chart_template_load: keeps Odoo from installing a localization module and loading a chart by itself.
    company = ensure(env(context={**env.context, 'chart_template_load': True}), 'res.company', [('company', {
        'name': '天元化工有限公司',
        'currency_id': currency.id,
        'country_id': env.ref('base.cn').id,
        'state_id': env.ref('base.state_cn_JS').id,
        'city': '南京市',
        'zip': '210047',
        'street': '江北新区长芦街道方水路128号',
        'phone': '025-5550 8800',
    })]).with_env(env)
    # Set the address only now: for a new company Odoo would look up the domain on the internet.
    company.partner_id.write({'lang': LANG, 'tz': TIME_ZONE, 'email': 'info@tianyuan.example'})
    load_chart(env, company)
    company.currency_id = currency
    return company


def load_chart(env, company):
    """Load the Chinese chart of accounts if it is installed, else the generic one."""
    localized = env['ir.module.module'].search_count([('name', '=', 'l10n_cn'), ('state', '=', 'installed')])
    # This is what try_loading() does after a warning that the registry isn't complete. It never is while demo data
    # load, and this chart needs none of the modules that are still to be loaded.
    env['account.chart.template']._load('cn' if localized else 'generic_coa', company, install_demo=False)


def ensure_accounts(env, company):
    """Create a bad-debt account, and let payments reach the bank without a statement."""
    bank = env['account.journal'].search([('type', '=', 'bank'), ('company_id', '=', company.id)], limit=1)
    bank.inbound_payment_method_line_ids.payment_account_id = bank.default_account_id
    if not company.tianyuan_bad_debt_account_ids:
        account = env['account.chart.template'].with_company(company).ref(
            'l10n_cn_account_571101', raise_if_not_found=False,
        ) or ensure(env, 'account.account', [('bad_debt_account', {
            'name': '坏账损失', 'code': '571101', 'account_type': 'expense',
            'company_ids': [Command.set(company.ids)],
        })])
        company.tianyuan_bad_debt_account_ids = account


def ensure_users(env, company):
    ensure(env, 'res.users', [
        (key, {
            'name': name,
            'login': login,
            'password': PASSWORD,
            'email': f'{login}@tianyuan.example',
            'lang': LANG,
            'tz': TIME_ZONE,
            'company_id': company.id,
            'company_ids': [Command.set(company.ids)],
            'group_ids': [Command.set([env.ref('base.group_user').id, env.ref(f'{MODULE}.{group}').id])],
        })
        for key, name, login, group in USERS
    ])
    ensure(env, 'crm.team', [('team_east', {
        'name': '华东销售部',
        'company_id': company.id,
        'user_id': ref(env, 'user_wang').id,
        'member_ids': [Command.set([ref(env, 'user_zhang').id, ref(env, 'user_li').id])],
    })])
    env.ref('base.user_admin').write({
        'company_ids': [Command.link(company.id)],
        'company_id': company.id,
        'lang': LANG,
    })


def ensure_terms(env, company):
    """Return the payment terms of the profiles by key."""
    terms = ensure(env, 'account.payment.term', [
        (f'term_{key}', {
            'name': name,
            'company_id': company.id,
            'line_ids': [
                Command.create({'value': 'percent', 'value_amount': percent, 'nb_days': days})
                for percent, days in instalments
            ],
        })
        for key, name, instalments in TERMS
    ])
    return {key: term for (key, _name, _instalments), term in zip(TERMS, terms, strict=True)}


def ensure_products(env, company):
    """Return the products by key; they are sold by the tonne and invoiced as ordered."""
    [category] = ensure(env, 'product.category', [('product_category', {'name': '化工产品'})])
    rows = tables.products()
    products = ensure(env, 'product.product', [
        (f'product_{row["key"]}', {
            'name': row['name'],
            'default_code': row['code'],
            'list_price': float(row['price']),
            'type': 'consu',
            'uom_id': env.ref('uom.product_uom_ton').id,
            'categ_id': category.id,
            'invoice_policy': 'order',
            'company_id': company.id,
            'taxes_id': [Command.set(company.account_sale_tax_id.ids)],
            'supplier_taxes_id': [Command.set(company.account_purchase_tax_id.ids)],
        })
        for row in rows
    ])
    return {row['key']: product for row, product in zip(rows, products, strict=True)}


def ensure_customers(env, terms, products, last_quarter):
    """Return the customers, with archives and contacts, by key."""
    industries = tables.industries()
    rows = tables.customers()
    markets = ensure_markets(env, industries)
    customers = ensure(env, 'res.partner', [
        (f'customer_{row["key"]}', {
            **customer_vals(env, row, terms),
            **archive_vals(env, row, industries[row['industry']], products, markets, last_quarter),
        })
        for row in rows
    ])
    by_key = {row['key']: customer for row, customer in zip(rows, customers, strict=True)}
    ensure_contacts(env, rows, by_key)
    return by_key


def ensure_markets(env, industries):
    names = sorted({market for industry in industries.values() for market in industry['downstream_markets']})
    model = env['res.partner']._fields['tianyuan_downstream_market_ids'].comodel_name
    known = {market.name: market for market in env[model].search([('name', 'in', names)])}
    made = env[model].create([{'name': name} for name in names if name not in known])
    return {**known, **{market.name: market for market in made}}


def customer_vals(env, row, terms):
    profile = PROFILES[row['profile']]
    salesperson = ref(env, f'user_{row["salesperson"]}') if row['salesperson'] else None
    return {
        'name': row['name'],
        'is_company': True,
        'lang': LANG,
        'tz': TIME_ZONE,
        'country_id': env.ref('base.cn').id,
        'state_id': env.ref(f'base.state_cn_{row["province"]}').id,
        'city': row['city'],
        'zip': row['zip'],
        'street': row['street'],
        'phone': row['phone'],
        'email': f'{row["key"]}@kehu.example',
        'user_id': salesperson.id if salesperson else False,
        'customer_rank': 1,
        'property_payment_term_id': terms[profile.term].id,
        'tianyuan_channel': profile.channel,
        'tianyuan_business_nature': row['nature'],
    }


def archive_vals(env, row, industry, products, markets, last_quarter):
    """Return the archive's values for customers with a contact; hardly anything is known of the others."""
    if not row['contacts']:
        return {}
    start = plan.cooperation_start(PROFILES[row['profile']], last_quarter)
    return {
        'tianyuan_archive_state': 'collecting',
        'tianyuan_archive_specialist_id': ref(env, 'user_specialist').id,
        'tianyuan_legal_representative': row['legal_representative'],
        'tianyuan_registered_capital': float(row['capital_10k']) * 10_000,
        'tianyuan_registered_capital_currency_id': env.ref('base.CNY').id,
        'tianyuan_cooperation_start_date': start,
        'tianyuan_main_products': industry['main_products'],
        'tianyuan_downstream_market_ids': [
            Command.set([markets[name].id for name in industry['downstream_markets']]),
        ],
        'tianyuan_purchased_variety_ids': [
            Command.set([products[key].product_tmpl_id.id for key in row['products'] if start]),
        ],
        'tianyuan_qq': f'1000{row["zip"]}',
        'tianyuan_wechat': f'kehu_{row["key"]}',
    }


def ensure_contacts(env, rows, customers):
    contacts = [
        (row, number, contact)
        for row in rows for number, contact in enumerate(row['contacts'], start=1)
    ]
    ensure(env, 'res.partner', [
        (f'contact_{row["key"]}_{number}', {
            'parent_id': customers[row['key']].id,
            'type': 'contact',
            'name': name,
            'function': function,
            'phone': phone,
            'email': f'{row["key"]}.{number}@kehu.example',
            'lang': LANG,
        })
        for row, number, (name, function, phone) in contacts
    ])
    for row in rows:
        customer = customers[row['key']]
        if not customer.tianyuan_primary_contact_id:
            customer.write({
                'tianyuan_primary_contact_id': ref(env, f'contact_{row["key"]}_1'),
                'tianyuan_secondary_contact_id': ref(env, f'contact_{row["key"]}_2'),
            })

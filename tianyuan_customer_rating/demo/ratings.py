"""Quarterly ratings, made by the users in charge: run, assess, submit, confirm."""
from . import tables
from .profiles import PROFILES
from .records import ref

# Unfinished sheets of the last quarter: customer → steps taken.
UNFINISHED = {
    'd08': ('sales',),
    'd09': ('sales', 'finance'),    # ready for confirmation
    'd10': ('finance',),
    'd13': ('sales',),
    'd15': ('finance',),            # without salesperson: a manager must set one
    's06': ('sales', 'finance'),
    's08': ('finance',),
    's10': (),
}
ALL_STEPS = ('sales', 'finance', 'confirm')

# Assessments by users where there are no data: indicator → field, value, note.
WITHOUT_DATA = {
    'purchase_growth': ('points', 3, '新客户，无上年同期数据，按持平评定'),
    'credit_performance': ('metric_value', 100, '尚无到期货款，参考同业付款记录'),
    'days_beyond_terms': ('metric_value', 0, '尚无到期货款，参考同业付款记录'),
}
# Computed points adjusted by users: customer and quarter → indicator, points, note.
ADJUSTED = {
    ('d13', -1): ('purchase_growth', 4, '新生产线已投产，已签订增量框架协议'),
}
# A company without purchases, and what is expected of it: indicator → value, note.
PROSPECT = 'd25'
EXPECTED = {
    'cooperation_time': (0, '尚未合作'),
    'purchase_volume': (6000000, '预计季度采购环氧树脂约400吨'),
    'purchase_growth': (0, '潜在客户，按持平评定'),
    'purchase_balance': (0.2, '客户连续生产，按月均衡提货'),
    'credit_performance': (100, '同业反映付款及时'),
    'days_beyond_terms': (0, '同业反映付款及时'),
}
EXPECTED_YEARLY = 24000000


def rate(env, company, period, quarter, unfinished=None):
    """Rate, assess and confirm a quarter, as far as that hasn't been done.

    :param period: the Quarter
    :param int quarter: 0 for the last complete one, -1 for the one before
    :param dict unfinished: customer key → the only steps to take
    """
    rows = {ref(env, f'customer_{row["key"]}'): row for row in tables.customers()}
    sheets = sheets_of(env, company, period).filtered(lambda sheet: sheet.partner_id in rows)

    def steps(sheet):
        return (unfinished or {}).get(rows[sheet.partner_id]['key'], ALL_STEPS)

    for sheet in sheets.filtered(lambda sheet: sheet.state == 'assessing'):
        assess(env, sheet, rows[sheet.partner_id], quarter, steps(sheet))
    done = sheets.filtered(lambda sheet: sheet.state == 'ready' and 'confirm' in steps(sheet))
    done.with_user(ref(env, 'user_manager')).action_confirm()


def sheets_of(env, company, period):
    """Return the quarter's sheets; if there are none, they are created by a manager's run."""
    domain = [
        ('company_id', '=', company.id), ('date_from', '=', period.date_from),
        ('kind', '=', 'quarterly'), ('state', '!=', 'cancelled'),
    ]
    sheets = env['tianyuan.rating'].search(domain)
    if not sheets:
        runs = env['tianyuan.rating.run'].with_user(ref(env, 'user_manager'))
        run = runs.search([
            ('company_id', '=', company.id), ('date_from', '=', period.date_from),
            ('state', 'in', ('draft', 'running')),
        ], limit=1) or runs.create({
            'company_id': company.id, 'date_from': period.date_from, 'date_to': period.date_to,
        })
        if run.state == 'draft':
            run.action_start()
        work_off(run.sudo())
        sheets = env['tianyuan.rating'].search(domain)
    return sheets


def work_off(run):
    """Do the same as the run's ``_process``, in one batch without commits: demo data loads in a savepoint."""
    env = run.env
    env['tianyuan.bad.debt']._sync_ledger(run.company_id)
    run._work_batch(run._writer(), env['res.partner'].browse(run._remaining_ids()))
    run._finish()


def assess(env, sheet, row, quarter, steps):
    """Assess and submit the lines of each side that is one of the steps."""
    profile = PROFILES[row['profile']]
    if 'sales' in steps and not sheet.sales_done:
        # A manager acts for customers without a salesperson.
        by_sales = sheet.with_user(sheet.partner_id.user_id or ref(env, 'user_manager'))
        fill_in(by_sales, 'sales', row, profile, quarter)
        by_sales.action_submit_sales()
    if 'finance' in steps and not sheet.finance_done:
        by_finance = sheet.with_user(ref(env, 'user_finance'))
        fill_in(by_finance, 'finance', row, profile, quarter)
        by_finance.action_submit_finance()


def fill_in(sheet, side, row, profile, quarter):
    for line in sheet.line_ids.filtered(lambda line: line.responsibility == side):
        vals = line_vals(line, row, profile, quarter)
        if vals:
            line.write(vals)


def line_vals(line, row, profile, quarter):
    """Return the values that a user writes on a line, empty if the computed points stay."""
    indicator = line.indicator_id
    adjusted = ADJUSTED.get((row['key'], quarter))
    if adjusted and adjusted[0] == indicator.code:
        _code, points, note = adjusted
        return {'points': points, 'note': note}
    if indicator.source == 'level':
        points = profile.assessed(indicator.code, quarter)
        return {'level_id': line.available_level_ids.filtered(lambda level: level.points == points)[:1].id}
    if indicator.source == 'value':
        return {'metric_value': profile.assessed(indicator.code, quarter)}
    if line.origin == 'missing' and indicator.code in WITHOUT_DATA:
        field, value, note = WITHOUT_DATA[indicator.code]
        return {field: value, 'note': note}
    return {}


def rate_prospect(env, company, period):
    """Rate a company without purchases as a prospect, which makes it a potential customer."""
    row = next(row for row in tables.customers() if row['key'] == PROSPECT)
    customer = ref(env, f'customer_{PROSPECT}')
    manager = ref(env, 'user_manager')
    if env['tianyuan.rating'].search_count([('partner_id', '=', customer.id), ('kind', '=', 'prospect')], limit=1):
        return
    sheet = env['tianyuan.rating'].with_user(manager).create({
        'partner_id': customer.id, 'company_id': company.id, 'kind': 'prospect',
        'date_from': period.date_from, 'date_to': period.date_to,
    })
    sheet.action_compute()
    assessors = {'sales': customer.user_id, 'finance': ref(env, 'user_finance')}
    for line in sheet.line_ids:
        expected = EXPECTED.get(line.indicator_id.code)
        vals = {'metric_value': expected[0], 'note': expected[1]} if expected else {}
        line.with_user(assessors[line.responsibility]).write(
            vals or line_vals(line, row, PROFILES[row['profile']], quarter=0),
        )
    sheet.with_user(customer.user_id).annual_purchase = EXPECTED_YEARLY
    sheet.with_user(customer.user_id).action_submit_sales()
    sheet.with_user(ref(env, 'user_finance')).action_submit_finance()
    sheet.action_confirm()


def differences(env, company, period):
    """Return the differences between the confirmed ratings of the last quarter and the profiles.

    :return: list of (customer, planned score and tier, awarded score and tier)
    """
    rows = {ref(env, f'customer_{row["key"]}'): row for row in tables.customers()}
    result = []
    for sheet in env['tianyuan.rating'].search([
        ('company_id', '=', company.id), ('date_from', '=', period.date_from),
        ('kind', '=', 'quarterly'), ('state', '=', 'confirmed'), ('partner_id', 'in', [partner.id for partner in rows]),
    ]):
        profile = PROFILES[rows[sheet.partner_id]['profile']]
        score = sheet.score if profile.score is None else profile.score
        if (score, profile.tier) != (sheet.score, sheet.tier_id.name or None):
            result.append((sheet.partner_id.name, (score, profile.tier), (sheet.score, sheet.tier_id.name)))
    return result

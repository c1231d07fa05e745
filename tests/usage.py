"""Scripts for `odoo shell` that use the addon and its releases, and a company's changes of the set-up."""

from odoo_harness import ADDON, WINGS, execute

OURS = "tianyuan\\_customer\\_%"

# Uses a bit of every feature.
USE_THE_ADDON = """
customer = env['res.partner'].create({'name': 'Somebody', 'tianyuan_channel': 'direct'})
rating = env['tianyuan.rating'].create({
    'partner_id': customer.id, 'date_from': '2025-01-01', 'date_to': '2025-03-31',
})
rating.action_compute()
rating.message_post(body='A remark', attachments=[('note.txt', b'text')])
env['res.partner']._tianyuan_change_class(env.company, {customer: {'new_class': 'key', 'reason': 'Rated'}})
env['tianyuan.class.override'].create({
    'partner_id': customer.id, 'customer_class': 'ordinary', 'date_to': '2999-12-31', 'reason': 'Losses',
})
paper = env['tianyuan.archive.document'].create({
    'name': 'Licence', 'partner_id': customer.id, 'file_name': 'licence.pdf', 'upload': 'JVBERi0xLjQK',
    'type_id': env['tianyuan.archive.document.type'].create({'name': 'Licence', 'confidential': True}).id,
})
borrow = env['tianyuan.archive.borrow'].create({
    'partner_id': customer.id, 'document_ids': [(6, 0, paper.ids)], 'purpose': 'Tender', 'mode': 'borrow',
    'date_due': '2999-12-31', 'pledge_accepted': True,
})
borrow.action_request()
borrow.action_approve()
borrow.action_hand_out()
paper._open()
contact = env['res.partner'].create({'name': 'Person', 'parent_id': customer.id})
profile = env['tianyuan.contact.profile'].create({'partner_id': contact.id, 'birthday': '1980-05-01'})
profile.message_post(body='A remark')
profile.activity_schedule('tianyuan_customer_rating.mail_activity_type_birthday', user_id=env.uid)
for values in ({'partner_id': customer.id, 'main_products': 'Paint'}, {'customer_name': 'Somebody new'}):
    env['tianyuan.archive.collection'].create(values).action_submit()
env['tianyuan.archive.collection'].search([('partner_id', '=', customer.id)]).action_accept()
customer.write({
    'tianyuan_archive_state': 'filed', 'tianyuan_archive_specialist_id': env.ref('base.user_admin').id,
    'tianyuan_archive_review_due_on': '2025-01-01',
})
env['res.partner']._cron_tianyuan_review()
visit = env['tianyuan.visit'].create({
    'partner_id': customer.id, 'summary': 'Well', 'no_evaluation': True, 'no_demand': True,
})
env['tianyuan.visit.finding'].create({
    'visit_id': visit.id, 'finding_type': 'suggestion', 'description': 'Deliver earlier', 'is_quality': True,
    'product_id': env['product.template'].create({'name': 'Resin'}).id, 'user_id': env.ref('base.user_admin').id,
})
visit.action_done()
visit.action_report()
env['res.partner']._tianyuan_change_class(env.company, {customer: {'new_class': 'potential', 'reason': 'Rated'}})
env['res.partner']._cron_tianyuan_plan_visits()
env['tianyuan.customer.policy'].create({
    'name': 'Potential', 'customer_class': 'potential', 'tier_id': env['tianyuan.rating.tier'].search([], limit=1).id,
    'payment_term_id': env.ref('account.account_payment_term_30days').id, 'supply_priority': 'high',
}).copy({'active': True, 'tier_id': False}).message_post(body='A remark')
apply = env['tianyuan.customer.policy.apply'].create({'scope': 'all'})
apply.action_preview()
apply.action_apply()
env['tianyuan.customer.policy.apply'].create({'scope': 'all'}).action_preview()
customer.email = 'somebody@customers.example'
insight = env['tianyuan.market.insight'].create({'name': 'Prices', 'content': 'They rise'})
insight.attachment_ids = env['ir.attachment'].create({'name': 'prices.txt', 'raw': b'100'})
env['tianyuan.market.insight.share'].create({
    'insight_id': insight.id, 'line_ids': [(0, 0, {'partner_id': customer.id})],
}).action_send()
contract = env['tianyuan.contract'].create({'partner_id': customer.id, 'contract_type': 'agency'})
contract.sudo().write({'state': 'signed'})
contract.paper_ids.write({'date_due': '2025-01-01', 'file': 'JVBERi0xLjQK', 'handed_in_on': False})
env['tianyuan.contract']._cron_escalate()
order = env['sale.order'].create({'partner_id': customer.id})
order.action_tianyuan_make_contract()
order.tianyuan_contract_id.write({'signatory_capacity': 'authorised', 'authorisation_document_id': paper.id})
order.tianyuan_contract_id.check_ids[0].write({
    'result': 'passed', 'evidence': 'Seen', 'document_ids': [(6, 0, paper.ids)],
    'attachment_ids': [(0, 0, {'name': 'seen.txt', 'raw': b'seen'})],
})
order.tianyuan_contract_id.template_id.action_approve()
env.ref('base.main_company').tianyuan_legal_reviewer_ids = env.ref('base.user_admin')
env.company.tianyuan_order_no_tier = 'approve'
order = env['sale.order'].create({'partner_id': env['res.partner'].create({'name': 'Unrated'}).id})
order.action_tianyuan_ask_approval()
env.cr.commit()
"""

# Uses the first release: a customer with two invoices, a confirmed sheet, and a prospect's open sheet.
USE_THE_RELEASE = """
from odoo import Command
product = env['product.product'].create({'name': 'Peroxide', 'taxes_id': False})
customer = env['res.partner'].create({
    'name': 'Old Customer', 'is_company': True, 'tianyuan_channel': 'direct', 'tianyuan_archive_state': 'collecting',
    'street': '1 Bund', 'tianyuan_main_products': 'Paint', 'user_id': env.uid,
})
for day, price in (('2025-02-03', 3000), ('2024-11-05', 1000)):
    env['account.move'].create({
        'move_type': 'out_invoice', 'partner_id': customer.id, 'invoice_date': day,
        'invoice_line_ids': [Command.create({'product_id': product.id, 'quantity': 1, 'price_unit': price,
                                             'tax_ids': False})],
    }).action_post()
def sheet(**values):
    made = env['tianyuan.rating'].create({'date_from': '2025-01-01', 'date_to': '2025-03-31', **values})
    made.action_compute()
    return made
confirmed = sheet(partner_id=customer.id)
confirmed.line_ids.filtered(lambda line: line.origin == 'missing').write({'points': 3, 'note': 'Agreed'})
confirmed.action_submit_sales()
confirmed.action_submit_finance()
confirmed.action_confirm()
prospect = env['res.partner'].create({'name': 'Prospect', 'is_company': True, 'tianyuan_channel': 'direct',
                                      'user_id': env.uid})
sheet(partner_id=prospect.id, kind='prospect')
env.cr.commit()
"""

# Uses the release with archives, too: one is filed, and a confidential document is borrowed and opened.
USE_THE_ARCHIVE = """
if 'tianyuan.archive.borrow' in env:
    customer = env['res.partner'].search([('name', '=', 'Old Customer')])
    customer.action_tianyuan_file_archive()
    customer.tianyuan_archive_specialist_id = env.ref('base.user_admin')
    paper = env['tianyuan.archive.document'].create({
        'name': 'Licence', 'partner_id': customer.id, 'file_name': 'licence.pdf', 'upload': 'JVBERi0xLjQK',
        'type_id': env['tianyuan.archive.document.type'].create({'name': 'Licence', 'confidential': True}).id,
    })
    borrow = env['tianyuan.archive.borrow'].create({
        'partner_id': customer.id, 'document_ids': [(6, 0, paper.ids)], 'purpose': 'Tender', 'mode': 'borrow',
        'date_due': '2999-12-31', 'pledge_accepted': True,
    })
    borrow.action_request()
    borrow.action_approve()
    borrow.action_hand_out()
    paper._open()
    env['tianyuan.archive.collection'].create({'partner_id': customer.id, 'city': 'Jinan'}).action_submit()
    contact = env['res.partner'].create({'name': 'Person', 'parent_id': customer.id})
    env['tianyuan.contact.profile'].create({'partner_id': contact.id, 'birthday': '1980-05-01'})
    env.cr.commit()
"""

# Uses the release with contracts, visits and policies, too.
USE_THE_CONTRACTS = """
if 'tianyuan.contract' in env:
    customer = env['res.partner'].search([('name', '=', 'Old Customer')])
    contract = env['tianyuan.contract'].create({'partner_id': customer.id, 'contract_type': 'agency'})
    contract.sudo().write({'state': 'signed'})
    assert contract.paper_ids
    visit = env['tianyuan.visit'].create({
        'partner_id': customer.id, 'summary': 'Well', 'no_evaluation': True, 'no_demand': True,
    })
    env['tianyuan.visit.finding'].create({
        'visit_id': visit.id, 'finding_type': 'suggestion', 'description': 'Deliver earlier',
        'user_id': env.ref('base.user_admin').id,
    })
    visit.action_done()
    env['tianyuan.customer.policy'].create({
        'name': 'All', 'customer_class': customer.tianyuan_customer_class, 'supply_priority': 'high',
        'payment_term_id': env.ref('account.account_payment_term_30days').id,
    })
    apply = env['tianyuan.customer.policy.apply'].create({'scope': 'all'})
    apply.action_preview()
    apply.action_apply()
    env['tianyuan.market.insight'].create({'name': 'Demand', 'content': 'It grows'})
    env.cr.commit()
"""

# Uses old records and new features after the upgrade.
USE_THE_UPGRADE = """
customer = env['res.partner'].search([('name', '=', 'Old Customer')])
for borrow in env['tianyuan.archive.borrow'].search([('state', '=', 'out')]):
    content, name, kind = borrow.document_ids._open()
    assert name == 'licence.pdf' and content.startswith(b'%PDF'), name
    borrow.action_return()
env.cr.commit()  # openings are logged in transactions of their own, which this one doesn't see yet
company = env['res.company'].search([], limit=1)
count, problem = env['tianyuan.archive.access.log']._verify(company)
assert not problem, problem
papers = env['tianyuan.archive.document'].with_context(active_test=False).search([])
assert all(paper.retained_until == paper._retention_end() for paper in papers), papers
contract = env['tianyuan.contract'].create({'partner_id': customer.id, 'subject': 'Peroxide'})
assert contract.name.startswith('HT/'), contract.name
insight = env['tianyuan.market.insight'].create({'name': 'Prices', 'content': 'They rise'})
customer.email = 'old@customers.example'
env['tianyuan.market.insight.share'].create({
    'insight_id': insight.id, 'line_ids': [(0, 0, {'partner_id': customer.id})],
}).action_send()
assert (insight.state, customer.tianyuan_insight_count) == ('shared', 1), insight.state
assert customer.tianyuan_tier_id == env['tianyuan.rating'].search([('state', '=', 'confirmed')]).tier_id
env.cr.commit()
print('used:', count)
"""


# A company's changes of records that are created once: table, column, new value, name.
CHANGES = (
    ("ir_rule", "domain_force", "[('id', '>', 0)]", "tianyuan_visit_rule_company"),
    ("ir_rule", "domain_force", "[('id', '>', 1)]", "tianyuan_contract_rule_company"),
    ("ir_cron", "interval_number", 7, "ir_cron_contract_escalate"),
    ("mail_activity_type", "icon", "fa-bus", "mail_activity_type_visit"),
    ("mail_template", "subject", '{"en_US": "Our own subject", "zh_CN": "我们的标题"}', "mail_template_market_insight"),
    (
        "tianyuan_contract_template",
        "name",
        '{"en_US": "Our own contract", "zh_CN": "我们的合同"}',
        "contract_template_sale",
    ),
)


def change_records(database):
    """Make those of the changes whose records the release has.

    :return: the changes made
    """
    return [change for change in CHANGES if value(database, *change) is not None and set_value(database, *change)]


def value(database, table, column, _new, name):
    rows = execute(
        database,
        f"SELECT to_jsonb(t)->'{column}' FROM {table} t JOIN ir_model_data m ON m.res_id = t.id "
        f"WHERE m.model = '{table.replace('_', '.')}' AND m.module LIKE %s AND m.name = %s",
        [OURS, name],
    ) if execute(database, "SELECT to_regclass(%s)", [table]) != [(None,)] else []
    return rows[0][0] if rows else None


def set_value(database, table, column, new, name):
    execute(
        database,
        f"UPDATE {table} t SET {column} = %s FROM ir_model_data m WHERE m.res_id = t.id "
        f"AND m.model = '{table.replace('_', '.')}' AND m.module LIKE %s AND m.name = %s",
        [new, OURS, name],
    )
    return True


def change_the_set_up(database):
    execute(database, "UPDATE tianyuan_rating_level SET points = points / 2")
    execute(database, "UPDATE tianyuan_rating_threshold SET min_score = min_score - 1")
    execute(database, "UPDATE tianyuan_rating_tier SET color = 11")


def noupdate_records(database):
    """Return all values of every record that the addon creates once and never updates."""
    tables = execute(
        database,
        "SELECT DISTINCT m.model, replace(m.model, '.', '_') FROM ir_model_data m "
        "WHERE m.module = ANY(%s) AND m.noupdate AND to_regclass(replace(m.model, '.', '_')) IS NOT NULL",
        [[ADDON, *WINGS]],
    )
    return {
        model: execute(
            database,
            f"SELECT to_jsonb(t) - '{{write_date,write_uid}}'::text[] FROM \"{table}\" t "
            "JOIN ir_model_data m ON m.res_id = t.id AND m.model = %s AND m.module = ANY(%s) AND m.noupdate "
            "ORDER BY t.id",
            [model, [ADDON, *WINGS]],
        )
        for model, table in tables
    }

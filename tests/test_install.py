"""Installing, upgrading and uninstalling on a database that has been in use without the addon."""

import os

import pytest
from odoo_harness import ADDON, copy_database, drop_database, execute, problems, run_odoo

# What an addon can add to a database's structure, and the rows of Odoo's own tables that describe it.
CATALOG = {
    "relation": "SELECT relname, relkind::text FROM pg_class WHERE relnamespace = 'public'::regnamespace",
    "column": "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'",
    "constraint": "SELECT conrelid::regclass::text, conname FROM pg_constraint "
    "WHERE connamespace = 'public'::regnamespace",
    "function": "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "trigger": "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal",
    "external id": "SELECT module, name FROM ir_model_data",
    "model": "SELECT model FROM ir_model",
    "field": "SELECT model, name FROM ir_model_fields",
    "selection": "SELECT f.model, f.name, s.value FROM ir_model_fields_selection s "
    "JOIN ir_model_fields f ON f.id = s.field_id",
    "parameter": "SELECT key FROM ir_config_parameter",
    "cron": "SELECT id FROM ir_cron",
    "menu": "SELECT id FROM ir_ui_menu",
    "view": "SELECT id FROM ir_ui_view",
    "action": "SELECT id FROM ir_actions",
    "group": "SELECT id FROM res_groups",
    "access right": "SELECT id FROM ir_model_access",
    "record rule": "SELECT id FROM ir_rule",
    "sequence": "SELECT id FROM ir_sequence",
    "default": "SELECT id FROM ir_default",
    "mail template": "SELECT id FROM mail_template",
    "activity type": "SELECT id FROM mail_activity_type",
    "message subtype": "SELECT id FROM mail_message_subtype",
    "message": "SELECT model, res_id FROM mail_message WHERE model LIKE 'tianyuan.%'",
    "follower": "SELECT res_model, res_id FROM mail_followers WHERE res_model LIKE 'tianyuan.%'",
    "activity": "SELECT res_model, res_id FROM mail_activity WHERE res_model LIKE 'tianyuan.%'",
    "attachment": "SELECT res_model, res_id FROM ir_attachment WHERE res_model LIKE 'tianyuan.%'",
}

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


@pytest.fixture(scope="module")
def database():
    name = f"{os.environ['TIANYUAN_TEST_DB']}_install"
    copy_database(os.environ["TIANYUAN_BASE_DB"], name)
    yield name
    drop_database(name)


@pytest.fixture(scope="module")
def before(database):
    return catalog(database)


@pytest.fixture(scope="module")
def install_log(database, before):
    return run_odoo("server", database, "-i", ADDON, "--stop-after-init")


def catalog(database):
    return {kind: set(execute(database, query)) for kind, query in CATALOG.items()}


def difference(catalog, other):
    return "\n".join(f"{kind} {entry}" for kind in CATALOG for entry in sorted(catalog[kind] - other[kind]))


def noupdate_records(database):
    """Every record the addon creates once and then leaves to the company, with all its values."""
    tables = execute(
        database,
        "SELECT DISTINCT m.model, replace(m.model, '.', '_') FROM ir_model_data m "
        "WHERE m.module = %s AND m.noupdate AND to_regclass(replace(m.model, '.', '_')) IS NOT NULL",
        [ADDON],
    )
    return {
        model: execute(
            database,
            f"SELECT to_jsonb(t) - '{{write_date,write_uid}}'::text[] FROM \"{table}\" t "
            "JOIN ir_model_data m ON m.res_id = t.id AND m.model = %s AND m.module = %s AND m.noupdate ORDER BY t.id",
            [model, ADDON],
        )
        for model, table in tables
    }


def test_installing_leaves_a_clean_log(install_log):
    assert not problems(install_log), "\n".join(problems(install_log))


def test_upgrading_leaves_what_the_company_changed(database, install_log):
    execute(database, "UPDATE tianyuan_rating_level SET points = points / 2")
    execute(database, "UPDATE tianyuan_rating_threshold SET min_score = min_score - 1")
    execute(database, "UPDATE tianyuan_rating_tier SET color = 11")
    kept = noupdate_records(database)
    assert {"tianyuan.rating.level", "tianyuan.rating.threshold", "tianyuan.rating.tier"} <= set(kept)

    log = run_odoo("server", database, "-u", ADDON, "--stop-after-init")

    assert not problems(log), "\n".join(problems(log))
    assert noupdate_records(database) == kept


def test_uninstalling_leaves_nothing_behind(database, before, install_log):
    run_odoo("shell", database, script=USE_THE_ADDON)
    uninstall = f"env['ir.module.module'].search([('name', '=', '{ADDON}')]).button_immediate_uninstall()"

    log = run_odoo("shell", database, script=uninstall)

    after = catalog(database)
    assert not difference(after, before), "left behind"
    assert not difference(before, after), "taken away, though it was there before"
    assert not problems(log), "\n".join(problems(log))


# -- with a bridge, which comes and goes with what it is a bridge to ---------------------------------

SURVEYS, BRIDGE = "survey", f"{ADDON}_survey"
USE_THE_BRIDGE = """
customer = env['res.partner'].create({'name': 'Asked', 'email': 'asked@example.com', 'company_id': env.company.id})
visit = env['tianyuan.visit'].create({'partner_id': customer.id})
env['tianyuan.questionnaire'].create({'recipient_ids': customer.ids, 'visit_id': visit.id}).action_send()
answer = visit.tianyuan_answer_ids
for question in answer.survey_id.question_ids:
    answer._save_lines(question, '4')
answer._mark_done()
assert len(visit.finding_ids) == 3 and customer.tianyuan_satisfaction == 75, visit.finding_ids
env.company.tianyuan_survey_id = answer.survey_id
env.cr.commit()
"""
WITHOUT_THE_BRIDGE = """
customer = env['res.partner'].search([('name', '=', 'Asked')])
visit = env['tianyuan.visit'].search([('partner_id', '=', customer.id)])
assert len(visit.finding_ids) == 3
visit.action_done()
customer.web_read({name: {} for name in env['res.partner']._fields if name.startswith('tianyuan_')})
env['res.partner'].get_views([(False, 'form'), (False, 'search')])
env['tianyuan.visit'].get_views([(False, 'form')])
"""


@pytest.fixture
def bridged_database():
    """Surveys are installed on a database that has the addon, as in the list of apps."""
    name = f"{os.environ['TIANYUAN_TEST_DB']}_bridge"
    copy_database(os.environ["TIANYUAN_TEST_DB"], name)
    log = run_odoo("server", name, "-i", SURVEYS, "--stop-after-init")
    assert not problems(log), "\n".join(problems(log))
    run_odoo("shell", name, script=USE_THE_BRIDGE)
    yield name
    drop_database(name)


def installed(database):
    rows = execute(database, "SELECT name FROM ir_module_module WHERE state = 'installed'")
    return {name for (name,) in rows} & {ADDON, SURVEYS, BRIDGE}


def uninstall(database, module):
    script = f"env['ir.module.module'].search([('name', '=', '{module}')]).button_immediate_uninstall()"
    log = run_odoo("shell", database, script=script)
    assert not problems(log), "\n".join(problems(log))


def test_surveys_bring_the_bridge_and_take_it_away(bridged_database):
    assert installed(bridged_database) == {ADDON, SURVEYS, BRIDGE}

    uninstall(bridged_database, SURVEYS)

    assert installed(bridged_database) == {ADDON}
    log = run_odoo("shell", bridged_database, script=WITHOUT_THE_BRIDGE)
    assert not problems(log), "\n".join(problems(log))
    log = run_odoo("server", bridged_database, "-u", ADDON, "--stop-after-init")
    assert not problems(log), "\n".join(problems(log))


def test_the_bridge_goes_with_the_addon(bridged_database):
    uninstall(bridged_database, ADDON)

    assert installed(bridged_database) == {SURVEYS}
    left = execute(bridged_database, "SELECT table_name, column_name FROM information_schema.columns "
                   "WHERE table_schema = 'public' AND (table_name LIKE 'tianyuan%' OR column_name LIKE 'tianyuan%')")
    assert not left

"""Installing, upgrading and uninstalling on a database that has been in use without the addon."""

import os
import time

import pytest
from leftovers import catalog, difference, mentions
from odoo_harness import (
    ADDON,
    WINGS,
    Server,
    change_modules,
    copy_database,
    drop_database,
    execute,
    free_port,
    problems,
    run_odoo,
)
from usage import USE_THE_ADDON, change_the_set_up, noupdate_records

STARTED = "Evented Service (longpolling) running"


@pytest.fixture(scope="module")
def database():
    """A database with the addon, as installed by scripts/test.sh, which also checks the log of the installation."""
    name = f"{os.environ['TIANYUAN_TEST_DB']}_install"
    copy_database(os.environ["TIANYUAN_TEST_DB"], name)
    yield name
    drop_database(name)


@pytest.fixture(scope="module")
def before():
    """The structure before the addon, read from a copy, because a database to be copied must have no connections."""
    name = f"{os.environ['TIANYUAN_TEST_DB']}_before"
    copy_database(os.environ["TIANYUAN_BASE_DB"], name)
    try:
        return catalog(name)
    finally:
        drop_database(name)


def test_customers_there_were_begin_as_new_ones_do(database):
    begun = execute(
        database,
        "SELECT DISTINCT tianyuan_archive_state, tianyuan_archive_completeness, tianyuan_registered_capital_currency_id"
        " FROM res_partner",
    )
    assert begun == [("none", 0, None)]
    assert not execute(
        database,
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'res_partner' "
        "AND column_name LIKE 'tianyuan%' AND column_default IS NOT NULL",
    )


@pytest.fixture(scope="module")
def used(database):
    """The database after a company has changed the set-up and worked with it."""
    change_the_set_up(database)
    run_odoo("shell", database, script=USE_THE_ADDON)
    return database


def update(database):
    """Update the addon as an administrator does, and check that the company's changes stay.

    ``test_upgrade.py`` updates all of Odoo, after upgrades and with the bridge.
    """
    kept = noupdate_records(database)
    assert {"tianyuan.rating.level", "tianyuan.rating.threshold", "tianyuan.rating.tier"} <= set(kept)
    log = run_odoo("server", database, "-u", ADDON, "--stop-after-init")
    assert not problems(log), "\n".join(problems(log))
    assert noupdate_records(database) == kept


def test_updating_leaves_what_the_company_changed(used):
    update(used)


def test_several_workers_answer(used):
    """Several workers answer; Odoo then starts one more process for long-polling requests."""
    options = ("--workers=2", f"--gevent-port={free_port()}")
    server = Server(used, options=options)
    server.log.unlink(missing_ok=True)
    with server:
        execute(used, "UPDATE res_users SET password = 'admin' WHERE login = 'admin'")
        client = server.login("admin")
        for _call in range(6):
            assert client.call("tianyuan.rating", "search_count", [])
            assert client.search("res.partner", [("tianyuan_archive_state", "!=", "none")])
        give_up = time.monotonic() + 60
        while STARTED not in server.log.read_text() and time.monotonic() < give_up:
            time.sleep(0.2)
        log = server.log.read_text()
    assert log.count(STARTED) == 1, log[-3000:]
    assert not problems(log), "\n".join(problems(log))


WORKS = """
for wing in %r:
    assert env['ir.module.module']._get(wing).state == 'uninstalled', wing
if 'tianyuan_order_no_tier' in env['res.company']._fields:
    env['res.company'].search([]).tianyuan_order_no_tier = 'warn'
customer = env['res.partner'].create({'name': 'Still a customer', 'tianyuan_channel': 'direct', 'is_company': True})
rating = env['tianyuan.rating'].create({
    'partner_id': customer.id, 'date_from': '2025-04-01', 'date_to': '2025-06-30',
})
rating.action_compute()
env['res.partner']._tianyuan_change_class(env.company, {customer: {'new_class': 'potential', 'reason': 'Rated'}})
order = env['sale.order'].create({'partner_id': customer.id, 'order_line': [(0, 0, {
    'product_id': env['product.product'].create({'name': 'Resin'}).id, 'price_unit': 1,
})]})
order.action_confirm()
assert customer.tianyuan_customer_class == 'ordinary'
customer.copy({'name': 'Twin'})
for model in ('res.partner', 'sale.order', 'account.move', 'tianyuan.rating', 'tianyuan.archive.document'):
    env[model].get_views([(False, 'form'), (False, 'list'), (False, 'search')])
for partner in env['res.partner'].search([]):
    partner.read()
for menu in env['ir.ui.menu'].search([]):
    menu.action and menu.action.read()
env.cr.rollback()
"""


def made_by(database, addon):
    """Return the columns of an addon's fields, and the tables of its models."""
    return execute(
        database,
        "SELECT replace(f.model, '.', '_'), f.name FROM ir_model_data d JOIN ir_model_fields f ON f.id = d.res_id "
        "JOIN information_schema.columns c ON c.table_name = replace(f.model, '.', '_') AND c.column_name = f.name "
        "WHERE d.model = 'ir.model.fields' AND d.module = %s AND NOT EXISTS ("
        "SELECT FROM ir_model_data o WHERE o.model = d.model AND o.res_id = d.res_id AND o.module <> d.module)",
        [addon],
    )


def left_of(database, addon, columns):
    """Return what is left of an uninstalled addon."""
    left = execute(database, "SELECT module || '.' || name FROM ir_model_data WHERE module = %s", [addon])
    for table in ("ir_model_constraint", "ir_model_relation"):
        left += execute(
            database,
            f"SELECT c.name FROM {table} c JOIN ir_module_module m ON m.id = c.module WHERE m.name = %s",
            [addon],
        )
    left += execute(
        database,
        "SELECT table_name || '.' || column_name FROM information_schema.columns "
        "WHERE (table_name::text, column_name::text) IN %s",
        [tuple(columns)],
    )
    gone = {table.replace("_", ".", table.count("_")) for table, _column in columns if table.startswith("tianyuan_")}
    gone = [model for model in gone if not execute(database, "SELECT 1 FROM ir_model WHERE model = %s", [model])]
    for table, column in (("mail_activity", "res_model"), ("ir_attachment", "res_model"), ("mail_message", "model")):
        left += execute(database, f"SELECT {column} FROM {table} WHERE {column} = ANY(%s)", [gone])
    return left


def test_the_others_go_one_by_one_and_the_rest_works_on(used):
    """The addons can be uninstalled one by one, dependent ones first, and the rest works on."""
    database = f"{os.environ['TIANYUAN_TEST_DB']}_one_by_one"
    copy_database(used, database)
    gone = []
    try:
        for addon in (*reversed(WINGS), None):
            columns = addon and made_by(database, addon)
            script = WORKS % gone
            if addon:
                script += f"env['ir.module.module']._get('{addon}').button_immediate_uninstall()\n"
            log = run_odoo("shell", database, script=script)
            assert not problems(log), "\n".join(problems(log))
            if addon:
                assert columns
                assert not left_of(database, addon, columns)
                gone.append(addon)
        log = run_odoo("server", database, "-u", ADDON, "--stop-after-init")
        assert not problems(log), "\n".join(problems(log))
        states = execute(database, "SELECT state FROM ir_module_module WHERE name = ANY(%s)", [list(WINGS)])
        assert states == [("uninstalled",)] * len(WINGS), "who has taken them out keeps them out"
    finally:
        drop_database(database)


def test_uninstalling_leaves_nothing_behind(used, before):
    database = used
    uninstall = f"env['ir.module.module'].search([('name', '=', '{ADDON}')]).button_immediate_uninstall()"

    log = run_odoo("shell", database, script=uninstall)

    after = catalog(database)
    assert not difference(after, before), "left behind"
    assert not difference(before, after), "taken away, though it was there before"
    assert not mentions(database)
    assert not problems(log), "\n".join(problems(log))


# -- with a bridge, which Odoo installs and uninstalls with its modules ---------------------------------

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
# As the list of apps does.
UPDATE = f"""
env.cr.commit()
env['ir.module.module'].search([('name', '=', '{ADDON}')]).button_immediate_upgrade()
"""


@pytest.fixture(scope="module")
def with_bridge():
    """A database with the addon, where Surveys is then installed, as in the list of apps."""
    name = f"{os.environ['TIANYUAN_TEST_DB']}_with_bridge"
    copy_database(os.environ["TIANYUAN_TEST_DB"], name)
    log = change_modules(name, install=[SURVEYS], script=USE_THE_BRIDGE)
    assert not problems(log), "\n".join(problems(log))
    yield name
    drop_database(name)


@pytest.fixture
def bridged_database(with_bridge):
    name = f"{os.environ['TIANYUAN_TEST_DB']}_bridge"
    copy_database(with_bridge, name)
    yield name
    drop_database(name)


def installed(database):
    rows = execute(database, "SELECT name FROM ir_module_module WHERE state = 'installed'")
    return {name for (name,) in rows} & {ADDON, SURVEYS, BRIDGE}


def uninstall(database, module):
    script = f"env['ir.module.module'].search([('name', '=', '{module}')]).button_immediate_uninstall()"
    log = run_odoo("shell", database, script=script)
    assert not problems(log), "\n".join(problems(log))


def test_updating_leaves_the_bridge_as_it_is(bridged_database):
    change_the_set_up(bridged_database)
    update(bridged_database)
    assert installed(bridged_database) == {ADDON, SURVEYS, BRIDGE}


def test_surveys_bring_the_bridge_and_take_it_away(bridged_database):
    assert installed(bridged_database) == {ADDON, SURVEYS, BRIDGE}

    uninstall(bridged_database, SURVEYS)

    assert installed(bridged_database) == {ADDON}
    log = run_odoo("shell", bridged_database, script=WITHOUT_THE_BRIDGE + UPDATE)
    assert not problems(log), "\n".join(problems(log))


def test_the_bridge_goes_with_the_addon(bridged_database):
    uninstall(bridged_database, ADDON)

    assert installed(bridged_database) == {SURVEYS}
    left = execute(bridged_database, "SELECT table_name, column_name FROM information_schema.columns "
                   "WHERE table_schema = 'public' AND (table_name LIKE 'tianyuan%' OR column_name LIKE 'tianyuan%')")
    assert not left

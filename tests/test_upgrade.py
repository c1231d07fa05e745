"""Upgrades from every former release, on databases in which the release was used.

``releases`` holds the releases. The archive of a release is added with the next version.
"""

import os
import re
from pathlib import Path

import pytest
from odoo_harness import (
    ADDON,
    WINGS,
    change_modules,
    copy_database,
    drop_database,
    execute,
    problems,
    run_odoo,
    unpack,
)
from usage import (
    USE_THE_ARCHIVE,
    USE_THE_CONTRACTS,
    USE_THE_RELEASE,
    USE_THE_UPGRADE,
    change_records,
    change_the_set_up,
    noupdate_records,
    value,
)

RELEASES = sorted(Path(__file__).with_name("releases").glob("*.tar.gz"))
BRIDGE = f"{ADDON}_survey"
# Releases from 19.0.1.3.0 on have a bridge to Surveys and are tested with it, the newest one also without.
USED = [(path, ("survey",) if path.name >= "19.0.1.3" else ()) for path in RELEASES] + [(RELEASES[-1], ())]
# After the upgrade from this release, Surveys and its bridge are installed, and all of Odoo is updated.
ALL_UPDATED = RELEASES[0]

CONFIRMED = "SELECT to_jsonb(r) FROM tianyuan_rating r WHERE state = 'confirmed' ORDER BY id"
CONFIRMED_LINES = (
    "SELECT to_jsonb(l) FROM tianyuan_rating_line l JOIN tianyuan_rating r ON r.id = l.rating_id "
    "WHERE r.state = 'confirmed' ORDER BY l.id"
)
OUTCOMES = (
    "SELECT name, tianyuan_tier_id, tianyuan_score, tianyuan_customer_class FROM res_partner "
    "WHERE tianyuan_score IS NOT NULL ORDER BY id"
)


# Tables that upgrades must not change. The first release had none of them, the second only those of the archive.
RECORDS = (
    "tianyuan_archive_access_log",
    "tianyuan_archive_borrow",
    "tianyuan_archive_document",
    "tianyuan_archive_file",
    "tianyuan_archive_collection",
    "tianyuan_archive_collection_line",
    "tianyuan_contact_profile",
    "tianyuan_class_history",
    "tianyuan_contract",
    "tianyuan_contract_paper",
    "tianyuan_visit",
    "tianyuan_visit_finding",
    "tianyuan_customer_policy",
    "tianyuan_policy_application",
    "tianyuan_policy_application_line",
    "tianyuan_market_insight",
)
TABLES_WITHOUT_A_MODEL = """
    SELECT relname FROM pg_class
     WHERE relkind = 'r' AND relname LIKE '%tianyuan%'
       AND NOT EXISTS (SELECT FROM ir_model WHERE replace(model, '.', '_') = relname)
       AND NOT EXISTS (SELECT FROM ir_model_relation WHERE name = relname)
"""
MENU = (
    "SELECT m.name->>'zh_CN' FROM ir_ui_menu m JOIN ir_model_data d ON d.model = 'ir.ui.menu' AND d.res_id = m.id "
    "WHERE d.name = 'tianyuan_rating_dashboard_menu'"
)
# What customers are compared by when duplicates are looked for.
COMPARED = "SELECT tianyuan_match_keys FROM res_partner WHERE name = 'Old Customer'"
OLD_INDEXES = (
    "SELECT 1 FROM pg_indexes WHERE indexname ~ '^res_partner_tianyuan_(name_core|name_end|vat_core|phone_core)_idx'"
)
NUMBERS = "SELECT name, tianyuan_archive_number FROM res_partner WHERE tianyuan_archive_number IS NOT NULL"


def records(database):
    """Return the records of each table, with time and user of the last write."""
    known = {name for [name] in execute(database, "SELECT relname FROM pg_class WHERE relkind = 'r'")}
    return {
        table: rows(database, f"SELECT to_jsonb(t) FROM {table} t ORDER BY id") for table in RECORDS if table in known
    }


def rows(database, query):
    return [row for [row] in execute(database, query)]


def same_where_both_say(before, after):
    assert len(before) == len(after) > 0
    for old, new in zip(before, after, strict=True):
        assert {name: new[name] for name in old if name in new} == {name: old[name] for name in old if name in new}


def forget_addons(database):
    """Remove later addons from a database's list, because a release can't know them."""
    execute(database, "DELETE FROM ir_model_data WHERE model = 'ir.module.module' AND name ~ '^module_tianyuan_'")
    execute(database, "DELETE FROM ir_module_module WHERE name LIKE 'tianyuan%'")


def left_with_the_core(database):
    """Return what the core still owns of other addons: shared external ids, constraints, indexes and relations."""
    twice = (
        "SELECT 'id', mine.name FROM ir_model_data mine JOIN ir_model_data theirs USING (model, res_id) "
        f"WHERE mine.module = '{ADDON}' AND theirs.module = ANY(%s) "
        "AND mine.model NOT LIKE 'ir.model%%' "
        f"UNION SELECT model, name FROM ir_model_data WHERE module = '{ADDON}' AND name ~ %s "
    )
    noted = " ".join(
        f"UNION SELECT '{table}', c.name FROM ir_model_{table} c JOIN ir_module_module m ON m.id = c.module "
        f"JOIN ir_model o ON o.id = c.model WHERE m.name = '{ADDON}' AND o.model ~ %s"
        for table in ("constraint", "relation")
    )
    of_wings = r"^tianyuan.(contract|visit|market|customer.(hold|policy)|policy|approval|licence)"
    ids = of_wings.replace("^", "^(model|field|constraint)_+")
    return execute(database, twice + noted, [list(WINGS), ids, of_wings, of_wings])


@pytest.fixture(
    scope="module",
    params=USED,
    ids=lambda param: "-".join((param[0].name.removesuffix(".tar.gz"), *param[1])),
)
def used(request, tmp_path_factory):
    """A database in which the release was installed, alone or with a bridge, and used."""
    release, others = request.param
    folder = tmp_path_factory.mktemp("release")
    unpack(release, folder)
    database = f"{os.environ['TIANYUAN_TEST_DB']}_upgrade"
    copy_database(os.environ["TIANYUAN_BASE_DB"], database)
    forget_addons(database)
    used = USE_THE_RELEASE + USE_THE_ARCHIVE + USE_THE_CONTRACTS
    change_modules(database, f"--addons-path={folder}", install=(ADDON, *others), script=used)
    yield database, release == ALL_UPDATED
    drop_database(database)


def test_an_upgrade_keeps_what_was_done_and_brings_what_is_new(used):
    used, all_updated = used
    sheets, lines = rows(used, CONFIRMED), rows(used, CONFIRMED_LINES)
    outcomes = execute(used, OUTCOMES)
    assert outcomes, "the release awarded something"
    recorded = records(used)
    numbers = execute(used, NUMBERS) if "tianyuan_archive_borrow" in recorded else []
    assert all(recorded.values()), "each kind of record there was is tried"

    apart = execute(used, "SELECT 1 FROM ir_module_module WHERE name = ANY(%s) AND state = 'installed'", [list(WINGS)])
    # Odoo notes the foreign keys of a mixin's fields with the mixin's addon.
    noted = left_with_the_core(used) if apart else []

    changed = change_records(used)
    before = [value(used, *change) for change in changed]

    log = run_odoo("server", used, "-u", ADDON, "--stop-after-init")

    assert not problems(log), "\n".join(problems(log))
    assert [value(used, *change) for change in changed] == before
    states = execute(used, "SELECT name, state FROM ir_module_module WHERE name = ANY(%s)", [[ADDON, *WINGS]])
    assert dict(states) == dict.fromkeys([ADDON, *WINGS], "installed")
    assert sorted(left_with_the_core(used)) == sorted(noted)
    assert not execute(used, TABLES_WITHOUT_A_MODEL)
    same_where_both_say(sheets, rows(used, CONFIRMED))
    same_where_both_say(lines, rows(used, CONFIRMED_LINES))
    assert execute(used, OUTCOMES) == outcomes
    upgraded = records(used)
    for table, before in recorded.items():
        same_where_both_say(before, upgraded[table])
    assert execute(used, NUMBERS) == numbers
    # Terms with a new name have a new translation, too.
    assert execute(used, MENU) == [("工作台",)]
    # Customers of before are compared with new ones.
    [(compared,)] = execute(used, COMPARED)
    assert "E/oldcustomer" in compared.split()
    assert not execute(used, OLD_INDEXES)
    # Posted invoices update the archive.
    [(first_deal, varieties)] = execute(
        used,
        "SELECT p.tianyuan_first_deal_date::text, (SELECT COUNT(*) FROM tianyuan_partner_variety_rel v "
        "WHERE v.partner_id = p.id) FROM res_partner p WHERE name = 'Old Customer'",
    )
    assert (first_deal, varieties) == ("2024-11-05", 1)
    # The prospect's lines aren't marked as computed any more.
    assert not execute(
        used,
        "SELECT 1 FROM tianyuan_rating_line l JOIN tianyuan_rating r ON r.id = l.rating_id "
        "WHERE r.kind = 'prospect' AND l.source = 'computed'",
    )
    if all_updated:
        change_the_set_up(used)
        kept = noupdate_records(used)
        log = change_modules(used, install=["survey"], update=["base"], script=USE_THE_UPGRADE)
        assert noupdate_records(used) == kept
        same_where_both_say(sheets, rows(used, CONFIRMED))
        assert execute(used, "SELECT state FROM ir_module_module WHERE name = %s", [BRIDGE]) == [("installed",)]
    else:
        log = run_odoo("shell", used, script=USE_THE_UPGRADE)
    assert not problems(log), "\n".join(problems(log))
    [opened] = re.findall(r"used: (\d+)", log)
    assert int(opened) == (4 if numbers else 0), "what was logged before, and opening and returning the paper"

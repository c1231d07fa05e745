"""Upgrading from each release there has been, on a database in which it was used.

``releases`` holds them as they were. A release adds its archive with the version after it.
"""

import os
import tarfile
from pathlib import Path

import pytest
from odoo_harness import ADDON, copy_database, drop_database, execute, problems, run_odoo

RELEASES = sorted(Path(__file__).with_name("releases").glob("*.tar.gz"))

# what people did with the first release: a customer with two invoices, a confirmed sheet, and a prospect's open one
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

CONFIRMED = "SELECT to_jsonb(r) FROM tianyuan_rating r WHERE state = 'confirmed' ORDER BY id"
CONFIRMED_LINES = (
    "SELECT to_jsonb(l) FROM tianyuan_rating_line l JOIN tianyuan_rating r ON r.id = l.rating_id "
    "WHERE r.state = 'confirmed' ORDER BY l.id"
)
OUTCOMES = (
    "SELECT name, tianyuan_tier_id, tianyuan_score, tianyuan_customer_class FROM res_partner "
    "WHERE tianyuan_score IS NOT NULL ORDER BY id"
)


def rows(database, query):
    return [row for [row] in execute(database, query)]


def same_where_both_say(before, after):
    assert len(before) == len(after) > 0
    for old, new in zip(before, after, strict=True):
        assert {name: new[name] for name in old if name in new} == {name: old[name] for name in old if name in new}


@pytest.fixture(scope="module", params=RELEASES, ids=lambda path: path.name.removesuffix(".tar.gz"))
def used(request, tmp_path_factory):
    """A database in which the release is installed and was used."""
    folder = tmp_path_factory.mktemp("release")
    with tarfile.open(request.param) as archive:
        archive.extractall(folder, filter="data")
    database = f"{os.environ['TIANYUAN_TEST_DB']}_upgrade"
    copy_database(os.environ["TIANYUAN_BASE_DB"], database)
    release = f"--addons-path={folder}"
    run_odoo("server", database, release, "-i", ADDON, "--stop-after-init")
    run_odoo("shell", database, release, script=USE_THE_RELEASE)
    yield database
    drop_database(database)


def test_an_upgrade_keeps_what_was_done_and_brings_what_is_new(used):
    sheets, lines = rows(used, CONFIRMED), rows(used, CONFIRMED_LINES)
    outcomes = execute(used, OUTCOMES)
    assert outcomes, "the release awarded something"

    log = run_odoo("server", used, "-u", ADDON, "--stop-after-init")

    assert not problems(log), "\n".join(problems(log))
    same_where_both_say(sheets, rows(used, CONFIRMED))
    same_where_both_say(lines, rows(used, CONFIRMED_LINES))
    assert execute(used, OUTCOMES) == outcomes
    # the archive learns from the invoices
    [(first_deal, varieties)] = execute(
        used,
        "SELECT p.tianyuan_first_deal_date::text, (SELECT COUNT(*) FROM tianyuan_partner_variety_rel v "
        "WHERE v.partner_id = p.id) FROM res_partner p WHERE name = 'Old Customer'",
    )
    assert (first_deal, varieties) == ("2024-11-05", 1)
    # of what was computed of the prospect nothing stays so
    assert not execute(
        used,
        "SELECT FROM tianyuan_rating_line l JOIN tianyuan_rating r ON r.id = l.rating_id "
        "WHERE r.kind = 'prospect' AND l.source = 'computed'",
    )

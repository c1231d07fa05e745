"""Upgrading from each release there has been, on a database in which it was used.

``releases`` holds them as they were. A release adds its archive with the version after it.
"""

import os
import re
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

# and from the release that brought archives: one filed under a number, a confidential paper borrowed and opened
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

# what people do once it is upgraded, with what they did before and with what is new
USE_THE_UPGRADE = """
customer = env['res.partner'].search([('name', '=', 'Old Customer')])
for borrow in env['tianyuan.archive.borrow'].search([('state', '=', 'out')]):
    content, name, kind = borrow.document_ids._open()
    assert name == 'licence.pdf' and content.startswith(b'%PDF'), name
    borrow.action_return()
company = env['res.company'].search([], limit=1)
count, problem = env['tianyuan.archive.access.log']._verify(company)
assert not problem, problem
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

CONFIRMED = "SELECT to_jsonb(r) FROM tianyuan_rating r WHERE state = 'confirmed' ORDER BY id"
CONFIRMED_LINES = (
    "SELECT to_jsonb(l) FROM tianyuan_rating_line l JOIN tianyuan_rating r ON r.id = l.rating_id "
    "WHERE r.state = 'confirmed' ORDER BY l.id"
)
OUTCOMES = (
    "SELECT name, tianyuan_tier_id, tianyuan_score, tianyuan_customer_class FROM res_partner "
    "WHERE tianyuan_score IS NOT NULL ORDER BY id"
)


# the archive's records that nobody touches by upgrading; the first release had none of them
RECORDS = (
    "tianyuan_archive_access_log",
    "tianyuan_archive_borrow",
    "tianyuan_archive_document",
    "tianyuan_archive_file",
    "tianyuan_archive_collection",
    "tianyuan_archive_collection_line",
    "tianyuan_contact_profile",
    "tianyuan_class_history",
)
NUMBERS = "SELECT name, tianyuan_archive_number FROM res_partner WHERE tianyuan_archive_number IS NOT NULL"


def records(database):
    """What was recorded, table by table, with when and by whom it was last written."""
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
    run_odoo("shell", database, release, script=USE_THE_RELEASE + USE_THE_ARCHIVE)
    yield database
    drop_database(database)


def test_an_upgrade_keeps_what_was_done_and_brings_what_is_new(used):
    sheets, lines = rows(used, CONFIRMED), rows(used, CONFIRMED_LINES)
    outcomes = execute(used, OUTCOMES)
    assert outcomes, "the release awarded something"
    recorded = records(used)
    numbers = execute(used, NUMBERS) if "tianyuan_archive_borrow" in recorded else []
    assert all(recorded.values()), "each kind of record there was is tried"

    log = run_odoo("server", used, "-u", ADDON, "--stop-after-init")

    assert not problems(log), "\n".join(problems(log))
    same_where_both_say(sheets, rows(used, CONFIRMED))
    same_where_both_say(lines, rows(used, CONFIRMED_LINES))
    assert execute(used, OUTCOMES) == outcomes
    upgraded = records(used)
    for table, before in recorded.items():
        same_where_both_say(before, upgraded[table])
    assert execute(used, NUMBERS) == numbers
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
    log = run_odoo("shell", used, script=USE_THE_UPGRADE)
    assert not problems(log), "\n".join(problems(log))
    [opened] = re.findall(r"used: (\d+)", log)
    assert int(opened) == (4 if numbers else 0), "what was logged before, and opening and returning the paper"

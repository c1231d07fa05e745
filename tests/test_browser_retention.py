"""The end of an archive on the screens: what has run out, its destruction by two people, and the register."""

import base64
from pathlib import Path

import pytest
from archive_papers import pdf, pdf_text
from conftest import SHOTS
from odoo_harness import ADDON, execute
from playwright.sync_api import expect
from screens import log_in, rows, select
from world import Builder

DOCUMENT, DESTRUCTION = "tianyuan.archive.document", "tianyuan.archive.destruction"
CARD = ".o_tianyuan_card[data-card={}]"


@pytest.fixture
def old_papers(server, world):
    """Two papers of a customer whose retention has run out."""
    admin, specialist = server.login("admin"), world.clients["specialist"]
    customer = Builder(server).customer("鲁南旧客户", world.users["sales"], world.company)
    kind = admin.create(
        "tianyuan.archive.document.type", name="Old Contract", retention="after_expiry", retention_years=10
    )
    return [
        specialist.create(
            DOCUMENT,
            partner_id=customer,
            type_id=kind,
            file_name=f"{name}.pdf",
            valid_from="2001-01-01",
            valid_until="2010-06-30",
            upload=base64.b64encode(pdf(f"{name} {customer}")).decode(),
        )
        for name in ("合同一", "合同二")
    ]


def card(page, key):
    return page.locator(CARD.format(key))


def press(page, name):
    page.locator(f".o_form_view button[name={name}]:visible").first.click()


def switch_to(page, server, login):
    """Log in as another user; logging in with the session of the former would end that session."""
    page.context.clear_cookies()
    log_in(page, server, login)


def open_workbench(page, server, login):
    switch_to(page, server, login)
    page.goto(f"{server.url}/odoo/customer-dashboard")
    expect(page.locator(".o_tianyuan_card").first).to_be_visible()


def test_from_what_has_run_out_to_the_register(page, server, world, old_papers):
    first, second = old_papers
    manager = world.clients["manager"]
    customer = manager.read(DOCUMENT, second, "partner_id")["partner_id"][0]
    held = {"partner_id": customer, "company_id": world.company, "document_ids": [(6, 0, [second])]}
    manager.create("tianyuan.archive.hold", **held, reason="Lawsuit")
    # The specialist proposes what the card of the workbench counts; what is held isn't in it.
    open_workbench(page, server, "specialist")
    expect(card(page, "run_out").locator(".o_tianyuan_card_value")).to_have_text("1")
    card(page, "run_out").locator("button").first.click()
    expect(rows(page, "合同一")).to_have_count(1)
    expect(rows(page, "合同二")).to_have_count(0)
    page.screenshot(path=SHOTS / "retention_run_out.png")
    select(rows(page, "合同一"))
    page.locator("button[name=action_propose_destruction]:visible").click()
    expect(page.locator(".o_form_view .o_data_row")).to_contain_text("鲁南旧客户")
    press(page, "action_propose")
    expect(page.locator(".o_form_view button[name=action_propose]:visible")).to_have_count(0)
    expect(page.locator(".o_form_view button[name=action_approve]:visible")).to_have_count(0)
    page.screenshot(path=SHOTS / "retention_proposed.png")

    # The manager approves in the card.
    open_workbench(page, server, "manager")
    card(page, "destructions").locator(".o_tianyuan_row button").first.click()
    expect(card(page, "destructions").locator(".o_tianyuan_row")).to_have_count(0)
    [destruction] = world.clients["manager"].call(
        DESTRUCTION, "search_read", [("line_ids.document_id", "=", first)], ["state", "approved_by_id"]
    )
    assert (destruction["state"], destruction["approved_by_id"][0]) == ("approved", world.users["manager"])

    # The specialist carries it out, asked once more before.
    switch_to(page, server, "specialist")
    page.goto(f"{server.url}/odoo/action-{ADDON}.tianyuan_archive_destruction_action/{destruction['id']}")
    press(page, "action_ask_destroy")
    dialog = page.locator(".modal")
    expect(dialog).to_contain_text("鲁南旧客户")
    page.screenshot(path=SHOTS / "retention_question.png")
    dialog.locator("button[name=action_apply]").click()
    expect(page.locator(".o_form_view button[name=action_ask_destroy]:visible")).to_have_count(0)
    page.screenshot(path=SHOTS / "retention_destroyed.png")
    left = execute(
        server.database, "SELECT document_id FROM tianyuan_archive_file WHERE document_id IN (%s, %s)", [first, second]
    )
    assert left == [(second,)]

    with page.expect_download() as download:
        page.locator(".o_form_view .o_statusbar_buttons button.btn-primary:visible").first.click()
    text = pdf_text(Path(download.value.path()).read_bytes())
    checksum = world.clients["specialist"].read(DOCUMENT, first, "checksum")["checksum"]
    # The names' Chinese characters can't be read back from the PDF; the tests inside Odoo read them from its HTML.
    assert checksum[:12] in text
    assert "DS/" in text


def test_what_is_left_of_a_destroyed_paper_says_so(page, server, world, old_papers):
    first, _second = old_papers
    specialist = world.clients["specialist"]
    action = specialist.call(DOCUMENT, "action_propose_destruction", [first])
    specialist.call(DESTRUCTION, "action_propose", [action["res_id"]])
    world.clients["manager"].call(DESTRUCTION, "action_approve", [action["res_id"]])
    specialist.call(DESTRUCTION, "action_destroy", [action["res_id"]])
    switch_to(page, server, "specialist")
    page.goto(f"{server.url}/odoo/action-{ADDON}.tianyuan_archive_document_action/{first}")
    expect(page.locator(".o_form_view .alert-info:visible")).to_contain_text("DS/")
    for name in ("action_preview", "action_request_borrow", "action_new_version"):
        expect(page.locator(f".o_form_view button[name={name}]:visible")).to_have_count(0)
    page.screenshot(path=SHOTS / "retention_paper.png")

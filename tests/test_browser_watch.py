"""Early warnings: the salesperson acknowledges one, and the manager overrides the class of a key customer."""

import re
from datetime import date, timedelta

import pytest
from conftest import SHOTS
from odoo_harness import ADDON
from playwright.sync_api import expect
from screens import field, log_in, rows
from test_browser_workbench import card, open_workbench, value
from world import Builder, last_quarter

ITEM, OVERRIDE = "tianyuan.watch.item", "tianyuan.class.override"
NAME = "North Solvents"


def confirm_full_marks(world, rating):
    """Confirm a sheet on which everybody has given all points, so that its customer is a key customer."""
    for role in ("sales", "finance"):
        client = world.clients[role]
        domain = [("rating_id", "=", rating), ("responsibility", "=", role)]
        for line in client.call("tianyuan.rating.line", "search_read", domain, ["max_points"]):
            client.write("tianyuan.rating.line", line["id"], points=line["max_points"], note="Known to us")
        client.call("tianyuan.rating", f"action_submit_{role}", [rating])
    world.clients["manager"].call("tianyuan.rating", "action_confirm", [rating])


@pytest.fixture(scope="module")
def watched(server, world):
    """A key customer with an overdue invoice and new bad debt, found by the nightly watch."""
    builder = Builder(server)
    start, end = last_quarter()
    customer = builder.customer(NAME, world.users["sales"], world.company)
    confirm_full_marks(world, builder.rate(world.company, customer, start, end))
    invoice = builder.invoice(world.company, customer, date.today() - timedelta(days=12), 30_000)
    world.clients["finance"].create(
        "tianyuan.bad.debt", partner_id=customer, company_id=world.company, date=str(date.today()), amount=5_000
    )
    admin = builder.admin
    admin.call("ir.cron", "method_direct_trigger", [admin.ref(f"{ADDON}.ir_cron_watch")])
    [number] = admin.call("account.move", "read", [invoice], ["name"])
    return customer, number["name"]


def warning(world, customer, reason, *names):
    domain = [("partner_id", "=", customer), ("reason", "=", reason), ("state", "!=", "cleared")]
    [item] = world.clients["manager"].call(ITEM, "search_read", domain, ["state", *names])
    return item


def test_salesperson_opens_what_is_behind_a_warning_and_acknowledges_it(page, server, world, watched):
    customer, invoice = watched
    item = warning(world, customer, "overdue")
    open_workbench(page, server, "sales")
    row = card(page, "watch_own").locator(".o_tianyuan_row", has_text=NAME).filter(has_text="30,000.00")
    expect(row).to_have_count(1)
    before = int(value(page, "watch_own").inner_text())
    page.screenshot(path=SHOTS / "watch_sales.png")

    # The warning opens what is behind it: the invoice that isn't paid.
    row.locator("a").click()
    expect(field(page, "partner_id")).to_contain_text(NAME)
    page.locator("button[name=action_open_source]:visible").first.click()
    expect(rows(page, invoice)).to_have_count(1)

    # Without a note nothing is acknowledged; with one the warning leaves the card.
    page.goto(f"{server.url}/odoo/customer-dashboard")
    row.locator("button").click()
    dialog = page.locator(".modal")
    until = date.today() + timedelta(days=14)
    # The day is entered as the reader's language writes it.
    dialog.locator("div[name=until] input, button[name=until]").first.click()
    dialog.locator("div[name=until] input").fill(until.strftime("%Y/%m/%d"))
    dialog.locator("div[name=until] input").press("Tab")
    dialog.locator("div[name=reason] input").fill("月底前分两次付清")
    dialog.locator("button[name=action_apply]").click()
    expect(dialog).to_have_count(0)
    expect(row).to_have_count(0)
    expect(value(page, "watch_own")).to_have_text(str(before - 1))
    item = warning(world, customer, "overdue", "acknowledged_until", "acknowledged_note", "acknowledged_by_id")
    assert item["state"] == "acknowledged"
    assert item["acknowledged_until"] == str(until)
    assert item["acknowledged_note"] == "月底前分两次付清"
    assert item["acknowledged_by_id"][0] == world.users["sales"]


def test_the_customer_shows_its_warnings_and_its_course(page, server, world, watched):
    customer, _invoice = watched
    log_in(page, server, "sales")
    page.goto(f"{server.url}/odoo/res.partner/{customer}")
    expect(page.locator("div[name=tianyuan_watch] .o_data_row").first).to_be_visible()
    expect(field(page, "tianyuan_course_note")).to_be_visible()
    expect(page.locator("div[name=tianyuan_watch] .alert")).to_have_count(0)
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    expect(page.locator("div[name=tianyuan_watch] .o_kanban_record").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.screenshot(path=SHOTS / "watch_customer_phone.png")


def test_manager_overrides_the_class_from_the_proposal(page, server, world, watched):
    customer, _invoice = watched
    manager = world.clients["manager"]
    open_workbench(page, server, "manager")
    row = card(page, "override_proposed").locator(".o_tianyuan_row", has_text=NAME)
    page.screenshot(path=SHOTS / "watch_manager.png")
    row.locator("button").click()
    dialog = page.locator(".modal")
    reason = dialog.locator("div[name=reason] input")
    expect(reason).to_have_value(re.compile(re.escape("5,000.00")))
    page.screenshot(path=SHOTS / "watch_override.png")
    # Nothing happens until the manager decides.
    [partner] = manager.call("res.partner", "read", [customer], ["tianyuan_customer_class"])
    assert partner["tianyuan_customer_class"] == "key"
    dialog.locator("button.btn-primary:visible").first.click()
    expect(dialog).to_have_count(0)
    expect(row).to_have_count(0)
    [partner] = manager.call("res.partner", "read", [customer], ["tianyuan_customer_class"])
    assert partner["tianyuan_customer_class"] == "ordinary"
    [override] = manager.call(OVERRIDE, "search_read", [("partner_id", "=", customer)], ["reason", "state", "user_id"])
    assert override["state"] == "active"
    assert override["user_id"][0] == world.users["manager"]

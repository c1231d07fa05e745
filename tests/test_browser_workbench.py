"""The workbench of each role: what waits, worked on in place or in the list behind the number."""

from datetime import date, timedelta

import pytest
from conftest import SHOTS
from playwright.sync_api import expect
from screens import log_in, rows

CARD = ".o_tianyuan_card[data-card={}]"


def card(page, key):
    return page.locator(CARD.format(key))


def value(page, key):
    return card(page, key).locator(".o_tianyuan_card_value")


def open_workbench(page, server, login):
    log_in(page, server, login)
    page.goto(f"{server.url}/odoo/customer-dashboard")
    expect(page.locator(".o_tianyuan_card").first).to_be_visible()


@pytest.fixture
def open_line(world):
    """The salesperson's line with levels to pick on the open sheet, which is empty again afterwards."""
    sales = world.clients["sales"]
    domain = [("rating_id", "=", world.rating), ("source", "=", "level"), ("responsibility", "=", "sales")]
    [line] = sales.call("tianyuan.rating.line", "search_read", domain, ["level_id", "available_level_ids"])
    sales.write("tianyuan.rating.line", line["id"], level_id=False)
    yield line
    sales.write("tianyuan.rating.line", line["id"], level_id=False)


def test_salesperson_scores_with_one_click_and_opens_what_is_counted(page, server, world, open_line):
    open_workbench(page, server, "sales")
    expect(value(page, "sales_lines")).to_have_text("1")
    line = page.locator(f".o_tianyuan_line[data-line='{open_line['id']}']")
    page.screenshot(path=SHOTS / "workbench_sales.png")
    line.locator(".btn-group button").nth(1).click()
    expect(line).to_have_count(0)
    [saved] = world.clients["sales"].call("tianyuan.rating.line", "read", [open_line["id"]], ["origin", "points"])
    assert (saved["origin"], saved["points"]) == ("assessed", 8.0)

    # The number opens the lines, with the button that submits them.
    card(page, "sales_lines").locator("button").first.click()
    expect(rows(page, "East Peroxide").first).to_be_visible()
    expect(rows(page, "West Dyestuffs")).to_have_count(0)
    page.go_back()
    expect(card(page, "customers")).to_contain_text("East Peroxide")
    card(page, "customers").locator("tbody a", has_text="East Peroxide").click()
    expect(page.locator(".o_form_view")).to_contain_text("East Peroxide")


def test_a_number_that_is_none_is_named_and_nothing_is_saved(page, server, world):
    sales = world.clients["sales"]
    domain = [("rating_id", "=", world.rating), ("origin", "=", "missing"), ("source", "=", "value")]
    [line] = sales.call("tianyuan.rating.line", "search", [*domain, ("responsibility", "=", "sales")])
    open_workbench(page, server, "sales")
    number = page.locator(f".o_tianyuan_line[data-line='{line}'] input")
    number.fill("many")
    number.press("Enter")
    expect(page.locator(".o_notification")).to_be_visible()
    assert sales.call("tianyuan.rating.line", "read", [line], ["origin"])[0]["origin"] == "missing"


def test_finance_sees_its_own_cards(page, server, world):
    open_workbench(page, server, "finance")
    expect(value(page, "finance_lines")).to_have_text("2")
    expect(card(page, "confirm")).to_have_count(0)
    page.screenshot(path=SHOTS / "workbench_finance.png")


def test_a_manager_sees_runs_and_has_room_for_the_menus(page, server, world):
    page.set_viewport_size({"width": 1280, "height": 800})
    open_workbench(page, server, "manager")
    expect(card(page, "runs")).to_be_visible()
    expect(card(page, "sales_lines")).to_have_count(0)
    assert page.locator(".o_menu_sections > *:visible").count() <= 6
    expect(page.locator(".o_menu_sections_more")).to_have_count(0)
    page.screenshot(path=SHOTS / "workbench_manager.png")


def test_specialist_approves_a_request_on_the_workbench(page, server, world):
    sales, admin = world.clients["sales"], server.login("admin")
    kind = admin.call("tianyuan.archive.document.type", "search", [], limit=1)[0]
    document = world.clients["specialist"].create(
        "tianyuan.archive.document", partner_id=world.customer, name="Licence", type_id=kind
    )
    borrow = sales.create(
        "tianyuan.archive.borrow",
        partner_id=world.customer,
        document_ids=[(6, 0, [document])],
        purpose="招标文件",
        mode="borrow",
        pledge_accepted=True,
        date_due=str(date.today() + timedelta(days=7)),
    )
    sales.call("tianyuan.archive.borrow", "action_request", [borrow])
    open_workbench(page, server, "specialist")
    request = card(page, "requests").locator(".o_tianyuan_row", has_text="招标文件")
    page.screenshot(path=SHOTS / "workbench_specialist.png")
    request.locator("button", has_text="批准").click()
    expect(request).to_have_count(0)
    assert sales.call("tianyuan.archive.borrow", "read", [borrow], ["state"])[0]["state"] == "approved"


def test_a_phone_shows_all_cards(page, server, world):
    page.set_viewport_size({"width": 390, "height": 844})
    open_workbench(page, server, "sales")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    name = card(page, "customers").locator("tbody a", has_text="East Peroxide").bounding_box()
    assert name["width"] > name["height"], "a name that is broken into letters"
    box = card(page, "sales_lines").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 390
    page.screenshot(path=SHOTS / "workbench_phone.png")


def test_the_bell_opens_the_lines_that_wait(page, server, world):
    admin = server.login("admin")
    admin.create(
        "mail.activity",
        activity_type_id=admin.ref("tianyuan_customer_rating.mail_activity_type_sales"),
        user_id=world.users["sales"],
        res_model_id=admin.call("ir.model", "search", [("model", "=", "tianyuan.rating")])[0],
        res_id=world.rating,
    )
    open_workbench(page, server, "sales")
    page.locator(".o-mail-ActivityMenu-counter").click()
    page.locator(".o-mail-ActivityGroup[data-model_name='tianyuan.rating']").click()
    expect(page.locator(".o_list_view .o_tianyuan_progress")).to_be_visible()
    expect(rows(page, "East Peroxide").first).to_be_visible()

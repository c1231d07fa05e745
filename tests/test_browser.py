"""A salesperson's screens, in Chinese."""

import re

from playwright.sync_api import expect
from screens import cell, field, log_in, open_list, rows


def test_salesperson_goes_from_the_customer_to_the_invoices(page, server, world):
    outcome = world.clients["sales"].read(
        "res.partner", world.customer, "tianyuan_tier_id", "tianyuan_customer_class", "tianyuan_score"
    )
    assert outcome["tianyuan_tier_id"], "the customer's confirmed rating gave a tier"
    log_in(page, server, "sales")

    # the customer shows tier and class
    page.goto(f"{server.url}/odoo/res.partner/{world.customer}")
    expect(page.locator(".o_form_view h1").first).to_contain_text("East Peroxide")
    tier_id, tier = outcome["tianyuan_tier_id"]
    expect(field(page, "tianyuan_tier_id")).to_contain_text(tier)
    [color] = world.clients["sales"].call("tianyuan.rating.tier", "read", [tier_id], ["color"])
    in_color = re.compile(rf"\bo_badge_color_{color['color']}\b")
    assert color["color"], "a tier that is shown without a color"
    expect(field(page, "tianyuan_tier_id").locator(".badge")).to_have_class(in_color)
    expect(field(page, "tianyuan_customer_class")).to_have_text(re.compile("重点|普通|潜在"))

    # The list of customers shows them, too.
    open_list(page, server, "res_partner_action_customers")
    badge = cell(rows(page, "East Peroxide").first, "tianyuan_tier_id").locator(".badge")
    expect(badge).to_have_text(tier)
    expect(badge).to_have_class(in_color)
    page.goto(f"{server.url}/odoo/res.partner/{world.customer}")

    # One click opens the ratings, another one the sheet.
    page.click("button[name=action_tianyuan_ratings]")
    page.wait_for_selector(".o_list_view")
    expect(page.locator(".o_data_row")).to_have_count(2)
    page.locator(".o_data_row").first.locator("td[name=partner_id]").click()
    page.wait_for_selector(".o_form_view div[name=line_ids] .o_data_row")
    expect(page.locator("div[name=line_ids] .o_data_row")).to_have_count(9)
    expect(field(page, "provisional_note")).to_have_text(re.compile(r"\d+–\d+"))  # lines are missing

    # from a number to the invoices behind it
    volume = page.locator("div[name=line_ids] .o_data_row", has_text="350 万元")
    volume.locator("button[name=action_open_source]").click()
    page.wait_for_selector(".o_list_view .o_data_row")
    expect(page.locator(".o_list_view .o_data_row")).to_have_count(2)
    expect(page.locator(".o_list_view")).to_contain_text("2,500,000.00")


def test_salesperson_fills_in_a_line(page, server, world):
    log_in(page, server, "sales")
    page.goto(f"{server.url}/odoo/tianyuan.rating/{world.rating}")
    page.wait_for_selector("div[name=line_ids] .o_data_row")
    [line] = world.clients["sales"].call(
        "tianyuan.rating.line",
        "search_read",
        [("rating_id", "=", world.rating), ("source", "=", "level"), ("responsibility", "=", "sales")],
        ["indicator_id"],
    )
    row = page.locator("div[name=line_ids] .o_data_row", has_text=line["indicator_id"][1])
    row.locator("td[name=level_id]").click()
    page.locator("div[name=line_ids] .o_selected_row div[name=level_id] input").click()
    page.locator(".o-autocomplete--dropdown-item").first.click()
    page.click("button.o_form_button_save")
    page.wait_for_selector("button.o_form_button_save", state="hidden")

    [line] = world.clients["sales"].call(
        "tianyuan.rating.line", "read", [line["id"]], ["points", "max_points", "origin", "assessor_id"]
    )
    assert line["origin"] == "assessed"
    assert line["points"] == line["max_points"]
    assert line["assessor_id"][0] == world.users["sales"]


def test_finance_types_down_the_list_and_sees_what_is_left(page, server, world):
    finance = world.clients["finance"]
    [line] = finance.call(
        "tianyuan.rating.line",
        "search_read",
        [("rating_id", "=", world.other_rating), ("responsibility", "=", "finance"), ("source", "=", "value")],
        ["origin", "max_points"],
    )
    assert line["origin"] == "missing"
    log_in(page, server, "finance")
    page.goto(f"{server.url}/odoo/action-tianyuan_customer_rating.tianyuan_rating_line_action_finance")
    row = page.locator(".o_data_row", has_text="West Dyestuffs")
    number = row.locator("td[name=metric_value]")
    expect(number).to_have_text("")  # no value was entered, which isn't zero
    left = page.locator(".o_tianyuan_progress")
    expect(left).to_have_text(re.compile(r"\d+"))
    before = left.inner_text()

    number.click()
    page.keyboard.type("0")
    page.keyboard.press("Enter")
    expect(left).not_to_have_text(before)
    expect(number).to_have_text("0.00")
    [saved] = finance.call("tianyuan.rating.line", "read", [line["id"]], ["origin", "has_value", "points"])
    assert (saved["origin"], saved["has_value"], saved["points"]) == ("assessed", True, line["max_points"])
    finance.write("tianyuan.rating.line", line["id"], level_id=False)  # restore it for the other tests


def test_salesperson_opens_the_dashboard(page, server, world):
    log_in(page, server, "sales")
    page.goto(f"{server.url}/odoo/customer-dashboard")
    tile = page.locator("[data-tile=rated]")
    # one of the two customers is the colleague's
    expect(tile.locator(".o_tianyuan_tile_value")).to_have_text("1")
    expect(page.locator(".o_tianyuan_chart canvas")).to_have_count(4)

    # a number opens the list behind it
    tile.click()
    expect(page.locator(".o_list_view .o_data_row")).to_have_count(1)
    expect(page.locator(".o_list_view")).to_contain_text("East Peroxide")
    page.go_back()

    with page.expect_download() as download:
        page.click(".o_tianyuan_export")
    assert download.value.suggested_filename.endswith(".xlsx")

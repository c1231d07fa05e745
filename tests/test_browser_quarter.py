"""A quarter's rating on the screens: sales and finance fill their lists, the manager confirms. In Chinese first."""

import re
from datetime import timedelta

import pytest
from conftest import SHOTS
from odoo_harness import ADDON
from playwright.sync_api import expect
from quarter_world import NO_CHANNEL, READY
from screens import (
    cell,
    choose_menu,
    drop_filters,
    editor,
    field,
    headings,
    log_in,
    open_list,
    rows,
    search_for,
    select,
    select_all,
    unselect,
)

LIST = ".o_list_view"
ENGLISH = {
    "fiona": {
        "tianyuan_rating_line_action_finance": [
            "Customer",
            "Quarter",
            "Indicator",
            "Last Value",
            "Last Points",
            "Value",
            "Level Reached",
            "Points",
            "Maximum",
            "Origin",
            "Note",
        ],
    },
    "max": {
        "tianyuan_rating_action": [
            "Customer",
            "Salesperson",
            "Channel",
            "Quarter",
            "Score",
            "Score Change",
            "Tier",
            "Class",
            "Sales Submitted",
            "Finance Submitted",
            "State",
        ],
        "tianyuan_rating_run_action": [
            "Name",
            "From",
            "To",
            "Customers",
            "Sheets Made",
            "Confirmed",
            "Could Not Be Rated",
            "Progress",
            "State",
        ],
    },
}


def type_down(page, name, values):
    """Fill one column by keyboard, beginning in the first row: Enter saves and goes to the next row."""
    cell(rows(page).first, name).click()
    for number, value in enumerate(values):
        expect(rows(page).nth(number).locator(f"div[name={name}] input")).to_be_focused()
        page.keyboard.press("Control+a")
        page.keyboard.type(str(value))
        page.keyboard.press("Enter")


def fill_levels_together(page):
    """Give the best level to the direct customers of the list, which share a scheme."""
    direct = [rows(page, name) for name in ("华东双氧水", "江苏恒瑞", "浙江蓝天")]
    select(*direct)
    cell(direct[0], "level_id").click()
    editor(page, "level_id").click()
    page.locator(".o-autocomplete--dropdown-item").first.click()
    page.locator(".modal-footer .btn-primary").click()
    for row in direct:
        expect(cell(row, "points")).to_have_text("10.00")
    unselect(page)


def submit_all(page):
    select_all(page)
    page.click("button[name=action_submit]")


def test_a_salesperson_finds_own_customers_missing_lines_first(page, server, quarter_world):
    world = quarter_world
    log_in(page, server, "amy")
    open_list(page, server, "tianyuan_rating_action")
    choose_menu(page, "tianyuan_rating_menu_root", "tianyuan_rating_line_menu_sales")
    expect(page.locator(".o_breadcrumb")).to_contain_text("非财务指标评定")
    drop_filters(page)

    # own customers' sales lines, what is missing first
    expected = world.lines("amy", [("responsibility", "=", "sales"), ("rating_state", "=", "assessing")], "origin")
    expect(rows(page)).to_have_count(len(expected))
    for name in world.customers["ben"]:
        expect(page.locator(LIST)).not_to_contain_text(name)
    missing = sum(line["origin"] == "missing" for line in expected)
    origins = cell(rows(page), "origin").all_inner_texts()
    assert set(origins[:missing]) == {"待评"}
    assert "待评" not in origins[missing:]

    # last quarter beside the new one
    line = rows(page, "宁波海川", "季度采购量")
    expect(cell(line, "previous_value")).to_have_text("8,900,000.00")
    expect(cell(line, "metric_value")).to_have_text("8,900,000.00")
    expect(cell(rows(page, "宁波海川", "忠诚度"), "previous_points")).to_have_text("12.00")
    expect(cell(rows(page, "浙江蓝天", "忠诚度"), "previous_points")).to_be_empty()


def test_a_salesperson_fills_and_submits_the_list(page, server, quarter_world):
    world = quarter_world
    log_in(page, server, "amy")
    waiting = world.lines("amy", [("origin", "=", "missing"), ("responsibility", "=", "sales")], "origin")
    open_list(page, server, "tianyuan_rating_line_action_sales")
    expect(rows(page)).to_have_count(len(waiting))

    # numbers by keyboard, one row after the other
    search_for(page, "忠诚度", "评价指标")
    expect(rows(page)).to_have_count(5)
    type_down(page, "metric_value", [90, 85, 60, 30, 10])
    expect(cell(rows(page), "points")).to_have_text(["15.00", "15.00", "12.00", "8.00", "4.00"])

    # a level by keyboard
    drop_filters(page)
    search_for(page, "合作意愿", "评价指标")
    expect(rows(page)).to_have_count(5)
    for name in ("上海申化", "宁波海川"):
        cell(rows(page, name), "level_id").click()
        expect(editor(page, "level_id")).to_be_focused()
        page.keyboard.type("意愿较强")
        expect(page.locator(".o-autocomplete--dropdown-item")).to_contain_text(["意愿较强 (8)"])
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        expect(cell(rows(page, name), "points")).to_have_text("8.00")
    page.keyboard.press("Escape")
    expect(page.locator(".o_selected_row")).to_have_count(0)

    # one level for several customers at once
    fill_levels_together(page)

    # one number for all
    drop_filters(page)
    search_for(page, "同比增长", "评价指标")
    expect(rows(page)).to_have_count(5)
    select_all(page)
    cell(rows(page).first, "metric_value").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("6")
    page.keyboard.press("Enter")
    page.locator(".modal-footer .btn-primary").click()
    expect(cell(rows(page), "points")).to_have_text(["4.00"] * 5)
    unselect(page)

    # Filled lines stay in the list after a reload, until they are submitted.
    open_list(page, server, "tianyuan_rating_line_action_sales")
    expect(rows(page)).to_have_count(len(waiting))
    page.screenshot(path=SHOTS / "sales_list_filled.png")
    # one click without a selection
    page.click("button[name=submit_complete]")
    expect(page.locator(".o_notification").first).to_be_visible()
    expect(page.locator(".o_view_nocontent")).to_contain_text("暂无待评指标")
    # the bar stays, and offers nothing any more
    expect(page.locator(".o_tianyuan_progress .fa-check")).to_be_visible()
    expect(page.locator("button[name=submit_complete]")).to_have_count(0)

    lines = world.lines("amy", [("id", "in", [line["id"] for line in waiting])], "origin", "assessor_id")
    assert len(lines) == len(waiting)
    assert {line["origin"] for line in lines} == {"assessed"}
    assert {line["assessor_id"][0] for line in lines} == {world.users["amy"]}
    for name in world.customers["amy"]:
        assert world.sheet(name)["sales_done"]
    for name in world.customers["ben"][READY:]:
        assert not world.sheet(name)["sales_done"]


def test_finance_assesses_everybody_by_keyboard(page, server, quarter_world):
    world = quarter_world
    log_in(page, server, "fiona")
    open_list(page, server, "tianyuan_rating_line_action_finance")
    open_customers = world.customers["amy"] + world.customers["ben"][READY:]
    expect(rows(page)).to_have_count(len(open_customers))
    assert set(cell(rows(page), "partner_id").all_inner_texts()) == set(open_customers)
    assert cell(rows(page), "origin").all_inner_texts()[:3] == ["待评", "待评", "沿用上期"]
    type_down(page, "metric_value", [45 + 5 * number for number in range(len(open_customers))])
    page.keyboard.press("Escape")
    # up to 50: 5 points, up to 60: 4, up to 70: 2
    expect(cell(rows(page), "points")).to_have_text(
        ["5.00", "5.00", "4.00", "4.00", "2.00", "2.00", "0.00", "0.00", "0.00"]
    )

    # another score than the computed one needs a note
    drop_filters(page)
    late = rows(page, "华东双氧水", "信用履约率")
    cell(late, "points").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("9")
    page.keyboard.press("Enter")
    dialog = page.locator(".modal-dialog")
    expect(dialog).to_contain_text("备注")
    page.screenshot(path=SHOTS / "note_demanded.png")
    dialog.locator(".btn-primary").click()
    expect(dialog).to_have_count(0)
    expect(editor(page, "points")).to_have_value("9.00")
    editor(page, "note").fill("银行系统故障,客户已按时付款")
    page.keyboard.press("Enter")
    expect(cell(late, "origin")).to_have_text("已调整")
    page.keyboard.press("Escape")
    adjusted = [("partner_id.name", "=", "华东双氧水有限公司"), ("origin", "=", "adjusted")]
    [line] = world.lines("fiona", adjusted, "points", "computed_points", "metric_value", "note", "assessor_id")
    assert (line["points"], line["computed_points"], line["metric_value"]) == (9, 0, 0)
    assert line["note"] == "银行系统故障,客户已按时付款"
    assert line["assessor_id"][0] == world.users["fiona"]

    expect(page.locator(".o_selected_row")).to_have_count(0)
    submit_all(page)
    expect(page.locator(".o_view_nocontent")).to_be_visible()
    for name in open_customers:
        assert world.sheet(name)["finance_done"]


def test_a_manager_confirms_many_sheets_at_once(page, server, quarter_world):
    world = quarter_world
    ready, waiting = world.customers["ben"][0], world.customers["ben"][-1]
    assert (world.sheet(ready)["state"], world.sheet(waiting)["state"]) == ("ready", "assessing")
    log_in(page, server, "max")
    open_list(page, server, "tianyuan_rating_action")

    # Of a selection those that aren't ready are left out, which the question says; so far nothing is confirmed.
    select(rows(page, ready).first, rows(page, waiting).first)
    page.click("button[name=action_ask_confirm]")
    dialog = page.locator(".modal-dialog")
    expect(dialog.locator("div[name=ready_count]")).to_have_text("1")
    expect(dialog.locator("div[name=left_out_count]")).to_have_text("1")
    page.screenshot(path=SHOTS / "confirm_question.png")
    dialog.locator("button[special=cancel]").click()
    expect(dialog).to_have_count(0)
    assert world.sheet(ready)["state"] == "ready"

    # Without a selection all of the list that are ready: two clicks, whatever the number.
    page.reload()
    expect(rows(page).first).to_be_visible()
    sheets = world.clients["max"].search(
        "tianyuan.rating", [("state", "=", "ready"), ("company_id", "=", world.company)]
    )
    assert len(sheets) >= READY
    page.click("button[name=action_ask_confirm]")
    expect(dialog.locator("div[name=ready_count]")).to_have_text(str(len(sheets)))
    dialog.locator("button[name=action_confirm]").click()
    expect(dialog.locator(".alert-success:visible")).to_contain_text(str(len(sheets)))
    page.screenshot(path=SHOTS / "confirm_result.png")
    dialog.locator("button[special=cancel]").click()
    expect(dialog).to_have_count(0)
    expect(rows(page, ready).first.locator("td[name=state]")).to_have_text("已确认")
    confirmed = world.clients["max"].call(
        "tianyuan.rating", "read", sheets, ["state", "partner_id", "tier_id", "customer_class", "confirmed_by_id"]
    )
    for sheet in confirmed:
        assert (sheet["state"], sheet["confirmed_by_id"][0]) == ("confirmed", world.users["max"])
        customer = world.clients["max"].read(
            "res.partner", sheet["partner_id"][0], "tianyuan_tier_id", "tianyuan_customer_class"
        )
        assert customer["tianyuan_tier_id"] == sheet["tier_id"]
        assert customer["tianyuan_customer_class"] == sheet["customer_class"]

    # 82: an AA direct customer is a key customer
    [sheet] = [sheet for sheet in confirmed if sheet["partner_id"][1] == ready]
    page.goto(f"{server.url}/odoo/res.partner/{sheet['partner_id'][0]}")
    expect(field(page, "tianyuan_tier_id")).to_contain_text("AA")
    expect(field(page, "tianyuan_customer_class")).to_have_text("重点")


def test_a_manager_runs_a_past_quarter(page, server, quarter_world):
    world = quarter_world
    log_in(page, server, "max")
    open_list(page, server, "tianyuan_rating_run_action")
    page.click(".o_list_button_add")
    any_day = world.past[0] + timedelta(days=40)
    date_from = page.locator(".o_form_view div[name=date_from]")
    date_from.locator("input, button").first.click()
    date_from.locator("input").fill(f"{any_day:%Y/%m/%d}")
    page.keyboard.press("Tab")
    # the quarter around that day
    expect(field(page, "name")).to_have_text(f"{any_day.year} Q{(any_day.month + 2) // 3}")
    page.click("button[name=action_start]")
    expect(page.locator(".o_statusbar_status .o_arrow_button_current")).to_have_text("进行中")
    expect(page.locator(".alert-info:visible")).to_have_count(1)
    expect(field(page, "progress")).to_contain_text("0")
    with_tier = world.clients["admin"].call(
        "res.partner",
        "search_count",
        [("company_id", "=", world.company), ("tianyuan_tier_id", "!=", False)],
        context={"allowed_company_ids": [world.company]},
    )
    expect(field(page, "total_count")).to_have_text(str(with_tier + 1))

    # goes on before one's eyes
    world.work_off_runs()
    expect(page.locator(".o_statusbar_status .o_arrow_button_current")).to_have_text("已完成")
    expect(field(page, "progress")).to_contain_text("100")
    expect(page.locator(".o_inner_group div[name=done_count]")).to_have_text(str(with_tier))
    expect(page.locator(".o_inner_group div[name=error_count]")).to_have_text("1")
    expect(page.locator(".o_tianyuan_no_channel div[name=no_channel_count]")).to_have_text("1")
    page.screenshot(path=SHOTS / "run_done.png")
    page.click("button[name=action_view_errors]")
    page.locator(".o_group_header").first.click()
    error = rows(page)
    expect(error).to_have_count(1)
    expect(error).to_contain_text(NO_CHANNEL)
    expect(cell(error, "message")).not_to_be_empty()
    page.go_back()
    page.click("button[name=action_view_ratings]")
    expect(rows(page)).to_have_count(with_tier)


def test_a_manager_reopens_with_a_reason(page, server, quarter_world):
    world = quarter_world
    manager = world.clients["max"]
    domain = [
        ("company_id", "=", world.company),
        ("state", "=", "confirmed"),
        ("date_from", "=", str(world.earlier[0])),
        ("partner_id.name", "=", world.customers["ben"][-2]),
    ]
    [sheet] = manager.search("tianyuan.rating", domain)
    log_in(page, server, "max")
    page.goto(f"{server.url}/odoo/action-{ADDON}.tianyuan_rating_action/{sheet}")
    page.click("button[name=action_ask_reopen]")
    dialog = page.locator(".modal-dialog")
    page.screenshot(path=SHOTS / "reopen.png")
    dialog.locator("button[name=action_apply]").click()
    expect(dialog.locator("div[name=reason]")).to_have_class(re.compile("o_field_invalid"))
    assert manager.read("tianyuan.rating", sheet, "state")["state"] == "confirmed"
    dialog.locator("div[name=reason] input").fill("财务报表已更正")
    dialog.locator("button[name=action_apply]").click()
    expect(dialog).to_have_count(0)
    expect(page.locator(".o_statusbar_status .o_arrow_button_current")).to_have_text("评定中")
    expect(page.locator(".o-mail-Message").filter(has_text="财务报表已更正")).to_have_count(1)
    assert manager.read("tianyuan.rating", sheet, "state", "sales_done", "finance_done") == {
        "id": sheet,
        "state": "assessing",
        "sales_done": False,
        "finance_done": False,
    }


@pytest.mark.parametrize("login", ["fiona", "max"])
def test_the_lists_in_english(page, server, quarter_world, login):
    world = quarter_world
    change = world.clients["admin"].call
    change("res.users", "write", [world.users[login]], {"lang": "en_US"})
    try:
        log_in(page, server, login)
        for action, expected in ENGLISH[login].items():
            page.goto(f"{server.url}/odoo/action-{ADDON}.{action}")
            expect(headings(page).filter(has_text=re.compile(r"\w"))).to_have_text(expected)
            page.screenshot(path=SHOTS / f"english_{action}.png")
    finally:
        change("res.users", "write", [world.users[login]], {"lang": "zh_CN"})

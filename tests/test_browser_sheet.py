"""A rating sheet on one screen: what it says, how it is filled in place, and the same on a phone."""

import re

import pytest
from playwright.sync_api import expect
from screens import cell, drop_filters, log_in, open_list, rows

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
LINES = "div[name=line_ids]"
CARD = f"{LINES} .o_kanban_record:not(.o_kanban_ghost)"
RANGE = re.compile(r"(\d+)\D+(\d+)\D+(\d+)–(\d+)")  # assessed and so far, or the other way round; then what is possible


def open_sheet(page, server, login, sheet, size=DESK, shown=f"{LINES} .o_data_row"):
    page.set_viewport_size(size)
    log_in(page, server, login)
    page.goto(f"{server.url}/odoo/tianyuan.rating/{sheet}")
    expect(page.locator(shown)).to_have_count(9)
    expect(page.locator(".o_tianyuan_history canvas")).to_be_visible()


def lines_of(client, sheet):
    """Return the lines of a sheet by their indicators' names."""
    found = client.call(
        "tianyuan.rating.line",
        "search_read",
        [("rating_id", "=", sheet)],
        ["indicator_id", "source", "responsibility", "origin", "points", "metric_value"],
    )
    return {line["indicator_id"][1]: line for line in found}


def line_by(client, sheet, source, side):
    [name] = [
        name
        for name, line in lines_of(client, sheet).items()
        if (line["source"], line["responsibility"]) == (source, side)
    ]
    return name


def possible(page):
    """Return the range of points that the provisional sheet says is possible."""
    found = RANGE.search(page.locator("div[name=provisional_note]").inner_text())
    return int(found[3]), int(found[4])


def box(page, selector):
    return page.locator(selector).bounding_box()


def bottom(bounds):
    return bounds["y"] + bounds["height"]


@pytest.fixture
def untouched(world):
    """Nothing is entered on the sheet by a person; what the tests enter is taken away again."""
    empty(world)
    yield
    empty(world)


def empty(world):
    for login in ("sales", "finance"):
        client = world.clients[login]
        for line in lines_of(client, world.rating).values():
            if line["responsibility"] == login and line["source"] != "computed" and line["origin"] == "assessed":
                client.write("tianyuan.rating.line", line["id"], level_id=False)


@pytest.mark.parametrize("login", ["sales", "finance", "manager"])
def test_everything_fits_on_one_screen(page, server, world, login):
    for sheet in (world.rating, world.confirmed_rating):
        open_sheet(page, server, login, sheet)
        facts, chatter = box(page, ".o_tianyuan_facts"), box(page, ".o-mail-ChatterContainer")
        assert bottom(facts) <= DESK["height"]
        assert bottom(facts) <= chatter["y"]
        assert page.locator(".o_notebook").count() == 0
        for row in rows_of(page).all():
            assert bottom(row.bounding_box()) <= facts["y"]
            # points and values are never cut
            for name in ("points", "metric_value"):
                assert cell(row, name).evaluate("cell => cell.scrollWidth <= cell.clientWidth")


def rows_of(page, *texts):
    found = page.locator(f"{LINES} .o_data_row")
    for text in texts:
        found = found.filter(has_text=text)
    return found


def test_a_sheet_with_missing_lines_is_provisional(page, server, world):
    open_sheet(page, server, "manager", world.rating)
    expect(page.locator("[name=provisional]")).to_be_visible()
    for name in ("tier_id", "movement", "next_tier_note"):
        expect(page.locator(f"div[name={name}]")).to_have_count(0)
    sheet = world.clients["manager"].read("tianyuan.rating", world.rating, "score", "possible_score")
    assert possible(page) == (sheet["score"], sheet["possible_score"])

    # the list says the same, and awards nothing
    open_list(page, server, "tianyuan_rating_action")
    drop_filters(page)
    row = rows(page, "East Peroxide", "评定中")
    expect(cell(row, "score")).to_have_text(f"{sheet['score']:.2f}–{sheet['possible_score']:.2f}")
    for name in ("tier_id", "score_change", "customer_class"):
        expect(cell(row, name)).to_be_empty()
    confirmed = rows(page, "East Peroxide", "已确认")
    expect(cell(confirmed, "tier_id")).not_to_be_empty()
    expect(cell(confirmed, "score")).to_have_text(re.compile(r"^\d+\.\d\d$"))


def test_a_confirmed_sheet_says_its_tier_and_what_the_next_one_needs(page, server, world):
    open_sheet(page, server, "sales", world.confirmed_rating)
    [sheet] = world.clients["sales"].call(
        "tianyuan.rating",
        "read",
        [world.confirmed_rating],
        ["score", "tier_id", "next_tier_note"],
        context={"lang": "zh_CN"},
    )
    standing = page.locator(".o_tianyuan_standing")
    expect(standing.locator("div[name=score]")).to_have_text(f"{sheet['score']:.2f}")
    expect(standing.locator("div[name=tier_id]")).to_have_text(sheet["tier_id"][1])
    expect(standing.locator("div[name=next_tier_note]")).to_have_text(sheet["next_tier_note"])
    expect(page.locator("[name=provisional]")).to_be_hidden()


@pytest.mark.usefixtures("untouched")
def test_a_salesperson_picks_a_level_and_enters_a_value_in_place(page, server, world):
    sales = world.clients["sales"]
    willing, loyal = (line_by(sales, world.rating, source, "sales") for source in ("level", "value"))
    open_sheet(page, server, "sales", world.rating)
    low, high = possible(page)

    # 10 of 10 for the best level: what is possible begins ten points higher; leaving the row saves it
    cell(rows_of(page, willing), "level_id").click()
    page.locator(f"{LINES} .o_selected_row div[name=level_id] input").click()
    page.locator(".o-autocomplete--dropdown-item").first.click()
    page.locator(".o_tianyuan_standing h1").click()
    expect(cell(rows_of(page, willing), "points")).to_contain_text("10.00 / 10.00")
    expect(page.locator("div[name=provisional_note]")).to_contain_text(f"{low + 10}–{high}")

    # 62 % of what they buy: 12 of 15 points, so that three are lost
    cell(rows_of(page, loyal), "metric_value").click()
    page.keyboard.type("62")
    page.locator(".o_tianyuan_standing h1").click()
    expect(cell(rows_of(page, loyal), "points")).to_contain_text("12.00 / 15.00")
    expect(cell(rows_of(page, loyal), "metric_value")).to_have_text("62%")
    expect(page.locator("div[name=provisional_note]")).to_contain_text(f"{low + 22}–{high - 3}")
    stored = lines_of(sales, world.rating)
    assert (stored[willing]["points"], stored[loyal]["points"], stored[loyal]["metric_value"]) == (10, 12, 62)

    # the other side's lines can't be edited
    theirs = line_by(sales, world.rating, "value", "finance")
    cell(rows_of(page, theirs), "metric_value").click()
    expect(page.locator(f"{LINES} .o_selected_row div[name=metric_value] input")).to_have_count(0)


@pytest.mark.usefixtures("untouched")
def test_finance_enters_a_value_and_is_refused_a_score_without_a_note(page, server, world):
    finance = world.clients["finance"]
    ratio = line_by(finance, world.rating, "value", "finance")
    open_sheet(page, server, "finance", world.rating)
    cell(rows_of(page, ratio), "metric_value").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("55")
    page.locator(".o_tianyuan_standing h1").click()
    expect(cell(rows_of(page, ratio), "points")).to_contain_text("4.00 / 5.00")
    expect(cell(rows_of(page, ratio), "metric_value")).to_have_text("55%")

    # a computed score: the server demands the reason, and the row is kept
    computed = next(
        name
        for name, line in lines_of(finance, world.rating).items()
        if (line["source"], line["responsibility"], line["origin"]) == ("computed", "finance", "computed")
    )
    before = lines_of(finance, world.rating)[computed]["points"]
    cell(rows_of(page, computed), "points").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("1")
    page.locator(".o_tianyuan_standing h1").click()
    dialog = page.locator(".modal-dialog")
    expect(dialog).to_contain_text("备注")
    dialog.locator(".btn-primary").first.click()
    expect(dialog).to_have_count(0)
    assert lines_of(finance, world.rating)[computed]["points"] == before
    page.locator(".o_form_button_cancel").click()
    expect(cell(rows_of(page, computed), "points")).to_contain_text(f"{before:.2f}")


def test_the_chart_of_eight_quarters_opens_its_sheets(page, server, world):
    log_in(page, server, "sales")
    page.goto(f"{server.url}/odoo/res.partner/{world.customer}")
    page.click("a[name=tianyuan_archive]")
    chart = page.locator(".o_tianyuan_history canvas")
    expect(chart).to_be_visible()
    bounds = chart.bounding_box()
    # the only confirmed quarter, at the foot of its bar
    page.mouse.click(bounds["x"] + bounds["width"] / 2 + 12, bounds["y"] + 75)
    page.wait_for_url(re.compile(rf"/{world.confirmed_rating}$"))


def test_why_a_score_is_what_it_is_is_one_click_away(page, server, world):
    open_sheet(page, server, "sales", world.confirmed_rating)
    page.click("button[name=action_open_explanation]")
    expect(page.locator(".modal-dialog div[name=explanation] tbody tr")).to_have_count(9)


@pytest.mark.usefixtures("untouched")
def test_the_rows_are_cards_on_a_phone_and_can_be_edited(page, server, world):
    sales = world.clients["sales"]
    loyal = line_by(sales, world.rating, "value", "sales")
    open_sheet(page, server, "sales", world.rating, PHONE, CARD)
    low, high = possible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    for name in page.locator(f"{CARD} [name=indicator_id]").all():
        bounds = name.bounding_box()
        assert bounds["x"] >= 0
        assert bounds["x"] + bounds["width"] <= PHONE["width"]

    page.locator(CARD, has_text=loyal).click()
    dialog = page.locator(".modal-dialog")
    dialog.locator("div[name=metric_value] input").fill("62")
    dialog.locator(".o_form_button_save").click()
    expect(dialog).to_have_count(0)
    page.locator(".o_form_button_save").click()
    expect(page.locator(CARD, has_text=loyal)).to_contain_text("12.00 / 15.00")
    expect(page.locator("div[name=provisional_note]")).to_contain_text(f"{low + 12}–{high - 3}")
    assert lines_of(sales, world.rating)[loyal]["points"] == 12

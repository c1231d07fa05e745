"""A manager sees whether the scheme works, opens customers behind a row, and compares a draft, in two languages."""

import io

import pytest
from conftest import SHOTS
from odoo_harness import ADDON, execute
from openpyxl import load_workbook
from playwright.sync_api import expect
from screens import log_in, rows
from test_browser_watch import confirm_full_marks
from world import Builder, last_quarter

NAME = "South Coatings"


@pytest.fixture(scope="module")
def proved(server, world):
    """A confirmed sheet, whose customer paid well in the next quarter and badly in the next four."""
    builder = Builder(server)
    start, end = last_quarter()
    customer = builder.customer(NAME, world.users["sales"], world.company)
    rating = builder.rate(world.company, customer, start, end)
    confirm_full_marks(world, rating)
    query = """
        INSERT INTO tianyuan_rating_outcome (
            rating_id, partner_id, company_id, horizon, date_from, date_to, has_payments, on_time_rate, is_judged,
            is_bad, bad_percent)
        SELECT id, partner_id, company_id, %s, date_to + 1, date_to + %s, TRUE, %s, TRUE, %s, %s
          FROM tianyuan_rating WHERE id = %s RETURNING id
    """
    execute(server.database, query, ["quarter", 91, 100, False, 0, rating])
    execute(server.database, query, ["year", 365, 20, True, 100, rating])
    return rating


def figure(page, name):
    """Return a number among the fields, not the one on a button above."""
    return page.locator(f".o_inner_group div[name={name}]:visible").first


def press(page, name):
    page.locator(f"button[name={name}]:visible").first.click()


def download(page):
    with page.expect_download() as waiting:
        press(page, "action_export")
    return load_workbook(io.BytesIO(waiting.value.path().read_bytes()))


@pytest.mark.parametrize("lang", ["en_US", "zh_CN"])
def test_a_manager_sees_whether_the_scheme_works(page, server, world, proved, lang):
    server.login("admin").write("res.users", world.users["manager"], lang=lang)
    log_in(page, server, "manager")
    page.goto(f"{server.url}/odoo/action-{ADDON}.tianyuan_rating_proof_action")
    expect(figure(page, "good_count")).to_have_text("1")
    page.screenshot(path=SHOTS / f"proof_{lang}.png")

    # The other horizon: the same customer turned out bad.
    labels = server.login("admin").call(
        "tianyuan.rating.outcome", "fields_get", ["horizon"], context={"lang": lang}
    )["horizon"]["selection"]
    page.locator("button[name=action_show]:visible", has_text=dict(labels)["year"]).click()
    expect(figure(page, "good_count")).to_have_text("0")
    expect(figure(page, "bad_count")).to_have_text("1")

    # A figure that doesn't exist is empty: with nobody good there is no pair.
    book = download(page)
    assert len(book.sheetnames) >= 6
    assert "AUC" not in {row[0] for row in book.worksheets[0].values}

    # The customers behind a tier.
    page.locator(".o_notebook_headers a[name=tiers]").click()
    page.locator("div[name=tier_row_ids] button[name=action_view_outcomes]").first.click()
    expect(rows(page, NAME)).to_have_count(1)
    page.screenshot(path=SHOTS / f"proof_customers_{lang}.png")
    page.go_back()

    for chart in ("action_chart_tiers", "action_chart_scores"):
        expect(figure(page, "bad_count")).to_be_visible()
        press(page, chart)
        expect(page.locator(".o_graph_canvas_container canvas")).to_be_visible()
        page.screenshot(path=SHOTS / f"proof_{chart}_{lang}.png")
        page.go_back()


@pytest.mark.parametrize("lang", ["en_US", "zh_CN"])
def test_a_manager_compares_a_draft(page, server, world, proved, lang):
    server.login("admin").write("res.users", world.users["manager"], lang=lang)
    manager = world.clients["manager"]
    standard = server.login("admin").ref(f"{ADDON}.scheme_direct")
    draft = manager.call("tianyuan.rating.scheme", "action_new_version", [standard])["res_id"]
    log_in(page, server, "manager")
    page.goto(f"{server.url}/odoo/tianyuan.rating.scheme/{draft}")
    press(page, "action_compare")
    expect(figure(page, "same_count")).to_be_visible()
    page.screenshot(path=SHOTS / f"comparison_{lang}.png")
    assert len(download(page).sheetnames) == 6
    press(page, "action_choose")
    page.locator(".modal button[name=action_apply]").click()
    expect(page.locator(".modal")).to_have_count(0)
    manager.call("tianyuan.rating.scheme", "unlink", [draft])

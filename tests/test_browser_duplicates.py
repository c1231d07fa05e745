"""Entering a company that is a customer already: the customer's form says so, leads there, and to merging the two."""

import pytest
from conftest import SHOTS
from odoo_harness import ADDON
from playwright.sync_api import expect
from screens import field, log_in, rows
from world import Builder

KNOWN, TWIN = "青岛齐鲁双氧水化工有限公司", "齐鲁双氧水化工（青岛）股份有限公司"


@pytest.fixture
def known(server, world):
    return Builder(server).customer(KNOWN, world.users["sales"], world.company)


def test_a_company_entered_twice_is_recognised_while_it_is_typed_and_merged(page, server, world, known):
    admin = Builder(server).admin
    admin.write("res.users", world.users["manager"], group_ids=[(4, admin.ref("base.group_partner_manager"))])
    log_in(page, server, "manager")
    page.goto(f"{server.url}/odoo/action-{ADDON}.res_partner_action_customers/new")
    banner = page.locator("[name=tianyuan_duplicates]")
    name = field(page, "name").locator("input, textarea").first
    expect(name).to_be_visible()
    expect(banner).to_have_count(0)
    name.fill(TWIN)
    name.press("Tab")
    expect(banner.locator(f"a[href='/odoo/res.partner/{known}']")).to_have_text(KNOWN)
    page.screenshot(path=SHOTS / "duplicate_banner_new.png")
    # An unsaved company can't be merged yet.
    expect(banner.locator("button")).to_have_count(0)

    vat = field(page, "vat").locator("input").first
    vat.fill("91370203706358412X")
    vat.press("Tab")
    expect(page.locator("[name=tianyuan_vat]")).to_contain_text("91370203706358412X")
    page.screenshot(path=SHOTS / "duplicate_banner_tax_id.png")
    vat.fill("913702037063584125")
    vat.press("Tab")
    expect(page.locator("[name=tianyuan_vat]")).to_have_count(0)

    page.locator(".o_form_button_save").click()
    banner.locator("button[name=action_tianyuan_duplicates]").click()
    expect(rows(page)).to_have_count(2)
    page.locator(".o_list_view thead .o_list_record_selector input").click()
    page.screenshot(path=SHOTS / "duplicate_list.png")
    page.locator(".o_control_panel button:visible, .o_list_view header button:visible").filter(
        has_text="合并").or_(page.locator("button:visible", has_text="Merge")).first.click()
    dialog = page.locator(".modal-dialog")
    expect(dialog.locator(".o_data_row")).to_have_count(2)
    page.screenshot(path=SHOTS / "duplicate_merge.png")
    dialog.locator("button[name=action_merge]").click()
    expect(dialog.locator("button[name=action_merge]")).to_have_count(0)
    assert admin.call("res.partner", "search_count", [("name", "in", [KNOWN, TWIN])]) == 1

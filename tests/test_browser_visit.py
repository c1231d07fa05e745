"""A visit on a phone: done, then its report is refused as incomplete, filled in and handed in."""

from conftest import SHOTS
from playwright.sync_api import expect
from screens import field, log_in

VISIT, FINDING = "tianyuan.visit", "tianyuan.visit.finding"
PHONE = {"width": 390, "height": 844}
DIALOG = ".modal-dialog:visible"


def assert_fits(page):
    """Check that the page isn't wider than the screen."""
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_salesperson_reports_a_visit_on_a_phone(page, server, world):
    page.set_viewport_size(PHONE)
    # OdooBot's greeting would cover a small screen.
    chat = page.locator(".o-mail-ChatWindow-header")
    page.add_locator_handler(chat, lambda header: header.locator("button").last.click())
    sales = world.clients["sales"]
    visit = sales.create(VISIT, partner_id=world.customer, company_id=world.company, kind="onsite")
    log_in(page, server, "sales")
    page.goto(f"{server.url}/odoo/{VISIT}/{visit}")
    expect(field(page, "partner_id")).to_be_visible()
    assert_fits(page)

    page.click("button[name=action_done]:visible")
    expect(page.locator("button[name=action_report]:visible")).to_be_visible()
    page.click("button[name=action_report]:visible")
    expect(page.locator(DIALOG)).to_be_visible()  # an empty report is refused
    page.locator(f"{DIALOG} footer button").first.click()
    expect(page.locator(DIALOG)).to_have_count(0)

    report = field(page, "summary").locator(".odoo-editor-editable")
    report.click()
    page.keyboard.type("They need more in summer")
    field(page, "finding_ids").locator(".o-kanban-button-new, .o_field_x2many_list_row_add a, button").last.click()
    finding = page.locator(DIALOG)
    finding.locator("div[name=finding_type] .btn, div[name=finding_type] span").nth(1).click()
    finding.locator("div[name=description] textarea").fill("240 tonnes a month")
    page.screenshot(path=SHOTS / "visit_finding_phone.png")
    finding.locator(".o_form_button_save").first.click()
    expect(page.locator(DIALOG)).to_have_count(0)
    for name in ("no_evaluation", "no_suggestion"):
        field(page, name).locator("input").check()
    assert_fits(page)
    page.screenshot(path=SHOTS / "visit_report_phone.png")

    page.click("button[name=action_report]:visible")
    expect(page.locator("button[name=action_report]:visible")).to_have_count(0)
    expect(field(page, "summary").locator(".odoo-editor-editable")).to_have_count(0)
    assert sales.read(VISIT, visit, "state")["state"] == "reported"
    [found] = sales.call(FINDING, "search_read", [("visit_id", "=", visit)], ["finding_type", "description"])
    assert (found["finding_type"], found["description"]) == ("demand", "240 tonnes a month")

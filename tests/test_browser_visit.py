"""A visit on a phone: done, then its report is refused as incomplete, filled in and handed in."""

from conftest import SHOTS
from playwright.sync_api import expect
from screens import choose_gear, field, log_in

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
    page.click("button[name=action_ask_report]:visible")
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
    assert_fits(page)
    page.screenshot(path=SHOTS / "visit_report_phone.png")

    # The button is below the text, and asks before the report is locked: it names what there is nothing to say about.
    button = page.locator("button[name=action_ask_report]:visible")
    assert button.bounding_box()["y"] > report.bounding_box()["y"] + report.bounding_box()["height"]
    button.click()
    question = page.locator(DIALOG)
    expect(question).to_contain_text("客户评价和服务改进建议")
    page.screenshot(path=SHOTS / "visit_question_phone.png")
    question.locator(".btn-secondary, button[special=cancel]").first.click()
    expect(question).to_have_count(0)
    assert sales.read(VISIT, visit, "state")["state"] == "done"
    button.click()
    question.locator("button[name=action_apply]").click()
    expect(page.locator("button[name=action_ask_report]:visible")).to_have_count(0)
    expect(field(page, "summary").locator(".odoo-editor-editable")).to_have_count(0)
    assert sales.read(VISIT, visit, "state")["state"] == "reported"
    [found] = sales.call(FINDING, "search_read", [("visit_id", "=", visit)], ["finding_type", "description"])
    assert (found["finding_type"], found["description"]) == ("demand", "240 tonnes a month")


def test_a_planned_visit_that_is_never_saved_leaves_nothing_behind(page, server, world):
    sales = world.clients["sales"]
    before = sales.call(VISIT, "search_count", [])
    log_in(page, server, "sales")
    page.goto(f"{server.url}/odoo/res.partner/{world.customer}")
    choose_gear(page, "安排回访")
    expect(field(page, "kind")).to_be_visible()
    page.reload()
    page.wait_for_selector(".o_main_navbar")
    page.wait_for_timeout(500)
    assert sales.call(VISIT, "search_count", []) == before


def test_a_visit_is_planned_made_and_reported_with_five_clicks_and_two_texts(page, server, world):
    sales = world.clients["sales"]
    visit = sales.create(VISIT, partner_id=world.customer, company_id=world.company, kind="phone")
    log_in(page, server, "sales")
    page.goto(f"{server.url}/odoo/{VISIT}/{visit}")
    clicks = 0

    def click(locator):
        nonlocal clicks
        clicks += 1
        locator.click()

    click(field(page, "summary").locator(".odoo-editor-editable"))
    page.keyboard.type("They were content")
    click(field(page, "finding_ids").locator(".o_field_x2many_list_row_add a"))
    dialog = page.locator(DIALOG)
    dialog.locator("div[name=description] textarea").fill("Good service")
    click(dialog.locator(".o_form_button_save").first)
    expect(dialog).to_have_count(0)
    page.screenshot(path=SHOTS / "visit_report.png", full_page=True)
    click(page.locator("button[name=action_ask_report]:visible"))
    page.screenshot(path=SHOTS / "visit_question.png")
    click(dialog.locator("button[name=action_apply]"))
    expect(page.locator("button[name=action_ask_report]:visible")).to_have_count(0)
    found = sales.read(VISIT, visit, "state", "no_evaluation", "no_demand", "no_suggestion")
    assert (found["state"], found["no_evaluation"], found["no_demand"], found["no_suggestion"]) == (
        "reported", False, True, True
    )
    assert clicks == 5

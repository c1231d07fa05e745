"""A manager brings earlier ratings along: the wrong rows, the mended file, the imported sheet, and the removal."""

import io

import pytest
from conftest import SHOTS
from odoo_harness import ADDON
from openpyxl import Workbook, load_workbook
from playwright.sync_api import expect
from screens import field, log_in

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DIALOG = ".modal-dialog:visible"
HEADINGS = ("客户名称", "季度", "等级", "总分")


def workbook(name, *rows):
    book = Workbook()
    for row in (HEADINGS, *rows):
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return {"name": name, "mimeType": XLSX, "buffer": content.getvalue()}


def upload(page, file):
    page.locator("div[name=file] input[type=file]").set_input_files(file)
    expect(page.locator("div[name=file] input[type=text]")).to_have_value(file["name"])


def press(page, name):
    page.locator(f"button[name={name}]:visible").first.click()


@pytest.mark.parametrize("lang", ["en_US", "zh_CN"])
def test_a_manager_imports_a_list_and_removes_it_again(page, server, world, lang):
    admin = server.login("admin")
    admin.write("res.users", world.users["manager"], lang=lang)
    name = f"旧评涂料{lang[:2]}有限公司"
    customer = admin.create(
        "res.partner", name=name, is_company=True, tianyuan_channel="direct", company_id=world.company
    )
    log_in(page, server, "manager")
    page.goto(f"{server.url}/odoo/action-{ADDON}.tianyuan_rating_import_action")
    page.screenshot(path=SHOTS / f"earlier_empty_{lang}.png")
    page.locator(".o_list_button_add").click()
    page.wait_for_selector(".o_form_view div[name=file]")

    # The template is the company's own: with a column for each of the nine indicators.
    with page.expect_download() as download:
        press(page, "action_download_template")
    book = load_workbook(io.BytesIO(download.value.path().read_bytes()))
    assert book.worksheets[0].max_column == 18
    page.screenshot(path=SHOTS / f"earlier_new_{lang}.png")

    # A list with two wrong rows: they are named, and nothing comes in.
    good = [(name, "2022年3季度", "B", 58.5), (name, "2022 Q4", "AA", 76)]
    upload(page, workbook("old.xlsx", good[0], (name, "2022 Q7", "AA", 76), ("无此公司", "2022 Q4", "A", 70)))
    press(page, "action_check")
    problems = page.locator("div[name=problem_ids] .o_data_row")
    expect(problems).to_have_count(2)
    expect(problems.nth(0).locator("td[name=row]")).to_have_text("3")
    expect(problems.nth(0)).to_contain_text("2022 Q7")
    expect(problems.nth(1)).to_contain_text("无此公司")
    expect(page.locator("button[name=action_import]:visible")).to_have_count(0)
    page.screenshot(path=SHOTS / f"earlier_wrong_{lang}.png")
    assert not admin.call("tianyuan.rating", "search_count", [("partner_id", "=", customer)])

    # The mended one is checked again, and imported.
    upload(page, workbook("mended.xlsx", *good))
    press(page, "action_check")
    expect(page.locator("button[name=action_import]:visible")).to_have_count(1)
    expect(problems).to_have_count(0)
    page.screenshot(path=SHOTS / f"earlier_checked_{lang}.png")
    press(page, "action_import")
    expect(page.locator("button[name=action_open_ratings]:visible")).to_contain_text("2")
    page.screenshot(path=SHOTS / f"earlier_done_{lang}.png")

    look_at_the_sheets(page, admin, customer, lang)
    remove(page, lang)
    assert not admin.call("tianyuan.rating", "search_count", [("partner_id", "=", customer)])


def look_at_the_sheets(page, admin, customer, lang):
    """The sheets say that they are imported, in the list and on the form."""
    press(page, "action_open_ratings")
    rows = page.locator(".o_list_view .o_data_row")
    expect(rows).to_have_count(2)
    expect(rows.first.locator("td[name=origin] .badge")).to_be_visible()
    page.screenshot(path=SHOTS / f"earlier_list_{lang}.png")
    rows.first.locator("td[name=partner_id]").click()
    page.wait_for_selector(".o_form_view div[name=imported]")
    expect(field(page, "imported_note")).to_contain_text("ER/")
    expect(page.locator("button[name=action_ask_reopen]:visible")).to_have_count(0)
    page.wait_for_timeout(1000)
    page.screenshot(path=SHOTS / f"earlier_sheet_{lang}.png")
    held = admin.call("tianyuan.rating", "search_read", [("partner_id", "=", customer)], ["score", "tier_change"])
    assert [(row["score"], row["tier_change"]) for row in held] == [(76, "up"), (58.5, "new")]


def remove(page, lang):
    """Remove the import of the sheet on the screen, with a reason; the record stays."""
    page.locator("div[name=import_id] a, div[name=import_id] .o_external_button").first.click()
    page.wait_for_selector("button[name=action_ask_remove]:visible")
    press(page, "action_ask_remove")
    dialog = page.locator(DIALOG)
    dialog.locator("div[name=reason] input").fill("Wrong list")
    page.screenshot(path=SHOTS / f"earlier_remove_{lang}.png")
    dialog.locator("button[name=action_apply]").click()
    expect(page.locator(".o_form_view .alert:visible")).to_contain_text("Wrong list")
    page.screenshot(path=SHOTS / f"earlier_removed_{lang}.png")

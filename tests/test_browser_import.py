"""The importer on the screens: a list with a number that a spreadsheet has ruined, and the mended one."""

import io
import itertools
import re

import pytest
from conftest import SHOTS
from odoo_harness import ADDON
from openpyxl import Workbook, load_workbook
from playwright.sync_api import expect
from screens import drop_filters, log_in

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADINGS = ("企业名称", "统一社会信用代码", "手机号", "法人", "地址", "邮箱")
EMAILS = "a@jingque.example；b@jingque.example"
GOOD = ("精确试剂有限公司", "91310000000000001Y", 13800000001, "赵一", "外滩一号", EMAILS)
RUINED = ("毁数染料厂", 9.13301e17, 13900000002, "钱二", "中山路九号", "c@huishu.example")
MENDED = ("毁数染料厂", "913301000000000284", *RUINED[2:])
COUNTER = itertools.count(1)


def sheet(*rows):
    book = Workbook()
    for row in (HEADINGS, *rows):
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return {"name": f"customers_{next(COUNTER)}.xlsx", "mimeType": XLSX, "buffer": content.getvalue()}


def open_importer(page, server):
    action = server.login("admin").ref(f"{ADDON}.res_partner_action_archives")
    page.goto(f"{server.url}/odoo/action-{action}")
    drop_filters(page)
    page.locator(".o_cp_action_menus .o-dropdown, .o_cp_action_menus button").first.click()
    page.locator(".o_import_menu").click()
    expect(page.locator(".o_import_action")).to_be_visible()


def load_file(page, file):
    page.locator(".o_control_panel input[type=file]").first.set_input_files(file)
    expect(page.locator(".o_import_data_content tbody tr")).to_have_count(len(HEADINGS))


def found(server):
    admin = server.login("admin")
    names = [GOOD[0], RUINED[0]]
    return admin.call("res.partner", "search_read", [("name", "in", names)], ["name", "vat", "phone", "email"])


@pytest.mark.parametrize(("lang", "test", "said"), [
    ("en_US", "Test", "the spreadsheet has ruined this number (913301000000000000)"),
    ("zh_CN", "测试", "913301000000000000"),
])
def test_a_ruined_number_is_shown_with_its_row_and_the_mended_file_comes_in(page, server, world, lang, test, said):
    admin = server.login("admin")
    admin.call("res.partner", "unlink", [row["id"] for row in found(server)])
    admin.write("res.users", world.users["specialist"], lang=lang)
    log_in(page, server, "specialist")
    open_importer(page, server)
    load_file(page, sheet(GOOD, RUINED))
    page.screenshot(path=SHOTS / f"import_mapping_{lang}.png")
    page.get_by_role("button", name=test, exact=True).click()
    expect(page.locator(".o_import_action")).to_contain_text(said)
    page.screenshot(path=SHOTS / f"import_ruined_{lang}.png")
    # the headings are the first row, as the spreadsheet counts
    report = page.locator(".o_import_report", has_text=RUINED[0])
    assert re.search(rf"(Row|第) 3.{{0,4}}{RUINED[0]}", report.inner_text())
    assert not found(server)

    load_file(page, sheet(GOOD, MENDED))
    page.get_by_role("button", name=test, exact=True).click()
    expect(page.locator(".o_import_action")).not_to_contain_text("913301000000000000")
    page.screenshot(path=SHOTS / f"import_mended_{lang}.png")
    page.get_by_role("button", name={"zh_CN": "导入", "en_US": "Import"}[lang], exact=True).click()
    expect(page.locator(".o_list_view, .o_kanban_view").first).to_be_visible()
    rows = {row["name"]: row for row in found(server)}
    assert {name: row["vat"] for name, row in rows.items()} == {GOOD[0]: GOOD[1], MENDED[0]: MENDED[1]}
    assert rows[GOOD[0]]["email"] == GOOD[5]
    assert rows[MENDED[0]]["phone"].replace(" ", "").endswith("13900000002")


def test_the_template_that_is_offered_has_text_columns_and_examples(page, server, world):
    server.login("admin").write("res.users", world.users["specialist"], lang="zh_CN")
    log_in(page, server, "specialist")
    open_importer(page, server)
    page.screenshot(path=SHOTS / "import_template_zh_CN.png")
    with page.expect_download() as download:
        page.locator(".o_import_action a[href*=customer_archives_zh_CN]").click()
    book = load_workbook(io.BytesIO(download.value.path().read_bytes()))
    assert book.sheetnames == ["客户档案", "填写说明", "示例"]
    assert book.worksheets[0].max_row == 1

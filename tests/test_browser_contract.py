"""A contract on the screens, in Chinese: made from a quotation, refused, filled in, approved, signed and printed."""

import re
import unicodedata

import pytest
from archive_papers import pdf_text
from conftest import SHOTS
from odoo_harness import xmlid
from playwright.sync_api import expect
from screens import cell, field, log_in, rows
from test_browser_archive import press_stat_button
from world import Builder

CONTRACT, TEMPLATE, CHECK = "tianyuan.contract", "tianyuan.contract.template", "tianyuan.contract.check"
CUSTOMER, SIGNATORY = "鲁南精细化工厂", "陈志刚"
EVIDENCE = {
    "法人资格": "营业执照副本，登记状态存续",
    "经营权": "危险化学品经营许可证",
    "履约能力": "上年审计报告",
    "资信情况": "银行资信证明",
    "签约人的代理权限": "法定代表人身份证明",
}
ONE_BY_ONE = ("法人资格", "经营权")
TOGETHER = "均已查验原件"
DIALOG = ".modal-dialog:visible"
WARNING = ".alert-warning:visible"
PATIENCE = 60_000  # printing is slow


@pytest.fixture
def quotation(server, world):
    """A quotation of the sales user for a customer with an empty archive; the template isn't approved yet."""
    admin, manager, sales = server.login("admin"), world.clients["manager"], world.clients["sales"]
    customer = Builder(server).customer(CUSTOMER, world.users["sales"], world.company)
    term = admin.create("account.payment.term", name="货到三十日内付清")
    product = admin.create(
        "product.product", name="双氧水", list_price=800, taxes_id=[(5,)], tianyuan_specification="27.5%，吨桶"
    )
    [template] = manager.call(TEMPLATE, "copy", [admin.ref(xmlid("contract_template_sale"))])
    manager.write(TEMPLATE, template, name="双氧水买卖合同", company_id=world.company)
    order = sales.create(
        "sale.order",
        partner_id=customer,
        company_id=world.company,
        payment_term_id=term,
        order_line=[(0, 0, {"product_id": product, "product_uom_qty": 10})],
    )
    return {"order": order, "customer": customer, "template": template}


def open_page(page, name):
    page.locator(f".o_notebook .nav-link[name={name}]").click()


def save(page):
    page.locator(".o_form_button_save:visible").click()
    expect(page.locator(".o_form_button_save:visible")).to_have_count(0)


def pass_check(page, kind, evidence):
    """Enter the result of one of the checks, and its evidence."""
    row = field(page, "check_ids").locator(".o_data_row", has_text=kind)
    cell(row, "evidence").click()
    edited = page.locator(".o_selected_row", has_text=kind)
    edited.locator("div[name=evidence] textarea").fill(evidence)
    result = edited.locator("div[name=result] input")
    result.click()
    page.locator(".o_select_menu_item:visible", has_text=re.compile("^通过$")).click()  # not 未通过
    expect(result).to_have_value("通过")


def see_what_is_missing(page):
    """Check what is missing, at the top of the form and when signing is refused."""
    warning = page.locator(WARNING).first
    expect(warning).to_contain_text("签订前还需完成")
    for missing in ("双氧水买卖合同", "签约人", *EVIDENCE):
        expect(warning).to_contain_text(missing)
    page.screenshot(path=SHOTS / "contract_missing.png")
    sign = page.locator("button[name=action_ask_sign]:visible")
    expect(sign).not_to_have_class(re.compile("btn-primary"))
    sign.click()
    refusal = page.locator(DIALOG)
    for missing in (CUSTOMER, "双氧水买卖合同", *EVIDENCE):
        expect(refusal).to_contain_text(missing)
    page.screenshot(path=SHOTS / "contract_refused.png")
    refusal.locator("footer button").first.click()
    expect(refusal).to_have_count(0)


def fill_in(page):
    """Fill in signatory and checks, two of them one by one; the template still has to be approved."""
    warning = page.locator(WARNING).first
    open_page(page, "checks")
    field(page, "signatory_name").locator("input").fill(SIGNATORY)
    for kind in ONE_BY_ONE:
        pass_check(page, kind, EVIDENCE[kind])
    page.click("button[name=action_ask_pass_checks]:visible")
    dialog = page.locator(DIALOG)
    dialog.locator("div[name=reason] :is(input, textarea)").first.fill(TOGETHER)
    page.screenshot(path=SHOTS / "contract_pass_checks.png")
    dialog.locator("button[name=action_apply]").click()
    expect(dialog).to_have_count(0)
    expect(page.locator("button[name=action_ask_pass_checks]:visible")).to_have_count(0)
    page.screenshot(path=SHOTS / "contract_checks.png")
    open_page(page, "terms")
    page.screenshot(path=SHOTS / "contract_terms.png")
    expect(warning).to_contain_text("双氧水买卖合同")
    for settled in ("签约人", *EVIDENCE):
        expect(warning).not_to_contain_text(settled)


def approve(page, server, template):
    """Approve the template as a legal reviewer."""
    page.goto(f"{server.url}/odoo/{TEMPLATE}/{template}")
    button = page.locator("button[name=action_approve]:visible")
    expect(button).to_be_visible()
    page.screenshot(path=SHOTS / "contract_template.png")
    button.click()
    expect(page.locator("button[name=action_withdraw]:visible")).to_have_count(1)


def assert_prints(page, server, contract, number):
    """Check the printed contract."""
    with page.expect_download() as download:
        page.locator(".o_statusbar_buttons button", has_text="打印").click()
    paper = download.value.path().read_bytes()
    assert paper.startswith(b"%PDF")
    # The font's text has radicals, such as ⼯, instead of characters.
    text = "".join(unicodedata.normalize("NFKC", pdf_text(paper)).split())
    for said in (CUSTOMER, SIGNATORY, number, "双氧水", "8,000.00"):
        assert said in text
    report = xmlid("report_tianyuan_contract")
    answer = page.request.get(f"{server.url}/report/pdf/{report}/{contract}", timeout=PATIENCE)
    assert (answer.status, answer.body()[:4]) == (200, b"%PDF")


def assert_leads_to_it(page, server, quotation, number):
    """Check that the order and the customer lead to the contract."""
    page.goto(f"{server.url}/odoo/sale.order/{quotation['order']}")
    expect(field(page, "tianyuan_contract_id").locator("input")).to_have_value(f"{number} {CUSTOMER}")
    page.screenshot(path=SHOTS / "contract_order.png")
    press_stat_button(page, "action_tianyuan_contract")
    expect(field(page, "name")).to_have_text(number)
    page.goto(f"{server.url}/odoo/res.partner/{quotation['customer']}")
    expect(page.locator(".o_form_view .o_field_widget[name=name]:visible").first).to_be_visible()
    press_stat_button(page, "action_tianyuan_contracts")
    expect(rows(page, number, "已签订")).to_have_count(1)


def test_a_salesperson_makes_signs_and_prints_a_contract(new_window, server, world, quotation):
    page = new_window()
    sales = world.clients["sales"]
    log_in(page, server, "sales")
    page.goto(f"{server.url}/odoo/sale.order/{quotation['order']}")
    page.click("button[name=action_tianyuan_new_contract]:visible")
    expect(field(page, "partner_id").locator("input")).to_have_value(CUSTOMER)
    assert not sales.search(CONTRACT, [("partner_id", "=", quotation["customer"])])
    page.reload()  # nothing is left behind
    page.wait_for_selector(".o_main_navbar")
    page.wait_for_timeout(500)
    assert not sales.search(CONTRACT, [("partner_id", "=", quotation["customer"])])
    page.goto(f"{server.url}/odoo/sale.order/{quotation['order']}")
    page.click("button[name=action_tianyuan_new_contract]:visible")
    expect(field(page, "partner_id").locator("input")).to_have_value(CUSTOMER)
    save(page)

    see_what_is_missing(page)
    fill_in(page)
    [contract] = sales.search(CONTRACT, [("order_ids", "in", [quotation["order"]])])
    checks = sales.call(CHECK, "search_read", [("contract_id", "=", contract)], ["result", "evidence"])
    expected = {("passed", EVIDENCE[kind]) for kind in ONE_BY_ONE} | {("passed", TOGETHER)}
    assert len(checks) == len(EVIDENCE)
    assert {(check["result"], check["evidence"]) for check in checks} == expected

    page = new_window()
    log_in(page, server, "manager")
    approve(page, server, quotation["template"])

    # Nothing is missing any more, so the contract is signed after a confirmation.
    page = new_window()
    log_in(page, server, "sales")
    page.goto(f"{server.url}/odoo/{CONTRACT}/{contract}")
    expect(field(page, "partner_id")).to_be_visible()
    warning = page.locator(WARNING)
    expect(warning).to_have_count(1)
    expect(warning).to_contain_text("档案")  # the customer's archive is empty, which is a warning only
    sign = page.locator("button[name=action_ask_sign]:visible")
    expect(sign).to_have_class(re.compile("btn-primary"))
    sign.click()
    expect(page.locator(DIALOG)).to_contain_text("档案")
    page.screenshot(path=SHOTS / "contract_question.png")
    page.locator(f"{DIALOG} footer .btn-primary").click()
    expect(field(page, "state").locator(".o_arrow_button_current")).to_have_text("已签订")
    page.screenshot(path=SHOTS / "contract_signed.png")
    found = sales.read(CONTRACT, contract, "name", "state", "signed_by_id", "date_start", "amount_total")
    assert (found["state"], found["signed_by_id"][0], found["amount_total"]) == ("signed", world.users["sales"], 8000)

    assert_prints(page, server, contract, found["name"])
    assert_leads_to_it(page, server, quotation, found["name"])

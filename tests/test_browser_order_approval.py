"""A quotation for a customer without tier: the salesperson asks, the manager approves, and it is confirmed."""

from datetime import date, timedelta

import pytest
from odoo_harness import ADDON, RpcError
from playwright.sync_api import expect
from screens import cell, field, log_in, open_list, rows
from world import Builder


def a_quotation(admin, world, name):
    """A quotation of 8,000 for a new customer of the salesperson."""
    product = admin.create("product.product", name="双氧水 27.5%", list_price=800, taxes_id=[(5,)])
    customer = admin.create("res.partner", name=name, is_company=True, user_id=world.users["sales"])
    values = {
        "partner_id": customer,
        "user_id": world.users["sales"],
        "company_id": world.company,
        "order_line": [(0, 0, {"product_id": product, "product_uom_qty": 10})],
    }
    [order] = admin.call("sale.order", "create", [values], context={"allowed_company_ids": [world.company]})
    return customer, order


def test_salesperson_asks_and_manager_approves(new_window, server, world):
    admin = server.login("admin")
    admin.write("res.company", world.company, tianyuan_order_no_tier="approve")
    _customer, order = a_quotation(admin, world, "昆山新客户")
    sales = world.clients["sales"]
    with pytest.raises(RpcError, match="主管审批|manager has to approve"):
        sales.call("sale.order", "action_confirm", [order])

    # the salesperson is warned, can't confirm, and asks
    page = new_window()
    log_in(page, server, "sales")
    page.goto(f"{server.url}/odoo/sale.order/{order}")
    expect(field(page, "tianyuan_warning")).to_be_visible()
    expect(field(page, "tianyuan_approval_notice")).to_be_visible()
    expect(page.locator("button[name=action_confirm]:visible")).to_have_count(0)
    page.click("button[name=action_tianyuan_ask_approval]")
    expect(page.locator("button[name=action_tianyuan_ask_approval]")).to_have_count(0)
    assert sales.read("sale.order", order, "tianyuan_approval_state")["tianyuan_approval_state"] == "asked"

    # the manager finds it and approves
    page = new_window()
    log_in(page, server, "manager")
    open_list(page, server, "sale_order_action_approval")
    row = rows(page, "昆山新客户")
    expect(row).to_have_count(1)
    cell(row, "name").click()
    page.locator("button[name=action_tianyuan_approve]:visible").click()
    expect(page.locator("button[name=action_confirm]:visible")).to_have_count(1)

    # and the salesperson confirms
    page = new_window()
    log_in(page, server, "sales")
    page.goto(f"{server.url}/odoo/sale.order/{order}")
    page.locator("button[name=action_confirm]:visible").click()
    expect(page.locator("button[name=action_confirm]:visible")).to_have_count(0)
    assert sales.read("sale.order", order, "state")["state"] == "sale"


def test_a_confirmed_order_cant_be_made_dearer(new_window, server, world):
    admin = server.login("admin")
    admin.write("res.company", world.company, tianyuan_order_no_tier="ignore", tianyuan_order_bad_debt="approve")
    customer, order = a_quotation(admin, world, "太仓新客户")
    world.clients["sales"].call("sale.order", "action_confirm", [order])
    debt = {"partner_id": customer, "company_id": world.company, "date": str(world.quarter[0]), "amount": 10}
    admin.call("tianyuan.bad.debt", "create", [debt], context={"allowed_company_ids": [world.company]})

    def raise_quantity(login):
        page = new_window()
        log_in(page, server, login)
        page.goto(f"{server.url}/odoo/sale.order/{order}")
        page.locator(".o_data_row [name=product_uom_qty]").first.click()
        page.locator(".o_selected_row div[name=product_uom_qty] input").fill("12")
        page.locator(".o_form_button_save").click()
        return page

    # The salesperson gets an explanation, and the order stays as it is.
    page = raise_quantity("sales")
    dialog = page.locator(".modal-body", has_text="请由主管修改")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("该客户有呆坏账记录")
    assert world.clients["sales"].read("sale.order", order, "amount_total")["amount_total"] == 8000

    # The manager's change is saved and noted on the order.
    page = raise_quantity("manager")
    expect(page.locator(".o-mail-Message", has_text="确认后由主管修改")).to_be_visible()
    assert world.clients["sales"].read("sale.order", order, "amount_total")["amount_total"] == 9600


def test_a_hold_a_debt_a_licence_and_a_stand_in(new_window, server, world):
    """All matters are shown and prevent confirming; a stand-in decides for the absent manager, and the note says so."""
    admin = server.login("admin")
    settings = dict.fromkeys(("on_hold", "bad_debt", "overdue", "licence", "no_tier"), "approve")
    admin.write("res.company", world.company, **{f"tianyuan_order_{name}": how for name, how in settings.items()})
    customer, order = a_quotation(admin, world, "常熟老客户")
    licence = admin.create("tianyuan.archive.document.type", name="危险化学品经营许可证")
    [line] = admin.search("sale.order.line", [("order_id", "=", order)])
    product = admin.read("sale.order.line", line, "product_id")["product_id"][0]
    admin.write("product.product", product, tianyuan_licence_type_ids=[(6, 0, [licence])])
    debt = {"partner_id": customer, "company_id": world.company, "date": str(world.quarter[0]), "amount": 10}
    admin.call("tianyuan.bad.debt", "create", [debt], context={"allowed_company_ids": [world.company]})
    Builder(server).invoice(world.company, customer, world.quarter[0], 500)

    # the manager puts the customer on hold
    page = new_window()
    log_in(page, server, "manager")
    page.goto(f"{server.url}/odoo/action-{ADDON}.res_partner_action_customers/{customer}")
    page.locator("a[name=tianyuan_archive]").click()
    page.locator("button[name=action_tianyuan_hold]:visible").click()
    page.locator(".modal div[name=date_to] input").fill("2099-12-31")
    page.locator(".modal div[name=reason] input").fill("储罐安全检查未通过")
    page.locator(".modal button", has_text="暂停业务").click()
    expect(page.locator(".alert:visible", has_text="储罐安全检查未通过")).to_be_visible()

    # the salesperson sees why, and can't confirm
    page = new_window()
    log_in(page, server, "sales")
    page.goto(f"{server.url}/odoo/action-{ADDON}.res_partner_action_customers/{customer}")
    expect(page.locator(".alert:visible", has_text="储罐安全检查未通过")).to_be_visible()
    page.goto(f"{server.url}/odoo/sale.order/{order}")
    for said in ("暂停业务", "呆坏账记录", "逾期未付", "没有有效的许可证：危险化学品经营许可证", "尚未评定"):
        expect(field(page, "tianyuan_warning")).to_contain_text(said)
    with pytest.raises(RpcError, match="危险化学品经营许可证"):
        world.clients["sales"].call("sale.order", "action_confirm", [order])

    # the manager is away: the colleague is asked and decides
    deputy = world.users["colleague"]
    admin.write("res.users", deputy, group_ids=[(4, admin.ref("sales_team.group_sale_salesman_all_leads"))])
    today = date.today()
    world.clients["manager"].create(
        "tianyuan.approval.delegation",
        manager_id=world.users["manager"],
        delegate_id=deputy,
        company_id=world.company,
        date_from=str(today - timedelta(days=1)),  # so that it is running in every time zone
        date_to=str(today + timedelta(days=1)),
    )
    page.click("button[name=action_tianyuan_ask_approval]")
    expect(page.locator("button[name=action_tianyuan_ask_approval]")).to_have_count(0)
    page = new_window()
    log_in(page, server, "colleague")
    page.goto(f"{server.url}/odoo/sale.order/{order}")
    page.locator("button[name=action_tianyuan_approve]:visible").click()
    expect(page.locator("button[name=action_tianyuan_approve]:visible")).to_have_count(0)
    expect(field(page, "tianyuan_approval_notice")).to_contain_text("代Manager")
    world.clients["sales"].call("sale.order", "action_confirm", [order])

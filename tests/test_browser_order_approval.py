"""A quotation for a customer without tier: the salesperson asks, the manager approves, and it is confirmed."""

import pytest
from odoo_harness import RpcError
from playwright.sync_api import expect
from screens import cell, field, log_in, open_list, rows


def a_quotation(admin, world, name):
    """A new customer of the salesperson's, and a quotation of 8,000 for them."""
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

    # the salesperson is told what to do, and loses nothing
    page = raise_quantity("sales")
    dialog = page.locator(".modal-body", has_text="请由主管修改")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("该客户有呆坏账记录")
    assert world.clients["sales"].read("sale.order", order, "amount_total")["amount_total"] == 8000

    # the manager's change goes through, and the order's history says so
    page = raise_quantity("manager")
    expect(page.locator(".o-mail-Message", has_text="确认后由主管修改")).to_be_visible()
    assert world.clients["sales"].read("sale.order", order, "amount_total")["amount_total"] == 9600

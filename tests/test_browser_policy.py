"""Policies on the screens, in Chinese: a preview of the changes, one customer left out, the rest applied."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from conftest import SHOTS
from playwright.sync_api import expect
from screens import cell, choose_menu, field, log_in, open_list, rows
from world import Builder, last_quarter

POLICY = "tianyuan.customer.policy"
TAKEN, LEFT_OUT = "鲁北造纸集团", "鲁西印染集团"
PRICES, TERM, LIMIT = "重点客户价格表", "月结六十日", "500,000.00"
CUSTOMER_FIELDS = ("specific_property_product_pricelist", "property_payment_term_id", "credit_limit")
DIALOG = ".modal-dialog:visible"


@dataclass
class Setting:
    policy: int
    customers: dict  # name → id
    product: int


@pytest.fixture
def setting(server, world):
    """Two key customers of the sales user, and a price list and a payment term for a policy."""
    builder, admin, manager = Builder(server), server.login("admin"), world.clients["manager"]
    switch = builder.in_company(world.company, "res.config.settings", "create", [{"group_product_pricelist": True}])
    builder.in_company(world.company, "res.config.settings", "execute", switch)
    start, end = last_quarter()
    customers = {}
    for name in (TAKEN, LEFT_OUT):
        customer = builder.customer(name, world.users["sales"], world.company)
        builder.invoice(world.company, customer, start, 1_000_000)
        builder.fill_and_confirm(builder.rate(world.company, customer, start, end), world.clients)
        [found] = manager.call("res.partner", "read", [customer], ["tianyuan_customer_class"])
        if found["tianyuan_customer_class"] != "key":
            manager.create(
                "tianyuan.class.override",
                partner_id=customer,
                company_id=world.company,
                customer_class="key",
                date_to=str(date.today() + timedelta(days=90)),
                reason="战略客户",
            )
        customers[name] = customer
    term = admin.create("account.payment.term", name=TERM)
    currency = admin.ref("base.CNY")
    pricelist = admin.create("product.pricelist", name=PRICES, company_id=world.company, currency_id=currency)
    rule = {"applied_on": "3_global", "compute_price": "percentage", "percent_price": 10}
    admin.write("product.pricelist", pricelist, item_ids=[(0, 0, rule)])
    product = admin.create("product.product", name="双氧水 35%", list_price=1000, taxes_id=[(5,)])
    policy = manager.create(POLICY, name="重点客户政策", company_id=world.company, customer_class="key")
    manager.write(POLICY, policy, pricelist_id=pricelist, payment_term_id=term)
    yield Setting(policy, customers, product)
    manager.write(POLICY, policy, active=False)


def save(page):
    page.locator(".o_form_button_save:visible").click()
    expect(page.locator(".o_form_button_save:visible")).to_have_count(0)


def entry(page, name):
    return field(page, name).locator("input")


def enter_credit_limit(page, server):
    """Enter the credit limit on the policy's form."""
    open_list(page, server, "tianyuan_customer_policy_action")
    cell(rows(page, "重点客户政策"), "name").click()
    entry(page, "credit_limit_kind").click()
    page.locator(".o_select_menu_item:visible", has_text="固定").click()
    entry(page, "credit_limit").fill("500000")
    page.screenshot(path=SHOTS / "policy_form.png")
    save(page)


def begin_quotation(page, server, customer):
    page.goto(f"{server.url}/odoo/action-sale.action_quotations_with_onboarding/new")
    entry(page, "partner_id").fill(customer)
    page.locator(".o-autocomplete--dropdown-item", has_text=customer).first.click()
    expect(entry(page, "partner_id")).to_have_value(customer)


def choose_marked(change):
    expect(cell(change, "concern")).to_have_text("逾期")
    chosen = cell(change, "selected").locator("input")
    expect(chosen).not_to_be_checked()
    chosen.check(force=True)


def price_on_quotation(client, customer, product):
    """Return the unit price on the customer's only quotation."""
    [order] = client.search("sale.order", [("partner_id", "=", customer)])
    line = client.create("sale.order.line", order_id=order, product_id=product, product_uom_qty=1)
    return client.read("sale.order.line", line, "price_subtotal")["price_subtotal"]


def press_on_policies(page, button):
    """Press a button above the list of policies."""
    choose_menu(page, "tianyuan_configuration_menu", "tianyuan_customer_policy_menu")
    page.get_by_role("button", name=button).click()


def test_a_manager_applies_a_policy_and_an_order_follows_it(new_window, server, world, setting):
    page = new_window()
    admin, sales = server.login("admin"), world.clients["sales"]

    def holds(name):
        context = {"allowed_company_ids": [world.company]}
        [found] = admin.call("res.partner", "read", [setting.customers[name]], list(CUSTOMER_FIELDS), context=context)
        return found

    untouched = [holds(name) for name in setting.customers]

    log_in(page, server, "manager")
    enter_credit_limit(page, server)

    # what changes for whom
    press_on_policies(page, "应用营销政策")
    field(page, "scope").locator("label", has_text="所有已分类的客户").click()
    page.locator("button[name=action_preview].btn-primary:visible").click()
    changes = field(page, "line_ids").locator(".o_data_row")
    for name in setting.customers:
        of_customer = changes.filter(has_text=name)
        expect(of_customer).to_have_count(3)
        for value in (PRICES, TERM, LIMIT):
            expect(of_customer.filter(has_text=value)).to_have_count(1)
    page.screenshot(path=SHOTS / "policy_preview.png")
    assert untouched == [holds(name) for name in setting.customers]  # the preview writes nothing

    # More credit for an overdue customer isn't selected by default.
    choose_marked(changes.filter(has_text=TAKEN).filter(has_text=TERM))

    # one customer is left out
    for row in changes.filter(has_text=LEFT_OUT).all():
        cell(row, "selected").locator("input").uncheck(force=True)
    page.screenshot(path=SHOTS / "policy_left_out.png")
    page.locator("button[name=action_apply]:visible").click()
    page.locator(f"{DIALOG} footer .btn-primary").click()

    # the log
    expect(field(page, "change_count")).to_be_visible()
    logged = field(page, "line_ids").locator(".o_data_row")
    expect(logged.filter(has_text=TAKEN)).to_have_count(3)
    expect(logged.filter(has_text=LEFT_OUT)).to_have_count(0)
    page.screenshot(path=SHOTS / "policy_applied.png")
    press_on_policies(page, "政策变更明细")
    for value in (PRICES, TERM, LIMIT):
        expect(rows(page, TAKEN, value)).to_have_count(1)
    expect(rows(page, LEFT_OUT)).to_have_count(0)
    page.screenshot(path=SHOTS / "policy_log.png")
    assert holds(LEFT_OUT) == untouched[1]
    now = holds(TAKEN)
    assert [now[name][1] for name in CUSTOMER_FIELDS[:2]] == [f"{PRICES} (CNY)", TERM]
    assert now["credit_limit"] == 500_000

    # the salesperson's next quotations
    page = new_window()
    log_in(page, server, "sales")
    begin_quotation(page, server, TAKEN)
    expect(entry(page, "payment_term_id")).to_have_value(TERM)
    expect(entry(page, "pricelist_id")).to_have_value(f"{PRICES} (CNY)")
    page.screenshot(path=SHOTS / "policy_order.png")
    save(page)
    begin_quotation(page, server, LEFT_OUT)
    expect(entry(page, "payment_term_id")).to_have_value("")
    expect(entry(page, "pricelist_id")).not_to_have_value(f"{PRICES} (CNY)")
    save(page)
    customers = setting.customers.items()
    prices = {name: price_on_quotation(sales, customer, setting.product) for name, customer in customers}
    assert prices == {TAKEN: 900, LEFT_OUT: 1000}

"""Lists in the browser: nothing of a number is cut, and a customer's list and form show what each role needs."""

import re
from datetime import timedelta

from odoo_harness import xmlid
from playwright.sync_api import expect
from screens import cell, choose_gear, cut_numbers, drop_filters, is_cut, log_in, open_action, open_list, rows

PHONE, NARROW, WIDE = 390, 1280, 1440
SO_FAR = re.compile("查看本季得分|Show the Score So Far")
OWED = 12_345_678.9
LISTS_AT_LEAST = 30
# Lists that cards of the workbench and buttons open.
WITHOUT_A_MENU = (
    "tianyuan_class_override_action",
    "tianyuan_contract_paper_action",
    "tianyuan_customer_hold_action",
    "sale_order_action_approval",
    "tianyuan_rating_action_movers",
    "tianyuan_rating_action_changed",
    "tianyuan_policy_application_action",
    "tianyuan_policy_application_line_action",
)
OUR_LISTS = """
    () => {
        const menus = odoo.__WOWL_DEBUG__.root.env.services.menu;
        const app = menus.getApps().find(({ xmlid }) => xmlid?.startsWith("tianyuan_customer_rating."));
        const found = new Map();
        const walk = (menu) => {
            if (menu.actionID && menu.actionModel === "ir.actions.act_window") {
                found.set(menu.actionID, menu.name);
            }
            menu.childrenTree?.forEach(walk);
        };
        walk(menus.getMenuAsTree(app.id));
        return [...found];
    }
"""


def owe(world, name, amount):
    """Make an invoice of a customer that has been due for a month; return the customer."""
    admin, context = world.clients["admin"], {"allowed_company_ids": [world.company]}
    [customer] = admin.search("res.partner", [("name", "=", name), ("company_id", "=", world.company)])
    day = str(world.quarter[1] + timedelta(days=1))
    values = {
        "move_type": "out_invoice",
        "partner_id": customer,
        "invoice_date": day,
        "invoice_date_due": day,
        "invoice_line_ids": [(0, 0, {"name": "Resin", "quantity": 1, "price_unit": amount, "tax_ids": []})],
    }
    [invoice] = admin.call("account.move", "create", [values], context=context)
    admin.call("account.move", "action_post", [invoice], context=context)
    return customer


def test_no_number_is_cut_in_any_list(page, server, quarter_world):
    """Each list of the menus is opened without loading the page, and looked at in both widths."""
    world = quarter_world
    owe(world, world.customers["ben"][1], OWED)
    log_in(page, server, "max")
    page.goto(f"{server.url}/odoo/action-tianyuan_customer_rating.res_partner_action_customers")
    expect(rows(page).first).to_be_visible()
    cut, lists, width = {}, 0, WIDE
    others = [(xmlid(name), name) for name in WITHOUT_A_MENU]
    for action, name in page.evaluate(OUR_LISTS) + others:
        if not open_action(page, action):
            continue
        lists += 1
        for turned in (False, True):
            if turned:
                width = NARROW if width == WIDE else WIDE
                page.set_viewport_size({"width": width, "height": 900})
                page.wait_for_timeout(150)  # the list computes its columns' widths again a moment after
            if numbers := cut_numbers(page):
                cut[name, width] = numbers
    assert not cut
    assert lists >= LISTS_AT_LEAST


def test_a_salesperson_begins_with_own_customers_and_what_they_owe(page, server, quarter_world):
    world = quarter_world
    own, foreign = world.customers["ben"], world.customers["amy"]
    owe(world, own[2], OWED)
    log_in(page, server, "ben")
    open_list(page, server, "res_partner_action_customers")
    expect(rows(page)).to_have_count(len(own))
    amount = cell(rows(page, own[2]), "tianyuan_overdue_amount")
    expect(amount).to_contain_text("12,345,678.90")
    assert not cut_numbers(page)
    for name in ("email", "country_id"):
        expect(page.locator(f"thead th[data-name={name}]")).to_have_count(0)
    # The new customer hasn't been rated: its score isn't zero.
    expect(cell(rows(page, "威海远洋水产"), "tianyuan_score")).to_have_text("–")

    # the filter can be removed
    drop_filters(page)
    expect(rows(page, foreign[0])).to_have_count(1)
    assert cell(rows(page, foreign[0]), "tianyuan_overdue_amount").inner_text().strip() == ""

    # finance sees everybody's customers
    search_view = world.clients["admin"].ref("base.view_res_partner_filter")
    views = world.clients["fiona"].call("res.partner", "get_views", [[False, "list"], [search_view, "search"]])
    assert "tianyuan_mine_first" not in views["views"]["search"]["arch"]


def test_a_customers_form_counts_above_and_acts_in_the_gear_menu(page, server, quarter_world):
    world = quarter_world
    [customer] = world.clients["ben"].search("res.partner", [("name", "=", "威海远洋水产有限公司")])
    log_in(page, server, "ben")
    page.goto(f"{server.url}/odoo/res.partner/{customer}")
    expect(page.locator("button[name=action_tianyuan_ratings]")).to_be_visible()
    ours = page.locator(".o-form-buttonbox button[name^=action_tianyuan]")
    expect(ours).to_have_count(4)
    expect(page.locator("button[name=action_tianyuan_ratings] .o_stat_value")).to_have_text("1")
    expect(page.locator("[name=tianyuan_title_score]")).to_contain_text("–")
    for width in (WIDE, PHONE):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(300)
        assert not is_cut(page.locator(".o_form_view h1 .o_field_widget[name=name]:visible").first)
        assert not is_cut(page.locator(".o_last_breadcrumb_item:visible, .o_breadcrumb .active:visible").first)
    page.set_viewport_size({"width": WIDE, "height": 900})

    choose_gear(page, SO_FAR)
    expect(page.locator(".modal-dialog")).to_contain_text("威海远洋水产有限公司")


def test_the_ratings_open_on_the_newest_quarter(page, server, quarter_world):
    world = quarter_world
    log_in(page, server, "max")
    open_list(page, server, "tianyuan_rating_action")
    start = world.quarter[0]
    name = f"{start.year} Q{(start.month + 2) // 3}"
    expect(rows(page)).to_have_count(len(world.sheets))
    assert set(cell(rows(page), "date_from").all_inner_texts()) == {name}
    drop_filters(page)
    expect(rows(page, f"{world.earlier[0].year} Q{(world.earlier[0].month + 2) // 3}").first).to_be_visible()

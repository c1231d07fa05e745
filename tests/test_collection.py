"""The collection form from outside: on a phone and on the specialist's desk, and past the screens."""

import pytest
from odoo_harness import RemoteError
from playwright.sync_api import expect
from test_browser import field, log_in

MODEL = "tianyuan.archive.collection"


def test_a_proposal_from_a_phone_is_accepted(page, server, world):
    page.set_viewport_size({"width": 390, "height": 844})
    log_in(page, server, "sales")
    page.goto(f"{server.url}/odoo/res.partner/{world.customer}/action-{action(world, 'tianyuan_archive_collection_action')}/new")
    page.wait_for_selector("div[name=customer_name]")
    field(page, "partner_id").locator("input").fill("East Peroxide")
    page.locator(".o-autocomplete--dropdown-item, .o_kanban_record", has_text="East Peroxide").first.click()
    expect(field(page, "customer_name").locator("input, textarea")).to_have_value("East Peroxide")
    field(page, "main_products").locator("input").fill("Peracetic acid")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("button[name=action_submit]:visible").click()
    expect(page.locator("div[name=line_ids]")).to_contain_text("Peracetic acid")

    page.context.clear_cookies()
    page.set_viewport_size({"width": 1440, "height": 1000})
    log_in(page, server, "specialist")
    page.goto(f"{server.url}/odoo/action-{action(world, 'tianyuan_archive_collection_action_review')}")
    page.locator(".o_data_row", has_text="East Peroxide").first.locator("td[name=customer_name]").click()
    row = page.locator("div[name=line_ids] .o_data_row", has_text="Peracetic acid")
    row.locator("button[name=action_accept]").click()
    expect(page.locator("div[name=line_ids] button[name=action_accept]")).to_have_count(0)

    customer = world.clients["sales"].read("res.partner", world.customer, "tianyuan_main_products")
    assert customer["tianyuan_main_products"] == "Peracetic acid"


def action(world, name):
    return world.clients["manager"].ref(f"tianyuan_customer_rating.{name}")


def propose(client, **values):
    form = client.create(MODEL, **values)
    client.call(MODEL, "action_submit", [form])
    return form


def test_past_the_screens_each_role_does_its_part_only(world):
    sales, specialist = world.clients["sales"], world.clients["specialist"]
    form = propose(sales, partner_id=world.customer, city="Jinan")
    [line] = sales.call("tianyuan.archive.collection.line", "search", [("collection_id", "=", form)])
    refused = [
        lambda: sales.call(MODEL, "action_accept", [form]),
        lambda: sales.call("tianyuan.archive.collection.line", "action_accept", [line]),
        lambda: sales.write(MODEL, form, city="Yantai"),
        lambda: sales.write(MODEL, form, state="accepted"),
        lambda: sales.create(MODEL, partner_id=world.other_customer, city="Jinan"),
        lambda: sales.create(MODEL, customer_name="Somebody", user_id=world.users["colleague"]),
        lambda: specialist.write(MODEL, form, city="Yantai"),
        lambda: specialist.write("tianyuan.archive.collection.line", line, state="accepted"),
        lambda: specialist.call(MODEL, "action_reject", [form], ""),
        *(
            lambda role=role: world.clients[role].call(MODEL, "read", [form], ["city"])
            for role in ("colleague", "finance", "stranger")
        ),
    ]
    for attempt in refused:
        with pytest.raises(RemoteError):
            attempt()
    specialist.call(MODEL, "action_accept", [form])
    assert sales.read("res.partner", world.customer, "city")["city"] == "Jinan"
    assert sales.read(MODEL, form, "state")["state"] == "accepted"
    with pytest.raises(RemoteError):
        sales.call(MODEL, "unlink", [form])

"""The collection form on a phone, on the specialist's screen, and by remote calls."""

from odoo_harness import ADDON
from playwright.sync_api import expect
from test_browser import field, log_in
from test_rpc import assert_refused

MODEL = "tianyuan.archive.collection"
LINE = f"{MODEL}.line"
ACTION = f"{ADDON}.tianyuan_archive_collection_action"


def test_a_proposal_from_a_phone_is_accepted(new_window, server, world):
    page = new_window()
    page.set_viewport_size({"width": 390, "height": 844})
    # OdooBot's greeting would cover a small screen.
    chat = page.locator(".o-mail-ChatWindow-header")
    page.add_locator_handler(chat, lambda header: header.locator("button").last.click())
    log_in(page, server, "sales")
    page.goto(f"{server.url}/odoo/action-{ACTION}/new")
    page.wait_for_selector("div[name=customer_name]")
    field(page, "partner_id").locator("input").click()
    page.locator(".modal .o_kanban_record", has_text="East Peroxide").first.click()
    expect(field(page, "customer_name").locator("input, textarea")).to_have_value("East Peroxide")
    field(page, "main_products").locator("input").fill("Peracetic acid")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("button[name=action_submit]:visible").click()
    expect(page.locator("div[name=line_ids]")).to_contain_text("Peracetic acid")

    page = new_window()
    log_in(page, server, "specialist")
    page.goto(f"{server.url}/odoo/action-{ACTION}_review")
    page.locator(".o_data_row", has_text="East Peroxide").first.locator("td[name=customer_name]").click()
    row = page.locator("div[name=line_ids] .o_data_row", has_text="Peracetic acid")
    row.locator("button[name=action_accept]").click()
    expect(page.locator("div[name=line_ids] button[name=action_accept]")).to_have_count(0)

    customer = world.clients["sales"].read("res.partner", world.customer, "tianyuan_main_products")
    assert customer["tianyuan_main_products"] == "Peracetic acid"


def propose(client, **values):
    form = client.create(MODEL, **values)
    client.call(MODEL, "action_submit", [form])
    return form


def test_past_the_screens_each_role_does_its_part_only(world):
    sales, specialist = world.clients["sales"], world.clients["specialist"]
    form = propose(sales, partner_id=world.customer, city="Jinan")
    [line] = sales.search(LINE, [("collection_id", "=", form)])
    assert_refused(sales.call, MODEL, "action_accept", [form])
    assert_refused(sales.call, LINE, "action_accept", [line])
    assert_refused(sales.write, MODEL, form, city="Yantai")
    assert_refused(sales.write, MODEL, form, state="accepted")
    assert_refused(sales.create, MODEL, partner_id=world.other_customer, city="Jinan")
    assert_refused(sales.create, MODEL, customer_name="Somebody", user_id=world.users["colleague"])
    assert_refused(specialist.write, MODEL, form, city="Yantai")
    assert_refused(specialist.write, LINE, line, state="accepted")
    assert_refused(specialist.call, MODEL, "action_reject", [form], "")
    for role in ("colleague", "finance", "stranger"):
        assert_refused(world.clients[role].read, MODEL, form, "city")
        assert_refused(world.clients[role].call, MODEL, "action_accept", [form])

    specialist.call(MODEL, "action_accept", [form])
    assert sales.read("res.partner", world.customer, "city")["city"] == "Jinan"
    assert sales.read(MODEL, form, "state")["state"] == "accepted"
    assert_refused(sales.call, MODEL, "unlink", [form])

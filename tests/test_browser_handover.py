"""A manager hands the customers of a salesperson who has left over: first the list, then one click, then the record."""

from conftest import SHOTS
from odoo_harness import ADDON
from playwright.sync_api import expect
from screens import field, log_in

HAND_OVER = "tianyuan.hand.over"
DIALOG = ".modal-dialog:visible"


def newcomer(admin, world, login):
    """Make a salesperson of the world's company."""
    return admin.create(
        "res.users",
        name=login.title(),
        login=login,
        company_id=world.company,
        company_ids=[(6, 0, [world.company])],
        group_ids=[(6, 0, [admin.ref(f"{ADDON}.group_sales_user")])],
    )


def test_a_manager_hands_over_what_a_colleague_left(page, server, world):
    admin = server.login("admin")
    leaver, receiver = newcomer(admin, world, "leaver"), newcomer(admin, world, "receiver")
    customers = admin.call(
        "res.partner",
        "create",
        [
            {"name": f"Left {number}", "is_company": True, "tianyuan_channel": "direct", "user_id": leaver}
            | {"company_id": world.company}
            for number in (1, 2)
        ],
    )
    admin.call("res.users", "action_archive", [leaver])
    [draft] = admin.call(HAND_OVER, "search", [("from_user_id", "=", leaver)])

    # The card of the workbench leads to the draft, one click away.
    log_in(page, server, "manager")
    page.goto(f"{server.url}/odoo/action-{ADDON}.tianyuan_rating_dashboard_action")
    page.get_by_text("Leaver", exact=True).first.click()
    page.wait_for_selector(".o_form_view div[name=kind_ids]")
    assert str(draft) in page.url

    # First the list: each count opens its records, and one comes back.
    rows = page.locator("div[name=kind_ids] .o_data_row")
    first = rows.first
    expect(first.locator("td[name=count]")).to_have_text("2")
    page.screenshot(path=SHOTS / "hand_over.png")
    first.locator("button[name=action_open]").click()
    page.wait_for_selector(".o_list_view .o_data_row")
    expect(page.locator(".o_list_view .o_data_row")).to_have_count(2)
    page.locator(".breadcrumb-item a, .o_back_button").last.click()
    page.wait_for_selector(".o_form_view div[name=kind_ids]")

    # Then all of it, after a question that says how much goes to whom.
    field(page, "to_user_id").locator("input").fill("Receiver")
    page.locator(".o-autocomplete--dropdown-item", has_text="Receiver").first.click()
    page.click("button[name=action_ask_hand_over]:visible")
    question = page.locator(DIALOG)
    expect(question).to_contain_text("Receiver")
    page.screenshot(path=SHOTS / "hand_over_question.png")
    question.locator("button[name=action_apply]").click()
    expect(page.locator("button[name=action_ask_hand_over]:visible")).to_have_count(0)
    assert {row["user_id"][0] for row in admin.call("res.partner", "read", customers, ["user_id"])} == {receiver}

    # The record says who got what.
    lines = page.locator("div[name=line_ids] .o_data_row")
    expect(lines).to_have_count(2)
    expect(lines.first).to_contain_text("Receiver")
    expect(field(page, "asked_by_id")).to_be_visible()
    page.screenshot(path=SHOTS / "hand_over_done.png")

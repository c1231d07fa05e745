"""The list from which many ratings are confirmed shows the scheduler's progress."""

from odoo_harness import execute
from playwright.sync_api import expect
from screens import field, log_in, open_list, rows

BANNER = ".o_tianyuan_confirmation"


def test_the_progress_of_many_confirmations(page, server, quarter_world):
    world = quarter_world

    def tell(query, *params):
        """Send the scheduler's progress to the list."""
        return execute(server.database, query, params)

    [[running]] = tell(
        """
        INSERT INTO tianyuan_rating_confirmation (name, company_id, user_id, state, total_count, done_count)
        VALUES ('2024 Q2', %s, %s, 'running', 1234, 617) RETURNING id
        """,
        world.company,
        world.users["max"],
    )
    update = "UPDATE tianyuan_rating_confirmation SET state = %s, done_count = %s WHERE id = %s"
    try:
        log_in(page, server, "max")
        open_list(page, server, "tianyuan_rating_action")
        banner = page.locator(BANNER)
        expect(banner).to_contain_text("2024 Q2：已确认 617 份评定表，共 1,234 份")
        expect(banner.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "50")
        expect(banner.locator(".btn-close")).to_have_count(0)

        # The progress updates while the user goes on working.
        tell(update, "running", 1000, running)
        expect(banner).to_contain_text("1,000")
        expect(banner.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "81")

        # One rating could not be confirmed: the result stays until it is closed, and links to the reason.
        sheet = world.sheets[world.customers["ben"][-1]]
        tell(
            "INSERT INTO tianyuan_rating_confirmation_error (confirmation_id, company_id, rating_id, message)"
            " VALUES (%s, %s, %s, '档案不完整')",
            running,
            world.company,
            sheet,
        )
        tell(update, "done", 1233, running)
        expect(banner).to_contain_text("1 份未能确认")
        expect(banner.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "100")
        banner.get_by_role("button", name="详情").click()
        expect(field(page, "done_count")).to_have_text("1,233")
        expect(page.locator("div[name=error_ids] .o_data_row")).to_contain_text("档案不完整")
        expect(page.locator("button[name=action_stop]:visible")).to_have_count(0)

        # A confirmation that ended before the list was opened isn't shown.
        page.go_back()
        expect(rows(page).first).to_be_visible()
        expect(banner).to_have_count(0)
        tell(update, "running", 1233, running)
        page.reload()
        expect(banner).to_be_visible()
        tell(update, "done", 1233, running)
        banner.locator(".btn-close").click()
        expect(banner).to_have_count(0)
    finally:
        tell("DELETE FROM tianyuan_rating_confirmation WHERE id = %s", running)


def test_who_is_no_manager_sees_nothing_of_it(page, server, quarter_world):
    world = quarter_world
    [[running]] = execute(
        server.database,
        "INSERT INTO tianyuan_rating_confirmation (name, company_id, user_id, state, total_count, done_count)"
        " VALUES ('2024 Q2', %s, %s, 'running', 1234, 617) RETURNING id",
        [world.company, world.users["max"]],
    )
    try:
        log_in(page, server, "ben")
        open_list(page, server, "tianyuan_rating_action")
        expect(rows(page).first).to_be_visible()
        expect(page.locator(BANNER)).to_have_count(0)
    finally:
        execute(server.database, "DELETE FROM tianyuan_rating_confirmation WHERE id = %s", [running])

"""A company that has invoices but nothing set up: the checklist leads to its first rated quarter in ten clicks.

Not counted are clicks that make a choice (channels, accounts, a look at the schemes) and the values that only people
know, which are entered through remote calls.
"""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from conftest import SHOTS
from odoo_harness import ADDON
from playwright.sync_api import expect
from screens import log_in, open_list, rows
from world import Builder, last_quarter

CLICKS = 10
USERS = {
    "mona": "group_manager",
    "sam": "group_sales_user",
    "flo": "group_finance_assessor",
    "stan": "group_archive_specialist",
}
# two trading companies by name, four others
CUSTOMERS = (
    "宁波贸易有限公司",
    "青岛商贸有限公司",
    "华东造纸有限公司",
    "江苏印染有限公司",
    "山东水处理有限公司",
    "浙江纺织有限公司",
)
DASHBOARD = f"/odoo/action-{ADDON}.tianyuan_rating_dashboard_action"


@dataclass
class NewCompany:
    company: int
    clients: dict  # login -> session
    manager: object

    def work_off_runs(self):
        admin = self.clients["admin"]
        admin.call("ir.cron", "method_direct_trigger", [admin.ref(f"{ADDON}.ir_cron_process_runs")])

    def enter_values(self, login, side):
        """Enter what only people know into the lines that wait for them."""
        client = self.clients[login]
        domain = [("company_id", "=", self.company), ("responsibility", "=", side), ("origin", "=", "missing")]
        for line in client.call("tianyuan.rating.line", "search_read", domain, ["source", "available_level_ids"]):
            values = {"level_id": line["available_level_ids"][0]} if line["source"] == "level" else {"metric_value": 50}
            client.write("tianyuan.rating.line", line["id"], **values)

    def count(self, model, *domain):
        return self.manager.call(model, "search_count", [("company_id", "=", self.company), *domain])


class Clicks:
    """Counts the clicks, and those that only choose something apart from them."""

    def __init__(self):
        self.needed = self.choices = 0

    def __call__(self, locator, choice=False):
        locator.click()
        if choice:
            self.choices += 1
        else:
            self.needed += 1


@pytest.fixture(scope="module")
def new_company(server):
    builder = Builder(server)
    company = builder.company("新天元化工")
    users = {login: builder.user(login, group, company) for login, group in USERS.items()}
    # an administrator, who isn't a manager
    admin = builder.admin
    ada = builder.user("ada", USERS["stan"], company)
    for group in ("base.group_system", "account.group_account_manager"):
        admin.write("res.users", ada, group_ids=[(4, admin.ref(group))])
    start, _end = last_quarter()
    for number, name in enumerate(CUSTOMERS):
        customer = admin.create("res.partner", name=name, is_company=True, company_id=company, user_id=users["sam"])
        builder.invoice(company, customer, start + timedelta(days=10 * number), 100_000 * (number + 1))
    clients = {"admin": admin, **{login: server.login(login) for login in (*USERS, "ada")}}
    return NewCompany(company=company, clients=clients, manager=clients["mona"])


def step(page, key):
    return page.locator(f'.o_tianyuan_setup_step[data-step="{key}"]')


def expect_ticked(page, *keys):
    for key in keys:
        expect(step(page, key)).to_have_attribute("data-done", "1")


def open_checklist(page, server, login):
    log_in(page, server, login)
    page.goto(f"{server.url}{DASHBOARD}")
    expect(page.locator(".o_tianyuan_setup")).to_be_visible()


def set_up(new_window, server, new_company, clicks):
    """Have an administrator choose the accounts, and a manager the channels."""
    page = new_window()
    open_checklist(page, server, "ada")
    expect_ticked(page, "roles")
    expect(step(page, "run").locator("button")).to_have_count(0)
    clicks(step(page, "accounts").locator("button"), choice=True)
    clicks(page.locator(".modal button[name=action_tianyuan_accounts_chosen]"), choice=True)
    expect_ticked(page, "accounts")

    page = new_window()
    open_checklist(page, server, "mona")
    expect(step(page, "accounts").locator("button")).to_have_count(0)
    expect(step(page, "channels")).to_contain_text(str(len(CUSTOMERS)))
    page.screenshot(path=SHOTS / "setup_empty.png")
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    button = step(page, "channels").locator("button")
    expect(button).to_be_in_viewport(ratio=1)
    page.screenshot(path=SHOTS / "setup_phone.png")
    page.set_viewport_size({"width": 1440, "height": 1000})
    page.reload()
    clicks(step(page, "channels").locator("button"), choice=True)
    expect(rows(page)).to_have_count(len(CUSTOMERS))
    page.screenshot(path=SHOTS / "setup_channels.png")
    clicks(page.locator(".modal button[name=action_set_suggested]:visible").first, choice=True)
    expect(page.locator(".modal")).to_have_count(0)
    expect_ticked(page, "channels")
    for channel, number in (("distributor", 2), ("direct", 4)):
        assert new_company.count("res.partner", ("tianyuan_channel", "=", channel)) == number

    # looks at the schemes, and comes back
    clicks(step(page, "schemes").locator("button"), choice=True)
    expect(page.locator(".o_list_view")).to_be_visible()
    clicks(page.locator(".o_breadcrumb .o_back_button, .breadcrumb-item a").first, choice=True)
    expect_ticked(page, "schemes")
    return page


def try_and_run(page, new_company, clicks):
    """Try the quarter, for which nothing counts; then rate it, and see it done without reloading."""
    clicks(step(page, "trial").locator("button"))
    dialog = page.locator(".modal .o_form_view")
    expect(dialog.locator("div[name=rated_count]")).to_have_text(str(len(CUSTOMERS)))
    page.screenshot(path=SHOTS / "setup_trial.png")
    clicks(page.locator(".modal-footer .btn-primary:visible"))
    expect_ticked(page, "trial")
    assert new_company.count("tianyuan.rating") == 0

    clicks(step(page, "run").locator("button"))
    expect(step(page, "run").locator(".progress")).to_be_visible()
    page.screenshot(path=SHOTS / "setup_running.png")
    new_company.work_off_runs()
    expect_ticked(page, "run")
    expect(step(page, "run").locator(".progress")).to_have_count(0)
    assert new_company.count("tianyuan.rating") == len(CUSTOMERS)


def test_from_nothing_to_the_first_confirmed_quarter(new_window, server, new_company):
    clicks = Clicks()
    page = set_up(new_window, server, new_company, clicks)
    try_and_run(page, new_company, clicks)

    # Sales and finance follow the links of their activities, and submit.
    for login, side in (("sam", "sales"), ("flo", "finance")):
        new_company.enter_values(login, side)
        page = new_window()
        log_in(page, server, login)
        open_list(page, server, f"tianyuan_rating_line_action_{side}")
        clicks(page.locator("button[name=submit_complete]"))
        expect(page.locator(".o_view_nocontent")).to_be_visible()
    assert new_company.count("tianyuan.rating", ("state", "=", "ready")) == len(CUSTOMERS)

    # the manager confirms, and the checklist has done its work
    page = new_window()
    open_checklist(page, server, "mona")
    clicks(step(page, "confirm").locator("button"))
    expect(rows(page)).to_have_count(len(CUSTOMERS))
    clicks(page.locator("button[name=action_ask_confirm]"))
    clicks(page.locator(".modal button[name=action_confirm]"))
    expect(page.locator(".modal button[name=action_confirm]")).to_have_count(0)
    clicks(page.locator(".modal-footer .btn-primary:visible"))
    expect(rows(page)).to_have_count(0)
    assert new_company.count("tianyuan.rating", ("state", "=", "confirmed")) == len(CUSTOMERS)
    page.goto(f"{server.url}{DASHBOARD}")
    expect(page.locator(".o_tianyuan_dashboard")).to_be_visible()
    expect(page.locator(".o_tianyuan_setup")).to_have_count(0)
    assert clicks.needed <= CLICKS, f"{clicks.needed} clicks, and {clicks.choices} for choices"


def test_a_run_of_a_quarter_with_sheets_asks_and_shows_its_progress(page, server, new_company):
    """After the quarter of the test above is confirmed: a second run says so, asks, and goes on before one's eyes."""
    customer = new_company.clients["admin"].create(
        "res.partner", name="昆山无渠道商行用品", is_company=True, company_id=new_company.company
    )
    Builder(server).invoice(new_company.company, customer, last_quarter()[0], 1000)
    run = new_company.manager.create("tianyuan.rating.run", company_id=new_company.company)
    log_in(page, server, "mona")
    page.goto(f"{server.url}/odoo/action-{ADDON}.tianyuan_rating_run_action/{run}")
    expect(page.locator(".o_tianyuan_start_note")).to_contain_text(str(len(CUSTOMERS)))
    page.screenshot(path=SHOTS / "run_start_note.png")
    page.locator("button[name=action_start]:visible").click()
    dialog = page.locator(".modal")
    expect(dialog).to_be_visible()
    dialog.locator(".btn-primary").click()
    expect(page.locator(".o_statusbar_status .o_arrow_button_current")).to_have_attribute("data-value", "running")
    new_company.work_off_runs()
    expect(page.locator(".o_statusbar_status .o_arrow_button_current")).to_have_attribute("data-value", "done")

    # its error is one line with one button, which opens the list; afterwards the customer is rated
    line = page.locator(".o_tianyuan_no_channel")
    expect(line).to_contain_text("1")
    line.locator("button").click()
    expect(rows(page)).to_have_count(1)
    page.locator(".modal button[name=action_set_suggested]:visible").first.click()
    expect(page.locator(".modal")).to_have_count(0)
    expect(line).to_have_count(0)
    page.locator(".o_tianyuan_has_channel button").click()
    expect(page.locator(".o_tianyuan_has_channel")).to_have_count(0)
    assert new_company.count("tianyuan.rating", ("run_id", "=", run)) == 1

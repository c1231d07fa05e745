"""Helpers to use the web client's screens."""

from odoo_harness import xmlid
from playwright.sync_api import expect

SESSIONS = {}  # (server's address, login) -> cookies


def log_in(page, server, login):
    """Log in by the form the first time, and by the stored session later."""
    known = SESSIONS.get((server.url, login))
    if known:
        page.context.add_cookies(known)
        return
    page.goto(f"{server.url}/web/login")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", login)
    page.click("button[type=submit]")
    page.wait_for_selector(".o_main_navbar")
    SESSIONS[server.url, login] = page.context.cookies()


def open_list(page, server, action):
    """Open one of the addon's actions with a list that isn't empty."""
    page.goto(f"{server.url}/odoo/action-{xmlid(action)}")
    expect(rows(page).first).to_be_visible()


def choose_menu(page, *menus):
    """Click through the menus, given by their external ids in the addon."""
    for menu in menus:
        page.locator(f'[data-menu-xmlid="{xmlid(menu)}"]').click()


def field(page, name):
    return page.locator(f".o_form_view div[name={name}]:visible").first


def rows(page, *texts):
    """Return the rows of a list that contain all these texts."""
    found = page.locator(".o_list_view .o_data_row")
    for text in texts:
        found = found.filter(has_text=text)
    return found


def cell(row, name):
    return row.locator(f"td[name={name}]")


def headings(page):
    return page.locator(".o_list_view thead th[data-name]")


def editor(page, name):
    """Return the input of a field in the row that is being edited."""
    return page.locator(f".o_selected_row div[name={name}] input")


def drop_filters(page):
    expect(page.locator(".o_searchview_input")).to_be_visible()
    facets = page.locator(".o_facet_remove")
    while facets.count():
        left = facets.count() - 1
        facets.first.click()
        expect(facets).to_have_count(left)


def search_for(page, text, by):
    """Type into the search box, and choose one of the offered fields."""
    facets = page.locator(".o_searchview_facet")
    before = facets.count()
    page.fill(".o_searchview_input", text)
    page.locator(".o_searchview_autocomplete .o-dropdown-item", has_text=by).first.click()
    expect(facets).to_have_count(before + 1)


def tick(box):
    """Check a box of a list, again if the list was redrawn and lost the click."""
    for _attempt in range(10):
        box.click()
        box.page.wait_for_timeout(200)
        if box.is_checked():
            return
    expect(box).to_be_checked()


def select(*chosen):
    for row in chosen:
        tick(row.locator(".o_list_record_selector input"))


def select_all(page):
    tick(page.locator("thead .o_list_record_selector input"))


def unselect(page):
    page.locator(".o_unselect_all").click()
    expect(page.locator(".o_searchview_input")).to_be_visible()  # hidden while rows are selected


IS_CUT = """
    (box) => [box, ...box.querySelectorAll("*")].some((element) =>
        getComputedStyle(element).overflowX !== "visible" && element.scrollWidth > element.clientWidth + 1
    )
"""


def is_cut(element):
    """Return whether some text of an element doesn't fit."""
    return element.evaluate(IS_CUT)


def cut_numbers(page):
    """Return the headings and cells of numbers in the open list whose text doesn't fit, as texts."""
    return page.evaluate(
        f"""() => {{
            const isCut = {IS_CUT};
            const boxes = [...document.querySelectorAll(
                ".o_list_renderer thead th:has(.o_list_number_th), .o_list_renderer td.o_list_number"
            )];
            return boxes.filter((box) => box.innerText.trim() && isCut(box)).map(
                (box) => `${{box.dataset.name || box.getAttribute("name") || ""}}: ${{box.innerText.trim()}}`
            );
        }}"""
    )


def open_action(page, action):
    """Open an action without loading the page again; return whether it shows a list."""
    page.evaluate(
        "(action) => odoo.__WOWL_DEBUG__.root.env.services.action.doAction(action, {clearBreadcrumbs: true})", action
    )
    page.locator(".o_action_manager > .o_action .o_content").wait_for()
    return page.locator(".o_list_view").count() > 0


def choose_gear(page, action):
    """Choose an action, given by its name, from the menu at the gear of a form."""
    page.locator(".o_cp_action_menus .dropdown-toggle:has(.fa-cog)").first.click()
    page.locator(".o-dropdown-item:visible", has_text=action).first.click()

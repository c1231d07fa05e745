"""Fixtures of the tests from outside: an installed database with users and customers, a server, a browser.

`make test` provides the databases that are copied.
"""

import os
from pathlib import Path

import pytest

if "TIANYUAN_TEST_DB" not in os.environ:
    pytest.exit("These tests need what `make test ONLY=system` prepares.", returncode=4)

from access_records import AccessWorld
from odoo_harness import STATE, Server, copy_database, drop_database
from odoo_in_process import InProcessServer
from playwright.sync_api import expect, sync_playwright
from quarter_world import build_quarter_world
from world import build_world

CHROMIUM = "/usr/bin/chromium"
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 60_000  # ms: the machine may be busy, and the first page waits for the web client's assets
SHOTS = Path(os.environ.get("TIANYUAN_SHOTS") or STATE / "shots")


@pytest.fixture(scope="session")
def server(request):
    if request.config.pluginmanager.has_plugin("odoo"):  # the tests run inside Odoo
        yield InProcessServer()
        return
    database = f"{os.environ['TIANYUAN_TEST_DB']}_rpc"
    copy_database(os.environ["TIANYUAN_TEST_DB"], database)
    try:
        with Server(database) as running:
            yield running
    finally:
        drop_database(database)


@pytest.fixture(scope="session")
def world(server):
    """A company with users in the four roles, two customers and their ratings."""
    return build_world(server)


@pytest.fixture(scope="session")
def access_world(server):
    """Two companies with users in each role, for the access matrix."""
    return AccessWorld(server)


@pytest.fixture(scope="session")
def quarter_world(server):
    """Another company with a dozen customers in the middle of a quarter's rating."""
    return build_quarter_world(server)


@pytest.fixture(scope="session")
def browser():
    expect.set_options(timeout=PATIENCE)  # the same as for clicks
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        yield chromium
        chromium.close()


@pytest.fixture
def new_window(browser, request):
    """Open an empty browser window with a new profile, and close the one before.

    A new profile shares no cookies with the user before, whose last requests may still be running. Errors on a console
    fail the test. A screenshot of the last window is kept.
    """
    windows, errors = [], []

    def open_one():
        if windows:
            windows[-1].context.close()
        context = browser.new_context(
            locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": 1440, "height": 1000}
        )
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        windows.append(page)
        return page

    yield open_one
    SHOTS.mkdir(parents=True, exist_ok=True)
    windows[-1].screenshot(path=SHOTS / f"{request.node.name}.png")
    windows[-1].context.close()
    assert not errors


@pytest.fixture
def page(new_window):
    """One browser window, for tests with one user."""
    return new_window()

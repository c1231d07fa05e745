"""A pytest plugin for running Odoo's own tests: what Odoo itself would choose, without browser tours.

Odoo's tours drive a browser through a protocol of its own and time out with many builds of Chromium, with the
addons or without; the addons' screens have browser tests of their own.

``ODOO_TESTS_LEFT_OUT`` names a file with tests that are left out, one a line, as ``MODULE/tests/FILE::CLASS::TEST``.
"""

import os
import unittest
from pathlib import Path

import pytest


def pytest_collection_modifyitems(config, items):
    left_out = listed(os.environ.get("ODOO_TESTS_LEFT_OUT"))
    chosen = [item for item in items if is_standard(item) and name_of(item) not in left_out]
    if len(chosen) < len(items):
        config.hook.pytest_deselected(items=[item for item in items if item not in set(chosen)])
        items[:] = chosen


def is_standard(item):
    """Odoo runs tests without this tag on demand only."""
    return "standard" in getattr(item.cls, "test_tags", {"standard"})


def name_of(item):
    return item.nodeid.rpartition("/addons/")[2]


def listed(path):
    lines = Path(path).read_text().splitlines() if path else ()
    return {line for line in lines if line and not line.startswith("#")}


@pytest.fixture(scope="session", autouse=True)
def no_browser(load_registry):
    from odoo.tests import HttpCase  # once Odoo's configuration has been read

    def browser_js(*_args, **_options):
        raise unittest.SkipTest("Browser tours are left out.")

    HttpCase.browser_js = browser_js

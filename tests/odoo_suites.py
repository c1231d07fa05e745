"""A pytest plugin for Odoo's own tests, which chooses the same tests as Odoo, except browser tours.

Odoo's tours drive a browser by their own protocol client and time out with many builds of Chromium, with or without the
addons. The addons' screens have their own browser tests.

``ODOO_TESTS_LEFT_OUT`` names a file with the tests to leave out, one per line, as ``MODULE/tests/FILE::CLASS::TEST``.
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
    """Return whether Odoo runs the test by default, which the tag ``standard`` determines."""
    return "standard" in getattr(item.cls, "test_tags", {"standard"})


def name_of(item):
    return item.nodeid.rpartition("/addons/")[2]


def listed(path):
    lines = Path(path).read_text().splitlines() if path else ()
    return {line for line in lines if line and not line.startswith("#")}


@pytest.fixture(scope="session", autouse=True)
def no_browser(load_registry):
    from odoo.tests import HttpCase  # must be imported after reading Odoo's configuration

    def browser_js(*_args, **_options):
        raise unittest.SkipTest("Browser tours are left out.")

    HttpCase.browser_js = browser_js

"""A pytest plugin for running Odoo's own tests: what Odoo itself would choose, without browser tours.

Odoo's tours drive a browser through a protocol of its own and time out with many builds of Chromium, with the
addons or without; the addons' screens have browser tests of their own.
"""

import unittest

import pytest


def pytest_collection_modifyitems(config, items):
    """Leave out what Odoo runs on demand only: tests without the tag ``standard``."""
    chosen = [item for item in items if "standard" in getattr(item.cls, "test_tags", {"standard"})]
    if len(chosen) < len(items):
        config.hook.pytest_deselected(items=[item for item in items if item not in set(chosen)])
        items[:] = chosen


@pytest.fixture(scope="session", autouse=True)
def no_browser(load_registry):
    from odoo.tests import HttpCase  # once Odoo's configuration has been read

    def browser_js(*_args, **_options):
        raise unittest.SkipTest("Browser tours are left out.")

    HttpCase.browser_js = browser_js

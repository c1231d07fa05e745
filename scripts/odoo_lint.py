"""Runs the checks that Odoo runs on its own addons (its module `test_lint`) on ours.

Usage: odoo_lint.py CONFIG_FILE DATABASE ADDON_FOLDER…

With an empty DATABASE only the checks of files run; with a DATABASE that has the addons installed only the checks of
loaded models.
"""

import logging
import sys
import unittest
from pathlib import Path
from unittest.mock import patch

import odoo.modules.registry  # noqa: F401  (import it before odoo.tests, which has a circular import otherwise)
from odoo.modules import Manifest
from odoo.tools import config

FILE_CHECKS = ["dunderinit", "i18n", "jstranslate", "manifests", "onchange_domains", "orm_import", "test_holes"]
# A unique constraint indexes these fields as its first column; Odoo's check lists its own fields of that kind.
COVERED_FIELDS = {"tianyuan.rating.line.rating_id"}
MODEL_CHECKS = ["docstring", "index", "naming", "override_signatures", "pofile", "routes"]


def is_ours(text):
    return any(f"{addon.name}" in text for addon in addons) or "tianyuan" in text


class OurResult(unittest.TextTestResult):
    """Keeps the findings in our addons only, because the checks on models go through all of Odoo."""

    def addSubTest(self, test, subtest, err):
        if err is None or is_ours(self._exc_info_to_string(err, test) + subtest._subDescription()):
            super().addSubTest(test, subtest, err)

    def addFailure(self, test, err):
        if not database or is_ours(self._exc_info_to_string(err, test)):
            super().addFailure(test, err)


config_file, database, *folders = sys.argv[1:]
addons = [Path(folder).resolve() for folder in folders]
options = [f"--config={config_file}", f"--addons-path={addons[0].parent}", "--log-level=warn"]
config.parse_config(options + ([f"--database={database}"] if database else []), setup_logging=True)
logging.getLogger("odoo.modules.registry").setLevel(logging.ERROR)
manifests = [manifest for addon in addons if (manifest := Manifest.for_addon(addon.name))]
names = [f"odoo.addons.test_lint.tests.test_{name}" for name in (MODEL_CHECKS if database else FILE_CHECKS)]

with patch.object(Manifest, "all_addon_manifests", lambda: manifests):
    suite = unittest.defaultTestLoader.loadTestsFromNames(names)
    if database:
        sys.modules["odoo.addons.test_lint.tests.test_index"].BTREE_INDEX_IGNORE_FIELDS.update(COVERED_FIELDS)
    result = unittest.TextTestRunner(stream=sys.stderr, verbosity=0, resultclass=OurResult).run(suite)
sys.exit(not result.wasSuccessful() or not result.testsRun)

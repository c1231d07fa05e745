"""Compares the results of Odoo's own tests without and with the addons, and prints a Markdown table of them.

``compare_tests.py FOLDER MODULE…``: FOLDER holds JUnit files ``without-MODULE.xml`` and ``with-MODULE.xml``. Tests with
different results are listed below the table, each with the first line of its message. Exits 1 if a test fails with the
addons only.
"""

import sys
from pathlib import Path
from xml.etree import ElementTree

FAILED = {"failure", "error"}


def results(path):
    """Return each test's outcome (``passed``, ``failed`` or ``skipped``) and the first line of its message."""
    found = {}
    for case in ElementTree.parse(path).iter("testcase"):
        name = f"{case.get('classname')}.{case.get('name')}".removeprefix("odoo.addons.")
        outcome, message = "passed", ""
        for child in case:
            if child.tag in FAILED:
                outcome, message = "failed", (child.get("message") or "").partition("\n")[0]
            elif child.tag == "skipped" and outcome == "passed":
                outcome = "skipped"
        # Subtests have their test's name: a test has failed if one of its subtests has.
        if found.get(name, ("",))[0] != "failed":
            found[name] = outcome, message
    return found


def count(found, outcome):
    return sum(result == outcome for result, _message in found.values())


def main(folder, *modules):
    print("| Odoo's module | tests | failing without | failing with | skipped | regressions |")
    print("|---|--:|--:|--:|--:|--:|")
    changes, regressions, totals = [], 0, [0] * 5
    for module in modules:
        without, with_addons = (results(Path(folder) / f"{side}-{module}.xml") for side in ("without", "with"))
        changed = {
            name: (without.get(name, ("absent", "")), with_addons.get(name, ("absent", "")))
            for name in sorted(without.keys() | with_addons.keys())
            if without.get(name, ("absent",))[0] != with_addons.get(name, ("absent",))[0]
        }
        worse = sum(after[0] == "failed" for _before, after in changed.values())
        failed = [count(found, "failed") for found in (without, with_addons)]
        row = [len(without), *failed, count(with_addons, "skipped"), worse]
        totals = [total + figure for total, figure in zip(totals, row)]
        print(f"| {module} | " + " | ".join(map(str, row)) + " |")
        changes += changed.items()
        regressions += worse
    print("| **together** | " + " | ".join(map(str, totals)) + " |")
    for name, (before, after) in changes:
        print(f"\n- `{name}`: {before[0]} without, {after[0]} with. {after[1] or before[1]}", end="")
    print()
    return 1 if regressions else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

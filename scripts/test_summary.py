"""Summarises JUnit files at the end of a long output, and sets the exit code.

Lists the failed tests with their reasons; the last line has the numbers of passed and failed tests.

Usage: test_summary.py FAILED ONLY [JUNIT_XML…], FAILED being 1 if a step outside pytest went wrong.
"""

import sys
from pathlib import Path
from xml.etree import ElementTree

failed_elsewhere, only, *files = sys.argv[1:]
outcomes = {}  # the worst outcome of each test: the file has one entry for each subtest
reasons = {}  # the first line of each failed test's message
for file in filter(Path.exists, map(Path, files)):
    for case in ElementTree.parse(file).getroot().iter("testcase"):
        name = (file.stem, case.get("classname"), case.get("name"))
        found = {child.tag: child for child in case}
        wrong = found.get("failure", found.get("error"))
        outcome = "failed" if wrong is not None else "skipped" if "skipped" in found else "passed"
        outcomes[name] = min(outcome, outcomes.get(name, outcome), key=["failed", "passed", "skipped"].index)
        if wrong is not None:
            reasons.setdefault(name, wrong.get("message", "").partition("\n")[0][:300])

for (part, where, name), reason in reasons.items():
    print(f"FAILED [{part}] {where}::{name}: {reason}")
passed, failed, skipped = (list(outcomes.values()).count(outcome) for outcome in ("passed", "failed", "skipped"))
if failed_elsewhere == "1" and not failed:
    failed = 1
print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
sys.exit(bool(failed or (not passed and only != "lint")))

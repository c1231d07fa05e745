"""Adds up junit files: names what failed and why, then says in one last line how many passed and failed, which becomes
the exit code. The end of a long output tells all.

Usage: test_summary.py FAILED ONLY [JUNIT_XML…], FAILED being 1 if a step outside pytest went wrong.
"""

import sys
from pathlib import Path
from xml.etree import ElementTree

failed_elsewhere, only, *files = sys.argv[1:]
outcomes = {}  # of each test the worst: a test with subtests stands in the file once for each of them
reasons = {}  # of each failed test the first line
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

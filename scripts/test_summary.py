"""Adds up junit files into one last line, and turns it into the exit code.

Usage: test_summary.py FAILED ONLY [JUNIT_XML…], FAILED being 1 if a step outside pytest went wrong.
"""

import sys
from pathlib import Path
from xml.etree import ElementTree

failed_elsewhere, only, *files = sys.argv[1:]
outcomes = {}  # of each test the worst: a test with subtests stands in the file once for each of them
for file in filter(Path.exists, map(Path, files)):
    for case in ElementTree.parse(file).getroot().iter("testcase"):
        name = (file.name, case.get("classname"), case.get("name"))
        found = {child.tag for child in case}
        outcome = "failed" if found & {"failure", "error"} else "skipped" if "skipped" in found else "passed"
        outcomes[name] = min(outcome, outcomes.get(name, outcome), key=["failed", "passed", "skipped"].index)

passed, failed, skipped = (list(outcomes.values()).count(outcome) for outcome in ("passed", "failed", "skipped"))
if failed_elsewhere == "1" and not failed:
    failed = 1
print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
sys.exit(bool(failed or (not passed and only != "lint")))

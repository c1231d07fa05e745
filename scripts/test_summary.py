"""Adds up junit files into one last line, and turns it into the exit code.

Usage: test_summary.py FAILED ONLY [JUNIT_XML…], FAILED being 1 if a step outside pytest went wrong.
"""

import sys
from pathlib import Path
from xml.etree import ElementTree

failed_elsewhere, only, *files = sys.argv[1:]
counts = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
for file in files:
    if not Path(file).exists():
        continue
    for suite in ElementTree.parse(file).getroot().iter("testsuite"):
        for name in counts:
            counts[name] += int(suite.get(name, 0))

failed = counts["failures"] + counts["errors"]
passed = counts["tests"] - failed - counts["skipped"]
if failed_elsewhere == "1" and not failed:
    failed = 1
skipped = f", {counts['skipped']} skipped" if counts["skipped"] else ""
print(f"{passed} passed, {failed} failed{skipped}")
sys.exit(bool(failed or (not passed and only != "lint")))

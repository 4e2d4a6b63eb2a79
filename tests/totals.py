#!/usr/bin/env python3
"""Adds up a JUnit file of ctest: a Check program counts each of its tests, any other test counts one. Lists what was skipped
and why, then one line: N passed, N failed, N skipped. Status 1 when anything failed or nothing was run."""
import re
import sys
from xml.etree import ElementTree

CHECK = re.compile(r"^\d+%: Checks: (\d+), Failures: (\d+), Errors: (\d+)$", re.MULTILINE)


def count(case):
    """(passed, failed, skipped) of one test."""
    skipped = case.find("skipped")  # also for a program that could not be started
    if skipped is not None and skipped.get("message").startswith("SKIP_RETURN_CODE"):
        return 0, 0, 1
    good = case.get("status") == "run"
    results = [tuple(map(int, found)) for found in CHECK.findall(case.findtext("system-out") or "")]
    if not results:
        return (1, 0, 0) if good else (0, 1, 0)
    total = sum(result[0] for result in results)
    bad = sum(result[1] + result[2] for result in results)
    # A program that says that all went well and still failed died after its last test.
    return total - bad, bad if bad or good else 1, 0


def reason(case):
    lines = [line.strip() for line in (case.findtext("system-out") or "").splitlines()]
    return next((line for line in lines if "skip" in line.lower()), "no reason given")


def main():
    totals = [0, 0, 0]
    for case in ElementTree.parse(sys.argv[1]).getroot().iter("testcase"):
        counted = count(case)
        totals = [total + n for total, n in zip(totals, counted)]
        if counted[2]:
            print("SKIPPED %s: %s" % (case.get("name"), reason(case)))
    print("\n%d passed, %d failed, %d skipped" % tuple(totals))
    return totals[1] > 0 or totals[0] == 0


sys.exit(main())

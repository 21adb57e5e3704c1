#!/usr/bin/env python3
"""Counts the tests of one ctest run: passed, failed and skipped.

A test program of GoogleTest leaves one report, and each of its tests counts; a program that left none, because it is
no GoogleTest program or because it crashed, counts as one test with the outcome that ctest saw. A program whose tests
all passed and that still failed (a sanitizer's report at exit) counts as one more failure.

    count_tests.py <folder with ctest.junit and *.xml>
"""
import pathlib
import sys
import xml.etree.ElementTree as tree


def program_counts(report):
    passed = failed = skipped = 0
    for case in tree.parse(report).getroot().iter("testcase"):
        if case.find("failure") is not None:
            failed += 1
        elif case.get("status") == "notrun" or case.get("result") in ("skipped", "suppressed"):
            skipped += 1
        else:
            passed += 1
    return passed, failed, skipped


def main():
    folder = pathlib.Path(sys.argv[1])
    passed = failed = skipped = 0
    for case in tree.parse(folder / "ctest.junit").getroot().iter("testcase"):
        outcome = case.get("status")
        report = folder / (case.get("name") + ".xml")
        if report.exists():
            counts = program_counts(report)
            if outcome == "fail" and counts[1] == 0:
                counts = (counts[0], 1, counts[2])
        else:
            counts = (outcome == "run", outcome == "fail", outcome not in ("run", "fail"))
        passed, failed, skipped = (total + count for total, count in zip((passed, failed, skipped), counts))
    print(passed, failed, skipped)


if __name__ == "__main__":
    main()

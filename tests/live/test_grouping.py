#!/usr/bin/env python3
"""A slice of the corpus of known bugs: crashes of one bug in several builds and ways are one group, and no group holds two
bugs, also where these share their innermost functions. `./dev bench grouping` measures with all of it."""
import os
import sys
import tempfile

import libbugs
import libcores

# Pairs with the same innermost function, the same stack but another cause, the same stack but another assertion.
BUGS = {"reader": ["header", "body", "magic", "divide", "table", "rows", "kinds", "ping"]}
VARIANTS = ["plain", "thread", "optimised", "stripped"]


def main():
    program = os.path.join(os.environ["BUILD_DIR"], "tests", "group_lines")
    libcores.need("cc", "strip", "readelf", "objcopy")
    if not os.path.exists(program):
        libcores.skip(f"{program} was not built")
    with open("/proc/sys/kernel/core_pattern", encoding="utf-8") as file:
        if file.read()[0] in "|/":
            libcores.skip("the kernel gives cores to another program")
    with tempfile.TemporaryDirectory(prefix="inquest-bugs-") as folder:
        rows = libbugs.Corpus(folder).rows(BUGS, VARIANTS)
    if not rows:
        libcores.skip("this machine makes no cores")
    assert len(rows) == len(BUGS["reader"]) * len(VARIANTS), [row["bug"] + " " + row["variant"] for row in rows]
    truth = [row["bug"] for row in rows]
    groups, said = libbugs.grouped(rows, program)
    score = libbugs.scores(truth, groups)
    shown = "\n".join(f"{group} {row['bug']} {row['variant']} {row['signature']['kind']} {row['signature']['frames']}"
                      for group, row in zip(groups, rows))
    assert score["precision"] >= 0.99 and score["recall"] >= 0.97, f"{score}\n{shown}"
    assert len(said) == score["groups"] and all(lines for lines in said.values()), said


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Classes of regions against what a program says of its own memory, the kernel's names in smaps, and readelf: from a core,
and from text maps of the same process alone. Counts bytes right, wrong and unknown; nothing certain may be wrong.

With -v it prints a table by class."""
import json
import os
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from libcores import Maker, need, run_inquest  # noqa: E402
from libregions import UNKNOWN, compare, rows_of, truth_of_rows  # noqa: E402


def truth_of(text):
    """What the program told comes first, then what the kernel names; and smaps."""
    told, smaps = text.split("smaps\n", 1)
    rows = [(int(start, 16), int(end, 16), {name})
            for name, start, end in (line.split() for line in told.splitlines())]
    return rows + truth_of_rows(rows_of(smaps)), smaps


def certain(pieces):
    return [f"{low:x}-{high:x} is {true}, not {region['class']}" for low, high, true, region in pieces
            if region["class"] not in UNKNOWN and region["confidence"] == "certain"]


def shows_guards():
    """Whether the guards of stacks are mappings: since glibc 2.42 they are pages that only smaps tells of."""
    release = os.confstr("CS_GNU_LIBC_VERSION").split()[1]
    return tuple(int(part) for part in release.split(".")) < (2, 42)


def judge(what, document, truth, least):
    sums, pieces = compare(document, truth)
    # Address space that is only reserved would hide the rest.
    right, wrong, unknown = (sum(row[i] for name, row in sums.items() if name != "reserved") for i in range(3))
    share = right / (right + wrong + unknown)
    if "-v" in sys.argv:
        for name, row in sorted(sums.items()):
            print(f"| {what} | {name} | {row[0]:,} | {row[1]:,} | {row[2]:,} |")
    print(f"{what}: {share:.4%} of {right + wrong + unknown:,} bytes right, {wrong:,} wrong, {unknown:,} unknown")
    assert not certain(pieces), certain(pieces)
    assert share >= least, (what, share, sums)
    for name in ("thread-stack", "shared-memory", "text", "stack") + (("guard",) if shows_guards() else ()):
        assert sums[name][0] > 0, (what, name, sums)


def map_of(*arguments):
    done = run_inquest("map", "--json", *arguments)
    assert done.returncode in (0, 3), done.stderr
    return json.loads(done.stdout)


def main():
    need("readelf")
    with Maker("regions.c") as maker:
        core = maker.core("regions", maker.program)
        truth, smaps = truth_of(core.maps)
        folder = maker.folder.name
        judge("core", map_of(core.path), truth, 0.995)
        bare = "".join(line + "\n" for line in smaps.splitlines() if re.match(r"[0-9a-f]+-[0-9a-f]+ ", line))
        for name, text in (("smaps", smaps), ("maps", bare)):
            path = os.path.join(folder, name + ".txt")
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            judge(name, map_of("--no-files", path), truth, 0.90)


main()

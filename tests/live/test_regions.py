#!/usr/bin/env python3
"""Classes of regions against what a program says of its own memory, the kernel's names in smaps, and readelf: from a core,
and from text maps of the same process alone. Counts bytes right, wrong and unknown; nothing certain may be wrong.

With -v it prints the table of docs/accuracy.md."""
import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from libcores import Maker, need, run_inquest  # noqa: E402
import json  # noqa: E402

NAMES = {"[heap]": "brk-heap", "[stack]": "stack", "[vdso]": "vdso", "[vvar]": "vvar", "[vvar_vclock]": "vvar",
         "[vsyscall]": "vdso"}
UNKNOWN = ("anon",)  # a class that claims nothing


def segments(path):
    """[(start, end, flags)] of an ELF file's PT_LOADs by address in the file, by readelf; empty for another file."""
    done = subprocess.run(["readelf", "-lW", path], capture_output=True, text=True, check=False)
    rows = re.findall(r"^\s+LOAD\s+0x[0-9a-f]+ 0x([0-9a-f]+) 0x[0-9a-f]+ 0x[0-9a-f]+ 0x([0-9a-f]+) (...)",
                      done.stdout, re.M)
    return [(int(address, 16) & ~4095, int(address, 16) + int(size, 16), flags) for address, size, flags in rows]


def file_class(path, permissions, address, cache={}):
    """`address`: from where the file's beginning is mapped."""
    if path not in cache:
        cache[path] = segments(path)
    rows = cache[path]
    if not rows:
        return "file"
    if "x" in permissions:
        return "text"
    if "w" in permissions:
        return "data"
    for start, end, flags in rows:  # read-only pages of a writable segment are its RELRO
        if "W" in flags and start <= address < end:
            return "data"
    return "rodata"


def truth_of(text):
    """[(start, end, class)]: what the program told comes first, then what the kernel names."""
    told, smaps = text.split("smaps\n", 1)
    rows = [(int(start, 16), int(end, 16), name) for name, start, end in (line.split() for line in told.splitlines())]
    bases = {}
    for line in smaps.splitlines():
        match = re.match(r"([0-9a-f]+)-([0-9a-f]+) (....) ([0-9a-f]+) \S+ \d+ *(.*)", line)
        if not match:
            continue
        start, end, offset = (int(match[i], 16) for i in (1, 2, 4))
        name = match[5]
        if name in NAMES:
            rows.append((start, end, NAMES[name]))
        elif name.startswith("/") and not re.match(r"/(memfd|SYSV|dev/zero)", name):
            if offset == 0:
                bases[name] = start
            rows.append((start, end, file_class(name, match[3], start - bases.get(name, start))))
    return rows, smaps


def class_at(rows, address):
    return next((name for start, end, name in rows if start <= address < end), None)


def compare(document, truth):
    """{class: [right, wrong, unknown]} in bytes, and what was certain and wrong."""
    edges = sorted({edge for start, end, _ in truth for edge in (start, end)} |
                   {int(region[key], 16) for region in document["regions"] for key in ("start", "end")})
    regions = sorted(document["regions"], key=lambda region: int(region["start"], 16))
    sums, bad, at = {}, [], 0
    for start, end in zip(edges, edges[1:]):
        while at < len(regions) and int(regions[at]["end"], 16) <= start:
            at += 1
        true = class_at(truth, start)
        if at == len(regions) or int(regions[at]["start"], 16) > start or not true:
            continue
        got = regions[at]
        column = 0 if got["class"] == true else 2 if got["class"] in UNKNOWN else 1
        sums.setdefault(true, [0, 0, 0])[column] += end - start
        if column == 1 and got["confidence"] == "certain":
            bad.append(f"{start:x}-{end:x} is {true}, not {got['class']}")
    return sums, bad


def judge(what, document, truth, least):
    sums, bad = compare(document, truth)
    # Address space that is only reserved would hide the rest.
    right, wrong, unknown = (sum(row[i] for name, row in sums.items() if name != "reserved") for i in range(3))
    share = right / (right + wrong + unknown)
    if "-v" in sys.argv:
        for name, row in sorted(sums.items()):
            print(f"| {what} | {name} | {row[0]:,} | {row[1]:,} | {row[2]:,} |")
    print(f"{what}: {share:.4%} of {right + wrong + unknown:,} bytes right, {wrong:,} wrong, {unknown:,} unknown")
    assert not bad, bad
    assert share >= least, (what, share, sums)
    for name in ("thread-stack", "guard", "shared-memory", "text", "stack"):
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

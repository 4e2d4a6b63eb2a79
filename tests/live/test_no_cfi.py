#!/usr/bin/env python3
"""Backtraces of programs without .eh_frame, against gdb, which has their .debug_frame.

Inquest is given that as well, whole, compressed, and in a separate debug file; and then nothing but the symbols,
so that it must read the functions' instructions; and not even these: then the calls on the stack tell where functions
begin."""
import os
import platform
import shutil
import subprocess
import sys

from libcores import Maker, need, report
from test_stacks import WHOLE, by_gdb, unfold

SOURCES = {"stacks.c": [("recurse", 5), ("mutual", 200), ("align", 4), ("handler", 3), ("thread", 3)],
           "frames.c": [("all", None)]}
NO_TABLES = ["-fno-asynchronous-unwind-tables", "-fno-unwind-tables"]
ZERO = ["-DZERO_FRAME_POINTER"] if platform.machine() == "x86_64" else []
BUILDS = [("optimised", ["-O2"]), ("plain", ["-O0", "-fomit-frame-pointer"]),
          ("32 bits", ["-m32", "-O2", "-mpreferred-stack-boundary=2", *ZERO]), ("zeros", ["-O2", *ZERO])]

# The C library calls a handler and a thread's function: it has its tables. What calls main is found by a search.
CFI, CODE = ({"cfi"}, {"cfi"}), ({"frame-pointer"}, {"frame-pointer", "cfi"})
CALLS = ({"frame-pointer"}, {"frame-pointer", "cfi", "scan"})


def run(*command):
    subprocess.run(command, check=True)


def build_id(program):
    notes = subprocess.run(["readelf", "-n", program], capture_output=True, text=True, check=True).stdout
    return notes.split("Build ID:")[1].split()[0]


def make_variants(maker):
    """(what inquest has, its options, how it finds frames at least and most); the copies have the build ID."""
    folder, program = maker.folder.name, maker.program
    for name, option in (("zlib", "--compress-debug-sections=zlib"), ("zlib-gnu", "--compress-debug-sections=zlib-gnu"),
                         ("stripped", "--strip-debug")):
        run("objcopy", option, program, os.path.join(folder, name))
    number = build_id(program)
    debug = os.path.join(folder, "debug", ".build-id", number[:2])
    os.makedirs(debug)
    run("objcopy", "--strip-all", program, os.path.join(folder, "bare"))
    run("objcopy", "--only-keep-debug", program, os.path.join(debug, number[2:] + ".debug"))
    empty = os.path.join(folder, "empty")
    os.makedirs(empty)
    stripped = os.path.join(folder, "stripped")
    yield "whole", ["--exe", program], CFI
    yield "compressed", ["--exe", os.path.join(folder, "zlib"), "--debug-dir", empty], CFI
    yield "compressed the GNU way", ["--exe", os.path.join(folder, "zlib-gnu"), "--debug-dir", empty], CFI
    yield "separate", ["--exe", stripped, "--debug-dir", os.path.join(folder, "debug")], CFI
    yield "none", ["--exe", stripped, "--debug-dir", empty], CODE
    yield "no symbols", ["--exe", os.path.join(folder, "bare"), "--debug-dir", empty], CALLS


def own_methods(thread):
    """How the callers were found that are of the program itself; _start has a caller's table, the C library's."""
    return {frame["found_by"] for frame in thread["frames"][1:] if frame["object"].endswith(("/stacks", "/frames"))
            and frame.get("symbol") != "_start"} - {"signal-frame"}


def check(core, kind, variant, theirs):
    what, options, (least, most) = variant
    status, document = report(*options, core.path)
    assert status == 0, document["warnings"]
    for thread in document["threads"]:
        ours = unfold(thread)
        assert ours == theirs[thread["tid"]], (what, kind, [hex(pc) for pc in ours[:20]],
                                               [hex(pc) for pc in theirs[thread["tid"]][:20]])
    methods = own_methods(document["threads"][0])
    assert least <= methods <= most, (what, kind, methods)
    ends = {thread["truncated_by"] for thread in document["threads"]}
    assert ends == {"outermost"}, (what, kind, ends)


def check_build(name, source, maker):
    variants = list(make_variants(maker))
    for kind, number in SOURCES[source]:
        core = maker.core(kind, number)
        theirs = by_gdb(core)
        for variant in variants if (name, kind) == ("optimised", "recurse") else variants[-2:]:
            if kind == "thread" and variant[2] is CALLS:
                continue  # the search for the caller of a thread's function may miss it
            print(name, kind, variant[0], flush=True)
            check(core, kind, variant, theirs)
        shutil.rmtree(os.path.dirname(core.path))


def main():
    need("gdb", "objcopy", "readelf")
    for name, flags in BUILDS:
        for source in SOURCES:
            try:
                maker = Maker(source, flags + NO_TABLES + WHOLE)
            except subprocess.CalledProcessError:
                print(f"SKIPPED: {name}: the compiler cannot do {' '.join(flags)}")
                continue
            with maker:
                check_build(name, source, maker)
    return 0


if __name__ == "__main__":
    sys.exit(main())

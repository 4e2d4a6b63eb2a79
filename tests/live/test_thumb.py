#!/usr/bin/env python3
"""Backtraces of 32-bit Arm programs of Thumb code that has no tables to unwind by, run and dumped by qemu, against what gdb
says by their .debug_frame, and against the calls that the program is known to make."""
import os
import re
import subprocess
import sys
import tempfile

from libcores import HERE, need, report
from libqemu import run_and_dump
from test_stacks import WHOLE, unfold

COMPILER, STRIP = "arm-linux-gnueabihf-gcc", "arm-linux-gnueabihf-strip"
NO_TABLES = ["-fno-asynchronous-unwind-tables", "-fno-unwind-tables"]
BUILDS = [("-mthumb", level, pointer) for level in ("-O0", "-O1", "-O2")
          for pointer in ("-fomit-frame-pointer", "-fno-omit-frame-pointer")] \
    + [("-marm", "-O0", "-fno-omit-frame-pointer"), ("-marm", "-O2", "-fomit-frame-pointer")]
# program, arguments, the names of the frames up to main
CASES = [("frames", [], ["fault", "numbers", "choose", "large", "grow", "loop", "main"]),
         ("stacks", ["mutual", "6"], ["fault", "even", "odd", "even", "odd", "even", "odd", "even", "die", "main"]),
         ("stacks", ["handler", "2"],
          ["give_up", "", "fault", "recurse", "recurse", "recurse", "handle", "die", "main"])]


def build(folder, name, flags):
    """The program; beside it a copy without what debuggers read, and one without symbols."""
    program = os.path.join(folder, name)
    subprocess.run([COMPILER, *flags, *NO_TABLES, *WHOLE, "-g", "-static", "-pthread", "-Wl,--build-id", "-I",
                    os.path.join(HERE, "..", ".."), "-o", program, os.path.join(HERE, name + ".c")], check=True)
    subprocess.run([STRIP, "--strip-debug", "-o", program + ".bare", program], check=True)
    subprocess.run([STRIP, "-o", program + ".stripped", program], check=True)
    return program


def by_gdb(program, core):
    """The pcs up to main; nothing where it loses its way, as it does behind a signal handler."""
    done = subprocess.run(["gdb-multiarch", "-nx", "-batch", "-ex", f"file {program}", "-ex", f"core {core}",
                           "-ex", 'echo BACKTRACE\\n', "-ex", "set print address on", "-ex", "backtrace"],
                          capture_output=True, text=True, check=False)
    lines = done.stdout.split("BACKTRACE")[-1]
    frames = re.findall(r"^#\d+\s+(?:0x([0-9a-f]+) in )?(\w+)", lines, re.M)
    names = [name for _, name in frames]
    return [int(pc, 16) if pc else None for pc, _ in frames[:names.index("main") + 1]] if "main" in names else []


def check(what, program, folder, arguments, names):
    core, maps, _ = run_and_dump(folder, ["qemu-arm", program, *arguments])
    status, document = report("--map", maps, "--exe", program + ".bare", core)
    assert status in (0, 3), document["warnings"]
    frames = [frame for frame in document["threads"][0]["frames"]]
    seen = [frame.get("symbol") for frame in frames]
    first = seen.index(names[0])
    for name, frame in zip(names, frames[first:], strict=False):
        assert frame.get("symbol") == name or frame["kind"] == "signal", (what, names, seen)
        assert frame["confidence"] in ("certain", "likely"), (what, frame)
        assert frame["found_by"] in ("context", "frame-pointer", "signal-frame"), (what, frame)
    assert seen[-1] == "_start", (what, seen)
    assert document["threads"][0]["truncated_by"] == "outermost", what
    theirs = by_gdb(program, core)
    ours = unfold(document["threads"][0])
    assert all(pc in (None, our) for pc, our in zip(theirs, ours)), (what, theirs, ours)
    # Without symbols the calls on the stack tell where functions begin.
    _, document = report("--map", maps, "--exe", program + ".stripped", core)
    assert unfold(document["threads"][0]) == ours, (what, ours, unfold(document["threads"][0]))
    return bool(theirs)


def main():
    need(COMPILER, STRIP, "qemu-arm", "gdb-multiarch")
    compared = 0
    for flags in BUILDS:
        with tempfile.TemporaryDirectory(prefix="inquest-live-") as folder:
            programs = {name: build(folder, name, flags) for name in {case[0] for case in CASES}}
            for number, (name, arguments, names) in enumerate(CASES):
                print(*flags, name, *arguments, flush=True)
                place = os.path.join(folder, str(number))
                os.mkdir(place)
                compared += check((flags, name, arguments), programs[name], place, arguments, names)
    assert compared >= len(BUILDS), compared
    return 0


if __name__ == "__main__":
    sys.exit(main())

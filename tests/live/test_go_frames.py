#!/usr/bin/env python3
"""Backtraces of Go programs of several processors, built without symbols and debug information: each frame against Go's own
traceback, which has its program counter, stack pointer and place, and the inlined ones. qemu runs them, and writes their cores.

On x86-64 a fatal error besides, for which the run-time goes from the goroutine's stack to the system's: with debug information and
without."""
import os
import re
import subprocess
import sys
import tempfile

from libcores import HERE, Maker, need, report
from libqemu import run_and_dump

PROCESSORS = {"arm64": "qemu-aarch64", "s390x": "qemu-s390x"}


def by_go(said):
    """[(function, place, pc, sp)] of the goroutine that crashed; without the last two what was inlined."""
    said = said[said.index("goroutine 1 "):].split("\n\n")[0]
    found = re.findall(r"^(\S+)\(.*\)\n\t\S+/(\S+:\d+)(?: \+0x\w+)?(?: fp=0x\w+ sp=0x(\w+) pc=0x(\w+))?$", said, re.M)
    return [("runtime.gopanic" if function == "panic" else function, place, int(pc, 16) if pc else None,
             int(sp, 16) if sp else None) for function, place, sp, pc in found]


def place_of(frame):
    return f"{os.path.basename(frame['file'])}:{frame['line']}" if "file" in frame else None


def check(name, frames, theirs):
    whole = [frame for frame in frames if frame["kind"] != "inline"]
    assert [(int(frame["pc"], 16), int(frame["sp"], 16), frame["symbol"]) for frame in whole] == \
        [(pc, sp, function) for function, _, pc, sp in theirs if pc], (name, whole, theirs)
    assert all(frame["confidence"] == "certain" for frame in whole), (name, whole)
    told = [(frame["function"], place_of(frame), frame["kind"] == "inline") for frame in frames]
    wanted = [(function, place, pc is None) for function, place, pc, _ in theirs]
    assert told == wanted, (name, told, wanted)
    assert ("main.middle", True) in [(function, inlined) for function, _, inlined in wanted], (name, wanted)


def check_fatal(flags):
    """The frames behind the switch of stacks, from the function that noticed the error on."""
    with Maker() as maker:
        program, said = (os.path.join(maker.folder.name, name) for name in ("goframes", "said"))
        maker.program = os.path.join(maker.folder.name, "run")
        with open(maker.program, "w", encoding="utf-8") as script:
            script.write(f"#!/bin/sh\nFATAL=1 GOTRACEBACK=crash exec {program} 2> {said}\n")
        os.chmod(maker.program, 0o755)
        environment = {"CGO_ENABLED": "0", "GO111MODULE": "off",
                       "GOCACHE": os.environ.get("GOCACHE", os.path.join(maker.folder.name, "cache"))}
        subprocess.run(["go", "build", flags, "-o", program, os.path.join(HERE, "goframes.go")], check=True,
                       env=dict(os.environ, **environment))
        _, document = report("--exe", program, maker.core("fatal").path)
        with open(said, encoding="utf-8") as file:
            theirs = [(pc, sp, function) for function, _, pc, sp in by_go(file.read()) if pc]
        crash = document["crash"]
        frames = [frame for frame in crash["original"]["frames"] if frame["kind"] != "inline"]
        names = [frame.get("symbol") for frame in frames]
        print("fatal", flags, names, flush=True)
        assert theirs and theirs[-2:][0][2] == "runtime.main" and any(f == "main.unlock" for _, _, f in theirs), theirs
        first = names.index(theirs[0][2])
        assert "runtime.systemstack.abi0" in names[:first] or "runtime.systemstack" in names[:first], names
        ours = [(int(frame["pc"], 16), int(frame["sp"], 16), frame["symbol"].removesuffix(".abi0")) for frame in frames[first:]]
        assert ours == theirs, (ours, theirs)
        assert crash["diagnosis"][0]["id"] == "go-panic", crash["diagnosis"]
        assert "unlock of unlocked mutex" in crash["diagnosis"][0]["text"], crash["diagnosis"]
        assert crash["culprit"]["function"] == "main.unlock", crash["culprit"]


def main():
    need("go", *PROCESSORS.values())
    if os.uname().machine == "x86_64":
        check_fatal("-ldflags=-s -w")
        check_fatal("-ldflags=-compressdwarf=false")
    for name, emulator in PROCESSORS.items():
        with tempfile.TemporaryDirectory(prefix="inquest-live-") as folder:
            program = os.path.join(folder, "goframes")
            environment = {"GOARCH": name, "CGO_ENABLED": "0", "GO111MODULE": "off"}
            environment.setdefault("GOCACHE", os.environ.get("GOCACHE", os.path.join(folder, "cache")))
            subprocess.run(["go", "build", "-ldflags=-s -w", "-o", program, os.path.join(HERE, "goframes.go")],
                           check=True, env=dict(os.environ, **environment))
            core, maps, said = run_and_dump(folder, [emulator, program], GOTRACEBACK="crash")
            _, document = report("--map", maps, "--exe", program, core)
            crash = document["crash"]
            frames = crash["original"]["frames"] if "original" in crash else document["threads"][0]["frames"]
            first = next(i for i, frame in enumerate(frames) if frame.get("symbol") == "runtime.gopanic")
            print(name, [frame.get("symbol") for frame in frames[first:]], flush=True)
            check(name, frames[first:], by_go(said))
    return 0


if __name__ == "__main__":
    sys.exit(main())

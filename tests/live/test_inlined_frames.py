#!/usr/bin/env python3
"""Functions inlined into frames of a backtrace against addr2line; and that modules are opened only for what needs them."""
import os
import subprocess
import sys

from libcores import ENVIRONMENT, INQUEST, need
from libnames import Case, Maker, run

MODULES = ("demangle.so", "inflate.so", "unpack-xz.so", "unpack-zstd.so")


def names_by_addr2line(case, address):
    lines = run("addr2line", "-fi", "-e", case.whole, hex(address)).splitlines()
    places = [place.split(" (")[0] for place in lines[1::2]]
    return list(zip(lines[::2], places))


def frame_place(frame):
    location = frame.get("location", frame)
    return location.get("function", location.get("symbol")), f"{location.get('file')}:{location.get('line')}"


def check_frames(case):
    frames = case.report()["threads"][0]["frames"]
    assert [frame["index"] for frame in frames] == list(range(len(frames))), frames
    compared = inlined = 0
    at = 0
    while at < len(frames):
        group = [frames[at]]
        while group[-1]["kind"] == "inline":
            at += 1
            group.append(frames[at])
        at += 1
        location = group[-1].get("location", group[-1])
        if not location.get("file", "").endswith("names.c"):
            continue
        address = int(group[-1]["pc"], 16) - case.bias - (0 if compared == 0 else 1)
        assert [frame_place(frame) for frame in group] == names_by_addr2line(case, address), group
        assert all(frame["pc"] == group[-1]["pc"] for frame in group)
        compared += 1
        inlined += len(group) - 1
    assert compared >= 4 and inlined >= 2, frames


def opened_modules(case):
    """By the run-time linker's own word."""
    done = subprocess.run([INQUEST, "report", "--json", "--sysroot", case.sysroot, case.core], check=False,
                          capture_output=True, text=True, env=dict(ENVIRONMENT, LD_DEBUG="files"))
    assert done.returncode in (0, 3) and "calling init" in done.stderr
    return [module for module in MODULES if f"/{module}" in done.stderr]


def main():
    need("addr2line", "strip")
    with Maker() as maker:
        case = Case(maker, "inlined", "-Wl,--build-id")
        case.ask([0])
        check_frames(case)
        assert not opened_modules(case), opened_modules(case)
        stripped = os.path.join(case.folder, "stripped")
        run("strip", "-o", stripped, case.whole)
        case.reset(stripped)
        assert not opened_modules(case), opened_modules(case)


if __name__ == "__main__":
    sys.exit(main())

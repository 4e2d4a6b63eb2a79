#!/usr/bin/env python3
"""Backtraces of real cores, frame by frame, against gdb's and eu-stack's of the same core."""
import re
import subprocess
import sys
import tempfile

from libcores import Maker, need, report

KINDS = [("recurse", 5), ("recurse", 3000), ("mutual", 200), ("align", 4), ("handler", 3), ("handler-info", 3),
         ("handler-altstack", 3), ("call-null", None), ("call-wild", None), ("thread", 3)]
# Every function stays a frame of its own.
WHOLE = ["-fno-inline", "-fno-ipa-cp", "-fno-ipa-sra", "-fno-ipa-icf", "-fno-partial-inlining", "-fno-optimize-sibling-calls"]
# name, flags of the compiler, the kinds that this build is good for
BUILDS = [("optimised", ["-O2"], KINDS), ("plain", ["-O0"], KINDS), ("32 bits", ["-m32", "-O1"], KINDS),
          ("static", ["-O1", "-static"], KINDS),
          ("frame pointers", ["-O1", "-fno-omit-frame-pointer", "-fno-asynchronous-unwind-tables",
                              "-fno-unwind-tables"],
           [("recurse", 5), ("recurse", 3000), ("mutual", 200), ("thread", 3)])]
# Frames that gdb makes up of debug information are no frames on the stack.
GDB = """
import gdb
gdb.execute("set backtrace past-main on")
gdb.execute("set backtrace limit unlimited")
for thread in gdb.selected_inferior().threads():
    thread.switch()
    print("TID", thread.ptid[1])
    frame = gdb.newest_frame()
    while frame:
        if frame.type() not in (gdb.INLINE_FRAME, gdb.TAILCALL_FRAME):
            print("#0 %#x" % frame.pc())
        frame = frame.older()
"""


def parse(text):
    """{tid: [pc, …]} of lines "TID n" and "#n 0x…"."""
    stacks, now = {}, None
    for line in text.splitlines():
        tid = re.match(r"TID (\d+)", line)
        frame = re.match(r"#\d+\s+0x([0-9a-f]+)", line)
        if tid:
            now = stacks.setdefault(int(tid.group(1)), [])
        elif frame and now is not None:
            now.append(int(frame.group(1), 16))
    return stacks


def by_gdb(core):
    with tempfile.NamedTemporaryFile("w", suffix=".py") as script:
        script.write(GDB)
        script.flush()
        done = subprocess.run(["gdb", "-nx", "-batch", core.program, core.path, "-x", script.name],
                              capture_output=True, text=True, check=False)
    return parse(done.stdout)


def by_eu_stack(core):
    done = subprocess.run(["eu-stack", "-n", "0", "-e", core.program, "--core", core.path],
                          capture_output=True, text=True, check=False)
    return parse(done.stdout)


def unfold(thread):
    """The pcs of a thread's frames on the stack, repeated ones written out; the indices of all frames must fit."""
    pcs, frames = [], thread["frames"]
    at, index = 0, 0
    while at < len(frames):
        length, times = frames[at].get("cycle", 1), 1 + frames[at].get("repeats", 0)
        cycle = frames[at:at + length]
        assert [frame["index"] for frame in cycle] == list(range(index, index + length)), (index, cycle)
        pcs += [int(frame["pc"], 16) for frame in cycle if frame["kind"] != "inline"] * times
        at += length
        index += length * times
    return pcs


def check_frames(thread, kind, certain):
    assert thread["truncated_by"] == "outermost", thread["truncated_by"]
    if certain and not kind.startswith("call"):
        assert all(frame["confidence"] == "certain" for frame in thread["frames"]), thread
    symbols = [frame.get("symbol") for frame in thread["frames"]]
    assert "main" in symbols or "in_thread" in symbols, symbols
    if kind.startswith("handler"):
        assert [frame["kind"] for frame in thread["frames"]].count("signal") == 1, thread
        interrupted = [frame for frame in thread["frames"] if frame["found_by"] == "signal-frame"]
        assert [frame["symbol"] for frame in interrupted] == ["fault"], interrupted
    if kind.startswith("call"):
        assert symbols[1] == "call", symbols
    assert len(thread["frames"]) < 60, "recursion is folded"


def check(core, kind, certain):
    status, document = report(core.path)
    assert status == 0, document["warnings"]
    witnesses = {"gdb": by_gdb(core)}
    if not kind.startswith("call"):  # eu-stack takes the frame after the caller's for the caller
        witnesses["eu-stack"] = by_eu_stack(core)
    if not certain:  # eu-stack knows no frame pointers on every machine
        del witnesses["eu-stack"]
    for thread in document["threads"]:
        ours = unfold(thread)
        for name, stacks in witnesses.items():
            theirs = stacks[thread["tid"]]
            assert ours == theirs, (name, thread["tid"], [hex(pc) for pc in ours[:20]], [hex(pc) for pc in theirs[:20]])
    check_frames(document["threads"][0], kind, certain)


def main():
    need("gdb", "eu-stack")
    for name, flags, kinds in BUILDS:
        try:
            maker = Maker("stacks.c", flags + WHOLE)
        except subprocess.CalledProcessError:
            print(f"SKIPPED: {name}: the compiler cannot do {' '.join(flags)}")
            continue
        with maker:
            for kind, number in kinds:
                print(name, kind, number, flush=True)
                check(maker.core(kind, number), kind, name != "frame pointers")
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""How often `inquest report --json` names the true culprit, and how its backtraces compare with gdb's and eu-stack's.

FOLDER holds cores whose truth is known because a tracer watched the process die:
    FOLDER/raw/CASE/core           the core, which may be cut off
    FOLDER/local/CASE/truth.json   expected_function ("a/b": either one; a remark in parentheses: none), first_signal,
                                   fault_pc, fault_addr, exe, signals[0].pc_module (map, offset): what is missing
                                   or null is not compared

Backtraces are those of the crashed thread, the innermost FRAMES of it. Not a test: what the peers find depends on the
files that this machine has."""
import argparse
import json
import os
import re
import shutil
import subprocess
from collections import Counter

INQUEST = os.environ.get("INQUEST", "inquest")
FRAMES = 200
SLOWEST = 120  # seconds for one tool
GDB_WALK = f"""
frame, count = gdb.newest_frame(), 0
while frame and count < {FRAMES}:
    if frame.type() not in (gdb.INLINE_FRAME, gdb.TAILCALL_FRAME):
        print("PC", hex(frame.pc()))
        count += 1
    frame = frame.older()
"""


class Case:
    """One core, and what is true of it."""

    def __init__(self, folder, name):
        self.name = name
        self.core = os.path.join(folder, "raw", name, "core")
        with open(os.path.join(folder, "local", name, "truth.json"), encoding="utf-8") as file:
            self.truth = json.load(file)
        program = self.truth.get("exe")
        self.program = program if program and os.path.exists(program) else None


def cases(folder):
    for name in sorted(os.listdir(os.path.join(folder, "local"))):
        if os.path.exists(os.path.join(folder, "raw", name, "core")):
            yield Case(folder, name)


def output(command):
    """What the command prints; nothing when it takes too long."""
    try:
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, errors="replace",
                              timeout=SLOWEST, check=False).stdout
    except subprocess.TimeoutExpired:
        return ""


def our_frames(report):
    """The pcs of the crashed thread: folded recursion spread out, inlined functions left out."""
    tid = report.get("crash", {}).get("thread")
    frames = next((thread.get("frames", []) for thread in report.get("threads", ()) if thread["tid"] == tid), [])
    pcs, at = [], 0
    while at < len(frames):
        end = at + frames[at].get("cycle", 1)
        cycle = [int(frame["pc"], 16) for frame in frames[at:end] if frame["kind"] != "inline"]
        pcs += cycle * (1 + frames[at].get("repeats", 0))
        at = end
    return pcs


def gdb_frames(case, _):
    """gdb begins with the thread that crashed."""
    program = [case.program] if case.program else []
    text = output(["gdb", "-nx", "-batch", "-ex", "set backtrace past-main on",
                   "-ex", f"python exec({GDB_WALK!r})", *program, "-c", case.core])
    return [int(pc, 16) for pc in re.findall(r"^PC (0x[0-9a-f]+)", text, re.M)]


def eu_frames(case, report):
    program = ["-e", case.program] if case.program else []
    text = output(["eu-stack", "-n", str(FRAMES), *program, "--core", case.core])
    blocks = re.split(r"^TID (\d+):$", text, flags=re.M)
    threads = dict(zip(blocks[1::2], blocks[2::2]))
    block = threads.get(str(report.get("crash", {}).get("thread")), "")
    return [int(pc, 16) for pc in re.findall(r"^#\d+\s+(0x[0-9a-f]+)", block, re.M)]


PEERS = (("gdb", gdb_frames), ("eu-stack", eu_frames))


def names_it(function, wanted):
    """Without arguments and the names around it: "app::lookup(int)" is lookup, and app::lookup. The C library has several of
    a function, of which it takes the one for the processor: "__strlen_evex" is strlen."""
    plain = re.sub(r"^__(\w+?)_(evex|avx|sse|erms|asimd|generic|unaligned)\w*$", r"\1", function.split("(")[0])
    return any(plain == name or plain.endswith("::" + name) for name in wanted.split("/"))


def is_place(named, case):
    """Whether module and offset are those of the first signal's pc."""
    place = (case.truth.get("signals") or [{}])[0].get("pc_module") or {}
    return named.get("object") == place.get("map") and named.get("offset") == place.get("offset")


def culprit(case, report):
    """function: the right one; place: right module and offset, where no function has a name; else what was named."""
    wanted = case.truth.get("expected_function")
    named = report.get("crash", {}).get("culprit")
    if not wanted or wanted.startswith("("):
        return "-"
    if not named:
        return "none"
    function, found = named.get("function"), os.path.basename(named.get("object", "?"))
    if function:
        return "function" if names_it(function, wanted) else f"other: {function.split('(')[0]}"
    return "place" if is_place(named, case) else f"other: {found}"


def fault(case, report):
    """What of the first signal, its pc and its address is right. Behind a handler that is the original fault."""
    crash = report.get("crash", {})
    crash = crash.get("original", crash)
    rows = (("signal", "first_signal", crash.get("signal", {}).get("name")), ("pc", "fault_pc", crash.get("pc")),
            ("address", "fault_addr", crash.get("fault_address")))
    known = [(name, case.truth[key], value) for name, key, value in rows if case.truth.get(key) is not None]
    wrong = [name for name, truth, value in known if truth != value]
    if not known:
        return "-"
    return "not: " + ", ".join(wrong) if wrong else "right"


def shared(ours, theirs):
    """How many of their pcs are ours too, of how many; "none" when they find no stack."""
    return f"{(Counter(ours) & Counter(theirs)).total()} of {len(theirs)}" if theirs else "none"


def row_of(case, peers):
    text = output([INQUEST, "report", "--json", "--quiet", case.core])
    report = json.loads(text) if text else {}
    ours = our_frames(report)
    theirs = [shared(ours[:FRAMES], frames(case, report)) for _, frames in peers]
    return [case.name, culprit(case, report), fault(case, report), str(len(ours)), *theirs]


def show(row):
    print("| " + " | ".join(row) + " |", flush=True)


def total(rows):
    named, faults = Counter(row[1].split(":")[0] for row in rows), Counter(row[2].split(":")[0] for row in rows)
    print(f"\n{len(rows)} cores. Culprit: " + ", ".join(f"{key} {count}" for key, count in sorted(named.items())) +
          ". Fault: " + ", ".join(f"{key} {count}" for key, count in sorted(faults.items())) + ".")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", metavar="FOLDER")
    parser.add_argument("--only", metavar="REGEX", default="", help="only the cases that match")
    options = parser.parse_args()
    peers = [peer for peer in PEERS if shutil.which(peer[0])]
    show(["case", "culprit", "fault", "frames", *(f"pcs of {name}" for name, _ in peers)])
    show(["---"] * (4 + len(peers)))
    rows = []
    for case in cases(options.folder):
        if re.search(options.only, case.name):
            rows.append(row_of(case, peers))
            show(rows[-1])
    total(rows)


if __name__ == "__main__":
    main()

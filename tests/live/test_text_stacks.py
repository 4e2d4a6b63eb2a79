#!/usr/bin/env python3
"""What gdb and eu-stack print of a core, read back as texts: the same functions and addresses, frame by frame, as those of
`inquest stack` of the core itself; and the fault behind a handler."""
import json
import os
import subprocess
import sys

from libcores import ENVIRONMENT, INQUEST, Maker, need

FLAGS = ("-O1", "-fno-inline", "-fno-optimize-sibling-calls")
KINDS = [("recurse", 5), ("handler", 3), ("thread", 3)]


def stacks(path, *words):
    run = subprocess.run([INQUEST, "stack", "--json", "--all-threads", *words, path], capture_output=True, env=ENVIRONMENT,
                         check=False)
    assert run.returncode in (0, 3), run.stderr.decode()
    return json.loads(run.stdout)["threads"]


def tool_text(folder, name, command):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        subprocess.run(command, stdout=file, stderr=subprocess.DEVNULL, check=False)
    return path


def places(thread):
    """(pc, function) of the frames that stand on the stack."""
    return [(frame.get("pc"), (frame.get("function") or frame.get("symbol") or "").split("(")[0].split("@")[0])
            for frame in thread["frames"] if frame.get("kind") not in ("inline", "signal")]


def is_same_name(one, two):
    return not one or not two or one.lstrip("_") in two or two.lstrip("_") in one


def compare_thread(what, ours, theirs):
    """The text's addresses stand in the core's stack in the same order, under the same names. gdb prints functions that were
    inlined as frames, some with an address: those the core's stack has under another's name."""
    at = same = 0
    for pc, name in theirs:
        found = next((i for i in range(at, len(ours)) if ours[i][0] == pc), None)
        if pc is None or found is None:
            continue
        at = found + 1
        same += is_same_name(ours[found][1], name)
    told = sum(pc is not None for pc, _ in theirs)
    assert same >= told - 2 and same, f"{what}: {same} of {told} frames: {theirs}, not {ours}"
    return same


def compare(what, truth, threads):
    by_tid = {thread.get("tid"): thread for thread in threads}
    compared = 0
    for thread in truth:
        assert thread["tid"] in by_tid, f"{what}: thread {thread['tid']} is missing"
        compared += compare_thread(what, places(thread), places(by_tid[thread["tid"]]))
    return compared


def check(maker, kind, number):
    core = maker.core(kind, number)
    truth = stacks(core.path, "--exe", core.program)
    folder = os.path.dirname(core.path)
    gdb = tool_text(folder, "gdb.txt", ["gdb", "-nx", "-batch", "-ex", "set width 80", "-ex", "thread apply all bt",
                                        core.program, core.path])
    eu_stack = tool_text(folder, "eu.txt", ["eu-stack", "-n", "0", "-m", "-e", core.program, "--core", core.path])
    count = 0
    for path in (gdb, eu_stack):
        count += compare(f"{kind} {os.path.basename(path)}", truth, stacks(path, "--no-files"))
    return count, gdb


def check_handler(path):
    run = subprocess.run([INQUEST, "report", "--json", "--no-files", path], capture_output=True, env=ENVIRONMENT,
                         check=False)
    crash = json.loads(run.stdout)["crash"]
    assert crash["signal"]["name"] == "SIGABRT", crash["signal"]
    assert crash["behind_handler"], "the fault behind the handler was not found"
    assert crash["original"]["found_by"] == "signal-frame"
    assert crash["culprit"]["function"], crash["culprit"]


def main():
    need("cc", "gdb", "eu-stack")
    total = 0
    with Maker("stacks.c", FLAGS) as maker:
        for kind, number in KINDS:
            count, gdb = check(maker, kind, number)
            total += count
            if kind == "handler":
                check_handler(gdb)
    print(f"{total} frames agree")
    assert total >= 40
    return 0


sys.exit(main())

#!/usr/bin/env python3
"""inquest stack on real cores: frames and names against gdb and eu-stack; folded recursion, equal stacks, limits and cut
cores against arithmetic."""
import json
import os
import re
import shutil
import struct
import subprocess
import sys

from libcores import Maker, need, run_inquest
from test_stacks import WHOLE, by_eu_stack, by_gdb, unfold

KINDS = (("recurse", 3000), ("mutual", 700), ("handler-info", 2), ("blocked", 30))


def ask(path, *options):
    done = run_inquest("stack", "--json", *options, path)
    document = json.loads(done.stdout)
    assert document["schema"] == "inquest.stack/1"
    return done.returncode, document


def text_of(path, *options):
    return run_inquest("stack", *options, path).stdout.decode()


def names_by_eu_stack(core):
    """{pc: name}"""
    done = subprocess.run(["eu-stack", "-n", "0", "-e", core.program, "--core", core.path], capture_output=True,
                          text=True, check=False)
    return {int(pc, 16): name for pc, name in re.findall(r"^#\d+\s+0x([0-9a-f]+)\s+(\S+)$", done.stdout, re.M)}


def check_against_others(core):
    """All threads, and the names of the program's own functions; those of libraries have aliases."""
    status, document = ask(core.path, "--all-threads")
    gdb, eu_stack, names = by_gdb(core), by_eu_stack(core), names_by_eu_stack(core)
    assert status == 0 and {thread["tid"] for thread in document["threads"]} == set(gdb)
    named = 0
    for thread in document["threads"]:
        assert unfold(thread) == gdb[thread["tid"]] == eu_stack[thread["tid"]], thread
        assert thread["truncated_by"] == "outermost", thread["truncated_by"]
        for frame in thread["frames"]:
            if frame.get("object") == core.program and frame["kind"] != "inline":
                assert frame["symbol"] == names[int(frame["pc"], 16)], frame
                named += 1
    assert named >= 4
    first = document["threads"][0]
    assert first["crashed"] and ask(core.path)[1]["threads"] == [first], "the crashed thread alone is another"
    return document["threads"]


def check_unique(core, threads):
    """Each group is those threads that have the same pcs, by a dictionary."""
    groups = {}
    for thread in threads:
        groups.setdefault(tuple(unfold(thread)), []).append(thread["tid"])
    stacks = ask(core.path, "--unique")[1]["stacks"]
    assert {tuple(unfold(stack)): stack["tids"] for stack in stacks} == groups
    assert [stack["count"] for stack in stacks] == sorted((len(tids) for tids in groups.values()), reverse=True)
    assert all(stack["count"] == len(stack["tids"]) for stack in stacks)
    return stacks


def check_blocked(core, stacks, number):
    """All that wait for the lock are one stack, main is the other."""
    assert [stack["count"] for stack in stacks] == [number, 1], stacks
    assert any(frame.get("symbol") == "wait_for_lock" for frame in stacks[0]["frames"]), stacks[0]
    assert stacks[1]["crashed"] and stacks[1]["tids"] == [core.pid]
    text = text_of(core.path, "--unique")
    assert f"{number} threads:" in text and len(text.splitlines()) < 40, text
    report = run_inquest("report", core.path).stdout.decode()
    assert "<- culprit" in report and " wait_for_lock+" not in report, report
    assert run_inquest("report", "-v", core.path).stdout.decode().count(" wait_for_lock+") == number


def check_recursion(core, threads, functions, number):
    """Once in the list, all on the stack, and told in one line."""
    frames = threads[0]["frames"]
    folded = [frame for frame in frames if frame.get("repeats")]
    assert len(folded) == 1 and len(frames) < 20, frames
    depth = sum(frame.get("symbol") in functions for frame in frames)
    depth += folded[0]["cycle"] * folded[0]["repeats"]
    assert depth == number + 1, f"{depth} frames of {functions}, which were called {number + 1} times"
    first, times = folded[0]["index"], folded[0]["repeats"] + 1
    what = functions[0] if folded[0]["cycle"] == 1 else f"these {folded[0]['cycle']}"
    line = f"    frames {first}-{first + folded[0]['cycle'] * times - 1}: {what} repeated {times:,} times\n"
    assert line in text_of(core.path), line


def check_limit(core, threads):
    thread = ask(core.path, "--limit", "2")[1]["threads"][0]
    assert thread["frames"] == threads[0]["frames"][:2] and thread["truncated_by"] == "limit", thread
    assert f"    {len(unfold(threads[0])) - 2:,} more frames\n" in text_of(core.path, "--limit", "2")


def place_in_file(path, address):
    """Where the memory at an address is in a 64-bit little-endian core."""
    with open(path, "rb") as file:
        data = file.read(1 << 20)
    (table,) = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    for i in range(count):
        kind, _, offset, start, _, filesz = struct.unpack_from("<IIQQQQ", data, table + i * size)
        if kind == 1 and start <= address < start + filesz:
            return offset + address - start
    raise AssertionError(f"nothing at {address:#x}")


def stack_pointer_by_gdb(core, frame):
    steps = ("set backtrace limit unlimited", "set backtrace past-main on", f"frame {frame}", 'printf "==%#lx\\n", $sp')
    words = [word for step in steps for word in ("-ex", step)]
    done = subprocess.run(["gdb", "-nx", "-batch", *words, core.program, core.path], capture_output=True, text=True,
                          check=False)
    return int(re.search(r"^==(\S+)", done.stdout, re.M).group(1), 16)


def check_cut(core, threads):
    """Cut where the stack of frame k begins: its own return address lies below, that of the next frame is gone."""
    with open(core.path, "rb") as file:
        if file.read(6) != b"\x7fELF\x02\x01":
            return
    whole, cut = unfold(threads[0]), core.path + ".cut"
    for k in (0, 1, len(whole) // 2, len(whole) - 3):
        shutil.copyfile(core.path, cut)
        os.truncate(cut, place_in_file(core.path, stack_pointer_by_gdb(core, k)))
        status, document = ask(cut)
        thread = document["threads"][0]
        assert status == 3 and thread["truncated_by"] == "missing-memory", (k, status, thread["truncated_by"])
        assert unfold(thread) == whole[:k + 1], (k, len(unfold(thread)))
        assert "    the stack is not in the core from here on\n" in text_of(cut)


def check(core, kind, number):
    threads = check_against_others(core)
    stacks = check_unique(core, threads)
    check_limit(core, threads)
    if kind == "blocked":
        check_blocked(core, stacks, number)
    if kind == "recurse":
        check_recursion(core, threads, ["recurse"], number)
        check_cut(core, threads)
    if kind == "mutual":
        check_recursion(core, threads, ["even", "odd"], number)
    if kind == "handler-info":
        assert text_of(core.path).count("<signal handler called>") == 1
        assert "then the handler: give_up_info -> give_up -> " in run_inquest("report", core.path).stdout.decode()


def main():
    need("gdb", "eu-stack")
    with Maker("stacks.c", ["-O1", *WHOLE]) as maker:
        for kind, number in KINDS:
            print(kind, number, flush=True)
            check(maker.core(kind, number), kind, number)
    return 0


if __name__ == "__main__":
    sys.exit(main())

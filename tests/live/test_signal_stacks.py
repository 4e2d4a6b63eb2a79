#!/usr/bin/env python3
"""Alternate signal stacks and language heaps in cores, against what the programs say of themselves: sigaltstack(2), Ruby's
ObjectSpace, Erlang's allocators. What is not installed is left out, loudly."""
import json
import os
import re
import shutil
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from libcores import Maker, run_inquest, skip  # noqa: E402

# Python asks the kernel where its stack for signals is, once faulthandler has made one.
PYTHON = """
import ctypes, faulthandler, sys
class Stack(ctypes.Structure):
    _fields_ = [("at", ctypes.c_void_p), ("flags", ctypes.c_int), ("size", ctypes.c_size_t)]
faulthandler.enable()
got = Stack()
ctypes.CDLL(None).sigaltstack(None, ctypes.byref(got))
print("stack", hex(got.at), got.size, flush=True)
sys.stdin.read()
"""
RUBY = """
require 'objspace'
kept = (1..60000).map { |i| "text number #{i}" * 2 }
GC.start
kept.each_slice(5000) { |few| puts "object " + ObjectSpace.dump(few[0])[/"address":"(0x[0-9a-f]+)"/, 1] }
size = GC::INTERNAL_CONSTANTS[:HEAP_PAGE_SIZE] || 65536
count = lambda { GC.stat(:heap_allocated_pages) }
$stdout.flush
GC.disable # so that printing the figure neither adds a page nor gives one back
line = "pages #{count.call * size}\\n"
line = "pages #{count.call * size}\\n" # what making it took is counted now
$stdout.syswrite(line)
$stdin.read
"""
ERLANG = """
L = [{I, list_to_binary(integer_to_list(I))} || I <- lists:seq(1, 200000)], E = ets:new(x, []), ets:insert(E, L),
{_, A, _, _} = {0, erlang:system_info({allocator, mseg_alloc}), 0, 0},
io:format("~p~nready~n", [A]), io:get_line(""), io:format("~p", [length(L)]).
"""


def watched(command, last, folder):
    """(what the process said up to the line that begins with `last`, the path of its core by gdb)."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        said = ""
        while not re.search(rf"^{last}", said, re.M):
            line = process.stdout.readline()
            assert line, (command, said)
            said += line
        time.sleep(0.2)
        prefix = os.path.join(folder, os.path.basename(command[0]))
        done = subprocess.run(["gcore", "-o", prefix, str(process.pid)], capture_output=True, text=True, check=False)
        path = f"{prefix}.{process.pid}"
        return (said, path) if os.path.exists(path) else skip(f"gcore made no core: {done.stderr}")
    finally:
        process.kill()
        process.wait()


def regions_of(path, subclass):
    regions = json.loads(run_inquest("map", "--json", path).stdout)["regions"]
    return [region for region in regions if region.get("subclass") == subclass]


def check_stacks(regions, told):
    """Each is there, to the byte, and certain."""
    got = {(int(region["start"], 16), region["size"], region.get("thread")): region for region in regions}
    assert told, "the program told of no stack"
    for start, size, tid in told:
        region = got.get((start, size, tid))
        assert region and region["class"] == "thread-stack" and region["confidence"] == "certain", (told, regions)


def check_kernel():
    with Maker("signal_stacks.c") as maker:
        core = maker.core("die")
        told = [(int(start, 16), int(size), int(tid))
                for start, size, tid in re.findall(r"^stack (\S+) (\d+) (\d+)$", core.maps, re.M)]
        assert len(told) == 2, core.maps
        check_stacks(regions_of(core.path, "alternate"), told)
        threads = json.loads(run_inquest("report", "--json", core.path).stdout)["threads"]
        got = {(int(t["stack"]["start"], 16), int(t["stack"]["end"], 16), t["tid"]) for t in threads}
        assert got == {(start, start + size, tid) for start, size, tid in told}, (told, got)


def check_python(folder):
    said, core = watched([shutil.which("python3", path="/usr/bin") or "python3", "-c", PYTHON], "stack", folder)
    _, start, size = said.split()
    check_stacks(regions_of(core, "alternate"), [(int(start, 16), int(size), None)])


def check_ruby(folder):
    said, core = watched(["ruby", "-e", RUBY], "pages", folder)
    # The transient heap beside them is counted nowhere in GC.stat.
    regions = [r for r in regions_of(core, "ruby") if not any("transient" in text for text in r["evidence"])]
    objects = [int(word, 16) for word in re.findall(r"^object (\S+)$", said, re.M)]
    pages = int(re.search(r"^pages (\d+)$", said, re.M)[1])
    assert len(objects) == 12, said
    for address in objects:
        assert any(int(r["start"], 16) <= address < int(r["end"], 16) for r in regions), (hex(address), regions)
    assert sum(r["size"] for r in regions) == pages, (pages, regions)


def check_erlang(folder):
    said, core = watched(["erl", "-noshell", "-eval", ERLANG], "ready", folder)
    # Segments that a carrier left, and that are kept for the next, still look as it left them.
    used = sum(int(size) for size in re.findall(r"segments_size,(\d+)", said))
    got = sum(region["size"] for region in regions_of(core, "erlang"))
    assert got and 0.5 * used <= got <= 2 * used, (used, got)


def main():
    check_kernel()
    if not shutil.which("gcore"):
        skip("the rest of this test needs gcore; install gdb")
    with Maker() as maker:
        for name, check in (("python3", check_python), ("ruby", check_ruby)):
            if shutil.which(name):
                check(maker.folder.name)
            else:
                print(f"not tested: {name} is not installed")
        if shutil.which("erl") and "-v" in sys.argv:  # its core has 2 GB
            check_erlang(maker.folder.name)


main()

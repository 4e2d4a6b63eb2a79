#!/usr/bin/env python3
"""Heaps of language run-times against what the run-time says of itself: from a core, and from the map of the process."""
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from libcores import run_inquest, skip  # noqa: E402

KIB = 1024
JAVASCRIPT = """
var keep = []; for (var i = 0; i < 100000; i++) keep.push({a: i, b: "s" + i});
var bytes = new Uint8Array(4 << 20); for (var i = 0; i < bytes.length; i++) bytes[i] = 1;
"""
SCHEME = """
(define keep (let loop ((i 0) (l '())) (if (= i 200000) l (loop (+ i 1) (cons (number->string i) l)))))
(define v (make-vector 1000000 1))
"""


class Runtime:
    """`command` runs the file `name` with `text`, which prints `NUMBER READY` and waits; `judge(told, sums)` compares."""

    def __init__(self, subclass, command, name, text, judge, build=None):
        self.subclass, self.command, self.name, self.text = subclass, command, name, text
        self.judge, self.build = judge, build


def equal(told, sums):
    return sums["certain"] == told


def equal_or_likely(told, sums):
    return sums["certain"] > 0.9 * told and sums["certain"] + sums["likely"] == told


def within(low, high):
    """The run-time tells what is in use, or more than this memory: ours is between these multiples of it."""
    return lambda told, sums: low * told <= sums["certain"] + sums["likely"] <= high * told


RUNTIMES = {
    "guile": Runtime("boehm", ["guile", "--no-auto-compile"], "a.scm", SCHEME + """
(display (cdr (assq 'heap-size (gc-stats)))) (display " READY\\n") (force-output) (sleep 60) (display (length keep))""", equal),
    "scheme": Runtime("chez", ["scheme", "--script"], "a.ss", SCHEME + """
(display (current-memory-bytes)) (display " READY\\n") (flush-output-port (current-output-port))
(sleep (make-time 'time-duration 0 60)) (display (length keep))""", equal_or_likely),
    "racket": Runtime("chez", ["racket"], "a.rkt", "#lang racket/base" + SCHEME + """
(display (current-memory-use)) (display " READY\\n") (flush-output) (sleep 60) (display (length keep))""", within(1, 3)),
    "php": Runtime("php", ["php", "-n"], "a.php", """<?php
$keep = []; for ($i = 0; $i < 100000; $i++) $keep[] = [$i, "s$i"]; $large = str_repeat("x", 5000000);
echo memory_get_usage(true), " READY\\n"; sleep(60);""", equal),
    "luajit": Runtime("luajit", ["luajit"], "a.lua", """
keep = {} for i = 1, 200000 do keep[i] = {i, tostring(i)} end
local large = string.rep("x", 5000000)
print(math.floor(collectgarbage("count") * 1024), "READY") io.stdout:flush() io.read() print(#large)""", within(1, 1.3)),
    "jsc": Runtime("jsc", ["jsc"], "a.js", JAVASCRIPT + """
fullGC(); print(gcHeapSize(), "READY"); sleepSeconds(60); print(keep.length)""", lambda told, sums: sums["certain"] > 0.3 * told),
    "gjs": Runtime("spidermonkey", ["gjs"], "a.js", JAVASCRIPT + """
print(1 << 20, "READY"); imports.gi.GLib.usleep(60000000); print(keep.length)""", lambda told, sums: sums["certain"] % told == 0),
    "ocamlopt": Runtime("ocaml", None, "a.ml", """
let keep = ref []
let () = for i = 1 to 200000 do keep := (i, string_of_int i) :: !keep done; Gc.full_major ();
  Printf.printf "%d READY\\n%!" (8 * (Gc.quick_stat ()).Gc.heap_words); Unix.sleep 60; print_int (List.length !keep)
""", within(0.95, 1.5), ["ocamlopt", "-I", "+unix", "unix.cmxa", "a.ml", "-o", "a"]),
}


def allow_cores():
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def map_of(process):
    with open(f"/proc/{process.pid}/maps", encoding="utf-8") as file:
        return file.read()


def die(runtime, folder):
    """(what was told, path of the core, path of the map)"""
    with open(os.path.join(folder, runtime.name), "w", encoding="utf-8") as file:
        file.write(runtime.text)
    if runtime.build:
        subprocess.run(runtime.build, cwd=folder, check=True)
    command = [os.path.join(folder, "a")] if runtime.build else runtime.command + [runtime.name]
    with subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                          preexec_fn=allow_cores) as process:
        line = process.stdout.readline()
        assert "READY" in line, (command, line)
        with open(os.path.join(folder, "maps.txt"), "w", encoding="utf-8") as file:
            file.write(map_of(process))
        process.send_signal(signal.SIGABRT)
        process.wait()
    cores = [name for name in os.listdir(folder) if name.startswith("core")]
    if not cores:
        skip("this machine makes no cores here: the kernel pipes them away, or does not write them")
    return int(re.match(r"\d+", line)[0]), os.path.join(folder, cores[0]), os.path.join(folder, "maps.txt")


def regions_of(path, subclass):
    document = json.loads(run_inquest("map", "--json", "--no-files", path).stdout)
    return [region for region in document["regions"] if region.get("subclass") == subclass]


def sums_of(regions):
    sums = {"certain": 0, "likely": 0, "possible": 0}
    for region in regions:
        sums[region["confidence"]] += int(region["end"], 16) - int(region["start"], 16)
    return sums


# Those that a map shows without memory.
IN_MAPS = ("scheme", "racket", "php", "gjs")


def check(name, runtime):
    with tempfile.TemporaryDirectory(prefix="inquest-live-") as folder:
        told, core, maps = die(runtime, folder)
        sums = sums_of(regions_of(core, runtime.subclass))
        print(f"{name}: told {told // KIB:,} KiB; {runtime.subclass}:", {key: value // KIB for key, value in sums.items()})
        assert sums["certain"] > 0 and sums["possible"] == 0 and runtime.judge(told, sums), (name, told, sums)
        if name in IN_MAPS:
            shown = sums_of(regions_of(maps, runtime.subclass))
            # A chunk of SpiderMonkey that lies near something else by chance is not told.
            assert shown["certain"] == 0 and sum(shown.values()) >= 0.7 * sums["certain"], (name, shown, sums)


def has(name):
    if not shutil.which(name):
        return False
    if name != "ocamlopt":
        return True
    version = subprocess.run(["ocamlopt", "-version"], capture_output=True, text=True, check=False).stdout
    return int(version.split(".")[0] or 0) >= 5  # 4 has its heap from malloc


def main():
    found = [name for name in RUNTIMES if has(name)]
    for name in RUNTIMES:
        if name not in found:
            print(f"SKIPPED: {name}: this part needs the command {name}" + (" 5" if name == "ocamlopt" else ""))
    if not found:
        skip("none of these run-times is here")
    for name in found:
        check(name, RUNTIMES[name])


main()

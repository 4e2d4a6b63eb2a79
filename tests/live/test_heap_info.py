#!/usr/bin/env python3
"""What `jcmd PID GC.heap_info` printed, as an artefact: by itself it gives the JVM's generations, and beside the map of the same
process it is compared with the arithmetic."""
import json
import os

from libjvm import COLLECTORS, Java, answer, generations, solved
from libcores import run_inquest


def same(what, got, wanted):
    assert got == wanted, f"{what}: got {got!r}, wanted {wanted!r}"


def check(java, name):
    path, _ = java.run(f"-Xmx256m -Xms64m {COLLECTORS[name]}", name)
    info = os.path.join(java.folder.name, name + ".info")
    with open(info, encoding="utf-8") as file:
        text = file.read()
    truth = generations(text)
    files = json.loads(run_inquest("identify", "--json", info).stdout)["files"]
    same(f"{name}: kind", files[0]["kind"], "jvm-heap-info")
    for more in ([], [path]):
        jvm = solved(info, None, *more)
        same(f"{name}: witness", (jvm["found_by"], jvm["confidence"], jvm["collector"]), ("hs-err", "certain", name))
        same(f"{name}: disagreements", jvm["disagreements"], [])
        got = answer(jvm)
        for generation, (start, committed, end) in truth.items():
            same(f"{name}: {generation}", (got[generation][0], got[generation][2]), (start, end))
            assert generation == "heap" or got[generation][1] == committed, (name, generation, got)


with Java() as compiled:
    for collector in ("serial", "parallel", "g1"):
        check(compiled, collector)

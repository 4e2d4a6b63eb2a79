#!/usr/bin/env python3
"""Cores of real JVMs under each collector, against what jcmd said of them just before: to the byte. With -v each with a dozen ways
to size the heap; `--java FOLDER` runs another JDK than the installed one."""
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
from collections import Counter

from libcores import HERE, need, run_inquest, skip
from libjvm import SIZES, chosen_java

COLLECTORS = {"Serial": 60000, "Parallel": 60000, "ConcMarkSweep": 60000, "G1": 60000, "Shenandoah": 60000, "Z": 60000, "Epsilon": 9000}
NAMES = {"Serial": "serial", "Parallel": "parallel", "ConcMarkSweep": "cms", "G1": "g1", "Shenandoah": "shenandoah", "Z": "z",
         "Epsilon": "epsilon"}
K, M = 1 << 10, 1 << 20
TRIPLE = r"\[(0x[0-9a-f]+), ?(0x[0-9a-f]+),(?: ?0x[0-9a-f]+,)? ?(0x[0-9a-f]+)\)"
# What native memory tracking calls a reservation, and its classes here: "Class" is both up to 15.
RESERVED = {"Java Heap": {"jvm-heap"}, "Class": {"jvm-class-space"}, "Metaspace": {"jvm-metaspace"},
            "Shared class space": {"jvm-cds"}}
BOTH = {"jvm-class-space", "jvm-metaspace"}


class Jvm:
    """A sleeping JVM, what jcmd says of it, and its core."""

    def __init__(self, place, classes, collector, sizes):
        self.collector, self.place = collector, place
        options = ["-XX:+UnlockExperimentalVMOptions"] if collector in ("Epsilon", "Z") else []
        command = ["java", *sizes.split(), *options, f"-XX:+Use{collector}GC", "-XX:NativeMemoryTracking=detail", "-cp",
                   classes, "Nap", str(COLLECTORS[collector])]

        def allow_cores():
            resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        self.process = subprocess.Popen(command, cwd=self.place, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        text=True, preexec_fn=allow_cores)
        self.runs = any(line.strip() == "ready" for line in self.process.stdout)  # warnings may come before

    def jcmd(self, *words):
        done = subprocess.run(["jcmd", str(self.process.pid), *words], capture_output=True, text=True, check=False)
        assert done.returncode == 0 or "Unknown diagnostic command" in done.stdout + done.stderr, done
        return done.stdout if done.returncode == 0 else ""

    def ask(self):
        self.jcmd("VM.version")  # the first attachment starts a thread, which allocates
        self.flags = self.jcmd("VM.flags")
        self.code = self.jcmd("Compiler.codecache")  # since 9
        self.memory = self.jcmd("VM.native_memory", "detail")
        self.threads = self.jcmd("Thread.print")
        self.heap = self.settled_heap()

    def settled_heap(self):
        """The heap, once no collection changes it any more: ZGC's warm-up goes on while the program sleeps already."""
        before = None
        for _ in range(20):
            classes = self.jcmd("VM.metaspace")  # since 25 heap_info does not tell it; before 10 it is not known
            heap = self.jcmd("GC.heap_info")
            heap += "" if "Metaspace" in heap else classes
            if heap == before:
                break
            before = heap
        return heap

    def core(self):
        self.process.send_signal(6)
        self.process.communicate()
        found = [name for name in os.listdir(self.place) if name.startswith("core")]
        return os.path.join(self.place, found[0]) if found else None


def number(text):
    return int(text, 16)


def scaled(text):
    """The bytes of "65536K" or "64M"."""
    return int(text[:-1]) * {"K": K, "M": M, "G": K * M}[text[-1]]


def same(what, found, expected):
    assert found == expected, f"{what}: {found!r}, not {expected!r}"


def area(document, *names):
    """The generation, and in it the space, of these names."""
    found = document["generations"]
    for name in names:
        row = next(row for row in found if row["name"] == name)
        found = row.get("spaces", [])
    return row


def check_generation(document, name, line):
    start, committed, end = (number(word) for word in re.search(TRIPLE, line).groups())
    row = area(document, name)
    same(f"{name} range", (number(row["start"]), number(row["end"])), (start, end))
    same(f"{name} committed", row["committed"], committed - start)
    assert row.get("reserved", end - start) == end - start, (name, row, line)  # since 28 the generations of Parallel share theirs
    used = int(re.search(r"used (\d+)K", line).group(1))
    same(f"{name} used", row["used"] // K, used)


def check_space(document, generation, name, line):
    start, top, end = (number(word) for word in re.search(TRIPLE, line).groups())
    row = area(document, generation, name)
    same(f"{name} range", (number(row["start"]), number(row["end"])), (start, end))
    same(f"{name} used", row["used"], top - start)


def lines_with(text, *words):
    return [line for line in text.splitlines() if any(word in line for word in words)]


def check_generations(jvm, document):
    young, old = lines_with(jvm.heap, "new generation", "DefNew", "PSYoungGen", "tenured generation", "Tenured", "ParOldGen",
                            "mark-sweep")
    if jvm.collector == "Parallel":
        same("order", [row["name"] for row in document["generations"]], ["old", "young"])
    check_generation(document, "young", young)
    check_generation(document, "old", old)
    for name in ("eden", "from", "to"):
        check_space(document, "young", name, lines_with(jvm.heap, f" {name} ")[0])
    if jvm.collector != "ConcMarkSweep":  # its space has free lists and no top
        check_space(document, "old", "space", lines_with(jvm.heap, "the space", "the  space", "object space")[0])


def check_g1(jvm, document):
    line = lines_with(jvm.heap, "garbage-first heap")[0]
    start, end = (number(word) for word in re.search(r"\[(\w+), (?:\w+, )?(\w+)\)", line).groups())
    same("heap", (number(document["heap"]["start"]), number(document["heap"]["end"])), (start, end))
    same("committed", document["heap"]["committed"], int(re.search(r"(?:total|committed) (\d+)K", line).group(1)) * K)
    size = scaled(re.search(r"region size (\w+),", jvm.heap).group(1))
    types = Counter(region.get("type") for region in document["regions"])
    same("region size", document["region_size"], size)
    same("regions", sum(number(region["end"]) - number(region["start"]) for region in document["regions"]),
         document["heap"]["committed"])
    if document["major"] == 8:  # it has no type of a region
        return
    eden, young, survivors = (re.search(rf" (\d+) {name}", jvm.heap) for name in ("eden", "young", "survivor"))
    same("survivors", types["survivor"], int(survivors.group(1)))
    same("young", types["eden"], int(eden.group(1)) if eden else int(young.group(1)) - types["survivor"])
    for name in ("old", "free"):  # since 28 these are told, too
        told = re.search(rf" (\d+) {name} \(", jvm.heap)
        assert not told or types[name] == int(told.group(1)), (name, types, jvm.heap)


def check_shenandoah(jvm, document):
    most, committed, used = re.search(r"(\w+) max, .* (\w+) committed, (\w+) used", jvm.heap).groups()
    start, end = (number(word) for word in re.search(r"- \[(\w+), (\w+)\)", jvm.heap).groups())
    size = re.search(r"\d+ x (\d+ ?[KMG]) regions", jvm.heap).group(1)
    heap = document["heap"]
    same("heap", (number(heap["start"]), number(heap["end"])), (start, end))
    tables = document["major"] >= 17
    # It goes on committing regions one by one after jcmd has asked, and jcmd's own thread allocates.
    assert heap["reserved"] == scaled(most), (heap, most)
    assert 0 <= heap["committed"] - scaled(committed) <= M and 0 <= heap["used"] // K * K - scaled(used) <= M, (heap, jvm.heap)
    same("region size", document["region_size"], scaled(size.replace(" ", "")))
    if tables:  # before, none tells where they stand
        same("regions", len(document["regions"]) * document["region_size"], heap["committed"])


def check_z(jvm, document):
    used, capacity, most = re.search(r"used (\d+)M, capacity (\d+)M, max capacity (\d+)M", jvm.heap).groups()
    heap = document["heap"]
    same("sizes", (heap["reserved"], heap["committed"], heap["used"]),
         (int(most) * M, int(capacity) * M, int(used) * M))
    pages = sum(number(page["end"]) - number(page["start"]) for page in document["regions"])
    if document["major"] >= 15:
        same("pages", pages, int(used) * M)
    else:  # the table keeps pages that are free
        assert int(used) * M <= pages <= int(capacity) * M, (pages, jvm.heap)


def check_epsilon(jvm, document):
    start, top, end = (number(word) for word in re.search(TRIPLE, jvm.heap).groups())
    heap = document["heap"]
    same("heap", (number(heap["start"]), heap["committed"], heap["used"]), (start, end - start, top - start))


def check_flags(jvm, document):
    told = re.findall(r"-XX:(?:([+-])(\w+)|(\w+)=(\S*))", jvm.flags)
    assert len(told) > 5, jvm.flags
    for sign, switch, name, value in told:
        same(f"flag {switch or name}", document["flags"].get(switch or name),
             {"+": "true", "-": "false"}.get(sign, value))
        assert document["flag_origins"][switch or name] != "default"


def check_code(jvm, document):
    if not jvm.code:
        return
    heaps = re.findall(r"CodeHeap '([^']+)': size=(\d+)Kb used=(\d+)Kb.*\n bounds \[(\w+), (\w+), (\w+)\]", jvm.code)
    heaps = heaps or [("code heap", *row) for row in
                      re.findall(r"CodeCache: size=(\d+)Kb used=(\d+)Kb.*\n bounds \[(\w+), (\w+), (\w+)\]", jvm.code)]
    rows = {number(row["start"]): row for row in document["code_cache"]}
    same("code heaps", len(rows), len(heaps))
    for name, size, _, low, high, end in heaps:
        row = rows[number(low)]
        same(name, row["name"].removeprefix("code heap") or row["name"], name.removeprefix("code heap") or name)
        same(f"{name} sizes", (row["reserved"] // K, row["committed"]), (int(size), number(high) - number(low)))
        same(f"{name} end", number(row["end"]), number(end))


def check_metaspace(jvm, document):
    committed, reserved = re.search(r"Metaspace +used \d+K,(?: capacity \d+K,)? committed (\d+)K, reserved (\d+)K", jvm.heap).groups()
    both = [document[name] for name in ("metaspace", "class_space") if name in document]
    same("metaspace", [sum(row[key] for row in both) // K for key in ("committed", "reserved")],
         [int(committed), int(reserved)])


def check_map(jvm, regions):
    """Each reservation of native memory tracking is all of its class; Java threads have their stacks."""
    found = re.findall(r"^\[(\w+) - (\w+)\] reserved (?:and committed )?(\d+)KB for ([^\n]+?)(?: from)?$",
                       jvm.memory, re.M)
    seen, told = set(), {what for _, _, _, what in found}
    for start, end, _, what in found:
        if what not in RESERVED:
            continue
        inside = [region for region in regions
                  if number(region["start"]) < number(end) and number(region["end"]) > number(start)]
        if what == "Java Heap" and jvm.collector == "Z":  # what is reserved there may be more than one range
            inside = [region for region in inside if region["permissions"] != "---p"]
        classes = {region["class"] for region in inside}
        if what == "Class" and "Metaspace" not in told:
            assert len(classes) == 1 and classes <= BOTH, (start, end, classes)
        else:
            same(f"classes in {what}", classes, RESERVED[what])
        seen |= classes
    same("class space", "jvm-class-space" in seen, "class space" in jvm.heap)
    assert {"jvm-heap", "jvm-metaspace"} <= seen, seen
    nids = {int(nid, 0) for nid in re.findall(r'^".*" #\d+ .*nid=(\w+)', jvm.threads, re.M)}
    stacks = {region.get("thread") for region in regions if region["class"] == "jvm-stack"}
    assert len(nids) > 5 and nids <= stacks, (nids, stacks)


CHECKS = {"Serial": check_generations, "Parallel": check_generations, "ConcMarkSweep": check_generations, "G1": check_g1, "Shenandoah": check_shenandoah,
          "Z": check_z, "Epsilon": check_epsilon}


def check(jvm, core):
    document = json.loads(run_inquest("jvm", "--json", core).stdout)["jvm"]
    name = NAMES[jvm.collector] + ("-generational" if jvm.collector == "Z" and document["major"] >= 23 else "")
    same("collector", document["collector"], name)
    same("witness", (document["found_by"], document["confidence"]), ("vmstructs", "certain"))
    same("disagreements", document["disagreements"], [])
    CHECKS[jvm.collector](jvm, document)
    check_flags(jvm, document)
    check_code(jvm, document)
    check_metaspace(jvm, document)
    regions = json.loads(run_inquest("map", "--json", core).stdout)["regions"]
    for before, after in zip(regions, regions[1:]):
        assert number(before["end"]) <= number(after["start"]), (before, after)
    check_map(jvm, regions)


def examine(classes, collector, sizes):
    """Whether this JVM runs; ends with an assertion when its core and jcmd do not agree."""
    with tempfile.TemporaryDirectory(prefix="inquest-jvm-") as place:
        jvm = Jvm(place, classes, collector, sizes)
        try:
            if jvm.runs:
                jvm.ask()
        finally:
            core = jvm.core()
        if not jvm.runs:
            print(f"SKIPPED in part: this JVM does not run {collector} with {sizes}")
            return False
        if not core:
            skip("the kernel wrote no core")
        check(jvm, core)
    return True


def every(classes):
    """All sizes with all collectors: prints what agrees, and how many do not."""
    failed = 0
    for collector in COLLECTORS:
        right = ran = 0
        for name, sizes in SIZES.items():
            try:
                right += (runs := examine(classes, collector, sizes))
                ran += runs
            except (AssertionError, KeyError) as why:
                ran, failed = ran + 1, failed + 1
                print(f"FAIL: {collector}, {name}: {why}")
        print(f"{collector}: {right} of {ran} equal to jcmd", flush=True)
    return failed != 0


def main():
    chosen_java()
    need("java", "javac", "jcmd")
    with open("/proc/sys/kernel/core_pattern", encoding="utf-8") as file:
        if file.read()[0] in "|/":
            skip("the kernel pipes cores away (core_pattern)")
    with tempfile.TemporaryDirectory(prefix="inquest-jvm-") as folder:
        subprocess.run(["javac", "-d", folder, os.path.join(HERE, "Nap.java")], check=True)
        if "-v" in sys.argv:
            return every(folder)
        done = [collector for collector in COLLECTORS
                if examine(folder, collector, "-Xmx128m" if collector == "Z" else "-Xmx64m")]
    assert {"Serial", "Parallel", "G1"} <= set(done), done
    print("equal to jcmd:", ", ".join(done))
    return 0


if __name__ == "__main__":
    sys.exit(main())

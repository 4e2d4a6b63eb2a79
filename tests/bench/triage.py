#!/usr/bin/env python3
"""`inquest triage` over many small cores: is the cost of each the same with 200 and with 10,000, does the memory of the workers stay
bounded, does every input give its line; and how many times faster than eu-stack and gdb -batch under xargs, which find
only stacks; and is a large packed core read as fast as zstd unpacks it. The cores are made here by tests/live/crash.c and copied (as hard links, each of its own name); one in twenty is
damaged. Times are processor time of all processes, so that other work on the machine matters less.
Not a test: it takes minutes."""
import argparse
import json
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE.parent / "live"))
from libcores import INQUEST, Maker  # noqa: E402

KINDS = ("null", "fpe", "jump", "abort")
DISTINCT = 100  # cores on disk; the inputs are links to them
DAMAGED = 20    # one in so many
ROUNDS = 7      # of triage and another command in turn
LARGE = 512     # MiB of the packed core


def make_distinct(maker, folder):
    """Copies of the made cores with other bytes in the stack's last page, so that they are different files."""
    cores = [maker.core(kind).path for kind in KINDS]
    made = []
    chooser = random.Random(1)
    for i in range(DISTINCT):
        path = folder / f"distinct.{i}"
        shutil.copyfile(cores[i % len(cores)], path)
        if i % DAMAGED == DAMAGED - 1:
            damage(path, chooser)
        made.append(path)
    return made


def damage(path, chooser):
    """Cut somewhere, or with a kilobyte of noise."""
    size = path.stat().st_size
    if chooser.random() < 0.5:
        os.truncate(path, chooser.randrange(64, size))
        return
    with open(path, "r+b") as file:
        file.seek(chooser.randrange(0, 4096))
        file.write(chooser.randbytes(1024))


def fill(folder, distinct, count):
    folder.mkdir()
    for i in range(count):
        os.link(distinct[i % len(distinct)], folder / f"core.{i:05d}")


class Watch(threading.Thread):
    """The largest memory of its own (RssAnon) that a worker of the process had."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.largest, self.workers, self.over = pid, 0, set(), False

    def run(self):
        while not self.over:
            try:
                children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
            except OSError:
                return
            for child in children:
                self.workers.add(child)
                try:
                    status = Path(f"/proc/{child}/status").read_text()
                except OSError:
                    continue
                for line in status.splitlines():
                    if line.startswith("RssAnon:"):
                        self.largest = max(self.largest, int(line.split()[1]))
            time.sleep(0.05)


def spent():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def triage(folder, *words):
    """(processor seconds, seconds, lines, groups, KiB of the largest worker)"""
    before, began = spent(), time.monotonic()
    with subprocess.Popen([INQUEST, "triage", str(folder), "--json", *words], stdout=subprocess.PIPE) as process:
        watch = Watch(process.pid)
        watch.start()
        output = process.communicate()[0]
        watch.over = True
    lines = [json.loads(line) for line in output.splitlines()]
    results = [line for line in lines if "group" not in line]
    assert process.returncode in (0, 3), process.returncode
    return spent() - before, time.monotonic() - began, results, len(lines) - len(results), watch.largest


def other(command, paths):
    """Processor seconds of a command for each path, two at a time."""
    before = spent()
    subprocess.run(["xargs", "-P2", "-n1", *command], input="\n".join(map(str, paths)), text=True, check=False,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return (spent() - before) / len(paths)


def tell(count, run):
    cpu, wall, results, groups, largest = run
    states = {state: sum(r["status"] == state for r in results) for state in ("ok", "partial", "failed")}
    print(f"{count:6d} inputs: {len(results)} lines {states}, {groups} groups; {1e3 * cpu / count:.3f} ms of processor time "
          f"each, {wall:.1f} s in all; the largest worker had {largest / 1024:.1f} MiB of its own")
    assert len(results) == len({r["path"] for r in results}) == count
    return cpu / count


def compare_caches(count, folder, cache):
    """Seconds for each input without a symbol cache, with an empty one, and with a full one, which is given back."""
    triage(folder, "--cache", "none")  # what is on disk is now in memory, for all alike
    for name, words in (("without a symbol cache", ("--cache", "none")), ("with an empty one", ("--cache", str(cache))),
                        ("with a full one", ("--cache", str(cache)))):
        print(name, end=": ")
        cost = tell(count, triage(folder, *words))
        time.sleep(1)  # the indexer
    shutil.rmtree(cache, ignore_errors=True)
    return cost


def compare_with(name, command, paths, folders, cache):
    """How many times as much as triage another command takes for each core. Both run in turn, so that a machine which is slow
    for a while is so for both."""
    each, times = [], {count: [] for count in folders}
    for _ in range(ROUNDS):
        each.append(other(command, paths))
        for count, folder in folders.items():
            times[count].append(each[-1] * count / triage(folder, "--cache", str(cache))[0])
    told = ", ".join(f"{statistics.median(t):.1f} times ({min(t):.1f} to {max(t):.1f}) as much as one of {count}"
                     for count, t in times.items())
    print(f"{name}: {1e3 * statistics.median(each):.2f} ms each, {told}; {ROUNDS} rounds")


def pack(maker, work):
    packed = work / "large.zst"
    subprocess.run(["zstd", "-q", "-3", maker.core("big", LARGE).path, "-o", packed], check=True)
    return packed


def compare_with_unpacking(packed):
    """A packed core, told by one worker, against `zstd -d` of it to nowhere."""
    commands = {"zstd": ["zstd", "-dqc", packed], "triage": [INQUEST, "triage", "--json", "--jobs", "1", packed]}
    times = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            before = spent()
            subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            times[name].append(spent() - before)
    ratios = [zstd / triage for zstd, triage in zip(*times.values())]
    print(f"{packed.name}: zstd -d takes {statistics.median(ratios):.2f} times ({min(ratios):.2f} to {max(ratios):.2f}) as long as "
          f"triage; {ROUNDS} rounds")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("counts", nargs="*", type=int, default=[200, 10000])
    parser.add_argument("--others", type=int, default=40, help="cores that eu-stack is given; gdb takes a quarter")
    parser.add_argument("--packed", type=Path, nargs="*", metavar="CORE.zst", help="cores that zstd has packed, instead of a made one")
    options = parser.parse_args()
    with Maker() as maker:
        work = Path(maker.folder.name)
        distinct = make_distinct(maker, work)
        folders = {count: work / str(count) for count in options.counts}
        costs = []
        for count, folder in folders.items():
            fill(folder, distinct, count)
            costs.append(compare_caches(count, folder, work / "cache"))
        whole = [path for i, path in enumerate(distinct) if i % DAMAGED != DAMAGED - 1]
        print(f"cost for each with {options.counts[-1]} to {options.counts[0]}: {costs[-1] / costs[0]:.2f}")
        triage(folders[options.counts[0]], "--cache", str(work / "cache"))
        time.sleep(1)  # the indexer
        if shutil.which("eu-stack"):
            compare_with("eu-stack", ["eu-stack", f"--executable={maker.program}", "--core"], whole[:options.others], folders,
                         work / "cache")
        if shutil.which("gdb"):
            compare_with("gdb -batch", ["gdb", "-nx", "-batch", "-ex", "bt", maker.program],
                         whole[:max(1, options.others // 4)], folders, work / "cache")
        if shutil.which("zstd"):
            for packed in options.packed or [pack(maker, work)]:
                compare_with_unpacking(packed)
    return 0


if __name__ == "__main__":
    sys.exit(main())

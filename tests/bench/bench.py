#!/usr/bin/env python3
"""Time and peak memory of `inquest report --json` against others on the same cores, in one interleaved run.

The cores are made here, by tests/live/crash.c; ratios are medians relative to `eu-readelf -n`. With --cores DIR, the cores
DIR/*/core are measured against the stacks alone of eu-stack and gdb, by processor time, and the results written as one
table. Not a test: a machine that does other work at the same time gives other figures."""
import argparse
import glob
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(HERE, "..", "live"))
from libcores import INQUEST, Maker, need  # noqa: E402

# name, kind and number for crash.c, goal of inquest's time relative to eu-readelf -n (None: that does not read as much)
CORES = (
    ("small", "null", None, 1.5),
    ("4 GiB, sparse", "big", 4096, 1.5),
    ("60,000 mappings of a file", "files", 60000, 3),
    ("60,000 mappings without a file, which are in no note", "mappings", 60000, None),
    ("2,000 threads", "threads", 2000, 3),
)
# those that are measured beside the cores of --cores
MADE = (("made: small", "null", None), ("made: 2,000 threads", "threads", 2000))
REFERENCE = "eu-readelf -n"
ORDINARY = ("small", "4 GiB, sparse")  # the cores that have a goal for memory
SLOW, SLOW_ROUNDS = 200_000, 5  # microseconds a run; rounds for such a tool


def tools(folder, program):
    """(name, command before the core) of what is there."""
    rows = [
        ("inquest report --json", [INQUEST, "report", "--json"]),
        (REFERENCE, ["eu-readelf", "-n"]),
        ("readelf -n", ["readelf", "-n"]),
        ("eu-stack", ["eu-stack", f"--executable={program}", "--core"]),
        ("gdb -batch -ex bt", ["gdb", "-nx", "-batch", "-ex", "bt", program]),
        ("open, read the notes", [os.path.join(folder, "bare")]),
    ]
    there = [row for row in rows if shutil.which(row[1][0])]
    for row in rows:
        if row not in there:
            print(f"not measured, because it is not installed: {row[0]}")
    return there


def build(folder):
    for name in ("measure", "bare"):
        subprocess.run(["cc", "-O2", "-o", os.path.join(folder, name), os.path.join(HERE, name + ".c")], check=True)


def run(folder, command):
    """(microseconds, KiB, exit status) of one run."""
    done = subprocess.run([os.path.join(folder, "measure")] + command, capture_output=True, text=True, check=True)
    return tuple(int(word) for word in done.stdout.split()[:3])


def measure(folder, rows, core, rounds):
    """{name: (median microseconds, most KiB, exit status)}: the tools take turns, the slow ones a few times only."""
    seen = {name: [] for name, _ in rows}
    for _ in range(rounds):
        for name, command in rows:
            if len(seen[name]) < SLOW_ROUNDS or seen[name][-1][0] < SLOW:
                seen[name].append(run(folder, command + [core]))
    results = {}
    for name, runs in seen.items():
        times, sizes, statuses = zip(*runs[1:])  # the first warms the caches up
        results[name] = (statistics.median(times), max(sizes), statuses[-1])
    return results


def print_table(name, core, goal, results):
    blocks = os.stat(core).st_blocks * 512
    print(f"\n{name}: {os.path.getsize(core):,} bytes, {blocks:,} on disk")
    print(f"  {'':24}{'time':>9}{'ratio':>9}{'memory':>11}")
    reference = results.get(REFERENCE, (0,))[0]
    for tool, (micro, kib, status) in sorted(results.items(), key=lambda item: item[1][0]):
        ratio = f"{micro / reference:.2f} x" if reference else ""
        failed = f"   exit status {status}" if status else ""
        print(f"  {tool:24}{micro / 1000:>6.1f} ms{ratio:>9}{kib / 1024:>7.1f} MiB{failed}")
    micro, kib, _ = results["inquest report --json"]
    if goal and reference:
        print(f"  goal, at most {goal} x: {'met' if micro <= goal * reference else 'NOT met'}")
    if name in ORDINARY:
        print(f"  goal, at most 16 MiB: {'met' if kib <= 16 << 10 else 'NOT met'}")


def stack_tools(executable):
    """(name, command before the core): all frames of all threads."""
    named = [f"--executable={executable}"] if executable else []
    return [
        ("inquest", [INQUEST, "report", "--json"]),
        ("eu-stack", ["eu-stack", "-n", "0"] + named + ["--core"]),
        ("gdb", ["gdb", "-nx", "-batch", "-ex", "set pagination off", "-ex", "thread apply all bt"]
         + ([executable] if executable else []) + ["--core"]),
    ]


def report_of(core):
    text = subprocess.run([INQUEST, "report", "--json", core], capture_output=True, text=True, check=False).stdout
    return json.loads(text or "{}")


def executable_of(core):
    """The program that died, as inquest finds it; eu-stack and gdb are told, so that none searches longer."""
    for item in report_of(core).get("objects", []):
        if item.get("kind") == "exe" and item.get("file") == "matched":
            return item["path"]
    return None


def once(folder, command, limit):
    """(microseconds of processor time, KiB); the system stops it after `limit` seconds."""
    done = subprocess.run([os.path.join(folder, "measure")] + command, capture_output=True, text=True, check=True,
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (limit, limit)))
    _, kib, _, micro = (int(word) for word in done.stdout.split())
    return micro, kib


def measure_case(folder, core, rounds, limit):
    """{name: (least microseconds, most KiB)}: the least, because whatever else the machine does only adds."""
    seen = {}
    rows = stack_tools(executable_of(core))
    for number in range(rounds):
        for name, command in rows:
            runs = seen.setdefault(name, [])
            if number < 2 or runs[-1][0] < SLOW or (number < SLOW_ROUNDS and runs[-1][0] < 10 * SLOW):
                runs.append(once(folder, command + [core], limit))
    return {name: (min(r[0] for r in runs), max(r[1] for r in runs)) for name, runs in seen.items()}


def ratio_text(results, name, limit):
    """How much longer `name` takes, and that as a number."""
    ratio = results[name][0] / results["inquest"][0]
    return f"{'over ' if results[name][0] > 0.98e6 * limit else ''}{ratio:,.1f}", ratio


def print_cases(folder, cores, options):
    """The table of README.md, of {name: core}."""
    print("| case | inquest | eu-stack ÷ inquest | gdb ÷ inquest | memory: inquest | eu-stack | gdb |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    ratios = {"eu-stack": [], "gdb": []}
    for case, core in cores.items():
        results = measure_case(folder, core, options.rounds, options.limit)
        row = [case, f"{results['inquest'][0] / 1000:.1f} ms"]
        for name, list_ in ratios.items():
            text, ratio = ratio_text(results, name, options.limit)
            row.append(text)
            list_.append(ratio)
        row += [f"{results[name][1] / 1024:.1f} MiB" for name in ("inquest", "eu-stack", "gdb")]
        print("| " + " | ".join(row) + " |", flush=True)
    means = [f"**{statistics.geometric_mean(r):,.1f}**" for r in ratios.values()]
    print(f"| **geometric mean of {len(cores)}** | | " + " | ".join(means) + " | | | |")


def print_classification(folder, cores, options):
    """What it costs to classify all memory, beside all stacks: whole commands, of the cores of JVMs."""
    print("\n| core of a JVM | `map` | `stack --all-threads` | `map` ÷ `stack` |\n| --- | ---: | ---: | ---: |")
    ratios = []
    for case, core in cores.items():
        if "jvm" not in report_of(core):
            continue
        commands = ([INQUEST, "map"], [INQUEST, "stack", "--all-threads"])
        runs = [[once(folder, command + [core], options.limit)[0] for command in commands] for _ in range(options.rounds)]
        map_, stack = (min(column) for column in zip(*runs))
        ratios.append(map_ / stack)
        print(f"| {case} | {map_ / 1000:.1f} ms | {stack / 1000:.1f} ms | {ratios[-1]:.2f} |", flush=True)
    if ratios:
        print(f"| **geometric mean of {len(ratios)}** | | | **{statistics.geometric_mean(ratios):.2f}** |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=21, help="how often each tool takes its turn (21)")
    parser.add_argument("--only", metavar="WORD", default="", help="only the cores whose name holds this word")
    parser.add_argument("--cores", metavar="DIR", help="measure the cores DIR/*/core against eu-stack and gdb")
    parser.add_argument("--limit", type=int, default=60, metavar="SECONDS", help="processor time that a run may take (60)")
    options = parser.parse_args()
    with Maker() as maker:
        folder = maker.folder.name
        build(folder)
        if options.cores:
            need("eu-stack", "gdb")
            cores = {core.split(os.sep)[-2]: core for core in sorted(glob.glob(f"{options.cores}/*/core"))}
            for name, kind, number in MADE:
                cores[name] = maker.core(kind, number).path
            chosen = {case: core for case, core in cores.items() if options.only in case}
            print_cases(folder, chosen, options)
            print_classification(folder, chosen, options)
            return 0
        for name, kind, number, goal in CORES:
            if options.only in name:
                core = maker.core(kind, number)
                results = measure(folder, tools(folder, core.program), core.path, max(options.rounds, 2))
                print_table(name, core.path, goal, results)
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""The bundled core of an X server, reported with the files of this machine left out, against what the kernel and gdb said
when it died (testdata/cores/README.md)."""
import json
import os
import subprocess
import sys

CORES = os.path.join(os.environ["SOURCE_DIR"], "testdata/cores")
failures = []


def check(what, found, expected):
    if found != expected:
        failures.append("%s: %s, expected %s" % (what, found, expected))


def run(command):
    words = [os.environ["INQUEST"], command, "--json", "--no-files", os.path.join(CORES, "xvfb.core.zst")]
    result = subprocess.run(words, capture_output=True, check=False)
    check("%s: exit status" % command, result.returncode, 0)
    check("%s: standard error" % command, result.stderr, b"")
    return json.loads(result.stdout)


def check_lines():
    """What people read fits the width, and no line ends in a blank."""
    words = [os.environ["INQUEST"], "report", "--no-files", os.path.join(CORES, "xvfb.core.zst")]
    lines = subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()
    check("lines", len(lines) > 40, True)
    check("blanks at ends of lines", [line for line in lines if line != line.rstrip()], [])
    check("lines that are too wide", [line for line in lines if len(line) > 80], [])


def joined(rows):
    """Ranges with permissions, neighbours of equal permissions joined: [(start, end, permissions)]."""
    ranges = []
    for start, end, permissions in sorted(rows):
        if ranges and ranges[-1][1:] == (start, permissions):
            start = ranges.pop()[0]
        ranges.append((start, end, permissions))
    return ranges


def kernel_rows(truth):
    for line in truth["maps"]:
        span, permissions = line.split()[:2]
        start, end = (int(side, 16) for side in span.split("-"))
        yield start, end, permissions, " ".join(line.split()[5:])


def check_crash(report, truth):
    crash, abort = report["crash"], truth["abort"]
    check("signal", crash["signal"]["number"], 6)
    check("signal name", crash["signal"]["name"], "SIGABRT")
    check("signal code", crash["signal"]["code"], abort["signal"]["code"])
    check("code name", crash["signal"]["code_name"], "SI_TKILL")
    check("sender", crash["signal"]["sender_pid"], abort["signal"]["sender_pid"])
    check("pc", crash["pc"], abort["registers"]["rip"])
    check("sp", crash["sp"], abort["registers"]["rsp"])
    check("object of pc", os.path.basename(crash["location"]["object"]), os.path.basename(abort["stack"][0]["object"]))
    check("fault address", "fault_address" in crash, False)


def check_process(report, truth):
    check("pid", report["process"]["pid"], truth["pid"])
    check("name", report["process"]["name"], "Xvfb")
    check("threads", [thread["tid"] for thread in report["threads"]], truth["threads"])
    registers = report["threads"][0]["registers"]
    expected = truth["abort"]["registers"]
    check("registers", {name: registers.get(name) for name in expected}, expected)


def check_objects(report):
    by_base = {row["base"]: row for row in report["objects"]}
    with open(os.path.join(CORES, "xvfb.objects.txt"), encoding="ascii") as rows:
        for span, build_id, name in (row.split() for row in rows):
            base = span.split("+")[0]
            row = by_base.get(base, {})
            check("build ID of %s" % name, row.get("build_id"), build_id.split("@")[0])
            check("file of %s" % name, row.get("file"), "unchecked")
    faulty = [row for row in report["objects"] if row["path"] == "/srv/xvfb-demo/libfilltrace.so"]
    check("preloaded library", len(faulty), 1)


def check_map(regions, truth):
    rows = list(kernel_rows(truth))
    ours = [(int(row["start"], 16), int(row["end"], 16), row["permissions"]) for row in regions]
    # A core does not tell shared from private; it has no other mark in the kernel's permissions.
    check("map", joined((a, b, p[:3]) for a, b, p in ours), joined((a, b, p[:3]) for a, b, p, _ in rows))
    classes = {row["start"]: row["class"] for row in regions}
    for label, expected in (("[heap]", "brk-heap"), ("[stack]", "stack"), ("[vdso]", "vdso")):
        start = next(start for start, _, _, name in rows if name == label)
        check("class of %s" % label, classes.get(hex(start)), expected)


def main():
    with open(os.path.join(CORES, "xvfb.truth.json"), encoding="ascii") as file:
        truth = json.load(file)
    report = run("report")
    check("schema", report["schema"], "inquest.report/1")
    check("partial", report["partial"], False)
    check_lines()
    check_crash(report, truth)
    check_process(report, truth)
    check_objects(report)
    check_map(run("map")["regions"], truth)
    print("\n".join("FAIL: " + failure for failure in failures) or "ok")
    return len(failures) > 0


sys.exit(main())

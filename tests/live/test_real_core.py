#!/usr/bin/env python3
"""Real cores against other witnesses: /proc/self/maps printed just before the fault, eu-readelf, eu-unstrip, gdb."""
import os
import re
import subprocess
import sys

from libcores import Maker, need, report, run_inquest

# kind, number: signal, code name (asm-generic/siginfo.h), fault address ("pc": the pc itself)
EXPECTED = {
    ("null", None): (11, "SEGV_MAPERR", "0x10"),
    ("fpe", None): (8, "FPE_INTDIV", "pc"),
    ("jump", None): (11, "SEGV_MAPERR", "0xdead0000"),
    ("abort", None): (6, None, None),
    ("threads", 20): (11, "SEGV_MAPERR", "0x10"),
    ("mappings", 300): (11, "SEGV_MAPERR", "0x10"),
}


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def proc_maps(text):
    """(start, end, permissions, file or None) of each row; the vsyscall page is the kernel's and in no core."""
    for line in text.splitlines():
        fields = line.split(None, 5)
        start, end = (int(word, 16) for word in fields[0].split("-"))
        name = fields[5] if len(fields) > 5 else ""
        if name != "[vsyscall]":
            yield start, end, fields[1], name if name.startswith("/") else None


def covering(regions, start, end):
    """The regions that fill [start, end) without a gap."""
    parts = [region for region in regions if int(region["start"], 16) < end and int(region["end"], 16) > start]
    at = start
    for part in parts:
        assert int(part["start"], 16) <= at, f"a hole at {at:#x}"
        at = int(part["end"], 16)
    assert at >= end, f"nothing at {at:#x}"
    return parts


def check_maps(core, document):
    for start, end, permissions, name in proc_maps(core.maps):
        for region in covering(document["regions"], start, end):
            assert region["permissions"][:3] == permissions[:3], (hex(start), permissions, region)
            if name:
                assert region.get("object", region.get("name")) == name, (name, region)


def check_crash(document, expected, pc):
    number, code, address = expected
    crash = document["crash"]
    assert crash["signal"]["number"] == number, crash["signal"]
    if code:
        assert crash["signal"]["code_name"] == code, crash["signal"]
    if address:
        assert int(crash["fault_address"], 16) == (pc if address == "pc" else int(address, 16)), crash
    if number == 6:
        assert crash["signal"].get("sender_pid") in (None, document["process"]["pid"]), crash["signal"]


def check_registers(core, document):
    """pc and sp of the crashed thread by gdb, which makes it the current one."""
    text = output("gdb", "-nx", "-batch", "-ex", r'printf "==%#lx %#lx\n", $pc, $sp', core.program, core.path)
    pc, sp = (int(word, 16) for word in re.search(r"==(\S+) (\S+)", text).groups())
    assert int(document["crash"]["pc"], 16) == pc and int(document["crash"]["sp"], 16) == sp, document["crash"]
    crashed = document["threads"][0]
    assert crashed["crashed"] and pc in (int(value, 16) for value in crashed["registers"].values())
    return pc


def check_notes(core, document):
    """Threads and process by eu-readelf."""
    notes = output("eu-readelf", "-n", core.path)
    tids = [int(tid) for tid in re.findall(r"^    pid: (\d+), ppid", notes, re.M)]
    psinfo = re.search(r"uid: (\d+), gid: (\d+), pid: (\d+), ppid: (\d+)", notes)
    assert sorted(thread["tid"] for thread in document["threads"]) == sorted(tids), tids
    process = document["process"]
    assert [process[key] for key in ("uid", "gid", "pid", "ppid")] == [int(word) for word in psinfo.groups()], process
    assert process["pid"] == core.pid and process["threads"] == len(document["threads"])
    assert process["name"] == re.search(r"fname: (\S+),", notes).group(1)


def check_objects(core, document):
    """Base, build ID and name by eu-unstrip."""
    objects = {int(item["base"], 16): item for item in document["objects"]}
    for line in output("eu-unstrip", "-n", "--core", core.path).splitlines():
        place, build_id = line.split()[:2]
        base = int(place.split("+")[0], 16)
        if not build_id.startswith("-"):
            assert base in objects, f"no object at {base:#x}"
            assert objects[base]["build_id"] == build_id.split("@")[0], (line, objects[base])
    program = [item for item in objects.values() if item["path"] == core.program]
    assert len(program) == 1 and program[0]["kind"] == "exe" and program[0]["file"] == "matched", program


def check_symbol(core, document, kind):
    """The function that died is the one that the program's source says."""
    if kind in ("null", "threads", "mappings", "fpe"):
        function = "die_fpe" if kind == "fpe" else "die_null"
        assert document["crash"]["location"]["symbol"] == function, document["crash"]["location"]
        assert document["crash"]["location"]["object"] == core.program
        found = run_inquest("where", "--json", core.path, document["crash"]["pc"])
        assert function.encode() in found.stdout


def check(core, kind, expected):
    status, document = report(core.path)
    assert status == 0 and document["partial"] is False, (status, document["warnings"])
    pc = check_registers(core, document)
    check_crash(document, expected, pc)
    check_maps(core, document)
    check_notes(core, document)
    check_objects(core, document)
    check_symbol(core, document, kind)


def check_long_command_line(maker):
    """What the note cuts off at 79 bytes is read from the stack."""
    words = ["0"] + [f"word-{number}" for number in range(1000)]
    core = maker.core("null", None, words)
    _, document = report(core.path)
    assert document["process"]["args"] == " ".join([core.program, "null", *words]), document["process"]["args"][:200]


def main():
    need("gdb", "eu-readelf", "eu-unstrip")
    with Maker() as maker:
        for (kind, number), expected in EXPECTED.items():
            core = maker.core(kind, number)
            check(core, kind, expected)
            print(f"{kind}: {os.path.getsize(core.path)} bytes, as the other witnesses say")
        check_long_command_line(maker)
    return 0


if __name__ == "__main__":
    sys.exit(main())

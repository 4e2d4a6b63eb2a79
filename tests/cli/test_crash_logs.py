#!/usr/bin/env python3
"""The hs_err logs of the corpus: signal, pc, problematic frame and number of native frames, as a plain search of each log's
text finds them."""
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

INQUEST = os.environ["INQUEST"]
SOURCE = Path(os.environ["SOURCE_DIR"])
LOGS = sorted((Path(os.environ.get("CORPUS", "/nonexistent")) / "public" / "hs_err").glob("*/dataset*.txt"))
LARGEST = 1 << 20


def report(path):
    command = [INQUEST, "report", "--no-files", "--json", str(path)]
    run = subprocess.run(command, capture_output=True, timeout=60, check=False)
    assert run.returncode in (0, 1, 3), f"{path.name}: status {run.returncode}"
    return json.loads(run.stdout) if run.stdout else {}


def check_banner(name, text, crash):
    banner = re.search(r"^#\s+(SIG\w+) \((0x[0-9a-f]+)\) at pc=0x([0-9a-f]+), pid=(\d+)", text, re.M)
    if not banner:
        return 0
    signal, pc = crash.get("signal", {}), crash.get("pc") or crash.get("location", {}).get("address")
    assert signal.get("name") == banner[1], f"{name}: signal {signal}"
    assert signal.get("number") == int(banner[2], 16), f"{name}: signal {signal}"
    assert pc and int(pc, 16) == int(banner[3], 16), f"{name}: pc {pc}"
    return 1


def native_frames(text):
    block = re.search(r"^Native frames:.*\n((?:.*\n)*?)(?:Java frames:|\s*\n|\Z)", text, re.M)
    lines = block[1].splitlines() if block else []
    return [line for line in lines if re.match(r"[CVvjJA]  ?\S", line)]


def check_frames(name, text, frames):
    lines = native_frames(text)
    if not lines:
        return 0
    assert len(frames) >= 1, f"{name}: no frames"
    depth = frames[-1]["index"] + frames[-1].get("cycle", 1) * (frames[-1].get("repeats", 0) + 1)
    last = frames[-1].get("repeats")
    assert last or depth >= len(lines), f"{name}: {depth} frames of {len(lines)}"
    problem = re.search(r"^# Problematic frame:\s*\n# (.*)$", text, re.M)
    place = re.match(r"[CV]  \[([^+\]]+)\+0x([0-9a-f]+)\]", problem[1] if problem else lines[0])
    if not place:
        return 1
    first = frames[0]
    found = re.split(r"[/\\]", first.get("object", ""))[-1]
    stem = re.split(r"[.]|-(?=\d)", place[1])[0].lower()
    assert found.lower().startswith(stem), f"{name}: in {found}, not {place[1]}"
    return 1


def check_code_is_there(name, text, crash):
    """Where the log itself says what code the fault was in, nothing may be said of a jump to where none is."""
    problem = re.search(r"^# Problematic frame:\s*\n# ([CVvjJA])  ?(.*)$", text, re.M)
    if problem and not problem[2].startswith("0x"):
        ids = [diagnosis["id"] for diagnosis in crash.get("diagnosis", [])]
        assert not any(one.startswith("jump-") for one in ids), f"{name}: {ids}, though it was in {problem[2]}"


def check_version(name, text, jvm):
    """The number that stands in parentheses of its own, or alone, as JDK 6 prints it."""
    told = re.search(r"^# JRE version:(?: |.*?\()((?:\d+\.)+[\d_]*[-+]\w+)", text, re.M)
    if not told:
        return 0
    number = re.match(r"[\d._]+", told[1])[0]
    assert jvm.get("version", "").startswith(number), f"{name}: {jvm.get('version')}, but {told[0]}"
    return 1


def check_old_banner():
    text = (SOURCE / "testdata" / "hs-err" / "jdk-17.0.15-sigsegv.in").read_text()
    text = re.sub(r"^# JRE version:.*$", "# JRE version: 6.0_45-b06", text, flags=re.M)
    text = re.sub(r"^vm_info:.*\n", "", text, flags=re.M)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log"
        path.write_text(text)
        assert check_version("JDK 6", text, report(path)["jvm"]) == 1


def check_pasted():
    """Pasted as Markdown, a log loses the marks of its first lines."""
    text = (SOURCE / "testdata" / "hs-err" / "jdk-17.0.15-sigsegv.in").read_text()
    bare = re.sub(r"^#+ *", "", text, flags=re.M)
    assert bare != text
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log"
        path.write_text(bare)
        document = report(path)
    assert check_version("pasted", text, document["jvm"]) and document["crash"]["signal"]["name"] == "SIGSEGV"
    pid, pc = int(re.search(r"pid=(\d+)", text)[1]), int(re.search(r"pc=0x([0-9a-f]+)", text)[1], 16)
    assert (document["process"]["pid"], int(document["crash"]["pc"], 16)) == (pid, pc), document["crash"]
    assert check_frames("pasted", text, document["threads"][0]["frames"])


def check_cut_list():
    """A log whose list of libraries was cut by hand lists not all: an address in none of its rows may be mapped."""
    text = (SOURCE / "testdata" / "hs-err" / "jdk-17.0.15-sigsegv.in").read_text()
    rows = re.findall(r"^[0-9a-f]+-[0-9a-f]+ .*\n", text, re.M)
    kept = [row for row in rows if "libjvm" in row][:1]
    assert len(rows) > 50 and kept, len(rows)
    for row in rows:
        if row not in kept:
            text = text.replace(row, "", 1)
    text = re.sub(r"\b(pc|RIP)=0x[0-9a-f]+", r"\1=0x00002b41eda950c6", text)
    text = re.sub(r"si_code: 0 .*", "si_code: 1 (SEGV_MAPERR), si_addr: 0x00002b41eda950c6", text)
    text = text.replace("C  [libc.so.6+0x85f14]", "J 7 a.B.c(I)V (5 bytes) @ 0x00002b41eda950c6 [0x00002b41eda950c0+0x6]")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log"
        path.write_text(text)
        crash = report(path)["crash"]
    assert not [one["id"] for one in crash["diagnosis"] if one["id"].startswith("jump-")], crash["diagnosis"]


def main():
    check_cut_list()
    check_old_banner()
    check_pasted()
    if not LOGS:
        print("SKIP: no corpus with hs_err logs")
        return 77
    banners = stacks = versions = 0
    for path in LOGS:
        if path.stat().st_size > LARGEST:
            continue
        document, text = report(path), path.read_text(errors="replace")
        threads = document.get("threads") or [{}]
        banners += check_banner(path.name, text, document.get("crash", {}))
        check_code_is_there(path.name, text, document.get("crash", {}))
        versions += check_version(path.name, text, document.get("jvm") or {})
        stacks += check_frames(path.name, text, threads[0].get("frames", []))
    print(f"{len(LOGS)} logs: {banners} signals, {stacks} stacks, {versions} versions")
    assert banners >= 20 and stacks >= 30 and versions >= 40
    return 0


sys.exit(main())

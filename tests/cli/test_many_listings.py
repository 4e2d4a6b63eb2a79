#!/usr/bin/env python3
"""Files of very many listings: all are counted, the first are kept, the one that --pid names is found, and memory does not
grow with the file."""
import json
import os
import shlex
import subprocess
import tempfile
from pathlib import Path

INQUEST = os.environ["INQUEST"]
WORK = Path(tempfile.mkdtemp(prefix="inquest-many-"))
MOST = 1024


def pmap(pid):
    size = 4 * (pid % 7 + 1)
    return f"{pid}:   ./worker --id {pid}\n0000000000400000      4K r-x-- worker\n" \
           f"0000000000600000 {size:6}K rw---   [ anon ]\n total {size + 4:16}K\n"


def memstat(free):
    rows = (("Kernel", 40000), ("Anon", 20000), ("Free (freelist)", free))
    text = "Page Summary                Pages                MB  %Tot\n"
    text += "------------     ----------------  ----------------  ----\n"
    total = sum(pages for _, pages in rows)
    for name, pages in rows:
        text += f"{name:<20} {pages:12} {pages * 4096 >> 20:17} {100 * pages // total:4}%\n"
    return text + f"\nTotal                {total:12} {total * 4096 >> 20:17}\n"


def run(text, *arguments):
    """(exit status, document, what was said)"""
    path = WORK / "text"
    path.write_text(text)
    done = subprocess.run([INQUEST, *arguments, "--json", str(path)], capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stdout), done.stderr


def measurer():
    """A child's peak begins with its parent's, and Python's is larger than what is measured."""
    path = WORK / "measure"
    if not path.exists():
        source = Path(os.environ["SOURCE_DIR"]) / "tests/bench/measure.c"
        subprocess.run([*shlex.split(os.environ.get("CC", "cc")), "-O1", "-o", path, source], check=True)
    return path


def peak(text):
    """KiB beyond the file itself, which is mapped; the sanitizer keeps what was freed, unless told otherwise."""
    path = WORK / "text"
    path.write_text(text)
    environment = dict(os.environ, ASAN_OPTIONS="quarantine_size_mb=0:thread_local_quarantine_size_kb=0")
    done = subprocess.run([measurer(), INQUEST, "identify", path], stdout=subprocess.PIPE, text=True, env=environment,
                          check=True)
    _, kib, status, _ = map(int, done.stdout.split())
    assert status == 0, status
    return kib - len(text) // 1024


def test_all_are_kept():
    status, document, said = run("".join(map(memstat, range(100, 100 + MOST))), "kmem")
    assert status == 0, said
    assert [table["rows"][2]["pages"] for table in document["memstat"]] == list(range(100, 100 + MOST))


def test_the_rest_is_counted():
    status, document, said = run("".join(map(memstat, range(100, 1700))), "kmem")
    assert status == 3, said
    assert len(document["memstat"]) == MOST
    line = len(memstat(100).splitlines()) * MOST + 1
    assert f":{line}: of 1600 listings in this file {MOST} were kept" in said, said


def test_process_is_found():
    text = "".join(map(pmap, range(1, 3001)))
    status, document, said = run(text, "map", "--pid", "2995")
    assert status == 3, said
    assert document["process"]["pid"] == 2995, document["process"]
    sizes = [region["end"] - region["start"] if isinstance(region["end"], int)
             else int(region["end"], 16) - int(region["start"], 16) for region in document["regions"]]
    assert sizes == [4096, 4096 * (2995 % 7 + 1)], sizes


def test_memory_is_bounded():
    """Ten times the listings need no more."""
    few, many = (peak("".join(map(memstat, range(100, 100 + count)))) for count in (2000, 20000))
    assert many - few < 2048, (few, many)


def main():
    for name, test in list(globals().items()):
        if name.startswith("test_"):
            test()
            print("ok", name)


if __name__ == "__main__":
    main()

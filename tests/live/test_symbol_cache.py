#!/usr/bin/env python3
"""The symbol cache of `inquest triage`: filled by one process that reads no core, used by all; whatever is wrong with it, the
results are those of a run without. The program has 6,000 functions, so that an index of them is worth keeping; which one
crashed is known."""
import contextlib
import json
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from pathlib import Path

import libcores
import libtriage

FUNCTIONS, COPIES = 6000, 6
HEAD = struct.Struct("<8sIIQI32s4x")  # lib/io/cache_folder.c
MISSED = "The symbol cache had nothing of"


class Case:
    def __init__(self):
        with tempfile.NamedTemporaryFile("w", suffix=".h") as header:
            header.writelines(f"__attribute__((used)) static int many_{i}(void) {{ return {i}; }}\n"
                              for i in range(FUNCTIONS))
            header.flush()
            self.maker = libcores.Maker(flags=("-O1", "-include", header.name))
        self.work = Path(self.maker.folder.name)
        self.cache, self.cores = self.work / "cache", self.work / "cores"
        self.cores.mkdir()
        made = self.maker.core("null").path
        for copy in range(COPIES):
            os.link(made, self.cores / f"core.{copy}")
        notes = subprocess.run(["readelf", "-n", self.maker.program], capture_output=True, text=True, check=True).stdout
        self.build_id = notes.split("Build ID: ")[1].split()[0]
        self.index = self.cache / f"{self.build_id}.symtab"
        self.expected = self.results("none")

    def results(self, cache, **options):
        """Lines without what differs from run to run; options: of the environment."""
        found, _, _ = libtriage.triage(self.cores, "--cache", cache, "--jobs", "2", **options)
        assert len(found) == COPIES and all(r["status"] == "ok" for r in found), found
        return sorted(map(libtriage.comparable, found))

    def missed(self):
        """Whether a run misses something in the cache, and what it says on standard error."""
        done = subprocess.run([libcores.INQUEST, "triage", "-v", "--cache", self.cache, self.cores], capture_output=True,
                              text=True, check=True, env=libcores.ENVIRONMENT)
        return MISSED in " ".join(done.stdout.split()), done.stderr

    def indexers(self):
        """Processes of a run with this cache that are neither it nor its workers: nobody's children."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
                above = Path(f"/proc/{parent}/cmdline").read_bytes()
            except OSError:
                continue
            ours = parent == os.getpid() or b"triage" in above.split(b"\0")
            if os.fsencode(self.cache) in words and not ours:
                found.append(int(entry.name))
        return found

    def settle(self):
        """Waits until the indexer has ended."""
        for _ in range(1000):
            if not self.indexers():
                return
            time.sleep(0.02)
        raise AssertionError("the indexer does not end")

    def fill(self):
        assert self.results(self.cache) == self.expected
        self.settle()
        assert self.index.exists(), list(self.cache.iterdir())


def check_filled_once(case):
    missed, _ = case.missed()
    assert missed
    case.settle()
    assert case.index.exists()
    before = case.index.stat()
    missed, errors = case.missed()
    assert not missed and not errors, errors
    assert case.results(case.cache) == case.expected
    case.settle()
    after = case.index.stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns), "it was made again"
    assert not [path for path in case.cache.iterdir() if path.name.startswith("new.")]


def check_two_at_once(case):
    shutil.rmtree(case.cache)
    threads, found = [], []
    for _ in range(2):
        threads.append(threading.Thread(target=lambda: found.append(case.results(case.cache))))
        threads[-1].start()
    for thread in threads:
        thread.join()
    assert found == [case.expected] * 2
    case.settle()
    assert case.index.exists()


def check_damage(case):
    """Cut, noise in the head, noise in the rest: the results stay, and the file is made again."""
    whole = case.index.read_bytes()
    chooser = random.Random(3)
    for damaged in (b"", whole[:40], whole[:len(whole) // 2], chooser.randbytes(64) + whole[64:],
                    whole[:64] + chooser.randbytes(len(whole) - 64)):
        case.index.write_bytes(damaged)
        case.fill()
        assert case.index.read_bytes() == whole


def forge(whole, body):
    """A file that is whole by its head."""
    magic, version, mark, _, _, made_of = HEAD.unpack_from(whole)
    return HEAD.pack(magic, version, mark, len(body), zlib.crc32(body), made_of) + body


def check_hostile(case):
    """What a file says that is whole, but wrong in each record: names still come from the program's own table."""
    whole = case.index.read_bytes()
    records = [list(record) for record in struct.iter_unpack("<QQQ", whole[64:])]
    chooser = random.Random(4)
    entries = [record[2] for record in records[1:]]
    chooser.shuffle(entries)
    wrong = (entries, [0] * len(entries), [2**64 - 1] * len(entries), [2**32 + 1] * len(entries))
    for names in wrong:
        body = [records[0]] + [[start, end, entry] for (start, end, _), entry in zip(records[1:], names)]
        case.index.write_bytes(forge(whole, b"".join(struct.pack("<QQQ", *record) for record in body)))
        assert case.results(case.cache) == case.expected
    everywhere = [records[0]] + [[0, 2**64 - 1, entry] for entry in entries]
    case.index.write_bytes(forge(whole, b"".join(struct.pack("<QQQ", *record) for record in everywhere)))
    assert case.results(case.cache) == case.expected
    case.index.unlink()
    case.fill()
    assert case.index.read_bytes() == whole


def hunt(case):
    """One run while all indexers that are met are killed; whether one was."""
    over, killed = threading.Event(), set()

    def kill():
        while not over.is_set():
            for pid in case.indexers():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                    killed.add(pid)

    shutil.rmtree(case.cache)
    hunter = threading.Thread(target=kill, daemon=True)
    hunter.start()
    assert case.results(case.cache) == case.expected
    time.sleep(0.3)
    over.set()
    hunter.join()
    case.settle()
    return bool(killed)


def check_killed(case):
    """Whoever kills the indexer takes nothing but the cache."""
    assert any(hunt(case) for _ in range(20)), "no indexer was met in 20 runs"
    case.fill()


def check_unusable(case):
    """A folder that cannot be made, one that others may write to, a home that is none: no cache, and no failure."""
    done = subprocess.run([libcores.INQUEST, "triage", "--cache", "/dev/null/x", case.cores], capture_output=True,
                          text=True, check=True, env=libcores.ENVIRONMENT)
    assert "/dev/null/x: the symbol cache cannot be written to" in done.stderr, done.stderr
    opened = case.work / "open"
    opened.mkdir()
    opened.chmod(0o777)
    assert case.results(opened) == case.expected
    case.settle()
    assert not list(opened.iterdir())
    for home in ({}, {"HOME": "/dev/null"}, {"HOME": ""}, {"XDG_CACHE_HOME": "cache"}):
        environment = {key: value for key, value in libcores.ENVIRONMENT.items()
                       if key not in ("HOME", "XDG_CACHE_HOME")} | home
        done = subprocess.run([libcores.INQUEST, "triage", "--json", case.cores], capture_output=True, text=True,
                              check=True, env=environment, cwd=case.work)
        assert not done.stderr, done.stderr
        assert sum('"path"' in line for line in done.stdout.splitlines()) >= COPIES


def check_home(case):
    home = case.work / "home"
    home.mkdir()
    environment = {key: value for key, value in libcores.ENVIRONMENT.items() if key != "XDG_CACHE_HOME"}
    subprocess.run([libcores.INQUEST, "triage", "--json", case.cores], stdout=subprocess.DEVNULL, check=True,
                   env=environment | {"HOME": str(home)})
    made = home / ".cache" / "inquest" / case.index.name
    for _ in range(500):
        if made.exists():
            break
        time.sleep(0.02)
    assert made.exists()
    assert (made.parent.stat().st_mode & 0o777, made.stat().st_mode & 0o777) == (0o700, 0o600)


def check_single(case):
    """Other commands write to it by themselves, where they are told to."""
    folder = case.work / "single"
    core = case.cores / "core.0"

    def stack(*words):
        output = subprocess.run([libcores.INQUEST, "stack", "--json", *words, core], capture_output=True, check=True,
                                env=libcores.ENVIRONMENT).stdout
        return json.loads(output)["threads"]

    plain = stack()
    assert stack("--cache", folder) == plain and (folder / case.index.name).exists()
    assert stack("--cache", folder) == plain


def main():
    libcores.need("readelf")
    case = Case()
    with case.maker:
        check_filled_once(case)
        check_two_at_once(case)
        check_damage(case)
        check_hostile(case)
        check_killed(case)
        check_unusable(case)
        check_home(case)
        check_single(case)
    return 0


if __name__ == "__main__":
    sys.exit(main())

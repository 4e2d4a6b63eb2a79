#!/usr/bin/env python3
"""`inquest triage` with workers that die, stop and are given too little: N inputs give N lines, whatever happens to them."""
import io
import json
import os
import select
import signal
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from pathlib import Path

import libcores

INPUTS = 1200
CUT = 64 << 10  # bytes of a core that is cut: its notes and some memory


def children(pid):
    """Worker processes, by /proc."""
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


class Hunter(threading.Thread):
    """Sends a signal to one worker after the other, each time so many lines more came that what the one before it left undone
    was done: a core that is at hand whenever a worker dies is taken for the cause in the end."""

    BETWEEN = 100

    def __init__(self, process, number, most):
        super().__init__(daemon=True)
        self.process, self.number, self.most, self.hit = process, number, most, set()
        self.lines = self.wanted = 0
        self.struck = threading.Event()

    def strike(self):
        for pid in children(self.process.pid):
            if pid in self.hit:
                continue
            try:
                os.kill(pid, self.number)
            except ProcessLookupError:
                continue
            self.hit.add(pid)
            self.wanted = self.lines + self.BETWEEN
            self.struck.set()
            return

    def run(self):
        while self.process.poll() is None and len(self.hit) < self.most:
            if self.lines >= self.wanted:
                self.strike()
            time.sleep(0.001)


def start_hunt(process, number, most):
    """Nothing is read before a worker was hit: the results do not fit into the pipe, so a run cannot end before, however fast
    it is. The first line tells that the workers are at it."""
    hunter = Hunter(process, number, most)
    select.select([process.stdout], [], [], 60)
    hunter.start()
    assert hunter.struck.wait(60), "no worker was found"
    return hunter


def triage(folder, *words, hunt=None, most=10):
    command = [libcores.INQUEST, "triage", str(folder), "--json", "--jobs", "2", *words]
    environment = dict(libcores.ENVIRONMENT)
    if hunt:  # the sanitizer's search for leaks waits for a child of its own
        environment["ASAN_OPTIONS"] += ":detect_leaks=0"
    lines = []
    with tempfile.TemporaryFile() as errors, \
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, env=environment) as process:
        hunter = start_hunt(process, hunt, most) if hunt else None
        for line in process.stdout:
            lines.append(json.loads(line))
            if hunter:
                hunter.lines += 1
        process.wait(300)
        errors.seek(0)
        assert process.returncode in (0, 3), (process.returncode, errors.read()[-500:])
    return [line for line in lines if "group" not in line], hunter.hit if hunter else set()


def fill(folder, core):
    """Many links to one core: as many inputs."""
    for i in range(INPUTS):
        os.link(core.path, folder / f"core.{i}")


def check_complete(results):
    assert len(results) == len({result["path"] for result in results}) == INPUTS, len(results)


def check_undisturbed(folder):
    results, _ = triage(folder)
    check_complete(results)
    assert all(result["status"] == "ok" for result in results), results[0]
    assert len({result["signature"]["hash"] for result in results}) == 1


def check_killed(folder):
    """A killed worker costs the core that it was at, and no other."""
    results, hit = triage(folder, hunt=signal.SIGKILL)
    check_complete(results)
    failed = [result for result in results if result["status"] == "failed"]
    assert len(failed) <= len(hit), (len(failed), len(hit))
    assert all("killed by SIGKILL" in result["reason"] for result in failed), failed
    assert sum(result["status"] == "ok" for result in results) == INPUTS - len(failed)


def check_killed_in_archive(folder):
    """A worker that dies in an archive costs the member that it was at, or none: another one goes on behind it. Only as many are
    killed as may die on the way to a member. The first dies in the midst of it for sure: what it has to tell of its part of the
    members fits neither into the pipe, which is not read until then, nor into the socket (200 KiB)."""
    members = 400
    path = folder.parent / "cores.tar"
    beginning = (folder / "core.0").read_bytes()[:CUT]
    with tarfile.open(path, "w") as archive:
        for i in range(members):
            member = tarfile.TarInfo(f"a/core.{i}")
            member.size = len(beginning)
            archive.addfile(member, io.BytesIO(beginning))
    results, hit = triage(path, hunt=signal.SIGKILL, most=2)
    assert len(results) == len({result["path"] for result in results}) == members, len(results)
    failed = [result for result in results if result["status"] == "failed"]
    assert len(failed) <= len(hit), (len(failed), len(hit))
    assert all("//a/core." in result["path"] and "killed by SIGKILL" in result["reason"] for result in failed), failed
    assert sum(result["status"] == "partial" for result in results) == members - len(failed)


def check_stopped(folder):
    """A worker that stands still is ended by the clock."""
    results, hit = triage(folder, "--timeout", "0.5", hunt=signal.SIGSTOP, most=2)
    check_complete(results)
    failed = [result["reason"] for result in results if result["status"] == "failed"]
    assert len(failed) <= len(hit)
    assert all(reason in ("gave no sign of life for 2 s", "took longer than 0.5 s of CPU time") for reason in failed), failed


def check_too_little_time(folder):
    """No core can be read in a thousandth of a second of CPU time that is checked ten times a second: those that are fast
    enough are ok, none is lost."""
    results, _ = triage(folder, "--timeout", "0.001")
    check_complete(results)
    assert all(result["status"] == "ok" or "0.00" in result["reason"] for result in results)


def check_too_little_memory(maker):
    """A core with 20,000 mappings cannot be read in a mebibyte, and can in the usual memory."""
    if b"__asan_init" in Path(libcores.INQUEST).read_bytes():
        print("SKIPPED in part: the sanitizer's allocator does not bear a limit of memory")
        return
    core = maker.core("mappings", 20000)
    results, _ = triage(core.path, "--memory", "1m")
    assert [result.get("reason") for result in results] == ["needed more than 1 MiB of memory"], results
    results, _ = triage(core.path)
    assert [result["status"] for result in results] == ["ok"], results


def check_no_worker_outlives(folder):
    """The run is killed: its workers go with it."""
    command = [libcores.INQUEST, "triage", str(folder), "--json", "--jobs", "2"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=libcores.ENVIRONMENT) as process:
        process.stdout.readline()
        workers = children(process.pid)
        process.kill()
        process.communicate()
    deadline = time.monotonic() + 10
    while any(Path(f"/proc/{pid}/stat").exists() and " Z " not in Path(f"/proc/{pid}/stat").read_text() for pid in workers):
        assert time.monotonic() < deadline, "a worker lives on"
        time.sleep(0.05)


def check_outputs(folder):
    """A full disk and a closed pipe end the run, with a message or by SIGPIPE."""
    with open("/dev/full", "wb") as full:
        done = subprocess.run([libcores.INQUEST, "triage", str(folder), "--json"], stdout=full, stderr=subprocess.PIPE,
                              env=libcores.ENVIRONMENT, timeout=120, check=False)
    assert done.returncode == 1 and b"could not be written" in done.stderr, (done.returncode, done.stderr)
    with subprocess.Popen([libcores.INQUEST, "triage", str(folder), "--json"], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, env=libcores.ENVIRONMENT) as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(120) in (-signal.SIGPIPE, 1), process.returncode


def check_limits(folder):
    """Workers have the limits that the documentation tells. They live as long as the results are not read."""
    command = [libcores.INQUEST, "triage", str(folder), "--json", "--jobs", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=libcores.ENVIRONMENT) as process:
        select.select([process.stdout], [], [], 60)
        texts = [Path(f"/proc/{pid}/limits").read_text() for pid in children(process.pid)]
        process.communicate(timeout=300)
    limits = [{line[:26].strip(): line[26:].split()[0] for line in text.splitlines()[1:]} for text in texts]
    assert limits and all(limit["Max core file size"] == "0" and limit["Max file size"] == "0" for limit in limits), limits


def main():
    if not Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").exists():
        libcores.skip("this kernel does not list children in /proc")
    with libcores.Maker() as maker:
        core = maker.core("null")
        folder = Path(maker.folder.name) / "inputs"
        folder.mkdir()
        fill(folder, core)
        check_too_little_memory(maker)
        for check in (check_undisturbed, check_killed, check_killed_in_archive, check_stopped, check_too_little_time, check_no_worker_outlives,
                      check_outputs, check_limits):
            began = time.monotonic()
            check(folder)
            print(f"{check.__name__}: {time.monotonic() - began:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())

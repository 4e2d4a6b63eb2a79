#!/usr/bin/env python3
"""Logs, maps and cores of two JVMs of this machine: what is of one process is never told to contradict itself, what is not always
is, in the first lines; also where the process numbers are the same, as those of containers often are, and where of the log only
its head was copied."""
import itertools
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time

from libcores import need, report, run_inquest

LOOP = "public class Loop { public static void main(String[] a) throws Exception " \
       "{ System.out.println(\"up\"); Thread.sleep(60000); } }"
COLLECTORS = ("-XX:+UseSerialGC", "-XX:+UseG1GC")


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return str(path)


class Jvm:
    """A JVM that died, and what it left: core, maps, its log, and pieces of the log."""

    def __init__(self, folder, collector):
        self.folder = folder / collector.strip("-:+")
        self.folder.mkdir()
        log = self.folder / "hs_err.log"
        command = ["java", "-Xmx16m", collector, f"-XX:ErrorFile={log}", "-cp", str(folder), "Loop"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                              cwd=self.folder) as process:
            process.stdout.readline()
            self.pid = process.pid
            self.maps = write(self.folder / "maps",
                              pathlib.Path(f"/proc/{self.pid}/maps").read_text(encoding="utf-8"))
            subprocess.run(["gcore", "-o", str(self.folder / "core"), str(self.pid)], capture_output=True, check=False)
            process.send_signal(signal.SIGSEGV)
            process.communicate()
        for _ in range(200):
            if log.exists() and log.read_text(encoding="utf-8").rstrip().endswith("END."):
                break
            time.sleep(0.05)
        self.log = str(log)
        self.core = str(self.folder / f"core.{self.pid}")

    def pieces(self, pid):
        """The log, without its libraries, and its head alone, as if it were of `pid`."""
        text = pathlib.Path(self.log).read_text(encoding="utf-8")
        text = re.sub(r"\bpid=\d+", f"pid={pid}", text)
        head = text[:text.index("\n", text.index("Problematic frame:") + 20) + 1]
        bare = re.sub(r"(?m)^[0-9a-f]+-[0-9a-f]+ [r-].*\n", "", text)
        return [write(self.folder / f"{name}.{pid}", what)
                for name, what in (("whole", text), ("bare", bare), ("head", head))]


def check_right(*paths):
    for order in itertools.permutations(paths):
        _, document = report("--no-files", *order)
        assert not document["contradictions"], (order, document["contradictions"])
        assert not document.get("jvm", {}).get("disagreements"), (order, document["jvm"]["disagreements"])
        assert not any(artefact.get("other_process") for artefact in document["artefacts"]), order


def check_wrong(*pair):
    for order in itertools.permutations(pair):
        _, document = report("--no-files", *order)
        assert sum(artefact.get("other_process", False) for artefact in document["artefacts"]) == 1, order
        first = run_inquest("report", "--no-files", *order).stdout.decode().split("\n\n")[0]
        assert "was kept apart" in " ".join(first.split()), (order, first)


def main():
    need("java", "javac", "gcore")
    with open("/proc/sys/kernel/randomize_va_space", encoding="utf-8") as file:
        randomised = file.read().strip() == "2"
    with tempfile.TemporaryDirectory(prefix="inquest-live-") as name:
        folder = pathlib.Path(name)
        write(folder / "Loop.java", LOOP)
        subprocess.run(["javac", "-d", name, str(folder / "Loop.java")], check=True)
        jvms = [Jvm(folder, collector) for collector in COLLECTORS]
        witnesses = [[path for path in (jvm.core, jvm.maps) if os.path.exists(path)] for jvm in jvms]
        if not all(os.path.exists(jvm.core) for jvm in jvms):
            print("SKIPPED in part: gcore made no core")
        for (jvm, other), (own, theirs) in zip((jvms, jvms[::-1]), (witnesses, witnesses[::-1])):
            for piece in (*jvm.pieces(jvm.pid), jvm.log):
                check_right(piece, own[0])
            check_right(jvm.log, *own)
            check_wrong(jvm.log, theirs[0])
            if not randomised:
                print("SKIPPED in part: addresses are not randomised here")
                continue
            for piece in jvm.pieces(other.pid):
                check_wrong(piece, theirs[0])
    return 0


if __name__ == "__main__":
    sys.exit(main())

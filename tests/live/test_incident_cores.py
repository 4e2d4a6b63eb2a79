#!/usr/bin/env python3
"""Real cores with other artefacts of the same process, which are joined, and of other runs of the same program, which are told
apart by where the system's address randomisation put things."""
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from libcores import Maker, need, report, run_inquest


def randomises():
    with open("/proc/sys/kernel/randomize_va_space", encoding="utf-8") as file:
        return file.read().strip() == "2"


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def others(document):
    return [artefact["path"] for artefact in document["artefacts"] if artefact.get("other_process")]


def check_maps(folder, core, other):
    own = write(folder, "own.maps", core.maps)
    for order in ((core.path, own), (own, core.path)):
        status, document = report("--no-files", *order)
        assert status == 0 and not document["contradictions"], document["contradictions"]
        assert document["process"]["pid"] == core.pid and document["crash"]["signal"]["number"] == 11
    if not randomises():
        print("SKIPPED in part: addresses are not randomised here")
        return
    foreign = write(folder, "foreign.maps", other.maps)
    status, document = report("--no-files", foreign, core.path)
    told = {contradiction["what"] for contradiction in document["contradictions"]}
    assert others(document) == [foreign] and told & {"map", "layout"}, (told, document["artefacts"])
    assert document["process"]["pid"] == core.pid, document["process"]
    _, document = report("--no-files", core.path, other.path)
    assert others(document) == [other.path] and "pid" in {item["what"] for item in document["contradictions"]}


def check_folder(folder, core, other):
    place = os.path.join(folder, "incident")
    os.mkdir(place)
    shutil.copy(core.path, os.path.join(place, "it"))
    write(place, "its.maps", core.maps)
    status, document = report("--no-files", place)
    assert status == 0 and len(document["artefacts"]) == 2 and document["process"]["pid"] == core.pid
    shutil.copy(other.path, os.path.join(place, "another"))
    done = run_inquest("report", place)
    errors = done.stderr.decode()
    assert done.returncode == 1 and "2 processes" in errors, errors
    for pid in (core.pid, other.pid):
        assert f"pid {pid}, " in errors, errors


def wait_for(found, what):
    for _ in range(200):
        if found():
            return
        time.sleep(0.05)
    raise AssertionError(f"no {what} after ten seconds")


LOOP = "public class Loop { public static void main(String[] a) throws Exception " \
       "{ System.out.println(\"up\"); Thread.sleep(60000); } }"


def check_java(folder):
    """A core made by gdb of a living JVM, its map, and the log that it writes when it is then made to die."""
    if not all(map(shutil.which, ("java", "gcore", "javac"))):
        print("SKIPPED in part: java, javac or gcore is missing")
        return
    write(folder, "Loop.java", LOOP)
    subprocess.run(["javac", "-d", folder, os.path.join(folder, "Loop.java")], check=True)
    log = os.path.join(folder, "hs_err.log")
    command = ["java", "-Xmx16m", "-Xshare:auto", "-XX:+UseSerialGC", f"-XX:ErrorFile={log}", "-cp", folder, "Loop"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                               preexec_fn=lambda: os.chdir(folder))
    process.stdout.readline()
    core = os.path.join(folder, f"jvm.{process.pid}")
    maps = write(folder, "jvm.maps", pathlib.Path(f"/proc/{process.pid}/maps").read_text(encoding="utf-8"))
    subprocess.run(["gcore", "-o", os.path.join(folder, "jvm"), str(process.pid)], capture_output=True, check=False)
    process.send_signal(signal.SIGSEGV)
    process.communicate()
    wait_for(lambda: os.path.exists(log), "hs_err log")
    if not os.path.exists(core):
        print("SKIPPED in part: gcore made no core")
        return
    _, document = report("--no-files", log, core, maps)
    assert not others(document) and not document["contradictions"], document["contradictions"]
    assert document["process"]["pid"] == process.pid, document["process"]


def main():
    need("cc")
    for flags in (("-O1",), ("-O1", "-no-pie")):
        with Maker(flags=flags) as maker:
            core, other = maker.core("null", 1), maker.core("null", 2)
            check_maps(maker.folder.name, core, other)
            check_folder(maker.folder.name, core, other)
    with tempfile.TemporaryDirectory(prefix="inquest-live-") as folder:
        check_java(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())

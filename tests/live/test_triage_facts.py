#!/usr/bin/env python3
"""What lies beside a core tells whose it is: metadata in JSON, ABRT's files in an archive. What the core tells counts more,
another program's metadata counts nothing, and no bytes in such a file can cost more than the file."""
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import libcores
import libtriage

SEEN = "2020-09-13T12:26:40Z"  # date -ud @1600000000


def only(*words):
    found, _, errors = libtriage.triage(*words, "--cache", "none")
    assert len(found) == 1, found
    assert not errors, errors
    return found[0]


def beside(core, folder, name, content):
    """The result of the core with such a file in its folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    os.link(core.path, folder / "core.4711")
    (folder / name).write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    result = only(folder)
    assert result["status"] == "ok" and result["process"]["pid"] == core.pid, result
    return result["process"].get("host"), result["process"].get("version"), result["seen"] == SEEN


def check_json(core, folder):
    told, nothing = ("node7", "web:1.2", True), (None, None, False)
    known = {"hostname": "node7", "image": "web:1.2", "pid": 1}
    times = (1600000000, "1600000000", 1600000000123, 1600000000123456, "1600000000123456789", SEEN)
    for name in ("core.4711.json", "crash-4711.json"):
        for time in times:
            assert beside(core, folder, name, known | {"timestamp": time}) == told, (name, time)
    journal = {"COREDUMP_HOSTNAME": "node7", "COREDUMP_PACKAGE_VERSION": "web:1.2", "COREDUMP_EXE": "/old/crash",
               "COREDUMP_TIMESTAMP": "1600000000000000", "COREDUMP_PID": "4711"}
    assert beside(core, folder, "4711.json", journal) == told
    assert beside(core, folder, "4712.json", journal) == nothing  # of another
    assert beside(core, folder, "core.4711.json", journal | {"COREDUMP_EXE": "/bin/other"}) == nothing
    hostile = ([], [journal], {"hostname": 7, "image": None, "time": []}, {"hostname": "", "time": -1, "pid": 1.5},
               b"", b"{", b"{" * 70000, b'{"a":' * 5000, b'{"hostname":"a\\u0000b"}', b'{"hostname":"\xff"}',
               b'{"hostname":"a","hostname":"b"}', b'{"hostname":"' + b"x" * 70000 + b'"}', b"\0" * 4096,
               {"hostname": "x" * 5000, "time": 2**62, "timestamp": "99999999999999999999999"})
    for content in hostile:
        host, version, _ = beside(core, folder, "crash-4711.json", content)
        assert (host, version) == (None, None), (content[:40], host, version)
    host, _, _ = beside(core, folder, "core.4711.json", {"hostname": "a\nb\x1b[31m"})
    assert host == "a\nb\x1b[31m"


FACTS = {"executable": "/usr/bin/crash\n", "hostname": "node7\n", "package": "crash-1.2-3.fc40", "time": "1600000000",
         "pid": "17"}


def add(archive, name, content):
    member = tarfile.TarInfo(name)
    member.size = len(content)
    archive.addfile(member, io.BytesIO(content))


def check_abrt(core, work):
    """Two problem folders in one archive: each core has the facts of its own folder."""
    content = Path(core.path).read_bytes()
    path = work / "problems.tar.gz"
    with tarfile.open(path, "w:gz", compresslevel=1) as archive:
        for number in (1, 2):
            for name, fact in (FACTS | {"package": f"crash-{number}"}).items():
                add(archive, f"ccpp-{number}/{name}", fact.encode())
            add(archive, f"ccpp-{number}/coredump", content)
        add(archive, "other/coredump", content)
        add(archive, "other/hostname", b"")
        add(archive, "not/core", content)
        add(archive, "not/hostname", b"node7")
    found, _, _ = libtriage.triage(path, "--cache", "none")
    told = {result["path"].split("//")[1]: result for result in found}
    assert len(told) == 4
    for number in (1, 2):
        process = told[f"ccpp-{number}/coredump"]["process"]
        assert (process["host"], process["version"], process["pid"]) == ("node7", f"crash-{number}", core.pid)
        assert told[f"ccpp-{number}/coredump"]["seen"] == SEEN
    for name in ("other/coredump", "not/core"):
        assert "host" not in told[name]["process"] and told[name]["seen"] != SEEN


def check_7z(core, work):
    """Archives in a 7z are entered; a 7z in another archive has a line that says why not."""
    if not shutil.which("bsdtar"):
        print("SKIPPED in part: bsdtar makes 7z files; install libarchive-tools")
        return
    inner, folder = work / "inner", work / "7z"
    inner.mkdir()
    folder.mkdir()
    shutil.copy(core.path, inner / "core.1")
    with tarfile.open(folder / "cores.tar.gz", "w:gz", compresslevel=1) as archive:
        archive.add(inner / "core.1", "core.1")
    with zipfile.ZipFile(folder / "cores.zip", "w") as archive:
        archive.write(inner / "core.1", "core.2")

    def seven(name, source):
        subprocess.run(["bsdtar", "cf", work / name, "--format=7zip", "-C", source, "."], check=True)

    seven("outer.7z", folder)
    found, _, _ = libtriage.triage(work / "outer.7z", "--cache", "none")
    assert sorted(Path(result["path"]).name for result in found) == ["core.1", "core.2"], found
    assert all(result["status"] == "ok" for result in found)
    seven("inner.7z", inner)
    with tarfile.open(work / "with7z.tar", "w") as archive:
        archive.add(work / "inner.7z", "inner.7z")
        archive.add(inner / "core.1", "core.1")
    found, _, _ = libtriage.triage(work / "with7z.tar", "--cache", "none")
    states = {Path(result["path"]).name: (result["status"], result.get("reason", "")) for result in found}
    assert states["core.1"][0] == "ok" and states["inner.7z"][0] == "failed", states
    assert "a 7z file begins at its end" in states["inner.7z"][1], states


def main():
    with libcores.Maker() as maker:
        core, work = maker.core("null"), Path(maker.folder.name)
        check_json(core, work / "beside")
        check_abrt(core, work)
        check_7z(core, work)
    return 0


if __name__ == "__main__":
    sys.exit(main())

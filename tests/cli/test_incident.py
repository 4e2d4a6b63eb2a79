#!/usr/bin/env python3
"""Several artefacts, one report: which are of one process, what they tell differently, folders. What is expected is what the
texts were written from; of the original Xorg texts it is known by hand."""
import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

INQUEST = os.environ["INQUEST"]
SOURCE = Path(os.environ["SOURCE_DIR"])
DATA = SOURCE / "testdata"
XORG = {kind: DATA / kind / "xorg-opensolaris.in" for kind in ("crash-d", "mdb-stack", "mdb-mappings")}
WORK = Path(tempfile.mkdtemp(prefix="inquest-incident-"))


def inquest(command, *words):
    return subprocess.run([INQUEST, command, *map(str, words)], capture_output=True, text=True, check=False)


def report(*paths):
    done = inquest("report", "--no-files", "--json", *paths)
    assert done.returncode in (0, 3), (paths, done.returncode, done.stderr)
    return json.loads(done.stdout)


def told(document):
    return [contradiction["what"] for contradiction in document["contradictions"]]


def evidence(document, what):
    found = [contradiction for contradiction in document["contradictions"] if contradiction["what"] == what]
    assert len(found) == 1 and len(found[0]["artefacts"]) == 2, (what, document["contradictions"])
    return " ".join(found[0]["evidence"])


def others(document):
    return [Path(artefact["path"]).name for artefact in document["artefacts"] if artefact.get("other_process")]


def write(name, text):
    path = WORK / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return path


def pmap(pid, command, *rows):
    text = f"{pid}:   {command}\n"
    text += "".join(f"{start:016x} {size:6}K {mode} {name}\n" for start, size, mode, name in rows)
    return text + f" total {sum(size for _, size, _, _ in rows):8}K\n"


def maps(program=0x555500000000, library=0x7f0000000000, stack=0x7ffc00100000, heap=0x555600000000, heap_pages=0x21,
         inode=12, pages=2):
    """/proc/PID/maps; `stack` is its end."""
    rows = [(program, 1, "r-xp", 11, "/opt/prog"), (program + 0x1000, 1, "rw-p", 11, "/opt/prog"),
            (heap, heap_pages, "rw-p", 0, "[heap]")]
    if library:
        rows += [(library, pages, "r-xp", inode, "/lib/libfoo.so.1"), (library + 0x10000, 1, "rw-p", 13, "/lib/libc.so.6")]
    rows += [(stack - 0x21000, 0x21, "rw-p", 0, "[stack]")]
    return "".join(f"{start:x}-{start + count * 0x1000:x} {mode} 00000000 {'08:01' if number else '00:00'} {number} {name}\n"
                   for start, count, mode, number, name in rows)


def processes_by_number():
    one = write("one.txt", pmap(41, "/bin/a", (0x400000, 8, "r-x--", "a"), (0x600000, 4, "rw---", "a")))
    two = write("two.txt", pmap(42, "/bin/a", (0x400000, 8, "r-x--", "a"), (0x600000, 4, "rw---", "a")))
    document = report(one, two)
    assert told(document)[:2] == ["process", "pid"] and others(document) == ["two.txt"], document["contradictions"]
    assert "41" in evidence(document, "pid") and "42" in evidence(document, "pid")
    assert document["process"]["pid"] == 41 and "another run of a " in evidence(document, "process")
    text = inquest("report", one, two).stdout
    assert text.startswith("two.txt is of another run of a"), text
    assert text.index("was kept apart") < text.index("The address map") < text.index("contradictions"), text
    assert report("--pid", 42, one, two)["process"]["pid"] == 42
    again = report(one, one)
    assert not again["contradictions"] and again["artefacts"][1]["gave"] == "", again["artefacts"]


def runs_of_one_program():
    first = write("first.maps", maps())
    for name, other in {"all": maps(0x561100000000, 0x7f1100000000, 0x7ffd00100000, 0x561200000000),
                        "fixed-program": maps(library=0x7f1100000000, stack=0x7ffd00100000, heap=0x555610000000),
                        "libraries": maps(library=0x7f1100000000)}.items():
        document = report(first, write(f"{name}.maps", other))
        assert "map" in told(document) and others(document) == [f"{name}.maps"], (name, document["contradictions"])
    static = write("static.maps", maps(library=None))
    for name, other in {"heap": maps(library=None, heap=0x555610000000),
                        "stack": maps(library=None, stack=0x7ffd00100000)}.items():
        document = report(static, write(f"{name}.maps", other))
        assert others(document) == [f"{name}.maps"] and name in evidence(document, "layout"), document


def one_process_at_two_times():
    early = write("early.maps", maps())
    late = write("late.maps", maps(heap_pages=0x4000))
    document = report(early, late)
    assert not document["contradictions"] and not others(document), document["contradictions"]
    replaced = report(early, write("replaced.maps", maps(inode=99)))
    assert told(replaced) == ["build"] and "99" in evidence(replaced, "build") and not others(replaced)


def xorg_apart(document, reported, other):
    """What TRUTH says of the original: two crashes of one program."""
    assert [Path(artefact["path"]) for artefact in document["artefacts"] if artefact.get("other_process")] == [XORG[other]]
    assert told(document)[0] == "process", told(document)
    assert set(told(document)) == {"process", "moved", "object", "heap", "stack"}, told(document)
    assert "another run of Xorg" in evidence(document, "process")
    for word in ("0xfffffd7ffd1c45ae", "libglx.so.1", "/usr/X11/lib/NVIDIA/amd64/libGLcore.so.1+0x11c45ae"):
        assert word in evidence(document, "object"), (word, document["contradictions"])
    assert "43,286,536" in evidence(document, "heap") and "105,099,264" in evidence(document, "heap")
    assert "577,536" in evidence(document, "stack") and "581,632" in evidence(document, "stack")
    for contradiction in document["contradictions"]:
        assert set(map(Path, contradiction["artefacts"])) == {XORG[reported], XORG[other]}, contradiction


def two_crashes_of_one_program():
    pair = report(XORG["crash-d"], XORG["mdb-mappings"])
    xorg_apart(pair, "crash-d", "mdb-mappings")
    assert pair["process"]["pid"] == 1640 and not pair["regions"] and "libGLcore" not in pair["verdict"]
    assert "libglx.so.1" in pair["verdict"] and "offset" not in pair["crash"]["location"], pair["crash"]
    for paths in ((XORG["mdb-stack"], XORG["mdb-mappings"], XORG["crash-d"]),
                  (XORG["crash-d"], XORG["mdb-mappings"], XORG["mdb-stack"])):
        triple = report(*paths)
        xorg_apart(triple, "mdb-mappings", "crash-d")
        original = triple["crash"]["original"]
        assert original["pc"] == "0xfffffd7ffd4c43de" and original["location"]["offset"] == "0xc43de", original
        assert "/NVIDIA/amd64/libglx.so.1" in original["location"]["object"] and "pid" not in triple["process"]
        assert "1 thread" in [artefact["gave"] for artefact in triple["artefacts"] if artefact["kind"] == "mdb-stack"][0]
    both = report(XORG["mdb-stack"], XORG["mdb-mappings"])
    assert not both["contradictions"] and both["crash"]["original"]["location"]["offset"] == "0xc43de"


def stack_of_another_map():
    """The map of the stack, moved: its frame pointers then point to nothing."""
    moved = write("moved.txt", XORG["mdb-mappings"].read_text().replace("fffffd7f", "fffffd6f"))
    document = report(moved, XORG["mdb-stack"])
    assert told(document) == ["process", "frames"] and others(document) == ["moved.txt"], document["contradictions"]


def systems_and_programs():
    linux = write("linux.txt", pmap(7, "/bin/a", (0x400000, 8, "r-x--", "a")))
    solaris = report(linux, XORG["mdb-mappings"])
    assert "system" in told(solaris), told(solaris)
    other = write("other.txt", re.sub("^7:", "8:", linux.read_text()).replace("/bin/a", "/bin/zz").replace(" a\n", " zz\n"))
    assert "program" in told(report(linux, other))


def tables_of_the_machine():
    memstat = DATA / "memstat" / "opensolaris-2009.06.in"
    for order in ((XORG["mdb-mappings"], memstat), (memstat, XORG["mdb-mappings"])):
        document = report(*order)
        assert not document["contradictions"] and document["kernel_memory"]["memstat"], document["contradictions"]
        assert document["process"]["name"] == "Xorg"
        gave = {artefact["kind"]: artefact["gave"] for artefact in document["artefacts"]}
        assert gave["memstat"] == "kernel memory" and "address map" in gave["mdb-mappings"], gave


def jvm_heaps():
    """What jcmd says of a JVM's heap against what it said before, and against the map: its heap begins at 0xfd600000."""
    info = (DATA / "jvm-heap-info" / "serial-17.in").read_text()
    moved = info.replace("[0x00000000fd600000, 0x00000000fe000000,", "[0x00000000fd800000, 0x00000000fe000000,", 1)
    assert moved != info
    same, other = write("heap-1.txt", info), write("heap-2.txt", moved)
    assert "jvm" not in told(report(same, write("heap-3.txt", info)))
    words = evidence(report(same, other), "jvm")
    assert "0xfd600000" in words and "0xfd800000" in words, words
    heap = "fd600000-100000000 rw-p 00000000 00:00 0\n"
    lines = (maps() + heap).splitlines(True)
    rows = "$ cat /proc/21751/maps\n" + "".join(sorted(lines, key=lambda row: int(row.split("-")[0], 16)))
    assert "jvm" not in told(report(same, write("with.maps", rows)))
    words = evidence(report(same, write("without.maps", rows.replace(heap, ""))), "jvm")
    assert "0xfd600000" in words and "nothing is there" in words, words


def better_witness():
    """The kernel cuts arguments and names; whoever has the whole is believed."""
    text = pmap(9, "/opt/prog --one --two", (0x555500000000, 4, "r-x--", "prog"), (0x7f0000000000, 8, "r-x--", "libfoo.so.1"))
    document = report(write("p.txt", text), write("m.maps", maps()))
    assert not document["contradictions"] and document["process"]["args"] == "/opt/prog --one --two"
    assert {"/opt/prog", "/lib/libfoo.so.1"} <= {item["path"] for item in document["objects"]}, document["objects"]


def segfault(pid, pc, name="prog", file="libfoo.so.1", address=8):
    return (f"[  12.{pc % 1000:03}] {name}[{pid}]: segfault at {address:x} ip {pc:016x} sp 00007ffc00001000 error 4 "
            f"in {file}[{pc & ~0xfff:x}+1000]\n")


def in_each_order(*paths):
    return ((order, report(*order)) for order in itertools.permutations(paths))


def two_faults_of_one_number():
    """Each is fatal, so that the number was given to two processes. The one that is named first is reported."""
    one, two = write("one.log", segfault(60, 0x7f0000000123)), write("two.log", segfault(60, 0x7f0000000456))
    for order, document in in_each_order(one, two):
        assert told(document) == ["process", "fault"] and others(document) == [order[1].name], document["contradictions"]
        pc = "0x7f0000000123" if order[0] == one else "0x7f0000000456"
        assert document["crash"]["pc"] == pc and "only once" in evidence(document, "fault"), document["crash"]
    both = report(write("both.log", one.read_text() + two.read_text()))
    assert both["crash"]["pc"] == "0x7f0000000123", both["crash"]
    assert any("another process with the number 60" in warning for warning in both["warnings"]), both["warnings"]
    for order, document in in_each_order(one, write("again.log", one.read_text())):
        assert not document["contradictions"], (order, document["contradictions"])


def fault_of_a_thread():
    """The kernel prints the number of the thread that faulted, systemd that of the process too."""
    log = write("thread.log", segfault(63, 0x7f0000000123, "worker"))
    journal = write("journal.txt", "Process 60 (prog) of user 0 dumped core.\n\nStack trace of thread 63:\n"
                                   "#0  0x00007f0000000123 foo (libfoo.so.1 + 0x123)\n"
                                   "#1  0x0000555500000100 main (prog + 0x100)\n")
    for order, document in in_each_order(log, journal):
        assert not document["contradictions"] and document["process"]["pid"] == 60, (order, document["contradictions"])
        assert document["crash"]["signal"]["name"] == "SIGSEGV", document["crash"]


def gdb(*frames):
    return "".join(f"#{i}  0x{pc:016x} in {name} () from {file}\n" if file else f"#{i}  0x{pc:016x} in {name} ()\n"
                   for i, (pc, name, file) in enumerate(frames))


def stacks_without_a_name():
    """A pasted stack belongs to a crash when an address, an object or the program says so; else it is kept apart."""
    log = write("crash.log", segfault(60, 0x7f0000000123))
    ties = {"address": gdb((0x7f0000000123, "foo", None), (0x1000, "main", None)),
            "mapped": gdb((0x9000, "signal_done", None), (0x7f0000000200, "foo", None)),
            "object": gdb((0x7f5500000777, "foo", "/usr/lib/libfoo.so.1"), (0x1000, "main", None)),
            "program": "TID 77:\n#0  0x0000000000401136 foo - /opt/prog\n#1  0x0000000000401200 main - /opt/prog\n"}
    for name, text in ties.items():
        for order, document in in_each_order(log, write(f"{name}.txt", text)):
            assert not document["contradictions"] and not others(document), (name, order, document["contradictions"])
    foreign = gdb((0x7f5500000777, "bar", "/lib/libbar.so.2"), (0x7f6600000111, "__libc_start_main", "/lib/libc.so.6"))
    stack = write("foreign.txt", foreign)
    for order, document in in_each_order(log, stack):
        assert told(document) == ["process"] and others(document) == ["foreign.txt"], (order, document["contradictions"])
        assert "nothing says" in evidence(document, "process"), document["contradictions"]
    other = write("other-stack.txt", gdb((0x7f5500000999, "baz", None), (0x7f5500000888, "bar", "/lib/libbar.so.2")))
    for order, document in in_each_order(log, stack, other):
        assert others(document) == [log.name] and "pid" not in document["process"], (order, document["artefacts"])
    page = report(write("page.txt", log.read_text() + "\n" + foreign))
    assert page["process"]["pid"] == 60 and any("nothing says" in warning for warning in page["warnings"]), page["warnings"]


def chain_of_ties():
    """The second stack has something in common with the first alone, that with the kernel's line."""
    log = write("chain.log", segfault(60, 0x7f0000000123))
    near = write("near.txt", gdb((0x7f5500000123, "foo", "/lib/libfoo.so.1"), (0x9000, "glue", "/lib/libglue.so")))
    far = write("far.txt", gdb((0x8888, "glue", "/lib/libglue.so")))
    for order, document in in_each_order(log, near, far):
        assert not others(document), (order, document["contradictions"])
    for order, document in in_each_order(log, far):
        assert others(document) == ["far.txt"], (order, document["artefacts"])


def folder(name, files):
    for file, text in files.items():
        write(f"{name}/{file}", text)
    return WORK / name


def folders_of_one_process():
    one = folder("one", {"a.maps": maps(), "b.maps": maps(heap_pages=0x30), "notes.txt": "Nothing.\n",
                         ".hidden": maps(library=0x7f1100000000)})
    (one / "deep").mkdir()
    (one / "deep" / "other.maps").write_text(maps(library=0x7f1100000000))
    (one / "link.maps").symlink_to(WORK / "all.maps")
    (one / "loop").symlink_to(one)
    os.mkfifo(one / "pipe")
    document = report(one)
    assert [Path(artefact["path"]).name for artefact in document["artefacts"]] == ["a.maps", "b.maps"], document
    assert not document["contradictions"] and not document["warnings"], document["warnings"]
    for command in ("map", "where", "identify"):
        done = inquest(command, one, *(["7f0000000000"] if command == "where" else []))
        assert done.returncode == 0, (command, done)
    assert "libfoo" in inquest("where", one, "7f0000000000").stdout


def folders_of_several():
    several = folder("several", {f"{pid}.txt": pmap(pid, "/bin/a", (0x400000, 8, "r-x--", "a")) for pid in range(100, 130)})
    done = inquest("report", several)
    assert done.returncode == 1 and not done.stdout, done
    assert "30 processes" in done.stderr and "pid 100, a: " in done.stderr and "100.txt (pmap-linux)" in done.stderr
    assert "10 more processes" in done.stderr, done.stderr
    untied = folder("untied", {"a.txt": pmap(5, "/bin/a", (0x400000, 8, "r-x--", "a")),
                               "b.maps": "10000-20000 rw-p 00000000 00:00 0 \n30000-40000 rw-p 00000000 00:00 0 \n"})
    done = inquest("report", untied)
    assert done.returncode == 1 and "nothing says" in done.stderr and "b.maps" in done.stderr, done.stderr
    for empty in (folder("diary", {"diary.txt": "Dear diary\n"}), WORK / "one" / "deep" / "nothing"):
        empty.mkdir(exist_ok=True)
        done = inquest("report", empty)
        assert done.returncode == 1 and "no file of this folder" in done.stderr, done.stderr
    assert inquest("report", several, several / "100.txt").returncode == 1


def packed_folder():
    crowd = WORK / "packed"
    crowd.mkdir()
    for i in range(6):
        path = crowd / f"{i}.maps"
        path.write_text(maps(heap_pages=0x21 + i))
        subprocess.run(["gzip", path], check=True)
    done = inquest("report", "--json", crowd)
    document = json.loads(done.stdout)
    assert len(document["artefacts"]) == 4 and any("6 compressed" in warning for warning in document["warnings"]), done


def many_files():
    crowd = folder("crowd", {f"{i:03}.maps": maps() for i in range(300)})
    document = report(crowd)
    assert len(document["artefacts"]) == 256 and any("44 more" in warning for warning in document["warnings"])


def documents_name_every_rule():
    text = (SOURCE / "docs" / "incidents.md").read_text()
    for table in ("contradictions", "witnesses"):
        rows = re.findall(r'^INQ_[A-Z]+\("?([a-z0-9_-]+)"?,', (SOURCE / f"lib/incident/{table}.def").read_text(), re.M)
        assert len(rows) > 10
        for row in rows:
            assert f"`{row}`" in text, f"docs/incidents.md does not tell of {row}"


CHECKS = (processes_by_number, runs_of_one_program, one_process_at_two_times, two_crashes_of_one_program,
          stack_of_another_map, systems_and_programs, tables_of_the_machine, jvm_heaps, better_witness,
          two_faults_of_one_number, fault_of_a_thread, stacks_without_a_name, chain_of_ties,
          folders_of_one_process, folders_of_several, packed_folder, many_files, documents_name_every_rule)

if __name__ == "__main__":
    failed = 0
    for check in CHECKS:
        try:
            check()
        except AssertionError as error:
            failed += 1
            print(f"FAIL: {check.__name__}: {str(error)[:1500]}")
    sys.exit(1 if failed else 0)

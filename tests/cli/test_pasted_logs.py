#!/usr/bin/env python3
"""Crash texts as people paste them: with logcat's prefix, with the journal's, with kernel lines in their several forms. What is
expected stands in the texts themselves."""
import json
import os
import subprocess

INQUEST = os.environ["INQUEST"]

# The fault of an address map's line: the kernel says the file offset of the pc itself (from 6.11 on), the place on a line of its
# own (before 4.15), or the beginning of the mapping only.
OFFSET = ("Jun 15 05:58:24 host kernel: traps: server-2[1388834] general protection fault ip:5f14ab3aed82 sp:70845c5c7f20 "
          "error:0 in server[57ad82,5f14ab129000+643000]\n")
SPLIT = ("Jul 15 17:27:39 host kernel: [  573.164599] traps: viewer[30174] general protection ip:558fd01e9ed4 "
         "sp:7fff8bd2c658 error:0\nJul 15 17:27:39 host kernel: [  573.164607]  in viewer[558fd019e000+e1000]\n")
KERNEL = ((OFFSET, "server-2", 1388834, "server", 0x57ad82, 0x5f14ab3aed82),
          (SPLIT, "viewer", 30174, "viewer", 0x558fd01e9ed4 - 0x558fd019e000, 0x558fd01e9ed4))

TOMBSTONE = """*** *** *** *** *** *** *** *** *** *** *** *** *** *** *** ***
Build fingerprint: 'maker/model/model:8.1.0/ABC/123:user/release-keys'
ABI: 'arm64'
pid: 13915, tid: 14110, name: downloader  >>> com.example.app <<<
signal 11 (SIGSEGV), code 1 (SEGV_MAPERR), fault addr 0x30
    x0   0000000000000030  x1   000000732715a758  x2   000000733b389a00  x3   0000000000000010
backtrace:
    #00 pc 0000000000123456  /data/app/lib/arm64/libx.so (inner+12)
    #01 pc 0000000000002000  /system/lib64/libc.so (outer+4)
"""
LOGCAT = ("{}", "I/DEBUG   (  119): {}", "05-24 13:49:47.934 12008 12008 F DEBUG   : {}",
          "2020-09-24 15:32:44.997 14368-14368/? A/DEBUG: {}", "03-06 23:15:43.057 4322-4322/? I/DEBUG: {}")

JOURNAL = """Process 334 (journal) of user 7 dumped core.
Stack trace of thread 340:
#0  0x000073c605eabbe2 n/a (libc.so.6 + 0x9dbe2)
#1  0x000073c605f27d85 epoll_wait (libc.so.6 + 0x119d85)
"""
SENDERS = ("{}", "[ 9287.734430] systemd-coredump[7888]: {}", "May 02 14:19:41 host systemd-coredump[7888]: {}")


def report(text):
    run = subprocess.run([INQUEST, "report", "--no-files", "--json", "-"], input=text, capture_output=True, text=True,
                         timeout=60, check=False)
    assert run.returncode == 0, (run.returncode, run.stderr, text)
    assert "nothing was used" not in run.stderr, run.stderr
    return json.loads(run.stdout)


def kernel_lines():
    for text, name, pid, file, offset, pc in KERNEL:
        document = report(text)
        place = document["crash"]["location"]
        assert document["process"]["name"] == name and document["process"]["pid"] == pid, document["process"]
        assert (place["object"], int(place["offset"], 16)) == (file, offset), place
        assert int(document["crash"]["pc"], 16) == pc, document["crash"]


def tombstones():
    for prefix in LOGCAT:
        lines = [prefix.format(line) for line in TOMBSTONE.splitlines()]
        document = report("W/ActivityManager(  502):   Force finishing an activity\n" + "\n".join(lines) + "\n")
        process, crash = document["process"], document["crash"]
        assert (process["name"], process["pid"]) == ("com.example.app", 13915), (prefix, process)
        assert crash["signal"]["number"] == 11 and crash["fault_address"] == "0x30", (prefix, crash)
        thread = document["threads"][0]
        assert (thread["tid"], thread["registers"]["x0"]) == (14110, "0x30"), (prefix, thread)
        frames = [(f["object"].split("/")[-1], int(f["offset"], 16), f["symbol"], f["symbol_offset"])
                  for f in thread["frames"]]
        assert frames == [("libx.so", 0x123456, "inner", 12), ("libc.so", 0x2000, "outer", 4)], (prefix, frames)


def journals():
    for prefix in SENDERS:
        document = report("".join(prefix.format(line) + "\n" for line in JOURNAL.splitlines()))
        assert (document["process"]["pid"], document["process"]["uid"]) == (334, 7), (prefix, document["process"])
        thread = document["threads"][0]
        frames = [(f["object"], f["offset"], f.get("symbol")) for f in thread["frames"]]
        assert thread["tid"] == 340, thread
        assert frames == [("libc.so.6", "0x9dbe2", None), ("libc.so.6", "0x119d85", "epoll_wait")], (prefix, frames)


for test in (kernel_lines, tombstones, journals):
    test()
    print("passed:", test.__name__)

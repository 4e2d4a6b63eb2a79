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


# What is left of a tombstone where only its backtrace, or only the line of the process itself, was copied; before Android 4 the head
# has no name, and addresses no 0x.
BACKTRACE = """it crashes sometimes:

backtrace:
      #00 pc 00000000002f32f4  /apex/com.example.art/lib64/libart.so (art::Hprof::Find(art::Class*)+68) (BuildId: c6d9dc49)
      #01 pc 00000000002f4000  /data/app/~~5W==/com.example-Yx1==/lib/arm64/libapp.so (BuildId: ad4ba174)
"""
FATAL = "09-23 17:12:33.341  4755  4780 F libc    : Fatal signal 7 (SIGBUS), code 2 (BUS_ADRERR), fault addr 0x1040 in tid 4780 " \
        "(painter), pid 4755 (com.example)\n"
OLD = "pid: 1241, tid: 1243  >>> /data/bin/busybox <<<\nsignal 4 (SIGILL), code 1 (ILL_ILLOPC), fault addr 0000c616\n"
ARM = "pid: 61, tid: 62, name: a  >>> b <<<\nABI: 'arm'\nsignal 11 (SIGSEGV), code 1 (SEGV_MAPERR), fault addr 0xdeadbaad\n" \
      "    sl 0000000a  fp 0000000b  ip 0000000c  sp 0000000d\n"


def pieces_of_tombstones():
    frames = report(BACKTRACE)["threads"][0]["frames"]
    assert [(f["object"].split("/")[-1], int(f["offset"], 16)) for f in frames] == [
        ("libart.so", 0x2f32f4), ("libapp.so", 0x2f4000)], frames
    assert frames[0]["symbol"] == "art::Hprof::Find(art::Class*)" and frames[0]["symbol_offset"] == 68, frames[0]
    document = report(FATAL)
    crash, thread = document["crash"], document["threads"][0]
    assert (crash["signal"]["name"], crash["signal"]["code_name"], crash["fault_address"]) == (
        "SIGBUS", "BUS_ADRERR", "0x1040"), crash
    assert (document["process"]["pid"], thread["tid"], thread["name"]) == (4755, 4780, "painter"), document
    document = report(FATAL + LOGCAT[2].format(TOMBSTONE.replace("\n", "\n" + LOGCAT[2].format(""))))
    assert len(document["artefacts"]) == 1 and document["crash"]["fault_address"] == "0x30", document["artefacts"]
    document = report(OLD)
    assert (document["threads"][0]["tid"], document["crash"]["fault_address"]) == (1243, "0xc616"), document["crash"]
    document = report(ARM)
    registers = document["threads"][0]["registers"]
    assert [registers[name] for name in ("r10", "r11", "r12", "sp")] == ["0xa", "0xb", "0xc", "0xd"], registers
    causes = [one["id"] for one in document["crash"].get("diagnosis", ())]
    assert "poisoned-pointer" not in causes, causes  # it is where abort() wrote


def journal_by_rsyslog():
    """The ends of lines as "#012"; and the end of a stack before the message of another process."""
    head, *rest = JOURNAL.splitlines()
    text = "Apr  4 10:12:13 host systemd-coredump[7888]: " + "#012".join([head, "", *rest]) + "\n"
    document = report(text)
    frames = [(f["object"], f["offset"]) for f in document["threads"][0]["frames"]]
    assert document["process"]["pid"] == 334 and document["threads"][0]["tid"] == 340, document["process"]
    assert frames == [("libc.so.6", "0x9dbe2"), ("libc.so.6", "0x119d85")], frames
    document = report(JOURNAL + "\n" + JOURNAL.replace("334", "335").replace("340", "341"))
    assert document["process"]["pid"] == 334 and len(document["threads"]) == 1, document["threads"]


# A handler that raises the signal again: the fault is below it.
RAISED_AGAIN = """           PID: 2718 (shell)
        Signal: 11 (SEGV)
                Stack trace of thread 2718:
                #0  0x00007f2c4b5be9e5 raise (libc.so.6 + 0x3d9e5)
                #1  0x000055a3f9d6cdaa n/a (shell + 0x2daa)
                #2  0x00007f2c4b5bea70 __restore_rt (libc.so.6 + 0x3da70)
                #3  0x00007f2c4bd3b3c1 window_list (libwindows.so + 0x1003c1)
"""


def raised_again():
    crash = report(RAISED_AGAIN)["crash"]
    assert crash["original"]["location"]["symbol"] == "window_list", crash["original"]
    assert crash["culprit"]["frame"] == 3 and "fffff" not in json.dumps(crash), crash["culprit"]


BOLD = """_A fatal error has been detected by the Java Runtime Environment:_
 SIGSEGV (0xb) at pc=0x00007fc1a2ddc7b3, pid=2105, tid=2106
 JRE version: OpenJDK Runtime Environment (8.0_222-b10) (build 1.8.0_222-b10)
 Java VM: OpenJDK 64-Bit Server VM (25.222-b10 mixed mode linux-amd64 compressed oops)
 **Problematic frame:
 C  [libagent.so+0x2b7b3]  Perf::close()+0x73
**
"""


def bold_log():
    place = report(BOLD)["crash"]["location"]
    assert (place["object"], place["offset"], place["symbol"]) == ("libagent.so", "0x2b7b3", "Perf::close()"), place


WINDOWS = """# A fatal error has been detected by the Java Runtime Environment:
#
#  EXCEPTION_ACCESS_VIOLATION (0xc0000005) at pc=0x0000000072a9e1ed, pid=13336, tid=8364
#
# Java VM: OpenJDK 64-Bit Server VM (25.222-b10 mixed mode windows-amd64 compressed oops)
# Problematic frame:
# V  [jvm.dll+0x47e1ed]
#
Current thread (0x000000001de48800):  JavaThread "main" [_thread_in_vm, id=8364, stack(0x1f460000,0x1f560000)]

{info}
"""


def windows_log():
    """Not a signal, but an exception, whose address and access stand in one sentence; the banner may be missing."""
    for info in ("siginfo: ExceptionCode=0xc0000005, writing address 0x0000000000000010",
                 "siginfo: EXCEPTION_ACCESS_VIOLATION (0xc0000005), writing address 0x0000000000000010"):
        document = report(WINDOWS.format(info=info))
        assert document["crash"]["fault_address"] == "0x10" and "signal" not in document["crash"], document["crash"]
        assert "died of EXCEPTION_ACCESS_VIOLATION" in document["verdict"], document["verdict"]
        assert "writing address 0x0000000000000010" in document["verdict"], document["verdict"]
    document = report("\n".join(WINDOWS.format(info=info).splitlines()[4:]))
    assert "died of EXCEPTION_ACCESS_VIOLATION" in document["verdict"], document["verdict"]
    whole = "siginfo: ExceptionCode=0xc0000005, reading address 0xffffffffffffffff"
    assert "fault_address" not in report(WINDOWS.format(info=whole))["crash"]


# A data file that is mapped shared, and executable because its program wants all memory so, is not the program.
PMAP = """Address           Kbytes     RSS   Dirty Mode  Mapping
00007f69be71d000    2124     680       0 r-xs- 000716.ldb
00007f69c0000000     132      64      64 rwx--   [ anon ]
"""


def shared_file():
    document = report(PMAP)
    assert "name" not in document["process"] and "exe" not in document["process"], document["process"]


NOWHERE = TOMBSTONE.replace("    #00 pc 0000000000123456  /data/app/lib/arm64/libx.so (inner+12)",
                            "    #00 pc 00000000000f4240  <unknown>")


def jump_to_nowhere():
    """The pc is in no mapping: a tombstone prints it as it is, and the kernel may name the mapping that stands above it."""
    document = report(NOWHERE)
    frames = document["threads"][0]["frames"]
    assert frames[0]["pc"] == "0xf4240" and "object" not in frames[0], frames
    assert " at pc 0xf4240" in document["verdict"] and frames[1]["symbol"] == "outer", document["verdict"]
    line = "viewer[76]: segfault at 0 ip 0000000000000000 sp 00007ffd94877b48 error 14 in viewer[55a0bcea4000+4000]"
    document = report(f"Oct 16 11:41:15 host kernel: {line} likely on CPU 11 (core 6, socket 0)\n")
    assert document["verdict"].startswith("viewer died of SIGSEGV at pc 0x0"), document["verdict"]
    assert "culprit" not in document["crash"] and not document["regions"], document["crash"]


ABNORMALLY = """host systemd-coredump[135]: Process 134 (daemon) of user 0 terminated abnormally with signal 7/BUS, processing...
host systemd-coredump[135]: [x] Process 134 (daemon) of user 0 dumped core.
    Module libz.so.1 from rpm zlib-1.3-1.x86_64
    Stack trace of thread 134:
    #0  0x000055d3c04a1f6b crash (/usr/lib/daemon + 0xaf6b)
"""


def journal_tells_the_signal():
    document = report(ABNORMALLY)
    assert len(document["artefacts"]) == 1 and document["crash"]["signal"]["name"] == "SIGBUS", document["crash"]
    two = report(ABNORMALLY + ABNORMALLY.replace("134", "199").replace("7/BUS", "11/SEGV"))
    assert [artefact["pid"] for artefact in two["artefacts"]] == [134, 199], two["artefacts"]
    assert two["crash"]["signal"]["name"] == "SIGBUS" and len(two["threads"]) == 1, two["crash"]


HS_ERR = """#
# A fatal error has been detected by the Java Runtime Environment:
#
#  SIGSEGV (0xb) at pc=0x00007f16335c895f, pid=258, tid=139732148680448
#
# JRE version: Java(TM) SE Runtime Environment (7.0_67-b01) (build 1.7.0_67-b01)
# Java VM: Java HotSpot(TM) 64-Bit Server VM (24.65-b04 mixed mode linux-amd64 compressed oops)
# Problematic frame:
# C  [libdemo.so+0x8995f]{}
#
"""


def pasted_hs_err():
    """A web page's backslashes before "#"; a prompt behind a log that was cut."""
    whole = HS_ERR.format("  copy_row+0x2ef")
    for text in (whole, "".join("\\" + line for line in whole.splitlines(True))):
        location = report(text)["crash"]["location"]
        assert location["symbol"] == "copy_row" and location["offset"] == "0x8995f", location
    cut = HS_ERR.split("{}", maxsplit=1)[0] + "[user build/ cluster: demo]$ \n"
    location = report(cut)["crash"]["location"]
    assert "symbol" not in location and location["offset"] == "0x8995f", location


def signals_of_other_systems():
    """10 is SIGBUS of BSD and macOS, and SIGUSR1 of Linux: a log of macOS tells the name."""
    log = HS_ERR.format("").replace("SIGSEGV (0xb)", "SIGBUS (0xa)")
    assert report(log.replace("linux-amd64", "bsd-aarch64"))["crash"]["signal"]["name"] == "SIGBUS"
    line = "pid 24342 (demo), uid 80: exited on signal 10\n"
    document = report(line)
    assert document["process"] == {**document["process"], "pid": 24342, "uid": 80, "name": "demo"}, document["process"]
    assert document["crash"]["signal"] == {**document["crash"]["signal"], "number": 10, "name": "SIGBUS"}, document["crash"]
    two = report(line + line.replace("24342", "24343"))
    assert [artefact["pid"] for artefact in two["artefacts"]] == [24342, 24343], two["artefacts"]


STUDIO = "2026-05-25 13:53:26.518 20643-20643 {:24}{:37}A  {}"


def columns_of_android_studio():
    """Tag, process and level stand in columns of their own; the line that the process logged itself may tell the signal alone."""
    lines = TOMBSTONE.splitlines()
    for who in ("debuggerd", "pid-20643"):
        for text in (lines, [line for line in lines if not line.startswith("signal ")]):
            fatal = "Fatal signal 11 (SIGSEGV), code 1 (SEGV_MAPERR), fault addr 0x30 in tid 14110 (downloader), pid 13915"
            log = [STUDIO.format("libc", "com.example.app", fatal)] + [STUDIO.format("DEBUG", who, line) for line in text]
            document = report("\n".join(log) + "\n")
            assert document["crash"]["signal"]["name"] == "SIGSEGV" and document["crash"]["fault_address"] == "0x30", document
            assert [frame["symbol"] for frame in document["threads"][0]["frames"]] == ["inner", "outer"], document["threads"]
            assert document["process"]["pid"] == 13915 and document["process"]["name"] == "com.example.app", document["process"]


TRAP = "kernel: traps: daemon[1685] trap invalid opcode ip:55beb0d236c8 sp:7ffc555f92a0 error:0 in daemon[55beb0b89000+460000]\n"
JOURNAL_OF_TRAP = """systemd-coredump[1696]: [x] Process 1685 (daemon) of user 0 dumped core.

Stack trace of thread 1685:
#0  0x000055beb0d236c8 n/a (daemon + 0x1ed6c8)
#1  0x000055beb0c5e0c1 n/a (daemon + 0x1280c1)
"""


def offsets_from_the_load_base():
    """The kernel tells where a part of the file is mapped, but not which; the journal counts from the load base."""
    for text in (TRAP + JOURNAL_OF_TRAP, JOURNAL_OF_TRAP + TRAP):
        document = report(text)
        assert document["crash"]["signal"]["name"] == "SIGILL", document["crash"]
        assert document["crash"]["location"]["offset"] == "0x1ed6c8", document["crash"]["location"]


J9_WINDOWS = """Unhandled exception
Type=Segmentation error vmState=0x00000000
Windows_ExceptionCode=c0000005 J9Generic_Signal=00000004 ExceptionAddress=00007FFFD85D42F0 ContextFlags=0010005f
Handler1=00007FFFD856EAA0 Handler2=00007FFFD827AC50 InaccessibleReadAddress=0000000000000003
RDI=0000000000000000 RSI=000000000000000B RAX=0000000000000005 RBX=000001DA0C6058D8
RIP=00007FFFD85D42F0 RSP=00000077E1C7EF28 RBP=0000000000000008 EFLAGS=0000000000010246
Module=C:\\jdk\\bin\\default\\j9vm29.dll
Module_base_address=00007FFFD8560000 Offset_in_DLL=00000000000742f0
CPU=amd64 (4 logical CPUs) (0x3fff7d000 RAM)
"""


def open_j9():
    """Of Windows an exception instead of a signal; where the lines with the number were left out the words tell it."""
    document = report(J9_WINDOWS)
    assert "died of EXCEPTION_ACCESS_VIOLATION" in document["verdict"] and "signal" not in document["crash"], document
    assert document["crash"]["pc"] == "0x7fffd85d42f0" and document["crash"]["fault_address"] == "0x3", document["crash"]
    assert document["crash"]["location"]["offset"] == "0x742f0", document["crash"]["location"]
    head, _, rest = J9_WINDOWS.partition("Windows_ExceptionCode")
    crash = report(head + rest[rest.index("Module="):])["crash"]
    assert crash["signal"]["name"] == "SIGSEGV" and "pc" not in crash, crash


for test in (windows_log, shared_file, kernel_lines, tombstones, pieces_of_tombstones, journals, journal_by_rsyslog, raised_again, bold_log,
             jump_to_nowhere, journal_tells_the_signal, pasted_hs_err,
             signals_of_other_systems,
             columns_of_android_studio, offsets_from_the_load_base, open_j9):
    test()
    print("passed:", test.__name__)

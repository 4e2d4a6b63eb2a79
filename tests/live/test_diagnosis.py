#!/usr/bin/env python3
"""What is said of crashes whose answer is known: programs made to die in a known way, and the demo core, whose truth was
taken by ptrace when it crashed."""
import glob
import json
import os
import platform
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import libcores  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.environ.get("SOURCE_DIR", os.path.join(HERE, "..", ".."))

# kind → (signal of the fault, its first diagnosis, function to blame); the kind is the diagnosis unless said otherwise
KINDS = {
    "null-pointer": ("SIGSEGV", None, "blame"),
    "stack-overflow": ("SIGSEGV", None, "recurse"),
    "overflow-with-a-handler": ("SIGSEGV", "stack-overflow", "recurse"),  # for which the stack has no room
    "large-frame": ("SIGSEGV", "stack-overflow", "take_too_much"),
    "jump-to-null": ("SIGSEGV", None, "blame"),
    "write-to-read-only": ("SIGSEGV", None, "blame"),
    "bus-error-in-file": ("SIGBUS", None, "read_past_end"),
    "seccomp": ("SIGSYS", None, "call_refused"),
    "heap-corruption": ("SIGABRT", None, "damage_heap"),
    "fortify": ("SIGABRT", None, "overrun"),
    "assertion": ("SIGABRT", None, "blame"),
    "abort": ("SIGABRT", None, "blame"),
    "poisoned-pointer": ("SIGSEGV", None, "blame"),
    "wild-pointer": ("SIGSEGV", None, "blame"),
    "bad-string": ("SIGSEGV", "wild-pointer", "blame"),
    "handler": ("SIGSEGV", "wild-pointer", "blame"),
    "handler-littered": ("SIGSEGV", "wild-pointer", "blame"),
    "handler-alternate": ("SIGSEGV", "wild-pointer", "blame"),
    "handler-raise": ("SIGSEGV", "wild-pointer", "blame"),
    "handler-elsewhere": ("SIGSEGV", "wild-pointer", "blame"),  # which waits while another thread calls abort()
    "buffer-overrun": ("SIGSEGV", None, "overrun_heap"),
    "watchdog": ("SIGABRT", "abort", "give_up"),
}
# These instructions differ from processor to processor.
if os.uname().machine == "x86_64":
    KINDS["division-by-zero"] = ("SIGFPE", None, "blame")
    KINDS["trap-instruction"] = ("SIGILL", None, "blame")
    KINDS["single-step"] = ("SIGTRAP", "debug-trap", "blame")
    KINDS["vsyscall"] = ("SIGSEGV", None, "blame")
    if platform.libc_ver() >= ("glibc", "2.35"):
        KINDS["rseq-violation"] = ("SIGSEGV", None, None)  # which is not where the thread was
    KINDS["raised-again"] = ("SIGSEGV", "wild-pointer", "blame")
    KINDS["handler-switched"] = ("SIGSEGV", "wild-pointer", "blame")
else:
    del KINDS["poisoned-pointer"]  # an address with other upper bits than x86's


def same(what, got, wanted):
    assert got == wanted, f"{what}: got {got!r}, wanted {wanted!r}"


def check_kind(maker, kind):
    signal, diagnosis, function = KINDS[kind]
    core = maker.core(kind)
    _, report = libcores.report(core.path)
    crash = report["crash"]
    real = crash.get("original", crash)
    said = f"{kind}: " + json.dumps({key: crash[key] for key in crash if key != "original"})
    same(f"{kind}: behind a handler", crash["behind_handler"], kind.startswith("handler"))
    same(f"{kind}: signal", real["signal"]["name"], signal)
    same(f"{said}: diagnosis", [d["id"] for d in crash["diagnosis"]][:1], [diagnosis or kind])
    same(f"{said}: culprit", crash.get("culprit", {}).get("function"), function)
    assert not function or f": {function}" in report["verdict"], f"{said}: {report['verdict']}"
    assert signal != "SIGABRT" or "libc" not in report["verdict"], f"{said}: {report['verdict']}"
    if kind.startswith("handler"):
        same(f"{kind}: found by", real["found_by"], "stack-search" if kind == "handler-switched" else "signal-frame")
        same(f"{kind}: fault address", real["fault_address"], "0x12345690")
    if kind == "raised-again":
        same(f"{kind}: fault address", real["fault_address"], "0x12345690")
        assert any("raised it again" in reason for reason in crash["diagnosis"][0]["evidence"]), crash["diagnosis"]
    text = crash["diagnosis"][0]["text"]
    if kind == "assertion":
        assert text.endswith(": zero == 1"), text
    if kind == "handler-elsewhere":
        same(f"{kind}: the culprit's thread", crash["culprit"]["thread"], real["thread"])
        assert real["thread"] != crash["thread"], "the thread that called abort() is another one"
    if kind == "watchdog":
        assert "handler of SIGALRM called abort()" in text, text
    if kind == "seccomp":
        assert "the system call sethostname (" in text, text
    if kind == "bus-error-in-file":
        assert "offset 0x1000 is past its end" in text, text
    if kind == "null-pointer":
        same(f"{kind}: fault address", crash["fault_address"], "0x18")
        access = crash["instruction"]["accesses"][0]
        same(f"{kind}: access", (access["access"], access["size"], access["permitted"]), ("read", 4, False))


def test_kinds():
    with libcores.Maker() as maker:
        maker.program = os.path.join(maker.folder.name, "diagnosis")
        subprocess.run(["cc", "-O1", "-g", "-pthread", "-fno-inline", "-fno-optimize-sibling-calls", "-w",
                        "-Wl,--build-id", "-o", maker.program, os.path.join(HERE, "diagnosis.c")], check=True)
        for kind in KINDS:
            check_kind(maker, kind)


def test_static():
    """No file tells the C library's functions from the program's: debug information does, or else their names."""
    for flags in ["-g"], []:
        with libcores.Maker() as maker:
            maker.program = os.path.join(maker.folder.name, "diagnosis")
            command = ["cc", "-static", "-O1", *flags, "-pthread", "-fno-inline", "-fno-optimize-sibling-calls", "-w", "-o",
                       maker.program, os.path.join(HERE, "diagnosis.c")]
            if subprocess.run(command, stderr=subprocess.DEVNULL, check=False).returncode:
                print("SKIPPED: static programs: this compiler makes none")
                return
            for kind in "bad-string", "heap-corruption", "abort", "handler":
                check_kind(maker, kind)


def test_32_bits():
    """Handlers without SA_SIGINFO get another frame from 32-bit x86's kernel than those with."""
    with libcores.Maker() as maker:
        maker.program = os.path.join(maker.folder.name, "diagnosis")
        command = ["cc", "-m32", "-idirafter", "/usr/include/x86_64-linux-gnu", "-O1", "-g", "-fno-inline", "-w",
                   "-fno-optimize-sibling-calls", "-o", maker.program, os.path.join(HERE, "diagnosis.c")]
        if os.uname().machine != "x86_64" or subprocess.run(command, stderr=subprocess.DEVNULL, check=False).returncode:
            print("SKIPPED: 32-bit programs: this compiler makes none")
            return
        for kind in "handler", "handler-littered", "handler-alternate", "handler-raise":
            check_kind(maker, kind)


def test_killed():
    """A process that another one kills did not fail by itself."""
    with libcores.Maker() as maker:
        core = maker.core("abort")
        _, report = libcores.report(core.path)
        same("abort by itself", [d["id"] for d in report["crash"]["diagnosis"]], ["abort"])


# Crash classes by the tests of the project that the cores are from, and the diagnoses that do not contradict them.
CLASSES = {
    "FPE": {"division-by-zero"},
    "AbortSignal": {"abort"},
    "BadInstruction": {"trap-instruction", "illegal-instruction"},
    "CallAv": {"wild-pointer", "jump-to-unmapped"},
    "CallAvTainted": {"wild-pointer", "jump-to-unmapped"},
    "StackGuard": {"stack-smashing"},
    "DestAv": {"wild-pointer", "write-to-read-only"},
    "DestAvNearNull": {"null-pointer", "near-null"},
    "ReturnAv": {"bad-return-address"},
    "SafeFunctionCheck": {"fortify"},
    "SegFaultOnPc": {"jump-to-unmapped", "jump-to-data", "bad-return-address"},  # however it came there
    "SourceAv": {"wild-pointer", "non-canonical-address"},
    "SourceAvNearNull": {"null-pointer", "near-null"},
}


def test_public_cores():
    corpus = os.path.join(os.environ.get("CORPUS", ""), "public")
    table = os.path.join(corpus, "expected", "casr-severity.tsv")
    if not os.path.exists(table):
        print("SKIPPED: cores of known classes: the corpus is not here")
        return
    checked = 0
    with open(table, encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file][1:]
    for _, name, _, wanted in rows:
        for path in glob.glob(os.path.join(corpus, "core-linux", "casr-*", name)):
            _, report = libcores.report(path)
            told = [d["id"] for d in report["crash"]["diagnosis"]][:1]
            assert told and told[0] in CLASSES[wanted], f"{path}: {told}, but it is {wanted}"
            checked += 1
    assert checked >= len(rows), f"only {checked} cores of {len(rows)} classes were found"


def test_demo():
    """The core says SIGABRT in libc; the fault was in libfilltrace.so."""
    cores = os.path.join(SOURCE, "testdata", "cores")
    with open(os.path.join(cores, "xvfb.truth.json"), encoding="utf-8") as file:
        truth = json.load(file)["fault"]
    _, report = libcores.report(os.path.join(cores, "xvfb.core.zst"))
    crash = report["crash"]
    same("behind_handler", crash["behind_handler"], True)
    original = crash["original"]
    same("signal", original["signal"]["number"], truth["signal"]["number"])
    same("code", original["signal"]["code"], truth["signal"]["code"])
    same("fault address", original["fault_address"], truth["signal"]["address"])
    same("pc", original["pc"], truth["registers"]["rip"])
    same("object", original["location"]["object"], truth["stack"][0]["object"])
    same("culprit", crash["culprit"]["object"], truth["stack"][0]["object"])
    for name, value in original["registers"].items():
        same(name, value, truth["registers"][name])
    assert len(original["registers"]) >= 17, "the saved context holds the 16 registers and the pc"


def main():
    for name, test in sorted(globals().items()):
        if name.startswith("test_"):
            test()
            print("passed:", name)


main()

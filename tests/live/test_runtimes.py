#!/usr/bin/env python3
"""Programs that their language's run-time ends: what it prints before it dies must be found in the core."""
import glob
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import libcores  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))


def same(what, got, wanted):
    assert got == wanted, f"{what}: got {got!r}, wanted {wanted!r}"


class Runs:
    """One program, built by `command`, which says on standard error why it dies."""

    def __init__(self, maker, name, command, folder=HERE):
        self.report = None  # of the last death
        self.maker, self.program = maker, os.path.join(maker.folder.name, os.path.splitext(name)[0])
        subprocess.run([*command, "-o", self.program, os.path.join(folder, name)], check=True)

    def die(self, kind, **environment):
        """(what the program said, crash of its report)"""
        self.maker.program = self.program
        said = subprocess.run([self.program, kind], capture_output=True, text=True, check=False,
                              cwd=self.maker.folder.name, env=dict(os.environ, **environment)).stderr
        os.environ.update(environment)
        core = self.maker.core(kind)
        for name in environment:
            del os.environ[name]
        _, self.report = libcores.report(core.path)
        return said, self.report["crash"]


# kind → (diagnosis, function to blame)
EXCEPTIONS = {
    "standard": ("uncaught-exception", "blame"),
    "derived": ("uncaught-exception", "blame"),
    "own": ("uncaught-exception", "blame"),
    "system": ("uncaught-exception", "blame"),
    "text": ("uncaught-exception", "blame"),
    "number": ("uncaught-exception", "blame"),
    "string": ("uncaught-exception", "blame"),
    "memory": ("out-of-memory", "blame"),
    "container": ("uncaught-exception", "blame"),
    "noexcept": ("uncaught-exception", "fail"),
    "thread": ("uncaught-exception", None),
    "joinable": ("terminate", "blame"),
    "pure": ("pure-virtual-call", "app::Base::touch"),
    "again": ("uncaught-exception", "blame"),
}
# The default handler prints what() of a std::exception only; what these throw is in the program's text.
UNSAID = {"text": "only a text", "number": "42", "string": "a string"}


def plain(name):
    return name.replace("std::__cxx11::", "std::").split("(")[0]


def check_exception(runs, kind):
    said, crash = runs.die(kind)
    first = crash["diagnosis"][0]
    told = " ".join([first["text"], *first["evidence"]])
    diagnosis, function = EXCEPTIONS[kind]
    same(f"{kind}: diagnosis", (first["id"], first["confidence"]), (diagnosis, "certain"))
    if function:
        same(f"{kind}: culprit in {told}", plain(crash["culprit"]["function"]), function)
    thrown = re.search(r"throwing an instance of '(.*)'", said)
    what = re.search(r"what\(\):  (.*)", said)
    assert ("was caught" in told) is False, told
    if thrown:
        name = thrown[1].split("<")[0].replace("__cxx11::", "")
        assert name in told.replace("__cxx11::", ""), f"{kind}: {name} was thrown: {told}"
    if what and kind != "memory":
        assert what[1] in told, f"{kind}: {what[1]!r} was said: {told}"
    if kind in UNSAID:
        assert UNSAID[kind] in told, f"{kind}: {told}"


def test_exceptions(maker):
    runs = Runs(maker, "exception.cc", ["c++", "-std=c++17", "-O1", "-g", "-fno-inline", "-pthread", "-Wl,--build-id",
                                        "-fno-optimize-sibling-calls"])
    for kind in EXCEPTIONS:
        check_exception(runs, kind)


# kind → function to blame. What these say differs only by the place and the message.
PANICS = ("text", "formatted", "expect", "unwrap", "index", "divide", "borrow", "string", "todo")


def check_panic(runs, kind, backtrace):
    said, crash = runs.die(kind, RUST_BACKTRACE=backtrace)
    first = crash["diagnosis"][0]
    texts = [f"a Rust panic at {place}: {message}"
             for place, message in re.findall(r"panicked at (\S+\.rs:\d+:\d+):\n(.*)\n", said)]
    same(f"{kind}: diagnosis", (first["id"], first["confidence"]), ("rust-panic", "certain"))
    assert first["text"] in texts, f"{kind}: {first['text']!r}, but it said {texts}"
    return crash["culprit"]["function"]


def test_panics(maker):
    command = ["rustc", "-g", "-C", "link-arg=-Wl,--build-id"]
    runs = Runs(maker, "panic.rs", [*command, "-C", "panic=abort"])
    for kind in PANICS:
        same(f"{kind}: culprit", check_panic(runs, kind, "0"), "panic::blame")
    check_panic(runs, "formatted", "1")
    check_panic(Runs(maker, "panic.rs", command), "double", "0")  # a panic while the first one unwinds


# kind → function to blame; None: no goroutine is.
GO = {"text": "main.blame", "formatted": "main.blame", "number": "main.blame", "error": "main.blame", "own": "main.blame",
      "index": "main.blame", "divide": "main.blame", "nil": "main.blame", "map": "main.blame", "deadlock": None}


def check_go(runs, kind):
    said, crash = runs.die(kind, GOTRACEBACK="crash")
    first = crash["diagnosis"][0]
    text = re.search(r"^(panic|fatal error): (.*)$", said, re.M)
    what = {"panic": "a Go panic", "fatal error": "a fatal error of Go"}[text[1]]
    same(f"{kind}: diagnosis", (first["id"], first["text"]), ("go-panic", f"{what}: {text[2]}"))
    same(f"{kind}: culprit", crash.get("culprit", {}).get("function", crash.get("culprit", {}).get("symbol")), GO[kind])


def check_go_overflow(runs):
    """How often the function came follows from its frame's size, by the stack pointers that Go prints, and the stack's: a
    power of two, of which some 2 KiB are kept free or are its callers'."""
    said, crash = runs.die("overflow", GOTRACEBACK="crash")
    at = [int(sp, 16) for sp in re.findall(r"^main\.blame\(.*\n.* sp=0x(\w+) pc=", said, re.M)]
    size = at[3] - at[2]  # the innermost has no frame yet
    first = crash["diagnosis"][0]
    same("overflow: diagnosis", (first["id"], first["confidence"]), ("stack-overflow", "certain"))
    times = int(re.search(r"main\.blame\+0x\w+ came (\d+) times", first["text"])[1])
    assert 0 <= (1 << 20) - times * size < 4096, (times, size)
    same("overflow: culprit", crash["culprit"]["function"], "main.blame")


def go_frames(said):
    """(function, line) of the goroutine that crashed, as Go prints them; it prints no arguments for what was inlined, and the
    line of a call that it is in, where other tools have the line of what was inlined."""
    said = said[said.index("goroutine 1 "):].split("\n\n")[0]
    return re.findall(r"^(\S+)\((?!\.\.\.\)).*\)\n\t\S+/(\S+:\d+) \+0x", said, re.M)


def check_stripped(runs, kind):
    said, crash = runs.die(kind, GOTRACEBACK="crash")
    wanted = [frame for frame in go_frames(said) if re.match(r"main\.|runtime\.main$", frame[0])]
    same(f"{kind}: Go's own frames", [function for function, _ in wanted], ["main.blame", "main.main", "runtime.main"])
    frames = crash["original"]["frames"] if "original" in crash else runs.report["threads"][0]["frames"]
    got = {frame["function"]: frame for frame in frames if frame.get("function")}
    for function, place in wanted:
        assert function in got, (kind, function, list(got))
        frame = got[function]
        if "file" in frame:
            same(f"{kind}: {function}", f"{os.path.basename(frame['file'])}:{frame['line']}", place)
    assert "file" in got["main.main"], got["main.main"]
    same(f"{kind}: its end", frames[-1]["function"], "runtime.goexit")


def test_stripped_go(maker):
    """Without symbols and debug information Go's own table of functions is left; Go's traceback says what is right."""
    os.environ["GO111MODULE"] = "off"
    os.environ.setdefault("GOCACHE", os.path.join(maker.folder.name, "go-cache"))
    for mode in ([], ["-buildmode=pie"]):
        os.environ["CGO_ENABLED"] = "0"
        runs = Runs(maker, "gopanic.go", ["go", "build", "-ldflags=-s -w", *mode])
        for kind in ("text", "index", "nil"):
            check_stripped(runs, kind)
        check_go_overflow(runs)


def test_go(maker):
    os.environ["GO111MODULE"] = "off"
    os.environ.setdefault("GOCACHE", os.path.join(maker.folder.name, "go-cache"))
    os.environ["CGO_ENABLED"] = "0"
    runs = Runs(maker, "gopanic.go", ["go", "build"])
    for kind in GO:
        check_go(runs, kind)
    check_go_overflow(runs)
    # With C in the program the C library starts it, and signals pass through its handlers.
    with open(os.path.join(HERE, "gopanic.go"), encoding="utf-8") as source:
        text = source.read().replace("package main\n", 'package main\n\nimport "C"\n')
    with open(os.path.join(maker.folder.name, "withc.go"), "w", encoding="utf-8") as source:
        source.write(text)
    os.environ["CGO_ENABLED"] = "1"
    runs = Runs(maker, "withc.go", ["go", "build"], maker.folder.name)
    for kind in ("text", "own", "nil"):
        check_go(runs, kind)


def test_sanitizers(maker):
    options = {"ASAN_OPTIONS": "abort_on_error=1:disable_coredump=0", "UBSAN_OPTIONS": "abort_on_error=1"}
    command = ["cc", "-g", "-O1", "-w", "-Wl,--build-id"]
    for kind, flags in (("after-free", ["-fsanitize=address"]), ("overflow", ["-fsanitize=address"]),
                        ("undefined", ["-fsanitize=undefined", "-fno-sanitize-recover=all"])):
        said, crash = Runs(maker, "sanitized.c", [*command, *flags]).die(kind, **options)
        what = re.search(r"ERROR: (AddressSanitizer: \S+)|(sanitized.c:\d+:\d+: runtime error: .*)", said)
        first = crash["diagnosis"][0]
        same(f"{kind}: diagnosis", first["id"], "sanitizer")
        assert (what[1] or what[2]) in first["text"], f"{kind}: {first['text']}, but it said {what[0]}"
        same(f"{kind}: culprit", crash["culprit"]["function"], "blame")


def test_allocators(maker):
    runs = Runs(maker, "sanitized.c", ["cc", "-g", "-O1", "-w", "-Wl,--build-id"])
    found = glob.glob("/usr/lib/*/libtcmalloc_minimal.so.4")
    if not found:
        print("SKIPPED: tcmalloc: install libtcmalloc-minimal4")
        return
    said, crash = runs.die("bad-free", LD_PRELOAD=found[0])
    first = crash["diagnosis"][0]
    same("tcmalloc: diagnosis", first["id"], "heap-corruption")
    assert said.strip() and said.strip() in first["text"], f"{first['text']}, but it said {said}"
    same("tcmalloc: culprit", crash["culprit"]["function"], "blame")


def test_no_memory(maker):
    runs = Runs(maker, "sanitized.c", ["cc", "-g", "-O1", "-w", "-Wl,--build-id"])
    ids = {}
    for kind in ("exhaust", "exhaust-unchecked", "abort"):
        _, crash = runs.die(kind)
        ids[kind] = [(one["id"], one["confidence"]) for one in crash["diagnosis"]]
    same("exhaust", ids["exhaust"], [("out-of-memory", "likely")])
    same("exhaust-unchecked", ids["exhaust-unchecked"], [("null-pointer", "certain"), ("out-of-memory", "possible")])
    same("abort", ids["abort"], [("abort", "likely")])


def test_fatal_log(maker):
    try:
        runs = Runs(maker, "fatal.cc", ["c++", "-g", "-O1", "-w", "-Wl,--build-id,--no-as-needed", "-lglog"])
    except subprocess.CalledProcessError:
        print("SKIPPED: glog: install libgoogle-glog-dev")
        return
    for kind in ("message", "equal", "null", "other"):
        said, crash = runs.die(kind)
        text = re.search(r"^F\d.*?\] (.*)$", said, re.M)[1]
        first = crash["diagnosis"][0]
        same(f"glog {kind}: diagnosis", (first["id"], first["confidence"], first["text"].rstrip()),
             ("fatal-log", "certain", f"a fatal log message (glog): {text}".rstrip()))
        same(f"glog {kind}: culprit", crash["culprit"]["function"], "blame")


def test_jemalloc(maker):
    found = glob.glob("/usr/lib/*/libjemalloc.so.2")
    if not found:
        print("SKIPPED: jemalloc: install libjemalloc2")
        return
    runs = Runs(maker, "sanitized.c", ["cc", "-g", "-O1", "-w", "-Wl,--build-id"])
    said, crash = runs.die("abort", LD_PRELOAD=found[0], MALLOC_CONF="abort_conf:true,none:1")
    first = crash["diagnosis"][0]
    same("jemalloc: diagnosis", first["id"], "allocator-abort")
    assert any(line in first["text"] for line in said.splitlines()), f"{first['text']}, but it said {said}"


def main():
    with libcores.Maker() as maker:
        for name, test in sorted(globals().items()):
            if not name.startswith("test_"):
                continue
            tool = {"test_exceptions": "c++", "test_panics": "rustc", "test_go": "go", "test_stripped_go": "go",
                    "test_sanitizers": "cc",
                    "test_allocators": "cc", "test_no_memory": "cc", "test_fatal_log": "c++",
                    "test_jemalloc": "cc"}[name]
            if not shutil.which(tool):
                print(f"SKIPPED: {name}: this test needs the command {tool}; install it")
                continue
            test(maker)
            print("passed:", name)


main()

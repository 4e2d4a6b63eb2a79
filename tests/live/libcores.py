"""Makes real cores with the small program crash.c, by the kernel, or by gdb where cores are piped away."""
import glob
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77
HERE = os.path.dirname(os.path.abspath(__file__))
INQUEST = os.environ.get("INQUEST", "inquest")
# A sanitizer's report must not look like the exit status 1 of the contract.
ENVIRONMENT = dict(os.environ, ASAN_OPTIONS="exitcode=99", UBSAN_OPTIONS="exitcode=99:print_stacktrace=1", LC_ALL="C")


def skip(why):
    print("SKIPPED:", why)
    sys.exit(SKIPPED)


def need(*commands):
    for command in commands:
        if not shutil.which(command):
            skip(f"this test needs the command {command}; install it")


class Core:
    """A made core: its path, the program, the pid, and the maps that the program printed last."""

    def __init__(self, path, program, pid, maps):
        self.path, self.program, self.pid, self.maps = path, program, pid, maps


class Maker:
    """Makes cores in a folder of its own, which goes away with it."""

    def __init__(self, source="crash.c", flags=("-O1",), compiler="cc"):
        need(compiler)
        self.folder = tempfile.TemporaryDirectory(prefix="inquest-live-")
        self.program = os.path.join(self.folder.name, os.path.splitext(source)[0])
        subprocess.run([compiler, *flags, "-g", "-pthread", "-Wl,--build-id", "-I", os.path.join(HERE, "..", ".."),
                        "-o", self.program, os.path.join(HERE, source)], check=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.folder.cleanup()

    def core(self, kind, number=None, more=()):
        """The core of `crash KIND [NUMBER] [MORE…]`."""
        place = os.path.join(self.folder.name, f"{kind}-{number}")
        os.makedirs(place, exist_ok=True)
        command = [self.program, kind] + ([str(number)] if number is not None else []) + list(more)
        with open("/proc/sys/kernel/core_pattern", encoding="utf-8") as file:
            piped = file.read()[0] in "|/"
        core = self.by_gdb(place, command) if piped else self.by_kernel(place, command)
        if not core:
            skip("this machine makes no cores: neither the kernel nor gdb wrote one")
        return core

    def by_kernel(self, place, command):
        def allow_cores():
            resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        try:
            process = subprocess.Popen(command, cwd=place, stdout=subprocess.PIPE, text=True, preexec_fn=allow_cores)
        except (subprocess.SubprocessError, ValueError):  # the hard limit is lower
            return self.by_gdb(place, command)
        maps, _ = process.communicate()
        found = glob.glob(os.path.join(place, "core*"))
        return Core(found[0], self.program, process.pid, maps) if found else self.by_gdb(place, command)

    def by_gdb(self, place, command):
        if not shutil.which("gdb"):
            return None
        path = os.path.join(place, "core")
        maps = os.path.join(place, "maps")
        steps = [f"run {' '.join(command[1:])} > {maps}", "info inferiors", f"gcore {path}"]
        gdb = ["gdb", "-nx", "-batch"] + [word for step in steps for word in ("-ex", step)] + [command[0]]
        out = subprocess.run(gdb, cwd=place, capture_output=True, text=True, check=False).stdout
        pids = [word for line in out.splitlines() if "process" in line and line.startswith("*")
                for word in line.split() if word.isdigit() and word != "1"]
        if not os.path.exists(path) or not pids:
            return None
        with open(maps, encoding="utf-8") as file:
            return Core(path, self.program, int(pids[0]), file.read())


def run_inquest(*arguments):
    """The finished process; fails on a signal, on a sanitizer's report, and on an exit status outside the contract."""
    done = subprocess.run([INQUEST, *arguments], capture_output=True, env=ENVIRONMENT, timeout=120, check=False)
    errors = done.stderr.decode("utf-8", "replace")
    said = f"inquest {' '.join(arguments)}: exit status {done.returncode}\n{errors}"
    assert done.returncode in (0, 1, 3), said
    assert "Sanitizer" not in errors and "runtime error" not in errors, said
    return done


def report(*arguments):
    """(exit status, the JSON report or None)."""
    done = run_inquest("report", "--json", *arguments)
    return done.returncode, json.loads(done.stdout) if done.returncode != 1 else None

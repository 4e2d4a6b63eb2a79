"""What the tests of names share: the program names.c in many forms, a core of it, and what nm says of its addresses."""
import json
import os
import subprocess

from libcores import ENVIRONMENT, HERE, INQUEST, Maker

SOURCE = os.path.join(HERE, "names.c")


def run(*command, **options):
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True, **options).stdout


class Case:
    """A folder with a program that died, its core, and a sysroot in which its file can be changed."""

    def __init__(self, maker, name, *flags, prepare=lambda program: None, compiler="cc", source=SOURCE):
        self.folder = os.path.join(maker.folder.name, name)
        os.makedirs(self.folder)
        self.whole = os.path.join(self.folder, "whole")
        run(compiler, "-g", "-O2", "-rdynamic", *flags, "-o", self.whole, source)
        self.program = os.path.join(self.folder, "program")
        run("cp", self.whole, self.program)
        prepare(self.program)
        maker.program = self.program
        self.core = maker.core("null").path
        self.sysroot = os.path.join(self.folder, "sysroot")
        self.debug_dir = "/usr/lib/debug"
        self.bias = None
        self.reset(self.program)

    def inside(self, path):
        """The place of an absolute path in the sysroot, with its folder."""
        place = self.sysroot + path
        os.makedirs(os.path.dirname(place), exist_ok=True)
        return place

    def reset(self, program):
        """Only this file, as the program, is in the sysroot."""
        run("rm", "-rf", self.sysroot)
        os.makedirs(self.sysroot)
        if program:
            run("cp", program, self.inside(self.program))

    def build_id(self):
        out = run("readelf", "-n", self.whole)
        return out.split("Build ID:")[1].split()[0]

    def ask(self, addresses, environment=None):
        """The locations of addresses in the program, as the file counts them."""
        if self.bias is None:
            report = self.report()
            objects = [o for o in report["objects"] if o["path"] == self.program]
            self.bias = int(objects[0]["load_bias"], 16)
        text = "".join(f"{self.bias + address:x}\n" for address in addresses)
        done = subprocess.run([INQUEST, "where", "--json", "--sysroot", self.sysroot, self.core, "-"], input=text,
                              capture_output=True, text=True, env=dict(ENVIRONMENT, **(environment or {})), check=False)
        assert done.returncode in (0, 3) and "Sanitizer" not in done.stderr, done.stderr
        locations = json.loads(done.stdout)["locations"]
        assert len(locations) == len(addresses)
        return locations

    def report(self):
        done = subprocess.run([INQUEST, "report", "--json", "--sysroot", self.sysroot, self.core], text=True,
                              capture_output=True, env=ENVIRONMENT, check=False)
        assert done.returncode in (0, 3), done.stderr
        return json.loads(done.stdout)

    def functions(self):
        """(address, size, names) of the program's functions, by nm."""
        found = {}
        for line in run("nm", "-S", "--defined-only", self.whole).splitlines():
            fields = line.split()
            if len(fields) == 4 and fields[2] in "tTwW":
                found.setdefault((int(fields[0], 16), int(fields[1], 16)), set()).add(fields[3])
        return [(address, size, names) for (address, size), names in sorted(found.items())]


__all__ = ["Case", "Maker", "run"]

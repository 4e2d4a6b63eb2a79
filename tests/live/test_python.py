#!/usr/bin/env python3
"""Python programs that die in C: function, file and line of the script, against what Python's own faulthandler prints."""
import os
import re
import resource
import subprocess
import sys

from libcores import Maker, report, skip

SCRIPT = """#!{python} -s
import ctypes
import sys


class Holder:
    def read(self, address):
        return [ctypes.string_at(address +
                                 0)
                for _ in range(1)][0]


def padded(call, *arguments):
    text = ""
    for i in range(300):
        text += str(
            i)
    {blank}
    return call(
        *arguments)


def give_up(*_):
    ctypes.pythonapi.Py_FatalError(b"nothing left")


def sort_key(value):
    return ctypes.string_at(value)


if __name__ == "__main__":
    {{"method": lambda: Holder().read(16), "fatal": lambda: padded(give_up, 1, 2),
     "callback": lambda: sorted([16, 32], key=sort_key)}}[sys.argv[1]]()
"""


def by_faulthandler(program, kind):
    """The stack as "function (file:line)", innermost first; without the file's folder, which may be a link."""
    run = subprocess.run([sys.executable, "-s", "-X", "faulthandler", program, kind], capture_output=True, text=True,
                         check=False,
                         preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, 0)))
    assert run.returncode < 0, (kind, run.stderr)
    stack = re.findall(r'^  File "(?:.*/)?([^/"]+)", line (\d+) in (\S+)$', run.stderr, re.M)
    assert stack, run.stderr
    return [f"{function} ({file}:{line})" for file, line, function in stack]


def told(text):
    """The frames of "Python was in f (/a/x.py:12), called by g (/a/x.py:15)", functions by their last names as
    faulthandler has them."""
    frames = re.findall(r"(\S+) \((?:[^()]*/)?([^/()]+:\d+)\)", text.split("Python was in ")[1])
    return [f"{function.split('.')[-1]} ({place})" for function, place in frames]


def check(maker, kind):
    wanted = by_faulthandler(maker.program, kind)
    _, document = report(maker.core(kind).path)
    crash = document["crash"]
    texts = [crash.get("culprit", {}).get("why", "")]
    texts += [line for diagnosis in crash["diagnosis"] for line in diagnosis["evidence"]]
    texts = [text for text in texts if "Python was in" in text]
    assert texts, (kind, crash.get("culprit"), crash["diagnosis"])
    for text in texts:
        got = told(text)
        assert got and got == wanted[:4], (kind, got, wanted)
    if kind == "fatal":
        first = crash["diagnosis"][0]
        assert first["id"] == "python-fatal" and first["text"].endswith(": nothing left"), crash["diagnosis"]


def main():
    if sys.version_info[:2] != (3, 11):
        skip("only the layouts of Python 3.11 are known, and this is another version")
    with Maker() as maker:
        maker.program = os.path.join(maker.folder.name, "script.py")
        with open(maker.program, "w", encoding="ascii") as file:
            file.write(SCRIPT.format(python=sys.executable, blank="\n" * 200))
        os.chmod(maker.program, 0o755)
        for kind in ("method", "fatal", "callback"):
            check(maker, kind)


main()

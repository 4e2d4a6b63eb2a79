#!/usr/bin/env python3
"""What is said of crashes whose answer is known: the demo core, whose truth was taken by ptrace when it crashed."""
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import libcores  # noqa: E402

SOURCE = os.environ.get("SOURCE_DIR", os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))


def same(what, got, wanted):
    assert got == wanted, f"{what}: got {got!r}, wanted {wanted!r}"


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
    for name, value in original["registers"].items():
        same(name, value, truth["registers"][name])
    assert len(original["registers"]) >= 17, "the saved context holds the 16 registers and the pc"
    same("access", [a["access"] for a in original["instruction"]["accesses"]], ["write"])


def main():
    for name, test in sorted(globals().items()):
        if name.startswith("test_"):
            test()
            print("passed:", name)


main()

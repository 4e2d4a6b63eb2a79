#!/usr/bin/env python3
"""What threads wait for, and deadlocks: the program says itself who waits for whom before it dies."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import libcores  # noqa: E402

WORDS = {"mutex": "mutex {}", "semaphore": "semaphore {}", "condition": "(condition+",
         "read": "(read, file descriptor {})", "epoll_wait": "file descriptor {})", "nanosleep": "a time to pass",
         "end": "end of a thread", "signal": "a signal"}


def same(what, got, wanted):
    assert got == wanted, f"{what}: got {got!r}, wanted {wanted!r}"


def truth_of(core):
    """tid → (what, address or number, tid of the holder or 0)"""
    rows = [line.split() for line in core.maps.splitlines()]
    return {int(tid): (what, object_, int(holder)) for tid, what, object_, holder in rows}


def check_waits(core, report):
    truth = truth_of(core)
    said = {thread["tid"]: thread.get("waits_on") for thread in report["threads"]}
    assert truth, "the program printed nothing"
    for tid, (what, object_, holder) in truth.items():
        waits = said[tid] or ""
        assert WORDS[what].format(object_) in waits, f"thread {tid}: {waits!r}, but it waits for {what} {object_}"
        assert (f"thread {holder}" in waits) == (holder != 0), f"thread {tid}: {waits!r}, holder {holder}"
    crashed = next(thread for thread in report["threads"] if thread["crashed"])
    assert "waits_on" not in crashed, crashed["waits_on"]
    return truth


def check_ring(maker, kind, threads):
    core = maker.core(kind)
    _, report = libcores.report(core.path)
    truth = check_waits(core, report)
    first = report["crash"]["diagnosis"][0]
    same(f"{kind}: diagnosis", (first["id"], first["confidence"]), ("deadlock", "certain"))
    culprit = report["crash"]["culprit"]
    same(f"{kind}: culprit", culprit["function"], "take_next")
    assert culprit["thread"] in truth, culprit
    same(f"{kind}: threads", len(truth), threads)
    if threads == 2:
        for tid, (_, _, holder) in truth.items():
            assert any(f"thread {tid} waits on" in row and f"held by thread {holder}" in row
                       for row in first["evidence"]), first["evidence"]


def main():
    with libcores.Maker("hang.c", ("-O1", "-fno-optimize-sibling-calls")) as maker:
        check_ring(maker, "ring", 200)
        check_ring(maker, "pair", 2)
        check_ring(maker, "self", 1)

        core = maker.core("holder")
        _, report = libcores.report(core.path)
        holder = {row[2] for row in check_waits(core, report).values()}
        same("holder: diagnosis", report["crash"]["diagnosis"][0]["id"], "held-lock")
        culprit = report["crash"]["culprit"]
        same("holder: culprit", ({culprit["thread"]}, culprit["function"]), (holder, "hold"))

        # A program may abort for another reason than the deadlock in it.
        core = maker.core("abort")
        _, report = libcores.report(core.path)
        check_waits(core, report)
        diagnosis = {row["id"]: row["confidence"] for row in report["crash"]["diagnosis"]}
        same("abort: deadlock", diagnosis.get("deadlock"), "possible")
        same("abort: culprit", report["crash"]["culprit"]["function"], "main")

        core = maker.core("calls")
        _, report = libcores.report(core.path)
        check_waits(core, report)
        ids = [row["id"] for row in report["crash"]["diagnosis"]]
        assert "deadlock" not in ids and "held-lock" not in ids, ids

        core = maker.core("fault")
        _, report = libcores.report(core.path)
        check_waits(core, report)
        same("fault: diagnosis", report["crash"]["diagnosis"][0]["id"], "null-pointer")
    print("passed")


main()

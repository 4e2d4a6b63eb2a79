#!/usr/bin/env python3
"""How well crashes are told apart: every bug of tests/live/triage_bugs crashes in every way, and the groups are held to the
truth; so are those that others' algorithms make of the same stacks. Builds and cores go to a folder of their own.

Not a test: it takes minutes. `--rows FILE` keeps what was found (or reads it, when it is there), `--only PROGRAM` takes
some of the programs, `--ours` leaves the others' algorithms out."""
import argparse
import json
import os
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "live"))
sys.path.insert(0, HERE)
import libbugs  # noqa: E402
import peers    # noqa: E402


def collect(arguments):
    if arguments.rows and os.path.exists(arguments.rows):
        with open(arguments.rows, encoding="utf-8") as file:
            return json.load(file)
    bugs = {name: libbugs.BUGS[name] for name in arguments.only or libbugs.BUGS}
    with tempfile.TemporaryDirectory(prefix="inquest-bugs-") as folder:
        rows = libbugs.Corpus(folder).rows(bugs, list(libbugs.VARIANTS), os.cpu_count() or 1)
    if arguments.rows:
        with open(arguments.rows, "w", encoding="utf-8") as file:
            json.dump(rows, file)
    return rows


def show(name, score):
    print(f"| {name} | {score['precision']:.3f} | {score['recall']:.3f} | {score['f1']:.3f} | "
          f"{score['bcubed_precision']:.3f} | {score['bcubed_recall']:.3f} | {score['bcubed_f']:.3f} | {score['groups']} |")


def show_mistakes(rows, groups):
    """What was torn apart, and what was put together though it is not one bug."""
    by_bug, by_group = {}, {}
    for row, group in zip(rows, groups):
        by_bug.setdefault(row["bug"], {}).setdefault(group, []).append(row["variant"])
        by_group.setdefault(group, set()).add(row["bug"])
    for bug, parts in by_bug.items():
        if len(parts) > 1:
            print(f"torn apart: {bug}:", "; ".join(" ".join(part) for part in parts.values()))
    for bugs in by_group.values():
        if len(bugs) > 1:
            print("put together:", " ".join(sorted(bugs)))


def best(truth, tries):
    """The result with the best F1, whose parameters are named: more than a user of that algorithm could hope for."""
    scored = [(name, libbugs.scores(truth, groups)) for name, groups in tries]
    return max(scored, key=lambda row: row[1]["f1"])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows")
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--ours", action="store_true")
    parser.add_argument("--program", default=os.path.join(os.environ.get("BUILD_DIR", "build/release"), "tests/group_lines"))
    arguments = parser.parse_args()
    rows = collect(arguments)
    truth = [row["bug"] for row in rows]
    begun = time.monotonic()
    groups, _ = libbugs.grouped(rows, arguments.program)
    taken = time.monotonic() - begun
    print(f"{len(rows)} crashes of {len(set(truth))} bugs, {len({row['signature']['hash'] for row in rows})} signatures; "
          f"grouped in {taken * 1000:.0f} ms\n")
    print("| | precision | recall | F1 | BCubed P | BCubed R | BCubed F | groups |\n|---|---|---|---|---|---|---|---|")
    show("**inquest**", libbugs.scores(truth, groups))
    show("inquest, equal signatures only", libbugs.scores(truth, [row["signature"]["hash"] for row in rows]))
    for name, group in {} if arguments.ours else peers.EXACT.items():
        show(name, libbugs.scores(truth, group(rows)))
    for name, tries in {} if arguments.ours else peers.TUNED.items():
        how, score = best(truth, tries(rows))
        show(f"{name}, {how}", score)
    print()
    show_mistakes(rows, groups)


main()

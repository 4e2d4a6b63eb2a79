#!/usr/bin/env python3
"""Frame by frame: inquest's backtraces beside gdb's, eu-stack's and, where it is installed, drgn's.

Each PATH is a core, or a folder: of cores as tests/bench/accuracy.py has them, or of anything, in which every core is taken.
For each core and peer it prints how many threads and frames were compared; for each thread that differs, where the stacks
part (the frames that both have before that are the same) and three frames of each. Names are compared where both have one.

Not a test: who is right is for people to find out; docs/accuracy.md says what was found."""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

from accuracy import FRAMES, INQUEST, Case, cases, output

THREADS = 20
SHOWN = 3
GDB_WALK = f"""
for thread in sorted(gdb.selected_inferior().threads(), key=lambda t: t.num)[:{THREADS}]:
    thread.switch()
    print("TID", thread.ptid[1])
    frame, count = gdb.newest_frame(), 0
    while frame and count < {FRAMES}:
        if frame.type() not in (gdb.INLINE_FRAME, gdb.TAILCALL_FRAME):
            function = frame.function() and frame.function().linkage_name or frame.name()
            print("FRAME", hex(frame.pc()), function or "")
            count += 1
        try:
            frame = frame.older()
        except gdb.error:
            break
"""
DRGN_WALK = f"""
for thread in list(prog.threads())[:{THREADS}]:
    print("TID", thread.tid)
    for frame in list(thread.stack_trace())[:{FRAMES}]:
        try:
            pc = frame.pc
        except LookupError:  # what comes after the outermost one
            break
        if not frame.is_inline:
            print("FRAME", hex(pc), frame.name or "")
"""


class Plain:
    """A core of which nothing else is known."""

    def __init__(self, path):
        self.name, self.core, self.program = os.path.basename(path), path, None


def is_core(path):
    with open(path, "rb") as file:
        head = file.read(18)
    return head[:4] == b"\x7fELF" and 4 in (head[16], head[17])


def unpacked(path, work):
    """The core at `path`; one that zstd packed is unpacked into `work`. None when it is no core."""
    if path.endswith(".zst"):
        target = os.path.join(work, os.path.basename(path)[:-4])
        subprocess.run(["zstd", "-qdf", path, "-o", target], check=True)
        path = target
    return path if os.path.isfile(path) and is_core(path) else None


def find_cases(path, work):
    if os.path.isdir(os.path.join(path, "local")):
        yield from cases(path)
        return
    names = [path] if os.path.isfile(path) else sorted(
        os.path.join(folder, name) for folder, _, files in os.walk(path) for name in files)
    for name in names:
        core = unpacked(name, work)
        if core:
            yield Plain(core)
            if core != name:
                os.remove(core)


def parse(text, thread, frame):
    """{tid: [(pc, name), …]} of what a peer printed."""
    stacks, now = {}, []
    for line in text.splitlines():
        tid, found = re.match(thread, line), re.match(frame, line)
        if tid:
            now = stacks.setdefault(int(tid.group(1)), [])
        elif found:
            now.append((int(found.group(1), 16), (found.group(2) or "").strip()))
    return stacks


def by_gdb(case):
    program = [case.program] if case.program else []
    text = output(["gdb", "-nx", "-batch", "-ex", "set backtrace past-main on",
                   "-ex", f"python exec({GDB_WALK!r})", *program, "-c", case.core])
    return parse(text, r"TID (\d+)", r"FRAME (0x[0-9a-f]+) ?(.*)")


def by_eu_stack(case):
    program = ["-e", case.program] if case.program else []
    text = output(["eu-stack", "-n", str(FRAMES), "--raw", *program, "--core", case.core])
    return parse(text, r"TID (\d+):", r"#\d+\s+(0x[0-9a-f]+)(?: - \d+)? ?(.*)")


def by_drgn(case):
    with tempfile.NamedTemporaryFile("w", suffix=".py") as script:
        script.write(DRGN_WALK)
        script.flush()
        text = output(["drgn", "-q", "-c", case.core, script.name])
    return parse(text, r"TID (\d+)", r"FRAME (0x[0-9a-f]+) ?(.*)")


PEERS = (("gdb", by_gdb), ("eu-stack", by_eu_stack), ("drgn", by_drgn))


def spread(frames):
    """Folded recursion written out, without inlined functions."""
    at = 0
    while at < len(frames):
        end = at + frames[at].get("cycle", 1)
        cycle = [frame for frame in frames[at:end] if frame["kind"] != "inline"]
        for _ in range(1 + frames[at].get("repeats", 0)):
            yield from cycle
        at = end


def by_inquest(case):
    program = ["--exe", case.program] if case.program and isinstance(case, Case) else []
    text = output([INQUEST, "stack", "--json", "--all-threads", "--no-demangle", "--quiet", *program, case.core])
    threads = json.loads(text)["threads"] if text else []
    return {thread["tid"]: (list(spread(thread["frames"])), thread.get("truncated_by")) for thread in threads}


def plain(name):
    """Without version, parameters, and what a compiler or the C library puts around the name of an alias."""
    name = re.split(r"[@(.]", name)[0].lstrip("_")
    return re.sub(r"_impl$", "", re.sub(r"^GI_", "", name)).lstrip("_")


def same_name(one, other):
    """A mangled and a readable name are not compared; the two kinds of a constructor are the same code."""
    if one.startswith("_Z") != other.startswith("_Z"):
        return True
    return re.sub(r"([CD])[0-9]E", r"\1E", plain(one)) == re.sub(r"([CD])[0-9]E", r"\1E", plain(other))


def first_difference(ours, theirs):
    """The index where the pcs part; None when one stack holds all of the other."""
    for index, (frame, (pc, _)) in enumerate(zip(ours, theirs)):
        if int(frame["pc"], 16) != pc:
            return index
    return None if len(ours) == len(theirs) else min(len(ours), len(theirs))


def other_names(ours, theirs):
    return [(frame["symbol"], name) for frame, (pc, name) in zip(ours, theirs)
            if int(frame["pc"], 16) == pc and frame.get("symbol") and name and not same_name(frame["symbol"], name)]


def show_difference(peer, tid, index, ours, theirs):
    frames, end = ours
    print(f"  {peer}: thread {tid} from frame {index} on; inquest has {len(frames)} frames ({end}), {peer} {len(theirs)}")
    for frame in frames[index:index + SHOWN]:
        print(f"    inquest  {frame['pc']} {frame.get('symbol', frame.get('object', ''))} "
              f"[{frame['found_by']}, {frame['confidence']}]")
    for pc, name in theirs[index:index + SHOWN]:
        print(f"    {peer:8} {pc:#x} {name}")


def compare(peer, ours, theirs):
    """Prints what differs; returns a summary."""
    same, frames, parted, names = 0, 0, [], set()
    for tid in sorted(ours.keys() & theirs.keys()):
        mine = (ours[tid][0][:FRAMES], ours[tid][1])
        index = first_difference(mine[0], theirs[tid])
        names.update(other_names(mine[0], theirs[tid]))
        frames += len(theirs[tid])
        if index is None:
            same += 1
        else:
            parted.append((tid, index, mine))
    for tid, index, mine in parted[:SHOWN]:
        show_difference(peer, tid, index, mine, theirs[tid])
    for our_name, their_name in sorted(names)[:SHOWN]:
        print(f"  {peer}: {their_name} is {our_name} here")
    return f"{peer}: {same} of {same + len(parted)} threads the same ({frames} frames)"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", metavar="PATH", nargs="+")
    parser.add_argument("--only", metavar="REGEX", default="", help="only the cores whose name matches")
    options = parser.parse_args()
    peers = [peer for peer in PEERS if shutil.which(peer[0])]
    with tempfile.TemporaryDirectory(prefix="inquest-frames-") as work:
        for case in (case for path in options.paths for case in find_cases(path, work)):
            if not re.search(options.only, case.name):
                continue
            print(case.name, flush=True)
            ours = by_inquest(case)
            for line in [compare(name, ours, walk(case)) for name, walk in peers]:
                print("  " + line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

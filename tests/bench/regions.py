#!/usr/bin/env python3
"""How many bytes `inquest map` classifies right, wrong and not at all, for cores and for bare maps of the same processes.

FOLDER holds processes that died while others watched:
    FOLDER/raw/CASE/core             the core, whole
    FOLDER/local/CASE/smaps          as the kernel printed it before the death
    FOLDER/local/CASE/status         likewise
    FOLDER/local/CASE/cmdline        arguments, NUL between them
    FOLDER/local/CASE/jcmd.native_memory.txt   of a JVM: `jcmd VM.native_memory detail`

Truth: the names in smaps; readelf for what is mapped from a file; a JVM's own word for its reservations; the headers of
malloc's heaps and mapped chunks, and stack pointers, read from the core by this script. Memory of which none of these tells
is left out. The texts have addresses, permissions and names, and the files are not looked at. With -v each piece that is not
right is printed. Not a test: it needs cores of all kinds."""
import argparse
import json
import os
import re
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(HERE, "..", "live"))
from libregions import UNKNOWN, compare, rows_of, truth_of_rows  # noqa: E402

INQUEST = os.environ.get("INQUEST", "inquest")
HEAP_MAX = 64 << 20
STACK = {"jvm-stack", "thread-stack"}
# jcmd's words for what it reserved. Of "Safepoint" and "Internal" the classes have no name.
NMT = {"Java Heap": {"jvm-heap"}, "Metaspace": {"jvm-metaspace"}, "Shared class space": {"jvm-cds"},
       "Class": {"jvm-class-space"}, "Code": {"jvm-code"}, "GC": {"jvm-gc", "jvm-card-table"},
       "Thread Stack": STACK}
WAYS = ("core", "map, command line", "map", "pmap, command line", "pmap")
GOALS = {"core": 0.995, "map, command line": 0.97, "map": 0.90, "pmap, command line": 0.97, "pmap": 0.90}


class Core:
    """The memory of a 64-bit little-endian core, and its threads' registers (x86-64)."""

    def __init__(self, path):
        self.file = open(path, "rb")
        header = self.file.read(64)
        self.usable = header[:6] == b"\x7fELF\x02\x01"
        self.loads, self.threads = [], []
        if not self.usable:
            return
        offset, (size, count) = struct.unpack_from("<Q", header, 32)[0], struct.unpack_from("<HH", header, 54)
        for i in range(count):
            self.file.seek(offset + i * size)
            kind, _, at, address, _, held, _, _ = struct.unpack("<IIQQQQQQ", self.file.read(56))
            if kind == 1 and held:
                self.loads.append((address, address + held, at))
            elif kind == 4:
                self.read_notes(at, held)

    def read_notes(self, at, size):
        self.file.seek(at)
        data, at = self.file.read(size), 0
        while at + 12 <= len(data):
            name, length, kind = struct.unpack_from("<III", data, at)
            body = at + 12 + (name + 3 & -4)
            if kind == 1 and length == 336:
                registers = struct.unpack_from("<27Q", data, body + 112)
                self.threads.append((registers[19], registers[21]))  # rsp, fs_base
            at = body + (length + 3 & -4)

    def words(self, address, count):
        for start, end, at in self.loads:
            if start <= address and address + 8 * count <= end:
                self.file.seek(at + address - start)
                data = self.file.read(8 * count)
                return struct.unpack(f"<{count}Q", data) if len(data) == 8 * count else None
        return None


def nmt_truth(path, rows):
    """Zones without access inside a thread's stack are its guard."""
    truth = []
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            match = re.match(r"\[0x([0-9a-f]+) - 0x([0-9a-f]+)\] reserved.* for (.*?)(?: from)?$", line.strip())
            if match and match[3] in NMT:
                start, end = int(match[1], 16), int(match[2], 16)
                if match[3] == "Thread Stack":
                    truth += [(max(start, row.start), min(end, row.end), {"guard"}) for row in rows
                              if row.start < end and start < row.end and not row.accessible()]
                truth.append((start, end, NMT[match[3]]))
    return truth


def is_heap_header(words, start):
    """glibc's heap_info: arena, previous heap, size."""
    arena, previous, size = words[:3]
    return (0 < size < HEAP_MAX and size % 4096 == 0 and previous % HEAP_MAX == 0
            and (previous != 0) == (arena & -HEAP_MAX != start))


def malloc_truth(core, rows):
    """Heaps of glibc's arenas, what is in reserve behind them, and chunks that are mapped, one behind the other."""
    truth = []
    for row in rows:
        words = core.words(row.start, 4)
        if row.name or row.permissions != "rw-p" or not words:
            continue
        if row.start % HEAP_MAX == 0 and is_heap_header(words, row.start):
            truth.append((row.start, row.start + words[2], {"malloc-arena"}))
            truth.append((row.start + words[2], row.start + HEAP_MAX, {"reserved"}))
        at = row.start
        while at < row.end:
            words = core.words(at, 2)
            if not words or words[0] or words[1] & 7 != 2 or words[1] < 4096 or (words[1] & -8) % 4096:
                break
            at += words[1] & -8
        if row.start < at <= row.end:
            truth.append((row.start, at, {"malloc-large"}))
    return truth


def stack_truth(core, rows):
    """From the guard to the thread pointer, of threads that run on a mapping of their own; the thread's control block and
    variables at the top are its stack as well."""
    truth = []
    for sp, pointer in core.threads:
        for below, row in zip(rows, rows[1:]):
            if not row.start <= sp < row.end or row.name:
                continue
            low = row.start if below.end == row.start and not below.accessible() else sp
            if row.start <= pointer < row.end and pointer > sp:
                truth.append((pointer - 4096 & -4096, min(row.end, pointer + 8191 & -4096), STACK | {"tls"}))
                truth.append((low, pointer & -4096, STACK))
            if low == row.start and below.end - below.start <= 1 << 20 and not below.name:
                truth.append((below.start, below.end, {"guard"}))
    return truth


class Case:
    def __init__(self, folder, name):
        self.name = name
        self.core = os.path.join(folder, "raw", name, "core")
        self.notes = os.path.join(folder, "local", name)
        with open(os.path.join(self.notes, "smaps"), encoding="utf-8", errors="replace") as file:
            self.rows = rows_of(file.read())
            self.when = os.fstat(file.fileno()).st_mtime
        with open(os.path.join(self.notes, "status"), encoding="utf-8", errors="replace") as file:
            self.pid = re.search(r"^Pid:\s+(\d+)", file.read(), re.M)[1]
        with open(os.path.join(self.notes, "cmdline"), "rb") as file:
            self.arguments = file.read().rstrip(b"\0").replace(b"\0", b" ").decode(errors="replace")

    def truth(self):
        core, nmt = Core(self.core), os.path.join(self.notes, "jcmd.native_memory.txt")
        truth = []
        for row in self.rows:
            if "/hsperfdata_" in row.name:
                truth.append((row.start, row.end, {"jvm-perfdata"}))
            elif row.name.endswith(".jsa"):  # also what of it lies in the heap
                truth.append((row.start, row.end, {"jvm-cds", "jvm-heap"}))
        truth += stack_truth(core, self.rows) if core.usable else []
        truth += nmt_truth(nmt, self.rows) if os.path.exists(nmt) else []
        if core.usable:
            truth += malloc_truth(core, self.rows)
        truth += [(row.start, row.end, {"shared-memory"}) for row in self.rows
                  if row.name.startswith(("/memfd", "/dev/zero", "/SYSV", "/dev/shm"))]
        return truth + truth_of_rows(self.rows, self.when)

    def as_map(self):
        return "".join(f"{row.start:x}-{row.end:x} {row.permissions} {row.offset:08x} 00:00 {int(bool(row.name))} "
                       f"{row.name}\n" for row in self.rows)

    def as_pmap(self, arguments):
        """pmap names the stack and knows no heap."""
        lines = [f"{self.pid}:   {arguments}\n"]
        for row in self.rows:
            name = ("[ stack ]" if row.name == "[stack]" else "[ anon ]" if row.name[:1] in ("", "[")
                    else os.path.basename(row.name))
            mode = row.permissions[:3] + ("s" if row.permissions[3] == "s" else "-") + "-"
            lines.append(f"{row.start:016x} {(row.end - row.start) // 1024:6}K {mode} {name}\n")
        return "".join(lines) + f" total {sum(row.end - row.start for row in self.rows) // 1024:12}K\n"

    def document(self, way, folder):
        if way == "core":
            return map_of(self.core)
        told = [f"--jvm-args={self.arguments}"] if "command line" in way else []
        path = os.path.join(folder, "listing")
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.as_pmap(self.arguments if told else "-") if "pmap" in way else self.as_map())
        return map_of("--no-files", *([] if "pmap" in way else told), path)


def map_of(*arguments):
    done = subprocess.run([INQUEST, "map", "--json", "--quiet", *arguments], capture_output=True, text=True,
                          check=False)
    if done.returncode not in (0, 3):
        sys.exit(f"inquest map {' '.join(arguments)}: exit status {done.returncode}: {done.stderr}")
    return json.loads(done.stdout)


def cases(folder, only):
    for name in sorted(os.listdir(os.path.join(folder, "local"))):
        smaps, core = os.path.join(folder, "local", name, "smaps"), os.path.join(folder, "raw", name, "core")
        if re.search(only, name) and os.path.exists(smaps) and os.path.exists(core):
            yield Case(folder, name)


def split_by_access(rows, truth):
    """The truth of memory that can be touched, and that of addresses that are only reserved."""
    touched, reserved = [], []
    for row in rows:
        part = [(max(start, row.start), min(end, row.end), classes) for start, end, classes in truth
                if start < row.end and row.start < end]
        (touched if row.accessible() else reserved).extend(part)
    return touched, reserved


def add(total, sums):
    for name, row in sums.items():
        kept = total.setdefault(name, [0, 0, 0])
        for i in range(3):
            kept[i] += row[i]


def print_wrong(case, way, wrong):
    for low, high, true, region in wrong:
        print(f"  {case.name}, {way}: {low:x}-{high:x} {(high - low) >> 10}K is {true}, not {region['class']} "
              f"{region.get('confidence')} {region.get('evidence', [''])[:1]}")


def percent(part, whole):
    """Cut, not rounded: 100 % is all of it."""
    return f"{part * 10000 // whole / 100:.2f}" if whole else "-"


def cell(row):
    wrong = f", {percent(row[1], sum(row))} wrong" if row[1] else ""
    return percent(row[0], sum(row)) + wrong


def print_table(totals):
    print("| class | bytes | " + " | ".join(WAYS) + " |")
    print("| --- | ---: |" + " ---: |" * len(WAYS))
    for name in sorted({name for way in WAYS for name in totals[way]}):
        rows = [totals[way].get(name, [0, 0, 0]) for way in WAYS]
        print(f"| {name} | {max(map(sum, rows)):,} | " + " | ".join(map(cell, rows)) + " |")


def print_sums(totals, apart, certain):
    print("\n| from | bytes | right, % | wrong | unknown | wrong and `certain` | goal, % | reserved addresses right, % |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for way in WAYS:
        row = [sum(column) for column in zip(*totals[way].values())]
        rest = [sum(column) for column in zip(*apart[way].values())]
        print(f"| {way} | {sum(row):,} | {percent(row[0], sum(row))} | {row[1]:,} | {row[2]:,} | "
              f"{certain[way]:,} | {GOALS[way] * 100:g} | {percent(rest[0], sum(rest))} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", metavar="FOLDER")
    parser.add_argument("--only", metavar="REGEX", default="", help="only the cases whose names match")
    parser.add_argument("-v", "--verbose", action="store_true", help="print each piece that is not right")
    options = parser.parse_args()
    totals, apart, certain = {way: {} for way in WAYS}, {way: {} for way in WAYS}, dict.fromkeys(WAYS, 0)
    count = memory = 0
    with tempfile.TemporaryDirectory() as folder:
        for case in cases(options.folder, options.only):
            count += 1
            memory += sum(row.end - row.start for row in case.rows if row.accessible())
            touched, reserved = split_by_access(case.rows, case.truth())
            for way in WAYS:
                document = case.document(way, folder)
                sums, wrong = compare(document, touched)
                rest, misread = compare(document, reserved)
                add(totals[way], sums)
                add(apart[way], rest)
                certain[way] += sum(high - low for low, high, _, region in wrong + misread
                                    if region["class"] not in UNKNOWN and region["confidence"] == "certain")
                if options.verbose:
                    print_wrong(case, way, wrong + misread)
    print_table(totals)
    print_sums(totals, apart, certain)
    judged = sum(map(sum, totals["map"].values()))
    print(f"\n{count} processes. Of {memory:,} bytes that can be touched, {memory - judged:,} have no truth.")


if __name__ == "__main__":
    main()

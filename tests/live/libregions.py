"""What each byte of a process is, by others' word, and how many bytes `inquest map` tells right.

Truth is a list of (start, end, classes): the first row that holds an address tells which classes are right there. It comes
from the kernel's names in smaps, and from readelf for what is mapped from a file."""
import bisect
import itertools
import os
import re
import subprocess

NAMES = {"[heap]": "brk-heap", "[stack]": "stack", "[vdso]": "vdso", "[vvar]": "vvar", "[vvar_vclock]": "vvar",
         "[vsyscall]": "vdso"}
UNKNOWN = ("anon", "reserved")  # classes that say no more than the map: no name; no access
PAGE = 4096


class Row:
    """One mapping of /proc/PID/maps or smaps."""

    def __init__(self, match):
        self.start, self.end, self.offset = (int(match[i], 16) for i in (1, 2, 4))
        self.permissions, self.name = match[3], match[5]

    def accessible(self):
        return self.permissions[:3] != "---"


def rows_of(text):
    pattern = r"^([0-9a-f]+)-([0-9a-f]+) (\S{4}) ([0-9a-f]+) \S+ \d+ *(.*)$"
    return [Row(match) for match in re.finditer(pattern, text, re.M)]


class Segment:
    """A PT_LOAD by address in the file, its start on a page."""

    def __init__(self, address, file_size, size, flags):
        self.start, self.flags = address & -PAGE, flags
        self.file_end, self.end = address + file_size, address + size


def segments(path, cache={}):
    """By readelf; empty for what is no ELF file."""
    if path not in cache:
        done = subprocess.run(["readelf", "-lW", path], capture_output=True, text=True, check=False)
        found = re.findall(r"^\s+LOAD\s+0x[0-9a-f]+ 0x([0-9a-f]+) 0x[0-9a-f]+ 0x([0-9a-f]+) 0x([0-9a-f]+) (...)",
                           done.stdout, re.M)
        cache[path] = [Segment(*(int(word, 16) for word in row[:3]), row[3]) for row in found]
    return cache[path]


def file_class(row, base):
    """`base`: where the file's beginning is mapped."""
    parts = segments(row.name)
    if not parts:
        return "jar" if row.name.endswith(".jar") else "file"
    if "x" in row.permissions:
        return "text"
    if "w" in row.permissions:
        return "data"
    address = row.start - base + parts[0].start
    # Read-only pages of a writable segment are its RELRO.
    return "data" if any("W" in part.flags and part.start <= address < part.end for part in parts) else "rodata"


def bss_after(row, base, following):
    """The part of the anonymous row behind a file's last writable mapping that p_memsz tells; None."""
    for part in segments(row.name):
        end = (base - segments(row.name)[0].start + part.end + PAGE - 1) & -PAGE
        if "W" in part.flags and part.end > part.file_end and row.start < end:
            if following.start == row.end < end and not following.name and "w" in following.permissions:
                return (row.end, min(end, following.end), {"bss"})
    return None


def copies_of(rows):
    """Where a program reads an ELF file by mapping it: rows of one name without code or data. What they are called is taste."""
    runs = (list(run) for _, run in itertools.groupby(rows, key=lambda row: row.name))
    return {row.start for run in runs if all(row.permissions[:3] == "r--" for row in run) for row in run}


def is_that_file(name, since):
    """Whether the file is there still, and not written since."""
    return os.path.exists(name) and (since is None or os.stat(name).st_mtime < since)


def truth_of_rows(rows, since=None):
    """[(start, end, classes)] of what has a name; files that changed since that time are left out."""
    truth, bases, copies = [], {}, copies_of(rows)
    for row, following in zip(rows, rows[1:] + rows[-1:]):
        if row.name in NAMES:
            truth.append((row.start, row.end, {NAMES[row.name]}))
        elif row.name.startswith("/") and not re.match(r"/(memfd|SYSV|dev/zero)", row.name):
            if not is_that_file(row.name, since):
                continue
            if row.offset == 0:
                bases[row.name] = row.start
            base = bases.get(row.name, row.start)
            truth.append((row.start, row.end, {file_class(row, base)} | ({"file"} if row.start in copies else set())))
            bss = bss_after(row, base, following) if "w" in row.permissions else None
            if bss:
                truth.append(bss)
    return truth


class Truth:
    """Answers for pieces that no edge divides: each row is laid over those behind it."""

    def __init__(self, rows):
        self.edges = sorted({edge for start, end, _ in rows for edge in (start, end)})
        self.classes = [None] * len(self.edges)
        for start, end, classes in rows:
            first, last = bisect.bisect_left(self.edges, start), bisect.bisect_left(self.edges, end)
            for i in range(first, last):
                self.classes[i] = self.classes[i] or classes

    def at(self, address):
        i = bisect.bisect_right(self.edges, address) - 1
        return self.classes[i] if i >= 0 else None


def column_of(region, classes):
    """0 right, 1 wrong, 2 unknown."""
    return 0 if region["class"] in classes else 2 if region["class"] in UNKNOWN else 1


def compare(document, rows):
    """{class: [right, wrong, unknown]} in bytes, and each wrong piece: (start, end, true, region)."""
    truth, sums, wrong = Truth(rows), {}, []
    for region in document["regions"]:
        start, end = int(region["start"], 16), int(region["end"], 16)
        first, last = bisect.bisect_right(truth.edges, start), bisect.bisect_left(truth.edges, end)
        edges = [start, *truth.edges[first:last], end]
        for low, high in zip(edges, edges[1:]):
            classes = truth.at(low)
            if not classes:
                continue
            column = column_of(region, classes)
            sums.setdefault(" or ".join(sorted(classes)), [0, 0, 0])[column] += high - low
            if column:
                wrong.append((low, high, " or ".join(sorted(classes)), region))
    return sums, wrong

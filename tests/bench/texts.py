#!/usr/bin/env python3
"""How fast each reader of texts is, and how much memory it needs: `inquest identify` of 100 MB of one kind, as many small
listings one after the other (a sample of testdata, repeated) and as one long listing (rows repeated with other numbers); and of
the samples of all kinds in turn. Speed is by processor time, so that a busy machine does not spoil it much.

Not a test. `--size MB` takes another size, `--only KIND` some of the kinds, `--rounds N` the best of so many runs;
`--instructions` counts those for each byte too, by valgrind, in 4 MB at most: they do not depend on the machine's load."""
import argparse
import itertools
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.join(HERE, "..", "..")
INQUEST = os.environ["INQUEST"]
MB = 1000 * 1000
PAGE = 4096

# The sample of each kind that is repeated: a whole listing of ordinary shape.
SAMPLES = ("memstat/solaris-9", "kmastat/opensolaris-2009.06", "umastat/illumos", "kstat/system_pages", "vmstat/solaris",
           "proc-maps/sleep-6.18", "smaps/sleep-6.18", "smaps/rollup-6.18", "mdb-mappings/xorg-opensolaris",
           "pmap-linux/procps-4.0.2", "pmap-linux/procps-4.0.2-d", "pmap-linux/procps-4.0.2-x",
           "pmap-linux/procps-4.0.2-X", "pmap-linux/procps-4.0.2-XX", "pmap-solaris/plain-32", "pmap-solaris/x-32",
           "pmap-solaris/s-32", "pmap-solaris/S-32", "pmap-solaris/L-32", "procstat-vm/flag", "gdb-mappings/gdb-13",
           "lldb-regions/hello", "mdb-stack/stacks", "mdb-stack/threadlist", "pstack/procmail-solaris",
           "pstack/eu-stack-m-s", "gdb-stack/threads-registers", "crash-d/xorg-opensolaris", "tombstone/arm64-whole",
           "systemd-coredump/journal", "kernel-segfault-log/segfault", "hs-err/jdk-17.0.15-sigsegv",
           "jvm-histogram/jcmd-17", "jvm-heap-info/serial-17")


def file(i):
    """Of 200 files four rows each."""
    return i // 4 % 200


def maps_row(i):
    start = 0x7f0000000000 + 2 * i * PAGE
    return f"{start:x}-{start + PAGE:x} r-xp 00001000 fe:01 {file(i)} /usr/lib/x86_64-linux-gnu/libexample-{file(i)}.so.1\n"


SIZES = ("Size:                  4 kB\nKernelPageSize:        4 kB\nMMUPageSize:           4 kB\nRss:                   4 kB\n"
         "Pss:                   1 kB\nPss_Dirty:             0 kB\nShared_Clean:          4 kB\nShared_Dirty:          0 kB\n"
         "Private_Clean:         0 kB\nPrivate_Dirty:         0 kB\nReferenced:            4 kB\nAnonymous:             0 kB\n"
         "LazyFree:              0 kB\nAnonHugePages:         0 kB\nShmemPmdMapped:        0 kB\nFilePmdMapped:         0 kB\n"
         "Shared_Hugetlb:        0 kB\nPrivate_Hugetlb:       0 kB\nSwap:                  0 kB\nSwapPss:               0 kB\n"
         "Locked:                0 kB\nTHPeligible:           0\nVmFlags: rd ex mr mw me\n")

# (first lines, row by number) of listings that can be of any length.
LONG = {
    "proc-maps": ("", maps_row),
    "smaps": ("", lambda i: maps_row(i) + SIZES),
    "mdb-mappings": ("            BASE            LIMIT             SIZE NAME\n",
                     lambda i: f"{0x10000 + 2 * i * PAGE:16x} {0x10000 + (2 * i + 1) * PAGE:16x} {PAGE:16x} "
                               f"/usr/lib/64/libexample.so.{file(i)}\n"),
    "pmap-linux": ("1234:   ./a\n", lambda i: f"{0x7f0000000000 + 2 * i * PAGE:016x}      4K r-x-- libexample-{file(i)}.so.1\n"),
    "pmap-linux -x": ("1234:   ./a\nAddress           Kbytes     RSS   Dirty Mode  Mapping\n",
                      lambda i: f"{0x7f0000000000 + 2 * i * PAGE:016x}       4       4       0 r-x-- libexample-{file(i)}.so.1\n"),
    "pmap-solaris": ("1234:\t./a\n", lambda i: f"{0xffff80ff0000000 + 2 * i * PAGE:016X}         4K r-x--  /lib/libexample.so.{file(i)}\n"),
    "procstat-vm": ("  PID              START                END PRT  RES PRES REF SHD FLAG  TP PATH\n",
                    lambda i: f" 1234 {0x800000000 + 2 * i * PAGE:#18x} {0x800000000 + (2 * i + 1) * PAGE:#18x} r-x    1    1   2   0 "
                              f"CN--- vn /lib/libexample.so.{file(i)}\n"),
    "kmastat": ("cache                        buf    buf    buf    memory     alloc alloc\n"
                "name                        size in use  total    in use   succeed  fail\n"
                "------------------------- ------ ------ ------ ---------- --------- -----\n",
                lambda i: f"cache_{i:<19} {64:6} {i % 5000:6} {6000:6} {384000:9}B {i:9} {0:5}\n"),
    "pstack": ("4711:\t./a\n", lambda i: f" {0xfee00000 + i % 4096:08x} function_{i % 97} (1, 2, {i:x}, 0) + {i % 256:x}\n"),
    "gdb-stack": ("", lambda i: f"#{i:<3} 0x{0x7f0000000000 + i:016x} in function_{i % 97} (a=1, b=0x{i:x}) at source_{i % 7}.c:{i % 999}\n"),
    "mdb-stack": ("> $C\n", lambda i: f"{0xfffffd7fff000000 + 16 * i:016x} libexample.so.1`function_{i % 97}+0x{i % 256:x}()\n"),
}


def repeated(text, size):
    return text * max(1, size // len(text))


def long_listing(first, row, size):
    rows, length = [first], len(first)
    for i in itertools.count():
        if length >= size:
            return "".join(rows).encode()
        rows.append(row(i))
        length += len(rows[-1])


def measure(command, path, rounds):
    """(MB/s, peak memory in MB, listings) of the best run."""
    best = None
    for _ in range(rounds):
        done = subprocess.run([command, INQUEST, "identify", path], capture_output=True, text=True, check=True)
        _, memory, status, micro = (int(word) for word in done.stdout.split())
        if status not in (0, 3):
            sys.exit(f"identify fails with {status}")
        if best is None or micro < best[1]:
            best = memory, micro
    return os.path.getsize(path) / best[1], best[0] / 1000


def instructions(path):
    """That valgrind counts, of `inquest identify`."""
    counted = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", INQUEST, "identify", path],
                             capture_output=True, text=True, check=False)
    return int(re.search(r"Collected : (\d+)", counted.stderr).group(1))


def for_each_byte(folder, text):
    """Instructions, without those that every run needs."""
    most = os.path.join(folder, "few")
    with open(most, "wb") as file:
        file.write(text)
    with open(most + "-none", "wb") as file:
        file.write(b"\n")
    return (instructions(most) - instructions(most + "-none")) / len(text)


def sample_text(sample):
    with open(os.path.join(SOURCE, "testdata", sample + ".in"), "rb") as file:
        text = file.read()
    return text if text.endswith(b"\n") else text + b"\n"


def cases(only, size):
    for sample in SAMPLES:
        if not only or sample.split("/")[0] in only:
            text = sample_text(sample)
            yield sample, f"{len(text):,} bytes, repeated", repeated(text, size)
    if not only or "all" in only:
        text = b"\n".join(sample_text(sample) for sample in SAMPLES)
        yield "all", f"{len(text):,} bytes, repeated", repeated(text, size)
    for kind, (first, row) in LONG.items():
        if not only or kind.split()[0] in only:
            yield kind, "one listing", long_listing(first, row, size)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=100, help="MB of text")
    parser.add_argument("--rounds", type=int, default=1, help="the best of so many")
    parser.add_argument("--only", nargs="*", help="kinds, such as memstat")
    parser.add_argument("--instructions", action="store_true", help="count them too")
    options = parser.parse_args()
    print("| text | | instructions a byte | MB/s | peak memory, MB |\n| --- | --- | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as folder:
        command = os.path.join(folder, "measure")
        subprocess.run(["cc", "-O2", "-o", command, os.path.join(HERE, "measure.c")], check=True)
        path = os.path.join(folder, "text")
        for name, shape, text in cases(options.only, options.size * MB):
            with open(path, "wb") as file:
                file.write(text)
            speed, memory = measure(command, path, options.rounds)
            count = f"{for_each_byte(folder, text[:4 * MB]):.1f}" if options.instructions else ""
            print(f"| {name} | {shape} | {count} | {speed:.0f} | {memory:.0f} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

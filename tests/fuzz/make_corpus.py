#!/usr/bin/env python3
"""Writes the small corpora of the fuzz targets: tests/fuzz/corpus/TARGET/NAME. All of it is made up here.

Layouts: linux/elfcore.h (elf_prstatus, elf_prpsinfo), gABI chapters 4 and 5, fs/binfmt_elf.c (fill_files_note)."""
import base64
import bz2
import glob
import gzip
import io
import json
import lzma
import os
import re
import struct
import sys
import tarfile
import zipfile
import zlib

import dwarf_sections

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "corpus")
SAMPLES = os.path.join(os.path.dirname(HERE), "..", "..", "testdata")
PAGE = 4096
BUILD_ID = bytes(range(20))


# A frame that is made, a conditional branch, and a frame that is left, in the order of tests/fuzz/fuzz_code.c.
CODE = {
    "x86_64": "554889e54883ec2085ff74054883c4105dc3c9c3",
    "i386": "5589e583ec1085c07402ffe0c9c3",
    "aarch64": "fd7bbda9fd030091400000b4f35301a9fd7bc3a8c0035fd6",
    "arm": "10402de904b08de208d04de20000000a1080bde8",
    "thumb": "10b582b000af10b918bf10bddfe803f0030508d1bd4610bd",
    "riscv64": "411106e422e0001801c9a2604101828067800000",
}


class Elf:
    """Packs headers of one class and byte order."""

    def __init__(self, bits, big, machine):
        self.bits, self.big, self.machine = bits, big, machine
        self.order = ">" if big else "<"
        self.word = "Q" if bits == 64 else "I"

    def pack(self, layout, *values):
        return struct.pack(self.order + layout.replace("W", self.word), *values)

    def header(self, kind, phnum, shoff=0, shnum=0, shstrndx=0):
        ident = b"\x7fELF" + bytes([2 if self.bits == 64 else 1, 2 if self.big else 1, 1]) + bytes(9)
        ehsize, phsize, shsize = (64, 56, 64) if self.bits == 64 else (52, 32, 40)
        return ident + self.pack("HHIWWWIHHHHHH", kind, self.machine, 1, 0, ehsize, shoff, 0, ehsize, phsize, phnum,
                                 shsize, shnum, shstrndx)

    def segment(self, kind, flags, offset, vaddr, filesz, memsz, align):
        if self.bits == 64:
            return self.pack("IIQQQQQQ", kind, flags, offset, vaddr, vaddr, filesz, memsz, align)
        return self.pack("IIIIIIII", kind, offset, vaddr, vaddr, filesz, memsz, flags, align)

    def section(self, name, kind, addr, offset, size, link, info, entsize, flags=2):
        return self.pack("IIWWWWIIWW", name, kind, flags, addr, offset, size, link, info, 8, entsize)

    def note(self, owner, kind, desc):
        def padded(data):
            return data + bytes(-len(data) % 4)
        return self.pack("III", len(owner) + 1, len(desc), kind) + padded(owner + b"\0") + padded(desc)

    def symbol(self, name, info, section, value, size):
        if self.bits == 64:
            return self.pack("IBBHQQ", name, info, 0, section, value, size)
        return self.pack("IIIBBH", name, value, size, info, 0, section)


def hash_table(elf, gnu):
    """(tag, bytes) of a hash table over image()'s four symbols: gABI chapter 5, "Hash Table"; glibc's dl-lookup.c."""
    if gnu:
        return 0x6ffffef5, elf.pack("IIIIWIIII", 1, 1, 1, 0, 0, 1, 2, 2, 3)
    return 4, elf.pack("IIIIIII", 1, 4, 2, 0, 0, 3, 0)


def image(elf, soname=b"libfuzz.so.1", hashes=()):
    """A shared object of one page: build ID, dynamic section, symbols, sections, and the hash table that is given."""
    names = b"\0" + soname + b"\0main\0hidden@@V_1\0.Llabel\0"
    place = {name: names.index(name) for name in (soname, b"main", b"hidden", b".Llabel")}
    symbols = elf.symbol(0, 0, 0, 0, 0) + elf.symbol(place[b".Llabel"], 2, 1, 0x810, 0)
    symbols += elf.symbol(place[b"main"], 0x12, 1, 0x800, 0x20) + elf.symbol(place[b"hidden"], 0x10, 1, 0x830, 0)
    note = elf.note(b"GNU", 3, BUILD_ID)
    word = elf.bits // 8
    dynamic = b"".join(elf.pack("WW", tag, value) for tag, value in
                       ((14, place[soname]), (5, 0x300), (10, len(names)), (6, 0x400), (11, 16 + word),
                        *((tag, 0x700) for tag, _ in hashes), (0, 0)))
    section_names = b"\0.text\0.dynsym\0.dynstr\0.symtab\0.shstrtab\0"
    entsize = 24 if elf.bits == 64 else 16
    sections = b"".join((
        bytes(64 if elf.bits == 64 else 40),
        elf.section(1, 1, 0x800, 0x800, 0x100, 0, 0, 0),
        elf.section(7, 11, 0x400, 0x400, len(symbols), 3, 1, entsize),
        elf.section(15, 3, 0x300, 0x300, len(names), 0, 0, 0),
        elf.section(23, 2, 0, 0x400, len(symbols), 3, 2, entsize),
        elf.section(31, 3, 0, 0x600, len(section_names), 0, 0, 0)))
    segments = elf.segment(1, 5, 0, 0, PAGE, PAGE, PAGE) + elf.segment(4, 4, 0x200, 0x200, len(note), len(note), 4)
    segments += elf.segment(2, 6, 0x500, 0x500, len(dynamic), len(dynamic), word)
    page = bytearray(PAGE)
    for at, data in ((0, elf.header(3, 3, 0xa00, 6, 5) + segments), (0x200, note), (0x300, names), (0x400, symbols),
                     (0x500, dynamic), (0x600, section_names), *((0x700, data) for _, data in hashes),
                     (0xa00, sections)):
        page[at:at + len(data)] = data
    return bytes(page)


def stubs(elf):
    """.plt, the address of the slot behind it, and its relocation: the processors' ABI supplements."""
    address, slot = 0x820, 0x3010
    if elf.machine == 183:
        code = bytes(32) + elf.pack("IIII", 0x90000010 | (slot - address + 0xfff >> 12) << 29, 0xf9400a11, 0x91004210,
                                    0xd61f0220)
    else:
        target = slot - address - 16 - 6 if elf.bits == 64 else slot
        code = bytes(16) + b"\xff\x25" + elf.pack("I", target) + b"\x68" + bytes(9)
    if elf.bits == 64:
        return address, code, 4, b".rela.plt", elf.pack("QQQ", slot, 2 << 32 | 7, 0)
    return address, code, 9, b".rel.plt", elf.pack("II", slot, 2 << 8 | 7)


def file_of(elf, rows):
    """An ELF file of sections: name, type, address, contents, link, entry size, flags."""
    names, body, entries = b"\0", b"", bytes(64 if elf.bits == 64 else 40)
    start = len(elf.header(3, 0))
    for name, kind, addr, data, link, size, flags in rows:
        entries += elf.section(len(names), kind, addr, start + len(body), len(data), link, 1, size, flags)
        names += name + b"\0"
        body += data + bytes(-len(data) % 8)
    entries += elf.section(0, 3, 0, start + len(body), len(names), 0, 0, 0, 0)
    body += names + bytes(-len(names) % 8)
    return elf.header(3, 0, start + len(body), len(rows) + 2, len(rows) + 1) + body + entries


def typed(elf):
    """Debug information, and call-frame information, with which callers are asked what they passed."""
    word = elf.bits // 8
    rows = [(b".debug_" + name.encode(), 1, 0, data, 0, 0, 0) for name, data in dwarf_sections.typed(word).items()]
    return file_of(elf, rows + [(b".debug_frame", 1, 0, call_frames(elf), 0, 0, 0)])


def call_frames(elf):
    """A CIE (CFA: the stack pointer's register + 0x10, the return address below it), an FDE. DWARF 5, 6.4.1."""
    word, sp, back = elf.bits // 8, {62: 7, 3: 4, 183: 31}[elf.machine], {62: 16, 3: 8, 183: 30}[elf.machine]
    cie = struct.pack("<IB", 0xffffffff, 1) + bytes([0, 1, 0x78, back, 0x0c, sp, 16, 0x80 | back, 1])
    cie += bytes(-len(cie) % 8)
    fde = elf.pack("I", 0) + elf.pack("QQ" if word == 8 else "II", 0x1000, 0x80)
    fde += bytes(-len(fde) % 8)
    return struct.pack("<I", len(cie)) + cie + struct.pack("<I", len(fde)) + fde


def solaris_types(elf):
    """.SUNW_ctf, version 2, with its symbols. Layout: illumos' sys/ctf.h."""
    strings = b"\0int\0node\0next\0main\0"
    def info(kind, count): return kind << 11 | 1 << 10 | count
    types = struct.pack("<IHHI", 1, info(1, 0), 4, 1 << 24 | 32) + struct.pack("<IHH", 0, info(3, 0), 3)
    types += struct.pack("<IHH", 5, info(6, 1), 8) + struct.pack("<IHH", 10, 2, 0)
    functions = struct.pack("<HHHH", info(5, 2), 1, 1, 2)
    objects = struct.pack("<HH", 3, 0)
    header = struct.pack("<HBB", 0xcff1, 2, 0) + struct.pack("<8I", 0, 0, 0, 0, 4, 12, 12 + len(types), len(strings))
    symbols = elf.symbol(0, 0, 0, 0, 0) + elf.symbol(16, 0x12, 1, 0x1000, 0x80) + elf.symbol(6, 0x11, 1, 0x20, 0x20)
    return file_of(elf, ((b".SUNW_ctf", 1, 0, header + objects + functions + types + strings, 2, 0, 0),
                         (b".symtab", 2, 0, symbols, 3, 24 if elf.bits == 64 else 16, 0),
                         (b".strtab", 3, 0, strings, 0, 0, 0)))


def tables(elf):
    """Symbols in every form that a file has them in: .dynsym, .plt, packed .gnu_debugdata, a compressed section."""
    address, code, kind, relocated, relocation = stubs(elf)
    strings = b"\0main\0printf@GLIBC\0\0"
    symbols = elf.symbol(0, 0, 0, 0, 0) + elf.symbol(1, 0x12, 3, 0x800, 0x20) + elf.symbol(6, 0x12, 0, 0, 0)
    plain = zlib.compress(b"text " * 40)
    header = elf.pack("IIQQ" if elf.bits == 64 else "III", *((1, 0) if elf.bits == 64 else (1,)), 200, 1)
    entsize = 24 if elf.bits == 64 else 16
    rows = ((b".dynsym", 11, 0x400, symbols, 2, entsize, 2), (b".dynstr", 3, 0x500, strings, 0, 0, 2),
            (b".plt", 1, address, code, 0, 16, 2), (relocated, kind, 0x600, relocation, 1, entsize, 2),
            (b".gnu_debugdata", 1, 0, lzma.compress(image(elf), preset=0), 0, 0, 0),
            (b".debug_info", 1, 0, header + plain, 0, 0, 0x800))
    return file_of(elf, rows)


def core(elf, status_size, pid_offset, heap=0, place=0, registers=()):
    """A core of two threads, one mapped library, a stack. With `heap` it says that the stack has so many bytes in the file. Memory
    is at `place` of the file, or behind the notes; of the registers some, by their offset in the status, point into it."""
    word = elf.bits // 8
    base, stack = 0x10000000, 0x7ff00000
    status = bytearray(11 * 7 + i & 0xff for i in range(status_size))
    status[0:12] = elf.pack("III", 11, 1, 0)
    status[12:14] = elf.pack("H", 11)
    status[pid_offset:pid_offset + 4] = elf.pack("I", 4242)
    for offset, value in registers:
        status[offset:offset + word] = elf.pack("W", value)
    psinfo = bytes([0, ord("R"), 0, 0]) + bytes(4 if elf.bits == 64 else 0) + elf.pack("W", 0)
    psinfo += elf.pack("IIIIII", 0, 0, 4242, 1, 4242, 4242) + b"fuzz".ljust(16, b"\0") + b"./fuzz -x".ljust(80, b"\0")
    info = elf.pack("III", 11, 0, 1) + bytes(4 if elf.bits == 64 else 0) + elf.pack("W", 0xdead)
    aux = b"".join(elf.pack("WW", *pair) for pair in ((3, base + 64), (5, 3), (6, PAGE), (33, base), (0, 0)))
    files = elf.pack("WWWWW", 1, PAGE, base, base + PAGE, 0) + b"/usr/lib/libfuzz.so.1 (deleted)\0"
    notes = elf.note(b"CORE", 1, bytes(status)) + elf.note(b"CORE", 3, psinfo)
    notes += elf.note(b"CORE", 0x53494749, info.ljust(128, b"\0")) + elf.note(b"CORE", 6, aux)
    notes += elf.note(b"CORE", 0x46494c45, files) + elf.note(b"CORE", 1, bytes(status))
    notes += elf.note(b"CORE", 2, bytes(32)) + elf.note(b"LINUX", 0x202, bytes(64)) + elf.note(b"FUZZ", 77, b"?")
    head = (64 + 3 * 56) if elf.bits == 64 else (52 + 3 * 32)
    load = max(place, head + len(notes))
    segments = elf.segment(4, 0, head, 0, len(notes), 0, 4)
    segments += elf.segment(1, 5, load, base, PAGE, PAGE, PAGE)
    segments += elf.segment(1, 6, load + PAGE, stack, heap or 16 * word, heap or 2 * PAGE, PAGE)
    gap = bytes(load - head - len(notes))
    chain = b"".join(elf.pack("WW", stack + 16 * i + 16, base + 0x100 + i) for i in range(6)) if registers else b""  # by frame pointers
    return elf.header(4, 3) + segments + notes + gap + image(elf) + chain.ljust(16 * word, b"\0")


CORES = {
    "x86_64": (Elf(64, False, 62), 336, 32), "i386": (Elf(32, False, 3), 144, 24),
    "aarch64": (Elf(64, False, 183), 392, 32), "arm": (Elf(32, False, 40), 148, 24),
    "riscv64": (Elf(64, False, 243), 376, 32), "ppc64": (Elf(64, True, 21), 504, 32),
    "s390x": (Elf(64, True, 22), 336, 32), "sparc": (Elf(32, True, 2), 152, 24),
}

TEXTS = {
    "proc_maps": """\
55a000000000-55a000001000 r--p 00000000 fe:01 131 /usr/bin/odd name (deleted)
55a000001000-55a000002000 r-xp 00001000 fe:01 131 /usr/bin/odd\\012name
55a000900000-55a000921000 rw-p 00000000 00:00 0   [heap]
7f0000000000-7f0000021000 rw-p 00000000 00:00 0
7ffc00000000-7ffc00021000 rw-p 00000000 00:00 0   [stack]
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 [vsyscall]
""",
    "smaps": """\
00400000-00401000 r-xp 00000000 08:02 9 /bin/a
Size:                  4 kB
KernelPageSize:        4 kB
Rss:                   4 kB
Pss:                   1 kB
Private_Dirty:         0 kB
VmFlags: rd ex mr mw me
00401000-00402000 rw-p 00001000 08:02 9 /bin/a
Size:                  4 kB
Rss:                  99 kB
Bogus:     99999999999999999999 kB
""",
    "mdb": """\
> $m
            BASE            LIMIT             SIZE NAME
        08040000         08048000             8000 [ stack ]
        08050000         08051000             1000 /usr/bin/a
        08061000         08063000             1000
fffffd7fff000000 fffffd7fff100000           100000 /lib/64/ld.so.1
>
""",
    "pmap_linux": """\
1234:   ./a --flag
Address           Kbytes     RSS   Dirty Mode  Mapping
0000000000400000       4       4       0 r-x-- a
0000000000600000     132      20      20 rw---   [ anon ]
00007ffc00000000     132      12      12 rw---   [ stack ]
---------------- ------- ------- -------
total kB             268      36      32
""",
    "pmap_solaris": """\
> 4321:\t/usr/bin/java -Xmx64m A
> 08046000       8K rw---    [ stack ]
> 08050000      16K r-x--  /usr/bin/java
> D0000000   65536K rwx--    [ anon ]
>  total     65560K
""",
    "procstat": """\
  PID              START                END PRT  RES PRES REF SHD FLAG  TP PATH
  812           0x400000           0x401000 r-x    1    3   1   0 CN--- vn /bin/a
  812     0x7fffdfffd000     0x7ffffffdf000 rw-    4    4   1   0 ---D- df
""",
    "gdb": """\
(gdb) info proc mappings
Mapped address spaces:

          Start Addr           End Addr       Size     Offset  objfile
            0x400000           0x401000     0x1000        0x0  /bin/a
      0x7ffff7dd0000     0x7ffff7df0000    0x20000        0x0  /lib/ld.so
...
""",
    "hs_err": """\
#
# A fatal error has been detected by the Java Runtime Environment:
#
#  SIGSEGV (0xb) at pc=0x00007f0000001234, pid=77, tid=78
Dynamic libraries:
7f0000000000-7f0000002000 r-xp 00000000 fe:01 55 /lib/libjvm.so
7f0000200000-7f0000201000 ---p 00000000 00:00 0
VM Arguments:
""",
}

# "hello, core\n" by the command zstd 1.5.4 and lz4 1.9.4, of which Python has no writer.
ZSTD = bytes.fromhex("28b52ffd045861000068656c6c6f2c20636f72650a8f9873f5")
LZ4 = bytes.fromhex("04224d186440a70c00008068656c6c6f2c20636f72650a00000000f9ee0420")


def frames(big, word):
    """.eh_frame of one function at 0x1000 (addresses: pcrel, sdata4), as if at 0x2000; its program has most instructions."""
    order = ">" if big else "<"
    cie = struct.pack(order + "I", 0) + b"\1zRS\0\1\x78\x10\2\x1b\0\x0c\7\x08\x90\1"
    program = (b"\x41\x0e\x10\x86\2\x43\x0d\6\x02\x20\x0a\x0c\7\x08\xc6\x41\x0b\x2e\x10\x16\3\2\x77\x08"
               b"\x0f\3\x77\x08\x06\x2d\x09\1\2\x14\3\4\x11\3\x7f")
    at = 8 + len(cie)
    fde = struct.pack(order + "IiI", at, 0x1000 - (0x2000 + at + 4), 0x100) + b"\0" + program
    entries = b"".join(struct.pack(order + "I", len(part)) + part for part in (cie, fde))
    return bytes([2 * big + (word == 4)]) + entries + bytes(4)


def stack(machine):
    """Registers that point into what follows: frame pointers that go up, return addresses after calls."""
    page = bytearray(2048)
    page[0] = machine
    for register in range(40):
        struct.pack_into("<H", page, 1 + 2 * register, 0x200 + 8 * register)
    for at in range(0x200, 0x700, 0x20):
        struct.pack_into("<QQ", page, at, 0x10000 + at + 0x20, 0x10105)
    page[0x100] = 0xe8
    page[0x120:0x129] = bytes((0x48, 0xc7, 0xc0, 0x0f, 0, 0, 0, 0x0f, 5))
    struct.pack_into("<Q", page, 0x248, 0x10120)
    return bytes(page)


def handler(machine):
    """A signal frame of Linux as tests/fuzz/fuzz_handler.c maps it: asm/{sigcontext,ucontext}.h, asm-generic/siginfo.h."""
    text, stack_start, base, address = 0x10000, 0x110000, 0x200, 0xdead000
    page = bytearray(2048)
    page[0:3] = bytes((machine, (base - (144 if machine == 1 else 0)) // 8, 0x10))
    word, siginfo, sp, pc = (
        (8, 304, 40 + 15 * 8, 40 + 16 * 8), (4, -128, 20 + 7 * 4, 20 + 14 * 4),
        (8, 0, 312 + 31 * 8, 312 + 32 * 8), (4, 0, 160 + 13 * 4, 160 + 15 * 4),
        (8, 0, 304 + 2 * 8, 304))[machine]
    if machine == 1:
        base += 12
    put = "<Q" if word == 8 else "<I"
    struct.pack_into("<iii", page, base + siginfo, 11, 0, 1)
    struct.pack_into(put, page, base + siginfo + (16 if word == 8 else 12), address)
    struct.pack_into(put, page, base + sp, stack_start + 0x700)
    struct.pack_into(put, page, base + pc, text + 0x180)
    more = ((-8, text + 0x100), (184, 0x33), (192, 4), (200, 14), (216, address)), \
        ((-144, text + 0x100), (20 + 48, 14), (20 + 52, 4), (20 + 84, address)), \
        ((304, address), (592, 0x46508001)), ((228, address),), ()
    for offset, value in more[machine]:
        struct.pack_into(put, page, base + offset, value)
    trampoline = ("48c7c00f0000000f05", "b8ad000000cd80", "681180d2010000d4", "ad70a0e3000000ef", "9308b00873000000")
    code = bytes.fromhex(trampoline[machine])
    page[0x100:0x100 + len(code)] = code
    return bytes(page)


def exception_index():
    """As tests/fuzz/fuzz_ehabi.c reads it: a length of code, an index of that many entries, a table, a stack (IHI 0038)."""
    base, table = 0x10000, 0x30
    functions = (0x80b108ff, table, 1, 0x8002a9b0, table + 12, 0x809b80b0)  # inline, compact, cantunwind, …, generic
    index = b"".join(struct.pack("<II", 0x100 * i, word if word & 0x80000000 or word == 1 else word - 8 * i - 4)
                     for i, word in enumerate(functions))
    tables = struct.pack("<IIIIII", 0x8102b216, 0xc9818101, 0x84b0b0b0, 0x100, 0x01a8b34f, 0xb4b5d2b0)
    stack_words = struct.pack("<64I", *(base + 0x40 * i for i in range(64)))
    return bytes([len(functions)]) + index + tables + stack_words


def heap(release):
    """A release of glibc, and places in its heap: bin heads, sizes, links, the top chunk."""
    patches = [(0x800 + 8 * release, 0x41), (0x3008 + 0x50 * release, 0x43), (0x24008 + 16 * release, 0xfff1)]
    return bytes([release]) + b"".join(struct.pack("<HHBB", place // 8, value, release % 2, 0xff)
                                       for place, value in patches)


def counters():
    """Performance counters of a JVM: perfMemory.hpp, PerfDataPrologue and PerfDataEntry."""
    entries = b""
    for name, value in ((b"sun.gc.policy.name", b"Copy:MSC"), (b"sun.gc.generation.0.capacity", 1 << 20),
                        (b"sun.gc.generation.0.space.0.name", b"eden"), (b"sun.gc.generation.0.space.0.used", 4096)):
        number = isinstance(value, int)
        kind, size = ("J", 0) if number else ("B", 16)
        data = struct.pack("<q", value) if number else value.ljust(16, b"\0")
        at = 20 + (len(name) + 8 & ~7)
        entries += struct.pack("<iiibbbbi", at + len(data), 20, size, ord(kind), 0, 1, 1, at)
        entries += name.ljust(at - 20, b"\0") + data
    return bytes.fromhex("cafec0c001020001") + struct.pack("<iiqii", 32 + len(entries), 0, 0, 32, 4) + entries


def lines():
    """(name, bytes) of results as workers send them and files hold them; the first byte is fuzz_line.c's."""
    result = {"path": "cores/a", "status": "ok", "size": 4096, "modified": "2026-01-31T23:59:59.123456789Z",
              "seen": "2026-01-31T23:59:59Z",
              "process": {"pid": 7, "name": "a", "exe": "/bin/a", "build_id": "0123456789abcdef", "version": "a-1",
                          "host": "h", "os": "linux", "arch": "x86_64"},
              "crash": {"signal": {"number": 11, "name": "SIGSEGV", "code_name": "SEGV_MAPERR"},
                        "culprit": {"object": "a", "function": "f"},
                        "diagnosis": [{"id": "null-pointer", "text": "null pointer", "confidence": "certain"}]},
              "signature": {"hash": "1-881136ed10d076760a1092e55fabc323", "text": "SIGSEGV null-write a!f+0xc",
                            "kind": "SIGSEGV null-write", "bucket": "stack", "frames": ["a!f", "a!g"],
                            "places": ["a@01+0x1", "a@01+0x2 a@01+0x3"], "inlines_known": True, "rules": ["entry"]},
              "severity": "medium", "companions": "a.maps", "elapsed_ms": 1}
    failed = {"path": "\ufffd", "path_bytes": "ff", "status": "failed", "reason": "it is cut", "elapsed_ms": 0}
    group = {"group": 1, "size": 1, "members": ["cores/a"]}
    whole, short = (json.dumps(value, separators=(",", ":")).encode() for value in (result, failed))
    other = whole.replace(b"cores/a", b"cores/b").replace(b"a!g", b"a!h")

    def message(kind, body):
        return struct.pack("<II", len(body), kind) + body

    yield "result", whole
    yield "failed", short
    yield "file", b"f" + b"\n".join((whole, short, other, json.dumps(group).encode(), b"", whole))
    yield "messages", b"m" + message(2, b"a.tar//b") + message(3, short) + message(5, b"\x14" + BUILD_ID + b"/lib/a") + \
        message(4, b"\0") + message(6, b"")
    item = struct.pack("<QQQ", 0, 1, 0) + struct.pack("<QQQQQII", 1, 2, 3, 4, 1, 0, 1)
    yield "item", b"m" + message(1, item + b"cores/a\0a\0\1\0\1\0\1\0\1\0cores/a.maps\0")


def packed_members():
    """(name, bytes) of archives with a core, one with a text beside it, and one in another; and of a report of apport."""
    sample = core(*CORES["i386"])

    def tar(*members):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
            for name, data in members:
                member = tarfile.TarInfo(name)
                member.size = len(data)
                archive.addfile(member, io.BytesIO(data))
        whole = out.getvalue().rstrip(b"\0")
        return whole + bytes(-len(whole) % 512 + 1024)

    def zip_of(*members):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in members:
                archive.writestr(zipfile.ZipInfo(name), data)
        return out.getvalue()

    def cpio(*members):
        out = b""
        for name, data in members + (("TRAILER!!!", b""),):
            fields = (0, 0o100644, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0)
            head = b"070701" + b"".join(b"%08x" % field for field in fields) + name.encode() + b"\0"
            out += head + bytes(-len(head) % 4) + data + bytes(-len(data) % 4)
        return out

    members = (("a/core.4242", sample), ("a/core.4242.maps", TEXTS["proc_maps"].encode()))
    yield "tar", tar(*members)
    yield "tar_gz", gzip.compress(tar(*members), mtime=0)
    yield "zip", zip_of(*members)
    yield "cpio", cpio(*members)
    yield "nested", zip_of(("inner.tar.gz", gzip.compress(tar(*members), mtime=0)), ("../core\x1b.1", sample))
    lines = b"".join(b" " + base64.b64encode(piece) + b"\n" for piece in (gzip.compress(sample, mtime=0),))
    yield "apport", b"ProblemType: Crash\nExecutablePath: /bin/a\nProcStatus:\n Pid:\t7\nCoreDump: base64\n" + lines


def readers():
    """(kind, case, text) of the rows of formats.def: the three shortest samples of each, at most 4 KiB; ELF cores have none."""
    with open(os.path.join(SAMPLES, "..", "formats", "formats.def"), encoding="ascii") as table:
        rows = re.findall(r"^INQ_FORMAT\((\w+)\)", table.read(), re.M)
    for kind in (row.replace("_", "-") for row in rows):
        found = glob.glob(os.path.join(SAMPLES, kind, "*.in"))
        if not found:
            yield kind, "x86_64", core(*CORES["x86_64"])
        for path in sorted(found, key=lambda path: (os.path.getsize(path), path))[:3]:
            with open(path, "rb") as file:
                yield kind, os.path.basename(path).removesuffix(".in"), file.read(4096)


def corpora():
    x86_64 = CORES["x86_64"]
    sample = core(*x86_64)
    yield from (("formats", name, core(*row)) for name, row in CORES.items())
    yield from (("formats", name, text.encode()) for name, text in TEXTS.items())
    yield "formats", "two_listings", (TEXTS["mdb"] + "\n\n" + TEXTS["proc_maps"].replace("\n", "\r\n")).encode()
    yield "formats", "packed", gzip.compress(sample, mtime=0)
    for name in ("x86_64", "i386", "s390x", "sparc"):
        yield "elf", name, core(*CORES[name])
        yield "objects", name, image(CORES[name][0])
    for name in ("x86_64", "i386", "s390x"):
        for gnu in (False, True):
            elf = CORES[name][0]
            yield "objects", name + ("_gnu_hash" if gnu else "_hash"), image(elf, hashes=[hash_table(elf, gnu)])
    for name in ("x86_64", "i386", "aarch64"):
        yield "symbols", name, tables(CORES[name][0])
        yield "symbols", name + "_symtab", image(CORES[name][0])
        yield "types", name, typed(CORES[name][0])
        yield "types", name + "_ctf", solaris_types(CORES[name][0])
        for size in (1 << 24, 1 << 30):
            yield "keep", f"{name}_{size >> 20}", core(*CORES[name], size)
    for name, registers in (("x86_64", ((144, 0x7ff00000), (240, 0x10000100), (264, 0x7ff00000))),
                            ("i386", ((92, 0x7ff00000), (120, 0x10000100), (132, 0x7ff00000)))):
        yield "pages", name, core(*CORES[name], place=16384, registers=registers)
        yield "pages", name + "_torn", core(*CORES[name], place=10000, registers=registers)
    yield from (("archive", name, data) for name, data in packed_members())
    yield from (("line", name, data) for name, data in lines())
    yield "unpack", "gzip", gzip.compress(sample, mtime=0)
    yield "unpack", "gzip_twice", gzip.compress(b"one", mtime=0) + gzip.compress(b"two", mtime=0) + bytes(9)
    yield "unpack", "xz", lzma.compress(sample, preset=0)
    yield "unpack", "bzip2", bz2.compress(sample, 1) + b"garbage"
    yield "unpack", "zstd", bytes.fromhex("502a4d180300000078797a") + ZSTD + ZSTD
    yield "unpack", "lz4", LZ4 + LZ4
    yield "unpack", "utf16", "\ufeffhello, core \U0001f600\n".encode("utf-16-le") + b"\x00\xd8a"
    for index, (name, big, word) in enumerate((("x86_64", False, 8), ("i386", False, 4), ("aarch64", False, 8))):
        yield "cfi", name, bytes([index]) + frames(big, word)
    yield "cfi", "sparcv9", bytes([7]) + frames(True, 8)
    yield "cfi", "expression", bytes([0, 0]) + bytes.fromhex("770877003f1a3b2a33242206281f0096")
    yield from (("dwarf", name, data) for name, data in dwarf_sections.corpus())
    for index in range(12):
        yield "unwind", f"machine{index}", stack(index)
    yield "ehabi", "index", exception_index()
    for index, (name, code) in enumerate(CODE.items()):
        yield "code", name, bytes([index, len(bytes.fromhex(code)), 0]) + bytes.fromhex(code)
    yield "code", "x86_vector_map", bytes.fromhex("000500c4e77d10c0")  # a map that there is not
    for index in range(13):
        yield "heap", f"whole{index}", bytes([index])
        yield "heap", f"damaged{index}", heap(index)
    yield "jvm", "counters", bytes(1) + counters()
    for index in range(3):
        yield "jvm", f"whole{index}", bytes([index + 3, 0])
        yield "jvm", f"changed{index}", bytes([index + 3]) + b"".join(
            struct.pack("<IQ", 0x10000 + 64 * i + 8 * index, (0, 2**64 - 1, 0xe0000000, 0x7f0000010000)[i % 4])
            for i in range(40))
    for kind, case, data in readers():
        yield f"reader_{kind}", case, data
    date = b"Timestamp: 2021-01-01 00:00:00+0"
    yield "reader_tombstone", "zone_cut", date + b"\npid: 1, tid: 1, name: a >>> a <<<\n" + date
    yield "reader_vmstat", "short_row", b" r b w sr swap free\n 0 0 0 5\n" * 3
    for index in range(5):
        yield "handler", f"machine{index}", handler(index)


def main():
    for target, name, data in corpora():
        folder = os.path.join(HERE, target)
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Small sections of debug information for fuzz_dwarf.c, made up here. Layouts: DWARF 5, 6.2.4, 7.5, 7.25 to 7.29; DWARF 4 for
the older ones; 7.3.5.3 for a package's index."""
import struct

SECTIONS = ("info", "types", "abbrev", "aranges", "line", "str", "line_str", "str_offsets", "addr", "ranges", "rnglists",
            "loc", "loclists", "cu_index", "tu_index")
STRINGS = b"main\0inner\0unit.c\0/src\0_Z5outerv\0count\0"
UNIT, BASE, FUNCTION, BLOCK, INLINED, VARIABLE, ABSTRACT = range(1, 8)


def uleb(value):
    out = b""
    while value > 0x7f:
        out, value = out + bytes([value & 0x7f | 0x80]), value >> 7
    return out + bytes([value])


class Writer:
    """The sections of one unit, in one version, byte order and word size."""

    def __init__(self, version, big=False, word=8, wide=False):
        self.version, self.order, self.word, self.wide = version, ">" if big else "<", word, wide
        self.flags = (1 if big else 0) | (2 if word == 4 else 0)

    def pack(self, layout, *values):
        layout = layout.replace("W", "Q" if self.word == 8 else "I").replace("O", "Q" if self.wide else "I")
        return struct.pack(self.order + layout, *values)

    def sized(self, data):
        return (self.pack("IQ", 0xffffffff, len(data)) if self.wide else self.pack("I", len(data))) + data

    @staticmethod
    def abbreviations(rows):
        out = b""
        for code, (tag, children, specs) in enumerate(rows, 1):
            out += uleb(code) + uleb(tag) + bytes([children])
            for spec in specs:
                out += b"".join(uleb(number) for number in spec)
            out += b"\0\0"
        return out + b"\0"

    def unit(self, kind, body, extra=b""):
        if self.version >= 5:
            header = self.pack("HBBO", 5, kind, self.word, 0) + extra
        else:
            header = self.pack("HOB", self.version, 0, self.word) + extra
        return self.sized(header + body)

    def aranges(self):
        header = self.pack("HOBB", 2, 0, self.word, 0)
        used = len(header) + (12 if self.wide else 4)
        return self.sized(header + bytes(-used % (2 * self.word)) + self.pack("WWWW", 0x1000, 0x80, 0, 0))

    def line(self):
        program = b"\0" + bytes([self.word + 1, 2]) + self.pack("W", 0x1000) + bytes.fromhex("0505010320f24b0204")
        program += bytes.fromhex("0300083a") + b"\x09" + self.pack("H", 16) + bytes.fromhex("000101")
        head = bytes([1]) + (bytes([1]) if self.version >= 4 else b"") + bytes([1, 0xfb, 14, 13])
        head += bytes([0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1])
        if self.version >= 5:
            head += bytes([1, 1, 0x1f, 2]) + self.pack("OO", 0, 5)
            head += bytes([3, 1, 0x1f, 2, 0x0b, 5, 0x1e, 2]) + 2 * (self.pack("OB", 5, 1) + bytes(16))
        else:
            head += b"sub\0\0" + b"unit.c\0\1\2\3" + b"other.h\0\0\0\0" + b"\0"
        version = self.pack("HBB", 5, self.word, 0) if self.version >= 5 else self.pack("H", self.version)
        return self.sized(version + self.pack("O", len(head)) + head + program)


def whole(version, **options):
    """A function with a block and an inlined one, in ranges and location lists."""
    w = Writer(version, **options)
    new = version >= 5
    sec = 0x17 if version >= 4 else 0x06
    rows = [(0x11, 1, [(0x03, 0x0e), (0x1b, 0x08), (0x10, sec), (0x11, 0x01), (0x12, 0x01)]),
            (0x24, 0, [(0x03, 0x08), (0x0b, 0x0b), (0x3e, 0x0b)]),
            (0x2e, 1, [(0x03, 0x0e), (0x6e, 0x08), (0x11, 0x01), (0x12, 0x07), (0x40, 0x0a), (0x01, 0x13)]),
            (0x0b, 1, [(0x55, 0x23 if new else sec)]),
            (0x1d, 0, [(0x31, 0x13), (0x11, 0x01), (0x12, 0x06), (0x58, 0x21, 1) if new else (0x58, 0x0b),
                       (0x59, 0x05)]),
            (0x34, 0, [(0x03, 0x08), (0x49, 0x15), (0x02, 0x22 if new else sec)]),
            (0x2e, 0, [(0x03, 0x08), (0x20, 0x0c), (0x1c, 0x0d)])]
    head = (12 if w.wide else 4) + len(w.unit(1, b"")) - (12 if w.wide else 4)
    body = uleb(UNIT) + w.pack("O", 11) + b"/src\0" + w.pack("O" if version >= 4 else "I", 0)
    body += w.pack("WW", 0x1000, 0x1080)
    base = head + len(body)
    body += uleb(BASE) + b"int\0\4\5"
    abstract = head + len(body)
    body += uleb(ABSTRACT) + b"inner\0\1\x7f"
    body += uleb(FUNCTION) + w.pack("O", 0) + b"_Z5outerv\0" + w.pack("WQ", 0x1000, 0x60) + b"\1\x9c" + w.pack("I", 0)
    body += uleb(BLOCK) + (uleb(0) if new else w.pack("O" if version >= 4 else "I", 0))
    body += uleb(INLINED) + w.pack("IW", abstract, 0x1010) + w.pack("I", 0x20) + (b"" if new else b"\1")
    body += w.pack("H", 7)
    body += uleb(VARIABLE) + b"count\0" + uleb(base) + (uleb(0) if new else w.pack("O" if version >= 4 else "I", 0))
    sections = {"info": w.unit(1, body + bytes(3)), "abbrev": w.abbreviations(rows), "aranges": w.aranges(),
                "line": w.line(), "str": STRINGS, "line_str": b"/src\0unit.c\0"}
    if new:
        lists = bytes([4, 0, 0x40, 5]) + w.pack("W", 0x1000) + bytes([6]) + w.pack("WW", 0x1000, 0x1008) + bytes([0])
        places = bytes([4, 0, 0x40, 1, 0x50, 5, 2, 0x91, 0x70, 8]) + w.pack("W", 0x1000) + bytes([4, 1, 0x51, 0])
        table = w.pack("HBBI", 5, w.word, 0, 1) + w.pack("O", 8 if w.wide else 4)
        sections.update(rnglists=w.sized(table + lists), loclists=w.sized(table + places))
    else:
        most = (1 << 8 * w.word) - 1
        sections["ranges"] = w.pack("WWWWWW", 0, 0x40, most, 0x2000, 0, 8) + w.pack("WW", 0, 0)
        sections["loc"] = w.pack("WWH", 0, 0x40, 1) + b"\x50" + w.pack("WW", 0, 0)
    return w, sections


def split(version):
    """A skeleton and its split unit in one: the fuzz target gives the same sections to both files."""
    w = Writer(version)
    new = version >= 5
    name, base, text, address = (0x76, 0x73, 0x25, 0x29) if new else (0x2130, 0x2133, 0x1f02, 0x1f01)
    rows = [(0x4a if new else 0x11, 1, [(0x11, 0x01), (0x12, 0x06), (name, 0x08), (base, 0x17)] +
             ([] if new else [(0x2131, 0x07)])),
            (0x2e, 0, [(0x03, text), (0x11, address), (0x12, 0x0f)])]
    index = (lambda number: bytes([number]))
    ident = 0x1122334455667788
    body = uleb(1) + w.pack("QI", 0x1000, 0x80) + b"a.dwo\0" + w.pack("I", 8 if new else 0)
    body += b"" if new else w.pack("Q", ident)
    body += uleb(2) + index(1) + index(0) + uleb(0x40) + b"\0"
    extra = w.pack("Q", ident) if new else b""
    unit = w.unit(4, body, extra) + w.unit(5, body, extra)
    offsets = w.pack("II", 0, 5)
    addresses = w.pack("QQ", 0x1000, 0x1040)
    return w, {"info": unit, "abbrev": w.abbreviations(rows), "aranges": w.aranges(), "str": STRINGS,
               "str_offsets": w.sized(w.pack("HH", 5, 0) + offsets) if new else offsets,
               "addr": w.sized(w.pack("HBB", 5, 8, 0) + addresses) if new else addresses}


def package():
    """A split unit and the index that leads to it. Columns: info, abbrev, str_offsets; slot 1 of 2 is used."""
    w, sections = split(5)
    index = w.pack("HHIII", 5, 0, 3, 1, 2) + w.pack("QQ", 0x1122334455667788, 0) + w.pack("II", 1, 0)
    index += w.pack("III", 1, 3, 6) + w.pack("III", len(sections["info"]) // 2, 0, 0) + w.pack("III", 99, 99, 99)
    return w, dict(sections, cu_index=index)


def types(version):
    """A type unit by its signature, and strings and entries of an alternate file."""
    w = Writer(version)
    rows = [(0x41, 1, [(0x03, 0x1f21)]), (0x13, 0, [(0x03, 0x08), (0x0b, 0x0b), (0x49, 0x20), (0x31, 0x1f20)])]
    body = uleb(1) + w.pack("I", 0) + uleb(2) + b"s\0\4" + w.pack("QI", 0x1234, 40) + b"\0"
    unit = w.unit(2, body, w.pack("QI", 0x1234, 24 + 5))
    return w, {"info" if version >= 5 else "types": unit, "abbrev": w.abbreviations(rows), "str": STRINGS}


def bare():
    """Entries without attributes."""
    w = Writer(5)
    return w, {"info": w.unit(1, uleb(1) + uleb(2) + uleb(2) + b"\0"), "aranges": w.aranges(),
               "abbrev": w.abbreviations([(0x11, 1, []), (0x2e, 0, [])])}


def typed(word):
    """A function with parameters of several types, which calls itself; and a static variable. The locations: of the frame, a
    register, a value at entry, a vector register in pieces."""
    w = Writer(5, word=word)
    refer = (0x49, 0x11)  # DW_AT_type, DW_FORM_ref1
    rows = [(0x11, 1, [(0x11, 0x01), (0x12, 0x06)]),
            (0x24, 0, [(0x03, 0x08), (0x0b, 0x0b), (0x3e, 0x0b)]),
            (0x0f, 0, [refer]),
            (0x13, 1, [(0x03, 0x08), (0x0b, 0x0b)]),
            (0x0d, 0, [(0x03, 0x08), refer, (0x38, 0x0b)]),
            (0x0d, 0, [(0x03, 0x08), refer, (0x0d, 0x0b), (0x6b, 0x0b)]),
            (0x01, 1, [refer]),
            (0x21, 0, [(0x37, 0x0b)]),
            (0x04, 1, [(0x03, 0x08), (0x0b, 0x0b)]),
            (0x28, 0, [(0x03, 0x08), (0x1c, 0x0d)]),
            (0x34, 0, [(0x03, 0x08), refer, (0x02, 0x18)]),
            (0x2e, 1, [(0x03, 0x08), (0x11, 0x01), (0x12, 0x0b), (0x40, 0x18), refer]),
            (0x05, 0, [(0x03, 0x08), refer, (0x02, 0x18)]),
            (0x48, 1, [(0x7d, 0x01), (0x7f, 0x13)]),
            (0x49, 0, [(0x02, 0x18), (0x7e, 0x18)]),
            (0x0f, 0, [])]
    place = {}
    head = len(w.unit(1, b""))
    body = uleb(1) + w.pack("WI", 0x1000, 0x80)

    def add(code, data, name=None):
        nonlocal body
        if name:
            place[name] = head + len(body)
        body += uleb(code) + data

    def block(*parts):
        data = b"".join(parts)
        return uleb(len(data)) + data

    add(2, b"int\0\4\5", "int")
    add(2, b"char\0\1\6", "char")
    add(2, b"double\0\x08\4", "double")
    add(3, bytes([place["char"]]), "text")
    add(16, b"", "void *")
    add(9, b"colour\0\4", "enum")
    add(10, b"RED\0\0")
    add(10, b"BLUE\0\x7e")
    body += b"\0"
    add(7, bytes([place["int"]]), "array")
    add(8, b"\2")
    add(8, b"\3")
    body += b"\0"
    add(4, b"slot\0\x30", "struct")
    add(5, b"key\0" + bytes([place["int"], 0]))
    add(6, b"bits\0" + bytes([place["int"], 3, 33]))
    add(5, b"rows\0" + bytes([place["array"], 8]))
    add(5, b"name\0" + bytes([place["text"], 32]))
    body += b"\0"
    add(3, bytes([place["struct"]]), "slot *")
    add(11, b"ring\0" + bytes([place["struct"]]) + block(b"\3", w.pack("W", 0x40)))
    add(12, b"walk\0" + w.pack("W", 0x1000) + b"\x80" + block(b"\x77\0") + bytes([place["int"]]), "function")
    for name, kind, where in ((b"slot", "slot *", b"\x91\0"), (b"text", "text", b"\x55"), (b"ratio", "double", b"\x61"),
                              (b"count", "int", b"\xa3\1\x54\x9f"), (b"colour", "enum", b"\x9e\4\xfe\xff\xff\xff"),
                              (b"whole", "struct", b"\x50\x93\x08\x61\x93\x08\x70\0\x93\x20")):
        add(13, name + b"\0" + bytes([place[kind]]) + block(where))
    add(14, w.pack("WI", 0x101a, place["function"]))
    add(15, block(b"\x54") + block(b"\xa3\1\x54"))
    body += b"\0\0\0"
    return {"info": w.unit(1, body), "abbrev": w.abbreviations(rows), "aranges": w.aranges()}


def serialise(made):
    writer, sections = made
    out = bytes([writer.flags])
    for name, data in sections.items():
        out += bytes([SECTIONS.index(name)]) + writer.pack("H", len(data)) + data
    return out


def corpus():
    for version in (2, 3, 4, 5):
        yield f"version{version}", serialise(whole(version))
    yield "big_narrow4", serialise(whole(4, big=True, word=4))
    yield "big_narrow5", serialise(whole(5, big=True, word=4))
    yield "wide5", serialise(whole(5, wide=True))
    for version in (4, 5):
        yield f"split{version}", serialise(split(version))
        yield f"types{version}", serialise(types(version))
    yield "bare", serialise(bare())
    yield "package", serialise(package())

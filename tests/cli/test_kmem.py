#!/usr/bin/env python3
"""`inquest kmem`: the original tables, whose sums are known, and tables written here in every form that mdb has had. What is
expected is arithmetic on the text or on the numbers that it was written from."""
import json
import os
import random
import re
import subprocess
import sys
import tempfile
from pathlib import Path

INQUEST = os.environ["INQUEST"]
DATA = Path(os.environ["SOURCE_DIR"]) / "testdata"
WORK = Path(tempfile.mkdtemp(prefix="inquest-kmem-"))
chance = random.Random(11)


def kmem(*texts, status=0):
    """The JSON document of `texts`: files, or their contents."""
    paths = []
    for i, text in enumerate(texts):
        path = text if isinstance(text, Path) else WORK / f"{i}.txt"
        if not isinstance(text, Path):
            path.write_text(text)
        paths.append(str(path))
    done = subprocess.run([INQUEST, "kmem", "--json", *paths], capture_output=True, text=True, check=False)
    assert done.returncode == status, (done.returncode, done.stderr, texts)
    return json.loads(done.stdout) if done.stdout else None


def findings(document):
    return {finding["id"]: finding for finding in document["findings"]}


def failed(document):
    return [check["what"] for check in document["checks"] if not check["ok"]]


def original_tables():
    memstat = kmem(DATA / "memstat" / "opensolaris-2009.06.in")["memstat"][0]
    assert memstat["page_size"] == 4096 and memstat["total"]["pages"] == 521806
    assert sum(row["pages"] for row in memstat["rows"]) == 521806 and memstat["physical"]["pages"] == 521805
    assert [row["bytes"] for row in memstat["rows"] if row["name"] == "Kernel"] == [132109 * 4096]
    solaris9 = kmem(DATA / "memstat" / "solaris-9.in")
    assert len(solaris9["memstat"][0]["rows"]) == 6 and not failed(solaris9)
    document = kmem(DATA / "kmastat" / "opensolaris-2009.06.in")
    table = document["kmastat"][0]
    assert len(table["caches"]) == 372 and sum(cache["memory"] for cache in table["caches"]) == 1225142592
    assert len(table["arena_totals"]) == 13 and sum(arena["memory"] for arena in table["arena_totals"]) == 1225142592
    assert not failed(document)
    tree = {row["name"]: row for row in table["vmem"]}
    assert tree["vmem_seg"]["parent"] == "vmem_metadata" and tree["vmem_metadata"]["parent"] == "heap"
    assert "parent" not in tree["heap"] and tree["kmem_default"]["depth"] == 2
    idle = [holder for holder in document["holders"] if holder["name"] == "zio_buf_14336"][0]
    cache = [cache for cache in table["caches"] if cache["name"] == "zio_buf_14336"][0]
    assert idle["idle"] == cache["memory"] - cache["in_use"] * 14336


def kstat_tells_of_shortage():
    kstat = (DATA / "kstat" / "system_pages.in").read_text()
    assert findings(kmem(kstat))["shortage"]["text"] == "memory is not short"
    short = re.sub(r"(freemem\s+)\d+", r"\g<1>3000", kstat)
    told = findings(kmem(short))["shortage"]
    assert "desfree" in told["text"] and told["confidence"] == "certain", told
    lines = [f"unix:0:system_pages:{name}\t{value}" for name, value in re.findall(r"^\s+(\w+)\s+(\S+)$", kstat, re.M)]
    parseable = kmem("\n".join(lines) + "\n")
    assert parseable["kstat"][0]["values"]["lotsfree"] == 8002, parseable["kstat"]


def classic(rows, page, physical=None):
    text = ["Page Summary                Pages                MB  %Tot",
            "------------     ----------------  ----------------  ----"]
    total = sum(pages for _, pages in rows)
    for name, pages in rows:
        percent = (5 * total + 1000 * pages) // (10 * (physical or total))
        text.append(f"{name:<17}{pages:>16}  {pages * page >> 20:>16}  {percent:>3}%")
    text += ["", f"Total            {total:>16}  {total * page >> 20:>16}"]
    if physical:
        text.append(f"Physical         {physical:>16}  {physical * page >> 20:>16}")
    return "\n".join(text) + "\n"


def random_rows():
    names = ["Kernel", "Boot pages", "ZFS File Data", "VMM Memory", "Anon", "Exec and libs", "Page cache",
             "Free (cachelist)", "Free (freelist)"]
    return [(name, chance.randrange(1, 1 << chance.randrange(12, 28))) for name in names]


def written_memstats():
    for page in (4096, 8192):
        rows = random_rows()
        text = classic(rows, page, physical=sum(pages for _, pages in rows) - 1)
        spoiled = (text, "\n".join("> " + line for line in text.splitlines()) + "\n", text.replace("\n", "\r\n"),
                   "machine# echo ::memstat | mdb -k\n" + text + "\nmachine# \n",
                   "\n".join(line for line in text.splitlines() if line) + "\n",
                   re.sub(r"  +(?=[0-9])", " ", text), text.replace("  4%", "  4%   <- look at this"))
        for variant in spoiled:
            document = kmem(variant)
            table = document["memstat"][0]
            assert [(row["name"], row["pages"]) for row in table["rows"]] == rows, variant
            assert table["page_size"] == page and not failed(document), (variant, failed(document))


def human(size):
    """Solaris 11: one decimal, cut off; k, M, G, T."""
    for unit, letter in ((1 << 40, "T"), (1 << 30, "G"), (1 << 20, "M"), (1 << 10, "k")):
        if size >= unit:
            whole = size / unit
            return f"{int(whole)}{letter}" if whole >= 1000 or letter == "k" else f"{int(whole * 10) / 10}{letter}"
    return str(size)


def solaris_11():
    rows = [("Kernel", 300000), ("Defdump prealloc", 40000), ("ZFS Metadata", 12345), ("ZFS File Data", 600001),
            ("Anon", 200000), ("Exec and libs", 3000), ("Page cache", 9000), ("Free (cachelist)", 77),
            ("Free (freelist)", 1000000)]
    total = sum(pages for _, pages in rows)
    for width in (17, 28):
        text = f"{'Page Summary':<{width}}           Pages             Bytes  %Tot\n"
        text += "".join(f"{name:<{width}}{pages:>16}  {human(pages * 8192):>16}  {round(100 * pages / total):>3}%\n"
                        for name, pages in rows)
        text += f"{'Total':<{width}}{total:>16}  {human(total * 8192):>16}\n"
        table = kmem(text)["memstat"][0]
        assert [(row["name"], row["pages"]) for row in table["rows"]] == rows
        assert table["page_size"] == 8192 and table["total"]["bytes"] == total * 8192, table


def solaris_11_4():
    text = """Usage Type/Subtype                      Pages    Bytes  %Tot  %Tot/%Subt
---------------------------- ---------------- -------- ----- -----------
Kernel                                 100000     781m 10.0%
  Regular Kernel                        90000     703m        9.0%/90.0%
  ZFS ARC Fragmentation                 10000    78.1m        1.0%/10.0%
User/Anon                              400000    3.05g 40.0%
Free                                   500000    3.81g 50.0%
Total                                 1000000    7.62g  100%
"""
    document = kmem(text)
    table = document["memstat"][0]
    assert [row["depth"] for row in table["rows"]] == [0, 1, 1, 0, 0] and table["page_size"] == 8192
    assert not failed(document), failed(document)
    assert "the parts of Kernel add up to it" in [check["what"] for check in document["checks"]]
    wrong = kmem(text.replace("  90000 ", "  80000 "))
    assert failed(wrong) == ["the parts of Kernel add up to it"] and "inconsistent" in findings(wrong)


def figures_that_do_not_fit():
    rows = random_rows()
    text = classic(rows, 4096)
    wrong = kmem(text.replace(str(rows[4][1]), str(rows[4][1] + 100000), 1))
    assert "the categories' pages add up to Total" in failed(wrong)
    evidence = " ".join(findings(wrong)["inconsistent"]["evidence"])
    total = sum(pages for _, pages in rows)
    assert str(total) in evidence and str(total + 100000) in evidence, evidence
    negative = kmem(re.sub(r"(Free \(freelist\)\s+)\d+\s+\d+", r"\g<1>18446744073709539318  17592186044319", text))
    assert [row["pages"] for row in negative["memstat"][0]["rows"] if row.get("wrapped")] == [0]
    cut = kmem("\n".join(text.splitlines()[:6]) + "\n", status=3)
    assert cut["partial"] and len(cut["memstat"][0]["rows"]) == 4


def kmastat_text(caches, tree, letter):
    shift = {"": 0, "B": 0, "K": 10, "M": 20, "G": 30}[letter]
    text = ["cache                        buf    buf    buf    memory     alloc alloc",
            "name                        size in use  total    in use   succeed  fail",
            "------------------------- ------ ------ ------ ---------- --------- -----"]
    sums = {}
    for name, size, used, total, memory, succeed, fail, arena in caches:
        text.append(f"{name:<25} {size:6} {used:6} {total:6} {memory >> shift:9}{letter} {succeed:9} {fail:5} ")
        before = sums.get(arena, (0, 0, 0))
        sums[arena] = (before[0] + memory, before[1] + succeed, before[2] + fail)
    text.append(text[2])
    for arena, (memory, succeed, fail) in sums.items():
        text.append(f"{'Total [' + arena + ']':<17} {'':6} {'':6} {'':6} {memory >> shift:9}{letter} {succeed:9} {fail:5} ")
    text += [text[2], "", "vmem                         memory     memory    memory     alloc alloc",
             "name                         in use      total    import   succeed  fail",
             "------------------------- ---------- ----------- ---------- --------- -----"]
    for name, depth, used, total, imported in tree:
        label = " " * 4 * depth + name
        text.append(f"{label:<25} {used >> shift:9}{letter} {total >> shift:10}{letter} {imported >> shift:9}{letter} "
                    f"{7:9} {0:5} ")
    return "\n".join(text) + "\n"


def random_caches():
    rows = []
    for i in range(40):
        size = 8 << chance.randrange(0, 14)
        total = chance.randrange(1, 3000000)
        memory = (size * total + 4095) // 4096 * 4096
        name = chance.choice(["zio_buf_", "streams_dblk_", "a_cache_whose_name_is_far_longer_", "odd name "]) + str(i)
        rows.append((name, size, chance.randrange(0, total + 1), total, memory, total * 3, i % 7 == 0, f"arena{i % 3}"))
    return rows


def written_kmastats():
    caches = random_caches()
    tree = [("heap", 0, 900 << 20, 4 << 40, 0), ("kmem_va", 1, 800 << 20, 800 << 20, 800 << 20),
            ("kmem_default", 2, 799 << 20, 799 << 20, 799 << 20), ("segkp", 0, 5 << 20, 1 << 31, 0)]
    for letter in ("", "B", "K", "M"):
        unit = {"": 1, "B": 1, "K": 1 << 10, "M": 1 << 20}[letter]
        text = kmastat_text(caches, tree, letter)
        for variant in (text, "> " + text.replace("\n", "\n> "), "    " + text.replace("\n", "\n    ")):
            document = kmem(variant)
            table = document["kmastat"][0]
            got = [(c["name"], c["size"], c["in_use"], c["total"], c["memory"]) for c in table["caches"]]
            assert got == [(c[0], c[1], c[2], c[3], c[4] // unit * unit) for c in caches], (letter, variant[:200])
            assert [(v["name"], v["depth"], v.get("parent")) for v in table["vmem"]] == [
                ("heap", 0, None), ("kmem_va", 1, "heap"), ("kmem_default", 2, "kmem_va"), ("segkp", 0, None)]
            assert "the caches' memory adds up to the arenas' totals" not in failed(document), letter
        assert "allocation-failures" in findings(kmem(text))
    lines = kmastat_text(caches, tree, "B").splitlines()
    without = kmem("\n".join(lines[:10] + lines[11:]) + "\n")
    assert len(without["kmastat"][0]["caches"]) == 39
    assert "the caches' memory adds up to the arenas' totals" in failed(without)


def anyhow(text):
    """The document of a spoiled text, whether it is read whole (0) or in part (3), and what was said of it."""
    path = WORK / "spoiled.txt"
    path.write_text(text)
    done = subprocess.run([INQUEST, "kmem", "--json", str(path)], capture_output=True, text=True, check=False)
    assert done.returncode in (0, 3), (done.returncode, done.stderr, text)
    document = json.loads(done.stdout)
    return document, bool(done.stderr) or bool(failed(document))


def wrapped(line):
    """A line that a terminal of 40 columns broke between two words."""
    at = line.rfind(" ", 0, 40)
    return [line] if at < 1 or not line[:at].strip() or len(line) < 40 else [line[:at], line[at + 1:]]


def without_any_line_of_memstat():
    rows = random_rows()
    lines = classic(rows, 4096, physical=sum(pages for _, pages in rows) - 1).splitlines()
    for gone in range(len(lines)):
        document, told = anyhow("\n".join(lines[:gone] + lines[gone + 1:]) + "\n")
        left = [row for row in rows if not lines[gone].startswith(row[0] + " ")]
        got = [(row["name"], row["pages"]) for row in document["memstat"][0]["rows"]]
        assert got == left, (lines[gone], got)
        nothing_lost = not lines[gone].strip() or lines[gone].startswith(("---", "Physical"))
        assert told or nothing_lost, lines[gone]
    broken, told = anyhow("\n".join(lines[:6] + wrapped(lines[6] + "   <- look here") + lines[7:]) + "\n")
    assert len(broken["memstat"][0]["rows"]) >= len(rows) - 1, broken["memstat"]


def without_any_line_of_kmastat():
    caches = random_caches()[:12]
    tree = [("heap", 0, 900 << 20, 4 << 40, 0), ("kmem_va", 1, 800 << 20, 800 << 20, 800 << 20),
            ("kmem_default", 2, 799 << 20, 799 << 20, 799 << 20), ("segkp", 0, 5 << 20, 1 << 31, 0)]
    lines = kmastat_text(caches, tree, "B").splitlines()
    for gone in range(len(lines)):
        document, told = anyhow("\n".join(lines[:gone] + lines[gone + 1:]) + "\n")
        table, line = document["kmastat"][0], lines[gone]
        names = [cache[0] for cache in caches if not line.startswith(cache[0] + " ")]
        assert [cache["name"] for cache in table["caches"]] == names, line
        arenas = [row for row in lines if row.startswith("Total") and row != line]
        assert len(table["arena_totals"]) == len(arenas), line
        left = [row[0] for row in tree if line.split()[:1] != [row[0]]]
        assert [row["name"] for row in table["vmem"]] == left, line
        is_row = len(names) < len(caches) or line.startswith("Total")
        assert told or not is_row, line


def tables_of_one_machine():
    document = kmem(DATA / "memstat" / "opensolaris-2009.06.in", DATA / "kmastat" / "opensolaris-2009.06.in")
    heap, core, segkp = 574271488, 3092480, 15523840  # the rows of the text
    share = round(100 * (heap + core + segkp) / (132109 * 4096))
    assert f"{share} %" in findings(document)["explained"]["text"], findings(document)["explained"]


def page_scanner():
    text = """ kthr      memory            page            disk          faults      cpu
 r b w   swap  free  re  mf pi po fr de sr cd s0 -- --   in   sy   cs us sy id
 0 0 0 1000000 500000 1 20 0  0  0  0  0  1  0  0  0  400  500  300  1  1 98
 3 0 0 900000  8000  1 20 0 90 99  0 4321 1  0  0  0  400  500  300  1  9 90
"""
    document = kmem(text)
    assert [row["scan_rate"] for row in document["vmstat"]] == [0, 4321]
    assert document["vmstat"][1]["free"] == 8000 * 1024
    assert "4321" in findings(document)["scanning"]["evidence"][0]
    paging = """     memory           page          executable      anonymous      filesystem
   swap  free  re  mf  fr  de  sr  epi  epo  epf  api  apo  apf  fpi  fpo  fpf
 2000000 70000 10 20    5   0  17    0    0    0    0    0    0    0    0    0
"""
    assert kmem(paging)["vmstat"][0]["scan_rate"] == 17


def in_a_report():
    path = DATA / "memstat" / "opensolaris-2009.06.in"
    out = subprocess.run([INQUEST, "report", str(path)], capture_output=True, text=True, check=True).stdout
    words = " ".join(out.split())
    assert "They tell of no process" in words and "2,038 MiB of memory, 751.3 MiB of it free" in words, out
    assert "memory is not short (likely)" in words, out


def no_table():
    path = WORK / "map.txt"
    path.write_text("00400000-00401000 r-xp 00000000 00:00 0 /bin/x\n")
    done = subprocess.run([INQUEST, "kmem", str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "no table" in done.stderr, done


for test in (original_tables, kstat_tells_of_shortage, written_memstats, solaris_11, solaris_11_4,
             figures_that_do_not_fit, written_kmastats, without_any_line_of_memstat, without_any_line_of_kmastat, tables_of_one_machine, page_scanner, in_a_report, no_table):
    try:
        test()
        print(f"ok: {test.__name__}")
    except AssertionError as error:
        print(f"FAIL: {test.__name__}: {str(error)[:1500]}")
        sys.exitcode = 1
subprocess.run(["rm", "-rf", str(WORK)], check=True)
sys.exit(getattr(sys, "exitcode", 0))

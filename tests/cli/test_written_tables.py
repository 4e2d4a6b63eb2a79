#!/usr/bin/env python3
"""`inquest kmem` of ::umastat and kstat that are written here, with numbers by chance, in every form that the tools print
(umem.c of illumos' libumem module; kstat(8)), spoiled as pasting does, and with any line missing. Expected is what was
written."""
import json
import os
import random
import subprocess
import tempfile
from pathlib import Path

INQUEST = os.environ["INQUEST"]
WORK = Path(tempfile.mkdtemp(prefix="inquest-tables-"))
chance = random.Random(5)


def kmem(text):
    """The document, and what was said."""
    path = WORK / "text"
    path.write_text(text, newline="")
    done = subprocess.run([INQUEST, "kmem", "--json", str(path)], capture_output=True, text=True, check=False)
    assert done.returncode in (0, 3), (done.returncode, done.stderr, text)
    return json.loads(done.stdout), done.stderr


def spoiled(text):
    lines = text.splitlines()
    yield text
    yield "\n".join("> " + line for line in lines) + "\n"
    yield "\n".join("    " + line for line in lines) + "\n"
    yield "\n".join("\t" + line for line in lines) + "\n"
    yield "\r\n".join(lines) + "\r\n"
    yield "\ufeff" + text
    yield "[user@host ~]$ show it\n\n" + text + "\n[user@host ~]$ \n"
    yield text.rstrip("\n")


def test_utf16():
    """As PowerShell writes it; a character beyond 16 bits stands in the prompt, and half a character at the end."""
    rows = random_caches()
    text = "host \U0001f600> ::umastat\n" + old_umastat(rows)
    for order in ("le", "be"):
        for end in (b"", b"\n"):
            path = WORK / "wide"
            path.write_bytes(("\ufeff" + text).encode(f"utf-16-{order}") + end)
            done = subprocess.run([INQUEST, "kmem", "--json", str(path)], capture_output=True, text=True, check=False)
            assert done.returncode == 0 and not done.stderr, done
            assert same_caches(json.loads(done.stdout), rows) == rows, done.stdout


def without_each_line(text):
    lines = text.splitlines()
    for gone, line in enumerate(lines):
        yield line, "\n".join(lines[:gone] + lines[gone + 1:]) + "\n"


# ---- ::umastat ----

def human(size):
    """mdb's %H of sizes that it prints whole."""
    for shift, letter in ((30, "G"), (20, "M"), (10, "K")):
        if size >= 1 << shift and not size % (1 << shift):
            return f"{size >> shift}{letter}"
    return str(size)


def random_caches():
    rows = []
    for i in range(12):
        size = 8 << chance.randrange(0, 12)
        total = chance.randrange(1, 900)
        pages = (size * total + 4095) // 4096
        memory = pages * 4096 if pages < 250 else (pages // 256 + 1) << 20
        name = chance.choice(("umem_alloc_", "umem_magazine_", "vmem_seg_cache_with_a_long_name_")) + str(i)
        rows.append({"name": name, "size": size, "in_use": chance.randrange(0, total + 1), "total": total,
                     "memory": memory, "succeed": total * 3, "fail": i % 5})
    return rows


def old_umastat(rows):
    text = ["cache                        buf    buf    buf    memory     alloc alloc",
            "name                        size in use  total    in use   succeed  fail",
            "------------------------- ------ ------ ------ --------- --------- -----"]
    for row in rows:
        text.append(f"{row['name']:<25} {row['size']:6} {row['in_use']:6} {row['total']:6} {row['memory']:9} "
                    f"{row['succeed']:9} {row['fail']:5} ")
    return "\n".join(text) + "\n"


def new_umastat(rows):
    text = ["cache                        buf     buf     buf     buf  memory     alloc alloc",
            "name                        size  in use  in ptc   total  in use   succeed  fail",
            "------------------------- ------ ------- ------- ------- ------- --------- -----"]
    for i, row in enumerate(rows):
        cached = "-" if i % 3 else str(row["cached"])
        text.append(f"{row['name']:<25} {row['size']:6} {row['in_use']:7} {cached:>7} {row['total']:7} "
                    f"{human(row['memory']):>7} {row['succeed']:9} {row['fail']:5}")
    return "\n".join(text) + "\n"


def same_caches(document, rows):
    return [{key: cache[key] for key in row if key in cache or key != "cached"}
            for cache, row in zip(document["kmastat"][0]["caches"], rows)]


def test_umastat():
    for write in (old_umastat, new_umastat):
        for _ in range(3):
            rows = random_caches()
            for i, row in enumerate(rows):
                if write is new_umastat and not i % 3:
                    row["cached"] = i
            for text in spoiled(write(rows)):
                document, said = kmem(text)
                table = document["kmastat"][0]
                assert not said and table["kind"] == "umastat" and len(table["caches"]) == len(rows), (said, text)
                assert same_caches(document, rows) == rows, text


def test_umastat_without_a_line():
    for write in (old_umastat, new_umastat):
        rows = random_caches()
        for row in rows:
            row["cached"] = 1
        for line, text in without_each_line(write(rows)):
            document, _ = kmem(text)
            left = [row["name"] for row in rows if row["name"] != line.split()[0]]
            assert [cache["name"] for cache in document["kmastat"][0]["caches"]] == left, (line, text)


# ---- tables whose top was cut off ----

TOTALS = [("kmem_msb", 4157440, 38142, 0), ("kmem_default", 40726528, 131280, 2), ("umem_default", 8192, 4, 0)]
VMEM = [(0, "heap", 536870912, 1099511627776, 0, 10123, 0), (1, "vmem_metadata", 1327104, 1441792, 1441792, 81, 0),
        (2, "vmem_seg", 1261568, 1261568, 1261568, 77, 0), (0, "static", 0, 0, 0, 0, 0), (0, "segkp", 9437184, 2147483648, 0, 9, 3)]


def totals():
    return "".join(f"Total [{name}]".ljust(17) + " " * 21 + f"{memory:9} {succeed:9} {fail:5} \n"
                   for name, memory, succeed, fail in TOTALS)


def vmem(rows):
    return "".join("    " * depth + name.ljust(25 - 4 * depth) + f" {in_use:9} {total:10} {imported:9} {succeed:9} {fail:5} \n"
                   for depth, name, in_use, total, imported, succeed, fail in rows)


def check_tables(text, caches, kind, tree):
    document, said = kmem(text)
    table = document["kmastat"][0]
    assert len(document["kmastat"]) == 1 and table["kind"] == kind and "missing" in said, (said, text)
    assert [cache["name"] for cache in table.get("caches", ())] == [row["name"] for row in caches], (table, text)
    assert [(row["name"], row["memory"], row["succeed"], row["fail"]) for row in table["arena_totals"]] == \
        (TOTALS if "Total" in text else []), text
    assert [(row["depth"], row["name"], row["in_use"], row["total"], row["import"], row["succeed"], row["fail"])
            for row in table["vmem"]] == tree, (table["vmem"], text)
    if not caches:
        assert not any("totals" in check["what"] for check in document["checks"]), document["checks"]


RULE = "------------------------- ------ ------ ------ --------- --------- -----\n"


def test_tables_without_their_top():
    rows = random_caches()
    for row in rows:
        row["in_use"] = min(row["in_use"], row["total"])
        row["cached"] = 1
    for write, kind in ((old_umastat, "umastat"), (new_umastat, "umastat")):
        body = write(rows).splitlines(keepends=True)[3:]
        for first in (0, 5, len(rows) - 2):
            for text in spoiled("".join(body[first:]) + RULE + totals() + RULE + "\n" + vmem(VMEM)):
                check_tables(text, rows[first:], kind, VMEM)
    kernel = [dict(row, name="zio_buf_" + str(i)) for i, row in enumerate(rows)]
    text = "".join(old_umastat(kernel).splitlines(keepends=True)[5:])
    check_tables(text, kernel[2:], "kmastat", [])
    check_tables(totals().replace("umem", "heap").replace("heap_default", "umem_default"), [], "umastat", [])
    check_tables(vmem(VMEM), [], "kmastat", VMEM)
    check_tables(vmem(VMEM[1:3]), [], "kmastat", [(depth - 1, *rest) for depth, *rest in VMEM[1:3]])


OTHERS = """eth0   1500   0   123   0   0   0
lo    16436   0   456   0   0   0
eth1   1500   0   123   0   0   0
---
kmalloc-64 80 80 244 5 5 1
kmalloc-32 113 113 32 1 1 1
---
sda 10 20 30 40 50 60
sdb 11 21 31 41 51 61
---
heap 10 20 30 40 50
heap 20 10 30 40 50
---
Total 1 2 3
Total [a] 1 2
---
root 4096 1 2 8192 5 6
"""


def test_no_other_table_is_taken():
    for text in OTHERS.split("---\n"):
        path = WORK / "other"
        path.write_text(text)
        done = subprocess.run([INQUEST, "identify", str(path)], capture_output=True, text=True, check=False)
        assert "of no known kind" in done.stdout, (done.stdout, text)


# ---- kstat ----

def random_kstats():
    kstats = []
    for i in range(4):
        values = {f"stat_{k}": chance.choice((0, k, 1 << chance.randrange(1, 64), f"{k}.{chance.randrange(1000):03}", "on"))
                  for k in range(chance.randrange(1, 12))}
        kstats.append({"module": chance.choice(("unix", "zfs", "cpu_info")), "instance": i,
                       "name": chance.choice(("system_pages", "arcstats", "cpu_stat")) + str(i), "class": "misc",
                       "values": values})
    return kstats


def long_kstat(kstats):
    text = ""
    for kstat in kstats:
        text += f"module: {kstat['module']:<30}  instance: {kstat['instance']:<6}\n"
        text += f"name:   {kstat['name']:<30}  class:    {kstat['class']:<30}\n"
        for name, value in kstat["values"].items():
            text += f"\t{name:<30}  {value}\n"
        text += "\n"
    return text


def short_kstat(kstats):
    return "".join(f"{kstat['module']}:{kstat['instance']}:{kstat['name']}:{name}\t{value}\n"
                   for kstat in kstats for name, value in (("class", kstat["class"]), *kstat["values"].items()))


def plain(kstats):
    return [{key: kstat[key] for key in ("module", "instance", "name", "class", "values")} for kstat in kstats]


def test_kstat():
    for write in (long_kstat, short_kstat):
        for _ in range(3):
            kstats = random_kstats()
            for text in spoiled(write(kstats)):
                document, said = kmem(text)
                assert plain(document["kstat"]) == kstats and not said, (said, text)


def test_kstat_without_a_line():
    kstats = random_kstats()
    for line, text in without_each_line(long_kstat(kstats)):
        document, said = kmem(text)
        names = [(kstat["name"], kstat["values"]) for kstat in document["kstat"] if "name" in kstat]
        for kstat in kstats:
            whole = (kstat["name"], kstat["values"]) in names
            hit = kstat["name"] in line.split() or line.split()[:1] in [[name] for name in kstat["values"]]
            assert whole or hit, (line, kstat, document["kstat"])
        assert said or not line.startswith("module:"), line


def main():
    for name, test in list(globals().items()):
        if name.startswith("test_"):
            test()
            print("ok", name)


if __name__ == "__main__":
    main()

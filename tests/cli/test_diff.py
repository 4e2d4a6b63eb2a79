#!/usr/bin/env python3
"""`inquest diff`: maps, smaps, ::kmastat and ::memstat written here, so that what changed is known; the JSON is of its schema."""
import json
import os
import re
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

warnings.filterwarnings("ignore", category=DeprecationWarning)
INQUEST = os.environ["INQUEST"]
SOURCE = Path(os.environ["SOURCE_DIR"])
WORK = Path(tempfile.mkdtemp(prefix="inquest-diff-"))
MIB = 1 << 20


def run(texts, *options, status=0):
    paths = []
    for i, text in enumerate(texts):
        path = WORK / f"{i}.txt"
        path.write_text(text)
        paths.append(str(path))
    done = subprocess.run([INQUEST, "diff", *options, *paths], capture_output=True, text=True, check=False)
    assert done.returncode == status, (done.returncode, done.stderr)
    return done


def diff(texts, *options):
    document = json.loads(run(texts, "--json", *options).stdout)
    validate(document)
    return document


def validate(document):
    try:
        import jsonschema
    except ImportError:
        return
    schemas = {path.name: json.loads(path.read_text()) for path in (SOURCE / "docs" / "schema").glob("*.json")}
    schema = schemas["diff.schema.json"]
    resolver = jsonschema.RefResolver("", schema, store=schemas)
    jsonschema.Draft7Validator(schema, resolver=resolver).validate(document)


def rows(document, level):
    return {row["name"]: row for row in document["rows"] if row["level"] == level}


def findings(document):
    return {finding["id"]: finding for finding in document["findings"]}


def maps(heap, extra=(), library=2):
    lines = ["00400000-00401000 r-xp 00000000 08:01 7 /bin/prog", "00600000-00601000 rw-p 00000000 08:01 7 /bin/prog",
             f"01000000-{0x1000000 + heap:08x} rw-p 00000000 00:00 0 [heap]"]
    lines += [f"7f0000000000-{0x7f0000000000 + library * MIB:x} r-xp 00000000 08:01 9 /lib/libx.so"]
    lines += [f"{start:x}-{start + size:x} rw-p 00000000 00:00 0 " for start, size in extra]
    return "\n".join(lines) + "\n"


def heap_that_grew():
    document = diff([maps(4 * MIB), maps(9 * MIB, [(0x7f1000000000, 3 * MIB)])])
    assert document["kind"] == "address-map" and document["measure"] == "size"
    assert rows(document, "class")["brk-heap"]["change"] == 5 * MIB
    heap = rows(document, "region")["[heap]"]
    assert (heap["before"], heap["after"], heap["start"]) == (4 * MIB, 9 * MIB, "0x1000000")
    new = [row for row in document["rows"] if row.get("appeared") and row["level"] == "region"]
    assert [(row["start"], row["after"]) for row in new] == [("0x7f1000000000", 3 * MIB)]
    assert document["totals"][1] - document["totals"][0] == 8 * MIB
    assert "libx.so" not in str(document["rows"])
    assert findings(document)["largest-growth"]["text"].startswith("most of the growth is in brk-heap: 5.0 MiB")


def what_went():
    document = diff([maps(MIB, [(0x7f1000000000, 3 * MIB)]), maps(MIB)])
    gone = [row for row in document["rows"] if row.get("went") and row["level"] == "region"]
    assert len(gone) == 1 and gone[0]["change"] == -3 * MIB


def object_that_changed():
    document = diff([maps(MIB, library=2), maps(MIB, library=5)])
    assert rows(document, "object")["/lib/libx.so"]["change"] == 3 * MIB


def threshold():
    document = diff([maps(MIB), maps(MIB + 4096, [(0x7f1000000000, 3 * MIB)])], "--threshold", "1m")
    assert all(abs(row["change"]) >= MIB for row in document["rows"]) and document["rows"]


def smaps(resident):
    return ("01000000-09000000 rw-p 00000000 00:00 0 [heap]\n"
            f"Size:             131072 kB\nRss:              {resident:6} kB\nPss:              {resident:6} kB\n")


def resident_memory():
    document = diff([smaps(1000), smaps(5000)], "--interval", "10m")
    heap = rows(document, "region")["[heap]"]
    assert document["measure"] == "resident" and heap["change"] == 4000 * 1024
    assert abs(heap["rate"] - 4000 * 1024 / 600) < 0.001


def series():
    steady = diff([maps(heap * MIB) for heap in (1, 3, 5, 7, 9)], "--interval", "1h")
    row = rows(steady, "class")["brk-heap"]
    assert row["steady"] and row["slope"] == 2 * MIB and row["r2"] == 1 and row["values"] == [
        size * MIB for size in (1, 3, 5, 7, 9)]
    assert abs(row["rate"] - 2 * MIB / 3600) < 0.001
    assert "brk-heap: 2.0 MiB a step" in " ".join(findings(steady)["steady-growth"]["evidence"])
    jumpy = diff([maps(heap * MIB) for heap in (1, 9, 2, 9, 1)])
    row = rows(jumpy, "class")["brk-heap"]
    assert not row["steady"] and row["change"] == 0 and "steady-growth" not in findings(jumpy)


def kmastat(memory):
    text = "cache buf buf buf memory alloc alloc\nname size in use total in use succeed fail\n----- ---- ---\n"
    for name, size in memory.items():
        text += f"{name} 64 1 2 {size}B 5 0\n"
    return text + f"Total [kmem_default] {sum(memory.values())}B 9 0\n"


def kernel_caches():
    document = diff([kmastat({"a_cache": 4096, "b_cache": 8192}), kmastat({"a_cache": 65536, "b_cache": 8192})])
    assert document["kind"] == "kmastat" and list(rows(document, "cache")) == ["a_cache"]
    assert rows(document, "arena")["kmem_default"]["change"] == 65536 - 4096


def kernel_memory():
    text = (SOURCE / "testdata" / "memstat" / "opensolaris-2009.06.in").read_text()
    later = re.sub(r"\b516\b", str(140301 * 4096 // MIB), text.replace("132109", "140301"), count=1)
    document = diff([text, later])
    assert rows(document, "category")["Kernel"]["change"] == (140301 - 132109) * 4096


def other_kinds():
    text = (SOURCE / "testdata" / "memstat" / "opensolaris-2009.06.in").read_text()
    done = run([text, maps(MIB)], status=1)
    assert "not of the same kind" in done.stderr
    done = subprocess.run([INQUEST, "diff", "/dev/null"], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "two artefacts" in done.stderr


def for_people():
    out = run([maps(heap * MIB) for heap in (1, 3, 5)]).stdout
    assert "+4.0 MiB" in out and "▁▅█" in out and "steady" in out, out


failed = False
for test in (heap_that_grew, what_went, object_that_changed, threshold, resident_memory, series, kernel_caches,
             kernel_memory, other_kinds, for_people):
    try:
        test()
        print(f"ok: {test.__name__}")
    except AssertionError as error:
        print(f"FAIL: {test.__name__}: {str(error)[:1500]}")
        failed = True
subprocess.run(["rm", "-rf", str(WORK)], check=True)
sys.exit(failed)

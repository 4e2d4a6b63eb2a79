#!/usr/bin/env python3
"""Real cores, each cut at 200 places: always a partial report or a clear refusal, never a crash."""
import concurrent.futures
import os
import random
import shutil
import struct
import sys

from libcores import Maker, report

CUTS = 200
PT_NOTE = 4
KINDS = (("null", None), ("abort", None), ("threads", 20), ("mappings", 300))


def segments(data):
    """(type, offset, file size) of each program header of a 64-bit little-endian core, and where the table ends."""
    (table,) = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    rows = []
    for i in range(count):
        kind, _, offset, _, _, filesz = struct.unpack_from("<IIQQQQ", data, table + i * size)
        rows.append((kind, offset, filesz))
    return rows, table + count * size


def note_boundaries(data, offset, size):
    """Where each note begins, its descriptor begins, and it ends."""
    at, end = offset, offset + size
    while at + 12 <= end:
        owner, desc, _ = struct.unpack_from("<III", data, at)
        body = at + 12 + (owner + 3 & ~3)
        yield from (at, body, body + desc)
        at = body + (desc + 3 & ~3)


def places(path):
    """200 lengths to cut at, and the end of the notes."""
    with open(path, "rb") as file:
        data = file.read(8 << 20)
    whole = os.path.getsize(path)
    rows, table_end = segments(data)
    note = next(row for row in rows if row[0] == PT_NOTE)
    notes_end = note[1] + note[2]
    fields = [0, 1, 4, 5, 6, 16, 18, 20, 24, 32, 40, 48, 52, 54, 56, 58, 60, 62, 64]
    fields += [64 + 56 + field for field in (0, 4, 8, 16, 24, 32, 40, 48)] + [table_end - 1, table_end]
    fields += [notes_end, notes_end - 1, whole - 1]
    chosen = random.Random(2)
    boundaries = sorted(set(note_boundaries(data, note[1], note[2])))
    if len(boundaries) > 120:
        boundaries = sorted(chosen.sample(boundaries, 120))
    cuts = set(fields + boundaries)
    while len(cuts) < CUTS:
        cuts.add(chosen.randrange(whole if len(cuts) % 2 else notes_end))
    return sorted(cuts, reverse=True), notes_end


def check_cut(path, size, notes_end, pid):
    status, document = report(path)
    where = f"{path} cut to {size} bytes"
    assert status in (1, 3), f"{where}: exit status {status}, though some of it is missing"
    if size == 0:
        assert status == 1, where
    if document is None:
        assert size < notes_end, f"{where}: all notes are there, but nothing was told"
        return
    assert document["schema"] == "inquest.report/1" and document["partial"] is True, where
    assert document["warnings"], f"{where}: partial, but no warning says why"
    if size >= notes_end:
        assert document["process"]["pid"] == pid, where
        assert document["crash"]["signal"]["number"] in (6, 11), where
        assert document["artefacts"][0]["missing_bytes"] > 0, where


def check_core(core):
    """Cuts a copy shorter and shorter."""
    copy = core.path + ".cut"
    shutil.copyfile(core.path, copy)
    cuts, notes_end = places(core.path)
    for size in cuts:
        os.truncate(copy, size)
        check_cut(copy, size, notes_end, core.pid)
    return len(cuts)


def main():
    with Maker() as maker:
        cores = [maker.core(*kind) for kind in KINDS]
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            cuts = sum(pool.map(check_core, cores))
    print(f"{len(cores)} cores, {cuts} cuts")
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""A batch reads of a small core only the pages that it looks at. What it says of one is what it says of the same core packed, which
is unpacked into memory whole: of whole cores, of cut ones and of damaged ones."""
import gzip
import random
from pathlib import Path

import libcores
import libtriage

KINDS = (("null", None), ("fpe", None), ("jump", None), ("abort", None), ("threads", 20), ("files", 30))
LARGEST = 1 << 20  # larger ones are mapped
NOISY = 12         # of each


def damaged(whole, chooser):
    """With other bytes somewhere: mostly where the headers and notes are."""
    bytes_ = bytearray(whole)
    end = len(whole) if chooser.random() < 0.3 else 16 << 10
    for _ in range(chooser.randrange(1, 20)):
        at = chooser.randrange(min(end, len(whole)))
        bytes_[at:at + 8] = chooser.randbytes(min(8, len(whole) - at))
    return bytes(bytes_)


def write_all(maker, plain, packed):
    chooser = random.Random(2)
    for kind, number in KINDS:
        whole = Path(maker.core(kind, number).path).read_bytes()
        cuts = [whole[:size] for size in (len(whole) // 4, len(whole) // 2, len(whole) * 3 // 4, len(whole) - 1, 9000, 4096, 1000)]
        for i, content in enumerate([whole, *cuts, *(damaged(whole, chooser) for _ in range(NOISY))]):
            (plain / f"core.{kind}.{i}").write_bytes(content)
            (packed / f"core.{kind}.{i}").write_bytes(gzip.compress(content, 1))


def told(folder):
    """What is said of each file, but for what packing changes."""
    results, _, _ = libtriage.triage(folder, "--cache", "none")
    for result in results:
        for name in ("size", "modified", "seen", "elapsed_ms"):
            result.pop(name, None)
    return {Path(result.pop("path")).name: result for result in results}


def main():
    with libcores.Maker("crash.c") as maker:
        work = Path(maker.folder.name)
        plain, packed = work / "plain", work / "packed"
        plain.mkdir()
        packed.mkdir()
        write_all(maker, plain, packed)
        small = sum(path.stat().st_size <= LARGEST for path in plain.iterdir())
        assert small > len(list(plain.iterdir())) // 2, small
        left, right = told(plain), told(packed)
        assert set(left) == {path.name for path in plain.iterdir()} and set(left) == set(right)
        for name, result in left.items():
            assert result == right[name], (name, result, right[name])
        assert all(left[f"core.{kind}.0"]["status"] == "ok" for kind, _ in KINDS), left
        assert left["core.null.0"]["crash"]["culprit"]["function"] == "die_null"
    print(f"{len(left)} cores say the same, read page by page or unpacked: {small} were small")


if __name__ == "__main__":
    main()

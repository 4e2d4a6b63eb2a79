#!/usr/bin/env python3
"""Cores that are compressed, read in one stream within little memory: the same crash, stacks and causes as of the file itself,
out of every compression, of several frames, of a pipe; and no temporary file."""
import json
import os
import resource
import shutil
import subprocess
import sys

from libcores import ENVIRONMENT, Maker, need, skip

MIB = 1 << 20
BOUND = 16 * MIB
PROGRAM = os.path.join(os.environ.get("BUILD_DIR", "."), "tests", "live_bounded")
PACKERS = {"zst": ["zstd", "-1", "-q", "-c"], "xz": ["xz", "-0", "-T2", "-c"], "gz": ["gzip", "-1", "-c"],
           "bz2": ["bzip2", "-1", "-c"], "lz4": ["lz4", "-q", "-c"]}
KINDS = (("null", None), ("abort", None), ("threads", 20), ("big", 64))
# What names the file, and what is told of the way it was read.
ABOUT_INPUT = ("artefacts", "warnings")


def pack(command, core, path, pieces=1):
    """The core, each of its pieces a frame of its own."""
    size = os.path.getsize(core)
    with open(core, "rb") as source, open(path, "wb") as target:
        for i in range(pieces):
            piece = source.read(size // pieces + (size % pieces if i == pieces - 1 else 0))
            target.write(subprocess.run(command, input=piece, stdout=subprocess.PIPE, check=True).stdout)


def no_files():
    """Nothing may be written to disk: a spool would be killed."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def read(memory, how, path):
    done = subprocess.run([PROGRAM, str(memory), how, path], capture_output=True, env=ENVIRONMENT, timeout=100,
                          preexec_fn=no_files if memory else None, check=False)
    assert done.returncode == 0, (path, done.returncode, done.stderr.decode())
    document = json.loads(done.stdout)
    about = {name: document.pop(name, None) for name in ABOUT_INPUT}
    return document, about


def check(plain, memory, how, path, size):
    document, about = read(memory, how, path)
    assert document == plain, (path, memory, how, [key for key in plain if document.get(key) != plain[key]])
    (artefact,) = about["artefacts"]
    assert artefact["kind"] == "elf-core" and artefact["size"] == size, artefact
    told = any("were passed over" in line for line in about["warnings"] or [])
    assert told == (size > max(memory, BOUND)), (path, memory, size, about["warnings"])


def check_core(maker, kind, number, packers):
    core = maker.core(kind, number)
    size = os.path.getsize(core.path)
    plain, _ = read(0, "file", core.path)
    assert plain["crash"]["signal"]["number"] in (6, 11) and plain["threads"][0]["frames"], plain
    check(plain, BOUND, "stream", core.path, size)
    for ending in packers:
        packed = f"{core.path}.{ending}"
        pack(PACKERS[ending], core.path, packed, 1 if kind != "big" else 3)
        check(plain, BOUND, "file", packed, size)
        check(plain, 4 * size, "stream", packed, size)
        os.remove(packed)
    os.remove(core.path)
    return size


def main():
    need("zstd", "gzip")
    if not os.path.exists(PROGRAM):
        skip(f"{PROGRAM} was not built")
    packers = [ending for ending, command in PACKERS.items() if shutil.which(command[0])]
    for ending in sorted(set(PACKERS) - set(packers)):
        print(f"not tested, for {PACKERS[ending][0]} is missing: .{ending}")
    with Maker() as maker:
        sizes = [check_core(maker, kind, number, packers if kind in ("big", "null") else ["zst"])
                 for kind, number in KINDS]
    assert max(sizes) > 4 * BOUND, sizes
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Other allocators than glibc's: musl is walked block by block, the others are recognised, and hold what the program got."""
import glob
import json
import os
import re
import shutil
import subprocess

import libcores

PRELOADED = {"jemalloc": "libjemalloc.so.2", "mimalloc": "libmimalloc.so.2", "tcmalloc": "libtcmalloc_minimal.so.4"}


def locations(core, blocks):
    done = libcores.run_inquest("where", "--json", core.path, *[f"{a:x}" for a in blocks])
    return json.loads(done.stdout)["locations"]


def blocks_of(core):
    blocks = {int(a, 16): int(size) for a, size in re.findall(r"^block (0x\S+) (\d+)$", core.maps, re.M)}
    assert len(blocks) == 200
    return blocks


def heap(core):
    return json.loads(libcores.run_inquest("heap", "--json", core.path).stdout)


def check_musl(maker):
    subprocess.run(["musl-gcc", "-O1", "-static", "-o", maker.program,
                    os.path.join(libcores.HERE, "other_heap.c")], check=True)
    core = maker.core("musl")
    document = heap(core)
    assert document["allocator"] == "musl" and document["confidence"] == "certain", document
    assert 16000 <= document["in_use"]["count"] <= 16004, document["in_use"]
    blocks = blocks_of(core)
    for location in locations(core, blocks):
        chunk = location["chunk"]
        address = int(location["address"], 16)
        assert chunk["state"] == "in use" and chunk["offset"] >= 0, location
        assert address + blocks[address] <= int(chunk["start"], 16) + chunk["size"], location


def check_preloaded(maker, name, path):
    os.environ["LD_PRELOAD"] = path
    try:
        core = maker.core(name)
    finally:
        del os.environ["LD_PRELOAD"]
    document = heap(core)
    assert document["allocator"] == name and document["confidence"] == "likely", document
    assert not document["reconciled"] and document["total"] > 16000 * 1500
    wanted = "brk-heap" if name == "tcmalloc" else "allocator"
    for location in locations(core, blocks_of(core)):
        assert location["region_class"] == wanted, location


def main():
    found = 0
    with libcores.Maker("other_heap.c") as maker:
        for name, library in PRELOADED.items():
            paths = glob.glob(f"/usr/lib/*/{library}")
            found += len(paths) > 0
            if paths:
                check_preloaded(maker, name, paths[0])
            else:
                print(f"not tested: {library} is missing")
        if shutil.which("musl-gcc"):
            found += 1
            check_musl(maker)
        else:
            print("not tested: musl-gcc is missing")
    if not found:
        libcores.skip("none of libjemalloc2, libmimalloc2.0, libtcmalloc-minimal4, musl-tools is installed")


main()

#!/usr/bin/env python3
"""Other allocators than glibc's, walked block by block: what the program has, what it freed, and what the allocator counts."""
import glob
import json
import os
import re
import shutil
import subprocess

import libcores

PRELOADED = {"jemalloc": "libjemalloc.so.2", "mimalloc": "libmimalloc.so.2", "tcmalloc": "libtcmalloc_minimal.so.4"}
# What the C library and the allocator have for themselves.
OTHERS = 128 << 10


def locations(core, blocks):
    done = libcores.run_inquest("where", "--json", core.path, *[f"{a:x}" for a in blocks])
    return json.loads(done.stdout)["locations"]


def told(core, what):
    return [tuple(int(word, 0) for word in line) for line in re.findall(rf"^{what} (\S+) ?(\d*)$", core.maps, re.M)
            for line in [[word for word in line if word]]]


def check_blocks(core, name):
    blocks = dict(told(core, "block"))
    assert len(blocks) == 201, core.maps
    for location in locations(core, blocks):
        chunk, address = location["chunk"], int(location["address"], 16)
        assert chunk["state"] == "in use" and chunk["offset"] >= 0, location
        assert address + blocks[address] <= int(chunk["start"], 16) + chunk["size"], location
        assert location["region_class"] in ("allocator", "brk-heap"), location
    freed = [address for address, in told(core, "freed")]
    assert len(freed) == 8, core.maps
    for location in locations(core, freed):
        # musl does not always begin at the beginning of a slot, and gives back a group of which all slots are free.
        if name == "musl":
            assert location.get("chunk", {}).get("state") != "in use", location
        else:
            assert location["chunk"]["state"] == "free" and location["chunk"]["offset"] == 0, location


def check_sums(core, document, exact):
    (count, size), = told(core, "used")
    used = document["in_use"]
    assert count <= used["count"] <= count + 100, (count, used)
    assert size <= used["bytes"] <= size + OTHERS or not exact, (size, used)
    by_size = [row["in_use"]["bytes"] for row in document["by_size"] if "in_use" in row]
    assert sum(by_size) == used["bytes"], (sum(by_size), used)
    sums = [sum(arena[key]["bytes"] for arena in document["arenas"]) for key in ("in_use", "free")]
    assert sums == [used["bytes"], document["free"]["bytes"]], (sums, document)


def check(core, name, reconciled=True):
    document = json.loads(libcores.run_inquest("heap", "--json", core.path).stdout)
    assert document["allocator"] == name and document["confidence"] == "certain", document
    assert document["reconciled"] == reconciled, document
    check_blocks(core, name)
    check_sums(core, document, name != "musl")
    for size, in told(core, "told"):
        # jemalloc counts what its threads keep as allocated.
        most = document["in_use"]["bytes"] + (document["free"]["bytes"] if name == "jemalloc" else 8192)
        assert document["in_use"]["bytes"] - 8192 <= size <= most, (size, document["in_use"], document["free"])


def core_with(maker, path, kind):
    os.environ["LD_PRELOAD"] = path
    try:
        return maker.core(kind)
    finally:
        del os.environ["LD_PRELOAD"]


def check_preloaded(maker, name, path):
    check(core_with(maker, path, name), name)


def check_classes(maker, name, path):
    """Kinds by their vtables, and those that the program lost; nothing is damaged."""
    core = core_with(maker, path, "classes")
    document = json.loads(libcores.run_inquest("heap", "--json", "--check", "--leaks", "--types", core.path).stdout)
    assert document["allocator"] == name and not document["errors"], document["errors"]
    kinds = {kind.get("symbol"): kind["count"] for kind in document["types"]}
    assert kinds.get("shop::Gadget") == 300 and kinds.get("shop::Widget") == 500, kinds
    lost = {kind.get("symbol"): kind["count"] for kind in document["leaks"]}
    assert 496 <= lost.get("shop::Widget", 0) <= 500 and "shop::Gadget" not in lost, lost


def check_musl(maker):
    subprocess.run(["musl-gcc", "-O1", "-static", "-DSTATIC", "-o", maker.program,
                    os.path.join(libcores.HERE, "other_heap.c")], check=True)
    check(maker.core("musl"), "musl", False)


def main():
    found = 0
    with libcores.Maker("heap.cc", ("-O1", "-Wl,--no-as-needed", "-lstdc++")) as maker:
        for name, library in PRELOADED.items():
            for path in glob.glob(f"/usr/lib/*/{library}")[:1]:
                check_classes(maker, name, path)
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

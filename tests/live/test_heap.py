#!/usr/bin/env python3
"""The heap of a core against what the process itself said: every block, malloc_info(3), mallinfo2(3), and damage done on
purpose, each on a core of its own."""
import json
import re
import struct
import subprocess

import libcores

HEADER = 8  # a chunk that is in use may use all but its size word
ALIGN = 16


def heap(core, *options):
    done = libcores.run_inquest("heap", "--json", *options, core.path)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def where(core, addresses):
    done = libcores.run_inquest("where", "--json", core.path, *[f"{a:x}" for a in addresses])
    return [location.get("chunk") for location in json.loads(done.stdout)["locations"]]


def check_blocks(core):
    blocks = {int(a, 16): int(size) for a, size in re.findall(r"^block (0x\S+) (\d+)$", core.maps, re.M)}
    assert len(blocks) > 5000
    sample = sorted(blocks)[::37]
    for address, chunk in zip(sample, where(core, [a + 3 for a in sample])):
        assert chunk and int(chunk["user"], 16) == address, (hex(address), chunk)
        assert chunk["state"] == "in use" and chunk["offset"] == 3, chunk
        extra = 2 * HEADER if chunk.get("where") == "mmapped" else HEADER
        assert chunk["size"] == blocks[address] + extra, (chunk, blocks[address])
    return blocks


def check_walk(maker):
    core = maker.core("walk")
    blocks = check_blocks(core)
    document = heap(core, "--check")
    assert document["allocator"] == "glibc" and document["reconciled"] and not document["errors"], document["errors"]
    system = [int(size) for size in re.findall(r'<system type="current" size="(\d+)"/>', core.maps)]
    assert sum(arena["size"] for arena in document["arenas"] if arena["kind"] != "mmapped") == system[-1]
    assert sorted(a["size"] for a in document["arenas"] if a["kind"] != "mmapped") == sorted(system[:-1])
    mapped = re.search(r'<total type="mmap" count="(\d+)" size="(\d+)"/>', core.maps)
    found = [arena for arena in document["arenas"] if arena["kind"] == "mmapped"]
    assert (found[0]["in_use"]["count"], found[0]["size"]) == (int(mapped[1]), int(mapped[2]))
    # malloc counts what tcaches hold as in use, and the top chunk as free; it adds up the headers of free chunks as they are,
    # each with the flag that the chunk below is in use.
    free = {kind: int(size) - (int(count) if kind == "rest" else 0) for kind, count, size in
            re.findall(r'<total type="(fast|rest)" count="(\d+)" size="(\d+)"/>', core.maps.split("</heap>")[-1])}
    cached = sum(chunk["bytes"] for chunk in [document["free"]]) + sum(a["top"] for a in document["arenas"])
    assert cached >= free.get("fast", 0) + free["rest"], (cached, free)  # no fastbins since 2.43
    held = sum(size + HEADER for size in blocks.values())
    assert held <= document["in_use"]["bytes"] + 8 * int(mapped[1]) <= held + 100_000, (held, document["in_use"])
    info = {key: int(value) for key, value in re.findall(r"(arena|hblkhd|uordblks) (\d+)", core.maps)}
    assert info["arena"] == system[-1] and info["hblkhd"] == int(mapped[2])
    check_freed(core, blocks)
    check_map(core)


def check_32_bits():
    """Arenas of 32-bit processes soon have several heaps, of 1 MiB each."""
    try:
        maker = libcores.Maker("heap.c", ("-O1", "-m32", "-Wno-use-after-free"))
    except subprocess.CalledProcessError:
        print("not tested: this compiler makes no 32-bit programs (gcc-multilib)")
        return
    with maker:
        core = maker.core("walk")
        document = heap(core, "--check")
        assert document["reconciled"] and not document["errors"], document
        system = [int(size) for size in re.findall(r'<system type="current" size="(\d+)"/>', core.maps)]
        assert sorted(a["size"] for a in document["arenas"] if a["kind"] != "mmapped") == sorted(system[:-1])
        mapped = re.search(r'<total type="mmap" count="(\d+)" size="(\d+)"/>', core.maps)
        found = [arena for arena in document["arenas"] if arena["kind"] == "mmapped"]
        assert (found[0]["in_use"]["count"], found[0]["size"]) == (int(mapped[1]), int(mapped[2]))
        blocks = [int(a, 16) for a in re.findall(r"^block (0x\S+)", core.maps, re.M)][::37]
        for address, chunk in zip(blocks, where(core, blocks)):
            assert chunk and int(chunk["user"], 16) == address and chunk["state"] == "in use", (hex(address), chunk)


def check_freed(core, blocks):
    """Between two blocks of the program is memory that it freed, or a neighbour of its own."""
    ordered = sorted(blocks)
    gaps = [a + blocks[a] + HEADER + HEADER for a, b in zip(ordered, ordered[1:])
            if ALIGN < b - a - blocks[a] - HEADER < 3000]
    states = {chunk["state"] for chunk in where(core, gaps[::29]) if chunk}
    assert states == {"free"} or states == {"free", "in use"}, states


def check_map(core):
    done = libcores.run_inquest("map", "--json", core.path)
    regions = json.loads(done.stdout)["regions"]
    kinds = {}
    for region in regions:
        kinds.setdefault(region["class"], []).append(region)
    assert len(kinds["malloc-arena"]) >= 4 and len(kinds["malloc-large"]) >= 1
    for region in kinds["malloc-arena"] + kinds["malloc-large"]:
        assert region["confidence"] == "certain", region
        start = int(region["start"], 16)
        assert region["class"] == "malloc-large" or start % (64 << 20) == 0, region
        if region["class"] == "malloc-arena":
            rest = [r for r in kinds["reserved"] if r["start"] == region["end"]]
            assert rest and int(rest[0]["end"], 16) == start + (64 << 20), (region, rest)


def addresses(core):
    return {name: int(value, 16) for name, value in re.findall(r"(\w+) (0x[0-9a-f]+)", core.maps)}


def check_damage(maker, kind, text, at, below):
    core = maker.core(kind)
    places = addresses(core)
    errors = heap(core, "--check")["errors"]
    found = [error for error in errors if text in error["text"]]
    assert found, (kind, errors)
    address = places[at] - 2 * HEADER
    assert int(found[0]["address"], 16) == address, (kind, hex(address), found)
    if below:
        assert int(found[0]["before"]["user"], 16) == places[below], (kind, found[0], places)


def check_top(maker):
    core = maker.core("top")
    places = addresses(core)
    errors = heap(core, "--check")["errors"]
    top = [error for error in errors if "top chunk" in error["text"]]
    assert top and "0x4343434343434340" in top[0]["text"], errors
    assert int(top[0]["before"]["user"], 16) == places["last"], (top, places)


def check_use_after_free(maker):
    status, document = libcores.report(maker.core("used").path)
    assert status == 0
    diagnosis = {one["id"]: one for one in document["crash"]["diagnosis"]}
    assert "use-after-free" in diagnosis, diagnosis
    assert any("free 64-byte chunk" in sentence and "tcache" in sentence
               for sentence in diagnosis["use-after-free"]["evidence"]), diagnosis


def check_wide_cache(maker):
    core = maker.core("wide")
    places = addresses(core)
    kept, freed = where(core, [places["kept"], places["freed"]])
    assert kept["state"] == "in use" and freed["state"] == "free" and freed["where"] == "tcache", (kept, freed)


def check_lost(maker):
    core = maker.core("lost")
    document = heap(core, "--leaks")
    leaks = {leak["size"]: leak["count"] for leak in document["leaks"]}
    # A block of the loop may still be in a register or on the stack.
    assert 998 <= leaks.get(80, 0) <= 1000 and 898 <= leaks.get(144, 0) <= 900, leaks
    assert 496 not in leaks and 592 not in leaks, leaks


def check_classes():
    with libcores.Maker("heap.cc", ("-O1", "-Wl,--no-as-needed", "-lstdc++")) as maker:
        core = maker.core("classes")
        document = heap(core, "--leaks", "--types")
    kinds = {kind.get("symbol"): kind["count"] for kind in document["types"]}
    assert kinds.get("shop::Gadget") == 300 and kinds.get("shop::Widget") == 500, kinds
    lost = {kind.get("symbol"): kind["count"] for kind in document["leaks"]}
    assert 498 <= lost.get("shop::Widget", 0) <= 500 and "shop::Gadget" not in lost, lost


def check_text(maker):
    """What people read names the numbers of the JSON."""
    core = maker.core("overrun")
    done = subprocess.run([libcores.INQUEST, "heap", "--check", core.path], capture_output=True, text=True, check=True,
                          env=libcores.ENVIRONMENT)
    assert "The heap is damaged" in done.stdout and "below it" in done.stdout, done.stdout
    middle = addresses(core)["middle"] - 2 * HEADER
    assert f"{middle:#x}" in done.stdout, done.stdout


def main():
    if struct.calcsize("P") != 8:
        libcores.skip("the sizes of this test are those of 64-bit processes")
    with libcores.Maker("heap.c", ("-O1", "-Wno-use-after-free")) as maker:
        check_walk(maker)
        check_damage(maker, "overrun", "beyond the heap", "middle", "before")
        check_damage(maker, "freed", "written to after it was freed", "middle", "before")
        check_damage(maker, "prev", "prev_size", "after", "middle")
        check_damage(maker, "double", "freed twice", "cached", None)
        check_damage(maker, "tcache", "tcache", "cached", None)
        check_top(maker)
        check_wide_cache(maker)
        check_lost(maker)
        check_use_after_free(maker)
        check_text(maker)
    check_classes()
    check_32_bits()


main()

#!/usr/bin/env python3
"""`inquest diff --heap` of cores of one program that allocated more and more: how many blocks, and of what size, it knows."""
import json
import re

import libcores

HEADER = 8  # what glibc keeps before each block, and does not count as usable


def diff(*arguments, status=0):
    done = libcores.run_inquest("diff", *arguments)
    assert done.returncode == status, done.stderr
    return done


def rows(document, level):
    return {row["name"]: row for row in document["rows"] if row["level"] == level}


def expect(row, before, after, size):
    assert (row["count_before"], row["count_after"]) == (before, after), row
    assert (row["before"], row["after"]) == (before * size, after * size), row


def check_two(cores, sizes):
    document = json.loads(diff("--heap", "--json", cores[0].path, cores[1].path).stdout)
    assert document["kind"] == "heap" and document["measure"] == "in use"
    expect(rows(document, "type")["shop::Widget"], 1000, 3000, sizes["widget"])
    plain = rows(document, "size")[f"blocks of {sizes['plain']} bytes"]
    assert plain["count_after"] - plain["count_before"] == 1000 and plain["change"] == 1000 * sizes["plain"]
    grown = 2000 * sizes["widget"] + 1000 * sizes["plain"]
    assert rows(document, "arena")["main"]["change"] == grown, rows(document, "arena")
    assert document["totals"][1] - document["totals"][0] == grown, document["totals"]
    texts = " ".join(finding["text"] for finding in document["findings"])
    assert f"blocks of {sizes['plain']} bytes" in texts, texts


def check_series(cores, sizes):
    document = json.loads(diff("--heap", "--json", "-i", "1h", *[core.path for core in cores]).stdout)
    widget = rows(document, "type")["shop::Widget"]
    assert widget["steady"] and widget["values"] == [n * sizes["widget"] for n in (1000, 3000, 5000)]
    assert abs(widget["rate"] - 4000 * sizes["widget"] / 7200) < 1e-6
    few = json.loads(diff("--heap", "--json", "-t", "1t", *[core.path for core in cores]).stdout)
    assert not few["rows"]


def check_people(cores):
    out = diff("--heap", cores[0].path, cores[1].path).stdout.decode()
    assert "shop::Widget, 1,000 → 3,000" in out, out
    assert json.loads(diff("--json", cores[0].path, cores[1].path).stdout)["kind"] == "address-map"
    assert b"two cores are needed" in diff("--heap", cores[0].path, "/proc/self/maps", status=1).stderr


with libcores.Maker("grow.cc", ("-O1", "-Wl,--no-as-needed", "-lstdc++")) as maker:
    made = [maker.core("grow", count) for count in (1000, 3000, 5000)]
    # malloc_usable_size(3) leaves out the header.
    usable = {name: int(size) + HEADER for name, size in re.findall(r"^(widget|plain) (\d+)$", made[0].maps, re.M)}
    check_two(made, usable)
    check_series(made, usable)
    check_people(made)

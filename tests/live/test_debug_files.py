#!/usr/bin/env python3
"""Names out of separate debug files and MiniDebugInfo: used when they belong to the program, refused when they do not."""
import os
import sys

from libcores import need
from libnames import Case, Maker, run


def middles(case):
    return [address + size // 2 for address, size, _ in case.functions()]


def check_named(case, environment=None):
    """Every function of the program has its name."""
    functions = case.functions()
    assert {"outer", "compare"} <= set().union(*(names for _, _, names in functions))
    for location, (_, _, names) in zip(case.ask(middles(case), environment), functions):
        assert location.get("symbol") in names, (names, location)


def check_unnamed(case, environment=None):
    """What is not exported has no name."""
    for location, (_, _, names) in zip(case.ask(middles(case), environment), case.functions()):
        if not names & {"exported", "main", "_start"}:
            assert "symbol" not in location, location


def check_level(case, level):
    case.ask(middles(case))
    objects = {o["path"]: o for o in case.report()["objects"]}
    assert objects[case.program]["symbols"] == level, objects[case.program]


def split(case, debug):
    run("objcopy", "--only-keep-debug", case.whole, debug)


def by_build_id(case, stripped, other_id):
    place = f"/usr/lib/debug/.build-id/{case.build_id()[:2]}/{case.build_id()[2:]}.debug"
    case.reset(stripped)
    check_unnamed(case)
    check_level(case, "dynamic")
    split(case, case.inside(place))
    check_named(case)
    check_level(case, "debug")
    case.reset(None)  # the program itself is gone
    split(case, case.inside(place))
    check_named(case)
    case.reset(stripped)
    run("cp", other_id, case.inside(place))
    check_unnamed(case)
    with open(case.inside(place), "wb") as file:
        file.write(b"no ELF file")
    check_unnamed(case)


def by_cache(case, stripped):
    for variable, folder, place in (("DEBUGINFOD_CACHE_PATH", "/cache", "/cache"),
                                    ("XDG_CACHE_HOME", "/home/me/xdg", "/home/me/xdg/debuginfod_client")):
        case.reset(stripped)
        split(case, case.inside(f"{place}/{case.build_id()}/debuginfo"))
        check_unnamed(case)
        check_named(case, {variable: folder})


def with_minidebuginfo(case, stripped):
    """As find-debuginfo makes it: the functions that are not in .dynsym, in a file packed by xz."""
    dynamic = set(run("nm", "-D", "--format=posix", "--defined-only", case.whole).split()[::4])
    rows = [line.split() for line in run("nm", "--format=posix", "--defined-only", case.whole).splitlines()]
    keep, mini = os.path.join(case.folder, "keep"), os.path.join(case.folder, "mini")
    with open(keep, "w", encoding="utf-8") as file:
        file.writelines(row[0] + "\n" for row in rows if row[1] in "TtD" and row[0] not in dynamic)
    split(case, mini + ".debug")
    run("objcopy", "-S", "--remove-section", ".gdb_index", "--remove-section", ".comment", f"--keep-symbols={keep}",
        mini + ".debug", mini)
    run("xz", "-f", "-k", mini)
    case.reset(stripped)
    run("objcopy", "--add-section", f".gnu_debugdata={mini}.xz", case.inside(case.program))
    check_named(case)
    check_level(case, "mini")
    with open(mini + ".xz", "r+b") as file:
        file.seek(40)
        file.write(bytes(20))
    case.reset(stripped)
    run("objcopy", "--add-section", f".gnu_debugdata={mini}.xz", case.inside(case.program))
    check_unnamed(case)


def by_debuglink(maker):
    def prepare(program):
        run("objcopy", "--only-keep-debug", program, program + ".debug")
        run("strip", program)
        run("objcopy", f"--add-gnu-debuglink={program}.debug", program)
    case = Case(maker, "debuglink", "-Wl,--build-id=none", prepare=prepare)
    debug = case.program + ".debug"
    check_unnamed(case)
    folder, name = os.path.split(debug)
    for place in (debug, f"{folder}/.debug/{name}", f"/usr/lib/debug{debug}"):
        case.reset(case.program)
        run("cp", debug, case.inside(place))
        check_named(case)
        with open(case.inside(place), "ab") as file:
            file.write(b"!")  # the CRC is another one now
        check_unnamed(case)


def main():
    need("objcopy", "strip", "nm", "xz", "readelf")
    with Maker() as maker:
        case = Case(maker, "build-id", "-Wl,--build-id")
        check_named(case)
        stripped = os.path.join(case.folder, "stripped")
        run("strip", "-o", stripped, case.whole)
        other = os.path.join(case.folder, "other")
        run("cc", "-g", "-O1", "-Wl,--build-id", "-o", other, os.path.join(os.path.dirname(__file__), "names.c"))
        by_build_id(case, stripped, other)
        by_cache(case, stripped)
        with_minidebuginfo(case, stripped)
        by_debuglink(maker)


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""errno of the thread that died, against what the program printed: with the C library shared, linked in, with marks for branches,
and with musl."""
import errno
import os
import platform
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import libcores  # noqa: E402

WAYS = {"shared": ("cc", ()), "linked in": ("cc", ("-static",)), "linked in, placed anywhere": ("cc", ("-static-pie",)),
        "with marks for branches": ("cc", ("-fcf-protection=full",)), "musl": ("musl-gcc", ()),
        "musl, linked in": ("musl-gcc", ("-static",))}
KINDS = {"missing": errno.ENOENT, "no-folder": errno.ENOTDIR}


def check(maker, way, kind):
    core = maker.core(kind)
    number = int(core.maps)  # all that the program prints
    assert number == KINDS[kind], (way, kind, number)
    _, report = libcores.report(core.path)
    told = report["crash"].get("errno")
    assert told == {"number": number, "name": errno.errorcode[number], "text": os.strerror(number)}, (way, kind, told)
    os.remove(core.path)


def main():
    if platform.machine() not in ("x86_64", "aarch64"):
        libcores.skip("where errno is, is known of x86-64 and AArch64 only")
    for way, (compiler, flags) in WAYS.items():
        if not shutil.which(compiler) or (flags[:1] == ("-fcf-protection=full",) and platform.machine() != "x86_64"):
            print(f"SKIPPED: {way}: this needs {compiler} for x86-64")
            continue
        with libcores.Maker("errno.c", ("-O1", *flags), compiler) as maker:
            for kind in KINDS:
                check(maker, way, kind)
        print("passed:", way)
    return 0


if __name__ == "__main__":
    sys.exit(main())

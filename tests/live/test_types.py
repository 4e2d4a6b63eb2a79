#!/usr/bin/env python3
"""Arguments of frames against gdb; members of variables against the addresses that the program itself printed; the member
of a null pointer; and the same types by CTF, without DWARF."""
import json
import re
import subprocess
import sys

from libcores import Maker, need, report, run_inquest


def where(core, addresses):
    done = run_inquest("where", "--json", core.path, *[hex(address) for address in addresses])
    return json.loads(done.stdout)["locations"]


def facts_of(core):
    """(path, address, size), as the program saw them."""
    lines = [line.split() for line in core.maps.splitlines() if line.startswith("fact ")]
    assert len(lines) >= 12, core.maps
    return [(path, int(address, 16), int(size)) for _, path, address, size in lines]


def gdb(core, *commands):
    words = ["gdb", "-nx", "-batch", core.program, core.path]
    for command in commands:
        words += ["-ex", command]
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout


def plain(kind):
    """gdb writes `long` for what the compiler calls `long int`."""
    return re.sub(r"\b(long|short) int\b", r"\1", kind).replace(" ", "")


def types_by_gdb(core, paths):
    out = gdb(core, *[f"echo \\n@{path}@\\n" if not ask else f"whatis {path}" for path in paths for ask in (0, 1)])
    return {path: plain(kind) for path, kind in re.findall(r"@(.*?)@\ntype = (.*)", out)}


def check_members(core):
    """Each thing is found at its own address, and a byte further inside."""
    facts = facts_of(core)
    kinds = types_by_gdb(core, [path for path, _, _ in facts])
    compared = 0
    for (path, _, size), location in zip(facts, where(core, [address for _, address, _ in facts])):
        expected = "ring" if path == "ring.head" else path  # the whole begins at the same place
        assert location.get("member") == expected, (path, location)
        if path in kinds and expected == path:
            assert plain(location["type"]) == kinds[path], (path, location, kinds[path])
            compared += 1
        assert size > 0
    inside = [fact for fact in facts if fact[0] in ("ring.slots[2].name", "matrix[1][3]")]
    for (path, _, _), location in zip(inside, where(core, [address + 1 for _, address, _ in inside])):
        assert location["member"] == path + "+0x1", location
    return compared


def frames_of(core):
    return report(core.path)[1]["threads"][0]["frames"]


def arguments_by_gdb(core, index):
    """name -> value, None where gdb has none."""
    out = gdb(core, "set print frame-arguments none", f"frame {index}", "echo \\n@\\n", "info args")
    found = {}
    for line in out.split("@\n", 1)[1].splitlines():
        name, _, value = line.partition(" = ")
        found[name] = None if value.startswith("<") else value
    return found


def check_arguments(core, exact):
    """Values as gdb prints them; `exact`: each that gdb knows must be known."""
    compared = 0
    ours = [frame for frame in frames_of(core) if frame.get("file", "").endswith("/types.c")]
    theirs = re.findall(r"^#(\d+) .*/types\.c:\d+$", gdb(core, "set print frame-arguments none", "set width 0", "bt"), re.M)
    theirs = list(dict.fromkeys(theirs))  # gdb tells the innermost at its start, too
    assert ours and len(ours) == len(theirs), (ours, theirs)  # it also counts frames that tail calls left
    for frame, index in zip(ours, theirs):
        expected = arguments_by_gdb(core, index)
        assert [argument["name"] for argument in frame["arguments"]] == list(expected), (frame, expected)
        for argument in frame["arguments"]:
            value = argument.get("value")
            if value is not None or exact:
                value = value and re.sub(r"\.\d+>", ">", value)  # the linker's name of a static variable in a function
                assert value == expected[argument["name"]], (frame["function"], argument, expected)
                assert argument["text"] == f"{argument['name']}={argument['value']}", argument
                compared += 1
    return compared


def values_of(core, function):
    frame = next(frame for frame in frames_of(core) if frame.get("function") == function)
    return {argument["name"]: argument.get("value") for argument in frame["arguments"]}


def check_passed(maker):
    """What only the callers know, and numbers in vector registers."""
    core = maker.core("passed")
    assert check_arguments(core, False) >= 6
    found = values_of(core, "passed")
    assert found["number"] == "41" and found["letter"] == "113 'q'" and found["text"].endswith('"passed"'), found
    assert values_of(core, "between")["number"] == "40", frames_of(core)
    check_arguments(maker.core("tail"), False)
    weigh = maker.core("weigh")
    assert check_arguments(weigh, False) >= 3
    assert values_of(weigh, "weigh") == {"weight": "2.75", "factor": "0.25", "from": "0x0"}, frames_of(weigh)


def diagnosis_of(core):
    return report(core.path)[1]["crash"]["diagnosis"][0]


def check_null(core, member, kind, name):
    found = diagnosis_of(core)
    assert found["id"] == "null-pointer" and found["confidence"] == "certain", found
    assert f"{member} of a null `{kind} *`" in found["text"], found
    assert any(f"`{name}`" in sentence for sentence in found["evidence"]), found


def check_dwarf(level):
    with Maker("types.c", (level,)) as maker:
        core = maker.core("parameters")
        assert check_members(core) >= 10
        least = 15 if level == "-O0" else 6
        assert check_arguments(core, level == "-O0") >= least, frames_of(core)
        check_null(maker.core("chain"), "member `tag[2]` (offset 0x1a)", "struct slot", "slot->next->next")
        if level == "-O0":
            check_null(maker.core("key"), "member `key` (offset 0x0)", "struct slot", "slot")
            nest = maker.core("nest")
            check_null(nest, "member `inner[1][1]` (offset 0xb0)", "const struct ring", "from")
            assert check_arguments(nest, True) >= 12
        else:
            check_passed(maker)
        text = run_inquest("stack", core.path).stdout.decode()
        assert re.search(r"\bmain\(argc=(2|<optimized out>),\s+argv=", text), text
        subprocess.run(["strip", "--strip-debug", maker.program], check=True)
        bare = frames_of(core)
        assert not any("arguments" in frame for frame in bare if frame.get("object") == maker.program), bare


def has_ctf(maker):
    command = ["cc", "-O1", "-gctf", "-rdynamic", "-Wl,--ctf-variables", "-Wl,--build-id", "-o", maker.program]
    source = __file__.replace("test_types.py", "types.c")
    done = subprocess.run([*command, source], capture_output=True, check=False)
    out = subprocess.run(["readelf", "-SW", maker.program], capture_output=True, text=True, check=False).stdout
    return done.returncode == 0 and " .ctf" in out and ".debug_info" not in out


def check_ctf():
    with Maker("types.c") as maker:
        if not has_ctf(maker):
            print("SKIP in part: this compiler writes no CTF")
            return
        core = maker.core("chain")
        # What is local to a function or a thread has no place in CTF; in which order dimensions stand is not certain there.
        unknown = ("counter", "nearby", "letters")
        facts = [fact for fact in facts_of(core)
                 if not fact[0].startswith(unknown) and not fact[0].endswith(("[1][2]", "[1][3]"))]
        for (path, _, _), location in zip(facts, where(core, [address for _, address, _ in facts])):
            assert location.get("member") == ("ring" if path == "ring.head" else path), (path, location)
        several = [fact[1] for fact in facts_of(core) if fact[0] in ("ring.inner[1][2]", "matrix[1][3]")]
        assert [location["member"] for location in where(core, several)] == ["ring.inner+0x28", "matrix+0x20"]
        main = [frame for frame in frames_of(core) if frame.get("symbol") == "main"]
        assert main and main[0]["prototype"] == "int (int, char **)", main
        assert [argument["text"] for argument in main[0]["arguments"]] == ["int", "char **"], main


def main():
    need("gdb", "strip", "readelf")
    for level in ("-O0", "-O2"):
        check_dwarf(level)
    check_ctf()


if __name__ == "__main__":
    sys.exit(main())

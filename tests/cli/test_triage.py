#!/usr/bin/env python3
"""`inquest triage` on folders of inputs whose number and state are known: one line each, whatever they are; the lines of their
schema; the exit statuses of the contract; the same groups for the same cores in whatever order."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

warnings.filterwarnings("ignore", category=DeprecationWarning)
INQUEST = os.environ["INQUEST"]
SOURCE = Path(os.environ["SOURCE_DIR"])
WORK = Path(tempfile.mkdtemp(prefix="inquest-triage-"))
CORE = SOURCE / "testdata" / "cores" / "xvfb.core.zst"
ENVIRONMENT = dict(os.environ, ASAN_OPTIONS="exitcode=99", UBSAN_OPTIONS="exitcode=99", TERM="dumb")


def run(*words, status=0, **options):
    done = subprocess.run([INQUEST, "triage", *map(str, words)], capture_output=True, timeout=300, check=False,
                          env=ENVIRONMENT, **options)
    assert done.returncode == status, (words, done.returncode, done.stderr.decode(), done.stdout[-300:])
    return done


def documents(done):
    lines = done.stdout.decode("utf-8").splitlines()
    found = [json.loads(line) for line in lines]
    results, groups = [d for d in found if "group" not in d], [d for d in found if "group" in d]
    assert found == results + groups, "the groups come last"
    validate(results, "triage.schema.json")
    validate(groups, "triage-group.schema.json")
    return results, groups


def validate(found, name):
    try:
        import jsonschema
    except ImportError:
        return
    schemas = {path.name: json.loads(path.read_text()) for path in (SOURCE / "docs" / "schema").glob("*.json")}
    resolver = jsonschema.RefResolver("", schemas[name], store=schemas)
    valid = jsonschema.Draft7Validator(schemas[name], resolver=resolver)
    for document in found:
        valid.validate(document)


def unpacked():
    """The core of testdata as it was written; its program is not on this machine, so files are not looked at."""
    path = WORK / "xvfb.core"
    with open(path, "wb") as file:
        subprocess.run(["zstd", "-dcq", str(CORE)], stdout=file, check=True)
    return path


def make_inputs(core):
    """A folder with known numbers of whole, cut and damaged cores, and of files that are none."""
    folder = WORK / "inputs"
    (folder / "a" / "b").mkdir(parents=True)
    whole = core.read_bytes()
    for name in ("one", "a/two", "a/b/no extension"):
        shutil.copy(core, folder / name)
    for i, size in enumerate((len(whole) // 2, len(whole) // 3)):
        (folder / f"cut{i}").write_bytes(whole[:size])
    (folder / "stub").write_bytes(whole[:64])  # an ELF core header, and nothing behind it
    (folder / "damaged").write_bytes(whole[:64] + b"\xff" * 20000 + whole[20064:])
    (folder / "core.77").write_bytes(bytes(range(256)) * 9)  # named like a core, which it is no longer
    (folder / "notes.txt").write_text("no core\n")
    (folder / "empty").write_bytes(b"")
    (folder / "program").write_bytes(Path(sys.executable).resolve().read_bytes()[:100000])
    (folder / "bad\n\x1b[31m\xff".encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")).write_bytes(whole)
    return folder


def check_folder(folder):
    done = run(folder, "--no-files", "--json", "--jobs", 2, status=3)
    results, groups = documents(done)
    by_name = {Path(result["path"]).name: result for result in results}
    assert len(results) == len(by_name) == 9, sorted(by_name)
    assert {name: by_name[name]["status"] for name in ("one", "two", "no extension")} == \
        {"one": "ok", "two": "ok", "no extension": "ok"}, by_name
    assert all(by_name[name]["status"] == "partial" for name in ("cut0", "cut1")), by_name
    assert by_name["stub"]["status"] in ("partial", "failed") and by_name["stub"]["reason"]
    assert by_name["damaged"]["status"] in ("partial", "failed") and by_name["damaged"]["reason"]
    assert by_name["core.77"]["status"] == "failed" and by_name["core.77"]["reason"]
    assert all(result.get("reason") for result in results if result["status"] != "ok")
    truth = json.loads((SOURCE / "testdata" / "cores" / "xvfb.truth.json").read_text())
    assert by_name["one"]["crash"]["signal"]["number"] == truth["fault"]["signal"]["number"]
    assert sorted(path for group in groups for path in group["members"]) == sorted(r["path"] for r in results)
    first = next(group for group in groups if by_name["one"]["path"] in group["members"])
    assert by_name["two"]["path"] in first["members"]
    assert sum(group["size"] for group in groups) == 9
    return results, groups


def check_text(folder):
    text = run(folder, "--no-files", status=3).stdout.decode()
    assert text.startswith("9 cores in "), text[:200]
    assert "\x1b" not in text and "inquest report " in text
    verbose = run(folder, "--no-files", "-v", status=3).stdout.decode()
    assert sum(line.split(" ")[0] in ("ok", "partial", "failed") for line in verbose.splitlines()) == 9


def check_group(folder, groups):
    """A number is the group's, although every hash begins with the digit of its version."""
    results, found = documents(run(folder, "--no-files", "--json", "--group", 1, status=3))
    assert not results and [group["group"] for group in found] == [1], found
    hashed = next(group for group in groups if "hash" in group.get("signature", {}))
    _, found = documents(run(folder, "--no-files", "--json", "--group", hashed["signature"]["hash"][:12], status=3))
    assert [group["members"] for group in found] == [hashed["members"]], found


def check_order(folder, groups):
    """The same inputs in another order and with another number of workers: the same groups."""
    paths = sorted((str(path) for path in folder.rglob("*") if path.name in
                    ("one", "two", "no extension", "cut0", "cut1", "stub", "damaged")), reverse=True)
    listed = "\n".join(paths) + "\n"
    _, other = documents(run("--from-file", "-", "--no-files", "--json", "--jobs", 3, status=3, input=listed.encode()))
    assert {g["signature"]["hash"] for g in other if "hash" in g.get("signature", {})} == \
        {g["signature"]["hash"] for g in groups if "hash" in g.get("signature", {})}


def check_named(core):
    """What the user names has a line even when it is no core, or is not there."""
    no_core, missing = WORK / "inputs" / "notes.txt", WORK / "inputs" / "missing"
    results, _ = documents(run(no_core, missing, core, "--no-files", "--json", status=3))
    states = {Path(result["path"]).name: result["status"] for result in results}
    assert states == {"notes.txt": "failed", "missing": "failed", "xvfb.core": "ok"}, states


def check_usage():
    run(status=2)
    run("--list", status=2)
    run(WORK, "--memory", "lots", status=2)
    run(WORK, "--memory", "1000", status=2)
    run(WORK, "--timeout", "0", status=2)
    run(WORK, "--shard", "4/3", status=2)
    run(WORK, "--since", "yesterday", status=2)
    run("merge", status=2)
    empty = WORK / "nothing"
    empty.mkdir()
    assert b"no core" in run(empty, status=1).stderr
    run(WORK / "xvfb.core", "--rules", WORK / "missing", status=1)


def check_single(core):
    results, groups = documents(run(core, "--no-files", "--json"))
    assert len(results) == len(groups) == 1 and groups[0]["size"] == 1
    assert groups[0]["representative"] == results[0]["path"] == str(core)
    assert "sandbox" not in run(core, "--no-files").stderr.decode()
    results, _ = documents(run(core, "--no-files", "--json", "--no-sandbox"))
    assert results[0]["status"] == "ok"


def check_since(folder):
    old = folder / "one"
    os.utime(old, (1_000_000_000, 1_000_000_000))  # 2001-09-09
    results, _ = documents(run(folder, "--no-files", "--json", "--since", "2002-01-01", status=3))
    assert len(results) == 8 and str(old) not in {result["path"] for result in results}


def main():
    if not shutil.which("zstd"):
        print("SKIPPED: the command zstd is missing")
        return 77
    try:
        core = unpacked()
        folder = make_inputs(core)
        _, groups = check_folder(folder)
        check_text(folder)
        check_group(folder, groups)
        check_order(folder, groups)
        check_named(core)
        check_single(core)
        check_usage()
        check_since(folder)
    finally:
        shutil.rmtree(WORK)
    return 0


if __name__ == "__main__":
    sys.exit(main())

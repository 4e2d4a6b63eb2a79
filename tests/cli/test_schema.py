#!/usr/bin/env python3
"""Every JSON document is of its schema: each command on each sample of testdata, and on the corpus where it is."""
import json
import os
import subprocess
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

try:
    import jsonschema
except ImportError:
    print("SKIP: python3-jsonschema is missing")
    sys.exit(77)

INQUEST = os.environ["INQUEST"]
SOURCE = Path(os.environ["SOURCE_DIR"])
SCHEMAS = SOURCE / "docs" / "schema"
CORPUS = Path(os.environ.get("CORPUS", "/nonexistent"))
LARGEST = 1 << 17  # of a corpus file: the rest adds minutes and no new kind of field
COMMANDS = {
    "identify": ["identify"],
    "map": ["map"],
    "summary": ["map", "--summary"],
    "report": ["report", "--no-files"],
    "stack": ["stack", "--no-files"],
    "stacks": ["stack", "--no-files", "--all-threads", "--limit", "3"],
    "unique": ["stack", "--no-files", "--unique"],
    "where": ["where", "--no-files"],
    "jvm": ["jvm", "--no-files"],
    "heap": ["heap", "--no-files", "--check", "--leaks", "--types"],
    "kmem": ["kmem"],
}
STATUSES = {0, 1, 3}


def validators():
    store = {path.name: json.loads(path.read_text()) for path in SCHEMAS.glob("*.schema.json")}
    for schema in store.values():
        jsonschema.Draft7Validator.check_schema(schema)
    made = {}
    for kind in ("report", "stack", "map", "where", "identify", "jvm", "heap", "kmem"):
        schema = store[f"{kind}.schema.json"]
        resolver = jsonschema.RefResolver("", schema, store=store)
        made[f"inquest.{kind}/1"] = jsonschema.Draft7Validator(schema, resolver=resolver)
    return made


def nulls(value):
    """Unknown fields are absent: no null stands anywhere."""
    if isinstance(value, dict):
        return any(nulls(item) for item in value.values())
    if isinstance(value, list):
        return any(nulls(item) for item in value)
    return value is None


def run(words, path, addresses):
    command = [INQUEST, *words, "--json", str(path), *addresses]
    done = subprocess.run(command, capture_output=True, timeout=120, check=False)
    return command, done


def problems(command, done, valid):
    """What is wrong with one run; also whether it gave a document."""
    if done.returncode not in STATUSES:
        return [f"exit status {done.returncode}: {done.stderr[-500:]}"], False
    if not done.stdout:
        found = [] if done.returncode == 1 and done.stderr.startswith(b"inquest: ") else ["no document, no reason"]
        return found, False
    try:
        document = json.loads(done.stdout.decode("utf-8"))
    except ValueError as error:
        return [f"not JSON: {error}"], False
    found = [f"{list(e.absolute_path)}: {e.message[:200]}" for e in valid[document["schema"]].iter_errors(document)]
    if nulls(document):
        found.append("a null")
    if b"\x1b" in done.stdout:
        found.append("a raw escape character")
    return found, True


def inputs():
    yield from sorted(path for path in (SOURCE / "testdata").rglob("*") if path.suffix in (".in", ".zst"))
    if not CORPUS.is_dir():
        print("SKIP in part: no corpus: set CORPUS to its folder")
        return
    for path in sorted(CORPUS.rglob("*")):
        if path.is_file() and path.suffix not in (".c", ".cc", ".py", ".rs", ".java", ".sh", ".md", ".tsv"):
            if path.stat().st_size <= LARGEST:
                yield path


def commands_for(path, index):
    """Every command on each sample of ours; on the many files of the corpus the report and, in turn, one of the others."""
    if path.is_relative_to(SOURCE):
        return list(COMMANDS)
    others = [name for name in COMMANDS if name != "report"]
    return ["report", others[index % len(others)]]


def check_schemas_are_strict(valid):
    """A schema that accepts anything would prove nothing."""
    good = {"schema": "inquest.where/1", "tool_version": "1.2.3", "partial": False, "warnings": [],
            "locations": [{"address": "0x1f", "mapped": False, "near": []}]}
    assert valid["inquest.where/1"].is_valid(good)
    for location in ({"address": 31, "mapped": False, "near": []}, {"address": "1f", "mapped": False, "near": []},
                     {"address": "0x1f", "mapped": False}, {"mapped": False, "near": []},
                     {"address": "0x1f", "mapped": True, "region_class": "heap"}):
        assert not valid["inquest.where/1"].is_valid({**good, "locations": [location]}), location


def check(job):
    path, name, valid = job
    command, done = run(COMMANDS[name], path, ["0", "0x400000", "7fffffffffff"] if name == "where" else [])
    found, document = problems(command, done, valid)
    for problem in found[:3]:
        print(f"FAIL: {' '.join(command[1:])}: {problem}")
    return document, bool(found)


def main():
    warnings.simplefilter("ignore", DeprecationWarning)  # RefResolver: Debian 12 has nothing newer
    valid = validators()
    check_schemas_are_strict(valid)
    jobs = [(path, name, valid) for index, path in enumerate(inputs()) for name in commands_for(path, index)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(check, jobs))
    count = sum(document for document, _ in results)
    failures = sum(failed for _, failed in results)
    print(f"{count} documents are of their schemas, {failures} runs failed")
    if count < 50:
        print("FAIL: hardly any input was found")
        return 1
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

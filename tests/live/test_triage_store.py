#!/usr/bin/env python3
"""A batch with a store: a kill at any moment loses and repeats nothing, a later run reads only what is new or changed, two runs
share a store, shards are merged in any order to what one run gives; a store that cannot be written is told."""
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

from libcores import ENVIRONMENT, INQUEST
from libtriage import Cores, same_results, triage

RECIPE = os.path.join(os.environ["SOURCE_DIR"], "docs", "cluster", "parallel.sh")
MANY = 24  # copies of the folder: more cores than a batch of the store holds


def listed(store):
    return triage("--store", store, "--list")[0]


def start(*words):
    return subprocess.Popen([INQUEST, "triage", "--json", *map(str, words)], env=ENVIRONMENT, stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL)


def rows(store, query):
    """As another program asks: nothing of ours in between."""
    if not os.path.exists(store):
        return []
    database = sqlite3.connect(store, timeout=30)
    try:
        return database.execute(query).fetchall()
    except sqlite3.OperationalError:  # killed before it had tables
        return []
    finally:
        database.close()


def check_kill(cores):
    """Killed again and again, each time a little later, until a run ends by itself."""
    store, many, kills, kept, patience = cores.work / "killed.db", cores.work / "many", 0, 0, 0.02
    for copy in range(MANY):
        shutil.copytree(cores.folder, many / str(copy), copy_function=os.link)
    while True:
        before = rows(store, "SELECT path FROM inputs")
        run = start("--store", store, "--jobs", "1", many)
        try:
            out, _ = run.communicate(timeout=patience)
            break
        except subprocess.TimeoutExpired:
            run.send_signal(signal.SIGKILL)
            run.communicate()
            kills, patience = kills + 1, patience * 1.5
        after = rows(store, "SELECT path FROM inputs")
        assert set(before) <= set(after), "what was finished before the kill stays"
        kept = max(kept, len(after))
    assert kills, "this machine is too fast for this test"
    new = [line for line in out.decode().splitlines() if not line.startswith('{"group"')]
    assert len(new) == MANY * cores.count - len(before), "what was finished is not read again"
    single, groups, _ = triage(many)
    same_results(listed(store), single)
    again, again_groups, _ = triage("--store", store, many)
    assert again == [] and again_groups == groups
    return f"{kills} kills, after which {kept} of {len(single)} results were kept"


def check_changes(cores, groups):
    store = cores.work / "changes.db"
    triage("--store", store, cores.folder)
    changed, new = cores.folder / "0" / "core.fpe", cores.folder / "new"
    times = os.stat(changed)
    os.utime(changed, ns=(times.st_atime_ns, times.st_mtime_ns + 1))
    shutil.copy(changed, new)
    results, now, _ = triage("--store", store, cores.folder)
    assert sorted(result["path"] for result in results) == sorted(map(str, (changed, new))), results
    assert sum(group["size"] for group in now) == cores.count + 1 and len(now) == len(groups)
    new.unlink()
    os.utime(changed, ns=(times.st_atime_ns, times.st_mtime_ns))


def check_two_processes(cores, single):
    for attempt in range(5):
        store = cores.work / f"shared{attempt}.db"
        runs = [start("--store", store, "--jobs", "1", cores.folder) for _ in range(2)]
        for run in runs:
            run.communicate(timeout=200)
            assert run.returncode in (0, 3), run.returncode  # 3 for who read the core that is cut
        same_results(listed(store), single)


def check_shards(cores, single, groups):
    parts = []
    for shard in range(1, 4):
        store, lines = cores.work / f"part{shard}.db", cores.work / f"part{shard}.json"
        results, part_groups, _ = triage("--shard", f"{shard}/3", "--store", store, cores.folder)
        done = subprocess.run([INQUEST, "triage", "--json", "--store", store, "--list"], env=ENVIRONMENT, check=True,
                              capture_output=True)
        lines.write_bytes(done.stdout + b'{"group":1,"members":[]}\n' * bool(part_groups))
        assert len(results) == len(listed(store))
        parts.append((store, lines))
    orders = ([store for store, _ in parts], [lines for _, lines in reversed(parts)], [*parts[1], *parts[0], *parts[2]])
    for order in orders:
        merged, merged_groups, _ = triage("merge", *order)
        same_results(merged, single)
        assert merged_groups == groups, order
    check_merged_store(cores, parts, groups)


def check_merged_store(cores, parts, groups):
    """What was merged into a store is known to the next run."""
    store = cores.work / "all.db"
    triage("merge", "--store", store, *[part for part, _ in parts])
    results, now, _ = triage("--store", store, cores.folder)
    assert results == [] and now == groups
    for group in groups:
        found = triage("--store", store, "--group", group["group"])[1]
        assert found == [group], found
        assert triage("--store", store, "--group", group["signature"]["hash"])[1] == [group]
    triage("--store", store, "--group", "99", statuses=[1])
    assert triage("--store", store, "--list", "--since", "2020-01-01")[0] == listed(store)


def check_parallel(cores, groups):
    version = subprocess.run(["sh", "-c", "parallel --version"], capture_output=True, text=True, check=False).stdout
    if "GNU parallel" not in version:
        print("not tested: the recipe for GNU parallel, which is missing")
        return
    out = cores.work / "parallel"
    subprocess.run(["sh", RECIPE, "3"], check=True, stdout=subprocess.DEVNULL, timeout=240,
                   env=dict(ENVIRONMENT, CORES=str(cores.folder), OUT=str(out), INQUEST=INQUEST))
    assert triage("merge", out / "all.db")[1] == groups


def check_bad_lines(cores):
    """What is no result is told by its line, and the rest counts."""
    lines = cores.work / "bad.json"
    lines.write_bytes(b'{"path":"core","status":"ok"}\n\nnonsense\n{"path":"other","status":"fine"}\n{"group":1}\n{"path":')
    results, _, told = triage("merge", lines, statuses=[3])
    assert [result["path"] for result in results] == ["core"]
    for line in (3, 4, 6):
        assert f"bad.json:{line}: a result is left out" in told, told
    triage("merge", cores.work / "missing.db", statuses=[1])
    lines.write_bytes(b"nonsense\n")
    triage("merge", lines, statuses=[1])


def check_no_store(cores):
    place = cores.work / "no store"
    place.write_text("a list of things to buy\n" * 40)
    _, _, told = triage("--store", place, cores.folder, statuses=[1])
    assert "no store of results" in told and place.read_text().startswith("a list"), told
    _, _, told = triage("--store", cores.work / "missing" / "store", cores.folder, statuses=[1])
    assert "missing: No such file or directory" in told, told


def check_full_disk(cores):
    """A run without its store is worth finishing: every input has its line."""
    disk = cores.work / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=112k", "none", str(disk)]
    if os.geteuid() or subprocess.run(mount, stderr=subprocess.DEVNULL, check=False).returncode:
        print("not tested: a full disk, as nothing can be mounted here")
        return
    try:
        results, _, told = triage("--store", disk / "store", cores.folder, statuses=[1])
        assert "the store cannot grow" in told and told.count("the store") == 1, told
        assert len(results) in (0, cores.count), len(results)
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def main():
    begun = time.monotonic()
    with Cores() as cores:
        single, groups, _ = triage(cores.folder)
        assert len(single) == cores.count and groups
        kills = check_kill(cores)
        check_changes(cores, groups)
        check_two_processes(cores, single)
        check_shards(cores, single, groups)
        check_parallel(cores, groups)
        check_bad_lines(cores)
        check_no_store(cores)
        check_full_disk(cores)
    print(f"{cores.count} cores, {kills}, {time.monotonic() - begun:.0f} s")


if __name__ == "__main__":
    sys.exit(main())

"""What the tests of `inquest triage` share: a folder of real cores, running the command, comparing what it says."""
import json
import os
import shutil
import subprocess
from pathlib import Path

from libcores import ENVIRONMENT, INQUEST, Maker

KINDS = (("null", None), ("fpe", None), ("jump", None))
COPIES = 4


class Cores:
    """A folder `cores` with copies of three crashes, one of them cut, beside room for stores."""

    def __init__(self):
        self.maker = Maker("crash.c")
        self.work = Path(self.maker.folder.name)
        self.folder = self.work / "cores"
        for kind, number in KINDS:
            made = self.maker.core(kind, number).path
            for copy in range(COPIES):
                (self.folder / str(copy)).mkdir(parents=True, exist_ok=True)
                shutil.copy(made, self.folder / str(copy) / f"core.{kind}")
        whole = (self.folder / "0" / "core.null").read_bytes()
        (self.folder / "cut").write_bytes(whole[:len(whole) // 2])
        self.count = len(KINDS) * COPIES + 1

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.maker.__exit__()


def triage(*words, statuses=(0, 3), **options):
    """Results and groups that the command writes, and what it says on standard error."""
    done = subprocess.run([INQUEST, "triage", "--json", *map(str, words)], capture_output=True, check=False,
                          timeout=300, env=ENVIRONMENT, **options)
    assert done.returncode in statuses, (words, done.returncode, done.stderr.decode(errors="replace"))
    documents = [json.loads(line) for line in done.stdout.decode().splitlines()]
    return ([d for d in documents if "group" not in d], [d for d in documents if "group" in d],
            done.stderr.decode(errors="replace"))


def comparable(result):
    """All of a result but what measuring it twice changes."""
    return json.dumps({key: value for key, value in result.items() if key != "elapsed_ms"}, sort_keys=True)


def same_results(left, right):
    assert sorted(map(comparable, left)) == sorted(map(comparable, right)), (left, right)

#!/usr/bin/env python3
"""The signature in the report of the bundled core: the hash is what sha256 gives for its lines, the text names its group."""
import hashlib
import json
import os
import subprocess
from pathlib import Path

INQUEST = os.environ["INQUEST"]
CORE = Path(os.environ["SOURCE_DIR"]) / "testdata" / "cores" / "xvfb.core.zst"


def run(*words):
    done = subprocess.run([INQUEST, "report", "--no-files", *words, str(CORE)], capture_output=True, text=True, check=False)
    assert done.returncode in (0, 3), done.stderr
    return done.stdout


def main():
    signature = json.loads(run("--json"))["signature"]
    lines = ["inquest signature 1", signature["bucket"], signature["kind"], *signature["frames"]]
    digest = hashlib.sha256("".join(line + "\n" for line in lines).encode()).hexdigest()
    assert signature["hash"] == "1-" + digest[:32], signature
    assert signature["text"].startswith(signature["kind"]), signature
    assert len(signature["places"]) == len(signature["frames"]), signature
    text = " ".join(run().split())
    assert f"group {signature['text']} {signature['hash']}, {signature['severity']}" in text, text


main()

#!/usr/bin/env python3
"""The recipes for AWS Batch and Kubernetes, without a cluster: what the real client submits to a service on this machine, and what
Kubernetes' own model reads from the file, is run as the cluster would run it. What comes out is what one run over all cores
gives."""
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path

from libcores import ENVIRONMENT, INQUEST
from libtriage import Cores, same_results, triage

RECIPES = Path(os.environ["SOURCE_DIR"], "docs", "cluster")
TASKS = 4


def environment(cores, **variables):
    """`inquest` is found by its name, as in the image of a container."""
    folder = cores.work / "bin"
    folder.mkdir(exist_ok=True)
    if not (folder / "inquest").exists():
        (folder / "inquest").symlink_to(INQUEST)
    return dict(ENVIRONMENT, PATH=f"{folder}:{os.environ['PATH']}", **variables)


def run(command, cores, **variables):
    done = subprocess.run(command, env=environment(cores, **variables), capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, (command, done)
    return done.stdout


def check(cores, out):
    single, groups, _ = triage(cores.folder)
    merged, merged_groups, _ = triage("merge", out / "all.db")
    same_results(merged, single)
    assert len(single) == cores.count and merged_groups == groups, (merged_groups, groups)
    assert (out / "bugs.txt").read_text(), "the recipe writes the list of bugs"


class Batch(http.server.ThreadingHTTPServer):
    """The one call of AWS Batch that the recipe makes (its API reference, SubmitJob): the jobs are kept."""

    def __init__(self):
        self.jobs = []
        super().__init__(("127.0.0.1", 0), Submit)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def url(self):
        return f"http://127.0.0.1:{self.server_port}"


class Submit(http.server.BaseHTTPRequestHandler):
    def do_POST(self):  # noqa: N802
        job = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert self.path == "/v1/submitjob", self.path
        self.server.jobs.append(job)
        answer = json.dumps({"jobId": f"job-{len(self.server.jobs)}", "jobName": job["jobName"]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


def test_aws(cores):
    aws = shutil.which("aws")
    if not aws:
        return "SKIPPED: the recipe for AWS Batch needs the command aws; install awscli"
    batch, out = Batch(), cores.work / "aws"
    out.mkdir()
    wrapper = cores.work / "bin" / "aws"
    wrapper.parent.mkdir(exist_ok=True)
    wrapper.write_text(f'#!/bin/sh\nexec {aws} --endpoint-url {batch.url()} "$@"\n')
    wrapper.chmod(0o755)
    folders = {"CORES": str(cores.folder), "OUT": str(out)}
    run(["sh", RECIPES / "aws-batch.sh", str(TASKS)], cores, AWS_ACCESS_KEY_ID="none", AWS_SECRET_ACCESS_KEY="none",
        AWS_DEFAULT_REGION="us-east-1", OPTIONS="--jobs 1", **folders)
    array, merge = batch.jobs
    assert array["arrayProperties"] == {"size": TASKS} and array["jobQueue"] == "triage", array
    assert merge["dependsOn"] == [{"jobId": "job-1"}], merge
    for index in reversed(range(TASKS)):
        run(array["containerOverrides"]["command"], cores, AWS_BATCH_JOB_ARRAY_INDEX=str(index),
            AWS_BATCH_JOB_ARRAY_SIZE=str(TASKS))
    run(merge["containerOverrides"]["command"], cores)
    check(cores, out)
    return f"AWS Batch: {TASKS} tasks, as in one run"


class Answer:
    """A response as Kubernetes' client wants one, to read a document by its model."""

    def __init__(self, document):
        self.data = json.dumps(document)


def read_jobs():
    """The recipe's jobs by name; every key in the file is one that the model knows."""
    import kubernetes
    import yaml
    client, jobs = kubernetes.client.ApiClient(), {}
    for document in yaml.safe_load_all((RECIPES / "kubernetes.yaml").read_text()):
        job = client.deserialize(Answer(document), "V1Job")
        assert client.sanitize_for_serialization(job) == document, document
        jobs[job.metadata.name] = job.spec
    return jobs


def command_of(spec, folders):
    """As kubelet would run it, with the folders of this machine in the place of the volumes."""
    container, = spec.template.spec.containers
    mounts = {mount.mount_path: folders[mount.name] for mount in container.volume_mounts}
    words = container.command + container.args
    for path, folder in mounts.items():
        words = [re.sub(rf"{path}\b", str(folder), word) for word in words]
    return words, {variable.name: variable.value for variable in container.env or []}


def test_kubernetes(cores):
    sys.path.append("/usr/lib/python3/dist-packages")  # where Debian has it, when another Python runs this
    try:
        jobs = read_jobs()
    except ModuleNotFoundError as missing:
        return f"SKIPPED: the recipe for Kubernetes needs Python's {missing.name}; install python3-kubernetes"
    folders = {"cores": cores.folder, "triage": cores.work / "kubernetes"}
    folders["triage"].mkdir()
    triage_job, merge_job = jobs["triage"], jobs["triage-merge"]
    assert triage_job.completion_mode == "Indexed"
    words, _ = command_of(merge_job, folders)
    with subprocess.Popen(words, env=environment(cores), stdout=subprocess.DEVNULL) as merging:  # both are started at once
        words, variables = command_of(triage_job, folders)
        for index in range(triage_job.completions):
            run(words, cores, JOB_COMPLETION_INDEX=str(index), **variables)
        assert merging.wait(240) == 0
    check(cores, folders["triage"])
    return f"Kubernetes: {triage_job.completions} pods, as in one run"


def main():
    with Cores() as cores:
        told = [test_aws(cores), test_kubernetes(cores)]
    print(*told, sep="\n")
    return 77 if all(line.startswith("SKIPPED") for line in told) else 0


if __name__ == "__main__":
    sys.exit(main())

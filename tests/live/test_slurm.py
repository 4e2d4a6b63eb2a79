#!/usr/bin/env python3
"""The recipe for Slurm, on a real one: a controller and two nodes on this machine, a job array over shards, and the job that
merges. What comes out is what one run over all cores gives, and both nodes had their part."""
import os
import pwd
import socket
import subprocess
import sys
import time

from libcores import ENVIRONMENT, INQUEST, need
from libtriage import Cores, same_results, triage

RECIPE = os.path.join(os.environ["SOURCE_DIR"], "docs", "cluster", "slurm.sh")
TASKS = 5
CONFIGURATION = """
ClusterName=inquest
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller}
AuthType=auth/none
CredType=cred/none
SlurmUser={user}
SlurmdUser={user}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/controller.pid
SlurmdPidFile={folder}/%n.pid
SlurmctldLogFile={folder}/controller.log
SlurmdLogFile={folder}/%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SchedulerType=sched/builtin
SelectType=select/linear
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
ReturnToService=2
NodeName=one NodeHostname={host} NodeAddr=127.0.0.1 Port={one} CPUs=1
NodeName=two NodeHostname={host} NodeAddr=127.0.0.1 Port={two} CPUs=1
PartitionName=all Nodes=one,two Default=YES State=UP
"""


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


class Slurm:
    """A cluster of two nodes, in a folder of its own, for as long as it is needed."""

    def __init__(self, folder):
        controller, one, two = free_ports(3)
        self.folder, self.daemons = folder, []
        (folder / "state").mkdir(parents=True)
        (folder / "slurm.conf").write_text(CONFIGURATION.format(
            host=socket.gethostname(), user=pwd.getpwuid(os.getuid()).pw_name, folder=folder, controller=controller,
            one=one, two=two))
        self.environment = dict(ENVIRONMENT, SLURM_CONF=str(folder / "slurm.conf"))

    def __enter__(self):
        for command in (["slurmctld", "-D"], ["slurmd", "-D", "-N", "one"], ["slurmd", "-D", "-N", "two"]):
            with open(self.folder / f"{command[-1]}.out", "wb") as out:
                self.daemons.append(subprocess.Popen(command, env=self.environment, stdout=out, stderr=out))
        return self

    def __exit__(self, *_):
        for daemon in reversed(self.daemons):
            daemon.terminate()
        for daemon in self.daemons:
            try:
                daemon.wait(10)
            except subprocess.TimeoutExpired:
                daemon.kill()

    def run(self, *command, **variables):
        return subprocess.run(command, env=dict(self.environment, **variables), capture_output=True, text=True,
                              timeout=240, check=False)

    def wait_until_up(self):
        for _ in range(60):
            nodes = self.run("sinfo", "--noheader", "--format=%t %D").stdout.split()
            if nodes == ["idle", "2"]:
                return
            time.sleep(0.5)
        for log in sorted(self.folder.glob("*.out")) + sorted(self.folder.glob("*.log")):
            print(f"-- {log.name}", log.read_text(errors="replace")[-1500:], sep="\n")
        raise AssertionError("the nodes of Slurm did not come up")


def check_shards(out, cores):
    """Each input is in one shard, and each node had some."""
    paths = []
    for task in range(TASKS):
        paths += [result["path"] for result in triage("--store", out / f"shard-{task}.db", "--list")[0]]
    assert len(paths) == len(set(paths)) == cores.count, paths


def main():
    os.environ["PATH"] += ":/usr/sbin"
    need("slurmctld", "slurmd", "sbatch", "sinfo")
    with Cores() as cores, Slurm(cores.work / "slurm") as slurm:
        out = cores.work / "out"
        slurm.wait_until_up()
        done = slurm.run("sh", RECIPE, str(TASKS), CORES=str(cores.folder), OUT=str(out), WAIT="yes", INQUEST=INQUEST,
                         OPTIONS="--jobs 1")
        logs = {log.name: log.read_text() for log in sorted(out.glob("*.log"))}
        assert done.returncode == 0, (done, logs)
        nodes = slurm.run("scontrol", "--oneliner", "show", "jobs").stdout
        assert "NodeList=one" in nodes and "NodeList=two" in nodes, nodes
        check_shards(out, cores)
        single, groups, _ = triage(cores.folder)
        merged, merged_groups, _ = triage("merge", out / "all.db")
        same_results(merged, single)
        assert len(single) == cores.count and merged_groups == groups, (merged_groups, groups)
        assert (out / "bugs.txt").read_text(), "the recipe writes the list of bugs"
    print(f"{cores.count} cores, {TASKS} tasks on two nodes, {len(groups)} groups, as in one run")


if __name__ == "__main__":
    sys.exit(main())

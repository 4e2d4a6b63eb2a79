"""Programs of other processors, run by qemu, which also writes their cores."""
import glob
import os
import resource
import subprocess

from libcores import skip


def run_and_dump(folder, command, **environment):
    """(core, maps, what the program said) of a program that dies; it prints its maps, since qemu's core has none."""
    def allow_cores():
        resource.setrlimit(resource.RLIMIT_CORE, (128 << 20, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    maps = os.path.join(folder, "maps")
    with open(maps, "w", encoding="utf-8") as file:
        said = subprocess.run(command, cwd=folder, stdout=file, stderr=subprocess.PIPE, text=True, check=False,
                              env=dict(os.environ, **environment), preexec_fn=allow_cores, timeout=120).stderr
    cores = glob.glob(os.path.join(folder, "qemu_*"))
    if not cores:
        skip("qemu wrote no core: the limit of cores is too low")
    return cores[0], maps, said

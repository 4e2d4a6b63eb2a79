"""Runs Java programs and asks the JVM itself, by jcmd, where its generations lie."""
import os
import re
import subprocess
import tempfile

from libcores import INQUEST, ENVIRONMENT, need, skip  # noqa: F401
import json

SOURCE = """
public class Load {
    public static void main(String[] args) throws Exception {
        java.util.List<byte[]> kept = new java.util.ArrayList<>();
        for (int i = 0; i < 16 * 40; i++) {
            byte[] piece = new byte[65536];
            if (i % 2 == 0)
                kept.add(piece);
        }
        System.out.println("ready " + kept.size());
        System.in.read();
    }
}
"""
COLLECTORS = {"serial": "-XX:+UseSerialGC", "parallel": "-XX:+UseParallelGC", "g1": "-XX:+UseG1GC", "z": "-XX:+UseZGC",
              "shenandoah": "-XX:+UseShenandoahGC", "epsilon": "-XX:+UnlockExperimentalVMOptions -XX:+UseEpsilonGC"}
# What GC.heap_info calls a generation, in 8 to 25; "heap" where there are none.
NAMES = {"def new generation": "young", "DefNew": "young", "PSYoungGen": "young", "par new generation": "young",
         "tenured generation": "old", "Tenured": "old", "ParOldGen": "old", "garbage-first heap": "heap", " -": "heap"}


class Java:
    """A folder with the compiled program."""

    def __init__(self):
        need("java", "javac", "jcmd")
        self.folder = tempfile.TemporaryDirectory(prefix="inquest-jvm-")
        source = os.path.join(self.folder.name, "Load.java")
        with open(source, "w", encoding="utf-8") as file:
            file.write(SOURCE)
        subprocess.run(["javac", "-d", self.folder.name, source], check=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.folder.cleanup()

    def run(self, flags, name):
        """(path of the maps, {generation: (start, committed end, end)} or {"heap": …}); None when Java refuses the flags."""
        command = ["java", *flags.split(), "-cp", self.folder.name, "Load"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True) as process:
            lines = iter(process.stdout.readline, "")
            if not any(line.startswith("ready") for line in lines):
                return None
            info = subprocess.run(["jcmd", str(process.pid), "GC.heap_info"], capture_output=True, text=True,
                                  check=False).stdout
            path = os.path.join(self.folder.name, name + ".maps")
            with open(os.path.join(self.folder.name, name + ".info"), "w", encoding="utf-8") as out:
                out.write(info)
            with open(f"/proc/{process.pid}/maps", encoding="utf-8") as maps, open(path, "w", encoding="utf-8") as out:
                out.write(maps.read())
            process.kill()
        return path, generations(info)


def generations(heap_info):
    found = {}
    for line in heap_info.splitlines():
        for word, name in NAMES.items():
            addresses = [int(text, 16) for text in re.findall(r"[\[ ](0x[0-9a-f]+)", line)]
            if line.startswith((" " + word, word)) and len(addresses) > 1:
                found[name] = (addresses[0], addresses[1], addresses[-1])
    return found


def solved(path, flags=None, *more):
    """The `jvm` of the JSON document for a map, with or without the command line."""
    command = [INQUEST, "jvm", "--json", "--no-files", *more]
    command += ["--jvm-args", flags] if flags else []
    done = subprocess.run([*command, path], capture_output=True, text=True, env=ENVIRONMENT, check=False)
    if done.returncode not in (0, 3):
        raise SystemExit(f"FAIL: {' '.join(command)}: ended with {done.returncode}: {done.stderr}")
    return json.loads(done.stdout).get("jvm", {})


def answer(jvm):
    """The generations of the document, as `generations` gives them."""
    found = {area["name"]: (int(area["start"], 16), int(area["start"], 16) + area["committed"], int(area["end"], 16))
             for area in jvm.get("generations", ())}
    if not found and "heap" in jvm:
        heap = jvm["heap"]
        found["heap"] = (int(heap["start"], 16), None, int(heap["end"], 16))
    return found


def verdict(truth, jvm):
    """right, wrong or unknown. Of a heap without generations only the reservation has addresses in heap_info."""
    ours = answer(jvm)
    if not ours:
        return "unknown"
    if "heap" in truth:
        start, _, end = truth["heap"]
        return "right" if [(s, e) for s, _, e in ours.values()] == [(start, end)] else "wrong"
    if not truth:  # ZGC and Epsilon print no addresses of the reservation
        return "right" if "heap" in ours else "wrong"
    return "right" if ours == truth else "wrong"

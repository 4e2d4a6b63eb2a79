"""Runs Java programs and asks the JVM itself, by jcmd, where its generations lie."""
import json
import os
import re
import subprocess
import sys
import tempfile

from libcores import INQUEST, ENVIRONMENT, need, skip  # noqa: F401

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
COLLECTORS = {"serial": "-XX:+UseSerialGC", "parallel": "-XX:+UseParallelGC", "cms": "-XX:+UseConcMarkSweepGC",
              "g1": "-XX:+UseG1GC", "z": "-XX:+UnlockExperimentalVMOptions -XX:+UseZGC",
              "shenandoah": "-XX:+UseShenandoahGC", "epsilon": "-XX:+UnlockExperimentalVMOptions -XX:+UseEpsilonGC"}
# Ways to size a heap.
SIZES = {
    "plain": "-Xmx512m -Xms128m",
    "fixed, Xmn": "-Xmx512m -Xms512m -Xmn256m",
    "Xmn": "-Xmx512m -Xmn100m",
    "NewRatio": "-Xmx512m -Xms64m -XX:NewRatio=4",
    "NewSize": "-Xmx600m -Xms128m -XX:NewSize=64m -XX:MaxNewSize=200m",
    "odd": "-Xmx333m -Xms32m -XX:NewRatio=3",
    "whole references": "-Xmx512m -Xms64m -XX:-UseCompressedOops",
    "8g": "-Xmx8g -Xms64m",
    "40g": "-Xmx40g -Xms64m",
    "at 20g": "-Xmx1g -Xms64m -XX:HeapBaseMinAddress=20g",
    "no archive": "-Xmx256m -Xms32m -Xshare:off",
    "interpreted": "-Xmx1g -Xms64m -Xint -Xss512k -XX:SurvivorRatio=4",
}
# What GC.heap_info calls a generation, in 8 to 25; "heap" where there are none.
NAMES = {"def new generation": "young", "DefNew": "young", "PSYoungGen": "young", "par new generation": "young",
         "tenured generation": "old", "Tenured": "old", "ParOldGen": "old", "concurrent mark-sweep generation": "old",
         "garbage-first heap": "heap", " -": "heap"}


def chosen_java():
    """`--java FOLDER` among the arguments: the JDK to run instead of the installed one."""
    if "--java" in sys.argv[:-1]:
        folder = os.path.abspath(sys.argv[sys.argv.index("--java") + 1])
        os.environ["PATH"] = os.path.join(folder, "bin") + os.pathsep + os.environ["PATH"]


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

"""The corpus of known bugs: the programs in triage_bugs, built in several ways, each bug made to crash in every way that
must not matter. What comes out is one row for each crash: the bug's name, the variant, and what `inquest report` says."""
import json
import os
import resource
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCES = os.path.join(HERE, "triage_bugs")
INQUEST = os.environ.get("INQUEST", "inquest")
SLOWEST = 120

BUGS = {
    "reader": "header nothing body footer title magic version divide table rows kinds cache index insert delete garbage tree "
              "parse grow ping sort line constant words slots trap map overrun users files spin".split(),
    "host": "scale blur clamp name visit twice".split(),
    "shop": "order refund strict lax baskets number name visit empty reserve thread close clerk ledger".split(),
    "ticket": "first last name borrow descend".split(),
}
COMMON = ["-I", os.path.join(HERE, "..", ".."), "-pthread", "-w", "-Wl,--build-id", "-fstack-protector-all"]
# name: compiler's flags, for C and C++ and for Rust; how it is stripped
BUILDS = {
    "plain": (["-O0", "-g"], ["-g"], None),
    "optimised": (["-O2", "-g"], ["-g", "-C", "opt-level=2"], None),
    "static": (["-O2", "-g", "-static"], ["-g", "-C", "target-feature=+crt-static"], None),
    "other": (["-O1", "-g", "-DOTHER_BUILD", "-no-pie", "-fno-pie"], ["-g", "-C", "opt-level=1"], None),
    "symtab": (["-O2", "-fno-omit-frame-pointer"], ["-C", "opt-level=2", "-C", "overflow-checks=on"], None),
    "stripped": (None, None, "optimised"),    # the same build without its symbols
    "debugfile": (["-O3", "-g", "-DOTHER_BUILD"], ["-g", "-C", "opt-level=3"], "debugfile"),
}
# name: build, data, depth, where
VARIANTS = {
    "plain": ("plain", 1, 1, "main"),
    "data": ("plain", 6, 5, "main"),
    "thread": ("plain", 3, 2, "thread"),
    "optimised": ("optimised", 2, 1, "main"),
    "deep": ("optimised", 9, 7, "thread"),
    "static": ("static", 4, 3, "main"),
    "other": ("other", 5, 2, "main"),
    "debugfile": ("debugfile", 7, 4, "main"),
    "stripped": ("stripped", 2, 1, "main"),
    "handler": ("plain", 8, 3, "handler"),
    "symtab": ("symtab", 11, 2, "main"),
}


class Corpus:
    """Builds into `folder`, makes crashes, reports them; cores are removed as soon as they were read."""

    def __init__(self, folder, inquest=INQUEST):
        self.folder, self.inquest = folder, inquest
        self.debug = os.path.join(folder, "debug")
        os.makedirs(self.debug, exist_ok=True)

    def program(self, build, name):
        return os.path.join(self.folder, build, name)

    def compile(self, build, name):
        flags, rust_flags, _ = BUILDS[build]
        place = os.path.join(self.folder, build)
        os.makedirs(place, exist_ok=True)
        if name == "ticket":
            command = ["rustc", "--edition", "2021", "-C", "panic=abort", "-A", "warnings", *rust_flags,
                       os.path.join(SOURCES, "ticket.rs"), "-o", self.program(build, name)]
        elif name == "shop":
            command = ["c++", "-std=c++17", *COMMON, *flags, os.path.join(SOURCES, "shop.cc"), "-o",
                       self.program(build, name)]
        elif name == "host" and "-static" not in flags:
            library = os.path.join(place, "libcodec.so")
            subprocess.run(["cc", *COMMON, *[flag for flag in flags if "pie" not in flag], "-shared", "-fPIC",
                            os.path.join(SOURCES, "codec.c"), "-o", library], check=True)
            command = ["cc", *COMMON, *flags, os.path.join(SOURCES, "host.c"), library, "-Wl,-rpath,$ORIGIN", "-o",
                       self.program(build, name)]
        else:
            files = [os.path.join(SOURCES, file + ".c") for file in (["host", "codec"] if name == "host" else [name])]
            command = ["cc", *COMMON, *flags, *files, "-o", self.program(build, name)]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)

    def strip(self, build, name, source):
        """A stripped copy of another build; of its own, with the debug information put where debuggers look for it."""
        place = os.path.join(self.folder, build)
        os.makedirs(place, exist_ok=True)
        for file in (name, "libcodec.so") if name == "host" else (name,):
            path = os.path.join(place, file)
            if source != build:
                shutil.copy2(os.path.join(self.folder, source, file), path)
            else:
                notes = subprocess.run(["readelf", "-n", path], capture_output=True, text=True, check=True).stdout
                number = notes.split("Build ID: ")[1].split()[0]
                os.makedirs(os.path.join(self.debug, ".build-id", number[:2]), exist_ok=True)
                subprocess.run(["objcopy", "--only-keep-debug", path,
                                os.path.join(self.debug, ".build-id", number[:2], number[2:] + ".debug")], check=True)
            subprocess.run(["strip", "--strip-all", path], check=True)

    def build(self, name, builds):
        for build in sorted(builds, key=lambda build: BUILDS[build][0] is None):
            if os.path.exists(self.program(build, name)):
                continue
            if BUILDS[build][0]:
                self.compile(build, name)
            if BUILDS[build][2]:
                self.strip(build, name, BUILDS[build][2])

    def crash(self, name, bug, variant):
        """The path of the core, or None when this machine made none."""
        build, data, depth, where = VARIANTS[variant]
        place = os.path.join(self.folder, "cores", f"{name}-{bug}-{variant}")
        os.makedirs(place, exist_ok=True)
        command = [self.program(build, name), bug, str(data), str(depth), where]
        if variant == "handler" and shutil.which("setarch"):
            command = ["setarch", "-R", *command]

        def allow_cores():
            resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        subprocess.run(command, cwd=place, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=SLOWEST,
                       preexec_fn=allow_cores, check=False)
        found = [file for file in os.listdir(place) if file.startswith("core")]
        return os.path.join(place, found[0]) if found else None

    def row(self, name, bug, variant):
        core = self.crash(name, bug, variant)
        if not core:
            return None
        done = subprocess.run([self.inquest, "report", "--json", "--debug-dir", self.debug, core], capture_output=True,
                              timeout=SLOWEST, check=False)
        shutil.rmtree(os.path.dirname(core))
        if done.returncode not in (0, 3):
            raise RuntimeError(f"{name} {bug} {variant}: {done.returncode}: {done.stderr.decode()[-2000:]}")
        report = json.loads(done.stdout)
        frames = report["threads"][0]["frames"] if report["threads"] else []
        keep = ("function", "symbol", "object", "build_id", "offset", "file", "line")
        return {"bug": f"{name}-{bug}", "variant": variant, "program": name, "signature": report["signature"],
                "signal": report["crash"]["signal"].get("name"), "verdict": report.get("verdict"),
                "frames": [{key: frame[key] for key in keep if key in frame} for frame in frames[:64]]}

    def rows(self, bugs, variants, jobs=2):
        """bugs: {program: names}. One row for each crash, in a fixed order."""
        builds = {VARIANTS[variant][0] for variant in variants}
        builds |= {BUILDS[build][2] for build in builds if BUILDS[build][2]}
        with ThreadPoolExecutor(jobs) as pool:
            list(pool.map(lambda name: self.build(name, builds), bugs))
            wanted = [(name, bug, variant) for name in bugs for bug in bugs[name] for variant in variants]
            found = list(pool.map(lambda row: self.row(*row), wanted))
        return [row for row in found if row]


def lines(rows):
    """The rows as tests/bench/group_lines.c reads them."""
    text = []
    for row in rows:
        signature = row["signature"]
        places = [place or "-" for place in signature["places"]]
        text.append("\t".join([f"{row['bug']}/{row['variant']}", row["program"], signature["hash"], signature["kind"],
                               signature["bucket"], "01"[signature["inlines_known"]], "\x1f".join(signature["frames"]),
                               "\x1f".join(places)]))
    return "\n".join(text) + "\n"


def grouped(rows, program):
    """Our groups: the number of the group of each row, and the explanations, by the test program group_lines."""
    done = subprocess.run([program], input=lines(rows), capture_output=True, text=True, check=True)
    numbers, said = {}, {}
    for line in done.stdout.splitlines():
        fields = line.split("\t")
        if fields[0] == "#":
            said.setdefault(fields[1], []).append(fields[2])
        elif len(fields) == 2:
            numbers[fields[1]] = fields[0]
    return [numbers[f"{row['bug']}/{row['variant']}"] for row in rows], said


def scores(truth, groups):
    """Pairwise precision, recall and F1; BCubed precision, recall and F; number of groups."""
    both, by_truth, by_group = {}, {}, {}
    for one, other in zip(truth, groups):
        both[one, other] = both.get((one, other), 0) + 1
        by_truth[one] = by_truth.get(one, 0) + 1
        by_group[other] = by_group.get(other, 0) + 1

    def pairs(counts):
        return sum(count * (count - 1) // 2 for count in counts.values())

    def harmonic(precision, recall):
        return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    hit = pairs(both)
    precision = hit / pairs(by_group) if pairs(by_group) else 1.0
    recall = hit / pairs(by_truth) if pairs(by_truth) else 1.0
    cubed_precision = sum(count * count / by_group[key[1]] for key, count in both.items()) / len(truth)
    cubed_recall = sum(count * count / by_truth[key[0]] for key, count in both.items()) / len(truth)
    return {"precision": precision, "recall": recall, "f1": harmonic(precision, recall),
            "bcubed_precision": cubed_precision, "bcubed_recall": cubed_recall,
            "bcubed_f": harmonic(cubed_precision, cubed_recall), "groups": len(by_group)}

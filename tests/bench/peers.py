"""How others group crashes, from the formulas that their sources and papers give; each takes the same rows as ours (see
tests/live/libbugs.py) and returns a group for each. They see the stack of the thread that crashed, as a debugger prints it.

  satyr     lib/normalize.c, lib/core_thread.c     duphash: hash of the normalised functions
  CASR      libcasr/src/stacktrace.rs, cluster.rs  filtered stacks, similarity a=0.04 r=0.13, complete linkage at 0.3
  ReBucket  Dang et al., ICSE 2012                 the same similarity on stacks as they are; c, o, threshold by the best result
  TraceSim  Vasiliev et al., SANER 2020            weights by position and frequency; parameters by the best result
  apport    apport/report.py                       program, signal, five functions
  Socorro   socorro/signature                      skipped and prefix functions, joined by |"""
import itertools
import math
import re

EXIT = re.compile(r"^(__GI_|IA__)?(raise|abort|exit|kill|tgkill|__pthread_kill.*|pthread_kill.*|__run_exit_handlers|__chk_fail|"
                  r"__fortify_fail.*|__stack_chk_fail.*|__assert_fail.*|__assert_fail_base.*|__libc_message.*|gsignal)$")
MEMORY = re.compile(r"^_*(mem(cpy|move|set|cmp)|str(len|cpy|cmp|chr|ncpy|cat|stn))_?.*(sse|avx|evex|erms|ia32|unaligned)?.*$")
REMOVED = re.compile(r"^(__libc_start_.*|_start|clone3?|start_thread|__restore_rt|std::terminate.*|__cxxabiv1::.*|__gnu_cxx::.*|"
                     r"__cxa_.*|_Unwind_.*|malloc_printerr|_int_free.*|_int_malloc|free|malloc|munmap_chunk|"
                     r"rust_panic|rust_begin_unwind|core::panicking::.*|std::panicking::.*|std::process::abort.*)$")
CASR_FUNCTIONS = re.compile(r"^(__?libc_.*|_start|abort|raise|gsignal|__assert.*|__GI_.*|mem(cpy|move|set|cmp)|str(len|cpy|cmp|ncpy|dup)"
                            r"|__mem.*|__str.*|malloc|calloc|realloc|free|_?_int_.*|malloc_printerr|munmap_chunk|__pthread_kill.*|"
                            r"pthread_kill.*|__stack_chk_fail.*|__fortify_fail.*|__chk_fail|clone3?|start_thread|std::.*|__gnu_cxx::.*|"
                            r"__cxxabiv1::.*|__cxa_.*|_Unwind_.*|core::.*|alloc::.*|rust_panic.*|rust_begin_unwind|__rust_.*|"
                            r"operator new.*|operator delete.*|__GNU.*|_ZN.*St.*)$")
CASR_FILES = re.compile(r"(libc\.so|libc-|libstdc\+\+|libgcc_s|ld-linux|libpthread|libc\+\+|/rustc/|libasan)")
SOCORRO_SKIP = re.compile(r"^(abort|raise|__pthread_kill.*|pthread_kill.*|gsignal|__GI_.*|kill|tgkill|_start|__libc_start.*|"
                          r"__restore_rt|std::terminate.*|__cxa_throw|__cxxabiv1::.*|__gnu_cxx::.*|rust_panic.*|"
                          r"core::panicking::.*|std::panicking::.*|rust_begin_unwind|std::process::abort.*)$")
SOCORRO_PREFIX = re.compile(r"^(mem(cpy|move|set|cmp).*|__mem.*|str(len|cpy|cmp|chr|ncpy).*|__str.*|malloc|calloc|realloc|free|"
                            r"_int_.*|__assert.*|malloc_printerr|__libc_message.*|munmap_chunk|operator (new|delete).*|std::.*|"
                            r"core::.*|alloc::.*|__stack_chk_fail.*|__fortify_fail.*|__chk_fail|qsort.*|.*\.so[.0-9]*)$")


def plain(name):
    """A function without parameters and template arguments, as debuggers' users compare it."""
    depth, out = 0, []
    for char in re.sub(r"^.*? (?=[^ ]*\()", "", name) if "(" in name and "operator" not in name else name:
        depth += char == "<"
        if char == "(" and not depth and out:
            break
        if not depth:
            out.append(char)
        depth -= char == ">"
    return re.sub(r"\.(isra|part|cold|constprop|lto_priv).*", "", "".join(out)) or name


def text_of(frame):
    name = frame.get("function") or frame.get("symbol")
    if name:
        return plain(name)
    return f"{frame.get('build_id', frame.get('object', '?').rsplit('/', 1)[-1])}+{frame.get('offset', '0')}"


def stack(row):
    return [text_of(frame) for frame in row["frames"]] or ["?"]


def top(count):
    return lambda rows: [" ".join(stack(row)[:count]) for row in rows]


def top_without_libc(count):
    def group(rows):
        kept = [[text_of(frame) for frame in row["frames"] if not CASR_FILES.search(frame.get("object", ""))] or stack(row)
                for row in rows]
        return [" ".join(frames[:count]) for frames in kept]
    return group


def satyr_normalised(row):
    frames = stack(row)
    exits = [index for index, name in enumerate(frames) if EXIT.match(name)]
    if exits and exits[-1] + 1 < len(frames):
        frames = frames[exits[-1] + 1:]
    for index, name in enumerate(frames):
        if name.startswith("__libc_start"):
            frames = frames[:index]
            break
    kept = [MEMORY.sub(r"\1", name) for name in frames if not REMOVED.match(name)] or frames
    return [name for index, name in enumerate(kept) if not index or kept[index - 1] != name]


def satyr(count):
    return lambda rows: [" ".join(satyr_normalised(row)[:count]) for row in rows]


def apport(rows):
    return [":".join([row["program"], row["signal"] or "?", *satyr_normalised(row)[:5]]) for row in rows]


def socorro(rows):
    groups = []
    for row in rows:
        parts = []
        for name in [name for name in stack(row) if not SOCORRO_SKIP.match(name)][:40]:
            parts.append(name)
            if not SOCORRO_PREFIX.match(name):
                break
        groups.append(" | ".join(parts)[:255])
    return groups


def collapse(frames):
    """Repeating intervals once, as CASR does."""
    result = []
    for name in frames:
        result.append(name)
        for size in range(1, len(result) // 2 + 1):
            if result[-size:] == result[-2 * size:-size]:
                del result[-size:]
                break
    return result


def casr_stack(row):
    kept = [text_of(frame) for frame in row["frames"] if not CASR_FILES.search(frame.get("object", ""))
            and not CASR_FILES.search(frame.get("file", "")) and not CASR_FUNCTIONS.match(text_of(frame))]
    return tuple(collapse(kept)[:30]) or tuple(stack(row)[:1])


def pdm(one, other, near, far):
    """ReBucket's position dependent model, with CASR's normalisation."""
    table = [[0.0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for i, a in enumerate(one, 1):
        for j, b in enumerate(other, 1):
            match = math.exp(-near * min(i, j) - far * abs(i - j)) if a == b else 0.0
            table[i][j] = max(table[i - 1][j], table[i][j - 1], table[i - 1][j - 1] + match)
    whole = sum(math.exp(-near * i) for i in range(1, min(len(one), len(other)) + 1))
    return table[-1][-1] / whole if whole else 0.0


def tracesim(one, other, weights, gamma):
    """A global alignment of weighted frames; `weights` gives a frame's weight by position and name."""
    left = [weights(i, name) for i, name in enumerate(one, 1)]
    right = [weights(j, name) for j, name in enumerate(other, 1)]
    table = [[0.0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for i in range(1, len(one) + 1):
        table[i][0] = table[i - 1][0] - left[i - 1]
    for j in range(1, len(other) + 1):
        table[0][j] = table[0][j - 1] - right[j - 1]
    for i, a in enumerate(one, 1):
        for j, b in enumerate(other, 1):
            if a == b:
                step = max(left[i - 1], right[j - 1]) * math.exp(-gamma * abs(i - j))
            else:
                step = -left[i - 1] - right[j - 1]
            table[i][j] = max(table[i - 1][j] - left[i - 1], table[i][j - 1] - right[j - 1], table[i - 1][j - 1] + step)
    sums = {}
    for frames, values, side in ((one, left, 0), (other, right, 1)):
        for name, value in zip(frames, values):
            sums.setdefault(name, [0.0, 0.0])[side] += value
    whole = sum(max(pair) for pair in sums.values())
    return table[-1][-1] / whole if whole else 0.0


def complete_linkage(distances):
    """All merges of complete linkage with their heights, by chains of nearest neighbours."""
    count = len(distances)
    far = [[distances[max(i, j)][min(i, j)] for j in range(count)] for i in range(count)]
    alive, chain, merges = set(range(count)), [], []
    while len(alive) > 1:
        if not chain:
            chain.append(min(alive))
        last = chain[-1]
        near = min((other for other in alive if other != last),
                   key=lambda other: (far[last][other], len(chain) < 2 or other != chain[-2]))
        if len(chain) > 1 and near == chain[-2]:
            chain = chain[:-2]
            merges.append((far[last][near], last, near))
            alive.discard(near)
            for other in alive:
                far[last][other] = far[other][last] = max(far[last][other], far[near][other])
        else:
            chain.append(near)
    return merges


def cut(merges, count, threshold):
    """The clusters below the threshold, as a number for each member."""
    parent = list(range(count))

    def find(member):
        while parent[member] != member:
            member = parent[member]
        return member
    for height, one, other in merges:
        if height <= threshold:
            parent[find(other)] = find(one)
    return [find(member) for member in range(count)]


def by_distance(stacks, distance, thresholds):
    """Groups for each threshold; equal stacks are compared once."""
    unique = sorted(set(stacks))
    merges = complete_linkage([[distance(a, b) if i < index else 0.0 for i, b in enumerate(unique)]
                               for index, a in enumerate(unique)])
    for threshold in thresholds:
        groups = dict(zip(unique, cut(merges, len(unique), threshold)))
        yield [groups[one] for one in stacks]


def casr(rows):
    stacks = [casr_stack(row) for row in rows]
    return next(by_distance(stacks, lambda a, b: 1 - pdm(a, b, 0.04, 0.13), [0.3]))


def rebucket_all(rows):
    stacks = [tuple(stack(row)[:20]) for row in rows]
    for near, far in itertools.product((0.0, 0.04, 0.3), (0.0, 0.13)):
        def apart(a, b, near=near, far=far):
            return 1 - pdm(a, b, near, far)
        for threshold, groups in zip((0.06, 0.15, 0.3, 0.5), by_distance(stacks, apart, (0.06, 0.15, 0.3, 0.5))):
            yield f"c={near} o={far} at {threshold}", groups


def tracesim_all(rows):
    stacks = [tuple(stack(row)[:20]) for row in rows]
    seen = {}
    for frames in stacks:
        for name in set(frames):
            seen[name] = seen.get(name, 0) + 100 / len(stacks)
    for alpha, beta, gamma in itertools.product((1.0, 2.0), (0.0, 0.05), (0.1,)):
        def weight(position, name, alpha=alpha, beta=beta):
            return position ** -alpha * math.exp(-beta * seen[name])

        def apart(a, b, weight=weight, gamma=gamma):
            return 1 - tracesim(a, b, weight, gamma)
        limits = (0.2, 0.5, 0.8, 1.1)
        for threshold, groups in zip(limits, by_distance(stacks, apart, limits)):
            yield f"alpha={alpha} beta={beta} gamma={gamma} at {threshold}", groups


EXACT = {"top function": top(1), "top 3 functions": top(3), "top function outside the C library": top_without_libc(1),
         "top 3 outside the C library": top_without_libc(3), "satyr duphash, 3 frames": satyr(3),
         "satyr duphash, all frames": satyr(64), "apport": apport, "Socorro-like": socorro, "CASR": casr}
TUNED = {"ReBucket": rebucket_all, "TraceSim": tracesim_all}

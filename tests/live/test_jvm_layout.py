#!/usr/bin/env python3
"""Generations by arithmetic against what the JVM says of itself (jcmd GC.heap_info), for every collector that the installed
Java has and a dozen ways to size a heap. Nothing certain may be wrong; with the command line every answer must be right.

With -v it prints the table of docs/accuracy.md, over all sizes with all collectors. `--java FOLDER` runs another JDK than the
installed one: 8 to 13 have CMS too."""
import os
import sys
from collections import Counter

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from libjvm import COLLECTORS, SIZES, Java, chosen_java, solved, verdict  # noqa: E402

SHORT = (("serial", ("plain", "fixed, Xmn", "odd", "NewSize", "40g", "no archive")),
         ("parallel", ("plain", "Xmn", "NewRatio", "whole references")), ("g1", ("plain", "8g", "40g")),
         ("cms", ("plain", "Xmn", "NewRatio", "odd")), ("z", ("plain",)), ("shenandoah", ("plain",)), ("epsilon", ("whole references",)))


def chosen(everything):
    for collector, names in SHORT:
        for name in SIZES if everything else names:
            yield collector, name


def main():
    chosen_java()
    everything, failed, counts = "-v" in sys.argv, [], Counter()
    with Java() as java:
        for collector, name in chosen(everything):
            flags = f"{COLLECTORS[collector]} {SIZES[name]}"
            ran = java.run(flags, f"{collector}-{name.replace(' ', '-')}")
            if not ran:
                print(f"this Java does not run with {flags}: left out")
                continue
            path, truth = ran
            for given in (flags, None):
                jvm = solved(path, given)
                result, sure = verdict(truth, jvm), jvm.get("confidence", "-")
                counts[bool(given), collector, result, sure] += 1
                counts[bool(given), result] += 1
                if result == "wrong" and (sure == "certain" or given) or result == "unknown" and given:
                    failed.append(f"{result}, {sure}: {flags} ({'with' if given else 'without'} the flags): "
                                  f"truth {truth}, answer {jvm.get('heap')} {jvm.get('generations')}")
    if everything:
        print("| command line | collector | answer | confidence | maps |\n| --- | --- | --- | --- | --- |")
        for key, count in sorted((key, count) for key, count in counts.items() if len(key) == 4):
            print(f"| {'given' if key[0] else 'not given'} | {' | '.join(key[1:])} | {count} |")
    if not counts[True, "right"]:
        failed.append("no map was solved: this test sees nothing")
    print(dict(counts) if not everything else "")
    for text in failed:
        print("FAIL:", text)
    sys.exit(1 if failed else 0)


main()

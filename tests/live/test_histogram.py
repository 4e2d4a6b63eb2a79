#!/usr/bin/env python3
"""Class histograms that jcmd and jmap print of a real JVM: each row against a plain search of the same text, the sums against
its row Total, and what the program says that it made."""
import json
import os
import re
import subprocess
import tempfile

import libcores

SOURCE = """
import java.util.*;
public class Hoard {
    static class Kept { long a, b; }
    static List<Object> kept = new ArrayList<>(1 << 16);
    public static void main(String[] args) throws Exception {
        do {
            for (int i = 0; i < 1000; i++)
                kept.add(new Kept());
            System.out.println("ready");
        } while (System.in.read() > 0);
    }
}
"""
ROW = re.compile(r"^\s*\d+:\s+(\d+)\s+(\d+)\s+(\S+)(?: \((\S+)\))?\s*$", re.M)


def run(command, *paths, status=0):
    done = libcores.run_inquest(command, "--json", *paths)
    assert done.returncode == status, done.stderr
    return json.loads(done.stdout)


def take(folder, process):
    """Three histograms, with a thousand objects more each time; the first once more by jmap."""
    texts = []
    for i in range(3):
        assert process.stdout.readline() == "ready\n"
        texts.append(subprocess.run(["jcmd", str(process.pid), "GC.class_histogram"], capture_output=True, text=True,
                                    check=True).stdout)
        if i == 0:
            texts.append(subprocess.run(["jmap", "-histo:live", str(process.pid)], capture_output=True, text=True,
                                        check=True).stdout)
        process.stdin.write("\n" if i < 2 else "")
        process.stdin.flush()
    paths = [os.path.join(folder, f"{i}.txt") for i in range(len(texts))]
    for path, text in zip(paths, texts):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    return paths, texts


def java_name(name):
    letters = {"B": "byte", "C": "char", "D": "double", "F": "float", "I": "int", "J": "long", "S": "short",
               "Z": "boolean"}
    element = name.lstrip("[")
    depth = len(name) - len(element)
    if depth:
        element = letters[element] if len(element) == 1 else element[1:-1]
    return element + "[]" * depth


def check_rows(path, text):
    found = run("jvm", path)["histogram"]
    expected = [(java_name(name), int(count), int(size)) for count, size, name, _ in ROW.findall(text)]
    assert [(row["class"], row["instances"], row["bytes"]) for row in found] == expected
    total = re.search(r"^Total\s+(\d+)\s+(\d+)", text, re.M)
    assert sum(row["instances"] for row in found) == int(total[1]) and sum(row["bytes"] for row in found) == int(total[2])
    assert {row.get("module", "") for row in found} == {module for *_, module in ROW.findall(text)}


def check_spoiled(folder, text):
    lines = text.splitlines()
    path = os.path.join(folder, "spoiled.txt")
    for words, spoiled in (("row 10 comes where row 9 is due", lines[:11] + lines[12:]), ("is cut", lines[:40]),
                           ("Total says", [line.replace("Hoard$Kept", "X").replace(" 1000 ", " 1001 ") for line in lines])):
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join("> " + line for line in spoiled) + "\n")
        warnings = " ".join(run("jvm", path, status=3)["warnings"])
        assert words in warnings, (words, warnings)


def check_diff(paths, texts):
    document = run("diff", *paths)
    assert document["kind"] == "jvm-histogram"
    kept = [row for row in document["rows"] if row["level"] == "class" and row["name"] == "Hoard$Kept"][0]
    size = int(re.search(r" (\d+)  Hoard\$Kept", texts[0])[1]) // 1000
    assert kept["values"] == [n * 1000 * size for n in (1, 2, 3)] and kept["steady"], kept
    assert (kept["count_before"], kept["count_after"]) == (1000, 3000)
    sums = [sum(int(size) for _, size, *_ in ROW.findall(text)) for text in texts]
    assert document["totals"] == sums


libcores.need("java", "javac", "jcmd", "jmap")
with tempfile.TemporaryDirectory(prefix="inquest-histogram-") as work:
    with open(os.path.join(work, "Hoard.java"), "w", encoding="utf-8") as source:
        source.write(SOURCE)
    subprocess.run(["javac", "-d", work, os.path.join(work, "Hoard.java")], check=True)
    with subprocess.Popen(["java", "-Xmx64m", "-XX:+UseSerialGC", "-cp", work, "Hoard"], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, text=True) as hoard:
        files, printed = take(work, hoard)
        hoard.stdin.close()
    for file_name, content in zip(files, printed):
        check_rows(file_name, content)
    assert run("identify", files[0])["files"][0]["kind"] == "jvm-histogram"
    check_spoiled(work, printed[0])
    check_diff([files[0], files[2], files[3]], [printed[0], printed[2], printed[3]])

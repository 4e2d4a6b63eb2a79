#!/usr/bin/env python3
"""The man pages and the completions know every command and every option of --help, and no other."""
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

INQUEST = os.environ["INQUEST"]
DOCS = Path(os.environ["SOURCE_DIR"]) / "docs"
failures = []


def expect(condition, what):
    if not condition:
        failures.append(what)
        print(f"FAIL: {what}")


def same(what, found, wanted):
    expect(found == wanted, f"{what}: lacks {sorted(wanted - found)}, has too many {sorted(found - wanted)}")


def output(*words):
    return subprocess.run([INQUEST, *words], capture_output=True, text=True, check=True).stdout


def commands():
    section = output("--help").split("Commands:\n")[1].split("\n\n")[0]
    return [line.split()[0] for line in section.splitlines()]


def options(command):
    """{"--long", "-l"} of a command's help."""
    section = output(command, "--help").split("Options:\n")[1].split("\n\n")[0]
    found = set()
    for line in section.splitlines():
        found.update(re.findall(r"(?<!\S)(--?[a-z][a-z-]*)", line[:26]))
    return found


def man_options(page):
    """Of the lines `.It Fl o , Fl -output Ar file`."""
    found = set()
    for line in (DOCS / "man" / page).read_text().splitlines():
        if line.startswith(".It Fl "):
            found.update("-" + word for word in re.findall(r"Fl (\S+)", line))
    return found


def bash_words(*typed):
    script = (f". '{DOCS}/completions/inquest.bash'; COMP_WORDS=({' '.join(repr(w) for w in typed)}); "
              f"COMP_CWORD={len(typed) - 1}; _inquest; printf '%s\\n' \"${{COMPREPLY[@]}}\"")
    environment = {**os.environ, "PATH": f"{os.path.dirname(INQUEST)}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True, env=environment)
    return set(done.stdout.split())


def check_man(names, by_command):
    main = man_options("inquest.1")
    text = (DOCS / "man" / "inquest.1").read_text()
    same("commands in inquest(1)", set(re.findall(r"^\.It Ic (\S+)", text, re.M)), set(names))
    for name in names:
        page = DOCS / "man" / f"inquest-{name}.1"
        if name == "help":
            continue
        expect(page.is_file(), f"there is no {page.name}")
        known = main | man_options(page.name)
        expect(by_command[name] <= known, f"{page.name} and inquest(1) lack {sorted(by_command[name] - known)}")
        expect(man_options(page.name) <= by_command[name], f"{page.name} has options that the command has not")
        expect(f".Xr inquest-{name} 1" in text, f"inquest(1) does not point to {page.name}")
    every = set().union(*by_command.values())
    expect(main <= every, f"inquest(1) has options that no command has: {sorted(main - every)}")


def check_completions(names, by_command):
    same("bash: commands", bash_words("inquest", "") - {"--help", "--version"}, set(names))
    for name in names:
        same(f"bash: options of {name}", bash_words("inquest", name, "-"), by_command[name])
    same("bash: formats", bash_words("inquest", "map", "--format", ""), {"text", "json"})
    expect("elf-core" in bash_words("inquest", "map", "--kind", ""), "bash: kinds")
    every = {option for found in by_command.values() for option in found if option.startswith("--")}
    zsh = (DOCS / "completions" / "_inquest").read_text()
    found = {one or other for one, other in re.findall(r"(--[a-z][a-z-]*)\[|(?<=,)(--[a-z-]+)(?=\})", zsh)}
    same("zsh: options", found, every)
    same("zsh: commands", set(re.findall(r"^    '([a-z]+):", zsh, re.M)), set(names))
    fish = (DOCS / "completions" / "inquest.fish").read_text()
    same("fish: options", {"--" + word for word in re.findall(r"^complete .* -l (\S+)", fish, re.M)}, every)
    same("fish: commands", set(re.findall(r"use_subcommand -f -a (\S+)", fish)), set(names))


def check_pages_render():
    if not shutil.which("groff"):
        print("SKIP in part: groff is missing")
        return
    for page in sorted((DOCS / "man").glob("*.[1-9]")):
        done = subprocess.run(["groff", "-ww", "-mdoc", "-Tutf8", str(page)], capture_output=True, text=True, check=False)
        expect(done.returncode == 0 and not done.stderr, f"{page.name}: {done.stderr[:300]}")
        expect("SEE ALSO" in re.sub(r"\x1b\[[0-9;]*m|.\x08", "", done.stdout), f"{page.name} ends early")


def main():
    names = commands()
    expect(len(names) >= 5, "--help lists commands")
    by_command = {name: options(name) for name in names}
    expect(all({"--json", "--help", "-o"} <= found for found in by_command.values()), "--help lists options")
    check_man(names, by_command)
    check_completions(names, by_command)
    check_pages_render()
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

#!/bin/bash
# Names that the core alone gives: a Solaris core has no file note and no build IDs, but the run-time linker's list and the
# libraries' text with their symbols. Expected: the stack that the corpus' notes tell; another build of the program lies
# beside the core and must not be believed.
. "$SOURCE_DIR/tests/cli/lib.sh" || exit 1

case=$CORPUS/public/core-solaris/illumos-x86
[ -r "$case/pause-sigquit.core" ] || { echo "SKIP: no $case"; exit 77; }

stack()
{
	run 0 where "$@" "$case/pause-sigquit.core" fef4a855 08050c4d 08050a4d
	sed -n 1p out | grep -qF "libc.so.1+0xea855 (text) __pause+0x15" || fail "line 1: $(sed -n 1p out)"
	sed -n 2p out | grep -qF "main+0x2d" || fail "line 2: $(sed -n 2p out)"
	sed -n 3p out | grep -qF "_start+0x7d" || fail "line 3: $(sed -n 3p out)"
}

stack
stack --exe "$case/pause-sigquit.other-build.exec"
run 0 report --json --exe "$case/pause-sigquit.other-build.exec" "$case/pause-sigquit.core"
has out '"file":"mismatched"'
finish

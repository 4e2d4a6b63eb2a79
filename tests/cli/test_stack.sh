#!/bin/bash
# The options of `inquest stack`, and what it says of artefacts that have no stack.
. "$SOURCE_DIR/tests/cli/lib.sh" || exit 1

run 1 stack maps
has err "no thread is told of: an address map has no stacks"
[ ! -s out ] || fail "a document of nothing"
run 1 stack --json maps
[ ! -s out ] || fail "a JSON document of nothing"
for limit in 0 -1 x 1x "" 99999999999999999999999; do
	run 2 stack --limit "$limit" maps
	has err "is not a number of frames from 1 on"
done
run 2 stack --all-treads maps
has err "did you mean '--all-threads'?"

core=$SOURCE_DIR/testdata/cores/xvfb.core.zst
run 0 stack --no-files "$core"
has out "thread 12887 Xvfb, crashed, SIGABRT"
has out "=  "
has out "from saved registers"
awk 'length($0) > 80 { exit 1 }' out || fail "a line is longer than 80 columns"
run 0 stack --no-files --limit 1 "$core"
[ "$(grep -c '^    [=+~?]' out)" = 2 ] || fail "--limit 1 is not one frame and the legend: $(cat out)"
run 0 stack --no-files --color=always "$core"
grep -q $'\33\\[' out || fail "no colour though asked"
run 0 stack --no-files -v "$core"
has out "0x00007f62b42a8eec  libc.so.6"
run 0 stack --no-files --unique "$core"
has out "thread 12887 Xvfb, crashed, SIGABRT"
finish

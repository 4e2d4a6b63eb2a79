#!/bin/bash
# Where the answer goes: -o gives a whole file or none, a full disk is told, a closed pipe is quiet.
. "$SOURCE_DIR/tests/cli/lib.sh" || exit 1

run 0 map maps
cp out whole
run 0 map maps -o file
cmp -s file whole || fail "-o writes something else"
[ ! -s out ] || fail "-o writes to standard output too"
run 0 map maps --output=-
cmp -s out whole || fail "-o - is not standard output"
[ "$(stat -c %a file)" = "$(printf '%o' $((0666 & ~$(umask))))" ] || fail "-o makes a file of mode $(stat -c %a file)"

echo old >target
ln -s target link
run 0 map maps -o link
[ -L link ] || fail "-o replaces a symbolic link"
cmp -s target whole || fail "-o through a symbolic link"
run 0 map maps -o /dev/null
[ -c /dev/null ] || fail "-o replaced /dev/null"
echo old >kept
run 1 map /nonexistent -o kept
[ "$(cat kept)" = old ] || fail "a failed run overwrites the old file"
run 1 map maps -o nowhere/file
has err "nowhere/file: cannot be opened"
[ -z "$(find . -name '*.tmp')" ] || fail "a temporary file is left: $(find . -name '*.tmp')"

if [ -w /dev/full ]; then
	status=0
	"$INQUEST" map maps >/dev/full 2>err || status=$?
	[ "$status" = 1 ] || fail "a full disk ends with $status"
	has err "standard output: could not be written: No space left"
	status=0
	"$INQUEST" --help >/dev/full 2>err || status=$?
	[ "$status" = 1 ] || fail "help on a full disk ends with $status"
	run 1 map maps -o /dev/full
	has err "/dev/full: could not be written"
fi

# More than a pipe holds, and nobody who reads on.
seq -f 555555%06g 555000 754999 >many
"$INQUEST" where maps - <many 2>err | head -n 1 >first || true
[ ! -s err ] || fail "a closed pipe is not quiet: $(cat err)"
[ "$(wc -l <first)" = 1 ] || fail "the first line is lost"
(
	trap '' PIPE
	status=0
	"$INQUEST" where maps - <many 2>err || status=$?
	echo "$status" >status
) | true
[ "$(cat status)" = 1 ] || fail "EPIPE ends with $(cat status)"
has err "could not be written: Broken pipe"
finish

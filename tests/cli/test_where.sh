#!/bin/bash
# `where`: what is an artefact and what an address, standard input as a filter, holes. Expected: arithmetic on ./maps.
. "$SOURCE_DIR/tests/cli/lib.sh" || exit 1

run 0 where maps 555555555010 0X7ffff7c28000 libfoo.so.1+0x30 'libfoo.so.1`0x7ffff7c28001' 7fffffffefff
[ "$(wc -l <out)" = 5 ] || fail "not one line for each address"
sed -n 1p out | grep -qF "0x555555555010  app+0x1010 (text)  /opt/app/bin/app" || fail "line 1: $(sed -n 1p out)"
sed -n 2p out | grep -qF "libfoo.so.1+0x28000 (text)" || fail "line 2: $(sed -n 2p out)"
sed -n 3p out | grep -qF "0x7ffff7c00030 = libfoo.so.1+0x30 " || fail "line 3: $(sed -n 3p out)"
sed -n 4p out | grep -qF "libfoo.so.1+0x28001" || fail "line 4: $(sed -n 4p out)"
sed -n 5p out | grep -qF "[stack]+0x20fff (stack)" || fail "line 5: $(sed -n 5p out)"

run 0 where maps 555555556000 0 ffffffffffffffff 555555557fff
sed -n 1p out | grep -qF "not mapped: just past the end of app (0x555555556000), 8 KiB below" || fail "$(sed -n 1p out)"
sed -n 2p out | grep -qF "not mapped: 85.3 TiB below app (0x555555554000)" || fail "$(sed -n 2p out)"
sed -n 3p out | grep -qF "16.0 EiB above the end of stack (0x7ffffffff000)" || fail "$(sed -n 3p out)"
sed -n 4p out | grep -qF "8,191 bytes above the end of app (0x555555556000), 1 byte below" || fail "$(sed -n 4p out)"

run 2 where maps 555555555010 zzz nolib.so+0x1
has err "'zzz'"
has err "'nolib.so+0x1'"
[ ! -s out ] || fail "something is answered though the question is wrong"
run 2 where maps
has err "needs an address"
run 2 where - -
run 1 where /nonexistent 0

# A file whose name is an address is an artefact, unless it stands behind "--".
cp maps 555555555010
run 0 where maps 555555555010 -- 555555554000
[ "$(wc -l <out)" = 1 ] || fail "a file's name was taken for an address"
run 0 where maps -- 555555555010
has out "app+0x1010"
rm 555555555010

printf '555555555010\n  0x555555555011\t\r\n\nlibfoo.so.1+0x30' | "$INQUEST" where maps - >out 2>err || fail "the filter fails"
[ "$(cut -d' ' -f1 out | tr '\n' ' ')" = "0x555555555010 0x555555555011 0x7ffff7c00030 " ] || fail "the filter: $(cat out)"

status=0
printf '555555555010\nnonsense\n\33[2Jred\n1\0002\n555555555012\n' | "$INQUEST" where maps - >out 2>err || status=$?
[ "$status" = 3 ] || fail "bad lines end with $status"
[ "$(wc -l <out)" = 2 ] || fail "the good lines are not answered: $(cat out)"
has err "standard input:2: 'nonsense'"
has err "standard input:3: '\\x1b[2Jred'"
has err "standard input:4: "
! grep -q $'\33' err || fail "a raw escape character in a message"

# A line without end takes no memory, and the next line is answered.
status=0
{ head -c 3000000 /dev/zero | tr '\0' a && printf '\n555555555012\n'; } | "$INQUEST" where maps - >out 2>err || status=$?
[ "$status $(wc -l <out)" = "3 1" ] || fail "an endless line: $status, $(wc -l <out) answers"
has err "standard input:1: "

# Whoever asks one address at a time is answered at once.
mkfifo ask answer
"$INQUEST" where maps - <ask >answer &
exec 3>ask 4<answer
echo 555555555010 >&3
read -r -t 20 line <&4 || fail "no answer before the end of the input"
[ "${line%% *}" = 0x555555555010 ] || fail "the answer is '$line'"
exec 3>&- 4<&-
wait

# Text and JSON tell the same; the document is whole with many answers.
for i in $(seq 0 2999); do printf '%x\n' $((0x555555554000 + i)); done >many
"$INQUEST" where maps - <many >out
[ "$(wc -l <out)" = 3000 ] || fail "$(wc -l <out) lines for 3000 addresses"
[ "$(tail -n 1 out | cut -d' ' -f3)" = app+0xbb7 ] || fail "the last: $(tail -n 1 out)"
"$INQUEST" where --json maps - <many >out.json
python3 - <<-'END' || fail "JSON of many"
	import json
	locations = json.load(open("out.json"))["locations"]
	assert [int(l["address"], 16) for l in locations] == [0x555555554000 + i for i in range(3000)]
	assert locations[-1]["offset"] == "0xbb7" and locations[-1]["object"] == "/opt/app/bin/app"
END
"$INQUEST" where - 555555555010 <maps >out || fail "the artefact on standard input"
has out "app+0x1010"
finish

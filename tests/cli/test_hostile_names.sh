#!/bin/bash
# Names out of an artefact never reach the terminal as they are, and colours never reach a pipe unasked.
. "$SOURCE_DIR/tests/cli/lib.sh" || exit 1
escape=$'\33'
printf '555555554000-555555555000 r-xp 00000000 08:01 1 /tmp/\33[2J\33]0;title\7evil\302\233 31m\342\200\256.so\n' >hostile
printf '555555556000-555555557000 r--p 00000000 08:01 2 /tmp/\377\376raw\n' >>hostile
cp hostile $'na\33[31mme'

for words in "report -v" "map" "map -v" "map --summary" "map --summary -v" "identify" "where"; do
	read -ra command <<<"$words"
	address=()
	[ "$words" != where ] || address=(555555554010 555555555010 555555556010)
	for format in text json; do
		for file in hostile $'na\33[31mme'; do
			run 0 "${command[@]}" --format "$format" "$file" "${address[@]}"
			LC_ALL=C grep -q $'[\001-\010\013-\037\177]' out && fail "'$words' ($format) prints a control character"
			LC_ALL=C grep -q $'[\001-\010\013-\037\177]' err && fail "'$words' ($format) says a control character"
			LC_ALL=C grep -q $'\302\233' out && fail "'$words' ($format) prints a C1 control"
			iconv -f UTF-8 -t UTF-8 out >/dev/null || fail "'$words' ($format) prints what is not UTF-8"
		done
	done
done
run 0 map hostile
has out 'x1b[2J'
run 2 where hostile "${escape}[31mred"
! grep -q "$escape" err || fail "an argument is echoed raw"
run 1 report "/nonexistent/${escape}[31mred"
! grep -q "$escape" err || fail "a file's name is echoed raw"

# Colours: never in a pipe by themselves, never with NO_COLOR, always when asked.
run 0 report hostile
! grep -q "$escape" out || fail "colour in a pipe"
run 0 report --color=always hostile
grep -q "$escape\[" out || fail "no colour though asked"
run 0 report --color=always --json hostile
! grep -q "$escape" out || fail "colour in JSON"
if command -v script >/dev/null; then
	TERM=xterm script -qec "'$INQUEST' report hostile" /dev/null </dev/null >typed
	grep -q "$escape\[1m" typed || fail "no colour on a terminal"
	NO_COLOR=1 TERM=xterm script -qec "'$INQUEST' report hostile" /dev/null </dev/null >typed
	! grep -q "$escape\[1m" typed || fail "colour in spite of NO_COLOR"
	TERM=dumb script -qec "'$INQUEST' report hostile" /dev/null </dev/null >typed
	! grep -q "$escape\[1m" typed || fail "colour on a dumb terminal"
fi
finish

#!/bin/bash
# Wrong usage is told and ends with 2; help ends with 0; an unusable artefact with 1, a partial one with 3.
. "$SOURCE_DIR/tests/cli/lib.sh" || exit 1

run 2
has err "inquest report core"
[ ! -s out ] || fail "wrong usage writes to standard output"
run 0 --help
has out "Commands:"
[ ! -s err ] || fail "help writes to standard error"
cp out help
run 0 help
cmp -s out help || fail "'inquest help' is not 'inquest --help'"
run 0 --version
grep -qE '^inquest [0-9]+\.[0-9]+\.[0-9]+$' out || fail "the version is '$(cat out)'"

for command in report stack where map identify; do
	run 0 "$command" --help
	has out "Usage: inquest $command"
	has out "Examples:"
	cp out help
	run 0 help "$command"
	cmp -s out help || fail "'help $command' is not '$command --help'"
	run 2 "$command"
	has err "inquest: $command needs"
	has err "try 'inquest $command --help'"
	run 2 "$command" --nonsense maps
	has err "has no option '--nonsense'"
	run 2 "$command" -Z maps
	has err "no option '-Z'"
	run 2 "$command" maps --format html 0
	has err "'html' is not available in this version; these are: text, json"
	run 2 "$command" maps --color purple 0
	run 2 "$command" maps 0 --output
	has err "needs a value"
done

run 2 maps
has err "there is no command 'maps'; did you mean 'map'?"
run 2 identfy maps
has err "did you mean 'identify'?"
run 2 rep maps
has err "did you mean 'report'?"
run 2 frobnicate
hasnt err "did you mean"
run 2 --json report maps
has err "options come after"
run 2 map --sumary maps
has err "did you mean '--summary'?"
run 2 map --summary=yes maps
has err "takes no value"
run 2 report --kind proc-map maps
has err "did you mean 'proc-maps'?"
run 2 report --pid x maps
run 2 report --pid 0 maps
run 2 help nothing
run 0 help kinds
has out "elf-core"
has out "proc-maps"

for command in report map; do
	run 1 "$command" /nonexistent/core
	has err "inquest: /nonexistent/core"
	[ ! -s out ] || fail "'$command' reports on nothing"
	run 1 "$command" -q /nonexistent/core
	has err "inquest: /nonexistent/core"
	mkdir -p empty
	run 1 "$command" empty
	run 1 "$command" /dev/null
	run 1 "$command" maps /nonexistent/core
	has out "app"
	run 0 "$command" maps
	run 0 "$command" --map maps maps
done
echo "some words" >words
run 1 identify words maps /nonexistent
has out "maps: proc-maps"
has out "words: of no known kind"
has err "/nonexistent"
run 0 identify maps
head -c 300 "$INQUEST" >cut-program
run 1 report cut-program

# A core whose only segment is not there: an ELF header and one program header, by elf(5).
{
	printf '\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\4\0\76\0\1\0\0\0\0\0\0\0\0\0\0\0\100\0\0\0\0\0\0\0'
	printf '\0\0\0\0\0\0\0\0\0\0\0\0\100\0\70\0\1\0\0\0\0\0\0\0'
	printf '\1\0\0\0\6\0\0\0\0\20\0\0\0\0\0\0\0\0\100\0\0\0\0\0\0\0\0\0\0\0\0\0'
	printf '\0\20\0\0\0\0\0\0\0\20\0\0\0\0\0\0\0\20\0\0\0\0\0\0'
} >core
run 3 map core
has out "000000400000 000000401000"
has err "inquest: core"
run 3 map -q core
[ ! -s err ] || fail "-q keeps no warning back"
run 3 report core
has out "partial"
finish

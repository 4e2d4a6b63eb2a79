#!/bin/bash
# Documents and test data keep up with the tables: each row of a table is written about, each readable text has a sample.
set -euo pipefail
cd "$SOURCE_DIR"
status=0

fail()
{
	echo "FAIL: $*"
	status=1
}

# The rows of a table, as users read them: proc_maps is proc-maps.
rows()
{
	sed -nE 's/^INQ_[A-Z]+\(([a-z0-9_]+)\).*/\1/p' | tr _ -
}

# Prints the rows on standard input that are not in the files: unwritten PREFIX FILE...
unwritten()
{
	local prefix=$1 name
	shift
	while read -r name; do
		grep -qE "$prefix${name//-/[-_]}([^a-z0-9_-]|$)" "$@" || echo "$name"
	done
}

written()
{
	local table=$1 prefix=$2 name
	shift 2
	for name in $(rows <"$table" | unwritten "$prefix" "$@"); do
		fail "$table: $name is not in $*"
	done
}

# A text that Inquest reads has samples in testdata/KIND; a row that is only recognised has no reader.
check_samples()
{
	local name file
	for name in $(rows <formats/formats.def); do
		file=$(grep -rlE "struct inq_format inq_format_${name//-/_}\b" formats | head -n 1) || true
		[ -n "$file" ] || { fail "formats.def: no file defines ${name//-/_}" && continue; }
		awk -v name="inq_format_${name//-/_} " 'index($0, name) { found = 1 } found { print } /^};/ && found { exit }' "$file" |
			grep -q '\.read' || continue
		[ "$name" = elf-core ] || [ -n "$(ls "testdata/$name" 2>/dev/null)" ] || fail "testdata/$name has no sample"
	done
}

# The check itself must see a missing row.
[ "$(printf 'INQ_FORMAT(no_such_thing)\n' | rows | unwritten '' README.md)" = no-such-thing ] || fail "this test sees nothing"
written formats/formats.def '' README.md
written lib/arch/archs.def '' README.md
written lib/classify/rules.def '' docs/regions.md
written lib/diagnose/causes.def '' docs/diagnosis.md
written cli/commands.def 'inquest ' README.md
written cli/commands.def '' docs/man/inquest.1
check_samples
exit $status

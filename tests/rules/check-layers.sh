#!/bin/bash
# Who may include whom: the tree against tests/layers.txt, then some wrong trees, which must be refused.
set -euo pipefail
rules=$SOURCE_DIR/tests/rules/_layers.awk

check_tree()
{
	(cd "$1" && find lib formats cli tests testdata -name '*.[ch]' -o -name '*.def' | sort |
		xargs awk -f "$rules" tests/layers.txt)
}

# A tree with one file, of one include, must be refused (or accepted): try refused|accepted FILE INCLUDE
try()
{
	local tree verdict=accepted
	tree=$(mktemp -d)
	mkdir -p "$tree"/{lib,formats,cli,testdata} "$tree/tests" "$(dirname "$tree/$2")"
	cp "$SOURCE_DIR/tests/layers.txt" "$tree/tests"
	echo "#include $3" >"$tree/$2"
	check_tree "$tree" >/dev/null || verdict=refused
	rm -r "$tree"
	[ "$verdict" = "$1" ] || { echo "FAIL: $2 including $3 is $verdict" && exit 1; }
}

check_tree "$SOURCE_DIR"
try accepted lib/space/a.c '"lib/base/view.h"'
try accepted lib/space/a.c '<stdio.h>'
try accepted cli/a.c '<inquest/report.h>'
try accepted tests/unit/elf/a.c '<gelf.h>'
try refused lib/base/a.c '"lib/space/model.h"'
try refused formats/core/a.c '"lib/symbol/symbol.h"'
try refused lib/classify/rules/a.c '"formats/format.h"'
try refused lib/render/a.c '"lib/space/model.h"'
try refused cli/a.c '"lib/base/view.h"'
try refused lib/elf/a.c '<gelf.h>'
try refused lib/space/a.c '"model.h"'
try refused lib/spacesuit/a.c '"lib/base/view.h"'

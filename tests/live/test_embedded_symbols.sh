#!/bin/bash
# Names out of the symbol tables that a kernel of illumos wrote into the core: the stack that its own tools print.
set -euo pipefail
core=$CORPUS/public/core-solaris/illumos-x86/pause-sigquit.core
[ -f "$core" ] || { echo "SKIPPED: the real inputs are not at hand" && exit 77; }
answer=$("$INQUEST" where --no-files "$core" fef4a855 08050c4d 08050a4d)
for name in __pause+0x15 main+0x2d _start+0x7d; do
	grep -qF " $name" <<<"$answer" || { echo "FAIL: no $name in:"$'\n'"$answer" && exit 1; }
done

#!/bin/bash
# The pages of docs/adding must stay true: each whole C file that they show compiles, and is laid out as ours are.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

for page in "$SOURCE_DIR"/docs/adding/*.md; do
	name=$(basename "$page" .md)
	awk -v base="$work/$name" '/^```c$/ { inside = 1; file = base "-" ++count ".c"; next }
		/^```/ { inside = 0 } inside { print >file }' "$page"
done
cp "$SOURCE_DIR/.clang-format" "$work"
for file in "$work"/*.c; do
	grep -q '^#include' "$file" || continue # a piece, not a file
	cc -std=gnu17 -D_GNU_SOURCE -Wall -Wextra -Wconversion -Wshadow -Werror -fsyntax-only -I"$SOURCE_DIR" \
		-I"$SOURCE_DIR/lib/include" "$file" || { echo "FAIL: the example in docs/adding/${file##*/} does not compile" && exit 1; }
	command -v clang-format >/dev/null || continue
	! clang-format --version | grep -q 'version 14\.' || clang-format --dry-run -Werror "$file"
done

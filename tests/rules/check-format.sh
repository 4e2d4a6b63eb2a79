#!/bin/bash
# Every C file is laid out as .clang-format says. Other versions of clang-format differ in details: only 14 is asked.
set -euo pipefail
cd "$SOURCE_DIR"
command -v clang-format >/dev/null || { echo "SKIP: clang-format is missing" && exit 77; }
clang-format --version | grep -q 'version 14\.' || { echo "SKIP: clang-format is not version 14" && exit 77; }
find lib formats cli tests testdata -name '*.[ch]' -print0 | xargs -0 clang-format --dry-run -Werror

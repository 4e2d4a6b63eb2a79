#!/bin/bash
# Every shell script passes shellcheck.
set -euo pipefail
cd "$SOURCE_DIR"
command -v shellcheck >/dev/null || { echo "SKIP: shellcheck is missing" && exit 77; }
{ printf '%s\0' dev .ci/run; find tests testdata -name '*.sh' -print0; } | xargs -0 shellcheck -x

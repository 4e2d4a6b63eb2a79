#!/bin/sh
# Triage by GNU parallel: CORES=FOLDER OUT=FOLDER sh parallel.sh SHARDS [parallel's options, such as --sshloginfile hosts]
# Both folders are on a disk that all machines see.
set -eu
shards=${1:?how many shards?}
shift
inquest=${INQUEST:-inquest}
mkdir -p "$OUT"

# Status 3: some cores were damaged, which is usual.
seq "$shards" | parallel --halt now,fail=1 "$@" \
	"$inquest triage ${OPTIONS:-} --shard {}/$shards --store '$OUT/shard-{}.db' '$CORES' >'$OUT/{}.txt' || [ \$? = 3 ]"

rm -f "$OUT/all.db"
"$inquest" triage merge --store "$OUT/all.db" "$OUT"/shard-*.db

#!/bin/sh
# Triage as a Slurm job array: CORES=FOLDER OUT=FOLDER sh slurm.sh TASKS
# Both folders are on a disk that all nodes see. A second job merges, as soon as all tasks have ended.
set -eu
tasks=${1:?how many tasks?}
inquest=${INQUEST:-inquest}
mkdir -p "$OUT"

array=$(sbatch --parsable --job-name=triage --requeue --array="0-$((tasks - 1))" --output="$OUT/%a.log" <<END
#!/bin/sh
"$inquest" triage ${OPTIONS:-} --shard auto --store "$OUT/shard-\$SLURM_ARRAY_TASK_ID.db" "$CORES" >"$OUT/\$SLURM_ARRAY_TASK_ID.txt"
status=\$?
[ \$status = 3 ] && status=0 # some cores were damaged, which is usual
exit \$status
END
)

sbatch --parsable --job-name=triage-merge --dependency="afterok:$array" --kill-on-invalid-dep=yes --output="$OUT/merge.log" ${WAIT:+--wait} <<END
#!/bin/sh
rm -f "$OUT/all.db"
"$inquest" triage merge --store "$OUT/all.db" "$OUT"/shard-*.db >"$OUT/bugs.txt"
END
echo "the list of bugs will be in $OUT/bugs.txt, all results in $OUT/all.db" >&2

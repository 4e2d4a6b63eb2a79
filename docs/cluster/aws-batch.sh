#!/bin/sh
# Triage as an AWS Batch array: CORES=FOLDER OUT=FOLDER sh aws-batch.sh SIZE
# Both are folders in the containers: on EFS or FSx for Lustre, mounted by the job definition $DEFINITION, whose image has
# inquest. The queue is $QUEUE. AWS Batch sets AWS_BATCH_JOB_ARRAY_INDEX and AWS_BATCH_JOB_ARRAY_SIZE.
set -eu
size=${1:?how many tasks? AWS Batch takes 2 to 10000}
queue=${QUEUE:-triage}
definition=${DEFINITION:-inquest}

command="inquest triage ${OPTIONS:-} --shard auto --store $OUT/shard-\$AWS_BATCH_JOB_ARRAY_INDEX.db $CORES"
merge="rm -f $OUT/all.db; inquest triage merge --store $OUT/all.db $OUT/shard-*.db >$OUT/bugs.txt"

# Runs a shell command as a job: submit NAME COMMAND [option...]. Status 3: some cores were damaged, which is usual.
submit()
{
	name=$1
	shell=$2
	shift 2
	aws batch submit-job --job-name "$name" --job-queue "$queue" --job-definition "$definition" \
		--container-overrides "command=[sh,-c,'$shell || [ \$? = 3 ]']" --query jobId --output text "$@"
}

array=$(submit triage "$command" --array-properties "size=$size" --retry-strategy attempts=3)
submit triage-merge "$merge" --depends-on "jobId=$array"

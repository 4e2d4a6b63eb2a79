/* Shards: which inputs are in one, and which one this process is to read. */
#include "lib/triage/shard.h"

#include "lib/base/hash.h"

#include <inquest/triage.h>

#include <stdlib.h>
#include <string.h>

static uint64_t mix(uint64_t hash)
{
	hash = (hash ^ hash >> 33) * 0xff51afd7ed558ccd;
	hash = (hash ^ hash >> 33) * 0xc4ceb9fe1a85ec53;
	return hash ^ hash >> 33;
}

bool inq_shard_has(const char *identity, uint64_t shard, uint64_t count)
{
	return count <= 1 || mix(inq_hash_string(identity)) % count == shard;
}

/* How a cluster tells a process which of its like it is. */
struct cluster {
	const char *index, *count;
	const char *first, *step; /* the index of the first one, and from one to the next; NULL: 0 and 1 */
	const char *why;	  /* said when it does not tell enough */
};

#define WHY(index, count, advice)                                                                                      \
	index " is set, but no number of tasks that fits it is in " count "; say --shard auto/N" advice

/* sbatch(1), "INPUT ENVIRONMENT VARIABLES"; kubernetes.io, "Indexed Job" (which has no variable for the count: the recipe sets
 * one); AWS Batch user guide, "Job environment variables". */
static const struct cluster clusters[] = {
	{ "SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_STEP",
	  WHY("SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", ", with an array that has no gaps") },
	{ "JOB_COMPLETION_INDEX", "JOB_COMPLETION_COUNT", NULL, NULL,
	  WHY("JOB_COMPLETION_INDEX", "JOB_COMPLETION_COUNT", ", where N is the job's `completions`") },
	{ "AWS_BATCH_JOB_ARRAY_INDEX", "AWS_BATCH_JOB_ARRAY_SIZE", NULL, NULL,
	  WHY("AWS_BATCH_JOB_ARRAY_INDEX", "AWS_BATCH_JOB_ARRAY_SIZE", ", where N is the array's size") },
};

/* Decimal digits, and what stands behind them; NULL when there are none, or too many. */
static const char *read_number(const char *text, uint64_t *ret)
{
	size_t digits = strspn(text, "0123456789");
	if (!digits || digits > 18)
		return NULL;
	*ret = strtoull(text, NULL, 10);
	return text + digits;
}

static bool is_number(const char *text, uint64_t *ret)
{
	const char *end = text ? read_number(text, ret) : NULL;
	return end && !*end;
}

static uint64_t variable(const char *name, uint64_t usual)
{
	uint64_t value;
	return name && is_number(getenv(name), &value) ? value : usual;
}

/* `count` is what the user said; 0: nothing. */
static bool ask_cluster(const struct cluster *cluster, uint64_t *shard, uint64_t *count)
{
	uint64_t index, first = variable(cluster->first, 0), step = variable(cluster->step, 1);
	if (!*count)
		*count = variable(cluster->count, 0);
	if (!is_number(getenv(cluster->index), &index) || index < first || !step || (index - first) % step)
		return false;
	*shard = (index - first) / step;
	return *shard < *count;
}

static bool read_auto(const char *text, uint64_t *shard, uint64_t *count, const char **why)
{
	*count = 0;
	*why = "the number of shards behind auto/ is none";
	if (*text && (*text != '/' || !is_number(text + 1, count) || !*count))
		return false;
	*why = "none of SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX, AWS_BATCH_JOB_ARRAY_INDEX is set; say K/N";
	for (size_t i = 0; i < sizeof clusters / sizeof *clusters; i++) {
		if (!getenv(clusters[i].index))
			continue;
		*why = clusters[i].why;
		return ask_cluster(&clusters[i], shard, count);
	}
	return false;
}

bool inq_triage_parse_shard(const char *text, uint64_t *shard, uint64_t *count, const char **why)
{
	uint64_t number = 0, of = 0;
	if (strncmp(text, "auto", 4) == 0) {
		if (!read_auto(text + 4, &number, &of, why))
			return false;
		*shard = number;
		*count = of;
		return true;
	}
	const char *slash = read_number(text, &number);
	*why = "a shard is 1/N, 2/N … N/N, auto or auto/N";
	if (!slash || *slash != '/' || !is_number(slash + 1, &of) || number < 1 || number > of)
		return false;
	*shard = number - 1;
	*count = of;
	return true;
}

/* Shards: every input is in exactly one, on every machine the same; what the user or the cluster says is read. */
#include "lib/triage/shard.h"

#include "tests/support/spaces.h"

#include <inquest/triage.h>

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

START_TEST(every_input_is_in_one_shard)
{
	uint64_t count = (uint64_t)_i;
	size_t sizes[20] = { 0 };
	for (unsigned input = 0; input < 5000; input++) {
		char identity[40];
		unsigned found = 0;
		snprintf(identity, sizeof identity, "node%u/core.app.%u", input % 13, input);
		for (uint64_t shard = 0; shard < count; shard++) {
			bool has = inq_shard_has(identity, shard, count);
			found += has;
			sizes[shard] += has;
		}
		ck_assert_uint_eq(found, 1);
	}
	/* Nearly equal parts. One of twenty has 250, with a standard deviation of 16. */
	for (uint64_t shard = 0; shard < count; shard++)
		ck_assert_msg(sizes[shard] > 5000 / count / 2 && sizes[shard] < 5000 / count * 2 + 1,
			      "%zu in shard %u of %u", sizes[shard], (unsigned)shard, (unsigned)count);
}
END_TEST

/* Worked out in Python: FNV-1a and fmix64 by their definitions. */
START_TEST(the_hash_is_the_documented_one)
{
	static const struct {
		const char *identity;
		uint64_t shard;
	} known[] = { { "core.1", 906256 },
		      { "a/b/core.app.77.zst", 395697 },
		      { "gr\xc3\xbc\xc3\x9f"
			"e",
			395096 } };
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		ck_assert_msg(inq_shard_has(known[i].identity, known[i].shard, 1000003), "%s", known[i].identity);
}
END_TEST

static void expect(const char *text, uint64_t shard, uint64_t count)
{
	uint64_t is = 99, of = 99;
	const char *why = "";
	ck_assert_msg(inq_triage_parse_shard(text, &is, &of, &why), "%s: %s", text, why);
	ck_assert_uint_eq(is, shard);
	ck_assert_uint_eq(of, count);
}

static void expect_refused(const char *text, const char *part)
{
	uint64_t is = 99, of = 99;
	const char *why = NULL;
	ck_assert_msg(!inq_triage_parse_shard(text, &is, &of, &why), "%s is %u/%u", text, (unsigned)is, (unsigned)of);
	ck_assert_msg(why && strstr(why, part), "%s: %s", text, why);
	ck_assert_uint_eq(is, 99);
}

START_TEST(what_the_user_says)
{
	static const char *const wrong[] = {
		"",	"0/4",	"5/4", "1",	"/4",	 "1/",	 "1/0",
		"-1/4", "1/4 ", "a/4", "1/4/2", "1.5/4", "+1/4", "1/9999999999999999999999"
	};
	expect("1/1", 0, 1);
	expect("1/4", 0, 4);
	expect("4/4", 3, 4);
	expect("0012/100", 11, 100);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		expect_refused(wrong[i], "1/N");
}
END_TEST

static void forget_clusters(void)
{
	static const char *const names[] = { "SLURM_ARRAY_TASK_ID",	  "SLURM_ARRAY_TASK_COUNT",
					     "SLURM_ARRAY_TASK_MIN",	  "SLURM_ARRAY_TASK_STEP",
					     "JOB_COMPLETION_INDEX",	  "JOB_COMPLETION_COUNT",
					     "AWS_BATCH_JOB_ARRAY_INDEX", "AWS_BATCH_JOB_ARRAY_SIZE" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		unsetenv(names[i]);
}

START_TEST(slurm)
{
	setenv("SLURM_ARRAY_TASK_ID", "7", 1);
	expect_refused("auto", "SLURM_ARRAY_TASK_COUNT");
	expect("auto/8", 7, 8);
	expect_refused("auto/7", "SLURM_ARRAY_TASK_COUNT");
	setenv("SLURM_ARRAY_TASK_COUNT", "4", 1);
	setenv("SLURM_ARRAY_TASK_MIN", "1", 1);
	setenv("SLURM_ARRAY_TASK_STEP", "2", 1); /* --array=1-7:2 is 1, 3, 5, 7 */
	expect("auto", 3, 4);
	setenv("SLURM_ARRAY_TASK_STEP", "1", 1); /* --array=1,2,3,7 */
	expect_refused("auto", "gaps");
	setenv("SLURM_ARRAY_TASK_ID", "0", 1);
	expect_refused("auto", "gaps");
	setenv("SLURM_ARRAY_TASK_ID", "seven", 1);
	expect_refused("auto", "gaps");
}
END_TEST

START_TEST(kubernetes_and_aws)
{
	expect_refused("auto", "none of");
	setenv("JOB_COMPLETION_INDEX", "2", 1);
	expect_refused("auto", "completions");
	expect("auto/3", 2, 3);
	setenv("JOB_COMPLETION_COUNT", "5", 1);
	expect("auto", 2, 5);
	unsetenv("JOB_COMPLETION_INDEX");
	setenv("AWS_BATCH_JOB_ARRAY_INDEX", "0", 1);
	expect_refused("auto", "AWS_BATCH_JOB_ARRAY_SIZE");
	setenv("AWS_BATCH_JOB_ARRAY_SIZE", "10", 1);
	expect("auto", 0, 10);
	expect_refused("auto/0", "is none");
	expect_refused("auto4", "is none");
	expect_refused("auto/x", "is none");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("shard");
	TCase *tcase = tcase_create("shard");
	tcase_add_checked_fixture(tcase, forget_clusters, NULL);
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, every_input_is_in_one_shard, 1, 20);
	tcase_add_test(tcase, the_hash_is_the_documented_one);
	tcase_add_test(tcase, what_the_user_says);
	tcase_add_test(tcase, slurm);
	tcase_add_test(tcase, kubernetes_and_aws);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}

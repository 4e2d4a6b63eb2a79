/* Memory runs out at every allocation in turn: the analysis of a real core must end in an honest status, with nothing
 * leaked, nothing read outside (the sanitizers watch) and no half result called whole. */
#include "tests/support/spaces.h"

#include <inquest/inquest.h>

#include <stdio.h>
#include <stdlib.h>

static bool discard(void *data, const char *bytes, size_t size)
{
	(void)bytes;
	*(size_t *)data += size;
	return true;
}

static enum inq_status run(const char *path)
{
	struct inq_incident *incident = NULL;
	size_t written = 0;
	struct inq_output output = { .write = discard, .data = &written };
	enum inq_status status = inq_incident_create(NULL, &incident);
	if (status != INQ_OK) {
		inq_incident_destroy(incident);
		return status;
	}
	status = inq_incident_add(incident, path);
	if (status == INQ_OK || status == INQ_PARTIAL)
		status = inq_incident_analyse(incident, INQ_ALL);
	if (status == INQ_OK || status == INQ_PARTIAL) {
		enum inq_status rendered =
			inq_render("json", INQ_DOCUMENT_REPORT, inq_incident_report(incident), &output);
		status = rendered == INQ_OK ? status : rendered;
	}
	inq_incident_destroy(incident);
	return status;
}

static const char *testdata(const char *name)
{
	static char path[4096];
	const char *source = getenv("SOURCE_DIR");
	snprintf(path, sizeof path, "%s/testdata/%s", source ? source : ".", name);
	return path;
}

static void fail_everywhere(const char *path)
{
	ck_assert_int_eq(run(path), INQ_OK);
	unsigned long failed = 0;
	for (unsigned long number = 1, step = 1;; number += step) {
		inq_alloc_fail_at(number);
		enum inq_status status = run(path);
		inq_alloc_fail_at(0);
		if (status == INQ_OK)
			break; /* it got through with `number` allocations: all were tried */
		ck_assert_msg(status == INQ_NO_MEMORY || status == INQ_UNUSABLE || status == INQ_PARTIAL,
			      "status %d at allocation %lu", (int)status, number);
		failed++;
		step = number < 400 ? 1 : 1 + number / 40;
	}
	ck_assert_uint_gt(failed, 20);
}

START_TEST(core)
{
	fail_everywhere(testdata("cores/xvfb.core.zst"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("no-memory");
	TCase *tcase = tcase_create("no-memory");
	tcase_set_timeout(tcase, 240);
	tcase_add_test(tcase, core);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}

/* Apport's reports: the fields before the core, the core through its base64; cut and damaged ones. */
#include "lib/triage/apport.h"

#include "lib/io/reader.h"
#include "tests/support/archives.h"
#include "tests/support/spaces.h"

#include <inquest/incident.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct inq_ctx ctx;
static struct bytes core, report;
static struct inq_memory_reader reader;

static const char fields[] = "ProblemType: Crash\n"
			     "Architecture: amd64\n"
			     "Date: Wed Nov 15 22:13:20 2023\n"
			     "DistroRelease: Ubuntu 22.04\n"
			     "Disassembly: base64\n"
			     " AAAA\n"
			     "ExecutablePath: /usr/bin/sleep\n"
			     "Package: coreutils 8.32-4.1ubuntu1\n"
			     "ProcMaps:\n"
			     " 00400000-00401000 r-xp 00000000 08:01 1 /usr/bin/sleep\n"
			     " 7ffd0000-7ffd1000 rw-p 00000000 00:00 0 [stack]\n"
			     "ProcStatus:\n"
			     " Name:\tsleep\n"
			     " Pid:\t42\n"
			     " PPid:\t7\n"
			     "Signal: 11\n"
			     "CoreDump: base64\n";

/* The core as apport writes it: gzip's header in a line of its own, then lines of its stream. */
static void add_core(size_t line)
{
	struct bytes gzip = gzip_of(core.data, core.size);
	for (size_t at = 0, size = 10; at < gzip.size; at += size, size = line) {
		size = size < gzip.size - at ? size : gzip.size - at;
		struct bytes text = base64_of(gzip.data + at, size);
		bytes_add(&report, " ", 1);
		bytes_add(&report, text.data, text.size);
		bytes_add(&report, "\n", 1);
		bytes_release(&text);
	}
	bytes_release(&gzip);
}

static void setup(void)
{
	ctx = (struct inq_ctx) { .arena = inq_arena_create(), .artefact = "input" };
	core = small_core(42);
	bytes_add(&report, fields, strlen(fields));
}

static void teardown(void)
{
	inq_string_vec_release(&ctx.warnings);
	inq_arena_destroy(ctx.arena);
	bytes_release(&core);
	bytes_release(&report);
}

static enum inq_status open_report(struct inq_apport **ret)
{
	inq_memory_reader_on(&reader, report.data, report.size);
	return inq_apport_open(&ctx, &reader.reader, ret);
}

START_TEST(whole)
{
	static const size_t lines[] = { 57, 1, 1 << 20 };
	struct inq_apport *apport;
	struct inq_incident *incident;
	add_core(lines[_i]);
	bytes_add(&report, "Zebra: after\n", 13);
	ck_assert_int_eq(open_report(&apport), INQ_OK);
	const struct inq_apport_fields *told = inq_apport_fields(apport);
	ck_assert_str_eq(told->exe, "/usr/bin/sleep");
	ck_assert_str_eq(told->package, "coreutils 8.32-4.1ubuntu1");
	ck_assert_str_eq(told->version, "8.32-4.1ubuntu1");
	ck_assert_uint_eq(told->seen, 1700086400);
	ck_assert_uint_eq(told->pid, 42);
	ck_assert_uint_eq(told->signal, 11);
	ck_assert_uint_eq(told->maps_size, strlen(told->maps));
	ck_assert_ptr_nonnull(strstr(told->maps, "sleep\n7ffd0000-"));
	ck_assert_int_eq(inq_incident_create(NULL, &incident), INQ_OK);
	ck_assert_int_eq(inq_incident_add_stream(incident, "report", inq_apport_core(apport)), INQ_OK);
	const struct inq_report *result = inq_incident_report(incident);
	ck_assert_str_eq(result->artefacts[0].kind, "elf-core");
	ck_assert_uint_eq(result->artefacts[0].size, core.size);
	ck_assert_str_eq(result->artefacts[0].compression, "gzip");
	inq_incident_destroy(incident);
	inq_apport_close(apport);
}
END_TEST

START_TEST(without_core)
{
	struct inq_apport *apport;
	report.size -= strlen("CoreDump: base64\n");
	if (_i)
		bytes_add(&report, "CoreDump: none\n", 15);
	ck_assert_int_eq(open_report(&apport), INQ_UNUSABLE);
	ck_assert_ptr_nonnull(strstr(ctx.warnings.items[0], "there is no core in this report"));
}
END_TEST

/* Cut at any place, and with any byte of the core's lines changed: it ends, and says no more than is there. */
START_TEST(damaged)
{
	struct inq_apport *apport;
	uint8_t buffer[100];

	add_core(57);
	const size_t full = report.size;
	for (size_t size = 0; size < full; size += 7) {
		report.size = size;
		if (open_report(&apport) != INQ_OK)
			continue;
		const struct inq_reader *inside = inq_apport_core(apport);
		while (inside->read(inside->data, buffer, sizeof buffer) > 0)
			;
		inq_apport_close(apport);
	}
	report.size = full;
	report.data[strlen(fields) + 30] = '*';
	ck_assert_int_eq(open_report(&apport), INQ_OK);
	const struct inq_reader *inside = inq_apport_core(apport);
	int64_t got;
	while ((got = inside->read(inside->data, buffer, sizeof buffer)) > 0)
		;
	ck_assert_int_lt(got, 0);
	ck_assert_str_eq(inside->why(inside->data), "its base64 is damaged");
	inq_apport_close(apport);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("apport");
	TCase *tcase = tcase_create("apport");
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, whole, 0, 3);
	tcase_add_loop_test(tcase, without_core, 0, 2);
	tcase_add_test(tcase, damaged);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}

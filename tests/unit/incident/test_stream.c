/* Artefacts out of a reader, and within a bound of memory: the same as out of a file, and told where it is not. */
#include <inquest/incident.h>
#include <inquest/space.h>

#include "lib/io/reader.h"
#include "tests/support/archives.h"
#include "tests/support/corewriter.h"
#include "tests/support/spaces.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MIB = 1 << 20, HEAP = 0x10000000, HEAP_SIZE = 80 * MIB, STACK = 0x7ffd0000 };

static struct inq_incident *incident;

static void teardown(void)
{
	inq_incident_destroy(incident);
	incident = NULL;
}

static void create(uint64_t memory)
{
	const struct inq_options options = { .memory = memory, .no_files = true };
	ck_assert_int_eq(inq_incident_create(&options, &incident), INQ_OK);
}

static enum inq_status add(const struct bytes *bytes)
{
	struct inq_memory_reader reader;
	inq_memory_reader_on(&reader, bytes->data, bytes->size);
	return inq_incident_add_stream(incident, "a stream", &reader.reader);
}

/* A large heap, and a small stack with the stack pointer in it; in gzip. */
static struct bytes large_core(void)
{
	struct corewriter w = corewriter(EM_X86_64, 64, false);
	uint8_t status[336] = { 0 };
	size_t size;
	corewriter_put(&w, status, 12, 2, 11);
	corewriter_put(&w, status, 32, 4, 42);
	corewriter_put(&w, status, 112 + 19 * 8, 8, STACK + 100);
	corewriter_note(&w, "CORE", NT_PRSTATUS, status, sizeof status);
	corewriter_segment(&w, HEAP, HEAP_SIZE, HEAP_SIZE, PF_R | PF_W);
	corewriter_segment(&w, STACK, 0x21000, 0x21000, PF_R | PF_W);
	uint8_t *core = corewriter_finish(&w, &size);
	struct bytes packed = gzip_of(core, size);
	corewriter_release(&w);
	free(core);
	return packed;
}

static void expect_small_core(void)
{
	const struct inq_report *report = inq_incident_report(incident);
	ck_assert_int_eq(inq_incident_analyse(incident, INQ_THREADS), INQ_OK);
	ck_assert_uint_eq(report->artefact_count, 1);
	ck_assert_str_eq(report->artefacts[0].path, "a stream");
	ck_assert_str_eq(report->artefacts[0].kind, "elf-core");
	ck_assert_uint_eq(report->thread_count, 1);
	ck_assert_uint_eq(report->threads[0].tid, 42);
}

START_TEST(plain_stream)
{
	struct bytes core = small_core(42);
	create(_i ? 64 * MIB : 0);
	ck_assert_int_eq(add(&core), INQ_OK);
	expect_small_core();
	ck_assert_ptr_null(inq_incident_report(incident)->artefacts[0].compression);
	bytes_release(&core);
}
END_TEST

START_TEST(packed_stream)
{
	struct bytes core = small_core(42), packed = gzip_of(core.data, core.size);
	create(_i ? 64 * MIB : 0);
	ck_assert_int_eq(add(&packed), INQ_OK);
	expect_small_core();
	ck_assert_str_eq(inq_incident_report(incident)->artefacts[0].compression, "gzip");
	ck_assert_uint_eq(inq_incident_report(incident)->artefacts[0].size, core.size);
	bytes_release(&core);
	bytes_release(&packed);
}
END_TEST

START_TEST(text_stream)
{
	struct bytes maps = { 0 };
	bytes_add(&maps, "00400000-00401000 r-xp 00000000 08:01 1 /bin/x\n", 47);
	create(_i ? 64 * MIB : 0);
	ck_assert_int_eq(add(&maps), INQ_OK);
	ck_assert_str_eq(inq_incident_report(incident)->artefacts[0].kind, "proc-maps");
	bytes_release(&maps);
}
END_TEST

/* What was passed over is neither given as zeros nor called a damage of the core. */
START_TEST(within_bound)
{
	struct bytes packed = large_core();
	uint8_t byte;
	const char *const *warnings;
	create(16 * MIB);
	ck_assert_int_eq(add(&packed), INQ_OK);
	ck_assert_int_eq(inq_incident_analyse(incident, INQ_THREADS), INQ_OK);
	struct inq_space *space = inq_incident_space(incident);
	ck_assert_int_eq(inq_space_read(space, HEAP, &byte, 1), INQ_READ_OK);
	ck_assert_uint_eq(byte, 'm');
	ck_assert_int_eq(inq_space_read(space, STACK + 0x20fff, &byte, 1), INQ_READ_OK);
	ck_assert_uint_eq(byte, 'm');
	ck_assert_int_eq(inq_space_read(space, HEAP + HEAP_SIZE / 2, &byte, 1), INQ_READ_NOT_KEPT);
	ck_assert_str_eq(inq_read_name(INQ_READ_NOT_KEPT), "not kept");
	ck_assert_ptr_null(inq_space_peek(space, HEAP, HEAP_SIZE, NULL));
	ck_assert(!inq_incident_report(incident)->partial);
	ck_assert_uint_eq(inq_incident_warnings(incident, &warnings), 1);
	ck_assert_ptr_nonnull(strstr(warnings[0], "were passed over"));
	ck_assert_ptr_nonnull(strstr(warnings[0], "read it without a bound for all"));
	bytes_release(&packed);
}
END_TEST

/* A header alone, which tells no size. */
START_TEST(header_alone)
{
	struct bytes core = small_core(42);
	memset(core.data + 32, 0, 8); /* e_phoff */
	memset(core.data + 56, 0, 2); /* e_phnum */
	core.size = 64;
	create(_i ? 64 * MIB : 0);
	ck_assert_int_eq(add(&core), INQ_UNUSABLE);
	const char *const *warnings;
	size_t count = inq_incident_warnings(incident, &warnings);
	ck_assert_uint_ge(count, 1);
	ck_assert_ptr_nonnull(strstr(warnings[count - 1], "neither notes nor memory"));
	bytes_release(&core);
}
END_TEST

static int64_t refuse(void *data, void *buffer, size_t size)
{
	(void)data, (void)buffer, (void)size;
	return -EACCES;
}

START_TEST(failing_reader)
{
	const struct inq_reader reader = { .read = refuse }, none = { 0 };
	const char *const *warnings;
	create(0);
	ck_assert_int_eq(inq_incident_add_stream(incident, "a stream", &none), INQ_BAD_ARGUMENT);
	ck_assert_int_eq(inq_incident_add_stream(incident, "a stream", NULL), INQ_BAD_ARGUMENT);
	ck_assert_int_eq(inq_incident_add_stream(incident, "a stream", &reader), INQ_UNUSABLE);
	ck_assert_uint_eq(inq_incident_warnings(incident, &warnings), 1);
	ck_assert_str_eq(warnings[0], "a stream:0x0: cannot be read: Permission denied; what came before is used");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("stream");
	TCase *tcase = tcase_create("stream");
	tcase_add_checked_fixture(tcase, NULL, teardown);
	tcase_add_loop_test(tcase, plain_stream, 0, 2);
	tcase_add_loop_test(tcase, packed_stream, 0, 2);
	tcase_add_loop_test(tcase, text_stream, 0, 2);
	tcase_add_test(tcase, within_bound);
	tcase_add_loop_test(tcase, header_alone, 0, 2);
	tcase_add_test(tcase, failing_reader);
	tcase_set_timeout(tcase, 60);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}

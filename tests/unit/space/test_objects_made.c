/* Objects of made-up processes: how mappings are grouped, run-time linkers' lists of both word sizes and byte orders, and
 * lists that are damaged. */
#include "lib/space/objects.h"

#include "lib/space/build.h"
#include "lib/space/join.h"

#include <inquest/report.h>

#include <check.h>
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { READ = INQ_PERM_KNOWN | INQ_PERM_READ, CODE = READ | INQ_PERM_EXECUTE, DATA = READ | INQ_PERM_WRITE };

static struct inq_ctx ctx;
static struct inq_source source;
static struct inq_builder builder;
static struct inq_space *space;
static uint8_t bytes[0x10000]; /* the artefact; an address's bytes are at its low 16 bits */

static void set_up(void)
{
	ctx = (struct inq_ctx) { .arena = inq_arena_create() };
	source = (struct inq_source) { .path = "made", .data = bytes, .size = sizeof bytes };
	memset(bytes, 0, sizeof bytes);
	ck_assert_int_eq(inq_build_create(&ctx, &source, "elf-core", &builder), INQ_OK);
	inq_build_os(&builder, INQ_OS_LINUX);
}

static void tear_down(void)
{
	inq_space_destroy(space);
	inq_string_vec_release(&ctx.warnings);
	inq_arena_destroy(ctx.arena);
	space = NULL;
}

static void map(const char *path, uint64_t start, uint64_t size, uint64_t offset, unsigned permissions, bool held)
{
	struct inq_mapping mapping = inq_mapping_unknown();
	mapping.start = start;
	mapping.end = start + size;
	mapping.permissions = (uint8_t)permissions;
	if (path) {
		mapping.file = inq_build_file(&builder, path, strlen(path), INQ_UNKNOWN, INQ_UNKNOWN, INQ_UNKNOWN);
		mapping.file_offset = offset;
	}
	mapping.data_offset = start & 0xffff;
	mapping.data_size = held ? size : 0;
	ck_assert_int_eq(inq_build_mapping(&builder, &mapping), INQ_OK);
}

static void find(void)
{
	space = inq_build_seal(&builder);
	ck_assert_int_eq(inq_objects_find(space), INQ_OK);
}

/* Stores an integer at an address, in the target's byte order. */
static void put(uint64_t address, uint64_t value, unsigned size, bool big)
{
	for (unsigned i = 0; i < size; i++)
		bytes[(address & 0xffff) + (big ? size - 1 - i : i)] = (uint8_t)(value >> 8 * i);
}

/* An ELF header with a text and a data segment of a page each, and PT_DYNAMIC at the start of the data. */
static void put_image(uint64_t base, unsigned word, bool big, uint64_t first_vaddr, uint64_t type)
{
	static const uint8_t magic[] = { 0x7f, 'E', 'L', 'F' };
	uint64_t header = word == 8 ? 64 : 52, entry = word == 8 ? 56 : 32;
	memcpy(bytes + (base & 0xffff), magic, sizeof magic);
	put(base + 4, word == 8 ? ELFCLASS64 : ELFCLASS32, 1, big);
	put(base + 5, big ? ELFDATA2MSB : ELFDATA2LSB, 1, big);
	put(base + 16, type, 2, big);
	put(base + 24 + word, header, word, big);
	put(base + 24 + 3 * word + 6, entry, 2, big);
	put(base + 24 + 3 * word + 8, 3, 2, big);
	for (unsigned i = 0; i < 3; i++) {
		uint64_t at = base + header + i * entry, offset = i ? 0x1000 : 0, size = i == 2 ? 0x100 : 0x1000;
		put(at, i == 2 ? PT_DYNAMIC : PT_LOAD, 4, big);
		put(at + word, offset, word, big);
		put(at + 2 * word, first_vaddr + offset, word, big);
		put(at + 4 * word, size, word, big);
		put(at + 5 * word, size, word, big);
	}
}

static void put_link(uint64_t at, unsigned word, bool big, uint64_t addr, uint64_t name, uint64_t ld, uint64_t next)
{
	put(at, addr, word, big);
	put(at + word, name, word, big);
	put(at + 2 * word, ld, word, big);
	put(at + 3 * word, next, word, big);
}

/* A fixed executable at 0x10000, a library at 0x14000 (its data at 0x15000), the list in memory at 0x18000. No mapping has
 * a name. */
static void make_process(unsigned word, bool big, uint64_t last_next)
{
	inq_build_machine(&builder, 0, 8 * word, big);
	builder.space->machine.endian_known = true;
	put_image(0x10000, word, big, 0x10000, ET_EXEC);
	put_image(0x14000, word, big, 0, ET_DYN);
	map(NULL, 0x10000, 0x1000, 0, CODE, true);
	map(NULL, 0x11000, 0x2000, 0, DATA, true); /* data and bss in one */
	map(NULL, 0x14000, 0x1000, 0, CODE, true);
	map(NULL, 0x15000, 0x1000, 0, DATA, true);
	map(NULL, 0x16000, 0x1000, 0, DATA, true); /* the library's bss */
	map(NULL, 0x18000, 0x1000, 0, DATA, true);
	put(0x11000, DT_DEBUG, word, big);
	put(0x11000 + word, 0x18000, word, big);
	put(0x18000, 1, 4, big);
	put(0x18000 + word, 0x18100, word, big);
	put_link(0x18100, word, big, 0, 0x18300, 0x11000, 0x18200);
	put_link(0x18200, word, big, 0x14000, 0x18310, 0x15000, last_next);
	memcpy(bytes + 0x8310, "/lib/libmade.so", 16);
	memcpy(bytes + 0x8320, "/bin/made", 10);
	inq_build_aux(&builder, AT_PHDR, 0x10000 + (word == 8 ? 64 : 52));
	inq_build_aux(&builder, AT_PHNUM, 3);
	inq_build_aux(&builder, AT_EXECFN, 0x18320);
}

static void check_process(void)
{
	ck_assert_uint_eq(space->objects.count, 2);
	const struct inq_object *exe = &space->objects.items[0], *library = &space->objects.items[1];
	ck_assert_str_eq(exe->path, "/bin/made");
	ck_assert_int_eq(exe->kind, INQ_OBJECT_EXE);
	ck_assert_uint_eq(exe->load_bias, 0);
	ck_assert_uint_eq(exe->end, 0x13000);
	ck_assert_str_eq(library->path, "/lib/libmade.so");
	ck_assert_int_eq(library->kind, INQ_OBJECT_LIBRARY);
	ck_assert_uint_eq(library->load_bias, 0x14000);
	ck_assert_uint_eq(library->end, 0x16000);
	ck_assert_uint_eq(inq_space_mapping_at(space, 0x15000)->file_offset, 0x1000);
	ck_assert_ptr_null(inq_space_mapping_at(space, 0x16000)->file);
}

START_TEST(link_map)
{
	make_process(_i & 1 ? 8 : 4, _i & 2, 0);
	find();
	check_process();
	ck_assert_uint_eq(ctx.warnings.count, 0);
}
END_TEST

START_TEST(circle)
{
	make_process(8, false, 0x18100);
	find();
	check_process();
	ck_assert_uint_eq(ctx.warnings.count, 1);
	ck_assert_ptr_nonnull(strstr(ctx.warnings.items[0], "does not end"));
}
END_TEST

START_TEST(broken_off)
{
	make_process(8, false, 0x77777000);
	find();
	check_process();
	ck_assert_uint_eq(ctx.warnings.count, 1);
	ck_assert_ptr_nonnull(strstr(ctx.warnings.items[0], "breaks off at address 0x77777000"));
}
END_TEST

/* No list, no auxiliary vector: the headers alone. */
START_TEST(headers_only)
{
	inq_build_machine(&builder, EM_X86_64, 64, false);
	put_image(0x14000, 8, false, 0, ET_DYN);
	map(NULL, 0x14000, 0x1000, 0, CODE, true);
	map(NULL, 0x15000, 0x1000, 0, DATA, true);
	map(NULL, 0x20000, 0x1000, 0, DATA, true);
	find();
	ck_assert_uint_eq(space->objects.count, 1);
	ck_assert_str_eq(space->objects.items[0].path, "[ELF image at 0x14000]");
	ck_assert_uint_eq(space->objects.items[0].mapping_count, 2);
}
END_TEST

START_TEST(loaded_twice)
{
	inq_build_machine(&builder, EM_X86_64, 64, false);
	put_image(0x10000, 8, false, 0, ET_DYN);
	put_image(0x14000, 8, false, 0, ET_DYN);
	map("/lib/twice.so", 0x10000, 0x1000, 0, CODE, true);
	map("/lib/twice.so", 0x11000, 0x1000, 0x1000, DATA, true);
	map("/lib/twice.so", 0x14000, 0x1000, 0, CODE, true);
	map("/lib/twice.so", 0x15000, 0x1000, 0x1000, DATA, true);
	map("/data", 0x20000, 0x1000, 0, READ, true); /* a data file mapped twice stays one object */
	map("/data", 0x22000, 0x1000, 0, READ, true);
	map("/lib/text-map.so", 0x30000, 0x1000, 0, CODE, false); /* no memory to look at */
	map("/lib/text-map.so", 0x31000, 0x1000, 0, READ, false); /* a small library's data shares the first page */
	map("/lib/text-map.so", 0x32000, 0x1000, 0, DATA, false);
	map("/lib/text-map.so", 0x34000, 0x1000, 0, CODE, false);
	find();
	ck_assert_uint_eq(space->objects.count, 5);
	ck_assert_uint_eq(space->objects.items[0].load_bias, 0x10000);
	ck_assert_uint_eq(space->objects.items[0].end, 0x12000);
	ck_assert_uint_eq(space->objects.items[1].load_bias, 0x14000);
	ck_assert_str_eq(space->objects.items[2].path, "/data");
	ck_assert_int_eq(space->objects.items[2].kind, INQ_OBJECT_FILE);
	ck_assert_uint_eq(space->objects.items[2].mapping_count, 2);
	ck_assert_uint_eq(space->objects.items[3].mapping_count, 3);
	ck_assert_uint_eq(space->objects.items[4].base, 0x34000);
}
END_TEST

/* Text that a program mapped once more far away: base and bias say where the whole image would lie, by the file's offsets. */
START_TEST(piece_far_away)
{
	enum { FAR = 7 };
	uint64_t piece = (uint64_t)FAR << 40;
	inq_build_machine(&builder, EM_X86_64, 64, false);
	put_image(0x10000, 8, false, 0x3000, ET_DYN);
	map("/bin/embedded", 0x10000, 0x1000, 0, READ, true);
	map("/bin/embedded", 0x11000, 0x1000, 0x1000, CODE, false);
	map("/bin/embedded", piece, 0x1000, 0x1000, CODE, false);
	map("/bin/embedded", 2 * piece, 0x1000, 0x1000, READ, false); /* mapped only to be read */
	map("/bin/embedded", 3 * piece, 0x1000, 0x9000, CODE, false); /* no segment has this */
	find();
	ck_assert_uint_eq(space->objects.count, 4);
	ck_assert_uint_eq(space->objects.items[0].load_bias, 0x10000 - 0x3000);
	ck_assert_uint_eq(space->objects.items[1].load_bias, piece - 0x4000); /* p_vaddr of the offset is 0x4000 */
	ck_assert_uint_eq(space->objects.items[1].base, piece - 0x1000);
	ck_assert_uint_eq(space->objects.items[1].end, piece + 0x1000);
	ck_assert(space->objects.items[1].is_elf);
	ck_assert_uint_eq(space->objects.items[2].load_bias, INQ_UNKNOWN);
	ck_assert_uint_eq(space->objects.items[3].load_bias, INQ_UNKNOWN);
}
END_TEST

START_TEST(kinds)
{
	memcpy(bytes, "PK\3\4", 4);
	builder.space->process.name = "a-long-command-"; /* the kernel keeps 15 bytes */
	map("/opt/archive", 0x10000, 0x1000, 0, READ, true);
	map("/opt/x.jar", 0x20000, 0x1000, 0, READ, false);
	map("/lib/libicudata.so.72", 0x30000, 0x1000, 0, READ, false);
	map("/lib/ld-2.31.so", 0x40000, 0x1000, 0, CODE, false);
	map("/bin/a-long-command-name", 0x50000, 0x1000, 0, CODE, false);
	map("/lib/gone.so (deleted)", 0x60000, 0x1000, 0, CODE, false);
	map("/usr/lib/locale/C.utf8", 0x70000, 0x1000, 0, READ, false);
	find();
	static const enum inq_object_kind expected[] = { INQ_OBJECT_JAR,	 INQ_OBJECT_JAR, INQ_OBJECT_LIBRARY,
							 INQ_OBJECT_INTERPRETER, INQ_OBJECT_EXE, INQ_OBJECT_LIBRARY,
							 INQ_OBJECT_FILE };
	ck_assert_uint_eq(space->objects.count, 7);
	for (size_t i = 0; i < 7; i++)
		ck_assert_int_eq(space->objects.items[i].kind, expected[i]);
	ck_assert(space->objects.items[5].deleted);
	ck_assert_str_eq(space->objects.items[5].path, "/lib/gone.so");
}
END_TEST

/* A symbolic link's name in the command line, or none: the executable is what stands where the kernel puts it. */
START_TEST(placed)
{
	builder.space->process.name = "php";
	map("/usr/bin/tool", 0x400000000000, 0x1000, 0, CODE, false);
	map("/usr/bin/php8.2", 0x5612f0000000, 0x1000, 0, CODE, false);
	map("/usr/bin/other", 0x7f0000000000, 0x1000, 0, CODE, false);
	find();
	ck_assert_int_eq(space->objects.items[0].kind, INQ_OBJECT_LIBRARY);
	ck_assert_int_eq(space->objects.items[1].kind, INQ_OBJECT_EXE);
	ck_assert_int_eq(space->objects.items[2].kind, INQ_OBJECT_LIBRARY);
}
END_TEST

/* The kernel's limit of mappings, of many files that take turns: the work must be near linear. */
START_TEST(many)
{
	enum { COUNT = 65530, FILES = 4096 };
	char path[32];
	for (uint64_t i = 0; i < COUNT; i++) {
		snprintf(path, sizeof path, "/data/%u", (unsigned)(i % FILES));
		map(path, 0x100000 + i * 0x2000, 0x1000, i / FILES * 0x1000, READ, false);
	}
	clock_t start = clock();
	find();
	ck_assert_uint_eq(space->objects.count, FILES);
	ck_assert_uint_eq(space->objects.items[0].mapping_count, COUNT / FILES + 1);
	ck_assert_int_lt((clock() - start) / (CLOCKS_PER_SEC / 10), 20); /* under 2 s, sanitizers and all */
}
END_TEST

START_TEST(no_memory)
{
	make_process(8, false, 0);
	space = inq_build_seal(&builder);
	inq_alloc_fail_at(1);
	enum inq_status status = inq_objects_find(space);
	inq_alloc_fail_at(0);
	ck_assert_int_eq(status, INQ_NO_MEMORY);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("objects_made");
	TCase *tcase = tcase_create("objects_made");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, link_map, 0, 4);
	tcase_add_test(tcase, circle);
	tcase_add_test(tcase, broken_off);
	tcase_add_test(tcase, headers_only);
	tcase_add_test(tcase, loaded_twice);
	tcase_add_test(tcase, piece_far_away);
	tcase_add_test(tcase, kinds);
	tcase_add_test(tcase, placed);
	tcase_add_test(tcase, many);
	tcase_add_test(tcase, no_memory);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

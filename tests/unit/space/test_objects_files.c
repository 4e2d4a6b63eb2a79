/* The files of objects on disk: matched, mismatched, missing or unchecked, each for its reason. The mapped file is this
 * machine's C library, the other build its run-time linker. */
#include "lib/space/build.h"
#include "lib/space/join.h"
#include "lib/space/objects.h"
#include "lib/symbol/symbol.h"

#include <inquest/report.h>

#include <check.h>
#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BASE = 0x10000000, PAGE = 4096 };

static char folder[] = "/tmp/inq-objects-XXXXXX", path[64];
static struct inq_ctx ctx;
static struct inq_source *mapped, *other;
static struct inq_builder builder;
static struct inq_space *space;
static struct inq_files *files;

static struct inq_source *open_library_of(const char *symbol)
{
	struct inq_source *source = NULL;
	Dl_info info;
	ck_assert_int_ne(dladdr(dlsym(RTLD_DEFAULT, symbol), &info), 0);
	ck_assert_int_eq(inq_source_open(&ctx, info.dli_fname, &source), INQ_OK);
	return source;
}

static void write_file(const char *name, const void *data, size_t size)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq((ssize_t)size, write(fd, data, size));
	close(fd);
}

static void set_up(void)
{
	strcpy(folder, "/tmp/inq-objects-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/mapped.so", folder);
	ctx = (struct inq_ctx) { .arena = inq_arena_create() };
	mapped = open_library_of("gnu_get_libc_version");
	other = open_library_of("_r_debug");
	ck_assert_int_eq(inq_build_create(&ctx, mapped, "elf-core", &builder), INQ_OK);
	inq_build_machine(&builder, EM_X86_64, 8 * sizeof(void *), __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
}

static void tear_down(void)
{
	char command[64];
	snprintf(command, sizeof command, "rm -rf %s", folder);
	ck_assert_int_eq(system(command), 0);
	inq_space_destroy(space);
	inq_files_destroy(files);
	inq_source_close(mapped);
	inq_source_close(other);
	inq_string_vec_release(&ctx.warnings);
	inq_arena_destroy(ctx.arena);
	space = NULL;
	files = NULL;
}

/* One row for each PT_LOAD of the library, as a loader maps it; `held` bytes of the first are in the core. */
static void map(const char *name, uint64_t held)
{
	const ElfW(Ehdr) *header = (const void *)mapped->data;
	const ElfW(Phdr) *load = (const void *)(mapped->data + header->e_phoff);
	for (int i = 0; i < header->e_phnum; i++) {
		if (load[i].p_type != PT_LOAD)
			continue;
		struct inq_mapping mapping = inq_mapping_unknown();
		mapping.start = BASE + (load[i].p_vaddr & ~(PAGE - 1ULL));
		mapping.end = BASE + ((load[i].p_vaddr + load[i].p_filesz + PAGE - 1) & ~(PAGE - 1ULL));
		mapping.permissions = INQ_PERM_KNOWN | INQ_PERM_READ;
		mapping.permissions |= load[i].p_flags & PF_X ? INQ_PERM_EXECUTE : 0;
		mapping.permissions |= load[i].p_flags & PF_W ? INQ_PERM_WRITE : 0;
		mapping.file_offset = load[i].p_offset & ~(PAGE - 1ULL);
		mapping.file = inq_build_file(&builder, name, strlen(name), INQ_UNKNOWN, INQ_UNKNOWN, INQ_UNKNOWN);
		mapping.data_size = mapping.file_offset ? 0 : held;
		ck_assert_int_eq(inq_build_mapping(&builder, &mapping), INQ_OK);
	}
}

static struct inq_object *check(const char *sysroot, const char *exe)
{
	space = inq_build_seal(&builder);
	static const char *const no_debug_dirs[] = { NULL }; /* this machine may have its C library's */
	ck_assert_int_eq(inq_files_create(&ctx, sysroot, exe, no_debug_dirs, false, &files), INQ_OK);
	ck_assert_int_eq(inq_objects_find(space), INQ_OK);
	ck_assert_int_eq(inq_objects_check_files(space, files), INQ_OK);
	ck_assert_uint_eq(space->objects.count, 1);
	return &space->objects.items[0];
}

static void expect_note(const struct inq_object *object, const char *words)
{
	ck_assert_msg(object->file_note && strstr(object->file_note, words), "%s: not %s", object->file_note, words);
}

static void expect_symbols(struct inq_object *object, bool expected)
{
	uint64_t address;
	ck_assert_int_eq(inq_symbol_find(space, object, "qsort", 5, &address), expected);
	ck_assert_int_eq(inq_object_file(space, object) != NULL, expected);
}

START_TEST(matched)
{
	write_file(path, mapped->data, mapped->size);
	map(path, PAGE);
	struct inq_object *object = check(NULL, NULL);
	ck_assert_int_eq(object->file_state, INQ_FILE_MATCHED);
	ck_assert_str_eq(object->file_path, path);
	ck_assert_str_eq(object->soname, "libc.so.6");
	ck_assert_ptr_eq(inq_object_by_name(space, "libc.so.6", 9), object);
	expect_symbols(object, true);
}
END_TEST

START_TEST(other_build)
{
	write_file(path, other->data, other->size);
	map(path, PAGE);
	/* The file must be long enough, or its size alone gives it away. */
	ck_assert_int_eq(truncate(path, (off_t)mapped->size), 0);
	struct inq_object *object = check(NULL, NULL);
	ck_assert_int_eq(object->file_state, INQ_FILE_MISMATCHED);
	char words[32];
	snprintf(words, sizeof words, "core %.8s…, file ", inq_object_build_id(space, object));
	expect_note(object, words);
	ck_assert_ptr_null(object->soname); /* nothing is learnt from another build */
	expect_symbols(object, false);
}
END_TEST

START_TEST(no_elf)
{
	char *text = calloc(1, mapped->size);
	write_file(path, text, mapped->size);
	free(text);
	map(path, PAGE);
	struct inq_object *object = check(NULL, NULL);
	ck_assert_int_eq(object->file_state, INQ_FILE_MISMATCHED);
	expect_note(object, "no ELF header");
}
END_TEST

START_TEST(too_short)
{
	write_file(path, mapped->data, PAGE);
	map(path, PAGE);
	struct inq_object *object = check(NULL, NULL);
	ck_assert_int_eq(object->file_state, INQ_FILE_MISMATCHED);
	expect_note(object, "it has 4096 bytes");
}
END_TEST

START_TEST(missing)
{
	map(path, PAGE);
	struct inq_object *object = check(NULL, NULL);
	ck_assert_int_eq(object->file_state, INQ_FILE_MISSING);
	expect_note(object, "no such file");
	expect_symbols(object, false);
}
END_TEST

START_TEST(fifo)
{
	ck_assert_int_eq(mkfifo(path, 0644), 0);
	map(path, PAGE);
	struct inq_object *object = check(NULL, NULL);
	ck_assert_int_eq(object->file_state, INQ_FILE_MISSING);
	expect_note(object, "not a regular file");
}
END_TEST

START_TEST(deleted)
{
	char name[80];
	write_file(path, mapped->data, mapped->size);
	snprintf(name, sizeof name, "%s (deleted)", path);
	map(name, _i ? PAGE : 0); /* with the build ID in memory, and without */
	struct inq_object *object = check(NULL, NULL);
	ck_assert(object->deleted);
	ck_assert_int_eq(object->file_state, _i ? INQ_FILE_MATCHED : INQ_FILE_UNCHECKED);
}
END_TEST

START_TEST(sysroot)
{
	write_file(path, mapped->data, mapped->size);
	map("/mapped.so", PAGE);
	struct inq_object *object = check(folder, NULL);
	ck_assert_int_eq(object->file_state, INQ_FILE_MATCHED);
	ck_assert_str_eq(object->file_path, path);
	/* Between the check and the first use a link that leads outside takes its place: the file that was compared counts. */
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(symlink("/../../../../../etc/passwd", path), 0);
	expect_symbols(object, true);
	ck_assert_int_eq(object->file_state, INQ_FILE_MATCHED);
}
END_TEST

START_TEST(executable)
{
	write_file(path, mapped->data, mapped->size);
	map("/nowhere/program", PAGE);
	inq_build_aux(&builder, AT_ENTRY, BASE + 0x1000);
	struct inq_object *object = check(NULL, path);
	ck_assert_int_eq(object->kind, INQ_OBJECT_EXE);
	ck_assert_int_eq(object->file_state, INQ_FILE_MATCHED);
	ck_assert_str_eq(object->file_path, path);
	expect_symbols(object, true);
}
END_TEST

/* The only object is named like a library, so nothing says which is the executable. */
START_TEST(executable_unknown)
{
	write_file(path, mapped->data, mapped->size);
	map("/nowhere/libprogram.so", PAGE);
	struct inq_object *object = check(NULL, path);
	ck_assert_int_eq(object->file_state, INQ_FILE_MISSING);
	ck_assert_uint_eq(ctx.warnings.count, 1);
	ck_assert_ptr_nonnull(strstr(ctx.warnings.items[0], "--exe was not used"));
}
END_TEST

START_TEST(only_a_name)
{
	map("mapped.so", PAGE);
	struct inq_object *object = check(NULL, NULL);
	ck_assert_int_eq(object->file_state, INQ_FILE_UNCHECKED);
	expect_note(object, "not a full path");
}
END_TEST

/* A map without memory: a file at the path proves nothing, unless the user vouches and the rows fit. */
START_TEST(rows_only)
{
	write_file(path, mapped->data, mapped->size);
	map(_i ? "/mapped.so" : path, 0);
	struct inq_object *object = check(_i ? folder : NULL, NULL);
	if (!_i) {
		ck_assert_int_eq(object->file_state, INQ_FILE_UNCHECKED);
		expect_symbols(object, false);
		return;
	}
	ck_assert_int_eq(object->file_state, INQ_FILE_MATCHED);
	ck_assert_uint_eq(object->load_bias, BASE);
	expect_symbols(object, true);
}
END_TEST

START_TEST(rows_of_another_file)
{
	write_file(path, other->data, other->size);
	ck_assert_int_eq(truncate(path, (off_t)mapped->size), 0);
	map("/mapped.so", 0);
	struct inq_object *object = check(folder, NULL);
	ck_assert_int_eq(object->file_state, INQ_FILE_MISMATCHED);
	expect_note(object, "do not fit");
}
END_TEST

/* Without a build ID in reach, the page that the core holds decides. */
START_TEST(first_page)
{
	enum { HEADERS = 0x200 }; /* the header and its program headers end before the notes begin */
	uint8_t *changed = malloc(mapped->size);
	memcpy(changed, mapped->data, mapped->size);
	changed[0x28] ^= (uint8_t)_i; /* e_shoff: another size of file */
	write_file(path, changed, mapped->size);
	free(changed);
	map(path, HEADERS);
	struct inq_object *object = check(NULL, NULL);
	ck_assert_int_eq(object->file_state, _i ? INQ_FILE_MISMATCHED : INQ_FILE_MATCHED);
}
END_TEST

START_TEST(switched_off)
{
	write_file(path, mapped->data, mapped->size);
	map(path, PAGE);
	space = inq_build_seal(&builder);
	ck_assert_int_eq(inq_files_create(&ctx, NULL, NULL, NULL, true, &files), INQ_OK);
	ck_assert_int_eq(inq_objects_find(space), INQ_OK);
	ck_assert_int_eq(inq_objects_check_files(space, files), INQ_OK);
	ck_assert_int_eq(space->objects.items[0].file_state, INQ_FILE_UNCHECKED);
	ck_assert_ptr_null(space->objects.items[0].file_path);
	expect_symbols(&space->objects.items[0], false);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("objects_files");
	TCase *tcase = tcase_create("objects_files");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, matched);
	tcase_add_test(tcase, other_build);
	tcase_add_test(tcase, no_elf);
	tcase_add_test(tcase, too_short);
	tcase_add_test(tcase, missing);
	tcase_add_test(tcase, fifo);
	tcase_add_loop_test(tcase, deleted, 0, 2);
	tcase_add_test(tcase, sysroot);
	tcase_add_test(tcase, executable);
	tcase_add_test(tcase, executable_unknown);
	tcase_add_test(tcase, only_a_name);
	tcase_add_loop_test(tcase, rows_only, 0, 2);
	tcase_add_test(tcase, rows_of_another_file);
	tcase_add_loop_test(tcase, first_page, 0, 2);
	tcase_add_test(tcase, switched_off);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

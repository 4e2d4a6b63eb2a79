/* Objects of this very process: its own memory stands in for a core, /proc/self/maps for the file note, and the run-time
 * linker (dl_iterate_phdr, dladdr) says what is true. */
#include "lib/space/objects.h"

#include "lib/space/build.h"
#include "lib/space/join.h"
#include "lib/symbol/symbol.h"

#include <inquest/report.h>

#include <check.h>
#include <dlfcn.h>
#include <elf.h>
#include <inttypes.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

/* The artefact's bytes are all of memory, from address 1 on. */
static const struct inq_source memory = { .path = "self", .data = (const uint8_t *)1, .size = UINT64_MAX };
static struct inq_ctx ctx;
static struct inq_space *space;
static struct inq_files *files;

static void add_row(struct inq_builder *builder, const char *row, bool names)
{
	uint64_t start, end, offset, inode;
	unsigned major, minor;
	char permissions[5];
	int path = 0;
	ck_assert_int_eq(sscanf(row, "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %x:%x %" SCNu64 " %n", &start, &end,
				permissions, &offset, &major, &minor, &inode, &path),
			 7);
	struct inq_mapping mapping = inq_mapping_unknown();
	mapping.start = start;
	mapping.end = end;
	mapping.permissions = INQ_PERM_KNOWN;
	mapping.permissions |= permissions[0] == 'r' ? INQ_PERM_READ : 0;
	mapping.permissions |= permissions[1] == 'w' ? INQ_PERM_WRITE : 0;
	mapping.permissions |= permissions[2] == 'x' ? INQ_PERM_EXECUTE : 0;
	mapping.data_offset = start - 1;
	mapping.data_size =
		permissions[0] == 'r' && !strstr(row, "[vvar") && !strstr(row, "[vsyscall") ? end - start : 0;
	if (names && row[path] == '/') {
		mapping.file = inq_build_file(builder, row + path, strlen(row + path), major, minor, inode);
		mapping.file_offset = offset;
	}
	ck_assert_int_eq(inq_build_mapping(builder, &mapping), INQ_OK);
}

static void read_self(bool names)
{
	static const uint64_t types[] = { AT_PHDR, AT_PHENT, AT_PHNUM, AT_BASE, AT_ENTRY, AT_EXECFN, AT_SYSINFO_EHDR };
	struct inq_builder builder;
	char row[4096];
	FILE *maps = fopen("/proc/self/maps", "re");
	ck_assert_ptr_nonnull(maps);
	ck_assert_int_eq(inq_build_create(&ctx, &memory, "elf-core", &builder), INQ_OK);
	inq_build_os(&builder, INQ_OS_LINUX);
	inq_build_machine(&builder, sizeof(void *) == 8 ? EM_X86_64 : EM_386, 8 * sizeof(void *),
			  __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
	while (fgets(row, sizeof row, maps)) {
		row[strcspn(row, "\n")] = '\0';
		add_row(&builder, row, names);
	}
	fclose(maps);
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		ck_assert_int_eq(inq_build_aux(&builder, types[i], getauxval(types[i])), INQ_OK);
	space = inq_build_seal(&builder);
	ck_assert_ptr_nonnull(space);
	ck_assert_int_eq(inq_objects_find(space), INQ_OK);
}

static void set_up(void)
{
	ctx = (struct inq_ctx) { .arena = inq_arena_create() };
}

static void tear_down(void)
{
	inq_space_destroy(space);
	inq_files_destroy(files);
	inq_string_vec_release(&ctx.warnings);
	inq_arena_destroy(ctx.arena);
	space = NULL;
	files = NULL;
}

/* The build ID by the run-time linker's own program headers. */
static const ElfW(Nhdr) * linker_build_id(const struct dl_phdr_info *info)
{
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
		uintptr_t at = info->dlpi_addr + segment->p_vaddr, end = at + segment->p_memsz;
		while (segment->p_type == PT_NOTE && at < end) {
			const ElfW(Nhdr) *note = (const void *)at;
			if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == 4)
				return note;
			at += sizeof *note + ((note->n_namesz + 3U) & ~3U) + ((note->n_descsz + 3U) & ~3U);
		}
	}
	return NULL;
}

static int check_loaded(struct dl_phdr_info *info, size_t size, void *data)
{
	bool *by_link_map = data;
	uint64_t dynamic = 0;
	(void)size;
	for (int i = 0; i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_DYNAMIC)
			dynamic = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
	const struct inq_object *object = inq_space_object_at(space, dynamic);
	ck_assert_msg(object, "no object holds the dynamic section of %s", info->dlpi_name);
	ck_assert(object->is_elf);
	ck_assert_uint_eq(object->load_bias, info->dlpi_addr);
	const ElfW(Nhdr) *note = linker_build_id(info);
	ck_assert_uint_eq(object->build_id_size, note ? note->n_descsz : 0);
	if (note)
		ck_assert_mem_eq(object->build_id, (const char *)(note + 1) + 4, note->n_descsz);
	bool vdso = strncmp(info->dlpi_name, "linux-", 6) == 0;
	if (vdso)
		ck_assert_int_eq(object->kind, INQ_OBJECT_VDSO);
	else if (!*info->dlpi_name)
		ck_assert_int_eq(object->kind, INQ_OBJECT_EXE);
	else if (*by_link_map)
		ck_assert_str_eq(object->path, info->dlpi_name);
	return 0;
}

static void check_objects(bool by_link_map)
{
	struct inq_object *vdso = inq_space_object_at(space, getauxval(AT_SYSINFO_EHDR));
	const struct inq_object *interpreter = inq_space_object_at(space, getauxval(AT_BASE));
	dl_iterate_phdr(check_loaded, &by_link_map);
	ck_assert_ptr_nonnull(vdso);
	ck_assert_str_eq(vdso->soname, "linux-vdso.so.1");
	ck_assert_int_eq(interpreter->kind, INQ_OBJECT_INTERPRETER);
	struct inq_object *libc = inq_object_by_name(space, "libc.so.6", 9);
	ck_assert_ptr_eq(libc, inq_space_object_at(space, (uintptr_t)dlsym(RTLD_DEFAULT, "gnu_get_libc_version")));
	ck_assert_ptr_eq(inq_object_by_name(space, "linux-vdso.so.1", 15), vdso);
	ck_assert_ptr_null(inq_object_by_name(space, "libc.so", 7));
	for (size_t i = 1; i < space->objects.count; i++)
		ck_assert_uint_lt(space->objects.items[i - 1].base, space->objects.items[i].base);
	ck_assert_uint_eq(ctx.warnings.count, 0);
}

START_TEST(by_file_note)
{
	read_self(true);
	check_objects(false);
}
END_TEST

START_TEST(by_link_map)
{
	read_self(false);
	check_objects(true);
	char path[4096];
	ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
	const struct inq_object *exe = inq_space_object_at(space, getauxval(AT_ENTRY));
	ck_assert_int_gt((int)length, 0);
	path[length] = '\0';
	ck_assert_str_eq(strrchr(exe->path, '/') + 1, strrchr(path, '/') + 1);
	/* The file offsets follow from the program headers, so text can be read from files: the kernel's word for them. */
	size_t count = space->mappings.count;
	struct inq_mapping *ours = calloc(count, sizeof *ours);
	memcpy(ours, space->mappings.items, count * sizeof *ours);
	inq_space_destroy(space);
	read_self(true);
	size_t compared = 0;
	for (size_t i = 0; i < count; i++) {
		const struct inq_mapping *theirs = inq_space_mapping_at(space, ours[i].start);
		if (!ours[i].file || !theirs || theirs->start != ours[i].start || !theirs->file)
			continue;
		ck_assert_uint_eq(ours[i].file_offset, theirs->file_offset);
		compared++;
	}
	free(ours);
	ck_assert_uint_gt(compared, 10);
}
END_TEST

static void check_symbol(struct inq_object *object, uint64_t address)
{
	Dl_info info = { 0 };
	struct inq_symbol symbol;
	if (!dladdr((const void *)(uintptr_t)address, &info) || !info.dli_sname)
		return;
	ck_assert_msg(inq_symbol_at(space, object, address, &symbol), "no symbol for %s", info.dli_sname);
	/* The full table may know a closer one than the dynamic table that dladdr has. */
	ck_assert_uint_ge(symbol.start, (uintptr_t)info.dli_saddr);
	ck_assert(symbol.exact);
}

START_TEST(symbols)
{
	static const char *const names[] = { "qsort", "malloc", "stdout", "environ", "memcpy" };
	uint64_t at;
	read_self(true);
	ck_assert_int_eq(inq_files_create(&ctx, NULL, NULL, NULL, false, &files), INQ_OK);
	struct inq_object *libc = inq_object_by_name(space, "libc.so.6", 9);
	ck_assert_int_eq(inq_symbol_known_level(libc), INQ_SYMBOLS_UNKNOWN);
	ck_assert_int_eq(inq_objects_check_files(space, files), INQ_OK);
	ck_assert_int_eq(libc->file_state, INQ_FILE_MATCHED);
	ck_assert_str_eq(libc->soname, "libc.so.6");
	void *handle = dlopen("libc.so.6", RTLD_NOLOAD | RTLD_NOW);
	ck_assert_ptr_nonnull(handle);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		ck_assert(inq_symbol_find(space, libc, names[i], strlen(names[i]), &at));
		if (strcmp(names[i], "memcpy") != 0) /* an IFUNC: dlsym gives what it resolved to */
			ck_assert_uint_eq(at, (uintptr_t)dlsym(handle, names[i]));
		check_symbol(libc, at + 1);
	}
	ck_assert(!inq_symbol_find(space, libc, "errno", 5, &at)); /* thread-local: no address */
	ck_assert_int_ge(inq_symbol_known_level(libc), INQ_SYMBOLS_DYNAMIC);
	ck_assert_str_eq(inq_symbol_section(space, libc, (uintptr_t)dlsym(handle, "qsort")), ".text");
	dlclose(handle);
}
END_TEST

START_TEST(vdso_symbols)
{
	struct inq_symbol symbol;
	uint64_t at;
	read_self(true);
	struct inq_object *vdso = inq_object_by_name(space, "[vdso]", 6);
	ck_assert(inq_symbol_find(space, vdso, "__vdso_clock_gettime", 20, &at));
	ck_assert_uint_eq(at & ~0xffffULL, getauxval(AT_SYSINFO_EHDR) & ~0xffffULL);
	ck_assert(inq_symbol_at(space, vdso, at + 2, &symbol));
	ck_assert_uint_eq(symbol.start, at);
	ck_assert_ptr_nonnull(strstr(symbol.name, "clock_gettime"));
	ck_assert_int_eq(inq_symbol_known_level(vdso), INQ_SYMBOLS_DYNAMIC);
	ck_assert_str_eq(inq_symbol_section(space, vdso, at), ".text");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("objects_self");
	TCase *tcase = tcase_create("objects_self");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, by_file_note);
	tcase_add_test(tcase, by_link_map);
	tcase_add_test(tcase, symbols);
	tcase_add_test(tcase, vdso_symbols);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

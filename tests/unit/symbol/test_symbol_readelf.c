/* Symbols of this machine's C library, run-time linker, and of this program, against what readelf prints: the name that is
 * given must be one of those that start nearest below the address among those that hold it. */
#include "lib/symbol/symbol.h"

#include "lib/base/vec.h"

#include <check.h>
#include <dlfcn.h>
#include <inttypes.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct row {
	uint64_t value, size;
	char name[128];
};

INQ_VEC(row_vec, struct row)

static struct inq_ctx ctx;
static struct inq_space space;
static struct row_vec rows;
static uint64_t seed;

static void set_up(void)
{
	ctx = (struct inq_ctx) { .arena = inq_arena_create() };
	space = (struct inq_space) { .ctx = &ctx };
	seed = 1;
}

static void tear_down(void)
{
	row_vec_release(&rows);
	inq_arena_destroy(ctx.arena);
}

static uint64_t random_number(void)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return seed >> 20;
}

/* Rows such as "12: 0000000000026f20  45 FUNC  GLOBAL DEFAULT 16 gnu_get_libc_version@@GLIBC_2.2.5". */
static void add_row(const char *line)
{
	char size[32], type[32], section[32], name[512];
	uint64_t value;
	if (sscanf(line, "%*d: %" SCNx64 " %31s %31s %*s %*s %31s %511s", &value, size, type, section, name) != 5 ||
	    (strcmp(type, "FUNC") != 0 && strcmp(type, "OBJECT") != 0 && strcmp(type, "IFUNC") != 0 &&
	     strcmp(type, "NOTYPE") != 0) ||
	    strcmp(section, "UND") == 0 || strcmp(section, "ABS") == 0)
		return;
	name[1 + strcspn(name + 1, "@")] = '\0';
	struct row *row = row_vec_push(&rows);
	ck_assert_ptr_nonnull(row);
	row->value = value;
	row->size = strtoull(size, NULL, 0);
	snprintf(row->name, sizeof row->name, "%.127s", name);
}

static bool read_rows(const char *path, const char *option)
{
	char line[1024], command[512];
	snprintf(command, sizeof command, "LC_ALL=C readelf -W %s '%s' 2>/dev/null", option, path);
	FILE *output = popen(command, "re");
	ck_assert_ptr_nonnull(output);
	while (fgets(line, sizeof line, output))
		add_row(line);
	pclose(output);
	return rows.count > 0;
}

static const struct row *best_row(uint64_t address)
{
	const struct row *best = NULL;
	for (size_t i = 0; i < rows.count; i++) {
		const struct row *row = &rows.items[i];
		if (row->value <= address && address - row->value < row->size && (!best || row->value > best->value))
			best = row;
	}
	return best;
}

static void check_address(struct inq_object *object, uint64_t address)
{
	struct inq_symbol symbol;
	const struct row *best = best_row(address);
	bool found = inq_symbol_at(&space, object, address + object->load_bias, &symbol);
	if (!best) {
		ck_assert_msg(!found || !symbol.exact, "0x%" PRIx64 " is in no symbol, not in %s", address,
			      symbol.name);
		return;
	}
	ck_assert_msg(found && symbol.exact, "0x%" PRIx64 " is in %s", address, best->name);
	ck_assert_uint_eq(symbol.start - object->load_bias, best->value);
	for (size_t i = 0; i < rows.count; i++)
		if (rows.items[i].value == best->value && strncmp(rows.items[i].name, symbol.name, 127) == 0)
			return;
	ck_abort_msg("0x%" PRIx64 " is in %s, not %s", address, best->name, symbol.name);
}

static void check_file(const char *path)
{
	struct inq_object object = { .path = path, .load_bias = 0x7f0000000000, .is_elf = true };
	if (!read_rows(path, "--syms") && !read_rows(path, "--dyn-syms"))
		exit(77); /* no readelf */
	ck_assert_int_eq(inq_source_open(&ctx, path, &object.file), INQ_OK);
	/* The first few by scanning the table, the others by its index; inside symbols and at both their ends. */
	for (unsigned i = 0; i < 3000; i++) {
		const struct row *row = &rows.items[random_number() % rows.count];
		uint64_t extra = i % 3 == 0 ? 0 : i % 3 == 1 ? row->size : random_number() % (row->size + 1);
		check_address(&object, row->value + extra);
	}
	object.made[INQ_MADE_NAMES].destroy(object.made[INQ_MADE_NAMES].data);
	inq_source_close(object.file);
}

static const char *path_of(const char *symbol)
{
	Dl_info info;
	ck_assert_int_ne(dladdr(dlsym(RTLD_DEFAULT, symbol), &info), 0);
	return info.dli_fname;
}

START_TEST(c_library)
{
	check_file(path_of("gnu_get_libc_version"));
}
END_TEST

START_TEST(run_time_linker)
{
	check_file(path_of("_r_debug"));
}
END_TEST

START_TEST(this_program)
{
	char path[4096];
	ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
	ck_assert_int_gt((int)length, 0);
	path[length] = '\0';
	check_file(path);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("symbol_readelf");
	TCase *tcase = tcase_create("symbol_readelf");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, c_library);
	tcase_add_test(tcase, run_time_linker);
	tcase_add_test(tcase, this_program);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

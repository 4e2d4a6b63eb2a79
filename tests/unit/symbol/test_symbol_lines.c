/* Functions, lines and inlined functions at every address of a program's text, against what addr2line says: DWARF 2 to 5,
 * by every compiler that is there, with sections packed and not, split units, and what dwz makes of it. */
#include "lib/symbol/symbol.h"

#include "lib/elf/section.h"
#include "lib/space/objects.h"
#include "tests/support/spaces.h"

#include <inquest/report.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST = 64, BIAS = 0x10000 };

static struct inq_ctx ctx;
static struct inq_space space;
static struct inq_object object;
static struct inq_elf_section text;
static struct inq_files *files;
static char folder[] = "/tmp/inq-lines-XXXXXX", program[64];
static unsigned checked, inlined;

/* What addr2line prints for an address. */
struct answer {
	uint64_t address;
	size_t count;
	struct {
		char function[256], place[512];
	} frames[MOST];
};

static void set_up(void)
{
	ctx = (struct inq_ctx) { .arena = inq_arena_create() };
	strcpy(folder, "/tmp/inq-lines-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(program, sizeof program, "%s/program", folder);
	ck_assert_int_eq(inq_files_create(&ctx, NULL, NULL, NULL, false, &files), INQ_OK);
	space = (struct inq_space) { .ctx = &ctx, .files = files };
	object = (struct inq_object) {
		.path = program, .file_path = program, .load_bias = BIAS, .file_state = INQ_FILE_MATCHED
	};
	checked = inlined = 0;
}

static void tear_down(void)
{
	char command[64];
	snprintf(command, sizeof command, "rm -rf %s", folder);
	ck_assert_int_eq(system(command), 0);
	if (object.made[INQ_MADE_NAMES].data)
		object.made[INQ_MADE_NAMES].destroy(object.made[INQ_MADE_NAMES].data);
	inq_source_close(object.file);
	inq_files_destroy(files);
	inq_string_vec_release(&ctx.warnings);
	inq_arena_destroy(ctx.arena);
}

/* Runs `command` in the folder, where the sources are too; false when it fails. */
static bool run(const char *command)
{
	char line[1024];
	snprintf(line, sizeof line, "cd %s && cp \"$SOURCE_DIR\"/tests/live/names.c* . && (%s) >/dev/null 2>&1", folder,
		 command);
	return system(line) == 0;
}

static void open_program(void)
{
	struct inq_elf elf;
	ck_assert_int_eq(inq_source_open(&ctx, program, &object.file), INQ_OK);
	const struct inq_view bytes = { .data = object.file->data, .size = object.file->size };
	ck_assert(inq_elf_open(&bytes, &elf) && inq_elf_find_section(&elf, ".text", &text));
}

/* addr2line says "??" for what it does not know; "file:12 (discriminator 3)" has more than is asked. */
static bool read_answer(FILE *output, struct answer *ret)
{
	static char line[600];
	if (!*line && !fgets(line, sizeof line, output))
		return false;
	ck_assert_int_eq(sscanf(line, "0x%" SCNx64, &ret->address), 1);
	*line = '\0';
	for (ret->count = 0; fgets(line, sizeof line, output) && strncmp(line, "0x", 2) != 0; ret->count++) {
		ck_assert_uint_lt(ret->count, MOST);
		ck_assert_int_eq(sscanf(line, "%255s", ret->frames[ret->count].function), 1);
		ck_assert_ptr_nonnull(fgets(line, sizeof line, output));
		ck_assert_int_eq(sscanf(line, "%511s", ret->frames[ret->count].place), 1);
		char *unknown = strstr(ret->frames[ret->count].place, ":?");
		if (unknown)
			unknown[1] = '0';
		*line = '\0';
	}
	return true;
}

static void check(const struct answer *answer)
{
	struct inq_symbol_place places[MOST];
	char place[512];
	struct inq_symbol symbol;
	/* Without debug information it may still say "crtstuff.c:?", by the symbol table; and what stands between two
	 * functions it counts to the one before. */
	if (answer->frames[0].place[0] == '?' || strncmp(answer->frames[0].place, "crtstuff.c", 10) == 0 ||
	    !inq_symbol_at(&space, &object, BIAS + answer->address, &symbol) || !symbol.exact)
		return;
	size_t count = inq_symbol_places(&space, &object, BIAS + answer->address, places, MOST);
	ck_assert_msg(count == answer->count, "%zu places at %" PRIx64 ", not %zu", count, answer->address,
		      answer->count);
	for (size_t i = 0; i < count; i++) {
		ck_assert_msg(places[i].function && strcmp(places[i].function, answer->frames[i].function) == 0,
			      "%s at %" PRIx64 ", not %s", places[i].function, answer->address,
			      answer->frames[i].function);
		snprintf(place, sizeof place, "%s:%u", places[i].file, places[i].line);
		ck_assert_msg(strcmp(place, answer->frames[i].place) == 0, "%s at %" PRIx64 ", not %s", place,
			      answer->address, answer->frames[i].place);
	}
	checked++;
	inlined += count > 1;
}

/* `name` is the file that the tool is asked about. */
static void check_all(const char *tool, const char *name)
{
	static struct answer answer;
	char command[256];
	open_program();
	unsigned step = text.size > 1000 ? 3 : 1;
	snprintf(command, sizeof command,
		 "cd %s && seq %" PRIu64 " %u %" PRIu64 " | xargs printf '0x%%x\\n' | LC_ALL=C %s -afi -e %s", folder,
		 text.addr, step, text.addr + text.size - 1, tool, name);
	FILE *output = popen(command, "re");
	ck_assert_ptr_nonnull(output);
	while (read_answer(output, &answer))
		check(&answer);
	pclose(output);
}

static const char *const variants[] = {
	"cc -gdwarf-2 -O2 names.c -o program",
	"cc -gdwarf-3 -O2 names.c -o program",
	"cc -gdwarf-4 -O2 names.c -o program",
	"cc -gdwarf-5 -O2 names.c -o program",
	"cc -gdwarf-5 -O2 \"$PWD\"/names.c -o program",
	"mkdir sub && cp names.c sub && cc -gdwarf-4 -O2 sub/../sub/names.c -o program",
	"cc -gdwarf-5 -O3 -ffunction-sections -Wl,--gc-sections names.c -o program",
	"cc -gdwarf-5 -O2 -no-pie -gz=zlib names.c -o program",
	"cc -gdwarf-4 -O2 names.c -o program && objcopy --compress-debug-sections=zlib-gnu program",
	"cc -gdwarf-4 -O2 names.c -o program && objcopy --compress-debug-sections=zstd program",
	"cc -m32 -gdwarf-4 -O2 names.c -o program",
	"c++ -gdwarf-4 -O2 names.cc -o program",
	"c++ -gdwarf-4 -O2 -fdebug-types-section names.cc -o program",
	"c++ -gdwarf-5 -O2 names.cc -o program",
	"c++ -gdwarf-5 -O2 -gz=zlib names.cc -o program", /* large enough for the faster decoder */
	"clang -gdwarf-4 -O2 names.c -o program",
	"clang -gdwarf-5 -O2 names.c -o program",
	"clang++ -gdwarf-5 -O2 names.cc -o program",
	"cc -g -O2 names.c -o program && objcopy --remove-section .debug_aranges program",
	"c++ -gdwarf-4 -O2 names.cc -o program && dwz program",
	"c++ -gdwarf-5 -O2 names.cc -o program && cp program other && dwz -m common program other",
};

static bool tool_is_there(const char *tool)
{
	char probe[64];
	snprintf(probe, sizeof probe, "%s --version", tool);
	return run(probe);
}

static void check_count(const char *what)
{
	ck_assert_msg(checked > 100 && inlined > 10, "only %u addresses, %u inlined: %s", checked, inlined, what);
}

/* binutils 2.40 knows no DW_FORM_rnglistx, which clang writes: its programs are compared with LLVM's tool. */
START_TEST(agrees)
{
	const char *tool = strncmp(variants[_i], "clang", 5) == 0 ? "llvm-addr2line" : "addr2line";
	if (!run(variants[_i]) || !tool_is_there(tool)) {
		fprintf(stderr, "not tried, it cannot be made here: %s\n", variants[_i]);
		return;
	}
	check_all(tool, "program");
	check_count(variants[_i]);
}
END_TEST

/* Programs with split units, or that the tools read wrongly, and how they are compiled otherwise. */
static const struct {
	const char *compile, *split, *after;
} split_variants[] = {
	{ "cc -gdwarf-4 -O2 names.c", "-gsplit-dwarf", "true" },
	{ "cc -gdwarf-5 -O2 names.c", "-gsplit-dwarf", "true" },
	{ "cc -gdwarf-5 -O2 names.c", "-gdwarf64", "true" },
	{ "c++ -gdwarf-4 -O2 names.cc", "-gsplit-dwarf -fdebug-types-section", "true" },
	{ "c++ -gdwarf-5 -O2 names.cc", "-gsplit-dwarf -fdebug-types-section", "true" },
	{ "c++ -gdwarf-5 -O2 names.cc", "-gsplit-dwarf -gz=zlib", "true" },
	{ "clang -gdwarf-4 -O2 names.c", "-gsplit-dwarf", "true" },
	{ "clang++ -gdwarf-5 -O2 names.cc", "-gsplit-dwarf", "true" },
	{ "c++ -gdwarf-4 -O2 names.cc", "-gsplit-dwarf", "llvm-dwp -e program -o program.dwp && rm *.dwo" },
	{ "c++ -gdwarf-5 -O2 names.cc", "-gsplit-dwarf", "llvm-dwp -e program -o program.dwp && rm *.dwo" },
	{ "c++ -gdwarf-4 -O2 names.cc", "-gsplit-dwarf", "dwp -e program -o program.dwp && rm *.dwo" },
};

/* The tools do not follow all of it: they are asked about the same code with its debug information whole. */
START_TEST(agrees_with_whole)
{
	char command[512];
	const char *compile = split_variants[_i].compile;
	const char *tool = strncmp(compile, "clang", 5) == 0 ? "llvm-addr2line" : "addr2line";
	snprintf(command, sizeof command, "{ %s -o whole & %s %s -o program && wait $! && %s; }", compile, compile,
		 split_variants[_i].split, split_variants[_i].after);
	if (!run(command) || !tool_is_there(tool)) {
		fprintf(stderr, "not tried, it cannot be made here: %s\n", command);
		return;
	}
	ck_assert(run("for f in whole program; do objcopy -O binary -j .text $f $f.text; done; cmp *.text"));
	check_all(tool, "whole");
	check_count(command);
}
END_TEST

/* Files of another build are refused: lines come from the skeleton, names of inlined functions from nowhere. */
START_TEST(refuses_strangers)
{
	static const char *const variants_of_wrong[] = {
		"cc -gdwarf-5 -O2 -gsplit-dwarf names.c -o program && rm *.dwo",
		"cc -gdwarf-5 -O2 -gsplit-dwarf names.c -o program && mv program keep && "
		"cc -gdwarf-5 -O1 -gsplit-dwarf names.c -o program && mv keep program",
		"cc -gdwarf-5 -O2 names.c -o program && cp program other && dwz -m common program other && "
		"objcopy --remove-section .note.gnu.build-id common",
	};
	struct inq_symbol_place places[MOST];
	size_t most = 0;
	if (!run(variants_of_wrong[_i])) {
		fprintf(stderr, "not tried, it cannot be made here: %s\n", variants_of_wrong[_i]);
		return;
	}
	open_program();
	for (uint64_t address = text.addr; address < text.addr + text.size; address++) {
		size_t count = inq_symbol_places(&space, &object, BIAS + address, places, MOST);
		for (size_t i = 0; i < count; i++)
			ck_assert(_i == 2 || !places[i].function);
		most = count > most ? count : most;
	}
	ck_assert_uint_ge(most, 1);
	ck_assert_uint_eq(ctx.warnings.count, 1);
	ck_assert_ptr_nonnull(strstr(ctx.warnings.items[0], "was not found"));
}
END_TEST

START_TEST(nothing_to_read)
{
	struct inq_symbol_place place;
	ck_assert(run("cc -O2 names.c -o program"));
	open_program();
	ck_assert_uint_eq(inq_symbol_places(&space, &object, BIAS + text.addr, &place, 1), 0);
	ck_assert_uint_eq(ctx.warnings.count, 0);
}
END_TEST

/* Each byte of the debug sections spoiled in turn, some at a time: no answer is required, only that there is an end. */
START_TEST(spoiled)
{
	struct inq_symbol_place places[MOST];
	ck_assert(run("cc -gdwarf-5 -O2 names.c -o program"));
	uint64_t seed = (uint64_t)_i;
	struct inq_elf_section first, last;
	struct inq_elf elf;
	open_program();
	uint8_t *copy = inq_alloc(object.file->size);
	ck_assert_ptr_nonnull(copy);
	memcpy(copy, object.file->data, object.file->size);
	struct inq_view bytes = { .data = copy, .size = object.file->size };
	ck_assert(inq_elf_open(&bytes, &elf) && inq_elf_find_section(&elf, ".debug_aranges", &first) &&
		  inq_elf_find_section(&elf, ".debug_rnglists", &last));
	struct inq_source *whole = object.file;
	for (unsigned round = 0; round < 20; round++) {
		memcpy(copy, whole->data, whole->size);
		for (unsigned i = 0; i < 1 + round % 4; i++) {
			seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
			uint64_t at = first.offset + (seed >> 20) % (last.offset + last.size - first.offset);
			copy[at] = (uint8_t)(seed >> 12);
		}
		ck_assert_int_eq(inq_source_from_memory(copy, whole->size, "copy", &object.file), INQ_OK);
		for (uint64_t address = text.addr; address < text.addr + text.size; address += 7)
			ck_assert_uint_le(inq_symbol_places(&space, &object, BIAS + address, places, MOST), MOST);
		object.made[INQ_MADE_NAMES].destroy(object.made[INQ_MADE_NAMES].data);
		object.made[INQ_MADE_NAMES].data = NULL;
		inq_source_close(object.file);
	}
	object.file = whole;
	free(copy);
}
END_TEST

/* Nearly all of the time goes to compilers: two halves run at once. */
static Suite *make_half(bool second)
{
	Suite *suite = suite_create(second ? "lines of split units, and spoiled" : "lines");
	TCase *tcase = tcase_create("lines");
	tcase_set_timeout(tcase, 120);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	if (second) {
		tcase_add_loop_test(tcase, agrees_with_whole, 0, sizeof split_variants / sizeof *split_variants);
		tcase_add_loop_test(tcase, refuses_strangers, 0, 3);
		tcase_add_loop_test(tcase, spoiled, 0, 10);
	} else {
		tcase_add_loop_test(tcase, agrees, 0, sizeof variants / sizeof *variants);
		tcase_add_test(tcase, nothing_to_read);
	}
	suite_add_tcase(suite, tcase);
	return suite;
}

int main(void)
{
	if (system("addr2line --version >/dev/null 2>&1") != 0) {
		puts("SKIPPED: addr2line is missing; install binutils");
		return 77;
	}
	fflush(NULL);
	pid_t other = fork();
	if (other < 0)
		return EXIT_FAILURE;
	int failed = test_run(make_half(other == 0)), status = 0;
	if (other == 0)
		return failed;
	return waitpid(other, &status, 0) != other || status != 0 || failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* Functions, lines and inlined functions at every address of a program's text, against what addr2line says: DWARF 2 to 5,
 * by every compiler that is there, with sections packed and not. */
#include "lib/symbol/symbol.h"

#include "lib/elf/section.h"
#include "lib/space/objects.h"
#include "tests/support/spaces.h"

#include <inquest/report.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST = 64, BIAS = 0x10000 };

static struct inq_ctx ctx;
static struct inq_space space;
static struct inq_object object;
static struct inq_elf_section text;
static char folder[] = "/tmp/inq-lines-XXXXXX";
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
	space = (struct inq_space) { .ctx = &ctx };
	object = (struct inq_object) { .path = "program", .load_bias = BIAS, .file_state = INQ_FILE_MATCHED };
	strcpy(folder, "/tmp/inq-lines-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	checked = inlined = 0;
}

static void tear_down(void)
{
	char command[64];
	snprintf(command, sizeof command, "rm -rf %s", folder);
	ck_assert_int_eq(system(command), 0);
	if (object.symbols)
		object.symbols_destroy(object.symbols);
	inq_source_close(object.file);
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
	char path[128];
	struct inq_elf elf;
	snprintf(path, sizeof path, "%s/program", folder);
	ck_assert_int_eq(inq_source_open(&ctx, path, &object.file), INQ_OK);
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

/* binutils 2.40 knows no DW_FORM_rnglistx, which clang writes: its programs are compared with LLVM's tool. */
static void check_all(const char *tool)
{
	static struct answer answer;
	char command[256];
	open_program();
	snprintf(command, sizeof command,
		 "cd %s && seq %" PRIu64 " %" PRIu64 " | xargs printf '0x%%x\\n' | LC_ALL=C %s -afi -e program", folder,
		 text.addr, text.addr + text.size - 1, tool);
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
	"cc -gdwarf-4 -O2 names.c -o program && objcopy --compress-debug-sections=zstd program",
	"cc -m32 -gdwarf-4 -O2 names.c -o program",
	"c++ -gdwarf-4 -O2 names.cc -o program",
	"c++ -gdwarf-5 -O2 names.cc -o program",
	"c++ -gdwarf-5 -O2 -gz=zlib names.cc -o program", /* large enough for the faster decoder */
	"clang -gdwarf-4 -O2 names.c -o program",
	"clang -gdwarf-5 -O2 names.c -o program",
	"clang++ -gdwarf-5 -O2 names.cc -o program",
	"cc -g -O2 names.c -o program && objcopy --remove-section .debug_aranges program",
};

START_TEST(agrees)
{
	const char *tool = strncmp(variants[_i], "clang", 5) == 0 ? "llvm-addr2line" : "addr2line";
	char probe[64];
	snprintf(probe, sizeof probe, "%s --version", tool);
	if (!run(variants[_i]) || !run(probe)) {
		fprintf(stderr, "not tried, it cannot be made here: %s\n", variants[_i]);
		return;
	}
	check_all(tool);
	ck_assert_msg(checked > 100 && inlined > 10, "only %u addresses, %u inlined: %s", checked, inlined,
		      variants[_i]);
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
	char path[128];
	struct inq_symbol_place places[MOST];
	ck_assert(run("cc -gdwarf-5 -O2 names.c -o program"));
	snprintf(path, sizeof path, "%s/program", folder);
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
	for (unsigned round = 0; round < 40; round++) {
		memcpy(copy, whole->data, whole->size);
		for (unsigned i = 0; i < 1 + round % 4; i++) {
			seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
			uint64_t at = first.offset + (seed >> 20) % (last.offset + last.size - first.offset);
			copy[at] = (uint8_t)(seed >> 12);
		}
		ck_assert_int_eq(inq_source_from_memory(copy, whole->size, "copy", &object.file), INQ_OK);
		for (uint64_t address = text.addr; address < text.addr + text.size; address += 7)
			ck_assert_uint_le(inq_symbol_places(&space, &object, BIAS + address, places, MOST), MOST);
		object.symbols_destroy(object.symbols);
		object.symbols = NULL;
		inq_source_close(object.file);
	}
	object.file = whole;
	free(copy);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("lines");
	TCase *tcase = tcase_create("lines");
	if (system("addr2line --version >/dev/null 2>&1") != 0) {
		puts("SKIPPED: addr2line is missing; install binutils");
		return 77;
	}
	tcase_set_timeout(tcase, 120);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, agrees, 0, sizeof variants / sizeof *variants);
	tcase_add_test(tcase, nothing_to_read);
	tcase_add_loop_test(tcase, spoiled, 0, 10);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}

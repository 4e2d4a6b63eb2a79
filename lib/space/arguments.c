/* The whole command line. A core's note has its first 79 bytes (NT_PRPSINFO, pr_psargs); on Linux the strings are at the top of the
 * main stack, below them the vector that points to them: argc, argv, 0, the environment, 0, the auxiliary vector, a little
 * padding, the random bytes and the platform's name (fs/binfmt_elf.c, create_elf_tables). */
#include "lib/space/arguments.h"

#include "lib/base/str.h"

enum {
	AT_PLATFORM = 15,
	AT_RANDOM = 25,
	CUT_FROM = 79, /* ELF_PRARGSZ less the end */
	MOST_PADDING = 512,
	MOST_STRINGS = 1 << 16,
	LONGEST_STRING = 1 << 17, /* MAX_ARG_STRLEN */
	LONGEST_LINE = 1 << 18
};

static bool word_at(struct inq_space *space, uint64_t at, uint64_t *ret)
{
	return inq_space_integer(space, at, space->machine.bits / 8, ret);
}

static bool is_vector(struct inq_space *space, uint64_t at)
{
	unsigned word = space->machine.bits / 8;
	const struct inq_aux_vec *aux = &space->aux;
	for (size_t i = 0; i < 2; i++) {
		uint64_t type, value;
		if (!word_at(space, at + 2 * i * word, &type) || !word_at(space, at + (2 * i + 1) * word, &value) ||
		    type != aux->items[i].type || value != aux->items[i].value)
			return false;
	}
	return true;
}

/* Where the auxiliary vector is on the stack: below what it points to. 0: not held. */
static uint64_t find_vector(struct inq_space *space)
{
	unsigned word = space->machine.bits / 8;
	uint64_t random = inq_space_aux(space, AT_RANDOM, UINT64_MAX);
	uint64_t platform = inq_space_aux(space, AT_PLATFORM, UINT64_MAX);
	uint64_t top = (random < platform ? random : platform) & ~(uint64_t)(word - 1);
	uint64_t size = (space->aux.count + 1) * 2 * word; /* with AT_NULL */
	if (space->aux.count < 2 || top == (UINT64_MAX & ~(uint64_t)(word - 1)) || top < size + MOST_PADDING)
		return 0;
	for (uint64_t at = top - size + 2 * word; at > top - size - MOST_PADDING; at -= word)
		if (is_vector(space, at))
			return at;
	return 0;
}

/* The first string's place, going down from the end of the pointers, which ends in 0; and how many there are: argv has its count
 * below it, the environment a 0. */
static bool find_strings(struct inq_space *space, uint64_t end, bool counted, uint64_t *first, size_t *count)
{
	unsigned word = space->machine.bits / 8;
	uint64_t value, at = end - word;
	if (!word_at(space, at, &value) || value)
		return false;
	for (*count = 0; *count < MOST_STRINGS; ++*count, at -= word) {
		if (!word_at(space, at - word, &value))
			return false;
		if (value == (counted ? *count : 0)) {
			*first = at;
			return true;
		}
	}
	return false;
}

static const char *join(struct inq_space *space, uint64_t at, size_t count)
{
	struct inq_str line = { 0 };
	for (size_t i = 0; i < count && line.length < LONGEST_LINE; i++) {
		uint64_t string;
		const char *text = word_at(space, at + i * (space->machine.bits / 8), &string)
					   ? inq_space_string(space, string, LONGEST_STRING)
					   : NULL;
		if (!text)
			break;
		inq_str_puts(&line, i ? " " : "");
		inq_str_puts(&line, text);
	}
	const char *ret =
		line.length && !line.failed ? inq_arena_copy(space->ctx->arena, line.text, line.length) : NULL;
	inq_str_release(&line);
	return ret;
}

void inq_space_whole_arguments(struct inq_space *space)
{
	const char *told = space->process.args;
	size_t length = told ? strlen(told) : 0, count;
	uint64_t vector, environment, arguments;
	if (length < CUT_FROM || space->os != INQ_OS_LINUX || !space->machine.bits)
		return;
	vector = find_vector(space);
	if (!vector || !find_strings(space, vector, false, &environment, &count) ||
	    !find_strings(space, environment, true, &arguments, &count))
		return;
	const char *whole = join(space, arguments, count);
	while (length && told[length - 1] == ' ')
		length--;
	if (whole && strlen(whole) > length && strncmp(whole, told, length) == 0)
		space->process.args = whole;
}

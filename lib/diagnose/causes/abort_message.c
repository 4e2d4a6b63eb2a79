/* What glibc said before it called abort(): it keeps the message for those who read the core.
 *
 * Source: glibc, include/stdlib.h and sysdeps/posix/libc_fatal.c: `__abort_msg` points to { unsigned int size; char msg[]; }
 * in pages of its own; assert/assert.c does the same. */
#include "lib/diagnose/cause.h"

#include "lib/diagnose/heap_damage.h"
#include "lib/space/objects.h"
#include "lib/symbol/symbol.h"

#include <string.h>

enum { LONGEST = 1024, LARGEST_BLOCK = 1 << 20 };

struct kind {
	const char *words, *id, *text;
};

static const struct kind kinds[] = {
	{ "stack smashing detected", "stack-smashing",
	  "a buffer on the stack was overrun: its canary was overwritten" },
	{ "buffer overflow detected", "fortify",
	  "a buffer would have been overrun: a checked function of the C library refused" },
	{ "%n in writable segment", "fortify", "a format with %n in writable memory was refused" },
	{ "bit out of range", "fortify", "a file descriptor of FD_SETSIZE (1024) or more was put into an fd_set" },
	{ "longjmp causes uninitialized", "fortify", "a longjmp to a function that has returned" },
	{ "double free", "heap-corruption", "heap corruption: a block was freed twice" },
	{ "free(): invalid pointer", "heap-corruption",
	  "a pointer was freed that malloc never gave, or its block is damaged" },
	{ "munmap_chunk(): invalid pointer", "heap-corruption",
	  "a pointer was freed that malloc never gave, or its block is damaged" },
	{ "corrupt", "heap-corruption", "heap corruption: the allocator found its records damaged" },
	{ "free(): ", "heap-corruption", "heap corruption: free found a damaged block" },
	{ "malloc(): ", "heap-corruption", "heap corruption: malloc found its records damaged" },
	{ "realloc(): ", "heap-corruption", "heap corruption: realloc found a damaged block" },
	{ "malloc_consolidate(): ", "heap-corruption", "heap corruption: the allocator found its records damaged" },
	{ "sysmalloc", "heap-corruption", "heap corruption: the top block's size was overwritten" },
	{ "ssertion", "assertion", "an assertion failed" },
	{ "nexpected error", "assertion", "a system call failed in a way that assert_perror does not accept" },
};

/* The pages: a size that covers the message, which is text. */
static const char *read_block(struct inq_space *space, uint64_t address)
{
	struct inq_view size;
	if (!inq_space_view(space, address, 4, &size))
		return NULL;
	uint64_t bytes = inq_view_get(&size, 0, 4);
	if (!bytes || bytes % 4096 || bytes > LARGEST_BLOCK)
		return NULL;
	const char *text = inq_space_string(space, address + 4, bytes - 4 < LONGEST ? bytes - 4 : LONGEST);
	for (const char *c = text; c && *c; c++)
		if ((unsigned char)*c < ' ' && *c != '\n' && *c != '\t')
			return NULL;
	return text && *text ? text : NULL;
}

static const char *by_symbol(struct inq_space *space)
{
	struct inq_object *libc = inq_object_by_name(space, "libc.so.6", strlen("libc.so.6"));
	uint64_t where, block;
	struct inq_view pointer;
	unsigned word = space->machine.bits == 32 ? 4 : 8;
	if (!libc || !inq_symbol_find(space, libc, "__abort_msg", strlen("__abort_msg"), &where) ||
	    !inq_space_view(space, where, word, &pointer))
		return NULL;
	block = inq_view_get(&pointer, 0, word);
	return block ? read_block(space, block) : NULL;
}

static const struct kind *kind_of(const char *message)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strstr(message, kinds[i].words))
			return &kinds[i];
	return NULL;
}

/* Without libc's file: an anonymous mapping that begins like such a block and holds a known message. */
static const char *by_search(struct inq_space *space)
{
	for (size_t i = 0; i < space->mappings.count; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i];
		if (mapping->file || !mapping->data_size || !(mapping->permissions & INQ_PERM_WRITE))
			continue;
		const char *text = read_block(space, mapping->start);
		if (text && kind_of(text))
			return text;
	}
	return NULL;
}

/* One line, without its end. */
static const char *trim(const struct inq_case *crash, const char *text)
{
	size_t length = strcspn(text, "\n");
	return inq_arena_copy(crash->space->ctx->arena, text, length);
}

/* Of "prog: file.c:21: f: Assertion `x > 0' failed." what was not so; the kind's own words where it has another form. */
static const char *text_of(const struct inq_case *crash, const struct kind *kind, const char *line)
{
	static const char before[] = "Assertion `", after[] = "' failed";
	const char *from = strcmp(kind->id, "assertion") == 0 ? strstr(line, before) : NULL;
	const char *to = from ? strstr(from + strlen(before), after) : NULL;
	if (!to)
		return kind->text;
	from += strlen(before);
	return inq_case_text(crash, "%s: %.*s", kind->text, (int)(to - from), from);
}

static bool find(const struct inq_case *crash, struct inq_finding *ret)
{
	if (!inq_fault_is(crash->fault, "SIGABRT") || !inq_fault_self_sent(crash->space, crash->fault))
		return false;
	const char *message = by_symbol(crash->space);
	bool certain = message;
	if (!message)
		message = by_search(crash->space);
	if (!message)
		return false;
	const struct kind *kind = kind_of(message);
	const char *line = trim(crash, message);
	ret->id = kind ? kind->id : ret->id;
	ret->text = kind ? text_of(crash, kind, line) : inq_case_text(crash, "the C library gave up: %s", line);
	ret->confidence = certain ? INQ_CERTAIN : INQ_LIKELY;
	inq_find_evidence(crash, ret, "the C library's last message: %s", line);
	inq_find_evidence(crash, ret,
			  certain ? "read through its variable __abort_msg" : "found by its form, without libc's file");
	if (strcmp(ret->id, "heap-corruption") == 0)
		inq_find_heap_damage(crash, ret);
	return true;
}

const struct inq_cause inq_cause_abort_message = { .id = "c-library-abort", .find = find };

/* The arena: blocks that grow, from which allocations are cut one after the other. Each is cleared as it is cut, not the block
 * as it is made: of the last block most may never be used, and its pages are never touched then. */
#include "lib/base/arena.h"

#include "lib/base/checked.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct block {
	struct block *next;
	size_t size, used;
	_Alignas(max_align_t) unsigned char bytes[];
};

struct inq_arena {
	struct block *blocks;
};

/* The first block is small: there are arenas by the dozen that hold some names, and each page that is touched anew takes as
 * long as thousands of instructions. */
enum { FIRST_BLOCK = 2 << 10, LARGEST_BLOCK = 1 << 20 };

static _Thread_local unsigned long fail_at;

void inq_alloc_fail_at(unsigned long number)
{
	fail_at = number;
}

/* Stays at 1 once it got there: after the first failure all fail, as when memory is really gone. */
static bool must_fail(void)
{
	if (fail_at > 1)
		fail_at--;
	else if (fail_at == 1)
		return true;
	return false;
}

void *inq_alloc(size_t size)
{
	return must_fail() ? NULL : calloc(1, size ? size : 1);
}

void *inq_realloc(void *old, size_t size)
{
	return must_fail() ? NULL : realloc(old, size ? size : 1);
}

struct inq_arena *inq_arena_create(void)
{
	return inq_alloc(sizeof(struct inq_arena));
}

static void free_blocks(struct block *block)
{
	while (block) {
		struct block *next = block->next;
		free(block);
		block = next;
	}
}

void inq_arena_destroy(struct inq_arena *arena)
{
	if (!arena)
		return;
	free_blocks(arena->blocks);
	free(arena);
}

/* The block that was begun last is kept, which is seldom the smallest; a giant one is not. */
void inq_arena_reset(struct inq_arena *arena)
{
	struct block *kept = arena->blocks;
	if (kept && kept->size > LARGEST_BLOCK)
		kept = NULL;
	free_blocks(kept ? kept->next : arena->blocks);
	arena->blocks = kept;
	if (!kept)
		return;
	kept->used = 0;
	kept->next = NULL;
}

static struct block *add_block(struct inq_arena *arena, size_t least)
{
	size_t size = arena->blocks ? arena->blocks->size * 2 : FIRST_BLOCK;
	if (size > LARGEST_BLOCK)
		size = LARGEST_BLOCK;
	if (size < least)
		size = least;
	if (size > SIZE_MAX - sizeof(struct block))
		return NULL;
	struct block *block = inq_realloc(NULL, sizeof *block + size);
	if (!block)
		return NULL;
	*block = (struct block) { .next = arena->blocks, .size = size };
	arena->blocks = block;
	return block;
}

/* Not cleared. */
static void *cut(struct inq_arena *arena, size_t size)
{
	uint64_t rounded;
	if (!inq_align_up(size ? size : 1, _Alignof(max_align_t), &rounded) || rounded > SIZE_MAX)
		return NULL;
	struct block *block = arena->blocks;
	if (!block || block->size - block->used < rounded) {
		block = add_block(arena, rounded);
		if (!block)
			return NULL;
	}
	void *memory = block->bytes + block->used;
	block->used += rounded;
	return memory;
}

void *inq_arena_alloc(struct inq_arena *arena, size_t size)
{
	void *memory = cut(arena, size);
	return memory ? memset(memory, 0, size) : NULL;
}

void *inq_arena_array(struct inq_arena *arena, size_t count, size_t size)
{
	uint64_t bytes;
	if (!inq_mul(count, size, &bytes) || bytes > SIZE_MAX)
		return NULL;
	return inq_arena_alloc(arena, bytes);
}

char *inq_arena_copy(struct inq_arena *arena, const char *bytes, size_t length)
{
	if (length == SIZE_MAX)
		return NULL;
	char *copy = cut(arena, length + 1);
	if (!copy)
		return NULL;
	if (length)
		memcpy(copy, bytes, length);
	copy[length] = '\0';
	return copy;
}

char *inq_arena_join(struct inq_arena *arena, const char *first, ...)
{
	va_list arguments;
	size_t length = 0;
	va_start(arguments, first);
	for (const char *part = first; part; part = va_arg(arguments, const char *))
		length += strlen(part);
	va_end(arguments);
	char *string = inq_arena_alloc(arena, length + 1), *to = string;
	va_start(arguments, first);
	for (const char *part = first; part && to; part = va_arg(arguments, const char *))
		to = stpcpy(to, part);
	va_end(arguments);
	return string;
}

/* Most strings are short: those need not be written twice. */
char *inq_arena_vprintf(struct inq_arena *arena, const char *format, va_list arguments)
{
	char few[128];
	va_list again;
	va_copy(again, arguments);
	int length = vsnprintf(few, sizeof few, format, arguments);
	char *string = length < 0 ? NULL : inq_arena_alloc(arena, (size_t)length + 1);
	if (string && (size_t)length < sizeof few)
		memcpy(string, few, (size_t)length);
	else if (string)
		vsnprintf(string, (size_t)length + 1, format, again);
	va_end(again);
	return string;
}

char *inq_arena_printf(struct inq_arena *arena, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	char *string = inq_arena_vprintf(arena, format, arguments);
	va_end(arguments);
	return string;
}

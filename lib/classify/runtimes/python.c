/* CPython: arenas of 1 MiB, 256 KiB up to 3.9, of pools of 16 or 4 KiB, each of which begins with a header
 * (Objects/obmalloc.c, struct pool_header). */
#include "lib/classify/runtime.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const uint64_t MEBI = 1 << 20;
enum { POOL_HEADER = 48, PAGE = 4096 };

struct python {
	uint64_t arena, pool;
	bool told; /* the version is known */
};

/* By the version in the name: "libpython3.11.so.1.0", "python3.9". */
static bool find_python(const struct inq_space *space, struct python *ret)
{
	static const char *const names[] = { "libpython", "python", NULL };
	const char *name = inq_object_named(space, names), *version = name ? strstr(name, "python3.") : NULL;
	if (!name)
		return false;
	ret->told = version != NULL;
	bool old = version && strtoul(version + strlen("python3."), NULL, 10) <= 9;
	ret->arena = old ? MEBI / 4 : MEBI;
	ret->pool = old ? PAGE : 4 * PAGE;
	return true;
}

/* A pool's header: its blocks fill it up to the last one that fits, and what was given out so far ends at a block. */
static bool is_pool(struct inq_space *space, const struct python *python, uint64_t address)
{
	struct inq_view view;
	if (space->machine.bits != 64 || !inq_space_view(space, address, POOL_HEADER, &view))
		return false;
	uint64_t used = inq_view_get(&view, 0, 4), index = inq_view_get(&view, 36, 4);
	uint64_t next = inq_view_get(&view, 40, 4), most = inq_view_get(&view, 44, 4), block = 16 * (index + 1);
	return index < 32 && most == python->pool - block && next >= POOL_HEADER && next <= python->pool &&
	       (next - POOL_HEADER) % block == 0 && used <= python->pool / block;
}

/* Its first pools are the first to be used. */
static bool is_arena(struct inq_space *space, const struct python *python, uint64_t start)
{
	uint64_t first;
	return inq_align_up(start, python->pool, &first) && is_pool(space, python, first) &&
	       is_pool(space, python, first + python->pool);
}

/* The arenas of a mapping, of which the kernel may have merged neighbours: counted from `from` in steps of their size. */
static uint64_t claim_arenas(struct inq_space *space, struct inq_claims *claims, const struct python *python,
			     size_t index, uint64_t from)
{
	const struct inq_mapping *mapping = &space->mappings.items[index];
	uint64_t found = 0, run = from;
	for (uint64_t at = from; at < mapping->end; at += python->arena) {
		bool arena = mapping->end - at >= python->arena && is_arena(space, python, at);
		found += arena;
		bool ends = !arena || mapping->end - at < 2 * python->arena;
		if (ends && (arena ? at + python->arena : at) > run)
			inq_claim_part(claims, index, run, arena ? at + python->arena : at, INQ_CLASS_ALLOCATOR,
				       "python", INQ_CERTAIN,
				       "arenas of CPython's allocator: the headers of their pools fit");
		if (!arena)
			run = at + python->arena;
	}
	return found;
}

static void claim(struct inq_space *space, struct inq_claims *claims)
{
	struct python python;
	if (!find_python(space, &python))
		return;
	for (size_t i = 0; i < space->mappings.count; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i], *below = mapping - 1;
		uint64_t size = mapping->end - mapping->start;
		unsigned any = INQ_PERM_READ | INQ_PERM_WRITE | INQ_PERM_EXECUTE;
		if (!inq_is_plain_data(mapping) || size < python.arena || inq_claimed(claims, i) != INQ_CLASS_COUNT)
			continue;
		if (claim_arenas(space, claims, &python, i, mapping->start) ||
		    claim_arenas(space, claims, &python, i, mapping->start + size % python.arena))
			continue;
		/* Above a guard it is a thread's stack. */
		bool guarded = i && below->end == mapping->start && !(below->permissions & any);
		if (size % python.arena == 0 && !guarded && mapping->data_size == 0)
			inq_claim(claims, i, INQ_CLASS_ALLOCATOR, "python",
				  python.told && python.arena == MEBI ? INQ_LIKELY : INQ_POSSIBLE,
				  inq_claim_text(space,
						 "a multiple of %" PRIu64
						 " KiB, which are the arenas of CPython's allocator",
						 python.arena >> 10));
	}
}

const struct inq_runtime inq_runtime_python = { claim };

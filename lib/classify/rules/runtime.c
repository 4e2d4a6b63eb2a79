/* Memory that the run-time system of a language takes from the kernel by itself: Go, CPython, V8.
 *
 * Go: arenas of 64 MiB from 0xc000000000 up, 0x4000000000 on arm64 (runtime/malloc.go, arenaHint). CPython: arenas of 1 MiB,
 * 256 KiB up to 3.9, of pools of 16 or 4 KiB, each of which begins with a header (Objects/obmalloc.c, struct pool_header).
 * V8: pages of 256 KiB, aligned to that, each at a random address (src/heap/memory-chunk-layout.h, kPageSizeBits 18). */
#include "lib/classify/rule.h"

#include "lib/base/str.h"
#include "lib/space/mapping.h"

#include <inttypes.h>
#include <stdlib.h>

static const uint64_t MEBI = 1 << 20, GO_ARENA = 64 << 20, V8_PAGE = 256 << 10;
enum { ENOUGH_PAGES = 4, POOL_HEADER = 48, PAGE = 4096 };

static bool is_plain_data(const struct inq_mapping *mapping)
{
	unsigned all = INQ_PERM_READ | INQ_PERM_WRITE | INQ_PERM_EXECUTE | INQ_PERM_SHARED;
	return inq_mapping_is_plain(mapping) && (mapping->permissions & all) == (INQ_PERM_READ | INQ_PERM_WRITE);
}

/* The first program or library whose name begins so; NULL. */
static const char *object_named(const struct inq_space *space, const char *const *prefixes)
{
	for (size_t i = 0; i < space->objects.count; i++) {
		const struct inq_object *object = &space->objects.items[i];
		const char *name = object->path ? inq_base_name(object->path) : "";
		for (size_t j = 0; prefixes[j] && object->kind != INQ_OBJECT_FILE; j++)
			if (strncmp(name, prefixes[j], strlen(prefixes[j])) == 0)
				return name;
	}
	return NULL;
}

/* What follows without a gap is of the same arenas, with access or in reserve. */
static void claim_go(struct inq_space *space, struct inq_claims *claims)
{
	static const uint64_t bases[] = { UINT64_C(0xc000000000), UINT64_C(0x4000000000) };
	for (size_t b = 0; b < sizeof bases / sizeof *bases; b++) {
		const struct inq_mapping *first = inq_space_mapping_at(space, bases[b]), *last = first;
		const struct inq_mapping *end = space->mappings.items + space->mappings.count;
		if (!first || first->start != bases[b] || !is_plain_data(first))
			continue;
		while (last + 1 < end && last[1].start == last->end && inq_mapping_is_plain(last + 1))
			last++;
		if ((last->end - first->start) % GO_ARENA)
			continue;
		for (; first <= last; first++)
			inq_claim(claims, (size_t)(first - space->mappings.items), INQ_CLASS_ALLOCATOR, "go",
				  INQ_LIKELY, "arenas of 64 MiB from the address at which Go begins its heap");
	}
}

static bool is_isolated(const struct inq_space *space, size_t index)
{
	const struct inq_mapping *mapping = &space->mappings.items[index];
	return !(index && mapping[-1].end == mapping->start && inq_mapping_is_plain(&mapping[-1])) &&
	       !(index + 1 < space->mappings.count && mapping[1].start == mapping->end);
}

static void claim_v8(struct inq_space *space, struct inq_claims *claims)
{
	static const char *const names[] = { "node", "libnode", "libv8", "electron", "chrome", "chromium", "d8", NULL };
	const char *name = object_named(space, names);
	size_t pages = 0;
	for (size_t i = 0; name && i < space->mappings.count; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i];
		pages += is_plain_data(mapping) && mapping->start % V8_PAGE == 0 &&
			 mapping->end - mapping->start == V8_PAGE;
	}
	if (pages < ENOUGH_PAGES)
		return;
	for (size_t i = 0; i < space->mappings.count; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i];
		if (!is_plain_data(mapping) || mapping->start % V8_PAGE)
			continue;
		if ((mapping->end - mapping->start) % V8_PAGE == 0)
			inq_claim(claims, i, INQ_CLASS_ALLOCATOR, "v8", INQ_LIKELY,
				  "256 KiB, aligned to that, as V8's pages; many alike, and a program with V8");
		else if (is_isolated(space, i))
			inq_claim(claims, i, INQ_CLASS_ALLOCATOR, "v8", INQ_POSSIBLE,
				  "by itself at a multiple of 256 KiB, as V8's large pages are");
	}
}

struct python {
	uint64_t arena, pool;
	bool told; /* the version is known */
};

/* By the version in the name: "libpython3.11.so.1.0", "python3.9". */
static bool find_python(const struct inq_space *space, struct python *ret)
{
	static const char *const names[] = { "libpython", "python", NULL };
	const char *name = object_named(space, names), *version = name ? strstr(name, "python3.") : NULL;
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

static void claim_python(struct inq_space *space, struct inq_claims *claims)
{
	struct python python;
	if (!find_python(space, &python))
		return;
	for (size_t i = 0; i < space->mappings.count; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i], *below = mapping - 1;
		uint64_t size = mapping->end - mapping->start;
		unsigned any = INQ_PERM_READ | INQ_PERM_WRITE | INQ_PERM_EXECUTE;
		if (!is_plain_data(mapping) || size < python.arena || inq_claimed(claims, i) != INQ_CLASS_COUNT)
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

static void run(struct inq_space *space, struct inq_claims *claims)
{
	claim_go(space, claims);
	claim_v8(space, claims);
	claim_python(space, claims);
}

const struct inq_rule inq_rule_runtime = { "runtime", run };

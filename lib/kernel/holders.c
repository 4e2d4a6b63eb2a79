/* Who has the memory that ::kmastat tells of: caches, families of caches, arenas. */
#include "lib/kernel/about.h"

#include "lib/base/checked.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static uint64_t sum_of(const struct inq_kmastat *kmastat)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < kmastat->cache_count; i++)
		if (!inq_add(sum, kmastat->caches[i].memory, &sum))
			return UINT64_MAX;
	for (size_t i = 0; !kmastat->cache_count && i < kmastat->arena_count; i++) /* the caches are missing */
		if (!inq_add(sum, kmastat->arenas[i].memory, &sum))
			return UINT64_MAX;
	return sum;
}

static uint64_t idle_of(const struct inq_kmastat_cache *cache)
{
	uint64_t live;
	if (!inq_mul(cache->in_use, cache->size, &live) || live > cache->memory)
		return 0;
	return cache->memory - live;
}

/* kmem_va's caches hold the slabs of those that allocate from it. */
static bool is_counted_twice(const char *name)
{
	return strncmp(name, "kmem_va_", 8) == 0;
}

static struct inq_kernel_holder of_cache(const struct inq_kmastat_cache *cache, uint64_t sum)
{
	return (struct inq_kernel_holder) {
		.kind = "cache",
		.name = cache->name,
		.about = inq_cache_about(cache->name),
		.bytes = cache->memory,
		.idle = idle_of(cache),
		.permille = inq_permille(cache->memory, sum),
		.failures = cache->fail,
		.churn = cache->in_use ? cache->succeed / cache->in_use : INQ_UNKNOWN,
		.twice = is_counted_twice(cache->name),
	};
}

/* The family of a cache that about.def does not know: its name without the number at its end. */
static const char *family_of(struct inq_ctx *ctx, const char *name)
{
	const struct inq_cache_kind *kind = inq_cache_kind(name);
	if (kind)
		return kind->family;
	size_t length = strlen(name);
	while (length && isdigit((unsigned char)name[length - 1]))
		length--;
	if (!name[length] || length < 2 || name[length - 1] != '_')
		return name;
	return inq_kernel_text(ctx, "%.*s*", (int)length, name);
}

struct member {
	const char *family;
	const struct inq_kmastat_cache *cache;
};

static int by_family(const void *a, const void *b)
{
	const struct member *one = a, *two = b;
	return strcmp(one->family, two->family);
}

static void join(struct inq_kernel_holder *family, const struct inq_kmastat_cache *cache)
{
	if (!inq_add(family->bytes, cache->memory, &family->bytes))
		family->bytes = UINT64_MAX;
	if (!inq_add(family->idle, idle_of(cache), &family->idle))
		family->idle = UINT64_MAX;
	family->failures += cache->fail;
	family->twice |= is_counted_twice(cache->name);
}

static bool add_families(struct inq_ctx *ctx, const struct inq_kmastat *kmastat, uint64_t sum,
			 struct inq_kernel_holder_vec *ret)
{
	struct member *members = inq_arena_array(ctx->arena, kmastat->cache_count, sizeof *members);
	struct inq_kernel_holder *family = NULL;
	if (!members)
		return false;
	for (size_t i = 0; i < kmastat->cache_count; i++)
		members[i] = (struct member) { family_of(ctx, kmastat->caches[i].name), &kmastat->caches[i] };
	qsort(members, kmastat->cache_count, sizeof *members, by_family);
	for (size_t i = 0; i < kmastat->cache_count; i++) {
		if (!i || strcmp(members[i].family, members[i - 1].family) != 0) {
			family = inq_kernel_holder_vec_push(ret);
			if (!family)
				return false;
			*family = (struct inq_kernel_holder) { .kind = "family",
							       .name = members[i].family,
							       .about = inq_cache_about(members[i].cache->name),
							       .churn = INQ_UNKNOWN };
		}
		join(family, members[i].cache);
		family->permille = inq_permille(family->bytes, sum);
	}
	return true;
}

static int largest_first(const void *a, const void *b)
{
	const struct inq_kernel_holder *one = a, *two = b;
	if (one->bytes != two->bytes)
		return one->bytes > two->bytes ? -1 : 1;
	return strcmp(one->name, two->name);
}

enum inq_status inq_kernel_holders(struct inq_ctx *ctx, const struct inq_kmastat *kmastat,
				   struct inq_kernel_holder_vec *ret)
{
	uint64_t sum = sum_of(kmastat);
	for (size_t i = 0; i < kmastat->cache_count; i++) {
		struct inq_kernel_holder *slot = inq_kernel_holder_vec_push(ret);
		if (!slot)
			return inq_no_memory(ctx);
		*slot = of_cache(&kmastat->caches[i], sum);
	}
	for (size_t i = 0; i < kmastat->arena_count; i++) {
		struct inq_kernel_holder *slot = inq_kernel_holder_vec_push(ret);
		if (!slot)
			return inq_no_memory(ctx);
		*slot = (struct inq_kernel_holder) { .kind = "arena",
						     .name = kmastat->arenas[i].name,
						     .bytes = kmastat->arenas[i].memory,
						     .idle = INQ_UNKNOWN,
						     .permille = inq_permille(kmastat->arenas[i].memory, sum),
						     .failures = kmastat->arenas[i].fail,
						     .churn = INQ_UNKNOWN };
	}
	if (!add_families(ctx, kmastat, sum, ret))
		return inq_no_memory(ctx);
	if (ret->count)
		qsort(ret->items, ret->count, sizeof *ret->items, largest_first);
	return INQ_OK;
}

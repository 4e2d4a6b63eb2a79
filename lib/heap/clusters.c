/* Blocks by size and kind. The first word of a C++ object with virtual functions points into its class's vtable, so the symbol
 * there names the class; in C it may be a table of functions or a type. */
#include "lib/heap/blocks.h"

#include "lib/symbol/demangle.h"
#include "lib/symbol/symbol.h"

#include <string.h>

enum { MOST_NAMED = 1 << 12, MOST_CLUSTERS = 1000 };

const char *inq_heap_symbol(struct inq_space *space, uint64_t word)
{
	struct inq_object *object = inq_space_object_at(space, word);
	struct inq_symbol symbol;
	static const char vtable[] = "vtable for ";
	unsigned bytes = space->machine.bits == 32 ? 4 : 8;
	if (!object || !inq_symbol_at(space, object, word, &symbol))
		return NULL;
	bool table = strncmp(symbol.name, "_ZTV", 4) == 0;
	if (!table && word != symbol.start)
		return NULL;
	if (table && word < symbol.start + 2 * bytes)
		return NULL; /* objects point behind the offset and the type */
	const char *name = inq_demangle(space->ctx, symbol.name);
	return strncmp(name, vtable, sizeof vtable - 1) == 0 ? name + sizeof vtable - 1 : name;
}

const char *inq_heap_kind(struct inq_space *space, uint64_t user)
{
	struct inq_words words = inq_words(space);
	uint64_t word;
	return inq_word_at(&words, user, &word) ? inq_heap_symbol(space, word) : NULL;
}

struct counting {
	struct inq_counts counts;
	const struct inq_mapping *last;
	bool lost;
};

/* Only addresses in objects can have symbols. Most words are in the mapping of the one before. */
static bool may_have_symbol(struct inq_space *space, struct counting *counting, uint64_t word)
{
	const struct inq_mapping *last = counting->last;
	if (!last || word < last->start || word >= last->end)
		last = inq_space_mapping_at(space, word);
	if (!last || last->object == INQ_NO_OBJECT)
		return false;
	counting->last = last;
	return true;
}

static void count_block(struct inq_blocks *blocks, void *data, uint64_t start, uint64_t size, bool marked)
{
	struct counting *counting = data;
	uint64_t word = 0;
	if (counting->lost && marked)
		return;
	if (!inq_word_at(&blocks->words, start + blocks->header, &word) ||
	    !may_have_symbol(blocks->words.space, counting, word))
		word = 0;
	struct inq_count *count = inq_counts_get(&counting->counts, size, word);
	count->example = count->in_use.count ? count->example : start;
	count->in_use.count++;
	count->in_use.bytes += size;
}

static int by_bytes(const void *a, const void *b)
{
	const struct inq_heap_cluster *one = a, *other = b;
	if (one->sum.bytes != other->sum.bytes)
		return one->sum.bytes < other->sum.bytes ? 1 : -1;
	return one->example < other->example ? -1 : one->example > other->example;
}

/* Of equal names, and without a name of equal size, one is left. */
static bool same_kind(const struct inq_heap_cluster *one, const struct inq_heap_cluster *other)
{
	if (one->size != other->size || !one->symbol != !other->symbol)
		return false;
	return !one->symbol || strcmp(one->symbol, other->symbol) == 0;
}

static int by_kind(const void *a, const void *b)
{
	const struct inq_heap_cluster *one = a, *other = b;
	if (one->size != other->size)
		return one->size < other->size ? -1 : 1;
	if (!one->symbol || !other->symbol)
		return (one->symbol != NULL) - (other->symbol != NULL);
	return strcmp(one->symbol, other->symbol);
}

static size_t merge(struct inq_heap_cluster *all, size_t count)
{
	size_t kept = 0;
	if (count)
		qsort(all, count, sizeof *all, by_kind);
	for (size_t i = 0; i < count; i++) {
		if (!kept || !same_kind(&all[kept - 1], &all[i])) {
			all[kept++] = all[i];
			continue;
		}
		all[kept - 1].sum.bytes += all[i].sum.bytes;
		all[kept - 1].sum.count += all[i].sum.count;
		if (all[i].example < all[kept - 1].example)
			all[kept - 1].example = all[i].example;
	}
	if (kept)
		qsort(all, kept, sizeof *all, by_bytes);
	return kept;
}

/* Names cost: only the kinds with most bytes are asked for theirs. */
static struct inq_heap_cluster *name_all(struct inq_space *space, struct inq_counts *counts, size_t count)
{
	struct inq_heap_cluster *all = inq_alloc((count + 1) * sizeof *all);
	for (size_t i = 0; all && i < count; i++) {
		const struct inq_count *from = &counts->slots[i];
		all[i] =
			(struct inq_heap_cluster) { .size = from->size, .sum = from->in_use, .example = from->example };
		if (from->word && i < MOST_NAMED)
			all[i].symbol = inq_heap_symbol(space, from->word);
	}
	return all;
}

enum inq_status inq_blocks_cluster(struct inq_blocks *blocks, bool lost, const struct inq_heap_cluster **ret,
				   size_t *count)
{
	struct inq_space *space = blocks->words.space;
	struct counting counting = { .lost = lost };
	inq_blocks_each(blocks, count_block, &counting);
	size_t kinds = inq_counts_sort(&counting.counts);
	struct inq_heap_cluster *all = name_all(space, &counting.counts, kinds);
	inq_counts_release(&counting.counts);
	if (!all)
		return inq_no_memory(space->ctx);
	kinds = merge(all, kinds);
	kinds = kinds < MOST_CLUSTERS ? kinds : MOST_CLUSTERS;
	struct inq_heap_cluster *kept = inq_arena_array(space->ctx->arena, kinds, sizeof *kept);
	if (kept && kinds)
		memcpy(kept, all, kinds * sizeof *kept);
	free(all);
	*ret = kept;
	*count = kept ? kinds : 0;
	return kept ? INQ_OK : inq_no_memory(space->ctx);
}

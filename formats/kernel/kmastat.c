/* ::kmastat of mdb -k and ::umastat of mdb, old and new: a table of caches, totals of arenas, and the tree of vmem arenas.
 *
 * Columns overflow into each other's places, so rows are read from their right end, where every field is one word; what
 * is left is the name. Which of the two tables a row belongs to is told by the headings, or without them by the number of words
 * (kmastat_shape.c). Columns: illumos' mdb, genunix.c and libumem.c. */
#include "formats/kernel/kmastat_shape.h"

#include <inttypes.h>

INQ_VEC(cache_vec, struct inq_kmastat_cache)
INQ_VEC(arena_vec, struct inq_kmastat_arena)
INQ_VEC(tree_vec, struct inq_vmem_row)

enum { INDENT = 4, MOST_DEPTH = 32 };

struct table {
	struct inq_kernel_listing listing;
	struct inq_kmastat kmastat;
	struct cache_vec caches;
	struct arena_vec arenas;
	struct tree_vec tree;
	unsigned indent; /* the column at which the heading of the vmem part begins */
	bool in_tree;	 /* the heading of the vmem part was met */
	bool has_cached; /* the caches have the column "buf in ptc" */
};

/* A counter; a live system's may be a little below zero, and is then printed as a huge number. */
static bool take_count(struct inq_span word, uint64_t *ret)
{
	return inq_span_decimal(word, ret);
}

/* A size, which notes the unit that the whole table counts in. */
static bool take_size(struct table *table, struct inq_span word, uint64_t *ret)
{
	uint64_t unit;
	if (!inq_kernel_size(word, ret, &unit))
		return false;
	if (unit > table->kmastat.unit)
		table->kmastat.unit = unit;
	return true;
}

static const char *keep_name(struct table *table, struct inq_span name)
{
	return inq_build_string(table->listing.builder, name.text, name.length);
}

enum row { ROW_NONE, ROW_KEPT, ROW_NO_MEMORY };

/* Total [ARENA] MEMORY SUCCEED FAIL */
static enum row read_arena(struct table *table, struct inq_span line, const struct inq_span *words, size_t count)
{
	struct inq_kmastat_arena row, *slot;
	struct inq_span name = inq_span_between(line, "[", "]");
	if (count < 5 || !name.length || !take_size(table, words[count - 3], &row.memory) ||
	    !take_count(words[count - 2], &row.succeed) || !take_count(words[count - 1], &row.fail))
		return ROW_NONE;
	row.name = keep_name(table, name);
	slot = row.name ? arena_vec_push(&table->arenas) : NULL;
	if (slot)
		*slot = row;
	return slot ? ROW_KEPT : ROW_NO_MEMORY;
}

/* NAME SIZE INUSE [CACHED] TOTAL MEMORY SUCCEED FAIL */
static enum row read_cache(struct table *table, struct inq_span line, const struct inq_span *words, size_t count)
{
	size_t fields = table->has_cached ? 7 : 6;
	struct inq_kmastat_cache row = { .cached = INQ_UNKNOWN }, *slot;
	if (count < fields + 1)
		return ROW_NONE;
	const struct inq_span *at = words + count - fields;
	bool good = take_count(at[0], &row.size) && take_count(at[1], &row.in_use);
	if (table->has_cached && !take_count(at[2], &row.cached))
		row.cached = INQ_UNKNOWN; /* "-": this cache has none */
	at += fields - 4;
	good = good && take_count(at[0], &row.total) && take_size(table, at[1], &row.memory) &&
	       take_count(at[2], &row.succeed) && take_count(at[3], &row.fail);
	if (!good)
		return ROW_NONE;
	row.name = keep_name(table, inq_kernel_span(inq_span_skip_blanks(line), words[count - fields - 1]));
	slot = row.name ? cache_vec_push(&table->caches) : NULL;
	if (slot)
		*slot = row;
	return slot ? ROW_KEPT : ROW_NO_MEMORY;
}

static size_t parent_of(const struct tree_vec *tree, unsigned depth)
{
	for (size_t i = tree->count; i-- > 0;)
		if (tree->items[i].depth < depth)
			return i;
	return tree->count;
}

/* NAME INUSE TOTAL IMPORT SUCCEED FAIL, where the indentation of the name is the depth in the tree. */
static enum row read_tree(struct table *table, struct inq_span line, const struct inq_span *words, size_t count)
{
	struct inq_vmem_row row, *slot;
	if (count < 6)
		return ROW_NONE;
	const struct inq_span *at = words + count - 5;
	if (!take_size(table, at[0], &row.in_use) || !take_size(table, at[1], &row.total) ||
	    !take_size(table, at[2], &row.import) || !take_count(at[3], &row.succeed) || !take_count(at[4], &row.fail))
		return ROW_NONE;
	unsigned column = inq_kernel_column(&table->listing);
	if (column < table->indent)
		table->indent = column; /* without a heading: the rows before were deeper */
	unsigned depth = column > table->indent ? (column - table->indent) / INDENT : 0;
	row.depth = depth < MOST_DEPTH ? depth : MOST_DEPTH;
	row.parent = parent_of(&table->tree, row.depth);
	row.name = keep_name(table, inq_kernel_span(inq_span_skip_blanks(line), words[count - 6]));
	slot = row.name ? tree_vec_push(&table->tree) : NULL;
	if (slot)
		*slot = row;
	return slot ? ROW_KEPT : ROW_NO_MEMORY;
}

/* Either line of a heading tells of the column: "buf" stands there four times, or "in ptc". */
static bool tells_of_cached(struct inq_span line)
{
	struct inq_span words[INQ_KERNEL_WORDS];
	return (inq_kernel_words(line, words) > 4 && inq_span_is(words[4], "buf")) || inq_span_find(line, " ptc") > 0;
}

static void enter_tree(struct table *table)
{
	table->in_tree = true;
	table->indent = inq_kernel_column(&table->listing);
}

/* A line of a heading: changes what the next rows are. */
static bool take_heading(struct table *table, struct inq_span line)
{
	if (inq_kmastat_tree_begins(line)) {
		enter_tree(table);
		return true;
	}
	if (!inq_kmastat_caches_begin(line))
		return false;
	table->has_cached |= tells_of_cached(line);
	return true;
}

/* The next table; its heading may be missing. */
static bool begins_anew(const struct table *table, struct inq_span line)
{
	if (inq_kmastat_cache_heading(line))
		return table->caches.count || table->in_tree;
	return table->in_tree && inq_kmastat_is_cache(line);
}

/* The vmem part without its heading: its rows have a column less than those of caches, and come after the totals. */
static bool is_first_of_tree(const struct table *table, const struct inq_span *words, size_t count)
{
	uint64_t number;
	return !table->in_tree && count == 6 && (table->arenas.count || !table->caches.count) &&
	       !inq_span_decimal(words[0], &number);
}

static enum row read_row(struct table *table, struct inq_span line)
{
	struct inq_span words[INQ_KERNEL_WORDS];
	size_t count = inq_kernel_words(line, words);
	if (count && inq_span_is(words[0], "Total"))
		return read_arena(table, line, words, count);
	if (is_first_of_tree(table, words, count))
		enter_tree(table);
	return table->in_tree ? read_tree(table, line, words, count) : read_cache(table, line, words, count);
}

static enum inq_status read_rows(struct table *table)
{
	struct inq_kernel_listing *listing = &table->listing;
	while (inq_kernel_next(listing)) {
		struct inq_span line = listing->text.line;
		if (begins_anew(table, line))
			break;
		enum row row = take_heading(table, line) ? ROW_KEPT : read_row(table, line);
		if (row == ROW_NO_MEMORY)
			return inq_no_memory(listing->ctx);
		if (row == ROW_KEPT)
			inq_kernel_accept(listing);
		else if (!inq_kernel_pass(listing))
			break;
	}
	return INQ_OK;
}

static enum inq_status keep(struct table *table)
{
	struct inq_kernel_listing *listing = &table->listing;
	struct inq_arena *arena = listing->ctx->arena;
	struct inq_kmastat *slot = inq_kmastat_vec_push(&listing->builder->space->kernel.kmastats);
	struct inq_kmastat_cache *caches = inq_arena_array(arena, table->caches.count, sizeof *caches);
	struct inq_kmastat_arena *arenas = inq_arena_array(arena, table->arenas.count, sizeof *arenas);
	struct inq_vmem_row *tree = inq_arena_array(arena, table->tree.count, sizeof *tree);
	if (!slot || !caches || !arenas || !tree)
		return inq_no_memory(listing->ctx);
	*slot = table->kmastat;
	slot->caches =
		table->caches.count ? memcpy(caches, table->caches.items, table->caches.count * sizeof *caches) : NULL;
	slot->cache_count = table->caches.count;
	slot->arenas =
		table->arenas.count ? memcpy(arenas, table->arenas.items, table->arenas.count * sizeof *arenas) : NULL;
	slot->arena_count = table->arenas.count;
	slot->vmem = table->tree.count ? memcpy(tree, table->tree.items, table->tree.count * sizeof *tree) : NULL;
	slot->vmem_count = table->tree.count;
	slot->elided = listing->elided;
	inq_build_detail(listing->builder, "%zu caches, %zu totals, %zu vmem arenas", slot->cache_count,
			 slot->arena_count, slot->vmem_count);
	return INQ_OK;
}

static void release(struct table *table)
{
	cache_vec_release(&table->caches);
	arena_vec_release(&table->arenas);
	tree_vec_release(&table->tree);
}

static bool begins_table(struct inq_span line)
{
	return inq_kmastat_caches_begin(line) || inq_kmastat_tree_begins(line);
}

/* Goes to the first line of the table, which is the current one then. */
static bool find_table(struct inq_kernel_listing *listing)
{
	while (inq_kernel_next(listing))
		if (inq_kmastat_look(&listing->text) != INQ_KMASTAT_NONE)
			return true;
	return false;
}

/* Takes the first line; which part of the table was lost is told. */
static enum inq_status begin_table(struct table *table)
{
	struct inq_kernel_listing *listing = &table->listing;
	struct inq_span line = listing->text.line;
	table->kmastat.line = listing->text.number;
	inq_kernel_accept(listing);
	if (!begins_table(line)) {
		inq_warn(listing->ctx, INQ_PLACE_LINE, table->kmastat.line,
			 "the heading and what stood above are missing; the rows were told by their numbers");
		listing->elided = true;
		table->has_cached = inq_kmastat_is_cached(line);
		return read_row(table, line) == ROW_NO_MEMORY ? inq_no_memory(listing->ctx) : INQ_OK;
	}
	take_heading(table, line);
	if (inq_kmastat_tree_begins(line))
		inq_warn(listing->ctx, INQ_PLACE_LINE, table->kmastat.line,
			 "the caches are missing: only the vmem part is here");
	else if (!inq_kmastat_cache_heading(line))
		inq_warn(listing->ctx, INQ_PLACE_LINE, table->kmastat.line,
			 "the first line of the heading is missing; the rows were read all the same");
	return INQ_OK;
}

static enum inq_status read_table(struct inq_ctx *ctx, struct inq_input *input, struct inq_builder *builder,
				  const char *kind)
{
	struct table table = { .listing = inq_kernel_begin(ctx, input, builder) };
	enum inq_status status = INQ_OK;
	table.kmastat =
		(struct inq_kmastat) { .artefact = ctx->artefact, .kind = kind, .line = input->line, .unit = 1 };
	if (find_table(&table.listing))
		status = begin_table(&table);
	if (status == INQ_OK)
		status = read_rows(&table);
	if (status == INQ_OK && !table.caches.count && !table.arenas.count && !table.tree.count) {
		inq_warn(ctx, INQ_PLACE_LINE, input->line, "a heading of ::%s without rows; nothing of it was used",
			 kind);
		status = INQ_UNUSABLE;
	}
	if (status == INQ_OK)
		status = keep(&table);
	release(&table);
	return status == INQ_OK ? inq_kernel_end(&table.listing) : status;
}

static enum inq_status read_kmastat(struct inq_ctx *ctx, struct inq_input *input, struct inq_builder *builder)
{
	return read_table(ctx, input, builder, "kmastat");
}

static enum inq_status read_umastat(struct inq_ctx *ctx, struct inq_input *input, struct inq_builder *builder)
{
	return read_table(ctx, input, builder, "umastat");
}

const struct inq_format inq_format_kmastat = {
	.name = "kmastat",
	.about = "the kernel allocator's caches that mdb prints for ::kmastat",
	.text = true,
	.begins = { 0, INQ_KMASTAT_BEGINS },
	.look = inq_kmastat_look,
	.looks = INQ_KMASTAT_KERNEL,
	.read = read_kmastat,
};

const struct inq_format inq_format_umastat = {
	.name = "umastat",
	.about = "the caches of libumem that mdb prints for ::umastat",
	.text = true,
	.begins = { 0, INQ_KMASTAT_BEGINS },
	.look = inq_kmastat_look,
	.looks = INQ_KMASTAT_USER,
	.read = read_umastat,
};

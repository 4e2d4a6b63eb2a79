/* Identities that the printed figures must fulfil. What holds for every row of a table is one check that counts the rows
 * which fulfil it, and one more for each of the first that do not. Facts: the arithmetic of mdb's dcmds. */
#include "lib/kernel/kernel.h"

#include "lib/base/checked.h"

#include <inttypes.h>

enum { MOST_FAILURES = 10 };

struct checker {
	struct inq_ctx *ctx;
	struct inq_kernel_check_vec *checks;
	const char *artefact;
	uint64_t line;
	unsigned failures; /* of the check over rows that goes on */
};

static void add(struct checker *checker, const char *what, uint64_t expected, uint64_t found, bool ok, const char *note)
{
	struct inq_kernel_check *slot = inq_kernel_check_vec_push(checker->checks);
	if (!slot) {
		inq_no_memory(checker->ctx);
		return;
	}
	*slot = (struct inq_kernel_check) { what, expected, found, ok, note, checker->artefact, checker->line };
}

static void add_equal(struct checker *checker, const char *what, uint64_t expected, uint64_t found)
{
	add(checker, what, expected, found, expected == found, NULL);
}

/* One row of a check over all rows: a failure is told with both figures. */
static bool row_holds(struct checker *checker, bool holds, const char *name, const char *what, uint64_t limit,
		      uint64_t found)
{
	if (!holds && checker->failures++ < MOST_FAILURES)
		add(checker, inq_kernel_text(checker->ctx, "%s: %s", name, what), limit, found, false, NULL);
	return holds;
}

/* ---- ::memstat ---- */

static void check_total(struct checker *checker, const struct inq_memstat *memstat)
{
	uint64_t sum = 0;
	bool wrapped = false;
	for (size_t i = 0; i < memstat->row_count; i++) {
		if (!memstat->rows[i].depth && !inq_add(sum, memstat->rows[i].pages, &sum))
			return;
		wrapped |= memstat->rows[i].wrapped;
	}
	if (memstat->total_pages != INQ_UNKNOWN)
		add(checker, "the categories' pages add up to Total", memstat->total_pages, sum,
		    memstat->total_pages == sum,
		    wrapped ? "a negative count was printed as a huge one, and is taken as 0" : NULL);
}

static void check_parts(struct checker *checker, const struct inq_memstat *memstat)
{
	for (size_t i = 0, next; i < memstat->row_count; i = next) {
		uint64_t sum = 0;
		bool whole = true;
		for (next = i + 1; next < memstat->row_count && memstat->rows[next].depth; next++)
			whole = whole && inq_add(sum, memstat->rows[next].pages, &sum);
		if (next > i + 1 && whole)
			add_equal(checker,
				  inq_kernel_text(checker->ctx, "the parts of %s add up to it", memstat->rows[i].name),
				  memstat->rows[i].pages, sum);
	}
}

/* Within what rounding to whole percents, up or down, leaves. */
static bool is_share(uint64_t permille, uint64_t pages, uint64_t whole)
{
	uint64_t exact = inq_permille(pages, whole);
	return (exact > permille ? exact - permille : permille - exact) <= 10;
}

/* Percent of what is physically there, or in older tools of the total. */
static void check_percentages(struct checker *checker, const struct inq_memstat *memstat)
{
	uint64_t total = memstat->total_pages, held = 0, rows = 0;
	uint64_t physical = memstat->physical_pages != INQ_UNKNOWN ? memstat->physical_pages : total;
	checker->failures = 0;
	for (size_t i = 0; total != INQ_UNKNOWN && total && physical && i < memstat->row_count; i++) {
		const struct inq_memstat_row *row = &memstat->rows[i];
		if (row->permille == INQ_UNKNOWN || row->wrapped)
			continue;
		bool holds =
			is_share(row->permille, row->pages, physical) || is_share(row->permille, row->pages, total);
		rows++;
		held += row_holds(checker, holds, row->name, "its percentage, in thousandths, is that of its pages",
				  inq_permille(row->pages, total), row->permille);
	}
	if (rows)
		add_equal(checker, "rows whose percentage is that of their pages", rows, held);
}

static void check_memstat(struct checker *checker, const struct inq_memstat *memstat)
{
	checker->artefact = memstat->artefact;
	checker->line = memstat->line;
	check_total(checker, memstat);
	check_parts(checker, memstat);
	check_percentages(checker, memstat);
	if (memstat->in_megabytes)
		add(checker, "one page size makes all megabytes of the pages", 1, memstat->page_size != 0,
		    memstat->page_size != 0, memstat->page_size ? NULL : "no page size fits, or too little is printed");
}

/* ---- ::kmastat ---- */

static void check_caches(struct checker *checker, const struct inq_kmastat *kmastat)
{
	uint64_t used = 0, held = 0, counted = 0;
	checker->failures = 0;
	for (size_t i = 0; i < kmastat->cache_count; i++) {
		const struct inq_kmastat_cache *cache = &kmastat->caches[i];
		used += row_holds(checker, cache->in_use <= cache->total, cache->name,
				  "buffers in use are at most all buffers", cache->total, cache->in_use);
	}
	checker->failures = 0;
	for (size_t i = 0; i < kmastat->cache_count; i++) {
		const struct inq_kmastat_cache *cache = &kmastat->caches[i];
		uint64_t least, rounded;
		if (!inq_mul(cache->total, cache->size, &least) || !inq_add(cache->memory, kmastat->unit - 1, &rounded))
			continue;
		counted++;
		held += row_holds(checker, rounded >= least, cache->name, "its memory holds its buffers", least,
				  cache->memory);
	}
	add_equal(checker, "caches with at most as many buffers in use as they have", kmastat->cache_count, used);
	add_equal(checker, "caches whose memory holds their buffers", counted, held);
}

/* With -k and so on each row was rounded down to a unit. */
static void check_sum(struct checker *checker, const struct inq_kmastat *kmastat)
{
	uint64_t caches = 0, arenas = 0;
	bool whole = kmastat->arena_count && kmastat->cache_count;
	for (size_t i = 0; i < kmastat->cache_count; i++)
		whole = whole && inq_add(caches, kmastat->caches[i].memory, &caches);
	for (size_t i = 0; i < kmastat->arena_count; i++)
		whole = whole && inq_add(arenas, kmastat->arenas[i].memory, &arenas);
	uint64_t difference = caches > arenas ? caches - arenas : arenas - caches;
	uint64_t slack = kmastat->unit > 1 ? kmastat->unit * (kmastat->cache_count + kmastat->arena_count) : 0;
	if (whole)
		add(checker, "the caches' memory adds up to the arenas' totals", arenas, caches, difference <= slack,
		    kmastat->elided ? "rows were left out of the listing" : NULL);
}

static void check_tree(struct checker *checker, const struct inq_kmastat *kmastat)
{
	uint64_t within = 0, imported = 0, children = 0;
	checker->failures = 0;
	for (size_t i = 0; i < kmastat->vmem_count; i++) {
		const struct inq_vmem_row *row = &kmastat->vmem[i];
		within += row_holds(checker, row->in_use <= row->total, row->name, "in use is at most the total",
				    row->total, row->in_use);
	}
	checker->failures = 0;
	for (size_t i = 0; i < kmastat->vmem_count; i++) {
		const struct inq_vmem_row *row = &kmastat->vmem[i];
		if (row->parent >= i)
			continue;
		uint64_t parent = kmastat->vmem[row->parent].in_use;
		children++;
		imported += row_holds(checker, row->import <= parent || row->import - parent < kmastat->unit, row->name,
				      "its import is within what its parent has in use", parent, row->import);
	}
	if (kmastat->vmem_count)
		add_equal(checker, "vmem arenas with at most as much in use as they have", kmastat->vmem_count, within);
	if (children)
		add_equal(checker, "vmem arenas whose import is within their parent's use", children, imported);
}

enum inq_status inq_kernel_check(struct inq_ctx *ctx, const struct inq_kernel_tables *tables,
				 struct inq_kernel_check_vec *ret)
{
	struct checker checker = { .ctx = ctx, .checks = ret };
	for (size_t i = 0; i < tables->memstats.count; i++)
		check_memstat(&checker, &tables->memstats.items[i]);
	for (size_t i = 0; i < tables->kmastats.count; i++) {
		const struct inq_kmastat *kmastat = &tables->kmastats.items[i];
		checker.artefact = kmastat->artefact;
		checker.line = kmastat->line;
		check_caches(&checker, kmastat);
		check_sum(&checker, kmastat);
		check_tree(&checker, kmastat);
	}
	return ctx->no_memory ? INQ_NO_MEMORY : INQ_OK;
}

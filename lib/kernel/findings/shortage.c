/* Whether memory is short. The kernel begins to take pages back when fewer than `lotsfree` are free, 1/64 of memory by
 * default, and swaps below `desfree` and `minfree` (Solaris Tunable Parameters Reference Manual). */
#include "lib/kernel/kernel.h"

#include <inttypes.h>

struct level {
	uint64_t free, lotsfree, desfree, minfree; /* pages */
	bool told;				   /* by kstat; else the defaults */
};

static bool by_kstat(const struct inq_kernel_case *kernel, struct level *ret)
{
	const char *table = "system_pages";
	ret->told = true;
	return inq_kstat_number(kernel->tables, table, "freemem", &ret->free) &&
	       inq_kstat_number(kernel->tables, table, "lotsfree", &ret->lotsfree) &&
	       inq_kstat_number(kernel->tables, table, "desfree", &ret->desfree) &&
	       inq_kstat_number(kernel->tables, table, "minfree", &ret->minfree);
}

static bool by_memstat(const struct inq_kernel_case *kernel, struct level *ret)
{
	static const char *const names[] = { "Free (freelist)", "Free (cachelist)", "Free" };
	if (!kernel->tables->memstats.count)
		return false;
	const struct inq_memstat *memstat = &kernel->tables->memstats.items[0];
	if (memstat->total_pages == INQ_UNKNOWN)
		return false;
	bool any = false;
	ret->free = 0;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const struct inq_memstat_row *row = inq_memstat_row(memstat, names[i]);
		ret->free += row ? row->pages : 0;
		any |= row != NULL;
	}
	ret->told = false;
	ret->lotsfree = memstat->total_pages / 64;
	ret->desfree = ret->lotsfree / 2;
	ret->minfree = ret->desfree / 2;
	return any;
}

static const char *judge(const struct level *level)
{
	if (level->free < level->minfree)
		return "memory is exhausted: fewer pages are free than `minfree`, programs are held up";
	if (level->free < level->desfree)
		return "memory is short: fewer pages are free than `desfree`, whole programs are swapped out";
	if (level->free < level->lotsfree)
		return "memory is getting short: fewer pages are free than `lotsfree`, the page scanner runs";
	return "memory is not short";
}

static bool find(const struct inq_kernel_case *kernel, struct inq_diagnosis *ret)
{
	struct level level;
	if (!by_kstat(kernel, &level) && !by_memstat(kernel, &level))
		return false;
	ret->text = judge(&level);
	ret->confidence = level.told ? INQ_CERTAIN : INQ_LIKELY;
	inq_kernel_evidence(kernel->ctx, ret,
			    "%" PRIu64 " pages are free; lotsfree is %" PRIu64 ", desfree %" PRIu64 ", minfree %" PRIu64
			    "%s",
			    level.free, level.lotsfree, level.desfree, level.minfree,
			    level.told ? "" : " by default (1/64 of memory, half, a quarter)");
	return true;
}

const struct inq_kernel_rule inq_kernel_rule_shortage = { "shortage", find };

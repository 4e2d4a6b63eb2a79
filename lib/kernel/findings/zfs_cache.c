/* ZFS's cache is used memory that shrinks when programs need it. */
#include "lib/kernel/kernel.h"

#include <inttypes.h>

static bool find(const struct inq_kernel_case *kernel, struct inq_diagnosis *ret)
{
	static const char *const separate[] = { "ZFS File Data", "ZFS Metadata", NULL };
	static const char *const whole[] = { "ZFS", NULL };
	if (!kernel->tables->memstats.count)
		return false;
	const struct inq_memstat *memstat = &kernel->tables->memstats.items[0];
	uint64_t bytes = inq_memstat_sum(memstat, whole);
	bytes = bytes ? bytes : inq_memstat_sum(memstat, separate);
	if (!bytes || memstat->total_bytes == INQ_UNKNOWN)
		return false;
	ret->confidence = INQ_LIKELY;
	ret->text =
		inq_kernel_text(kernel->ctx,
				"up to %s are ZFS's cache, which shrinks when programs need memory: they are not free, "
				"but not lost either",
				inq_kernel_size_text(kernel->ctx, bytes));
	inq_kernel_evidence(kernel->ctx, ret, "%" PRIu64 " %% of memory", inq_percent(bytes, memstat->total_bytes));
	return true;
}

const struct inq_kernel_rule inq_kernel_rule_zfs_cache = { "zfs-cache", find };

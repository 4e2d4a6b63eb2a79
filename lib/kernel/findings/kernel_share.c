/* A kernel that holds much of the memory: who does is the next question. */
#include "lib/kernel/kernel.h"

#include <inttypes.h>

enum {
	LARGE = 300,
	HUGE_SHARE = 500
}; /* thousandths: a file server's kernel may well be large, a database's should not */

static bool find(const struct inq_kernel_case *kernel, struct inq_diagnosis *ret)
{
	if (!kernel->tables->memstats.count)
		return false;
	const struct inq_memstat *memstat = &kernel->tables->memstats.items[0];
	const struct inq_memstat_row *row = inq_memstat_row(memstat, "Kernel");
	uint64_t share =
		row && memstat->total_bytes != INQ_UNKNOWN ? inq_permille(row->bytes, memstat->total_bytes) : 0;
	if (share < LARGE)
		return false;
	ret->confidence = share >= HUGE_SHARE ? INQ_LIKELY : INQ_POSSIBLE;
	ret->text = inq_kernel_text(kernel->ctx, "the kernel holds %" PRIu64 " %% of memory%s", (share + 5) / 10,
				    kernel->tables->kmastats.count ? "" : ": look at ::kmastat for who does");
	inq_kernel_evidence(kernel->ctx, ret, "%s of %s", inq_kernel_size_text(kernel->ctx, row->bytes),
			    inq_kernel_size_text(kernel->ctx, memstat->total_bytes));
	if (!inq_memstat_row(memstat, "ZFS File Data") && !inq_memstat_row(memstat, "ZFS"))
		inq_kernel_evidence(kernel->ctx, ret, "no row tells of ZFS: its cache, if any, is counted here");
	return true;
}

const struct inq_kernel_rule inq_kernel_rule_kernel_share = { "kernel-share", find };

/* ::memstat and ::kmastat of one machine: how much of the one the other explains. The kernel's heap, its stacks (segkp) and
 * its modules are the memory of the row Kernel; ZFS's file data have an arena of their own. */
#include "lib/kernel/kernel.h"

#include <inttypes.h>

static uint64_t in_use(const struct inq_kmastat *kmastat, const char *const *names)
{
	uint64_t sum = 0;
	for (; *names; names++) {
		const struct inq_vmem_row *row = inq_vmem_row(kmastat, *names);
		sum += row ? row->in_use : 0;
	}
	return sum;
}

static void compare(const struct inq_kernel_case *kernel, struct inq_diagnosis *ret, const char *category,
		    uint64_t printed, const char *arenas, uint64_t explained)
{
	struct inq_ctx *ctx = kernel->ctx;
	inq_kernel_evidence(ctx, ret, "%s: %s; %s have %s in use (%" PRIu64 " %%)", category,
			    inq_kernel_size_text(ctx, printed), arenas, inq_kernel_size_text(ctx, explained),
			    inq_percent(explained, printed));
}

static bool find(const struct inq_kernel_case *kernel, struct inq_diagnosis *ret)
{
	static const char *const heap[] = { "heap", "heap_core", "segkp", NULL };
	static const char *const zfs[] = { "zfs_file_data", NULL };
	if (!kernel->tables->memstats.count || !kernel->tables->kmastats.count)
		return false;
	const struct inq_memstat *memstat = &kernel->tables->memstats.items[0];
	const struct inq_kmastat *kmastat = &kernel->tables->kmastats.items[0];
	const struct inq_memstat_row *row = inq_memstat_row(memstat, "Kernel");
	const struct inq_memstat_row *data = inq_memstat_row(memstat, "ZFS File Data");
	if (!row || !kmastat->vmem_count)
		return false;
	uint64_t share = inq_percent(in_use(kmastat, heap), row->bytes);
	compare(kernel, ret, "Kernel", row->bytes, "heap, heap_core and segkp", in_use(kmastat, heap));
	if (data)
		compare(kernel, ret, "ZFS File Data", data->bytes, "zfs_file_data", in_use(kmastat, zfs));
	ret->confidence = share >= 50 && share <= 120 ? INQ_LIKELY : INQ_POSSIBLE;
	ret->text =
		inq_kernel_text(kernel->ctx, "the arenas of ::kmastat have %" PRIu64 " %% of the row Kernel%s", share,
				share > 120   ? ": they are of different moments or machines"
				: share > 100 ? ": they were not printed at the same moment"
					      : "");
	return true;
}

const struct inq_kernel_rule inq_kernel_rule_explained = { "explained", find };

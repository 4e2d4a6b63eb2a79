/* The page scanner looks for pages to take back: it runs only when memory is short. */
#include "lib/kernel/kernel.h"

#include <inttypes.h>

static uint64_t largest_rate(const struct inq_kernel_tables *tables)
{
	uint64_t most = 0;
	for (size_t i = 0; i < tables->vmstats.count; i++) {
		uint64_t rate = tables->vmstats.items[i].scan_rate;
		if (rate != INQ_UNKNOWN && rate > most)
			most = rate;
	}
	return most;
}

static bool find(const struct inq_kernel_case *kernel, struct inq_diagnosis *ret)
{
	uint64_t now = largest_rate(kernel->tables), scanned = 0;
	bool told = inq_kstat_number(kernel->tables, "system_pages", "nscan", &scanned);
	if (!now && !(told && scanned))
		return false;
	ret->confidence = INQ_CERTAIN;
	ret->text = "the page scanner ran: memory was short";
	if (now)
		inq_kernel_evidence(kernel->ctx, ret, "up to %" PRIu64 " pages a second (vmstat's sr)", now);
	if (told && scanned)
		inq_kernel_evidence(kernel->ctx, ret, "%" PRIu64 " pages in the last wake-up (nscan)", scanned);
	return true;
}

const struct inq_kernel_rule inq_kernel_rule_scanning = { "scanning", find };

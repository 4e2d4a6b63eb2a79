/* Caches that hold much memory in buffers that nobody uses: fragmentation, or the rest of a burst. */
#include "lib/kernel/kernel.h"

#include <inttypes.h>
#include <string.h>

enum { LEAST = 1 << 20, HALF = 500 };

static bool find(const struct inq_kernel_case *kernel, struct inq_diagnosis *ret)
{
	uint64_t sum = 0;
	size_t caches = 0;
	for (size_t i = 0; i < kernel->holder_count; i++) {
		const struct inq_kernel_holder *holder = &kernel->holders[i];
		if (strcmp(holder->kind, "cache") != 0 || holder->twice || holder->idle == INQ_UNKNOWN ||
		    holder->idle < LEAST || inq_permille(holder->idle, holder->bytes) < HALF)
			continue;
		caches++;
		sum += holder->idle;
		inq_kernel_evidence(kernel->ctx, ret, "%s: %s of %s idle (%" PRIu64 " %%)", holder->name,
				    inq_kernel_size_text(kernel->ctx, holder->idle),
				    inq_kernel_size_text(kernel->ctx, holder->bytes),
				    inq_percent(holder->idle, holder->bytes));
	}
	ret->confidence = INQ_CERTAIN;
	ret->text = inq_kernel_text(kernel->ctx, "%s lie idle in %zu caches that use less than half of what they hold",
				    inq_kernel_size_text(kernel->ctx, sum), caches);
	return caches > 0;
}

const struct inq_kernel_rule inq_kernel_rule_idle_buffers = { "idle-buffers", find };

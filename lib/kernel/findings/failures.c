/* Allocations that failed. */
#include "lib/kernel/kernel.h"

#include <inttypes.h>
#include <string.h>

static bool find(const struct inq_kernel_case *kernel, struct inq_diagnosis *ret)
{
	uint64_t sum = 0;
	size_t caches = 0;
	for (size_t i = 0; i < kernel->holder_count; i++) {
		const struct inq_kernel_holder *holder = &kernel->holders[i];
		if (strcmp(holder->kind, "cache") != 0 || !holder->failures)
			continue;
		caches++;
		sum += holder->failures;
		inq_kernel_evidence(kernel->ctx, ret, "%s: %" PRIu64 " failed", holder->name, holder->failures);
	}
	ret->confidence = INQ_CERTAIN;
	ret->text = inq_kernel_text(kernel->ctx, "%" PRIu64 " allocations failed, in %zu caches", sum, caches);
	return caches > 0;
}

const struct inq_kernel_rule inq_kernel_rule_failures = { "allocation-failures", find };

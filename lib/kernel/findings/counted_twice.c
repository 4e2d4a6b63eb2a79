/* The slabs of kmem_va's caches are the memory of other caches: whoever adds all caches up, as the tool's own totals do, counts
 * it twice. */
#include "lib/kernel/kernel.h"

#include <string.h>

static bool find(const struct inq_kernel_case *kernel, struct inq_diagnosis *ret)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < kernel->holder_count; i++)
		if (kernel->holders[i].twice && strcmp(kernel->holders[i].kind, "cache") == 0)
			sum += kernel->holders[i].bytes;
	ret->confidence = INQ_CERTAIN;
	ret->text = inq_kernel_text(kernel->ctx,
				    "%s in kmem_va's caches are slabs of other caches, and counted there once more, "
				    "also in the printed totals",
				    inq_kernel_size_text(kernel->ctx, sum));
	return sum > 0;
}

const struct inq_kernel_rule inq_kernel_rule_counted_twice = { "counted-twice", find };

/* Figures that do not fit together: the text was cut, edited, or made up. */
#include "lib/kernel/kernel.h"

#include <inttypes.h>

static bool find(const struct inq_kernel_case *kernel, struct inq_diagnosis *ret)
{
	size_t failed = 0;
	for (size_t i = 0; i < kernel->check_count; i++) {
		const struct inq_kernel_check *check = &kernel->checks[i];
		if (check->ok || check->note)
			continue;
		failed++;
		inq_kernel_evidence(kernel->ctx, ret, "%s: %" PRIu64 " expected, %" PRIu64 " found", check->what,
				    check->expected, check->found);
	}
	ret->confidence = INQ_CERTAIN;
	ret->text =
		"the figures do not fit together: the text was cut or changed after it was printed, or comes from a "
		"tool that counts otherwise";
	return failed > 0;
}

const struct inq_kernel_rule inq_kernel_rule_inconsistent = { "inconsistent", find };

/* DWARF expressions as call-frame information uses them: PLT entries, realigned stacks, signal trampolines.
 * Facts: DWARF 5, sections 2.5 and 6.4.2. */
#ifndef INQ_UNWIND_CFI_EXPRESSION_H
#define INQ_UNWIND_CFI_EXPRESSION_H

#include "lib/base/view.h"

enum inq_evaluated {
	INQ_EVALUATED,
	INQ_NO_BYTES, /* memory that it reads is not in the artefact */
	INQ_NO_VALUE  /* broken, unknown, too long, or of a register whose value is not known */
};

/* What an expression may ask for. Both say false when they have no answer. */
struct inq_expression_target {
	bool (*read)(void *data, uint64_t address, unsigned size, uint64_t *ret);
	bool (*get)(void *data, uint64_t dwarf_register, uint64_t *ret);
	void *data;
};

/* The value on top of the stack at the end; `cfa` was pushed first, unless it is NULL. Arithmetic has the width of the
 * view's word. */
enum inq_evaluated inq_evaluate(const struct inq_view *expression, const uint64_t *cfa,
				const struct inq_expression_target *target, uint64_t *ret);

#endif

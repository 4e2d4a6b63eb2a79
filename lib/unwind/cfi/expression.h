/* DWARF expressions: of call-frame information (PLT entries, realigned stacks, signal trampolines), and of the locations of
 * variables. Facts: DWARF 5, sections 2.5, 2.6 and 6.4.2; what GNU added: binutils' include/dwarf2.def. */
#ifndef INQ_UNWIND_CFI_EXPRESSION_H
#define INQ_UNWIND_CFI_EXPRESSION_H

#include "lib/base/view.h"

enum inq_evaluated {
	INQ_EVALUATED,
	INQ_NO_BYTES, /* memory that it reads is not in the artefact */
	INQ_NO_VALUE  /* broken, unknown, too long, or of a register whose value is not known */
};

/* What the location of a variable may ask for besides. */
struct inq_expression_scope {
	bool (*frame_base)(void *data, uint64_t *ret);
	bool (*cfa)(void *data, uint64_t *ret);
	bool (*indexed)(void *data, uint64_t index, uint64_t *ret); /* the unit's part of .debug_addr */
	/* What this expression was when the function was entered. */
	bool (*at_entry)(void *data, const struct inq_view *expression, uint64_t *ret);
};

/* What an expression may ask for. All say false when they have no answer. */
struct inq_expression_target {
	bool (*read)(void *data, uint64_t address, unsigned size, uint64_t *ret);
	bool (*get)(void *data, uint64_t dwarf_register, uint64_t *ret);
	void *data;
	uint64_t bias;				  /* from addresses of the file to those at run time */
	const struct inq_expression_scope *scope; /* NULL in call-frame information */
};

/* The value on top of the stack at the end; `cfa` was pushed first, unless it is NULL. Arithmetic has the width of the
 * view's word. */
enum inq_evaluated inq_evaluate(const struct inq_view *expression, const uint64_t *cfa,
				const struct inq_expression_target *target, uint64_t *ret);

/* From `*at` to the end, or to the first operation that makes a location of what is before it (a register, a piece, an
 * implicit or stack value), which *at is then of. *ret stays as it is when there is no value before that. */
enum inq_evaluated inq_evaluate_location(const struct inq_view *expression, uint64_t *at,
					 const struct inq_expression_target *target, uint64_t *ret);

#endif

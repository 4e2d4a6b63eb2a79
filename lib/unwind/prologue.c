/* Reading the function itself, where nothing else tells of its frame: what its instructions did to the stack pointer, on the
 * way from its first one to where it stands. Where it begins a symbol tells, or, in a program without symbols, the call that it
 * was called by: one that is behind a return address on the stack, just where the function's code has put it. The return
 * address must follow a call in any case. */
#include "lib/unwind/stepper.h"

#include "lib/symbol/symbol.h"
#include "lib/unwind/prologue/follow.h"

#include <string.h>

enum { EM_ARM = 40, KEPT_LAYOUTS = 64 };

/* Where the code begins that the frame stands in; size 0: it is not known where it ends. */
struct function {
	uint64_t start, size;
	bool thumb;
};

/* GCC moves rarely used parts of a function away, under a name of their own: they do not begin with its beginning. */
static bool begins_whole(const struct inq_symbol *symbol)
{
	return symbol->exact && !strstr(symbol->name, ".cold");
}

/* The processor's own word, where it was interrupted, goes before the symbol's. */
static bool is_thumb(const struct inq_unwinder *unwinder, const struct inq_walk_frame *frame,
		     const struct inq_symbol *symbol)
{
	enum { STATE = 1 << 5 }; /* T of cpsr: Arm ARM, "Program Status Registers" */
	uint64_t flags;
	if (unwinder->arch->machine != EM_ARM || !frame->exact ||
	    !inq_registers_get(&frame->registers, inq_arch_register_index(unwinder->arch, "cpsr"), &flags))
		return symbol->thumb;
	return flags & STATE;
}

static bool find_by_symbol(struct inq_unwinder *unwinder, const struct inq_walk_frame *frame, struct function *ret)
{
	struct inq_symbol symbol;
	uint64_t inside = inq_lookup_pc(frame);
	struct inq_object *object = inq_space_object_at(unwinder->space, inside);
	if (!object || !inq_symbol_at(unwinder->space, object, inside, &symbol) || !begins_whole(&symbol))
		return false;
	*ret = (struct function) { symbol.start, symbol.size, is_thumb(unwinder, frame, &symbol) };
	return true;
}

/* The whole function's text, as far as is known where it ends, or if not all of it is there, up to where the frame stands. */
static bool text_of(struct inq_unwinder *unwinder, const struct inq_walk_frame *frame, const struct function *function,
		    struct inq_view *ret)
{
	enum { BEHIND = 4096 }; /* where the way to the place may also lead through */
	uint64_t place = frame->pc - function->start, size = function->size ? function->size : place + BEHIND;
	*ret = (struct inq_view) { .word = (uint8_t)unwinder->slot };
	return place == 0 ||
	       (size <= INQ_LONGEST_CODE && inq_space_view(unwinder->space, function->start, size, ret)) ||
	       inq_space_view(unwinder->space, function->start, place, ret);
}

/* Reads the function from its beginning. */
static bool make_layout(struct inq_unwinder *unwinder, const struct inq_walk_frame *frame,
			const struct function *function, struct inq_frame_layout *ret)
{
	const struct inq_arch *arch = unwinder->arch;
	struct inq_view text;
	*ret = (struct inq_frame_layout) { .pc = frame->pc, .depths.sp_known = true };
	ret->reader = inq_code_reader(arch->machine, function->thumb);
	if (!ret->reader || frame->pc - function->start > INQ_LONGEST_CODE ||
	    !text_of(unwinder, frame, function, &text))
		return false;
	if (arch->lr == INQ_NO_REGISTER) { /* the call itself has pushed the return address */
		ret->depths.sp = ret->saved[arch->pc] = unwinder->slot;
		ret->depths.kept = UINT64_C(1) << arch->pc;
	}
	ret->good = inq_follow_code(&text, frame->pc - function->start, ret);
	return ret->good;
}

/* What the stack pointer was before the call. */
static bool find_base(const struct inq_unwinder *unwinder, const struct inq_walk_frame *frame,
		      const struct inq_frame_layout *layout, uint64_t *ret)
{
	const struct inq_arch *arch = unwinder->arch;
	const struct inq_depths *depths = &layout->depths;
	uint8_t fp = layout->reader->fp ? layout->reader->fp : arch->fp;
	bool prefers_sp = layout->reader->fp && depths->sp_known;
	if (depths->has_fp && !prefers_sp && inq_registers_get(&frame->registers, fp, ret))
		*ret += (uint64_t)depths->fp;
	else if (depths->sp_known && inq_registers_get(&frame->registers, arch->sp, ret))
		*ret += (uint64_t)depths->sp;
	else
		return false;
	return *ret >= frame->sp;
}

/* The register that a function returns by, or by what it saved of it. */
static uint8_t holder_of(const struct inq_arch *arch)
{
	return arch->lr == INQ_NO_REGISTER ? arch->pc : arch->lr;
}

/* Whether the call behind a return address leads to where code begins that the frame may stand in. */
static bool may_call(struct inq_unwinder *unwinder, const struct inq_walk_frame *frame, uint64_t saved,
		     struct function *ret)
{
	enum { LONGEST = 16 << 10 };
	struct inq_call call;
	if (!inq_call_target(unwinder, saved, &call) || frame->pc - call.target > LONGEST)
		return false;
	*ret = (struct function) { .start = call.target, .thumb = call.thumb };
	return true;
}

/* Whether that code has saved the return address at `at`, or, 0, has it in the link register. */
static bool fits(struct inq_unwinder *unwinder, const struct inq_walk_frame *frame, const struct function *function,
		 uint64_t at, struct inq_frame_layout *ret)
{
	uint64_t base;
	uint8_t holder = holder_of(unwinder->arch);
	if (!make_layout(unwinder, frame, function, ret) || !find_base(unwinder, frame, ret, &base))
		return false;
	bool kept = ret->depths.kept >> holder & 1;
	return at ? kept && base - (uint64_t)ret->saved[holder] == at : !kept;
}

/* Without a symbol: the call that the return address is behind, in the link register or up the stack, leads to where the
 * function begins. */
static bool find_by_call(struct inq_unwinder *unwinder, const struct inq_walk_frame *frame,
			 struct inq_frame_layout *ret)
{
	enum { MOST_WORDS = 1 << 15, MOST_TRIES = 32, MOST_SEARCHES = 2048 };
	const struct inq_object *object = inq_space_object_at(unwinder->space, inq_lookup_pc(frame));
	uint64_t slot = unwinder->slot, at = (frame->sp + slot - 1) & ~(slot - 1), saved;
	struct function function;
	if (!object || unwinder->searches++ >= MOST_SEARCHES)
		return false;
	if (frame->exact && inq_registers_get(&frame->registers, unwinder->arch->lr, &saved) &&
	    may_call(unwinder, frame, saved, &function) && fits(unwinder, frame, &function, 0, ret))
		return true;
	for (unsigned i = 0, tries = 0; i < MOST_WORDS && tries < MOST_TRIES; i++, at += slot) {
		if (!inq_unwinder_read(unwinder, at, (unsigned)slot, &saved))
			return false;
		if (saved - object->base >= object->end - object->base || !may_call(unwinder, frame, saved, &function))
			continue;
		if (fits(unwinder, frame, &function, at, ret))
			return true;
		tries++;
	}
	return false;
}

/* The layout at the frame's place, kept for when a recursion comes by again; NULL when it cannot be read. */
static const struct inq_frame_layout *layout_of(struct inq_unwinder *unwinder, const struct inq_walk_frame *frame)
{
	struct function function;
	if (!unwinder->layouts)
		unwinder->layouts = inq_alloc(KEPT_LAYOUTS * sizeof *unwinder->layouts);
	if (!unwinder->layouts) {
		inq_no_memory(unwinder->space->ctx);
		return NULL;
	}
	struct inq_frame_layout *layout = &unwinder->layouts[(frame->pc ^ frame->pc >> 8) % KEPT_LAYOUTS];
	if (layout->pc != frame->pc || !frame->pc) {
		bool good = find_by_symbol(unwinder, frame, &function) ? make_layout(unwinder, frame, &function, layout)
								       : find_by_call(unwinder, frame, layout);
		layout->pc = frame->pc;
		layout->good = good;
	}
	return layout->good ? layout : NULL;
}

static bool restore(struct inq_unwinder *unwinder, const struct inq_frame_layout *layout, uint64_t base,
		    struct inq_registers *out)
{
	uint64_t value;
	for (uint8_t i = 0; i < INQ_MAX_REGISTERS; i++) {
		if (!(layout->depths.kept >> i & 1))
			continue;
		if (!inq_unwinder_read(unwinder, base - (uint64_t)layout->saved[i], unwinder->slot, &value))
			return false;
		inq_registers_set(out, i, value);
	}
	return true;
}

static enum inq_step finish(struct inq_unwinder *unwinder, const struct inq_walk_frame *frame,
			    struct inq_walk_frame *caller, const struct inq_frame_layout *layout, uint64_t base)
{
	const struct inq_arch *arch = unwinder->arch;
	uint8_t holder = holder_of(arch);
	struct inq_registers saved = caller->registers;
	uint64_t kept;
	if (!(layout->depths.kept >> holder & 1) && !frame->exact) /* it called another, which lost it */
		return INQ_STEP_NOT_MINE;
	if (!restore(unwinder, layout, base, &saved))
		return INQ_STEP_MISSING_MEMORY;
	if (!inq_registers_get(&saved, holder, &kept))
		return INQ_STEP_NOT_MINE;
	uint64_t back = inq_return_target(unwinder, kept);
	enum inq_called called = inq_return_fits(unwinder, back);
	if (!inq_may_return_to(unwinder, back) || called == INQ_CALLED_NO)
		return INQ_STEP_NOT_MINE;
	inq_registers_keep_preserved(arch, &saved);
	inq_registers_set(&saved, arch->sp, base);
	inq_registers_set(&saved, arch->pc, back);
	caller->registers = saved;
	caller->omits_fp |= !layout->depths.has_fp;
	caller->found_by = INQ_FOUND_FRAME_POINTER;
	caller->confidence = called == INQ_CALLED_YES ? INQ_LIKELY : INQ_POSSIBLE;
	return INQ_STEP_FOUND;
}

static enum inq_step step(struct inq_unwinder *unwinder, struct inq_walk_frame *frame, struct inq_walk_frame *caller)
{
	const struct inq_frame_layout *layout =
		inq_code_reader(unwinder->arch->machine, false) ? layout_of(unwinder, frame) : NULL;
	uint64_t base;
	if (!layout || !find_base(unwinder, frame, layout, &base))
		return INQ_STEP_NOT_MINE;
	return finish(unwinder, frame, caller, layout, base);
}

const struct inq_stepper inq_stepper_prologue = { "prologue", step };

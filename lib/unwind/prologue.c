/* Reading the function itself, where nothing else tells of its frame: what its instructions did to the stack pointer, from
 * its first one, whose place a symbol tells, to where it stands. Code that goes elsewhere is followed through the places
 * that its jumps lead to; where two ways could have led, the reader gives up rather than guess. The return address that is
 * found so must follow a call. */
#include "lib/unwind/stepper.h"

#include "lib/symbol/symbol.h"
#include "lib/unwind/prologue/effect.h"

#include <string.h>

enum { LONGEST = 64 << 10, MOST_JUMPS = 64, KEPT_LAYOUTS = 64 };

static const struct reader {
	uint16_t machine;
	inq_effect_reader *read;
} readers[] = { { 62, inq_effect_x86 },
		{ 3, inq_effect_x86 },
		{ 183, inq_effect_aarch64 },
		{ 40, inq_effect_arm },
		{ 243, inq_effect_riscv64 } };

/* Where the stack pointer and frame pointer are: counted down from what the stack pointer was before the call. */
struct depths {
	bool known; /* false: no way to here was seen yet */
	bool sp_known, has_fp;
	int64_t sp, fp;
};

/* What the reading of a function tells of the frame at one place. */
struct inq_frame_layout {
	uint64_t pc; /* 0: this place of the cache is free */
	bool good;   /* false: it could not be read */
	struct depths depths;
	uint64_t kept;			  /* bit i: registers[i] was saved */
	int64_t saved[INQ_MAX_REGISTERS]; /* how far below */
};

struct pending {
	uint64_t at; /* offset in the function that is jumped to */
	struct depths depths;
};

struct reading {
	struct depths now;
	struct inq_frame_layout *layout;
	struct pending jumps[MOST_JUMPS];
	unsigned jump_count;
};

static void apply_saves(struct reading *reading, const struct inq_effect *effect)
{
	for (unsigned i = 0; i < effect->save_count; i++) {
		const struct inq_saved_register *save = &effect->saves[i];
		struct inq_frame_layout *layout = reading->layout;
		if (!reading->now.sp_known || save->index >= INQ_MAX_REGISTERS || layout->kept >> save->index & 1)
			continue;
		layout->kept |= UINT64_C(1) << save->index;
		layout->saved[save->index] = reading->now.sp - save->at;
	}
}

static void apply(struct reading *reading, const struct inq_effect *effect)
{
	struct depths *now = &reading->now;
	switch ((enum inq_sp_change)effect->sp) {
	case INQ_SP_MOVES:
		now->sp -= effect->by;
		break;
	case INQ_SP_FROM_FP:
		now->sp_known = now->has_fp;
		now->sp = now->fp - effect->by;
		break;
	case INQ_SP_LOST:
		now->sp_known = false;
		break;
	case INQ_SP_SAME:
	default:
		break;
	}
	apply_saves(reading, effect);
	if (effect->sets_fp) {
		now->has_fp = now->sp_known;
		now->fp = now->sp - effect->fp_at;
	}
	now->has_fp &= !effect->loses_fp;
}

/* Remembers what holds where a jump leads to, for when the reading comes there. */
static void leave(struct reading *reading, const struct inq_effect *effect, uint64_t at)
{
	bool goes = effect->flow == INQ_FLOW_BRANCH || effect->flow == INQ_FLOW_JUMP;
	if (goes && reading->now.known && effect->target > 0 && reading->jump_count < MOST_JUMPS)
		reading->jumps[reading->jump_count++] =
			(struct pending) { at + (uint64_t)effect->target, reading->now };
	if (effect->flow == INQ_FLOW_JUMP || effect->flow == INQ_FLOW_LEAVES)
		reading->now.known = false;
}

static void arrive(struct reading *reading, uint64_t at)
{
	for (unsigned i = 0; i < reading->jump_count && !reading->now.known; i++)
		if (reading->jumps[i].at == at)
			reading->now = reading->jumps[i].depths;
}

/* False when an instruction is unknown, or none ends where the text does. */
static bool read_text(struct reading *reading, inq_effect_reader *read, const struct inq_view *text)
{
	uint64_t at = 0;
	while (at < text->size) {
		struct inq_effect effect = { 0 };
		struct inq_view rest = inq_view_clip(text, at, text->size - at);
		arrive(reading, at);
		if (!read(&rest, &effect))
			return false;
		if (reading->now.known)
			apply(reading, &effect);
		leave(reading, &effect, at);
		at += effect.size;
	}
	arrive(reading, at);
	return at == text->size && reading->now.known;
}

static inq_effect_reader *reader_of(const struct inq_arch *arch)
{
	for (size_t i = 0; i < sizeof readers / sizeof *readers; i++)
		if (readers[i].machine == arch->machine)
			return readers[i].read;
	return NULL;
}

/* GCC moves rarely used parts of a function away, under a name of their own: they do not begin with its beginning. */
static bool begins_whole(const struct inq_symbol *symbol)
{
	return symbol->exact && !strstr(symbol->name, ".cold");
}

/* The function's text up to where the frame stands. */
static bool text_of(struct inq_unwinder *unwinder, const struct inq_walk_frame *frame, struct inq_view *ret)
{
	struct inq_symbol symbol;
	uint64_t inside = inq_lookup_pc(frame);
	struct inq_object *object = inq_space_object_at(unwinder->space, inside);
	if (!object || !inq_symbol_at(unwinder->space, object, inside, &symbol) || !begins_whole(&symbol) ||
	    frame->pc < symbol.start || frame->pc - symbol.start > LONGEST)
		return false;
	*ret = (struct inq_view) { .word = (uint8_t)unwinder->slot };
	return frame->pc == symbol.start ||
	       inq_space_view(unwinder->space, symbol.start, frame->pc - symbol.start, ret);
}

/* What the stack pointer was before the call. */
static bool find_base(const struct inq_unwinder *unwinder, const struct inq_walk_frame *frame,
		      const struct depths *depths, uint64_t *ret)
{
	const struct inq_arch *arch = unwinder->arch;
	if (depths->has_fp && inq_registers_get(&frame->registers, arch->fp, ret))
		*ret += (uint64_t)depths->fp;
	else if (depths->sp_known && inq_registers_get(&frame->registers, arch->sp, ret))
		*ret += (uint64_t)depths->sp;
	else
		return false;
	return *ret >= frame->sp;
}

/* Reads the function from its beginning. */
static bool make_layout(struct inq_unwinder *unwinder, const struct inq_walk_frame *frame, inq_effect_reader *read,
			struct inq_frame_layout *ret)
{
	const struct inq_arch *arch = unwinder->arch;
	struct reading reading = { .now = { .known = true, .sp_known = true }, .layout = ret };
	struct inq_view text;
	if (!text_of(unwinder, frame, &text))
		return false;
	if (arch->lr == INQ_NO_REGISTER) { /* the call itself has pushed the return address */
		reading.now.sp = unwinder->slot;
		ret->saved[arch->pc] = unwinder->slot;
		ret->kept = UINT64_C(1) << arch->pc;
	}
	bool good = read_text(&reading, read, &text);
	ret->depths = reading.now;
	return good;
}

/* The layout at the frame's place, kept for when a recursion comes by again; NULL when it cannot be read. */
static const struct inq_frame_layout *layout_of(struct inq_unwinder *unwinder, const struct inq_walk_frame *frame,
						inq_effect_reader *read)
{
	if (!unwinder->layouts)
		unwinder->layouts = inq_alloc(KEPT_LAYOUTS * sizeof *unwinder->layouts);
	if (!unwinder->layouts) {
		inq_no_memory(unwinder->space->ctx);
		return NULL;
	}
	struct inq_frame_layout *layout = &unwinder->layouts[(frame->pc ^ frame->pc >> 8) % KEPT_LAYOUTS];
	if (layout->pc != frame->pc || !frame->pc) {
		*layout = (struct inq_frame_layout) { .pc = frame->pc };
		layout->good = make_layout(unwinder, frame, read, layout);
	}
	return layout->good ? layout : NULL;
}

static bool restore(struct inq_unwinder *unwinder, const struct inq_frame_layout *layout, uint64_t base,
		    struct inq_registers *out)
{
	uint64_t value;
	for (uint8_t i = 0; i < INQ_MAX_REGISTERS; i++) {
		if (!(layout->kept >> i & 1))
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
	uint8_t holder = arch->lr == INQ_NO_REGISTER ? arch->pc : arch->lr;
	struct inq_registers saved = caller->registers;
	uint64_t kept;
	if (!(layout->kept >> holder & 1) && !frame->exact) /* it called another, which lost it */
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
	caller->found_by = INQ_FOUND_FRAME_POINTER;
	caller->confidence = called == INQ_CALLED_YES ? INQ_LIKELY : INQ_POSSIBLE;
	return INQ_STEP_FOUND;
}

static enum inq_step step(struct inq_unwinder *unwinder, struct inq_walk_frame *frame, struct inq_walk_frame *caller)
{
	inq_effect_reader *read = reader_of(unwinder->arch);
	const struct inq_frame_layout *layout = read ? layout_of(unwinder, frame, read) : NULL;
	uint64_t base;
	if (!layout || !find_base(unwinder, frame, &layout->depths, &base))
		return INQ_STEP_NOT_MINE;
	return finish(unwinder, frame, caller, layout, base);
}

const struct inq_stepper inq_stepper_prologue = { "prologue", step };

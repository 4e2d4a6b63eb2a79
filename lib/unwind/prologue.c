/* Reading the function itself, where nothing else tells of its frame: what its instructions did to the stack pointer, on the
 * way from its first one, whose place a symbol tells, to where it stands. The ways of its code are followed one by one, each
 * instruction once, until one comes there. The return address that is found so must follow a call. */
#include "lib/unwind/stepper.h"

#include "lib/symbol/symbol.h"
#include "lib/unwind/prologue/effect.h"

#include <string.h>

enum { EM_ARM = 40, LONGEST = 64 << 10, MOST_WAYS = 256, KEPT_LAYOUTS = 64 };

/* A code of instructions. */
static const struct reader {
	uint16_t machine;
	bool thumb;
	uint8_t fp; /* the frame pointer, where it is another than the processor's row has, and an ordinary register too */
	inq_effect_reader *read;
} readers[] = { { 62, false, 0, inq_effect_x86 },      { 3, false, 0, inq_effect_x86 },
		{ 183, false, 0, inq_effect_aarch64 }, { EM_ARM, false, 0, inq_effect_arm },
		{ EM_ARM, true, 7, inq_effect_thumb }, { 243, false, 0, inq_effect_riscv64 } };

/* Where the stack pointer and frame pointer are: counted down from what the stack pointer was before the call. */
struct depths {
	bool sp_known, has_fp;
	int64_t sp, fp;
	uint64_t kept; /* bit i: registers[i] was saved */
};

/* What the reading of a function tells of the frame at one place. */
struct inq_frame_layout {
	uint64_t pc; /* 0: this place of the cache is free */
	bool good;   /* false: it could not be read */
	const struct reader *reader;
	struct depths depths;
	int64_t saved[INQ_MAX_REGISTERS]; /* how far below */
};

struct way {
	uint64_t at; /* offset in the function where it begins */
	struct depths depths;
};

struct reading {
	struct depths now;
	struct inq_frame_layout *layout;
	struct inq_view text;
	uint64_t place;		      /* where the frame stands in it */
	int64_t start;		      /* where the stack pointer was at first */
	uint64_t met, doubtful;	      /* registers that any way saved; that two saved in different places */
	uint8_t visited[LONGEST / 8]; /* bit i: the instruction there was read */
	struct way ways[MOST_WAYS];   /* that are still to be followed */
	unsigned way_count;
	uint64_t ends[MOST_WAYS]; /* what is behind instructions that go elsewhere */
	unsigned end_count;
	struct depths computed;	     /* what holds where a computed jump may lead to, */
	bool has_computed, disagree; /* if they agree */
};

static void save(struct reading *reading, uint8_t index, int64_t depth)
{
	uint64_t bit = UINT64_C(1) << index;
	if (reading->now.kept & bit)
		return;
	if (reading->met & bit && reading->layout->saved[index] != depth)
		reading->doubtful |= bit;
	reading->now.kept |= bit;
	reading->met |= bit;
	reading->layout->saved[index] = depth;
}

static void apply_saves(struct reading *reading, const struct inq_effect *effect)
{
	for (unsigned i = 0; i < effect->save_count && reading->now.sp_known; i++)
		if (effect->saves[i].index < INQ_MAX_REGISTERS)
			save(reading, effect->saves[i].index, reading->now.sp - effect->saves[i].at);
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
	now->fp -= effect->fp_by;
	now->has_fp &= !effect->loses_fp;
}

static bool is_visited(const struct reading *reading, uint64_t at)
{
	return reading->visited[at / 8] >> at % 8 & 1;
}

static void add_way(struct reading *reading, uint64_t at)
{
	if (at < reading->text.size && !is_visited(reading, at) && reading->way_count < MOST_WAYS)
		reading->ways[reading->way_count++] = (struct way) { at, reading->now };
}

static bool is_framed(const struct reading *reading, const struct depths *depths)
{
	return depths->sp_known ? depths->sp != reading->start : depths->has_fp;
}

static bool same_depths(const struct depths *a, const struct depths *b)
{
	return a->sp_known == b->sp_known && a->has_fp == b->has_fp && (!a->sp_known || a->sp == b->sp) &&
	       (!a->has_fp || a->fp == b->fp);
}

/* A jump whose end the instruction does not tell is one to a case of a switch, or the call of another function in the place of
 * a return, when the frame is gone. */
static void keep_computed(struct reading *reading)
{
	bool framed = is_framed(reading, &reading->now), kept = is_framed(reading, &reading->computed);
	if (reading->has_computed && kept && !framed)
		return;
	if (reading->has_computed && kept == framed)
		reading->disagree |= !same_depths(&reading->now, &reading->computed);
	reading->computed = reading->now;
	reading->has_computed = true;
}

/* Remembers where else the instruction may go. */
static void branch(struct reading *reading, const struct inq_effect *effect, uint64_t at)
{
	bool ends = effect->flow == INQ_FLOW_JUMP || effect->flow == INQ_FLOW_LEAVES;
	uint64_t table = at + effect->size, entry;
	if (effect->flow == INQ_FLOW_BRANCH || effect->flow == INQ_FLOW_JUMP)
		add_way(reading, at + (uint64_t)effect->target);
	for (unsigned i = 0; i < effect->cases; i++)
		if (inq_view_at(&reading->text, table + (uint64_t)i * effect->case_size, effect->case_size, &entry))
			add_way(reading, table + 2 * entry);
	if (effect->computed)
		keep_computed(reading);
	if (ends && reading->end_count < MOST_WAYS)
		reading->ends[reading->end_count++] = table;
}

/* Follows one way up to where the frame stands; false when it leads elsewhere, or to what is no instruction. */
static bool follow(struct reading *reading, uint64_t at, inq_effect_reader *read)
{
	while (at != reading->place) {
		uint64_t end = at < reading->place ? reading->place : reading->text.size;
		struct inq_view rest = inq_view_clip(&reading->text, at, end - at);
		struct inq_effect effect = { 0 };
		if (at >= end || is_visited(reading, at) || !read(&rest, &effect))
			return false;
		reading->visited[at / 8] |= (uint8_t)(1U << at % 8);
		apply(reading, &effect);
		branch(reading, &effect, at);
		if (effect.flow == INQ_FLOW_JUMP || effect.flow == INQ_FLOW_LEAVES)
			return false;
		at += effect.size;
	}
	return true;
}

static bool follow_all(struct reading *reading, inq_effect_reader *read)
{
	while (reading->way_count) {
		struct way way = reading->ways[--reading->way_count];
		reading->now = way.depths;
		if (follow(reading, way.at, read))
			return true;
	}
	return false;
}

static bool read_text(struct reading *reading, inq_effect_reader *read)
{
	reading->start = reading->now.sp;
	if (follow(reading, 0, read) || follow_all(reading, read))
		return true;
	/* What no known way leads to may be a case. */
	for (unsigned i = 0; i < reading->end_count && reading->has_computed && !reading->disagree; i++) {
		reading->now = reading->computed;
		if (follow(reading, reading->ends[i], read) || follow_all(reading, read))
			return true;
	}
	return false;
}

static const struct reader *find_reader(const struct inq_arch *arch, bool thumb)
{
	for (size_t i = 0; i < sizeof readers / sizeof *readers; i++)
		if (readers[i].machine == arch->machine && readers[i].thumb == thumb)
			return &readers[i];
	return NULL;
}

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

/* The whole function's text, or if not all of it is there, up to where the frame stands. */
static bool text_of(struct inq_unwinder *unwinder, const struct inq_walk_frame *frame, struct reading *reading,
		    const struct reader **reader)
{
	struct inq_symbol symbol;
	uint64_t inside = inq_lookup_pc(frame);
	struct inq_object *object = inq_space_object_at(unwinder->space, inside);
	if (!object || !inq_symbol_at(unwinder->space, object, inside, &symbol) || !begins_whole(&symbol) ||
	    frame->pc < symbol.start || frame->pc - symbol.start > LONGEST)
		return false;
	*reader = find_reader(unwinder->arch, is_thumb(unwinder, frame, &symbol));
	reading->place = frame->pc - symbol.start;
	reading->text = (struct inq_view) { .word = (uint8_t)unwinder->slot };
	return reading->place == 0 ||
	       (symbol.size <= LONGEST && inq_space_view(unwinder->space, symbol.start, symbol.size, &reading->text)) ||
	       inq_space_view(unwinder->space, symbol.start, reading->place, &reading->text);
}

/* What the stack pointer was before the call. */
static bool find_base(const struct inq_unwinder *unwinder, const struct inq_walk_frame *frame,
		      const struct inq_frame_layout *layout, uint64_t *ret)
{
	const struct inq_arch *arch = unwinder->arch;
	const struct depths *depths = &layout->depths;
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

/* Reads the function from its beginning. */
static bool make_layout(struct inq_unwinder *unwinder, const struct inq_walk_frame *frame, struct reading *reading)
{
	const struct inq_arch *arch = unwinder->arch;
	struct inq_frame_layout *layout = reading->layout;
	if (!text_of(unwinder, frame, reading, &layout->reader) || !layout->reader)
		return false;
	reading->now.sp_known = true;
	if (arch->lr == INQ_NO_REGISTER) { /* the call itself has pushed the return address */
		reading->now.sp = unwinder->slot;
		save(reading, arch->pc, unwinder->slot);
	}
	bool good = read_text(reading, layout->reader->read);
	layout->depths = reading->now;
	layout->depths.kept &= ~reading->doubtful;
	return good;
}

/* The layout at the frame's place, kept for when a recursion comes by again; NULL when it cannot be read. */
static const struct inq_frame_layout *layout_of(struct inq_unwinder *unwinder, const struct inq_walk_frame *frame)
{
	if (!unwinder->layouts)
		unwinder->layouts = inq_alloc(KEPT_LAYOUTS * sizeof *unwinder->layouts);
	if (!unwinder->layouts) {
		inq_no_memory(unwinder->space->ctx);
		return NULL;
	}
	struct inq_frame_layout *layout = &unwinder->layouts[(frame->pc ^ frame->pc >> 8) % KEPT_LAYOUTS];
	if (layout->pc != frame->pc || !frame->pc) {
		struct reading reading = { .layout = layout };
		*layout = (struct inq_frame_layout) { .pc = frame->pc };
		layout->good = make_layout(unwinder, frame, &reading);
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
	uint8_t holder = arch->lr == INQ_NO_REGISTER ? arch->pc : arch->lr;
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
	caller->found_by = INQ_FOUND_FRAME_POINTER;
	caller->confidence = called == INQ_CALLED_YES ? INQ_LIKELY : INQ_POSSIBLE;
	return INQ_STEP_FOUND;
}

static enum inq_step step(struct inq_unwinder *unwinder, struct inq_walk_frame *frame, struct inq_walk_frame *caller)
{
	const struct inq_frame_layout *layout = find_reader(unwinder->arch, false) ? layout_of(unwinder, frame) : NULL;
	uint64_t base;
	if (!layout || !find_base(unwinder, frame, layout, &base))
		return INQ_STEP_NOT_MINE;
	return finish(unwinder, frame, caller, layout, base);
}

const struct inq_stepper inq_stepper_prologue = { "prologue", step };

/* Following the ways of a function's code, one by one, each instruction once, until one comes to the place. */
#include "lib/unwind/prologue/follow.h"

enum { MOST_WAYS = 256 };

static const struct inq_code_reader readers[] = {
	{ 62, false, 0, inq_effect_x86 }, { 3, false, 0, inq_effect_x86 },   { 183, false, 0, inq_effect_aarch64 },
	{ 40, false, 0, inq_effect_arm }, { 40, true, 7, inq_effect_thumb }, { 243, false, 0, inq_effect_riscv64 },
};

struct way {
	uint64_t at; /* offset in the function where it begins */
	struct inq_depths depths;
};

struct reading {
	struct inq_depths now;
	struct inq_frame_layout *layout;
	struct inq_view text;
	uint64_t place;			       /* where the frame stands in it */
	int64_t start;			       /* where the stack pointer was at first */
	uint64_t met, doubtful;		       /* registers that any way saved; that two saved in different places */
	uint8_t visited[INQ_LONGEST_CODE / 8]; /* bit i: the instruction there was read */
	struct way ways[MOST_WAYS];	       /* that are still to be followed */
	unsigned way_count;
	uint64_t ends[MOST_WAYS]; /* what is behind instructions that go elsewhere */
	unsigned end_count;
	struct inq_depths computed;  /* what holds where a computed jump may lead to, */
	bool has_computed, disagree; /* if they agree */
};

const struct inq_code_reader *inq_code_reader(uint16_t machine, bool thumb)
{
	for (size_t i = 0; i < sizeof readers / sizeof *readers; i++)
		if (readers[i].machine == machine && readers[i].thumb == thumb)
			return &readers[i];
	return NULL;
}

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
	struct inq_depths *now = &reading->now;
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

static bool is_framed(const struct reading *reading, const struct inq_depths *depths)
{
	return depths->sp_known ? depths->sp != reading->start : depths->has_fp;
}

static bool same_depths(const struct inq_depths *a, const struct inq_depths *b)
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

bool inq_follow_code(const struct inq_view *text, uint64_t place, struct inq_frame_layout *layout)
{
	struct reading reading = {
		.now = layout->depths, .met = layout->depths.kept, .layout = layout, .text = *text, .place = place
	};
	if (place > INQ_LONGEST_CODE || text->size > INQ_LONGEST_CODE || !read_text(&reading, layout->reader->read))
		return false;
	layout->depths = reading.now;
	layout->depths.kept &= ~reading.doubtful;
	return true;
}

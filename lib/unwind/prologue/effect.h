/* What one instruction does to the frame of its function, for those who follow a function's code from its beginning.
 *
 * A new processor: lib/unwind/prologue/NAME.c with one `inq_effect_reader`, and its row in lib/unwind/prologue/follow.c. */
#ifndef INQ_UNWIND_PROLOGUE_EFFECT_H
#define INQ_UNWIND_PROLOGUE_EFFECT_H

#include "lib/base/view.h"

enum inq_flow {
	INQ_FLOW_NEXT,	 /* on to the next instruction: calls are taken to come back */
	INQ_FLOW_BRANCH, /* or to `target` */
	INQ_FLOW_JUMP,	 /* to `target` only */
	INQ_FLOW_LEAVES	 /* out of the function, or to where the instruction does not tell */
};

enum inq_sp_change {
	INQ_SP_SAME,
	INQ_SP_MOVES,	/* by `by` */
	INQ_SP_FROM_FP, /* frame pointer + `by` */
	INQ_SP_LOST	/* to where the instruction does not tell */
};

struct inq_saved_register {
	uint8_t index; /* in the processor's row */
	int16_t at;    /* from the stack pointer, after the instruction */
};

enum { INQ_MOST_SAVES = 16 };

struct inq_effect {
	uint8_t size; /* of the instruction */
	uint8_t flow; /* enum inq_flow */
	uint8_t sp;   /* enum inq_sp_change */
	bool sets_fp, loses_fp;
	bool computed;	   /* may go to where the instruction does not tell, as a jump through a table does */
	uint8_t case_size; /* of a jump through a table right behind it, in bytes; its entries count halfwords from there */
	uint16_t cases; /* entries of that table; 0: there is none */
	uint8_t save_count;
	int64_t by;
	int64_t fp_at;	/* of sets_fp: from the stack pointer */
	int64_t fp_by;	/* moves the frame pointer */
	int64_t target; /* from the instruction's own address */
	struct inq_saved_register saves[INQ_MOST_SAVES];
};

/* The effect of the instruction that `text` begins with (its word tells 32- from 64-bit code); false when it is none, or
 * not all there. *ret comes cleared. */
typedef bool inq_effect_reader(const struct inq_view *text, struct inq_effect *ret);

inq_effect_reader inq_effect_x86, inq_effect_aarch64, inq_effect_arm, inq_effect_thumb, inq_effect_riscv64;

static inline void inq_effect_move(struct inq_effect *effect, int64_t by)
{
	effect->sp = INQ_SP_MOVES;
	effect->by = by;
}

static inline void inq_effect_save(struct inq_effect *effect, uint8_t index, int16_t at)
{
	if (effect->save_count < INQ_MOST_SAVES)
		effect->saves[effect->save_count++] = (struct inq_saved_register) { index, at };
}

static inline void inq_effect_go(struct inq_effect *effect, enum inq_flow flow, int64_t target)
{
	effect->flow = (uint8_t)flow;
	effect->target = target;
}

#endif

/* What the instructions of a function did to the stack pointer, on the ways from its first one to some place in it. */
#ifndef INQ_UNWIND_PROLOGUE_FOLLOW_H
#define INQ_UNWIND_PROLOGUE_FOLLOW_H

#include "lib/arch/arch.h"
#include "lib/unwind/prologue/effect.h"

enum { INQ_LONGEST_CODE = 64 << 10 };

/* A code of instructions. */
struct inq_code_reader {
	uint16_t machine;
	bool thumb;
	uint8_t fp; /* the frame pointer, where it is another than the processor's row has, and an ordinary register too */
	inq_effect_reader *read;
};

/* Where the stack pointer and frame pointer are: counted down from what the stack pointer was before the call. */
struct inq_depths {
	bool sp_known, has_fp;
	int64_t sp, fp;
	uint64_t kept; /* bit i: registers[i] was saved */
};

/* What the reading of a function tells of the frame at one place. */
struct inq_frame_layout {
	uint64_t pc; /* of the place; 0: none */
	bool good;   /* false: it could not be read */
	const struct inq_code_reader *reader;
	struct inq_depths depths;
	int64_t saved[INQ_MAX_REGISTERS]; /* how far below */
};

/* The reader of a processor's code, of 32-bit Arm's in one of its two modes; NULL. */
const struct inq_code_reader *inq_code_reader(uint16_t machine, bool thumb);

/* Follows the code, `text`, from its beginning, where layout->depths and saved hold, to offset `place` of it, where they do
 * then. False when no way was found, or the code is longer than INQ_LONGEST_CODE. */
bool inq_follow_code(const struct inq_view *text, uint64_t place, struct inq_frame_layout *layout);

#endif

/* The parts of an x86 instruction, as far as its length depends on them.
 * Facts: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, chapter 2 and appendix A. */
#ifndef INQ_UNWIND_PROLOGUE_X86_LENGTH_H
#define INQ_UNWIND_PROLOGUE_X86_LENGTH_H

#include "lib/base/view.h"

struct inq_x86 {
	uint8_t size;
	uint8_t rex; /* 0: none */
	uint8_t map; /* 0 one byte, 1 after 0f, 2 after 0f 38, 3 after 0f 3a */
	uint8_t opcode, modrm, sib;
	bool vector;	   /* encoded by VEX or EVEX */
	uint8_t immediate; /* bytes of it */
	int64_t value;	   /* the immediate, sign-extended */
	int32_t displacement;
};

/* False for what is no instruction, not all there, or of a form that compilers do not make. */
bool inq_x86_read(const struct inq_view *text, struct inq_x86 *ret);

#endif

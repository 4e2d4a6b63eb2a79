/* Whether an address follows a call instruction, by the instruction's bytes. A table for machines with instructions of
 * fixed size; x86's calls are recognised backwards, so that a "yes" there may be an accident, a "no" is not. */
#include "lib/unwind/stepper.h"

struct call {
	uint16_t machine;
	uint8_t size, unit; /* bytes of the instruction, and of the piece of it that is compared */
	uint32_t mask, value;
};

static const struct call calls[] = {
	{ 183, 4, 4, 0xfc000000, 0x94000000 }, /* AArch64 bl */
	{ 183, 4, 4, 0xfefff800, 0xd63f0800 }, /* blraa and its kin */
	{ 183, 4, 4, 0xfffffc1f, 0xd63f0000 }, /* blr */
	{ 40, 4, 4, 0x0f000000, 0x0b000000 },  /* Arm bl */
	{ 40, 4, 4, 0xfe000000, 0xfa000000 },  /* blx label */
	{ 40, 4, 4, 0x0ffffff0, 0x012fff30 },  /* blx register */
	{ 40, 2, 2, 0xff87, 0x4780 },	       /* Thumb blx register */
	{ 40, 4, 4, 0xc000f800, 0xc000f000 },  /* bl and blx label, first half first */
	{ 243, 4, 4, 0xfff, 0x0ef },	       /* RISC-V jal ra */
	{ 243, 4, 4, 0xfff, 0x0e7 },	       /* jalr ra */
	{ 243, 2, 2, 0xf07f, 0x9002 },	       /* c.jalr */
	{ 20, 4, 4, 0xfc000003, 0x48000001 },  /* PowerPC bl */
	{ 20, 4, 4, 0xffffffff, 0x4e800421 },  /* bctrl */
	{ 20, 4, 4, 0xffffffff, 0x4e800021 },  /* blrl */
	{ 21, 4, 4, 0xfc000003, 0x48000001 },  { 21, 4, 4, 0xffffffff, 0x4e800421 },
	{ 21, 4, 4, 0xffffffff, 0x4e800021 },  { 22, 6, 2, 0xff0f, 0xc005 }, /* s390 brasl */
	{ 22, 2, 2, 0xff00, 0x0d00 },					     /* basr */
	{ 22, 4, 2, 0xff0f, 0xa705 },					     /* bras */
	{ 2, 8, 4, 0xc0000000, 0x40000000 },				     /* SPARC call, which has a delay slot */
	{ 2, 8, 4, 0xfff80000, 0x9fc00000 },				     /* jmpl to %o7 */
	{ 43, 8, 4, 0xc0000000, 0x40000000 },  { 43, 8, 4, 0xfff80000, 0x9fc00000 },
};

/* call rel32; call through a register or memory: ff /2, which has 2 to 7 bytes. Facts: Intel SDM, "CALL". */
static bool is_x86_call(const uint8_t *end)
{
	if (end[-5] == 0xe8)
		return true;
	for (int size = 2; size <= 7; size++)
		if (end[-size] == 0xff && (end[1 - size] & 0x38) == 0x10)
			return true;
	return false;
}

static enum inq_called after_x86_call(struct inq_unwinder *unwinder, uint64_t pc)
{
	enum { LONGEST = 7 };
	const uint8_t *text = inq_space_peek(unwinder->space, pc - LONGEST, LONGEST, NULL);
	if (!text)
		return INQ_CALLED_UNREADABLE;
	return is_x86_call(text + LONGEST) ? INQ_CALLED_YES : INQ_CALLED_NO;
}

enum inq_called inq_after_call(struct inq_unwinder *unwinder, uint64_t pc)
{
	enum { EM_386 = 3, EM_X86_64 = 62 };
	uint16_t machine = unwinder->arch->machine;
	enum inq_called called = INQ_CALLED_UNREADABLE;
	if (machine == EM_386 || machine == EM_X86_64)
		return after_x86_call(unwinder, pc);
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
		struct inq_view text;
		if (calls[i].machine != machine ||
		    !inq_space_view(unwinder->space, pc - calls[i].size, calls[i].unit, &text))
			continue;
		if ((inq_view_get(&text, 0, calls[i].unit) & calls[i].mask) == calls[i].value)
			return INQ_CALLED_YES;
		called = INQ_CALLED_NO;
	}
	return called;
}

bool inq_calls_directly(struct inq_unwinder *unwinder, uint64_t pc, uint64_t target)
{
	enum { SIZE = 5 };
	struct inq_view text;
	if (!inq_space_view(unwinder->space, pc - SIZE, SIZE, &text) || inq_view_get(&text, 0, 1) != 0xe8)
		return false;
	uint64_t reached = pc + (uint64_t)(int32_t)inq_view_get(&text, 1, 4);
	return target == (unwinder->word == 4 ? (uint32_t)reached : reached);
}

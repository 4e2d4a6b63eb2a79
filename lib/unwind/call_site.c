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

static bool x86_target(const struct inq_view *code, uint64_t pc, struct inq_call *ret)
{
	ret->target = pc + (uint64_t)inq_sign_extend(inq_view_get(code, 1, 4), 32);
	return inq_view_get(code, 0, 1) == 0xe8;
}

static bool aarch64_target(const struct inq_view *code, uint64_t pc, struct inq_call *ret)
{
	uint64_t bl = inq_view_get(code, 0, 4);
	ret->target = pc - 4 + (uint64_t)(4 * inq_sign_extend(bl, 26));
	return (bl & 0xfc000000) == 0x94000000;
}

/* bl, and blx to Thumb instructions; the program counter reads as two instructions ahead. */
static bool arm_target(const struct inq_view *code, uint64_t pc, struct inq_call *ret)
{
	uint64_t bl = inq_view_get(code, 0, 4);
	ret->thumb = (bl & 0xfe000000) == 0xfa000000;
	ret->target = pc + 4 + (uint64_t)(4 * inq_sign_extend(bl, 24)) + (ret->thumb ? bl >> 23 & 2 : 0);
	return ret->thumb || (bl & 0x0f000000) == 0x0b000000;
}

/* bl, and blx to Arm instructions. */
static bool thumb_target(const struct inq_view *code, uint64_t pc, struct inq_call *ret)
{
	uint64_t first = inq_view_get(code, 0, 2), second = inq_view_get(code, 2, 2), sign = first >> 10 & 1;
	uint64_t upper = sign << 23 | (~(second >> 13 ^ sign) & 1) << 22 | (~(second >> 11 ^ sign) & 1) << 21;
	ret->thumb = second >> 12 & 1;
	ret->target = pc + (uint64_t)(2 * inq_sign_extend(upper | (first & 0x3ff) << 11 | (second & 0x7ff), 24));
	if (!ret->thumb)
		ret->target &= ~UINT64_C(3);
	return (first & 0xf800) == 0xf000 && (second & 0xc000) == 0xc000;
}

bool inq_call_target(struct inq_unwinder *unwinder, uint64_t saved, struct inq_call *ret)
{
	enum { EM_386 = 3, EM_ARM = 40, EM_X86_64 = 62, EM_AARCH64 = 183 };
	uint16_t machine = unwinder->arch->machine;
	bool x86 = machine == EM_386 || machine == EM_X86_64, found;
	unsigned size = x86 ? 5 : 4;
	uint64_t pc = inq_return_target(unwinder, saved);
	struct inq_view code;
	*ret = (struct inq_call) { 0 };
	if ((!x86 && machine != EM_ARM && machine != EM_AARCH64) ||
	    !inq_space_view(unwinder->space, pc - size, size, &code))
		return false;
	code.big = false; /* code is little-endian whatever the data is */
	if (x86)
		found = x86_target(&code, pc, ret);
	else if (machine == EM_AARCH64)
		found = aarch64_target(&code, pc, ret);
	else
		found = saved & 1 ? thumb_target(&code, pc, ret) : arm_target(&code, pc, ret);
	if (unwinder->word == 4)
		ret->target = (uint32_t)ret->target;
	return found;
}

/* Lengths of x86 instructions. */
#include "lib/unwind/prologue/x86_length.h"

/* What follows an opcode of one byte: m ModRM; b, w, z an immediate of 1 byte, 2 bytes, 4 (2 with the operand size prefix);
 * B, Z ModRM and an immediate; v like z, but 8 with REX.W; e enter's; f, F the group whose first two members have b or z;
 * o an absolute address; x not read. Prefixes are gone before. */
static const char one_byte[] = "mmmmbz..mmmmbz.xmmmmbz..mmmmbz..mmmmbz..mmmmbz..mmmmbz..mmmmbz.."
			       "..................................mmxxxxzZbB....bbbbbbbbbbbbbbbb"
			       "BZBBmmmmmmmmmmmm..........x.....oooo....bz......bbbbbbbbvvvvvvvv"
			       "BBw.mmBZe.w..b..mmmmbb..mmmmmmmmbbbbbbbbzzxb....x.xx..fF......mm";

/* After 0f; what has an immediate there has it in vector code too. */
static char two_byte(uint8_t opcode)
{
	static const uint8_t alone[] = { 0x05, 0x06, 0x07, 0x08, 0x09, 0x0b, 0x0e, 0x30, 0x31, 0x32, 0x33,
					 0x34, 0x35, 0x37, 0x77, 0xa0, 0xa1, 0xa2, 0xa8, 0xa9, 0xaa };
	static const uint8_t with_byte[] = { 0x70, 0x71, 0x72, 0x73, 0xa4, 0xac, 0xba, 0xc2, 0xc4, 0xc5, 0xc6 };
	if ((opcode & 0xf0) == 0x80)
		return 'z';
	if (opcode >= 0xc8 && opcode <= 0xcf)
		return '.';
	if (memchr(alone, opcode, sizeof alone))
		return '.';
	return memchr(with_byte, opcode, sizeof with_byte) ? 'B' : 'm';
}

struct cursor {
	const struct inq_view *text;
	uint64_t at;
	bool bad, narrow; /* narrow: operands of 16 bits */
};

static uint8_t next(struct cursor *c)
{
	uint64_t byte = 0;
	c->bad |= !inq_view_at(c->text, c->at++, 1, &byte);
	return (uint8_t)byte;
}

static int64_t next_signed(struct cursor *c, unsigned size)
{
	uint64_t value = 0;
	unsigned shift = 64 - 8 * size;
	if (!size)
		return 0;
	c->bad |= !inq_view_at(c->text, c->at, size, &value);
	c->at += size;
	return (int64_t)(value << shift) >> shift;
}

static void read_prefixes(struct cursor *c, struct inq_x86 *ret)
{
	static const uint8_t legacy[] = { 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3 };
	uint8_t byte;
	while (memchr(legacy, byte = next(c), sizeof legacy) && !c->bad) {
		c->narrow |= byte == 0x66;
		c->bad |= byte == 0x67 && c->text->word == 4; /* addresses of 16 bits */
	}
	if (c->text->word == 8 && (byte & 0xf0) == 0x40) {
		ret->rex = byte;
		byte = next(c);
	}
	ret->opcode = byte;
}

/* VEX and EVEX: their first byte was an instruction of its own, whose ModRM byte could not have both high bits set. */
static bool read_vector(struct cursor *c, struct inq_x86 *ret)
{
	enum { EVEX = 0x62, VEX3 = 0xc4, VEX2 = 0xc5 };
	uint64_t first = 0;
	if (ret->opcode != EVEX && ret->opcode != VEX3 && ret->opcode != VEX2)
		return false;
	inq_view_at(c->text, c->at, 1, &first);
	if (c->text->word == 4 && first < 0xc0)
		return false;
	unsigned payload = ret->opcode == EVEX ? 3 : ret->opcode == VEX3 ? 2 : 1;
	ret->map = ret->opcode == VEX2 ? 1 : first & 7;
	c->at += payload;
	ret->opcode = next(c);
	c->bad |= ret->map < 1 || ret->map > 3;
	return ret->vector = true;
}

static void read_escape(struct cursor *c, struct inq_x86 *ret)
{
	if (read_vector(c, ret) || ret->opcode != 0x0f)
		return;
	ret->map = 1;
	ret->opcode = next(c);
	if (ret->opcode != 0x38 && ret->opcode != 0x3a)
		return;
	ret->map = ret->opcode == 0x38 ? 2 : 3;
	ret->opcode = next(c);
}

static char form_of(const struct inq_x86 *x)
{
	static const char by_map[] = { 0, 0, 'm', 'B' };
	if (x->map == 0)
		return one_byte[x->opcode];
	return x->map == 1 ? two_byte(x->opcode) : by_map[x->map];
}

static void read_modrm(struct cursor *c, struct inq_x86 *ret)
{
	uint8_t mode, base;
	ret->modrm = next(c);
	mode = ret->modrm >> 6;
	base = ret->modrm & 7;
	if (mode == 3)
		return;
	if (base == 4) {
		ret->sib = next(c);
		base = ret->sib & 7;
	}
	if (mode == 1)
		ret->displacement = (int32_t)next_signed(c, 1);
	else if (mode == 2 || base == 5)
		ret->displacement = (int32_t)next_signed(c, 4);
}

static uint8_t immediate_of(const struct cursor *c, const struct inq_x86 *x, char form)
{
	uint8_t z = c->narrow ? 2 : 4;
	bool first_two = (x->modrm >> 3 & 7) < 2;
	switch (form) {
	case 'b':
	case 'B':
		return 1;
	case 'f':
		return first_two;
	case 'F':
		return first_two ? z : 0;
	case 'w':
		return 2;
	case 'z':
	case 'Z':
		return (x->map == 0 && (x->opcode & 0xfe) == 0xe8) || x->map == 1 ? 4 : z;
	case 'v':
		return x->rex & 8 ? 8 : z;
	case 'o':
		return c->text->word;
	default:
		return 0;
	}
}

bool inq_x86_read(const struct inq_view *text, struct inq_x86 *ret)
{
	struct cursor c = { .text = text };
	*ret = (struct inq_x86) { 0 };
	read_prefixes(&c, ret);
	read_escape(&c, ret);
	if (c.bad)
		return false;
	char form = form_of(ret);
	if (strchr("mBZfF", form))
		read_modrm(&c, ret);
	ret->immediate = immediate_of(&c, ret, form);
	ret->value = next_signed(&c, ret->immediate);
	if (form == 'e')
		c.at += 3;
	ret->size = (uint8_t)c.at;
	return !c.bad && form != 'x' && c.at <= 15 && c.at <= text->size;
}

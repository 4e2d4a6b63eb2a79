/* The module that decodes x86: what each instruction does to memory, by the rows of Intel's manual; and instructions of this
 * program against objdump: length, registers, displacement of each memory operand. */
#include "lib/diagnose/decode_ops.h"
#include "lib/io/provider.h"

#include "tests/support/spaces.h"

#include <check.h>
#include <inquest/report.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { X86_64 = 62, I386 = 3, R = INQ_ACCESS_READ, W = INQ_ACCESS_WRITE };
enum { LONGEST = 15 };

static const struct inq_decode_ops *decoder(void)
{
	const char *why = "";
	const struct inq_decode_ops *ops = inq_provider_open("zydis", INQ_PROVIDER_DECODE, &why);
	ck_assert_msg(ops != NULL, "%s", why);
	return ops;
}

static bool decode(unsigned machine, const uint8_t *bytes, size_t size, struct inq_decoded *ret)
{
	struct inq_decode_code code = { .machine = (uint16_t)machine,
					.bits = machine == X86_64 ? 64 : 32,
					.address = 0x1000,
					.bytes = bytes,
					.size = size };
	return decoder()->decode(&code, ret);
}

/* access: of the operands in the order of the manual, those behind the scenes last. */
struct row {
	const char *text;
	uint8_t bytes[LONGEST];
	struct {
		const char *base;
		int64_t displacement;
		unsigned size, access;
		bool aligned;
	} operands[2];
};

static const struct row rows[] = {
	{ "push   %rbp", { 0x55 }, { { "rsp", -8, 8, W, false } } },
	{ "pop    %rbp", { 0x5d }, { { "rsp", 0, 8, R, false } } },
	{ "push   0x8(%rax)", { 0xff, 0x70, 0x08 }, { { "rax", 8, 8, R, false }, { "rsp", -8, 8, W, false } } },
	{ "call   *(%rax)", { 0xff, 0x10 }, { { "rax", 0, 8, R, false }, { "rsp", -8, 8, W, false } } },
	{ "call", { 0xe8, 0x11, 0x22, 0x33, 0x44 }, { { "rsp", -8, 8, W, false } } },
	{ "jmp    *(%rax)", { 0xff, 0x20 }, { { "rax", 0, 8, R, false } } },
	{ "ret", { 0xc3 }, { { "rsp", 0, 8, R, false } } },
	{ "leave", { 0xc9 }, { { "rbp", 0, 8, R, false } } },
	{ "pushfq", { 0x9c }, { { "rsp", -8, 8, W, false } } },
	{ "movsb", { 0xa4 }, { { "rdi", 0, 1, W, false }, { "rsi", 0, 1, R, false } } },
	{ "rep stos %rax", { 0xf3, 0x48, 0xab }, { { "rdi", 0, 8, W, false } } },
	{ "repnz scasb", { 0xf2, 0xae }, { { "rdi", 0, 1, R, false } } },
	{ "cmpsb", { 0xa6 }, { { "rsi", 0, 1, R, false }, { "rdi", 0, 1, R, false } } },
	{ "insb", { 0x6c }, { { "rdi", 0, 1, W, false } } },
	{ "xlat", { 0xd7 }, { { "rbx", 0, 1, R, false } } },
	{ "mov    %eax,(%rax)", { 0x89, 0x00 }, { { "rax", 0, 4, W, false } } },
	{ "add    %eax,(%rax)", { 0x01, 0x00 }, { { "rax", 0, 4, R | W, false } } },
	{ "cmp    (%rax),%eax", { 0x3b, 0x00 }, { { "rax", 0, 4, R, false } } },
	{ "testb  $1,(%rax)", { 0xf6, 0x00, 0x01 }, { { "rax", 0, 1, R, false } } },
	{ "xchg   %eax,(%rax)", { 0x87, 0x00 }, { { "rax", 0, 4, R | W, false } } },
	{ "lock cmpxchg %edx,(%rcx)", { 0xf0, 0x0f, 0xb1, 0x11 }, { { "rcx", 0, 4, R | W, false } } },
	{ "cmpxchg16b (%rax)", { 0x48, 0x0f, 0xc7, 0x08 }, { { "rax", 0, 16, R | W, true } } },
	{ "lea    0x10(%rax),%rax", { 0x48, 0x8d, 0x40, 0x10 }, { { "rax", 16, 8, 0, false } } },
	{ "nopl   (%rax)", { 0x0f, 0x1f, 0x40, 0x00 }, { { "rax", 0, 4, 0, false } } },
	{ "prefetcht0 (%rax)", { 0x0f, 0x18, 0x08 }, { { "rax", 0, 1, 0, false } } },
	{ "fldt   (%rax)", { 0xdb, 0x28 }, { { "rax", 0, 10, R, false } } },
	{ "fstps  (%rax)", { 0xd9, 0x18 }, { { "rax", 0, 4, W, false } } },
	{ "fnstcw (%rax)", { 0xd9, 0x38 }, { { "rax", 0, 2, W, false } } },
	{ "fxsave (%rax)", { 0x0f, 0xae, 0x00 }, { { "rax", 0, 512, W, false } } },
	{ "movaps %xmm0,(%rax)", { 0x0f, 0x29, 0x00 }, { { "rax", 0, 16, W, true } } },
	{ "movups %xmm0,(%rax)", { 0x0f, 0x11, 0x00 }, { { "rax", 0, 16, W, false } } },
	{ "movdqa (%rax),%xmm0", { 0x66, 0x0f, 0x6f, 0x00 }, { { "rax", 0, 16, R, true } } },
	{ "movdqu (%rax),%xmm0", { 0xf3, 0x0f, 0x6f, 0x00 }, { { "rax", 0, 16, R, false } } },
	{ "movntdq %xmm0,(%rax)", { 0x66, 0x0f, 0xe7, 0x00 }, { { "rax", 0, 16, W, true } } },
	{ "addps  (%rax),%xmm0", { 0x0f, 0x58, 0x00 }, { { "rax", 0, 16, R, true } } },
	{ "addss  (%rax),%xmm0", { 0xf3, 0x0f, 0x58, 0x00 }, { { "rax", 0, 4, R, false } } },
	{ "vaddps (%rax),%xmm0,%xmm0", { 0xc5, 0xf8, 0x58, 0x00 }, { { "rax", 0, 16, R, false } } },
	{ "vmovdqa %ymm0,(%rdi)", { 0xc5, 0xfd, 0x7f, 0x07 }, { { "rdi", 0, 32, W, true } } },
	{ "vmovdqu %ymm0,(%rdi)", { 0xc5, 0xfe, 0x7f, 0x07 }, { { "rdi", 0, 32, W, false } } },
	{ "vmovaps (%rax),%zmm0", { 0x62, 0xf1, 0x7c, 0x48, 0x28, 0x00 }, { { "rax", 0, 64, R, true } } },
	{ "vmovups 0x1c0(%rsi),%zmm2",
	  { 0x62, 0xf1, 0x7c, 0x48, 0x10, 0x56, 0x07 },
	  { { "rsi", 0x1c0, 64, R, false } } },
	{ "maskmovdqu %xmm1,%xmm0", { 0x66, 0x0f, 0xf7, 0xc1 }, { { "rdi", 0, 16, W, false } } },
};

START_TEST(memory)
{
	const struct row *row = &rows[_i];
	struct inq_decoded decoded;
	ck_assert_msg(decode(X86_64, row->bytes, sizeof row->bytes, &decoded), "%s", row->text);
	unsigned count = row->operands[1].base ? 2 : 1;
	ck_assert_msg(decoded.operand_count == count, "%s: %u operands", row->text, decoded.operand_count);
	for (unsigned i = 0; i < count; i++) {
		const struct inq_operand *operand = &decoded.operands[i];
		ck_assert_str_eq(operand->base, row->operands[i].base);
		ck_assert_msg(operand->displacement == row->operands[i].displacement, "%s", row->text);
		ck_assert_msg(operand->size == row->operands[i].size, "%s: %u bytes", row->text, operand->size);
		ck_assert_msg(operand->access == row->operands[i].access, "%s", row->text);
		ck_assert_msg(operand->aligned == row->operands[i].aligned, "%s", row->text);
	}
}
END_TEST

START_TEST(whole)
{
	static const struct {
		uint8_t bytes[LONGEST];
		const char *text, *group, *target, *divisor;
		enum inq_instruction_kind kind;
	} cases[] = {
		{ { 0xff, 0xd0 }, "call %rax", "", "rax", "", INQ_INSTRUCTION_CALL },
		{ { 0x41, 0xff, 0xe3 }, "jmp %r11", "", "r11", "", INQ_INSTRUCTION_JUMP },
		{ { 0x74, 0x10 }, "jz 0x1012", "", "", "", INQ_INSTRUCTION_JUMP },
		{ { 0xf7, 0xf9 }, "idiv %ecx", "", "", "ecx", INQ_INSTRUCTION_DIVIDE },
		{ { 0x48, 0xf7, 0x36 }, "div (%rsi)", "", "", "", INQ_INSTRUCTION_DIVIDE },
		{ { 0x0f, 0x0b }, "ud2", "", "", "", INQ_INSTRUCTION_TRAP },
		{ { 0xf1 }, "int1", "", "", "", INQ_INSTRUCTION_TRAP },
		{ { 0xcd, 0x80 }, "int $0x80", "", "", "", INQ_INSTRUCTION_SYSTEM_CALL },
		{ { 0xee }, "out %al, %dx", "", "", "", INQ_INSTRUCTION_OTHER },
		{ { 0x0f, 0x01, 0xd5 }, "xend", "rtm", "", "", INQ_INSTRUCTION_OTHER },
		{ { 0x62, 0xf1, 0x7c, 0x48, 0x28, 0xc1 }, "vmovaps %zmm1, %zmm0", "avx512", "", "", 0 },
		{ { 0x62, 0xf1, 0x7c, 0x48, 0x28, 0x00 }, "vmovaps (%rax), %zmm0", "avx512", "", "", 0 },
		{ { 0xc4, 0xe2, 0x7d, 0x18, 0x00 }, "vbroadcastss (%rax), %ymm0", "avx", "", "", 0 },
		{ { 0xf3, 0x0f, 0xb8, 0xc1 }, "popcnt %ecx, %eax", "popcnt", "", "", 0 },
		{ { 0x66, 0x0f, 0x38, 0x40, 0xc1 }, "pmulld %xmm1, %xmm0", "sse4.1", "", "", 0 },
		{ { 0xc6, 0x45, 0x88, 0x01 }, "movb $0x1, -0x78(%rbp)", "", "", "", 0 },
	};
	struct inq_decoded decoded;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		ck_assert(decode(X86_64, cases[i].bytes, LONGEST, &decoded));
		ck_assert_str_eq(decoded.text, cases[i].text);
		ck_assert_str_eq(decoded.group, cases[i].group);
		ck_assert_str_eq(decoded.target, cases[i].target);
		ck_assert_str_eq(decoded.divisor, cases[i].divisor);
		ck_assert_uint_eq(decoded.kind, cases[i].kind);
	}
}
END_TEST

/* A cut instruction, bytes that are none, and another machine's give nothing. */
START_TEST(refused)
{
	static const uint8_t cut[] = { 0x48, 0x8b }, none[] = { 0x06, 0, 0 }, nop[] = { 0x90 };
	struct inq_decoded decoded;
	ck_assert(!decode(X86_64, cut, sizeof cut, &decoded));
	ck_assert(!decode(X86_64, none, sizeof none, &decoded));
	ck_assert(!decode(X86_64, nop, 0, &decoded));
	ck_assert(!decode(183, nop, sizeof nop, &decoded));
	ck_assert(decode(I386, none, sizeof none, &decoded)); /* push %es */
}
END_TEST

/* What objdump says of one memory operand: "%fs:-0x8(%rax,%rbx,4)". */
struct shown {
	char segment[8], base[8], index[8];
	int64_t displacement;
	int scale;
};

static void take_register(const char **at, char to[static 8])
{
	size_t length = 0;
	if (**at == '%')
		for (++*at; length < 7 && strchr("abcdefghijklmnopqrstuvwxyz0123456789", **at); length++)
			to[length] = *(*at)++;
	to[length] = '\0';
}

/* The operand whose '(' is at `open`. */
static struct shown read_shown(const char *line, const char *open)
{
	struct shown shown = { .scale = 1 };
	const char *start = open, *at = open + 1;
	while (start > line && strchr("-0123456789abcdefx", start[-1]))
		start--;
	shown.displacement = start < open ? (int64_t)strtoull(start + (*start == '-'), NULL, 16) : 0;
	if (*start == '-')
		shown.displacement = -shown.displacement;
	if (start - 4 > line && start[-1] == ':' && (start[-3] == 'f' || start[-3] == 'g'))
		memcpy(shown.segment, start - 3, 2);
	take_register(&at, shown.base);
	if (*at == ',') {
		at++;
		take_register(&at, shown.index);
		shown.scale = *at == ',' ? atoi(at + 1) : 1;
	}
	if (strcmp(shown.index, "riz") == 0 || strcmp(shown.index, "eiz") == 0)
		*shown.index = '\0'; /* objdump's word for "none" */
	return shown;
}

static bool has(const struct inq_decoded *decoded, const struct shown *shown)
{
	for (unsigned i = 0; i < decoded->operand_count; i++) {
		const struct inq_operand *operand = &decoded->operands[i];
		if (strcmp(operand->base, shown->base) == 0 && strcmp(operand->index, shown->index) == 0 &&
		    strcmp(operand->segment, shown->segment) == 0 &&
		    (uint32_t)operand->displacement == (uint32_t)shown->displacement &&
		    (!*shown->index || operand->scale == shown->scale))
			return true;
	}
	return false;
}

static size_t hex_bytes(const char *text, uint8_t to[static LONGEST + 1])
{
	size_t count = 0;
	char *end;
	while (count <= LONGEST) {
		unsigned long byte = strtoul(text, &end, 16);
		if (end != text + 2)
			break;
		to[count++] = (uint8_t)byte;
		text = end + (*end == ' ');
	}
	return count;
}

/* "  address:\tbytes \ttext": 1 when it is an instruction that was compared. */
static unsigned compare(const char *line)
{
	uint8_t bytes[LONGEST + 1];
	const char *first = strchr(line, '\t'), *text = first ? strchr(first + 1, '\t') : NULL;
	/* Prefixes without an effect are spelled out by objdump only, */
	static const char *const left_out[] = { "(bad)", "rex", "data16", "addr16", "addr32", "cs ",   "ds ",
						"es ",	 "ss ", "fs ",	  "gs ",    "repz ",  "repnz " };
	if (!text)
		return 0;
	for (size_t i = 0; i < sizeof left_out / sizeof *left_out; i++)
		if (strstr(text, left_out[i]))
			return 0;
	size_t size = hex_bytes(first + 1, bytes);
	struct inq_decoded decoded;
	if (size > LONGEST || !decode(X86_64, bytes, size, &decoded))
		ck_abort_msg("not decoded: %s", line);
	ck_assert_msg(decoded.size == size, "%u bytes instead of %zu: %s", decoded.size, size, line);
	for (const char *open = strchr(text, '('); open; open = strchr(open + 1, '(')) {
		struct shown shown = read_shown(text, open);
		if (strcmp(shown.base, "dx") == 0)
			continue; /* a port */
		ck_assert_msg(decoded.operand_count == INQ_MOST_OPERANDS || has(&decoded, &shown), "%s: %s",
			      decoded.text, line);
	}
	return 1;
}

static unsigned compare_all(const char *command)
{
	static char line[512];
	unsigned count = 0;
	FILE *out = popen(command, "r");
	ck_assert_ptr_nonnull(out);
	while (fgets(line, sizeof line, out))
		count += compare(line);
	ck_assert_int_eq(pclose(out), 0);
	return count;
}

#ifdef __x86_64__
/* Instructions that compilers seldom write; never run. */
__attribute__((used, noinline)) static void rare(void)
{
	__asm__ volatile("ret\n"
			 "vmovups 0x1c0(%rsi),%zmm2\n"
			 "vaddps (%rax){1to16},%zmm1,%zmm0\n"
			 "vmovdqu8 0x40(%rdi,%rcx,4),%zmm1{%k1}{z}\n"
			 "vpgatherdd 8(%rax,%zmm1,4),%zmm0{%k1}\n"
			 "vscatterdps %zmm0,(%rax,%zmm1,8){%k1}\n"
			 "vcompressps %zmm0,-0x40(%rbx){%k2}\n"
			 "vpcmpd $0,(%rsi,%r9,4),%ymm17,%k1{%k2}\n"
			 "vpxorq -0x40(%rdi,%rdx),%ymm17,%ymm17\n"
			 "vbroadcasti32x4 0x30(%r12),%zmm31\n"
			 "vgatherqpd %ymm3,(%rax,%ymm1,2),%ymm2\n"
			 "vfmadd213ps 0x10(%rbp),%ymm1,%ymm0\n"
			 "mov %fs:-8(%rax,%rbx,4),%rcx\n"
			 "movabs 0x1122334455667788,%al\n"
			 "cmpxchg16b 0x10(%r13)\n"
			 "xsave64 0x40(%rsp)\n"
			 "fxrstor (%rdi)\n"
			 "fldt 0x20(%rsp)\n"
			 "lock xaddq %rax,0x7f(%rbx)\n"
			 "movbe 4(%rdi),%eax\n"
			 "crc32q (%rsi),%rax\n"
			 "pinsrq $1,8(%rax),%xmm0\n"
			 "aesenc (%rax),%xmm1\n"
			 "vpclmulqdq $1,(%rax),%ymm1,%ymm0\n"
			 "enter $16,$0\n"
			 "rep movsq\n"
			 "ud2\n");
}

START_TEST(against_objdump)
{
	enum { LEAST = 10000 };
	char program[512], command[1024];
	ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
	ck_assert(length > 0);
	program[length] = '\0';
	snprintf(command, sizeof command,
		 "objdump -w --insn-width=15 -d -j .text '%s' | awk 'NR %% 8 < 4 || /[yz]mm/' | head -n 30000",
		 program);
	unsigned count = compare_all(command);
	ck_assert_msg(count > LEAST, "only %u", count);
}
END_TEST
#endif

int main(void)
{
	Suite *suite = suite_create("decode_x86");
	TCase *made = tcase_create("made"), *real = tcase_create("objdump");
	tcase_add_loop_test(made, memory, 0, sizeof rows / sizeof *rows);
	tcase_add_test(made, whole);
	tcase_add_test(made, refused);
	suite_add_tcase(suite, made);
#ifdef __x86_64__
	if (system("objdump --version >/dev/null 2>&1") == 0) {
		tcase_set_timeout(real, 60);
		tcase_add_test(real, against_objdump);
		suite_add_tcase(suite, real);
	} else {
		fprintf(stderr, "SKIPPED: no objdump; the table alone was tested\n");
	}
#endif
	return test_run(suite);
}

/* Walks in spaces made by hand: what is found without call-frame information, how sure it is, and how each walk ends. */
#include "lib/unwind/unwind.h"

#include "lib/space/objects.h"
#include "tests/support/spaces.h"

enum {
	EM_SPARC = 2,
	EM_PPC = 20,
	EM_PPC64 = 21,
	EM_S390 = 22,
	EM_ARM = 40,
	EM_SPARCV9 = 43,
	EM_X86_64 = 62,
	EM_AARCH64 = 183,
	EM_RISCV = 243
};
enum { TEXT = 0x400000, STACK = 0x7f0000, SIZE = 0x1000 };

struct walk_case {
	struct test_space test;
	struct inq_space *space;
	uint8_t bytes[2 * SIZE]; /* text, then stack */
	bool big;
	const struct inq_file *program; /* the text is a file's; NULL: nobody's */
	struct inq_registers start;
	struct inq_stack stack;
};

static struct walk_case run;

static void begin(uint16_t machine, unsigned bits)
{
	memset(&run, 0, sizeof run);
	run.big = machine == EM_SPARC || machine == EM_SPARCV9 || machine == EM_S390 || machine == EM_PPC;
	test_space_begin(&run.test, "core", run.bytes, sizeof run.bytes);
	inq_build_os(&run.test.builder, INQ_OS_LINUX);
	inq_build_machine(&run.test.builder, machine, bits, run.big);
}

static void add_mapping(uint64_t start, uint64_t at, uint8_t permissions)
{
	struct inq_mapping mapping = inq_mapping_unknown();
	mapping.start = start;
	mapping.end = start + SIZE;
	mapping.permissions = (uint8_t)(INQ_PERM_KNOWN | INQ_PERM_READ | permissions);
	mapping.data_offset = at;
	mapping.data_size = SIZE;
	if (start == TEXT && run.program) {
		mapping.file = run.program;
		mapping.file_offset = 0;
	}
	ck_assert_int_eq(inq_build_mapping(&run.test.builder, &mapping), INQ_OK);
}

static void put(uint64_t address, uint64_t value, unsigned size)
{
	uint8_t *to = run.bytes + (address >= STACK ? address - STACK + SIZE : address - TEXT);
	for (unsigned i = 0; i < size; i++)
		to[run.big ? size - 1 - i : i] = (uint8_t)(value >> 8 * i);
}

static void set(const char *name, uint64_t value)
{
	const struct inq_arch *arch = run.test.builder.space->machine.arch;
	uint8_t index = inq_arch_register_index(arch, name);
	ck_assert_uint_ne(index, INQ_NO_REGISTER);
	run.start.values[index] = value;
	run.start.valid |= UINT64_C(1) << index;
}

static void walk(size_t limit)
{
	struct inq_thread thread = { .valid = run.start.valid, .registers = run.start.values };
	add_mapping(TEXT, 0, INQ_PERM_EXECUTE);
	add_mapping(STACK, SIZE, INQ_PERM_WRITE);
	run.space = test_space_seal(&run.test);
	ck_assert_int_eq(inq_objects_find(run.space), INQ_OK);
	ck_assert_int_eq(inq_unwind_thread(run.space, &thread, limit, &run.stack), INQ_OK);
}

static void end(void)
{
	inq_frame_vec_release(&run.stack.frames);
	inq_space_destroy(run.space);
	test_space_end(&run.test);
}

static void check(size_t index, uint64_t pc, enum inq_found_by found_by, enum inq_confidence confidence)
{
	ck_assert_uint_lt(index, run.stack.frames.count);
	const struct inq_frame *frame = &run.stack.frames.items[index];
	ck_assert_uint_eq(frame->pc, pc);
	ck_assert_int_eq(frame->found_by, found_by);
	ck_assert_int_eq(frame->confidence, confidence);
}

/* The address after a call that stands at `address`. */
static uint64_t put_call(uint64_t address)
{
	put(address, 0xe8, 1);
	return address + 5;
}

/* Text in which nothing looks like a call. */
static void begin_x86(uint64_t pc, uint64_t sp, uint64_t fp)
{
	begin(EM_X86_64, 64);
	memset(run.bytes, 0x90, SIZE);
	set("rip", pc);
	set("rsp", sp);
	set("rbp", fp);
}

START_TEST(test_frame_pointers)
{
	begin_x86(TEXT + 0x10, STACK + 0x100, STACK + 0x120);
	uint64_t first = put_call(TEXT + 0x200), second = put_call(TEXT + 0x300);
	put(STACK + 0x120, STACK + 0x140, 8);
	put(STACK + 0x128, first, 8);
	put(STACK + 0x140, 0, 8);
	put(STACK + 0x148, second, 8);
	walk(100);
	check(0, TEXT + 0x10, INQ_FOUND_CONTEXT, INQ_CERTAIN);
	check(1, first, INQ_FOUND_FRAME_POINTER, INQ_LIKELY);
	check(2, second, INQ_FOUND_FRAME_POINTER, INQ_LIKELY);
	ck_assert_uint_eq(run.stack.frames.items[1].sp, STACK + 0x130);
	ck_assert_uint_eq(run.stack.frames.count, 3);
	ck_assert_int_eq(run.stack.truncated_by, INQ_END_OUTERMOST);
	end();
}
END_TEST

START_TEST(test_before_the_frame_pointer_is_set)
{
	static const uint8_t prologue[] = { 0x55, 0x48, 0x89, 0xe5 }; /* push %rbp; mov %rsp,%rbp */
	for (unsigned after = 0; after < 2; after++) {
		begin_x86(TEXT + 0x10 + after, STACK + 0x100, STACK + 0x140);
		uint64_t first = put_call(TEXT + 0x200), second = put_call(TEXT + 0x300);
		memcpy(run.bytes + 0x10, prologue, sizeof prologue);
		put(STACK + 0x100 + 8 * after, first, 8);
		put(STACK + 0x148, second, 8);
		walk(100);
		check(1, first, INQ_FOUND_FRAME_POINTER, INQ_LIKELY);
		check(2, second, INQ_FOUND_FRAME_POINTER, INQ_LIKELY);
		end();
	}
}
END_TEST

START_TEST(test_frame_pointer_to_itself)
{
	begin_x86(TEXT + 0x10, STACK + 0x100, STACK + 0x120);
	put(STACK + 0x120, STACK + 0x120, 8);
	put(STACK + 0x128, put_call(TEXT + 0x200), 8);
	walk(100);
	ck_assert_uint_eq(run.stack.frames.count, 2);
	ck_assert_int_ne(run.stack.truncated_by, INQ_END_OUTERMOST);
	end();
}
END_TEST

START_TEST(test_no_call_before_the_return_address)
{
	begin_x86(TEXT + 0x10, STACK + 0x100, STACK + 0x120);
	put(STACK + 0x128, TEXT + 0x205, 8); /* nops before it; generated code may do that, so it is possible at most */
	walk(100);
	ck_assert_uint_eq(run.stack.frames.count, 2);
	check(1, TEXT + 0x205, INQ_FOUND_FRAME_POINTER, INQ_POSSIBLE);
	end();
}
END_TEST

START_TEST(test_call_to_nowhere)
{
	static const uint64_t nowhere[] = { 0, 0x123456, STACK + 0x10 }; /* null, not mapped, data */
	begin_x86(nowhere[_i], STACK + 0x100, 0);
	uint64_t caller = TEXT + 0x202;
	put(TEXT + 0x200, 0xd0ff, 2); /* call *%rax */
	put(STACK + 0x100, caller, 8);
	walk(100);
	check(0, nowhere[_i], INQ_FOUND_CONTEXT, INQ_CERTAIN);
	check(1, caller, INQ_FOUND_LINK_REGISTER, INQ_LIKELY);
	ck_assert_uint_eq(run.stack.frames.items[1].sp, STACK + 0x108);
	end();
}
END_TEST

START_TEST(test_no_stack)
{
	begin_x86(0, 0x10, 0);
	walk(100);
	ck_assert_uint_eq(run.stack.frames.count, 1);
	ck_assert_int_eq(run.stack.truncated_by, INQ_END_MISSING_MEMORY);
	end();
}
END_TEST

START_TEST(test_limit)
{
	begin_x86(TEXT + 0x10, STACK + 0x100, STACK + 0x120);
	for (uint64_t at = STACK + 0x120; at < STACK + 0x800; at += 0x20) {
		put(at, at + 0x20, 8);
		put(at + 8, put_call(TEXT + 0x200), 8);
	}
	walk(7);
	ck_assert_uint_eq(run.stack.frames.count, 7);
	ck_assert_int_eq(run.stack.truncated_by, INQ_END_LIMIT);
	end();
}
END_TEST

START_TEST(test_link_register)
{
	begin(EM_AARCH64, 64);
	set("pc", TEXT + 0x10);
	set("sp", STACK + 0x100);
	set("x30", UINT64_C(0x0012000000000000) | (TEXT + 0x804)); /* signed: the upper bits are no address */
	put(TEXT + 0x800, 0x94000000, 4);			   /* bl */
	walk(2);
	check(1, TEXT + 0x804, INQ_FOUND_LINK_REGISTER, INQ_LIKELY);
	end();
}
END_TEST

/* asm/sigcontext.h and asm/ucontext.h of each machine, counted by hand: where pc and sp are above the stack pointer. */
static const struct signal_case {
	uint16_t machine;
	uint8_t bits;
	uint16_t pc, sp;
	const char *pc_name, *sp_name, *link;
	uint32_t code[2], call;
} signal_cases[] = {
	/* siginfo 128; ucontext: 8 + 8 + 24, sigset 128, padded to 176; fault_address 8; x0 … x30, sp, pc */
	{ EM_AARCH64,
	  64,
	  128 + 176 + 8 + 32 * 8,
	  128 + 176 + 8 + 31 * 8,
	  "pc",
	  "sp",
	  "x30",
	  { 0xd2801168, 0xd4000001 },
	  0x94000000 },
	/* siginfo 128; ucontext: 8 + 8 + 24, sigset 128, padded to 176; pc, ra, sp … */
	{ EM_RISCV, 64, 128 + 176, 128 + 176 + 16, "pc", "sp", "ra", { 0x08b00893, 0x00000073 }, 0x000000ef },
	/* siginfo 128; ucontext: 4 + 4 + 12; trap_no, error_code, oldmask; r0 … r10, fp, ip, sp, lr, pc */
	{ EM_ARM,
	  32,
	  128 + 20 + 12 + 15 * 4,
	  128 + 20 + 12 + 13 * 4,
	  "pc",
	  "sp",
	  "lr",
	  { 0xe3a070ad, 0xef000000 },
	  0xeb000000 },
};

START_TEST(test_signal_frames)
{
	const struct signal_case *row = &signal_cases[_i];
	unsigned word = row->bits / 8;
	begin(row->machine, row->bits);
	/* A leaf handler, which returns to the trampoline at TEXT + 0x804. */
	set(row->pc_name, TEXT + 0x10);
	set(row->sp_name, STACK + 0x100);
	set(row->link, TEXT + 0x804);
	put(TEXT + 0x800, row->call, 4);
	put(TEXT + 0x804, row->code[0], 4);
	put(TEXT + 0x808, row->code[1], 4);
	put(STACK + 0x100 + row->pc, TEXT + 0x444, word);
	put(STACK + 0x100 + row->sp, STACK + 0x900, word);
	if (row->machine == EM_AARCH64) /* FPSIMD_MAGIC begins what follows the registers */
		put(STACK + 0x100 + 128 + 176 + 288, 0x46508001, 4);
	walk(3);
	ck_assert_int_eq(run.stack.frames.items[1].kind, INQ_FRAME_SIGNAL);
	check(2, TEXT + 0x444, INQ_FOUND_SIGNAL_FRAME, INQ_LIKELY);
	ck_assert_uint_eq(run.stack.frames.items[2].sp, STACK + 0x900);
	ck_assert(run.stack.frames.items[2].exact);
	end();
}
END_TEST

/* Where a back chain's return address is above the caller's stack pointer: the ABIs' figures of the stack frame. */
static const struct chain_case {
	uint16_t machine;
	uint8_t bits, saved;
	const char *sp;
	uint32_t call;
	uint8_t call_size;
	bool ends; /* the first frame's chain is 0, and nothing else's */
} chain_cases[] = {
	{ EM_PPC, 32, 4, "r1", 0x48000001, 4, true },	 /* bl */
	{ EM_PPC64, 64, 16, "r1", 0x4e800421, 4, true }, /* bctrl */
	{ EM_S390, 64, 112, "r15", 0x0de1, 2, false },	 /* basr %r14,%r1 */
};

START_TEST(test_back_chain)
{
	const struct chain_case *row = &chain_cases[_i];
	unsigned word = row->bits / 8;
	begin(row->machine, row->bits);
	set(row->machine == EM_S390 ? "pswa" : "pc", TEXT + 0x10);
	set(row->sp, STACK + 0x100);
	for (unsigned i = 0; i < 2; i++) {
		uint64_t above = STACK + 0x200 + 0x100 * i;
		put(above - 0x100, above, word);
		put(TEXT + 0x200 + 0x100 * i - row->call_size, row->call, row->call_size);
		put(above + row->saved, TEXT + 0x200 + 0x100 * i, word);
	}
	walk(100);
	check(1, TEXT + 0x200, INQ_FOUND_FRAME_POINTER, INQ_LIKELY);
	check(2, TEXT + 0x300, INQ_FOUND_FRAME_POINTER, INQ_LIKELY);
	ck_assert_uint_eq(run.stack.frames.items[2].sp, STACK + 0x300);
	ck_assert_uint_eq(run.stack.frames.count, 3);
	ck_assert_int_eq(run.stack.truncated_by, row->ends ? INQ_END_OUTERMOST : INQ_END_NO_UNWIND_INFO);
	end();
}
END_TEST

START_TEST(test_back_chain_downwards)
{
	begin(EM_PPC64, 64);
	set("pc", TEXT + 0x10);
	set("r1", STACK + 0x100);
	put(STACK + 0x100, STACK + 0x80, 8);
	put(TEXT + 0x1fc, 0x48000001, 4);
	put(STACK + 0x80 + 16, TEXT + 0x200, 8);
	walk(100);
	ck_assert_uint_eq(run.stack.frames.count, 1);
	end();
}
END_TEST

/* Windows of l0-l7, i0-i7 at the stack pointer, which is biased by 2047 in 64-bit code; i7 is where the call stands. */
START_TEST(test_register_windows)
{
	unsigned word = _i ? 8 : 4;
	uint64_t bias = _i ? 2047 : 0;
	begin(_i ? EM_SPARCV9 : EM_SPARC, word * 8);
	set("pc", TEXT + 0x10);
	set("o6", STACK + 0x100 - bias);
	for (unsigned i = 0; i < 3; i++) {
		uint64_t window = STACK + 0x100 + 0x100 * i;
		put(TEXT + 0x200 + 0x100 * i, 0x40000010, 4); /* call */
		put(window + 14 * word, i < 2 ? window + 0x100 - bias : 0, word);
		put(window + 15 * word, i < 2 ? TEXT + 0x200 + 0x100 * i : 0, word);
	}
	walk(100);
	check(1, TEXT + 0x208, INQ_FOUND_FRAME_POINTER, INQ_LIKELY);
	check(2, TEXT + 0x308, INQ_FOUND_FRAME_POINTER, INQ_LIKELY);
	ck_assert_uint_eq(run.stack.frames.items[2].sp, STACK + 0x300 - bias);
	ck_assert_uint_eq(run.stack.frames.count, 3);
	ck_assert_int_eq(run.stack.truncated_by, INQ_END_OUTERMOST);
	end();
}
END_TEST

/* GCC's frame pointer is at the saved return address, clang's at the saved frame pointer below it. */
START_TEST(test_both_frames_of_arm)
{
	uint64_t fp = STACK + 0x120 + (_i ? 0 : 4);
	begin(EM_ARM, 32);
	set("pc", TEXT + 0x10);
	set("sp", STACK + 0x100);
	set("r11", fp);
	put(TEXT + 0x200, 0xeb000000, 4); /* bl */
	put(STACK + 0x120, STACK + 0x200, 4);
	put(STACK + 0x124, TEXT + 0x204, 4);
	walk(2);
	check(1, TEXT + 0x204, INQ_FOUND_FRAME_POINTER, INQ_LIKELY);
	ck_assert_uint_eq(run.stack.frames.items[1].sp, STACK + 0x128);
	end();
}
END_TEST

/* Without symbols: the function at TEXT + 0x100 saves the link register and is called from TEXT + 0x200; the words below its
 * return address are those of calls of other functions. Code by as. */
static const struct call_case {
	uint16_t machine;
	uint8_t bits, bit; /* bit: of a return address to Thumb code */
	uint8_t at, depth; /* where in the frame the return address is, and the frame's bytes */
	const char *link;
	uint64_t code, call; /* the first instructions; the call of them, at TEXT + 0x200 */
} call_cases[] = {
	/* push {r4, lr}; sub sp, #8; bl */
	{ EM_ARM, 32, 1, 12, 16, "lr", 0xb082b510, 0xff7ef7ff },
	/* push {r4, lr}; sub sp, sp, #8; bl */
	{ EM_ARM, 32, 0, 12, 16, "lr", 0xe24dd008e92d4010, 0xebffffbe },
	/* the same function; blx from Thumb code */
	{ EM_ARM, 32, 1, 12, 16, "lr", 0xe24dd008e92d4010, 0xef7ef7ff },
	/* stp x29, x30, [sp, #-32]!; bl */
	{ EM_AARCH64, 64, 0, 8, 32, "x30", 0xa9be7bfd, 0x97ffffc0 },
};

static void begin_call(const struct call_case *row)
{
	unsigned word = row->bits / 8;
	begin(row->machine, row->bits);
	run.program = inq_build_file(&run.test.builder, "/bin/program", 12, INQ_UNKNOWN, INQ_UNKNOWN, INQ_UNKNOWN);
	set("pc", TEXT + 0x100 + (row->code >> 32 ? 8 : 4));
	set("sp", STACK + 0x100);
	set(row->link, TEXT + 0x304); /* of a call that came back */
	put(TEXT + 0x100, row->code, 8);
	put(TEXT + 0x200, row->call, 4);
	put(TEXT + 0x300, row->call, 4); /* calls what is not there */
	put(STACK + 0x100, TEXT + 0x304 + row->bit, word);
	put(STACK + 0x100 + row->at, TEXT + 0x204 + row->bit, word);
}

START_TEST(test_function_by_its_call)
{
	const struct call_case *row = &call_cases[_i];
	begin_call(row);
	walk(2);
	check(1, TEXT + 0x204, INQ_FOUND_FRAME_POINTER, INQ_LIKELY);
	ck_assert_uint_eq(run.stack.frames.items[1].sp, STACK + 0x100 + row->depth);
	end();
}
END_TEST

/* The function has its return address elsewhere than where the call's is. */
START_TEST(test_call_of_another_place)
{
	const struct call_case *row = &call_cases[_i];
	begin_call(row);
	set(row->link, 0);
	put(STACK + 0x100 + row->at, 0, row->bits / 8);
	put(STACK + 0x140, TEXT + 0x204 + row->bit, row->bits / 8);
	walk(2);
	ck_assert(run.stack.frames.count < 2 || run.stack.frames.items[1].confidence == INQ_POSSIBLE);
	end();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("walk");
	TCase *tests = tcase_create("walk");
	tcase_add_test(tests, test_frame_pointers);
	tcase_add_test(tests, test_before_the_frame_pointer_is_set);
	tcase_add_test(tests, test_frame_pointer_to_itself);
	tcase_add_test(tests, test_no_call_before_the_return_address);
	tcase_add_loop_test(tests, test_call_to_nowhere, 0, 3);
	tcase_add_test(tests, test_no_stack);
	tcase_add_test(tests, test_limit);
	tcase_add_test(tests, test_link_register);
	tcase_add_loop_test(tests, test_signal_frames, 0, sizeof signal_cases / sizeof *signal_cases);
	tcase_add_loop_test(tests, test_back_chain, 0, sizeof chain_cases / sizeof *chain_cases);
	tcase_add_test(tests, test_back_chain_downwards);
	tcase_add_loop_test(tests, test_register_windows, 0, 2);
	tcase_add_loop_test(tests, test_both_frames_of_arm, 0, 2);
	tcase_add_loop_test(tests, test_function_by_its_call, 0, sizeof call_cases / sizeof *call_cases);
	tcase_add_loop_test(tests, test_call_of_another_place, 0, sizeof call_cases / sizeof *call_cases);
	suite_add_tcase(suite, tests);
	return test_run(suite);
}

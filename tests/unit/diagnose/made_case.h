/* A made process that died: a page of code, a page of data, a stack below a guard; and what is said of its death. One case at a
 * time: its parts are set, then it is asked about. */
#ifndef INQ_TESTS_UNIT_DIAGNOSE_MADE_CASE_H
#define INQ_TESTS_UNIT_DIAGNOSE_MADE_CASE_H

#include "lib/diagnose/cause.h"

#include "tests/support/spaces.h"

#include <string.h>

enum {
	X86_64 = 62,
	AARCH64 = 183,
	TEXT = 0x400000,
	DATA = 0x600000,
	GUARD = 0x7f0000000000,
	STACK = 0x7f0000001000,
	PAGE = 0x1000
};
enum { STACK_SIZE = 0x100000, MAPERR = 1, ACCERR = 2, KERNEL = 0x80, TKILL = -6, USER = 0, OWN_PID = 42 };

#define LOAD_RAX      "\x48\x8b\x10"	 /* mov (%rax),%rdx */
#define LOAD_ELEMENT  "\x8b\x14\x88"	 /* mov (%rax,%rcx,4),%edx */
#define STORE_RAX     "\x48\x89\x10"	 /* mov %rdx,(%rax) */
#define STORE_STACK   "\x89\x7c\x24\xfc" /* mov %edi,-4(%rsp) */
#define DIVIDE_BY_RCX "\x48\xf7\xf9"	 /* idiv %rcx */
#define ALIGNED_STORE "\x0f\x29\x00"	 /* movaps %xmm0,(%rax) */

static struct test_space test;
static struct inq_space *space;
static struct inq_thread thread;
static struct inq_fault fault;
static struct inq_case facts;
static const struct inq_diagnosis *found;
static size_t count;
static uint8_t text[PAGE];

static inline void begin(void)
{
	memset(text, 0x90, sizeof text);
	memset(&facts, 0, sizeof facts);
	struct inq_mapping code = inq_mapping_unknown();
	test_space_begin(&test, "made", text, sizeof text);
	inq_build_os(&test.builder, INQ_OS_LINUX);
	inq_build_machine(&test.builder, X86_64, 64, false);
	code.start = TEXT;
	code.end = TEXT + PAGE;
	code.permissions = INQ_PERM_KNOWN | INQ_PERM_READ | INQ_PERM_EXECUTE;
	code.data_offset = 0;
	code.data_size = PAGE;
	ck_assert_int_eq(inq_build_mapping(&test.builder, &code), INQ_OK);
	test_space_row(&test, DATA, DATA + PAGE, "r--p", "/lib/libdata.so");
	test_space_row(&test, GUARD, STACK, "---p", NULL);
	test_space_row(&test, STACK, STACK + STACK_SIZE, "rw-p", NULL);
	space = test_space_seal(&test);
	space->process.pid = OWN_PID;
}

static inline void end(void)
{
	inq_space_destroy(space);
	test_space_end(&test);
}

static inline void set(const char *name, uint64_t value)
{
	uint8_t index = inq_arch_register_index(space->machine.arch, name);
	ck_assert_uint_ne(index, INQ_NO_REGISTER);
	fault.registers.values[index] = value;
	fault.registers.valid |= UINT64_C(1) << index;
}

static inline void signal_is(int number, const char *name, int code)
{
	fault = (struct inq_fault) { .thread = &thread, .name = name };
	fault.signal = (struct inq_signal) {
		.number = number, .has_code = true, .code = code, .sender_pid = INQ_UNKNOWN, .sender_uid = INQ_UNKNOWN
	};
	set("rip", TEXT);
	set("rsp", STACK + STACK_SIZE - 0x100);
}

static inline void address_is(uint64_t address)
{
	fault.has_address = true;
	fault.address = address;
}

/* Puts the instruction at the pc, and asks. */
static inline void ask(const char *code, size_t size)
{
	memcpy(text, code, size);
	facts.space = space;
	facts.fault = facts.last = &fault;
	inq_fault_set_place(space, &fault);
	ck_assert_int_eq(inq_fault_examine(space, &fault), INQ_OK);
	ck_assert_int_eq(inq_diagnose(&facts, &found, &count), INQ_OK);
}

static inline void expect(const char *id, enum inq_confidence confidence)
{
	ck_assert_uint_ge(count, 1);
	ck_assert_str_eq(found[0].id, id);
	ck_assert_int_eq(found[0].confidence, confidence);
	ck_assert_uint_ge(found[0].evidence.count, 1);
}

static inline bool is_told(const char *id)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(found[i].id, id) == 0)
			return true;
	return false;
}

#endif

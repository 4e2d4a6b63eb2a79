/* Patterns that allocators and debuggers fill memory with: a pointer that was read from such memory says which. */
#include "lib/diagnose/cause.h"

#include "lib/diagnose/registers.h"

#include <inttypes.h>

enum { NEAR = 0x10000 };

/* 32-bit patterns; those of 64 bits are the same twice. */
static const struct {
	uint32_t pattern;
	const char *meaning;
} patterns[] = {
	{ 0x5a5a5a5a, "freed memory (jemalloc's junk)" },
	{ 0xa5a5a5a5, "memory that was never written (jemalloc's junk, FreeBSD)" },
	{ 0xdeadbeef, "0xdeadbeef: freed or uninitialised memory (libumem, kernels)" },
	{ 0xbaddcafe, "0xbaddcafe: memory that was never written (libumem)" },
	{ 0xfeedface, "0xfeedface: libumem's red zone: a write past the end" },
	{ 0xfeeefeee, "freed memory (Windows' heap, Wine)" },
	{ 0xbaadf00d, "uninitialised heap memory (Windows' heap, Wine)" },
	{ 0xcdcdcdcd, "uninitialised heap memory (debug C run-time)" },
	{ 0xdddddddd, "freed heap memory (debug C run-time)" },
	{ 0xdfdfdfdf, "freed memory (OpenBSD's malloc junk)" },
	{ 0xdbdbdbdb, "memory that was never written (OpenBSD's malloc junk)" },
	{ 0xcbcbcbcb, "freed memory (CPython's debug allocator, older)" },
	{ 0xabababab, "memory past the end (tcmalloc's debug allocator)" },
	{ 0xe5e5e5e5, "freed memory (Firefox' mozjemalloc)" },
	{ 0xaaaaaaaa, "memory filled with 0xaa (uninitialised by -ftrivial-auto-var-init=pattern, Zig, Swift)" },
	{ 0xcccccccc, "memory filled with 0xcc (uninitialised stack of debug builds)" },
};

/* Where Android's abort() wrote before version 5, so that the process died there (bionic/libc/unistd/abort.c). */
enum { BIONIC_ABORT = 0xdeadbaad };

static bool matches(const struct inq_space *space, uint64_t value, uint32_t pattern)
{
	uint64_t whole = space->machine.bits == 32 ? pattern : (uint64_t)pattern << 32 | pattern;
	return value - (whole - NEAR) <= 2 * (uint64_t)NEAR;
}

static const char *meaning_of(const struct inq_space *space, uint64_t value)
{
	for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
		if (matches(space, value, patterns[i].pattern))
			return patterns[i].meaning;
	return NULL;
}

static bool find(const struct inq_case *crash, struct inq_finding *ret)
{
	const struct inq_operand *operand = inq_fault_operand(crash->fault);
	uint64_t value = crash->fault->has_address ? crash->fault->address : crash->fault->pc, base;
	if (!inq_case_memory_fault(crash) && !inq_case_bad_pc(crash))
		return false;
	if (operand && inq_register_value(crash->space->machine.arch, &crash->fault->registers, operand->base, &base))
		value = base;
	const char *meaning = value == BIONIC_ABORT ? NULL : meaning_of(crash->space, value);
	if (!meaning)
		return false;
	ret->text = inq_case_text(crash, "use after free or of uninitialised memory: the pointer holds a fill pattern");
	ret->confidence = INQ_LIKELY;
	inq_find_evidence(crash, ret, "0x%" PRIx64 " is what a pointer looks like that was read from %s", value,
			  meaning);
	if (operand && inq_case_registers_text(crash))
		inq_find_evidence(crash, ret, "%s: %s", inq_case_access_text(crash), inq_case_registers_text(crash));
	return true;
}

const struct inq_cause inq_cause_poison = { .id = "poisoned-pointer", .find = find };

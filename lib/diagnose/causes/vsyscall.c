/* x86-64 Linux: the page of old, fixed addresses for three system calls. The kernel carries them out itself and runs no instruction
 * there; it is not mapped for reading (arch/x86/entry/vsyscall/vsyscall_64.c, emulate_vsyscall: the entries are 1 KiB apart). */
#include "lib/diagnose/cause.h"

#include <inttypes.h>

enum { STEP = 1024, ENTRIES = 3, PAGE = 4096 };

static const char *entry_at(uint64_t address)
{
	static const char *const names[ENTRIES] = { "gettimeofday", "time", "getcpu" };
	uint64_t offset = address % PAGE;
	return offset % STEP == 0 && offset / STEP < ENTRIES ? names[offset / STEP] : NULL;
}

static bool find(const struct inq_case *crash, struct inq_finding *ret)
{
	const struct inq_fault *fault = crash->fault;
	bool called = inq_is_vsyscall(crash->space, fault->pc);
	if (!inq_fault_is(fault, "SIGSEGV") || !inq_fault_by_processor(crash->space, fault) ||
	    (!called && !(fault->has_address && inq_is_vsyscall(crash->space, fault->address))))
		return false;
	const char *entry = entry_at(fault->pc);
	if (!called)
		ret->text = inq_case_text(crash, "an access to 0x%" PRIx64 ", the vsyscall page, which holds no data",
					  fault->address);
	else if (entry)
		ret->text = inq_case_text(
			crash, "the vsyscall %s failed: a bad pointer was passed, or the kernel has it switched off",
			entry);
	else
		ret->text = inq_case_text(
			crash, "a jump into the vsyscall page to 0x%" PRIx64 ", where no function begins", fault->pc);
	ret->confidence = INQ_CERTAIN;
	inq_find_evidence(crash, ret, "the kernel has this page at the same address in every process, to be called");
	return true;
}

const struct inq_cause inq_cause_vsyscall = { .id = "vsyscall", .find = find };

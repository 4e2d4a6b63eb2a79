/* SIGSYS: a filter refused a system call. */
#include "lib/diagnose/cause.h"

#include "lib/diagnose/registers.h"

#include <inttypes.h>

enum { SYS_SECCOMP = 1 };

/* Where the kernel expects the number: syscall(2), "Architecture calling conventions". x86 keeps it in orig_…; the others
 * in the register itself. */
static bool call_number(const struct inq_case *crash, uint64_t *ret)
{
	static const char *const names[] = { "orig_rax", "orig_eax", "x8", "r7", "a7" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (inq_register_value(crash->space->machine.arch, &crash->fault->registers, names[i], ret))
			return true;
	return false;
}

static bool find(const struct inq_case *crash, struct inq_finding *ret)
{
	uint64_t number;
	const struct inq_signal *signal = &crash->fault->signal;
	if (!inq_fault_is(crash->fault, "SIGSYS") || !signal->has_code || signal->code != SYS_SECCOMP)
		return false;
	bool known = call_number(crash, &number);
	ret->text = known ? inq_case_text(crash, "a seccomp filter refused system call %" PRIu64, number)
			  : "a seccomp filter refused a system call";
	ret->confidence = INQ_CERTAIN;
	inq_find_evidence(crash, ret, "SIGSYS with the code SYS_SECCOMP");
	return true;
}

const struct inq_cause inq_cause_seccomp = { .id = "seccomp", .find = find };

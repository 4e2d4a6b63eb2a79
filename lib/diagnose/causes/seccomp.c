/* SIGSYS: a filter refused a system call. */
#include "lib/diagnose/cause.h"

#include "lib/diagnose/system_call.h"

#include <inttypes.h>

enum { SYS_SECCOMP = 1 };

static bool find(const struct inq_case *crash, struct inq_finding *ret)
{
	struct inq_system_call call;
	const struct inq_signal *signal = &crash->fault->signal;
	if (!inq_fault_is(crash->fault, "SIGSYS") || !signal->has_code || signal->code != SYS_SECCOMP)
		return false;
	bool known = inq_system_call(crash->space, &crash->fault->registers, &call);
	if (known && call.name)
		ret->text = inq_case_text(crash, "a seccomp filter refused the system call %s (%" PRIu64 ")", call.name,
					  call.number);
	else if (known)
		ret->text = inq_case_text(crash, "a seccomp filter refused system call %" PRIu64, call.number);
	else
		ret->text = "a seccomp filter refused a system call";
	ret->confidence = INQ_CERTAIN;
	inq_find_evidence(crash, ret, "SIGSYS with the code SYS_SECCOMP");
	return true;
}

const struct inq_cause inq_cause_seccomp = { .id = "seccomp", .find = find };

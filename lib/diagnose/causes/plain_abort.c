/* abort(), and no more is known. */
#include "lib/diagnose/cause.h"

#include "lib/diagnose/system_call.h"

/* The thread that the signal ended had not asked for it. */
static void say_elsewhere(const struct inq_case *crash, struct inq_finding *ret)
{
	struct inq_system_call call;
	const char *name = crash->fault->name;
	ret->id = "raised";
	ret->text = inq_case_text(crash, "another thread of the process sent %s, or a handler that has returned",
				  name ? name : "the signal");
	ret->confidence = INQ_LIKELY;
	if (inq_system_call(crash->space, &crash->fault->registers, &call) && call.name)
		inq_find_evidence(crash, ret, "this thread was in the system call %s, which sends no signal",
				  call.name);
	else
		inq_find_evidence(crash, ret, "this thread was in no system call");
}

static bool find(const struct inq_case *crash, struct inq_finding *ret)
{
	const struct inq_fault *fault = crash->fault;
	if (!inq_fault_self_sent(crash->space, fault))
		return false;
	if (inq_fault_came_later(crash->space, fault)) {
		say_elsewhere(crash, ret);
		return true;
	}
	if (!inq_fault_is(fault, "SIGABRT"))
		ret->id = "raised";
	ret->text = inq_fault_is(fault, "SIGABRT") ? "the program called abort(): a check of its own failed"
						   : inq_case_text(crash, "the program raised %s itself",
								   fault->name ? fault->name : "the signal");
	ret->confidence = INQ_LIKELY;
	inq_find_evidence(crash, ret, "the process sent the signal to itself, and left no message that is known here");
	return true;
}

const struct inq_cause inq_cause_plain_abort = { .id = "abort", .fallback = true, .find = find };

/* The C library had just refused memory: errno of the thread that died is ENOMEM, and it gave up, or went through the null
 * pointer that it had got. errno keeps the last failure, which may be long ago: never certain. */
#include "lib/diagnose/cause.h"

#include "lib/diagnose/last_error.h"

enum { ENOMEM_OF_LINUX = 12, NEAR_NULL = 4096 };

static bool find(const struct inq_case *crash, struct inq_finding *ret)
{
	const struct inq_fault *fault = crash->fault;
	bool gave_up = inq_fault_is(fault, "SIGABRT") && inq_fault_self_sent(crash->space, fault);
	bool null = inq_case_memory_fault(crash) && fault->address < NEAR_NULL;
	uint32_t number;
	if ((!gave_up && !null) || !inq_last_error(crash->space, crash->last->thread, &number) ||
	    number != ENOMEM_OF_LINUX)
		return false;
	ret->text = gave_up ? "memory ran out: the program gave up after the system refused some"
			    : "memory ran out: the null pointer may be what malloc returned";
	ret->confidence = gave_up ? INQ_LIKELY : INQ_POSSIBLE;
	inq_find_evidence(crash, ret, "errno of the thread is ENOMEM: the last call that failed could get no memory");
	return true;
}

const struct inq_cause inq_cause_no_memory = { .id = "out-of-memory", .find = find };

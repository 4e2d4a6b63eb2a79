/* A limit of setrlimit was exceeded: the kernel tells so by a signal of its own.
 *
 * Source: Linux, kernel/time/posix-cpu-timers.c (SIGXCPU is the kernel's, SI_KERNEL) and mm/filemap.c (SIGXFSZ comes as if the
 * process had sent it, in the midst of the call that writes). */
#include "lib/diagnose/cause.h"

#include "lib/diagnose/system_call.h"

enum { SI_USER = 0, SI_KERNEL = 0x80 };

static bool find_time(const struct inq_case *crash, struct inq_finding *ret)
{
	const struct inq_signal *signal = &crash->fault->signal;
	if (!inq_fault_is(crash->fault, "SIGXCPU") || !signal->has_code || signal->code != SI_KERNEL)
		return false;
	ret->text = "the process used more processor time than its limit allows (RLIMIT_CPU, ulimit -t)";
	ret->confidence = INQ_CERTAIN;
	inq_find_evidence(crash, ret, "the kernel itself sent SIGXCPU");
	return true;
}

static bool find_size(const struct inq_case *crash, struct inq_finding *ret)
{
	struct inq_system_call call;
	const struct inq_signal *signal = &crash->fault->signal;
	if (!inq_fault_is(crash->fault, "SIGXFSZ") || !signal->has_code || signal->code != SI_USER ||
	    !inq_fault_came_later(crash->space, crash->fault) ||
	    !inq_system_call(crash->space, &crash->fault->registers, &call) || !call.name)
		return false;
	ret->text = "a file would have grown larger than the limit allows (RLIMIT_FSIZE, ulimit -f)";
	ret->confidence = INQ_CERTAIN;
	inq_find_evidence(crash, ret, "SIGXFSZ came in the system call %s, and no one sent it", call.name);
	return true;
}

static bool find(const struct inq_case *crash, struct inq_finding *ret)
{
	return crash->space->os == INQ_OS_LINUX && (find_time(crash, ret) || find_size(crash, ret));
}

const struct inq_cause inq_cause_resource_limit = { .id = "resource-limit", .find = find };

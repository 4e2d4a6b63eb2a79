/* The signal came from outside: nothing in this process failed by itself. */
#include "lib/diagnose/cause.h"

#include <inttypes.h>

enum { SI_TIMER = -2 };

static const char *meaning_of(const struct inq_fault *fault)
{
	if (inq_fault_is(fault, "SIGQUIT"))
		return "a user or a supervisor asked for a core (SIGQUIT: Ctrl-\\, kill -QUIT)";
	if (inq_fault_is(fault, "SIGABRT") && fault->signal.sender_pid == 1)
		return "killed with SIGABRT by process 1, as systemd's watchdog does (WatchdogSec) with a service that "
		       "hangs";
	if (inq_fault_is(fault, "SIGABRT"))
		return "killed with SIGABRT by another process, as watchdogs do with one that hangs";
	if (inq_fault_is(fault, "SIGXCPU") || inq_fault_is(fault, "SIGXFSZ"))
		return "a resource limit was exceeded";
	return "killed by a signal that another process sent";
}

static bool find(const struct inq_case *crash, struct inq_finding *ret)
{
	const struct inq_fault *fault = crash->fault;
	const struct inq_space *space = crash->space;
	if (!fault->signal.number || inq_fault_by_processor(space, fault) || inq_fault_self_sent(space, fault) ||
	    inq_fault_is(fault, "SIGSYS"))
		return false;
	if (space->os == INQ_OS_LINUX && fault->signal.has_code && fault->signal.code == SI_TIMER) {
		ret->id = "timer-expired";
		ret->text = inq_case_text(crash, "a timer of the process expired, which was set to send %s",
					  fault->name ? fault->name : "a signal");
		ret->confidence = INQ_CERTAIN;
		inq_find_evidence(crash, ret, "the signal's code is SI_TIMER (timer_create)");
		return true;
	}
	bool sent = fault->signal.sender_pid != INQ_UNKNOWN;
	if (!sent && !inq_fault_is(fault, "SIGQUIT"))
		return false;
	ret->id = inq_fault_is(fault, "SIGQUIT") ? "quit" : ret->id;
	ret->text = meaning_of(fault);
	ret->confidence = sent ? INQ_CERTAIN : INQ_LIKELY;
	if (sent && fault->signal.sender_pid)
		inq_find_evidence(crash, ret, "pid %" PRIu64 " sent it, user %" PRIu64, fault->signal.sender_pid,
				  fault->signal.sender_uid);
	else if (sent)
		inq_find_evidence(crash, ret,
				  "the sender's pid is 0: the kernel, or a process outside of this pid namespace");
	return true;
}

const struct inq_cause inq_cause_sent_by_another = { .id = "killed", .find = find };

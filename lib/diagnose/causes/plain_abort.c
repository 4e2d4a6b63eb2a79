/* abort(), and no more is known but whether it was in a handler of some signal. */
#include "lib/diagnose/cause.h"

#include "lib/diagnose/behind_handler.h"
#include "lib/diagnose/system_call.h"

#include <inttypes.h>
#include <string.h>

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

/* The signal whose handler the thread was in; NULL for none. A fault that was handled would be `crash->fault`. */
static const char *handled_signal(const struct inq_case *crash, struct inq_finding *ret)
{
	struct inq_fault handled;
	size_t i = 0;
	while (i < crash->frame_count && !inq_name_is_like(crash->frames[i].kind, "signal"))
		i++;
	if (i == crash->frame_count)
		return NULL;
	bool known = inq_handled_at(crash->space, crash->fault->thread, crash->frames[i].sp, &handled) && handled.name;
	const char *name = known ? handled.name : "a signal";
	if (i + 1 < crash->frame_count)
		inq_find_evidence(crash, ret, "frame %u, %s, did not fail: %s interrupted it",
				  crash->frames[i + 1].index, inq_case_place(crash, &crash->frames[i + 1].location),
				  name);
	if (known && handled.signal.sender_pid != INQ_UNKNOWN)
		inq_find_evidence(crash, ret, "pid %" PRIu64 " had sent %s", handled.signal.sender_pid, name);
	return name;
}

static bool is_timer(const char *signal)
{
	return signal &&
	       (strcmp(signal, "SIGALRM") == 0 || strcmp(signal, "SIGVTALRM") == 0 || strcmp(signal, "SIGPROF") == 0);
}

static const char *text_of(const struct inq_case *crash, const char *handled)
{
	bool aborted = inq_fault_is(crash->fault, "SIGABRT");
	const char *name = crash->fault->name ? crash->fault->name : "the signal";
	const char *what = aborted ? "called abort()" : inq_case_text(crash, "raised %s", name);
	if (handled)
		return inq_case_text(crash, "the program's handler of %s %s%s", handled, what,
				     is_timer(handled) ? ", as a watchdog does when something takes too long" : "");
	return aborted ? "the program called abort(): a check of its own failed"
		       : inq_case_text(crash, "the program raised %s itself", name);
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
	ret->confidence = INQ_LIKELY;
	inq_find_evidence(crash, ret, "the process sent the signal to itself, and left no message that is known here");
	ret->text = text_of(crash, handled_signal(crash, ret));
	return true;
}

const struct inq_cause inq_cause_plain_abort = { .id = "abort", .fallback = true, .find = find };

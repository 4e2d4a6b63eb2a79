/* The verdict: what died, of what, where really, likely why, in one or two sentences. */
#include "lib/incident/incident.h"

#include "lib/base/str.h"
#include "lib/diagnose/instruction.h"
#include "lib/diagnose/packed.h"

#include <inttypes.h>

/* What to say of an address that no mapping holds; NULL for nothing, where no map is at hand. */
static const char *hole_in(const struct inq_incident *incident)
{
	const struct inq_space *space = incident->space;
	if (inq_space_lists_all(space))
		return "not mapped";
	if (inq_space_holds_memory(space))
		return "not in this core, which lists only what it dumped";
	return space->mappings.count ? "in none of the few mappings that are told" : NULL;
}

/* The function as people read it, without its parameters: a sentence has no room for them. */
static void add_function(struct inq_str *text, const struct inq_location *at)
{
	const char *name = at->function && (!at->inlined || !at->symbol) ? at->function : at->symbol;
	bool operator_call = strstr(name, "operator") != NULL || name[0] == '(';
	int length = (int)(operator_call ? strlen(name) : strcspn(name, "("));
	inq_str_printf(text, ": %.*s", length, name);
	if (at->symbol_offset != INQ_UNKNOWN)
		inq_str_printf(text, "+0x%" PRIx64, at->symbol_offset);
}

static void add_line(struct inq_str *text, const struct inq_location *at)
{
	if (at->file && at->line && !at->inlined)
		inq_str_printf(text, " (%s:%u)", inq_base_name(at->file), at->line);
}

/* "libc.so.6: raise+0x10 (raise.c:26)" */
static void add_object(struct inq_str *text, const struct inq_location *at)
{
	inq_str_puts(text, inq_base_name(at->object));
	if (at->symbol || at->function)
		add_function(text, at);
	else if (at->offset != INQ_UNKNOWN)
		inq_str_printf(text, "+0x%" PRIx64, at->offset);
	else
		inq_str_printf(text, " at pc 0x%" PRIx64, at->address);
	add_line(text, at);
}

static void add_place(struct inq_str *text, const struct inq_incident *incident)
{
	const struct inq_location *at = &inq_report_fault(&incident->report)->location;
	const char *hole = hole_in(incident);
	if (!at->mapped && !at->told) {
		inq_str_printf(text, " at pc 0x%" PRIx64 "%s%s", at->address, hole ? ", which is " : "",
			       hole ? hole : "");
	} else if (at->told && !at->object) {
		inq_str_printf(text, " in %s", at->function ? at->function : at->symbol);
	} else if (!at->object) {
		inq_str_printf(text, " at pc 0x%" PRIx64 ", in %s memory that belongs to no object%s", at->address,
			       at->has_class ? inq_class_name(at->region_class) : "anonymous",
			       inq_packed_mapping(incident->space) ? " (the program is packed by UPX)" : "");
	} else {
		inq_str_puts(text, " in ");
		add_object(text, at);
	}
}

/* The frame of the culprit, when it is not where the signal came but further up the same stack; else NULL. */
static const struct inq_frame_info *blamed_caller(const struct inq_report *report)
{
	const struct inq_crash_info *crash = &report->crash;
	const struct inq_fault_info *fault = inq_report_fault(report);
	size_t count;
	const struct inq_frame_info *frames = inq_report_fault_stack(report, &count);
	if (!crash->has_culprit || !crash->culprit.location.object || crash->culprit.thread != fault->thread ||
	    crash->culprit.location.address == fault->location.address)
		return NULL;
	for (size_t i = 0; i < count; i++)
		if (frames[i].index == crash->culprit.frame)
			return frames[i].confidence >= INQ_LIKELY ? &frames[i] : NULL;
	return NULL;
}

/* Whether the thread is where signals are sent from; a function without a name may be one. */
static bool raises(const struct inq_report *report)
{
	static const char *const words[] = { "kill", "raise", "abort", "gsignal" };
	const struct inq_fault_info *fault = inq_report_fault(report);
	bool found = !fault->location.symbol;
	for (size_t i = 0; i < sizeof words / sizeof *words && !found; i++)
		found = strstr(fault->location.symbol, words[i]);
	return found && fault->signal.sender_pid == report->process.pid;
}

/* Who raised a signal tells all; who called the function that faulted, much. */
static void add_places(struct inq_str *text, const struct inq_incident *incident)
{
	const struct inq_report *report = &incident->report;
	const struct inq_frame_info *caller = blamed_caller(report);
	bool sure = caller && caller->confidence == INQ_CERTAIN;
	if (sure && raises(report)) {
		inq_str_puts(text, " from ");
		add_object(text, &report->crash.culprit.location);
		return;
	}
	add_place(text, incident);
	if (!caller)
		return;
	inq_str_puts(text, sure ? ", called from " : ", probably called from ");
	add_object(text, &report->crash.culprit.location);
}

static const char *verb_of(const struct inq_fault_info *fault)
{
	if (!fault->access || fault->access & INQ_ACCESS_EXECUTE)
		return "the fault address";
	return fault->access & INQ_ACCESS_WRITE ? "it wrote to" : "it read from";
}

static void add_fault(struct inq_str *text, const struct inq_incident *incident)
{
	const struct inq_fault_info *fault = inq_report_fault(&incident->report);
	const struct inq_location *at = &fault->fault_location;
	if (!fault->has_fault_address || fault->fault_address == fault->pc || (!at->mapped && !hole_in(incident)))
		return;
	inq_str_printf(text, "; %s 0x%" PRIx64 "%s ", verb_of(fault), fault->fault_address,
		       fault->access & (INQ_ACCESS_READ | INQ_ACCESS_WRITE) ? ", which is" : " is");
	if (!at->mapped)
		inq_str_puts(text, inq_is_non_canonical(incident->space, fault->fault_address) ? "no valid address"
											       : hole_in(incident));
	else if (at->object)
		inq_str_printf(text, "in %s", inq_base_name(at->object));
	else
		inq_str_printf(text, "in %s memory", at->has_class ? inq_class_name(at->region_class) : "anonymous");
}

/* A JVM may give up by itself, and then says why. Other texts may tell of a death without its signal: systemd's journal does,
 * and a stack with a handler on it. */
static bool gave_up(const struct inq_incident *incident)
{
	return !inq_report_fault(&incident->report)->signal.number && !incident->report.crash.behind_handler &&
	       incident->space->process.last_words;
}

static void add_signal_name(struct inq_str *text, const struct inq_signal_info *signal)
{
	if (signal->name)
		inq_str_puts(text, signal->name);
	else if (signal->number)
		inq_str_printf(text, "signal %d", signal->number);
	else
		inq_str_puts(text, "a signal that is not told");
}

/* Windows has no signals: its crash logs quote "EXCEPTION_ACCESS_VIOLATION (0xc0000005): …". Of macOS lldb tells what the Mach
 * kernel says, "EXC_BAD_ACCESS (code=1, address=0x10)". */
static const char *exception_of(const struct inq_incident *incident)
{
	const char *words = incident->space->process.last_words;
	bool told = words && !inq_report_fault(&incident->report)->signal.number &&
		    (strncmp(words, "EXCEPTION_", 10) == 0 || strncmp(words, "EXC_", 4) == 0);
	return told ? words : NULL;
}

static void add_signal(struct inq_str *text, const struct inq_incident *incident)
{
	const struct inq_report *report = &incident->report;
	const struct inq_signal_info *signal = &inq_report_fault(report)->signal;
	const char *exception = exception_of(incident);
	if (exception)
		inq_str_printf(text, "%.*s", (int)strcspn(exception, " :"), exception);
	else if (gave_up(incident))
		inq_str_puts(text, "an error of its own, without a signal");
	else
		add_signal_name(text, signal);
	if (signal->sender_pid == INQ_UNKNOWN)
		return;
	if (signal->sender_pid == report->process.pid)
		inq_str_puts(text, ", sent by itself,");
	else
		inq_str_printf(text, ", sent by pid %" PRIu64 ",", signal->sender_pid);
}

/* By another process, or the kernel for one. A text does not tell who sent it. */
static bool is_from_outside(const struct inq_report *report)
{
	const struct inq_signal_info *signal = &report->crash.last.signal;
	bool sent = signal->code <= 0 || (signal->name && strcmp(signal->name, "SIGQUIT") == 0);
	return signal->has_code && sent && signal->sender_pid != report->process.pid;
}

static void say_handler(struct inq_str *text, const struct inq_report *report)
{
	bool printed =
		report->crash.original.frame_count && strcmp(report->crash.original.frames[0].found_by, "text") == 0;
	const struct inq_fault_info *last = &report->crash.last;
	if (last->thread == report->crash.original.fault.thread && !is_from_outside(report))
		inq_str_puts(text, " Its own signal handler then raised ");
	else if (is_from_outside(report))
		inq_str_puts(text, " Its signal handler had not returned when it was sent ");
	else
		inq_str_printf(text, " Its signal handler had not returned when thread %" PRIu64 " raised ",
			       last->thread);
	add_signal_name(text, &last->signal);
	inq_str_puts(text, printed ? "." : ", which is all that the core says of itself.");
}

/* No surer than its evidence. */
static void say_cause(struct inq_str *text, const struct inq_diagnosis *diagnosis)
{
	static const char *const words[] = { "Cause", "Possible cause", "Likely cause", "Cause" };
	inq_str_printf(text, " %s: %s.", words[diagnosis->confidence], diagnosis->text);
}

static void say_panic(struct inq_str *text, const struct inq_incident *incident)
{
	const struct inq_process *kernel = &incident->space->process;
	const struct inq_location *at = &incident->report.crash.last.location;
	inq_str_puts(text, "The kernel");
	if (kernel->host)
		inq_str_printf(text, " of %s", kernel->host);
	inq_str_puts(text, " panicked");
	if (at->mapped || at->told)
		add_place(text, incident);
	if (kernel->last_words)
		inq_str_printf(text, ": %s", kernel->last_words);
	inq_str_putc(text, '.');
}

static void say_crash(struct inq_str *text, const struct inq_incident *incident)
{
	const struct inq_report *report = &incident->report;
	if (incident->space->process.kernel) {
		say_panic(text, incident);
		return;
	}
	inq_str_puts(text, report->process.name ? report->process.name : "A process");
	inq_str_puts(text, " died of ");
	add_signal(text, incident);
	if (inq_report_fault(report)->pc != INQ_UNKNOWN || inq_report_fault(report)->location.told) {
		inq_str_puts(text, gave_up(incident) ? "," : "");
		add_places(text, incident);
	}
	add_fault(text, incident);
	inq_str_putc(text, '.');
	if (report->crash.behind_handler)
		say_handler(text, report);
	if (report->crash.diagnosis_count)
		say_cause(text, &report->crash.diagnosis[0]);
}

/* The kind of the artefact that was read; NULL. */
static const char *kind_read(const struct inq_report *report)
{
	for (size_t i = 0; i < report->artefact_count; i++)
		if (!report->artefacts[i].recognised_only && !report->artefacts[i].other_process)
			return report->artefacts[i].kind;
	return NULL;
}

/* A core of a living process is often made because it hangs. */
static void say_hang(struct inq_str *text, const struct inq_incident *incident)
{
	const struct inq_hang *hang = incident->hang;
	if (!hang)
		return;
	uint64_t tid = incident->space->threads.items[hang->thread].tid;
	if (hang->ring)
		inq_str_printf(text, " Deadlock: %zu thread%s, thread %" PRIu64 " among them, wait%s.", hang->ring,
			       hang->ring == 1 ? "" : "s", tid, hang->ring == 1 ? "s for itself" : " for each other");
	else
		inq_str_printf(text, " %zu threads wait for a lock that thread %" PRIu64 " holds.", hang->waiters, tid);
}

static void say_alive(struct inq_str *text, const struct inq_incident *incident)
{
	const struct inq_report *report = &incident->report;
	const char *name = report->process.name ? report->process.name : "the process";
	const char *kind = kind_read(report);
	bool threads = report->thread_count || report->process.threads != INQ_UNKNOWN;
	if (threads && inq_space_holds_memory(incident->space))
		inq_str_printf(text,
			       "No signal ended %s: this core was made of a living process, or its notes are lost.",
			       name);
	else if (threads && report->thread_count)
		inq_str_printf(text, "Stacks of %s (%s): %zu thread%s. The text names no signal.", name,
			       kind ? kind : "a text", report->thread_count, report->thread_count == 1 ? "" : "s");
	else if (!report->region_count && report->jvm)
		inq_str_printf(text, "Counters of a Java virtual machine (%s). Alone they tell no crash.",
			       kind ? kind : "a text");
	else if (!report->region_count && report->kernel_memory)
		inq_str_printf(
			text, "A machine's memory, by its kernel's tables (%s). They tell of no process, and no crash.",
			kind ? kind : "a text");
	else if (!report->region_count && incident->space->histograms.count)
		inq_str_printf(text, "The objects of a Java virtual machine by class (%s). Alone they tell no crash.",
			       kind ? kind : "a text");
	else if (!report->region_count && !incident->space->mappings.count)
		inq_str_printf(text, "This text (%s) tells of no process, and no crash.", kind ? kind : "of no kind");
	else
		inq_str_printf(text, "The address map of %s (%s): %zu mappings. A map alone tells no crash.", name,
			       kind ? kind : "a text", report->region_count);
}

enum inq_status inq_fill_verdict(struct inq_incident *incident)
{
	struct inq_report *report = &incident->report;
	struct inq_str text = { 0 };
	report->artefacts = incident->artefacts.items;
	report->artefact_count = incident->artefacts.count;
	inq_fill_process(incident);
	if (report->has_crash && (inq_report_fault(report)->location.told || !inq_report_fault(report)->signal.number))
		report->verdict_confidence = INQ_LIKELY; /* a text's word alone */
	if (report->has_crash && report->crash.behind_handler)
		report->verdict_confidence = report->crash.original.confidence;
	if (report->has_crash)
		say_crash(&text, incident);
	else
		say_alive(&text, incident);
	if (!report->has_crash)
		say_hang(&text, incident);
	report->verdict = text.failed ? NULL : inq_arena_copy(incident->ctx.arena, text.text, text.length);
	inq_str_release(&text);
	inq_fill_missing(incident);
	return report->verdict ? INQ_OK : inq_no_memory(&incident->ctx);
}

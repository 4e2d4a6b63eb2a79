/* The crash: signal, place, fault address; the verdict in one sentence; and what would help most. */
#include "lib/incident/incident.h"

#include "lib/base/str.h"
#include "lib/diagnose/signal.h"

#include <inttypes.h>

static const struct inq_thread *crashed_thread(const struct inq_space *space)
{
	const struct inq_thread *first = space->threads.count ? &space->threads.items[0] : NULL;
	return first && first->crashed ? first : NULL;
}

enum inq_status inq_fill_crash(struct inq_incident *incident)
{
	struct inq_space *space = incident->space;
	const struct inq_thread *thread = crashed_thread(space);
	struct inq_crash_info *crash = &incident->report.crash;
	if (!thread)
		return INQ_OK;
	incident->report.has_crash = true;
	*crash = (struct inq_crash_info) { .signal = inq_signal_describe(&incident->ctx, space->os, &thread->signal),
					   .thread = thread->tid,
					   .pc = INQ_UNKNOWN,
					   .sp = INQ_UNKNOWN };
	inq_thread_sp(space, thread, &crash->sp);
	if (inq_thread_pc(space, thread, &crash->pc))
		inq_incident_locate(incident, crash->pc, &crash->location);
	const struct inq_signal *signal = &thread->signal;
	crash->has_fault_address = signal->has_address && inq_signal_is_fault(space->os, signal->number, signal->code);
	if (!crash->has_fault_address)
		return INQ_OK;
	crash->fault_address = signal->address;
	return inq_incident_locate(incident, signal->address, &crash->fault_location);
}

/* OpenBSD's cores list only what they dumped, so an address that they do not list may well have been mapped. */
static const char *hole_in(const struct inq_report *report)
{
	bool whole = !report->process.os || strcmp(report->process.os, inq_os_name(INQ_OS_OPENBSD)) != 0;
	return whole ? "not mapped" : "not in this core, which lists only what it dumped";
}

static void add_place(struct inq_str *text, const struct inq_report *report)
{
	const struct inq_location *at = &report->crash.location;
	if (!at->mapped) {
		inq_str_printf(text, " at pc 0x%" PRIx64 ", which is %s", at->address, hole_in(report));
		return;
	}
	if (!at->object) {
		inq_str_printf(text, " at pc 0x%" PRIx64 ", in %s memory that belongs to no object", at->address,
			       at->has_class ? inq_class_name(at->region_class) : "anonymous");
		return;
	}
	inq_str_printf(text, " in %s", inq_base_name(at->object));
	if (at->symbol)
		inq_str_printf(text, ": %s+0x%" PRIx64, at->symbol, at->symbol_offset);
	else
		inq_str_printf(text, "+0x%" PRIx64, at->offset);
}

static void add_fault(struct inq_str *text, const struct inq_report *report)
{
	const struct inq_crash_info *crash = &report->crash;
	const struct inq_location *fault = &crash->fault_location;
	if (!crash->has_fault_address || crash->fault_address == crash->pc)
		return;
	inq_str_printf(text, "; the fault address 0x%" PRIx64 " is ", crash->fault_address);
	if (!fault->mapped)
		inq_str_puts(text, hole_in(report));
	else if (fault->object)
		inq_str_printf(text, "in %s", inq_base_name(fault->object));
	else
		inq_str_printf(text, "in %s memory",
			       fault->has_class ? inq_class_name(fault->region_class) : "anonymous");
}

static void add_signal(struct inq_str *text, const struct inq_report *report)
{
	const struct inq_signal_info *signal = &report->crash.signal;
	if (signal->name)
		inq_str_puts(text, signal->name);
	else
		inq_str_printf(text, "signal %d", signal->number);
	if (signal->sender_pid == INQ_UNKNOWN)
		return;
	if (signal->sender_pid == report->process.pid)
		inq_str_puts(text, ", sent by itself,");
	else
		inq_str_printf(text, ", sent by pid %" PRIu64 ",", signal->sender_pid);
}

static void say_crash(struct inq_str *text, const struct inq_report *report)
{
	inq_str_puts(text, report->process.name ? report->process.name : "A process");
	inq_str_puts(text, " died of ");
	add_signal(text, report);
	if (report->crash.pc != INQ_UNKNOWN)
		add_place(text, report);
	add_fault(text, report);
	inq_str_putc(text, '.');
}

static void say_alive(struct inq_str *text, const struct inq_report *report)
{
	const char *name = report->process.name ? report->process.name : "the process";
	const char *kind = report->artefact_count ? report->artefacts[0].kind : NULL;
	if (report->thread_count || report->process.threads != INQ_UNKNOWN)
		inq_str_printf(text,
			       "No signal ended %s: this core was made of a living process, or its notes are lost.",
			       name);
	else
		inq_str_printf(text, "The address map of %s (%s): %zu mappings. A map alone tells no crash.", name,
			       kind ? kind : "a text", report->region_count);
}

static void add_missing(struct inq_incident *incident, const char *what, const char *why, const char *how)
{
	struct inq_missing *slot = what ? inq_missing_vec_push(&incident->missing) : NULL;
	if (slot)
		*slot = (struct inq_missing) { what, why, how };
	else
		inq_no_memory(&incident->ctx);
}

static void miss_object(struct inq_incident *incident, const struct inq_object *object)
{
	const char *id = inq_object_build_id(incident->space, object);
	bool wrong = object->file_state == INQ_FILE_MISMATCHED;
	add_missing(
		incident,
		inq_arena_printf(incident->ctx.arena, "%s%s%s", object->path, id ? ", build ID " : "", id ? id : ""),
		wrong ? "the crash is in it, and the file at that path is another build"
		      : "the crash is in it, and its file is not here: it would give the function's name",
		object->kind == INQ_OBJECT_EXE ? "name the file with --exe, or a copy of that system with --sysroot"
					       : "name a copy of that system with --sysroot");
}

static void miss_parts(struct inq_incident *incident)
{
	uint64_t missing = 0;
	for (size_t i = 0; i < incident->artefacts.count; i++)
		missing += incident->artefacts.items[i].other_process ? 0 : incident->artefacts.items[i].missing_bytes;
	if (missing)
		add_missing(incident, inq_arena_printf(incident->ctx.arena, "%" PRIu64 " bytes of the core", missing),
			    "the core was cut: what those bytes held is unknown",
			    "copy it again, or raise the core size limit (ulimit -c) and the disk space where it is "
			    "written");
	struct inq_object *object = incident->report.has_crash && incident->report.crash.pc != INQ_UNKNOWN
					    ? inq_space_object_at(incident->space, incident->report.crash.pc)
					    : NULL;
	bool lacking = object && (object->file_state == INQ_FILE_MISSING || object->file_state == INQ_FILE_MISMATCHED);
	if (lacking && !incident->report.crash.location.symbol)
		miss_object(incident, object);
}

enum inq_status inq_fill_verdict(struct inq_incident *incident)
{
	struct inq_report *report = &incident->report;
	struct inq_str text = { 0 };
	report->artefacts = incident->artefacts.items;
	report->artefact_count = incident->artefacts.count;
	inq_fill_process(incident);
	if (report->has_crash)
		say_crash(&text, report);
	else
		say_alive(&text, report);
	report->verdict = text.failed ? NULL : inq_arena_copy(incident->ctx.arena, text.text, text.length);
	inq_str_release(&text);
	miss_parts(incident);
	return report->verdict ? INQ_OK : inq_no_memory(&incident->ctx);
}

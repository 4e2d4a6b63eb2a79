/* The crash: what ended the process, what was behind it, and why, in the report's form. */
#include "lib/incident/incident.h"

#include "lib/diagnose/behind_handler.h"
#include "lib/diagnose/bit_flip.h"
#include "lib/diagnose/culprit.h"
#include "lib/diagnose/fault.h"
#include "lib/diagnose/last_error.h"
#include "lib/diagnose/signal.h"
#include "lib/incident/text_stacks.h"
#include "lib/symbol/symbol.h"

#include <string.h>

static const struct inq_thread *crashed_thread(const struct inq_space *space)
{
	const struct inq_thread *first = space->threads.count ? &space->threads.items[0] : NULL;
	return first && first->crashed ? first : NULL;
}

static enum inq_status fill_fault(struct inq_incident *incident, const struct inq_fault *fault,
				  struct inq_fault_info *ret)
{
	enum inq_status status = INQ_OK;
	*ret = (struct inq_fault_info) { .signal = inq_signal_describe(&incident->ctx, incident->space->os,
								       &fault->signal),
					 .thread = fault->thread->tid,
					 .pc = fault->pc,
					 .sp = fault->sp,
					 .has_fault_address = fault->has_address,
					 .fault_computed = fault->computed,
					 .fault_address = fault->address,
					 .access = inq_fault_access(fault),
					 .instruction = fault->instruction.info };
	if (fault->pc != INQ_UNKNOWN)
		status = inq_incident_locate(incident, fault->pc, &ret->location);
	if (status == INQ_OK && fault->has_address)
		status = inq_incident_locate(incident, fault->address, &ret->fault_location);
	return status;
}

static enum inq_status fill_original(struct inq_incident *incident, const struct inq_original *original)
{
	const struct inq_arch *arch = incident->space->machine.arch;
	struct inq_original_info *info = &incident->report.crash.original;
	uint8_t count = arch ? arch->register_count : 0; /* a text need not tell the processor */
	struct inq_register_info *registers = inq_arena_array(incident->ctx.arena, count, sizeof *registers);
	if (!registers)
		return inq_no_memory(&incident->ctx);
	*info = (struct inq_original_info) { .found_by = original->unwound ? "signal-frame" : "stack-search",
					     .confidence = original->confidence,
					     .context = original->context,
					     .registers = registers };
	for (uint8_t i = 0; i < count; i++)
		if (original->fault.registers.valid >> i & 1)
			registers[info->register_count++] =
				(struct inq_register_info) { arch->registers[i].name,
							     original->fault.registers.values[i] };
	incident->report.crash.behind_handler = true;
	return fill_fault(incident, &original->fault, &info->fault);
}

/* The stack of the real fault: the crashed thread's, which may be there already, or one from the saved registers. */
static enum inq_status find_stack(struct inq_incident *incident, const struct inq_fault *fault,
				  struct inq_thread_info *ret)
{
	struct inq_crash_info *crash = &incident->report.crash;
	struct inq_fault copy = *fault;
	struct inq_thread saved = *fault->thread;
	*ret = (struct inq_thread_info) { 0 };
	if (!crash->behind_handler && incident->done & (INQ_STACKS | INQ_FIRST_STACK)) {
		*ret = incident->report.threads[0];
		return INQ_OK;
	}
	saved.valid = copy.registers.valid;
	saved.registers = copy.registers.values;
	enum inq_status status = inq_fill_stack(incident, &saved, ret);
	if (crash->behind_handler) {
		crash->original.frames = ret->frames;
		crash->original.frame_count = ret->frame_count;
		crash->original.truncated_by = ret->truncated_by;
	}
	return status;
}

static enum inq_status explain(struct inq_incident *incident, const struct inq_fault *fault,
			       const struct inq_fault *last, const struct inq_thread_info *stack)
{
	struct inq_crash_info *crash = &incident->report.crash;
	enum inq_status status = inq_find_bit_flips(incident->space, fault, &crash->bit_flips, &crash->bit_flip_count);
	if (status != INQ_OK)
		return status;
	const struct inq_case facts = { .space = incident->space,
					.regions = incident->report.regions,
					.region_count = incident->report.region_count,
					.fault = fault,
					.last = last,
					.frames = stack->frames,
					.frame_count = stack->frame_count,
					.hang = incident->hang,
					.waits = incident->waits,
					.threads = incident->threads };
	crash->has_culprit = inq_find_culprit(&facts, &crash->culprit);
	return inq_diagnose(&facts, &crash->diagnosis, &crash->diagnosis_count);
}

static enum inq_status explain_walked(struct inq_incident *incident, const struct inq_fault *fault,
				      const struct inq_fault *last)
{
	struct inq_thread_info stack;
	enum inq_status status = find_stack(incident, fault, &stack);
	return status == INQ_OK ? explain(incident, fault, last, &stack) : status;
}

/* The rest of a printed stack, from the interrupted frame on, is that of the fault. */
static enum inq_status take_printed(struct inq_incident *incident, const struct inq_original *original, size_t frame,
				    struct inq_thread_info *stack)
{
	struct inq_original_info *info = &incident->report.crash.original;
	enum inq_status status = fill_original(incident, original);
	while (stack->frame_count && stack->frames[0].index < frame) {
		stack->frames++;
		stack->frame_count--;
	}
	info->frames = stack->frames;
	info->frame_count = stack->frame_count;
	info->truncated_by = stack->truncated_by;
	info->truncated_why = stack->truncated_why;
	if (stack->frame_count)
		info->fault.location = stack->frames[0].location;
	return status;
}

/* A crash that a text tells, with its stack. */
static enum inq_status fill_printed(struct inq_incident *incident, const struct inq_fault *last)
{
	struct inq_crash_info *crash = &incident->report.crash;
	struct inq_thread_info stack = { 0 };
	struct inq_original original;
	size_t frame, believed = inq_text_believe(incident, &last->thread->stack).count;
	enum inq_status status = inq_fill_stack(incident, last->thread, &stack);
	if (status != INQ_OK)
		return status;
	if (stack.frame_count)
		crash->last.location = stack.frames[0].location;
	if (!inq_behind_printed_handler(incident->space, last, believed, &original, &frame))
		return explain(incident, last, last, &stack);
	status = take_printed(incident, &original, frame, &stack);
	return status == INQ_OK ? explain(incident, &original.fault, last, &stack) : status;
}

/* Whether something in the thread that ended says more than who sent the signal, and that threads wait. */
static bool is_explained(const struct inq_crash_info *crash)
{
	static const char *const plain[] = { "abort",	      "raised",	  "killed",   "quit",
					     "timer-expired", "deadlock", "held-lock" };
	for (size_t i = 0; i < crash->diagnosis_count; i++) {
		bool found = false;
		for (size_t k = 0; k < sizeof plain / sizeof *plain && !found; k++)
			found = strcmp(crash->diagnosis[i].id, plain[k]) == 0;
		if (!found)
			return true;
	}
	return false;
}

static enum inq_status explain_original(struct inq_incident *incident, struct inq_original *original,
					const struct inq_fault *last)
{
	enum inq_status status = inq_fault_examine(incident->space, &original->fault);
	if (status == INQ_OK)
		status = fill_original(incident, original);
	return status == INQ_OK ? explain_walked(incident, &original->fault, last) : status;
}

/* What ended the process, unless a thread is in a handler that explains it better. */
static enum inq_status explain_last(struct inq_incident *incident, const struct inq_fault *last)
{
	struct inq_crash_info *crash = &incident->report.crash;
	struct inq_original original;
	enum inq_status status = explain_walked(incident, last, last);
	if (status != INQ_OK || is_explained(crash) || !inq_behind_waiting_handler(incident->space, last, &original))
		return status;
	status = explain_original(incident, &original, last);
	if (crash->has_culprit && crash->culprit.confidence > original.confidence)
		crash->culprit.confidence = original.confidence;
	return status;
}

/* The numbers of the processors that it is known of are the same as everywhere but on MIPS, SPARC and two older ones. */
static void fill_last_error(struct inq_incident *incident, const struct inq_thread *thread)
{
	struct inq_crash_info *crash = &incident->report.crash;
	if (incident->options.brief || !inq_last_error(incident->space, thread, &crash->last_error))
		return;
	crash->last_error_name = strerrorname_np((int)crash->last_error);
	crash->last_error_text = strerrordesc_np((int)crash->last_error);
}

enum inq_status inq_fill_crash(struct inq_incident *incident)
{
	struct inq_space *space = incident->space;
	const struct inq_thread *thread = crashed_thread(space);
	struct inq_original original;
	if (!thread)
		return INQ_OK;
	incident->report.has_crash = true;
	incident->report.crash = (struct inq_crash_info) { 0 };
	fill_last_error(incident, thread);
	/* Most of what was touched to name the stacks is not needed again, but for the next core of a batch. */
	if (!space->cache)
		inq_symbols_give_back(space);
	struct inq_fault last = inq_fault_of_thread(space, thread);
	enum inq_status status = inq_fault_examine(space, &last);
	if (status == INQ_OK)
		status = fill_fault(incident, &last, &incident->report.crash.last);
	if (status == INQ_OK && thread->stack.count)
		return fill_printed(incident, &last);
	if (status != INQ_OK)
		return status;
	if (!inq_behind_handler(space, &last, &original))
		return explain_last(incident, &last);
	return explain_original(incident, &original, &last);
}

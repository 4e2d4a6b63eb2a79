/* Reports of crash.d of the DTraceToolkit (Proc/crash.d): a heading, "NAME:   VALUE" lines, and blocks that each begin with
 * a word and a comma. Java has a block of its own, the kernel's stack is of no interest here. */
#include "formats/stacks/stack_text.h"

#include <inttypes.h>

enum block { FACTS, USER, KERNEL, JAVA, ANCESTORS, TIMES, SIZES };

struct report {
	struct inq_stack_text stack;
	enum block block;
	struct inq_span date, type, program;
	struct inq_str parents;
};

/* DTrace's %S prints the NUL that ends the arguments as "\0". */
static struct inq_span without_nul(struct inq_span value)
{
	return inq_span_ends(value, "\\0") ? (struct inq_span) { value.text, value.length - 2 } : value;
}

static void take_type(struct report *report, struct inq_span value)
{
	struct inq_thread *thread = report->stack.thread == SIZE_MAX
					    ? inq_stack_thread(&report->stack)
					    : &report->stack.builder->space->threads.items[report->stack.thread];
	report->type = value;
	if (!thread)
		return;
	thread->crashed = true;
	thread->signal.number = inq_signal_by_name(INQ_OS_SOLARIS, value);
}

/* "PID:     1640". */
static bool take_fact(struct report *report)
{
	struct inq_span line = report->stack.line, value;
	struct inq_process *process = &report->stack.builder->space->process;
	const struct {
		const char *name;
		uint64_t *number;
		const char **string;
	} facts[] = { { "PID:", &process->pid, NULL },	   { "PPID:", &process->ppid, NULL },
		      { "UID:", &process->uid, NULL },	   { "GID:", &process->gid, NULL },
		      { "Args:", NULL, &process->args },   { "CWD:", NULL, &process->cwd },
		      { "Program:", NULL, &process->name } };
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
		if (!inq_span_starts(line, facts[i].name))
			continue;
		value = without_nul(inq_span_skip_blanks(inq_span_after(line, strlen(facts[i].name))));
		inq_build_at(report->stack.builder, INQ_PLACE_LINE, report->stack.number);
		inq_build_process(report->stack.builder);
		if (facts[i].string)
			*facts[i].string = inq_stack_string(&report->stack, value);
		else if (!inq_span_decimal(value, facts[i].number))
			inq_stack_odd(&report->stack);
		return true;
	}
	return false;
}

static bool take_thread_fact(struct report *report)
{
	struct inq_stack_text *stack = &report->stack;
	struct inq_span rest = stack->line, word = inq_span_word(&rest);
	uint64_t number;
	rest = inq_span_skip_blanks(rest);
	if (inq_span_is(word, "Type:")) {
		take_type(report, rest);
		return true;
	}
	if (inq_span_is(word, "TID:") && stack->thread != SIZE_MAX && inq_span_decimal(rest, &number)) {
		stack->builder->space->threads.items[stack->thread].tid = number;
		return true;
	}
	return false;
}

static bool take_heading(struct report *report)
{
	static const struct {
		const char *words;
		enum block block;
	} headings[] = { { "User Stack Backtrace,", USER },
			 { "Kernel Stack Backtrace,", KERNEL },
			 { "Java Stack Backtrace,", JAVA },
			 { "Ansestors,", ANCESTORS }, /* as crash.d spells it */
			 { "Ancestors,", ANCESTORS },
			 { "Times,", TIMES },
			 { "Sizes,", SIZES } };
	for (size_t i = 0; i < sizeof headings / sizeof *headings; i++)
		if (inq_span_is(report->stack.line, headings[i].words)) {
			report->block = headings[i].block;
			return true;
		}
	return false;
}

/* "libglx.so.1`0xfffffd7ffd1c45ae"; of the Java block also "java/lang/Thread.run". */
static void take_frame(struct report *report)
{
	struct inq_span line = report->stack.line;
	bool place = inq_span_find(line, "`") > 0 || inq_span_starts(line, "0x") || report->block == JAVA;
	if (!line.length)
		return;
	if (!place) {
		inq_stack_odd(&report->stack);
		return;
	}
	struct inq_text_frame *frame = inq_stack_frame(&report->stack);
	if (!frame || !inq_stack_solaris_place(&report->stack, line, frame))
		return;
	if (report->block == JAVA)
		frame->kind = INQ_FRAME_JAVA;
	if (frame->pc > UINT32_MAX && frame->pc != INQ_UNKNOWN)
		inq_build_machine(report->stack.builder, 0, 64, false);
}

/* "1639 /usr/sbin/gdm-binary\0", the process itself first. */
static void take_ancestor(struct report *report)
{
	struct inq_span rest = without_nul(report->stack.line);
	uint64_t pid;
	if (!inq_take_decimal(&rest, &pid) || pid == report->stack.builder->space->process.pid)
		return;
	inq_str_printf(&report->parents, "%s%" PRIu64 "%.*s", report->parents.length ? ", " : "", pid, (int)rest.length,
		       rest.text);
}

/* "Heap:   43286536 bytes": p_brksize and p_stksize, without where they are. */
static void take_size(struct report *report)
{
	struct inq_span rest = report->stack.line, name = inq_span_word(&rest), number = inq_span_word(&rest);
	struct inq_space *space = report->stack.builder->space;
	uint64_t bytes;
	if (!inq_span_decimal(number, &bytes))
		return;
	if (inq_span_is(name, "Heap:"))
		space->told_heap_size = bytes;
	else if (inq_span_is(name, "Stack:"))
		space->told_stack_size = bytes;
}

static void take_line(struct report *report)
{
	if (take_heading(report))
		return;
	switch (report->block) {
	case FACTS:
		if (!take_thread_fact(report))
			take_fact(report);
		break;
	case USER:
	case JAVA:
		take_frame(report);
		break;
	case ANCESTORS:
		take_ancestor(report);
		break;
	case SIZES:
		take_size(report);
		break;
	case KERNEL:
	case TIMES:
		break;
	}
}

static void build_facts(struct report *report)
{
	struct inq_builder *builder = report->stack.builder;
	struct inq_process *process = &builder->space->process;
	builder->artefact->pid = process->pid;
	process->parents = report->parents.failed || !report->parents.length
				   ? NULL
				   : inq_arena_copy(builder->ctx->arena, report->parents.text, report->parents.length);
	inq_build_detail(builder, "%s died of %.*s at %.*s", process->name ? process->name : "a process",
			 (int)report->type.length, report->type.text, (int)report->date.length, report->date.text);
}

static const char title[] = "CRASH DETECTED at ";

static enum inq_status read_report(struct inq_ctx *ctx, struct inq_input *input, struct inq_builder *builder)
{
	struct report report = { .stack = inq_stack_begin(ctx, input, builder, &inq_format_crash_d) };
	bool sized = false;
	inq_build_os(builder, INQ_OS_SOLARIS);
	while (inq_stack_next(&report.stack, NULL)) {
		struct inq_span line = report.stack.line;
		bool begins = inq_span_starts(line, title);
		if (begins && report.date.length) {
			inq_stack_end_here(&report.stack); /* the next report */
			break;
		}
		if (begins)
			report.date = inq_span_after(line, strlen(title));
		else
			take_line(&report);
		sized |= report.block == SIZES;
		if (sized && !inq_span_ends(line, "bytes") && !inq_span_is(line, "Sizes,") &&
		    inq_stack_other(&report.stack))
			break;
	}
	if (!sized) {
		inq_warn(ctx, INQ_PLACE_LINE, report.stack.text.number,
			 "the report ends before its sizes: its end is missing");
		builder->artefact->partial = true;
	}
	build_facts(&report);
	inq_str_release(&report.parents);
	return inq_stack_finish(&report.stack, true);
}

static unsigned probe(const struct inq_text *at)
{
	return inq_span_starts(at->line, title) ? 95 : 0;
}

const struct inq_format inq_format_crash_d = {
	.name = "crash-d",
	.about = "a report of crash.d, the DTraceToolkit script that watches for crashes",
	.text = true,
	.begins = { 0, INQ_CHARACTER('C') },
	.probe_line = probe,
	.read = read_report,
};

/* What an OpenJ9 JVM prints as it dies of a signal (openj9, runtime/vm/gphandle.c; omr, port/unix/omrsignal_context.c):
 *   Unhandled exception
 *   Type=Segmentation error vmState=0x00000000
 *   J9Generic_Signal_Number=00000018 Signal_Number=0000000b Error_Value=00000000 Signal_Code=00000001
 *   Handler1=00007F… Handler2=00007F… InaccessibleAddress=0000000000000010
 *   RDI=0000000000021F00 RSI=000000000000000C …
 *   Module=/opt/java/lib/default/libj9vm29.so
 *   Module_base_address=00007FDF8DA10000
 *   Target=2_90_20230309_546 (Linux 5.15.0)
 *   CPU=amd64 (4 logical CPUs) (0x3d4c5c000 RAM)
 *   ----------- Stack Backtrace -----------
 *   f+0x1446 (0x000003FFA47D3B86 [libj9gc29.so+0x1d3b86])
 * The processor is told behind its registers; numbers have no 0x there. */
#include "formats/logs/java_machine.h"
#include "formats/stacks/stack_text.h"

enum { MOST_REGISTERS = 128 };

struct value {
	struct inq_span name;
	uint64_t number;
};

struct j9_log {
	struct inq_stack_text stack;
	struct inq_signal signal;
	struct inq_span exception, module;
	uint64_t base; /* of the module */
	struct value registers[MOST_REGISTERS];
	size_t register_count;
	size_t prefix; /* words that a build server puts before each line: the time */
	bool begun, traced;
};

static const char heading[] = "Unhandled exception";

/* Behind a few words, where a build server put the time before each line. */
static bool is_heading(struct inq_span line)
{
	enum { LONGEST = 40 };
	return inq_span_ends(line, heading) && line.length < sizeof heading + LONGEST;
}

static size_t count_words(struct inq_span span)
{
	size_t count = 0;
	while (inq_span_word(&span).length)
		count++;
	return count;
}

static struct inq_span without_words(struct inq_span line, size_t count)
{
	while (count--)
		inq_span_word(&line);
	return inq_span_skip_blanks(line);
}

static unsigned probe(const struct inq_text *at)
{
	struct inq_text text = *at;
	return is_heading(text.line) && inq_text_next(&text) && inq_span_find(text.line, "Type=") >= 0 &&
			       inq_span_find(text.line, " vmState=0x") > 0
		       ? 90
		       : 0;
}

static bool take_number(struct inq_span line, const char *key, uint64_t *ret)
{
	struct inq_span rest = inq_span_behind(line, key);
	return inq_take_hex(&rest, ret);
}

static bool take_signal(struct j9_log *log, struct inq_span line)
{
	uint64_t number;
	bool found = false;
	if (take_number(line, " Signal_Number=", &number) && number < 65) {
		log->signal.number = (int)number;
		found = true;
	}
	if (take_number(line, " Signal_Code=", &number) && number <= INT32_MAX) {
		log->signal.has_code = found = true;
		log->signal.code = (int)number;
	}
	struct inq_span rest = inq_span_behind(line, "Windows_ExceptionCode=");
	if (rest.length) {
		log->exception = inq_span_word(&rest);
		found = true;
	}
	rest = inq_span_behind(line, " Inaccessible"); /* "Address=", "ReadAddress=" of Windows */
	if (take_number(rest, "Address=", &log->signal.address))
		log->signal.has_address = found = true;
	return found;
}

/* What it was in words, where the lines with its number were left out. */
static bool take_type(struct j9_log *log, struct inq_span line)
{
	static const struct {
		const char *words;
		int signal;
	} types[] = { { "Segmentation error", 11 }, { "Illegal instruction", 4 }, { "Floating point error", 8 } };
	struct inq_span type = inq_span_behind(line, "Type=");
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (inq_span_starts(type, types[i].words))
			log->signal.number = types[i].signal;
	return type.length;
}

/* "RDI=0000000000021F00 RSI=000000000000000C". */
static bool take_registers(struct j9_log *log, struct inq_span line)
{
	bool found = false;
	for (struct inq_span word; (word = inq_span_word(&line)).length;) {
		const char *equal = memchr(word.text, '=', word.length);
		size_t length = equal ? (size_t)(equal - word.text) : 0;
		struct inq_span digits = inq_span_after(word, length + 1);
		uint64_t number;
		if (!length || length > 6 || (digits.length != 8 && digits.length != 16) ||
		    !inq_span_hex(digits, &number) || log->register_count == MOST_REGISTERS)
			continue;
		log->registers[log->register_count++] = (struct value) { { word.text, length }, number };
		found = true;
	}
	return found;
}

static bool take_machine(struct j9_log *log, struct inq_span line)
{
	if (inq_java_machine(log->stack.builder, inq_span_behind(line, "CPU=")))
		return true;
	struct inq_span target = inq_span_behind(line, "Target=");
	if (inq_span_find(target, "(Linux ") > 0)
		inq_build_os(log->stack.builder, INQ_OS_LINUX);
	return target.length;
}

static bool take_module(struct j9_log *log, struct inq_span line)
{
	struct inq_span rest = inq_span_behind(line, "Module=");
	if (rest.length)
		log->module = rest;
	return rest.length || take_number(line, "Module_base_address=", &log->base);
}

/* "f+0x1446 (0x000003FFA47D3B86 [libj9gc29.so+0x1d3b86])", the name of a function that has one. */
static bool take_frame(struct j9_log *log, struct inq_span line)
{
	ptrdiff_t at = inq_span_find(line, "(0x");
	struct inq_span rest = inq_span_after(line, at < 0 ? line.length : (size_t)at + 1), name = line;
	uint64_t pc;
	if (!log->traced || !inq_take_hex(&rest, &pc))
		return false;
	struct inq_text_frame *frame = inq_stack_frame(&log->stack);
	if (!frame)
		return true;
	frame->pc = pc;
	struct inq_span place = inq_span_between(rest, "[", "]");
	const char *plus = place.length ? memrchr(place.text, '+', place.length) : NULL;
	if (plus && inq_span_hex(inq_span_after(place, (size_t)(plus - place.text) + 1), &frame->offset))
		place.length = (size_t)(plus - place.text);
	frame->object = inq_stack_string(&log->stack, place);
	name.length = (size_t)at;
	name = inq_span_trim_end(name);
	plus = name.length ? memrchr(name.text, '+', name.length) : NULL;
	frame->symbol_offset = 0;
	if (plus && inq_span_hex(inq_span_after(name, (size_t)(plus - name.text) + 1), &frame->symbol_offset))
		name.length = (size_t)(plus - name.text);
	frame->symbol = inq_stack_string(&log->stack, name);
	return true;
}

/* "JVMDUMP039I …", "…requested System dump using '/srv/core.20230525.114429.4711.0001.dmp'": the number of the process. */
static bool take_dump(struct j9_log *log, struct inq_span line)
{
	struct inq_span rest = inq_span_behind(line, "core.");
	uint64_t date, time, pid;
	if (inq_span_find(line, "JVMDUMP") < 0)
		return false;
	if (inq_take_decimal(&rest, &date) && inq_take_char(&rest, '.') && inq_take_decimal(&rest, &time) &&
	    inq_take_char(&rest, '.') && inq_take_decimal(&rest, &pid) && inq_take_char(&rest, '.'))
		inq_build_process(log->stack.builder)->pid = log->stack.builder->artefact->pid = pid;
	return true;
}

static bool take_line(struct j9_log *log)
{
	struct inq_span line = log->stack.line;
	if (inq_span_find(line, "--- Stack Backtrace ---") > 0)
		return log->traced = true;
	return take_frame(log, line) || take_type(log, line) || take_signal(log, line) || take_module(log, line) ||
	       take_machine(log, line) || take_dump(log, line) || take_registers(log, line);
}

/* Without a backtrace the module of the pc is told by itself. */
static void add_place(struct j9_log *log, uint64_t pc)
{
	struct inq_text_frame *frame = log->stack.frames.count ? NULL : inq_stack_frame(&log->stack);
	if (!frame)
		return;
	frame->pc = pc;
	if (!log->module.length || log->base == INQ_UNKNOWN || pc < log->base)
		return;
	frame->object = inq_stack_string(&log->stack, log->module);
	frame->offset = pc - log->base;
}

static void finish(struct j9_log *log)
{
	struct inq_stack_text *stack = &log->stack;
	struct inq_thread *thread = stack->thread == SIZE_MAX ? inq_stack_thread(stack)
							      : &stack->builder->space->threads.items[stack->thread];
	uint64_t pc;
	if (!thread)
		return;
	thread->crashed = true;
	thread->signal = log->signal;
	if (log->exception.length) /* Windows has no signals */
		thread->signal.number = 0;
	if (!stack->builder->artefact->machine.arch && log->register_count &&
	    inq_span_is(log->registers[0].name, "RDI"))
		inq_build_machine(stack->builder, 62, 64, false);
	for (size_t i = 0; i < log->register_count; i++)
		inq_set_register(stack->builder, thread, log->registers[i].name, log->registers[i].number);
	if (inq_span_is(log->exception, "c0000005")) {
		inq_build_process(stack->builder)->last_words = "EXCEPTION_ACCESS_VIOLATION (0xc0000005)";
	} else if (log->exception.length) {
		inq_build_process(stack->builder)->last_words = inq_arena_printf(
			stack->ctx->arena, "EXCEPTION_CODE 0x%.*s", (int)log->exception.length, log->exception.text);
	}
	if (inq_thread_pc(stack->builder->space, thread, &pc))
		add_place(log, pc);
}

static enum inq_status read_log(struct inq_ctx *ctx, struct inq_input *input, struct inq_builder *builder)
{
	struct j9_log log = { .stack = inq_stack_begin(ctx, input, builder, &inq_format_j9_crash),
			      .base = INQ_UNKNOWN };
	log.signal.sender_pid = log.signal.sender_uid = INQ_UNKNOWN;
	while (inq_stack_next(&log.stack, NULL)) {
		bool next = is_heading(log.stack.line);
		if (next && log.begun) {
			inq_stack_end_here(&log.stack);
			break;
		}
		if (next)
			log.prefix = count_words(log.stack.line) -
				     count_words((struct inq_span) { heading, strlen(heading) });
		log.begun |= next;
		log.stack.line = without_words(log.stack.line, log.prefix);
		if (!next && log.begun && !take_line(&log) && inq_stack_other(&log.stack))
			break;
	}
	bool found = log.signal.number || log.exception.length || log.register_count || log.stack.frames.count;
	if (found)
		finish(&log);
	return inq_stack_finish(&log.stack, found);
}

const struct inq_format inq_format_j9_crash = {
	.name = "j9-crash",
	.about = "what an OpenJ9 JVM prints as it dies of a signal",
	.text = true,
	.probe_line = probe,
	.read = read_log,
};

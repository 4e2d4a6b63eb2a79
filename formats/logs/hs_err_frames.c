/* The stacks and threads of an hs_err log (vmError.cpp, and print_on_error of frame.cpp and of javaFrameAnchor's users). A frame
 * begins with a letter: C native, V of the VM, v a stub, j interpreted, J compiled, A compiled ahead of time. */
#include "formats/logs/hs_err.h"

#include <inttypes.h>

/* "J 140012 C2 a.B.m([BII)I (16 bytes) @ 0x00007f824b98bd9a [0x00007f824b98ba20+0x37a]"; JDK 6 prints only the method. */
static void take_compiled(struct inq_stack_text *stack, struct inq_span rest, struct inq_text_frame *frame)
{
	struct inq_span word = inq_span_word(&rest), after = rest;
	uint64_t number;
	if (inq_span_is(inq_span_word(&after), "%")) /* on-stack replacement */
		rest = after;
	if (inq_span_decimal(word, &number)) {
		after = rest;
		word = inq_span_word(&after);
		bool level = inq_span_is(word, "C1") || inq_span_is(word, "C2") || inq_span_starts(word, "c1") ||
			     inq_span_starts(word, "c2") || inq_span_starts(word, "jvmci");
		rest = level ? after : rest;
		word = inq_span_word(&rest);
	}
	frame->symbol = inq_stack_string(stack, word);
	ptrdiff_t at = inq_span_find(rest, "@ 0x");
	struct inq_span pc = inq_span_after(rest, at < 0 ? rest.length : (size_t)at + 2);
	inq_take_hex(&pc, &frame->pc);
	at = inq_span_find(pc, "+0x");
	pc = inq_span_after(pc, at < 0 ? pc.length : (size_t)at + 1);
	inq_take_hex(&pc, &frame->symbol_offset);
}

/* "java.lang.Thread.run()V+11 java.base@17.0.1": the number counts byte codes. */
static void take_interpreted(struct inq_stack_text *stack, struct inq_span rest, struct inq_text_frame *frame)
{
	struct inq_span method = inq_span_word(&rest);
	const char *plus = method.length ? memrchr(method.text, '+', method.length) : NULL;
	if (plus && inq_span_decimal(inq_span_after(method, (size_t)(plus - method.text) + 1), &frame->symbol_offset))
		method.length = (size_t)(plus - method.text);
	frame->symbol = inq_stack_string(stack, method);
}

/* "~StubRoutines::call_stub", since JDK 17 with an address behind it. */
static void take_stub(struct inq_stack_text *stack, struct inq_span rest, struct inq_text_frame *frame)
{
	ptrdiff_t at = inq_span_find(rest, " 0x");
	if (at > 0) {
		struct inq_span pc = inq_span_after(rest, (size_t)at + 1);
		inq_take_hex(&pc, &frame->pc);
		rest.length = (size_t)at;
	}
	frame->symbol = inq_stack_string(stack, inq_span_trim_end(rest));
}

/* "JavaCalls::call(int)+0x12  (javaCalls.cpp:415)". */
static void take_function(struct inq_stack_text *stack, struct inq_span name, struct inq_text_frame *frame)
{
	uint64_t number;
	ptrdiff_t source = inq_span_find(name, "  (");
	struct inq_span file =
		inq_span_between(inq_span_after(name, source < 0 ? name.length : (size_t)source), "(", ")");
	const char *colon = file.length ? memrchr(file.text, ':', file.length) : NULL;
	if (colon && inq_span_decimal(inq_span_after(file, (size_t)(colon - file.text) + 1), &number) &&
	    number <= INT32_MAX) {
		frame->file = inq_stack_string(stack, (struct inq_span) { file.text, (size_t)(colon - file.text) });
		frame->source_line = (unsigned)number;
	}
	if (source >= 0)
		name.length = (size_t)source;
	const char *plus = name.length ? memrchr(name.text, '+', name.length) : NULL;
	if (plus && inq_span_hex(inq_span_after(name, (size_t)(plus - name.text) + 1), &frame->symbol_offset))
		name.length = (size_t)(plus - name.text);
	frame->symbol = inq_stack_string(stack, inq_span_trim_end(name));
}

/* "[libc.so.6+0x1572f0]  __memcpy_ssse3_back+0x2900", "0x00007f1234567890". */
static void take_native(struct inq_stack_text *stack, struct inq_span rest, struct inq_text_frame *frame)
{
	if (!inq_take_char(&rest, '[')) {
		inq_take_hex(&rest, &frame->pc);
		return;
	}
	const char *close = rest.length ? memchr(rest.text, ']', rest.length) : NULL;
	struct inq_span place = { rest.text, close ? (size_t)(close - rest.text) : rest.length };
	const char *plus = place.length ? memrchr(place.text, '+', place.length) : NULL;
	rest = inq_span_after(rest, place.length + (close != NULL));
	if (plus) {
		inq_span_hex(inq_span_after(place, (size_t)(plus - place.text) + 1), &frame->offset);
		place.length = (size_t)(plus - place.text);
	}
	frame->object = inq_stack_string(stack, place);
	if (inq_span_starts(rest, " ")) /* a prompt may follow where the log was cut */
		take_function(stack, inq_span_skip_blanks(rest), frame);
}

static const char letters[] = "CVvjJA";

static bool is_frame(struct inq_span line)
{
	return line.length > 2 && memchr(letters, line.text[0], sizeof letters - 1) && line.text[1] == ' ';
}

static void take_frame(struct inq_hs_err *log, struct inq_span line)
{
	struct inq_stack_text *stack = &log->stack;
	struct inq_span rest = inq_span_skip_blanks(inq_span_after(line, 1));
	stack->number = log->listing.text.number;
	inq_hs_err_begin_thread(log);
	struct inq_text_frame *frame = inq_stack_frame(stack);
	if (!frame)
		return;
	if (stack->frames.count == 1 && log->has_pc)
		frame->pc = log->pc; /* as the banner says */
	switch (line.text[0]) {
	case 'v':
		frame->kind = INQ_FRAME_STUB;
		take_stub(stack, rest, frame);
		break;
	case 'j':
		frame->kind = INQ_FRAME_JAVA;
		take_interpreted(stack, rest, frame);
		break;
	case 'J':
	case 'A':
		frame->kind = INQ_FRAME_JAVA;
		take_compiled(stack, rest, frame);
		break;
	default:
		take_native(stack, rest, frame);
	}
}

static bool has_java(const struct inq_stack_text *stack)
{
	for (size_t i = 0; i < stack->frames.count; i++)
		if (stack->frames.items[i].kind == INQ_FRAME_JAVA)
			return true;
	return false;
}

static void tell_odd(struct inq_hs_err *log)
{
	inq_warn(log->listing.ctx, INQ_PLACE_LINE, log->listing.text.number,
		 "this line of the stack cannot be read; it was left out");
	log->listing.builder->artefact->partial = true;
}

/* Lines up to the first that is no frame, which is looked at again. */
static void take_frames(struct inq_hs_err *log, bool used)
{
	struct inq_text *text = &log->listing.text;
	for (;;) {
		struct inq_text ahead = *text;
		if (!inq_text_next(&ahead) || !ahead.line.length)
			return;
		if (!is_frame(ahead.line) && inq_span_find(ahead.line, ": ") > 0)
			return; /* a heading: the empty line before it is lost */
		*text = ahead;
		if (is_frame(text->line) && used)
			take_frame(log, text->line);
		else if (inq_span_starts(text->line, "...<more frames>"))
			log->stack.end = INQ_END_LIMIT;
		else if (used && !is_frame(text->line))
			tell_odd(log);
	}
}

void inq_hs_err_native_frames(struct inq_hs_err *log, struct inq_span heading)
{
	(void)heading;
	bool used = !log->has_frames;
	log->has_frames = true;
	take_frames(log, used);
}

/* They stand in the native stack already where the VM could walk through them. */
void inq_hs_err_java_frames(struct inq_hs_err *log, struct inq_span heading)
{
	(void)heading;
	take_frames(log, log->stack.thread == log->crashed_thread && !has_java(&log->stack));
	log->has_frames = true;
}

/* "# C  [libcairo.so.2+0x66e64]  cairo_region_num_rectangles+0x4", below the heading. */
void inq_hs_err_problem(struct inq_hs_err *log, struct inq_span heading)
{
	(void)heading;
	struct inq_text ahead = log->listing.text;
	struct inq_span place = inq_text_next(&ahead) ? inq_hs_err_unmarked(ahead.line) : (struct inq_span) { NULL, 0 };
	if (place.length < 2 || !memchr("CVvjJA", place.text[0], 6) || place.text[1] != ' ')
		return;
	log->problem = place;
	log->problem_line = ahead.number;
}

/* "=>0x00007f11f0043000 JavaThread "main" daemon [_thread_blocked, id=123, stack(0x…,0x…)]". */
static bool take_listed(struct inq_hs_err *log, struct inq_span line)
{
	uint64_t tid = INQ_UNKNOWN;
	bool is_current = inq_span_starts(line, "=>");
	struct inq_span rest = line, id;
	const char *open = memrchr(line.text, '[', line.length);
	if (!is_current && !inq_span_starts(line, "0x"))
		return false;
	if (open && inq_span_find(line, "id=") < 0)
		return true; /* a collector's worker that never ran */
	id = inq_span_behind(rest, "id=");
	inq_take_decimal(&id, &tid);
	if (is_current || (tid == log->tid && tid != INQ_UNKNOWN)) {
		if (log->tid == INQ_UNKNOWN)
			log->tid = tid;
		return true;
	}
	log->stack.number = log->listing.text.number;
	struct inq_thread *thread = inq_stack_thread(&log->stack);
	if (!thread)
		return true;
	thread->tid = tid;
	thread->name = inq_stack_string(&log->stack, inq_span_between(line, "\"", "\""));
	return true;
}

void inq_hs_err_threads(struct inq_hs_err *log, struct inq_span heading)
{
	(void)heading;
	if (log->crashed_thread == SIZE_MAX && log->banner_line)
		inq_hs_err_begin_thread(log);
	while (inq_text_next(&log->listing.text) && log->listing.text.line.length)
		if (!take_listed(log, log->listing.text.line))
			return;
}

void inq_hs_err_begin_thread(struct inq_hs_err *log)
{
	if (log->crashed_thread == SIZE_MAX && inq_stack_thread(&log->stack))
		log->crashed_thread = log->stack.thread;
}

void inq_hs_err_finish_frames(struct inq_hs_err *log)
{
	struct inq_stack_text *stack = &log->stack;
	bool open = stack->thread == log->crashed_thread && log->crashed_thread != SIZE_MAX;
	if (!log->has_frames && is_frame(log->problem) && (open || log->crashed_thread == SIZE_MAX)) {
		struct inq_text text = log->listing.text;
		log->listing.text.number = log->problem_line;
		take_frame(log, log->problem);
		log->listing.text = text;
	}
	inq_stack_finish(stack, true);
}

/* Threads and frames of texts, for all the readers of stacks. */
#include "formats/stacks/stack_text.h"

#include <inttypes.h>

/* gdb breaks a line at the terminal's width wherever a word of it ends: a C++ frame can take many lines. */
enum { MOST_WRAPPED = 64, MOST_FRAMES = 1 << 20 };

struct inq_stack_text inq_stack_begin(struct inq_ctx *ctx, struct inq_input *input, struct inq_builder *builder,
				      const struct inq_format *format)
{
	const struct inq_source *source = input->source;
	return (struct inq_stack_text) { .ctx = ctx,
					 .input = input,
					 .builder = builder,
					 .format = format,
					 .text = inq_text_begin(source->data, source->size, input->offset, input->line),
					 .thread = SIZE_MAX,
					 .end = INQ_END_UNTOLD };
}

/* The current line and the next one, with a blank between. */
static struct inq_span join(struct inq_stack_text *stack, struct inq_span more)
{
	size_t length = stack->line.length + 1 + more.length;
	char *joined = length <= INQ_LINE_MOST ? inq_arena_alloc(stack->ctx->arena, length) : NULL;
	if (!joined)
		return stack->line;
	memcpy(joined, stack->line.text, stack->line.length);
	joined[stack->line.length] = ' ';
	if (more.length)
		memcpy(joined + stack->line.length + 1, more.text, more.length);
	return (struct inq_span) { joined, length };
}

/* What begins a line of its own is no rest of another. */
static bool begins_anew(struct inq_span line)
{
	return !line.length || line.text[0] == '#' || line.text[0] == '*' || line.text[0] == '-' ||
	       inq_span_starts(line, "Thread ") || inq_span_starts(line, "TID ") || inq_span_find(line, "`") > 0;
}

/* The cursor at the next line; false at the end. What was looked at before is not cut again. */
static bool look_ahead(struct inq_stack_text *stack)
{
	if (!stack->looked_ahead) {
		stack->ahead = stack->text;
		stack->looked_ahead = inq_text_next(&stack->ahead);
	}
	return stack->looked_ahead;
}

static bool step(struct inq_stack_text *stack)
{
	if (!look_ahead(stack))
		return false;
	stack->text = stack->ahead;
	stack->looked_ahead = false;
	return true;
}

/* What is longer than any stack is taken in pieces, so that its frames need no more than so much memory. */
static bool is_full(struct inq_stack_text *stack)
{
	if (stack->count < MOST_FRAMES)
		return false;
	inq_warn(stack->ctx, INQ_PLACE_LINE, stack->number,
		 "more than %d frames; what follows was taken as a text of its own", MOST_FRAMES);
	return true;
}

/* "&lt;signal handler called&gt;": as a web page's source has it. */
static struct inq_span without_entities(struct inq_stack_text *stack, struct inq_span line)
{
	static const struct {
		const char *name;
		char character;
	} entities[] = { { "&lt;", '<' }, { "&gt;", '>' }, { "&amp;", '&' }, { "&quot;", '"' }, { "&#39;", '\'' } };
	if (inq_span_find(line, "&lt;") < 0 && inq_span_find(line, "&gt;") < 0 && inq_span_find(line, "&amp;") < 0)
		return line;
	char *plain = inq_arena_alloc(stack->ctx->arena, line.length);
	size_t length = 0, at = 0;
	while (plain && at < line.length) {
		struct inq_span rest = inq_span_after(line, at);
		size_t i = 0, count = sizeof entities / sizeof *entities;
		while (i < count && !inq_span_starts(rest, entities[i].name))
			i++;
		plain[length++] = i < count ? entities[i].character : line.text[at];
		at += i < count ? strlen(entities[i].name) : 1;
	}
	return plain ? (struct inq_span) { plain, length } : line;
}

bool inq_stack_next(struct inq_stack_text *stack, bool (*is_open)(struct inq_span line, struct inq_span next))
{
	struct inq_text *text = &stack->text;
	if (stack->failed || is_full(stack) || !step(stack))
		return false;
	stack->line = text->line;
	stack->number = text->number;
	for (unsigned i = 0; i < MOST_WRAPPED && stack->line.length; i++) {
		const struct inq_text *ahead = &stack->ahead;
		bool marked = inq_span_ends(stack->line, "\\"); /* as a shell goes on */
		if (!look_ahead(stack) || ahead->binary ||
		    (!marked && (!is_open || begins_anew(ahead->line) || !is_open(stack->line, ahead->line))))
			break;
		stack->line.length -= marked;
		struct inq_span joined = join(stack, ahead->line);
		if (joined.length == stack->line.length)
			break;
		stack->line = joined;
		step(stack);
	}
	if (stack->line.length && memchr(stack->line.text, '&', stack->line.length))
		stack->line = without_entities(stack, stack->line);
	stack->input->end = text->next;
	stack->input->end_line = text->number + 1;
	return true;
}

void inq_stack_end_here(struct inq_stack_text *stack)
{
	stack->input->end = stack->text.start;
	stack->input->end_line = stack->text.number;
}

bool inq_stack_other(struct inq_stack_text *stack)
{
	if (!stack->line.length || stack->text.binary)
		return false;
	const struct inq_format *format = inq_format_at_line(stack->input, &stack->text);
	if (!format || format == stack->format)
		return false;
	inq_stack_end_here(stack);
	return true;
}

void inq_stack_odd(struct inq_stack_text *stack)
{
	inq_warn(stack->ctx, INQ_PLACE_LINE, stack->number,
		 "this line begins like a frame, but cannot be read; it was left out");
	stack->builder->artefact->partial = true;
}

static void fail(struct inq_stack_text *stack)
{
	stack->failed = true;
	inq_no_memory(stack->ctx);
}

/* Gives the frames to their thread. */
void inq_stack_end_thread(struct inq_stack_text *stack)
{
	struct inq_text_frame_vec *frames = &stack->frames;
	if (!frames->count)
		return;
	struct inq_text_frame *items = inq_arena_array(stack->ctx->arena, frames->count, sizeof *items);
	if (!items) {
		fail(stack);
		return;
	}
	memcpy(items, frames->items, frames->count * sizeof *items);
	inq_frames_interpret(items, frames->count);
	stack->builder->space->threads.items[stack->thread].stack =
		(struct inq_text_stack) { .frames = items, .count = frames->count, .end = stack->end };
	frames->count = 0;
	stack->end = INQ_END_UNTOLD;
}

struct inq_thread *inq_stack_thread(struct inq_stack_text *stack)
{
	inq_stack_end_thread(stack);
	inq_build_at(stack->builder, INQ_PLACE_LINE, stack->number ? stack->number : stack->input->line);
	struct inq_thread *thread = inq_build_thread(stack->builder);
	if (thread)
		stack->thread = stack->builder->space->threads.count - 1;
	else
		stack->failed = true;
	return thread;
}

struct inq_text_frame *inq_stack_frame(struct inq_stack_text *stack)
{
	if (stack->thread == SIZE_MAX && !inq_stack_thread(stack))
		return NULL;
	struct inq_text_frame *frame = inq_text_frame_vec_push(&stack->frames);
	if (!frame) {
		fail(stack);
		return NULL;
	}
	stack->count++;
	*frame = (struct inq_text_frame) { .line = stack->number,
					   .pc = INQ_UNKNOWN,
					   .base = INQ_UNKNOWN,
					   .offset = INQ_UNKNOWN,
					   .symbol_offset = INQ_UNKNOWN,
					   .context = INQ_UNKNOWN };
	return frame;
}

static void expect(struct inq_stack_text *stack, uint64_t number)
{
	if (number == stack->frames.count || stack->told_gap)
		return;
	inq_warn(stack->ctx, INQ_PLACE_LINE, stack->number,
		 "frame %" PRIu64 " comes where frame %zu is due: lines were left out or moved; the frames that are "
		 "there were taken",
		 number, stack->frames.count);
	stack->builder->artefact->partial = true;
	stack->told_gap = true;
}

struct inq_text_frame *inq_stack_frame_of(struct inq_stack_text *stack, uint64_t number)
{
	if (!number && stack->frames.count && !inq_stack_thread(stack))
		return NULL;
	expect(stack, number);
	return inq_stack_frame(stack);
}

bool inq_stack_numbered(struct inq_stack_text *stack, struct inq_text_frame **frame, uint64_t *address,
			struct inq_span *rest)
{
	struct inq_span line = stack->line;
	uint64_t number;
	*frame = NULL;
	if (!inq_take_char(&line, '#') || !inq_take_decimal(&line, &number))
		return false;
	line = inq_span_skip_blanks(line);
	bool marked = inq_span_starts(line, "pc ");
	if (marked)
		line = inq_span_skip_blanks(inq_span_after(line, strlen("pc ")));
	if ((!marked && !inq_span_starts(line, "0x")) || !inq_take_hex(&line, address)) {
		inq_stack_odd(stack);
		return true;
	}
	*frame = inq_stack_frame_of(stack, number);
	*rest = inq_span_skip_blanks(line);
	return true;
}

/* The signal that a handler was called for, when it is one that ends a process with a core unless it is handled: the first
 * argument of the handler. Others (profilers, timers) interrupt threads that are well. */
static int handled_signal(const struct inq_text_stack *stack, enum inq_os os)
{
	enum { LAST = 11 /* SIGSEGV, of all systems */ };
	const unsigned bus = os == INQ_OS_LINUX ? 7 : 10;
	const unsigned fatal = 1U << 4 | 1U << 5 | 1U << 6 | 1U << 8 | 1U << LAST | 1U << bus;
	for (size_t i = 0; i < stack->count; i++) {
		int signal = stack->frames[i].interrupted ? stack->frames[i].signal : 0;
		if (signal > 0 && signal <= LAST && fatal >> signal & 1)
			return signal;
	}
	return 0;
}

/* No thread is marked: the one whose stack shows an abort, or a handler of a signal, crashed. */
static void find_crashed(struct inq_stack_text *stack)
{
	struct inq_thread_vec *threads = &stack->builder->space->threads;
	for (size_t i = 0; i < threads->count; i++)
		if (threads->items[i].crashed)
			return;
	for (size_t i = 0; i < threads->count; i++) {
		struct inq_thread *thread = &threads->items[i];
		int raised = inq_frames_raised(thread->stack.frames, thread->stack.count);
		raised = raised ? raised : handled_signal(&thread->stack, stack->builder->artefact->os);
		if (!raised)
			continue;
		thread->crashed = true;
		thread->signal.number = raised;
		return;
	}
}

enum inq_status inq_stack_finish(struct inq_stack_text *stack, bool facts)
{
	inq_stack_end_thread(stack);
	inq_text_frame_vec_release(&stack->frames);
	if (stack->failed)
		return INQ_NO_MEMORY;
	find_crashed(stack);
	if (stack->builder->space->threads.count || facts)
		return INQ_OK;
	inq_warn(stack->ctx, INQ_PLACE_LINE, stack->input->line,
		 "no frame of this stack can be read; nothing was used");
	return INQ_UNUSABLE;
}

const char *inq_stack_string(struct inq_stack_text *stack, struct inq_span span)
{
	return span.length ? inq_build_string(stack->builder, span.text, span.length) : NULL;
}

/* "raise+0x19", "__sighndlr+6", "raise" at its beginning, "0x4c32ba". */
static void take_symbol(struct inq_stack_text *stack, struct inq_span symbol, struct inq_text_frame *frame)
{
	const char *plus = symbol.length ? memrchr(symbol.text, '+', symbol.length) : NULL;
	uint64_t value;
	if ((inq_span_starts(symbol, "0x") || inq_span_is(symbol, "0")) && inq_span_hex(symbol, &value)) {
		frame->pc = value;
		return;
	}
	frame->symbol_offset = 0;
	if (plus && inq_span_hex(inq_span_after(symbol, (size_t)(plus - symbol.text) + 1), &value)) {
		frame->symbol_offset = value;
		symbol.length = (size_t)(plus - symbol.text);
	}
	frame->symbol = inq_stack_string(stack, symbol);
}

bool inq_stack_solaris_place(struct inq_stack_text *stack, struct inq_span place, struct inq_text_frame *frame)
{
	if (!place.length)
		return false;
	if (inq_span_starts(place, "PLT="))
		place = inq_span_after(place, strlen("PLT="));
	const char *quote = memrchr(place.text, '`', place.length);
	if (quote) {
		struct inq_span object = { place.text, (size_t)(quote - place.text) };
		const char *list = object.length ? memchr(object.text, '`', object.length) : NULL; /* "LM1`" */
		if (list)
			object = inq_span_after(object, (size_t)(list - object.text) + 1);
		frame->object = inq_stack_string(stack, object);
		place = inq_span_after(place, (size_t)(quote - place.text) + 1);
	}
	take_symbol(stack, place, frame);
	return frame->symbol || frame->pc != INQ_UNKNOWN;
}

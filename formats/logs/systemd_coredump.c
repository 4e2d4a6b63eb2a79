/* What systemd-coredump writes into the journal, and coredumpctl info prints (src/coredump/coredump.c, and
 * src/shared/elf-util.c for the stacks):
 *   Process PID (NAME) of user UID terminated abnormally with signal NUMBER/NAME, processing...    (since 256)
 *   Process PID (NAME) of user UID dumped core.
 *   Stack trace of thread TID:
 *   #0  0x00007f… SYMBOL (OBJECT + 0xOFFSET)
 * coredumpctl's "PID: 12 (name)", "Signal: 11 (SEGV)", "Command Line: …" may stand before. */
#include "formats/logs/when.h"
#include "formats/stacks/stack_text.h"

static const char trace[] = "Stack trace of thread ", abnormally[] = " terminated abnormally with signal ";

static unsigned probe(const struct inq_text *at)
{
	struct inq_text text = *at;
	if (inq_span_starts(text.line, trace))
		return 90;
	ptrdiff_t process = memchr(text.line.text, '(', text.line.length) ? inq_span_find(text.line, "Process ") : -1;
	if (process >= 0 && inq_span_find(text.line, ") of user ") > process &&
	    (inq_span_find(text.line, " dumped core.") > process || inq_span_find(text.line, abnormally) > process))
		return 92;
	if (!inq_span_starts(text.line, "PID: "))
		return 0;
	for (int i = 0; i < 4 && inq_text_next(&text); i++)
		if (inq_span_starts(text.line, "Signal: "))
			return 90;
	return 0;
}

/* Where the journal was read from the kernel's log, or line by line, each one begins with when and who:
 * "[ 9287.734430] systemd-coredump[7888]: ". */
static struct inq_span without_sender(struct inq_span line)
{
	static const char sender[] = "systemd-coredump[";
	struct inq_span rest = inq_span_behind(line, sender);
	ptrdiff_t end = inq_span_find(rest, "]: ");
	return end < 0 ? line : inq_span_skip_blanks(inq_span_after(rest, (size_t)end + strlen("]: ")));
}

static bool take_thread(struct inq_stack_text *stack)
{
	ptrdiff_t at = inq_span_find(stack->line, trace);
	if (at < 0)
		return false;
	struct inq_span rest = inq_span_after(stack->line, (size_t)at + strlen(trace));
	struct inq_thread *thread = inq_stack_thread(stack);
	if (thread)
		inq_take_decimal(&rest, &thread->tid);
	return true;
}

/* "#1  0x00007f8d0a8b3859 abort (libc.so.6 + 0x22859)"; "n/a" for no name; since systemd 246 the place is of the object, and
 * an ELF of its own is "(/srv/app + 0x1234)". */
static bool take_frame(struct inq_stack_text *stack)
{
	struct inq_text_frame *frame;
	struct inq_span rest;
	uint64_t pc;
	if (!inq_stack_numbered(stack, &frame, &pc, &rest))
		return false;
	if (!frame)
		return true;
	frame->pc = pc;
	const char *open = rest.length ? memrchr(rest.text, '(', rest.length) : NULL;
	struct inq_span name = rest;
	if (open && inq_span_ends(rest, ")")) {
		struct inq_span place = inq_span_after(rest, (size_t)(open - rest.text) + 1);
		ptrdiff_t plus = inq_span_find(place, " + ");
		struct inq_span offset = inq_span_after(place, plus < 0 ? place.length : (size_t)plus + 3);
		place.length = plus < 0 ? place.length - 1 : (size_t)plus;
		if (!inq_span_is(place, "n/a"))
			frame->object = inq_stack_string(stack, place);
		inq_take_hex(&offset, &frame->offset);
		name.length = (size_t)(open - rest.text);
	}
	name = inq_span_trim_end(name);
	if (!inq_span_is(name, "n/a"))
		frame->symbol = inq_stack_string(stack, name);
	return true;
}

/* What follows "Process " of such a sentence; empty for other lines. */
static struct inq_span sentence(struct inq_span line)
{
	ptrdiff_t at = inq_span_find(line, "Process ");
	bool is_one = at >= 0 && inq_span_find(line, ") of user ") > at;
	return inq_span_after(line, is_one ? (size_t)at + strlen("Process ") : line.length);
}

/* "Process 4711 (demo) of user 1000 dumped core." */
static bool take_process(struct inq_stack_text *stack, bool *told, int *signal)
{
	struct inq_span rest = sentence(stack->line);
	struct inq_span number = inq_span_behind(rest, abnormally);
	uint64_t value;
	if (inq_take_decimal(&number, &value) && value < 65)
		*signal = (int)value;
	if (!rest.length || *told)
		return rest.length;
	struct inq_process *process = inq_build_process(stack->builder);
	inq_take_decimal(&rest, &process->pid);
	stack->builder->artefact->pid = process->pid;
	ptrdiff_t close = inq_span_find(rest, ") of user ");
	if (close > 2)
		process->name = inq_stack_string(stack, (struct inq_span) { rest.text + 2, (size_t)close - 2 });
	rest = inq_span_after(rest, close < 0 ? rest.length : (size_t)close + strlen(") of user "));
	inq_take_decimal(&rest, &process->uid);
	return *told = true;
}

/* The fields of coredumpctl info. */
static bool take_field(struct inq_stack_text *stack, int *signal)
{
	struct inq_span line = stack->line, rest;
	struct inq_process *process = &stack->builder->space->process;
	ptrdiff_t colon = inq_span_find(line, ": ");
	uint64_t number;
	if (colon <= 0)
		return false;
	rest = inq_span_skip_blanks(inq_span_after(line, (size_t)colon + 2));
	line.length = (size_t)colon;
	if (inq_span_is(line, "PID") && inq_take_decimal(&rest, &number)) {
		process->pid = stack->builder->artefact->pid = number;
		process->name = inq_stack_string(stack, inq_span_between(rest, "(", ")"));
	} else if (inq_span_is(line, "UID")) {
		inq_take_decimal(&rest, &process->uid);
	} else if (inq_span_is(line, "GID")) {
		inq_take_decimal(&rest, &process->gid);
	} else if (inq_span_is(line, "Signal")) {
		if (inq_take_decimal(&rest, &number) && number < 65)
			*signal = (int)number;
	} else if (inq_span_is(line, "Command Line")) {
		process->args = inq_stack_string(stack, rest);
	} else if (inq_span_is(line, "Timestamp")) {
		inq_span_when(rest, &process->death_time);
	} else if (inq_span_is(line, "Executable")) {
		process->exe = inq_stack_string(stack, rest);
	} else {
		return false;
	}
	return true;
}

/* The journal lists the thread that crashed first. */
static void mark_crashed(struct inq_stack_text *stack, int signal)
{
	inq_stack_end_thread(stack);
	struct inq_thread_vec *threads = &stack->builder->space->threads;
	struct inq_thread *first = threads->count ? &threads->items[0] : signal ? inq_stack_thread(stack) : NULL;
	if (!first)
		return;
	first->crashed = true;
	first->signal.number = signal ? signal : inq_frames_raised(first->stack.frames, first->stack.count);
}

/* rsyslog writes the ends of a message's lines as "#012": the next one of them. */
static struct inq_span next_piece(struct inq_span *rest)
{
	static const char end[] = "#012";
	struct inq_span piece = *rest;
	ptrdiff_t at = memchr(piece.text, '#', piece.length) ? inq_span_find(piece, end) : -1;
	piece.length = at < 0 ? piece.length : (size_t)at;
	*rest = inq_span_after(*rest, piece.length + (at < 0 ? 0 : strlen(end)));
	return inq_span_skip_blanks(piece);
}

static bool take_line(struct inq_stack_text *stack, bool *told, int *signal)
{
	struct inq_span rest = without_sender(stack->line);
	bool taken = false;
	do {
		stack->line = next_piece(&rest);
		taken |= take_frame(stack) || take_thread(stack) || take_process(stack, told, signal) ||
			 take_field(stack, signal);
	} while (rest.length);
	return taken;
}

/* The sentence about the next process: what was read so far is complete. */
static bool is_next(const struct inq_stack_text *stack, bool told)
{
	struct inq_span rest = sentence(stack->line);
	bool announced = inq_span_find(rest, abnormally) > 0;
	uint64_t pid;
	if (!rest.length || (!told && stack->thread == SIZE_MAX) || !inq_take_decimal(&rest, &pid))
		return false;
	return announced || stack->thread != SIZE_MAX || pid != stack->builder->space->process.pid;
}

static enum inq_status read_journal(struct inq_ctx *ctx, struct inq_input *input, struct inq_builder *builder)
{
	struct inq_stack_text stack = inq_stack_begin(ctx, input, builder, &inq_format_systemd_coredump);
	bool told = false;
	int signal = 0;
	inq_build_os(builder, INQ_OS_LINUX);
	inq_build_at(builder, INQ_PLACE_LINE, input->line);
	inq_build_process(builder);
	while (inq_stack_next(&stack, NULL)) {
		if (is_next(&stack, told)) {
			inq_stack_end_here(&stack); /* the next process */
			break;
		}
		if (take_line(&stack, &told, &signal))
			continue;
		if (inq_stack_other(&stack))
			break;
	}
	mark_crashed(&stack, signal);
	return inq_stack_finish(&stack, told || signal);
}

const struct inq_format inq_format_systemd_coredump = {
	.name = "systemd-coredump",
	.about = "what systemd-coredump writes into the journal, or coredumpctl info prints",
	.text = true,
	.probe_line = probe,
	.read = read_journal,
};

/* Tombstones of Android (debuggerd, libdebuggerd/tombstone_proto_to_text.cpp): a head with process and signal, registers, a
 * backtrace of offsets in files, the same for the other threads, and the address map. The same is logged, with logcat's
 * prefix before each line. */
#include "formats/logs/when.h"
#include "formats/stacks/stack_text.h"

/* "DEBUG    pid-31571    A  text": Android Studio's columns since 2022 are the tag, the process and the level. */
static bool take_columns(struct inq_span *rest)
{
	struct inq_span line = *rest, process = inq_span_word(&line), level = inq_span_word(&line);
	if (!process.length || level.length != 1 || !memchr("VDIWEFA", level.text[0], strlen("VDIWEFA")))
		return false;
	*rest = inq_span_skip_blanks(line);
	return true;
}

/* "I/DEBUG   (  119): ", "05-24 13:49:47.934 12008 12008 F DEBUG   : ", "… 4322-4322/? I/DEBUG: ": the forms of logcat. */
static struct inq_span without_tag(struct inq_span line)
{
	enum { LONGEST_PREFIX = 96 };
	static const char tag[] = "DEBUG";
	struct inq_span head = { line.text, line.length < LONGEST_PREFIX ? line.length : LONGEST_PREFIX };
	ptrdiff_t at = inq_span_find(head, tag);
	if (at < 0)
		return line;
	struct inq_span rest = inq_span_skip_blanks(inq_span_after(line, (size_t)at + strlen(tag)));
	if (at && take_columns(&rest))
		return rest;
	if (inq_take_char(&rest, '(')) {
		ptrdiff_t close = inq_span_find(rest, ")");
		rest = inq_span_after(rest, close < 0 ? rest.length : (size_t)close + 1);
	}
	return inq_take_char(&rest, ':') ? inq_span_skip_blanks(rest) : line;
}

static bool is_pid_line(struct inq_span line)
{
	return inq_span_starts(line, "pid: ") && inq_span_find(line, ", tid: ") > 0 && inq_span_find(line, ">>>") > 0;
}

/* "#00 pc 000e1818  /system/lib/libart.so": a backtrace that lost its head. */
static bool is_frame(struct inq_span line)
{
	uint64_t number;
	if (!inq_take_char(&line, '#') || !inq_take_decimal(&line, &number))
		return false;
	struct inq_span mark = inq_span_word(&line), pc = inq_span_word(&line), place = inq_span_skip_blanks(line);
	return inq_span_is(mark, "pc") && (pc.length == 8 || pc.length == 16) && inq_span_hex(pc, &number) &&
	       (inq_span_starts(place, "/") || inq_span_starts(place, "<") || inq_span_starts(place, "["));
}

/* "Fatal signal 11 (SIGSEGV), code 1 (SEGV_MAPERR), fault addr 0x0 in tid 4780 (ui_thread), pid 4755 (app)": what the process
 * itself logs before. */
static ptrdiff_t find_fatal(struct inq_span line)
{
	static const char words[] = "Fatal signal ";
	ptrdiff_t at = inq_span_find(line, words);
	return at >= 0 && inq_span_find(line, " in tid ") > at && inq_span_find(line, ", code ") > at
		       ? at + (ptrdiff_t)strlen("Fatal ")
		       : -1;
}

static unsigned probe(const struct inq_text *at)
{
	struct inq_text text = *at;
	struct inq_span line = without_tag(text.line);
	if (is_pid_line(line))
		return 90;
	if (is_frame(line) || find_fatal(line) >= 0)
		return 80;
	if (!inq_span_starts(line, "*** *** ***") && !inq_span_starts(line, "Build fingerprint:"))
		return 0;
	for (int i = 0; i < 12 && inq_text_next(&text); i++)
		if (is_pid_line(without_tag(text.line)))
			return 95;
	return 0;
}

static struct inq_thread *current(struct inq_stack_text *stack)
{
	return stack->thread == SIZE_MAX ? NULL : &stack->builder->space->threads.items[stack->thread];
}

static void take_number(struct inq_span line, const char *label, uint64_t *ret)
{
	struct inq_span rest = inq_span_behind(line, label);
	inq_take_decimal(&rest, ret);
}

/* "pid: 1234, tid: 1240, name: Binder:1234_2  >>> com.example.app <<<": the first such thread crashed. */
static bool take_thread(struct inq_stack_text *stack)
{
	struct inq_span line = stack->line;
	if (!inq_span_starts(line, "pid: ") || inq_span_find(line, ", tid: ") < 0)
		return false;
	bool first = stack->thread == SIZE_MAX;
	struct inq_thread *thread = inq_stack_thread(stack);
	if (!thread)
		return true;
	take_number(line, "tid: ", &thread->tid);
	thread->name = inq_stack_string(stack, inq_span_trim_end(inq_span_between(line, "name: ", ">>>")));
	thread->crashed = first;
	if (!first)
		return true;
	struct inq_process *process = inq_build_process(stack->builder);
	take_number(line, "pid: ", &process->pid);
	stack->builder->artefact->pid = process->pid;
	process->name = inq_stack_string(stack, inq_span_between(line, ">>> ", " <<<"));
	return true;
}

/* "ABI: 'arm64'". */
static bool take_abi(struct inq_stack_text *stack)
{
	static const struct {
		const char *name;
		uint16_t machine;
		uint8_t bits;
	} abis[] = {
		{ "arm64", 183, 64 }, { "arm", 40, 32 }, { "x86_64", 62, 64 }, { "x86", 3, 32 }, { "riscv64", 243, 64 }
	};
	struct inq_span name = inq_span_between(stack->line, "ABI: '", "'");
	for (size_t i = 0; i < sizeof abis / sizeof *abis; i++)
		if (inq_span_is(name, abis[i].name))
			inq_build_machine(stack->builder, abis[i].machine, abis[i].bits, false);
	return inq_span_starts(stack->line, "ABI: ");
}

/* "signal 11 (SIGSEGV), code 1 (SEGV_MAPERR), fault addr 0x10 (read)"; "code -1 (SI_QUEUE from pid 12, uid 0)". */
static bool take_signal(struct inq_stack_text *stack)
{
	struct inq_thread *thread = current(stack);
	struct inq_span rest = stack->line;
	uint64_t number;
	if (!inq_span_starts(rest, "signal ") || !thread || inq_span_find(rest, ", code ") < 0)
		return false;
	struct inq_signal *signal = &thread->signal;
	rest = inq_span_after(rest, strlen("signal "));
	if (inq_take_decimal(&rest, &number) && number < 65)
		signal->number = (int)number;
	rest = inq_span_after(rest, (size_t)inq_span_find(rest, ", code ") + strlen(", code "));
	bool negative = inq_take_char(&rest, '-');
	signal->has_code = inq_take_decimal(&rest, &number) && number <= INT32_MAX;
	signal->code = signal->has_code ? (negative ? -(int)number : (int)number) : 0;
	inq_span_decimal(inq_span_between(rest, "from pid ", ","), &signal->sender_pid);
	rest = inq_span_behind(rest, "fault addr ");
	struct inq_span fault = inq_span_word(&rest); /* "--------" for none; before Android 5 without 0x */
	signal->has_address = (inq_span_starts(fault, "0x") || fault.length == 8 || fault.length == 16) &&
			      inq_take_hex(&fault, &signal->address);
	if (inq_span_find(rest, "(write)") >= 0)
		signal->tried = INQ_ACCESS_WRITE;
	else if (inq_span_find(rest, "(read)") >= 0)
		signal->tried = INQ_ACCESS_READ;
	return true;
}

/* Where no tombstone follows, the line that the process logged is all that there is. */
static void take_fatal(struct inq_stack_text *stack, struct inq_span line)
{
	struct inq_thread *thread = line.length ? inq_stack_thread(stack) : NULL;
	if (!thread)
		return;
	struct inq_process *process = &stack->builder->space->process;
	ptrdiff_t in = inq_span_find(line, " in tid ");
	struct inq_span who = inq_span_after(line, in < 0 ? line.length : (size_t)in);
	stack->line = line;
	take_signal(stack);
	thread->crashed = true;
	take_number(who, " in tid ", &thread->tid);
	take_number(who, ", pid ", &process->pid);
	thread->name = inq_stack_string(stack, inq_span_between(who, "(", ")"));
	stack->builder->artefact->pid = process->pid;
}

/* "Abort message: 'text'", "Cmdline: a b", "uid: 10100". */
static bool take_fact(struct inq_stack_text *stack)
{
	static const char abort_message[] = "Abort message: ", cmdline[] = "Cmdline: ", uid[] = "uid: ",
			  timestamp[] = "Timestamp: ";
	struct inq_span line = stack->line;
	struct inq_process *process = &stack->builder->space->process;
	if (inq_span_starts(line, timestamp))
		return inq_span_when(inq_span_after(line, strlen(timestamp)), &process->death_time);
	if (inq_span_starts(line, abort_message)) {
		line = inq_span_after(line, strlen(abort_message));
		if (line.length > 2 && line.text[0] == '\'' && line.text[line.length - 1] == '\'')
			line = (struct inq_span) { line.text + 1, line.length - 2 };
		process->last_words = inq_stack_string(stack, line);
		return true;
	}
	if (inq_span_starts(line, cmdline)) {
		process->args = inq_stack_string(stack, inq_span_after(line, strlen(cmdline)));
		return true;
	}
	return inq_span_starts(line, uid) && inq_span_decimal(inq_span_after(line, strlen(uid)), &process->uid);
}

/* "    x0  0000007b2c3d4e5f  x1  0000000000000000": pairs of a name and a number of the machine's width. */
static bool take_registers(struct inq_stack_text *stack)
{
	struct inq_thread *thread = current(stack);
	struct inq_span rest = stack->line;
	size_t digits = stack->builder->artefact->machine.bits == 32 ? 8 : 16;
	bool found = false;
	if (!thread || stack->frames.count)
		return false;
	for (;;) {
		struct inq_span name = inq_span_word(&rest), value = inq_span_word(&rest);
		uint64_t number;
		if (!name.length || name.length > 4 || value.length != digits || !inq_span_hex(value, &number))
			return found;
		inq_set_register(stack->builder, thread, name, number);
		found = true;
	}
}

/* What follows the file: "(abort+120)", "(offset 0x1000)", "(BuildId: …)". */
static void take_notes(struct inq_stack_text *stack, struct inq_span rest, struct inq_text_frame *frame)
{
	while (rest.length) {
		ptrdiff_t next = inq_span_find(inq_span_after(rest, 1), " (");
		struct inq_span note = rest;
		note.length = next < 0 ? rest.length : (size_t)next + 1;
		rest = inq_span_after(rest, next < 0 ? rest.length : (size_t)next + 2);
		if (!inq_span_starts(note, "(") || note.length < 2 || !inq_span_ends(note, ")") ||
		    inq_span_starts(note, "(BuildId: ") || inq_span_starts(note, "(offset ") ||
		    inq_span_starts(note, "(deleted)"))
			continue;
		struct inq_span symbol = { note.text + 1, note.length - 2 }, offset;
		const char *plus = memrchr(symbol.text, '+', symbol.length);
		frame->symbol_offset = 0;
		if (plus) {
			offset = inq_span_after(symbol, (size_t)(plus - symbol.text) + 1);
			if (inq_span_decimal(offset, &frame->symbol_offset))
				symbol.length = (size_t)(plus - symbol.text);
		}
		frame->symbol = inq_stack_string(stack, symbol);
	}
}

/* "      #00 pc 000000000004a5f8  /system/lib64/libc.so (abort+120) (BuildId: 01ab)": the pc is the file's own. */
static bool take_frame(struct inq_stack_text *stack)
{
	struct inq_text_frame *frame;
	struct inq_span rest;
	uint64_t offset;
	if (!inq_stack_numbered(stack, &frame, &offset, &rest))
		return false;
	if (!frame)
		return true;
	ptrdiff_t notes = inq_span_find(rest, " (");
	struct inq_span file = rest;
	file.length = notes < 0 ? rest.length : (size_t)notes;
	if (inq_span_is(file, "<unknown>")) { /* in no mapping: the pc is the process's own */
		frame->pc = offset;
		return true;
	}
	if (!inq_span_starts(file, "<anonymous"))
		frame->object = inq_stack_string(stack, file);
	frame->offset = offset;
	if (notes >= 0)
		take_notes(stack, inq_span_after(rest, (size_t)notes + 1), frame);
	return true;
}

/* "00000055'9a1b2000", of which arm prints "f7a1b000". */
static bool take_quoted(struct inq_span *rest, uint64_t *ret)
{
	uint64_t low;
	if (!inq_take_hex(rest, ret))
		return false;
	if (!inq_take_char(rest, '\''))
		return true;
	if (!inq_take_hex(rest, &low) || *ret > UINT32_MAX || low > UINT32_MAX)
		return false;
	*ret = *ret << 32 | low;
	return true;
}

/* "    00000055'9a1b2000-00000055'9a1b3fff r--         0      2000  /system/bin/app (BuildId: …)": the end is the last
 * byte; the numbers are the file offset and the size, in hexadecimal. */
static bool take_mapping(struct inq_stack_text *stack)
{
	struct inq_span rest = inq_span_starts(stack->line, "--->") ? inq_span_after(stack->line, 4) : stack->line;
	struct inq_mapping mapping = inq_mapping_unknown();
	uint64_t last;
	if (!take_quoted(&rest, &mapping.start) || !inq_take_char(&rest, '-') || !take_quoted(&rest, &last) ||
	    last == UINT64_MAX)
		return false;
	mapping.end = last + 1;
	struct inq_span flags = inq_span_word(&rest), offset = inq_span_word(&rest), size = inq_span_word(&rest);
	uint64_t number;
	if (flags.length != 3 || !inq_span_hex(offset, &mapping.file_offset) || !inq_span_hex(size, &number))
		return false;
	mapping.permissions =
		(uint8_t)(INQ_PERM_KNOWN | (flags.text[0] == 'r' ? INQ_PERM_READ : 0) |
			  (flags.text[1] == 'w' ? INQ_PERM_WRITE : 0) | (flags.text[2] == 'x' ? INQ_PERM_EXECUTE : 0));
	struct inq_span name = inq_span_skip_blanks(rest);
	ptrdiff_t notes = inq_span_find(name, " (");
	if (notes >= 0)
		name.length = (size_t)notes;
	mapping.name = inq_stack_string(stack, name);
	if (inq_span_starts(name, "/"))
		mapping.file =
			inq_build_file(stack->builder, name.text, name.length, INQ_UNKNOWN, INQ_UNKNOWN, INQ_UNKNOWN);
	inq_build_at(stack->builder, INQ_PLACE_LINE, stack->number);
	inq_build_mapping(stack->builder, &mapping);
	return true;
}

static enum inq_status read_tombstone(struct inq_ctx *ctx, struct inq_input *input, struct inq_builder *builder)
{
	struct inq_stack_text stack = inq_stack_begin(ctx, input, builder, &inq_format_tombstone);
	inq_build_os(builder, INQ_OS_LINUX);
	inq_build_at(builder, INQ_PLACE_LINE, input->line);
	inq_build_process(builder);
	struct inq_span fatal = { NULL, 0 };
	bool begun = false;
	while (inq_stack_next(&stack, NULL)) {
		stack.line = without_tag(stack.line);
		bool head = inq_span_starts(stack.line, "*** *** ***");
		ptrdiff_t signal = find_fatal(stack.line);
		if ((begun && head) || (signal >= 0 && (begun || fatal.length))) {
			inq_stack_end_here(&stack); /* the next tombstone */
			break;
		}
		begun |= head || stack.thread != SIZE_MAX;
		if (signal >= 0)
			fatal = inq_span_after(stack.line, (size_t)signal);
		if (signal >= 0 || take_frame(&stack) || take_thread(&stack) || take_abi(&stack) ||
		    take_signal(&stack) || take_fact(&stack) || take_registers(&stack) || take_mapping(&stack))
			continue;
		if (inq_stack_other(&stack))
			break;
	}
	const struct inq_thread_vec *threads = &builder->space->threads;
	if (stack.thread == SIZE_MAX) {
		take_fatal(&stack, fatal);
	} else if (fatal.length && threads->count == 1 && !threads->items[0].signal.number) {
		stack.line = fatal; /* the line of the tombstone itself was left out */
		take_signal(&stack);
	}
	return inq_stack_finish(&stack, false);
}

const struct inq_format inq_format_tombstone = {
	.name = "tombstone",
	.about = "a crash report of Android (tombstone)",
	.text = true,
	.begins = { INQ_DIGITS | INQ_CHARACTER('*') | INQ_CHARACTER('#'),
		    INQ_CHARACTER('p') | INQ_CHARACTER('B') | INQ_CHARACTER('F') | INQ_CHARACTER('I') |
			    INQ_CHARACTER('A') |
			    INQ_CHARACTER('E') }, /* logcat's lines begin with a date, or a priority */
	.probe_line = probe,
	.read = read_tombstone,
};

/* The headings that mdb puts before the stacks of many threads (illumos, genunix: thread.c, findstack.c; mdb_proc.c):
 *   ::findstack    "stack pointer for thread ADDR[ (TS_FREE)][ (NAME)]: SP", then "[ SP PLACE() ]": where it was switched off
 *   ::threadlist   "ADDR PROC LWP CMD/LWPID"; with -v "ADDR PROC LWP CLS PRI WCHAN", then "PC: PLACE    CMD: ARGUMENTS" (or
 *                  TASKQ:, THREAD:) and what ::findstack prints
 *   ::stacks       "THREAD STATE SOBJ COUNT": one thread of those that have the stack below it */
#include "formats/stacks/mdb_threads.h"

enum { MOST_TID = 1 << 22 };

static bool words_are(struct inq_span line, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!inq_span_is(inq_span_word(&line), words[i]))
			return false;
	return true;
}

/* "ffffff0003a05c40 SLEEP    CV                     12": a row of ::stacks, by the states of thread.c; its heading may be
 * cut off. */
static bool is_stacks_row(struct inq_span line)
{
	static const char *const states[] = { "FREE", "SLEEP", "RUN", "ONPROC", "ZOMB", "STOPPED", "WAIT", "PANIC" };
	struct inq_span rest = line, address = inq_span_word(&rest), state = inq_span_word(&rest);
	uint64_t number;
	size_t i = 0, count = sizeof states / sizeof *states;
	while (i < count && !inq_span_is(state, states[i]))
		i++;
	return i < count && (address.length == 8 || address.length == 16) && inq_span_hex(address, &number) &&
	       inq_span_skip_blanks(rest).length > 0;
}

enum inq_mdb_list inq_mdb_list_heading(struct inq_span line)
{
	static const char *const verbose[] = { "ADDR", "PROC", "LWP", "CLS", "PRI", "WCHAN" };
	static const char *const plain[] = { "ADDR", "PROC", "LWP", "CMD/LWPID" };
	static const char *const stacks[] = { "THREAD", "STATE", "SOBJ", "COUNT" };
	switch (line.length ? line.text[0] : '\0') {
	case 's':
		return inq_span_starts(line, "stack pointer for thread ") ? INQ_MDB_FINDSTACK : INQ_MDB_NONE;
	case 'A':
		if (words_are(line, verbose, 6))
			return INQ_MDB_THREADLIST_VERBOSE;
		return words_are(line, plain, 4) ? INQ_MDB_THREADLIST : INQ_MDB_NONE;
	case 'T':
		return words_are(line, stacks, 4) ? INQ_MDB_STACKS : INQ_MDB_NONE;
	default:
		return is_stacks_row(line) ? INQ_MDB_STACKS : INQ_MDB_NONE;
	}
}

/* Threads of the kernel have an address, those of a process a number; both are printed as hexadecimal numbers. */
static void name_thread(struct inq_stack_text *stack, struct inq_thread *thread, uint64_t address, struct inq_span name)
{
	if (address < MOST_TID)
		thread->tid = address;
	thread->name = inq_stack_string(stack, name);
	if (!thread->name && address >= MOST_TID)
		thread->name = inq_arena_printf(stack->ctx->arena, "0x%llx", (unsigned long long)address);
}

/* The row of ::threadlist -v stands before the line of ::findstack: one thread. */
static struct inq_thread *thread_of(struct inq_stack_text *stack, struct inq_mdb_threads *threads, uint64_t address)
{
	struct inq_thread_vec *all = &stack->builder->space->threads;
	if (threads->row == address && stack->thread != SIZE_MAX && !stack->frames.count)
		return &all->items[stack->thread];
	threads->row = address;
	struct inq_thread *thread = inq_stack_thread(stack);
	if (thread)
		name_thread(stack, thread, address, (struct inq_span) { stack->line.text, 0 });
	return thread;
}

static bool take_findstack(struct inq_stack_text *stack, struct inq_mdb_threads *threads)
{
	struct inq_span rest = inq_span_after(stack->line, strlen("stack pointer for thread "));
	uint64_t address;
	if (!inq_take_hex(&rest, &address))
		return false;
	struct inq_thread *thread = thread_of(stack, threads, address);
	struct inq_span name = inq_span_skip_blanks(rest);
	if (inq_span_starts(name, "(TS_FREE)"))
		name = inq_span_skip_blanks(inq_span_after(name, strlen("(TS_FREE)")));
	ptrdiff_t end = inq_span_find(name, "): ");
	if (thread && end > 1 && inq_take_char(&name, '('))
		thread->name = inq_stack_string(stack, (struct inq_span) { name.text, (size_t)end - 1 });
	threads->list = threads->list == INQ_MDB_NONE ? INQ_MDB_FINDSTACK : threads->list;
	return true;
}

/* "fffffe0005d02c60 fffffe010f2b8068 fffffe010ec1cb80   1  59 fffffe010b0d8a2e", "… sched/1", "… SLEEP CV 12". */
static bool take_row(struct inq_stack_text *stack, struct inq_mdb_threads *threads)
{
	struct inq_span rest = stack->line, first = inq_span_word(&rest), words[3];
	uint64_t address, number;
	if (first.length < 8 || !inq_span_hex(first, &address))
		return false;
	words[0] = inq_span_word(&rest);
	words[1] = inq_span_word(&rest);
	words[2] = inq_span_skip_blanks(rest);
	if (threads->list == INQ_MDB_STACKS) {
		if (!words[0].length || !words[2].length || inq_span_hex(words[0], &number))
			return false;
	} else if (!inq_span_hex(words[0], &number) || !inq_span_hex(words[1], &number) || !words[2].length) {
		return false;
	}
	struct inq_thread *thread = inq_stack_thread(stack);
	threads->row = address;
	if (thread)
		name_thread(stack, thread, address,
			    threads->list == INQ_MDB_THREADLIST ? words[2] : (struct inq_span) { words[2].text, 0 });
	return true;
}

/* "PC: swtch+0x145    CMD: /usr/lib/fm/fmd/fmd": who it is. */
static bool take_command(struct inq_stack_text *stack)
{
	static const char *const labels[] = { " CMD: ", " TASKQ: ", " THREAD: " };
	if (!inq_span_starts(stack->line, "PC: ") || stack->thread == SIZE_MAX)
		return false;
	for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
		ptrdiff_t at = inq_span_find(stack->line, labels[i]);
		if (at > 0)
			stack->builder->space->threads.items[stack->thread].name = inq_stack_string(
				stack, inq_span_trim_end(inq_span_after(stack->line, (size_t)at + strlen(labels[i]))));
	}
	return true;
}

/* "[ fffffe0005d02b00 _resume_from_idle+0xf1() ]": its brackets are taken off, and it is a frame like the others. */
static bool is_switched_off(struct inq_span line, struct inq_span *frame)
{
	if (!inq_span_starts(line, "[ ") || !inq_span_ends(line, " ]"))
		return false;
	*frame = (struct inq_span) { line.text + 2, line.length - 4 };
	return true;
}

bool inq_mdb_threads_take(struct inq_stack_text *stack, struct inq_mdb_threads *threads)
{
	enum inq_mdb_list list = inq_mdb_list_heading(stack->line);
	if (list == INQ_MDB_FINDSTACK)
		return take_findstack(stack, threads);
	if (list != INQ_MDB_NONE) {
		threads->list = list;
		return !is_stacks_row(stack->line) || take_row(stack, threads);
	}
	if (threads->list == INQ_MDB_NONE)
		return false;
	is_switched_off(stack->line, &stack->line);
	if (threads->list == INQ_MDB_STACKS && inq_span_starts(stack->line, "... truncated")) {
		stack->end = INQ_END_LIMIT;
		return true;
	}
	return (threads->list != INQ_MDB_FINDSTACK && take_row(stack, threads)) || take_command(stack);
}

bool inq_mdb_threads_place(const struct inq_mdb_threads *threads, struct inq_span line)
{
	struct inq_span rest = line, word = inq_span_word(&rest);
	return threads->list == INQ_MDB_STACKS && !rest.length && inq_span_find(word, "+") > 0;
}

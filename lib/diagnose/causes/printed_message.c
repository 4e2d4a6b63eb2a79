/* Libraries that print a line and abort, or end by a trap: the line was put together on the stack, where it often still lies. What is found
 * there may be older than the crash: likely, never certain. */
#include "lib/diagnose/cause.h"

#include "lib/diagnose/text.h"

#include <string.h>

enum { AROUND = 64 << 10 };

static const struct {
	const char *words, *id, *text;
} messages[] = {
	{ "<jemalloc>: ", "allocator-abort", "jemalloc ended the program" },
	{ "] Attempt to free invalid pointer", "heap-corruption",
	  "a pointer was freed that tcmalloc never gave, or its block is damaged" },
	{ "mimalloc: error: ", "heap-corruption", "mimalloc found its records damaged" },
	{ "Scudo ERROR: ", "heap-corruption", "heap corruption: Scudo found its records damaged" },
	{ "GWP-ASan detected", "heap-corruption", "GWP-ASan found a wrong access to the heap" },
	{ "JavaScript heap out of memory", "out-of-memory", "V8's heap is full" },
	{ "There is insufficient memory for the Java Runtime", "out-of-memory",
	  "the Java virtual machine could not get memory" },
	{ "Native memory allocation", "out-of-memory", "the Java virtual machine could not get memory" },
	{ "Out of Memory Error", "out-of-memory", "the Java virtual machine could not get memory" },
	{ "Fatal Python error: ", "python-fatal", "a fatal error of the Python interpreter" },
	{ "Check failed: ", "assertion", "a check of the program failed" },
	{ "ssertion failed", "assertion", "an assertion failed" },
	{ "ut of memory", "out-of-memory", "the program ran out of memory" },
	{ "emory exhausted", "out-of-memory", "the program ran out of memory" },
	{ "annot allocate memory", "out-of-memory", "the program ran out of memory" },
};

enum { MESSAGES = sizeof messages / sizeof *messages, SHORTEST = sizeof "ut of memory" - 1 };

static bool is_printable(uint8_t c)
{
	return c >= ' ' && c < 0x7f;
}

/* A message is printable throughout, so that one byte of as many as the shortest has tells whether there can be one: little of
 * a stack is text, and most of what lies below it is zero. Returns the view's size behind the last. */
static uint64_t next_printable(const struct inq_view *view, uint64_t at)
{
	enum { BLOCK = 1024 };
	for (; at < view->size; at += SHORTEST) {
		if (is_printable(view->data[at]))
			return at;
		while (at % BLOCK < SHORTEST && view->size - at > BLOCK && inq_is_zero(view->data + at, BLOCK))
			at += BLOCK;
	}
	return view->size;
}

/* Where in the view each message is for the first time; its size where it is not. */
static void find_messages(const struct inq_view *view, uint64_t ret[MESSAGES])
{
	for (size_t i = 0; i < MESSAGES; i++)
		ret[i] = view->size;
	for (uint64_t at = SHORTEST - 1, end = 0; (at = next_printable(view, at)) < view->size; at += SHORTEST) {
		if (at < end)
			continue;
		struct inq_view text = *view;
		uint64_t found, from = at;
		while (from > end && is_printable(view->data[from - 1]))
			from--;
		for (end = at; end < view->size && is_printable(view->data[end]);)
			end++;
		text.size = end;
		for (size_t i = 0; i < MESSAGES && end - from >= SHORTEST; i++)
			if (ret[i] == view->size && inq_find_bytes(&text, from, messages[i].words, &found))
				ret[i] = found;
	}
}

/* The stack on both sides of the stack pointer: what has returned lies below it. Above the frames are the arguments and the
 * environment, which say nothing of a crash. */
static bool stack_around(const struct inq_case *crash, struct inq_view *ret)
{
	uint64_t sp = crash->fault->sp;
	struct inq_range held;
	if (sp == INQ_UNKNOWN || !inq_space_held(crash->space, sp, &held))
		return false;
	uint64_t from = sp - held.start > AROUND ? sp - AROUND : held.start;
	uint64_t to = crash->frame_count ? crash->frames[crash->frame_count - 1].sp : sp;
	if (to < sp || to - sp > AROUND)
		to = sp + AROUND;
	return inq_space_view_from(crash->space, from, to - from, ret);
}

/* What a text artefact says that the program said: an abort message, the error of a Java virtual machine. */
static bool find_told(const struct inq_case *crash, struct inq_finding *ret)
{
	const char *words = crash->space->process.last_words;
	const char *who = crash->space->process.kernel ? "kernel" : "program";
	ret->text = inq_case_text(crash, "the %s said: %s", who, words);
	for (size_t i = 0; i < MESSAGES; i++)
		if (strstr(words, messages[i].words)) {
			ret->id = messages[i].id;
			ret->text = inq_case_text(crash, "%s: %s", messages[i].text, words);
			break;
		}
	ret->confidence = INQ_LIKELY;
	inq_find_evidence(crash, ret, "the report quotes it");
	return true;
}

static bool find(const struct inq_case *crash, struct inq_finding *ret)
{
	if (crash->space->process.last_words)
		return find_told(crash, ret);
	struct inq_view stack;
	uint64_t at[MESSAGES];
	bool aborted = inq_fault_is(crash->fault, "SIGABRT") && inq_fault_self_sent(crash->space, crash->fault);
	if ((!aborted && !inq_case_trap(crash)) || !stack_around(crash, &stack))
		return false;
	find_messages(&stack, at);
	for (size_t i = 0; i < MESSAGES; i++) {
		const char *line = at[i] < stack.size ? inq_line_around(crash->space, &stack, at[i]) : NULL;
		if (!line)
			continue;
		ret->id = messages[i].id;
		ret->text = inq_case_text(crash, "%s: %s", messages[i].text, line);
		ret->confidence = INQ_LIKELY;
		inq_find_evidence(crash, ret, "the stack holds the line \"%s\"", line);
		return true;
	}
	return false;
}

const struct inq_cause inq_cause_printed_message = { .id = "printed-message", .find = find };

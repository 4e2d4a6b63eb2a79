/* A Go panic or fatal error: what it says.
 *
 * gopanic keeps the panic in its own frame, with its argument: a pair of type and data. Before it prints, the run-time has
 * replaced an error by its text (runtime/panic.go, preprintpanics), so that a string or a number is what there is to find.
 * throw and fatal get a string. Sources: runtime/runtime2.go (_panic, eface), runtime/type.go (_type: kind is the byte
 * before its first pointer). */
#include "lib/diagnose/cause.h"

#include "lib/diagnose/text.h"

#include <inttypes.h>

enum { KIND_INT = 2, KIND_STRING = 24, KIND_MASK = 31, SEARCHED = 8 << 10, SPILLED = 2 };

static unsigned word_of(const struct inq_case *crash)
{
	return crash->space->machine.bits == 32 ? 4 : 8;
}

/* The stack from the frame's stack pointer to its caller's, and the words where the caller keeps room for what it passes in
 * registers. */
static bool frame_bytes(const struct inq_case *crash, const struct inq_frame_info *frame, struct inq_view *ret)
{
	const struct inq_frame_info *end = crash->frames + crash->frame_count;
	const struct inq_frame_info *caller = frame;
	while (caller < end && caller->sp <= frame->sp)
		caller++;
	if (caller == end || caller->sp - frame->sp > SEARCHED)
		return false;
	uint64_t room = SPILLED * word_of(crash);
	return inq_space_view(crash->space, frame->sp, caller->sp - frame->sp + room, ret);
}

/* A Go string: pointer and length. */
static const char *string_in(const struct inq_case *crash, const struct inq_view *view, uint64_t offset)
{
	return inq_text_at(crash->space, inq_view_get_word(view, offset), inq_view_get_word(view, offset + view->word));
}

static const char *argument_in(const struct inq_case *crash, const struct inq_view *frame, uint64_t offset,
			       bool *number)
{
	struct inq_view type, data;
	uint64_t word = frame->word, at = inq_view_get_word(frame, offset);
	const struct inq_mapping *mapping = at % word ? NULL : inq_space_mapping_at(crash->space, at);
	if (!mapping || !mapping->file || !inq_space_view(crash->space, at, 2 * word + 8, &type) ||
	    !inq_space_view(crash->space, inq_view_get_word(frame, offset + word), 2 * word, &data))
		return NULL;
	uint64_t size = inq_view_get_word(&type, 0), kind = inq_view_get(&type, 2 * word + 7, 1) & KIND_MASK;
	*number = kind == KIND_INT;
	if (kind == KIND_STRING && size == 2 * word)
		return string_in(crash, &data, 0);
	if (kind == KIND_INT && size == word)
		return inq_case_text(crash, "%" PRId64,
				     word == 4 ? (int32_t)inq_view_get(&data, 0, 4)
					       : (int64_t)inq_view_get(&data, 0, 8));
	return NULL;
}

/* Whether the same two words stand further on. */
static bool stands_again(const struct inq_view *bytes, uint64_t pair)
{
	for (uint64_t at = pair + 2 * (uint64_t)bytes->word; at + 2 * (uint64_t)bytes->word <= bytes->size;
	     at += bytes->word)
		if (memcmp(bytes->data + at, bytes->data + pair, 2 * bytes->word) == 0)
			return true;
	return false;
}

/* A number stands twice, in the record of the panic and where arguments are kept: two words that only look like one do not. Of
 * the others the record has the text, which the run-time puts in their place. */
static const char *find_argument(const struct inq_case *crash, const struct inq_view *bytes, bool *sure)
{
	const char *first = NULL;
	*sure = false;
	for (uint64_t at = 0; !*sure && at + 2 * (uint64_t)bytes->word <= bytes->size; at += bytes->word) {
		bool number;
		const char *text = argument_in(crash, bytes, at, &number);
		*sure = text && (!number || stands_again(bytes, at));
		if (text && (*sure || !first))
			first = text;
	}
	return first;
}

static const char *find_string(const struct inq_case *crash, const struct inq_view *bytes)
{
	const char *text = NULL;
	for (uint64_t at = 0; !text && at + 2 * (uint64_t)bytes->word <= bytes->size; at += bytes->word)
		text = string_in(crash, bytes, at);
	return text;
}

/* A goroutine's stack has a limit of its own (runtime/debug, SetMaxStack): nothing has faulted. */
static void say_overflow(const struct inq_case *crash, struct inq_finding *ret)
{
	const struct inq_frame_info *frame = crash->frames, *end = frame + crash->frame_count;
	while (frame < end && !frame->repeats)
		frame++;
	ret->id = "stack-overflow";
	ret->text =
		frame == end
			? "stack overflow of a goroutine"
			: inq_case_text(crash, "stack overflow of a goroutine by recursion: %s came %" PRIu64 " times",
					inq_case_place(crash, &frame->location), frame->repeats + 1);
}

static bool find(const struct inq_case *crash, struct inq_finding *ret)
{
	static const char *const fatal[] = { "runtime.throw", "runtime.fatal" };
	const struct inq_frame_info *frame = inq_case_frame(crash, "runtime.gopanic");
	bool panic = frame;
	for (size_t i = 0; i < sizeof fatal / sizeof *fatal && !frame; i++)
		for (size_t k = 0; k < crash->frame_count && !frame; k++) /* not fatalthrow, fatalpanic */
			if (crash->frames[k].location.symbol && strcmp(crash->frames[k].location.symbol, fatal[i]) == 0)
				frame = &crash->frames[k];
	if (!frame || !inq_fault_self_sent(crash->space, crash->fault))
		return false;
	const char *text = NULL, *what = panic ? "a Go panic" : "a fatal error of Go";
	struct inq_view bytes;
	bool sure = true;
	if (frame_bytes(crash, frame, &bytes))
		text = panic ? find_argument(crash, &bytes, &sure) : find_string(crash, &bytes);
	const char *line = text ? inq_first_line(crash->space, text) : NULL;
	ret->text = line ? inq_case_text(crash, "%s: %s", what, line)
			 : inq_case_text(crash, "%s; its message is on standard error", what);
	if (line && strstr(line, "out of memory"))
		ret->id = "out-of-memory";
	if (line && !panic && strcmp(line, "stack overflow") == 0)
		say_overflow(crash, ret);
	ret->confidence = frame->confidence == INQ_CERTAIN && (sure || !text) ? INQ_CERTAIN : INQ_LIKELY;
	inq_find_evidence(crash, ret, "frame %u is %s", frame->index, inq_case_place(crash, &frame->location));
	if (line)
		inq_find_evidence(crash, ret, "that function's part of the stack holds \"%s\"", text);
	return true;
}

const struct inq_cause inq_cause_go_panic = { .id = "go-panic", .find = find };

/* From the fault outwards, the first frame that is no plumbing: not the C library's, not a run-time's way of failing, not
 * a place where no code is. */
#include "lib/diagnose/culprit.h"

#include "lib/diagnose/linked_in.h"
#include "lib/diagnose/plumbing.h"
#include "lib/diagnose/python.h"
#include "lib/diagnose/rseq.h"
#include "lib/symbol/symbol.h"

#include <string.h>

static const char *why(const struct inq_case *crash, size_t frame)
{
	const struct inq_location *inner = &crash->frames[0].location;
	if (frame + 1 < crash->frame_count && inq_is_foreign_call(&crash->frames[frame + 1].location))
		return "a script called it, through a foreign function interface";
	if (frame == 0)
		return "the fault is in it";
	if (inq_case_bad_pc(crash))
		return "it called or jumped to where no code is";
	if (inner->object)
		return inq_case_text(crash,
				     "the first frame outside the C library and run-times; the signal came in %s",
				     inq_case_place(crash, inner));
	return "the first frame that is in an object";
}

/* With the script's place, where Python runs. */
static const char *why_with_script(const struct inq_case *crash, size_t frame)
{
	const char *reason = why(crash, frame), *place = inq_python_place(crash);
	return place ? inq_case_text(crash, "%s; %s", reason, place) : reason;
}

/* Code that a run-time made: no file has it. */
static bool is_made_code(const struct inq_case *crash, const struct inq_frame_info *frame)
{
	bool judged;
	return !frame->location.object && !frame->location.told && frame->confidence >= INQ_LIKELY &&
	       inq_access_permitted(crash->space, frame->pc, INQ_ACCESS_EXECUTE, &judged) && judged;
}

/* The frame from which on to look. Inside of the run-time's functions that end a program are the program's own handlers (a terminate
 * handler, a panic hook), and where a jump went is no function. */
static size_t first_frame(const struct inq_case *crash)
{
	static const char *const ends[] = { "std::terminate", "_ZSt9terminatev", "*panic_with_hook" };
	if (inq_case_bad_pc(crash) || inq_is_vsyscall(crash->space, crash->fault->pc))
		return crash->frame_count > 1;
	for (size_t i = 0; i < sizeof ends / sizeof *ends && inq_fault_self_sent(crash->space, crash->fault); i++) {
		const struct inq_frame_info *frame = inq_case_frame(crash, ends[i]);
		if (frame)
			return (size_t)(frame - crash->frames);
	}
	return 0;
}

/* The innermost frame that is to blame, of those that are in an object or in code that was made; `count` for none. Of a function
 * that a script called with what it must not be given, that function: the script has no frame. */
static size_t find_frame(const struct inq_case *crash, const struct inq_frame_info *frames, size_t count, size_t from)
{
	size_t first = count;
	for (size_t i = from; i < count; i++) {
		if (is_made_code(crash, &frames[i]))
			return i;
		if (!frames[i].location.object && !frames[i].location.told)
			continue;
		if (first == count)
			first = i;
		if (inq_is_foreign_call(&frames[i].location))
			return i > first ? i - 1 : i;
		if (!inq_is_plumbing(&frames[i].location) && !inq_is_linked_in(crash, frames, count, i))
			return i;
	}
	return first;
}

/* True for "app::Box<int>::at(…)": the last "::" before the arguments ends the name of an instance of a template. */
static bool is_member_of_template(const char *function)
{
	bool template = false;
	int depth = 0;
	for (const char *c = function; c && *c && (depth || *c != '('); c++) {
		if (!depth && c[0] == ':' && c[1] == ':')
			template = c > function &&c[-1] == '>';
		depth += (*c == '<') - (*c == '>');
	}
	return template;
}

/* `address` is in the call: what follows one that does not return may be another function. */
static bool is_small(const struct inq_case *crash, uint64_t address)
{
	enum { SMALL = 256 };
	struct inq_symbol symbol;
	struct inq_object *object = inq_space_object_at(crash->space, address);
	return object && inq_symbol_at(crash->space, object, address, &symbol) && symbol.size && symbol.size <= SMALL;
}

/* A container's own check: C++'s library threw in a small member of a class template, as std::map::at is one. To blame is
 * who asked it for what it does not have. */
static size_t skip_container(const struct inq_case *crash, size_t found)
{
	const struct inq_frame_info *frames = crash->frames;
	const struct inq_frame_info *thrown = inq_case_frame(crash, "*__throw_");
	if (!thrown || thrown >= frames + found || found + 1 >= crash->frame_count)
		return found;
	const struct inq_location *at = &frames[found].location, *next = &frames[found + 1].location;
	if (!is_member_of_template(at->function) || !is_small(crash, at->address - 1) || !next->object ||
	    strcmp(at->object, next->object) != 0 || inq_is_plumbing(next))
		return found;
	return found + 1;
}

/* Of a process that hung: where one of the threads waits that keep the others waiting, or where the lock's holder is. */
static bool blame_hang(const struct inq_case *crash, struct inq_culprit_info *ret)
{
	const struct inq_thread_info *thread = &crash->threads[crash->hang->thread];
	size_t found = find_frame(crash, thread->frames, thread->frame_count, 0);
	if (found == thread->frame_count)
		return false;
	const struct inq_frame_info *frame = &thread->frames[found];
	*ret = (struct inq_culprit_info) { .thread = thread->tid,
					   .frame = frame->index,
					   .location = frame->location,
					   .why = crash->hang->ring
							  ? "it waits in a ring of threads that wait for each other"
							  : "its thread holds the lock that the others wait for",
					   .confidence =
						   frame->confidence < INQ_LIKELY ? frame->confidence : INQ_LIKELY };
	return true;
}

/* A run-time that ended the program by itself, or what a jump to nowhere left of a stack, with nothing of the program on it; or the
 * function that sent the signal, which
 * has no name: the C library's, in a program that is linked statically and stripped. */
static bool is_nobody(const struct inq_case *crash, size_t found)
{
	const struct inq_location *at = &crash->frames[found].location;
	bool jumped = found > 0 && inq_case_bad_pc(crash);
	return (jumped || !inq_fault_by_processor(crash->space, crash->fault)) &&
	       (inq_is_plumbing(at) || (found == 0 && !at->symbol && !at->function));
}

/* A guess that got no further than where the program begins. */
static bool is_beginning(const struct inq_frame_info *frame)
{
	const char *symbol = frame->location.symbol;
	return frame->index > 0 && frame->confidence < INQ_LIKELY && symbol &&
	       (strcmp(symbol, "_start") == 0 || inq_name_is_like(symbol, "__libc_start_"));
}

/* The library's own code has its caller to blame, though no caller is known; without a name it may be the library's. */
static enum inq_confidence confidence_of(const struct inq_case *crash, size_t found)
{
	const struct inq_frame_info *frame = &crash->frames[found];
	bool called = found + 1 < crash->frame_count && inq_is_foreign_call(&crash->frames[found + 1].location);
	enum inq_confidence most = found ? INQ_LIKELY : INQ_CERTAIN;
	if (frame->location.object && !frame->location.symbol && inq_is_static(crash->space))
		most = INQ_LIKELY;
	if (inq_is_plumbing(&frame->location) && !called)
		most = INQ_POSSIBLE;
	return frame->confidence < most ? frame->confidence : most;
}

bool inq_find_culprit(const struct inq_case *crash, struct inq_culprit_info *ret)
{
	if (crash->hang && inq_case_was_ended(crash))
		return blame_hang(crash, ret);
	if (!inq_fault_by_processor(crash->space, crash->fault) && !inq_fault_self_sent(crash->space, crash->fault) &&
	    !inq_fault_is(crash->fault, "SIGSYS") && crash->fault == crash->last)
		return false;
	if (inq_fault_came_later(crash->space, crash->fault) && !inq_fault_is(crash->fault, "SIGXFSZ"))
		return false;
	size_t found = skip_container(crash, find_frame(crash, crash->frames, crash->frame_count, first_frame(crash)));
	uint64_t record;
	if (found == crash->frame_count || is_nobody(crash, found) || is_beginning(&crash->frames[found]) ||
	    inq_broken_rseq(crash, &record))
		return false;
	const struct inq_frame_info *frame = &crash->frames[found];
	*ret = (struct inq_culprit_info) { .thread = crash->fault->thread->tid,
					   .frame = frame->index,
					   .location = frame->location,
					   .why = why_with_script(crash, found),
					   .confidence = confidence_of(crash, found) };
	return true;
}

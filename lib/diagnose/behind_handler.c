/* Finding the interrupted context: from the stack pointer up, the first valid signal frame is the innermost handler's; from
 * the stack pointer that it interrupted, on whatever stack that is, the next one, and so on. Of several the outermost
 * fault is what happened first: the others happened while that one was being handled. */
#include "lib/diagnose/behind_handler.h"

#include "lib/diagnose/saved_context.h"

enum {
	SEARCHED = 1 << 20, /* bytes above a stack pointer; handlers are rarely deeper than some 10 KiB */
	MOST_NESTED = 8
};

/* The first valid frame in [from, end of what is there). */
static bool search(struct inq_space *space, const struct inq_signal_layout *layout, uint64_t from, uint64_t *where,
		   struct inq_fault *ret)
{
	const struct inq_mapping *mapping = inq_space_mapping_at(space, from);
	const struct inq_signal_record *record = layout->record;
	struct inq_view stack, frame;
	if (!mapping || from - mapping->start >= mapping->data_size)
		return false;
	uint64_t left = mapping->data_size - (from - mapping->start);
	if (!inq_space_view(space, from, left < SEARCHED ? left : SEARCHED, &stack))
		return false;
	uint64_t size = (uint64_t)(record->end - record->first), first = from - (uint64_t)(int64_t)record->first;
	uint64_t offset = (record->phase + record->align - first % record->align) % record->align;
	for (; inq_view_slice(&stack, offset, size, &frame); offset += record->align) {
		if (!inq_may_be_signal_frame(layout, &frame) ||
		    !inq_read_signal_frame(space, layout, first + offset, ret))
			continue;
		*where = first + offset;
		return true;
	}
	return false;
}

/* Signals that end a process with a core: a handler for one of them is why the process ended. One that was interrupted
 * by a timer or a child has another reason. */
static bool is_worth(const struct inq_space *space, const struct inq_fault *fault)
{
	static const char *const fatal[] = { "SIGSEGV", "SIGBUS",  "SIGILL",  "SIGFPE", "SIGTRAP",
					     "SIGSYS",	"SIGABRT", "SIGQUIT", "SIGXCPU" };
	if (inq_fault_by_processor(space, fault))
		return true;
	for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++)
		if (inq_fault_is(fault, fatal[i]))
			return true;
	return false;
}

static bool better(const struct inq_space *space, const struct inq_fault *now, const struct inq_fault *before)
{
	return inq_fault_by_processor(space, now) || !inq_fault_by_processor(space, before);
}

static bool follow(struct inq_space *space, const struct inq_signal_layout *layout, const struct inq_fault *last,
		   struct inq_original *ret)
{
	uint64_t from = last->sp, where;
	struct inq_fault fault;
	bool found = false;
	for (unsigned depth = 0; depth < MOST_NESTED && search(space, layout, from, &where, &fault); depth++) {
		fault.thread = last->thread;
		if (is_worth(space, &fault) && (!found || better(space, &fault, &ret->fault))) {
			*ret = (struct inq_original) { .fault = fault, .context = where, .nested = depth };
			found = true;
		}
		from = fault.sp;
	}
	return found;
}

bool inq_behind_handler(struct inq_space *space, const struct inq_fault *last, struct inq_original *ret)
{
	const struct inq_signal_layout *layout = inq_signal_layout_of(space);
	if (!layout || last->sp == INQ_UNKNOWN || !inq_fault_self_sent(space, last) ||
	    !follow(space, layout, last, ret))
		return false;
	ret->confidence = INQ_LIKELY;
	return true;
}

/* Finding the interrupted context: from the stack pointer up, the first valid signal frame is the innermost handler's; from
 * the stack pointer that it interrupted, on whatever stack that is, the next one, and so on. Of several the outermost
 * fault is what happened first: the others happened while that one was being handled. */
#include "lib/diagnose/behind_handler.h"

#include "lib/diagnose/saved_context.h"
#include "lib/diagnose/signal.h"

enum {
	SEARCHED = 1 << 20, /* bytes above a stack pointer; handlers are rarely deeper than some 10 KiB */
	MOST_NESTED = 8,
	MOST_WALKED = 4096,  /* frames; a handler that recurses deeper is searched for */
	MOST_WAITING = 64,   /* frames of a handler that waits in another thread */
	POINTED = 32 << 10,  /* bytes above a stack pointer that may hold a pointer to a frame elsewhere */
	LEFT_FREE = 4 << 10, /* bytes below the interrupted stack pointer that a handler leaves free */
};

/* The first valid frame in [from, end of what is there). */
static bool search(struct inq_space *space, const struct inq_signal_layout *layout, uint64_t from, uint64_t *where,
		   struct inq_fault *ret)
{
	const struct inq_signal_record *record = layout->record;
	struct inq_view stack, frame;
	if (!inq_space_view_from(space, from, SEARCHED, &stack))
		return false;
	uint64_t size = (uint64_t)(record->end - record->first), first = from - (uint64_t)(int64_t)record->first;
	uint64_t offset = (record->phase + record->align - first % record->align) % record->align;
	for (; inq_view_slice(&stack, offset, size, &frame); offset += record->align) {
		if (!inq_may_be_signal_frame(space, layout, &frame) ||
		    !inq_read_signal_frame(space, layout, first + offset, false, ret))
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

/* Handlers for these report a crash, whoever sent the signal: a fault in one is the reporter's. Of others (SIGQUIT, for which a
 * JVM lists its threads and goes on) a fault in the handler is what ended the program. */
static bool is_crash(const struct inq_fault *fault)
{
	static const char *const crashes[] = { "SIGSEGV", "SIGBUS", "SIGILL", "SIGFPE", "SIGABRT" };
	for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
		if (inq_fault_is(fault, crashes[i]))
			return true;
	return false;
}

/* `now` happened before `before` did. */
static bool better(const struct inq_space *space, const struct inq_fault *now, const struct inq_fault *before)
{
	return inq_fault_by_processor(space, now) || is_crash(now) || !inq_fault_by_processor(space, before);
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

/* The signal frames that the stack leads through. Confidence only falls on the way, so the last frame's is the lowest. */
struct walk {
	uint64_t stacks[MOST_NESTED];
	uint8_t confidence[MOST_NESTED], last;
	unsigned count;
};

static bool visit(void *data, const struct inq_frame *frame, const struct inq_registers *registers)
{
	struct walk *walk = data;
	(void)registers;
	walk->last = frame->confidence;
	if (frame->kind != INQ_FRAME_SIGNAL || walk->count == MOST_NESTED)
		return true;
	walk->stacks[walk->count] = frame->sp;
	walk->confidence[walk->count++] = frame->confidence;
	return true;
}

/* Where the layout's offsets count from: the stack pointer at the trampoline, or what a pointer there says. */
static bool base_of(struct inq_space *space, const struct inq_signal_layout *layout, uint64_t sp, uint64_t *ret)
{
	struct inq_view pointer;
	*ret = sp;
	if (!layout->indirect)
		return true;
	if (!inq_space_view(space, sp + layout->pointer, layout->slot, &pointer))
		return false;
	return inq_view_at(&pointer, 0, layout->slot, ret);
}

/* A frame that the stack leads to: with a siginfo, or without. */
static bool read_walked(struct inq_space *space, const struct inq_signal_layout *layout, uint64_t sp, uint64_t *base,
			struct inq_fault *ret)
{
	const struct inq_signal_layout *plain = inq_signal_plain_layout_of(space);
	return (base_of(space, layout, sp, base) && inq_read_signal_frame(space, layout, *base, true, ret)) ||
	       (plain && base_of(space, plain, sp, base) && inq_read_signal_frame(space, plain, *base, true, ret));
}

/* Where the kernel wrote no siginfo: while a handler runs its own signal is blocked (but by SA_NODEFER), which was not before. The
 * C library's raise may have blocked all. */
static int signal_by_mask(struct inq_space *space, const struct inq_signal_layout *layout,
			  const struct inq_thread *thread, uint64_t sp)
{
	struct inq_view word;
	int number = 1;
	uint64_t before = sp + (uint64_t)(int64_t)layout->record->mask;
	if (!layout->record->mask || !inq_space_view(space, before, layout->slot, &word))
		return 0;
	uint64_t added = thread->blocked & ~inq_view_get(&word, 0, layout->slot);
	if (!added || added & (added - 1))
		return 0;
	while (added >>= 1)
		number++;
	return number;
}

bool inq_handled_at(struct inq_space *space, const struct inq_thread *thread, uint64_t sp, struct inq_fault *ret)
{
	const struct inq_signal_layout *layout = inq_signal_layout_of(space);
	uint64_t base;
	if (!layout || sp == INQ_UNKNOWN)
		return false;
	if (read_walked(space, layout, sp, &base, ret))
		return true;
	*ret = (struct inq_fault) { .signal = { .number = signal_by_mask(space, layout, thread, sp),
						.sender_pid = INQ_UNKNOWN,
						.sender_uid = INQ_UNKNOWN } };
	ret->name = inq_signal_name(space->ctx, space->os, ret->signal.number);
	return ret->name;
}

static bool take_walked(struct inq_space *space, const struct inq_signal_layout *layout, const struct inq_fault *last,
			const struct walk *walk, struct inq_original *ret)
{
	struct inq_fault fault;
	uint64_t base;
	bool found = false;
	for (unsigned i = 0; i < walk->count; i++) {
		if (!read_walked(space, layout, walk->stacks[i], &base, &fault) || !is_worth(space, &fault) ||
		    (found && !better(space, &fault, &ret->fault)))
			continue;
		fault.thread = last->thread;
		*ret = (struct inq_original) { .fault = fault,
					       .context = base,
					       .unwound = true,
					       .nested = i,
					       .confidence =
						       walk->confidence[i] == INQ_CERTAIN ? INQ_CERTAIN : INQ_LIKELY };
		found = true;
	}
	return found;
}

/* The frame in which a walk comes back to where the fault was. */
struct return_to {
	const struct inq_fault *fault;
	bool found;
};

static bool returns(void *data, const struct inq_frame *frame, const struct inq_registers *registers)
{
	struct return_to *to = data;
	(void)registers;
	to->found = frame->pc == to->fault->pc && to->fault->sp - frame->sp <= LEFT_FREE;
	return !to->found;
}

/* .NET's handler goes from the alternate stack back to the interrupted one and goes on below it, in a frame that seems to be
 * called from where the fault was. The kernel's frame stays behind on the alternate stack, and the handler's arguments
 * point to it. They may be left over from a fault that was mastered: only if the stack does lead there, it is this one. */
static bool follow_pointers(struct inq_space *space, const struct inq_signal_layout *layout,
			    const struct inq_fault *last, struct inq_original *ret)
{
	struct inq_view stack;
	struct inq_fault fault;
	uint64_t address;
	unsigned walks = 0;
	if (!inq_space_view_from(space, last->sp, POINTED, &stack))
		return false;
	for (uint64_t at = 0; walks < MOST_NESTED && inq_view_at(&stack, at, stack.word, &address); at += stack.word) {
		if (address % stack.word || address < POINTED || address - last->sp < POINTED ||
		    !inq_space_mapping_at(space, address) ||
		    !inq_read_signal_frame(space, layout, address, false, &fault) ||
		    !inq_fault_by_processor(space, &fault))
			continue;
		struct return_to to = { .fault = &fault };
		walks++;
		inq_unwind_walk(space, &last->registers, MOST_WALKED, returns, &to);
		if (!to.found)
			continue;
		fault.thread = last->thread;
		*ret = (struct inq_original) { .fault = fault, .context = address, .confidence = INQ_LIKELY };
		return true;
	}
	return false;
}

bool inq_behind_handler(struct inq_space *space, const struct inq_fault *last, struct inq_original *ret)
{
	const struct inq_signal_layout *layout = inq_signal_layout_of(space);
	bool sent = inq_fault_self_sent(space, last), crashed = inq_fault_by_processor(space, last);
	struct walk walk = { 0 };
	if (!layout || last->sp == INQ_UNKNOWN || (!sent && !crashed))
		return false;
	enum inq_truncated end = inq_unwind_walk(space, &last->registers, MOST_WALKED, visit, &walk);
	/* A fault in a handler is told as such only by the stack: what a search finds may be left over from long ago. */
	if (take_walked(space, layout, last, &walk, ret))
		return sent || inq_fault_by_processor(space, &ret->fault);
	if (!sent)
		return false;
	if (follow_pointers(space, layout, last, ret))
		return true;
	if ((end == INQ_END_OUTERMOST && walk.last == INQ_CERTAIN && !walk.count) || !follow(space, layout, last, ret))
		return false;
	ret->confidence = INQ_LIKELY;
	return true;
}

/* Handlers of faults may also serve the program, as a collector's barrier does: what they master is mapped. */
static bool was_fatal(struct inq_space *space, const struct inq_fault *fault)
{
	return !fault->has_address || fault->address == fault->pc || !inq_space_mapping_at(space, fault->address);
}

static bool still_handled(struct inq_space *space, const struct inq_signal_layout *layout,
			  const struct inq_thread *thread, struct inq_original *ret)
{
	struct walk walk = { 0 };
	struct inq_fault last = inq_fault_of_thread(space, thread);
	inq_unwind_walk(space, &last.registers, MOST_WAITING, visit, &walk);
	return walk.count && take_walked(space, layout, &last, &walk, ret) &&
	       inq_fault_by_processor(space, &ret->fault) && !inq_fault_is(&ret->fault, "SIGTRAP");
}

bool inq_behind_waiting_handler(struct inq_space *space, const struct inq_fault *last, struct inq_original *ret)
{
	const struct inq_signal_layout *layout = inq_signal_layout_of(space);
	bool found = false;
	if (!layout || !last->signal.number || inq_fault_by_processor(space, last))
		return false;
	for (size_t i = 0; i < space->threads.count && !found; i++)
		found = still_handled(space, layout, &space->threads.items[i], ret) && was_fatal(space, &ret->fault);
	ret->confidence = INQ_LIKELY;
	return found;
}

static struct inq_fault printed_fault(struct inq_space *space, const struct inq_fault *last,
				      const struct inq_text_frame *frame, int otherwise)
{
	struct inq_fault fault = { .thread = last->thread,
				   .signal = { .number = frame->signal ? frame->signal : otherwise,
					       .sender_pid = INQ_UNKNOWN,
					       .sender_uid = INQ_UNKNOWN,
					       .place = last->thread->place },
				   .pc = frame->pc,
				   .sp = frame->base };
	fault.name = inq_signal_name(space->ctx, space->os, fault.signal.number);
	return fault;
}

/* The handler set the default action back and sent itself the signal again: it is the one that it was called for. */
static bool is_raised_again(const struct inq_text_frame *frames, size_t count)
{
	static const char *const names[] = { "raise",	     "__GI_raise",
					     "gsignal",	     "kill",
					     "pthread_kill", "__pthread_kill",
					     "tgkill",	     "__pthread_kill_implementation" };
	for (size_t i = 0; i < count && !frames[i].interrupted; i++)
		for (size_t j = 0; frames[i].symbol && j < sizeof names / sizeof *names; j++)
			if (strcmp(frames[i].symbol, names[j]) == 0)
				return true;
	return false;
}

/* gdb does not say which signal a handler was called for: behind an abort it was most likely a fault. */
bool inq_behind_printed_handler(struct inq_space *space, const struct inq_fault *last, size_t count,
				struct inq_original *ret, size_t *frame)
{
	const struct inq_text_frame *frames = last->thread->stack.frames;
	bool sent = inq_fault_self_sent(space, last), found = false, again = !sent && is_raised_again(frames, count);
	for (size_t i = 1; i < count; i++) {
		if (!frames[i].interrupted)
			continue;
		struct inq_fault fault = printed_fault(space, last, &frames[i], again ? last->signal.number : 0);
		bool worth = fault.signal.number ? is_worth(space, &fault) : sent;
		if (!worth || (!sent && !inq_fault_by_processor(space, &fault)) ||
		    (found && !better(space, &fault, &ret->fault)))
			continue;
		*ret = (struct inq_original) {
			.fault = fault, .context = frames[i].context, .unwound = true, .confidence = INQ_LIKELY
		};
		*frame = i;
		found = true;
	}
	return found;
}

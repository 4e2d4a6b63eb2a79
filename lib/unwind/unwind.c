/* The stack of a thread, and the words for what a walk found. */
#include "lib/unwind/unwind.h"

struct collection {
	struct inq_frame_vec *frames;
	bool no_memory;
};

static bool collect(void *data, const struct inq_frame *frame, const struct inq_registers *registers)
{
	(void)registers;
	struct collection *collection = data;
	struct inq_frame *slot = inq_frame_vec_push(collection->frames);
	if (slot)
		*slot = *frame;
	collection->no_memory = !slot;
	return slot != NULL;
}

struct inq_registers inq_registers_of_thread(const struct inq_thread *thread, const struct inq_arch *arch)
{
	struct inq_registers registers = { 0 };
	if (!arch || !thread->registers)
		return registers;
	registers.valid = thread->valid;
	registers.vectors = thread->fp_registers;
	memcpy(registers.values, thread->registers, arch->register_count * sizeof *registers.values);
	return registers;
}

enum inq_status inq_unwind_thread(struct inq_space *space, const struct inq_thread *thread, size_t limit,
				  struct inq_stack *ret)
{
	const struct inq_registers start = inq_registers_of_thread(thread, space->machine.arch);
	struct inq_stack stack = { .truncated_by = INQ_END_NO_UNWIND_INFO };
	struct collection collection = { .frames = &stack.frames };
	if (start.valid)
		stack.truncated_by = inq_unwind_walk(space, &start, limit, collect, &collection);
	if (collection.no_memory) {
		inq_frame_vec_release(&stack.frames);
		return inq_no_memory(space->ctx);
	}
	*ret = stack;
	return INQ_OK;
}

const char *inq_found_by_name(enum inq_found_by found_by)
{
	static const char *const names[] = { "context",	      "cfi",  "signal-frame", "frame-pointer",
					     "link-register", "scan", "text" };
	return (size_t)found_by < sizeof names / sizeof *names ? names[found_by] : "unknown";
}

const char *inq_truncated_name(enum inq_truncated truncated)
{
	static const char *const names[] = { "outermost", "missing-memory", "no-unwind-info",
					     "loop",	  "limit",	    "broken-chain" };
	return (size_t)truncated < sizeof names / sizeof *names ? names[truncated] : "unknown";
}

const char *inq_frame_kind_name(enum inq_frame_kind kind)
{
	static const char *const names[] = { "native", "signal", "inline", "java", "stub" };
	return (size_t)kind < sizeof names / sizeof *names ? names[kind] : "unknown";
}

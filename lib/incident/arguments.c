/* The arguments of frames. The stack is walked once more, as only now it is known which of its frames are listed: those of
 * functions with types get their parameters, with the values that the registers of the frame lead to. */
#include "lib/incident/incident.h"

#include "lib/types/frame.h"
#include "lib/unwind/unwind.h"

/* Frames of one stack that get arguments; frames that are passed for them. */
enum { MOST_FRAMES = 64, MOST_PASSED = 1 << 16 };

struct filling {
	struct inq_incident *incident;
	struct inq_frame_info *frames;
	size_t count, at; /* frames[at] is the next */
	size_t left;
};

static void fill(struct filling *filling, struct inq_frame_info *info, unsigned depth,
		 const struct inq_registers *registers)
{
	struct inq_frame_parameters parameters;
	const struct inq_typed_frame frame = { .pc = info->pc,
					       .back = !info->exact,
					       .depth = depth,
					       .registers = registers,
					       .readable = !filling->incident->options.no_demangle };
	if (!inq_parameters_of_frame(filling->incident->space, &frame, &parameters))
		return;
	info->prototype = parameters.prototype;
	info->arguments = parameters.arguments;
	info->argument_count = parameters.count;
}

static bool is_of(const struct inq_frame_info *info, const struct inq_frame *frame)
{
	return info->pc == frame->pc && info->sp == frame->sp;
}

/* A frame on the stack is several in the list when functions were inlined there, and none when it was folded. */
static bool visit(void *data, const struct inq_frame *frame, const struct inq_registers *registers)
{
	struct filling *filling = data;
	size_t end = filling->at;
	while (end < filling->count && is_of(&filling->frames[end], frame))
		end++;
	bool typed = frame->kind == INQ_FRAME_NATIVE;
	for (size_t first = filling->at; filling->at < end; filling->at++, filling->left--)
		if (typed && filling->left)
			fill(filling, &filling->frames[filling->at], (unsigned)(filling->at - first), registers);
		else if (!filling->left)
			return false;
	return filling->at < filling->count && filling->left;
}

void inq_fill_arguments(struct inq_incident *incident, const struct inq_thread *thread, struct inq_frame_info *frames,
			size_t count)
{
	const struct inq_registers start = inq_registers_of_thread(thread, incident->space->machine.arch);
	struct filling filling = { .incident = incident, .frames = frames, .count = count, .left = MOST_FRAMES };
	if (!start.valid || !count || (!thread->crashed && !incident->options.all_arguments))
		return;
	inq_unwind_walk(incident->space, &start, MOST_PASSED, visit, &filling);
}

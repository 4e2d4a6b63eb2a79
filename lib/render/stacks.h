/* What the text and the JSON of stacks have in common: how much of one is shown, and which are equal. */
#ifndef INQ_RENDER_STACKS_H
#define INQ_RENDER_STACKS_H

#include <inquest/report.h>

/* Threads whose stacks are the same frames, as far as they are known, and end for the same reason. */
struct inq_stack_group {
	const struct inq_thread_info **threads; /* in the report's order */
	size_t count;
};

struct inq_stack_groups {
	struct inq_stack_group *items; /* most threads first; of as many, in the report's order */
	size_t count;
	const struct inq_thread_info **threads; /* what the items point into */
};

/* False without memory, and there is nothing to release. */
bool inq_stack_groups_init(struct inq_stack_groups *groups, const struct inq_report *report);
void inq_stack_groups_release(struct inq_stack_groups *groups);

/* How many of the rows are shown when only the `limit` innermost frames are asked for (0: all). What is folded is never
 * parted. */
size_t inq_stack_shown(const struct inq_frame_info *frames, size_t count, size_t limit);
/* Frames on the stack, those that are folded too. */
uint64_t inq_stack_depth(const struct inq_frame_info *frames, size_t count);

#endif

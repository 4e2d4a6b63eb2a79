/* The document inquest.stack/1. */
#include "lib/render/json_parts.h"
#include "lib/render/stacks.h"

/* A stack of which only a part is asked for ends by the limit. */
static void put_frames(struct inq_json *json, const struct inq_report *report, const struct inq_thread_info *thread)
{
	size_t shown = inq_stack_shown(thread->frames, thread->frame_count, json->output->frames);
	inq_json_open(json, "frames", '[');
	for (size_t i = 0; i < shown; i++)
		inq_json_frame(json, report, &thread->frames[i]);
	inq_json_end(json);
	inq_json_text(json, "truncated_by", shown < thread->frame_count ? "limit" : thread->truncated_by);
	inq_json_text(json, "truncated_why", thread->truncated_why);
}

static void put_thread(struct inq_json *json, const struct inq_report *report, const struct inq_thread_info *thread)
{
	inq_json_begin(json, '{');
	inq_json_thread(json, thread);
	put_frames(json, report, thread);
	inq_json_end(json);
}

static void put_group(struct inq_json *json, const struct inq_report *report, const struct inq_stack_group *group)
{
	inq_json_begin(json, '{');
	inq_json_count(json, "count", group->count);
	inq_json_open(json, "tids", '[');
	for (size_t i = 0; i < group->count; i++)
		if (group->threads[i]->tid != INQ_UNKNOWN)
			inq_json_number(json, group->threads[i]->tid);
	inq_json_end(json);
	inq_json_flag(json, "crashed", group->threads[0]->crashed); /* the report has that one first */
	put_frames(json, report, group->threads[0]);
	inq_json_end(json);
}

static void open_document(struct inq_json *json, const struct inq_report *report, const char *list)
{
	inq_json_document(json, "inquest.stack/1");
	inq_json_warnings(json, report);
	inq_json_process(json, report);
	inq_json_open(json, list, '[');
}

void inq_json_stacks(struct inq_json *json, const struct inq_report *report, bool all)
{
	open_document(json, report, "threads");
	for (size_t i = 0; i < report->thread_count && (all || i == 0); i++)
		put_thread(json, report, &report->threads[i]);
	inq_json_end(json);
}

bool inq_json_unique_stacks(struct inq_json *json, const struct inq_report *report)
{
	struct inq_stack_groups groups;
	open_document(json, report, "stacks");
	bool good = inq_stack_groups_init(&groups, report);
	for (size_t i = 0; good && i < groups.count; i++)
		put_group(json, report, &groups.items[i]);
	if (good)
		inq_stack_groups_release(&groups);
	inq_json_end(json);
	return good;
}

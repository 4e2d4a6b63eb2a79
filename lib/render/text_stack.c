/* The text of `stack`, and the stacks in a report: threads, their frames, and why a stack ends. */
#include "lib/render/stacks.h"
#include "lib/render/text_frames.h"

#include <inttypes.h>
#include <string.h>

enum { MOST_TIDS = 12 };	 /* named of the threads that share a stack */
enum { MOST_HANDLER_NAMES = 6 }; /* of what a signal handler did */

static const char *end_of(const char *truncated_by)
{
	static const char *const ends[][2] = {
		{ "missing-memory", "the stack is not in the core from here on" },
		{ "no-unwind-info", "no unwind information leads on from here" },
		{ "loop", "the next frame would be one that was seen: the stack is damaged" },
		{ "limit", "the walk was stopped here, at the most frames that it takes" },
		{ "broken-chain", "what the text prints below was not believed" },
	};
	for (size_t i = 0; truncated_by && i < sizeof(ends) / sizeof(ends[0]); i++)
		if (strcmp(truncated_by, ends[i][0]) == 0)
			return ends[i][1];
	return NULL;
}

static void put_end(struct inq_text *text, const struct inq_thread_info *thread)
{
	const char *end = thread->frame_count ? end_of(thread->truncated_by) : "no registers are known: no stack";
	if (thread->truncated_why)
		end = thread->truncated_why;
	if (!end)
		return;
	inq_put_name(&text->work, end);
	inq_text_wrap(text, INQ_FRAME_COLUMN, INQ_COLOR_DOUBT);
	inq_text_newline(text);
}

static void put_left(struct inq_text *text, const struct inq_thread_info *thread, size_t shown, const char *how)
{
	uint64_t left = inq_stack_depth(thread->frames, thread->frame_count) - inq_stack_depth(thread->frames, shown);
	inq_str_count(&text->work, left);
	inq_str_puts(&text->work, left == 1 ? " more frame" : " more frames");
	inq_str_puts(&text->work, how);
	inq_text_wrap(text, INQ_FRAME_COLUMN, INQ_COLOR_NONE);
	inq_text_newline(text);
}

/* Without an address the names are those of one frame of a text. */
static bool same_place(const struct inq_location *one, const struct inq_location *two)
{
	return one->address == two->address &&
	       (one->address != INQ_UNKNOWN || (one->symbol == two->symbol && one->line == two->line));
}

static const struct inq_frame_info *find_culprit(const struct inq_report *report, const struct inq_thread_info *thread)
{
	const struct inq_culprit_info *culprit = &report->crash.culprit;
	if (!report->has_crash || !report->crash.has_culprit || culprit->thread != thread->tid)
		return NULL;
	for (size_t i = 0; i < thread->frame_count; i++)
		if (same_place(&thread->frames[i].location, &culprit->location))
			return &thread->frames[i];
	return NULL;
}

/* The rows from `first` to `shown`, and what comes after them. */
static void put_stack(struct inq_text *text, const struct inq_thread_info *thread, size_t first, size_t shown,
		      const char *how)
{
	inq_text_frames(text, thread->frames + first, shown - first, find_culprit(text->report, thread));
	if (shown < thread->frame_count)
		put_left(text, thread, shown, how);
	else
		put_end(text, thread);
}

static void put_whole(struct inq_text *text, const struct inq_thread_info *thread)
{
	size_t shown = inq_stack_shown(thread->frames, thread->frame_count, text->output->frames);
	put_stack(text, thread, 0, shown, "");
}

/* "15699 worker, crashed, SIGSEGV, running" */
void inq_put_thread(struct inq_str *str, const struct inq_thread_info *thread)
{
	if (thread->tid != INQ_UNKNOWN)
		inq_str_printf(str, "%llu", (unsigned long long)thread->tid);
	else if (!thread->name)
		inq_str_puts(str, "without a number");
	if (thread->name) {
		inq_str_puts(str, thread->tid != INQ_UNKNOWN ? " " : "");
		inq_put_name(str, thread->name);
	}
	inq_str_puts(str, thread->crashed ? ", crashed" : "");
	if (thread->crashed && thread->signal.name) /* Linux writes it into the notes of all threads */
		inq_str_printf(str, ", %s", thread->signal.name);
	if (thread->state) {
		inq_str_puts(str, ", ");
		inq_put_name(str, thread->state);
	}
	if (thread->waits_on) {
		inq_str_puts(str, ", waits on ");
		inq_put_name(str, thread->waits_on);
	}
}

static void put_head(struct inq_text *text, const struct inq_thread_info *thread)
{
	inq_str_puts(&text->work, "thread ");
	inq_put_thread(&text->work, thread);
	inq_text_wrap(text, INQ_TEXT_INDENT, INQ_COLOR_BOLD);
	inq_text_newline(text);
}

void inq_text_stacks(struct inq_text *text, bool all)
{
	const struct inq_report *report = text->report;
	size_t count = all || !report->thread_count ? report->thread_count : 1;
	for (size_t i = 0; i < count && !text->stopped; i++) {
		if (i)
			inq_text_newline(text);
		put_head(text, &report->threads[i]);
		put_whole(text, &report->threads[i]);
	}
	inq_text_stack_legend(text);
	if (count == report->thread_count)
		return;
	inq_str_count(&text->work, report->thread_count - count);
	inq_str_puts(&text->work, count + 1 == report->thread_count ? " more thread" : " more threads");
	inq_str_puts(&text->work, ": see --all-threads and --unique");
	inq_text_wrap(text, INQ_TEXT_INDENT, INQ_COLOR_NONE);
	inq_text_newline(text);
}

/* "198 threads, one of them crashed: 12, 13, 14, … and 186 more" */
static void put_group_head(struct inq_text *text, const struct inq_stack_group *group)
{
	struct inq_str *work = &text->work;
	size_t named = text->output->verbose || group->count <= MOST_TIDS ? group->count : MOST_TIDS;
	if (group->count == 1) {
		put_head(text, group->threads[0]);
		return;
	}
	inq_str_count(work, group->count);
	inq_str_puts(work, group->threads[0]->crashed ? " threads, the first of which crashed:" : " threads:");
	for (size_t i = 0; i < named; i++)
		if (group->threads[i]->tid != INQ_UNKNOWN)
			inq_str_printf(work, "%s %llu", i ? "," : "", (unsigned long long)group->threads[i]->tid);
	if (named < group->count) {
		inq_str_puts(work, " and ");
		inq_str_count(work, group->count - named);
		inq_str_puts(work, " more");
	}
	inq_text_wrap(text, INQ_TEXT_INDENT, INQ_COLOR_BOLD);
	inq_text_newline(text);
}

void inq_text_unique_stacks(struct inq_text *text)
{
	struct inq_stack_groups groups;
	if (!inq_stack_groups_init(&groups, text->report)) {
		text->str.failed = true;
		return;
	}
	for (size_t i = 0; i < groups.count && !text->stopped; i++) {
		if (i)
			inq_text_newline(text);
		put_group_head(text, &groups.items[i]);
		put_whole(text, groups.items[i].threads[0]);
	}
	inq_text_stack_legend(text);
	inq_stack_groups_release(&groups);
}

/* By a text: without addresses the index must tell. */
static bool is_printed(const struct inq_report *report, const struct inq_thread_info *thread)
{
	return report->crash.original.frame_count && thread->frames[0].found_by &&
	       strcmp(thread->frames[0].found_by, "text") == 0;
}

/* Where the interrupted context stands on the stack of the thread; 0 when it is not there or there was none. */
static size_t find_fault(const struct inq_report *report, const struct inq_thread_info *thread)
{
	const struct inq_fault_info *fault = &report->crash.original.fault;
	if (!report->has_crash || !report->crash.behind_handler)
		return 0;
	for (size_t i = 0; i < thread->frame_count && is_printed(report, thread); i++)
		if (thread->frames[i].index == report->crash.original.frames[0].index)
			return i;
	for (size_t i = 0; i < thread->frame_count; i++)
		if (thread->frames[i].exact && thread->frames[i].pc == fault->pc && thread->frames[i].sp == fault->sp)
			return i;
	return 0;
}

/* What came after the fault, in the order of the calls: "handler: segv_abort -> abort -> raise". */
static void put_handler(struct inq_text *text, const struct inq_thread_info *thread, size_t fault)
{
	unsigned named = 0;
	for (size_t i = fault; i-- > 0;) {
		if (inq_frame_is(&thread->frames[i], "signal"))
			continue;
		inq_str_puts(&text->work, named ? " -> " : "then the handler: ");
		if (named++ == MOST_HANDLER_NAMES) {
			inq_str_puts(&text->work, "…");
			break;
		}
		if (inq_frame_name(&thread->frames[i]))
			inq_put_name(&text->work, inq_frame_name(&thread->frames[i]));
		else
			inq_put_frame_place(&text->work, &thread->frames[i]);
	}
	inq_text_wrap(text, INQ_FRAME_COLUMN, INQ_COLOR_NONE);
	inq_text_newline(text);
}

/* At most about `most` rows: what is folded is not parted. */
static void put_part(struct inq_text *text, const struct inq_thread_info *thread, size_t first, size_t most)
{
	size_t shown = thread->frame_count;
	if (shown - first > most)
		shown = inq_stack_shown(thread->frames, shown, thread->frames[first + most].index);
	put_stack(text, thread, first, shown, "; 'inquest stack' prints all");
}

/* The stack of a fault that the stack of its thread does not lead to. */
static void put_original(struct inq_text *text, const struct inq_thread_info *thread, size_t most)
{
	const struct inq_original_info *original = &text->report->crash.original;
	struct inq_thread_info of_fault = *thread;
	of_fault.frames = original->frames;
	of_fault.frame_count = original->frame_count;
	of_fault.truncated_by = original->truncated_by;
	of_fault.truncated_why = original->truncated_why;
	put_part(text, &of_fault, 0, most);
	if (original->fault.thread == thread->tid)
		inq_str_puts(&text->work, "and that of the handler, which does not lead there:");
	else
		inq_str_printf(&text->work, "that was thread %" PRIu64 "; thread %" PRIu64 " ended the process:",
			       original->fault.thread, thread->tid);
	inq_text_wrap(text, INQ_FRAME_COLUMN, INQ_COLOR_NONE);
	inq_text_newline(text);
}

void inq_text_thread_stack(struct inq_text *text, const struct inq_thread_info *thread, size_t most)
{
	const struct inq_crash_info *crash = text->report->has_crash ? &text->report->crash : NULL;
	size_t fault = find_fault(text->report, thread);
	if (!thread->frame_count)
		return;
	if (!fault && crash && crash->behind_handler && crash->original.frame_count &&
	    (crash->original.fault.thread == thread->tid || thread == text->report->threads))
		put_original(text, thread, most);
	put_part(text, thread, fault, most);
	if (fault)
		put_handler(text, thread, fault);
}

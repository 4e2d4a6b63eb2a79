/* A triage as people read it: how many groups the cores come down to, then each, the most urgent first: what it is, how often,
 * whose, since when, why these crashes are taken for one, and which core to look at. */
#include "lib/base/time.h"
#include "lib/render/renderer.h"
#include "lib/render/text.h"

#include <inttypes.h>
#include <string.h>

static const struct inq_report none;

enum { NUMBER = 4, SIZE = 14 };

static enum inq_color color_of(enum inq_severity severity)
{
	return severity <= INQ_SEVERITY_HIGH ? INQ_COLOR_BAD : INQ_COLOR_NONE;
}

/* "ok       cores/core.1  SIGSEGV null-write …" */
enum inq_status inq_text_triage_result(const struct inq_triage_result *result, const char *line,
				       const struct inq_output *output)
{
	static const enum inq_color colors[] = { [INQ_TRIAGE_OK] = INQ_COLOR_NONE,
						 [INQ_TRIAGE_PARTIAL] = INQ_COLOR_DOUBT,
						 [INQ_TRIAGE_FAILED] = INQ_COLOR_BAD };
	const char *what = result->status == INQ_TRIAGE_FAILED ? result->reason : result->signature.text;
	struct inq_text text;
	(void)line;
	inq_text_init(&text, &none, output);
	inq_text_color(&text, colors[result->status], inq_triage_status_name(result->status));
	inq_text_pad(&text, 9);
	inq_put_name(&text.str, result->path);
	if (what)
		inq_str_puts(&text.str, "  ");
	inq_put_name(&text.str, what);
	inq_text_newline(&text);
	return inq_text_finish(&text);
}

static void put_count(struct inq_str *str, uint64_t count, const char *one, const char *many)
{
	inq_str_count(str, count);
	inq_str_putc(str, ' ');
	inq_str_puts(str, count == 1 ? one : many);
}

enum inq_status inq_text_triage_sums(const struct inq_triage_progress *progress, const struct inq_output *output)
{
	struct inq_text text;
	struct inq_str *work = &text.work;
	inq_text_init(&text, &none, output);
	put_count(work, progress->done + progress->skipped, "core", "cores");
	inq_str_puts(work, " in ");
	put_count(work, progress->groups, "group.", "groups, the most urgent first.");
	if (progress->skipped)
		inq_str_printf(work, " %" PRIu64 " were known already.", progress->skipped);
	if (progress->partial)
		inq_str_printf(work, " %" PRIu64 " partial: damaged or cut.", progress->partial);
	if (progress->failed)
		inq_str_printf(work, " %" PRIu64 " failed.", progress->failed);
	if (progress->missed && output->verbose) {
		inq_str_puts(work, " The symbol cache had nothing of ");
		put_count(work, progress->missed, "object.", "objects.");
	}
	inq_text_wrap(&text, 0, INQ_COLOR_BOLD);
	inq_text_newline(&text);
	return inq_text_finish(&text);
}

static void put_head(struct inq_text *text, const struct inq_triage_group *group)
{
	const struct inq_signature *signature = group->signature;
	const char *what = signature && signature->text ? signature->text : "no signature";
	inq_str_count(&text->work, group->number);
	inq_text_right(text, NUMBER, text->work.text);
	text->work.length = 0;
	put_count(&text->work, group->size, "core", "cores");
	inq_text_right(text, NUMBER + SIZE, text->work.text);
	text->work.length = 0;
	inq_text_pad(text, NUMBER + SIZE + 2);
	inq_text_color(text, color_of(group->severity), inq_severity_name(group->severity));
	inq_text_pad(text, NUMBER + SIZE + 12);
	inq_put_name(&text->work, what);
	inq_text_color(text, INQ_COLOR_BOLD, text->work.text);
	text->work.length = 0;
	inq_text_newline(text);
}

static void put_who(struct inq_text *text, const struct inq_triage_group *group)
{
	const char *between = "";
	if (group->hosts > 1)
		put_count(&text->work, group->hosts, "host", "hosts");
	between = text->work.length ? ", " : "";
	if (group->programs > 1) {
		inq_str_puts(&text->work, between);
		put_count(&text->work, group->programs, "program", "programs");
	}
	between = text->work.length ? ", " : "";
	if (group->versions > 1) {
		inq_str_puts(&text->work, between);
		put_count(&text->work, group->versions, "version", "versions");
	}
	if (text->work.length)
		inq_text_paragraph(text, "on");
}

static void put_when(struct inq_text *text, const struct inq_triage_group *group)
{
	struct inq_arena *arena = inq_arena_create();
	const char *first = arena ? inq_time_text(arena, group->first_seen, 0) : NULL;
	const char *last = arena ? inq_time_text(arena, group->last_seen, 0) : NULL;
	if (first && last && strcmp(first, last) != 0)
		inq_str_printf(&text->work, "%s to %s", first, last);
	else if (first)
		inq_str_puts(&text->work, first);
	if (text->work.length)
		inq_text_paragraph(text, "seen");
	inq_arena_destroy(arena);
}

static void put_why(struct inq_text *text, const struct inq_triage_group *group)
{
	for (size_t i = 0; i < group->explanation_count; i++) {
		inq_put_name(&text->work, group->explanation[i]);
		inq_text_paragraph(text, i ? "" : "why");
	}
}

/* The core to begin with. `inquest report` opens files, not what is in archives. */
static void put_example(struct inq_text *text, const struct inq_triage_group *group)
{
	if (!group->representative)
		return;
	if (!strstr(group->representative, "//"))
		inq_str_puts(&text->work, "inquest report ");
	inq_put_name(&text->work, group->representative);
	inq_text_paragraph(text, "look at");
}

static void put_members(struct inq_text *text, const struct inq_triage_group *group)
{
	size_t shown = text->output->verbose ? group->size : 0;
	for (size_t i = 0; i < shown && !text->stopped; i++) {
		inq_put_name(&text->work, group->members[i]);
		inq_text_paragraph(text, i ? "" : "cores");
	}
}

enum inq_status inq_text_triage_group(const struct inq_triage_group *group, const struct inq_output *output)
{
	struct inq_text text;
	inq_text_init(&text, &none, output);
	inq_text_newline(&text);
	put_head(&text, group);
	put_who(&text, group);
	put_when(&text, group);
	put_why(&text, group);
	put_example(&text, group);
	put_members(&text, group);
	return inq_text_finish(&text);
}

/* The lines of inquest.triage/1: results are lines already, groups become one each. */
#include "lib/base/time.h"
#include "lib/render/json_writer.h"
#include "lib/render/renderer.h"

#include <stdlib.h>

enum inq_status inq_json_triage_result(const struct inq_triage_result *result, const char *line,
				       const struct inq_output *output)
{
	char whole[8 << 10]; /* most lines: they then go out in one call */
	size_t length = strlen(line);
	(void)result;
	if (length < sizeof whole) {
		memcpy(whole, line, length);
		whole[length] = '\n';
		return output->write(output->data, whole, length + 1) ? INQ_OK : INQ_UNUSABLE;
	}
	bool written = output->write(output->data, line, length) && output->write(output->data, "\n", 1);
	return written ? INQ_OK : INQ_UNUSABLE;
}

/* Who reads lines can count them. */
enum inq_status inq_json_triage_sums(const struct inq_triage_progress *progress, const struct inq_output *output)
{
	(void)progress;
	(void)output;
	return INQ_OK;
}

static void put_signature(struct inq_json *json, const struct inq_signature *signature)
{
	inq_json_open(json, "signature", '{');
	inq_json_text(json, "hash", signature->hash);
	inq_json_text(json, "text", signature->text);
	inq_json_text(json, "kind", signature->kind);
	inq_json_text(json, "bucket", signature->bucket);
	inq_json_strings(json, "frames", signature->frames, signature->frame_count);
	inq_json_strings(json, "rules", signature->rules, signature->rule_count);
	inq_json_end(json);
}

static void put_time(struct inq_json *json, struct inq_arena *arena, const char *key, uint64_t seconds)
{
	inq_json_text(json, key, inq_time_text(arena, seconds, 0));
}

static void put_group(struct inq_json *json, struct inq_arena *arena, const struct inq_triage_group *group)
{
	inq_json_begin(json, '{');
	inq_json_count(json, "group", group->number);
	inq_json_count(json, "size", group->size);
	if (group->signature)
		put_signature(json, group->signature);
	inq_json_own(json, "severity", inq_severity_name(group->severity));
	inq_json_text(json, "representative", group->representative);
	inq_json_count(json, "hosts", group->hosts);
	inq_json_count(json, "programs", group->programs);
	inq_json_count(json, "versions", group->versions);
	put_time(json, arena, "first_seen", group->first_seen);
	put_time(json, arena, "last_seen", group->last_seen);
	inq_json_strings(json, "explanation", group->explanation, group->explanation_count);
	inq_json_strings(json, "members", group->members, group->size);
	inq_json_end(json);
}

enum inq_status inq_json_triage_group(const struct inq_triage_group *group, const struct inq_output *output)
{
	struct inq_arena *arena = inq_arena_create();
	struct inq_json *json = arena ? inq_alloc(sizeof *json) : NULL;
	enum inq_status status = INQ_NO_MEMORY;
	if (json) {
		inq_json_init_line(json, output);
		put_group(json, arena, group);
		status = inq_json_finish(json);
	}
	free(json);
	inq_arena_destroy(arena);
	return status;
}

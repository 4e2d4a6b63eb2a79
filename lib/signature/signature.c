/* The signature: kind, frames, hash, and the line for people. */
#include "lib/signature/parts.h"

#include "lib/base/sha256.h"
#include "lib/base/str.h"

#include <string.h>

/* The stack of the fault that really happened. */
static const struct inq_frame_info *stack_of(const struct inq_report *report, size_t *count)
{
	if (report->crash.behind_handler) {
		*count = report->crash.original.frame_count;
		return report->crash.original.frames;
	}
	*count = report->thread_count ? report->threads[0].frame_count : 0;
	return *count ? report->threads[0].frames : NULL;
}

static bool is_bucket(const struct inq_signature *signature, const char *bucket)
{
	return strcmp(signature->bucket, bucket) == 0;
}

/* The program stands for a stack that says nothing, and beside the one frame of a stack of nothing but plumbing. */
static enum inq_status pick_program(struct inq_picking *picking)
{
	const struct inq_process_info *process = &picking->report->process;
	const char *path = process->exe ? process->exe : process->name ? process->name : "unknown";
	struct inq_picked *items = inq_arena_array(picking->ctx->arena, picking->count + 1, sizeof *items);
	const char *name = inq_normal_object(picking->ctx, path);
	if (!items || !name)
		return inq_no_memory(picking->ctx);
	if (picking->count)
		memcpy(items, picking->items, picking->count * sizeof *items);
	items[picking->count].name = name;
	picking->items = items;
	picking->count++;
	return INQ_OK;
}

static enum inq_status pick(struct inq_picking *picking, const struct inq_signature *signature)
{
	size_t count;
	const struct inq_frame_info *frames = stack_of(picking->report, &count);
	bool raised = !inq_report_fault(picking->report)->has_fault_address;
	enum inq_status status = INQ_OK;
	if (is_bucket(signature, "stack-overflow"))
		status = inq_pick_cycle(picking, frames, count);
	else if (is_bucket(signature, "deadlock"))
		status = inq_pick_hang(picking);
	else if (!is_bucket(signature, "killed") && !is_bucket(signature, "watchdog") &&
		 !is_bucket(signature, "no-crash"))
		status = inq_pick_stack(picking, frames, count, raised);
	if (status == INQ_OK && !picking->count && is_bucket(signature, "stack-overflow"))
		status = inq_pick_stack(picking, frames, count, raised);
	bool plumbing = picking->count == 1 && picking->items[0].action == INQ_RULE_SKIP;
	if (status == INQ_OK && (!picking->count || plumbing))
		status = pick_program(picking);
	return status;
}

/* The items in the signature's form. */
static enum inq_status keep_frames(struct inq_picking *picking, struct inq_signature *ret)
{
	size_t count = picking->count < INQ_SIGNATURE_FRAMES ? picking->count : INQ_SIGNATURE_FRAMES;
	const char **frames = inq_arena_array(picking->ctx->arena, count, sizeof *frames);
	const char **places = inq_arena_array(picking->ctx->arena, count, sizeof *places);
	if (!frames || !places)
		return inq_no_memory(picking->ctx);
	ret->inlines_known = true;
	for (size_t i = 0; i < count; i++) {
		const struct inq_picked *item = &picking->items[i];
		frames[i] = item->name;
		places[i] = item->places ? item->places : "";
		ret->inlines_known &= item->frame && item->frame->location.file;
	}
	ret->frames = frames;
	ret->places = places;
	ret->frame_count = count;
	return INQ_OK;
}

static enum inq_status keep_rules(struct inq_picking *picking, struct inq_signature *ret)
{
	size_t count = picking->sections.count;
	const char **rules = inq_arena_array(picking->ctx->arena, count, sizeof *rules);
	if (!rules)
		return inq_no_memory(picking->ctx);
	if (count)
		memcpy(rules, picking->sections.items, count * sizeof *rules);
	ret->rules = rules;
	ret->rule_count = count;
	return INQ_OK;
}

/* "SIGSEGV null-write libglx.so.1!glXDestroy+0x3e" */
static enum inq_status write_text(struct inq_picking *picking, struct inq_signature *ret)
{
	const struct inq_picked *first = &picking->items[0];
	const struct inq_location *at = first->frame ? &first->frame->location : NULL;
	bool offset = at && first->function && !at->inlined && at->symbol && at->symbol_offset != INQ_UNKNOWN;
	const char *name = first->name;
	if (at && !first->function && first->object && at->offset != INQ_UNKNOWN)
		name = inq_arena_printf(picking->ctx->arena, "%s+0x%llx", first->object,
					(unsigned long long)at->offset);
	ret->text = inq_arena_printf(picking->ctx->arena, offset ? "%s %s+0x%llx" : "%s %s", ret->kind,
				     name ? name : "", (unsigned long long)(at ? at->symbol_offset : 0));
	return ret->text ? INQ_OK : inq_no_memory(picking->ctx);
}

/* The SHA-256 of version, bucket, kind and frames, a line each; the first half of it. */
static enum inq_status write_hash(struct inq_ctx *ctx, struct inq_signature *ret)
{
	struct inq_str text = { 0 };
	char digits[65];
	inq_str_printf(&text, "inquest signature %d\n%s\n%s\n", INQ_SIGNATURE_VERSION, ret->bucket, ret->kind);
	for (size_t i = 0; i < ret->frame_count; i++) {
		inq_str_puts(&text, ret->frames[i]);
		inq_str_putc(&text, '\n');
	}
	if (!text.failed) {
		inq_sha256_hex(text.text, text.length, digits);
		ret->hash = inq_arena_printf(ctx->arena, "%d-%.32s", INQ_SIGNATURE_VERSION, digits);
	}
	inq_str_release(&text);
	return ret->hash ? INQ_OK : inq_no_memory(ctx);
}

enum inq_status inq_signature_make(struct inq_ctx *ctx, const struct inq_rules *rules, const struct inq_report *report,
				   struct inq_signature *ret)
{
	struct inq_picking picking = { .ctx = ctx, .rules = rules, .report = report };
	*ret = (struct inq_signature) { .severity = INQ_SEVERITY_NONE };
	if (!report->has_crash && !report->thread_count)
		return INQ_OK;
	enum inq_status status = inq_signature_kind(ctx, report, ret);
	if (status == INQ_OK)
		status = pick(&picking, ret);
	if (status == INQ_OK)
		status = keep_frames(&picking, ret);
	if (status == INQ_OK)
		status = keep_rules(&picking, ret);
	if (status == INQ_OK)
		status = write_text(&picking, ret);
	if (status == INQ_OK)
		status = write_hash(ctx, ret);
	inq_string_vec_release(&picking.sections);
	if (status != INQ_OK)
		ret->hash = NULL;
	return status;
}

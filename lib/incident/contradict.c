/* The rules about pairs of artefacts, and what follows from them. */
#include "lib/incident/contradict.h"

#include "lib/base/str.h"

#include <inttypes.h>
#include <string.h>

static const struct inq_contradiction_rule rows[] = {
#define INQ_CONTRADICTION(name, weight) { #name, INQ_WEIGHT_##weight, inq_contradicts_##name },
#include "lib/incident/contradictions.def"
#undef INQ_CONTRADICTION
};

enum { ROW_COUNT = sizeof rows / sizeof *rows };

const struct inq_contradiction_rule *inq_contradiction_row(size_t index)
{
	return index < ROW_COUNT ? &rows[index] : NULL;
}

/* The file's name; the whole path where the two have one name; with the line for a listing that others stand before. */
static const char *name_of(struct inq_ctx *ctx, const struct inq_artefact *artefact, const struct inq_artefact *other)
{
	const char *name = inq_base_name(artefact->path);
	if (artefact->path != other->path && strcmp(name, inq_base_name(other->path)) == 0)
		name = artefact->path;
	if (artefact->line > 1 || artefact->path == other->path)
		name = inq_arena_printf(ctx->arena, "%s:%" PRIu64, name, artefact->line);
	if (!name)
		inq_no_memory(ctx);
	return name ? name : "";
}

struct inq_pair inq_pair_of(struct inq_ctx *ctx, const struct inq_space *one, const struct inq_space *two)
{
	return (struct inq_pair) { .ctx = ctx, .one = one, .two = two };
}

const char *inq_pair_one(const struct inq_pair *pair)
{
	return name_of(pair->ctx, &pair->one->artefacts.items[0], &pair->two->artefacts.items[0]);
}

const char *inq_pair_two(const struct inq_pair *pair)
{
	return name_of(pair->ctx, &pair->two->artefacts.items[0], &pair->one->artefacts.items[0]);
}

const char *inq_pair_say(const struct inq_pair *pair, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	const char *text = inq_arena_vprintf(pair->ctx->arena, format, arguments);
	va_end(arguments);
	if (!text)
		inq_no_memory(pair->ctx);
	return text;
}

bool inq_pair_is_apart(const struct inq_pair *pair)
{
	for (size_t i = 0; i < ROW_COUNT; i++) {
		bool apart = rows[i].weight == INQ_WEIGHT_APART ||
			     (rows[i].weight == INQ_WEIGHT_ALONE && !inq_pair_same_pid(pair));
		if (apart && rows[i].check(pair))
			return true;
	}
	return false;
}

bool inq_pair_is_related(const struct inq_pair *pair)
{
	return inq_pair_same_pid(pair) || inq_pair_same_program(pair) || inq_fit_of_maps(pair->one, pair->two).same ||
	       inq_pair_frames_fit(pair) || inq_pair_stacks_agree(pair);
}

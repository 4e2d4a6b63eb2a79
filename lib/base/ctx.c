/* The sink of warnings. */
#include "lib/base/ctx.h"

#include "lib/base/str.h"

#include <inttypes.h>
#include <string.h>

/* A hostile file can be wrong in a million places: the first hundred tell enough. */
enum { MOST_WARNINGS = 100 };

static const char *with_place(struct inq_ctx *ctx, enum inq_place_kind kind, uint64_t at, const char *what)
{
	const char *file = ctx->artefact ? ctx->artefact : "inquest";
	switch (kind) {
	case INQ_PLACE_OFFSET:
		return inq_arena_printf(ctx->arena, "%s:0x%" PRIx64 ": %s", file, at, what);
	case INQ_PLACE_LINE:
		return inq_arena_printf(ctx->arena, "%s:%" PRIu64 ": %s", file, at, what);
	case INQ_PLACE_NONE:
		break;
	}
	return inq_arena_printf(ctx->arena, "%s: %s", file, what);
}

/* Names of files and words of the input are part of a warning: it must be safe to print. */
static const char *visible(struct inq_ctx *ctx, const char *line)
{
	if (!line)
		return NULL;
	struct inq_str clean = { 0 };
	inq_str_visible(&clean, line, strlen(line));
	const char *copy = clean.failed ? NULL : inq_arena_copy(ctx->arena, clean.text, clean.length);
	inq_str_release(&clean);
	return copy;
}

__attribute__((format(printf, 4, 0))) static void warn(struct inq_ctx *ctx, enum inq_place_kind kind, uint64_t at,
						       const char *format, va_list arguments)
{
	if (ctx->quiet || ctx->warnings.count >= MOST_WARNINGS) {
		ctx->suppressed++;
		return;
	}
	const char *what = inq_arena_vprintf(ctx->arena, format, arguments);
	const char *line = what ? visible(ctx, with_place(ctx, kind, at, what)) : NULL;
	const char **slot = line ? inq_string_vec_push(&ctx->warnings) : NULL;
	if (slot)
		*slot = line;
	else
		ctx->no_memory = true;
}

void inq_warn(struct inq_ctx *ctx, enum inq_place_kind kind, uint64_t at, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	warn(ctx, kind, at, format, arguments);
	va_end(arguments);
}

enum inq_status inq_damaged(struct inq_ctx *ctx, uint64_t offset, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	warn(ctx, INQ_PLACE_OFFSET, offset, format, arguments);
	va_end(arguments);
	return INQ_PARTIAL;
}

void inq_warn_finish(struct inq_ctx *ctx)
{
	if (!ctx->suppressed)
		return;
	const char **slot = inq_string_vec_push(&ctx->warnings);
	if (slot)
		*slot = inq_arena_printf(ctx->arena, "%s: and %zu warnings more of these kinds",
					 ctx->artefact ? ctx->artefact : "inquest", ctx->suppressed);
	if (slot && !*slot)
		ctx->warnings.count--;
	ctx->suppressed = 0;
}

enum inq_status inq_no_memory(struct inq_ctx *ctx)
{
	ctx->no_memory = true;
	return INQ_NO_MEMORY;
}

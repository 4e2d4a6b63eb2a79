/* The listings of one file: detecting, reading and keeping them.
 *
 * A text file may hold any number of listings, so that only so many are kept: the first ones, whose text is not too much.
 * Those behind them are read as well, to count them and to find the one of the process that the user asked for, but what
 * was read of them is dropped at once. So memory does not grow with the length of a file. */
#include "lib/incident/incident.h"

#include "formats/format.h"
#include "lib/space/join.h"

#include <inttypes.h>

enum { MOST_KEPT = 1024, MOST_KEPT_TEXT = 128 << 20 };

/* A file while it is read. */
struct reading {
	struct inq_incident *incident;
	struct inq_input input;
	size_t kept, dropped;
	uint64_t kept_text;    /* bytes */
	uint64_t dropped_line; /* of the first one */
	struct inq_ctx aside;  /* where those are read that are not kept */
	struct inq_builder passed;
};

/* Keeps a space that was read; it is joined with the others by analyse. */
static enum inq_status keep_space(struct inq_incident *incident, struct inq_space *space)
{
	struct inq_space **slot = inq_space_vec_push(&incident->spaces);
	if (!slot) {
		inq_space_destroy(space);
		return inq_no_memory(&incident->ctx);
	}
	*slot = space;
	return INQ_OK;
}

static enum inq_status recognised_only(struct inq_incident *incident, const struct inq_format *format,
				       struct inq_builder *builder, struct inq_input *input)
{
	struct inq_artefact artefact = *builder->artefact;
	inq_build_abandon(builder);
	if (format->text)
		inq_format_skip(input);
	artefact.line = input->line;
	artefact.detail = format->about;
	enum inq_status status = inq_incident_list(incident, &artefact);
	if (status != INQ_OK)
		return status;
	incident->artefacts.items[incident->artefacts.count - 1].recognised_only = true;
	if (incident->identifying)
		return INQ_OK;
	inq_warn(&incident->ctx, INQ_PLACE_NONE, 0,
		 "this is %s: it is recognised, but this version cannot read it; nothing of it was used",
		 format->about);
	return INQ_UNUSABLE;
}

/* Reads one listing or binary. */
static enum inq_status read_one(struct inq_incident *incident, const struct inq_format *format, struct inq_input *input)
{
	struct inq_builder builder;
	enum inq_status status = inq_build_create(&incident->ctx, input->source, format->name, &builder);
	if (status != INQ_OK)
		return status;
	if (!format->read)
		return recognised_only(incident, format, &builder, input);
	builder.artefact->line = format->text ? input->line : 0;
	status = format->read(&incident->ctx, input, &builder);
	if (status != INQ_OK && status != INQ_PARTIAL) {
		inq_build_abandon(&builder);
		return status;
	}
	builder.artefact->partial |= status == INQ_PARTIAL || input->source->cut;
	struct inq_space *space = inq_build_seal(&builder);
	if (space->artefacts.items[0].partial) {
		incident->partial = true;
		status = INQ_PARTIAL;
	}
	enum inq_status kept = inq_incident_list(incident, &space->artefacts.items[0]);
	if (kept == INQ_OK)
		kept = keep_space(incident, space);
	else
		inq_space_destroy(space);
	return kept == INQ_OK ? status : kept;
}

static const struct inq_format *choose(const struct inq_incident *incident, const struct inq_input *input)
{
	if (incident->options.kind)
		return inq_format_by_name(incident->options.kind);
	return inq_format_detect(input);
}

enum { STRIDE = 32 << 10 };

/* Moves over text in which no listing begins, to a line further on. */
static void skip_text(struct inq_input *input)
{
	const struct inq_source *source = input->source;
	uint64_t left = source->size - input->offset, step = left < STRIDE ? left : STRIDE;
	const uint8_t *at = source->data + input->offset;
	for (uint64_t i = 0; i < step; i++)
		input->line += at[i] == '\n';
	input->offset += step;
}

static enum inq_status worse(enum inq_status best, enum inq_status other)
{
	if (best == INQ_NO_MEMORY || other == INQ_NO_MEMORY)
		return INQ_NO_MEMORY;
	if (best == INQ_UNUSABLE)
		return other;
	return other == INQ_OK ? best : INQ_PARTIAL;
}

/* What is read aside leaves nothing behind, and its warnings are not told. */
static enum inq_status begin_aside(struct reading *reading, const char *kind)
{
	struct inq_ctx *aside = &reading->aside;
	if (aside->arena) {
		inq_arena_reset(aside->arena);
		return inq_build_again(&reading->passed, kind);
	}
	aside->arena = inq_arena_create();
	aside->quiet = true;
	reading->dropped_line = reading->input.line;
	if (!aside->arena)
		return INQ_NO_MEMORY;
	return inq_build_create(aside, reading->input.source, kind, &reading->passed);
}

static void end_aside(struct reading *reading)
{
	if (reading->passed.space)
		inq_build_abandon(&reading->passed);
	inq_string_vec_release(&reading->aside.warnings);
	inq_arena_destroy(reading->aside.arena);
}

/* Reads a listing without keeping it. *wanted: it is of the process that the user asked for. */
static enum inq_status pass_over(struct reading *reading, const struct inq_format *format, bool *wanted)
{
	struct inq_incident *incident = reading->incident;
	if (begin_aside(reading, format->name) != INQ_OK)
		return inq_no_memory(&incident->ctx);
	enum inq_status status = format->read(&reading->aside, &reading->input, &reading->passed);
	*wanted = incident->options.pid && reading->passed.space->process.pid == incident->options.pid;
	reading->dropped += !*wanted;
	return reading->aside.no_memory ? inq_no_memory(&incident->ctx) : status;
}

static bool has_room(const struct reading *reading)
{
	return !reading->kept || (reading->kept < MOST_KEPT && reading->kept_text < MOST_KEPT_TEXT);
}

static enum inq_status read_next(struct reading *reading, const struct inq_format *format)
{
	struct inq_input *input = &reading->input;
	const struct inq_input before = *input;
	bool wanted = true;
	if (!has_room(reading) && format->read) {
		enum inq_status status = pass_over(reading, format, &wanted);
		if (status == INQ_NO_MEMORY || !wanted)
			return status;
		*input = before;
	}
	reading->kept++;
	enum inq_status status = read_one(reading->incident, format, input);
	reading->kept_text += input->end - input->offset;
	return status;
}

/* Each listing is read where the one before it ended. */
static enum inq_status read_all(struct reading *reading)
{
	struct inq_incident *incident = reading->incident;
	struct inq_input *input = &reading->input;
	const struct inq_source *source = input->source;
	enum inq_status status = INQ_UNUSABLE;
	while (input->offset < source->size) {
		const struct inq_format *format = choose(incident, input);
		if (!format && !reading->kept)
			break;
		if (!format) {
			skip_text(input);
			continue;
		}
		input->end = source->size;
		input->end_line = input->line;
		bool first = !reading->kept;
		enum inq_status one = read_next(reading, format);
		status = first ? one : worse(status, one);
		if (status == INQ_NO_MEMORY || !format->text || input->end <= input->offset)
			return status;
		input->offset = input->end;
		input->line = input->end_line;
		if (incident->options.kind)
			break;
	}
	return status;
}

/* A file that no format wants: what it is not, for `identify` and the warning. */
static enum inq_status tell_unknown(struct inq_incident *incident, const struct inq_source *source)
{
	const char *detail = inq_arena_printf(
		incident->ctx.arena,
		"of no known kind: no ELF core header, no row or heading of any of the %u text formats "
		"in its first 64 KiB",
		(unsigned)(inq_format_count() - 1));
	inq_warn(&incident->ctx, INQ_PLACE_NONE, 0, "%s; use --kind NAME if you know better", detail);
	return inq_incident_list_unknown(incident, source->path, source->size, detail);
}

enum inq_status inq_incident_read_listings(struct inq_incident *incident, const struct inq_source *source)
{
	struct reading reading = { .incident = incident, .input = { .source = source, .line = 1 } };
	enum inq_status status = read_all(&reading);
	if (reading.dropped && status != INQ_NO_MEMORY) {
		inq_warn(&incident->ctx, INQ_PLACE_LINE, reading.dropped_line,
			 "of %zu listings in this file %zu were kept, the others from here on were only counted; put "
			 "those that matter into a file of their own, or name the process with --pid",
			 reading.kept + reading.dropped, reading.kept);
		incident->partial = true;
		status = status == INQ_OK ? INQ_PARTIAL : status;
	}
	end_aside(&reading);
	if (reading.kept || incident->in_folder)
		return status;
	return tell_unknown(incident, source);
}

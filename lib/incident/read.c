/* Reading artefacts: detect, read, keep; and what each tells of itself. */
#include "lib/incident/incident.h"

#include "formats/format.h"
#include "lib/io/folder.h"

#include <inttypes.h>
#include <stdlib.h>

const char *inq_format_name(size_t index)
{
	const struct inq_format *format = inq_format_row(index);
	return format ? format->name : NULL;
}

const char *inq_format_about(size_t index)
{
	const struct inq_format *format = inq_format_row(index);
	return format ? format->about : NULL;
}

static const char *endian_of(const struct inq_machine *machine)
{
	if (!machine->endian_known)
		return NULL;
	return machine->big ? "big" : "little";
}

enum inq_status inq_incident_list(struct inq_incident *incident, const struct inq_artefact *artefact)
{
	struct inq_artefact_info *info = inq_artefact_info_vec_push(&incident->artefacts);
	if (!info)
		return inq_no_memory(&incident->ctx);
	const struct inq_machine *machine = &artefact->machine;
	*info = (struct inq_artefact_info) {
		.path = artefact->path,
		.kind = artefact->kind,
		.os = inq_os_name(artefact->os),
		.arch = machine->elf ? inq_machine_name(machine->elf, machine->bits, machine->big) : NULL,
		.bits = machine->bits,
		.endian = endian_of(machine),
		.size = artefact->size,
		.compression = artefact->source ? artefact->source->compression : NULL,
		.partial = artefact->partial,
		.missing_bytes = artefact->missing_bytes,
		.line = artefact->line,
		.pid = artefact->pid,
		.detail = artefact->detail,
		.other_process = artefact->other_process,
	};
	return INQ_OK;
}

/* A file that no format wants: what it is not, for `identify` and the warning. */
static const char *tried(struct inq_incident *incident)
{
	return inq_arena_printf(incident->ctx.arena,
				"of no known kind: no ELF core header, no row or heading of any of the %u text formats "
				"in its first 64 KiB",
				(unsigned)(inq_format_count() - 1));
}

static enum inq_status list_unknown(struct inq_incident *incident, const char *path, uint64_t size, const char *detail)
{
	const struct inq_artefact unknown = { .path = path, .detail = detail, .size = size, .pid = INQ_UNKNOWN };
	enum inq_status status = inq_incident_list(incident, &unknown);
	return status == INQ_OK ? INQ_UNUSABLE : status;
}

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
	return inq_format_detect(input->source, input->offset);
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

/* A text file may hold several listings: each is read where the one before it ended. */
static enum inq_status read_all(struct inq_incident *incident, const struct inq_source *source)
{
	struct inq_input input = { .source = source, .line = 1 };
	enum inq_status status = INQ_UNUSABLE;
	bool found = false;
	while (input.offset < source->size) {
		const struct inq_format *format = choose(incident, &input);
		if (!format && !found)
			break;
		if (!format) {
			skip_text(&input);
			continue;
		}
		input.end = source->size;
		input.end_line = input.line;
		enum inq_status one = read_one(incident, format, &input);
		status = found ? worse(status, one) : one;
		found = true;
		if (status == INQ_NO_MEMORY || !format->text || input.end <= input.offset)
			return status;
		input.offset = input.end;
		input.line = input.end_line;
		if (incident->options.kind)
			break;
	}
	if (found || incident->in_folder)
		return status;
	const char *detail = tried(incident);
	inq_warn(&incident->ctx, INQ_PLACE_NONE, 0, "%s; use --kind NAME if you know better", detail);
	return list_unknown(incident, source->path, source->size, detail);
}

/* The file of that path, or what the reader gives. */
static enum inq_status open_source(struct inq_incident *incident, const char *path, const struct inq_reader *reader,
				   struct inq_source **ret)
{
	const struct inq_keep keep = { .memory = incident->options.memory, .plan = inq_format_plan };
	const struct inq_keep *within = keep.memory ? &keep : NULL;
	if (reader)
		return inq_source_from_reader(&incident->ctx, path, reader, within, ret);
	return inq_source_open_within(&incident->ctx, path, within, ret);
}

static enum inq_status read_source(struct inq_incident *incident, const char *path, const struct inq_reader *reader)
{
	struct inq_source *source = NULL;
	incident->ctx.artefact = path;
	enum inq_status opened = open_source(incident, path, reader, &source);
	if (opened == INQ_UNUSABLE)
		return list_unknown(incident, path, INQ_UNKNOWN, "cannot be read");
	if (opened == INQ_NO_MEMORY)
		return opened;
	struct inq_source **slot = inq_source_vec_push(&incident->sources);
	if (!slot) {
		inq_source_close(source);
		return inq_no_memory(&incident->ctx);
	}
	*slot = source;
	enum inq_status status = read_all(incident, source);
	if (opened == INQ_PARTIAL)
		incident->partial = true;
	return status == INQ_OK ? opened : status;
}

enum inq_status inq_incident_read(struct inq_incident *incident, const char *path)
{
	return read_source(incident, path, NULL);
}

/* `reader` NULL: the file or folder of that name. */
static enum inq_status add(struct inq_incident *incident, const char *path, const struct inq_reader *reader)
{
	if (incident->options.kind && !inq_format_by_name(incident->options.kind))
		return INQ_BAD_ARGUMENT;
	const char *name = inq_arena_copy(incident->ctx.arena, path, strlen(path));
	if (!name)
		return inq_no_memory(&incident->ctx);
	enum inq_status status = !reader && inq_is_folder(name) ? inq_incident_add_folder(incident, name)
								: read_source(incident, name, reader);
	if (status == INQ_UNUSABLE)
		incident->partial = true;
	incident->report.artefacts = incident->artefacts.items;
	incident->report.artefact_count = incident->artefacts.count;
	return status;
}

enum inq_status inq_incident_add(struct inq_incident *incident, const char *path)
{
	return add(incident, path, NULL);
}

enum inq_status inq_incident_add_stream(struct inq_incident *incident, const char *name,
					const struct inq_reader *reader)
{
	return reader && reader->read ? add(incident, name, reader) : INQ_BAD_ARGUMENT;
}

enum inq_status inq_incident_identify(struct inq_incident *incident, const char *path)
{
	incident->identifying = true;
	enum inq_status status = inq_incident_add(incident, path);
	incident->identifying = false;
	return status;
}

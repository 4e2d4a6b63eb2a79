/* Reading artefacts: opening them, and what each tells of itself. */
#include "lib/incident/incident.h"

#include "formats/format.h"
#include "lib/io/folder.h"

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

enum inq_status inq_incident_list_unknown(struct inq_incident *incident, const char *path, uint64_t size,
					  const char *detail)
{
	const struct inq_artefact unknown = { .path = path, .detail = detail, .size = size, .pid = INQ_UNKNOWN };
	enum inq_status status = inq_incident_list(incident, &unknown);
	return status == INQ_OK ? INQ_UNUSABLE : status;
}

/* The file of that path, or what the reader gives. */
static enum inq_status open_source(struct inq_incident *incident, const char *path, const struct inq_reader *reader,
				   struct inq_source **ret)
{
	const struct inq_options *options = &incident->options;
	const struct inq_keep keep = { .memory = options->memory,
				       .plan = inq_format_plan,
				       .pages = options->brief ? inq_cache_pages(options->cache) : NULL,
				       .beginning = inq_format_beginning };
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
		return inq_incident_list_unknown(incident, path, INQ_UNKNOWN, "cannot be read");
	if (opened == INQ_NO_MEMORY)
		return opened;
	struct inq_source **slot = inq_source_vec_push(&incident->sources);
	if (!slot) {
		inq_source_close(source);
		return inq_no_memory(&incident->ctx);
	}
	*slot = source;
	enum inq_status status = inq_incident_read_listings(incident, source);
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
	/* In a batch nobody has named what lies beside a core. */
	if (status == INQ_UNUSABLE && !(incident->options.brief && incident->spaces.count))
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

/* What is not here and would help most: a file, the rest of the core, a module. */
#include "lib/incident/incident.h"

#include "lib/diagnose/instruction.h"
#include "lib/diagnose/packed.h"

#include <inttypes.h>

static void add_missing(struct inq_incident *incident, const char *what, const char *why, const char *how)
{
	struct inq_missing *slot = what ? inq_missing_vec_push(&incident->missing) : NULL;
	if (slot)
		*slot = (struct inq_missing) { what, why, how };
	else
		inq_no_memory(&incident->ctx);
}

static void miss_object(struct inq_incident *incident, const struct inq_object *object)
{
	const char *id = inq_object_build_id(incident->space, object);
	bool wrong = object->file_state == INQ_FILE_MISMATCHED;
	add_missing(
		incident,
		inq_arena_printf(incident->ctx.arena, "%s%s%s", object->path, id ? ", build ID " : "", id ? id : ""),
		wrong ? "the crash is in it, and the file at that path is another build"
		      : "the crash is in it, and its file is not here: it would give the function's name",
		object->kind == INQ_OBJECT_EXE ? "name the file with --exe, or a copy of that system with --sysroot"
					       : "name a copy of that system with --sysroot");
}

/* Code that a packed program has unpacked has no names. */
static void miss_packed(struct inq_incident *incident)
{
	const struct inq_mapping *mapping = inq_packed_mapping(incident->space);
	if (mapping)
		add_missing(
			incident, inq_arena_printf(incident->ctx.arena, "the unpacked %s", mapping->file->path),
			"the file is packed by UPX: its code was unpacked to memory that belongs to no file, so that "
			"nothing names its functions",
			"run `upx -d` on a copy: the symbols that it had, if any, are in that; or make the crash "
			"again with it");
}

static void miss_decoder(struct inq_incident *incident, const char *why)
{
	const char *module = inq_instruction_module(incident->space);
	add_missing(incident,
		    inq_arena_printf(incident->ctx.arena, "the module that decodes instructions (%s.so)", module), why,
		    inq_arena_printf(
			    incident->ctx.arena,
			    "install lib%s, and Inquest built with it: then the access and its registers are known",
			    module));
}

void inq_fill_missing(struct inq_incident *incident)
{
	uint64_t missing = 0;
	for (size_t i = 0; i < incident->artefacts.count; i++)
		missing += incident->artefacts.items[i].other_process ? 0 : incident->artefacts.items[i].missing_bytes;
	if (missing)
		add_missing(incident, inq_arena_printf(incident->ctx.arena, "%" PRIu64 " bytes of the core", missing),
			    "the core was cut: what those bytes held is unknown",
			    "copy it again, or raise the core size limit (ulimit -c) and the disk space where it is "
			    "written");
	const struct inq_fault_info *fault = inq_report_fault(&incident->report);
	struct inq_object *object = incident->report.has_crash && fault->pc != INQ_UNKNOWN
					    ? inq_space_object_at(incident->space, fault->pc)
					    : NULL;
	bool lacking = object && (object->file_state == INQ_FILE_MISSING || object->file_state == INQ_FILE_MISMATCHED);
	if (incident->report.has_crash && fault->instruction.undecoded)
		miss_decoder(incident, fault->instruction.undecoded);
	if (lacking && !fault->location.symbol && !fault->location.told)
		miss_object(incident, object);
	if (incident->report.has_crash && fault->location.mapped && !fault->location.object)
		miss_packed(incident);
}

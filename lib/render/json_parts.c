/* The JSON of artefacts, process, objects, regions, memory and locations, by the names of the contract. */
#include "lib/render/json_parts.h"

void inq_json_document(struct inq_json *json, const char *schema)
{
	inq_json_begin(json, '{');
	inq_json_text(json, "schema", schema);
	inq_json_text(json, "tool_version", inq_version());
}

void inq_json_warnings(struct inq_json *json, const struct inq_report *report)
{
	inq_json_flag(json, "partial", report->partial);
	inq_json_strings(json, "warnings", report->warnings, report->warning_count);
}

void inq_json_findings(struct inq_json *json, const char *key, const struct inq_diagnosis *findings, size_t count)
{
	inq_json_open(json, key, '[');
	for (size_t i = 0; i < count; i++) {
		inq_json_begin(json, '{');
		inq_json_text(json, "id", findings[i].id);
		inq_json_text(json, "text", findings[i].text);
		inq_json_own(json, "confidence", inq_confidence_name(findings[i].confidence));
		inq_json_strings(json, "evidence", findings[i].evidence.items, findings[i].evidence.count);
		inq_json_end(json);
	}
	inq_json_end(json);
}

static void put_artefact(struct inq_json *json, const struct inq_artefact_info *artefact)
{
	inq_json_begin(json, '{');
	inq_json_text(json, "path", artefact->path);
	inq_json_text(json, "kind", artefact->kind);
	inq_json_text(json, "os", artefact->os);
	inq_json_text(json, "arch", artefact->arch);
	if (artefact->bits)
		inq_json_count(json, "bits", artefact->bits);
	inq_json_text(json, "endian", artefact->endian);
	inq_json_count(json, "size", artefact->size);
	inq_json_text(json, "compression", artefact->compression);
	inq_json_flag(json, "partial", artefact->partial);
	inq_json_count(json, "missing_bytes", artefact->missing_bytes);
	if (artefact->line)
		inq_json_count(json, "line", artefact->line);
	inq_json_count(json, "pid", artefact->pid);
	inq_json_text(json, "detail", artefact->detail);
	if (artefact->other_process)
		inq_json_flag(json, "other_process", true);
	inq_json_text(json, "gave", artefact->gave);
	inq_json_end(json);
}

void inq_json_artefacts(struct inq_json *json, const struct inq_report *report)
{
	inq_json_open(json, "artefacts", '[');
	for (size_t i = 0; i < report->artefact_count; i++)
		put_artefact(json, &report->artefacts[i]);
	inq_json_end(json);
}

void inq_json_process(struct inq_json *json, const struct inq_report *report)
{
	const struct inq_process_info *process = &report->process;
	inq_json_open(json, "process", '{');
	inq_json_count(json, "pid", process->pid);
	inq_json_count(json, "ppid", process->ppid);
	inq_json_count(json, "uid", process->uid);
	inq_json_count(json, "gid", process->gid);
	inq_json_text(json, "name", process->name);
	inq_json_text(json, "args", process->args);
	inq_json_text(json, "exe", process->exe);
	inq_json_text(json, "cwd", process->cwd);
	inq_json_text(json, "parents", process->parents);
	inq_json_text(json, "started", process->started);
	inq_json_count(json, "threads", process->threads);
	inq_json_text(json, "os", process->os);
	inq_json_text(json, "arch", process->arch);
	if (process->bits)
		inq_json_count(json, "bits", process->bits);
	inq_json_end(json);
}

static void put_object(struct inq_json *json, const struct inq_object_info *object)
{
	inq_json_begin(json, '{');
	inq_json_text(json, "path", object->path);
	inq_json_address(json, "base", object->base);
	inq_json_address(json, "end", object->end);
	inq_json_address(json, "load_bias", object->load_bias);
	inq_json_text(json, "build_id", object->build_id);
	inq_json_text(json, "soname", object->soname);
	inq_json_own(json, "kind", inq_object_kind_name(object->kind));
	inq_json_own(json, "file", inq_file_state_name(object->file));
	inq_json_text(json, "file_path", object->file_path);
	inq_json_text(json, "file_note", object->file_note);
	if (object->deleted)
		inq_json_flag(json, "deleted", true);
	inq_json_text(json, "symbols", inq_symbols_name(object->symbols));
	inq_json_count(json, "mappings", object->mappings);
	inq_json_end(json);
}

void inq_json_objects(struct inq_json *json, const struct inq_report *report)
{
	inq_json_open(json, "objects", '[');
	for (size_t i = 0; i < report->object_count; i++)
		put_object(json, &report->objects[i]);
	inq_json_end(json);
}

/* "rw-p" as /proc/PID/maps prints them. */
static void put_permissions(struct inq_json *json, unsigned permissions)
{
	if (!(permissions & INQ_PERM_KNOWN))
		return;
	char text[5] = { permissions & INQ_PERM_READ ? 'r' : '-', permissions & INQ_PERM_WRITE ? 'w' : '-',
			 permissions & INQ_PERM_EXECUTE ? 'x' : '-', permissions & INQ_PERM_SHARED ? 's' : 'p' };
	inq_json_own(json, "permissions", text);
}

static void put_confidence(struct inq_json *json, enum inq_confidence confidence)
{
	if (confidence)
		inq_json_own(json, "confidence", inq_confidence_name(confidence));
}

static void put_alternatives(struct inq_json *json, const struct inq_region *region)
{
	inq_json_open(json, "alternatives", '[');
	for (size_t i = 0; i < region->alternative_count; i++) {
		const struct inq_alternative *alternative = &region->alternatives[i];
		inq_json_begin(json, '{');
		inq_json_own(json, "class", inq_class_name(alternative->class_));
		inq_json_text(json, "subclass", alternative->subclass);
		put_confidence(json, alternative->confidence);
		inq_json_end(json);
	}
	inq_json_end(json);
}

static void put_range(struct inq_json *json, const struct inq_region *region)
{
	inq_json_address(json, "start", region->start);
	inq_json_key(json, "end");
	inq_json_hex(json, region->end);
	inq_json_count(json, "size", region->end - region->start);
}

static void put_nature(struct inq_json *json, const struct inq_region *region)
{
	put_permissions(json, region->permissions);
	inq_json_own(json, "class", inq_class_name(region->class_));
	inq_json_text(json, "subclass", region->subclass);
	inq_json_text(json, "name", region->name);
	inq_json_text(json, "object", region->object);
	inq_json_count(json, "thread", region->thread);
	inq_json_count(json, "dumped_bytes", region->dumped_bytes);
	inq_json_count(json, "resident_bytes", region->resident_bytes);
	inq_json_count(json, "dirty_bytes", region->dirty_bytes);
	inq_json_count(json, "swap_bytes", region->swap_bytes);
	if (region->huge_bytes)
		inq_json_count(json, "huge_bytes", region->huge_bytes);
	put_confidence(json, region->confidence);
	inq_json_strings(json, "evidence", region->evidence.items, region->evidence.count);
	if (region->alternative_count)
		put_alternatives(json, region);
}

/* The regions of a large map are mostly alike in all but their range: what follows the range is then copied from the last
 * one of that nature. Even and odd ones are kept apart, since guards and what they guard take turns. */
struct nature {
	const struct inq_region *region;
	size_t length;
	char bytes[512];
};

static bool same_nature(const struct inq_region *one, const struct inq_region *two)
{
	return one->class_ == two->class_ && one->permissions == two->permissions && one->name == two->name &&
	       one->object == two->object && one->subclass == two->subclass && one->thread == two->thread &&
	       one->dumped_bytes == two->dumped_bytes && one->resident_bytes == two->resident_bytes &&
	       one->dirty_bytes == two->dirty_bytes && one->swap_bytes == two->swap_bytes &&
	       one->huge_bytes == two->huge_bytes && one->confidence == two->confidence && !one->alternative_count &&
	       !two->alternative_count && one->evidence.count == 1 && two->evidence.count == 1 &&
	       one->evidence.items[0] == two->evidence.items[0];
}

static void put_region(struct inq_json *json, const struct inq_region *region, struct nature *nature)
{
	inq_json_begin(json, '{');
	put_range(json, region);
	char *to = inq_json_room(json, sizeof(nature->bytes));
	if (nature->region && same_nature(nature->region, region)) {
		memcpy(to, nature->bytes, nature->length);
		json->used += nature->length;
	} else {
		size_t before = json->used;
		put_nature(json, region);
		nature->length = json->used - before;
		/* Longer than the room made for it: it may have been flushed in between. */
		nature->region = nature->length <= sizeof(nature->bytes) ? region : NULL;
		if (nature->region)
			memcpy(nature->bytes, to, nature->length);
	}
	inq_json_end(json);
}

void inq_json_regions(struct inq_json *json, const struct inq_report *report)
{
	struct nature natures[2] = { 0 };
	inq_json_open(json, "regions", '[');
	for (size_t i = 0; i < report->region_count; i++)
		put_region(json, &report->regions[i], &natures[i % 2]);
	inq_json_end(json);
}

void inq_json_memory(struct inq_json *json, const struct inq_report *report)
{
	inq_json_open(json, "memory", '{');
	inq_json_open(json, "by_class", '[');
	for (size_t i = 0; i < report->memory_count; i++) {
		const struct inq_memory_class *row = &report->memory[i];
		inq_json_begin(json, '{');
		inq_json_own(json, "class", inq_class_name(row->class_));
		inq_json_count(json, "size", row->size);
		inq_json_count(json, "resident", row->resident);
		inq_json_count(json, "dumped", row->dumped);
		inq_json_count(json, "count", row->count);
		inq_json_end(json);
	}
	inq_json_end(json);
	inq_json_count(json, "total", report->memory_total);
	inq_json_end(json);
}

static void put_near(struct inq_json *json, const struct inq_location *location)
{
	inq_json_open(json, "near", '[');
	for (size_t i = 0; i < location->near_count; i++) {
		const struct inq_near *near = &location->near[i];
		inq_json_begin(json, '{');
		inq_json_text(json, "what", near->what);
		inq_json_text(json, "side", near->side);
		inq_json_count(json, "distance", near->distance);
		inq_json_address(json, "start", near->start);
		inq_json_address(json, "end", near->end);
		inq_json_end(json);
	}
	inq_json_end(json);
}

void inq_json_place(struct inq_json *json, const struct inq_location *location)
{
	inq_json_text(json, "object", location->object);
	if (location->object)
		inq_json_address(json, "offset", location->offset);
	inq_json_text(json, "section", location->section);
	inq_json_text(json, "symbol", location->symbol);
	if (location->symbol) /* INQ_UNKNOWN is left out */
		inq_json_count(json, "symbol_offset", location->symbol_offset);
	inq_json_text(json, "member", location->member);
	inq_json_text(json, "type", location->type);
	inq_json_text(json, "function", location->function);
	inq_json_text(json, "file", location->file);
	if (location->file)
		inq_json_count(json, "line", location->line);
}

static void put_mapped(struct inq_json *json, const struct inq_location *location)
{
	inq_json_place(json, location);
	if (location->has_class) {
		inq_json_own(json, "region_class", inq_class_name(location->region_class));
		inq_json_text(json, "region_subclass", location->region_subclass);
		put_confidence(json, location->confidence);
	}
	if (!location->object)
		inq_json_text(json, "name", location->name);
	inq_json_address(json, "start", location->start);
	inq_json_address(json, "end", location->end);
	put_permissions(json, location->permissions);
	if (location->in_chunk) {
		inq_json_open(json, "chunk", '{');
		inq_json_chunk(json, &location->chunk);
		inq_json_key(json, "offset");
		inq_json_signed(json, (int64_t)(location->address - location->chunk.user));
		inq_json_end(json);
	}
}

void inq_json_location(struct inq_json *json, const struct inq_location *location)
{
	inq_json_begin(json, '{');
	inq_json_address(json, "address", location->address);
	inq_json_flag(json, "mapped", location->mapped);
	if (location->told) {
		inq_json_flag(json, "told", true);
		inq_json_place(json, location);
	}
	if (location->untold)
		inq_json_flag(json, "untold", true);
	inq_json_text(json, "asked", location->asked);
	if (location->mapped)
		put_mapped(json, location);
	else
		put_near(json, location);
	inq_json_end(json);
}

void inq_json_thread(struct inq_json *json, const struct inq_thread_info *thread)
{
	inq_json_count(json, "tid", thread->tid);
	inq_json_text(json, "name", thread->name);
	inq_json_flag(json, "crashed", thread->crashed);
	inq_json_text(json, "state", thread->state);
	inq_json_text(json, "waits_on", thread->waits_on);
	inq_json_signal(json, &thread->signal);
}

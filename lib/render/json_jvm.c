/* The document inquest.jvm/1, and the member `jvm` of a report. */
#include "lib/render/json_parts.h"

static void put_evidence(struct inq_json *json, const struct inq_evidence *evidence)
{
	if (evidence->count)
		inq_json_strings(json, "evidence", evidence->items, evidence->count);
}

/* The members of an area, without its parts. */
static void put_sizes(struct inq_json *json, const struct inq_jvm_area *area)
{
	inq_json_text(json, "name", area->name);
	inq_json_address(json, "start", area->start);
	inq_json_address(json, "end", area->end);
	inq_json_count(json, "reserved", area->reserved);
	inq_json_count(json, "committed", area->committed);
	inq_json_count(json, "used", area->used);
	inq_json_count(json, "resident", area->resident);
	if (area->confidence)
		inq_json_own(json, "confidence", inq_confidence_name(area->confidence));
	put_evidence(json, &area->evidence);
}

/* A list of areas; each has its own parts under `parts`, when there are such. */
static void put_areas(struct inq_json *json, const char *key, const struct inq_jvm_area *areas, size_t count,
		      const char *parts)
{
	inq_json_open(json, key, '[');
	for (size_t i = 0; i < count; i++) {
		inq_json_begin(json, '{');
		put_sizes(json, &areas[i]);
		if (parts && areas[i].part_count)
			put_areas(json, parts, areas[i].parts, areas[i].part_count, NULL);
		inq_json_end(json);
	}
	inq_json_end(json);
}

static void put_area(struct inq_json *json, const char *key, bool known, const struct inq_jvm_area *area,
		     const char *parts)
{
	if (!known)
		return;
	inq_json_open(json, key, '{');
	put_sizes(json, area);
	if (parts && area->part_count)
		put_areas(json, parts, area->parts, area->part_count, NULL);
	inq_json_end(json);
}

static void put_flags(struct inq_json *json, const struct inq_jvm *jvm)
{
	if (!jvm->flag_count)
		return;
	inq_json_open(json, "flags", '{');
	for (size_t i = 0; i < jvm->flag_count; i++) {
		inq_json_name(json, jvm->flags[i].name);
		inq_json_string(json, jvm->flags[i].value);
	}
	inq_json_end(json);
	inq_json_open(json, "flag_origins", '{');
	for (size_t i = 0; i < jvm->flag_count; i++) {
		if (!jvm->flags[i].origin)
			continue;
		inq_json_name(json, jvm->flags[i].name);
		inq_json_string(json, jvm->flags[i].origin);
	}
	inq_json_end(json);
}

/* Those that no witness tells, and that were solved from the layout, stand by themselves as well. */
static void put_inferred(struct inq_json *json, const struct inq_jvm *jvm)
{
	bool any = false;
	for (size_t i = 0; i < jvm->flag_count; i++) {
		if (!jvm->flags[i].origin || strcmp(jvm->flags[i].origin, "inferred") != 0)
			continue;
		if (!any)
			inq_json_open(json, "inferred", '{');
		any = true;
		inq_json_name(json, jvm->flags[i].name);
		inq_json_string(json, jvm->flags[i].value);
	}
	if (any)
		inq_json_end(json);
}

static void put_regions(struct inq_json *json, const struct inq_jvm *jvm)
{
	if (!jvm->region_count)
		return;
	inq_json_open(json, "regions", '[');
	for (size_t i = 0; i < jvm->region_count; i++) {
		inq_json_begin(json, '{');
		inq_json_address(json, "start", jvm->regions[i].start);
		inq_json_address(json, "end", jvm->regions[i].end);
		inq_json_address(json, "top", jvm->regions[i].top);
		inq_json_text(json, "type", jvm->regions[i].type);
		inq_json_end(json);
	}
	inq_json_end(json);
}

static void put_oops(struct inq_json *json, const struct inq_jvm *jvm)
{
	if (!jvm->oops_mode)
		return;
	inq_json_open(json, "compressed_oops", '{');
	inq_json_text(json, "mode", jvm->oops_mode);
	if (strcmp(jvm->oops_mode, "off") != 0) {
		inq_json_address(json, "base", jvm->narrow_oop_base);
		inq_json_count(json, "shift", jvm->narrow_oop_shift);
	}
	inq_json_end(json);
}

static void put_alternatives(struct inq_json *json, const struct inq_jvm *jvm)
{
	inq_json_open(json, "alternatives", '[');
	for (size_t i = 0; i < jvm->alternative_count; i++) {
		inq_json_begin(json, '{');
		inq_json_text(json, "text", jvm->alternatives[i].text);
		if (jvm->alternatives[i].confidence)
			inq_json_own(json, "confidence", inq_confidence_name(jvm->alternatives[i].confidence));
		put_evidence(json, &jvm->alternatives[i].evidence);
		inq_json_end(json);
	}
	inq_json_end(json);
}

static void put_head(struct inq_json *json, const struct inq_jvm *jvm)
{
	inq_json_text(json, "kind", jvm->kind);
	inq_json_text(json, "version", jvm->version);
	if (jvm->major)
		inq_json_count(json, "major", jvm->major);
	inq_json_text(json, "vendor", jvm->vendor);
	inq_json_text(json, "vm_name", jvm->vm_name);
	inq_json_text(json, "collector", jvm->collector);
	inq_json_text(json, "found_by", jvm->found_by);
	inq_json_text(json, "as_of", jvm->as_of);
	if (jvm->confidence)
		inq_json_own(json, "confidence", inq_confidence_name(jvm->confidence));
	put_evidence(json, &jvm->evidence);
}

void inq_json_jvm(struct inq_json *json, const struct inq_report *report)
{
	const struct inq_jvm *jvm = report->jvm;
	if (!jvm)
		return;
	inq_json_open(json, "jvm", '{');
	put_head(json, jvm);
	put_flags(json, jvm);
	put_inferred(json, jvm);
	put_area(json, "heap", jvm->has_heap, &jvm->heap, NULL);
	put_areas(json, "generations", jvm->heap.parts, jvm->has_heap ? jvm->heap.part_count : 0, "spaces");
	if (jvm->region_size && jvm->region_size != INQ_UNKNOWN)
		inq_json_count(json, "region_size", jvm->region_size);
	put_regions(json, jvm);
	put_oops(json, jvm);
	if (jvm->has_code_cache && jvm->code_cache.part_count)
		put_areas(json, "code_cache", jvm->code_cache.parts, jvm->code_cache.part_count, NULL);
	else
		put_areas(json, "code_cache", &jvm->code_cache, jvm->has_code_cache, NULL);
	put_area(json, "metaspace", jvm->has_metaspace, &jvm->metaspace, "nodes");
	put_area(json, "class_space", jvm->has_class_space, &jvm->class_space, NULL);
	put_area(json, "cds", jvm->has_cds, &jvm->cds, NULL);
	put_area(json, "perfdata", jvm->has_perfdata, &jvm->perfdata, NULL);
	put_areas(json, "side_tables", jvm->side_tables, jvm->side_table_count, NULL);
	put_alternatives(json, jvm);
	inq_json_strings(json, "disagreements", jvm->disagreements.items, jvm->disagreements.count);
	inq_json_end(json);
}

/* Of several histograms the first; diff compares them. */
static void put_histogram(struct inq_json *json, const struct inq_report *report)
{
	if (!report->histogram_count)
		return;
	inq_json_open(json, "histogram", '[');
	for (size_t i = 0; i < report->histograms[0].class_count; i++) {
		const struct inq_jvm_class *row = &report->histograms[0].classes[i];
		inq_json_begin(json, '{');
		inq_json_text(json, "class", row->name);
		inq_json_text(json, "module", row->module);
		inq_json_count(json, "instances", row->instances);
		inq_json_count(json, "bytes", row->bytes);
		inq_json_end(json);
	}
	inq_json_end(json);
}

void inq_json_jvm_document(struct inq_json *json, const struct inq_report *report)
{
	inq_json_document(json, "inquest.jvm/1");
	inq_json_warnings(json, report);
	inq_json_process(json, report);
	inq_json_jvm(json, report);
	put_histogram(json, report);
}

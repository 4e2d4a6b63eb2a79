/* The incident: open → join → analyse → report. */
#include "lib/incident/incident.h"

#include "lib/classify/rule.h"
#include "lib/heap/heap.h"
#include "lib/jvm/jvm.h"
#include "lib/kernel/kernel.h"
#include "lib/signature/signature.h"

#include <stdlib.h>

enum inq_status inq_incident_create(const struct inq_options *options, struct inq_incident **ret)
{
	struct inq_incident *incident = inq_alloc(sizeof *incident);
	if (!incident)
		return INQ_NO_MEMORY;
	if (options)
		incident->options = *options;
	incident->ctx.arena = inq_cache_take_arena(incident->options.cache);
	enum inq_status status = INQ_NO_MEMORY;
	if (incident->ctx.arena)
		status = inq_files_create(&incident->ctx, incident->options.sysroot, incident->options.exe,
					  incident->options.debug_dirs, incident->options.no_files, &incident->files);
	incident->report.verdict_confidence = INQ_CERTAIN;
	/* A wrong sysroot is told by the warnings, so the incident is given all the same. */
	if (status == INQ_NO_MEMORY) {
		inq_incident_destroy(incident);
		return status;
	}
	*ret = incident;
	return status;
}

void inq_incident_destroy(struct inq_incident *incident)
{
	if (!incident)
		return;
	inq_space_destroy(incident->space);
	for (size_t i = 0; i < incident->spaces.count; i++)
		inq_space_destroy(incident->spaces.items[i]);
	for (size_t i = 0; i < incident->sources.count; i++)
		inq_source_close(incident->sources.items[i]);
	inq_space_vec_release(&incident->spaces);
	inq_source_vec_release(&incident->sources);
	inq_artefact_info_vec_release(&incident->artefacts);
	inq_contradiction_vec_release(&incident->contradictions);
	inq_missing_vec_release(&incident->missing);
	inq_location_vec_release(&incident->locations);
	inq_string_vec_release(&incident->ctx.warnings);
	inq_files_destroy(incident->files);
	inq_cache_give_arena(incident->options.cache, incident->ctx.arena);
	free(incident);
}

size_t inq_incident_warnings(const struct inq_incident *incident, const char *const **ret)
{
	*ret = incident->ctx.warnings.items;
	return incident->ctx.warnings.count;
}

struct inq_space *inq_incident_space(struct inq_incident *incident)
{
	return incident->space;
}

const struct inq_report *inq_incident_report(const struct inq_incident *incident)
{
	return &incident->report;
}

static enum inq_status classify(struct inq_incident *incident)
{
	struct inq_report *report = &incident->report;
	enum inq_status status = inq_classify(incident->space, &report->regions, &report->region_count);
	if (status != INQ_OK)
		return status;
	report->memory_total = 0;
	for (size_t i = 0; i < report->region_count; i++)
		report->memory_total += report->regions[i].end - report->regions[i].start;
	return inq_memory_by_class(incident->space, report->regions, report->region_count, &report->memory,
				   &report->memory_count);
}

static enum inq_status check_files(struct inq_incident *incident)
{
	return inq_objects_check_files(incident->space, incident->files);
}

static enum inq_status find_objects(struct inq_incident *incident)
{
	return inq_objects_find(incident->space);
}

static enum inq_status fill_jvm(struct inq_incident *incident)
{
	incident->report.jvm = inq_jvm_of(incident->space);
	return INQ_OK;
}

enum { HEAP_PARTS = INQ_HEAP | INQ_HEAP_CHECKED | INQ_HEAP_LEAKED | INQ_HEAP_TYPED };

/* One walk does all that is asked of the heap. */
static enum inq_status fill_heap(struct inq_incident *incident)
{
	struct inq_heap *heap = inq_arena_alloc(incident->ctx.arena, sizeof *heap);
	unsigned asked = (incident->wanted | incident->done) & HEAP_PARTS;
	unsigned parts = (asked & INQ_HEAP_CHECKED ? INQ_HEAP_CHECK : 0) |
			 (asked & INQ_HEAP_LEAKED ? INQ_HEAP_LEAKS : 0) | (asked & INQ_HEAP_TYPED ? INQ_HEAP_TYPES : 0);
	enum inq_status status = heap ? inq_heap_walk(incident->space, parts, heap) : INQ_NO_MEMORY;
	incident->done |= asked;
	if (status == INQ_NO_MEMORY)
		return inq_no_memory(&incident->ctx);
	incident->report.heap = status == INQ_UNUSABLE ? NULL : heap;
	return INQ_OK;
}

static enum inq_status fill_kernel(struct inq_incident *incident)
{
	return inq_kernel_explain(incident->space, &incident->report.kernel_memory);
}

static enum inq_status fill_threads(struct inq_incident *incident)
{
	enum inq_status status = inq_fill_threads(incident);
	return status == INQ_OK ? inq_fill_notes(incident) : status;
}

static enum inq_status fill_crash(struct inq_incident *incident)
{
	enum inq_status status = inq_fill_crash(incident);
	return status == INQ_OK && !incident->options.brief ? inq_fill_verdict(incident) : status;
}

/* The objects tell the build IDs of the frames. */
static enum inq_status fill_signature(struct inq_incident *incident)
{
	const struct inq_rules *rules;
	enum inq_status status = inq_fill_objects(incident);
	if (status == INQ_OK)
		status = inq_rules_load(&incident->ctx, NULL, &rules);
	if (status == INQ_OK)
		status = inq_signature_make(&incident->ctx, rules, &incident->report, &incident->report.signature);
	return status;
}

/* The order of the analyses: each may use what stands above it. */
static const struct step {
	unsigned part, needs;
	enum inq_status (*run)(struct inq_incident *incident);
} steps[] = {
	{ INQ_OBJECTS, 0, find_objects },
	{ INQ_FILES, INQ_OBJECTS, check_files },
	{ INQ_JVM, INQ_OBJECTS, fill_jvm },
	{ INQ_REGIONS, INQ_OBJECTS, classify },
	{ INQ_THREADS, INQ_OBJECTS, fill_threads },
	{ INQ_STACKS, INQ_OBJECTS | INQ_THREADS, inq_fill_stacks },
	{ INQ_FIRST_STACK, INQ_OBJECTS | INQ_THREADS, inq_fill_first_stack },
	{ INQ_KERNEL, 0, fill_kernel },
	{ INQ_CRASH, INQ_OBJECTS, fill_crash },
	{ INQ_SIGNATURE, INQ_OBJECTS | INQ_FIRST_STACK | INQ_CRASH, fill_signature },
	{ INQ_HEAP, INQ_OBJECTS, fill_heap },
	{ INQ_HEAP_CHECKED, INQ_OBJECTS, fill_heap },
	{ INQ_HEAP_LEAKED, INQ_OBJECTS, fill_heap },
	{ INQ_HEAP_TYPED, INQ_OBJECTS, fill_heap },
};

enum { STEP_COUNT = sizeof steps / sizeof *steps };

static unsigned with_needs(unsigned parts)
{
	for (size_t i = STEP_COUNT; i-- > 0;)
		if (parts & steps[i].part)
			parts |= steps[i].needs;
	return parts;
}

static enum inq_status run_steps(struct inq_incident *incident, unsigned parts)
{
	parts = incident->wanted = with_needs(parts);
	for (size_t i = 0; i < STEP_COUNT; i++) {
		if (!(parts & steps[i].part) || incident->done & steps[i].part)
			continue;
		enum inq_status status = steps[i].run(incident);
		if (status == INQ_NO_MEMORY)
			return status;
		incident->partial |= status != INQ_OK;
		incident->done |= steps[i].part;
	}
	return INQ_OK;
}

/* The arrays may have moved since they were last published. */
static void publish(struct inq_incident *incident)
{
	struct inq_report *report = &incident->report;
	report->artefacts = incident->artefacts.items;
	report->artefact_count = incident->artefacts.count;
	report->contradictions = incident->contradictions.items;
	report->contradiction_count = incident->contradictions.count;
	report->missing = incident->missing.items;
	report->missing_count = incident->missing.count;
	report->warnings = incident->ctx.warnings.items;
	report->warning_count = incident->ctx.warnings.count;
	report->locations = incident->locations.items;
	report->location_count = incident->locations.count;
	report->histograms = incident->space ? incident->space->histograms.items : NULL;
	report->histogram_count = incident->space ? incident->space->histograms.count : 0;
	report->partial = incident->partial;
}

enum inq_status inq_incident_analyse(struct inq_incident *incident, unsigned parts)
{
	enum inq_status status = INQ_OK;
	if (!incident->space && !incident->spaces.count)
		status = INQ_BAD_ARGUMENT;
	if (status == INQ_OK && incident->spaces.count)
		status = inq_incident_join(incident);
	if (status == INQ_OK)
		status = inq_fill_process(incident);
	if (status == INQ_OK)
		status = run_steps(incident, parts);
	if (status == INQ_OK && incident->done & INQ_OBJECTS)
		status = inq_fill_objects(incident);
	incident->ctx.artefact = NULL;
	inq_warn_finish(&incident->ctx);
	publish(incident);
	if (status == INQ_OK && incident->ctx.no_memory)
		status = INQ_NO_MEMORY;
	if (status == INQ_OK && incident->partial)
		status = INQ_PARTIAL;
	return status;
}

enum inq_status inq_incident_ask(struct inq_incident *incident, const char *text, const char **why)
{
	uint64_t address;
	enum inq_status status = inq_incident_parse_address(incident, text, &address, why);
	if (status != INQ_OK)
		return status;
	struct inq_location *location = inq_location_vec_push(&incident->locations);
	if (!location)
		return inq_no_memory(&incident->ctx);
	status = inq_incident_locate(incident, address, location);
	location->asked = inq_arena_copy(incident->ctx.arena, text, strlen(text));
	publish(incident);
	return status;
}

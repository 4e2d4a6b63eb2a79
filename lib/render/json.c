/* The JSON renderer: which document is made of what. */
#include "lib/render/renderer.h"

#include "lib/base/arena.h"
#include "lib/render/json_parts.h"

#include <stdlib.h>

/* The listings that one file holds are told apart by `line`. */
static void put_identified(struct inq_json *json, const struct inq_artefact_info *file)
{
	inq_json_begin(json, '{');
	inq_json_text(json, "path", file->path);
	inq_json_text(json, "kind", file->kind);
	inq_json_text(json, "os", file->os);
	inq_json_text(json, "arch", file->arch);
	if (file->bits)
		inq_json_count(json, "bits", file->bits);
	inq_json_text(json, "endian", file->endian);
	if (file->kind)
		inq_json_flag(json, "complete", !file->partial);
	if (file->recognised_only)
		inq_json_flag(json, "recognised_only", true);
	inq_json_text(json, "detail", file->detail);
	inq_json_count(json, "size", file->size);
	inq_json_text(json, "compression", file->compression);
	if (file->missing_bytes)
		inq_json_count(json, "missing_bytes", file->missing_bytes);
	if (file->line)
		inq_json_count(json, "line", file->line);
	inq_json_count(json, "pid", file->pid);
	inq_json_end(json);
}

static void put_identify(struct inq_json *json, const struct inq_report *report)
{
	inq_json_document(json, "inquest.identify/1");
	inq_json_open(json, "files", '[');
	for (size_t i = 0; i < report->artefact_count; i++)
		put_identified(json, &report->artefacts[i]);
	inq_json_end(json);
	inq_json_strings(json, "warnings", report->warnings, report->warning_count);
}

/* The summary is the same document without its rows. */
static void put_map(struct inq_json *json, const struct inq_report *report, bool with_regions)
{
	inq_json_document(json, "inquest.map/1");
	inq_json_warnings(json, report);
	inq_json_artefacts(json, report);
	inq_json_process(json, report);
	inq_json_objects(json, report);
	if (with_regions)
		inq_json_regions(json, report);
	inq_json_memory(json, report);
}

/* The writer is too large for a small stack: it lives on the heap. */
static struct inq_json *create(const struct inq_output *output)
{
	struct inq_json *json = inq_alloc(sizeof(*json));
	if (json)
		inq_json_init(json, output);
	return json;
}

static enum inq_status render(enum inq_document document, const struct inq_report *report,
			      const struct inq_output *output)
{
	struct inq_json *json = create(output);
	bool lost = false;
	if (!json)
		return INQ_NO_MEMORY;
	switch (document) {
	case INQ_DOCUMENT_REPORT:
		inq_json_report(json, report);
		break;
	case INQ_DOCUMENT_MAP:
	case INQ_DOCUMENT_MAP_SUMMARY:
		put_map(json, report, document == INQ_DOCUMENT_MAP);
		break;
	case INQ_DOCUMENT_IDENTIFY:
		put_identify(json, report);
		break;
	case INQ_DOCUMENT_STACK:
	case INQ_DOCUMENT_STACK_ALL:
		inq_json_stacks(json, report, document == INQ_DOCUMENT_STACK_ALL);
		break;
	case INQ_DOCUMENT_STACK_UNIQUE:
		lost = !inq_json_unique_stacks(json, report);
		break;
	case INQ_DOCUMENT_JVM:
		inq_json_jvm_document(json, report);
		break;
	case INQ_DOCUMENT_KMEM:
		inq_json_kmem_document(json, report);
		break;
	case INQ_DOCUMENT_HEAP:
		inq_json_heap_document(json, report);
		break;
	case INQ_DOCUMENT_WHERE: /* comes through begin, location, end */
		break;
	}
	enum inq_status status = inq_json_finish(json);
	free(json);
	return status == INQ_OK && lost ? INQ_NO_MEMORY : status;
}

static enum inq_status render_diff(const struct inq_diff *diff, const struct inq_output *output)
{
	struct inq_json *json = inq_alloc(sizeof *json);
	if (!json)
		return INQ_NO_MEMORY;
	inq_json_init(json, output);
	inq_json_diff(json, diff);
	enum inq_status status = inq_json_finish(json);
	free(json);
	return status;
}

struct answers {
	const struct inq_report *report;
	struct inq_json json;
};

static void *begin(const struct inq_report *report, const struct inq_output *output)
{
	struct answers *answers = inq_alloc(sizeof(*answers));
	if (!answers)
		return NULL;
	answers->report = report;
	inq_json_init(&answers->json, output);
	inq_json_document(&answers->json, "inquest.where/1");
	inq_json_open(&answers->json, "locations", '[');
	return answers;
}

static bool answer(void *state, const struct inq_location *location)
{
	struct answers *answers = state;
	inq_json_location(&answers->json, location);
	return !answers->json.stopped;
}

static bool flush(void *state)
{
	struct answers *answers = state;
	return inq_json_flush(&answers->json);
}

/* The warnings come last: answering can add some. */
static enum inq_status end(void *state)
{
	struct answers *answers = state;
	inq_json_end(&answers->json);
	inq_json_warnings(&answers->json, answers->report);
	enum inq_status status = inq_json_finish(&answers->json);
	free(answers);
	return status;
}

const struct inq_renderer inq_renderer_json = { "json",
						render,
						render_diff,
						begin,
						answer,
						flush,
						end,
						inq_json_triage_result,
						inq_json_triage_sums,
						inq_json_triage_group };

/* One core after the other: an incident of the core and its companions, of which only the least is worked out that the line
 * tells: objects, crash, the first stack. The stacks of all threads are walked where the core was made from outside, of a
 * process that may hang. */
#include "lib/triage/analyse.h"

#include "lib/base/str.h"
#include "lib/io/cache.h"
#include "lib/io/reader.h"
#include "lib/signature/signature.h"
#include "lib/triage/apport.h"
#include "lib/triage/archive.h"
#include "lib/triage/facts.h"
#include "lib/triage/result.h"
#include "lib/triage/sniff.h"

#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <time.h>

enum { PARTS = INQ_OBJECTS | INQ_FILES | INQ_THREADS };

/* What does not change from core to core. */
struct analysis {
	const struct inq_item *item;
	struct inq_options options;
	uint64_t memory;
	const struct inq_rules *rules;
	const struct inq_result_sink *sink;
	bool stopped;
};

/* A core and where its bytes come from. */
struct subject {
	struct inq_ctx *ctx;
	const char *path;
	const struct inq_reader *reader; /* NULL: the file at `path` */
	struct inq_triage_result result;
	const char *const *companions; /* files */
	size_t companion_count;
	const struct inq_archive_companion *members; /* texts */
	size_t member_count;
	const char *const *links; /* paths that have the same bytes */
	size_t link_count;
	struct inq_facts facts; /* that lie beside it */
	bool seen_is_known;	/* and not only by the file's time */
};

/* Bytes in memory as a reader. */
struct text {
	struct inq_reader reader;
	const uint8_t *data;
	size_t left;
};

static int64_t read_text(void *data, void *buffer, size_t size)
{
	struct text *text = data;
	size_t count = size < text->left ? size : text->left;
	memcpy(buffer, text->data, count);
	text->data += count;
	text->left -= count;
	return (int64_t)count;
}

static void add_text(struct inq_incident *incident, const struct inq_archive_companion *companion)
{
	struct text text = { .data = companion->data, .left = companion->size };
	text.reader = (struct inq_reader) { .read = read_text, .data = &text };
	inq_incident_add_stream(incident, companion->path, &text.reader);
}

/* What lies beside a core and cannot be used is no fault of the core. */
static void add_companions(struct inq_incident *incident, struct subject *subject)
{
	for (size_t i = 0; i < subject->companion_count; i++)
		if (!inq_facts_add_file(subject->ctx, subject->companions[i], &subject->facts))
			inq_incident_add(incident, subject->companions[i]);
	for (size_t i = 0; i < subject->member_count; i++) {
		const struct inq_archive_companion *member = &subject->members[i];
		if (!inq_facts_add(subject->ctx, member->name, member->data, member->size, &subject->facts))
			add_text(incident, member);
	}
}

/* The names of what joined the core. */
static const char *joined(struct inq_ctx *ctx, const struct inq_report *report)
{
	const char *names = NULL;
	for (size_t i = 1; i < report->artefact_count; i++) {
		const struct inq_artefact_info *artefact = &report->artefacts[i];
		if (!artefact->kind || artefact->other_process || !artefact->gave)
			continue;
		names = names ? inq_arena_printf(ctx->arena, "%s, %s", names, inq_base_name(artefact->path))
			      : inq_base_name(artefact->path);
	}
	return names;
}

/* Signals by which somebody ends a process that does not answer, and makes it leave a core. A handler of the process itself
 * may be behind SIGABRT, too; then its own stack tells more. */
static bool may_hang(const struct inq_report *report)
{
	const struct inq_signal_info *signal = report->thread_count ? &report->threads[0].signal : NULL;
	if (!signal || report->thread_count < 2)
		return false;
	switch (signal->number) {
	case 0:
	case SIGQUIT:
	case SIGTERM:
	case SIGKILL:
	case SIGALRM:
		return true;
	case SIGABRT:
		return signal->sender_pid != INQ_UNKNOWN && signal->sender_pid != report->process.pid;
	default:
		return false;
	}
}

static enum inq_status work_out(struct analysis *analysis, struct subject *subject, struct inq_incident *incident)
{
	const struct inq_report *report = inq_incident_report(incident);
	enum inq_status status = inq_incident_analyse(incident, PARTS);
	if (status != INQ_OK && status != INQ_PARTIAL)
		return status;
	status = inq_incident_analyse(incident, INQ_CRASH | (may_hang(report) ? INQ_STACKS : INQ_FIRST_STACK));
	if (status != INQ_OK && status != INQ_PARTIAL)
		return status;
	inq_result_of_report(subject->ctx, report, &subject->result);
	subject->result.companions = joined(subject->ctx, report);
	return inq_signature_make(subject->ctx, analysis->rules, report, &subject->result.signature);
}

static void fail(const struct analysis *analysis, struct subject *subject, const struct inq_report *report,
		 enum inq_status status)
{
	struct inq_triage_result *result = &subject->result;
	result->status = INQ_TRIAGE_FAILED;
	if (status == INQ_NO_MEMORY)
		result->reason = inq_arena_printf(subject->ctx->arena, "needed more than %" PRIu64 " MiB of memory",
						  analysis->memory >> 20);
	else
		result->reason = inq_result_reason(subject->ctx, report, subject->path);
	if (!result->reason)
		result->reason = "nothing in it could be used";
}

/* What a folder held, and the user did not name, is passed over when it is no core. What cannot even be read may be one, and
 * so may what is named like one: neither is lost in silence. */
static bool is_passed_over(const struct analysis *analysis, const struct subject *subject,
			   const struct inq_report *report)
{
	const struct inq_artefact_info *first = report->artefact_count ? &report->artefacts[0] : NULL;
	if (analysis->item->named || !first || inq_sniff_is_core_name(inq_base_name(subject->path)))
		return false;
	return first->kind ? strcmp(first->kind, "elf-core") != 0 : first->size != INQ_UNKNOWN;
}

/* True when there is a result. */
static bool analyse_incident(struct analysis *analysis, struct subject *subject, struct inq_incident *incident)
{
	const struct inq_report *report = inq_incident_report(incident);
	enum inq_status status = subject->reader ? inq_incident_add_stream(incident, subject->path, subject->reader)
						 : inq_incident_add(incident, subject->path);
	if (status != INQ_NO_MEMORY && is_passed_over(analysis, subject, report))
		return false;
	if (status == INQ_OK || status == INQ_PARTIAL) {
		add_companions(incident, subject);
		status = work_out(analysis, subject, incident);
	}
	if (status != INQ_OK && status != INQ_PARTIAL)
		fail(analysis, subject, report, status);
	return true;
}

static uint64_t now_ms(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

/* Each path has a result of its own. */
static void tell(struct analysis *analysis, struct subject *subject)
{
	const struct inq_result_sink *sink = analysis->sink;
	analysis->stopped = !sink->end(sink->data, &subject->result);
	for (size_t i = 0; i < subject->link_count && !analysis->stopped; i++) {
		subject->result.path = subject->links[i];
		analysis->stopped =
			!sink->begin(sink->data, subject->links[i]) || !sink->end(sink->data, &subject->result);
	}
}

static void analyse_subject(struct analysis *analysis, struct subject *subject)
{
	struct inq_incident *incident = NULL;
	const struct inq_report none = { 0 };
	uint64_t began = now_ms();
	bool has_result = true;
	enum inq_status status = inq_incident_create(&analysis->options, &incident);
	if (incident)
		has_result = analyse_incident(analysis, subject, incident);
	else
		fail(analysis, subject, &none, status);
	inq_facts_fill(&subject->facts, subject->seen_is_known, &subject->result);
	subject->result.elapsed_ms = now_ms() - began;
	if (has_result)
		tell(analysis, subject);
	inq_incident_destroy(incident);
}

/* Nothing could be read. */
static void tell_failure(struct analysis *analysis, struct subject *subject, const char *reason)
{
	const struct inq_report none = { 0 };
	fail(analysis, subject, &none, INQ_UNUSABLE);
	if (reason)
		subject->result.reason = reason;
	tell(analysis, subject);
}

static void take_fields(const struct inq_apport_fields *fields, struct inq_triage_result *result)
{
	result->process.exe = fields->exe ? fields->exe : result->process.exe;
	result->process.version = fields->version ? fields->version : result->process.version;
	result->process.pid = fields->pid != INQ_UNKNOWN ? fields->pid : result->process.pid;
	result->seen = fields->seen != INQ_UNKNOWN ? fields->seen : result->seen;
}

/* A report with a core in it: its fields are metadata, its map a companion. */
static void analyse_apport(struct analysis *analysis, struct subject *subject, const struct inq_reader *input)
{
	struct inq_apport *apport;
	if (inq_apport_open(subject->ctx, input, &apport) != INQ_OK) {
		const struct inq_string_vec *warnings = &subject->ctx->warnings;
		tell_failure(analysis, subject, warnings->count ? warnings->items[0] : NULL);
		return;
	}
	const struct inq_apport_fields *fields = inq_apport_fields(apport);
	const struct inq_archive_companion map = {
		.path = "ProcMaps", .name = "ProcMaps", .data = (const uint8_t *)fields->maps, .size = fields->maps_size
	};
	take_fields(fields, &subject->result);
	subject->seen_is_known |= fields->seen != INQ_UNKNOWN;
	subject->reader = inq_apport_core(apport);
	if (fields->maps) {
		subject->members = &map;
		subject->member_count = 1;
	}
	analyse_subject(analysis, subject);
	inq_apport_close(apport);
}

static void analyse_apport_file(struct analysis *analysis, struct subject *subject)
{
	struct inq_file_reader file;
	if (inq_file_reader_open(subject->ctx, subject->path, &file) != INQ_OK) {
		const struct inq_string_vec *warnings = &subject->ctx->warnings;
		tell_failure(analysis, subject, warnings->count ? warnings->items[0] : NULL);
		return;
	}
	analyse_apport(analysis, subject, &file.reader);
	inq_file_reader_close(&file);
}

/* A member has its time from the archive; whose it is tells only the core. */
static struct inq_triage_result result_of_member(const struct analysis *analysis,
						 const struct inq_archive_member *member)
{
	struct inq_triage_result result = inq_result_of_item(analysis->item, member->path);
	if (member->mtime != INQ_UNKNOWN)
		result.seen = member->mtime;
	return result;
}

static bool analyse_member(void *data, const struct inq_archive_member *member)
{
	struct analysis *analysis = data;
	struct inq_ctx ctx = { .arena = inq_arena_create(), .artefact = member->path };
	struct subject subject = { .ctx = &ctx,
				   .path = member->path,
				   .reader = member->reader,
				   .result = result_of_member(analysis, member),
				   .members = member->companions,
				   .member_count = member->companion_count,
				   .links = member->links,
				   .link_count = member->link_count,
				   .facts = inq_facts_none() };
	if (!ctx.arena || !analysis->sink->begin(analysis->sink->data, member->path))
		analysis->stopped = true;
	else if (!member->reader)
		tell_failure(analysis, &subject, member->reason);
	else if (member->apport)
		analyse_apport(analysis, &subject, member->reader);
	else
		analyse_subject(analysis, &subject);
	inq_string_vec_release(&ctx.warnings);
	inq_arena_destroy(ctx.arena);
	return !analysis->stopped;
}

/* What is wrong with the archive is a member too, unless memory is out. */
static void analyse_archive(struct analysis *analysis, const struct inq_slice *slice, struct inq_ctx *ctx)
{
	const struct inq_item *item = analysis->item;
	const struct inq_report none = { 0 };
	struct subject subject = { .ctx = ctx, .path = item->path, .result = inq_result_of_item(item, item->path) };
	enum inq_status status = inq_archive_each(ctx, item->path, slice, item->named, analyse_member, analysis);
	if (status != INQ_NO_MEMORY || analysis->stopped || !analysis->sink->begin(analysis->sink->data, item->path))
		return;
	fail(analysis, &subject, &none, status);
	analysis->sink->end(analysis->sink->data, &subject.result);
}

static void analyse_file(struct analysis *analysis, struct inq_ctx *ctx)
{
	const struct inq_item *item = analysis->item;
	struct subject subject = { .ctx = ctx,
				   .path = item->path,
				   .result = inq_result_of_item(item, item->path),
				   .companions = item->companions,
				   .companion_count = item->companion_count,
				   .facts = inq_facts_none(),
				   .seen_is_known = item->seen != INQ_UNKNOWN };
	if (!analysis->sink->begin(analysis->sink->data, item->path))
		return;
	if (item->kind == INQ_ITEM_APPORT)
		analyse_apport_file(analysis, &subject);
	else
		analyse_subject(analysis, &subject);
}

void inq_triage_analyse(const struct inq_item *item, const struct inq_slice *slice, const struct inq_options *options,
			const struct inq_triage_options *triage, const struct inq_rules *rules,
			const struct inq_result_sink *sink)
{
	struct inq_ctx ctx = { .arena = inq_cache_take_arena(options->cache), .artefact = item->path };
	struct analysis analysis = { .item = item, .options = *options, .rules = rules, .sink = sink };
	if (!ctx.arena)
		return;
	analysis.memory = triage->memory ? triage->memory : INQ_TRIAGE_MEMORY;
	analysis.options.memory = analysis.memory / 2; /* the rest is for what is made of it */
	analysis.options.debuginfod = false;	       /* there is no network */
	analysis.options.brief = true;
	if (item->kind == INQ_ITEM_ARCHIVE)
		analyse_archive(&analysis, slice, &ctx);
	else
		analyse_file(&analysis, &ctx);
	inq_string_vec_release(&ctx.warnings);
	inq_cache_give_arena(options->cache, ctx.arena);
}

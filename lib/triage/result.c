/* From a report to a line's fields. */
#include "lib/triage/result.h"

#include "lib/base/str.h"
#include "lib/triage/line.h"

#include <string.h>

struct inq_triage_result inq_result_of_item(const struct inq_item *item, const char *path)
{
	struct inq_triage_result result = inq_line_unknown(path, INQ_TRIAGE_OK);
	result.size = item->size;
	result.mtime_ns = item->mtime_ns;
	result.seen = item->seen;
	if (item->seen == INQ_UNKNOWN && item->mtime_ns != INQ_UNKNOWN)
		result.seen = item->mtime_ns / UINT64_C(1000000000);
	result.process.pid = item->pid;
	result.process.name = item->name;
	result.process.exe = item->exe;
	result.process.version = item->version;
	result.process.host = item->host;
	return result;
}

static const struct inq_object_info *executable(const struct inq_report *report)
{
	for (size_t i = 0; i < report->object_count; i++)
		if (report->objects[i].kind == INQ_OBJECT_EXE)
			return &report->objects[i];
	return NULL;
}

static void fill_process(const struct inq_report *report, struct inq_triage_result *result)
{
	const struct inq_process_info *process = &report->process;
	const struct inq_object_info *exe = executable(report);
	if (process->pid != INQ_UNKNOWN)
		result->process.pid = process->pid;
	if (process->name)
		result->process.name = process->name;
	if (process->exe)
		result->process.exe = process->exe;
	result->process.exe_build_id = exe ? exe->build_id : NULL;
	result->process.os = process->os;
	result->process.arch = process->arch;
}

/* What to blame, or where it happened. */
static const struct inq_location *culprit(const struct inq_crash_info *crash, const struct inq_fault_info *fault)
{
	return crash->has_culprit ? &crash->culprit.location : &fault->location;
}

static void fill_crash(const struct inq_report *report, struct inq_triage_result *result)
{
	const struct inq_crash_info *crash = &report->crash;
	const struct inq_fault_info *fault = inq_report_fault(report);
	const struct inq_location *at = culprit(crash, fault);
	result->crash.signal = fault->signal.number;
	result->crash.signal_name = fault->signal.name;
	result->crash.code_name = fault->signal.code_name;
	result->crash.object = at->object ? inq_base_name(at->object) : NULL;
	result->crash.function = at->function ? at->function : at->symbol;
	if (!crash->diagnosis_count)
		return;
	result->crash.diagnosis = crash->diagnosis[0].id;
	result->crash.text = crash->diagnosis[0].text;
	result->crash.confidence = crash->diagnosis[0].confidence;
}

void inq_result_of_report(struct inq_ctx *ctx, const struct inq_report *report, struct inq_triage_result *result)
{
	fill_process(report, result);
	if (report->has_crash)
		fill_crash(report, result);
	if (report->partial && result->status == INQ_TRIAGE_OK) {
		result->status = INQ_TRIAGE_PARTIAL;
		result->reason = inq_result_reason(ctx, report, result->path);
	}
}

const char *inq_result_reason(struct inq_ctx *ctx, const struct inq_report *report, const char *path)
{
	struct inq_str name = { 0 };
	const char *reason = report->warning_count ? report->warnings[0] : NULL;
	inq_str_visible(&name, path, strlen(path)); /* as warnings have it */
	if (reason && !name.failed && strncmp(reason, name.text, name.length) == 0 && reason[name.length] == ':') {
		reason += name.length + 1;
		reason += strspn(reason, " ");
	}
	inq_str_release(&name);
	return reason ? inq_arena_copy(ctx->arena, reason, strlen(reason)) : NULL;
}

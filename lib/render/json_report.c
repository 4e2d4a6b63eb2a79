/* The document inquest.report/1. */
#include "lib/render/json_parts.h"

static void put_contradictions(struct inq_json *json, const struct inq_report *report)
{
	inq_json_open(json, "contradictions", '[');
	for (size_t i = 0; i < report->contradiction_count; i++) {
		const struct inq_contradiction *contradiction = &report->contradictions[i];
		inq_json_begin(json, '{');
		inq_json_text(json, "what", contradiction->what);
		inq_json_strings(json, "artefacts", contradiction->artefacts.items, contradiction->artefacts.count);
		inq_json_strings(json, "evidence", contradiction->evidence.items, contradiction->evidence.count);
		inq_json_end(json);
	}
	inq_json_end(json);
}

static void put_missing(struct inq_json *json, const struct inq_report *report)
{
	inq_json_open(json, "missing", '[');
	for (size_t i = 0; i < report->missing_count; i++) {
		inq_json_begin(json, '{');
		inq_json_text(json, "what", report->missing[i].what);
		inq_json_text(json, "why", report->missing[i].why);
		inq_json_text(json, "how", report->missing[i].how);
		inq_json_end(json);
	}
	inq_json_end(json);
}

/* The build ID of the object that holds the address: `objects` is sorted by base. */
static void put_arguments(struct inq_json *json, const struct inq_frame_info *frame)
{
	inq_json_text(json, "prototype", frame->prototype);
	inq_json_open(json, "arguments", '[');
	for (size_t i = 0; i < frame->argument_count; i++) {
		const struct inq_argument *argument = &frame->arguments[i];
		inq_json_begin(json, '{');
		inq_json_text(json, "name", argument->name);
		inq_json_text(json, "type", argument->type);
		inq_json_text(json, "value", argument->value);
		inq_json_text(json, "text", argument->text);
		inq_json_end(json);
	}
	inq_json_end(json);
}

void inq_json_frame(struct inq_json *json, const struct inq_report *report, const struct inq_frame_info *frame)
{
	const struct inq_object_info *object = inq_object_info_at(report->objects, report->object_count, frame->pc);
	inq_json_begin(json, '{');
	inq_json_count(json, "index", frame->index);
	inq_json_address(json, "pc", frame->pc);
	inq_json_address(json, "sp", frame->sp);
	inq_json_text(json, "kind", frame->kind);
	inq_json_text(json, "found_by", frame->found_by);
	if (frame->confidence)
		inq_json_own(json, "confidence", inq_confidence_name(frame->confidence));
	if (frame->repeats) {
		inq_json_count(json, "cycle", frame->cycle);
		inq_json_count(json, "repeats", frame->repeats);
	}
	inq_json_text(json, "build_id", object ? object->build_id : NULL);
	inq_json_place(json, &frame->location);
	if (frame->prototype)
		put_arguments(json, frame);
	inq_json_text(json, "arguments_text", frame->printed_arguments);
	inq_json_end(json);
}

static void put_registers(struct inq_json *json, const struct inq_thread_info *thread)
{
	inq_json_open(json, "registers", '{');
	for (size_t i = 0; i < thread->register_count; i++) {
		inq_json_name(json, thread->registers[i].name);
		inq_json_hex(json, thread->registers[i].value);
	}
	inq_json_end(json);
	if (!thread->points_to)
		return;
	inq_json_open(json, "points_to", '{');
	for (size_t i = 0; i < thread->register_count; i++) {
		if (!thread->points_to[i].mapped)
			continue;
		inq_json_name(json, thread->registers[i].name);
		inq_json_location(json, &thread->points_to[i]);
	}
	inq_json_end(json);
}

static void put_stack(struct inq_json *json, const struct inq_thread_info *thread)
{
	if (thread->stack_start == INQ_UNKNOWN)
		return;
	inq_json_open(json, "stack", '{');
	inq_json_address(json, "start", thread->stack_start);
	inq_json_address(json, "end", thread->stack_end);
	inq_json_count(json, "used", thread->stack_used);
	inq_json_end(json);
}

static void put_thread(struct inq_json *json, const struct inq_report *report, const struct inq_thread_info *thread)
{
	inq_json_begin(json, '{');
	inq_json_thread(json, thread);
	inq_json_address(json, "pc", thread->pc);
	inq_json_address(json, "sp", thread->sp);
	put_registers(json, thread);
	put_stack(json, thread);
	inq_json_open(json, "frames", '[');
	for (size_t i = 0; i < thread->frame_count; i++)
		inq_json_frame(json, report, &thread->frames[i]);
	inq_json_end(json);
	inq_json_text(json, "truncated_by", thread->truncated_by);
	inq_json_text(json, "truncated_why", thread->truncated_why);
	inq_json_end(json);
}

static void put_threads(struct inq_json *json, const struct inq_report *report)
{
	inq_json_open(json, "threads", '[');
	for (size_t i = 0; i < report->thread_count; i++)
		put_thread(json, report, &report->threads[i]);
	inq_json_end(json);
}

static void put_notes(struct inq_json *json, const struct inq_report *report)
{
	inq_json_open(json, "notes", '[');
	for (size_t i = 0; i < report->note_count; i++) {
		const struct inq_note_count *note = &report->notes[i];
		inq_json_begin(json, '{');
		inq_json_text(json, "owner", note->owner);
		inq_json_count(json, "type", note->type);
		inq_json_text(json, "name", note->name);
		inq_json_count(json, "count", note->count);
		inq_json_count(json, "bytes", note->bytes);
		inq_json_end(json);
	}
	inq_json_end(json);
}

void inq_json_report(struct inq_json *json, const struct inq_report *report)
{
	inq_json_document(json, "inquest.report/1");
	inq_json_warnings(json, report);
	put_contradictions(json, report);
	inq_json_text(json, "verdict", report->verdict);
	if (report->verdict && report->verdict_confidence)
		inq_json_own(json, "confidence", inq_confidence_name(report->verdict_confidence));
	put_missing(json, report);
	inq_json_artefacts(json, report);
	inq_json_process(json, report);
	if (report->has_crash)
		inq_json_crash(json, report);
	inq_json_signature(json, &report->signature);
	put_threads(json, report);
	inq_json_objects(json, report);
	inq_json_regions(json, report);
	inq_json_memory(json, report);
	inq_json_jvm(json, report);
	inq_json_kernel_memory(json, report);
	put_notes(json, report);
}

/* The document inquest.heap/1. */
#include "lib/render/json_parts.h"

void inq_json_heap_document(struct inq_json *json, const struct inq_report *report)
{
	inq_json_document(json, "inquest.heap/1");
	inq_json_warnings(json, report);
	inq_json_process(json, report);
	if (report->heap)
		inq_json_text(json, "allocator", report->heap->allocator);
}

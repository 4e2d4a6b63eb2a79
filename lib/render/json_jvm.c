/* The document inquest.jvm/1, and the member `jvm` of a report. */
#include "lib/render/json_parts.h"

void inq_json_jvm(struct inq_json *json, const struct inq_report *report)
{
	const struct inq_jvm *jvm = report->jvm;
	if (!jvm)
		return;
	inq_json_open(json, "jvm", '{');
	inq_json_text(json, "version", jvm->version);
	inq_json_text(json, "collector", jvm->collector);
	inq_json_end(json);
}

void inq_json_jvm_document(struct inq_json *json, const struct inq_report *report)
{
	inq_json_document(json, "inquest.jvm/1");
	inq_json_warnings(json, report);
	inq_json_process(json, report);
	inq_json_jvm(json, report);
}

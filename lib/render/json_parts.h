/* The pieces that several JSON documents have in common, each a member of the object that is open. */
#ifndef INQ_RENDER_JSON_PARTS_H
#define INQ_RENDER_JSON_PARTS_H

#include "lib/render/json_writer.h"

#include <inquest/diff.h>

/* Opens the document: schema name and version of the tool. */
void inq_json_document(struct inq_json *json, const char *schema);
void inq_json_warnings(struct inq_json *json, const struct inq_report *report); /* with `partial` */
void inq_json_artefacts(struct inq_json *json, const struct inq_report *report);
void inq_json_process(struct inq_json *json, const struct inq_report *report);
void inq_json_objects(struct inq_json *json, const struct inq_report *report);
void inq_json_regions(struct inq_json *json, const struct inq_report *report);
void inq_json_memory(struct inq_json *json, const struct inq_report *report);

/* Conclusions, as the member of that name. */
void inq_json_findings(struct inq_json *json, const char *key, const struct inq_diagnosis *findings, size_t count);
/* A value, not a member: the location as an object. */
void inq_json_location(struct inq_json *json, const struct inq_location *location);
/* The members of a location that also stand in a frame: object, offset, section, symbol … */
void inq_json_place(struct inq_json *json, const struct inq_location *location);

/* A value: a frame of a stack. */
void inq_json_frame(struct inq_json *json, const struct inq_report *report, const struct inq_frame_info *frame);
/* The documents of stacks: of the first thread or of all; of all, equal ones once (false: no memory for that). */
void inq_json_stacks(struct inq_json *json, const struct inq_report *report, bool all);
bool inq_json_unique_stacks(struct inq_json *json, const struct inq_report *report);
/* The member `signal`; nothing for no signal. */
void inq_json_signal(struct inq_json *json, const struct inq_signal_info *signal);
/* Who a thread is, and the signal that it has: the first members of its object. */
void inq_json_thread(struct inq_json *json, const struct inq_thread_info *thread);
/* The member `crash`. */
void inq_json_crash(struct inq_json *json, const struct inq_report *report);

/* The member `signature`; nothing where there is none. */
void inq_json_signature(struct inq_json *json, const struct inq_signature *signature);

/* The members of a chunk of the native heap. */
void inq_json_chunk(struct inq_json *json, const struct inq_heap_chunk *chunk);
/* The member `jvm`, when there is a JVM; and the documents inquest.jvm/1 and inquest.heap/1. */
void inq_json_jvm(struct inq_json *json, const struct inq_report *report);
void inq_json_jvm_document(struct inq_json *json, const struct inq_report *report);
void inq_json_kernel_memory(struct inq_json *json, const struct inq_report *report);
void inq_json_kmem_document(struct inq_json *json, const struct inq_report *report);
void inq_json_heap_document(struct inq_json *json, const struct inq_report *report);

void inq_json_diff(struct inq_json *json, const struct inq_diff *diff);

/* All of the document inquest.report/1. */
void inq_json_report(struct inq_json *json, const struct inq_report *report);

#endif

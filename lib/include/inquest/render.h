/* Turns a report into text or JSON. */
#ifndef INQUEST_RENDER_H
#define INQUEST_RENDER_H

#include <inquest/report.h>
#include <inquest/triage.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The document kinds of the contract; each is written as its schema name, such as "inquest.map/1". */
enum inq_document {
	INQ_DOCUMENT_REPORT,
	INQ_DOCUMENT_MAP,
	INQ_DOCUMENT_MAP_SUMMARY,
	INQ_DOCUMENT_WHERE,
	INQ_DOCUMENT_IDENTIFY,
	INQ_DOCUMENT_STACK,	   /* of the first thread: the one that crashed */
	INQ_DOCUMENT_STACK_ALL,	   /* of every thread */
	INQ_DOCUMENT_STACK_UNIQUE, /* of every thread, equal ones once */
	INQ_DOCUMENT_JVM,
	INQ_DOCUMENT_HEAP,
	INQ_DOCUMENT_KMEM
};

struct inq_output {
	/* Takes `size` bytes; returns false to stop (a full disk, a closed pipe). */
	bool (*write)(void *data, const char *bytes, size_t size);
	void *data;
	unsigned width; /* columns of the terminal; 0: 80 */
	bool color;	/* ANSI colours may be used */
	size_t frames;	/* most frames of a stack, in the documents of stacks; 0: all */
	bool verbose;	/* also what is usually folded: all registers, all threads, all objects */
};

/* `format` is "text" or "json". INQ_BAD_ARGUMENT for another; INQ_UNUSABLE when the output stopped. */
INQ_API enum inq_status inq_render(const char *format, enum inq_document document, const struct inq_report *report,
				   const struct inq_output *output);

/* The answers of `where` one at a time, in bounded memory however many are asked: begin, then any number of
 * inq_render_location, then end, which frees the rendering also when the output stopped. The result is the same
 * document as inq_render(format, INQ_DOCUMENT_WHERE, …) makes of report->locations; the report must live until the
 * end, and its warnings are written there. inq_render_flush hands over what is still held back, for a reader that
 * waits for each answer. All but begin return INQ_OK, INQ_NO_MEMORY, or INQ_UNUSABLE once the output stopped. */
struct inq_rendering;
INQ_API enum inq_status inq_render_begin(const char *format, const struct inq_report *report,
					 const struct inq_output *output, struct inq_rendering **ret);
INQ_API enum inq_status inq_render_location(struct inq_rendering *rendering, const struct inq_location *location);
INQ_API enum inq_status inq_render_flush(struct inq_rendering *rendering);
INQ_API enum inq_status inq_render_end(struct inq_rendering *rendering);

/* What a triage writes, piece by piece: results as they come, then the sums, then the groups in their order. In JSON a result
 * is `line` as it is, the sums are nothing, and each piece is one line (NDJSON). */
INQ_API enum inq_status inq_render_triage_result(const char *format, const struct inq_triage_result *result,
						 const char *line, const struct inq_output *output);
INQ_API enum inq_status inq_render_triage_sums(const char *format, const struct inq_triage_progress *progress,
					       const struct inq_output *output);
INQ_API enum inq_status inq_render_triage_group(const char *format, const struct inq_triage_group *group,
						const struct inq_output *output);

/* The names of the formats, for index 0 … until NULL. */
INQ_API const char *inq_renderer_name(size_t index);

#ifdef __cplusplus
}
#endif
#endif

/* Turns a report into text or JSON. */
#ifndef INQUEST_RENDER_H
#define INQUEST_RENDER_H

#include <inquest/report.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The document kinds of the contract; each is written as its schema name, such as "inquest.map/1". */
enum inq_document {
	INQ_DOCUMENT_REPORT,
	INQ_DOCUMENT_MAP,
	INQ_DOCUMENT_MAP_SUMMARY,
	INQ_DOCUMENT_WHERE,
	INQ_DOCUMENT_IDENTIFY
};

struct inq_output {
	/* Takes `size` bytes; returns false to stop (a full disk, a closed pipe). */
	bool (*write)(void *data, const char *bytes, size_t size);
	void *data;
	unsigned width; /* columns of the terminal; 0: 80 */
	bool color;	/* ANSI colours may be used */
	bool verbose;	/* also what is usually folded: all registers, all threads, all objects */
};

/* `format` is "text" or "json". INQ_BAD_ARGUMENT for another; INQ_UNUSABLE when the output stopped. */
INQ_API enum inq_status inq_render(const char *format, enum inq_document document, const struct inq_report *report,
				   const struct inq_output *output);
/* The names of the formats, for index 0 … until NULL. */
INQ_API const char *inq_renderer_name(size_t index);

#ifdef __cplusplus
}
#endif
#endif

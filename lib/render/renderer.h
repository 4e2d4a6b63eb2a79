/* Renderers: report in, bytes out. They read the report and nothing else, so that a report can be rendered again
 * without its artefacts.
 *
 * A new renderer: 1. lib/render/NAME.c with one `const struct inq_renderer inq_renderer_NAME`; 2. its row in
 * renderers.def. The command's --format takes it from there. */
#ifndef INQ_RENDER_RENDERER_H
#define INQ_RENDER_RENDERER_H

#include <inquest/diff.h>
#include <inquest/render.h>

struct inq_renderer {
	const char *name; /* the value of --format */
	/* One whole document, other than INQ_DOCUMENT_WHERE. INQ_UNUSABLE when the output stopped. */
	enum inq_status (*render)(enum inq_document document, const struct inq_report *report,
				  const struct inq_output *output);
	/* The differences between reports. */
	enum inq_status (*diff)(const struct inq_diff *diff, const struct inq_output *output);
	/* The answers of `where`, one by one. `begin` gives the state that the others take, NULL without memory; `end`
	 * frees it and says how it went. `location` and `flush` give false once the output stopped. */
	void *(*begin)(const struct inq_report *report, const struct inq_output *output);
	bool (*location)(void *state, const struct inq_location *location);
	bool (*flush)(void *state);
	enum inq_status (*end)(void *state);
	/* The pieces of a triage. */
	enum inq_status (*triage_result)(const struct inq_triage_result *result, const char *line,
					 const struct inq_output *output);
	enum inq_status (*triage_sums)(const struct inq_triage_progress *progress, const struct inq_output *output);
	enum inq_status (*triage_group)(const struct inq_triage_group *group, const struct inq_output *output);
};

/* text_triage.c, json_triage.c */
enum inq_status inq_text_triage_result(const struct inq_triage_result *result, const char *line,
				       const struct inq_output *output);
enum inq_status inq_text_triage_sums(const struct inq_triage_progress *progress, const struct inq_output *output);
enum inq_status inq_text_triage_group(const struct inq_triage_group *group, const struct inq_output *output);
enum inq_status inq_json_triage_result(const struct inq_triage_result *result, const char *line,
				       const struct inq_output *output);
enum inq_status inq_json_triage_sums(const struct inq_triage_progress *progress, const struct inq_output *output);
enum inq_status inq_json_triage_group(const struct inq_triage_group *group, const struct inq_output *output);

#endif

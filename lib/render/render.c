/* The table of renderers, and the way from the public calls to a row. */
#include "lib/render/renderer.h"

#include "lib/base/arena.h"

#include <stdlib.h>
#include <string.h>

#define INQ_RENDERER(name) extern const struct inq_renderer inq_renderer_##name;
#include "lib/render/renderers.def"
#undef INQ_RENDERER

static const struct inq_renderer *const rows[] = {
#define INQ_RENDERER(name) &inq_renderer_##name,
#include "lib/render/renderers.def"
#undef INQ_RENDERER
};

enum { ROW_COUNT = sizeof(rows) / sizeof(rows[0]) };

struct inq_rendering {
	const struct inq_renderer *renderer;
	void *state;
};

static const struct inq_renderer *by_name(const char *format)
{
	for (size_t i = 0; i < ROW_COUNT; i++)
		if (strcmp(rows[i]->name, format) == 0)
			return rows[i];
	return NULL;
}

const char *inq_renderer_name(size_t index)
{
	return index < ROW_COUNT ? rows[index]->name : NULL;
}

static enum inq_status render_locations(const char *format, const struct inq_report *report,
					const struct inq_output *output)
{
	struct inq_rendering *rendering;
	enum inq_status status = inq_render_begin(format, report, output, &rendering);
	if (status != INQ_OK)
		return status;
	for (size_t i = 0; i < report->location_count && status == INQ_OK; i++)
		status = inq_render_location(rendering, &report->locations[i]);
	return inq_render_end(rendering);
}

enum inq_status inq_render(const char *format, enum inq_document document, const struct inq_report *report,
			   const struct inq_output *output)
{
	const struct inq_renderer *renderer = by_name(format);
	if (!renderer)
		return INQ_BAD_ARGUMENT;
	if (document == INQ_DOCUMENT_WHERE)
		return render_locations(format, report, output);
	return renderer->render(document, report, output);
}

enum inq_status inq_render_diff(const char *format, const struct inq_diff *diff, const struct inq_output *output)
{
	const struct inq_renderer *renderer = by_name(format);
	return renderer ? renderer->diff(diff, output) : INQ_BAD_ARGUMENT;
}

enum inq_status inq_render_begin(const char *format, const struct inq_report *report, const struct inq_output *output,
				 struct inq_rendering **ret)
{
	const struct inq_renderer *renderer = by_name(format);
	if (!renderer)
		return INQ_BAD_ARGUMENT;
	struct inq_rendering *rendering = inq_alloc(sizeof(*rendering));
	void *state = rendering ? renderer->begin(report, output) : NULL;
	if (!state) {
		free(rendering);
		return INQ_NO_MEMORY;
	}
	*rendering = (struct inq_rendering) { renderer, state };
	*ret = rendering;
	return INQ_OK;
}

enum inq_status inq_render_location(struct inq_rendering *rendering, const struct inq_location *location)
{
	return rendering->renderer->location(rendering->state, location) ? INQ_OK : INQ_UNUSABLE;
}

enum inq_status inq_render_flush(struct inq_rendering *rendering)
{
	return rendering->renderer->flush(rendering->state) ? INQ_OK : INQ_UNUSABLE;
}

enum inq_status inq_render_end(struct inq_rendering *rendering)
{
	enum inq_status status = rendering->renderer->end(rendering->state);
	free(rendering);
	return status;
}

enum inq_status inq_render_triage_result(const char *format, const struct inq_triage_result *result, const char *line,
					 const struct inq_output *output)
{
	const struct inq_renderer *renderer = by_name(format);
	return renderer ? renderer->triage_result(result, line, output) : INQ_BAD_ARGUMENT;
}

enum inq_status inq_render_triage_sums(const char *format, const struct inq_triage_progress *progress,
				       const struct inq_output *output)
{
	const struct inq_renderer *renderer = by_name(format);
	return renderer ? renderer->triage_sums(progress, output) : INQ_BAD_ARGUMENT;
}

enum inq_status inq_render_triage_group(const char *format, const struct inq_triage_group *group,
					const struct inq_output *output)
{
	const struct inq_renderer *renderer = by_name(format);
	return renderer ? renderer->triage_group(group, output) : INQ_BAD_ARGUMENT;
}

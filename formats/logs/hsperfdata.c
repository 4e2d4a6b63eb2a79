/* hsperfdata files of HotSpot: the performance counters of a JVM (lib/jvm/perfdata.h). What it was started with becomes the
 * process's command line; the counters themselves are read by the witness `perfdata`. */
#include "formats/format.h"

#include "lib/jvm/perfdata.h"

#include <inttypes.h>

static unsigned probe(const struct inq_view *head)
{
	return inq_perfdata_recognise(head) ? 100 : 0;
}

/* "-Xmx64m -XX:+UseSerialGC Main argument": options and main class, each as the JVM was given them. */
static void read_command(struct inq_builder *builder, const struct inq_perfdata *perfdata)
{
	struct inq_arena *arena = builder->ctx->arena;
	const char *options = inq_perfdata_string(perfdata, arena, "java.rt.vmArgs");
	const char *main = inq_perfdata_string(perfdata, arena, "sun.rt.javaCommand");
	if (options && main)
		inq_build_process(builder)->args = inq_arena_printf(arena, "java %s %s", options, main);
}

static enum inq_status read_counters(struct inq_ctx *ctx, struct inq_input *input, struct inq_builder *builder)
{
	const struct inq_view view = { .data = input->source->data + input->offset,
				       .size = input->source->size - input->offset };
	struct inq_perfdata perfdata;
	if (!inq_perfdata_open(&view, &perfdata)) {
		inq_warn(ctx, INQ_PLACE_OFFSET, input->offset,
			 "these performance counters are not of version 2 (JDK 5 and later), or their header is "
			 "damaged; nothing of them was used");
		return INQ_UNUSABLE;
	}
	uint64_t count = inq_perfdata_count(&perfdata);
	inq_build_at(builder, INQ_PLACE_OFFSET, input->offset);
	read_command(builder, &perfdata);
	inq_build_detail(builder, "%" PRIu64 " performance counters of a HotSpot JVM", count);
	if (count < perfdata.entries)
		return inq_damaged(ctx, input->offset,
				   "the header claims %" PRIu64 " counters, %" PRIu64 " are there; these were read",
				   perfdata.entries, count);
	return INQ_OK;
}

const struct inq_format inq_format_hsperfdata = {
	.name = "hsperfdata",
	.about = "the performance counters of a HotSpot JVM: /tmp/hsperfdata_USER/PID",
	.probe = probe,
	.read = read_counters,
};

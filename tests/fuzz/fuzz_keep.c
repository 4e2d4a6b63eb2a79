/* Fuzzes reading within a bound: a plan from a hostile beginning, then the core itself, its threads' stacks included. The bound
 * is the least there is, and the input is said to be larger by its own headers, so what is kept is chosen. */
#include "formats/format.h"
#include "lib/io/keep.h"
#include "lib/io/reader.h"
#include "tests/fuzz/support.h"

#include <inquest/incident.h>

#include <stdlib.h>

/* The plan for these bytes holds no more than it may, in order. */
static void check_plan(const uint8_t *data, size_t size)
{
	const struct inq_view head = { .data = data, .size = size };
	struct inq_keep_plan plan = { 0 };
	uint64_t sum = 0, at = 0;
	if (inq_format_plan(&head, true, INQ_KEEP_LEAST, &plan)) {
		inq_ranges_settle(&plan.ranges, plan.size);
		for (size_t i = 0; i < plan.ranges.count; i++) {
			const struct inq_range *range = &plan.ranges.items[i];
			if (range->start >= range->end || range->start < at)
				abort();
			at = range->end;
			sum += range->end - range->start;
		}
		if (sum > INQ_KEEP_LEAST)
			abort();
	}
	inq_range_vec_release(&plan.ranges);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct inq_options options = { .memory = 1, .no_files = true };
	struct inq_memory_reader reader;
	struct inq_incident *incident;
	if (!size)
		return 0;
	check_plan(data, size);
	inq_memory_reader_on(&reader, data, size);
	if (inq_incident_create(&options, &incident) != INQ_OK)
		return 0;
	enum inq_status status = inq_incident_add_stream(incident, "input", &reader.reader);
	if (status == INQ_OK || status == INQ_PARTIAL)
		inq_incident_analyse(incident, INQ_THREADS | INQ_STACKS);
	inq_incident_destroy(incident);
	return 0;
}

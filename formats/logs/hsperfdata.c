/* hsperfdata files of HotSpot (perfMemory.hpp, PerfDataPrologue): recognised by magic, byte order and version. Not read yet. */
#include "formats/format.h"
#include "formats/text.h"

static unsigned probe(const struct inq_view *head)
{
	enum { MAGIC = 0xcafec0c0, BYTE_ORDER_AT = 4, MAJOR_AT = 5 };
	const struct inq_view view = { .data = head->data, .size = head->size, .big = true };
	uint64_t magic, order, major;
	if (!inq_view_at(&view, 0, 4, &magic) || !inq_view_at(&view, BYTE_ORDER_AT, 1, &order) ||
	    !inq_view_at(&view, MAJOR_AT, 1, &major))
		return 0;
	return magic == MAGIC && order <= 1 && (major == 1 || major == 2) ? 100 : 0;
}

const struct inq_format inq_format_hsperfdata = {
	.name = "hsperfdata",
	.about = "the performance counters of a HotSpot JVM: /tmp/hsperfdata_USER/PID",
	.probe = probe,
};

/* Look-up among the regions of a report. */
#include <inquest/report.h>

const struct inq_region *inq_region_at(const struct inq_region *regions, size_t count, uint64_t address)
{
	size_t low = 0, high = count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (regions[middle].end > address)
			high = middle;
		else
			low = middle + 1;
	}
	return low < count && regions[low].start <= address ? &regions[low] : NULL;
}

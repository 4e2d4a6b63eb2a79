/* Looking objects up. */
#include <inquest/report.h>

const struct inq_object_info *inq_object_info_at(const struct inq_object_info *objects, size_t count, uint64_t address)
{
	size_t low = 0, high = count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (objects[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low && address < objects[low - 1].end ? &objects[low - 1] : NULL;
}

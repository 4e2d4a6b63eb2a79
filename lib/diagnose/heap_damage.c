/* Evidence out of a check of the whole heap. */
#include "lib/diagnose/heap_damage.h"

#include "lib/heap/heap.h"

#include <inttypes.h>

enum { MOST_DAMAGE = 2 };

void inq_find_heap_damage(const struct inq_case *crash, struct inq_finding *ret)
{
	struct inq_heap heap;
	if (inq_heap_walk(crash->space, INQ_HEAP_CHECK, &heap) != INQ_OK)
		return;
	for (size_t i = 0; i < heap.error_count && i < MOST_DAMAGE; i++) {
		const struct inq_heap_error *error = &heap.errors[i];
		inq_find_evidence(crash, ret, "at 0x%" PRIx64 " %s", error->address, error->text);
		if (error->has_before)
			inq_find_evidence(crash, ret, "below it is the %" PRIu64 "-byte block 0x%" PRIx64 ", %s",
					  error->before.size, error->before.user,
					  inq_chunk_state_name(error->before.state));
	}
	if (!heap.error_count && heap.reconciled)
		inq_find_evidence(crash, ret,
				  "all %" PRIu64
				  " blocks of the heap are whole: nothing was overrun, the pointer itself was wrong",
				  heap.in_use.count + heap.free.count);
}

/* Shenandoah: an array of equal regions with a state (shenandoahHeapRegion.hpp). Releases before 17 tell the reserved
 * range, the sums and the number of regions only. */
#include "lib/jvm/vmstructs/facts.h"

#include <inttypes.h>

enum { MOST_REGIONS = 1 << 20 };

/* By the state's number, which has been the same in all releases; 0 is a region that is not committed. */
static const char *const types[] = { NULL,	  "free", "old", "humongous", "humongous",
				     "humongous", "old",  "old", "old",	      "old" };

static bool read_region(const struct inq_vm *vm, const struct inq_jvm_area *heap, uint64_t at,
			struct inq_jvm_region *ret)
{
	uint64_t state;
	if (!inq_vm_word(vm, at, "ShenandoahHeapRegion::_bottom", &ret->start) ||
	    !inq_vm_word(vm, at, "ShenandoahHeapRegion::_end", &ret->end) ||
	    !inq_vm_number(vm, at, "ShenandoahHeapRegion::_state", 4, &state) || ret->start < heap->start ||
	    ret->end > heap->end || ret->start >= ret->end || state == 0 || state >= sizeof types / sizeof *types)
		return false;
	ret->type = types[state];
	if (!inq_vm_word(vm, at, "ShenandoahHeapRegion::_top", &ret->top) || ret->top < ret->start ||
	    ret->top > ret->end)
		ret->top = INQ_UNKNOWN;
	return true;
}

static void read_regions(const struct inq_vm *vm, uint64_t array, uint64_t count, struct inq_jvm *ret)
{
	struct inq_jvm_region *regions = inq_arena_array(vm->space->ctx->arena, count, sizeof *regions);
	uint64_t at, last = 0;
	if (!regions) {
		inq_no_memory(vm->space->ctx);
		return;
	}
	for (uint64_t i = 0; i < count; i++) {
		struct inq_jvm_region *region = &regions[ret->region_count];
		if (!inq_vm_at(vm, array + i * vm->word, vm->word, &at) || !at ||
		    !read_region(vm, &ret->heap, at, region) || region->start < last)
			continue;
		last = region->end;
		ret->region_count++;
	}
	ret->regions = regions;
}

/* Since 24 what is in use stands in the global generation, since 28 in the set of free regions. */
static void read_totals(const struct inq_vm *vm, uint64_t heap, struct inq_jvm *ret)
{
	uint64_t generation = 0, free_set = 0, value;
	inq_vm_word(vm, heap, "ShenandoahHeap::_global_generation", &generation);
	inq_vm_word(vm, heap, "ShenandoahHeap::_free_set", &free_set);
	if (inq_vm_word(vm, heap, "ShenandoahHeap::_committed", &value) && value <= ret->heap.reserved)
		ret->heap.committed = value;
	if ((inq_vm_word(vm, heap, "ShenandoahHeap::_used", &value) ||
	     inq_vm_word(vm, generation, "ShenandoahGeneration::_used", &value) ||
	     inq_vm_word(vm, free_set, "ShenandoahFreeSet::_total_global_used", &value)) &&
	    value <= ret->heap.reserved)
		ret->heap.used = value;
}

static void read_heap(const struct inq_vm *vm, uint64_t heap, struct inq_jvm *ret)
{
	uint64_t array, count;
	inq_vm_word(vm, 0, "ShenandoahHeapRegion::RegionSizeBytes", &ret->region_size);
	if (!inq_vm_reserved_heap(vm, heap, ret))
		return;
	read_totals(vm, heap, ret);
	if (!inq_vm_word(vm, heap, "ShenandoahHeap::_num_regions", &count))
		return;
	if (!ret->region_size && count && ret->heap.reserved % count == 0)
		ret->region_size = ret->heap.reserved / count;
	if (!inq_vm_word(vm, heap, "ShenandoahHeap::_regions", &array))
		return;
	if (count <= MOST_REGIONS)
		read_regions(vm, array, count, ret);
	else
		inq_warn(vm->space->ctx, INQ_PLACE_NONE, 0,
			 "the table of Shenandoah's regions claims %" PRIu64 " of them; it was not read", count);
}

const struct inq_vm_collector inq_vm_collector_shenandoah = { "shenandoah", "UseShenandoahGC", read_heap };

/* Parallel: old below young, each a PSVirtualSpace; ParallelScavengeHeap points to them, until 27 by static fields. */
#include "lib/jvm/vmstructs/facts.h"

/* The generation's PSVirtualSpace, which may grow from either end. */
static bool read_range(const struct inq_vm *vm, uint64_t generation, const char *field, const char *name,
		       struct inq_jvm_area *ret)
{
	uint64_t space, start, end, low, high;
	if (!inq_vm_word(vm, generation, field, &space) ||
	    !inq_vm_word(vm, space, "PSVirtualSpace::_reserved_low_addr", &start) ||
	    !inq_vm_word(vm, space, "PSVirtualSpace::_reserved_high_addr", &end) || !inq_vm_believable(vm, start, end))
		return false;
	*ret = inq_vm_area(vm, name, start, end, "its PSVirtualSpace: reserved and committed addresses");
	if (inq_vm_word(vm, space, "PSVirtualSpace::_committed_low_addr", &low) &&
	    inq_vm_word(vm, space, "PSVirtualSpace::_committed_high_addr", &high) && start <= low && low <= high &&
	    high <= end)
		ret->committed = high - low;
	return true;
}

static bool read_space(const struct inq_vm *vm, uint64_t generation, const char *field, const char *name,
		       struct inq_jvm_area *ret)
{
	uint64_t space;
	return inq_vm_word(vm, generation, field, &space) && inq_vm_space(vm, space, "MutableSpace", name, ret);
}

/* What the spaces of a generation cover. */
static bool span(const struct inq_vm *vm, const char *name, const struct inq_jvm_area *spaces, size_t count,
		 struct inq_jvm_area *ret)
{
	uint64_t start = UINT64_MAX, end = 0;
	for (size_t i = 0; i < count; i++) {
		start = spaces[i].start < start ? spaces[i].start : start;
		end = spaces[i].end > end ? spaces[i].end : end;
	}
	if (start >= end)
		return false;
	*ret = inq_vm_area(vm, name, start, end, "its spaces, and the heap's bounds");
	ret->committed = end - start;
	ret->confidence = INQ_LIKELY;
	return true;
}

static bool read_old(const struct inq_vm *vm, uint64_t heap, struct inq_jvm_area *ret)
{
	struct inq_jvm_area space;
	uint64_t at;
	if (!inq_vm_word(vm, heap, "ParallelScavengeHeap::_old_gen", &at))
		return false;
	bool has_space = read_space(vm, at, "PSOldGen::_object_space", "space", &space);
	if (!read_range(vm, at, "PSOldGen::_virtual_space", "old", ret) && !span(vm, "old", &space, has_space, ret))
		return false;
	if (has_space) {
		ret->used = space.used;
		inq_vm_set_parts(vm, ret, &space, 1);
	}
	return true;
}

/* In use are eden and from (PSYoungGen::used_in_bytes). */
static bool read_young(const struct inq_vm *vm, uint64_t heap, struct inq_jvm_area *ret)
{
	enum { SPACES = 3 };
	struct inq_jvm_area spaces[SPACES];
	uint64_t at;
	if (!inq_vm_word(vm, heap, "ParallelScavengeHeap::_young_gen", &at))
		return false;
	bool has_spaces = read_space(vm, at, "PSYoungGen::_eden_space", "eden", &spaces[0]) &&
			  read_space(vm, at, "PSYoungGen::_from_space", "from", &spaces[1]) &&
			  read_space(vm, at, "PSYoungGen::_to_space", "to", &spaces[2]);
	if (!read_range(vm, at, "PSYoungGen::_virtual_space", "young", ret) &&
	    !span(vm, "young", spaces, has_spaces ? SPACES : 0, ret))
		return false;
	if (!has_spaces)
		return true;
	if (spaces[0].used != INQ_UNKNOWN && spaces[1].used != INQ_UNKNOWN)
		ret->used = spaces[0].used + spaces[1].used;
	inq_vm_set_parts(vm, ret, spaces, SPACES);
	return true;
}

/* Since 28 the generations share one virtual space, of which nothing is exported, and neither has a reservation of its own.
 * Each still begins with a space: where the lowest of young begins they divide the heap. */
static void divide(const struct inq_jvm_area *heap, struct inq_jvm_area *old, struct inq_jvm_area *young)
{
	if (heap->start > old->start || old->end > young->start || young->end > heap->end)
		return;
	old->start = heap->start;
	old->end = young->start;
	young->end = heap->end;
	old->reserved = young->reserved = INQ_UNKNOWN;
}

static void read_heap(const struct inq_vm *vm, uint64_t heap, struct inq_jvm *ret)
{
	struct inq_jvm_area generations[2];
	bool has_heap = inq_vm_reserved_heap(vm, heap, ret), has_old = read_old(vm, heap, &generations[0]);
	bool has_young = read_young(vm, heap, &generations[has_old]);
	if (has_heap && has_old && has_young && !inq_vm_field(vm, "PSOldGen::_virtual_space"))
		divide(&ret->heap, &generations[0], &generations[1]);
	inq_vm_sum_generations(vm, generations, (size_t)has_old + has_young, ret);
}

const struct inq_vm_collector inq_vm_collector_parallel = { "parallel", "UseParallelGC|UseParallelOldGC", read_heap };

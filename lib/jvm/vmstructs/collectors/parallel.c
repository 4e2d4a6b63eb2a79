/* Parallel: old below young, both static in ParallelScavengeHeap, each a PSVirtualSpace. */
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

static bool read_old(const struct inq_vm *vm, struct inq_jvm_area *ret)
{
	struct inq_jvm_area space;
	uint64_t at;
	if (!inq_vm_word(vm, 0, "ParallelScavengeHeap::_old_gen", &at) ||
	    !read_range(vm, at, "PSOldGen::_virtual_space", "old", ret))
		return false;
	if (read_space(vm, at, "PSOldGen::_object_space", "space", &space)) {
		ret->used = space.used;
		inq_vm_set_parts(vm, ret, &space, 1);
	}
	return true;
}

/* In use are eden and from (PSYoungGen::used_in_bytes). */
static bool read_young(const struct inq_vm *vm, struct inq_jvm_area *ret)
{
	struct inq_jvm_area spaces[3];
	uint64_t at;
	if (!inq_vm_word(vm, 0, "ParallelScavengeHeap::_young_gen", &at) ||
	    !read_range(vm, at, "PSYoungGen::_virtual_space", "young", ret))
		return false;
	if (!read_space(vm, at, "PSYoungGen::_eden_space", "eden", &spaces[0]) ||
	    !read_space(vm, at, "PSYoungGen::_from_space", "from", &spaces[1]) ||
	    !read_space(vm, at, "PSYoungGen::_to_space", "to", &spaces[2]))
		return true;
	if (spaces[0].used != INQ_UNKNOWN && spaces[1].used != INQ_UNKNOWN)
		ret->used = spaces[0].used + spaces[1].used;
	inq_vm_set_parts(vm, ret, spaces, 3);
	return true;
}

static void read_heap(const struct inq_vm *vm, uint64_t heap, struct inq_jvm *ret)
{
	struct inq_jvm_area generations[2];
	size_t count = 0;
	inq_vm_reserved_heap(vm, heap, ret);
	if (read_old(vm, &generations[count]))
		count++;
	if (read_young(vm, &generations[count]))
		count++;
	inq_vm_sum_generations(vm, generations, count, ret);
}

const struct inq_vm_collector inq_vm_collector_parallel = { "parallel", "UseParallelGC|UseParallelOldGC", read_heap };

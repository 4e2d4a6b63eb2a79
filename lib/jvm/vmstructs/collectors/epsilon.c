/* Epsilon: one space that only fills up. */
#include "lib/jvm/vmstructs/facts.h"

static void read_heap(const struct inq_vm *vm, uint64_t heap, struct inq_jvm *ret)
{
	struct inq_jvm_area area, space;
	uint64_t at;
	inq_vm_reserved_heap(vm, heap, ret);
	if (inq_vm_place(vm, heap, "EpsilonHeap::_virtual_space", &at) && inq_vm_virtual_space(vm, at, "heap", &area)) {
		ret->heap = area;
		ret->has_heap = true;
	}
	if (ret->has_heap && inq_vm_word(vm, heap, "EpsilonHeap::_space", &at) &&
	    inq_vm_space(vm, at, "ContiguousSpace", "space", &space)) {
		ret->heap.used = space.used;
		if (ret->heap.committed == INQ_UNKNOWN)
			ret->heap.committed = space.committed;
	}
}

const struct inq_vm_collector inq_vm_collector_epsilon = { "epsilon", "UseEpsilonGC", read_heap };

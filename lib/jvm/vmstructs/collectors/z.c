/* ZGC: pages of three sizes in a range of offsets, which is mapped at a power of two: three times until it became
 * generational (zGlobals_x86.cpp: the views marked0, marked1 and remapped are at 1, 2 and 4 times the highest offset + 1),
 * once since (zAddress.hpp). Each granule of 2 MiB of the offsets has a pointer to its page. */
#include "lib/jvm/vmstructs/facts.h"

#include <stdlib.h>

enum { MOST_GRANULES = 1 << 24, VIEWS = 3 };

/* The variable that a member of ZGlobalsForVMStructs points to. */
static bool global(const struct inq_vm *vm, const char *field, uint64_t *ret)
{
	uint64_t globals, at;
	return inq_vm_word(vm, 0, "ZGlobalsForVMStructs::_instance_p", &globals) &&
	       inq_vm_word(vm, globals, field, &at) && inq_vm_at(vm, at, vm->word, ret);
}

/* Until 12 the manager of physical memory has the capacities, and the mask is a constant (zGlobals_linux_x86.hpp: 42 bits). */
static const uint64_t OFFSET_MASK_11 = (UINT64_C(1) << 42) - 1;

static uint64_t physical(const struct inq_vm *vm, uint64_t allocator)
{
	uint64_t manager;
	return inq_vm_place(vm, allocator, "ZPageAllocator::_physical", &manager) ? manager : 0;
}

/* Capacity and use: of the allocator until 24, of each of its partitions (one, without NUMA) since. */
static void read_sizes(const struct inq_vm *vm, uint64_t allocator, struct inq_jvm_area *heap)
{
	uint64_t partition = 0, value;
	if (inq_vm_place(vm, allocator, "ZPageAllocator::_partitions", &partition))
		inq_vm_word(vm, partition, "ZPerNUMAZPartition::_addr", &partition);
	if (inq_vm_word(vm, allocator, "ZPageAllocator::_capacity", &value) ||
	    inq_vm_word(vm, physical(vm, allocator), "ZPhysicalMemoryManager::_capacity", &value) ||
	    inq_vm_word(vm, partition, "ZPartition::_capacity", &value))
		heap->committed = value <= heap->reserved ? value : INQ_UNKNOWN;
	if (inq_vm_word(vm, allocator, "ZPageAllocator::_used", &value) ||
	    inq_vm_word(vm, partition, "ZPartition::_used", &value))
		heap->used = value <= heap->reserved ? value : INQ_UNKNOWN;
}

/* From the base of a view on: what is mapped without a hole, at most `most`. HotSpot reserves 16 times the heap. */
static uint64_t mapped_end(const struct inq_vm *vm, uint64_t base, uint64_t most)
{
	const struct inq_mapping *last = vm->space->mappings.items + vm->space->mappings.count;
	const struct inq_mapping *mapping = inq_space_mapping_at(vm->space, base);
	uint64_t end = base;
	for (; mapping && mapping < last && mapping->start <= end && end - base < most; mapping++)
		end = mapping->end;
	return end - base < most ? end : base + most;
}

static bool find_range(const struct inq_vm *vm, uint64_t allocator, struct inq_jvm *ret)
{
	uint64_t mask, most, end, manager = physical(vm, allocator);
	if (!inq_vm_word(vm, allocator, "ZPageAllocator::_max_capacity", &most) &&
	    !inq_vm_word(vm, manager, "ZPhysicalMemoryManager::_max_capacity", &most))
		return false;
	if (!global(vm, "ZGlobalsForVMStructs::_ZAddressOffsetMask", &mask))
		mask = manager ? OFFSET_MASK_11 : 0;
	if (!mask || mask >> 48 || mask & (mask + 1))
		return false;
	uint64_t base = mask + 1;
	end = mapped_end(vm, base, base);
	if (!inq_vm_believable(vm, base, end))
		return false;
	ret->heap = inq_vm_area(vm, "heap", base, end, "ZPageAllocator and ZAddressOffsetMask, through ZGlobals");
	ret->has_heap = true;
	ret->heap.reserved = most;
	uint64_t *views = inq_arena_array(vm->space->ctx->arena, VIEWS - 1, sizeof *views);
	for (unsigned i = 1; views && i < VIEWS; i++)
		if (inq_space_mapping_at(vm->space, base << i) && !inq_vm_has_type(vm, "ZPartition"))
			views[ret->view_count++] = base << i;
	ret->views = views;
	return true;
}

static bool read_page(const struct inq_vm *vm, uint64_t page, const struct inq_jvm_area *heap,
		      struct inq_jvm_region *ret)
{
	uint64_t at, start, end, top;
	if (!inq_vm_place(vm, page, "ZPage::_virtual", &at) || !inq_vm_word(vm, at, "ZVirtualMemory::_start", &start))
		return false;
	if (!inq_vm_word(vm, at, "ZVirtualMemory::_end", &end) &&
	    (!inq_vm_word(vm, at, "ZVirtualMemory::_size", &end) || !inq_add(start, end, &end)))
		return false;
	if (start >= end || end > heap->end - heap->start)
		return false;
	*ret = (struct inq_jvm_region) { heap->start + start, heap->start + end, INQ_UNKNOWN, NULL };
	if (inq_vm_word(vm, page, "ZPage::_top", &top) && start <= top && top <= end)
		ret->top = heap->start + top;
	return true;
}

/* Each page once: its granules are neighbours. */
static void read_pages(const struct inq_vm *vm, uint64_t zheap, struct inq_jvm *ret)
{
	struct inq_jvm_region *pages;
	uint64_t at, map, shift = 21, last = 0;
	if (!inq_vm_place(vm, zheap, "ZHeap::_page_table|ZHeap::_pagetable", &at) ||
	    !inq_vm_place(vm, at, "ZPageTable::_map", &at) ||
	    !inq_vm_word(vm, at, "ZGranuleMapForPageTable::_map|ZAddressRangeMapForPageTable::_map", &map))
		return;
	inq_vm_constant(vm, "ZGranuleSizeShift", &shift);
	uint64_t count = shift < 64 ? (ret->heap.end - ret->heap.start) >> shift : 0;
	if (count > MOST_GRANULES)
		return;
	pages = inq_arena_array(vm->space->ctx->arena, count, sizeof *pages);
	for (uint64_t i = 0; pages && i < count; i++) {
		uint64_t page;
		if (!inq_vm_at(vm, map + i * vm->word, vm->word, &page))
			continue;
		page &= ~(uint64_t)1; /* a flag until 12: zPageTableEntry.hpp */
		if (!page || page == last)
			continue;
		last = page;
		struct inq_jvm_region *region = &pages[ret->region_count];
		if (read_page(vm, page, &ret->heap, region) && (!ret->region_count || region->start >= region[-1].end))
			ret->region_count++;
	}
	ret->regions = pages;
}

static void read_heap(const struct inq_vm *vm, uint64_t heap, struct inq_jvm *ret)
{
	uint64_t zheap, allocator;
	if (inq_vm_has_type(vm, "ZPartition") || inq_vm_field(vm, "ZGlobalsForVMStructs::_ZPointerLoadShift"))
		ret->collector = "z-generational";
	if (!inq_vm_place(vm, heap, "ZCollectedHeap::_heap", &zheap) ||
	    !inq_vm_place(vm, zheap, "ZHeap::_page_allocator", &allocator) || !find_range(vm, allocator, ret))
		return;
	read_sizes(vm, allocator, &ret->heap);
	read_pages(vm, zheap, ret);
}

const struct inq_vm_collector inq_vm_collector_z = { "z", "UseZGC", read_heap };

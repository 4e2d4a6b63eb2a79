/* ZGC: pages of three sizes in a range of offsets, which is mapped at a power of two: three times until it became
 * generational (zGlobals_x86.cpp: the views marked0, marked1 and remapped are at 1, 2 and 4 times the highest offset + 1),
 * once since (zAddress.hpp). Each granule of 2 MiB of the offsets has a pointer to its page. */
#include "lib/jvm/vmstructs/facts.h"

#include <stdlib.h>

enum { MOST_GRANULES = 1 << 24, VIEWS = 3, LONGEST_NAMES = 128 };

/* 21 to 23 have both kinds: the one without generations is then called X (gc/x). */
struct names {
	const struct inq_vm *vm;
	bool is_x;
};

/* The names of fields or of a constant, as this kind has them. */
static const char *names_of(const struct names *z, const char *names, char buffer[static LONGEST_NAMES])
{
	size_t length = strlen(names);
	if (!z->is_x || length >= LONGEST_NAMES)
		return names;
	for (size_t i = 0; i <= length; i++)
		buffer[i] = names[i] == 'Z' && (i == 0 || names[i - 1] == '|' || names[i - 1] == '_') ? 'X' : names[i];
	return buffer;
}

static bool z_word(const struct names *z, uint64_t object, const char *fields, uint64_t *ret)
{
	char buffer[LONGEST_NAMES];
	return inq_vm_word(z->vm, object, names_of(z, fields, buffer), ret);
}

static bool z_place(const struct names *z, uint64_t object, const char *fields, uint64_t *ret)
{
	char buffer[LONGEST_NAMES];
	return inq_vm_place(z->vm, object, names_of(z, fields, buffer), ret);
}

/* The variable that a member of ZGlobalsForVMStructs points to. */
static bool global(const struct names *z, const char *field, uint64_t *ret)
{
	uint64_t globals, at;
	return z_word(z, 0, "ZGlobalsForVMStructs::_instance_p", &globals) && z_word(z, globals, field, &at) &&
	       inq_vm_at(z->vm, at, z->vm->word, ret);
}

/* Until 12 the manager of physical memory has the capacities, and the mask is a constant (zGlobals_linux_x86.hpp: 42 bits). */
static const uint64_t OFFSET_MASK_11 = (UINT64_C(1) << 42) - 1;

static uint64_t physical(const struct names *z, uint64_t allocator)
{
	uint64_t manager;
	return z_place(z, allocator, "ZPageAllocator::_physical", &manager) ? manager : 0;
}

/* Capacity and use: of the allocator until 24, of each of its partitions (one, without NUMA) since. */
static void read_sizes(const struct names *z, uint64_t allocator, struct inq_jvm_area *heap)
{
	uint64_t partition = 0, value;
	if (z_place(z, allocator, "ZPageAllocator::_partitions", &partition))
		z_word(z, partition, "ZPerNUMAZPartition::_addr", &partition);
	if (z_word(z, allocator, "ZPageAllocator::_capacity", &value) ||
	    z_word(z, physical(z, allocator), "ZPhysicalMemoryManager::_capacity", &value) ||
	    z_word(z, partition, "ZPartition::_capacity", &value))
		heap->committed = value <= heap->reserved ? value : INQ_UNKNOWN;
	if (z_word(z, allocator, "ZPageAllocator::_used", &value) || z_word(z, partition, "ZPartition::_used", &value))
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

static bool find_range(const struct names *z, uint64_t allocator, struct inq_jvm *ret)
{
	uint64_t mask, most, end, manager = physical(z, allocator);
	if (!z_word(z, allocator, "ZPageAllocator::_max_capacity", &most) &&
	    !z_word(z, manager, "ZPhysicalMemoryManager::_max_capacity", &most))
		return false;
	if (!global(z, "ZGlobalsForVMStructs::_ZAddressOffsetMask", &mask))
		mask = manager ? OFFSET_MASK_11 : 0;
	if (!mask || mask >> 48 || mask & (mask + 1))
		return false;
	uint64_t base = mask + 1;
	end = mapped_end(z->vm, base, base);
	if (!inq_vm_believable(z->vm, base, end))
		return false;
	ret->heap = inq_vm_area(z->vm, "heap", base, end, "ZPageAllocator and ZAddressOffsetMask, through ZGlobals");
	ret->has_heap = true;
	ret->heap.reserved = most;
	uint64_t *views = inq_arena_array(z->vm->space->ctx->arena, VIEWS - 1, sizeof *views);
	for (unsigned i = 1; views && i < VIEWS; i++)
		if (inq_space_mapping_at(z->vm->space, base << i) && strcmp(ret->collector, "z") == 0)
			views[ret->view_count++] = base << i;
	ret->views = views;
	return true;
}

static bool read_page(const struct names *z, uint64_t page, const struct inq_jvm_area *heap, struct inq_jvm_region *ret)
{
	uint64_t at, start, end, top;
	if (!z_place(z, page, "ZPage::_virtual", &at) || !z_word(z, at, "ZVirtualMemory::_start", &start))
		return false;
	if (!z_word(z, at, "ZVirtualMemory::_end", &end) &&
	    (!z_word(z, at, "ZVirtualMemory::_size", &end) || !inq_add(start, end, &end)))
		return false;
	if (start >= end || end > heap->end - heap->start)
		return false;
	*ret = (struct inq_jvm_region) { heap->start + start, heap->start + end, INQ_UNKNOWN, NULL };
	if (z_word(z, page, "ZPage::_top", &top) && start <= top && top <= end)
		ret->top = heap->start + top;
	return true;
}

/* Each page once: its granules are neighbours. */
static void read_pages(const struct names *z, uint64_t zheap, struct inq_jvm *ret)
{
	struct inq_jvm_region *pages;
	char buffer[LONGEST_NAMES];
	uint64_t at, map, shift = 21, last = 0;
	if (!z_place(z, zheap, "ZHeap::_page_table|ZHeap::_pagetable", &at) ||
	    !z_place(z, at, "ZPageTable::_map", &at) ||
	    !z_word(z, at, "ZGranuleMapForPageTable::_map|ZAddressRangeMapForPageTable::_map", &map))
		return;
	inq_vm_constant(z->vm, names_of(z, "ZGranuleSizeShift", buffer), &shift);
	uint64_t count = shift < 64 ? (ret->heap.end - ret->heap.start) >> shift : 0;
	if (count > MOST_GRANULES)
		return;
	pages = inq_arena_array(z->vm->space->ctx->arena, count, sizeof *pages);
	for (uint64_t i = 0; pages && i < count; i++) {
		uint64_t page;
		if (!inq_vm_at(z->vm, map + i * z->vm->word, z->vm->word, &page))
			continue;
		page &= ~(uint64_t)1; /* a flag until 12: zPageTableEntry.hpp */
		if (!page || page == last)
			continue;
		last = page;
		struct inq_jvm_region *region = &pages[ret->region_count];
		if (read_page(z, page, &ret->heap, region) && (!ret->region_count || region->start >= region[-1].end))
			ret->region_count++;
	}
	ret->regions = pages;
}

/* Where there is a flag for it there are both kinds. */
static bool has_no_generations(const struct inq_jvm *jvm)
{
	for (size_t i = 0; i < jvm->flag_count; i++)
		if (strcmp(jvm->flags[i].name, "ZGenerational") == 0)
			return strcmp(jvm->flags[i].value, "false") == 0;
	return false;
}

static void read_heap(const struct inq_vm *vm, uint64_t heap, struct inq_jvm *ret)
{
	const struct names z = { vm, inq_vm_has_type(vm, "XHeap") && has_no_generations(ret) };
	uint64_t zheap, allocator;
	if (!z.is_x && inq_vm_field(vm, "ZGlobalsForVMStructs::_ZPointerLoadShift"))
		ret->collector = "z-generational";
	if (!z_place(&z, heap, "ZCollectedHeap::_heap", &zheap) ||
	    !z_place(&z, zheap, "ZHeap::_page_allocator", &allocator) || !find_range(&z, allocator, ret))
		return;
	read_sizes(&z, allocator, &ret->heap);
	read_pages(&z, zheap, ret);
}

const struct inq_vm_collector inq_vm_collector_z = { "z", "UseZGC", read_heap };

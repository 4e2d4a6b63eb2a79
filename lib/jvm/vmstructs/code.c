/* The code cache: CodeCache::_heaps, an array of CodeHeap since 9, one CodeHeap before. A heap is a VirtualSpace with a
 * map of its segments: 0 where a block begins, 255 where nothing is; a block begins with its length in segments
 * (heap.hpp, HeapBlock). */
#include "lib/jvm/vmstructs/facts.h"

enum { MOST_HEAPS = 8, MOST_BLOCKS = 1 << 22, FREE_SEGMENT = 0xff };

/* What the blocks in use take, walked from the first to the first gap. */
static uint64_t used_in(const struct inq_vm *vm, uint64_t heap, const struct inq_jvm_area *area)
{
	uint64_t map, map_low, shift, used = 0, at = 0, length, in_use, mark;
	const struct inq_vm_entry *length_field = inq_vm_field(vm, "HeapBlock::Header::_length");
	/* uint32_t since 22, size_t before */
	unsigned size = length_field && length_field->super && strstr(length_field->super, "32") ? 4 : vm->word;
	if (!length_field || !inq_vm_place(vm, heap, "CodeHeap::_segmap", &map) ||
	    !inq_vm_word(vm, map, "VirtualSpace::_low", &map_low) ||
	    !inq_vm_number(vm, heap, "CodeHeap::_log2_segment_size", 4, &shift) || shift > 20 ||
	    area->committed == INQ_UNKNOWN)
		return INQ_UNKNOWN;
	for (unsigned i = 0; i < MOST_BLOCKS && at << shift < area->committed; i++) {
		uint64_t block = area->start + (at << shift);
		if (!inq_vm_at(vm, map_low + at, 1, &mark))
			return INQ_UNKNOWN;
		if (mark == FREE_SEGMENT)
			break;
		if (mark != 0 || !inq_vm_number(vm, block, "HeapBlock::Header::_length", size, &length) ||
		    !inq_vm_number(vm, block, "HeapBlock::Header::_used", 1, &in_use) || !length ||
		    length > area->reserved >> shift)
			return INQ_UNKNOWN;
		used += in_use ? length << shift : 0;
		at += length;
	}
	return used;
}

/* A heap does not tell its name where it can be read. Of the three the one without compiled methods is the one whose size
 * is nearest to its flag's, which does not count the alignment; the profiled methods lie below the others in all releases
 * (codeCache.cpp, CodeCache::initialize_heaps). */
static void name_heaps(const struct inq_vm *vm, const struct inq_vm_flags *flags, struct inq_jvm_area *areas,
		       size_t count)
{
	uint64_t size, least = UINT64_MAX;
	size_t other = count;
	if (count < 2 || count > 3 || !inq_vm_flag(vm, flags, "NonNMethodCodeHeapSize", &size))
		return;
	for (size_t i = 0; i < count; i++) {
		uint64_t reserved = areas[i].reserved, off = reserved > size ? reserved - size : size - reserved;
		if (off < least)
			other = i;
		least = off < least ? off : least;
	}
	size_t lowest = count;
	for (size_t i = 0; i < count; i++)
		if (i != other && (lowest == count || areas[i].start < areas[lowest].start))
			lowest = i;
	for (size_t i = 0; i < count; i++)
		areas[i].name = i == other		    ? "non-nmethods"
				: count == 3 && i == lowest ? "profiled nmethods"
							    : "non-profiled nmethods";
}

static bool read_heap(const struct inq_vm *vm, uint64_t heap, struct inq_jvm_area *ret)
{
	uint64_t memory;
	if (!heap || !inq_vm_place(vm, heap, "CodeHeap::_memory", &memory) ||
	    !inq_vm_virtual_space(vm, memory, "code heap", ret))
		return false;
	ret->used = used_in(vm, heap, ret);
	return true;
}

/* The addresses of the heaps; how many. */
static size_t find_heaps(const struct inq_vm *vm, uint64_t heaps[MOST_HEAPS])
{
	uint64_t array, length, data;
	size_t count = 0;
	if (inq_vm_word(vm, 0, "CodeCache::_heap", &heaps[0]))
		return 1;
	if (!inq_vm_word(vm, 0, "CodeCache::_heaps", &array) ||
	    !inq_vm_number(vm, array, "GrowableArrayBase::_len|GenericGrowableArray::_len", 4, &length) ||
	    !inq_vm_word(vm, array, "GrowableArray<int>::_data", &data))
		return 0;
	for (; count < length && count < MOST_HEAPS; count++)
		if (!inq_vm_at(vm, data + count * vm->word, vm->word, &heaps[count]))
			break;
	return count;
}

static uint64_t add(uint64_t sum, uint64_t value)
{
	return sum == INQ_UNKNOWN || value == INQ_UNKNOWN ? INQ_UNKNOWN : sum + value;
}

void inq_vm_fill_code(const struct inq_vm *vm, const struct inq_vm_flags *flags, struct inq_jvm *ret)
{
	uint64_t heaps[MOST_HEAPS];
	struct inq_jvm_area areas[MOST_HEAPS];
	size_t found = find_heaps(vm, heaps), count = 0;
	for (size_t i = 0; i < found; i++)
		if (read_heap(vm, heaps[i], &areas[count]))
			count++;
	if (!count)
		return;
	name_heaps(vm, flags, areas, count);
	struct inq_jvm_area whole = areas[0];
	for (size_t i = 1; i < count; i++) {
		whole.start = areas[i].start < whole.start ? areas[i].start : whole.start;
		whole.end = areas[i].end > whole.end ? areas[i].end : whole.end;
		whole.reserved += areas[i].reserved;
		whole.committed = add(whole.committed, areas[i].committed);
		whole.used = add(whole.used, areas[i].used);
	}
	whole.name = "code cache";
	ret->code_cache = whole;
	ret->has_code_cache = true;
	inq_vm_set_parts(vm, &ret->code_cache, areas, count);
}

/* Areas out of HotSpot's own notions of a range: VirtualSpace, spaces with a top, MemRegion. */
#include "lib/jvm/vmstructs/facts.h"

#include <stdio.h>
#include <stdlib.h>

/* The largest heap that HotSpot can be asked for: 16 TiB (ZGC), of which it reserves 16 times as much. */
static const uint64_t LARGEST_AREA = UINT64_C(1) << 49;

static struct inq_evidence one_sentence(const struct inq_vm *vm, const char *sentence)
{
	const char **items = inq_arena_array(vm->space->ctx->arena, 1, sizeof *items);
	if (!items)
		return (struct inq_evidence) { 0 };
	items[0] = sentence;
	return (struct inq_evidence) { items, 1 };
}

struct inq_jvm_area inq_vm_area(const struct inq_vm *vm, const char *name, uint64_t start, uint64_t end,
				const char *evidence)
{
	struct inq_jvm_area area = { .name = name, .start = start, .end = end, .reserved = end - start };
	area.committed = area.used = area.resident = INQ_UNKNOWN;
	area.confidence = INQ_CERTAIN;
	if (evidence)
		area.evidence = one_sentence(vm, evidence);
	return area;
}

bool inq_vm_believable(const struct inq_vm *vm, uint64_t start, uint64_t end)
{
	const struct inq_mapping *first = inq_space_mapping_from(vm->space, start);
	return start && start < end && end - start <= LARGEST_AREA && first && first->start < end;
}

static int by_start(const void *a, const void *b)
{
	const struct inq_jvm_area *one = a, *two = b;
	return one->start < two->start ? -1 : one->start > two->start;
}

void inq_vm_set_parts(const struct inq_vm *vm, struct inq_jvm_area *of, const struct inq_jvm_area *parts, size_t count)
{
	struct inq_jvm_area *copy = inq_arena_array(vm->space->ctx->arena, count, sizeof *copy);
	if (!copy || !count)
		return;
	memcpy(copy, parts, count * sizeof *copy);
	qsort(copy, count, sizeof *copy, by_start);
	of->parts = copy;
	of->part_count = count;
}

uint64_t inq_vm_accessible(const struct inq_vm *vm, uint64_t start, uint64_t end)
{
	const struct inq_mapping *last = vm->space->mappings.items + vm->space->mappings.count;
	const struct inq_mapping *mapping = inq_space_mapping_from(vm->space, start);
	const unsigned access = INQ_PERM_READ | INQ_PERM_WRITE | INQ_PERM_EXECUTE;
	uint64_t sum = 0;
	for (; mapping && mapping < last && mapping->start < end; mapping++) {
		uint64_t from = mapping->start > start ? mapping->start : start;
		uint64_t to = mapping->end < end ? mapping->end : end;
		if (!(mapping->permissions & INQ_PERM_KNOWN) || mapping->permissions & access)
			sum += to - from;
	}
	return sum;
}

bool inq_vm_virtual_space(const struct inq_vm *vm, uint64_t at, const char *name, struct inq_jvm_area *ret)
{
	uint64_t start, end, low, high;
	if (!inq_vm_word(vm, at, "VirtualSpace::_low_boundary", &start) ||
	    !inq_vm_word(vm, at, "VirtualSpace::_high_boundary", &end) || !inq_vm_believable(vm, start, end))
		return false;
	*ret = inq_vm_area(vm, name, start, end, "its VirtualSpace: _low_boundary, _high_boundary, _low, _high");
	if (inq_vm_word(vm, at, "VirtualSpace::_low", &low) && inq_vm_word(vm, at, "VirtualSpace::_high", &high) &&
	    start <= low && low <= high && high <= end)
		ret->committed = high - low;
	return true;
}

/* "DefNew::_bottom|Space::_bottom": the spaces' names changed between releases, the fields' did not. */
static bool bound(const struct inq_vm *vm, uint64_t at, const char *type, const char *field, uint64_t *ret)
{
	char names[96];
	snprintf(names, sizeof names, "%s::%s|Space::%s", type, field, field);
	return inq_vm_word(vm, at, names, ret);
}

bool inq_vm_space(const struct inq_vm *vm, uint64_t at, const char *type, const char *name, struct inq_jvm_area *ret)
{
	uint64_t start, end, top;
	if (!bound(vm, at, type, "_bottom", &start) || !bound(vm, at, type, "_end", &end) || start > end ||
	    (start < end && !inq_vm_believable(vm, start, end)))
		return false;
	*ret = inq_vm_area(vm, name, start, end, "its space: _bottom, _top, _end");
	ret->committed = end - start;
	if (bound(vm, at, type, "_top", &top) && start <= top && top <= end)
		ret->used = top - start;
	return true;
}

bool inq_vm_reserved_heap(const struct inq_vm *vm, uint64_t heap, struct inq_jvm *ret)
{
	uint64_t at, start, words, end;
	if (!inq_vm_place(vm, heap, "CollectedHeap::_reserved", &at) ||
	    !inq_vm_word(vm, at, "MemRegion::_start", &start) ||
	    !inq_vm_word(vm, at, "MemRegion::_word_size", &words) || !inq_mul(words, vm->word, &words) ||
	    !inq_add(start, words, &end) || !inq_vm_believable(vm, start, end))
		return false;
	ret->heap = inq_vm_area(vm, "heap", start, end, "CollectedHeap::_reserved");
	ret->has_heap = true;
	return true;
}

static uint64_t sum_of(const struct inq_jvm_area *areas, size_t count, size_t offset)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < count; i++) {
		uint64_t value;
		memcpy(&value, (const char *)&areas[i] + offset, sizeof value);
		if (value == INQ_UNKNOWN)
			return INQ_UNKNOWN;
		sum += value;
	}
	return sum;
}

void inq_vm_sum_generations(const struct inq_vm *vm, const struct inq_jvm_area *generations, size_t count,
			    struct inq_jvm *ret)
{
	uint64_t start = UINT64_MAX, end = 0;
	if (!count)
		return;
	for (size_t i = 0; i < count; i++) {
		start = generations[i].start < start ? generations[i].start : start;
		end = generations[i].end > end ? generations[i].end : end;
	}
	if (!ret->has_heap)
		ret->heap = inq_vm_area(vm, "heap", start, end, "the sum of its generations");
	ret->has_heap = true;
	ret->heap.committed = sum_of(generations, count, offsetof(struct inq_jvm_area, committed));
	ret->heap.used = sum_of(generations, count, offsetof(struct inq_jvm_area, used));
	inq_vm_set_parts(vm, &ret->heap, generations, count);
}

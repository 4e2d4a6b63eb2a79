/* G1: a table of equal regions, NULL for those that were never committed. The numbers of the types changed between
 * releases; the JVM tells them as constants (heapRegionType.hpp). */
#include "lib/jvm/vmstructs/facts.h"

#include <inttypes.h>

enum { MOST_REGIONS = 1 << 20 };

/* What the tag of a region is compared with, in this order: the masks hold several tags. */
struct tags {
	struct {
		const char *constant, *type;
		bool mask;
		bool known;
		uint64_t value;
	} rows[7];
};

static void find_tags(const struct inq_vm *vm, struct tags *ret)
{
	*ret = (struct tags) { {
		{ "HeapRegionType::FreeTag|G1HeapRegionType::FreeTag", "free", false, false, 0 },
		{ "HeapRegionType::EdenTag|G1HeapRegionType::EdenTag", "eden", false, false, 0 },
		{ "HeapRegionType::SurvTag|G1HeapRegionType::SurvTag", "survivor", false, false, 0 },
		{ "HeapRegionType::ArchiveMask|G1HeapRegionType::ArchiveMask", "archive", true, false, 0 },
		{ "HeapRegionType::HumongousMask|HeapRegionType::HumMask|G1HeapRegionType::HumongousMask", "humongous",
		  true, false, 0 },
		{ "HeapRegionType::OldMask|G1HeapRegionType::OldMask", "old", true, false, 0 },
		{ "HeapRegionType::OldTag|G1HeapRegionType::OldTag", "old", false, false, 0 },
	} };
	for (size_t i = 0; i < sizeof ret->rows / sizeof *ret->rows; i++)
		ret->rows[i].known = inq_vm_constant(vm, ret->rows[i].constant, &ret->rows[i].value);
}

static const char *type_of(const struct tags *tags, uint64_t tag)
{
	for (size_t i = 0; i < sizeof tags->rows / sizeof *tags->rows; i++) {
		uint64_t value = tags->rows[i].value;
		if (tags->rows[i].known && (tags->rows[i].mask ? (tag & value) != 0 : tag == value))
			return tags->rows[i].type;
	}
	return NULL;
}

/* Where the regions' addresses stand, and how many. */
static bool find_table(const struct inq_vm *vm, uint64_t heap, uint64_t *base, uint64_t *length)
{
	uint64_t manager, table;
	return inq_vm_place(vm, heap, "G1CollectedHeap::_hrm|G1CollectedHeap::_hrs", &manager) &&
	       inq_vm_place(vm, manager,
			    "HeapRegionManager::_regions|G1HeapRegionManager::_regions|HeapRegionSeq::_regions",
			    &table) &&
	       inq_vm_word(vm, table, "G1HeapRegionTable::_base|G1BiasedMappedArrayBase::_base", base) &&
	       inq_vm_word(vm, table, "G1HeapRegionTable::_length|G1BiasedMappedArrayBase::_length", length);
}

static bool read_region(const struct inq_vm *vm, const struct tags *tags, const struct inq_jvm_area *heap, uint64_t at,
			struct inq_jvm_region *ret)
{
	uint64_t type, tag;
	if (!inq_vm_word(vm, at, "HeapRegion::_bottom|G1HeapRegion::_bottom|Space::_bottom", &ret->start) ||
	    !inq_vm_word(vm, at, "HeapRegion::_end|G1HeapRegion::_end|Space::_end", &ret->end) ||
	    ret->start < heap->start || ret->end > heap->end || ret->start >= ret->end)
		return false;
	if (!inq_vm_word(vm, at,
			 "HeapRegion::_top|G1HeapRegion::_top|G1ContiguousSpace::_top|G1OffsetTableContigSpace::_top",
			 &ret->top) ||
	    ret->top < ret->start || ret->top > ret->end)
		ret->top = INQ_UNKNOWN;
	if (inq_vm_place(vm, at, "HeapRegion::_type|G1HeapRegion::_type", &type) &&
	    inq_vm_number(vm, type, "HeapRegionType::_tag|G1HeapRegionType::_tag", 4, &tag))
		ret->type = type_of(tags, tag);
	return true;
}

/* The regions in the table's order, which is that of their addresses; those that were given back are left out. */
static void read_regions(const struct inq_vm *vm, uint64_t base, uint64_t length, struct inq_jvm *ret)
{
	struct tags tags;
	struct inq_jvm_region *regions = inq_arena_array(vm->space->ctx->arena, length, sizeof *regions);
	uint64_t used = 0, committed = 0, last = 0;
	if (!regions) {
		inq_no_memory(vm->space->ctx);
		return;
	}
	find_tags(vm, &tags);
	for (uint64_t i = 0; i < length; i++) {
		uint64_t at;
		struct inq_jvm_region *region = &regions[ret->region_count];
		if (!inq_vm_at(vm, base + i * vm->word, vm->word, &at) || !at ||
		    !read_region(vm, &tags, &ret->heap, at, region) || region->start < last ||
		    !inq_vm_accessible(vm, region->start, region->end))
			continue;
		last = region->end;
		committed += region->end - region->start;
		used += region->top == INQ_UNKNOWN ? 0 : region->top - region->start;
		ret->region_count++;
	}
	ret->regions = regions;
	if (ret->region_count) {
		ret->heap.committed = committed;
		ret->heap.used = used;
	}
}

static void read_heap(const struct inq_vm *vm, uint64_t heap, struct inq_jvm *ret)
{
	uint64_t base, length;
	inq_vm_word(vm, 0, "HeapRegion::GrainBytes|G1HeapRegion::GrainBytes", &ret->region_size);
	if (!inq_vm_reserved_heap(vm, heap, ret) || !find_table(vm, heap, &base, &length))
		return;
	if (length > MOST_REGIONS) {
		inq_warn(vm->space->ctx, INQ_PLACE_NONE, 0,
			 "the table of G1's regions claims %" PRIu64 " of them; it was not read", length);
		return;
	}
	read_regions(vm, base, length, ret);
}

const struct inq_vm_collector inq_vm_collector_g1 = { "g1", "UseG1GC", read_heap };

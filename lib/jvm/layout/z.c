/* ZGC's heap: one memory file, "java_heap", mapped at a fixed address of one bit for each view of it
 * (zGlobals_x86.cpp; one view since the generational ZGC, zAddress.hpp). The same memory must be counted once: by
 * its offsets in the file. Above what is mapped, each view reserves addresses, 16 times the largest heap
 * (ZVirtualToPhysicalRatio), without access. */
#include "lib/jvm/layout/tell.h"

#include "lib/base/checked.h"

#include <inttypes.h>
#include <string.h>

enum { MOST_VIEWS = 3, VIRTUAL_TO_PHYSICAL = 16, SMALLEST_VIEW_BIT = 34 };

struct view {
	uint64_t start, end; /* of its addresses */
	uint64_t committed, resident;
};

static bool is_heap(const struct inq_mapping *mapping)
{
	return mapping->file && strstr(mapping->file->path, "java_heap") != NULL;
}

/* A view begins at a power of two, or three quarters of one. */
static uint64_t view_base(uint64_t address)
{
	unsigned bit = 63 - (unsigned)__builtin_clzll(address);
	return bit >= SMALLEST_VIEW_BIT ? (uint64_t)1 << bit : address;
}

/* The views by address; their number. */
static size_t read_views(const struct inq_space *space, struct view views[MOST_VIEWS])
{
	size_t count = 0;
	for (size_t i = 0; i < space->mappings.count; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i];
		struct view *view = count ? &views[count - 1] : NULL;
		if (view && mapping->start == view->end && !mapping->file &&
		    !(mapping->permissions & (INQ_PERM_READ | INQ_PERM_WRITE | INQ_PERM_EXECUTE))) {
			view->end = mapping->end;
			continue;
		}
		if (!is_heap(mapping))
			continue;
		if (!view || view_base(mapping->start) != view_base(view->start)) {
			if (count == MOST_VIEWS)
				break;
			view = &views[count++];
			*view = (struct view) { .start = view_base(mapping->start) };
		}
		uint64_t size = mapping->end - mapping->start;
		uint64_t resident = mapping->usage ? mapping->usage->resident : INQ_UNKNOWN;
		view->end = mapping->end;
		view->committed += size;
		view->resident = resident == INQ_UNKNOWN || view->resident == INQ_UNKNOWN ? INQ_UNKNOWN
											  : view->resident + resident;
	}
	return count;
}

static void tell_size(const struct inq_layout_case *jvm, const struct view *view, struct inq_jvm *ret,
		      struct inq_sentences *why)
{
	enum { GRANULE = 2 << 20 }; /* ZGranuleSize */
	uint64_t told = inq_jvm_option(&jvm->options, INQ_JVM_OPTION_max_heap, 0);
	uint64_t addresses = view->end - view->start;
	if (told && inq_align_up(told, GRANULE, &told)) {
		ret->heap.reserved = told;
		if (addresses == told * VIRTUAL_TO_PHYSICAL)
			inq_sentence(why, "a view has 16 times -Xmx of addresses, as ZGC reserves");
	} else if (addresses % (VIRTUAL_TO_PHYSICAL * (uint64_t)GRANULE) == 0) {
		ret->heap.reserved = addresses / VIRTUAL_TO_PHYSICAL;
		inq_sentence(why, "a view has %s of addresses, 16 times the largest heap",
			     inq_exact_size_text(jvm->space->ctx, addresses));
	} else {
		ret->heap.reserved = INQ_UNKNOWN;
	}
}

static void tell_views(const struct inq_layout_case *jvm, const struct view *views, size_t count, struct inq_jvm *ret)
{
	uint64_t *others = inq_arena_array(jvm->space->ctx->arena, MOST_VIEWS, sizeof *others);
	for (size_t i = 0; others && i < count; i++)
		if (views[i].start != ret->heap.start)
			others[ret->view_count++] = views[i].start;
	ret->views = others;
}

bool inq_layout_tell_z(struct inq_layout_case *jvm, struct inq_jvm *ret)
{
	struct view views[MOST_VIEWS];
	size_t count = read_views(jvm->space, views);
	if (!count)
		return false;
	/* Where views differ in what they have mapped, the fullest is the heap. */
	const struct view *view = &views[0];
	for (size_t i = 1; i < count; i++)
		if (views[i].committed > view->committed)
			view = &views[i];
	struct inq_sentences why = { .ctx = jvm->space->ctx };
	inq_sentence(&why, "the memory file java_heap is mapped, which ZGC keeps its heap in");
	if (count > 1)
		inq_sentence(&why, "%zu views of the same memory are mapped; it is counted once", count);
	ret->collector = count > 1 ? "z" : "z-generational";
	if (jvm->told && jvm->told[0] == 'z')
		ret->collector = jvm->told;
	ret->has_heap = true;
	ret->heap = (struct inq_jvm_area) { .name = "heap",
					    .start = view->start,
					    .end = view->end,
					    .committed = view->committed,
					    .used = INQ_UNKNOWN,
					    .resident = view->resident,
					    .confidence = INQ_CERTAIN };
	tell_views(jvm, views, count, ret);
	tell_size(jvm, view, ret, &why);
	ret->heap.evidence = inq_sentences_end(&why);
	ret->oops_mode = "off"; /* ZGC's references are coloured: all 64 bits are needed */
	ret->confidence = INQ_CERTAIN;
	inq_layout_tell_flags(jvm, NULL, ret);
	return true;
}

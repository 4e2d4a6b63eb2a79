/* The collector of Boehm, Demers and Weiser (libgc: Guile, Crystal, w3m, Inkscape): its heap is sections, whose
 * addresses and sizes stand in a list; where that is stands in its data, and so does the size of the heap, which
 * they add up to (include/private/gc_priv.h: struct _GC_arrays, _heapsize, _heap_sects; alloc.c: GC_add_to_heap).
 * Measured with 8.2 and its successor. */
#include "lib/classify/runtime.h"

#include "lib/base/checked.h"
#include "lib/base/str.h"
#include "lib/heap/words.h"

#include <string.h>

enum { PAGE = 4096, MOST_SECTIONS = 1 << 16 };

struct section {
	uint64_t start, end;
	const struct inq_mapping *mapping;
};

/* What of the address space is libgc's data: its writable mapping and what follows that without a gap. */
struct area {
	uint64_t start, end;
};

static bool read_section(struct inq_space *space, struct inq_words *words, uint64_t at, struct section *ret)
{
	unsigned word = words->word;
	uint64_t size;
	if (!inq_word_at(words, at, &ret->start) || !inq_word_at(words, at + word, &size) || !ret->start || !size ||
	    ret->start % PAGE || size % PAGE || !inq_add(ret->start, size, &ret->end))
		return false;
	ret->mapping = inq_space_mapping_at(space, ret->start);
	return ret->mapping && inq_is_plain_data(ret->mapping);
}

/* How many sections the list has, and their size. */
static size_t sum_list(struct inq_space *space, struct inq_words *words, uint64_t list, uint64_t *sum)
{
	struct section section;
	size_t count = 0;
	for (*sum = 0; count < MOST_SECTIONS && read_section(space, words, list + count * 2 * words->word, &section);
	     count++)
		*sum += section.end - section.start;
	return count;
}

static bool holds(struct inq_words *words, const struct area *area, uint64_t wanted)
{
	uint64_t value;
	for (uint64_t at = area->start; at < area->end; at += words->word)
		if (inq_word_at(words, at, &value) && value == wanted)
			return true;
	return false;
}

static void claim_sections(struct inq_space *space, struct inq_claims *claims, uint64_t list, size_t count)
{
	const struct inq_mapping *end = space->mappings.items + space->mappings.count;
	struct inq_words words = inq_words(space);
	size_t left = count + space->mappings.count; /* sections do not overlap */
	for (size_t i = 0; i < count; i++) {
		struct section section;
		if (!read_section(space, &words, list + i * 2 * words.word, &section))
			return;
		for (const struct inq_mapping *at = section.mapping; at < end && at->start < section.end && left;
		     at++, left--) {
			uint64_t from = at->start > section.start ? at->start : section.start;
			inq_claim_part(claims, (size_t)(at - space->mappings.items), from,
				       at->end < section.end ? at->end : section.end, INQ_CLASS_ALLOCATOR, "boehm",
				       INQ_CERTAIN,
				       "in the collector's list of sections, which add up to the size of its heap");
		}
	}
}

static void claim_heap(struct inq_space *space, struct inq_claims *claims, const struct area *area)
{
	struct inq_words words = inq_words(space), lists = inq_words(space);
	uint64_t list, sum;
	for (uint64_t at = area->start; at < area->end; at += words.word) {
		if (!inq_word_at(&words, at, &list)) {
			at |= PAGE - words.word; /* nor is the rest of the page there */
			continue;
		}
		size_t count = list > PAGE && list % words.word == 0 ? sum_list(space, &lists, list, &sum) : 0;
		if (count && holds(&lists, area, sum)) {
			claim_sections(space, claims, list, count);
			return;
		}
	}
}

static bool is_libgc_data(const struct inq_mapping *mapping)
{
	const char *path = mapping->file && mapping->permissions & INQ_PERM_WRITE ? mapping->file->path : NULL;
	return path && strncmp(inq_base_name(path), "libgc.so", strlen("libgc.so")) == 0;
}

static void claim(struct inq_space *space, struct inq_claims *claims)
{
	for (size_t i = 0; i < space->mappings.count; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i], *next = mapping + 1;
		if (!is_libgc_data(mapping))
			continue;
		bool bss = i + 1 < space->mappings.count && next->start == mapping->end && inq_is_plain_data(next);
		claim_heap(space, claims, &(struct area) { mapping->start, bss ? next->end : mapping->end });
		return;
	}
}

const struct inq_runtime inq_runtime_boehm = { claim };

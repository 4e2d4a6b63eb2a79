/* Chez Scheme, and Racket, which is made with it: memory is had in chunks, readable, writable and mostly executable,
 * of data too. The record of a chunk is mapped by itself, at a page: the chunk's address, the number of its first
 * segment of 16 KiB, its size in bytes and in segments, how many are in use, where the link to the record is, and
 * the next record; then a record for each segment, with its number and the address of the chunk's record (c/types.h:
 * chunkinfo, seginfo; c/segment.c). On Linux all is asked for below 2 GiB (S_getmem), which gives the upper of these
 * (mmap(2): MAP_32BIT). Measured with 9.5.8 and Racket 8.7. */
#include "lib/classify/runtime.h"

#include "lib/base/checked.h"
#include "lib/heap/words.h"
#include "lib/space/mapping.h"

enum {
	PAGE = 4096,
	SEGMENT = 16 << 10,
	BASE = 1,
	BYTES = 2,
	SEGMENTS = 3,
	USED = 4,
	LINK = 5,
	HEAD_WORDS = 7,
	SEARCHED = 64 /* words, in which the records of two segments begin */
};

static const uint64_t LOW = 1 << 30, LOW_END = UINT64_C(2) << 30;

static uint64_t get(struct inq_words *words, uint64_t record, uint64_t index)
{
	return inq_word(words, record + index * words->word);
}

/* A chunk's record: what it says of the chunk fits, and the link that leads to it does. */
static bool is_record(struct inq_words *words, uint64_t record)
{
	uint64_t chunk = get(words, record, 0), bytes, segments, first, end;
	if (!chunk || chunk % PAGE || !inq_align_up(chunk, SEGMENT, &first) ||
	    get(words, record, BASE) != first / SEGMENT)
		return false;
	bytes = get(words, record, BYTES);
	segments = get(words, record, SEGMENTS);
	return bytes && bytes % PAGE == 0 && inq_add(chunk, bytes, &end) && end >= first && segments &&
	       segments <= (end - first) / SEGMENT && get(words, record, USED) <= segments &&
	       get(words, get(words, record, LINK), 0) == record;
}

/* Whether word i is a segment's number: the address of the chunk's record follows it, with or without the creator's
 * before it. */
static bool is_number(struct inq_words *words, uint64_t record, uint64_t i, uint64_t number)
{
	return get(words, record, i) == number &&
	       (get(words, record, i + 1) == record || get(words, record, i + 2) == record);
}

/* The size of the record, by the distance of the records of its first two segments. */
static uint64_t record_size(struct inq_words *words, uint64_t record)
{
	uint64_t number = get(words, record, BASE), first = HEAD_WORDS, second, size = PAGE;
	while (first < SEARCHED && !is_number(words, record, first, number))
		first++;
	for (second = first + 1; second < SEARCHED && !is_number(words, record, second, number + 1);)
		second++;
	if (second < SEARCHED)
		size = (first + get(words, record, SEGMENTS) * (second - first)) * words->word;
	return inq_align_up(size, PAGE, &size) ? size : PAGE;
}

/* Each was mapped by itself, so that it lies in one mapping. */
static void claim_range(struct inq_space *space, struct inq_claims *claims, uint64_t start, uint64_t size,
			const char *evidence)
{
	const struct inq_mapping *mapping = inq_space_mapping_at(space, start);
	if (mapping && inq_mapping_is_plain(mapping))
		inq_claim_part(claims, (size_t)(mapping - space->mappings.items), start,
			       size < mapping->end - start ? start + size : mapping->end, INQ_CLASS_ALLOCATOR, "chez",
			       INQ_CERTAIN, evidence);
}

static void claim_chunks(struct inq_space *space, struct inq_claims *claims, const struct inq_mapping *mapping)
{
	struct inq_words words = inq_words(space);
	for (uint64_t at = mapping->start; at - mapping->start < mapping->data_size; at += PAGE) {
		if (!is_record(&words, at))
			continue;
		claim_range(space, claims, at, record_size(&words, at),
			    "the record of a chunk of Chez Scheme's memory");
		claim_range(space, claims, get(&words, at, 0), get(&words, at, BYTES),
			    "a chunk of Chez Scheme's memory: its record fits, and is in a list");
	}
}

static void claim(struct inq_space *space, struct inq_claims *claims)
{
	static const char *const names[] = { "chezscheme", "scheme", "petite", "racket", "gracket", NULL };
	unsigned wanted = INQ_PERM_READ | INQ_PERM_WRITE;
	if (space->machine.bits != 64 || !inq_object_named(space, names))
		return;
	for (size_t i = 0; i < space->mappings.count; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i];
		if (!inq_mapping_is_plain(mapping) || (mapping->permissions & (wanted | INQ_PERM_SHARED)) != wanted)
			continue;
		if (mapping->start >= LOW && mapping->end <= LOW_END)
			inq_claim(claims, i, INQ_CLASS_ALLOCATOR, "chez", INQ_LIKELY,
				  "in the second GiB, where Chez Scheme asks for its memory (MAP_32BIT)");
		claim_chunks(space, claims, mapping);
	}
}

const struct inq_runtime inq_runtime_chez = { claim };

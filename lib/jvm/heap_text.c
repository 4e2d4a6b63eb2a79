/* The witness `hs-err`: what the JVM printed of its heap, in the section Heap of its crash log or for GC.heap_info. A generation is a row with its
 * name, its size and what of it is used, and its addresses: where it begins, where what is committed ends, where it ends;
 * G1's heap has lost the middle one in JDK 9, but says since 25 how much is committed, and Shenandoah's stands in a row of its own.
 *
 * Source: HotSpot, Generation::print_on, PSYoungGen::print_on, PSOldGen::print_on, G1CollectedHeap::print_on,
 * ShenandoahHeap::print_on, of JDK 6 to 28. */
#include "lib/jvm/jvm.h"

#include <stdlib.h>

enum { MOST_GENERATIONS = 3, LONGEST_ROW = 255 };

static const struct row {
	const char *begin, *name, *collector; /* collector: NULL when an earlier row told it */
} rows[] = {
	{ "def new generation", "young", "serial" },
	{ "DefNew", "young", "serial" },
	{ "par new generation", "young", "parnew" },
	{ "PSYoungGen", "young", "parallel" },
	{ "tenured generation", "old", NULL },
	{ "Tenured", "old", NULL },
	{ "concurrent mark-sweep generation", "old", "cms" },
	{ "PSOldGen", "old", NULL },
	{ "ParOldGen", "old", NULL },
	{ "compacting perm gen", "perm", NULL },
	{ "CMS Perm", "perm", NULL },
	{ "concurrent-mark-sweep perm gen", "perm", NULL },
	{ "PSPermGen", "perm", NULL },
	{ "garbage-first heap", NULL, "g1" },
	{ "- [0x", NULL, "shenandoah" },
};

struct reader {
	struct inq_jvm *jvm;
	struct inq_jvm_area parts[MOST_GENERATIONS];
	size_t count;
};

/* "[0x…, 0x…, 0x…)" or "[0x…,0x…)"; how many addresses there were. */
static unsigned read_range(const char *line, uint64_t ret[3])
{
	const char *at = strchr(line, '[');
	unsigned count = 0;
	while (at && count < 3 && (*at == '[' || *at == ',')) {
		at += 1 + strspn(at + 1, " ");
		char *end;
		if (strncmp(at, "0x", 2) != 0)
			break;
		ret[count++] = strtoull(at, &end, 16);
		at = end;
	}
	return at && *at == ')' ? count : 0;
}

/* "used 175748K": the number behind the word. */
static uint64_t read_size(const char *line, const char *word)
{
	const char *at = strstr(line, word);
	char *end;
	uint64_t kib = at ? strtoull(at + strlen(word), &end, 10) : 0;
	return at && *end == 'K' && kib < UINT64_MAX >> 10 ? kib << 10 : INQ_UNKNOWN;
}

static bool read_area(const char *line, const char *name, struct inq_jvm_area *ret)
{
	static const char *const evidence[] = { "the JVM's own word" };
	uint64_t range[3];
	unsigned count = read_range(line, range);
	if (count < 2 || range[0] >= range[count - 1] || (count == 3 && (range[1] < range[0] || range[1] > range[2])))
		return false;
	*ret = (struct inq_jvm_area) { .name = name,
				       .start = range[0],
				       .end = range[count - 1],
				       .reserved = range[count - 1] - range[0],
				       .committed = count == 3 ? range[1] - range[0] : read_size(line, "committed "),
				       .used = read_size(line, "used "),
				       .resident = INQ_UNKNOWN,
				       .confidence = INQ_CERTAIN,
				       .evidence = { evidence, 1 } };
	return true;
}

static void take_row(struct reader *reader, const char *line, const struct row *row)
{
	struct inq_jvm_area area;
	if (!read_area(line, row->name ? row->name : "heap", &area))
		return;
	if (row->collector)
		reader->jvm->collector = row->collector;
	if (!row->name && !reader->jvm->has_heap) {
		reader->jvm->heap = area;
		reader->jvm->has_heap = true;
	} else if (row->name && reader->count < MOST_GENERATIONS) {
		reader->parts[reader->count++] = area;
	}
}

static void take_line(struct reader *reader, const char *line)
{
	line += strspn(line, " \t");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strncmp(line, rows[i].begin, strlen(rows[i].begin)) == 0)
			take_row(reader, line, &rows[i]);
}

static int by_address(const void *a, const void *b)
{
	const struct inq_jvm_area *one = a, *other = b;
	return one->start < other->start ? -1 : one->start > other->start;
}

static uint64_t sum(uint64_t one, uint64_t other)
{
	return one == INQ_UNKNOWN || other == INQ_UNKNOWN ? INQ_UNKNOWN : one + other;
}

static void add_part(struct inq_jvm_area *heap, const struct inq_jvm_area *part)
{
	heap->start = part->start < heap->start ? part->start : heap->start;
	heap->end = part->end > heap->end ? part->end : heap->end;
	heap->reserved += part->reserved;
	heap->committed = sum(heap->committed, part->committed);
	heap->used = sum(heap->used, part->used);
}

/* The heap is what its generations span; the permanent one is none of it. */
static void join_parts(struct inq_space *space, struct reader *reader)
{
	struct inq_jvm_area *parts = inq_arena_array(space->ctx->arena, reader->count, sizeof *parts);
	struct inq_jvm_area heap = reader->parts[0];
	heap.name = "heap";
	heap.start = UINT64_MAX;
	heap.end = heap.reserved = heap.committed = heap.used = 0;
	if (!parts || !reader->count || reader->jvm->has_heap)
		return;
	memcpy(parts, reader->parts, reader->count * sizeof *parts);
	qsort(parts, reader->count, sizeof *parts, by_address);
	for (size_t i = 0; i < reader->count; i++)
		if (strcmp(parts[i].name, "perm") != 0)
			add_part(&heap, &parts[i]);
	heap.parts = parts;
	heap.part_count = reader->count;
	reader->jvm->has_heap = heap.start < heap.end;
	reader->jvm->heap = heap;
}

static bool read_source(struct inq_space *space, struct inq_jvm *ret)
{
	static const char *const evidence[] = {
		"what the JVM printed of its heap (hs_err's section Heap, GC.heap_info)"
	};
	struct reader reader = { .jvm = ret };
	char line[LONGEST_ROW + 1];
	for (const char *at = space->jvm_heap; at && *at; at += strcspn(at, "\n"), at += *at == '\n') {
		size_t length = strcspn(at, "\n");
		length = length < LONGEST_ROW ? length : LONGEST_ROW;
		memcpy(line, at, length);
		line[length] = '\0';
		take_line(&reader, line);
	}
	join_parts(space, &reader);
	ret->kind = "hotspot";
	ret->confidence = INQ_CERTAIN;
	ret->evidence = (struct inq_evidence) { evidence, 1 };
	return ret->has_heap;
}

bool inq_jvm_by_log(struct inq_space *space, struct inq_jvm *ret)
{
	return space->jvm_heap && read_source(space, ret);
}

const struct inq_jvm_source inq_jvm_source_heap_text = { "hs-err", true, read_source };

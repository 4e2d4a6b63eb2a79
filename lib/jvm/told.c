/* The witness `hs-err`: the generations as the JVM itself printed them into its crash log. They are as of the death. */
#include "lib/jvm/identity.h"
#include "lib/jvm/jvm.h"

static struct inq_jvm_area area_of(const struct inq_told_area *told)
{
	static const char *const evidence[] = { "the heap section of the hs_err log" };
	return (struct inq_jvm_area) { .name = told->name,
				       .start = told->start,
				       .end = told->end,
				       .reserved = told->reserved,
				       .committed = told->committed,
				       .used = told->used,
				       .resident = INQ_UNKNOWN,
				       .confidence = INQ_CERTAIN,
				       .evidence = { evidence, 1 } };
}

static bool is(const struct inq_told_area *area, const char *name)
{
	return strcmp(area->name, name) == 0;
}

static uint64_t sum(uint64_t one, uint64_t other)
{
	return one == INQ_UNKNOWN || other == INQ_UNKNOWN || one + other < one ? INQ_UNKNOWN : one + other;
}

/* The heap is what its generations are; a permanent one stands beside them. Metaspace counts the class space too. */
static void add_generation(struct inq_jvm *jvm, struct inq_jvm_area *parts, const struct inq_jvm_area *part)
{
	struct inq_jvm_area *heap = &jvm->heap;
	if (!jvm->has_heap) {
		*heap = *part;
		heap->name = "heap";
		heap->parts = parts;
	} else {
		heap->start = part->start < heap->start ? part->start : heap->start;
		heap->end = part->end > heap->end ? part->end : heap->end;
		heap->reserved = heap->end - heap->start;
		heap->committed = sum(heap->committed, part->committed);
		heap->used = sum(heap->used, part->used);
	}
	jvm->has_heap = true;
	parts[heap->part_count++] = *part;
}

static void take(struct inq_jvm *jvm, struct inq_jvm_area *parts, const struct inq_told_area *told)
{
	struct inq_jvm_area area = area_of(told);
	if (is(told, "metaspace")) {
		jvm->metaspace = area;
		jvm->has_metaspace = true;
	} else if (is(told, "class space")) {
		jvm->class_space = area;
		jvm->has_class_space = true;
	} else if (is(told, "heap")) {
		jvm->heap = area;
		jvm->has_heap = true;
	} else if (is(told, "perm") && jvm->has_heap && jvm->heap.parts) {
		parts[jvm->heap.part_count++] = area;
	} else if (told->start != INQ_UNKNOWN) {
		add_generation(jvm, parts, &area);
	}
}

static void subtract(uint64_t *whole, uint64_t part)
{
	if (*whole != INQ_UNKNOWN && part != INQ_UNKNOWN && *whole >= part)
		*whole -= part;
}

static bool read_told(struct inq_space *space, struct inq_jvm *ret)
{
	static const char *const evidence[] = { "the JVM printed its generations into its crash log" };
	const struct inq_told_areas *told = &space->told_areas;
	struct inq_jvm_identity identity;
	struct inq_jvm_area *parts = inq_arena_array(space->ctx->arena, INQ_MOST_TOLD_AREAS, sizeof *parts);
	if (!told->count || !parts)
		return false;
	inq_jvm_identify(space, &identity);
	ret->kind = identity.kind;
	ret->version = identity.version;
	ret->major = identity.major;
	ret->collector = told->collector;
	for (size_t i = 0; i < told->count; i++)
		take(ret, parts, &told->items[i]);
	if (ret->has_metaspace && ret->has_class_space) {
		subtract(&ret->metaspace.reserved, ret->class_space.reserved);
		subtract(&ret->metaspace.committed, ret->class_space.committed);
		subtract(&ret->metaspace.used, ret->class_space.used);
	}
	ret->confidence = INQ_CERTAIN;
	ret->evidence = (struct inq_evidence) { evidence, 1 };
	return ret->has_heap || ret->has_metaspace;
}

const struct inq_jvm_source inq_jvm_source_told = { .name = "hs-err", .from_memory = false, .read = read_told };

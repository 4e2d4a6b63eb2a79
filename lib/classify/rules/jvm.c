/* The memory of a Java virtual machine, as lib/jvm found it: out of the machine's own structures, or by arithmetic.
 *
 * A reservation is claimed whole, what is not committed of it too: the permissions tell that. Inside a heap what has no
 * better name goes by its generation, and of regions of one type that are neighbours one claim is made. */
#include "lib/classify/rule.h"
#include "lib/jvm/jvm.h"

#include <inttypes.h>

struct painter {
	struct inq_space *space;
	struct inq_claims *claims;
	enum inq_class class_;
	enum inq_confidence confidence;
	uint64_t shift; /* of a second view of the same memory; modulo 2^64 */
};

static void paint(const struct painter *painter, uint64_t start, uint64_t end, const char *subclass,
		  const char *evidence)
{
	struct inq_space *space = painter->space;
	const struct inq_mapping *mapping, *last = space->mappings.items + space->mappings.count;
	start += painter->shift;
	end += painter->shift;
	if (start >= end)
		return;
	for (mapping = inq_space_mapping_from(space, start); mapping && mapping < last && mapping->start < end;
	     mapping++) {
		size_t index = (size_t)(mapping - space->mappings.items);
		if (start <= mapping->start && mapping->end <= end)
			inq_claim(painter->claims, index, painter->class_, subclass, painter->confidence, evidence);
		else
			inq_claim_part(painter->claims, index, start, end, painter->class_, subclass,
				       painter->confidence, evidence);
	}
}

static const char *first_sentence(const struct inq_jvm_area *area)
{
	return area->evidence.count ? area->evidence.items[0] : NULL;
}

/* "the JVM's class space: …" and how that is known. */
static const char *sentence(struct inq_space *space, const char *what, const struct inq_jvm_area *area)
{
	const char *why = first_sentence(area);
	return inq_claim_text(space, "the JVM's %s%s%s", what, why ? ": " : "", why ? why : "");
}

static bool placed(const struct inq_jvm_area *area)
{
	return area->start != INQ_UNKNOWN && area->end != INQ_UNKNOWN && area->start < area->end;
}

static const char *space_class(const char *name)
{
	static const char *const names[][2] = { { "eden", "eden" }, { "from", "survivor" }, { "to", "survivor" } };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(name, names[i][0]) == 0)
			return names[i][1];
	return NULL;
}

/* One generation: its spaces, and what is between and behind them by the generation's own name. */
static void paint_generation(const struct painter *heap, const struct inq_jvm_area *generation)
{
	struct painter painter = *heap;
	uint64_t at = generation->start;
	const char *why = sentence(heap->space, generation->name, generation);
	painter.confidence = generation->confidence;
	for (size_t i = 0; i < generation->part_count; i++) {
		const struct inq_jvm_area *space = &generation->parts[i];
		const char *subclass = space_class(space->name);
		if (!subclass || !placed(space) || space->start < at || space->end > generation->end)
			continue;
		paint(&painter, at, space->start, generation->name, why);
		paint(&painter, space->start, space->end, subclass, sentence(heap->space, space->name, space));
		at = space->end;
	}
	paint(&painter, at, generation->end, generation->name, why);
}

static void paint_generations(const struct painter *painter, const struct inq_jvm_area *heap)
{
	const char *why = sentence(painter->space, "heap", heap);
	uint64_t at = heap->start;
	for (size_t i = 0; i < heap->part_count; i++) {
		const struct inq_jvm_area *generation = &heap->parts[i];
		/* Up to 7 Parallel has perm below the others, outside what -Xmx counts. */
		if (placed(generation) && generation->end <= heap->start)
			paint_generation(painter, generation);
		if (!placed(generation) || generation->start < at)
			continue;
		if (at < heap->end)
			paint(painter, at, generation->start < heap->end ? generation->start : heap->end, NULL, why);
		paint_generation(painter, generation);
		at = generation->end;
	}
	paint(painter, at, heap->end, NULL, why);
}

static bool same_type(const struct inq_jvm_region *one, const struct inq_jvm_region *other)
{
	return one->type == other->type || (one->type && other->type && strcmp(one->type, other->type) == 0);
}

static void paint_regions(const struct painter *painter, const struct inq_jvm *jvm)
{
	const struct inq_jvm_area *heap = &jvm->heap;
	const char *rest = sentence(painter->space, "heap, no region of which is committed there", heap);
	uint64_t at = heap->start;
	for (size_t i = 0, next; i < jvm->region_count; i = next) {
		const struct inq_jvm_region *first = &jvm->regions[i];
		for (next = i + 1; next < jvm->region_count && jvm->regions[next].start == jvm->regions[next - 1].end &&
				   same_type(&jvm->regions[next], first);)
			next++;
		if (first->start < at || jvm->regions[next - 1].end > heap->end)
			continue;
		paint(painter, at, first->start, NULL, rest);
		at = jvm->regions[next - 1].end;
		paint(painter, first->start, at, first->type,
		      inq_claim_text(painter->space, "the collector's table: %zu regions%s%s", next - i,
				     first->type ? " of type " : "", first->type ? first->type : ""));
	}
	paint(painter, at, heap->end, NULL, rest);
}

/* ZGC's pages have no roles to tell apart. */
static bool has_types(const struct inq_jvm *jvm)
{
	for (size_t i = 0; i < jvm->region_count; i++)
		if (jvm->regions[i].type)
			return true;
	return false;
}

static void paint_heap(struct inq_space *space, struct inq_claims *claims, const struct inq_jvm *jvm)
{
	struct painter painter = { space, claims, INQ_CLASS_JVM_HEAP, jvm->heap.confidence, 0 };
	if (!jvm->has_heap || !placed(&jvm->heap))
		return;
	for (size_t i = 0; i <= jvm->view_count; i++) {
		painter.shift = i ? jvm->views[i - 1] - jvm->heap.start : 0;
		if (has_types(jvm))
			paint_regions(&painter, jvm);
		else
			paint_generations(&painter, &jvm->heap);
	}
}

/* An area that is no heap: each of its parts, or all of it. */
static void paint_area(struct inq_space *space, struct inq_claims *claims, enum inq_class class_,
		       const struct inq_jvm_area *area, bool with_names)
{
	for (size_t i = 0; i < area->part_count; i++)
		paint_area(space, claims, class_, &area->parts[i], with_names);
	if (area->part_count || !placed(area))
		return;
	struct painter painter = { space, claims, class_, area->confidence, 0 };
	paint(&painter, area->start, area->end, with_names ? area->name : NULL, sentence(space, area->name, area));
}

static void paint_areas(struct inq_space *space, struct inq_claims *claims, const struct inq_jvm *jvm)
{
	if (jvm->has_code_cache)
		paint_area(space, claims, INQ_CLASS_JVM_CODE, &jvm->code_cache, jvm->code_cache.part_count > 1);
	if (jvm->has_metaspace)
		paint_area(space, claims, INQ_CLASS_JVM_METASPACE, &jvm->metaspace, false);
	if (jvm->has_class_space)
		paint_area(space, claims, INQ_CLASS_JVM_CLASS_SPACE, &jvm->class_space, false);
	if (jvm->has_cds)
		paint_area(space, claims, INQ_CLASS_JVM_CDS, &jvm->cds, false);
	if (jvm->has_perfdata)
		paint_area(space, claims, INQ_CLASS_JVM_PERFDATA, &jvm->perfdata, false);
	for (size_t i = 0; i < jvm->side_table_count; i++) {
		bool cards = strcmp(jvm->side_tables[i].name, "card table") == 0;
		paint_area(space, claims, cards ? INQ_CLASS_JVM_CARD_TABLE : INQ_CLASS_JVM_GC, &jvm->side_tables[i],
			   !cards);
	}
}

static void paint_thread(struct inq_space *space, struct inq_claims *claims, const struct inq_jvm_thread *thread,
			 const char *why)
{
	const struct inq_mapping *mapping, *last = space->mappings.items + space->mappings.count;
	struct painter guard = { space, claims, INQ_CLASS_GUARD, INQ_CERTAIN, 0 };
	paint(&guard, thread->stack_start, thread->guard_end, "java-stack",
	      "the zones without access at the low end of a Java thread's stack");
	mapping = inq_space_mapping_from(space, thread->guard_end);
	for (; mapping && mapping < last && mapping->start < thread->stack_end; mapping++) {
		size_t index = (size_t)(mapping - space->mappings.items);
		if (thread->guard_end <= mapping->start && mapping->end <= thread->stack_end)
			inq_claim_thread(claims, index, thread->tid, INQ_CLASS_JVM_STACK, INQ_CERTAIN, why);
		else
			inq_claim_thread_part(claims, index, thread->guard_end, thread->stack_end, thread->tid,
					      INQ_CLASS_JVM_STACK, NULL, INQ_CERTAIN, why);
	}
}

static void run(struct inq_space *space, struct inq_claims *claims)
{
	const struct inq_jvm *jvm = inq_jvm_of(space);
	if (!jvm)
		return;
	paint_heap(space, claims, jvm);
	paint_areas(space, claims, jvm);
	for (size_t i = 0; i < jvm->thread_count; i++)
		paint_thread(space, claims, &jvm->threads[i],
			     "a Java thread's stack: JavaThread::_stack_base and _stack_size");
}

const struct inq_rule inq_rule_jvm = { "jvm", run };

/* Where classes are described: the shared archive, the compressed class space, and metaspace's nodes.
 *
 * The archive's bounds are exported. Of the other two only what lies in them is: every class hangs on its loader
 * (ClassLoaderDataGraph; in 8 the dictionary of all), is itself in the class space, and has its constant pool in a node. Around such an address the
 * mappings tell the reservation: HotSpot reserves the class space in one piece, whose size is a flag, and since 16 nodes of
 * 64 MiB (metaspaceSettings.hpp), both on 4 MiB at least, and commits in steps of 64 KiB. */
#include "lib/jvm/vmstructs/facts.h"

enum {
	MOST_LOADERS = 1 << 20,
	MOST_CLASSES = 1 << 20,
	MOST_NODES = 64,
	FIRST_WITH_NODES = 16,
	MOST_SEARCHES = 64,
	MOST_IN_BUCKET = 1 << 12
};
/* 32 bits name a class, of which the JVM allows 3 GiB (CompressedClassSpaceSize). */
static const uint64_t LARGEST_CLASS_SPACE = UINT64_C(4) << 30;
static const uint64_t NODE = UINT64_C(64) << 20, ALIGNMENT = UINT64_C(4) << 20, ROOT_ALIGNMENT = UINT64_C(16) << 20;

struct search {
	const struct inq_vm *vm;
	struct inq_jvm *jvm;
	uint64_t class_space_size; /* by the flag; 0: there is none */
	struct inq_jvm_area nodes[MOST_NODES];
	size_t node_count, classes, searches; /* searches: for a reservation around a class */
	uint64_t constants_at;		      /* offset of InstanceKlass::_constants; 0 unknown */
};

static bool inside(const struct inq_jvm_area *area, uint64_t address)
{
	return area->start <= address && address < area->end;
}

static bool anonymous(const struct inq_mapping *mapping)
{
	return !mapping->file && !(mapping->permissions & (INQ_PERM_SHARED | INQ_PERM_EXECUTE));
}

/* How well [start, end) fits a reservation: it must be all anonymous memory; each end that is a border of mappings counts,
 * for the kernel merges neighbours of equal access. 0: it is none. */
static unsigned fit_of(const struct inq_space *space, uint64_t start, uint64_t end)
{
	const struct inq_mapping *last = space->mappings.items + space->mappings.count;
	const struct inq_mapping *mapping = inq_space_mapping_at(space, start);
	unsigned fit = mapping && mapping->start == start;
	uint64_t at = start;
	for (; mapping && mapping < last && mapping->start <= at && at < end && anonymous(mapping); mapping++)
		at = mapping->end;
	return at < end ? 0 : fit + (at == end);
}

/* The reservation of this size that holds the address: of several the one with more borders, then on the rounder address. */
static bool find_reservation(const struct inq_space *space, uint64_t address, uint64_t size, uint64_t *ret)
{
	uint64_t start = address & ~(ALIGNMENT - 1), end;
	unsigned best = 0;
	*ret = 0;
	for (; inq_add(start, size, &end) && end > address && start; start -= ALIGNMENT) {
		unsigned fit = 2 * fit_of(space, start, end);
		if (fit && start % ROOT_ALIGNMENT == 0)
			fit++;
		if (fit > best)
			*ret = start;
		best = fit > best ? fit : best;
	}
	return best != 0;
}

static void set_class_space(struct search *search, uint64_t start, const char *evidence)
{
	const struct inq_vm *vm = search->vm;
	struct inq_jvm_area *area = &search->jvm->class_space;
	*area = inq_vm_area(vm, "class space", start, start + search->class_space_size, evidence);
	area->committed = inq_vm_accessible(vm, area->start, area->end);
	search->jvm->has_class_space = true;
}

static void see_class(struct search *search, uint64_t klass)
{
	uint64_t start;
	if (search->jvm->has_class_space || !search->class_space_size ||
	    (search->jvm->has_cds && inside(&search->jvm->cds, klass)) || search->searches++ >= MOST_SEARCHES)
		return;
	if (find_reservation(search->vm->space, klass, search->class_space_size, &start))
		set_class_space(search, start,
				"a class is in it (ClassLoaderData::_klasses), and the mappings around that are as "
				"large as CompressedClassSpaceSize");
}

/* Without the size of the nodes, or when neighbours hide it: what is mapped with the same access. */
static struct inq_jvm_area node_at(const struct inq_vm *vm, unsigned major, uint64_t address)
{
	struct inq_jvm_area area;
	uint64_t start;
	if (major && major < FIRST_WITH_NODES && inq_vm_old_node(vm, address, &area))
		return area;
	if (major >= FIRST_WITH_NODES && find_reservation(vm->space, address, NODE, &start))
		return inq_vm_area(vm, "node", start, start + NODE,
				   "a constant pool is in it, and the mappings around that are a node of 64 MiB");
	const struct inq_mapping *mapping = inq_space_mapping_at(vm->space, address);
	area = inq_vm_area(vm, "node", mapping->start, mapping->end, "a class's constant pool is in this mapping");
	area.confidence = INQ_LIKELY;
	return area;
}

static void see_constants(struct search *search, uint64_t address)
{
	const struct inq_mapping *mapping = inq_space_mapping_at(search->vm->space, address);
	if (!mapping || !anonymous(mapping) || search->node_count == MOST_NODES ||
	    (search->jvm->has_cds && inside(&search->jvm->cds, address)) ||
	    (search->jvm->has_class_space && inside(&search->jvm->class_space, address)) ||
	    (search->jvm->has_heap && inside(&search->jvm->heap, address)))
		return;
	struct inq_jvm_area *area = &search->nodes[search->node_count++];
	*area = node_at(search->vm, search->jvm->major, address);
	area->committed = inq_vm_accessible(search->vm, area->start, area->end);
}

static bool in_known_node(const struct search *search, uint64_t address)
{
	for (size_t i = search->node_count; i-- > 0;)
		if (inside(&search->nodes[i], address))
			return true;
	return search->jvm->has_cds && inside(&search->jvm->cds, address);
}

/* Arrays have no constant pool: their layout helper is negative (klass.hpp). */
static void see_class_and_constants(struct search *search, uint64_t klass)
{
	const struct inq_vm *vm = search->vm;
	uint64_t layout, constants;
	see_class(search, klass);
	if (inq_vm_number(vm, klass, "Klass::_layout_helper", 4, &layout) && !(layout >> 31) &&
	    inq_vm_at(vm, klass + search->constants_at, vm->word, &constants) && !in_known_node(search, constants))
		see_constants(search, constants);
}

static void see_classes(struct search *search, uint64_t klass)
{
	while (klass && search->classes++ < MOST_CLASSES) {
		see_class_and_constants(search, klass);
		if (!inq_vm_word(search->vm, klass, "Klass::_next_link", &klass))
			break;
	}
}

static void see_loaders(struct search *search)
{
	const struct inq_vm *vm = search->vm;
	uint64_t loader, klass;
	if (!inq_vm_word(vm, 0, "ClassLoaderDataGraph::_head", &loader))
		return;
	for (size_t i = 0; loader && i < MOST_LOADERS && search->classes < MOST_CLASSES; i++) {
		if (inq_vm_word(vm, loader, "ClassLoaderData::_klasses", &klass))
			see_classes(search, klass);
		if (!inq_vm_word(vm, loader, "ClassLoaderData::_next", &loader))
			break;
	}
}

/* One bucket of the dictionary. A link's lowest bit says whose the entry is (hashtable.hpp). */
static void see_bucket(struct search *search, uint64_t bucket)
{
	uint64_t entry, klass;
	bool more = inq_vm_word(search->vm, bucket, "HashtableBucket<mtInternal>::_entry", &entry);
	for (size_t i = 0; more && i < MOST_IN_BUCKET && (entry &= ~(uint64_t)1); i++) {
		if (search->classes++ >= MOST_CLASSES)
			return;
		if (inq_vm_word(search->vm, entry, "IntptrHashtableEntry::_literal", &klass) && klass)
			see_class_and_constants(search, klass);
		more = inq_vm_word(search->vm, entry, "BasicHashtableEntry<mtInternal>::_next", &entry);
	}
}

/* 8 does not tell the classes of a loader, but has all of them in one dictionary (systemDictionary.hpp). */
static void see_dictionary(struct search *search)
{
	const struct inq_vm *vm = search->vm;
	uint64_t dictionary, size, buckets, step;
	if (!inq_vm_word(vm, 0, "SystemDictionary::_dictionary", &dictionary) ||
	    !inq_vm_number(vm, dictionary, "BasicHashtable<mtInternal>::_table_size", 4, &size) ||
	    !inq_vm_word(vm, dictionary, "BasicHashtable<mtInternal>::_buckets", &buckets) ||
	    !inq_vm_size(vm, "HashtableBucket<mtInternal>", &step))
		return;
	for (uint64_t i = 0; i < size && i < MOST_CLASSES && search->classes < MOST_CLASSES; i++)
		see_bucket(search, buckets + i * step);
}

static void see_all(struct search *search)
{
	const struct inq_vm_entry *constants = inq_vm_field(search->vm, "InstanceKlass::_constants");
	if (!constants || constants->is_static)
		return;
	search->constants_at = constants->value;
	if (inq_vm_field(search->vm, "ClassLoaderData::_klasses"))
		see_loaders(search);
	else
		see_dictionary(search);
}

static void fill_archive(const struct inq_vm *vm, struct inq_jvm *ret)
{
	uint64_t start, end;
	if (!inq_vm_word(vm, 0, "MetaspaceObj::_shared_metaspace_base|MetaspaceObj::_aot_metaspace_base", &start) ||
	    !inq_vm_word(vm, 0, "MetaspaceObj::_shared_metaspace_top|MetaspaceObj::_aot_metaspace_top", &end) ||
	    !inq_vm_believable(vm, start, end))
		return;
	ret->cds = inq_vm_area(vm, "CDS archive", start, end, "the bounds of the archive that MetaspaceObj tells");
	ret->cds.committed = ret->cds.used = end - start;
	ret->has_cds = true;
}

/* Archive and class space are one reservation since 17: what lies between them belongs to the archive's part of it. */
static void close_gap(const struct inq_vm *vm, struct inq_jvm *ret)
{
	if (!ret->has_cds || !ret->has_class_space || ret->class_space.start <= ret->cds.end ||
	    ret->class_space.start - ret->cds.end >= ROOT_ALIGNMENT)
		return;
	const struct inq_mapping *gap = inq_space_mapping_at(vm->space, ret->cds.end);
	if (!gap || !anonymous(gap) || gap->start != ret->cds.end || gap->end != ret->class_space.start)
		return;
	ret->cds.end = ret->class_space.start;
	ret->cds.reserved = ret->cds.end - ret->cds.start;
}

/* All classes may be of the archive: then the class space is what follows it. */
static void look_behind_archive(struct search *search)
{
	struct inq_jvm *jvm = search->jvm;
	uint64_t start, end;
	if (jvm->has_class_space || !jvm->has_cds || !search->class_space_size ||
	    !inq_align_up(jvm->cds.end, ROOT_ALIGNMENT, &start) || !inq_add(start, search->class_space_size, &end) ||
	    fit_of(search->vm->space, start, end) < 2)
		return;
	set_class_space(search, start,
			"the mappings behind the archive of classes are as large as CompressedClassSpaceSize");
	jvm->class_space.confidence = INQ_LIKELY;
}

static void fill_metaspace(struct search *search)
{
	struct inq_jvm_area *area = &search->jvm->metaspace;
	if (!search->node_count)
		return;
	*area = search->nodes[0];
	for (size_t i = 1; i < search->node_count; i++) {
		const struct inq_jvm_area *node = &search->nodes[i];
		area->start = node->start < area->start ? node->start : area->start;
		area->end = node->end > area->end ? node->end : area->end;
		area->reserved += node->reserved;
		area->committed += node->committed;
		area->confidence = node->confidence < area->confidence ? node->confidence : area->confidence;
	}
	area->name = "metaspace";
	inq_vm_set_parts(search->vm, area, search->nodes, search->node_count);
	search->jvm->has_metaspace = true;
}

void inq_vm_fill_classes(const struct inq_vm *vm, const struct inq_vm_flags *flags, struct inq_jvm *ret)
{
	struct search *search = inq_arena_alloc(vm->space->ctx->arena, sizeof *search);
	uint64_t compressed = 0;
	if (!search)
		return;
	search->vm = vm;
	search->jvm = ret;
	/* Since 27 there is no other way, and no flag. */
	if (!inq_vm_flag(vm, flags, "UseCompressedClassPointers", &compressed) || compressed)
		inq_vm_flag(vm, flags, "CompressedClassSpaceSize", &search->class_space_size);
	if (search->class_space_size > LARGEST_CLASS_SPACE)
		search->class_space_size = 0; /* damaged */
	fill_archive(vm, ret);
	see_all(search);
	look_behind_archive(search);
	fill_metaspace(search);
	close_gap(vm, ret);
}

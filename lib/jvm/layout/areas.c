/* What else a HotSpot reserves: the code cache, the compressed class space, the other nodes of metaspace. */
#include "lib/jvm/layout/tell.h"

#include "lib/base/checked.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 4096, NODE = 64 << 20, GRANULE = 64 << 10, ROOT_CHUNK = 4 << 20 };

static const uint64_t K = 1 << 10, M = 1 << 20;

static bool is_anonymous(const struct inq_mapping *mapping)
{
	return !mapping->file && !(mapping->permissions & INQ_PERM_SHARED);
}

/* Whether [start, end) is anonymous memory without a gap, from a border to a border. */
static bool is_whole(const struct inq_layout_map *map, uint64_t start, uint64_t end)
{
	const struct inq_mapping *mappings = map->space->mappings.items;
	size_t i = inq_layout_from(map, start);
	if (i >= map->count || mappings[i].start != start)
		return false;
	for (uint64_t at = start; at < end; at = mappings[i++].end)
		if (i >= map->count || mappings[i].start != at || mappings[i].end > end || !is_anonymous(&mappings[i]))
			return false;
	return true;
}

static bool is_code(const struct inq_layout_map *map, size_t i)
{
	const struct inq_mapping *mapping = &map->space->mappings.items[i];
	return is_anonymous(mapping) && mapping->permissions & INQ_PERM_EXECUTE;
}

/* Whether [start, end) is code and reserved memory and nothing else. On i386 without NX all memory is rwx: there the
 * range must be two mappings, what is committed and what is not. */
static bool is_code_cache(const struct inq_layout_case *jvm, size_t first, uint64_t end)
{
	enum { MOST_PIECES = 64 };
	const struct inq_layout_map *map = &jvm->map;
	const struct inq_mapping *mappings = map->space->mappings.items;
	bool has_none = false;
	size_t i = first;
	for (; i < map->count && mappings[i].start < end && i - first < MOST_PIECES; i++) {
		if (inq_layout_accessible(&mappings[i]) && !is_code(map, i))
			return false;
		has_none |= !inq_layout_accessible(&mappings[i]);
	}
	return (has_none || i - first == 2) && is_whole(map, mappings[first].start, end);
}

/* Where a code cache of this size ends that begins with mapping `i`; 0 when none does. Since 25 it has a page more. */
static uint64_t code_end(const struct inq_layout_case *jvm, size_t i, uint64_t size)
{
	uint64_t end;
	if (!is_code(&jvm->map, i) || !inq_add(jvm->space->mappings.items[i].start, size, &end) ||
	    end > UINT64_MAX - PAGE)
		return 0;
	if (is_code_cache(jvm, i, end))
		return end;
	return is_code_cache(jvm, i, end + PAGE) ? end + PAGE : 0;
}

/* ReservedCodeCacheSize: 240 MiB with tiered compilation, 48 MiB for C2 alone, 32 MiB for C1 (globals_x86.hpp of 1.4
 * to 25). */
static void tell_code_cache(struct inq_layout_case *jvm, struct inq_jvm *ret)
{
	uint64_t told = inq_jvm_option(&jvm->options, INQ_JVM_OPTION_code_cache, 0);
	const uint64_t sizes[] = { told, 240 * M, 48 * M, 32 * M };
	for (size_t s = 0; s < (told ? 1 : sizeof sizes / sizeof *sizes); s++) {
		for (size_t i = 0; i < jvm->map.count && sizes[s]; i++) {
			uint64_t start = jvm->space->mappings.items[i].start, end = code_end(jvm, i, sizes[s]);
			if (!end)
				continue;
			struct inq_sentences why = { .ctx = jvm->space->ctx };
			inq_sentence(&why, "writable and executable memory without a file, %" PRIu64 "K reserved: %s",
				     sizes[s] / K,
				     told ? "ReservedCodeCacheSize as the command line says"
					  : "a default of ReservedCodeCacheSize");
			ret->has_code_cache = true;
			ret->code_cache = inq_layout_area(jvm, "code cache", start, end, INQ_LIKELY);
			ret->code_cache.evidence = inq_sentences_end(&why);
			return;
		}
	}
}

static uint64_t class_space_size(const struct inq_layout_case *jvm)
{
	return inq_jvm_option(&jvm->options, INQ_JVM_OPTION_class_space, 1024 * M);
}

static bool may_have_class_space(const struct inq_layout_case *jvm)
{
	return jvm->platform.bits != 32 && inq_jvm_may_be(&jvm->platform, 8, 99);
}

/* Whether the mappings from below `start` up to that with index `last` are anonymous and without a gap. */
static bool is_anonymous_across(const struct inq_layout_map *map, uint64_t start, size_t last)
{
	const struct inq_mapping *mappings = map->space->mappings.items;
	for (size_t i = last; is_anonymous(&mappings[i]); i--) {
		if (mappings[i].start < start)
			return true;
		if (!i || mappings[i - 1].end != mappings[i].start)
			return false;
	}
	return false;
}

/* Without an archive the class space follows the heap (Metaspace::global_initialize), and where the heap ends as HotSpot likes
 * it, that is at one of three addresses. There the committed parts of the two may be one mapping. 0 when there is none. */
static uint64_t class_space_behind_heap(const struct inq_layout_case *jvm)
{
	static const uint64_t G = 1 << 30;
	const uint64_t starts[] = { 4 * G, inq_jvm_may_be(&jvm->platform, 8, 10) ? 31 * G : 0, 32 * G };
	uint64_t size = class_space_size(jvm);
	if (!may_have_class_space(jvm) || !size || size > 4 * G)
		return 0;
	for (size_t s = 0; s < sizeof starts / sizeof *starts; s++) {
		size_t i = inq_layout_from(&jvm->map, starts[s] + size - 1);
		if (!starts[s] || i == jvm->map.count)
			continue;
		const struct inq_mapping *rest = &jvm->space->mappings.items[i];
		if (rest->end == starts[s] + size && rest->start > starts[s] && rest->start - starts[s] < size / 2 &&
		    !inq_layout_accessible(rest) && is_anonymous_across(&jvm->map, starts[s], i))
			return starts[s];
	}
	return 0;
}

/* Up to 15 it has one committed piece, since 16 any number, in granules; arenas of glibc have pages. */
static bool commits_as_class_space(const struct inq_layout_map *map, uint64_t start, uint64_t end)
{
	const struct inq_mapping *mappings = map->space->mappings.items;
	size_t pieces = 0, odd = 0;
	for (size_t i = inq_layout_from(map, start); i < map->count && mappings[i].start < end; i++)
		if (inq_layout_accessible(&mappings[i])) {
			pieces++;
			odd += (mappings[i].end - mappings[i].start) % GRANULE != 0;
		}
	return pieces <= 1 || !odd;
}

/* Where a class space that ends with mapping `i` would begin: CompressedClassSpaceSize (1 GiB) of addresses, of
 * which little is committed, so that the last mapping is more than half of it; 0 when it is none. */
static uint64_t class_space_start(const struct inq_layout_case *jvm, size_t i)
{
	const struct inq_mapping *mapping = &jvm->space->mappings.items[i];
	uint64_t size = class_space_size(jvm), reserved = mapping->end - mapping->start;
	if (!is_anonymous(mapping) || inq_layout_accessible(mapping) || reserved <= size / 2 || reserved >= size ||
	    mapping->end <= size)
		return 0;
	uint64_t start = mapping->end - size;
	if (start == jvm->map.class_space)
		return start;
	return is_whole(&jvm->map, start, mapping->end) && commits_as_class_space(&jvm->map, start, mapping->end)
		       ? start
		       : 0;
}

/* Since 11 it follows the class data archive, a hole apart at most (metaspaceShared.cpp). */
static bool follows_archive(const struct inq_layout_map *map, uint64_t start)
{
	const struct inq_mapping *mappings = map->space->mappings.items;
	size_t i = inq_layout_from(map, start);
	for (size_t back = 1; back <= 2 && back <= i && mappings[i - back].end == mappings[i - back + 1].start; back++)
		if (mappings[i - back].file && strstr(mappings[i - back].file->path, ".jsa"))
			return true;
	return false;
}

static void tell_class_space(struct inq_layout_case *jvm, struct inq_jvm *ret)
{
	for (size_t i = 1; i < jvm->map.count && may_have_class_space(jvm); i++) {
		uint64_t start = class_space_start(jvm, i), end = jvm->space->mappings.items[i].end;
		bool in_heap = ret->has_heap && start < ret->heap.end && end > ret->heap.start;
		if (!start || in_heap)
			continue;
		struct inq_sentences why = { .ctx = jvm->space->ctx };
		inq_sentence(&why,
			     "%" PRIu64 "K of addresses from a border of a mapping, as CompressedClassSpaceSize says",
			     (end - start) / K);
		if (follows_archive(&jvm->map, start))
			inq_sentence(&why, "it follows the class data archive");
		if (start == jvm->map.class_space)
			inq_sentence(&why, "it follows the heap, as where there is no archive");
		ret->has_class_space = true;
		ret->class_space = inq_layout_area(jvm, "class space", start, end, INQ_LIKELY);
		ret->class_space.evidence = inq_sentences_end(&why);
		return;
	}
}

/* Below 32 GiB lie heaps and class spaces, whose addresses HotSpot chooses; other nodes are where the kernel puts
 * them. */
static const uint64_t HIGHEST_COMPRESSED = (uint64_t)32 << 30;

/* A node of metaspace since 16 (virtualSpaceNode.cpp): 64 MiB, committed in granules of 64 KiB from the starts of
 * its root chunks of 4 MiB. An arena of glibc is 64 MiB too, and lies at a multiple of that; only a second chunk
 * tells them apart there. */
static bool is_node(const struct inq_layout_map *map, size_t i)
{
	const struct inq_mapping *mappings = map->space->mappings.items;
	uint64_t start = mappings[i].start, end = start + NODE;
	bool reserved = false;
	size_t chunks = 0;
	if (start % ROOT_CHUNK || end < start || start < HIGHEST_COMPRESSED || !is_anonymous(&mappings[i]) ||
	    !is_whole(map, start, end))
		return false;
	for (; i < map->count && mappings[i].start < end; i++) {
		if (!inq_layout_accessible(&mappings[i])) {
			reserved = true;
			continue;
		}
		if (mappings[i].permissions & INQ_PERM_EXECUTE || (mappings[i].end - mappings[i].start) % GRANULE ||
		    mappings[i].start % GRANULE)
			return false;
		chunks += mappings[i].start % ROOT_CHUNK == 0;
	}
	return reserved && (chunks > 1 || (chunks && start % NODE));
}

static bool may_have_nodes(const struct inq_layout_case *jvm)
{
	return jvm->platform.bits != 32 && inq_jvm_may_be(&jvm->platform, 16, 99);
}

static void tell_metaspace(struct inq_layout_case *jvm, struct inq_jvm *ret)
{
	for (size_t i = 0; i < jvm->map.count && may_have_nodes(jvm); i++) {
		const struct inq_mapping *mapping = &jvm->space->mappings.items[i];
		uint64_t start = mapping->start;
		bool in_heap = ret->has_heap && start < ret->heap.end && start + NODE > ret->heap.start;
		if (!inq_layout_accessible(mapping) || in_heap || !is_node(&jvm->map, i))
			continue;
		struct inq_sentences why = { .ctx = jvm->space->ctx };
		inq_sentence(&why, "65,536K reserved and committed in granules of 64K, as a node of metaspace");
		ret->has_metaspace = true;
		ret->metaspace = inq_layout_area(jvm, "metaspace", start, start + NODE, INQ_LIKELY);
		ret->metaspace.evidence = inq_sentences_end(&why);
		return;
	}
}

/* glibc's arenas are 64 MiB at a multiple of it (HEAP_MAX_SIZE, arena.c), and grow by pages. */
static bool is_arena(const struct inq_layout_map *map, size_t i)
{
	const struct inq_mapping *mappings = map->space->mappings.items;
	uint64_t start = mappings[i].start, committed = mappings[i].end - start;
	return start % NODE == 0 && committed % GRANULE && committed < NODE && is_whole(map, start, start + NODE);
}

void inq_layout_exclude_areas(struct inq_layout_case *jvm)
{
	bool may_run_heap = inq_jvm_may_be(&jvm->platform, 0, 7); /* heaps were executable then */
	const struct inq_mapping *mappings = jvm->space->mappings.items;
	jvm->map.class_space = class_space_behind_heap(jvm);
	if (jvm->map.class_space) {
		size_t first = inq_layout_from(&jvm->map, jvm->map.class_space);
		first += mappings[first].start < jvm->map.class_space;
		inq_layout_exclude(&jvm->map, first, jvm->map.class_space + class_space_size(jvm));
	}
	for (size_t i = 0; i < jvm->map.count; i++) {
		uint64_t start = may_have_class_space(jvm) ? class_space_start(jvm, i) : 0;
		if (start && follows_archive(&jvm->map, start))
			inq_layout_exclude(&jvm->map, inq_layout_from(&jvm->map, start), mappings[i].end);
		if (!inq_layout_accessible(&mappings[i]))
			continue;
		if (!may_run_heap && mappings[i].permissions & INQ_PERM_EXECUTE)
			inq_layout_exclude(&jvm->map, i, mappings[i].end);
		if (is_arena(&jvm->map, i) || (may_have_nodes(jvm) && is_node(&jvm->map, i)))
			inq_layout_exclude(&jvm->map, i, mappings[i].start + NODE);
	}
	inq_layout_map_sum(&jvm->map);
}

/* The archive of class data: what is mapped of .jsa files outside the heap. */
static bool is_archive(const struct inq_jvm *jvm, const struct inq_mapping *mapping)
{
	size_t length = mapping->file ? strlen(mapping->file->path) : 0;
	bool in_heap = jvm->has_heap && mapping->start < jvm->heap.end && mapping->end > jvm->heap.start;
	return length > 4 && !in_heap && strcmp(mapping->file->path + length - 4, ".jsa") == 0;
}

/* pmap prints the last part of a path only, and of /tmp/hsperfdata_USER/PID that is the process number. */
static bool is_named_by_pid(const struct inq_space *space, const struct inq_mapping *mapping)
{
	unsigned wanted = INQ_PERM_READ | INQ_PERM_WRITE | INQ_PERM_SHARED;
	char *end;
	if (!mapping->file || space->process.pid == INQ_UNKNOWN || (mapping->permissions & wanted) != wanted ||
	    mapping->file->path[0] < '1' || mapping->file->path[0] > '9')
		return false;
	return strtoull(mapping->file->path, &end, 10) == space->process.pid && !*end;
}

static void tell_file(const struct inq_layout_case *jvm, const char *name, const char *sentence,
		      const struct inq_mapping *mapping, bool *has, struct inq_jvm_area *ret)
{
	uint64_t start = *has ? ret->start : mapping->start;
	struct inq_sentences why = { .ctx = jvm->space->ctx };
	inq_sentence(&why, "%s", sentence);
	*has = true;
	*ret = inq_layout_area(jvm, name, start, mapping->end, INQ_CERTAIN);
	ret->evidence = inq_sentences_end(&why);
}

static void tell_files(struct inq_layout_case *jvm, struct inq_jvm *ret)
{
	for (size_t i = 0; i < jvm->map.count; i++) {
		const struct inq_mapping *mapping = &jvm->space->mappings.items[i];
		bool adjacent = !ret->has_cds || ret->cds.end == mapping->start;
		if (is_archive(ret, mapping) && adjacent)
			tell_file(jvm, "cds", "a class data archive (.jsa) is mapped", mapping, &ret->has_cds,
				  &ret->cds);
		else if (!ret->has_perfdata && mapping->file && strstr(mapping->file->path, "/hsperfdata_"))
			tell_file(jvm, "perfdata", "the file of the counters is mapped", mapping, &ret->has_perfdata,
				  &ret->perfdata);
		else if (!ret->has_perfdata && is_named_by_pid(jvm->space, mapping))
			tell_file(jvm, "perfdata", "its file is named by the process number, as that of the counters",
				  mapping, &ret->has_perfdata, &ret->perfdata);
	}
}

void inq_layout_tell_areas(struct inq_layout_case *jvm, struct inq_jvm *ret)
{
	tell_code_cache(jvm, ret);
	tell_class_space(jvm, ret);
	tell_metaspace(jvm, ret);
	tell_files(jvm, ret);
}
